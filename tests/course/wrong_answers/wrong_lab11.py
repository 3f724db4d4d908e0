"""Wrong answers to lab 11."""

import numpy as np
from wrong import Wrong, always

from aimc_course.labs.devices.own_lot import DEVICES, OwnLot
from aimc_course.labs.lab11 import answers, given

PARTLY = {
    "q7": {"what has been sent has to leave": 1 / 2},
}


def alternated(serial, pairs):
    """Return an array of the lot after pairs of pulses up and down."""
    array = OwnLot(serial).array("A")
    for _ in range(pairs):
        array.pulse(1)
        array.pulse(-1)
    return array


def without_noise(serial):
    """Return what plain descent learns from the mean gradient."""
    array, (target,) = OwnLot(serial).array("W"), given.targets(serial)
    for _ in range(given.UPDATES):
        array.send(-given.RATE * (array.read() - target))
    return array.read()


MORE = {
    "q3": (
        Wrong("shape (128,)", lambda s: float(np.mean(answers.zero(s)))),
        Wrong("the maker's data sheet", answers.true_zero),
        Wrong("not the symmetry points of array A", always(np.zeros(DEVICES))),
        Wrong("not the symmetry points of array A", lambda s: answers.zero(s, "W")),
        Wrong("not the symmetry points of array A", lambda s: alternated(s, 1).read()),
        Wrong("about half a step", lambda s: answers.zero(s) - 0.07, 1 / 2),
        Wrong("about half a step", lambda s: alternated(s, 200).read(), 1 / 2),
    ),
    "q6": (
        Wrong("entries differ", without_noise),
        Wrong("entries differ", answers.tiki_taka),
        Wrong("right up to its sign", lambda s: -answers.plain(s)),
    ),
    "q8": (
        Wrong("shape (128,)", lambda s: answers.tiki_taka(s)[:5]),
        Wrong("too good", lambda s: given.targets(s)[0]),
        Wrong("hardly better than plain", answers.plain),
        Wrong("hardly better than plain", always(np.zeros(DEVICES))),
        Wrong(
            "could be about half of its error",
            lambda s: given.targets(s)[0] + 0.62 * (answers.plain(s) - given.targets(s)[0]),
            1 / 2,
        ),
    ),
    "q11": (
        Wrong("shape (10, 65)", lambda s: answers.perceptron(s)[:, :-1]),
        Wrong("between -1 and 1", lambda s: 9.0 * answers.perceptron(s)),
        Wrong("fewer than 82 %", always(np.zeros((given.CLASSES, given.INPUTS)))),
        Wrong("fewer than 82 %", lambda s: -answers.perceptron(s)),
        Wrong("not yet 85 %", lambda s: spoiled(s, 0.82, 0.85), 1 / 3),
        Wrong("not yet 88 %", lambda s: spoiled(s, 0.85, 0.88), 2 / 3),
    ),
}


def spoiled(serial, low, high):
    """Return weights with so much noise that the accuracy lies between two values."""
    weights = answers.perceptron(serial)
    noise = np.random.default_rng(serial).standard_normal(weights.shape)
    for size in np.linspace(0.0, 1.0, 401):
        if low <= answers.accuracy(weights + size * noise) < high:
            return weights + size * noise
    return None
