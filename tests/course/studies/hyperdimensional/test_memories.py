"""Random vectors, what is encoded in them, and class vectors in a core."""

import numpy as np
import pytest

from aimc import presets
from aimc.circuits import Periphery, ReadNoiseFormula
from aimc.cores import Core
from aimc.datasets import digits
from aimc.devices import IdealDevice
from aimc_course.studies.hyperdimensional import (
    AssociativeMemory,
    bind,
    bundle,
    encode_pixels,
    encode_sequence,
    item_memory,
    level_memory,
    permute,
)


def test_operations_keep_and_lose_similarity() -> None:
    rng = np.random.default_rng(1)
    a, b, c = item_memory(3, 10_000, rng)
    limit = 5 / np.sqrt(10_000)  # five standard deviations of the cosine of random vectors
    assert abs(a @ b) / 10_000 < limit
    assert abs(bind(a, b) @ a) / 10_000 < limit
    assert np.array_equal(bind(a, b, b), a)
    assert abs(permute(a) @ a) / 10_000 < limit
    # The majority of three agrees with each in three of four places: cosine 1/2.
    assert bundle(np.stack([a, b, c]), rng) @ a / 10_000 == pytest.approx(0.5, abs=limit)
    assert set(np.unique(bundle(np.stack([a, b]), rng))) == {-1.0, 1.0}


def test_sequences_are_sums_of_bound_and_rotated_symbols() -> None:
    items = item_memory(4, 512, np.random.default_rng(2))
    sums = encode_sequence(np.array([0, 1, 2, 3]), items, 3)
    first = bind(permute(items[0], 2), permute(items[1]), items[2])
    second = bind(permute(items[1], 2), permute(items[2]), items[3])
    assert np.array_equal(sums, first + second)


def test_neighbouring_levels_are_similar() -> None:
    levels = level_memory(5, 1000, np.random.default_rng(3))
    assert levels @ levels[0] / 1000 == pytest.approx([1, 0.75, 0.5, 0.25, 0], abs=0.01)


def encoded_digits(dimensions: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(4)
    data = digits()
    places, levels = item_memory(64, dimensions, rng), level_memory(17, dimensions, rng)
    train = encode_pixels(data.x_train.reshape(-1, 64), places, levels)
    test = encode_pixels(data.x_test.reshape(-1, 64), places, levels)
    return train, data.y_train.astype(int), test, data.y_test.astype(int)


def noisy_core(strength: float) -> Core:
    periphery = Periphery(
        input_range=None, read_noise=False, weight_noise=ReadNoiseFormula(strength, "constant")
    )
    return Core(IdealDevice(), periphery=periphery, rows=2048, columns=16, serial=3)


@pytest.mark.native("it repeats for long what other tests run there")
def test_digits_survive_devices_and_noise_costs_few_dimensions_most() -> None:
    accuracy = {}
    for dimensions in (256, 2048):
        train, labels, test, wanted = encoded_digits(dimensions)
        for strength in (0.0, 0.5):
            memory = AssociativeMemory(
                noisy_core(strength), train, labels, np.random.default_rng(5)
            )
            accuracy[dimensions, strength] = memory.accuracy(test, wanted)
        if dimensions == 256:
            rng = np.random.default_rng(5)
            chip = AssociativeMemory(presets.hermes(7, 1), train, labels, rng, w_max=8.0)
            on_chip = chip.accuracy(test, wanted)
            assert chip.accuracy(test, wanted) == pytest.approx(on_chip, abs=0.03)
    # A share of 450 images near 0.7 has a standard deviation of 0.02. Few dimensions leave little
    # margin, so that the devices of a chip cost some ten points of the hundred.
    assert on_chip > accuracy[256, 0.0] - 0.15
    assert accuracy[2048, 0.0] > 0.85
    lost = {d: accuracy[d, 0.0] - accuracy[d, 0.5] for d in (256, 2048)}
    assert lost[2048] < 0.08
    assert lost[256] > lost[2048] + 0.06


def test_bad_input_is_named() -> None:
    rng = np.random.default_rng(1)
    items = item_memory(3, 64, rng)
    with pytest.raises(ValueError, match="vectors must hold only"):
        bind(2 * items[0], items[1])
    with pytest.raises(ValueError, match="codes must hold at least n=3"):
        encode_sequence(np.array([0, 1]), items, 3)
    with pytest.raises(ValueError, match="codes"):
        encode_sequence(np.array([0, 1, 3]), items, 3)
    with pytest.raises(ValueError, match="labels must hold every class"):
        AssociativeMemory(presets.ideal(), items, np.array([0, 2, 2]), rng)
    with pytest.raises(ValueError, match="items"):
        item_memory(0, 64, rng)


@pytest.mark.native("it encodes all images for several draws of the items")
def test_the_mean_margin_stays_with_the_dimensions_and_its_scatter_shrinks() -> None:
    data = digits()
    labels, asked = data.y_train.astype(int), data.y_test.astype(int)
    found: dict[int, list[tuple[float, float]]] = {128: [], 2048: []}
    for dimensions, margins in found.items():
        for seed in range(4):
            draws = np.random.default_rng(seed)
            items = item_memory(64, dimensions, draws), level_memory(17, dimensions, draws)
            train, test = (
                encode_pixels(x.reshape(-1, 64), *items) for x in (data.x_train, data.x_test)
            )
            classes = np.array([np.sign(train[labels == k].sum(axis=0)) for k in range(10)])
            alike = test @ classes.T / dimensions
            right = alike[np.arange(len(asked)), asked]
            margin = right - (alike.sum(axis=1) - right) / 9
            margins.append((margin.mean(), margin.std()))
    short, long = (np.mean(found[dimensions], axis=0) for dimensions in (128, 2048))
    assert short[0] == pytest.approx(long[0], rel=0.1)
    assert short[1] > 1.2 * long[1]
