"""Wrong answers to lab 5."""

from functools import cache

import numpy as np
from wrong import Wrong, always

from aimc.networks import ResNet9
from aimc_answers.copies import one_by_one
from aimc_answers.lab05 import answers
from aimc_course.labs.lab05 import given

PARTLY = {
    "q1": {"a side of exactly 256": 3 / 4},
    "q6": {"each layer has its own copies": 1 / 2},
}


def by_numbers(serial):
    """Return the working cores row by row, each row from left to right."""
    return [k for k in range(64) if k not in given.broken(serial)[0]]


@cache
def in_floating_point():
    """Return accuracy and outputs of the network that is on no chip."""
    network = ResNet9()
    return answers.with_outputs(network.scores(network.test_images(given.IMAGES)[0]))


def per_output(first, later):
    """Return a factor for each output."""
    return np.abs(first).mean(axis=0) / np.abs(later).mean(axis=0)


MORE = {
    "q2": (
        Wrong("the first at index 1", lambda s: np.add(answers.layer_cores(s), [0, 1, 0, 0, 0])),
    ),
    "q5": (
        Wrong("a wider one does", always(56)),
        Wrong("there are 64", always(72)),
        Wrong("its width, please", lambda s: answers.resnet_cores(answers.widest())),
    ),
    "q7": (
        Wrong("slowest *now*", always(lambda cores, reads, budget: np.ones_like(cores))),
        Wrong("more than there are", always(lambda cores, reads, budget: np.full(5, budget))),
        Wrong("shorten nothing", always(one_by_one), 2 / 3),
        Wrong("stands at least once", always(lambda cores, reads, budget: 0 * cores)),
        Wrong(
            "may be in use", always(lambda c, r, budget: answers.balance(c, r, budget - 1)), 1 / 3
        ),
    ),
    "q10": (
        Wrong("no link leads", by_numbers),
        Wrong("are whole", lambda s: np.array(answers.snake(s), dtype=float)),
        Wrong("a broken core is in it", always(list(range(64)))),
        Wrong("got 59", lambda s: answers.snake(s)[1:]),
        Wrong("every working core once", lambda s: [answers.snake(s)[1], *answers.snake(s)[1:]]),
    ),
    "q11": (
        Wrong("exchanged", lambda s: answers.run_twice(s)[::-1]),
        Wrong("two pairs", lambda s: [run[0] for run in answers.run_twice(s)]),
        Wrong("two pairs", lambda s: answers.run_twice(s)[0]),
        Wrong("between 0 and 1", lambda s: [(100 * a, y) for a, y in answers.run_twice(s)]),
        Wrong("after a day: not what", lambda s: [answers.run_twice(s)[0]] * 2),
        Wrong("at once: not what", lambda s: [in_floating_point(), answers.run_twice(s)[1]]),
        Wrong("an accuracy is not", lambda s: [(0.9, y) for _, y in answers.run_twice(s)]),
    ),
    "q12": (
        Wrong("a function", always(1.26)),
        Wrong("", always(lambda first, later: 1.26)),
        Wrong("upside down", always(lambda first, later: answers.factor_of(later, first))),
        Wrong("not one for each output", always(per_output)),
    ),
    "q13": (
        Wrong("a pair", always(0.9)),
        Wrong("between 0 and 1", lambda s: (100.0, answers.run_corrected(s)[1])),
        Wrong("too small", lambda s: answers.run_twice(s)[1]),
        Wrong("not what your chip gives", lambda s: in_floating_point()),
        Wrong("not what your chip gives", lambda s: answers.run_twice(s)[0]),
        Wrong("the accuracy is not", lambda s: (0.99, answers.run_corrected(s)[1])),
    ),
    "q15": (
        Wrong("20 %", always({"conv1": 1})),
        Wrong("whole numbers", always({"conv1": 2.5})),
        Wrong("cores that work", always({"conv1": 45})),
        Wrong("40 % or more", always({"conv1": 2, "conv2": 2}), 1 / 3),
    ),
}
