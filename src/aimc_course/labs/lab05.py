"""Lab 5, *Put a network on 64 cores*: its questions and the usual wrong answers."""

from __future__ import annotations

from typing import Any

import numpy as np

from aimc.published import fact
from aimc_course.checks.diagnosis import are_whole
from aimc_course.checks.questions import (
    LabDefinition,
    Mistake,
    Question,
    array_close,
    function_on_inputs,
    number_close,
    property_holds,
)
from aimc_course.labs.mistakes05 import (
    HOP_MISTAKES,
    INTERVAL_MISTAKES,
    RESNET_MISTAKES,
    SHAPE_MISTAKES,
    TIME_MISTAKES,
    SharesOutCores,
    path_over_cores,
    widest_width,
)
from aimc_course.labs.reference05 import (
    WORKING,
    accuracies,
    best_interval,
    broken_cores,
    cores_of,
    draw_chips,
    draw_shape,
    draw_times,
    draw_width,
    drift_gain,
    efficiency_gap,
    gained,
    given_network,
    given_vectors,
    hops,
    layer_cores,
    own_times,
    plan_of,
    resnet_cores,
    times,
    utilisation,
)

__all__ = ["LAB"]


def _near(expected: float, answer: Any) -> bool:
    """Return whether an accuracy agrees but for the noise of single reads."""
    return abs(float(answer) - expected) <= 0.03


def _all_near(answer: Any, serial: int) -> bool:
    return all(_near(e, a) for e, a in zip(accuracies(serial), answer, strict=True))


def _per_layer(serial: int) -> float:
    shapes = given_network(serial)[0]
    return float(np.mean(np.prod(shapes, axis=1) / (layer_cores(serial) * 256**2)))


def _fits(answer: Any, serial: int) -> bool:
    return bool(plan_of(serial, answer).mapping.cores <= WORKING)


def _takes(answer: Any, serial: int, most: float) -> bool:
    before, after = plan_of(serial).performance(), plan_of(serial, answer).performance()
    return after.energy / before.energy <= most


def _is_fast(answer: Any, serial: int) -> bool:
    mapping = plan_of(serial).mapping
    cores = np.array([len(mapping.of(layer.name)) for layer in mapping.network.static])
    reads = np.array([layer.mvms for layer in mapping.network.static])
    most = max(plan_of(serial, answer).mapping.reads(x.name) for x in mapping.network.static)
    return bool(most <= 1.05 * best_interval(cores, reads, WORKING))


QUESTIONS = (
    Question(
        "q1",
        "Cores of a matrix",
        2,
        function_on_inputs(draw_shape, cores_of, rounds=20, mistakes=SHAPE_MISTAKES),
        "Right: rectangles, rounded up along each side.",
    ),
    Question(
        "q2",
        "Cores of your network",
        1,
        array_close(
            layer_cores,
            rtol=1e-6,
            mistakes=(
                Mistake(lambda serial: layer_cores(serial).sum(), "one number per layer, please"),
                *(
                    Mistake(
                        lambda serial, k=k: np.delete(layer_cores(serial), k),
                        f"five layers, please: the one at index {k} is missing",
                    )
                    for k in range(5)
                ),
            ),
        ),
        "Right.",
    ),
    Question(
        "q3",
        "Utilisation of your network",
        1,
        number_close(
            utilisation,
            rtol=0.005,
            mistakes=(
                Mistake(
                    _per_layer,
                    "that is the mean over layers: divide all weights by the cells of all cores",
                ),
                Mistake(
                    lambda serial: utilisation(serial) * layer_cores(serial).sum() / 64,
                    "count the cells of the cores in use, not those of the whole chip",
                ),
                Mistake(
                    lambda serial: utilisation(serial) * layer_cores(serial).sum() / WORKING,
                    f"count the cores in use, not all {WORKING} that work",
                ),
                Mistake(lambda serial: 1 - utilisation(serial), "that is the empty share"),
            ),
        ),
        "Right: the rest is paid for and holds nothing.",
    ),
    Question(
        "q4",
        "Cores of ResNet-9 by its width",
        2,
        function_on_inputs(draw_width, resnet_cores, rounds=12, mistakes=RESNET_MISTAKES),
        "Right: a staircase, not a parabola.",
    ),
    Question(
        "q5",
        "The widest ResNet-9 on 64 cores",
        1,
        widest_width,
        "Right: with one filter more, five layers split a second time.",
    ),
    Question(
        "q6",
        "Latency and interval",
        2,
        function_on_inputs(draw_times, times, unit="s", mistakes=TIME_MISTAKES),
        "Right: one image walks through all layers, the next ones follow at the slowest pace.",
    ),
    Question(
        "q7",
        "Share out the spare cores",
        3,
        SharesOutCores(),
        "Right: no choice of copies has a shorter interval, and none keeps it on fewer cores.",
    ),
    Question(
        "q8",
        "Interval of your network on your chip",
        1,
        number_close(
            lambda serial: own_times(serial)[1],
            unit="s",
            rtol=0.005,
            mistakes=INTERVAL_MISTAKES,
        ),
        "Right.",
    ),
    Question(
        "q9",
        "Hops between cores",
        2,
        function_on_inputs(draw_chips, hops, rounds=24, mistakes=HOP_MISTAKES),
        "Right: one core up or down, two to either side.",
    ),
    Question(
        "q10",
        "A path over all working cores",
        2,
        path_over_cores,
        "Right: any chain of partial sums can be laid along it.",
    ),
    Question(
        "q11",
        "Accuracy at once and after a day",
        2,
        property_holds(
            (_all_near, "not what your chip gives: is it run at 0 s, and then at one day?"),
            requirements=(
                (
                    lambda answer, serial: np.shape(answer) == (2,),
                    "expected two numbers, at once and after a day",
                ),
                (
                    lambda answer, serial: 0 <= min(answer) <= max(answer) <= 1,
                    "give fractions of the images, between 0 and 1",
                ),
                (
                    lambda answer, serial: (
                        not all(
                            _near(e, a)
                            for e, a in zip(accuracies(serial)[::-1], answer, strict=True)
                        )
                        or _all_near(answer, serial)
                    ),
                    "the two are exchanged: at once comes first",
                ),
            ),
        ),
        "Right: the same weights, the same images, one day.",
    ),
    Question(
        "q12",
        "A factor against drift",
        2,
        number_close(
            drift_gain,
            rtol=0.02,
            mistakes=(
                Mistake(
                    lambda serial: 1 / drift_gain(serial),
                    "upside down: which factor turns the outputs of a day later into the first?",
                ),
                Mistake(lambda serial: drift_gain(serial) ** 2, "no square: amplitudes, please"),
            ),
        ),
        "Right: measured with 100 vectors, without a single label.",
    ),
    Question(
        "q13",
        "Accuracy with the factor",
        1,
        property_holds(
            (
                lambda answer, serial: _near(gained(serial), answer),
                "not what your chip gives: is it at one day, with the factor?",
            ),
            requirements=(
                (
                    lambda answer, serial: 0 <= float(answer) <= 1,
                    "give a fraction of the images, between 0 and 1",
                ),
            ),
        ),
        "Right.",
    ),
    Question(
        "q14",
        "Peak over network efficiency",
        1,
        number_close(
            efficiency_gap,
            rtol=0.02,
            mistakes=(
                Mistake(
                    lambda serial: efficiency_gap(serial) / 1e12,
                    "a factor of 1e12: the printed peak is in TOPS/W, the cost in operations per J",
                ),
                Mistake(
                    lambda serial: 1 / efficiency_gap(serial),
                    "upside down: how many times larger is the peak?",
                ),
                Mistake(
                    lambda serial: (
                        fact("A033").number / fact("A034").number * efficiency_gap(serial)
                    ),
                    "that is the peak of the one-phase read: your accuracy is of the other",
                ),
            ),
        ),
        "Right: the peak is that of full cores that never wait.",
    ),
    Question(
        "q15",
        "A better plan",
        3,
        property_holds(
            (
                lambda answer, serial: _takes(answer, serial, 0.8),
                "the energy per image should fall by 20 % at least: shorten the interval",
            ),
            (
                lambda answer, serial: _takes(answer, serial, 0.6),
                "the energy per image should fall by 40 % or more: which layer makes others wait?",
            ),
            (_is_fast, "the interval is not within 5 % of the shortest: use your `balance`"),
            requirements=(
                (
                    lambda answer, serial: isinstance(answer, dict) and len(answer) > 0,
                    'expected a dict such as {"conv1": 2}',
                ),
                (
                    lambda answer, serial: are_whole(answer.values()),
                    "copies are whole numbers: `int(...)` makes them so",
                ),
                (
                    lambda answer, serial: plan_of(serial, answer).mapping.cores > 0,
                    "the library refuses it",
                ),
                (_fits, f"it takes more than the {WORKING} cores that work"),
            ),
        ),
        "Right: half of the energy was waiting.",
    ),
)

LAB = LabDefinition(
    name="lab-5",
    slug="05-network-on-64-cores",
    title="Lab 5 · Put a network on 64 cores",
    questions=QUESTIONS,
    predictions={"p1": "%", "p2": "cores", "p3": "", "p4": "points", "p5": "%"},
    given={"network": given_network, "broken": broken_cores, "vectors": given_vectors},
)
