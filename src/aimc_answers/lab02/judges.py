"""Judges of lab 2, and what to say to the usual wrong answers."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from aimc_answers.checks.answers import Answers
from aimc_answers.checks.judges import earns, needs
from aimc_answers.checks.question import array, classes, function, number, properties
from aimc_answers.checks.slips import (
    EXACT,
    but,
    changed,
    flipped,
    inverse,
    reordered,
    scaled,
    slip,
    squared,
)
from aimc_course.checks.diagnosis import one_number, rounded_to
from aimc_course.labs.lab02 import given
from aimc_course.labs.lab02.questions import LAB

answers = Answers(__package__)
TIMES = len(given.TIMES)


def draw_outputs(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw disturbed and exact outputs."""
    exact = rng.normal(0, rng.uniform(0.5, 20), (int(rng.integers(3, 8)), int(rng.integers(9, 12))))
    return exact + rng.uniform(0.05, 0.4) * rng.normal(0, 1, exact.shape), exact


q1 = function(
    LAB["q1"],
    draw_outputs,
    answers.relative_error,
    squared("the square root is missing: it is a ratio of norms, not of powers"),
    scaled("that is in per cent: return the fraction, and multiply when you print it", 100),
    slip(
        "it should be relative to the size of the exact outputs, ||y_exact||",
        lambda y, e: np.linalg.norm(y - e),
    ),
    slip(
        "divide by the norm of the exact outputs, not of the noisy ones",
        lambda y, e: np.linalg.norm(y - e) / np.linalg.norm(y),
    ),
    slip(
        "that is the mean of relative errors, which explodes where an output is near zero: take "
        "the norm over all outputs first, then divide",
        lambda y, e: np.mean(np.abs((y - e) / e)),
    ),
    slip(
        "absolute values were averaged: the norm squares, sums and takes the root",
        lambda y, e: np.mean(np.abs(y - e)) / np.mean(np.abs(e)),
    ),
    praise="Right: one number for all outputs and all test vectors.",
)


def draw_inside(rng: np.random.Generator, reach: float = 1.0) -> tuple[Any, ...]:
    """Draw numbers inside a range, bits, and the range."""
    full_scale = float(rng.uniform(0.5, 4))
    return rng.uniform(-reach, reach, (4, 50)) * full_scale, int(rng.integers(2, 6)), full_scale


def draw_beyond(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw numbers of which a third lie beyond the range."""
    return draw_inside(rng, 1.5)


def rounded_down(x: np.ndarray, bits: int, full_scale: float) -> np.ndarray:
    """Return the nearest level below in place of the nearest one."""
    step = full_scale / (2 ** (bits - 1) - 1)
    return step * np.floor(np.clip(x, -full_scale, full_scale) / step)


q2 = classes(
    LAB["q2"],
    {"numbers inside the range": (2, draw_inside), "numbers beyond it": (1, draw_beyond)},
    answers.quantise,
    but("values beyond full_scale must be clipped", clip=False),
    slip(
        "one level too many per sign: with the sign taking one bit and zero one code, 2**(bits-1) "
        "- 1 levels are left on each side",
        lambda x, b, r: answers.quantise(x, b, r, step=r / 2 ** (b - 1)),
    ),
    slip(
        "the sign takes one of the bits: 2**(bits-1) - 1 levels per side",
        lambda x, b, r: answers.quantise(x, b, r, step=r / (2**b - 1)),
    ),
    slip(
        "with 2**bits - 1 steps across the range, zero falls between two codes' ends: use an equal "
        "number of whole steps, 2**(bits-1) - 1, on each side of zero",
        lambda x, b, r: answers.quantise(x, b, r, step=2 * r / (2**b - 1)),
    ),
    slip("it rounds down: round to the nearest level, or all errors have one sign", rounded_down),
    slip(
        "these are the integer codes: multiply with the step to return to values",
        lambda x, b, r: answers.quantise(x, b, r) / (r / (2 ** (b - 1) - 1)),
    ),
    praise="Right: zero is a level, and there are as many above it as below.",
)

q3 = array(
    LAB["q3"],
    answers.lines,
    flipped("the two lines are exchanged: three bits first"),
    but(
        "these have 4 and 8 levels per sign; a signed number of 3 or 4 bits has 3 or 7", tops=(4, 8)
    ),
    but("the full scale is the largest magnitude in your matrix, not 1", full_scale=1.0),
    rtol=3.2e-4,  # four digits; the weights of two students differ by ten times that
    parts=("3 bits", "4 bits"),
    praise="Right: the yardstick of the published figure, up to its 8-bit inputs and outputs.",
)

q4 = function(
    LAB["q4"],
    lambda rng: (float(rng.uniform(0.01, 0.4)),),
    answers.equivalent_bits,
    slip("the bit of the sign is missing", lambda error: math.log2(1 + 0.5 / error)),
    slip(
        "there are 2**(B-1) - 1 levels per sign, not 2**(B-1): do not drop the 1",
        lambda error: 1 + math.log2(0.5 / error),
    ),
    slip(
        "the error of rounding to n levels per sign is 1/(2 n): a factor of 2 is lost",
        lambda error: 1 + math.log2(1 + 1 / error),
    ),
    slip("bits ask for the logarithm to base 2", lambda error: 1 + math.log(1 + 0.5 / error)),
)

q5 = array(
    LAB["q5"],
    answers.budget,
    squared("these are squared errors: give the errors themselves"),
    reordered("the first two are exchanged: `without` names what is switched *off*", 1, 0, 2, 3),
    rtol=0.05,
    parts=("programming", "read noise", "DAC", "ADC"),
    praise="Right: two sources matter, two do not.",
)

q6 = function(
    LAB["q6"],
    lambda rng: (rng.uniform(0.05, 0.2, int(rng.integers(5, 9))),),
    answers.root_sum_square,
    slip(
        "these are the first four alone: lists may be longer",
        lambda e: answers.root_sum_square(e[:4]),
    ),
    slip("the errors themselves were added: independent errors add as squares", np.sum),
    squared("take the square root of the sum of squares"),
    slip("that is the root of the mean square: the squares add", lambda e: np.sqrt(np.mean(e**2))),
    praise="Right: independent errors add as squares.",
)


def draw_decompose(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw inputs, outputs of wrong weights with noise, and exact outputs."""
    x, w = rng.uniform(-1, 1, (60, 6)), rng.uniform(-1, 1, (4, 6))
    exact = x @ w.T
    wrong = w + 0.1 * rng.normal(0, 1, w.shape)
    return x, x @ wrong.T + 0.05 * rng.normal(0, 1, exact.shape), exact


q7 = function(
    LAB["q7"],
    draw_decompose,
    answers.decompose,
    squared("these are squares: take norms, as in the MVM error"),
    slip(
        "the second number is the total error: the residual is y minus the fit",
        lambda x, y, e: (answers.decompose(x, y, e)[0], answers.relative_error(y, e)),
    ),
    slip(
        "the first number is the total error: the linear part is the fit minus y_exact",
        lambda x, y, e: (answers.relative_error(y, e), answers.decompose(x, y, e)[1]),
    ),
    parts=("linear error", "residual error"),
    praise="Right: what wrong weights explain, and what they do not.",
)

q8 = properties(
    LAB["q8"],
    needs(
        "expected a number above 256: with fewer vectors everything fits",
        lambda a, s: one_number(a) > 256,
    ),
    needs(
        "vectors are whole: round up",
        lambda a, s: one_number(a) == int(one_number(a)),
    ),
    earns(
        "the fit still swallows over 5 % of the residual: solve sqrt(1 - 256/n) = 0.95",
        lambda a, s: math.sqrt(1 - 256 / one_number(a)) >= 0.95,
    ),
    earns(
        "more than you need: a measurement costs time on the chip",
        lambda a, s: one_number(a) <= 4096,
    ),
    model=lambda serial: 4096,
    praise="Right: a fit with 256 free numbers per output explains noise as well.",
)


COPIES = np.array((1, 2, 4, 8, 16))


TYPED = 2.5e-4  # relative: a slope of four digits


def off_line(a: Any) -> float:
    """Return how far a slope is from that of the line through the errors before it, relative."""
    return abs(a[5] / answers.power(COPIES, np.asarray(a[:5])) - 1)


def no_slope(wrong: Callable[[np.ndarray], float]) -> Callable[[Any, int], bool]:
    """Return a test whether a slope is none of this kind, which may lie near to the right one."""

    def test(a: Any, serial: int) -> bool:
        off = off_line(a)
        near = EXACT if off < TYPED else TYPED
        return off < EXACT or not math.isclose(a[5], wrong(np.asarray(a[:5])), rel_tol=near)

    return test


def near(elements: int, rtol: float) -> Callable[[Any, int], bool]:
    """Return a test whether errors are those of copies of an element on the student's chip."""
    return lambda a, s: np.allclose(a[:5], answers.averaged(s, elements), rtol=rtol, atol=0)


q9 = properties(
    LAB["q9"],
    needs(
        "expected six numbers: the five errors, and behind them the slope",
        lambda a, s: np.shape(a) == (6,),
    ),
    needs("give errors as fractions, above 0 and below 1", lambda a, s: 0 < min(a[:5]) < 1 > a[4]),
    needs(
        "the order is turned around: one element comes first, sixteen come last",
        lambda a, s: not near(1, 0.01)(a[4::-1], s),
    ),
    needs(
        "these are copies of the element of two devices: take `pcm_hermes(1)`",
        lambda a, s: not near(2, 0.05)(a, s),
    ),
    needs(
        "the currents of many devices leave the range of the chip's converters: measure with "
        "ideal ones",
        lambda a, s: not (a[4] > a[2] and np.isclose(a[1], answers.averaged(s)[1], rtol=0.01)),
    ),
    earns(
        "these are not the errors of your chip: for each K a core with `SERIAL`, `pcm_hermes(1)` "
        "and `DifferentialPair(K)`, programmed with `W` and compared with `exact`?",
        near(1, 0.01),  # what another read changes: 0.2 % at most
    ),
    needs(
        "the errors are right, and the slope up to its sign: which way does the line go?",
        no_slope(lambda e: -answers.power(COPIES, e)),
    ),
    needs(
        "the errors are right; for the slope the axes are exchanged: log K is the abscissa",
        no_slope(lambda e: answers.power(e, COPIES)),
    ),
    needs(
        "the errors are right; for the slope both axes are logarithms: a power law is a straight "
        "line only there",
        no_slope(lambda e: np.polyfit(COPIES, e, 1)[0]),
    ),
    needs(
        "the errors are right; for the slope the logarithm of K is missing: both axes are "
        "logarithms",
        no_slope(lambda e: np.polyfit(COPIES, np.log(e), 1)[0]),
    ),
    needs(
        "the errors are right; the slope needs more digits: hand in the variable, not a rounded "
        "copy",
        lambda a, s: off_line(a) < TYPED or round(a[5], 3) != a[5] or off_line(a) > 0.002,
    ),
    needs(
        "the errors are right; that slope joins the first point and the last: a line has a slope "
        "and an offset, fit it to all five",
        no_slope(lambda e: np.log(e[4] / e[0]) / np.log(16)),
    ),
    needs(
        "the errors are right; that slope is the law of errors that have nothing in common: fit "
        "the slope of your five",
        lambda a, s: a[5] != -0.5 or off_line(a) < TYPED,
    ),
    earns(
        "the errors are right; the slope is not that of the straight line that fits them best, "
        "with logarithms on both axes",
        lambda a, s: off_line(a) < TYPED,
    ),
    model=answers.averaging,
    praise="Right. A slope near -1/2 is the signature of independent errors.",
)

q10 = properties(
    LAB["q10"],
    needs(
        "expected a current in amperes, some tens of 1e-6",
        lambda a, s: 1e-6 <= one_number(a) <= 1e-3,
    ),
    needs(
        "too small: what lies beyond is cut off, however fine the step is",
        lambda a, s: answers.adc_not_too_small(one_number(a), s),
    ),
    earns(
        "too large: most of the codes are never used, and the step is coarse",
        lambda a, s: answers.adc_is_good(one_number(a), s),
    ),
    model=lambda serial: 50e-6,
    praise="Right: a few clipped outputs cost less than a coarse step for all.",
)

q11 = array(
    LAB["q11"],
    answers.corrected,
    slip(
        "the first number is the uncorrected error: multiply with best_scale first",
        lambda serial: (answers.after_a_day(serial)[0], answers.after_a_day(serial)[2]),
    ),
    flipped("the two are exchanged: the best factor comes first"),
    rtol=0.03,
    parts=("best factor", "drift compensation"),
    praise="Right: the measured factor is good, but not the best one.",
)

q12 = number(
    LAB["q12"],
    answers.overshoot,
    inverse("the ratio is upside down: factor of the compensation over the best factor"),
    changed("that is what it exceeds one by: give the ratio", lambda right: right - 1),
    praise="Right: it overshoots by some five per cent.",
)


def grows(errors: Any, serial: int) -> bool:
    """Return whether the mean error over the chips grows from column to column.

    Only a minute lies between the first two reads: drift adds less to the error there than read
    noise moves it, and the mean may fall a little, by less than one per cent.
    """
    mean = np.mean(errors, axis=0)
    first, *later = np.diff(mean) / mean[0]
    return bool(-0.01 < first != 0 and min(later, default=1) > 0 and mean[-1] > 1.01 * mean[0])


def differ(errors: Any, serial: int) -> bool:
    """Return whether the last errors of the chips differ, but not by much."""
    return bool(1e-6 < np.std(np.asarray(errors)[:, -1]) < 0.01)


def is_rounded(errors: Any, serial: int, column: int) -> bool:
    """Return whether the first or the last column is a rounded copy of the errors of the chips.

    Chips that are all alike are a guess, and no copy.
    """
    right = np.array(answers.errors_of_chips_at_ends(serial))[:, column]
    found = np.asarray(errors, dtype=np.float64)
    return bool(np.any(np.ptp(found, axis=0) > 0) and rounded_to(found[:, column], right))


q13 = properties(
    LAB["q13"],
    needs(
        f"expected one row per chip and one column per time, shape {(given.CHIPS, TIMES)}",
        lambda a, s: np.shape(a) == (given.CHIPS, TIMES),
    ),
    needs(
        "the first column should be about 0.1, the chip right after programming",
        lambda a, s: np.all(np.abs(np.asarray(a)[:, 0] / 0.1 - 1) < 0.05),
    ),
    needs(
        "the errors right after programming need more digits: hand in the variable, not a rounded "
        "copy",
        lambda a, s: answers.begin_as_chips(a, s) or not is_rounded(a, s, 0),
    ),
    needs(
        "the mean error should grow with time: is each chip read at every time, in their order?",
        grows,
    ),
    needs("the chips should differ a little: does every row have its own serial number?", differ),
    earns(
        "these are not your ten chips: are their numbers SERIAL to SERIAL + 9, in this order, and "
        "is each of them read first right after programming, and corrected with the best factor?",
        answers.begin_as_chips,
    ),
    needs(
        "right after programming these are your chips, but at the times between they are not: is "
        "each read at all six times?",
        lambda a, s: answers.grow_as_chips(a, s) or not answers.end_as_chips(a, s),
    ),
    needs(
        "the errors after 30 days need more digits: hand in the variable, not a rounded copy",
        lambda a, s: answers.end_as_chips(a, s) or not is_rounded(a, s, -1),
    ),
    earns(
        "right after programming these are your chips, but not after 30 days: is each read with "
        "`core.at(t)`, and with the best factor of its own outputs?",
        answers.end_as_chips,
    ),
    model=answers.errors_of_chips,
    praise="Right: chips differ far less than the error itself.",
)
