"""Wrong answers to lab 2."""

import numpy as np
from wrong import Wrong, always

from aimc_answers.lab02 import answers

PARTLY = {
    "q2": {"values beyond full_scale": 2 / 3},
    "q5": {"the first two are exchanged": 1 / 2},
    "q7": {"the second number is": 1 / 2, "the first number is": 1 / 2},
    "q11": {"the first number is": 1 / 2},
}


def grown(serial):
    """Return errors that were measured once, and then made to grow as those of another student."""
    other = np.mean(answers.errors_of_chips(serial + 20), axis=0)
    return np.array(answers.errors_of_chips(serial))[:, :1] * other / other[0]


def straight(serial):
    """Return errors that were measured at both ends, and drawn as a straight line between them."""
    errors = np.array(answers.errors_of_chips_at_ends(serial))
    return np.linspace(errors[:, 0], errors[:, 1], 6).T


COPIES = np.array(answers.COPIES)


def with_slope(slope):
    """Return the right errors of averaging with a slope that is a function of K and errors."""
    return lambda s: [*answers.averaged(s), slope(COPIES, np.array(answers.averaged(s)))]


def with_converters(serial):
    """Return what averaging gives with the converters of the chip, and its slope."""
    errors = np.multiply(answers.averaged(serial), [1, 1, 1.015, 3.37, 11.6])
    return [*errors, answers.power(COPIES, errors)]


MORE = {
    "q3": (
        Wrong("give a fraction", lambda s: 100 * np.array(answers.lines(s))),
        Wrong("right: 3 bits", lambda s: [answers.lines(s)[0]] * 2, 1 / 2),
    ),
    "q5": (
        Wrong("give a fraction", lambda s: 100 * np.array(answers.budget(s))),
        Wrong(
            "right: programming, read noise; not yet: DAC, ADC",
            lambda s: [*answers.budget(s)[:2], 0.0, 0.0],
            1 / 2,
        ),
    ),
    "q6": (
        Wrong("add as squares", always(sum)),
        Wrong("square root", always(lambda e: np.sum(e**2))),
        Wrong(
            "first four", always(lambda e: np.sqrt(e[0] ** 2 + e[1] ** 2 + e[2] ** 2 + e[3] ** 2))
        ),
        Wrong("half", always(lambda e: answers.root_sum_square(e) / 2)),
    ),
    "q8": (
        Wrong("above 256", always(256)),
        Wrong("vectors are whole", always(2625.6)),
        Wrong("swallows", always(300)),
        Wrong("costs time", always(10**6), 1.0 / 2),
    ),
    "q9": (
        Wrong("up to its sign", with_slope(lambda k, e: -answers.power(k, e)), 1 / 2),
        Wrong("axes are exchanged", with_slope(lambda k, e: answers.power(e, k)), 1 / 2),
        Wrong("both axes are", with_slope(lambda k, e: np.polyfit(k, e, 1)[0]), 1 / 2),
        Wrong("logarithm of K", with_slope(lambda k, e: np.polyfit(k, np.log(e), 1)[0]), 1 / 2),
        Wrong(
            "fit it to all five", with_slope(lambda k, e: np.log(e[4] / e[0]) / np.log(16)), 1 / 2
        ),
        Wrong("nothing in common", with_slope(lambda k, e: -0.5), 1 / 2),
        Wrong("fits them best", with_slope(lambda k, e: -0.47), 1 / 2),
        Wrong("six numbers", lambda s: answers.averaged(s)),
        Wrong("six numbers", always(answers.power)),
        Wrong("element of two devices", lambda s: [*answers.averaged(s, 2), -0.5]),
        Wrong("sixteen come last", lambda s: [*answers.averaged(s)[::-1], 0.5]),
        Wrong("as fractions", lambda s: [100 * e for e in answers.averaged(s)] + [-0.5]),
        Wrong("not the errors of your chip", always([*(0.16 * COPIES**-0.5), -0.5])),
        Wrong("leave the range", with_converters),
    ),
    "q10": (
        Wrong("in amperes", always(50.0)),
        Wrong("too small", always(20e-6)),
        Wrong("too large", always(150e-6)),
    ),
    "q11": (
        Wrong("give a fraction", lambda s: 100 * np.array(answers.corrected(s))),
        Wrong("right: best factor", lambda s: [answers.corrected(s)[0]] * 2, 1 / 2),
    ),
    "q12": (
        Wrong("what it exceeds one by", lambda s: answers.overshoot(s) - 1),
        Wrong("give a fraction", lambda s: 100 * answers.overshoot(s)),
    ),
    "q13": (
        Wrong("one row per chip", lambda s: np.transpose(answers.errors_of_chips(s))),
        Wrong("not your ten chips", lambda s: answers.errors_of_chips(s + 20)),
        Wrong("about 0.1", lambda s: 100 * np.array(answers.errors_of_chips(s))),
        Wrong("read at every time", lambda s: np.array(answers.errors_of_chips(s))[:, [0] * 6]),
        Wrong("its own serial number", lambda s: [answers.errors_of_chips(s)[0]] * 10),
        Wrong("not after 30 days", grown, 1 / 2),
        Wrong("at the times between", straight, 1 / 2),
    ),
}
