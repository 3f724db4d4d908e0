"""Wrong answers to lab 6."""

from wrong import Wrong, always

from aimc_answers.lab06 import answers
from aimc_course.labs.lab06 import given

PARTLY = {
    "q2": {"`e_read` is": 1 / 2, "all cores read": 1 / 2},
    "q4": {
        "every core of the layer": 1 / 3,
        "`values` counts": 2 / 3,
        "`power` is that": 2 / 3,
        "a power is not": 2 / 3,
    },
    "q5": {
        "the reads are those": 2 / 3,
        "that is the one-phase read": 1 / 3,
        "every core of a chain": 2 / 3,
    },
    "q9": {
        "the last two are": 1 / 3,
        "the order of the last two": 1 / 3,
        "the first: count empty": 2 / 3,
        "the first: a read of empty": 2 / 3,
    },
    "q11": {"only standing power grows": 1 / 2},
}


def one_copy_more(serial):
    """Return the best plan with one more copy of the smallest layer than it needs."""
    plan = answers.best_plan(serial)
    return {**plan, "conv1": plan["conv1"] + 1}


MORE = {
    "q12": (
        Wrong("does not keep the rate", always({"conv1": 1})),
        Wrong("whole numbers", always({"conv1": 2.0})),
        Wrong("more cores than your customer", always({"conv4": 20})),
        Wrong(
            "fewer cores exists",
            lambda s: one_copy_more(s) if given.terms(s)[0] > 0 else None,
            2 / 3,
        ),
    ),
}
