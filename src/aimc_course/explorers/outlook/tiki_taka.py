"""Explorer of the chapter on learning in memory: one weight, pulsed by one rule or another.

Sixty devices learn the same number, each from noisy gradients of its own. All draws have fixed
seeds, so that moving a control shows the effect of the control and nothing else.
"""

from __future__ import annotations

import inspect
from functools import lru_cache
from typing import Any

import numpy as np

from aimc.devices.in_place_training import SoftBounds
from aimc.in_memory_training import (
    AdaptiveReference,
    ChoppedTikiTaka,
    DeviceMatrix,
    StochasticGradientDescent,
    TikiTaka2,
    Transfer,
    UpdateRule,
    chopped,
    fast_matrix,
    tiki_taka,
)
from aimc.plots import Chart, Line, Rule, numbers
from aimc_course.explorers.controls import Choice, Slider
from aimc_course.explorers.explorer import Answer, Explorer

__all__ = ["RULES", "TIKI_TAKA", "compute", "learn", "mean_steps"]

RULES = {
    "Tiki-Taka, version 2": TikiTaka2,
    "chopped": ChoppedTikiTaka,
    "adaptive reference": AdaptiveReference,
}
DEVICES, UPDATES, LOOKS, RATE = 60, 800, 80, 0.1
CHOP = 0.02  # turns per update: the fast matrix needs some 20 updates to follow
SERIAL = 7
SWARM = 16  # devices that the stage shows one by one
EVERY = 2  # of the looks are steps of the control and of the stage,
STRIDE = EVERY * UPDATES // LOOKS  # updates apart
PLAIN = "pulses at once"


def _model(states: float, centre: float) -> SoftBounds:
    """Return devices whose symmetry points lie around ``centre``."""
    # Steps up and down are s(1 + b)(1 - w) and s(1 - b)(1 + w): equal at w = b.
    return SoftBounds(
        name="explorer",
        step=2.0 / states,
        w_min=-1.0,
        w_max=1.0,
        asymmetry=centre,
        asymmetry_spread=0.05,
        step_spread=0.1,
        cycle_noise=0.3,
    )


@lru_cache(16)  # while the reader looks at one moment after another
def learn(
    kind: type[UpdateRule], target: float, centre: float, states: float, noise: float, offset: float
) -> tuple[np.ndarray, np.ndarray]:
    """Let all devices learn one number from noisy gradients.

    Parameters
    ----------
    kind : type
        The rule.
    target : float
        What every device should hold.
    centre : float
        Mean symmetry point.
    states : float
        Range over step.
    noise : float
        Standard deviation of what is added to each gradient.
    offset : float
        Standard deviation of the error of the fast matrix's reference.

    Returns
    -------
    tuple of array
        Updates, shape (looks,), and the weights then, shape (looks, devices).
    """
    rng = np.random.default_rng(SERIAL)
    model, shape = _model(states, centre), (DEVICES, 1)
    slow = DeviceMatrix(model.fabricate(shape, SERIAL), rng=rng)
    if kind is StochasticGradientDescent:
        rule: UpdateRule = StochasticGradientDescent(slow, rng=rng)
    else:
        fast = fast_matrix(model, shape, serial=SERIAL + 1, rng=rng, offset=offset)
        transfer = Transfer(rate=0.1, pulses=2.0)
        if issubclass(kind, ChoppedTikiTaka):
            rule = kind(slow, fast, rng=rng, transfer=transfer, chop=CHOP)
        else:
            rule = TikiTaka2(slow, fast, rng=rng, transfer=transfer)
    gradients = np.random.default_rng([SERIAL, 1]).standard_normal((UPDATES, DEVICES))
    one, seen = np.ones(1), [rule.weights[:, 0]]
    for k in range(UPDATES):
        d = rule.weights[:, 0] - target + noise * gradients[k]
        rule.update(d, one, RATE)
        if (k + 1) % (UPDATES // LOOKS) == 0:
            seen.append(rule.weights[:, 0])
    return np.linspace(0, UPDATES, LOOKS + 1), np.array(seen)


def mean_steps(weight: np.ndarray, centre: float, states: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean size of a step up and of a step down from a weight, both positive."""
    step = 2.0 / states
    return step * (1 + centre) * (1 - weight), step * (1 - centre) * (1 + weight)


def compute(
    rule: str,
    target: float,
    centre: float,
    states: float,
    noise: float,
    offset: float,
    updates: int,
) -> Answer:
    """Compare a rule with plain pulses on the same devices and the same gradients.

    Parameters
    ----------
    rule : str
        Name of the rule, one of `RULES`.
    target, centre, states, noise, offset
        As those of `learn`.
    updates : int
        After how many updates the devices are looked at.
    """
    curves = {
        PLAIN: learn(StochasticGradientDescent, target, centre, states, noise, offset),
        rule: learn(RULES[rule], target, centre, states, noise, offset),
    }
    last = {name: seen[-LOOKS // 4 :] for name, (_, seen) in curves.items()}
    found = {name: float(np.mean(seen)) for name, seen in last.items()}
    miss = {name: float(np.sqrt(np.mean((seen - target) ** 2))) for name, seen in last.items()}
    lanes = [_lane(*one) for one in curves.items()]
    plain_now, rule_now = (lane["mean"][round(updates / STRIDE)] for lane in lanes)
    values = {
        "plain_now": plain_now,
        "rule_now": rule_now,
        "plain_mean": found[PLAIN],
        "plain_error": miss[PLAIN],
        "rule_mean": found[rule],
        "rule_error": miss[rule],
    }
    sentence = (
        f"The target is {target:.2f} and the symmetry point lies at about {centre:.2f}. Pulses at "
        f"once leave the {DEVICES} devices at {found[PLAIN]:.2f} on average, with an "
        f"error of {miss[PLAIN]:.2f}; {rule} leaves them at {found[rule]:.2f}, with an "
        f"error of {miss[rule]:.2f}. After {updates} updates the means are "
        f"{plain_now:.2f} and {rule_now:.2f}."
    )
    sentence = sentence.replace("-0.00", "0.00").replace(" -", " \N{MINUS SIGN}")
    charts = (
        _steps(states, centre, target),
        _paths(curves, target, centre, updates),
        _ends(last, target),
    )
    return Answer(values, charts, sentence, {"lanes": lanes})


def _lane(name: str, curve: tuple[np.ndarray, np.ndarray]) -> dict[str, Any]:
    """Return what the stage draws of one way to learn, at every second look and as far as seen."""
    seen = curve[1][::EVERY]
    low, high = np.quantile(seen, (0.1, 0.9), axis=1)
    return {
        "name": name,
        "mean": numbers(np.round(seen.mean(axis=1), 4)),
        "low": numbers(np.round(low, 3)),
        "high": numbers(np.round(high, 3)),
        "devices_percent": np.rint(100 * seen[:, :SWARM]).astype(int).tolist(),
    }


def _steps(states: float, centre: float, target: float) -> Chart:
    w = np.linspace(-1.0, 1.0, 41)
    up, down = mean_steps(w, centre, states)
    return Chart(
        "One pulse",
        "weight",
        "mean step",
        (
            Line(numbers(w), numbers(up), "up"),
            Line(numbers(w), numbers(down), "down", dashed=True),
            Rule(centre, "symmetry point", axis="x"),
            Rule(target, "target", axis="x"),
        ),
        x_range=(-1.0, 1.0),
        y_range=(0.0, 8.4 / states),
    )


def _paths(
    curves: dict[str, tuple[np.ndarray, np.ndarray]], target: float, centre: float, updates: int
) -> Chart:
    lines = [
        Line(
            numbers(when),
            numbers(np.round(seen.mean(axis=1), 4)),
            name,
            dashed=name == PLAIN,
            low=numbers(np.round(np.quantile(seen, 0.1, axis=1), 4)),
            high=numbers(np.round(np.quantile(seen, 0.9, axis=1), 4)),
        )
        for name, (when, seen) in curves.items()
    ]
    return Chart(
        f"Mean of {DEVICES} devices; bands hold 80%",
        "updates",
        "weight",
        (
            *lines,
            Rule(target, "target"),
            Rule(centre, "symmetry point"),
            Rule(float(updates), axis="x"),
        ),
        x_range=(0.0, float(UPDATES)),
        y_range=(-1.0, 1.0),
    )


def _ends(last: dict[str, np.ndarray], target: float) -> Chart:
    edges = np.linspace(-1.5, 1.5, 61)
    marks = []
    for name, seen in last.items():
        share = numbers(np.round(100 * np.histogram(seen - target, edges)[0] / seen.size, 3))
        middle = numbers(np.round((edges[:-1] + edges[1:]) / 2, 3))
        if name == PLAIN:
            marks.append(Line(middle, share, name, dashed=True))
        else:
            marks.append(Line(middle, share, name))
    return Chart(
        "Where the devices end",
        "weight − target",
        "share of devices (%)",
        (*marks, Rule(0.0, "target", axis="x")),
        x_range=(-1.5, 1.5),
    )


TIKI_TAKA = Explorer(
    name="tiki_taka",
    title="One weight, two ways to teach it",
    controls=(
        Choice("rule", "Rule", tuple(RULES), "Tiki-Taka, version 2"),
        Slider("target", "Target", -0.8, 0.8, 0.1, 0.6),
        Slider("centre", "Symmetry point", -0.6, 0.6, 0.1, -0.3),
        Slider("states", "States of a device", 10, 100, 10, 20, integer=True),
        Slider("noise", "Noise of the gradients", 0.0, 1.0, 0.1, 0.5),
        Slider("offset", "Error of the reference", 0.0, 0.5, 0.05, 0.0),
        Slider("updates", "Updates so far", 0, UPDATES, STRIDE, UPDATES, integer=True),
    ),
    compute=compute,
    stage="learning",
    source="\n\n".join(inspect.getsource(room) for room in (tiki_taka, chopped)),
)
"""Sixty devices that learn one number from noisy gradients: plain pulses against a better rule."""
