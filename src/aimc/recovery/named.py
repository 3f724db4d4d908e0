"""Objects with their usual settings by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from aimc.validation import check_choice

__all__ = ["by_name"]

T = TypeVar("T")


def by_name(
    argument: str, wanted: T | str, known: Mapping[str, Callable[[], T]], kind: type[Any]
) -> T:
    """Return what a name stands for, or the object given.

    Parameters
    ----------
    argument : str
        Name of the argument, for errors.
    wanted : object or str
        A name, or an object of the kind with settings of its own.
    known : mapping of str to callable
        What makes the object of each name.
    kind : type
        Class of the objects.

    Raises
    ------
    TypeError
        If it is neither.
    ValueError
        If the name is unknown.
    """
    if isinstance(wanted, kind):
        return cast(T, wanted)
    if not isinstance(wanted, str):
        raise TypeError(
            f"{argument} must be a name or a {kind.__name__}, got {wanted!r} "
            f"({type(wanted).__name__})"
        )
    return known[check_choice(argument, wanted, tuple(known))]()
