"""Judges of lab 9, and what to say to the usual wrong answers."""

import math
from typing import Any

import numpy as np

from aimc_answers.checks.answers import Answers
from aimc_answers.checks.question import array, classes, function, judged, number
from aimc_answers.checks.slips import but, flipped, inverse, missing, scaled, slip
from aimc_answers.solvers import SolvesOnMachine, fills_the_range, refines
from aimc_course.labs.lab09 import given
from aimc_course.labs.lab09.questions import LAB

answers = Answers(__package__)


def draw_equations(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw a matrix, a poor solution, and a right-hand side."""
    n = int(rng.integers(3, 9))
    matrix = np.eye(n) + 0.2 * rng.uniform(-1.0, 1.0, (n, n))
    x = rng.uniform(-1.0, 1.0, n)
    return matrix, x, matrix @ x + rng.normal(0.0, 0.1, n)


q1 = function(
    LAB["q1"],
    draw_equations,
    answers.relative_residual,
    slip("divide by the norm of b", lambda m, x, b: np.linalg.norm(b - m @ x)),
    slip(
        "that is the error of x: it needs the exact solution, which nobody knows who has to solve",
        lambda m, x, b: np.linalg.norm(np.linalg.solve(m, b) - x) / np.linalg.norm(x),
    ),
    slip(
        "the norm is the root of the sum of squares, not the largest entry",
        lambda m, x, b: np.max(np.abs(b - m @ x)) / np.max(np.abs(b)),
    ),
    praise="Right: what is left of b, and it can be computed without knowing the solution.",
)

q2 = number(
    LAB["q2"],
    answers.core_error,
    slip(
        "that is relative to the largest output: divide norm by norm",
        lambda s: (
            answers.core_error(s)
            * np.linalg.norm(answers.exact(s))
            / np.max(np.abs(answers.exact(s)))
            / math.sqrt(answers.exact(s).size)
        ),
    ),
    rtol=0.05,
    praise="Right: a little over three bits.",
)

q3 = array(
    LAB["q3"],
    answers.errors,
    slip(
        "that is one core, read as often: every copy needs an index of its own",
        lambda s: np.r_[answers.core_error(s), np.full(4, answers.same_core(s))],
    ),
    *(
        missing(f"five errors, please: the one of {n} cores is missing", k)
        for k, n in enumerate(given.COUNTS)
    ),
    flipped("one core first, sixteen last"),
    rtol=0.007,
    praise="Right: from three bits to five.",
)

q4 = number(
    LAB["q4"],
    answers.slope,
    inverse("the axes are exchanged: the error is the ordinate, and the count the abscissa"),
    scaled("an error that falls has a negative slope", -1.0),
    slip(
        "that is a line through the errors: take the logarithm of both",
        lambda s: np.polyfit(given.COUNTS, answers.errors(s), 1)[0],
    ),
    slip(
        "that is the law of errors that have nothing in common: fit the slope of your five errors",
        lambda s: -0.5,
    ),
    rtol=0.1,
    praise="Right: nearly the root. What all copies have in common does not average.",
)

q5 = number(
    LAB["q5"],
    answers.same_core,
    slip("that is the mean of sixteen cores: read one of them", lambda s: answers.errors(s)[-1]),
    slip("that is a single read", answers.core_error),
    rtol=0.004,
    praise="Right: reading again averages what is new in each read, and the rest stays.",
)

q6 = function(
    LAB["q6"],
    lambda rng: (float(rng.uniform(0.05, 0.3)), float(10.0 ** rng.uniform(-5, -1.5))),
    answers.cores_needed,
    but("the error falls with the root of the count: square the ratio", power=1.0),
    slip("the ratio stands upside down", lambda e, w: math.ceil((w / e) ** 2)),
    slip("a whole number, please: round up", lambda e, w: (e / w) ** 2),
    slip(
        "that is rounded down, or to the nearest: the last core is needed, too",
        lambda e, w: math.floor((e / w) ** 2),
    ),
    rtol=1e-9,
    rounds=8,
    praise="Right: one bit costs a factor of four.",
)

q7 = classes(
    LAB["q7"],
    {
        "bases above 1": (3, lambda rng: (int(rng.integers(2, 5)), int(rng.integers(2, 7)))),
        "base 1": (1, lambda rng: (1, int(rng.integers(2, 7)))),
    },
    answers.significances,
    slip("all of them together have to make one", lambda b, n: float(b) ** np.arange(n)),
    flipped("the least significant slice comes first"),
    slip("each slice counts `base` times the one before it", lambda b, n: np.full(n, 1 / n)),
    rounds=8,
    praise="Right: with base 1 all slices count alike, and that is averaging.",
)


def draw_weights(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw weights between -1 and 1, a base and a number of slices."""
    return rng.uniform(-1.0, 1.0, (3, 4)), int(rng.integers(2, 6)), int(rng.integers(2, 5))


q8 = function(
    LAB["q8"],
    draw_weights,
    answers.split,
    slip(
        "the digits are magnitudes: give them the sign of the weight",
        lambda w, b, n: np.abs(answers.split(w, b, n)),
    ),
    slip(
        "these are digits from 0 to base - 1: a core takes values up to 1",
        lambda w, b, n: (b - 1) * answers.split(w, b, n),
    ),
    flipped("the least significant slice comes first"),
    slip(
        "the largest code is base**slices - 1, so that a weight of 1 has full digits everywhere",
        lambda w, b, n: np.stack(
            [
                np.sign(w) * (np.floor(np.round(np.abs(w) * b**n) / b**k) % b) / (b - 1)
                for k in range(n)
            ]
        ),
    ),
    but("the lowest digit is lost: the first division is by base**0", place=1),
    rounds=8,
    praise="Right: weighed with their significances, the slices add up to the weight again.",
)

q9 = array(
    LAB["q9"],
    answers.slice_errors,
    slip("one number for each base, please", lambda s: answers.slice_errors(s)[0]),
    flipped("base 1 comes first"),
    rtol=0.01,
    parts=[f"base {base}" for base in given.BASES],
    praise="Right: for devices whose error does not care about digits, equal slices are best.",
)

q10 = judged(
    LAB["q10"],
    refines(answers.relative_residual),
    model=lambda serial: answers.refine,
    praise="Right: a solver that is wrong by per cents, and a result that is not.",
)


q11 = judged(
    LAB["q11"],
    fills_the_range(answers.scaled),
    model=lambda serial: answers.scaled,
    praise="Right: the converters see the same vector, whatever its size.",
)


q12 = judged(
    LAB["q12"],
    SolvesOnMachine(given.system, given.machine, answers.relative_residual),
    model=lambda serial: answers.solve_on,
    praise="Right: fourteen digits more than one product of the machine has.",
)

q13 = function(
    LAB["q13"],
    lambda rng: (float(rng.uniform(0.05, 0.8)), float(10.0 ** rng.uniform(-16, -3))),
    answers.steps_needed,
    but("that is rounded down: the last step is needed, too", whole=math.floor),
    but("a whole number, please: round up", whole=float),
    slip(
        "the ratio of the logarithms stands upside down",
        lambda r, w: math.ceil(math.log(r) / math.log(w)),
    ),
    rounds=10,
    rtol=1e-9,
    praise="Right: worse machines need more steps, and arrive at the same place.",
)

q14 = judged(
    LAB["q14"],
    SolvesOnMachine(given.system, given.machine, answers.relative_residual, shrunk=True),
    model=lambda serial: answers.solve_old,
    praise="Right: a year costs steps, and no digits.",
)

q15 = function(
    LAB["q15"],
    lambda rng: (
        int(rng.integers(20, 90)),
        int(rng.integers(5, 20)),
        int(rng.integers(30, 90)),
        float(rng.uniform(0.02, 2.0)),
    ),
    answers.energy_gain,
    but("the analog products cost something, too", ratio=0.0),
    but("an analog product costs `ratio` of a digital one", ratio=1.0),
    inverse("that is the share that is left: the gain is plain over refined"),
    rounds=8,
    praise="Right: however cheap the analog part, the residuals remain digital.",
)
