"""Judges of lab 7, and what to say to the usual wrong answers."""

from typing import Any

import numpy as np

from aimc_answers.checks.answers import Answers
from aimc_answers.checks.judges import earns, needs
from aimc_answers.checks.question import function, number, properties
from aimc_answers.checks.slips import but, flipped, inverse, scaled, slip, squared
from aimc_answers.pairs import NEAR_STUDENT
from aimc_course.labs.lab07 import given
from aimc_course.labs.lab07.questions import LAB

answers = Answers(__package__)


def largest(w: np.ndarray) -> np.ndarray:
    """Return the largest magnitude of a whole matrix."""
    return np.abs(w).max()


def upper(w: np.ndarray) -> np.ndarray:
    """Return the largest weight of each output, sign and all."""
    return w.max(axis=1)


def per_input(w: np.ndarray) -> np.ndarray:
    """Return the largest magnitude of each input of a square matrix."""
    return np.abs(w).max(axis=0)


def draw_weights(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw square weights whose outputs have scales of their own, draws of noise, and its share."""
    w = rng.standard_normal((6, 6)) * rng.uniform(0.1, 1.0, (6, 1)) - 0.1
    return w, rng.standard_normal(w.shape), float(rng.uniform(0.02, 0.3))


q1 = function(
    LAB["q1"],
    draw_weights,
    answers.wrong_weights,
    but("that is the largest weight of the whole matrix: each output has its own", of=largest),
    but("the largest magnitude counts: a weight of -2 is larger than one of 1", of=upper),
    but("that is the largest of each input, a column: an output is a row", of=per_input),
    slip(
        "the largest weights lie along the wrong axis: `keepdims=True` keeps them by their rows",
        lambda w, xi, eta: w + eta * np.abs(w).max(axis=1) * xi,
    ),
    slip(
        "the error is a share of the largest weight, not of each weight itself",
        lambda w, xi, eta: w * (1 + eta * xi),
    ),
    slip(
        "that is the error alone: add it to the weights",
        lambda w, xi, eta: answers.wrong_weights(w, xi, eta) - w,
    ),
    praise="Right: small weights suffer as much as large ones.",
)


def draw_inputs(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw weights, an input, and the share of the noise."""
    w, _, eta = draw_weights(rng)
    return w, rng.uniform(0.0, 2.0, w.shape[1]), eta


q2 = function(
    LAB["q2"],
    draw_inputs,
    answers.output_spread,
    but("errors are independent, so their squares add up, not they themselves", length=np.sum),
    but(
        "the root of the sum of squares, not the sum: that is a variance",
        length=lambda x: np.sum(x**2),
    ),
    but("that is the largest weight of the whole matrix: each output has its own", of=largest),
    slip(
        "that is the variance: take the root",
        lambda w, x, eta: answers.output_spread(w, x, eta) ** 2,
    ),
    praise="Right: one number per output, and the length of the input is all it takes.",
)

q3 = function(
    LAB["q3"],
    lambda rng: (rng.standard_normal((6, 40)) * rng.uniform(0.2, 2.0, (6, 1)), 1.5),
    answers.clipped,
    but("that is the spread of the whole matrix: each output has its own", spread=np.std),
    but(
        "the standard deviation of NumPy, please, with the count in the denominator",
        spread=lambda w: w.std(axis=1, ddof=1),
    ),
    slip(
        "that clips one side only: large negative weights are large, too",
        lambda w, k: np.minimum(w, k * w.std(axis=1, keepdims=True)),
    ),
    slip(
        "clipped weights stay at the edge, they do not become zero",
        lambda w, k: np.where(np.abs(w) > k * w.std(axis=1, keepdims=True), 0.0, w),
    ),
    praise="Right: nothing beyond the edge, and all others as they were.",
)

q4 = number(
    LAB["q4"],
    answers.clipping_gain,
    inverse("upside down: how many times larger are the errors without clipping?"),
    slip(
        "that is with one scale for the whole matrix: each output has its own",
        lambda s: (
            largest(given.matrix(s)[0])
            / largest(answers.clipped(given.matrix(s)[0], given.CLIP, np.std))
        ),
    ),
    slip(
        "that is the ratio of the two means: take the ratio of each output first, then the mean",
        lambda s: (
            answers.per_output(given.matrix(s)[0]).mean()
            / answers.per_output(answers.clipped(given.matrix(s)[0], given.CLIP)).mean()
        ),
    ),
    rtol=0.003,
    praise="Right: as if the devices had become that much better.",
)

q5 = function(
    LAB["q5"],
    lambda rng: tuple(int(n) for n in rng.integers((16, 2, 20, 5), (256, 200, 900, 500))),
    answers.draws,
    flipped("the two are exchanged: on the weights comes first"),
    slip(
        "each position of a convolution has outputs of its own",
        lambda b, p, n, m: (n * m, b * m),
    ),
    slip(
        "noise on the weights is drawn once for the whole batch",
        lambda b, p, n, m: (b * n * m, b * p * m),
    ),
    slip(
        "noise on the weights is drawn once for all positions",
        lambda b, p, n, m: (p * n * m, b * p * m),
    ),
    slip("each sample of the batch has outputs of its own", lambda b, p, n, m: (n * m, p * m)),
    parts=("on the weights", "on the outputs"),
    praise="Right: dense layers win by noise on the outputs, convolutions do not.",
)

q6 = number(
    LAB["q6"],
    answers.correlation,
    slip(
        "that is the covariance without the size of the noise: divide by both lengths",
        lambda s: given.inputs(s)[0] @ given.inputs(s)[1],
    ),
    slip(
        "that is the correlation of the inputs about their means: errors multiply x itself",
        lambda s: np.corrcoef(*given.inputs(s))[0, 1],
    ),
    squared("that is its square"),
    rtol=0.005,
    praise="Right: a batch that shares its errors does not average them away.",
)

q7 = function(
    LAB["q7"],
    lambda rng: (
        float(rng.uniform(0.4, 0.8)), float(rng.uniform(0.85, 0.95)), float(rng.uniform(0.05, 0.3))
    ),
    answers.a_star,
    slip("that is what the chip lost: one minus it", lambda a, e, c: (e - a) / (e - c)),
    slip("guessing earns something already: subtract it in both places", lambda a, e, c: a / e),
    inverse("upside down: the whole way stands in the denominator"),
    scaled("give a fraction, not per cent", 100.0),
    praise="Right: 0 is guessing, 1 is floating point.",
)  # fmt: skip


def _lost(found: Any) -> float:
    """Return what three chips lose on average from an hour to a year; rarely they gain."""
    mean = np.mean(found, axis=0)
    return float(mean[0] - mean[2])


def _near(serial: int) -> float:
    """Return how far an accuracy may be off: by less than times in the wrong order would be."""
    right = answers.direct(serial)
    return min(0.03, 0.5 * float(np.max(np.abs(right - right[:, ::-1]))))


q8 = properties(
    LAB["q8"],
    needs(
        "expected one row per chip and one column per time",
        lambda found, s: np.shape(found) == (given.CHIPS, len(given.TIMES)),
    ),
    needs(
        "give fractions of the images, between 0 and 1",
        lambda found, s: np.min(found) >= 0 and np.max(found) <= 1 and np.ptp(found) > 0,
    ),
    needs(
        "from an hour to a year the mean of your chips should move the other way: most get worse",
        lambda found, s: _lost(found) * _lost(answers.direct(s)) > 0,
    ),
    earns(
        "not what your chips give: are they those of `chips`, at the times asked for?",
        lambda found, s: np.max(np.abs(np.asarray(found) - answers.direct(s))) <= _near(s),
    ),
    model=lambda serial: answers.direct(serial),
    praise="Right: the same weights, three chips, and a year.",
)


def gained(numbers: Any, serial: int) -> np.ndarray:
    """Return A* after an hour, a day and a year of a network given as a vector."""
    vector = np.ascontiguousarray(numbers, dtype=np.float64)
    return answers.kept(vector.tobytes(), serial)


def back(numbers: Any, serial: int) -> float:
    """Return the share of what direct mapping loses within a year that came back."""
    lost = 1 - answers.a_star(answers.direct(serial).mean(axis=0)[2], answers.exact(), 0.1)
    return float(1 - (1 - gained(numbers, serial)[2]) / lost)


q9 = properties(
    LAB["q9"],
    needs(
        f"expected all {given.SIZE} numbers of the network in one vector",
        lambda v, s: np.shape(v) == (given.SIZE,) and bool(np.all(np.isfinite(v))),
    ),
    earns(
        "after a year it is hardly better than direct mapping: more noise, or clip",
        lambda v, s: back(v, s) >= 0.2,
    ),
    earns(
        "a third of what direct mapping loses in a year should come back",
        lambda v, s: back(v, s) >= 1 / 3,
    ),
    earns(
        "it should keep 95 % after an hour (A*): is the noise too strong, or is there none, or is "
        "the training short?",
        lambda v, s: gained(v, s)[0] >= 0.95,
    ),
    earns(
        "it should keep 92 % after a year (A*): noise for the worst moment, and clipping",
        lambda v, s: gained(v, s)[2] >= 0.92,
    ),
    model=lambda serial: answers.trained(serial),
    praise="Right: the same chips, and a network that expects them.",
)


def draw_pairs(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw accuracies of two networks on the same chips, good ones and bad ones."""
    n = int(rng.integers(5, 15))
    chips = rng.normal(0.85, 0.03, n)
    return chips + rng.normal(0.02, 0.004, n), chips + rng.normal(0.0, 0.004, n)


def unpaired(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """Return the interval of the difference as if the chips were not the same."""
    halves = [answers.paired(each, np.zeros_like(each))[1] for each in (first, second)]
    return float(np.mean(first) - np.mean(second)), float(np.hypot(*halves))


def without_t(first: np.ndarray, second: np.ndarray, factor: float = 1.96) -> tuple[float, float]:
    """Return an interval with a fixed factor in place of Student's."""
    d = first - second
    return float(d.mean()), float(factor * d.std(ddof=1) / np.sqrt(len(d)))


q10 = function(
    LAB["q10"],
    draw_pairs,
    answers.paired,
    slip("the chips are the same: take differences first, then their interval", unpaired),
    slip("with few chips, 1.96 is too little: take Student's quantile", without_t),
    slip(
        "that is the error of the mean: times Student's quantile",
        lambda a, b: without_t(a, b, 1.0),
    ),
    slip(
        "that is the scatter of single chips: the mean is known better, by the root of n",
        lambda a, b: (np.mean(a - b), answers.paired(a, b)[1] * np.sqrt(len(a))),
    ),
    *(slip(said, interval) for said, interval in NEAR_STUDENT),
    slip("that is second minus first", lambda a, b: answers.paired(b, a)),
    rtol=1e-3,  # quantiles from a table have four digits
    parts=("mean", "half-width"),
    praise="Right: what a chip does to both drops out, what it does to one of them stays.",
)
