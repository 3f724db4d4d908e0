"""Reference answers of lab 1. They stand here for all to read and are no secret worth keeping.

What counts is an answer that is right for the student's own serial number and for inputs that it
has not seen. An environment may lack this file.
"""

import math
from functools import lru_cache
from typing import Any

import numpy as np

from aimc import presets
from aimc.circuits import mvm_error
from aimc.cores import TiledMatrix
from aimc.datasets import as_inputs, load, load_checkpoint
from aimc_course.labs.lab01 import given

VECTORS = 100  # of the positive layer's inputs that a setting is judged with


def currents(serial: int, *, transposed: bool = False) -> np.ndarray:
    """Return the bit-line currents (A) of the student's crossbar."""
    conductance, volts = given.crossbar(serial)
    return (conductance.T if transposed else conductance) @ volts


def all_currents(conductance: np.ndarray, volts: np.ndarray) -> np.ndarray:
    """Return the currents (A), shape (n, out), of all vectors of voltages (V), shape (n, in)."""
    return volts @ conductance.T


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


@lru_cache(maxsize=32)
def chip_error(serial: int) -> float:
    """Return the error of the student's two-device core right after programming."""
    weights, x = given.layer(serial)
    return mvm_error(presets.hermes(serial).program(weights).forward(x), x @ weights.T)


@lru_cache(maxsize=32)
def averaged_error(serial: int, cores: int = 2) -> float:
    """Return the error of the mean over one-device cores of one chip."""
    weights, x = given.layer(serial)
    outputs = [
        presets.hermes(serial, devices=1, index=k).program(weights).forward(x) for k in range(cores)
    ]
    return mvm_error(sum(outputs) / cores, x @ weights.T)


def largest_current(serial: int, *, all_rows: bool = False, count: int | None = None) -> float:
    """Return the largest bit-line current (A) of an ideal array with the positive layer.

    It flows at the start of the pulses, when every row whose input is not zero conducts.
    """
    weights, x = given.positive(serial)
    g_max = presets.hermes(serial).device.g_max
    on = (x[:count] > 0) | all_rows
    return float(np.max(on @ (weights * g_max / weights.max()).T)) * given.V_READ


def largest_mean(serial: int) -> float:
    """Return the largest mean current (A) over the pulses, which is not what a line carries."""
    weights, x = given.positive(serial)
    g_max = presets.hermes(serial).device.g_max
    return float(np.max(x @ (weights * g_max / weights.max()).T)) * given.V_READ


@lru_cache(maxsize=64)
def error_with_setting(serial: int, v_read: float, w_max: float) -> tuple[float, float]:
    """Return the error of the positive layer and the share of outputs that lost current."""
    weights, x = given.positive(serial)
    few = x[:VECTORS]
    outputs, lost = given.read(serial, few, w_max=w_max, v_read=v_read)
    return mvm_error(outputs, few @ weights.T), lost


def setting_fits(answer: Any, serial: int) -> bool:
    """Return whether at most one per cent of the outputs loses current with that setting."""
    return error_with_setting(serial, *map(float, answer))[1] <= 0.01


def setting_is_precise(answer: Any, serial: int, times: float = 1.2) -> bool:
    """Return whether the error is at most so many times that of a good setting."""
    best, _ = error_with_setting(serial, *good_setting(serial))
    return error_with_setting(serial, *map(float, answer))[0] <= times * best


def good_setting(serial: int) -> tuple[float, float]:
    """Return the lowest voltage (V), and a w_max that leaves a little room above the targets."""
    peak = float(given.positive(serial)[0].max())
    limit = presets.hermes(serial).periphery.adc.i_max
    needed = largest_current(serial) * given.V_LOWEST / given.V_READ / limit
    return given.V_LOWEST, 1.03 * peak * needed


def images() -> np.ndarray:
    """Return the test images as inputs, shape (images, 784)."""
    return as_inputs(load().x_test[: given.IMAGES])


@lru_cache(maxsize=1)
def exact_activations() -> np.ndarray:
    """Return the first layer's exact outputs for the test images, shape (images, 256)."""
    return images() @ load_checkpoint().weights[0].T


def error_of_activations(answer: Any) -> float:
    """Return how far activations are from those of exact arithmetic."""
    return mvm_error(np.asarray(answer), exact_activations())


def without_bias(answer: Any) -> np.ndarray:
    """Return activations less the bias of the first layer."""
    return np.asarray(answer) - load_checkpoint().biases[0]


@lru_cache(maxsize=8)
def activations(serial: int) -> np.ndarray:
    """Return the first layer's outputs from the student's chip, shape (images, 256)."""
    layer = TiledMatrix(load_checkpoint().weights[0], lambda k: presets.hermes(serial, index=k))
    return np.asarray(layer.forward(images()))


def from_own_chip(answer: Any, serial: int) -> bool:
    """Return whether activations are those of the student's cores, but for the noise of a read.

    A second read of them differs by 0.02, one that is a minute later by 0.04, other cores and exact
    arithmetic by 0.07 or more.
    """
    return mvm_error(np.asarray(answer), activations(serial)) < 0.055
