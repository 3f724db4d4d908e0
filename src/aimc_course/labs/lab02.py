"""Lab 2, *Precision and the error budget*: its questions and the usual wrong answers."""

from __future__ import annotations

import math

import numpy as np

from aimc.circuits import mvm_error
from aimc_course.checks.questions import (
    LabDefinition,
    Mistake,
    Question,
    array_close,
    function_on_inputs,
    number_close,
    property_holds,
)
from aimc_course.labs.reference02 import (
    CHIPS,
    adc_is_good,
    adc_not_too_small,
    after_a_day,
    budget,
    copies_slope,
    decompose,
    draw_decompose,
    draw_outputs,
    draw_quantise,
    given_test,
    line_error,
    quantise,
    root_sum_square,
    round_to_step,
)

__all__ = ["LAB"]

QUESTIONS = (
    Question(
        "q1",
        "The normalised MVM error",
        2,
        function_on_inputs(
            draw_outputs,
            mvm_error,
            mistakes=(
                Mistake(
                    lambda y, e: mvm_error(y, e) ** 2,
                    "the square root is missing: it is a ratio of norms, not of powers",
                ),
                Mistake(
                    lambda y, e: 100 * mvm_error(y, e),
                    "that is in per cent: return the fraction, and multiply when you print it",
                ),
                Mistake(
                    lambda y, e: float(np.linalg.norm(y - e)),
                    "it should be relative to the size of the exact outputs, ||y_exact||",
                ),
                Mistake(
                    lambda y, e: float(np.linalg.norm(y - e) / np.linalg.norm(y)),
                    "divide by the norm of the exact outputs, not of the noisy ones",
                ),
                Mistake(
                    lambda y, e: float(np.mean(np.abs((y - e) / e))),
                    "that is the mean of relative errors, which explodes where an output is near "
                    "zero: take the norm over all outputs first, then divide",
                ),
                Mistake(
                    lambda y, e: float(np.mean(np.abs(y - e)) / np.mean(np.abs(e))),
                    "absolute values were averaged: the norm squares, sums and takes the root",
                ),
            ),
        ),
        "Right: one number for all outputs and all test vectors.",
    ),
    Question(
        "q2",
        "A symmetric mid-tread quantiser",
        3,
        function_on_inputs(
            draw_quantise,
            quantise,
            mistakes=(
                Mistake(
                    lambda x, b, r: round_to_step(x, r / (2 ** (b - 1) - 1)),
                    "values beyond full_scale must be clipped",
                ),
                Mistake(
                    lambda x, b, r: round_to_step(np.clip(x, -r, r), r / 2 ** (b - 1)),
                    "one level too many per sign: with the sign taking one bit and zero one code, "
                    "2**(bits-1) - 1 levels are left on each side",
                ),
                Mistake(
                    lambda x, b, r: round_to_step(np.clip(x, -r, r), r / (2**b - 1)),
                    "the sign takes one of the bits: 2**(bits-1) - 1 levels per side",
                ),
                Mistake(
                    lambda x, b, r: round_to_step(np.clip(x, -r, r), 2 * r / (2**b - 1)),
                    "with 2**bits - 1 steps across the range, zero falls between two codes' ends: "
                    "use an equal number of whole steps, 2**(bits-1) - 1, on each side of zero",
                ),
                Mistake(
                    lambda x, b, r: (
                        r
                        / (2 ** (b - 1) - 1)
                        * np.floor(np.clip(x, -r, r) / (r / (2 ** (b - 1) - 1)))
                    ),
                    "it rounds down: round to the nearest level, or all errors have one sign",
                ),
                Mistake(
                    lambda x, b, r: np.round(np.clip(x, -r, r) / (r / (2 ** (b - 1) - 1))),
                    "these are the integer codes: multiply with the step to return to values",
                ),
            ),
        ),
        "Right: zero is a level, and there are as many above it as below.",
    ),
    Question(
        "q3",
        "The 3-bit and the 4-bit line",
        2,
        array_close(
            lambda serial: (line_error(serial, 3), line_error(serial, 4)),
            rtol=0.02,
            mistakes=(
                Mistake(
                    lambda serial: (line_error(serial, 4), line_error(serial, 3)),
                    "the two lines are exchanged: three bits first",
                ),
                Mistake(
                    lambda serial: (line_error(serial, 3, 4), line_error(serial, 4, 8)),
                    "these have 4 and 8 levels per sign; a signed number of 3 or 4 bits has 3 or 7",
                ),
            ),
        ),
        "Right: the yardstick of the published figure, up to its 8-bit inputs and outputs.",
    ),
    Question(
        "q4",
        "From an error to equivalent bits",
        2,
        function_on_inputs(
            lambda rng: (float(rng.uniform(0.01, 0.4)),),
            lambda error: 1 + math.log2(1 + 0.5 / error),
            mistakes=(
                Mistake(
                    lambda error: math.log2(1 + 0.5 / error),
                    "the bit of the sign is missing",
                ),
                Mistake(
                    lambda error: 1 + math.log2(0.5 / error),
                    "there are 2**(B-1) - 1 levels per sign, not 2**(B-1): do not drop the 1",
                ),
                Mistake(
                    lambda error: 1 + math.log2(1 + 1 / error),
                    "the error of rounding to n levels per sign is 1/(2 n): a factor of 2 is lost",
                ),
                Mistake(
                    lambda error: 1 + math.log(1 + 0.5 / error),
                    "bits ask for the logarithm to base 2",
                ),
            ),
        ),
        "Right.",
    ),
    Question(
        "q5",
        "Four sources, one at a time",
        3,
        array_close(
            budget,
            rtol=0.05,
            mistakes=(
                Mistake(
                    lambda serial: np.square(budget(serial)),
                    "these are squared errors: give the errors themselves",
                ),
                Mistake(
                    lambda serial: np.array(budget(serial))[[1, 0, 2, 3]],
                    "the first two are exchanged: `without` names what is switched *off*",
                ),
            ),
        ),
        "Right: two sources matter, two do not.",
    ),
    Question(
        "q6",
        "Do the parts make the whole?",
        1,
        number_close(
            root_sum_square,
            rtol=0.04,
            mistakes=(
                Mistake(
                    lambda serial: sum(budget(serial)),
                    "the errors themselves were added: independent errors add as squares",
                ),
                Mistake(
                    lambda serial: root_sum_square(serial) ** 2,
                    "take the square root of the sum of squares",
                ),
            ),
        ),
        "Right: independent errors add as squares.",
    ),
    Question(
        "q7",
        "Linear and residual error",
        3,
        function_on_inputs(
            draw_decompose,
            decompose,
            mistakes=(
                Mistake(
                    lambda x, y, e: tuple(part**2 for part in decompose(x, y, e)),
                    "these are squares: take norms, as in the MVM error",
                ),
                Mistake(
                    lambda x, y, e: (decompose(x, y, e)[0], mvm_error(y, e)),
                    "the second number is the total error: the residual is y minus the fit",
                ),
                Mistake(
                    lambda x, y, e: (mvm_error(y, e), decompose(x, y, e)[1]),
                    "the first number is the total error: the linear part is the fit minus y_exact",
                ),
            ),
        ),
        "Right: what wrong weights explain, and what they do not.",
    ),
    Question(
        "q8",
        "Enough test vectors",
        1,
        property_holds(
            (
                lambda answer, serial: math.sqrt(1 - 256 / int(answer)) >= 0.95,
                "the fit still swallows over 5 % of the residual: solve sqrt(1 - 256/n) = 0.95",
            ),
            (
                lambda answer, serial: int(answer) <= 4096,
                "more than you need: a measurement costs time on the chip",
            ),
            requirements=(
                (
                    lambda answer, serial: float(answer) == int(answer) and int(answer) > 256,
                    "expected a whole number above 256: with fewer vectors everything fits",
                ),
            ),
        ),
        "Right: a fit with 256 free numbers per output explains noise as well.",
    ),
    Question(
        "q9",
        "The slope of averaging",
        2,
        number_close(
            copies_slope,
            rtol=0.04,
            mistakes=(
                Mistake(
                    lambda serial: 1 / copies_slope(serial),
                    "the axes are exchanged: log K is the abscissa",
                ),
            ),
        ),
        "Right: close to -1/2, the signature of independent errors.",
    ),
    Question(
        "q10",
        "The best range of a 6-bit ADC",
        2,
        property_holds(
            (
                adc_is_good,
                "too large: most of the codes are never used, and the step is coarse",
            ),
            requirements=(
                (
                    lambda answer, serial: 1e-6 <= float(answer) <= 1e-3,
                    "expected a current in amperes, some tens of 1e-6",
                ),
                (
                    adc_not_too_small,
                    "too small: what lies beyond is cut off, however fine the step is",
                ),
            ),
        ),
        "Right: a few clipped outputs cost less than a coarse step for all.",
    ),
    Question(
        "q11",
        "One day later: best factor and drift compensation",
        2,
        array_close(
            lambda serial: after_a_day(serial)[1:3],
            rtol=0.03,
            mistakes=(
                Mistake(
                    lambda serial: (after_a_day(serial)[0], after_a_day(serial)[2]),
                    "the first number is the uncorrected error: multiply with best_scale first",
                ),
                Mistake(
                    lambda serial: after_a_day(serial)[2:0:-1],
                    "the two are exchanged: the best factor comes first",
                ),
            ),
        ),
        "Right: the measured factor is good, but not the best one.",
    ),
    Question(
        "q12",
        "The bias of drift compensation",
        1,
        number_close(
            lambda serial: after_a_day(serial)[3],
            rtol=0.01,
            mistakes=(
                Mistake(
                    lambda serial: 1 / after_a_day(serial)[3],
                    "the ratio is upside down: factor of the compensation over the best factor",
                ),
            ),
        ),
        "Right: it overshoots by some five per cent.",
    ),
    Question(
        "q13",
        "Ten chips over time",
        2,
        property_holds(
            (
                lambda answer, serial: bool(np.all(np.diff(np.mean(answer, axis=0)) > 0)),
                "the mean error should grow with time: is each chip read at every time?",
            ),
            (
                lambda answer, serial: 1e-6 < float(np.std(np.asarray(answer)[:, -1])) < 0.01,
                "the chips should differ a little: does every row have its own serial number?",
            ),
            requirements=(
                (
                    lambda answer, serial: np.ndim(answer) == 2 and len(answer) == CHIPS,
                    f"expected one row per chip, shape ({CHIPS}, number of times)",
                ),
                (
                    lambda answer, serial: bool(
                        np.all(np.abs(np.asarray(answer)[:, 0] / 0.1 - 1) < 0.05)
                    ),
                    "the first column should be about 0.1, the chip right after programming",
                ),
            ),
        ),
        "Right: chips differ far less than the error itself.",
    ),
)

LAB = LabDefinition(
    name="lab-2",
    slug="02-precision-and-error-budget",
    title="Lab 2 · Precision and the error budget",
    questions=QUESTIONS,
    predictions={"p1": "bits", "p2": "%", "p3": "%"},
    given={"test": given_test},
)
