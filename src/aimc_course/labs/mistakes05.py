"""Usual slips of lab 5, and the judges of how spare cores are shared out and of a path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from aimc_course.checks.diagnosis import are_whole, as_numbers, is_blank, wrong_kind
from aimc_course.checks.questions import Finding, Mistake
from aimc_course.labs.reference05 import (
    FAST_READ,
    GRID,
    READ,
    SIDE,
    WORKING,
    balance,
    best_interval,
    broken_cores,
    cores_of,
    draw_budget,
    first_gap,
    given_network,
    one_by_one,
    own_times,
    resnet_cores,
    times,
    widest,
)

__all__ = [
    "HOP_MISTAKES",
    "INTERVAL_MISTAKES",
    "RESNET_MISTAKES",
    "SHAPE_MISTAKES",
    "TIME_MISTAKES",
    "SharesOutCores",
    "path_over_cores",
    "widest_width",
]

MOST_FILTERS = 10_000

SHAPE_MISTAKES = (
    Mistake(
        lambda outputs, inputs: -(-outputs * inputs // SIDE**2),
        "tiles are rectangles: round up along each side, not the number of weights",
    ),
    Mistake(
        lambda outputs, inputs: (outputs // SIDE) * (inputs // SIDE),
        "round up: what is left over needs a core, too",
    ),
    Mistake(
        lambda outputs, inputs: (outputs // SIDE + 1) * (inputs // SIDE + 1),
        "a side of exactly 256 fits one core, not two: round up, do not add one",
    ),
    Mistake(
        lambda outputs, inputs: -(-outputs // SIDE) + -(-inputs // SIDE),
        "parts along outputs and along inputs form a grid: multiply their numbers",
    ),
    Mistake(lambda outputs, inputs: outputs * inputs / SIDE**2, "cores are whole: round up"),
)

RESNET_MISTAKES = (
    Mistake(lambda width: resnet_cores(width, dense=False), "the dense layer needs cores, too"),
    Mistake(
        lambda width: resnet_cores(width, patch=1),
        "a kernel of 3 x 3 sees nine pixels of each channel: nine times as many inputs",
    ),
    Mistake(
        lambda width: resnet_cores(width) - 2 * cores_of(4 * width, 36 * width),
        "the last three convolutions have the same shape, and each needs cores of its own",
    ),
    Mistake(
        lambda width: (
            resnet_cores(width)
            - cores_of(2 * width, 18 * width)
            - 2 * cores_of(4 * width, 36 * width)
        ),
        "a row of the table may be several layers: each of them needs cores",
    ),
)

INTERVAL_MISTAKES = (
    Mistake(
        lambda serial: own_times(serial)[1] / READ,
        "that is the number of reads: times the duration of a read",
    ),
    Mistake(
        lambda serial: READ * np.max(given_network(serial)[1]),
        "that is with every layer once",
    ),
    Mistake(
        lambda serial: own_times(serial, budget=GRID * GRID)[1],
        "that is with 64 cores: four of them are broken",
    ),
    Mistake(lambda serial: own_times(serial)[0], "that is the latency: the slowest layer alone"),
    Mistake(
        lambda serial: own_times(serial, t_read=FAST_READ)[1],
        "that is the one-phase read: the four-phase one takes longer",
    ),
)

TIME_MISTAKES = (
    Mistake(
        lambda reads, copies, t: times(reads, copies, t)[::-1],
        "the two are exchanged: the latency is the sum, the interval the largest",
    ),
    Mistake(
        lambda reads, copies, t: times(reads, copies, t, whole=np.asarray),
        "a copy reads a whole number of times: round up",
    ),
    Mistake(
        lambda reads, copies, t: times(reads, np.ones_like(copies), t),
        "the copies share the reads: divide by their number",
    ),
    Mistake(
        lambda reads, copies, t: (np.sum(reads) * t / np.sum(copies), times(reads, copies, t)[1]),
        "each layer has its own copies: divide layer by layer, then add",
    ),
)


def _rows(a: int, b: int) -> tuple[int, int]:
    (r, c), (s, d) = divmod(a, GRID), divmod(b, GRID)
    return abs(s - r), abs(d - c)


HOP_MISTAKES = (
    Mistake(
        lambda a, b: sum(_rows(a, b)),
        "along a row a link reaches two cores at once: half as many steps, rounded up",
    ),
    Mistake(
        lambda a, b: _rows(a, b)[0] + _rows(a, b)[1] / 2,
        "hops are whole: round up, a single column still takes a link",
    ),
    Mistake(
        lambda a, b: _rows(a, b)[0] + _rows(a, b)[1] // 2,
        "round up: a single column still takes a link",
    ),
    Mistake(
        lambda a, b: -(-_rows(a, b)[0] // 2) + _rows(a, b)[1],
        "the long reach is along a row, not along a column",
    ),
    Mistake(
        lambda a, b: max(_rows(a, b)[0], -(-_rows(a, b)[1] // 2)),
        "no link runs diagonally: add the steps along the row and along the column",
    ),
)


@dataclass(frozen=True, slots=True)
class SharesOutCores:
    """Judges ``balance(cores, reads, budget)``: fits, helps, is as fast as can be, wastes no core.

    In at least two of the networks, handing out copies one by one until the budget is spent leaves
    copies that shorten nothing.
    """

    rounds: int = 6
    """Networks that are tried."""
    wasteful: int = 2
    """How many of them are of the kind that wastes copies that go out one by one."""

    def cases(self, serial: int) -> list[tuple[Any, ...]]:
        """Return the networks and budgets of one student."""
        rng = np.random.default_rng([serial, 0x5A1])
        wasteful: list[tuple[Any, ...]] = []
        while len(wasteful) < self.wasteful:
            case = draw_budget(rng)
            if np.sum(case[0] * one_by_one(*case)) > np.sum(case[0] * balance(*case)):
                wasteful.append(case)
        return [*(draw_budget(rng) for _ in range(self.rounds - self.wasteful)), *wasteful]

    def __call__(self, answer: Any, serial: int) -> Finding:
        """Call the function on every network; the worst result counts."""
        if not callable(answer):
            kind = type(answer).__name__
            return Finding(0.0, f"expected a function, got {kind}: give its name without brackets")
        worst = Finding(1.0, "right")
        for cores, reads, budget in self.cases(serial):
            try:
                returned = answer(cores.copy(), reads.copy(), budget)
            # Whatever the student's function raises is an answer to be explained.
            except Exception as error:
                return Finding(0.0, f"it raised {type(error).__name__} ({error})")
            found = self._judge(returned, cores, reads, budget)
            if found.share < worst.share:
                worst = found
        return worst

    @staticmethod
    def _judge(returned: Any, cores: np.ndarray, reads: np.ndarray, budget: int) -> Finding:
        case = f"cores {cores.tolist()}, reads {reads.tolist()}, {budget} cores in all"
        if is_blank(returned):
            return Finding(0.0, "it returned nothing: is the `return` missing?")
        copies = as_numbers(returned)
        if copies is None:
            return Finding(0.0, f"wrong type returned: {wrong_kind(returned)}")
        if copies.shape != cores.shape:
            return Finding(0.0, f"expected one number per layer, got the shape {copies.shape}")
        if not are_whole(np.asarray(returned).tolist()):
            return Finding(0.0, "copies are whole numbers: `.astype(int)` at the end makes them so")
        if np.any(copies < 1):
            return Finding(0.0, "every layer stands at least once")
        used = int(np.sum(copies * cores))
        if used > budget:
            return Finding(0.0, f"{case}: your copies take {used}, more than there are")
        slowest, best = int(np.max(np.ceil(reads / copies))), best_interval(cores, reads, budget)
        fewest = int(np.sum(balance(cores, reads, budget) * cores))
        if slowest == best and used == fewest:
            return Finding(1.0, "right")
        if slowest == best:
            return Finding(
                2 / 3,
                f"{case}: the shortest interval, {best} reads, on {used} cores, where {fewest} are "
                "enough: which copies shorten nothing?",
            )
        said = f"{case}: your slowest layer does {slowest} reads, {best} is possible"
        once = int(np.max(reads))
        if slowest >= once:
            return Finding(0.0, f"{said}. Give the next copy to the layer that is slowest *now*")
        hint = "is there a layer that a small change of copies would bring below the slowest?"
        return Finding(1 / 3, f"{said}: {hint}")


def widest_width(answer: Any, serial: int) -> Finding:
    """Judge the largest width of ResNet-9 that fits on 64 cores."""
    numbers = as_numbers(answer)
    if numbers is None:
        return Finding(0.0, wrong_kind(answer))
    if numbers.size != 1:
        return Finding(0.0, f"expected one number, got an array of shape {numbers.shape}")
    width = float(numbers.reshape(()))
    if not width.is_integer() or width < 1:
        return Finding(0.0, "a width is a number of filters: whole, and at least 1")
    if width == resnet_cores(widest()):
        return Finding(0.0, "that is the number of cores of the widest: its width, please")
    if width > MOST_FILTERS or resnet_cores(int(width)) > GRID * GRID:
        needed = f"{resnet_cores(int(width))} cores" if width <= MOST_FILTERS else "far too many"
        return Finding(0.0, f"width {width:.0f} takes {needed}: there are {GRID * GRID}")
    if width < widest():
        used = resnet_cores(int(width))
        return Finding(0.0, f"width {width:.0f} fits, on {used} cores, but a wider one does, too")
    return Finding(1.0, "right")


def path_over_cores(answer: Any, serial: int) -> Finding:
    """Judge an order of the working cores: each once, and linked to the next."""
    numbers = as_numbers(answer)
    if numbers is None:
        return Finding(0.0, wrong_kind(answer))
    if numbers.ndim != 1 or not are_whole(np.asarray(answer).tolist()):
        return Finding(0.0, f"expected {WORKING} core numbers, one after another")
    path, broken = numbers.astype(int).tolist(), set(broken_cores(serial)[0].tolist())
    if met := sorted(broken & set(path)):
        return Finding(0.0, f"a broken core is in it: {met[0]}")
    if len(path) != WORKING:
        return Finding(0.0, f"expected {WORKING} core numbers, got {len(path)}")
    if set(path) != set(range(GRID * GRID)) - broken:
        return Finding(0.0, "every working core once, with numbers from 0 to 63")
    if gap := first_gap(path):
        return Finding(0.0, f"no link leads from core {gap[0]} to core {gap[1]}, the next of yours")
    return Finding(1.0, "right")
