"""Explorer of the chapter on statistical models: two device models side by side.

Every curve is a published formula, evaluated; only the error of a whole matrix is simulated, with
one fixed chip per model. A model that says nothing about drift and read noise is asked for the
moment of programming only.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from aimc.circuits import Crossbar, random_sparse_uniform
from aimc.cores import Core
from aimc.devices import StatisticalPCM, pcm_2019, pcm_2025, pcm_hermes
from aimc.plots import Chart, Line, Mark, Rule, numbers
from aimc.validation import check_choice
from aimc_course.explorers.controls import Choice, Slider
from aimc_course.explorers.explorer import Answer, Explorer

__all__ = ["GENERATIONS", "TIMES", "TWO_GENERATIONS", "compute", "matrix_error", "statistics"]

SIZE, SERIAL = 64, 11
GENERATIONS: dict[str, Callable[[], StatisticalPCM]] = {
    "2019 array": pcm_2019,
    "HERMES, one device": lambda: pcm_hermes(1),
    "HERMES, two devices": lambda: pcm_hermes(2),
    "2025 fit": pcm_2025,
}
"""The models to choose from, by the names of the controls."""
THINGS = {
    "2019 array": "PCM 2019",
    "HERMES, one device": "HERMES",
    "HERMES, two devices": "HERMES, two devices",
}
"""What gives their curves the colours that they have in the figures of the book."""
TIMES = {
    "1 second": 1.0,
    "1 minute": 60.0,
    "1 hour": 3600.0,
    "1 day": 86400.0,
    "1 month": 30 * 86400.0,
    "1 year": 365 * 86400.0,
}
"""Times after programming, s, by the names of the control."""
STATES = np.linspace(0.02, 1.0, 50)
STEPS = (0.05, 1.0, 0.05)  # of full scale: lowest, highest, step of the slider
CLOCK = np.logspace(0.0, math.log10(TIMES["1 year"]), 16)  # s


@cache
def _device(name: str) -> StatisticalPCM:
    return GENERATIONS[name]()


def _ages(device: StatisticalPCM) -> bool:
    """Return whether the model says anything about times after programming."""
    return device.t_fitted > 0.0


@cache
def _weights() -> np.ndarray:
    return random_sparse_uniform((SIZE, SIZE), np.random.default_rng([SERIAL, 0]))


@cache
def _core(name: str) -> Core:
    """Return a core of pairs of one generation that holds the test matrix."""
    return Core(_device(name), rows=SIZE, columns=SIZE, serial=SERIAL).program(_weights())


def statistics(device: StatisticalPCM, state: np.ndarray, t: float) -> dict[str, np.ndarray]:
    """Return what a model says about devices asked to hold ``state`` of full scale.

    Parameters
    ----------
    device : StatisticalPCM
        The model.
    state : array
        Targets as fractions of full scale, 0 to 1.
    t : float
        Time after programming at which a device is read once, s.

    Returns
    -------
    dict of str to array
        Programming spread (fraction of full scale), mean and spread of the drift exponent, and
        spread of one read (fraction of the conductance).
    """
    g = np.asarray(state) * device.g_max
    return {
        "programming": device.programming_std(g) / device.g_max,
        "drift_mean": device.drift_exponent_mean(g),
        "drift_spread": device.drift_exponent_std(g),
        "read": device.read_noise_std(g, g, t) / g,
    }


def matrix_error(crossbar: Crossbar, weights: np.ndarray) -> float:
    """Return the relative error of the weights that one read meets, after the best single factor.

    Read noise counts with its variance, so nothing is drawn.
    """
    g = crossbar.conductance[0]
    power = np.sum(g * g) + np.sum(crossbar.read_variance)
    factor = np.sum(g * weights) / power
    left = np.sum((factor * g - weights) ** 2) + factor**2 * np.sum(crossbar.read_variance)
    return float(np.sqrt(left / np.sum(weights**2)))


@cache
def _errors(name: str) -> tuple[float, ...]:
    """Return the error over `CLOCK`, or right after programming for a model without time."""
    if not _ages(_device(name)):
        return (_error_at(name, 0.0),)
    return tuple(_error_at(name, float(t)) for t in CLOCK)


@cache
def _error_at(name: str, t: float) -> float:
    return matrix_error(_core(name).crossbar(t), _weights())


def compute(left: str, right: str, state: float, time: str) -> Answer:
    """Return what two models say about one state at one time, and about a matrix over time.

    Parameters
    ----------
    left, right : str
        Names out of `GENERATIONS`.
    state : float
        Target as a fraction of full scale.
    time : str
        A name out of `TIMES`.
    """
    names = (check_choice("left", left, GENERATIONS), check_choice("right", right, GENERATIONS))
    t = TIMES[check_choice("time", time, TIMES)]
    sides = [_side(name, state, t) for name in names]
    head = f"At {state:.0%} of full scale, {time} after programming"
    # A model that is chosen twice is told once.
    said = "; ".join(
        _words(name, side) for name, side in dict(zip(names, sides, strict=True)).items()
    )
    values = {"state": state, "t": t, "left": sides[0], "right": sides[1]}
    return Answer(values, _charts(names, state, t, time), f"{head}: {said}.")


def _side(name: str, state: float, t: float) -> dict[str, Any]:
    device = _device(name)
    aged = _ages(device)
    at = statistics(device, np.array([state]), t if aged else 0.0)
    side: dict[str, Any] = {
        "model": device.name,
        "g_max": device.g_max,
        "t_0": device.t_0,
        "knows_time": aged,
        "programming": float(at["programming"][0]),
        "error": _error_at(name, t if aged else 0.0),
    }
    if aged:
        side |= {key: float(at[key][0]) for key in ("drift_mean", "drift_spread", "read")}
    return side


def _words(name: str, side: dict[str, Any]) -> str:
    spread = f"{name}: programming spread {side['programming']:.1%} of full scale"
    if not side["knows_time"]:
        return (
            f"{spread}, error of a matrix just after programming {side['error']:.1%}, "
            "nothing known of later times"
        )
    return (
        f"{spread}, drift exponent {side['drift_mean']:.3f} ± {side['drift_spread']:.3f}, read "
        f"noise {side['read']:.1%}, error of a matrix {side['error']:.1%}"
    )


def _charts(names: tuple[str, str], state: float, t: float, time: str) -> tuple[Chart, ...]:
    yours = Rule(state, "your state", axis="x")
    spread: list[Mark] = []
    drift: list[Mark] = []
    noise: list[Mark] = []
    errors: list[Mark] = []
    x = numbers(STATES)
    for k, name in enumerate(dict.fromkeys(names)):  # one curve for a model that is chosen twice
        device = _device(name)
        style: dict[str, Any] = {"label": name, "dashed": k == 1, "thing": THINGS.get(name, "")}
        curves = statistics(device, STATES, t if _ages(device) else 0.0)
        spread.append(Line(x, numbers(100 * curves["programming"]), **style))
        if not _ages(device):
            drift.append(Rule(0.0, f"{name}: no drift published"))
            noise.append(Rule(0.0, f"{name}: no noise published"))
            errors.append(Rule(100 * _errors(name)[0], f"{name}, just programmed"))
            continue
        mean, wide = curves["drift_mean"], curves["drift_spread"]
        band: dict[str, Any] = {"low": numbers(mean - wide), "high": numbers(mean + wide)}
        drift.append(Line(x, numbers(mean), **style, **band))
        noise.append(Line(x, numbers(100 * curves["read"]), **style))
        errors.append(Line(numbers(CLOCK), numbers(100 * np.array(_errors(name))), **style))
    state_label = "state (fraction of full scale)"
    return (
        Chart(
            "Programming spread",
            state_label,
            "σ_P (% of full scale)",
            (*spread, yours),
            y_range=(0.0, 12.0),
        ),
        Chart(
            "Drift exponent: mean and spread",
            state_label,
            "ν",
            (*drift, yours),
            y_range=(-0.01, 0.16),
        ),
        Chart(
            f"One read, {time} after programming",
            state_label,
            "σ_R (% of G)",
            (*noise, yours),
            y_range=(-1.0, 40.0),
        ),
        Chart(
            "A matrix, after the best single factor",
            "time since the first read (s); dotted: your time",
            "error of the weights (%)",
            (*errors, Rule(t, axis="x")),
            x_scale="log",
            y_range=(0.0, 30.0),
        ),
    )


def _percent() -> tuple[str, ...]:
    """Return what the slider of the state shows: per cent, which both models share."""
    return tuple(f"{state:.0%} of full scale" for state in Slider("", "", *STEPS, 0.5).steps())


TWO_GENERATIONS = Explorer(
    name="generations",
    title="Two generations of phase-change memory, side by side",
    controls=(
        Choice("left", "One model", tuple(GENERATIONS), "2019 array"),
        Choice("right", "Other model", tuple(GENERATIONS), "HERMES, two devices"),
        Slider("state", "State", *STEPS, 0.5, words=(_percent(),)),
        Choice("time", "Time after programming", tuple(TIMES), "1 day"),
    ),
    compute=compute,
    source=inspect.getsource(statistics) + "\n\n" + inspect.getsource(matrix_error),
)
"""Two device models, state by state and over time."""
