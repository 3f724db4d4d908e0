"""Runs over one batch, or batch by batch."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Real
from typing import Any

from aimc.backend import Batches, as_array, batches, namespace
from aimc.chip.torch_model import check_batch

__all__ = ["as_batches", "run_batches"]


def as_batches(x: Any) -> Any:
    """Return what a run of a stored network is given, with a nested list of numbers as one batch.

    A list of arrays holds batches.
    """
    numbers = isinstance(x, list) and bool(x) and isinstance(x[0], list | Real)
    return as_array("x", x) if numbers else x


def run_batches(compute: Callable[[Any], Any], x: Batches) -> tuple[Any, int]:
    """Return the outputs for one batch, or those of several joined, and how many inferences.

    Parameters
    ----------
    compute : callable
        ``compute(batch)`` returns the outputs of a batch.
    x : array, or iterable
        One batch, or an iterable of batches, as `aimc.backend.batches` takes them.

    Raises
    ------
    TypeError
        If ``x`` is neither, or several batches have outputs that are no arrays, such as those of a
        recurrent layer with its states, whose axis of inferences is not known.
    ValueError
        If there is no batch, or one without inferences.
    """
    outputs, inferences = [], 0
    for batch in batches(x, "x"):
        inferences += check_batch("x", batch)
        outputs.append(compute(batch))
    if len(outputs) == 1:
        return outputs[0], inferences
    if not all(hasattr(each, "shape") for each in outputs):
        raise TypeError(
            f"x holds {len(outputs)} batches, whose outputs ({type(outputs[0]).__name__}) cannot "
            "be joined: run one batch at a time"
        )
    return namespace(outputs[0]).concat(outputs, axis=0), inferences
