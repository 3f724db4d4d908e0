"""Reference answers of lab 2."""

import math
import warnings
from functools import lru_cache
from typing import Any

import numpy as np

from aimc import presets
from aimc.circuits import ADC, DAC, DifferentialPair, Periphery, best_scale, mvm_error
from aimc.cores import Core
from aimc.devices import pcm_hermes
from aimc.recovery.compensation import drift_factor
from aimc_course.labs.lab02 import given

ENDS = (0.0, given.TIMES[-1])  # s, reads that tell ten chips from others
COPIES = (1, 2, 4, 8, 16)
RANGES = np.array([30, 35, 40, 45, 50, 55, 60, 70, 80]) * 1e-6  # A


def relative_error(y: np.ndarray, y_exact: np.ndarray) -> float:
    """Return the normalised MVM error."""
    return mvm_error(y, y_exact)


def quantise(
    x: np.ndarray, bits: int, full_scale: float, step: float | None = None, clip: bool = True
) -> np.ndarray:
    """Quantise symmetrically around zero, with clipping."""
    step = full_scale / (2 ** (bits - 1) - 1) if step is None else step
    return step * np.round((np.clip(x, -full_scale, full_scale) if clip else x) / step)


def lines(
    serial: int, tops: tuple[int, int] = (3, 7), full_scale: float | None = None
) -> tuple[float, ...]:
    """Return the errors of exact arithmetic whose weights have so many levels per sign."""
    weights, x = given.test(serial)
    full_scale = full_scale or float(np.abs(weights).max())
    rounded = [np.round(weights / full_scale * top) / top * full_scale for top in tops]
    return tuple(mvm_error(x @ w.T, x @ weights.T) for w in rounded)


def equivalent_bits(error: float) -> float:
    """Return the bits of weights whose rounding alone would give that error."""
    return 1 + math.log2(1 + 0.5 / error)


def _error_of(serial: int, device: Any, around: Periphery, copies: int = 1) -> float:
    weights, x = given.test(serial)
    core = Core(device, DifferentialPair(copies), around, serial=serial).program(weights)
    return mvm_error(core.forward(x), x @ weights.T)


@lru_cache(maxsize=32)
def budget(serial: int) -> tuple[float, ...]:
    """Return the errors by programming, read noise, DAC and ADC, each alone."""
    device, ideal = pcm_hermes(2), Periphery(dac=DAC(bits=None))
    quiet = device.without("programming_noise", "read_noise")
    adc = Periphery(dac=DAC(bits=None), adc=ADC(bits=12, i_max=100e-6, dual=True))
    return (
        _error_of(serial, device.without("read_noise"), ideal),
        _error_of(serial, device.without("programming_noise"), ideal),
        _error_of(serial, quiet, Periphery(dac=DAC(bits=8))),
        _error_of(serial, quiet, adc),
    )


def root_sum_square(errors: np.ndarray) -> float:
    """Return the total that independent errors would give."""
    return math.sqrt(sum(error**2 for error in errors))


def decompose(x: np.ndarray, y: np.ndarray, y_exact: np.ndarray) -> tuple[float, float]:
    """Return the linear and residual error by least squares."""
    fitted = x @ np.linalg.lstsq(x, y, rcond=None)[0]
    size = np.linalg.norm(y_exact)
    return (
        float(np.linalg.norm(fitted - y_exact) / size),
        float(np.linalg.norm(y - fitted) / size),
    )


@lru_cache(maxsize=32)
def averaged(serial: int, elements: int = 1) -> tuple[float, ...]:
    """Return the errors of so many copies of an element, with ideal converters."""
    device, ideal = pcm_hermes(elements), Periphery(dac=DAC(bits=None))
    return tuple(_error_of(serial, device, ideal, copies) for copies in COPIES)


def averaging(serial: int) -> list[float]:
    """Return the errors of all numbers of copies, and the slope of their line behind them."""
    return [*averaged(serial), power(np.array(COPIES), np.array(averaged(serial)))]


def power(copies: np.ndarray, errors: np.ndarray) -> float:
    """Return the slope of log error against log K."""
    return float(np.polyfit(np.log(copies), np.log(errors), 1)[0])


@lru_cache(maxsize=64)
def error_with_adc(serial: int, i_max: float) -> float:
    """Return the error with a 6-bit ADC of that range (A)."""
    around = Periphery(dac=DAC(bits=8), adc=ADC(bits=6, i_max=i_max))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _error_of(serial, pcm_hermes(2), around)


def adc_is_good(answer: Any, serial: int) -> bool:
    """Return whether the error with that range is within 3 % of the best."""
    best = min(error_with_adc(serial, float(i)) for i in RANGES)
    return error_with_adc(serial, float(answer)) <= 1.03 * best


def adc_not_too_small(answer: Any, serial: int) -> bool:
    """Return whether that range (A) is large enough."""
    return float(answer) >= 45e-6 or adc_is_good(answer, serial)


@lru_cache(maxsize=32)
def after_a_day(serial: int) -> tuple[float, float, float, float]:
    """Return the errors plain, with best factor, with GDC; and GDC's factor over the best."""
    weights, x = given.test(serial)
    exact = x @ weights.T
    core = presets.hermes(serial).program(weights)
    plain = core.at(given.DAY).forward(x)
    best = best_scale(plain, exact)
    gain = 1.0 / drift_factor(core, given.DAY)
    with_gdc = core.at(given.DAY, gain).forward(x)
    return (
        mvm_error(plain, exact),
        mvm_error(best * plain, exact),
        mvm_error(with_gdc, exact),
        gain / best,
    )


def corrected(serial: int) -> tuple[float, float]:
    """Return the errors after a day with the best factor and with drift compensation."""
    return after_a_day(serial)[1:3]


def overshoot(serial: int) -> float:
    """Return the factor of drift compensation over the best one."""
    return after_a_day(serial)[3]


@lru_cache(maxsize=32)
def errors_of_chips(serial: int, times: tuple[float, ...] = given.TIMES) -> list[list[float]]:
    """Return the errors of ten chips at these times (s), with the best factor."""
    weights, x = given.test(serial)
    exact, rows = x @ weights.T, []
    for k in range(given.CHIPS):
        core = presets.hermes(serial + k).program(weights)
        outputs = [core.at(t).forward(x) for t in times]
        rows.append([mvm_error(best_scale(y, exact) * y, exact) for y in outputs])
    return rows


@lru_cache(maxsize=32)
def errors_of_one_chip(serial: int) -> list[float]:
    """Return the errors of the first of the ten chips at all times."""
    weights, x = given.test(serial)
    exact, core = x @ weights.T, presets.hermes(serial).program(weights)
    outputs = [core.at(t).forward(x) for t in given.TIMES]
    return [mvm_error(best_scale(y, exact) * y, exact) for y in outputs]


def grow_as_chips(answer: Any, serial: int) -> bool:
    """Return whether the mean errors at all times are those of chips.

    Chips differ by 0.3 % (standard deviation); a straight line from end to end is 14 % off.
    """
    mean = np.mean(np.asarray(answer), axis=0)
    return bool(np.all(np.abs(mean / errors_of_one_chip(serial) - 1) < 0.03))


def begin_as_chips(answer: Any, serial: int) -> bool:
    """Return whether the errors right after programming are those of the student's ten chips.

    Another read moves an error by less than 0.1 %, and chips differ by 0.3 % (standard deviation).
    """
    return _is_near(np.asarray(answer)[:, 0], errors_of_chips(serial, ENDS), 0, 0.0015)


def end_as_chips(answer: Any, serial: int) -> bool:
    """Return whether the errors after a month are those of the student's ten chips.

    Reads between the first and the last one move an error by about 0.1 %.
    """
    return _is_near(np.asarray(answer)[:, -1], errors_of_chips(serial, ENDS), -1, 0.0019)


def errors_of_chips_at_ends(serial: int) -> list[list[float]]:
    """Return the errors of ten chips right after programming and at the end, shape (10, 2)."""
    return errors_of_chips(serial, ENDS)


def _is_near(found: np.ndarray, chips: list[list[float]], column: int, most: float) -> bool:
    right = np.array(chips)[:, column]
    return bool(np.sqrt(np.mean((found / right - 1) ** 2)) < most)
