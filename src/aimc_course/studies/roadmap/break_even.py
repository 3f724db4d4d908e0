"""Where neither machine wins: one constant, or two, at which the gain is 1."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from aimc.validation import check_choice
from aimc_course.studies.roadmap.forecast import Roadmap

__all__ = ["break_even", "map_of_gains", "map_of_wins"]

_HALVINGS = 60


def break_even(question: Roadmap, name: str, goal: str = "energy") -> float | None:
    """Return the value of one constant at which both machines are equal, others at their medians.

    Parameters
    ----------
    question : Roadmap
        What is compared.
    name : str
        A varied constant, searched over its range; the gain has to rise or fall with it.
    goal : {"energy", "rate", "density"}
        Gain in what.

    Returns
    -------
    float or None
        SI unit; ``None`` if the same machine wins at both ends of the range.
    """
    check_choice("name", name, question.constants.varied)
    one = question.constants[name]

    def excess(share: float) -> float:
        value = float(one.at(np.array(share)))
        return float(np.log(question.middle(**{name: value}).gain(goal)[0]))

    low, high = 0.0, 1.0
    sign = excess(low)
    if sign * excess(high) > 0:
        return None
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if excess(middle) * sign > 0:
            low = middle
        else:
            high = middle
    return float(one.at(np.array((low + high) / 2)))


def map_of_gains(
    question: Roadmap,
    x: tuple[str, Sequence[float]],
    y: tuple[str, Sequence[float]],
    goal: str = "energy",
) -> np.ndarray:
    """Return the gain over two constants, all others at their medians.

    Parameters
    ----------
    question : Roadmap
        What is compared.
    x, y : tuple of str and sequence of float
        Name of a constant, ``"batch"`` or ``"context"``, and its values in SI units.
    goal : {"energy", "rate", "density"}
        Gain in what.

    Returns
    -------
    array, shape (values of y, values of x)
    """
    return np.array(
        [
            [
                _moved(
                    question, {x[0]: here, y[0]: there}, lambda q, c: q.middle(**c).gain(goal)[0]
                )
                for here in x[1]
            ]
            for there in y[1]
        ]
    )


def map_of_wins(
    question: Roadmap,
    x: tuple[str, Sequence[float]],
    y: tuple[str, Sequence[float]],
    count: int,
    seed: int,
    goals: tuple[str, ...] = ("energy",),
) -> np.ndarray:
    """Return the share of draws that are won, over two constants, all others drawn.

    Every point sees the same draws, so that neighbours differ by the constants alone.

    Parameters
    ----------
    question : Roadmap
        What is compared.
    x, y : tuple of str and sequence of float
        Name of a constant, ``"batch"`` or ``"context"``, and its values in SI units.
    count : int
        Draws at each point.
    seed : int
        Seed of the draws.
    goals : tuple of str
        In what to win, all at once.

    Returns
    -------
    array, shape (values of y, values of x)
    """

    def won(q: Roadmap, c: dict[str, float]) -> float:
        drawn = q.constants.draw(count, np.random.default_rng(seed))
        drawn.update({name: np.full(count, value) for name, value in c.items()})
        return q.compare(drawn).wins(*goals)

    return np.array(
        [[_moved(question, {x[0]: here, y[0]: there}, won) for here in x[1]] for there in y[1]]
    )


def _moved(
    question: Roadmap,
    point: dict[str, float],
    ask: Callable[[Roadmap, dict[str, float]], float],
) -> float:
    """Return an answer with the batch, the context and constants moved to a point."""
    constants = dict(point)
    batch, context = constants.pop("batch", None), constants.pop("context", None)
    for name in constants:
        check_choice("name", name, (*question.constants, "batch", "context"))
    moved = question.at(batch=None if batch is None else round(batch), context=context)
    return float(ask(moved, constants))
