"""Every rule updates weights as aihwkit does, in distribution.

The reference was made by scripts/make_aihwkit_update_reference.py: the same devices, vectors and
learning rates, thousands of runs. What is compared are mean, spread and distribution of each entry
of the weights, of the fast matrix, and of the digital sums. Bounds are 4.5 standard errors, so that
of a thousand comparisons of the same distributions fewer than one in a hundred would fail.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aimc.devices.in_place_training import SoftBounds
from aimc.in_memory_training import (
    AdaptiveReference,
    ChoppedTikiTaka,
    DeviceMatrix,
    MixedPrecision,
    PulseTrains,
    StochasticGradientDescent,
    TikiTaka,
    TikiTaka2,
    Transfer,
    UpdateRule,
)

pytestmark = pytest.mark.native("it repeats for long what other tests run there")

REFERENCE = json.loads(
    (Path(__file__).parent / "data" / "aihwkit_updates.json").read_text(encoding="utf-8")
)
RUNS, Z = 200, 4.5
D, X = np.array(REFERENCE["d"]), np.array(REFERENCE["x"])
SHAPE = (D.shape[1], X.shape[1])
STEP, RATE = REFERENCE["step"], REFERENCE["rate"]
TRAINS = PulseTrains(length=REFERENCE["length"])
# aihwkit's sums in units of ours: steps or weights, and gradients in place of their descent
SUMS = {"TTv2": STEP, "c-TTv2": 1.0, "AGAD": 1.0, "mixed precision": -1.0}


def devices(rng: np.random.Generator) -> DeviceMatrix:
    """Return the devices of the reference, all alike."""
    own = REFERENCE["device"]
    model = SoftBounds(
        name="reference",
        step=STEP,
        w_min=own["min_bound"],
        w_max=own["max_bound"],
        cycle_noise=REFERENCE["noise"],
    )
    made = model.fabricate(SHAPE, serial=1)
    up, down = (np.full(SHAPE, own[name]) for name in ("dwmin_up", "dwmin_down"))
    return DeviceMatrix(replace(made, step_up=up, step_down=down), rng=rng)


def made(name: str, rng: np.random.Generator, **options: Any) -> UpdateRule:
    """Return a rule as the reference has it."""
    slow = devices(rng)
    slow.program(np.full(SHAPE, REFERENCE["start"]))
    if name == "mixed precision":
        return MixedPrecision(slow, rng=rng)
    if name == "SGD":
        return StochasticGradientDescent(slow, rng=rng, trains=TRAINS)
    chopped: dict[str, Any] = {"chop": REFERENCE["chop"]}
    kinds: dict[str, Callable[..., UpdateRule]] = {
        "TTv1": TikiTaka,
        "TTv2": TikiTaka2,
        "c-TTv2": ChoppedTikiTaka,
        "AGAD": AdaptiveReference,
    }
    own: dict[str, Any] = {
        "c-TTv2": chopped,
        "AGAD": {**chopped, "regular": True, "memory": 0.0},
    }.get(name, {})
    own |= {"transfer": Transfer(rate=REFERENCE["transfer_rates"][name], pulses=None)}
    return kinds[name](slow, devices(rng), rng=rng, trains=TRAINS, **{**own, **options})


def learned(rule: UpdateRule) -> dict[str, np.ndarray]:
    """Return what a rule holds after all updates, by the reference's names."""
    rate = REFERENCE["slow_rate"] if isinstance(rule, MixedPrecision) else RATE
    for k in range(REFERENCE["updates"]):
        rule.update(D[k % len(D)], X[k % len(X)], rate)
    found = {"weights": rule.weights}
    if isinstance(rule, MixedPrecision):
        found["sums"] = rule.sums
    if isinstance(rule, TikiTaka):
        found["fast"] = rule.fast.states
    if isinstance(rule, TikiTaka2):
        found["sums"] = rule.hidden
    if isinstance(rule, AdaptiveReference):
        found["reference"] = rule.reference
    return found


@cache
def ours(name: str) -> dict[str, np.ndarray]:
    """Return many runs of a rule, each array of shape (runs, out, in)."""
    rng = np.random.default_rng(11)
    runs = [learned(made(name, rng)) for _ in range(RUNS)]
    return {key: np.array([run[key] for run in runs]) for key in runs[0]}


def theirs(name: str, key: str) -> tuple[dict[str, Any], float]:
    """Return the reference of one quantity, and its unit in terms of ours."""
    names = {
        "weights": ("weights",),
        "fast": ("hidden_weights_0",),
        "sums": ("buffered_FP_weight_0", "buffered_FP_weight", "hidden_weights_chi"),
        "reference": ("past_mean_weight",),
    }[key]
    (found,) = [REFERENCE["found"][name][n] for n in names if n in REFERENCE["found"][name]]
    return found, SUMS[name] if key == "sums" else 1.0


def misses(samples: np.ndarray, stored: dict[str, Any], unit: float) -> list[str]:
    """Return where samples differ from the stored distribution, and by how many errors."""
    n, many = len(samples), REFERENCE["runs"]
    mean, std = np.array(stored["mean"]) / unit, np.array(stored["std"]) / unit
    share = 1 / n + 1 / many
    off = samples - samples.mean(axis=0)
    peaked = np.mean(off**4, axis=0) / np.mean(off**2, axis=0) ** 2  # 3 for a normal one
    found = {
        "mean": (samples.mean(axis=0) - mean) / (std * np.sqrt(share)),
        "spread": (samples.std(axis=0, ddof=1) / std - 1) / np.sqrt((peaked - 1) / 4 * share),
    }
    limits, below = np.array(stored["limits"]) / unit, np.array(stored["below"])
    here = (samples[None] <= limits[:, None]).mean(axis=1)
    error = np.sqrt(np.clip(below * (1 - below), 1 / n, None) * share)
    found["distribution"] = (here - below) / error
    return [
        f"{name}: {np.abs(z).max():.1f} standard errors"
        for name, z in found.items()
        if np.abs(z).max() > Z
    ]


QUANTITIES = [
    *((name, "weights") for name in ("SGD", "TTv1", "TTv2", "c-TTv2", "AGAD", "mixed precision")),
    *((name, "fast") for name in ("TTv1", "TTv2", "c-TTv2", "AGAD")),
    *((name, "sums") for name in ("TTv2", "c-TTv2", "AGAD")),
    ("AGAD", "reference"),
]


def test_sums_of_mixed_precision_are_those_of_aihwkit() -> None:
    stored, sign = theirs("mixed precision", "sums")
    assert np.ptp(ours("mixed precision")["sums"], axis=0).max() == 0.0  # nothing is drawn
    np.testing.assert_allclose(sign * ours("mixed precision")["sums"][0], stored["mean"], atol=2e-6)


@pytest.mark.parametrize(("name", "key"), QUANTITIES)
def test_a_rule_agrees_with_aihwkit_in_distribution(name: str, key: str) -> None:
    stored, unit = theirs(name, key)
    assert misses(ours(name)[key], stored, unit) == []


def one_by_one(name: str, key: str, **options: Any) -> np.ndarray:
    """Return runs of a rule that was changed, shape (runs, out, in)."""
    rng = np.random.default_rng(12)
    return np.array([learned(made(name, rng, **options))[key] for _ in range(RUNS // 3)])


@pytest.mark.weekly  # the test below shows with each change that the comparison can fail
@pytest.mark.parametrize(
    ("name", "key", "options"),
    [
        ("TTv2", "weights", {"transfer": Transfer(rate=0.6, pulses=None)}),
        ("AGAD", "reference", {"memory": 0.5}),
        ("c-TTv2", "fast", {"chop": 0.6}),
    ],
)
def test_the_comparison_sees_small_changes(name: str, key: str, options: dict[str, Any]) -> None:
    stored, unit = theirs(name, key)
    assert misses(one_by_one(name, key, **options), stored, unit)


def test_devices_with_even_steps_would_be_noticed() -> None:
    rng, found = np.random.default_rng(13), []
    for _ in range(RUNS // 3):
        rule = made("SGD", rng)
        even = np.full(SHAPE, REFERENCE["device"]["dwmin_up"])
        rule.matrix.devices = replace(rule.matrix.devices, step_down=even)
        found.append(learned(rule)["weights"])
    assert misses(np.array(found), *theirs("SGD", "weights"))
