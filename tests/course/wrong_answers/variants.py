"""Right answers as honest students hand them in: lists, single precision, typed with few digits."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

import numpy as np
from invented import rounded

from aimc_answers.checks.question import JudgedQuestion

Change = Callable[[np.ndarray], Any]


def _single(array: np.ndarray) -> Any:
    return np.float32(array) if array.dtype.kind == "f" else array


def _typed(digits: int, array: np.ndarray) -> Any:
    return rounded(array, digits).tolist() if array.dtype.kind == "f" else array.tolist()


VARIANTS: dict[str, Change] = {
    "lists": lambda array: array.tolist(),
    "float32": _single,
    "4 digits": partial(_typed, 4),
    "3 digits": partial(_typed, 3),
}
"""What may be done to a right answer, by name."""


def changed(answer: Any, change: Change) -> Any:
    """Return an answer with every array in it changed; a function returns what it did, changed."""
    if callable(answer):
        return lambda *arguments, **named: changed(answer(*arguments, **named), change)
    if isinstance(answer, tuple | list) and any(np.ndim(a) or np.ndim(answer[0]) for a in answer):
        return type(answer)(changed(one, change) for one in answer)
    if answer is None or isinstance(answer, dict | str):
        return answer
    return change(np.asarray(answer))


def refused(
    question: JudgedQuestion, serial: int, tried: Collection[str] = tuple(VARIANTS)
) -> dict[str, str]:
    """Return what is said to those variants of the right answer that do not earn all points."""
    right, said = question.right_answer(serial), {}
    for name in tried:
        with np.errstate(all="ignore"):
            verdict = question.verdict(changed(right, VARIANTS[name]), serial)
        if not verdict.right:
            said[name] = verdict.message
    return said
