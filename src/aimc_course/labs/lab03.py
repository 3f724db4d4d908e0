"""Lab 3, *Characterise your own devices*: its questions and the usual wrong answers."""

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
from aimc_course.labs import mistakes03 as known
from aimc_course.labs import reference03 as ref
from aimc_course.labs.own_chip import SHAPE

__all__ = ["LAB"]


def _stuck_included(serial: int) -> np.ndarray:
    return ref.state_spreads(serial, screened=False)


QUESTIONS = (
    Question(
        "q1",
        "The law of drift",
        1,
        function_on_inputs(
            ref.draw_law,
            ref.drifted,
            unit="S",
            mistakes=known.LAW,
        ),
        "Right: a straight line in ln G against ln(t + t_0).",
    ),
    Question(
        "q2",
        "The stuck devices",
        2,
        property_holds(
            (
                lambda answer, serial: not np.any(ref.stuck_devices(serial) & ~np.asarray(answer)),
                (
                    "some stuck devices are still missing: what does a stuck device read in *both* "
                    "runs, at low and at high conductance?"
                ),
            ),
            (
                lambda answer, serial: not np.any(np.asarray(answer) & ref.good_devices(serial)),
                (
                    "all stuck devices are found, but healthy ones are accused too: a healthy "
                    "device follows its target from 5 to 20 µS, whatever its error"
                ),
            ),
            requirements=(
                (
                    lambda answer, serial: (
                        np.shape(answer) == SHAPE and np.asarray(answer).dtype == bool
                    ),
                    f"expected an array of True and False, shape {SHAPE}, from a comparison",
                ),
            ),
        ),
        "Right: these addresses stay out of everything that follows.",
    ),
    Question(
        "q3",
        "A spread and its interval",
        2,
        function_on_inputs(
            ref.draw_values,
            ref.spread_interval,
            unit="S",
            mistakes=known.SPREAD,
        ),
        "Right: 250 devices fix a spread to about nine per cent.",
    ),
    Question(
        "q4",
        "The spread at eight targets",
        2,
        array_close(
            ref.state_spreads,
            unit="S",
            mistakes=(
                Mistake(
                    _stuck_included,
                    "the stuck devices are still in it: use good[row] of every row",
                ),
                Mistake(
                    lambda serial: ref.state_spreads(serial) / ref.STATES,
                    "these are relative to the target: give the spread itself, in S",
                ),
                Mistake(
                    lambda serial: ref.state_spreads(serial) ** 2,
                    "these are variances: take the square root",
                ),
            ),
        ),
        "Right: the spread grows with the target, but much less than in proportion.",
    ),
    Question(
        "q5",
        "A plain fit of the exponent",
        2,
        function_on_inputs(
            ref.draw_trace,
            ref.fit_plain,
            mistakes=known.PLAIN_FIT,
        ),
        "Right: this is what most software does. Is its interval true?",
    ),
    Question(
        "q6",
        "How often the plain interval holds the truth",
        1,
        number_close(
            ref.naive_coverage,
            rtol=0.02,
            mistakes=(
                Mistake(
                    lambda serial: 1 - ref.naive_coverage(serial),
                    "that is the share of intervals that miss the truth",
                ),
            ),
        ),
        "Right: it promises 95 per cent, and holds the truth about half as often.",
    ),
    Question(
        "q7",
        "What averaging a hundred reads gains",
        1,
        number_close(
            ref.averaging_gain,
            rtol=0.02,
            mistakes=(
                Mistake(
                    lambda serial: 1 / ref.averaging_gain(serial),
                    "the ratio is upside down: the noise of one read over that of the mean",
                ),
                Mistake(
                    lambda serial: ref.averaging_gain(serial) ** 2,
                    "that is the ratio of variances: compare standard deviations",
                ),
                Mistake(
                    lambda serial: 10.0,
                    "10 is what independent reads would gain: measure it on your devices",
                ),
            ),
        ),
        "Right: a hundred reads, and not even a factor of two.",
    ),
    Question(
        "q8",
        "The strength Q of the read noise",
        2,
        number_close(
            ref.read_factor,
            rtol=0.01,
            mistakes=(
                Mistake(
                    lambda serial: math.sqrt(2) * ref.read_factor(serial),
                    "a difference holds two reads, so the slope is 2 Q²",
                ),
                Mistake(
                    lambda serial: ref.read_factor(serial) ** 2,
                    "that is Q²: take the square root",
                ),
                Mistake(
                    lambda serial: 2 * ref.read_factor(serial) ** 2,
                    "that is the slope, 2 Q²: solve for Q",
                ),
                Mistake(
                    lambda serial: math.sqrt(math.log(10)) * ref.read_factor(serial),
                    "the slope was taken against log10 of the gap: the law has the natural one",
                ),
            ),
        ),
        "Right.",
    ),
    Question(
        "q9",
        "Your lot against the published programming error",
        1,
        number_close(
            ref.lot_factor,
            rtol=0.02,
            mistakes=(
                Mistake(
                    lambda serial: ref.watched_spread(serial) / ref.programming_spread(1e-5),
                    "the read noise is still in it: its square has to be subtracted",
                ),
                Mistake(
                    lambda serial: 1 / ref.lot_factor(serial),
                    "the ratio is upside down: your lot over the published spread",
                ),
                Mistake(
                    lambda serial: (
                        (ref.watched_spread(serial) - ref.noise_at_first_read(serial))
                        / ref.programming_spread(1e-5)
                    ),
                    "independent errors add as squares: subtract squares, then take the root",
                ),
            ),
        ),
        "Right: now the two sources are told apart.",
    ),
    Question(
        "q10",
        "A fit for reads that are not independent",
        3,
        function_on_inputs(
            ref.draw_trace_and_covariance,
            ref.fit_honest,
            mistakes=known.HONEST_FIT,
        ),
        "Right: generalised least squares.",
    ),
    Question(
        "q11",
        "Does it keep its word?",
        1,
        property_holds(
            (
                lambda answer, serial: ref.fresh_coverage(answer)[0] >= 0.93,
                (
                    "on 400 traces that you have not seen, fewer than 93 % of the intervals hold "
                    "the truth: they are too narrow"
                ),
            ),
            (
                lambda answer, serial: ref.fresh_coverage(answer)[1] <= 0.016,
                "it covers, but the intervals are wider than they need to be",
            ),
            requirements=(
                (
                    lambda answer, serial: bool(
                        callable(answer) and np.all(np.isfinite(ref.fresh_coverage(answer)))
                    ),
                    "expected your function fit_honest(times, g, K)",
                ),
            ),
        ),
        "Right: it keeps its promise on traces that it had not seen.",
    ),
    Question(
        "q12",
        "The median exponent of eight states",
        2,
        array_close(
            ref.nu_medians,
            rtol=0.03,
            mistakes=(
                Mistake(
                    lambda serial: [np.median(half) for _, half in ref.exponents(serial)],
                    "these are the half-widths: fit_honest returns the exponents first",
                ),
                Mistake(
                    lambda serial: ref.nu_medians(serial)[::-1],
                    "the order is reversed: the lowest target first",
                ),
            ),
        ),
        "Right: low states drift faster.",
    ),
    Question(
        "q13",
        "How much the devices themselves differ",
        2,
        number_close(
            ref.nu_spread,
            rtol=0.03,
            mistakes=(
                Mistake(
                    lambda serial: float(np.std(ref.exponents(serial)[3][0], ddof=1)),
                    "that is the spread of the *fitted* exponents: the fit's own error is in it",
                ),
                Mistake(
                    lambda serial: ref.nu_spread(serial) ** 2,
                    "that is a variance: take the square root",
                ),
                Mistake(
                    lambda serial: float(
                        np.sqrt(np.mean((ref.exponents(serial)[3][1] / 1.96) ** 2))
                    ),
                    "that is the error of the fit: the devices are what is left without it",
                ),
            ),
        ),
        "Right: part of what looked like devices was your ruler.",
    ),
    Question(
        "q14",
        "A plan within the budget",
        2,
        property_holds(
            (
                lambda answer, serial: ref.plan_result(answer, serial) <= ref.GOAL,
                (
                    "the interval will be too wide: is a further read of the same device worth as "
                    "much as a first read of another one? And which times pull most on a slope?"
                ),
            ),
            (
                lambda answer, serial: len(answer[0]) >= 3,
                (
                    "the interval is good, but any two points lie on a straight line: with two "
                    "times you cannot see whether the law holds"
                ),
            ),
            requirements=(
                (
                    ref.plan_is_possible,
                    (
                        f"expected (times, devices): at least two different times from 0 to "
                        f"{ref.LATEST:g} s, 2 to 2000 devices, and {ref.BUDGET} reads in all"
                    ),
                ),
            ),
        ),
        "Right: many devices, few reads, far apart.",
    ),
)


LAB = LabDefinition(
    name="lab-3",
    slug="03-characterise-your-devices",
    title="Lab 3 · Characterise your own devices",
    questions=QUESTIONS,
    predictions={"p1": "%", "p2": "µS", "p3": "of 100", "p4": ""},
    given={"practice": ref.given_practice},
)
