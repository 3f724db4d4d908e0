"""Controls of the chapter on learning in memory, and of the lab that belongs to it."""

from dataclasses import replace
from typing import Any

import numpy as np
from controls import control, matrix

from aimc.devices.in_place_training import SoftBounds
from aimc.in_memory_training import (
    AdaptiveReference,
    ChoppedTikiTaka,
    DeviceMatrix,
    MixedPrecision,
    StochasticGradientDescent,
    TikiTaka2,
    Transfer,
    UpdateRule,
    coarse_devices,
    fast_matrix,
    learn_matrix,
)

PAGE = "5-outlook/05-learning-in-memory"
SHAPE, UPDATES, RATE = (10, 10), 1500, 0.1


def target(weights: str, seed: int) -> np.ndarray:
    """Return what is to be learned, with a root mean square of 0.3."""
    w = matrix(weights, SHAPE, seed)
    return np.clip(0.3 * w / np.sqrt(np.mean(w**2)), -0.8, 0.8)


def slow(seed: int, rng: np.random.Generator, **options: Any) -> DeviceMatrix:
    return DeviceMatrix(coarse_devices(**options).fabricate(SHAPE, seed), rng=rng)


def learned(
    weights: str, seed: int, kind: Any, offset: float | None = None, updates: int = UPDATES,
    **options: Any,
) -> tuple[float, UpdateRule]:  # fmt: skip
    """Return the error (%) of the matrix that a rule learns, and the rule."""
    rng = np.random.default_rng([seed, 5])
    held = slow(seed, rng, **options)
    if offset is None:
        rule: UpdateRule = kind(held, rng=rng)
    else:
        fast = fast_matrix(coarse_devices(), SHAPE, serial=1000 + seed, rng=rng, offset=offset)
        rule = kind(held, fast, rng=rng)
    curve = learn_matrix(rule, target(weights, seed), rng=rng, updates=updates, rate=RATE)
    return 100 * curve.final, rule


@control(
    page=PAGE,
    claim="Uneven steps spoil pulses at once on devices of twenty states, beyond what their coarse "
    "steps do.",
    without="devices as coarse whose steps depend neither on direction nor on state",
    quantity="error of the weights, % of half the range",
    shows=lambda with_, without: with_.min() > without.max() + 4,
)
def uneven_steps_spoil_plain_descent(weights: str, seed: int, cause: bool) -> float:
    return learned(weights, seed, StochasticGradientDescent, symmetric=not cause)[0]


@control(
    page=PAGE,
    claim="What does not average out is the pull, and it is there for fine devices as well.",
    without="fine devices whose steps depend neither on direction nor on state",
    quantity="error of the weights with 100 states, % of half the range",
    shows=lambda with_, without: with_.min() > 2 * without.max(),
)
def the_pull_stays_with_fine_devices(weights: str, seed: int, cause: bool) -> float:
    rule = StochasticGradientDescent
    return learned(weights, seed, rule, states=100, symmetric=not cause, updates=2500)[0]


def rest(weights: str, seed: int, noise: float) -> float:
    """Return the mean distance (%) from their target of devices that learn a number each."""
    model = SoftBounds(name="even bounds", step=0.05, w_min=-1.0, w_max=1.0, asymmetry=-0.3)
    count, rng = 100, np.random.default_rng([seed, 6])
    held = DeviceMatrix(model.fabricate((count, 1), seed), rng=rng)
    rule = StochasticGradientDescent(held, rng=rng)
    wanted = 0.6 * matrix(weights, (count, 1), seed)[:, 0]
    seen = []
    for _ in range(500):
        seen.append(rule.weights[:, 0].copy())
        found = seen[-1] - wanted + noise * rng.choice([-1.0, 1.0], count)
        rule.update(found, np.ones(1), RATE)
    return 100 * float(np.abs(np.mean(seen[-150:], axis=0) - wanted).mean())


@control(
    page=PAGE,
    claim="Noise in the gradients moves the place of rest away from the minimum.",
    without="gradients without noise",
    quantity="mean distance of the mean weight from its target, % of half the range",
    shows=lambda with_, without: with_.min() > 2 * without.max(),
)
def noise_of_gradients_moves_the_rest(weights: str, seed: int, cause: bool) -> float:
    return rest(weights, seed, 0.8 if cause else 0.0)


ROUNDINGS = ("stochastic rounding", "signs")


@control(
    page=PAGE,
    claim="However a gradient becomes pulses, by stochastic rounding or by its sign, the pull "
    "moves the weight as long as each sample sends its own.",
    without="gradients of a hundred samples that are added before they are rounded",
    quantity="mean distance of the mean weight from its target, % of half the range",
    shows=lambda with_, without: with_.min() > 3 * without.max(),
    weights=ROUNDINGS,
)
def any_rounding_of_single_samples_pays_the_pull(weights: str, seed: int, cause: bool) -> float:
    model = SoftBounds(name="even bounds", step=0.02, w_min=-1.0, w_max=1.0, asymmetry=-0.3)
    count, added, rng = 100, 1 if cause else 100, np.random.default_rng([seed, 8])
    devices, held = model.fabricate((count,), seed), np.zeros(count)
    wanted = rng.uniform(-0.6, 0.6, count)
    seen = []
    for _ in range(2000):
        noise = rng.choice([-1.0, 1.0], (added, count)).sum(axis=0)
        found = added * (held - wanted) + noise
        asked = np.sign(found) * 0.2 if weights == ROUNDINGS[1] else 0.1 * found / added**0.5
        steps = np.floor(np.abs(asked) + rng.random(count))
        for k in range(int(steps.max())):
            up, down = devices.steps(held)
            held = held - np.where(steps > k, np.where(asked > 0, down, -up), 0.0)
        seen.append(held)
    return 100 * float(np.abs(np.mean(seen[-600:], axis=0) - wanted).mean())


@control(
    page=PAGE,
    claim="Everything hangs on the zero of the fast matrix: an error of it is read as a gradient.",
    without="a reference at the symmetry points",
    quantity="error of the weights with Tiki-Taka, % of half the range",
    shows=lambda with_, without: with_.min() > 2 * without.max(),
)
def a_wrong_zero_is_read_as_a_gradient(weights: str, seed: int, cause: bool) -> float:
    return learned(weights, seed, TikiTaka2, 0.4 if cause else 0.0, updates=2500)[0]


@control(
    page=PAGE,
    claim="A chopper lets a constant error of the reference enter with both signs, so that it "
    "cancels.",
    without="the same rule without turning signs",
    quantity="error of the weights with a reference off by 0.4, % of half the range",
    shows=lambda with_, without: with_.max() < 0.6 * without.min(),
)
def a_chopper_cancels_a_wrong_zero(weights: str, seed: int, cause: bool) -> float:
    return learned(weights, seed, ChoppedTikiTaka if cause else TikiTaka2, 0.4, updates=2500)[0]


@control(
    page=PAGE,
    claim="The pull makes the fast matrix forget, so that it holds a mean of recent gradients.",
    without="devices whose steps do not depend on where they are",
    quantity="what is left of 40 equal gradients after 150 that contradict each other, %",
    shows=lambda with_, without: with_.max() < 35 and without.min() > 60,
)
def the_pull_makes_the_fast_matrix_forget(weights: str, seed: int, cause: bool) -> float:
    # fine steps and wide bounds, so that the devices without a pull are not stopped by their bounds
    soft = SoftBounds(name="soft", step=0.02, w_min=-1.0, w_max=1.0)
    model = soft if cause else replace(soft, slope_up=0.0, slope_down=0.0)
    rng = np.random.default_rng([seed, 7])
    held = DeviceMatrix(model.fabricate(SHAPE, seed), rng=rng)
    rule = StochasticGradientDescent(held, rng=rng)
    d, x = matrix(weights, SHAPE, seed)[:, 0], np.ones(SHAPE[1])
    for _ in range(40):
        rule.update(-np.abs(d), x, 0.02)
    first = np.abs(rule.weights).mean()
    for k in range(150):
        rule.update((-1.0) ** k * np.ones(SHAPE[0]), x, 0.02)
    return 100 * float(rule.weights.mean() / first)


@control(
    page=PAGE,
    claim="In mixed precision gradients that contradict each other cancel before they become "
    "pulses, so the devices receive few pulses.",
    without="pulses sent at once",
    quantity="pulses per device",
    shows=lambda with_, without: with_.max() < 0.3 * without.min(),
)
def sums_cancel_before_pulses(weights: str, seed: int, cause: bool) -> float:
    kind = MixedPrecision if cause else StochasticGradientDescent
    _, rule = learned(weights, seed, kind)
    return rule.matrix.pulses / rule.matrix.states.size


@control(
    page=PAGE,
    claim="After a turn the fast matrix first has to unlearn the old sign: if signs turn before it "
    "has followed, hardly any gradient is left in what is read.",
    without="signs that turn after fifty reads on average",
    quantity="error of numbers learned in 400 updates with a read after each, % of half the range",
    shows=lambda with_, without: with_.min() > 1.25 * without.max(),
)
def turning_too_often_costs_the_gradient(weights: str, seed: int, cause: bool) -> float:
    model = SoftBounds(name="soft", step=0.1, w_min=-1.0, w_max=1.0, cycle_noise=0.3)
    count, rng = 100, np.random.default_rng([seed, 8])
    held = DeviceMatrix(model.fabricate((count, 1), seed), rng=rng)
    fast = fast_matrix(model, (count, 1), serial=1000 + seed, rng=rng)
    chop = 0.5 if cause else 0.02
    rule = ChoppedTikiTaka(held, fast, rng=rng, transfer=Transfer(rate=0.1, pulses=2.0), chop=chop)
    wanted = 0.6 * matrix(weights, (count, 1), seed)[:, 0]
    for _ in range(400):
        found = rule.weights[:, 0] - wanted + 0.8 * rng.choice([-1.0, 1.0], count)
        rule.update(found, np.ones(1), RATE)
    return 100 * float(np.sqrt(np.mean((rule.weights[:, 0] - wanted) ** 2)))


@control(
    page=PAGE,
    claim="The chopped rule wanders about the target, moved by the error of its reference, which "
    "enters with random signs.",
    without="a reference without error",
    quantity="standard deviation of the mean weight over updates, % of half the range",
    shows=lambda with_, without: with_.min() > 2 * without.max(),
)
def a_wrong_zero_with_random_signs_makes_a_weight_wander(
    weights: str, seed: int, cause: bool
) -> float:
    model = SoftBounds(name="soft", step=0.1, w_min=-1.0, w_max=1.0, cycle_noise=0.3)
    count, rng = 40, np.random.default_rng([seed, 9])
    held = DeviceMatrix(model.fabricate((count, 1), seed), rng=rng)
    fast = fast_matrix(model, (count, 1), serial=1000 + seed, rng=rng)
    fast.reference = fast.reference - (0.4 if cause else 0.0)
    rule = ChoppedTikiTaka(held, fast, rng=rng, transfer=Transfer(rate=0.1, pulses=2.0), chop=0.02)
    wanted = 0.6 * matrix(weights, (count, 1), seed)[:, 0]
    seen = []
    for _ in range(600):
        distance = rule.weights[:, 0] - wanted
        seen.append(distance.mean())
        rule.update(distance + 0.8 * rng.standard_normal(count), np.ones(1), RATE)
    return 100 * float(np.std(seen[200:]))


ENDS = {  # rule, error of its reference, symmetry point of the slow devices, what they learn
    "adaptive reference, symmetry point below": (AdaptiveReference, 0.4, -0.3, 0.6),
    "adaptive reference, symmetry point above": (AdaptiveReference, 0.4, 0.6, -0.3),
    "Tiki-Taka with a right zero": (TikiTaka2, 0.0, -0.3, 0.6),
}


@control(
    page=PAGE,
    claim="The slow matrix pays the pull as well: whole steps of both signs reach it, and it rests "
    "between the target and its own symmetry point.",
    without="slow devices whose steps depend neither on direction nor on state",
    quantity="distance of the mean weight from its target towards the symmetry point, % of half "
    "the range",
    shows=lambda with_, without: with_.min() > without.max() + 2,
    weights=tuple(ENDS),
)
def the_slow_matrix_pays_the_pull_too(weights: str, seed: int, cause: bool) -> float:
    kind, error, centre, wanted = ENDS[weights]
    model = SoftBounds(name="soft", step=0.1, w_min=-1.0, w_max=1.0, cycle_noise=0.3)
    slow_model = replace(model, asymmetry=centre)
    if not cause:
        slow_model = replace(model, slope_up=0.0, slope_down=0.0)
    count, rng = 40, np.random.default_rng([seed, 10])
    held = DeviceMatrix(slow_model.fabricate((count, 1), seed), rng=rng)
    fast_model = replace(model, asymmetry=-0.3)  # the same with the cause and without it
    fast = fast_matrix(fast_model, (count, 1), serial=1000 + seed, rng=rng)
    fast.reference = fast.reference - error
    options = {"chop": 0.02} if issubclass(kind, ChoppedTikiTaka) else {}
    rule = kind(held, fast, rng=rng, transfer=Transfer(rate=0.1, pulses=2.0), **options)
    seen = []
    for _ in range(800):
        distance = rule.weights[:, 0] - wanted
        seen.append(distance.mean())
        rule.update(distance + 0.8 * rng.standard_normal(count), np.ones(1), RATE)
    return 100 * float(np.sign(centre - wanted) * np.mean(seen[300:]))
