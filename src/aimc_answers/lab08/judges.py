"""Judges of lab 8, and what to say to the usual wrong answers."""

from collections.abc import Callable
from typing import Any

import numpy as np

from aimc.units import DAY, HOUR, YEAR
from aimc_answers.checks.answers import Answers
from aimc_answers.checks.judges import earns, needs
from aimc_answers.checks.question import array, function, number, properties
from aimc_answers.checks.slips import but, changed, inverse, scaled, slip
from aimc_course.checks.diagnosis import rounded_to
from aimc_course.labs.lab08 import given
from aimc_course.labs.lab08.given import TOLERANCE
from aimc_course.labs.lab08.questions import LAB

answers = Answers(__package__)


def draw_times(rng: np.random.Generator) -> tuple[float, ...]:
    """Draw a time, an earlier calibration, and an exponent."""
    calibrated = 10.0 ** rng.uniform(2, 5)
    return calibrated * 10.0 ** rng.uniform(0.5, 3), calibrated, rng.uniform(0.02, 0.1)


q1 = function(
    LAB["q1"],
    draw_times,
    answers.kept,
    but("outputs shrink: the exponent is negative", sign=1.0),
    slip("it is the ratio of the two times that counts", lambda t, c, nu: (t - c) ** -nu),
    slip("since the last calibration, not since programming", lambda t, c, nu: t**-nu),
    slip("drift is a power of the ratio of times", lambda t, c, nu: 1 - nu * np.log(t / c)),
    praise="Right: only the ratio of the times counts.",
)

q2 = number(
    LAB["q2"],
    lambda serial: answers.measured(serial)[1],
    slip("that is after a day", lambda s: answers.measured(s, DAY)[1]),
    slip("that is with factors: leave them out", lambda s: answers.measured(s)[2]),
    scaled("give a fraction of the pictures, between 0 and 1", 100.0),
    rtol=0.02,
    praise="Right: nobody would call this a network any more.",
)


def draw_currents(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw currents of devices at first and later, A."""
    first = rng.uniform(0.1, 5.0, (2, 6, 7)) * 1e-6
    return first, first * rng.uniform(0.4, 0.9, first.shape)


q3 = function(
    LAB["q3"],
    draw_currents,
    answers.factor_by_sums,
    inverse("that is the share that is left: outputs are *divided* by it"),
    slip("one ratio of two sums, not the mean of all ratios", lambda a, b: np.mean(a / b)),
    slip("sums of currents, not of their squares", lambda a, b: np.sum(a**2) / np.sum(b**2)),
    praise="Right: the published recipe.",
)


def draw_outputs(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw outputs of test vectors at first and later."""
    first = rng.normal(0.0, 1.0, (4, 9))
    return first, rng.uniform(0.5, 0.8) * first + rng.normal(0.0, 0.2, first.shape)


q4 = function(
    LAB["q4"],
    draw_outputs,
    answers.factor_by_products,
    inverse("upside down: the later outputs, times the factor, shall come close to the first"),
    slip(
        "that brings the first outputs close to the later ones, upside down: least squares for "
        "`factor * later`",
        lambda a, b: np.sum(a * a) / np.sum(a * b),
    ),
    slip(
        "that makes the sums of magnitudes equal: least squares asks for something else",
        lambda a, b: np.abs(a).sum() / abs(b).sum(),
    ),
    slip(
        "a factor has no intercept: least squares for `factor * later` alone",
        lambda a, b: np.polyfit(b.ravel(), a.ravel(), 1)[0],
    ),
    slip("outputs have both signs: their sums say little", lambda a, b: np.sum(a) / np.sum(b)),
    slip(
        "that makes the norms equal: minimise the norm of factor * later - first",
        lambda a, b: np.sqrt((a**2).sum() / (b**2).sum()),
    ),
    praise="Right: no other factor brings the later outputs closer to the first.",
)

q5 = array(
    LAB["q5"],
    answers.excess,
    inverse("upside down: the factor by sums over the one by products"),
    but("the products need the *net* currents, positive minus negative device", split=False),
    but("devices in RESET are those that conduct less", held="smaller"),
    changed("as a ratio, not as a difference from one", lambda right: right - 1),
    rtol=0.003,
    parts=("all devices", "without RESET"),
    praise="Right: devices in RESET drift most and hardly count. Weak weights do count.",
)


def draw_core(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw what a core of coarse inputs multiplies with at first and later, and test vectors."""
    limit, first = float(rng.uniform(3.0, 8.0)), rng.normal(0.0, 1.0, (6, 8))
    later = first * rng.uniform(0.3, 0.9, first.shape)

    def product(weights: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        return lambda x: limit * np.round(7 * np.clip(x / limit, 0.0, 1.0)) / 7 @ weights.T

    vectors = rng.uniform(0.0, 1.0, (16, 8)) * (rng.random((16, 8)) > 0.3)
    return product(first), product(later), vectors, limit


q6 = function(
    LAB["q6"],
    draw_core,
    answers.factor_of,
    but("inputs go up to `limit`, not up to one: send `limit * vectors`", limit=1.0),
    slip("upside down: which factor brings the outputs back?",
         lambda a, b, x, c: answers.factor_of(b, a, x, c)),
    inverse("upside down: the outputs are *divided* by that"),
    but("that makes the sums of magnitudes equal: take the factor of question 4, by least squares",
        rule=lambda a, b: np.abs(a).sum() / np.abs(b).sum()),
    but("that makes the norms equal: take the factor of question 4, by least squares",
        rule=lambda a, b: np.linalg.norm(a) / np.linalg.norm(b)),
    but("that brings the first outputs close to the later ones, upside down: the factor of "
        "question 4 belongs to the later ones",
        rule=lambda a, b: np.sum(a * a) / np.sum(a * b)),
    but("outputs have both signs: their sums say little", rule=lambda a, b: a.sum() / b.sum()),
    but("a factor for the core, not one for each output or vector",
        rule=lambda a, b: np.mean(np.sum(a * b, axis=0) / np.sum(b * b, axis=0))),
    praise="Right: sixteen vectors per core, and no label.",
)  # fmt: skip


OTHER_READS = np.array([0.015, 0.015, 0.015, 0.015, 0.04])
"""What factors may be off by: other reads of the same core change them by a third of a per cent
(standard deviation), and that of the last core, which has ten outputs, by nearly one."""


def has_factors(found: Any, serial: int) -> bool:
    """Return whether five factors, behind an accuracy, are those of the student's cores."""
    off = np.abs(np.divide(found[1:], answers.measured(serial)[0]) - 1)
    return bool(np.all(off < OTHER_READS))


def has_too_large_ones(found: Any, serial: int) -> bool:
    """Return whether factors exaggerate as those from sums of currents, or from norms, do."""
    return bool(np.all(np.divide(found[1:5], answers.measured(serial)[0][:4]) > 1.02))


def has_accuracy(found: Any, serial: int) -> bool:
    """Return whether an accuracy is that with the factors behind it."""
    right = answers.accuracy_with(serial, tuple(map(float, found[1:])))
    return abs(found[0] - right) < 0.0025  # typed with four digits they may turn two pictures


q7 = properties(
    LAB["q7"],
    needs(
        "expected six numbers: the accuracy, and behind it the factors of the five cores",
        lambda a, s: np.shape(a) == (6,),
    ),
    needs("give the accuracy as a fraction, between 0 and 1", lambda a, s: 0 <= a[0] <= 1),
    needs(
        "factors that bring back what has shrunk are above one: are they upside down?",
        lambda a, s: np.all(np.greater(a[1:], 1)),
    ),
    needs("that is one factor five times: each core has its own", lambda a, s: np.ptp(a[1:]) > 0),
    needs(
        "these factors are all too large: those from sums of currents, from magnitudes or from "
        "norms exaggerate, take those of question 6",
        lambda a, s: not has_too_large_ones(a, s),
    ),
    needs(
        "these are not the factors of your cores after a year: does each core get its own limit, "
        "and are they in their order?",
        has_factors,
    ),
    needs(
        "that is the accuracy of the chip left alone: `core.at(YEAR, gain)` applies a factor",
        lambda a, s: abs(a[0] - answers.measured(s)[1]) > 0.01,
    ),
    needs(
        "the factors need more digits, or the accuracy is not that with them: hand in the "
        "variables, not rounded copies",
        lambda a, s: (
            has_accuracy(a, s) or rounded_to(np.array(a[1:]), answers.measured(s)[0]) not in (2, 3)
        ),
    ),
    earns(
        "the factors are those of your cores, but the accuracy is another: are all five cores "
        "seen at `YEAR`, each with the factor that you give for it?",
        has_accuracy,
    ),
    model=answers.repaired,
    praise="Right: most of it is back.",
)

q8 = function(
    LAB["q8"],
    lambda rng: (int(rng.integers(2, 40)), rng.uniform(0.005, 0.1)),
    answers.momentum,
    slip("a power, not a share: each batch multiplies what was there", lambda n, old: old / n),
    slip("the n-th root: n factors of p give the share", lambda n, old: old**n),
    changed("that is the weight of the new batch", lambda right: 1 - right),
    praise="Right: n batches leave the share that was asked for.",
)


def draw_batch(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw running statistics, outputs of a batch, and a momentum."""
    outputs = rng.normal(rng.uniform(-1, 1, 6), rng.uniform(0.5, 2, 6), (6, 6))
    return rng.normal(0.0, 1.0, 6), rng.uniform(0.5, 2.0, 6), outputs, rng.uniform(0.5, 0.9)


q9 = function(
    LAB["q9"],
    draw_batch,
    answers.updated,
    but("old and new are exchanged: p belongs to the old statistics", p=lambda p: 1 - p),
    but("over the pictures, `axis=0`: one mean for each unit", axis=1),
    slip(
        "the variance, please, not the standard deviation",
        lambda m, v, y, p: (p * m + (1 - p) * y.mean(axis=0), p * v + (1 - p) * y.std(axis=0)),
    ),
    slip(
        "the variance of NumPy, please, with the count in the denominator",
        lambda m, v, y, p: (
            p * m + (1 - p) * y.mean(axis=0),
            p * v + (1 - p) * y.var(axis=0, ddof=1),
        ),
    ),
    slip(
        "the old statistics are forgotten: keep the share p of them",
        lambda m, v, y, p: (y.mean(axis=0), y.var(axis=0)),
    ),
    parts=("mean", "variance"),
    praise="Right: two numbers per unit, and no gradient.",
)

q10 = number(
    LAB["q10"],
    lambda serial: answers.measured(serial)[3],
    slip("that is the chip left alone", lambda s: answers.measured(s)[1]),
    slip("that is with the old statistics", lambda s: answers.measured(s)[2]),
    scaled("give a fraction of the pictures, between 0 and 1", 100.0),
    rtol=0.007,  # and this one by 0.3 %
    praise="Right: no weight has changed, and no label was used.",
)

q11 = number(
    LAB["q11"],
    answers.exponent,
    but("outputs shrink: the exponent is minus the slope", sign=1.0),
    slip(
        "both axes are logarithmic: take the logarithm of the times, too",
        lambda s: -np.polyfit(given.log(s)[0], np.log(given.log(s)[1]), 1)[0],
    ),
    slip(
        "both axes are logarithmic: take the logarithm of the sizes, too",
        lambda s: -np.polyfit(np.log(given.log(s)[0]), given.log(s)[1], 1)[0],
    ),
    slip(
        "the two axes are exchanged: sizes against times",
        lambda s: -np.polyfit(np.log(given.log(s)[1]), np.log(given.log(s)[0]), 1)[0],
    ),
    slip(
        "that line goes through the first point: let it have an intercept of its own",
        lambda s: answers.exponent_from(s, 0),
    ),
    slip(
        "that line goes through a size of one after an hour: let it have an intercept of its own",
        lambda s: answers.exponent_from(s),
    ),
    slip("that joins first and last point: fit a line to all of them", lambda s: answers.ends(s)),
    slip(
        "that is the last point alone: fit a line to all of them",
        lambda s: answers.ends(s, from_one=True),
    ),
    rtol=0.0025,  # four decimals, if not four digits
    praise="Right: a straight line on two logarithmic axes.",
)


def draw_due(rng: np.random.Generator) -> tuple[float, ...]:
    """Draw a calibration, an exponent and a tolerance."""
    return 10.0 ** rng.uniform(2, 6), rng.uniform(0.02, 0.1), rng.uniform(0.01, 0.2)


q12 = function(
    LAB["q12"],
    draw_due,
    answers.next_time,
    but("outputs shrink: the next calibration comes *later*", sign=1.0),
    slip("from the ratio to the time: multiply by t", lambda t, nu, d: (1 - d) ** (-1 / nu)),
    slip(
        "the outputs fall to 1 - tolerance, they do not rise to 1 + tolerance",
        lambda t, nu, d: t * (1 + d) ** (1 / nu),
    ),
    slip("the tolerance is what is missing: 1 - tolerance is left", lambda t, nu, d: t * d**-nu),
    slip("the root, not the power: solve for the time", lambda t, nu, d: t * (1 - d) ** -nu),
    praise="Right: each one lasts longer than the one before, by the same factor.",
)


def draw_service(rng: np.random.Generator) -> tuple[float, ...]:
    """Draw first and last time, exponent and tolerance."""
    return 10.0 ** rng.uniform(2, 4), 10.0 ** rng.uniform(6.5, 8), *draw_due(rng)[1:]


q13 = function(
    LAB["q13"],
    draw_service,
    answers.count,
    but("the first one counts, too", extra=0),
    slip(
        "whole calibrations: round down, and add the first",
        lambda a, b, nu, d: 1 + np.log(b / a) * nu / -np.log1p(-d),
    ),
    slip(
        "the logarithm of 1 - tolerance is nearly the tolerance, and not quite",
        lambda a, b, nu, d: 1 + np.floor(np.log(b / a) * nu / d),
    ),
    slip(
        "the outputs fall to 1 - tolerance, they do not rise to 1 + tolerance",
        lambda a, b, nu, d: 1 + np.floor(np.log(b / a) * nu / np.log1p(d)),
    ),
    slip(
        "times grow by a ratio: take logarithms",
        lambda a, b, nu, d: 1 + np.floor(b / a / (1 - d) ** (-1 / nu)),
    ),
    rounds=24,  # an approximation is right in many of them
    praise="Right: logarithms again.",
)


def ratios(plan: Any) -> np.ndarray:
    """Return by which ratio each calibration of a plan precedes the next, or the year's end."""
    times = np.asarray(plan, dtype=np.float64)
    return np.append(times[1:], YEAR) / times


def holds(plan: Any, serial: int) -> bool:
    """Return whether outputs stay within the tolerance from an hour to a year."""
    limit = answers.next_time(1.0, answers.exponent(serial), TOLERANCE)
    return bool(np.max(ratios(plan)) <= limit * 1.01)


q14 = properties(
    LAB["q14"],
    needs(
        "expected a list of times in s, in rising order",
        lambda p, s: np.ndim(p) == 1 and len(p) > 1 and np.all(np.diff(p) > 0) and p[0] > 0,
    ),
    needs(
        "the first calibration comes after an hour, not later", lambda p, s: p[0] <= 1.001 * HOUR
    ),
    needs("times count from programming, and the year has 3.16e7 s", lambda p, s: p[-1] <= YEAR),
    needs("at some time the outputs are too small by more than 3 %", holds),
    earns(
        "the tolerance is kept, but two calibrations or more are not needed",
        lambda p, s: len(p) <= answers.fewest(s) + 1,
    ),
    earns(
        "the tolerance is kept, but not with the fewest calibrations",
        lambda p, s: len(p) <= answers.fewest(s),
    ),
    model=answers.plan,
    praise="Right: no plan needs fewer.",
)

q15 = number(
    LAB["q15"],
    answers.energy,
    but("all five cores are read", cores=1),
    but("sixteen vectors for each calibration", vectors=1),
    but("each vector is read `repeats` times", repeats=1),
    slip(
        "that is one calibration: a year has more",
        lambda s: answers.energy(s) / answers.fewest(s),
    ),
    slip("each calibration counts once", lambda s: answers.energy(s) * answers.fewest(s)),
    unit="J",
    rtol=0.01,
    praise="Right: a lamp of ten watts needs as much in a tenth of a millisecond or so.",
)
