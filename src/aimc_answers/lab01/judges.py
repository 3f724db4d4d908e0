"""Judges of lab 1, and what to say to the usual wrong answers."""

import math
from typing import Any

import numpy as np

from aimc_answers.checks.answers import Answers
from aimc_answers.checks.judges import earns, needs
from aimc_answers.checks.question import array, classes, function, number, properties
from aimc_answers.checks.slips import but, exactly, parts, scaled, slip
from aimc_course.checks.diagnosis import one_number
from aimc_course.labs.lab01 import given
from aimc_course.labs.lab01.questions import LAB

answers = Answers(__package__)

q1 = array(
    LAB["q1"],
    answers.currents,
    but(
        "these are the currents of the transposed crossbar: G[i, j] joins word line j to bit line "
        "i, so the voltage that goes with it is v[j]",
        transposed=True,
    ),
    slip(
        "conductances were added up, but no voltage came in: I = G V first",
        lambda serial: given.crossbar(serial)[0].sum(axis=1),
    ),
    rtol=0.005,
    unit="A",
    praise="Right: Ohm multiplies, Kirchhoff adds.",
)


def draw_mvm(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw conductances (S), shape (out, in), and voltages (V), shape (n, in)."""
    outputs, inputs, count = (int(n) for n in rng.integers([2, 6, 9], [5, 8, 12]))
    return rng.uniform(0, 20e-6, (outputs, inputs)), rng.uniform(0, given.V_READ, (count, inputs))


q2 = function(
    LAB["q2"],
    draw_mvm,
    answers.all_currents,
    slip(
        "the currents are right but lie in columns, shape (out, n): one row per input vector is "
        "asked for, (n, out)",
        lambda conductance, volts: conductance @ volts.T,
    ),
    unit="A",
    praise="Right: one matrix product, and the array does it in one step per vector.",
)


def draw_split(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw weights and the two ends of the scale, w_max and g_max (S)."""
    w_max, g_max = rng.uniform(0.3, 3.0), rng.uniform(5e-6, 30e-6)
    return rng.uniform(-w_max, w_max, (3, 5)), float(w_max), float(g_max)


q3 = function(
    LAB["q3"],
    draw_split,
    answers.split,
    but("the division by w_max is missing: a weight of w_max must become g_max", w_max=1.0),
    slip(
        "it scales with the largest weight of the matrix, not with the w_max it is given: the "
        "caller decides how much head room there is",
        lambda w, w_max, g_max: answers.split(w, float(np.abs(w).max()), g_max),
    ),
    scaled("these are microsiemens: g_max comes in siemens, and so must the targets", 1e6),
    but("these are relative conductances between 0 and 1: multiply with g_max", g_max=1.0),
    slip(
        "that works too, but both devices carry half the range all the time, which costs current "
        "and noise; here the side that is not needed gets the target 0",
        lambda w, w_max, g_max: g_max * np.stack([1 + w / w_max, 1 - w / w_max]) / 2,
    ),
    parts("the second array is negative: no device has a negative conductance", 1, -1),
    parts=("positive side", "negative side"),
    praise="Right: two positive conductances carry one signed weight.",
)


def draw_join(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw a pair of conductance arrays (S), neither of them zero, and the scale."""
    weights, w_max, g_max = draw_split(rng)
    g_plus, g_minus = answers.split(weights, w_max, g_max) + rng.uniform(0, 1e-6, (2, 3, 5))
    return g_plus, g_minus, w_max, g_max


q4 = function(
    LAB["q4"],
    draw_join,
    answers.join,
    slip(
        "these are scaled weights between -1 and 1: undo the division by w_max",
        lambda p, m, w_max, g_max: (p - m) / g_max,
    ),
    slip(
        "the polarities are subtracted, not added",
        lambda p, m, w_max, g_max: w_max * (p + m) / g_max,
    ),
    slip("these are siemens, not weights yet", lambda p, m, w_max, g_max: p - m),
    praise="Right: what you split you can join again.",
)

q5 = number(
    LAB["q5"],
    answers.chip_error,
    rtol=0.04,
    praise="Right. Note it down: you will meet this number again.",
)

q6 = number(
    LAB["q6"],
    answers.averaged_error,
    but("that is the error of one core alone: average the outputs of both first", cores=1),
    slip(
        "that is the two-device preset: here two one-device cores are averaged", answers.chip_error
    ),
    slip("the outputs were added but not halved", lambda serial: 1.0),
    exactly(
        "that is what the square root of 2 promises: measure it, with a second core",
        lambda serial: answers.averaged_error(serial, cores=1) / 2**0.5,
    ),
    rtol=0.04,
    praise="Right: independent errors shrink with the square root of their number.",
)

q7 = number(
    LAB["q7"],
    answers.largest_current,
    scaled("the read voltage is missing: an input of 1 is sent as 0.2 V", 1 / given.V_READ),
    slip(
        "that is the mean over the pulses, each row weighed with its input: the converter has to "
        "take the current at their start, when every row whose input is not zero conducts",
        answers.largest_mean,
    ),
    but(
        "that is with a voltage on all rows: a row whose input is zero gets no pulse and conducts "
        "nothing, and no vector has all its inputs above zero",
        all_rows=True,
    ),
    but("that is for the first 20 vectors: look at all of `X_positive`", count=20),
    rtol=5e-4,
    unit="A",
    praise="Right: almost five times what the converter can take.",
)

q8 = properties(
    LAB["q8"],
    needs(
        "expected two positive numbers: the read voltage (V) and w_max",
        lambda a, s: np.shape(a) == (2,) and all(one_number(value) > 0 for value in a),
    ),
    needs(
        "the read voltage of the chip can be set between 0.1 V and 0.4 V",
        lambda a, s: given.V_LOWEST <= round(float(a[0]), 9) <= given.V_HIGHEST,
    ),
    needs(
        "a w_max below the largest weight clips the weights",
        lambda a, s: float(a[1]) >= given.positive(s)[0].max(),
    ),
    needs(
        "current is still lost: compare your largest current with the 100 µA of the converter",
        answers.setting_fits,
    ),
    earns(
        "nothing is lost, but the error is more than twice what it could be: how far does the "
        "largest current have to come down, and how far does the voltage bring it?",
        lambda a, s: answers.setting_is_precise(a, s, times=2.0),
    ),
    earns(
        "nothing is lost, but the devices' own errors look larger than they need: which of the "
        "two knobs leaves the conductances alone?",
        answers.setting_is_precise,
    ),
    model=answers.good_setting,
    praise="Right: the voltage does what it may, and the conductances do only the rest.",
)


def draw_sizes(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw the shape of a layer and the shape of a core; no side is filled to its end."""
    rows, columns = (int(n) for n in rng.choice([64, 128, 256, 512], 2, replace=False))
    outputs, inputs = (
        size * int(rng.integers(0, 5)) + int(rng.integers(1, size)) for size in (columns, rows)
    )
    return outputs, inputs, rows, columns


def draw_full(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw a layer of which one side or both are whole multiples of a core."""
    outputs, inputs, rows, columns = draw_sizes(rng)
    which = int(rng.integers(1, 4))
    outputs = columns * int(rng.integers(1, 5)) if which & 1 else outputs
    inputs = rows * int(rng.integers(1, 5)) if which & 2 else inputs
    return outputs, inputs, rows, columns


q9 = classes(
    LAB["q9"],
    {
        "layers that fill no core to its end": (3, draw_sizes),
        "sides that are whole multiples of a core": (1, draw_full),
    },
    answers.cores_needed,
    slip(
        "rows and columns are exchanged: inputs drive rows, outputs leave by columns",
        lambda o, i, r, c: math.ceil(i / c) * math.ceil(o / r),
    ),
    slip(
        "counting cells is not enough: a rectangle has to fit, so round up along the inputs and "
        "along the outputs, each for itself",
        lambda o, i, r, c: math.ceil(o * i / (r * c)),
    ),
    slip(
        "a side that fills its cores to the end takes no further one: round up, do not add one",
        lambda o, i, r, c: (i // r + 1) * (o // c + 1),
    ),
    slip("round up, not down: a part of a core is a core", lambda o, i, r, c: (i // r) * (o // c)),
    slip(
        "the tiles form a grid: multiply the two counts",
        lambda o, i, r, c: math.ceil(i / r) + math.ceil(o / c),
    ),
    rtol=1e-9,
    rounds=12,
)

q10 = properties(
    LAB["q10"],
    needs(
        f"expected shape ({given.IMAGES}, 256): one row per image, one column per neuron",
        lambda a, s: np.shape(a) == (given.IMAGES, 256),
    ),
    needs(
        "suspiciously exact: these did not come from your chip",
        lambda a, s: answers.error_of_activations(a) > 0.01,
    ),
    needs(
        "these are not the outputs of your chip: part k of the weights belongs on core k, "
        "`presets.hermes(SERIAL, index=k)`",
        lambda a, s: answers.error_of_activations(a) >= 0.15 or answers.from_own_chip(a, s),
    ),
    needs(
        "no output is negative: before bias and ReLU, please",
        lambda a, s: np.min(a) < 0,
    ),
    needs(
        "the bias is in it: before bias and ReLU, please",
        lambda a, s: (
            answers.error_of_activations(a) < 0.15
            or answers.error_of_activations(answers.without_bias(a)) >= 0.15
        ),
    ),
    needs(
        "that is the mean of the partial sums: add them",
        lambda a, s: (
            answers.error_of_activations(a) < 0.15
            or answers.error_of_activations(4 * np.asarray(a)) >= 0.15
        ),
    ),
    earns(
        "far from exact: does each core get its own inputs, are all partial sums added?",
        lambda a, s: answers.error_of_activations(a) < 0.15,
    ),
    model=answers.activations,
    praise="Right: partial sums are added digitally, core by core.",
)
