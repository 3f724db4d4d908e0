"""The decoder: what it may look at, what of it goes on cores, and the text it reads and writes."""

import math

import pytest
import torch
from torch import nn

import aimc.nn
from aimc_course.studies.language_models import (
    Decoder,
    Shape,
    bits_per_character,
    noisy_copy,
    on_cores,
    windows,
    write,
)
from aimc_course.studies.language_models.text import corpus
from aimc_course.studies.language_models.trained import arrays_of, decoder_of


@pytest.fixture(scope="module")
def model() -> Decoder:
    torch.manual_seed(3)
    return Decoder().eval()


@torch.no_grad()
def test_no_character_sees_those_that_follow(model: Decoder) -> None:
    codes = torch.randint(50, (2, 20), generator=torch.Generator().manual_seed(1))
    other = codes.clone()
    other[:, 12] = (other[:, 12] + 1) % 50
    before, after = model(codes), model(other)
    assert torch.equal(before[:, :12], after[:, :12])
    assert (before[:, 12:] != after[:, 12:]).any(dim=-1).all()


@torch.no_grad()
def test_characters_look_back(model: Decoder) -> None:
    codes = torch.randint(50, (1, 20), generator=torch.Generator().manual_seed(2))
    other = codes.clone()
    other[:, 0] = (other[:, 0] + 1) % 50
    assert (model(codes)[0, -1] != model(other)[0, -1]).any()


def test_matrices_go_on_cores_and_nothing_else(model: Decoder) -> None:
    chip = on_cores(model)
    layers = aimc.nn.analog_layers(chip)
    digital = {path for path, each in model.named_modules() if isinstance(each, nn.Linear)}
    assert set(layers) == digital
    assert len(aimc.nn.report(chip).cores) == len(digital) == 4 * model.shape.blocks + 1
    for layer in layers.values():
        assert all(matrix.input_range for matrix in layer.matrices)


def test_a_chip_comes_close_to_floating_point_and_drifts_away(model: Decoder) -> None:
    # an untrained network scores all characters nearly alike, so compare scores
    codes = windows()[:4, :-1]
    chip = on_cores(model, serial=5)
    aimc.nn.program(chip)
    with torch.no_grad():
        exact = model(codes)
        errors = []
        for t in (1.0, 3e7):
            aimc.nn.at(chip, t)
            errors.append(float((chip(codes) - exact).std() / exact.std()))
    assert 0.02 < errors[0] < 0.3
    assert errors[1] > 1.3 * errors[0]


def test_loss_of_guessing_is_that_of_the_alphabet(model: Decoder) -> None:
    blank = decoder_of(arrays_of(model))
    nn.init.zeros_(blank.output.weight)
    nn.init.zeros_(blank.output.bias)
    assert bits_per_character(blank, windows()[:8]) == pytest.approx(math.log2(50), rel=1e-6)


def test_windows_are_pieces_of_the_held_out_text() -> None:
    pieces = windows(length=40, stride=10)
    text = corpus().text(corpus().held_out)
    found = corpus().text(pieces[3].numpy().astype("uint8"))
    assert found == text[30:71]
    assert windows("train").shape[0] > 5 * windows().shape[0]


def test_same_seed_writes_the_same_text(model: Decoder) -> None:
    one = write(model, "a core ", 30, rng=4)
    assert len(one) == 30
    assert one == write(model, "a core ", 30, rng=4)
    assert one != write(model, "a core ", 30, rng=5)


def test_noise_is_a_share_of_the_largest_weight_of_each_output(model: Decoder) -> None:
    before, after = model.blocks[0].feed1.weight, noisy_copy(model, 0.05, 1).blocks[0].feed1.weight
    share = (after - before).detach() / before.detach().abs().amax(dim=1, keepdim=True)
    assert float(share.std()) == pytest.approx(0.05, rel=0.03)
    assert torch.equal(noisy_copy(model, 0.0).output.weight, model.output.weight)


def test_checkpoint_arrays_bring_the_decoder_back(model: Decoder) -> None:
    again = decoder_of(arrays_of(model))
    codes = windows()[:2, :-1]
    with torch.no_grad():
        assert torch.allclose(again(codes), model(codes), atol=5e-3)


@pytest.mark.parametrize("steps", [0, 97])
def test_texts_longer_than_the_context_are_refused(model: Decoder, steps: int) -> None:
    with pytest.raises(ValueError, match="1 to 96 steps"):
        model(torch.zeros(1, steps, dtype=torch.long))


def test_wrong_sizes_and_texts_are_refused(model: Decoder) -> None:
    with pytest.raises(ValueError, match="heads=5"):
        Decoder(Shape("x", 64, 3, 5, 256, 50))
    with pytest.raises(ValueError, match="prompt"):
        write(model, "Ä", 3)
    with pytest.raises(ValueError, match="part"):
        windows("test")
    with pytest.raises(ValueError, match="pieces"):
        bits_per_character(model, torch.zeros(2, 30, dtype=torch.long))
