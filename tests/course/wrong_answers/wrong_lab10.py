"""Wrong answers to lab 10."""

import numpy as np
from wrong import Wrong, always

from aimc_answers.lab10 import answers
from aimc_course.labs.lab10 import given

PARTLY = {
    "q3": {
        "from the last to the first": 1 / 3,
        "dear bytes come before": 1 / 3,
        "scores are one half": 2 / 3,
        "keys and values have to be fetched": 1 / 3,
        "the digital units behind the cores": 1 / 3,
    },
    "q6": {"the largest weight is that": 1 / 2, "all cells are off": 1 / 2},
    "q7": {"the squares of the two errors": 1 / 2},
    "q8": {"the clipped matrix has products": 1 / 2, "each output has a standard": 1 / 2},
}


def changed(place, by):
    """Return the losses of which one was changed."""

    def answer(serial):
        found = answers.losses(serial).copy()
        found[place] += by
        return found

    return answer


MORE = {
    "q3": (Wrong("", lambda s: answers.lengths(s) * (1.0, 2.0, 1.0), 2 / 3),),
    "q4": (
        Wrong("expected four losses", lambda s: answers.losses(s)[:3]),
        Wrong("give bits per character", lambda s: answers.losses(s) * np.log(2) ** 2),
        Wrong("are those your pieces", lambda s: answers.losses(s + 1)),
        Wrong("are those your pieces", lambda s: answers.losses(s)[::-1]),
        Wrong("after a second", changed(1, -0.024), 1 / 4),
        Wrong("after a day, left alone", lambda s: answers.losses(s)[[0, 1, 3, 2]], 1 / 2),
        Wrong("after a day, compensated", changed(3, 0.03), 3 / 4),
    ),
    "q7": (Wrong("", lambda s: answers.limited(s) * (1.1, 1.0), 1 / 2),),
    "q9": (
        Wrong("one row per training", lambda s: answers.after_a_year(s).T),
        Wrong("other ones for each chip", always(np.full((3, given.CHIPS), 2.1))),
        Wrong("should be worst", lambda s: answers.after_a_year(s)[::-1]),
        Wrong("means are not those", lambda s: answers.after(s, given.YEAR, "none"), 1 / 3),
        Wrong("means are not those", lambda s: answers.after_a_year(s)[[0, 2, 1]], 1 / 3),
        Wrong("means are not those", lambda s: answers.after_a_year(s)[[0, 1, 1]], 1 / 3),
        Wrong("single chips are off", lambda s: one_off(answers.after_a_year(s)), 2 / 3),
    ),
}


def one_off(found):
    """Return losses of which two are off, one up and one down."""
    wrong = found.copy()
    wrong[1, :2] += (0.05, -0.05)
    return wrong
