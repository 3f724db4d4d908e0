"""Lab 6, *Where do the nanojoules go?*: its questions and the usual wrong answers."""

from __future__ import annotations

from typing import Any

from aimc_course.checks.diagnosis import are_whole
from aimc_course.checks.questions import (
    LabDefinition,
    Question,
    array_close,
    function_on_inputs,
    number_close,
    property_holds,
)
from aimc_course.labs import mistakes06 as slips
from aimc_course.labs import reference06 as six

__all__ = ["LAB"]


def _fits(answer: Any, serial: int) -> bool:
    return six.image(serial, answer).cores <= int(six.given_order(serial)[0][0])


def _fast(answer: Any, serial: int) -> bool:
    return six.image(serial, answer).rate.value >= 0.999 * float(six.given_order(serial)[0][1])


def _in_time(answer: Any, serial: int) -> bool:
    return 1e6 * six.image(serial, answer).seconds <= 1.001 * float(six.given_order(serial)[0][3])


def _few(answer: Any, serial: int, margin: float) -> bool:
    best = six.image(serial, six.best_plan(serial)).cores
    return six.image(serial, answer).cores <= (1 + margin) * best


QUESTIONS = (
    Question(
        "q1",
        "Energy of one read of one core",
        2,
        array_close(
            lambda serial: six.read_energies(), rtol=0.005, unit="J", mistakes=slips.READ_MISTAKES
        ),
        "Right: all 65,536 products of a core for a few hundredths of a microjoule.",
    ),
    Question(
        "q2",
        "Throughput and efficiency at peak",
        2,
        function_on_inputs(six.draw_peak, six.peak, rounds=6, mistakes=slips.PEAK_MISTAKES),
        "Right: the number of cores makes a chip faster, not more efficient.",
    ),
    Question(
        "q3",
        "Density that belongs to your die and to the accuracies",
        1,
        number_close(six.die_density, rtol=0.005, mistakes=slips.DENSITY_MISTAKES),
        "Right: mode, scope and area, all three.",
    ),
    Question(
        "q4",
        "Three parts of the energy of a layer",
        2,
        function_on_inputs(
            six.draw_layer, six.layer_parts, rounds=6, unit="J", mistakes=slips.LAYER_MISTAKES
        ),
        "Right: work, transport, and waiting.",
    ),
    Question(
        "q5",
        "Energy split of your layer",
        1,
        array_close(six.own_parts, rtol=0.005, unit="J", mistakes=slips.OWN_MISTAKES),
        "Right.",
    ),
    Question(
        "q6",
        "Amdahl's law for energy",
        2,
        function_on_inputs(six.draw_amdahl, six.amdahl, rounds=8, mistakes=slips.AMDAHL_MISTAKES),
        "Right: the part that stays sets the limit.",
    ),
    Question(
        "q7",
        "Half the energy of a read, or half the latency",
        1,
        array_close(six.halved, rtol=0.005, mistakes=slips.HALVED_MISTAKES),
        "Right: neither comes near a factor of two.",
    ),
    Question(
        "q8",
        "Efficiency of your reads alone",
        2,
        number_close(six.reads_only, rtol=0.01, mistakes=slips.REUSE_MISTAKES),
        "Right: a read of empty cells costs less than one of full cells, but far from nothing.",
    ),
    Question(
        "q9",
        "Four factors from the abstract to your image",
        2,
        array_close(six.gap_factors, rtol=0.01, mistakes=slips.GAP_MISTAKES),
        "Right: each factor is the work of somebody else.",
    ),
    Question(
        "q10",
        "Reuse at which a digital machine breaks even",
        2,
        number_close(six.breakeven, rtol=0.01, mistakes=slips.BREAKEVEN_MISTAKES),
        "Right: crossbars save the fetch, and a fetch that is shared costs little.",
    ),
    Question(
        "q11",
        "An image alone, and in a stream",
        1,
        array_close(six.image_energies, rtol=0.005, unit="J", mistakes=slips.ALONE_MISTAKES),
        "Right: the same reads, another time under power.",
    ),
    Question(
        "q12",
        "The cheapest image for your customer",
        3,
        property_holds(
            (
                _in_time,
                "it keeps the rate, but the result comes too late: the latency adds up all layers",
            ),
            (
                lambda answer, serial: _few(answer, serial, 0.1),
                "it meets the order, with over 10 % more cores than it takes: each of them waits",
            ),
            (
                lambda answer, serial: _few(answer, serial, 0.0),
                "a plan with fewer cores exists: try all copies that the budget allows",
            ),
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
                    lambda answer, serial: six.image(serial, answer).cores > 0,
                    "the library refuses it",
                ),
                (_fits, "it takes more cores than your customer pays for"),
                (_fast, "it does not keep the rate that your customer asks for"),
            ),
        ),
        "Right: no plan within the order has fewer cores, and so none has a cheaper image.",
    ),
)

LAB = LabDefinition(
    name="lab-6",
    slug="06-where-do-the-nanojoules-go",
    title="Lab 6 · Where do the nanojoules go?",
    questions=QUESTIONS,
    predictions={"p1": "nJ", "p2": "%", "p3": "", "p4": "reads", "p5": "cores"},
    given={"network": six.given_network, "order": six.given_order},
)
