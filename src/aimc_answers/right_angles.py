"""Judge of a function that makes the rows of a matrix orthogonal, in whichever way it does so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from aimc_answers.checks.judges import Finding, FunctionScored, Judge, call
from aimc_answers.checks.keys import hidden_seed
from aimc_answers.checks.weighted import Weighted
from aimc_course.checks.diagnosis import precision

__all__ = ["makes_orthogonal"]

EXACT = 1e-8
SAME = (
    "rows of the same lengths in other directions give the same result: random directions have to "
    "stay random, so make yours of those that come in"
)


def makes_orthogonal() -> Weighted:
    """Return a judge of ``orthogonal(square)``; right angles and lengths earn half each.

    The rows of the result have to be orthogonal, and as long as the rows that came in. Directions
    that do not depend on those of the rows, as the axes do not, are not asked for.
    """
    scores = (at_right_angles, as_long)
    weighted = tuple((1.0, _tried(score)) for score in scores)
    return Weighted(weighted, ("right angles", "lengths"))


def _tried(score: Callable[[np.ndarray, np.ndarray], Finding]) -> Judge:
    scored = FunctionScored(_squares, score)

    def judge(answer: Any, serial: int) -> Finding:
        found = scored(answer, serial)
        if found.share == 1 and score is at_right_angles and _looks_away(answer, serial):
            return Finding(0.0, SAME)
        return found

    return judge


def _looks_away(answer: Callable[..., Any], serial: int) -> bool:
    """Tell whether rows of the same lengths in other directions lead to the same result."""
    (square,) = _squares(hidden_seed(serial))[-1]
    turned = np.roll(square, 3, axis=1)
    one, other = (np.asarray(call(answer, (each,)).returned) for each in (square, turned))
    return np.allclose(one, other, atol=0)


def _squares(serial: int) -> list[tuple[np.ndarray]]:
    rng = np.random.default_rng([serial, 0x503])
    return [(rng.standard_normal((n, n)),) for n in (3, 6, 10)]


def at_right_angles(got: np.ndarray, square: np.ndarray) -> Finding:
    """Judge whether rows are orthogonal, whatever their length."""
    if got.shape != square.shape:
        return Finding(0.0, f"expected shape {square.shape}, got {got.shape}")
    lengths = np.linalg.norm(got, axis=1)
    if not np.all(lengths > 0):
        return Finding(0.0, "a row of zeros is no direction")
    cosines = got @ got.T / np.outer(lengths, lengths)
    right = np.allclose(cosines, np.eye(len(got)), atol=max(EXACT, precision(got)))
    return Finding(float(right), "right" if right else "the rows are not orthogonal")


def as_long(got: np.ndarray, square: np.ndarray) -> Finding:
    """Judge whether rows are as long as those that were given."""
    if got.shape != square.shape:
        return Finding(0.0, f"expected shape {square.shape}, got {got.shape}")
    if np.array_equal(got, square):
        return Finding(0.0, "that is what came in")
    found, wanted = np.linalg.norm(got, axis=1), np.linalg.norm(square, axis=1)
    right = np.allclose(found, wanted, rtol=max(EXACT, precision(got)))
    told = "each row has to be as long as the row of the matrix that came in"
    return Finding(float(right), "right" if right else told)
