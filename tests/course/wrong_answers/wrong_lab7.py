"""Wrong answers to lab 7."""

import numpy as np
from wrong import Wrong, always

from aimc.statistics import STUDENT_T
from aimc_answers.lab07 import answers
from aimc_course.labs.lab07 import given

PARTLY = {
    "q5": {
        "each position": 1 / 2,
        "noise on the weights is drawn once": 1 / 2,
        "each sample of the batch": 1 / 2,
    },
    "q10": {
        "the chips are the same": 1 / 2,
        "with few chips": 1 / 2,
        "that is the error of the mean": 1 / 2,
        "that is the scatter": 1 / 2,
        "the standard deviation has n - 1": 1 / 2,
        "the next quantile": 1 / 2,
        "divide by the root of n": 1 / 2,
        "that is the whole width": 1 / 2,
        "that is second minus first": 1 / 2,
    },
}


def plain(serial):
    """Return the network that never met noise, as a vector."""
    from aimc.networks.small_cnn import small_cnn

    return given.as_vector(small_cnn("plain"))


def along_columns(w, xi, eta):
    """Return weights with noise whose largest weights were not kept beside their rows."""
    return w + eta * np.abs(w).max(axis=1) * xi


def of_means(serial):
    """Return the mean of the largest weights before clipping over that after it."""
    (w,) = given.matrix(serial)
    edge = given.CLIP * w.std(axis=1, keepdims=True)
    return np.abs(w).max(axis=1).mean() / np.abs(np.clip(w, -edge, edge)).max(axis=1).mean()


def of_numpy(first, second):
    """Return the interval with the standard deviation that NumPy gives unasked."""
    d, n = first - second, len(first)
    return d.mean(), STUDENT_T[n - 2] * d.std() / np.sqrt(n)


MORE = {
    "q1": (Wrong("`keepdims=True` keeps them", always(along_columns)),),
    "q4": (
        Wrong("give a fraction", lambda s: 100 * answers.clipping_gain(s)),
        Wrong("ratio of the two means", of_means),
    ),
    "q10": (Wrong("`ddof=1`", always(of_numpy), 1 / 2),),
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
