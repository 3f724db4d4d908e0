"""Lab 1, *Build a crossbar*: its questions, and what to say to the usual wrong answers."""

from __future__ import annotations

import math

import numpy as np

from aimc_course.checks.questions import (
    LabDefinition,
    Mistake,
    Question,
    array_close,
    function_on_inputs,
    number_close,
    property_holds,
)
from aimc_course.labs.reference01 import (
    IMAGES,
    V_READ,
    averaged_error,
    chip_error,
    cores_needed,
    draw_join,
    draw_mvm,
    draw_sizes,
    draw_split,
    given_crossbar,
    given_layer,
    given_positive,
    has_layer_shape,
    is_near_exact,
    is_not_exact,
    join,
    largest_current,
    range_fits,
    range_is_precise,
    split,
)

__all__ = ["LAB"]

QUESTIONS = (
    Question(
        "q1",
        "Bit-line currents of your own 4x4 crossbar",
        2,
        array_close(
            lambda serial: given_crossbar(serial)[0] @ given_crossbar(serial)[1],
            rtol=1e-6,
            unit="A",
            mistakes=(
                Mistake(
                    lambda serial: given_crossbar(serial)[0].T @ given_crossbar(serial)[1],
                    "these are the currents of the transposed crossbar: G[i, j] joins word line j "
                    "to bit line i, so the voltage that goes with it is v[j]",
                ),
                Mistake(
                    lambda serial: given_crossbar(serial)[0].sum(axis=1),
                    "conductances were added up, but no voltage came in: I = G V first",
                ),
            ),
        ),
        "Right: Ohm multiplies, Kirchhoff adds.",
    ),
    Question(
        "q2",
        "All input vectors in one line",
        2,
        function_on_inputs(
            draw_mvm,
            lambda conductance, volts: volts @ conductance.T,
            unit="A",
            mistakes=(
                Mistake(
                    lambda conductance, volts: conductance @ volts.T,
                    "the currents are right but lie in columns, shape (out, n): one row per input "
                    "vector is asked for, (n, out)",
                ),
            ),
        ),
        "Right: one matrix product, and the array does it in one step per vector.",
    ),
    Question(
        "q3",
        "From signed weights to two conductances",
        3,
        function_on_inputs(
            draw_split,
            split,
            mistakes=(
                Mistake(
                    lambda w, w_max, g_max: split(w, 1.0, g_max),
                    "the division by w_max is missing: a weight of w_max must become g_max",
                ),
                Mistake(
                    lambda w, w_max, g_max: split(w, float(np.abs(w).max()), g_max),
                    "it scales with the largest weight of the matrix, not with the w_max it is "
                    "given: the caller decides how much head room there is",
                ),
                Mistake(
                    lambda w, w_max, g_max: split(w, w_max, 1e6 * g_max),
                    "these are microsiemens: g_max comes in siemens, and so must the targets",
                ),
                Mistake(
                    lambda w, w_max, g_max: split(w, w_max, 1.0),
                    "these are relative conductances between 0 and 1: multiply with g_max",
                ),
                Mistake(
                    lambda w, w_max, g_max: g_max * np.stack([1 + w / w_max, 1 - w / w_max]) / 2,
                    "that works too, but both devices carry half the range all the time, which "
                    "costs current and noise; here the side that is not needed gets the target 0",
                ),
                Mistake(
                    lambda w, w_max, g_max: (
                        split(w, w_max, g_max) * np.array([1.0, -1.0])[:, None, None]
                    ),
                    "the second array is negative: no device has a negative conductance",
                ),
            ),
        ),
        "Right: two positive conductances carry one signed weight.",
    ),
    Question(
        "q4",
        "And back to weights",
        2,
        function_on_inputs(
            draw_join,
            join,
            mistakes=(
                Mistake(
                    lambda p, m, w_max, g_max: (p - m) / g_max,
                    "these are scaled weights between -1 and 1: undo the division by w_max",
                ),
                Mistake(
                    lambda p, m, w_max, g_max: w_max * (p + m) / g_max,
                    "the polarities are subtracted, not added",
                ),
                Mistake(lambda p, m, w_max, g_max: p - m, "these are siemens, not weights yet"),
            ),
        ),
        "Right: what you split you can join again.",
    ),
    Question(
        "q5",
        "MVM error of your own chip",
        1,
        number_close(chip_error, rtol=0.04),
        "Right. Note it down: this is your chip's own number.",
    ),
    Question(
        "q6",
        "Mean of two one-device cores",
        2,
        number_close(
            averaged_error,
            rtol=0.04,
            mistakes=(
                Mistake(
                    lambda serial: averaged_error(serial, 1),
                    "that is the error of one core alone: average the outputs of both first",
                ),
                Mistake(
                    chip_error,
                    "that is the two-device preset: here two one-device cores are averaged",
                ),
                Mistake(
                    lambda serial: 1.0,
                    "the outputs were added but not halved",
                ),
            ),
        ),
        "Right: independent errors shrink with the square root of their number.",
    ),
    Question(
        "q7",
        "Largest bit-line current of the positive layer",
        2,
        number_close(
            largest_current,
            rtol=0.01,
            unit="A",
            mistakes=(
                Mistake(
                    lambda serial: largest_current(serial) / V_READ,
                    "the read voltage is missing: an input of 1 is sent as 0.2 V",
                ),
            ),
        ),
        "Right: three times what the converter can count.",
    ),
    Question(
        "q8",
        "An input range that repairs it",
        2,
        property_holds(
            (range_fits, "still clipped: compare your largest current with the ADC's 100 µA"),
            (
                range_is_precise,
                "nothing is clipped, but so wide a range leaves most levels unused: come closer",
            ),
            requirements=(
                (
                    lambda answer, serial: np.ndim(answer) == 0 and float(answer) > 0,
                    "expected one positive number: the input that is sent as a full-scale pulse",
                ),
                (lambda answer, serial: float(answer) >= 1, "a range below 1 clips the inputs"),
            ),
        ),
        "Right: back to an error of one per cent, without touching a single device.",
    ),
    Question(
        "q9",
        "How many cores a layer takes",
        2,
        function_on_inputs(
            draw_sizes,
            cores_needed,
            rtol=1e-9,
            rounds=12,
            mistakes=(
                Mistake(
                    lambda o, i, r, c: math.ceil(i / c) * math.ceil(o / r),
                    "rows and columns are exchanged: inputs drive rows, outputs leave by columns",
                ),
                Mistake(
                    lambda o, i, r, c: math.ceil(o * i / (r * c)),
                    "counting cells is not enough: a rectangle has to fit, so round up along the "
                    "inputs and along the outputs, each for itself",
                ),
                Mistake(
                    lambda o, i, r, c: (i // r) * (o // c),
                    "round up, not down: a part of a core is a core",
                ),
                Mistake(
                    lambda o, i, r, c: math.ceil(i / r) + math.ceil(o / c),
                    "the tiles form a grid: multiply the two counts",
                ),
            ),
        ),
        "Right.",
    ),
    Question(
        "q10",
        "First layer of a network on several cores",
        2,
        property_holds(
            (
                is_near_exact,
                "far from exact: does each core get its own inputs, are all partial sums added?",
            ),
            requirements=(
                (
                    has_layer_shape,
                    f"expected shape ({IMAGES}, 256): one row per image, one column per neuron",
                ),
                (is_not_exact, "suspiciously exact: these did not come from your chip"),
            ),
        ),
        "Right: partial sums are added digitally, core by core.",
    ),
)

LAB = LabDefinition(
    name="lab-1",
    slug="01-build-a-crossbar",
    title="Lab 1 · Build a crossbar",
    questions=QUESTIONS,
    predictions={"p1": "µA", "p2": "%", "p3": ""},
    given={"crossbar": given_crossbar, "layer": given_layer, "positive": given_positive},
)
