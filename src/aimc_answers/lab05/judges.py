"""Judges of lab 5, and what to say to the usual wrong answers."""

import math
from itertools import pairwise
from typing import Any

import numpy as np

from aimc.chip.floorplan import hermes_floorplan
from aimc.published import fact
from aimc_answers.checks.answers import Answers
from aimc_answers.checks.judges import Complaint, earns, needs
from aimc_answers.checks.question import (
    array,
    classes,
    function,
    judged,
    number,
    properties,
)
from aimc_answers.checks.slips import (
    but,
    exactly,
    flipped,
    inverse,
    missing,
    rest,
    scaled,
    slip,
    squared,
)
from aimc_answers.copies import names_copies, shares_out
from aimc_course.checks.diagnosis import are_whole, one_number
from aimc_course.labs.lab05 import given
from aimc_course.labs.lab05.given import GRID, SIDE, WORKING
from aimc_course.labs.lab05.questions import LAB

answers = Answers(__package__)


def draw_shape(rng: np.random.Generator) -> tuple[int, ...]:
    """Draw a matrix of which no side is a whole multiple of a core."""
    return tuple((SIDE * rng.integers(0, 9, 2) + rng.integers(1, SIDE, 2)).tolist())


def draw_full(rng: np.random.Generator) -> tuple[int, ...]:
    """Draw a matrix of which one side or both are whole multiples of a core."""
    which = int(rng.integers(1, 4))
    return tuple(
        SIDE * int(rng.integers(1, 5)) if which & k else side
        for k, side in zip((1, 2), draw_shape(rng), strict=True)
    )


q1 = classes(
    LAB["q1"],
    {
        "sides of any length": (3, draw_shape),
        f"sides that are whole multiples of {SIDE}": (1, draw_full),
    },
    answers.cores_of,
    slip(
        "tiles are rectangles: round up along each side, not the number of weights",
        lambda outputs, inputs: -(-outputs * inputs // SIDE**2),
    ),
    but("round up: what is left over needs a core, too", part=math.floor),
    but(
        "a side of exactly 256 fits one core, not two: round up, do not add one",
        part=lambda n: n // 1 + 1,
    ),
    but("parts along outputs and along inputs form a grid: multiply their numbers", join=sum),
    but("cores are whole: round up", part=float),
    rounds=12,
    praise="Right: rectangles, rounded up along each side.",
)

q2 = array(
    LAB["q2"],
    answers.layer_cores,
    slip("one number per layer, please", lambda serial: answers.layer_cores(serial).sum()),
    *(missing(f"five layers, please: the one at index {k} is missing", k) for k in range(5)),
    rtol=1e-6,
)

q3 = number(
    LAB["q3"],
    answers.utilisation,
    slip(
        "that is the mean over layers: divide all weights by the cells of all cores",
        lambda serial: np.mean(
            np.prod(given.network(serial)[0], axis=1) / (answers.layer_cores(serial) * SIDE**2)
        ),
    ),
    but("count the cells of the cores in use, not those of the whole chip", cores=GRID * GRID),
    but(f"count the cores in use, not all {WORKING} that work", cores=WORKING),
    rest("that is the empty share"),
    rtol=0.005,
    praise="Right: the rest is paid for and holds nothing.",
)

q4 = function(
    LAB["q4"],
    lambda rng: (int(rng.integers(4, 130)),),
    answers.resnet_cores,
    but("the dense layer needs cores, too", dense=False),
    but("a kernel of 3 x 3 sees nine pixels of each channel: nine times as many inputs", patch=1),
    but("the last three convolutions have the same shape, and each needs cores of its own", last=1),
    but("a row of the table may be several layers: each of them needs cores", mid=1, last=1),
    rounds=12,
    praise="Right: a staircase, not a parabola.",
)


def wrong_width(answer: np.ndarray, serial: int) -> str:
    """Say what is wrong with the largest width of ResNet-9 that fits on 64 cores."""
    width, best = float(answer), answers.widest()
    if not width.is_integer() or width < 1:
        return "a width is a number of filters: whole, and at least 1"
    if width == answers.resnet_cores(best):
        return "that is the number of cores of the widest: its width, please"
    if width > 10_000:
        return f"width {width:.0f} takes far too many: there are {GRID * GRID}"
    used = answers.resnet_cores(int(width))
    if width > best:
        return f"width {width:.0f} takes {used} cores: there are {GRID * GRID}"
    wider = f"width {width:.0f} fits, on {used} cores, but a wider one does, too"
    return wider if width < best else ""


q5 = judged(
    LAB["q5"],
    Complaint(wrong_width, scalar=True),
    model=answers.widest,
    praise="Right: with one filter more, five layers split a second time.",
)


def draw_pipeline(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw reads and copies of six layers, which share none of them evenly, and a read (s)."""
    copies = rng.integers(2, 6, 6)
    reads = copies * rng.integers(1, 300, 6) + rng.integers(1, copies)
    return reads, copies, rng.uniform(1e-7, 6e-7)


q6 = function(
    LAB["q6"],
    draw_pipeline,
    answers.times,
    flipped("the two are exchanged: the latency is the sum, the interval the largest"),
    but("a copy reads a whole number of times: round up", whole=np.asarray),
    but("the copies share the reads: divide by their number", copies=np.ones_like),
    slip(
        "each layer has its own copies: divide layer by layer, then add",
        lambda r, c, t: (np.sum(r) * t / np.sum(c), answers.times(r, c, t)[1]),
    ),
    unit="s",
    parts=("latency", "interval"),
    praise="Right: one image walks through all layers, the next ones follow at the slowest pace.",
)

q7 = judged(
    LAB["q7"],
    shares_out(answers.balance),
    model=lambda serial: answers.balance,
    praise="Right: no choice of copies has a shorter interval, and none keeps it on fewer cores.",
)

q8 = number(
    LAB["q8"],
    answers.own_interval,
    scaled("that is the number of reads: times the duration of a read", 1 / given.READ),
    but("that is with every layer once", budget=0),
    but("that is with 64 cores: four of them are broken", budget=GRID * GRID),
    but("that is the latency: the slowest layer alone", part=0),
    but("that is the one-phase read: the four-phase one takes longer", t_read=given.FAST_READ),
    exactly(
        "a copy reads a whole number of times: round up the reads of the slowest one",
        answers.unrounded_interval,
    ),
    unit="s",
    rtol=0.005,
)

q9 = function(
    LAB["q9"],
    lambda rng: tuple(rng.choice(GRID * GRID, 2, replace=False).tolist()),
    answers.hops,
    but("along a row a link reaches two cores at once: half as many steps, rounded up", along=int),
    but("hops are whole: round up, a single column still takes a link", along=lambda n: n / 2),
    but("round up: a single column still takes a link", along=lambda n: n // 2),
    but("the long reach is along a row, not along a column", up=lambda n: -(-n // 2), along=int),
    but("no link runs diagonally: add the steps along the row and along the column", join=max),
    rounds=24,
    praise="Right: one core up or down, two to either side.",
)


def wrong_path(answer: np.ndarray, serial: int) -> str:
    """Say what is wrong with an order of the working cores: each once, and linked to the next."""
    if answer.ndim != 1 or not are_whole(answer.tolist()):
        if answer.shape == (WORKING,) and np.all(answer == np.round(answer)):
            return "core numbers are whole: `.astype(int)` at the end makes them so"
        return f"expected {WORKING} core numbers, one after another"
    path, broken = answer.tolist(), set(given.broken(serial)[0].tolist())
    if met := sorted(broken & set(path)):
        return f"a broken core is in it: {met[0]}"
    if len(path) != WORKING:
        return f"expected {WORKING} core numbers, got {len(path)}"
    if set(path) != set(range(GRID * GRID)) - broken:
        return "every working core once, with numbers from 0 to 63"
    linked = hermes_floorplan().is_link
    gaps = [pair for pair in pairwise(path) if not linked(*pair)]
    told = "no link leads from core {} to core {}, the next of yours"
    return told.format(*gaps[0]) if gaps else ""


q10 = judged(
    LAB["q10"],
    Complaint(wrong_path),
    model=answers.snake,
    praise="Right: any chain of partial sums can be laid along it.",
)


OTHER_RUN = 0.1
"""How far outputs of another run are off at most: 0.08, and those of other chips by 0.13 or more,
as are those in floating point."""


def off(outputs: Any, right: np.ndarray) -> float:
    """Return how far outputs are from others, relative to those."""
    return float(np.linalg.norm(np.asarray(outputs) - right) / np.linalg.norm(right))


def is_run(answer: Any) -> bool:
    """Return whether an answer is a pair of an accuracy and outputs."""
    shape = (given.IMAGES, 10)
    pair = isinstance(answer, list | tuple) and len(answer) == 2
    return pair and np.shape(answer[0]) == () and np.shape(answer[1]) == shape


def adds_up(answer: Any) -> bool:
    """Return whether an accuracy is that of the outputs behind it, to three digits."""
    return abs(one_number(answer[0]) - answers.accuracy(answer[1])) < 0.0006


def of_times(answer: Any, serial: int, step: int = 1) -> list[bool]:
    """Return of which of two times outputs are those of the student's chip."""
    pairs = zip(answer[::step], answers.measured(serial)[:2], strict=True)
    return [off(found[1], right) < OTHER_RUN for found, right in pairs]


NO_SHARE = "that is not the share of images whose largest output is that of their label"
q11 = properties(
    LAB["q11"],
    needs(
        "expected two pairs, at once and after a day: the accuracy, and the outputs, one row of "
        "ten scores per image",
        lambda a, s: isinstance(a, list | tuple) and len(a) == 2 and all(map(is_run, a)),
    ),
    needs(
        "give accuracies as fractions of the images, between 0 and 1",
        lambda a, s: all(0 <= one_number(run[0]) <= 1 for run in a),
    ),
    needs(
        "the two are exchanged: at once comes first",
        lambda a, s: all(of_times(a, s)) or not all(of_times(a, s, -1)),
    ),
    needs(
        "outputs at once: not what your chip gives. Is it run at 0 s, with the weights on cores?",
        lambda a, s: of_times(a, s)[0],
    ),
    needs(
        "outputs after a day: not what your chip gives. Is it run at one day, without a factor?",
        lambda a, s: of_times(a, s)[1],
    ),
    earns(f"the outputs are right, but an accuracy is not: {NO_SHARE}",
          lambda a, s: all(map(adds_up, a))),
    model=answers.run_twice,
    praise="Right: the same weights, the same images, one day.",
)  # fmt: skip


def draw_outputs(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw outputs of the same vectors at once and later."""
    first = rng.normal(0.1, 1.0, (20, 6))
    return first, rng.uniform(0.5, 0.8) * first + rng.normal(0.0, 0.2, first.shape)


q12 = function(
    LAB["q12"],
    draw_outputs,
    answers.factor_of,
    inverse("upside down: which factor turns the outputs of a day later into the first?"),
    squared("no square: amplitudes, please"),
    but("outputs have both signs: take magnitudes before the mean", size=lambda y: y),
    but("that compares root mean squares: mean magnitudes, please", size=np.square, root=0.5),
    slip(
        "one ratio of two means, not the mean of all ratios",
        lambda first, later: np.mean(np.abs(first / later)),
    ),
    slip(
        "that is least squares: compare mean magnitudes, please",
        lambda first, later: np.sum(first * later) / np.sum(later**2),
    ),
    slip(
        "one factor for the layer, not one for each output",
        lambda first, later: np.abs(first).mean(axis=0) / np.abs(later).mean(axis=0),
    ),
    slip(
        "one factor for the layer, not one for each vector",
        lambda first, later: np.abs(first).mean(axis=1) / np.abs(later).mean(axis=1),
    ),
    praise="Right: measured with 100 vectors, without a single label.",
)


def of_size(outputs: Any, serial: int) -> float:
    """Return how large outputs are beside those with the factor."""
    right = answers.measured(serial)[3]()
    return float(np.sum(np.multiply(outputs, right)) / np.sum(right**2))


q13 = properties(
    LAB["q13"],
    needs(
        "expected a pair: the accuracy, and the outputs, one row of ten scores per image",
        lambda a, s: is_run(a),
    ),
    needs(
        "give the accuracy as a fraction of the images, between 0 and 1",
        lambda a, s: 0 <= one_number(a[0]) <= 1,
    ),
    needs(
        "these outputs are too small: `chip.at(DAY, factor)` applies the factor",
        lambda a, s: of_size(a[1], s) > 0.7,
    ),
    needs(
        "not what your chip gives: is it at one day, with the factor of question 12?",
        # the factor comes from other reads of the chip, and adds to what outputs are off by
        lambda a, s: off(a[1], answers.measured(s)[3]()) < 1.1 * OTHER_RUN,
    ),
    earns(f"the outputs are right, but the accuracy is not: {NO_SHARE}", lambda a, s: adds_up(a)),
    model=answers.run_corrected,
    praise="Right: most of what a day took is back.",
)

q14 = number(
    LAB["q14"],
    answers.efficiency_gap,
    scaled("a factor of 1e12: the printed peak is in TOPS/W, the cost in operations per J", 1e-12),
    inverse("upside down: how many times larger is the peak?"),
    scaled(
        "that is the peak of the one-phase read: your accuracy is of the other",
        fact("A033").number / fact("A034").number,
    ),
    rtol=0.02,
    praise="Right: the peak is that of full cores that never wait.",
)


def saved(plan: dict[str, int], serial: int) -> float:
    """Return the share of the energy per image that a plan saves."""
    costs = [given.plan_of(serial, copies).performance().energy for copies in (plan, {})]
    return 1 - costs[0] / costs[1]


def slowest(plan: dict[str, int], serial: int) -> int:
    """Return the most reads in a row of a layer of a plan."""
    mapping = given.plan_of(serial, plan).mapping
    return max(mapping.reads(layer.name) for layer in mapping.network.static)


q15 = properties(
    LAB["q15"],
    *names_copies(lambda serial, plan: given.plan_of(serial, plan).mapping.cores),
    needs(
        f"it takes more than the {WORKING} cores that work",
        lambda plan, serial: given.plan_of(serial, plan).mapping.cores <= WORKING,
    ),
    earns(
        "the energy per image should fall by 20 % at least: shorten the interval",
        lambda plan, serial: saved(plan, serial) >= 0.2,
    ),
    earns(
        "the energy per image should fall by 40 % or more: which layer makes others wait?",
        lambda plan, serial: saved(plan, serial) >= 0.4,
    ),
    earns(
        "the interval is not within 5 % of the shortest: use your `balance`",
        lambda plan, s: slowest(plan, s) <= 1.05 * slowest(answers.better_plan(s), s),
    ),
    model=answers.better_plan,
    praise="Right: half of the energy was waiting.",
)
