"""What a function that learns from data is given: one batch, or an iterable of batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from array_api_compat import is_numpy_array, is_torch_array

from aimc.backend.arrays import Array

__all__ = ["Batches", "batches"]

Batches: TypeAlias = Array | Iterable[Any]
"""One batch, or an iterable of batches, such as a list or torch's ``DataLoader``."""


def batches(given: Batches, name: str = "batches", *, named: bool = False) -> Iterator[Any]:
    """Go through the inputs of one batch, or of an iterable of batches, alike.

    Parameters
    ----------
    given : array, or iterable
        An array is one batch, its first axis counts examples. Anything else that can be iterated
        over holds batches: arrays, or tuples and lists that begin with one, as data loaders give
        inputs with their labels.
    name : str
        Name of the caller's argument, for messages.
    named : bool
        Whether a batch may be a mapping of arrays by the names of inputs, which come as a
        dictionary then.

    Yields
    ------
    array
        The inputs of one batch, in the library and dtype in which they came.

    Raises
    ------
    TypeError
        If ``given`` is neither, or a tuple, which could be a batch with labels or two batches; if
        a batch is no array.
    ValueError
        If there is no batch, or one without examples. Iterables are looked at as they go by.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.ones((8, 3))
    >>> [batch.shape for batch in batches(x)], [batch.shape for batch in batches([x[:5], x[5:]])]
    ([(8, 3)], [(5, 3), (3, 3)])
    """
    if _is_array(given) or (named and isinstance(given, Mapping)):
        return iter([_checked(given, name, named)])
    if isinstance(given, tuple):
        raise TypeError(
            f"{name} is a tuple, which may be one batch with its labels or several batches: pass "
            "the inputs x alone, or a list of batches"
        )
    if isinstance(given, str | bytes | dict) or not hasattr(given, "__iter__"):
        raise TypeError(
            f"{name} must be a batch, a NumPy array or a torch tensor, or an iterable of batches, "
            f"got {type(given).__name__}"
        )
    return _each(given, name, named)


def _each(given: Iterable[Any], name: str, named: bool) -> Iterator[Any]:
    count = 0
    for count, batch in enumerate(given, start=1):
        x = batch[0] if isinstance(batch, tuple | list) and batch else batch
        yield _checked(x, f"{name}: batch {count - 1}", named)
    if count == 0:
        raise ValueError(f"{name} is empty: there is no batch in it")


def _checked(x: Any, name: str, named: bool) -> Any:
    if named and isinstance(x, Mapping):
        if not x:
            raise ValueError(f"{name} is empty: it names no input")
        return {str(key): _checked(value, f"{name}[{key!r}]", False) for key, value in x.items()}
    if not _is_array(x):
        raise TypeError(
            f"{name} must be a NumPy array or a torch tensor, or a tuple that begins with one, "
            f"got {type(x).__name__}"
        )
    if len(x.shape) == 0 or x.shape[0] == 0:
        raise ValueError(
            f"{name} must hold examples along its first axis, got shape {tuple(x.shape)}"
        )
    return x


def _is_array(value: Any) -> bool:
    return is_numpy_array(value) or is_torch_array(value)
