"""References of lab 2: the numbers that each student is given, and what right answers are."""

from __future__ import annotations

import math
import warnings
from functools import lru_cache
from typing import Any

import numpy as np

from aimc.circuits import (
    ADC,
    DAC,
    DifferentialPair,
    Periphery,
    best_scale,
    mvm_error,
    random_sparse_uniform,
)
from aimc.core import Core
from aimc.devices import pcm_hermes
from aimc.presets import hermes_core
from aimc.recovery.compensation import drift_factor

__all__ = [
    "CHIPS",
    "COPIES",
    "DAY",
    "RANGES",
    "adc_is_good",
    "adc_not_too_small",
    "after_a_day",
    "budget",
    "copies_slope",
    "decompose",
    "draw_decompose",
    "draw_outputs",
    "draw_quantise",
    "error_with_adc",
    "given_test",
    "line_error",
    "quantise",
    "root_sum_square",
    "round_to_step",
]

DAY = 86400.0  # s
COPIES = (1, 2, 4, 8, 16)
CHIPS = 10
RANGES = np.array([30, 35, 40, 45, 50, 55, 60, 70, 80]) * 1e-6  # A


def given_test(serial: int) -> tuple[np.ndarray, np.ndarray]:
    """Return weights (256, 256) and test inputs (512, 256), 30 % of both exactly zero."""
    rng = np.random.default_rng([serial, 2])
    return random_sparse_uniform((256, 256), rng), random_sparse_uniform((512, 256), rng)


def quantise(x: np.ndarray, bits: int, full_scale: float) -> np.ndarray:
    """Quantise symmetrically around zero, with clipping."""
    step = full_scale / (2 ** (bits - 1) - 1)
    return step * np.round(np.clip(x, -full_scale, full_scale) / step)


def line_error(serial: int, bits: int, levels: int | None = None) -> float:
    """Return the MVM error of exact arithmetic with rounded weights."""
    weights, x = given_test(serial)
    top = 2 ** (bits - 1) - 1 if levels is None else levels
    peak = np.abs(weights).max()
    rounded = np.round(weights / peak * top) / top * peak
    return mvm_error(x @ rounded.T, x @ weights.T)


@lru_cache(maxsize=8)
def budget(serial: int) -> tuple[float, ...]:
    """Return the errors by programming, read noise, DAC and ADC, each alone."""
    weights, x = given_test(serial)
    device, ideal = pcm_hermes(2), DAC(bits=None)
    cases = (
        (device.without("read_noise"), Periphery(dac=ideal)),
        (device.without("programming_noise"), Periphery(dac=ideal)),
        (device.without("programming_noise", "read_noise"), Periphery(dac=DAC(bits=8))),
        (
            device.without("programming_noise", "read_noise"),
            Periphery(dac=ideal, adc=ADC(bits=12, i_max=100e-6, dual=True)),
        ),
    )
    return tuple(
        mvm_error(
            Core(dev, periphery=around, serial=serial).program(weights).forward(x), x @ weights.T
        )
        for dev, around in cases
    )


def root_sum_square(serial: int) -> float:
    """Return the total that independent parts would give."""
    return math.sqrt(sum(part**2 for part in budget(serial)))


def decompose(x: np.ndarray, y: np.ndarray, y_exact: np.ndarray) -> tuple[float, float]:
    """Return the linear and residual error by least squares."""
    fitted = x @ np.linalg.lstsq(x, y, rcond=None)[0]
    size = np.linalg.norm(y_exact)
    return (
        float(np.linalg.norm(fitted - y_exact) / size),
        float(np.linalg.norm(y - fitted) / size),
    )


@lru_cache(maxsize=8)
def copies_slope(serial: int) -> float:
    """Return the slope of log error against log K for K one-device pairs per weight."""
    weights, x = given_test(serial)
    errors = [
        mvm_error(
            Core(pcm_hermes(1), DifferentialPair(k), serial=serial).program(weights).forward(x),
            x @ weights.T,
        )
        for k in COPIES
    ]
    return float(np.polyfit(np.log(COPIES), np.log(errors), 1)[0])


@lru_cache(maxsize=64)
def error_with_adc(serial: int, i_max: float) -> float:
    """Return the error with a 6-bit ADC of that range (A)."""
    weights, x = given_test(serial)
    around = Periphery(dac=DAC(bits=8), adc=ADC(bits=6, i_max=i_max))
    core = Core(pcm_hermes(2), periphery=around, serial=serial).program(weights)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return mvm_error(core.forward(x), x @ weights.T)


def adc_is_good(answer: Any, serial: int) -> bool:
    """Return whether the error with that range is within 3 % of the best."""
    best = min(error_with_adc(serial, float(i)) for i in RANGES)
    return error_with_adc(serial, float(answer)) <= 1.03 * best


def adc_not_too_small(answer: Any, serial: int) -> bool:
    """Return whether that range (A) is large enough."""
    return float(answer) >= 45e-6 or adc_is_good(answer, serial)


@lru_cache(maxsize=8)
def after_a_day(serial: int) -> tuple[float, float, float, float]:
    """Return the errors plain, with best factor, with GDC; and GDC's factor over the best."""
    weights, x = given_test(serial)
    exact = x @ weights.T
    core = hermes_core(serial).program(weights)
    plain = core.at(DAY).forward(x)
    best = best_scale(plain, exact)
    gain = 1.0 / drift_factor(core, DAY)
    with_gdc = core.at(DAY, gain).forward(x)
    return (
        mvm_error(plain, exact),
        mvm_error(best * plain, exact),
        mvm_error(with_gdc, exact),
        gain / best,
    )


def draw_outputs(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw disturbed and exact outputs."""
    exact = rng.normal(0, rng.uniform(0.5, 20), (int(rng.integers(3, 8)), int(rng.integers(9, 12))))
    return exact + rng.uniform(0.05, 0.4) * rng.normal(0, 1, exact.shape), exact


def draw_quantise(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw numbers inside and outside a range, bits, and the range."""
    full_scale = float(rng.uniform(0.5, 4))
    return rng.uniform(-1.5, 1.5, (4, 50)) * full_scale, int(rng.integers(2, 6)), full_scale


def draw_decompose(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw inputs, outputs of wrong weights with noise, and exact outputs."""
    x, w = rng.uniform(-1, 1, (60, 6)), rng.uniform(-1, 1, (4, 6))
    exact = x @ w.T
    wrong = w + 0.1 * rng.normal(0, 1, w.shape)
    return x, x @ wrong.T + 0.05 * rng.normal(0, 1, exact.shape), exact


def round_to_step(x: np.ndarray, step: float) -> np.ndarray:
    """Round to multiples of a step."""
    return step * np.round(x / step)
