"""Wrong answers to lab 3."""

import numpy as np
from wrong import Wrong, always

from aimc_answers.lab03 import answers
from aimc_course.labs.devices.own_chip import OwnChip
from aimc_course.labs.lab03 import given

PARTLY = {
    "q3": {"s/sqrt(n) is": 1 / 3, "that is one standard error": 1 / 3},
    "q5": {
        "nu is minus": 1 / 2,
        "the second is the standard error": 1 / 2,
        "two numbers were fitted": 1 / 2,
    },
    "q10": {"nu is minus": 1 / 2, "the second is the standard error": 1 / 2},
}


def differences(serial):
    """Return by how much each device conducts more when it is asked for more."""
    chip = OwnChip(serial)
    low = chip.program(5e-6, run=given.SCREEN_LOW).read(0.0)
    return chip.program(20e-6, run=given.SCREEN_HIGH).read(0.0) - low


def wider(times, g, k):
    """Fit as one should, and give intervals of twice the width."""
    nu, half = answers.fit_honest(times, g, k)
    return nu, 2 * half


def one_forgotten(serial):
    """Return all stuck devices but the first."""
    found = answers.stuck_devices(serial).copy()
    found.flat[np.flatnonzero(found)[0]] = False
    return found


def stretched(times, g, k):
    """Return plain intervals, made as wide as those for the times of the lab need to be."""
    nu, half = answers.fit_plain(times, g)
    return nu, 3.4 * half


def constant(times, g, k):
    """Return the width that all intervals for the times of the lab have on average."""
    return answers.fit_plain(times, g)[0], np.full(len(g), 0.0135)


MORE = {
    "q2": (
        Wrong("from a comparison", lambda s: answers.stuck_devices(s).astype(int)),
        Wrong("still missing", one_forgotten),
        Wrong("accused too", lambda s: differences(s) < 11e-6, 1 / 2),
        Wrong("more than one device in ten", always(np.ones((8, 256), dtype=bool))),
    ),
    "q6": (
        Wrong("give a fraction", lambda s: 100 * answers.naive_coverage(s)),
        Wrong("too large", always(0.95)),
        Wrong("times too large", lambda s: 400 * answers.naive_coverage(s)),
    ),
    "q11": (
        Wrong("too narrow", always(lambda t, g, k: answers.fit_plain(t, g))),
        Wrong("wider than they need to be", always(wider), 1 / 2),
        Wrong("a factor that mends one set of times", always(stretched), 1 / 2),
        Wrong("follow from the times", always(constant), 1 / 2),
        Wrong("your function", always(0.95)),
    ),
    "q12": (
        Wrong("right up to its sign", lambda s: -answers.nu_medians(s)),
        Wrong("give a fraction", lambda s: 100 * answers.nu_medians(s)),
    ),
    "q14": (
        Wrong("reads in all", always(([0.0, 100.0, 10_000.0], 300))),
        Wrong("too wide", always((np.geomspace(1, 1e4, 20), 30))),
        Wrong("with two times", always(([0.0, 10_000.0], 300)), 1 / 2),
        Wrong("count once", always(([0.0, 0.1, 10_000.0], 200)), 1 / 2),
        Wrong("count once", always(([0.0, 9_999.0, 10_000.0], 200)), 1 / 2),
    ),
}
