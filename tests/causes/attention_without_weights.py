"""Controls of the chapter on attention without weights."""

import numpy as np
from controls import control

from aimc import presets
from aimc.kernel_approximation import (
    CoreProjection,
    KernelFeatures,
    PositiveFeatures,
    Projection,
    RidgeClassifier,
    directions,
    linear_attention,
    softmax_attention,
)

PAGE = "5-outlook/04-attention-without-weights"
KERNELS = {"RBF": "rbf", "arc-cosine": "arccos0"}
SIZE, CLOUDS, CLASSES, TRAINED, TESTED, COUNT = 16, 40, 4, 400, 800, 48


def points(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return points of four classes, each of ten clouds."""
    rng = np.random.default_rng(seed)
    middles = rng.standard_normal((CLOUDS, SIZE))
    cloud = rng.integers(0, CLOUDS, TRAINED + TESTED)
    return middles[cloud] + 0.35 * rng.standard_normal((len(cloud), SIZE)), cloud % CLASSES


@control(
    page=PAGE,
    claim="A ridge that learns from the chip's own features gets back most of what one device had "
    "taken, because errors of programming are fixed.",
    without="a ridge that learns from a chip with other errors",
    quantity="accuracy on the chip, over that of a ridge that learned from exact features, points",
    shows=lambda with_, without: with_.mean() > 1.5 and without.mean() < 0.5 * with_.mean(),
    weights=tuple(KERNELS),
    seeds=tuple(range(101, 117)),
)
def a_ridge_learns_around_what_is_fixed(weights: str, seed: int, cause: bool) -> float:
    x, y = points(seed)
    matrix = directions("rff", COUNT, SIZE, np.random.default_rng([seed, 1]))

    def features(serial: int) -> np.ndarray:
        chip = CoreProjection(matrix, lambda k: presets.hermes(serial, 1, index=k), reach=3.0)
        return KernelFeatures(KERNELS[weights], chip, width=4.0)(x)

    exact = KernelFeatures(KERNELS[weights], Projection(matrix), width=4.0)(x)
    used, learned = features(seed), features(seed if cause else seed + 1)
    found = [
        RidgeClassifier(z[:TRAINED], y[:TRAINED]).accuracy(used[TRAINED:], y[TRAINED:])
        for z in (learned, exact)
    ]
    return 100 * (found[0] - found[1])


@control(
    page=PAGE,
    claim="Linear attention fails on long queries and keys by the variance of its exponentials, on "
    "devices that serve short ones well.",
    without="queries and keys of a quarter of the length, on the same chip",
    quantity="median error of the answer over its size, %",
    shows=lambda with_, without: with_.min() > 60 and without.max() < 40,
    weights=("independent", "orthogonal"),
)
def long_vectors_fail_and_not_devices(weights: str, seed: int, cause: bool) -> float:
    rng, size, tokens, spread = np.random.default_rng(seed), 32, 64, 1.0 if cause else 0.25
    matrix = directions({"independent": "rff", "orthogonal": "orf"}[weights], 512, size, rng)
    queries, keys = spread * rng.standard_normal((2, tokens, size))
    values = rng.standard_normal((tokens, 8))
    exact = softmax_attention(queries, keys, values)
    chip = CoreProjection(
        matrix, lambda k: presets.hermes(seed, index=k), reach=3 * spread / size**0.25
    )
    found = linear_attention(queries, keys, values, PositiveFeatures(chip))
    off = np.linalg.norm(found - exact, axis=1) / np.linalg.norm(exact, axis=1)
    return 100 * float(np.median(off))


@control(
    page=PAGE,
    claim="Products with Gaussian directions err much because a few large entries leave the others "
    "little of their cells.",
    without="signs of one size in the same places, which fill every cell",
    quantity="error of a product on a chip with two devices per polarity, over the product, %",
    shows=lambda with_, without: with_.min() > 1.5 * without.max(),
    weights=("independent", "orthogonal"),
)
def large_entries_take_the_cells(weights: str, seed: int, cause: bool) -> float:
    rng = np.random.default_rng(seed)
    drawn = directions({"independent": "rff", "orthogonal": "orf"}[weights], 128, 64, rng)
    held = drawn if cause else np.sign(drawn)
    x = rng.uniform(-1, 1, (100, 64))
    chip = CoreProjection(held, lambda k: presets.hermes(seed, index=k), reach=1.0)
    exact = x @ held.T
    return 100 * float(np.linalg.norm(chip.project(x) - exact) / np.linalg.norm(exact))
