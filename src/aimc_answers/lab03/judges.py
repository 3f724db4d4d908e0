"""Judges of lab 3, and what to say to the usual wrong answers."""

from typing import Any

import numpy as np

from aimc_answers.checks.answers import Answers
from aimc_answers.checks.judges import earns, needs
from aimc_answers.checks.question import array, function, number, properties
from aimc_answers.checks.slips import (
    but,
    exactly,
    flipped,
    inverse,
    parts,
    rest,
    scaled,
    slip,
    squared,
)
from aimc_course.labs.devices.own_chip import SHAPE, OwnChip
from aimc_course.labs.lab03 import given
from aimc_course.labs.lab03.questions import LAB

answers = Answers(__package__)

q1 = function(
    LAB["q1"],
    lambda rng: (rng.uniform(2e-6, 20e-6), rng.uniform(0.03, 0.1), 10 ** rng.uniform(0, 5)),
    answers.drifted,
    but("t_0 is missing: time counts in units of the 20 s before the first read", t_0=1, start=0),
    but(
        "at t = 0 that is infinite: the first read comes t_0 after the pulse, so the time since "
        "the pulse is t + t_0",
        start=0,
    ),
    but("it grows: the exponent of drift stands with a minus", nu=lambda nu: -nu),
    slip(
        "that is only the first term of the power law: it fails when much has drifted",
        lambda g, nu, t: g * (1 - nu * np.log(1 + t / 20.0)),
    ),
    unit="S",
    praise="Right: a straight line in ln G against ln(t + t_0).",
)

q2 = properties(
    LAB["q2"],
    needs(
        f"expected an array of True and False, shape {SHAPE}, from a comparison",
        lambda a, s: np.shape(a) == SHAPE and np.asarray(a).dtype == bool,
    ),
    needs(
        "that is more than one device in ten: a few are stuck, and most follow their target",
        lambda a, s: np.mean(a) <= 0.1,
    ),
    earns(
        "some stuck devices are still missing: what does a stuck device read in *both* runs, at "
        "low and at high conductance?",
        lambda a, s: not np.any(answers.stuck_devices(s) & ~np.asarray(a)),
    ),
    earns(
        "all stuck devices are found, but healthy ones are accused too: a healthy device follows "
        "its target from 5 to 20 µS, whatever its error",
        lambda a, s: not np.any(np.asarray(a) & ~answers.stuck_devices(s)),
    ),
    model=answers.stuck_devices,
    praise="Right: these addresses stay out of everything that follows.",
)

QUANTILE = 1e-4  # of a normal distribution: 1.96 or more digits

q3 = function(
    LAB["q3"],
    lambda rng: (rng.normal(1e-5, 1e-6, int(rng.integers(6, 15))),),
    answers.spread_interval,
    but("the sample's own mean was used up: divide by n - 1, np.std(..., ddof=1)", ddof=0),
    slip(
        "s/sqrt(n) is the error of the mean: that of the spread is s/sqrt(2(n - 1))",
        lambda v: answers.spread_interval(v, wide=1.96 * (2 * (len(v) - 1) / len(v)) ** 0.5),
    ),
    but("that is one standard error to each side: 95 % takes 1.96 of them", wide=1.0),
    squared("these are variances: take the square root"),
    unit="S",
    parts=("spread", "lower end", "upper end"),
    rtol=QUANTILE,
    praise="Right: 250 devices fix a spread to about nine per cent.",
)

q4 = array(
    LAB["q4"],
    answers.state_spreads,
    but("the stuck devices are still in it: use good[row] of every row", screened=False),
    slip(
        "these are relative to the target: give the spread itself, in S",
        lambda serial: answers.state_spreads(serial) / given.STATES,
    ),
    squared("these are variances: take the square root"),
    unit="S",
    praise="Right: the spread grows with the target, but much less than in proportion.",
)


def draw_trace(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw times (s) and noisy drifting traces (S)."""
    times = np.sort(10 ** rng.uniform(0, 5, 15))
    nu = rng.uniform(0.03, 0.1, (4, 1))
    clean = rng.uniform(5e-6, 2e-5, (4, 1)) * (1 + times / 20.0) ** -nu
    return times, clean * np.exp(0.05 * rng.normal(size=(4, 15)))


MINUS = parts("nu is minus the slope: conductance falls", -1, 1)
ONE_SIGMA = parts(
    "the second is the standard error: half of a 95 % interval is 1.96 times it", 1, 1 / 1.96
)
NO_LOGARITHM = but("G itself was fitted: a power law is a straight line in ln G", g=np.exp)
TWO_BASES = (
    "one logarithm is to base 10, the other natural: any base will do, but the same for both"
)

q5 = function(
    LAB["q5"],
    draw_trace,
    answers.fit_plain,
    MINUS,
    NO_LOGARITHM,
    but("t_0 is missing: fit against ln(t + t_0), the time since the pulse", t=lambda t: t - 20),
    but("np.log1p(t) is the logarithm of t + 1 s: divide t by t_0 first", t_0=1.0),
    scaled(TWO_BASES, np.log(10)),
    scaled(TWO_BASES, 1 / np.log(10)),
    ONE_SIGMA,
    but("two numbers were fitted: divide the squared residuals by T - 2", fitted=0),
    but("two numbers were fitted: divide the squared residuals by T - 2, not T - 1", fitted=1),
    parts=("exponents", "half-widths"),
    rtol=QUANTILE,
    praise="Right: this is what most software does. Is its interval true?",
)

q6 = number(
    LAB["q6"],
    answers.naive_coverage,
    rest("that is the share of intervals that miss the truth"),
    rtol=0.004,
    praise="Right: it promises 95 per cent, and holds the truth about half as often.",
)

q7 = number(
    LAB["q7"],
    answers.averaging_gain,
    inverse("the ratio is upside down: the noise of one read over that of the mean"),
    squared("that is the ratio of variances: compare standard deviations"),
    slip("10 is what independent reads would gain: measure it on your devices", lambda _: 10.0),
    rtol=5e-4,
    praise="Right: a hundred reads, and not even a factor of two.",
)

q8 = number(
    LAB["q8"],
    answers.read_factor,
    scaled("a difference holds two reads, so the slope is 2 Q²", 2**0.5),
    squared("that is Q²: take the square root"),
    slip(
        "that is the slope, 2 Q²: solve for Q", lambda serial: 2 * answers.read_factor(serial) ** 2
    ),
    scaled(
        "the slope was taken against log10 of the gap: the law has the natural one",
        np.log(10) ** 0.5,
    ),
    rtol=0.005,
)

q9 = number(
    LAB["q9"],
    answers.lot_factor,
    but("the read noise is still in it: its square has to be subtracted", noise=0.0),
    inverse("the ratio is upside down: your lot over the published spread"),
    but("independent errors add as squares: subtract squares, then take the root", power=1.0),
    rtol=0.006,  # as far as a Q moves it that question 8 takes
    praise="Right: now the two sources are told apart.",
)

q10 = function(
    LAB["q10"],
    lambda rng: (*(drawn := draw_trace(rng)), given.covariance(drawn[0])),
    answers.fit_honest,
    slip(
        "that is the plain fit: the covariance is not used", lambda t, g, k: answers.fit_plain(t, g)
    ),
    but(
        "the column of ones has to be whitened too: it is a column of A like the other",
        whiten_ones=False,
    ),
    but(
        "it was whitened the wrong way round: solve L z = y, do not multiply with L",
        k=np.linalg.inv,
    ),
    but("divide by L, the Cholesky factor, not by K itself", k=lambda k: k @ k),
    but(
        "only the diagonal of K was used: the correlations stand beside it",
        k=lambda k: np.diag(np.diag(k)),
    ),
    MINUS,
    ONE_SIGMA,
    NO_LOGARITHM,
    parts=("exponents", "half-widths"),
    praise="Right: generalised least squares.",
)

q11 = properties(
    LAB["q11"],
    needs(
        "expected your function fit_honest(times, g, K)",
        lambda fit, s: callable(fit) and np.all(np.isfinite(answers.fresh_coverage(fit, s))),
    ),
    earns(
        "on fresh traces, fewer than 93 % of the intervals hold the truth: they are too narrow",
        lambda fit, serial: answers.fresh_coverage(fit, serial)[0] >= 0.93,
    ),
    needs(
        "it covers, but the intervals are wider than they need to be",
        lambda fit, serial: answers.fresh_coverage(fit, serial)[1] <= 0.016,
    ),
    needs(
        "on traces that were read at other times, fewer than 93 % of the intervals hold the truth: "
        "their width has to follow from the times, the reads and K",
        lambda fit, serial: answers.fresh_coverage(fit, serial, other=True)[0] >= 0.93,
    ),
    earns(
        "on traces that were read at other times, the intervals are wider than they need to be: a "
        "factor that mends one set of times spoils another. Their width has to follow from the "
        "times, the reads and K",
        lambda fit, serial: answers.fresh_coverage(fit, serial, other=True)[1] <= 0.027,
    ),
    model=lambda serial: answers.fit_honest,
    praise="Right: it keeps its promise on traces that it had not seen.",
)

q12 = array(
    LAB["q12"],
    answers.nu_medians,
    but("these are the half-widths: fit_honest returns the exponents first", part=1),
    flipped("the order is reversed: the lowest target first"),
    exactly(
        "these are the exponents of fit_plain: give those of fit_honest",
        lambda serial: answers.nu_medians(serial, honest=False),
    ),
    exactly(
        "the stuck devices are still in it: use good[row] of every row",
        lambda serial: answers.nu_medians(serial, screened=False),
    ),
    exactly(
        "these are means: give medians", lambda serial: answers.nu_medians(serial, middle=np.mean)
    ),
    rtol=0.02,
    praise="Right: low states drift faster.",
)

q13 = number(
    LAB["q13"],
    answers.nu_spread,
    but("that is the spread of the *fitted* exponents: the fit's own error is in it", fit=0.0),
    squared("that is a variance: take the square root"),
    but(
        "that is the error of the fit: the devices are what is left without it", fitted=0.0, fit=1.0
    ),
    but(
        "the half-widths of fit_plain are far too small, so that hardly anything is subtracted: "
        "take those of fit_honest",
        honest=False,
    ),
    exactly(
        "the stuck devices are still in it: use good[3]",
        lambda serial: answers.nu_spread(serial, screened=False),
    ),
    exactly(
        "the sample's own mean was used up: divide by n - 1, np.var(..., ddof=1)",
        lambda serial: answers.nu_spread(serial, ddof=0),
    ),
    exactly(
        "that subtracts the square of the mean standard error: square first, then take the mean",
        lambda serial: answers.nu_spread(serial, square_last=True),
    ),
    rtol=0.003,
    praise="Right: part of what looked like devices was your ruler.",
)


def plan_is_possible(answer: Any, serial: int) -> bool:
    """Return whether times (s) and devices keep to the budget."""
    times, devices = answer
    t = np.sort(np.asarray(times, dtype=np.float64))
    in_time = t.ndim == 1 and t.size >= 2 and t[0] >= 0 and t[-1] <= given.LATEST
    enough = int(devices) == devices and 2 <= devices <= 2000 and t.size * devices <= given.BUDGET
    return bool(in_time and enough and np.all(np.diff(t) > 0))


def shows_a_bend(answer: Any, serial: int) -> bool:
    """Return whether three times lie apart on the axis on which the law is a straight line."""
    apart, last = 0, 0.0
    for since in np.sort(np.asarray(answer[0], dtype=np.float64)) + OwnChip.t_0:
        if since >= 1.5 * last * (1 - 1e-9):
            apart, last = apart + 1, since
    return apart >= 3


q14 = properties(
    LAB["q14"],
    needs(
        "expected (times, devices): at least two different times from 0 to "
        f"{given.LATEST:g} s, 2 to 2000 devices, and {given.BUDGET} reads in all",
        plan_is_possible,
    ),
    earns(
        "the interval will be too wide: is a further read of the same device worth as much as a "
        "first read of another one? And which times pull most on a slope?",
        lambda a, s: answers.plan_result(a, s) <= given.GOAL,
    ),
    earns(
        "the interval is good, but any two points lie on a straight line: with two times you "
        "cannot see whether the law holds, and on the axis ln(t + t_0) times that are nearly the "
        "same count once",
        shows_a_bend,
    ),
    model=lambda serial: ([0.0, 100.0, 10_000.0], 200),
    praise="Right: many devices, few reads, far apart.",
)
