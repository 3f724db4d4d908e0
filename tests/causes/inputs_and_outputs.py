"""Controls of chapter 4: what decides how wide the range of a converter should be."""

from __future__ import annotations

from functools import cache

import numpy as np
from controls import control, matrix

from aimc.circuits import quantise
from aimc.datasets import as_inputs, load, load_checkpoint

PAGE = "1-concepts/04-inputs-and-outputs"
RANGES = np.arange(2.0, 14.1, 0.25)  # standard deviations
PARTS = [slice(196 * k, 196 * (k + 1)) for k in range(4)]  # the inputs of four cores


@cache
def pictures() -> np.ndarray:
    return as_inputs(load().x_test)[:400].astype(float)


def best_range(outputs: np.ndarray, bits: int = 8) -> float:
    """Return the range (standard deviations) with the least error of rounding and clipping."""
    s = outputs.ravel() / np.sqrt(np.mean(outputs**2))
    return float(min(RANGES, key=lambda r: np.mean((quantise(s, bits, r) - s) ** 2)))


def scaled(values: np.ndarray, axis: int) -> np.ndarray:
    """Divide by the root mean square along one axis, where there is one."""
    size = np.sqrt(np.mean(values**2, axis=axis, keepdims=True))
    return values / np.where(size > 0, size, 1.0)


@control(
    page=PAGE,
    claim="The outputs of a trained layer have longer tails than normal ones, because neurons and "
    "images differ in size.",
    without="each neuron and each image brought to the same size",
    quantity="mean fourth power of the outputs in standard deviations; 3 if they are normal",
    shows=lambda with_, without: with_.mean() > 4.2 and without.mean() < 3.2,
    weights=("network", "shuffled"),
    seeds=tuple(range(101, 113)),
)
def neurons_and_images_differ_in_size(weights: str, seed: int, cause: bool) -> float:
    rng = np.random.default_rng(seed)
    part = PARTS[seed % 4]
    w = load_checkpoint().weights[0][rng.choice(256, 128, replace=False), part].astype(float)
    if weights == "shuffled":
        w = rng.permuted(w, axis=1)
    y = pictures()[rng.choice(400, 200, replace=False), part] @ w.T
    y = y if cause else scaled(scaled(y, 0), 1)
    return float(np.mean(y**4) / np.mean(y**2) ** 2)


@control(
    page=PAGE,
    claim="The best range grows only slowly with the bits, since the power that is clipped falls "
    "almost like a normal tail.",
    without="outputs with the same variance and an exponential tail",
    quantity="growth of the best range from 4 to 8 bits, standard deviations",
    shows=lambda with_, without: with_.max() < 2 and without.min() > 2.75,
)
def a_normal_tail_holds_the_range(weights: str, seed: int, cause: bool) -> float:
    w, rng = matrix(weights, (128, 256), seed), np.random.default_rng(seed)
    y = rng.uniform(-1, 1, (1600, 256)) @ w.T  # many, or single outputs decide
    if not cause:
        y = np.std(y) * rng.laplace(size=y.shape) / np.sqrt(2)
    return best_range(y, 8) - best_range(y, 4)
