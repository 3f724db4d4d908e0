"""Judges of lab 10, and what to say to the usual wrong answers."""

from itertools import combinations
from typing import Any

import numpy as np

from aimc_answers.checks.answers import Answers
from aimc_answers.checks.judges import earns, needs
from aimc_answers.checks.question import array, function, properties
from aimc_answers.checks.slips import (
    but,
    flipped,
    inverse,
    missing,
    reordered,
    rest,
    scaled,
    slip,
)
from aimc_answers.pairs import NEAR_STUDENT, draw_pairs, paired, unpaired, with_factor
from aimc_course.labs.lab10 import given
from aimc_course.labs.lab10.questions import LAB

answers = Answers(__package__)


def draw_sizes(rng: np.random.Generator) -> tuple[int, int, int, int]:
    """Draw width, blocks, width of the feed-forward part, and vocabulary."""
    drawn = rng.integers((16, 2, 100, 300), (90, 30, 290, 900))
    width, blocks, inner, vocabulary = (int(n) for n in drawn)
    return width, blocks, inner, vocabulary


q1 = function(
    LAB["q1"],
    draw_sizes,
    answers.weights,
    but("query, key and value have a matrix each: with the one behind them, four", square=2),
    but("the matrix behind attention is missing: with query, key and value, four", square=3),
    but("the output layer is missing: one output for each word piece", last=0),
    slip("the feed-forward part has two matrices",
         lambda d, b, i, v: b * (4 * d * d + d * i) + d * v),
    slip("the output layer is there once, not in each block",
         lambda d, b, i, v: b * answers.weights(d, 1, i, v)),
    rtol=1e-9,
    praise="Right: all of them stand still, whatever is read.",
)  # fmt: skip

q2 = function(
    LAB["q2"],
    lambda rng: tuple(
        int(n) for n in rng.integers((10**6, 100, 4, 500), (10**8, 4000, 40, 90_000))
    ),
    answers.share,
    but("scores are one half: the values are added up as well", products=1),
    slip("each block has an attention of its own", lambda p, d, b, n: answers.share(p, d, 1, n)),
    rest("that is the share of attention"),
    slip("a share of all, not of the rest", lambda p, d, b, n: p / (2 * n * d * b)),
    rtol=1e-6,
    praise="Right: one at no text at all, and nothing at an endless one.",
)

LENGTHS = ("half of the work", "half of the energy, dear bytes", "half of the energy, cheap bytes")
q3 = array(
    LAB["q3"],
    answers.lengths,
    flipped("from the last to the first: that of the work comes first"),
    reordered("dear bytes come before cheap ones, and make the length shorter", 0, 2, 1),
    but("scores are one half of attention: the values are added up as well", products=1),
    but("keys and values have to be fetched, too", fetched=False),
    but("the digital units behind the cores work for the weights, too", behind=False),
    *(missing(f"three lengths, please: that of {name} is missing", k)
      for k, name in enumerate(LENGTHS)),
    rtol=0.0055,  # three digits
    parts=LENGTHS,
    praise="Right: long before the work is shared by half, the energy is.",
)  # fmt: skip


def off(k: int, bits: float) -> Any:
    """Return a test of one loss against that of the student's chip."""
    return lambda found, s: bool(abs(found[k] - answers.losses(s)[k]) <= bits)


q4 = properties(
    LAB["q4"],
    needs("expected four losses", lambda found, s: np.shape(found) == (4,)),
    needs("give bits per character, from 1 to 6",
          lambda found, s: np.min(found) > 1 and np.max(found) < 6),
    earns("in floating point, are those your pieces? Give three decimals", off(0, 6e-4)),
    earns("after a second: is that your chip, programmed, and a second old?", off(1, 0.018)),
    earns("after a day, left alone: not what your chip gives", off(2, 0.06)),
    earns("after a day, compensated: not what your chip gives", off(3, 0.018)),
    model=lambda serial: answers.losses(serial),
    praise="Right: a day costs many times what programming did; a factor per core mends most.",
)  # fmt: skip


def draw_matrix(rng: np.random.Generator) -> tuple[np.ndarray]:
    """Draw weights whose outputs have scales of their own."""
    w = rng.standard_t(4, (6, 6)) * rng.uniform(0.1, 1.0, (6, 1)) - 0.1
    return (w,)


q5 = function(
    LAB["q5"],
    draw_matrix,
    answers.peaks,
    slip("an output is a row", lambda w: answers.peaks(w.T)),
    slip("each output has a standard deviation of its own",
         lambda w: np.abs(w).max(axis=1) / w.std()),
    slip("the standard deviation of NumPy, please, with the count in the denominator",
         lambda w: np.abs(w).max(axis=1) / w.std(axis=1, ddof=1)),
    slip("the largest magnitude: a weight of -2 is larger than one of 1",
         lambda w: w.max(axis=1) / w.std(axis=1)),
    inverse("upside down: the largest weight stands above"),
    praise="Right: a pure number, which training decides about.",
)  # fmt: skip


def draw_row(rng: np.random.Generator) -> tuple[np.ndarray, float, float]:
    """Draw a row of weights with outliers, a limit that cuts, and the error of a cell."""
    row = rng.standard_normal(40) * rng.uniform(0.1, 2.0)
    row[rng.integers(0, 40)] *= 6.0
    return row, float(rng.uniform(1.0, 1.6)), float(rng.uniform(0.02, 0.2))


def bare(row: np.ndarray, limit: float, eta: float) -> tuple[float, float]:
    """Return the errors for a limit that was not multiplied with the standard deviation."""
    return answers.errors(row, limit / row.std(), eta)


def unclipped(row: np.ndarray, limit: float, eta: float) -> tuple[float, float]:
    """Return the errors if the largest weight were that before clipping."""
    return answers.errors(row, limit, eta)[0], answers.errors(row, np.inf, eta)[1]


def of_one(row: np.ndarray, limit: float, eta: float) -> tuple[float, float]:
    """Return the errors if one cell alone were off."""
    lost, cells = answers.errors(row, limit, eta)
    return lost, cells / np.sqrt(len(row))


q6 = function(
    LAB["q6"],
    draw_row,
    answers.errors,
    flipped("the two are exchanged: that by clipping comes first"),
    slip("the limit counts standard deviations of the row", bare),
    slip(
        "the standard deviation of NumPy, please, with the count in the denominator",
        lambda row, limit, eta: answers.errors(row, limit * row.std(ddof=1) / row.std(), eta),
    ),
    slip("the largest weight is that after clipping", unclipped),
    slip("all cells are off, each on its own: times the root of their number", of_one),
    slip("take the root: those are the squares", lambda *a: np.square(answers.errors(*a))),
    parts=("clipping", "cells"),
    praise="Right: one falls with the limit where the other rises.",
)

LIMITED = ("at the best limit", "without a limit")
q7 = array(
    LAB["q7"],
    answers.limited,
    flipped("that at the best limit comes first"),
    slip("the squares of the two errors add up, not they themselves", lambda s: summed(s)),
    slip("the mean of the squares over outputs, and then the root", lambda s: of_means(s)),
    scaled("give fractions, not per cent", 100.0),
    rtol=0.0055,  # three digits
    parts=LIMITED,
    praise="Right: the cells win more than that, and clipping loses a part of it again.",
)


def each_output(serial: int, limit: float) -> np.ndarray:
    """Return the two errors of each output of the given matrix, shape (outputs, 2)."""
    w = given.matrix(serial)[0]
    return np.array([answers.errors(row, limit, given.ETA) for row in w])


def least(serial: int, total: Any) -> list[float]:
    """Return the errors at the best limit and without one, for another way to add up."""
    found = [float(total(each_output(serial, float(c)))) for c in (*given.LIMITS, np.inf)]
    return [min(found[:-1]), found[-1]]


def summed(serial: int) -> list[float]:
    """Return what comes out if the errors themselves are added."""
    return least(serial, lambda e: np.sqrt(np.mean(e**2, axis=0)).sum())


def of_means(serial: int) -> list[float]:
    """Return what comes out if the mean over outputs is taken of roots."""
    return least(serial, lambda e: np.hypot(*e.T).mean())


q8 = array(
    LAB["q8"],
    answers.core_errors,
    flipped("that without a limit comes first"),
    slip("the clipped matrix has products of its own: compare with those",
         lambda s: answers.core_errors(s, original=True)),
    slip("each output has a largest weight of its own: `w_max` with one value per output",
         lambda s: answers.core_errors(s, common=True)),
    slip("each output has a standard deviation of its own to be clipped at",
         lambda s: answers.core_errors(s, whole=True)),
    slip("one norm over all products, not the mean over vectors",
         lambda s: answers.core_errors(s, each=True)),
    slip("the norm is the root of the sum of squares, not the sum of magnitudes",
         lambda s: answers.core_errors(s, squares=False)),
    scaled("give fractions, not per cent", 100.0),
    rtol=0.0125,  # other reads of the same core change it by 0.9 % at most on ten chips
    parts=("no limit", "two deviations"),
    praise="Right: the same core, and less of it is wrong.",
)  # fmt: skip


SEEN, SEEN_MEAN = 0.0125, 0.0055
"""What a loss, and the mean over five chips, may be off by, in bits: other reads of the same chip
change them by 0.0075 and 0.0027 at most, on eight students' chips."""


def of_means_near(found: Any, serial: int) -> bool:
    """Return whether the means over chips are those of the student's chips."""
    apart = np.mean(found, axis=1) - answers.after_a_year(serial).mean(axis=1)
    return bool(np.max(np.abs(apart)) <= SEEN_MEAN)


CLEARLY = 0.015
"""How far apart two chips, or all of them, lie that no read takes for each other, as a norm."""


def follows_the_chips(found: Any, serial: int) -> bool:
    """Return whether columns differ as the student's chips do, and no two of them are exchanged."""
    apart, right = (
        np.subtract(losses, np.mean(losses, axis=1, keepdims=True))
        for losses in (found, answers.after_a_year(serial))
    )
    for i, j in combinations(range(given.CHIPS), 2):
        between = right[:, i] - right[:, j]
        size = float(between @ between)
        if size > CLEARLY**2 and (apart[:, i] - apart[:, j]) @ between < -0.6 * size:
            return False
    all_apart = float(np.sum(right**2))
    return all_apart < CLEARLY**2 or bool(np.sum(apart * right) > all_apart / 3)


q9 = properties(
    LAB["q9"],
    needs("expected one row per training and one column per chip",
          lambda found, s: np.shape(found) == (len(given.TRAININGS), given.CHIPS)),
    needs("give bits per character, other ones for each chip",
          lambda found, s: np.min(found) > 1.5 and np.max(found) < 6 and np.ptp(found[0]) > 0),
    earns("the plain decoder, first row, should be worst on average",
          lambda found, s: np.mean(found[0]) > max(np.mean(found[1]), np.mean(found[2])) + 0.01),
    earns("the means are not those of your chips: a year old, compensated, on the pieces `held`?",
          of_means_near),
    needs("the means are those of your chips, but columns do not follow the single ones: a column "
          "of its own for each chip, in the order of `chips`?", follows_the_chips),
    earns("single chips are off: one row per training, one column per chip of `chips`?",
          lambda found, s: np.max(np.abs(np.subtract(found, answers.after_a_year(s)))) <= SEEN),
    model=lambda serial: answers.after_a_year(serial),
    praise="Right: now compare them in pairs.",
)  # fmt: skip


q10 = function(
    LAB["q10"],
    draw_pairs,
    answers.verdict,
    but("the chips are the same: take differences first, then their interval", interval=unpaired),
    but("with few chips, 1.96 is too little: take Student's quantile", interval=with_factor(1.96)),
    but("that is the error of the mean: times Student's quantile", interval=with_factor(1.0)),
    *(but(said, interval=interval) for said, interval in NEAR_STUDENT),
    slip("that is second minus first", lambda a, b: answers.verdict(b, a)),
    slip("the verdict is 0 where the interval holds zero",
         lambda a, b: (*paired(a, b), np.sign(np.mean(a - b)))),
    rounds=8,
    praise="Right: a difference, what it may be off by, and what you may say.",
)  # fmt: skip

q11 = function(
    LAB["q11"],
    lambda rng: (float(rng.uniform(0.05, 0.6)), int(rng.integers(3, 40))),
    answers.less_likely,
    but("bits count powers of two", base=float(np.e)),
    slip("that is one character: a word has several", lambda b, n: 2**b),
    inverse("how many times less likely: a factor above one"),
    slip("bits are exponents: the factors of the characters multiply", lambda b, n: n * 2**b),
    rounds=6,
    praise="Right: small losses add up where texts are long.",
)
