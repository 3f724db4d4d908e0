"""Judges of lab 12, and what to say to the usual wrong answers."""

import math
from typing import Any

import numpy as np

from aimc_answers.checks.answers import Answers
from aimc_answers.checks.question import array, function, judged, number
from aimc_answers.checks.slips import but, exactly, flipped, missing, rest, scaled, slip, squared
from aimc_answers.right_angles import makes_orthogonal
from aimc_course.labs.lab12 import given
from aimc_course.labs.lab12.questions import LAB

answers = Answers(__package__)
SLICED = "those are parts of one program: program each number of directions, `on_chip(G[:m], ...)`"
NAMES = [f"{count} directions" for count in given.COUNTS]


def draw_vectors(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw two sets of vectors and a width."""
    return rng.normal(size=(4, 3)), rng.normal(size=(5, 3)), float(rng.uniform(0.8, 3.0))


q1 = function(
    LAB["q1"],
    draw_vectors,
    answers.rbf,
    but("the exponent is halved: twice the square of the width stands below", half=1.0),
    but("the width is squared, too", power=1.0),
    slip(
        "the square of the distance, not the distance",
        lambda x, y, w: np.exp(-np.linalg.norm(x[:, None] - y[None], axis=2) / (2 * w**2)),
    ),
    slip("one row for each row of x: these are exchanged", lambda x, y, w: answers.rbf(y, x, w)),
    rtol=1e-6,
    praise="Right: one for equal vectors, and nothing for distant ones.",
)

q2 = function(
    LAB["q2"],
    lambda rng: (rng.normal(size=(6, 5)), float(rng.uniform(0.8, 3.0))),
    answers.features,
    slip(
        "the mean over directions: divide by the root of their number",
        lambda p, w: answers.features(p, w) * math.sqrt(p.shape[1]),
    ),
    slip(
        "divide by the root of the number of directions, not of the features",
        lambda p, w: answers.features(p, w) / math.sqrt(2),
    ),
    slip("the width is missing", lambda p, w: answers.features(p, 1.0)),
    slip(
        "cosines and sines of an image stand in one row: join them along axis 1",
        lambda p, w: np.concatenate(np.split(answers.features(p, w), 2, axis=1)),
    ),
    slip("the sines are missing", lambda p, w: answers.features(p, w)[:, : p.shape[1]]),
    slip(
        "the same kernel, but give the cosines first",
        lambda p, w: np.roll(answers.features(p, w), p.shape[1], axis=1),
    ),
    rtol=1e-6,
    praise="Right: two numbers for each direction.",
)

q3 = number(
    LAB["q3"],
    answers.kernel_error,
    but("that includes the diagonal, where features are exact: leave it out", diagonal=True),
    slip("those are 16 directions", lambda s: answers.kernel_error(s, 16)),
    slip("those are all directions", lambda s: answers.kernel_error(s, given.MOST)),
    squared("the root is missing"),
    but("that is the standard deviation: the mean of the errors counts, too", size=np.std),
    rtol=0.001,
    praise="Right: large, and it does not seem to hurt.",
)

q4 = function(
    LAB["q4"],
    lambda rng: (
        float(rng.uniform(0.05, 0.3)),
        int(rng.integers(10, 200)),
        float(rng.uniform(0.005, 0.04)),
    ),
    answers.directions_needed,
    but("the error falls with the root of the number: square the ratio", power=1.0),
    slip("the ratio stands upside down", lambda e, m, w: math.ceil(m * (w / e) ** 2)),
    slip("that is rounded down", lambda e, m, w: math.floor(m * (e / w) ** 2)),
    slip("a whole number, please: round up", lambda e, m, w: m * (e / w) ** 2),
    slip("that is the factor, not the number", lambda e, m, w: (e / w) ** 2),
    rtol=1e-9,
    rounds=8,
    praise="Right: half the error costs four times the directions.",
)

q5 = number(
    LAB["q5"],
    answers.product_error,
    squared("is a root missing?"),
    scaled("give a fraction, not per cent", 100.0),
    slip("that is the error of the kernel", lambda s: answers.chip_errors(s)[1]),
    rtol=0.06,
    praise="Right: the chip is wrong by a sixth or so.",
)

q6 = array(
    LAB["q6"],
    answers.chip_errors,
    flipped("the fewest directions come first"),
    exactly(
        "those are the errors with exact products: take those of on_chip", answers.exact_errors
    ),
    exactly(SLICED, answers.sliced_errors),
    scaled("give a fraction, not per cent", 100.0),
    *(
        missing(f"three errors, please: that of {name} is missing", k)
        for k, name in enumerate(NAMES)
    ),
    rtol=0.004,  # three digits
    parts=NAMES,
    praise="Right: nearly the errors of floating point.",
)


def draw_regression(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw features, targets and a penalty."""
    return rng.normal(size=(12, 4)), rng.normal(size=(12, 2)), float(10.0 ** rng.uniform(-1, 1))


q7 = function(
    LAB["q7"],
    draw_regression,
    answers.ridge,
    slip("the penalty is missing", lambda z, t, p: answers.ridge(z, t, 0.0)),
    slip("those are predictions: return the weights", lambda z, t, p: z @ answers.ridge(z, t, p)),
    slip("the penalty comes as it is, not squared", lambda z, t, p: answers.ridge(z, t, p * p)),
    slip(
        "the penalty stands on the diagonal only",
        lambda z, t, p: np.linalg.solve(z.T @ z + p, z.T @ t),
    ),
    rtol=1e-6,
    praise="Right: all that is ever learned here, in closed form.",
)

q8 = array(
    LAB["q8"],
    answers.accuracies,
    flipped("the fewest directions come first"),
    exactly("that is on paper: test with the products of your chip", answers.paper_accuracies),
    exactly(SLICED, answers.sliced_accuracies),
    rest("that is the share of mistakes"),
    but("those are the images that were learned", learned=True),
    scaled("give fractions, not per cent", 100.0),
    rtol=0.012,
    praise="Right: learned on paper, tested on the chip.",
)

q9 = array(
    LAB["q9"],
    answers.own_accuracies,
    flipped("the fewest directions come first"),
    exactly("that is on paper: learn and test with your chip", answers.paper_accuracies),
    exactly(SLICED, answers.own_sliced_accuracies),
    exactly("that is question 8: let the ridge learn from the chip", answers.accuracies),
    rest("that is the share of mistakes"),
    but("those are the images that were learned", learned=True),
    scaled("give fractions, not per cent", 100.0),
    rtol=0.012,
    praise="Right: what is wrong in the same way each time can be learned.",
)

q10 = judged(
    LAB["q10"],
    makes_orthogonal(),
    model=lambda serial: answers.orthogonal,
    praise="Right: each row looks where no other one does.",
)

q11 = number(
    LAB["q11"],
    answers.orthogonal_error,
    slip("those are the independent ones", lambda s: answers.chip_errors(s)[1]),
    exactly(
        "that is with exact products: take those of on_chip",
        lambda s: answers.orthogonal_error(s, exact=True),
    ),
    squared("the root is missing"),
    scaled("give a fraction, not per cent", 100.0),
    rtol=0.15,  # there are several ways to make rows orthogonal
    praise="Right: a third less, for nothing.",
)


def draw_keys(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw positive features of keys, and values."""
    return rng.uniform(0.1, 2.0, (7, 5)), rng.normal(size=(7, 2))


q12 = function(
    LAB["q12"],
    draw_keys,
    answers.remembered,
    slip(
        "the last column is missing: the sums of the features by themselves, which the weights are "
        "divided by",
        lambda k, v: k.T @ v,
    ),
    slip("the sums of the features are the last column, not the first",
         lambda k, v: np.roll(answers.remembered(k, v), 1, axis=1)),
    slip("one row for each feature: it is transposed", lambda k, v: answers.remembered(k, v).T),
    slip("sums over the keys, not means", lambda k, v: answers.remembered(k, v) / len(k)),
    slip("these are features already: no exponential",
         lambda k, v: answers.remembered(np.exp(k), v)),
    slip("in the last column, too, each feature has a sum of its own",
         lambda k, v: np.column_stack([k.T @ v, np.full(k.shape[1], k.sum())])),
    slip("a row for each key grows with the text: sum over the keys",
         lambda k, v: np.column_stack([k, v])),
    rtol=1e-6,
    praise="Right: keys and values take no more room for a longer text.",
)  # fmt: skip


def undivided(zq: np.ndarray, zk: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return attention whose weights were not divided by their sum."""
    return zq @ (zk.T @ values)


def divided_by_all(zq: np.ndarray, zk: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return attention whose weights were divided by the sum over all queries."""
    return undivided(zq, zk, values) / np.sum(zq @ zk.T)


def averaged(zq: np.ndarray, zk: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return attention whose weights were divided by the number of keys."""
    return undivided(zq, zk, values) / len(zk)


q13 = array(
    LAB["q13"],
    answers.attention_errors,
    flipped("the shortest vectors come first"),
    but("half of the squared length is subtracted in the exponent", short=False),
    but("the weights of each query have to be divided by their sum", attention=undivided),
    but(
        "the weights of each query are divided by their own sum, not by that over all queries",
        attention=divided_by_all,
    ),
    but("the weights are divided by their sum, not by the number of keys", attention=averaged),
    scaled("give fractions, not per cent", 100.0),
    rtol=0.005,
    praise="Right: twice the length, and the method is at its end.",
)

q14 = function(
    LAB["q14"],
    lambda rng: (
        float(rng.uniform(0.1, 0.5)),
        int(rng.integers(4, 200)),
        float(rng.uniform(0.05, 0.5)),
    ),
    answers.attention_directions,
    but("query and key add up, so that their squared length is twice that of one", vectors=1.0),
    but("one is subtracted from the exponential", less=0.0),
    slip(
        "the variance falls with the number: square the target",
        lambda s, d, t: answers.attention_directions(s, d, 1.0) / t,
    ),
    slip(
        "the target stands below: fewer directions for a larger one",
        lambda s, d, t: answers.attention_directions(s, d, 1.0) * t**2,
    ),
    rtol=1e-6,
    rounds=8,
    praise="Right: the length stands in an exponent.",
)
