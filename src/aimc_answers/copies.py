"""Copies of layers: plans such as ``{"conv1": 2}``, and how spare cores are shared out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from aimc_answers.checks.judges import Finding, FunctionScored, Property, needs
from aimc_course.checks.diagnosis import are_whole

__all__ = ["names_copies", "one_by_one", "shares_out"]


def names_copies(cores: Callable[[int, dict[str, int]], int]) -> tuple[Property, ...]:
    """Return what such an answer needs, in order.

    Parameters
    ----------
    cores : callable
        The cores that a plan takes on the chip with a serial number; raises where there is none.
    """

    def is_dict(answer: Any, serial: int) -> bool:
        return isinstance(answer, dict) and len(answer) > 0

    return (
        needs('expected a dict such as {"conv1": 2}', is_dict),
        needs(
            "copies are whole numbers: `int(...)` makes them so",
            lambda answer, serial: are_whole(answer.values()),
        ),
        needs("the library refuses it", lambda answer, serial: cores(serial, answer) > 0),
    )


def draw_budget(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw layers, and a budget that lets some of them stand more than once."""
    cores = rng.integers(1, 9, 5)
    reads = rng.choice((1024, 900, 256, 196, 64, 16), 5)
    return cores, reads, int(cores.sum() + rng.integers(5, 120))


def one_by_one(cores: np.ndarray, reads: np.ndarray, budget: int) -> np.ndarray:
    """Return copies that go one after the other to the layer that is slowest at the time.

    The interval is as short as it can be, but the last copies may have shortened nothing.
    """
    copies = np.ones(len(cores), dtype=np.int64)
    while True:
        slowest = int(np.argmax(-(-reads // copies)))
        if int(np.sum(copies * cores)) + int(cores[slowest]) > budget:
            return copies
        copies[slowest] += 1


def shares_out(balance: Callable[..., np.ndarray]) -> FunctionScored:
    """Return a judge of ``balance(cores, reads, budget)``, six networks of each student.

    Copies have to fit, to help, to make the interval as short as it can be, and to waste no core.
    In two of the networks, copies that go out one by one shorten nothing in the end; in one, the
    best copies take all cores.

    Parameters
    ----------
    balance : callable
        The right function.
    """

    def cases(serial: int) -> list[tuple[Any, ...]]:
        rng = np.random.default_rng([serial, 0x5A1])
        wasteful: list[tuple[Any, ...]] = []
        while len(wasteful) < 2:
            case = draw_budget(rng)
            if np.sum(case[0] * one_by_one(*case)) > np.sum(case[0] * balance(*case)):
                wasteful.append(case)
        drawn = [draw_budget(rng) for _ in range(4)]
        while not (full := _full(drawn[-1], balance)):
            drawn[-1] = draw_budget(rng)
        return [*drawn[:-1], full, *wasteful]

    def score(copies: np.ndarray, cores: np.ndarray, reads: np.ndarray, budget: int) -> Finding:
        best = balance(cores, reads, budget)
        return _shared_out(copies, best, cores, reads, budget)

    return FunctionScored(cases, score)


def _full(case: tuple[Any, ...], balance: Callable[..., np.ndarray]) -> tuple[Any, ...]:
    """Return the network with the cores that its best copies take; nothing if one less is none."""
    cores, reads, budget = case
    used = int(np.sum(cores * balance(cores, reads, budget)))
    one_less = balance(cores, reads, used - 1)
    helps = np.max(-(-reads // one_less)) < np.max(reads)
    return (cores, reads, used) if helps and np.sum(cores * one_less) < used else ()


def _shared_out(
    copies: np.ndarray, right: np.ndarray, cores: np.ndarray, reads: np.ndarray, budget: int
) -> Finding:
    case = f"cores {cores.tolist()}, reads {reads.tolist()}, {budget} cores in all"
    if copies.shape != cores.shape:
        return Finding(0.0, f"expected one number per layer, got the shape {copies.shape}")
    if not are_whole(copies.tolist()):
        return Finding(0.0, "copies are whole numbers: `.astype(int)` at the end makes them so")
    if np.any(copies < 1):
        return Finding(0.0, "every layer stands at least once")
    used, fewest = int(np.sum(copies * cores)), int(np.sum(right * cores))
    if used > budget:
        return Finding(0.0, f"{case}: your copies take {used}, more than there are")
    slowest, best = (int(np.max(-(-reads // counts))) for counts in (copies, right))
    if slowest == best and used == fewest:
        return Finding(1.0, "right")
    if slowest == best:
        return Finding(
            2 / 3,
            f"{case}: the shortest interval, {best} reads, on {used} cores, where {fewest} are "
            "enough: which copies shorten nothing?",
        )
    said = f"{case}: your slowest layer does {slowest} reads, {best} is possible"
    if slowest >= int(np.max(reads)):
        return Finding(0.0, f"{said}. Give the next copy to the layer that is slowest *now*")
    hint = "is there a layer that a small change of copies would bring below the slowest?"
    if fewest == budget:
        hint = f"all {budget} cores may be in use"
    return Finding(1 / 3, f"{said}: {hint}")
