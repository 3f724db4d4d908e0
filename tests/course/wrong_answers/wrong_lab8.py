"""Wrong answers to lab 8."""

import numpy as np
from wrong import Wrong, always

from aimc.units import DAY, HOUR, YEAR
from aimc_answers.lab08 import answers
from aimc_course.explorers.accuracy.compensated import cores_of
from aimc_course.labs.lab08 import given

PARTLY = {
    "q5": {"devices in RESET": 1 / 2},
    "q9": {"the variance, please": 1 / 2, "the variance of NumPy": 1 / 2},
}


def often(serial):
    """Return a plan with more than twice the calibrations that are needed."""
    ratio = answers.next_time(1.0, answers.exponent(serial), 0.01)
    times = [HOUR]
    while times[-1] * ratio < YEAR:
        times.append(times[-1] * ratio)
    return times


def with_accuracy(serial, factors):
    """Return factors behind the accuracy that they lead to."""
    return [answers.accuracy_with(serial, tuple(map(float, factors))), *factors]


def one_factor(serial):
    """Return the mean of the factors in place of each, and the accuracy with it."""
    return with_accuracy(serial, [np.mean(answers.measured(serial)[0])] * 5)


def by_sums(serial):
    """Return the factors of the published recipe, which adds up the currents of all devices."""
    states = [core.state for core in cores_of(serial, given.DEVICES)]
    return with_accuracy(serial, [np.sum(s.at(0.0)) / np.sum(s.at(YEAR)) for s in states])


MORE = {
    "q2": (Wrong("too large", always(0.95)),),
    "q6": (Wrong("expected a function", lambda s: answers.measured(s)[0]),),
    "q7": (
        Wrong("six numbers", lambda s: answers.measured(s)[2]),
        Wrong("as a fraction", lambda s: [100 * answers.measured(s)[2], *answers.measured(s)[0]]),
        Wrong("upside down", lambda s: [answers.measured(s)[2], *(1 / answers.measured(s)[0])]),
        Wrong("one factor five times", one_factor),
        Wrong("all too large", by_sums),
        Wrong("in their order", lambda s: with_accuracy(s, np.roll(answers.measured(s)[0], 1))),
        Wrong("left alone", lambda s: [answers.measured(s)[1], *answers.measured(s)[0]]),
        Wrong("the accuracy is another", lambda s: [0.9 + s % 2 / 50, *answers.measured(s)[0]]),
    ),
    "q14": (
        Wrong("too small by more than 3 %", always([HOUR, *(7 * DAY * k for k in range(1, 52))])),
        Wrong("after an hour, not later", lambda s: [2 * t for t in answers.plan(s)]),
        Wrong("rising order", lambda s: answers.plan(s)[::-1]),
        Wrong("two calibrations or more", often),
        Wrong("not with the fewest", lambda s: [0.9 * HOUR, *answers.plan(s)], 1 / 2),
    ),
}
