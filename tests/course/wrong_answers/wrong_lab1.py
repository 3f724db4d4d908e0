"""Wrong answers to lab 1."""

import numpy as np
from wrong import Wrong, always

from aimc_answers.lab01 import answers
from aimc_course.labs.lab01 import given

PARTLY = {
    "q3": {"the second array is negative": 1 / 2},
    "q9": {"a side that fills its cores": 3 / 4},
}


def at(volts, factor):
    """Return a read voltage, and a w_max in units of the student's largest weight."""
    return lambda serial: (volts, factor * given.positive(serial)[0].max())


MORE = {
    "q1": (
        Wrong("not in µA", lambda s: 1e6 * answers.currents(s)),
        Wrong("not added up yet: sum over axis 1", lambda s: np.multiply(*given.crossbar(s))),
    ),
    "q2": (
        Wrong("not added up yet: sum over axis 2", always(lambda g, v: g * v[:, None, :])),
        Wrong("over an axis too many", always(lambda g, v: (v @ g.T).sum(axis=0))),
        Wrong("is one of them transposed", always(lambda g, v: v @ g)),
    ),
    "q5": (
        Wrong("give a fraction", lambda s: 100 * answers.chip_error(s)),
        Wrong("is a root missing", lambda s: answers.chip_error(s) ** 2),
        Wrong("too large", lambda s: answers.averaged_error(s, cores=1)),
    ),
    "q7": (
        Wrong("not in µA", lambda s: 1e6 * answers.largest_current(s)),
        Wrong("too small", lambda s: answers.largest_current(s) * given.positive(s)[0].mean()),
        Wrong("that is the mean over the pulses", lambda s: answers.largest_mean(s)),
        Wrong("times too large", lambda s: 2 * 256 * answers.largest_current(s)),
    ),
    "q8": (
        Wrong("still lost", at(0.2, 1.0)),
        Wrong("still lost", at(0.1, 2.0)),
        Wrong("expected two positive numbers", always(4.0)),
        Wrong("between 0.1 V and 0.4 V", at(0.03, 1.0)),
        Wrong("clips the weights", at(0.1, 0.5)),
        Wrong("which of the two knobs", at(0.2, 5.2), 1 / 2),
        Wrong("more than twice what it could be", at(0.1, 20.0)),
        Wrong("more than twice what it could be", always((0.1, 1e4))),
    ),
    "q10": (
        Wrong("suspiciously exact", lambda s: answers.exact_activations()),
        Wrong("not the outputs of your chip", lambda s: answers.activations(s + 1)),
        Wrong("far from exact", lambda s: answers.activations(s)[:, ::-1]),
        Wrong("the mean of the partial sums", lambda s: answers.activations(s) / 4),
        Wrong("no output is negative", lambda s: np.maximum(answers.activations(s), 0)),
        Wrong("the bias is in it", lambda s: answers.activations(s) - answers.without_bias(0.0)),
        Wrong("one row per image", lambda s: answers.activations(s).T),
    ),
}
