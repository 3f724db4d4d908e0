"""References of lab 1: the numbers that each student is given, and what right answers are.

They stand here for all to read and are no secret worth keeping: what counts is an answer that is
right for the student's own serial number and for inputs that it has not seen.
"""

from __future__ import annotations

import math
import warnings
from functools import lru_cache
from typing import Any

import numpy as np

from aimc.circuits import mvm_error, random_sparse_uniform
from aimc.datasets import as_inputs, load, load_checkpoint
from aimc.presets import hermes_core
from aimc.validation import RangeWarning

__all__ = [
    "IMAGES",
    "I_MAX",
    "V_READ",
    "averaged_error",
    "chip_error",
    "cores_needed",
    "draw_join",
    "draw_mvm",
    "draw_sizes",
    "draw_split",
    "error_with_range",
    "exact_activations",
    "given_crossbar",
    "given_layer",
    "given_positive",
    "has_layer_shape",
    "is_near_exact",
    "is_not_exact",
    "join",
    "largest_current",
    "range_fits",
    "range_is_precise",
    "split",
]

V_READ = 0.2  # V, the preset's read voltage
I_MAX = 100e-6  # A, where its ADC saturates
IMAGES = 200


def given_crossbar(serial: int) -> tuple[np.ndarray, np.ndarray]:
    """Return conductances (S), shape (4, 4), and word-line voltages (V), shape (4,)."""
    rng = np.random.default_rng([serial, 1])
    return rng.uniform(1e-6, 20e-6, (4, 4)), rng.uniform(0.02, V_READ, 4)


def given_layer(serial: int) -> tuple[np.ndarray, np.ndarray]:
    """Return signed weights (256, 256) and test inputs (500, 256), 30 % of both exactly zero."""
    rng = np.random.default_rng([serial, 2])
    return random_sparse_uniform((256, 256), rng), random_sparse_uniform((500, 256), rng)


def given_positive(serial: int) -> tuple[np.ndarray, np.ndarray]:
    """Return weights (256, 256) and inputs (500, 256) without negative entries."""
    rng = np.random.default_rng([serial, 3])
    return rng.uniform(0.0, 1.0, (256, 256)), rng.uniform(0.0, 1.0, (500, 256))


def split(weights: np.ndarray, w_max: float, g_max: float) -> np.ndarray:
    """Return target conductances (S) of both polarities, shape (2, out, in)."""
    scaled = weights / w_max
    return g_max * np.stack([np.maximum(scaled, 0.0), np.maximum(-scaled, 0.0)])


def join(g_plus: np.ndarray, g_minus: np.ndarray, w_max: float, g_max: float) -> np.ndarray:
    """Return the weights that a pair of conductance arrays (S) stands for."""
    return w_max * (g_plus - g_minus) / g_max


def cores_needed(outputs: int, inputs: int, rows: int, columns: int) -> int:
    """Return how many cores of ``rows`` inputs and ``columns`` outputs a matrix takes."""
    return math.ceil(inputs / rows) * math.ceil(outputs / columns)


@lru_cache(maxsize=8)
def chip_error(serial: int) -> float:
    """Return the error of the student's two-device core right after programming."""
    weights, x = given_layer(serial)
    return mvm_error(hermes_core(serial).program(weights).forward(x), x @ weights.T)


@lru_cache(maxsize=8)
def averaged_error(serial: int, cores: int = 2) -> float:
    """Return the error of the mean over one-device cores of one chip."""
    weights, x = given_layer(serial)
    outputs = [
        hermes_core(serial, devices=1, index=k).program(weights).forward(x) for k in range(cores)
    ]
    return mvm_error(sum(outputs) / cores, x @ weights.T)


def largest_current(serial: int) -> float:
    """Return the largest bit-line current (A) of an ideal array with the positive layer."""
    weights, x = given_positive(serial)
    g_max = hermes_core(serial).device.g_max
    return float(np.max(x @ (weights * g_max / weights.max()).T)) * V_READ


@lru_cache(maxsize=64)
def error_with_range(serial: int, input_range: float) -> tuple[float, bool]:
    """Return the error of the positive layer and whether a converter clipped over 1 %."""
    weights, x = given_positive(serial)
    core = hermes_core(serial, input_range=input_range).program(weights)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        error = mvm_error(core.forward(x), x @ weights.T)
    return error, any(issubclass(warning.category, RangeWarning) for warning in caught)


def range_fits(answer: Any, serial: int) -> bool:
    """Return whether less than one per cent is clipped with that input range."""
    return not error_with_range(serial, float(answer))[1]


def range_is_precise(answer: Any, serial: int) -> bool:
    """Return whether the error is within a fifth of the best that an input range gives."""
    best = min(error_with_range(serial, value)[0] for value in (4.0, 5.0, 6.0))
    return error_with_range(serial, float(answer))[0] <= 1.2 * best


@lru_cache(maxsize=1)
def exact_activations() -> np.ndarray:
    """Return the first layer's exact outputs for the test images, shape (images, 256)."""
    images = as_inputs(load().x_test[:IMAGES])
    return images @ load_checkpoint().weights[0].T


def has_layer_shape(answer: Any, serial: int) -> bool:
    """Return whether there is one row per image and one column per neuron."""
    return np.shape(answer) == (IMAGES, 256)


def is_near_exact(answer: Any, serial: int) -> bool:
    """Return whether activations are about those of exact arithmetic."""
    return mvm_error(np.asarray(answer), exact_activations()) < 0.15


def is_not_exact(answer: Any, serial: int) -> bool:
    """Return whether activations bear the marks of an analog chip."""
    return mvm_error(np.asarray(answer), exact_activations()) > 0.01


def draw_mvm(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw conductances (S), shape (out, in), and voltages (V), shape (n, in)."""
    outputs, inputs, count = (int(n) for n in rng.integers([2, 6, 9], [5, 8, 12]))
    return rng.uniform(0, 20e-6, (outputs, inputs)), rng.uniform(0, V_READ, (count, inputs))


def draw_split(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw weights and the two ends of the scale, w_max and g_max (S)."""
    w_max, g_max = rng.uniform(0.3, 3.0), rng.uniform(5e-6, 30e-6)
    return rng.uniform(-w_max, w_max, (3, 5)), float(w_max), float(g_max)


def draw_join(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw a pair of conductance arrays (S), neither of them zero, and the scale."""
    weights, w_max, g_max = draw_split(rng)
    g_plus, g_minus = split(weights, w_max, g_max) + rng.uniform(0, 1e-6, (2, 3, 5))
    return g_plus, g_minus, w_max, g_max


def draw_sizes(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw the shape of a layer and the shape of a core."""
    outputs, inputs = (int(n) for n in rng.integers(1, 1500, 2))
    rows, columns = (int(n) for n in rng.choice([64, 128, 256, 512], 2, replace=False))
    return outputs, inputs, rows, columns
