"""Wrong answers to lab 7."""

import numpy as np
from wrong import Wrong

from aimc_answers.lab07 import answers
from aimc_course.labs.lab07 import given

PARTLY = {
    "q5": {"each position": 1 / 2, "noise on the weights is drawn once": 1 / 2},
    "q10": {
        "the chips are the same": 1 / 2,
        "with few chips": 1 / 2,
        "that is the error of the mean": 1 / 2,
        "that is the scatter": 1 / 2,
        "that is second minus first": 1 / 2,
    },
}


def plain(serial):
    """Return the network that never met noise, as a vector."""
    from aimc.networks.small_cnn import small_cnn

    return given.as_vector(small_cnn("plain"))


MORE = {
    "q4": (Wrong("give a fraction", lambda s: 100 * answers.clipping_gain(s)),),
    "q8": (
        Wrong("one column per time", lambda s: answers.direct(s)[0]),
        Wrong("between 0 and 1", lambda s: 100 * answers.direct(s)),
        Wrong("move the other way", lambda s: answers.direct(s)[:, ::-1]),
        Wrong("not what your chips give", lambda s: answers.direct(s) - 0.1),
    ),
    "q9": (
        Wrong("in one vector", lambda s: answers.trained(s)[:-1]),
        Wrong("in one vector", lambda s: np.full(given.SIZE, np.nan)),
        Wrong("hardly better than direct mapping", plain),
    ),
}
