"""Judges of lab 11, and what to say to the usual wrong answers."""

import math
from typing import Any

import numpy as np

from aimc_answers.checks.answers import Answers
from aimc_answers.checks.judges import earns, needs
from aimc_answers.checks.question import array, function, judged, properties
from aimc_answers.checks.slips import but, flipped, slip
from aimc_answers.learning import FindsZero, LearnsTargets
from aimc_course.labs.lab11 import given
from aimc_course.labs.lab11.questions import LAB

answers = Answers(__package__)

q1 = function(
    LAB["q1"],
    lambda rng: (
        float(rng.uniform(0.05, 0.2)), float(rng.uniform(0.05, 0.2)), float(rng.uniform(0.5, 2.0))
    ),
    answers.symmetry_point,
    slip(
        "that is where the step *up* is as large as the step down at zero: both change with w",
        lambda u, d, b: b * (u - d) / u,
    ),
    slip("the bound is missing: the result is a weight", lambda u, d, b: (u - d) / (u + d)),
    slip(
        "larger steps up push the weight up, until steps down are as large: the sign is wrong",
        lambda u, d, b: b * (d - u) / (u + d),
    ),
    slip(
        "that is relative to the mean of both steps: their sum stands in the denominator",
        lambda u, d, b: 2 * b * (u - d) / (u + d),
    ),
    praise="Right: only the ratio of the steps counts, not their size.",
)  # fmt: skip

q2 = function(
    LAB["q2"],
    lambda rng: (
        float(rng.uniform(0.02, 0.1)),
        float(rng.uniform(0.02, 0.1)),
        float(rng.uniform(0.8, 1.5)),
        float(10.0 ** rng.uniform(-3, -0.5)),
    ),
    answers.pairs_needed,
    but("that is the number of pulses: a pair holds two of them", pulses=1.0),
    slip(
        "a whole number, please: round up",
        lambda u, d, b, left: math.log(left) / math.log((1 - u / b) * (1 - d / b)),
    ),
    slip(
        "that is rounded down: the last pair is needed, too",
        lambda u, d, b, left: answers.pairs_needed(u, d, b, left) - 1,
    ),
    slip(
        "the distance shrinks by a factor with each pair, and not by the same amount",
        lambda u, d, b, left: math.ceil((1 - left) * b / (u + d)),
    ),
    rounds=8,
    rtol=1e-9,
    praise="Right: coarse devices forget within a few dozen pulses.",
)


q3 = judged(
    LAB["q3"],
    FindsZero(near=0.12, right=0.03),
    model=lambda serial: answers.measure_zero,
    praise="Right: as near as some hundred noisy pulses allow.",
)

q4 = function(
    LAB["q4"],
    lambda rng: (
        rng.uniform(-0.5, 0.5, 6),
        rng.uniform(-1.0, 1.0, 6),
        float(rng.uniform(0.01, 0.05)),
        int(rng.integers(5, 40)),
        float(rng.uniform(0.02, 0.1)),
    ),
    answers.chances,
    slip(
        "a chance has no sign: that is the sign of the pulse",
        lambda d, x, r, n, s: np.sqrt(r / n / s) * np.stack((d, x)),
    ),
    but("a train has n slots to meet in: divide by n as well", slots=1),
    slip(
        "each of the two takes the root of the factor, so that their product has all of it",
        lambda d, x, r, n, s: r / n / s * np.abs((d, x)),
    ),
    flipped("rows come first: d, and then x"),
    parts=("rows", "columns"),
    praise="Right: chance multiplies, and the product needs no multiplier.",
)

q5 = function(
    LAB["q5"],
    lambda rng: (
        float(rng.uniform(-0.6, 0.6)),
        float(rng.uniform(-0.4, 0.4)),
        float(rng.uniform(0.8, 1.5)),
        float(rng.uniform(0.5, 2.0)),
    ),
    answers.rest,
    slip(
        "bound and noise are exchanged: the noisier, the nearer to the symmetry point",
        lambda t, c, b, n: (b * c + n * t) / (n + b),
    ),
    slip(
        "that is the distance from the target, with its sign",
        lambda t, c, b, n: n * (c - t) / (n + b),
    ),
    slip("that is halfway: it depends on the noise and the bound", lambda t, c, b, n: (c + t) / 2),
    slip(
        "the signs are lost: the push points to the target, and the pull away from it",
        lambda t, c, b, n: (n * c - b * t) / (n - b),
    ),
    praise="Right: a mean of target and symmetry point, weighed with bound and noise.",
)

q6 = array(
    LAB["q6"],
    answers.plain,
    slip(
        "these are the targets: what do the devices hold?", lambda serial: given.targets(serial)[0]
    ),
    but("that is one read: average over the last hundred", last=1),
    praise="Right: two devices of three miss their target by more than a tenth.",
)


def draw_sums(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw sums, reads and a gain."""
    return rng.uniform(-0.9, 0.9, 8), rng.uniform(-2.5, 2.5, 8), float(rng.uniform(0.5, 0.9))


q7 = function(
    LAB["q7"],
    draw_sums,
    answers.release,
    slip(
        "rounding sends a pulse for half a step: let a whole one gather, with np.trunc",
        lambda h, r, g: (np.round(h + g * r), h + g * r - np.round(h + g * r)),
    ),
    slip(
        "np.floor sends a pulse down for any negative sum: cut towards zero, with np.trunc",
        lambda h, r, g: (np.floor(h + g * r), h + g * r - np.floor(h + g * r)),
    ),
    slip(
        "what has been sent has to leave the sums, or it is sent again",
        lambda h, r, g: (np.trunc(h + g * r), h + g * r),
    ),
    but("the gain is missing", gain=1.0),
    slip(
        "the sums from before are lost: add to them what was read",
        lambda h, r, g: (np.trunc(g * r), g * r - np.trunc(g * r)),
    ),
    parts=("pulses", "what is left"),
    praise="Right: nothing is lost, and nothing less than a whole step gets through.",
)


q8 = judged(
    LAB["q8"],
    LearnsTargets(
        given.targets,
        answers.plain_descent,
        {
            0.75: "hardly better than plain descent: is what A holds counted from `reference`, and "
            "do pulses go into W only when a whole step has gathered?",
            0.55: "better than plain descent, but it could be about half of its error: are the "
            "sums kept from one update to the next?",
        },  # it reaches 0.38 on average, and 0.45 for one student in 40
    ),
    model=answers.tiki_taka_of,
    praise="Right: the same devices and the same noise, with about half of the error, or less.",
)

q9 = array(
    LAB["q9"],
    answers.sweep,
    slip("these are mean squares: take the root", lambda s: answers.sweep(s) ** 2),
    but("that is the standard deviation: the mean of the errors counts, too", size=np.std),
    slip("one number for each offset, please", lambda s: answers.sweep(s)[0]),
    flipped("the smallest offset comes first"),
    slip("the signs turn in these: leave them at one for now", lambda s: answers.chopped_sweep(s)),
    but("A was read before its gradient came in: keep to the order of question 8", early=True),
    praise="Right: an error of the zero is read as a gradient, again and again.",
)

q10 = array(
    LAB["q10"],
    answers.chopped_sweep,
    slip("these are mean squares: take the root", lambda s: answers.chopped_sweep(s) ** 2),
    but("that is the standard deviation: the mean of the errors counts, too", size=np.std),
    slip("one number for each offset, please", lambda s: answers.chopped_sweep(s)[0]),
    flipped("the smallest offset comes first"),
    slip("the signs do not turn in these: hand them in", lambda s: answers.sweep(s)),
    but("the sign belongs in both places: A is read with it, too", places=("push",)),
    but("the sign belongs in both places: the gradient is sent with it, too", places=("read",)),
    but("A was read before its gradient came in: keep to the order of question 8", early=True),
    praise="Right: the gradient keeps its sign, and the error of the zero loses its own.",
)


def reads(recipe: dict[str, Any], serial: int) -> float:
    """Return the share of test images that a layer of the student reads after this recipe."""
    options = {name: value for name, value in recipe.items() if name not in ("rule", "rates")}
    rates = tuple(float(rate) for rate in recipe["rates"])
    return given.learned(int(serial), str(recipe["rule"]), rates, **options)[1]


q11 = properties(
    LAB["q11"],
    needs(
        "expected your recipe: a dictionary with a 'rule' and its 'rates', and 'chop' if you like",
        lambda recipe, s: (
            isinstance(recipe, dict) and {"rule", "rates"} <= set(recipe) <= {*given.RECIPE}
        ),
    ),
    needs(
        f"the rule has to be one of {', '.join(given.RULES)}: its name, in quotes",
        lambda recipe, s: recipe["rule"] in given.RULES,
    ),
    needs(
        "the rates have to be a list of one to four numbers, one for each epoch",
        lambda recipe, s: (
            np.ndim(recipe["rates"]) == 1
            and 1 <= len(recipe["rates"]) <= given.EPOCHS
            and all(0.0 < float(rate) <= 10.0 for rate in recipe["rates"])
        ),
    ),
    needs("no layer learns by this recipe", lambda recipe, s: reads(recipe, s) > 0),
    earns(
        "it recognises fewer than 82 % of the test images, which plain pulses reach on a good day",
        lambda recipe, s: reads(recipe, s) >= 0.82,
    ),
    earns(
        "better than plain pulses, and not yet 85 %: which rule does not mind a wrong zero?",
        lambda recipe, s: reads(recipe, s) >= 0.85,
    ),
    earns(
        "more than 85 %, and not yet 88 %: try the learning rate, or a lower one in the last epoch",
        lambda recipe, s: reads(recipe, s) >= 0.88,
    ),
    model=answers.recipe,
    praise="Right: learned where it is stored, with a zero that nobody measured.",
)
