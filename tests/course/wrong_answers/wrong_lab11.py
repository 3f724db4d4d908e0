"""Wrong answers to lab 11."""

import numpy as np
from wrong import Wrong, always

from aimc_answers.lab11 import answers
from aimc_course.labs.devices.own_lot import DEVICES, OwnLot
from aimc_course.labs.lab11 import given

TUPLED = {"rule": "AdaptiveReference", "rates": (0.1, 0.1, 0.05)}
PARTLY = {
    "q7": {"what has been sent has to leave": 1 / 2},
}


def alternated(pairs):
    """Return a function that reads an array once, after pairs of pulses up and down."""

    def measure_zero(array):
        for _ in range(pairs):
            array.pulse(1)
            array.pulse(-1)
        return array.read()

    return measure_zero


def from_the_data_sheet(serial):
    """Return a function that gives what the maker says of another array, and a little noise."""

    def measure_zero(array):
        array.pulse(1)
        return answers.true_zero(serial) + np.random.default_rng(1).normal(0.0, 0.01, DEVICES)

    return measure_zero


def with_reference(change):
    """Return Tiki-Taka of each student that counts from another reference."""

    def of(serial):
        tiki_taka = answers.tiki_taka_of(serial)
        return lambda fast, slow, reference: tiki_taka(fast, slow, change(reference))

    return of


def off_by(size):
    """Return what spoils a reference by an error of that standard deviation."""
    return lambda reference: reference + size * np.random.default_rng(2).standard_normal(DEVICES)


def made_up_weights(serial):
    """Return the targets and noise of 0.06."""
    noise = np.random.default_rng(1).normal(0.0, 0.06, DEVICES)
    return given.targets(serial)[0] + noise


def made_up(serial):
    """Return a function that sends a pulse to each array and gives the targets and noise."""

    def tiki_taka(fast, slow, reference):
        fast.pulse(1)
        slow.pulse(1)
        slow.read()
        return made_up_weights(serial)

    return tiki_taka


def towards_the_targets(serial):
    """Return a function that drives W to the targets, with pulses for A that nobody looks at."""
    (target,) = given.targets(serial)

    def tiki_taka(fast, slow, reference):
        seen = []
        for k in range(given.UPDATES):
            fast.pulse(1 if k % 2 else -1)
            slow.pulse(np.trunc(0.5 * (target - slow.read()) / slow.step))
            seen.append(slow.read())
        return np.mean(seen[-100:], axis=0)

    return tiki_taka


def plainly(serial):
    """Return plain descent with a pulse for A."""

    def tiki_taka(fast, slow, reference):
        fast.pulse(1)
        return answers.plain_descent(slow, serial)

    return tiki_taka


def without_noise(serial):
    """Return what plain descent learns from the mean gradient."""
    array, (target,) = OwnLot(serial).array("W"), given.targets(serial)
    for _ in range(given.UPDATES):
        array.send(-given.RATE * (array.read() - target))
    return array.read()


def forgetful(serial):
    """Return Tiki-Taka that never keeps its sums."""
    (target,), (noise,) = given.targets(serial), given.noise(serial)

    def tiki_taka(fast, slow, reference):
        sums, seen = np.zeros(DEVICES), []
        for k in range(given.UPDATES):
            fast.send(-given.PUSH * (slow.read() - target + noise[k]))
            pulses, _ = answers.release(sums, fast.read() - reference, given.GAIN)
            slow.pulse(pulses)
            seen.append(slow.read())
        return np.mean(seen[-100:], axis=0)

    return tiki_taka


MORE = {
    "q3": (
        Wrong("expected a function", answers.zero),
        Wrong("expected a function", lambda s: from_the_data_sheet(s)(OwnLot(s).array("A"))),
        Wrong("one weight per device", always(lambda array: np.mean(answers.measure_zero(array)))),
        Wrong("sent no pulses", lambda s: lambda array: answers.true_zero(s)),
        Wrong("not the symmetry points of the array", from_the_data_sheet),
        Wrong("not the symmetry points of the array", always(alternated(1))),
        Wrong("about half a step", lambda s: lambda a: answers.measure_zero(a) - 0.07, 1 / 2),
        Wrong("about half a step", always(alternated(200)), 1 / 2),
    ),
    "q6": (
        Wrong("entries differ", without_noise),
        Wrong("entries differ", answers.tiki_taka),
        Wrong("right up to its sign", lambda s: -answers.plain(s)),
    ),
    "q8": (
        Wrong("expected a function", made_up_weights),
        Wrong("sent no pulses", lambda s: lambda *a: made_up_weights(s)),
        Wrong("Are the sums kept", forgetful),
        Wrong("not the weights that the slow array held", made_up),
        Wrong("a wrong reference makes no difference", towards_the_targets),
        Wrong("hardly better than plain", plainly),
        Wrong("hardly better than plain", with_reference(lambda reference: 0 * reference)),
        Wrong("could be about half of its error", with_reference(off_by(0.15)), 1 / 2),
    ),
    "q11": (
        Wrong("expected your recipe", lambda s: given.learned(s, **TUPLED)[0].weights),
        Wrong("expected your recipe", always({"rule": "AdaptiveReference", "epochs": 3})),
        Wrong("has to be one of", always({"rule": "ridge regression", "rates": [0.1]})),
        Wrong("one to four numbers", always({"rule": "AdaptiveReference", "rates": [0.1] * 5})),
        Wrong("no layer learns", always({"rule": "TikiTaka2", "rates": [0.03], "chop": 0.1})),
        Wrong("fewer than 82 %", always({"rule": "TikiTaka2", "rates": [1e-4]})),
        Wrong("not yet 85 %", lambda s: hesitant(s, 0.82, 0.85), 1 / 3),
        Wrong("not yet 88 %", lambda s: hesitant(s, 0.85, 0.88), 2 / 3),
    ),
}


def hesitant(serial, low, high):
    """Return a recipe of one epoch with an accuracy between two values, if one is found."""
    for rate in (0.02, 0.024, 0.028, 0.033, 0.04, 0.05, 0.06, 0.08):
        _, read = given.learned(serial, "AdaptiveReference", (rate,))
        if low <= read < high:
            return {"rule": "AdaptiveReference", "rates": [rate]}
    return None
