"""Questions of lab 11, and what to say to the usual wrong answers."""

import math
from typing import Any

import numpy as np

from aimc_course.checks.answers import Answers
from aimc_course.checks.judges import earns, needs
from aimc_course.checks.question import array, function, lab, properties
from aimc_course.checks.slips import but, flipped, slip
from aimc_course.labs.devices.own_lot import DEVICES
from aimc_course.labs.lab11 import given

answers = Answers(__package__)

q1 = function(
    ("The symmetry point", 1),
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
    ("Pairs of pulses", 1),
    lambda rng: (
        float(rng.uniform(0.02, 0.1)),
        float(rng.uniform(0.02, 0.1)),
        float(rng.uniform(0.8, 1.5)),
        float(10.0 ** rng.uniform(-3, -0.5)),
    ),
    answers.pairs_needed,
    but("that is the number of pulses: a pair holds two of them", pulses=1.0),
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


def off(zero: Any, serial: int) -> float:
    """Return the root mean square by which measured symmetry points miss."""
    return float(np.sqrt(np.mean((np.asarray(zero, float) - answers.true_zero(serial)) ** 2)))


q3 = properties(
    ("The zero of array A", 2),
    needs(
        f"expected one weight per device, shape ({DEVICES},)",
        lambda zero, s: np.shape(zero) == (DEVICES,) and bool(np.all(np.isfinite(zero))),
    ),
    needs(
        "that is the maker's data sheet: measure, with pulses on the array",
        lambda zero, s: off(zero, s) > 1e-6,
    ),
    earns(
        "these are not the symmetry points of array A: did every device get as many pulses up as "
        "down, one after the other, and enough of them to arrive?",
        lambda zero, s: off(zero, s) <= 0.12,
    ),
    earns(
        "close, but one read is noisy, and after a pulse down it lies about half a step too low. "
        "Average over reads after both pulses of many pairs, once the devices have arrived",
        lambda zero, s: off(zero, s) <= 0.03,
    ),
    model=lambda serial: answers.zero(serial),
    praise="Right: as near as some hundred noisy pulses allow.",
)

q4 = function(
    ("Chances of a pulse", 2),
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
    ("Where a weight comes to rest", 2),
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
    ("Plain descent on your devices", 1),
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
    ("Release whole steps", 2),
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


def error(weights: Any, serial: int) -> float:
    """Return the error of weights in units of that of plain descent."""
    return answers.error(np.asarray(weights, float), serial) / answers.error(
        answers.plain(serial), serial
    )


q8 = properties(
    ("Tiki-Taka by hand", 2),
    needs(
        f"expected one weight per device, shape ({DEVICES},)",
        lambda w, s: np.shape(w) == (DEVICES,) and bool(np.all(np.isfinite(w))),
    ),
    needs(
        "that is too good to have been learned by devices with twenty states",
        lambda w, s: error(w, s) >= 0.15,
    ),
    earns(
        "hardly better than plain descent: is what A holds counted from `zero`, and do pulses go "
        "into W only when a whole step has gathered?",
        lambda w, s: error(w, s) <= 0.75,
    ),
    earns(
        "better than plain descent, but it could be about half of its error: is `zero` right for "
        "every device, and are the sums kept from one update to the next?",
        lambda w, s: error(w, s) <= 0.55,  # 0.40 on average, and 0.50 for one student in 200
    ),
    model=lambda serial: answers.tiki_taka(serial),
    praise="Right: the same devices and the same noise, with about half of the error, or less.",
)

q9 = array(
    ("Errors with a wrong zero", 1),
    answers.sweep,
    slip("these are mean squares: take the root", lambda s: answers.sweep(s) ** 2),
    slip("one number for each offset, please", lambda s: answers.sweep(s)[0]),
    flipped("the smallest offset comes first"),
    slip("the signs turn in these: leave them at one for now", lambda s: answers.chopped_sweep(s)),
    but("A was read before its gradient came in: keep to the order of question 8", early=True),
    praise="Right: an error of the zero is read as a gradient, again and again.",
)

q10 = array(
    ("Errors with a chopper", 2),
    answers.chopped_sweep,
    slip("these are mean squares: take the root", lambda s: answers.chopped_sweep(s) ** 2),
    slip("one number for each offset, please", lambda s: answers.chopped_sweep(s)[0]),
    flipped("the smallest offset comes first"),
    slip("the signs do not turn in these: hand them in", lambda s: answers.sweep(s)),
    but("A was read before its gradient came in: keep to the order of question 8", early=True),
    praise="Right: the gradient keeps its sign, and the error of the zero loses its own.",
)

q11 = properties(
    ("A perceptron that learned in memory", 3),
    needs(
        f"expected the weights of a layer of shape ({given.CLASSES}, {given.INPUTS})",
        lambda w, s: np.shape(w) == (given.CLASSES, given.INPUTS) and bool(np.all(np.isfinite(w))),
    ),
    needs(
        "devices of your lot hold weights between -1 and 1, and their reference shifts them by "
        "less than one",
        lambda w, s: float(np.max(np.abs(w))) < 2.0,
    ),
    earns(
        "it recognises fewer than 82 % of the test images, which plain pulses reach on a good day",
        lambda w, s: answers.accuracy(w) >= 0.82,
    ),
    earns(
        "better than plain pulses, and not yet 85 %: which rule does not mind a wrong zero?",
        lambda w, s: answers.accuracy(w) >= 0.85,
    ),
    earns(
        "more than 85 %, and not yet 88 %: try the learning rate, or a lower one in the last epoch",
        lambda w, s: answers.accuracy(w) >= 0.88,
    ),
    model=lambda serial: answers.perceptron(serial),
    praise="Right: learned where it is stored, with a zero that nobody measured.",
)

LAB = lab(
    "11-learn-in-memory",
    "Learn in memory",
    *(q1, q2, q3, q4, q5, q6, q7, q8, q9, q10, q11),
    shared=("q11",),
    predictions={"p1": "", "p2": "", "p3": "", "p4": "%"},
    given={
        "targets": given.targets,
        "noise": given.noise,
        "data sheet": given.data_sheet,
        "signs": given.signs,
    },
)
