"""Decoders of several sizes: how products and errors are compared, and the stored results."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from aimc_course.studies import results
from aimc_course.studies.language_models import Decoder, bits_per_character, windows
from aimc_course.studies.language_models.sizes import (
    SHAPES,
    SMALLEST,
    alignment,
    billion,
    noisy_products,
    smallest,
)

pytestmark = pytest.mark.torch
SIZES = results.stored("decoders_by_size")["sizes"]


def added(size: str, kept: str, time: int) -> float:
    found = SIZES[size]["plain"]
    return float(np.mean(found["chips"][kept], axis=0)[time]) - found["digital"]


def test_unrelated_weights_are_aligned_with_nothing() -> None:
    torch.manual_seed(0)
    model = Decoder(SHAPES["width 64"]).eval()
    before = alignment(model, windows()[:4])
    assert before["blocks.0.attention.qkv"] == pytest.approx(1.0, abs=0.1)
    layer = model.blocks[0].attention.qkv
    with torch.no_grad():
        # weights that point along the mean of their inputs make larger products
        codes = windows()[:4, :-1]
        seen = model.blocks[0].norm1(model.character(codes) + model.position.weight[:96])
        layer.weight += 5 * layer.weight.std() * seen.mean(dim=(0, 1)).sign()
    assert alignment(model, windows()[:4])["blocks.0.attention.qkv"] > 1.3


def test_noise_on_products_makes_all_of_them_equally_wrong() -> None:
    model, pieces = smallest(), windows()[:4]
    noisy = noisy_products(model, pieces, 0.12, rng=3)
    codes = pieces[:, :-1]
    for path, layer in model.named_modules():
        if isinstance(layer, nn.Linear):
            kept: list[torch.Tensor] = []
            handle = layer.register_forward_hook(lambda _, x, y, kept=kept: kept.append(x[0]))
            with torch.no_grad():
                model(codes)
            handle.remove()
            other = noisy.get_submodule(path)
            product = (kept[0] @ layer.weight.T).detach()
            wrong = (kept[0] @ other.weight.T).detach() - product
            assert float((wrong**2).mean().sqrt() / (product**2).mean().sqrt()) == pytest.approx(
                0.12, rel=0.25
            )


def test_stored_results_are_those_of_the_shapes() -> None:
    assert list(SIZES) == list(SHAPES)
    for name, found in SIZES.items():
        assert found["price"]["weights"] == SHAPES[name].weights
        assert found["price"]["cores"] <= 64
        for kept in ("none", "global"):
            assert np.array(found["plain"]["chips"][kept]).shape == (6, 2)
    assert billion().weights == results.stored("billion_weights")["on cores"]


def test_the_smallest_is_computed_again() -> None:
    import measure_decoder_sizes as script

    model, stored = smallest(), SIZES[SMALLEST]["plain"]
    digital = bits_per_character(model, script.pieces())
    assert digital == pytest.approx(stored["digital"], abs=2e-3)
    chip = script.on_chips(model, "global", chips=1)[0]
    assert chip == pytest.approx(stored["chips"]["global"][0], abs=0.02)
    for of in script.NOISES:
        again = script.with_noise(model, of, draws=1)
        assert again == pytest.approx(stored["noise"][of][:1], abs=5e-3)
    assert script.price(SMALLEST) == pytest.approx(SIZES[SMALLEST]["price"], rel=1e-3)


def test_few_steps_lead_far(monkeypatch: pytest.MonkeyPatch) -> None:
    import measure_decoder_sizes as script

    monkeypatch.setattr(script, "STEPS", 40)
    model = script.plain(SHAPES[SMALLEST], seed=1)
    assert bits_per_character(model, windows()[::24]) < 0.85 * math.log2(50)


def test_larger_decoders_lose_less_as_the_chapter_says() -> None:
    for kept, time in (("global", 0), ("global", 1)):
        lost = [added(size, kept, time) for size in SIZES]
        assert lost == sorted(lost, reverse=True)
    left_alone = [added(size, "none", 1) for size in SIZES]
    assert left_alone != sorted(left_alone, reverse=True)
    noise = {
        of: [
            np.mean(SIZES[size]["plain"]["noise"][of]) - SIZES[size]["plain"]["digital"]
            for size in SIZES
        ]
        for of in ("largest", "deviation", "product")
    }
    fallen = {of: lost[0] / lost[-1] for of, lost in noise.items()}
    assert fallen["deviation"] > fallen["largest"] > fallen["product"]
