"""Checks of arguments. Every message names the argument, its value and what is allowed."""

from __future__ import annotations

import inspect
import math
import numbers
import os
import sys
import warnings
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from aimc.units import seconds

__all__ = [
    "RangeWarning",
    "UnprogrammedError",
    "at_place",
    "check_array",
    "check_bits",
    "check_choice",
    "check_integer",
    "check_kind",
    "check_number",
    "check_rising_times",
    "check_serial",
    "check_time",
    "emit",
    "noted",
    "tell_first",
    "warn_caller",
    "warning_takers",
]

# abstract kinds of numbers take long to look up: the usual ones first
REAL = float | int | numbers.Real
INTEGER = int | numbers.Integral
BOOLEAN = bool | np.bool_


class RangeWarning(UserWarning):
    """A converter was driven outside its range, or a fit outside the data it was made from.

    Parameters
    ----------
    message : str
        What happened, in words.
    share : float, optional
        Share of the values that were clipped, 0 to 1.
    what : str
        Which values these are, such as ``"inputs"``.
    layer : str, optional
        Name of the layer that computed.
    core : int, optional
        Number of its core.
    parts : sequence of RangeWarning
        The warnings that this one gathers, where one product of a matrix, or one forward of a
        model, meets several.
    """

    def __init__(
        self,
        message: str = "",
        *,
        share: float | None = None,
        what: str = "",
        layer: str | None = None,
        core: int | None = None,
        parts: Sequence[RangeWarning] = (),
    ) -> None:
        super().__init__(message)
        self.share, self.what, self.layer, self.core = share, what, layer, core
        self.parts = tuple(parts)


class UnprogrammedError(RuntimeError):
    """A core was read before any weights were programmed into it."""


warning_takers: list[Callable[[Warning], bool]] = []
"""Functions that may take a warning, to give it out later together with others."""


_place: ContextVar[tuple[str, int] | None] = ContextVar("place", default=None)
_notes: ContextVar[list[RangeWarning] | None] = ContextVar("notes", default=None)


@contextmanager
def at_place(layer: str, core: int) -> Iterator[None]:
    """Have the range warnings that come from within name a layer and a core."""
    before = _place.set((layer, core))
    try:
        yield
    finally:
        _place.reset(before)


def warn_caller(message: str | Warning, category: type[Warning] = RangeWarning) -> None:
    """Warn, pointing at the line outside this package that led there.

    A warning that one of `warning_takers` takes is left to it.
    """
    warning = category(message) if isinstance(message, str) else message
    if isinstance(warning, RangeWarning) and (place := _place.get()) is not None:
        layer, core = place
        warning.args = (f"layer {layer!r}, core {core}: {warning}",)
        warning.layer, warning.core = layer, core
    if any(take(warning) for take in warning_takers):
        return
    notes = _notes.get()
    if notes is None or not isinstance(warning, RangeWarning):
        emit(warning)
    else:
        notes.append(warning)


@contextmanager
def noted(notes: list[RangeWarning]) -> Iterator[None]:
    """Have the range warnings that come from within, and that nobody takes, put in a list."""
    token = _notes.set(notes)
    try:
        yield
    finally:
        _notes.reset(token)


def tell_first(notes: list[RangeWarning]) -> None:
    """Warn of the first that `noted` put in a list, where the others say the same."""
    outer = _notes.get()
    for note in notes[:1]:
        emit(note) if outer is None else outer.append(note)


def emit(warning: Warning) -> None:
    """Warn at once, pointing at the line outside this package that led there.

    A layer is called by torch: its lines between two of this package's are passed over as well.
    """
    package, depth, frame = os.path.dirname(__file__), 1, sys._getframe()
    while frame.f_back is not None and (
        frame.f_code.co_filename.startswith(package)
        or frame.f_globals.get("__name__", "").startswith("torch.")
    ):
        frame, depth = frame.f_back, depth + 1
    warnings.warn(warning, stacklevel=depth)


def check_kind(name: str, value: Any, kind: type) -> Any:
    """Return ``value`` if it is of a kind, or raise an error that names it.

    Raises
    ------
    TypeError
        If it is of another kind. If the kind is a protocol, the message lists what is missing, as
        one would write it.
    """
    wanted = f"{name} must be a {kind.__name__}, got"
    if isinstance(value, type):
        raise TypeError(f"{wanted} the class {value.__name__}: call it, {value.__name__}(...)")
    if isinstance(value, kind):
        return value
    missing = [member for member in _members(kind) if not hasattr(value, member)]
    if len(missing) == len(_members(kind)):  # something else altogether
        raise TypeError(f"{wanted} {value!r}")
    lines = [_as_written(getattr(kind, member), member) for member in missing]
    raise TypeError("\n    ".join([f"{wanted} {type(value).__name__}, which lacks:", *lines]))


def _members(kind: type) -> list[str]:
    """Return the names that a protocol asks for; none for another class."""
    if not getattr(kind, "_is_protocol", False):
        return []
    return [name for name in vars(kind) if not name.startswith("_")]


def _as_written(member: Any, name: str) -> str:
    """Return one line of a protocol: a field or the head of a method, and what it is."""
    words = (member.__doc__ or "").strip().partition("\n")[0]
    if isinstance(member, property):
        kind = getattr(member.fget, "__annotations__", {}).get("return", "Any")
        return f"{name}: {kind}  # {words}"
    return f"def {name}{inspect.signature(member)}: ...  # {words}"


def check_number(
    name: str,
    value: Any,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    open_low: bool = False,
    unit: str = "",
    infinite: bool = False,
) -> float:
    """Return ``value`` as a float, or raise an error that names it.

    Parameters
    ----------
    name : str
        Name of the argument, as the caller wrote it.
    value : Any
        What the caller passed.
    low, high : float
        Allowed closed interval.
    open_low : bool
        Whether ``low`` itself is excluded.
    unit : str
        Unit for the message, e.g. ``"S"``.
    infinite : bool
        Whether an infinite value is allowed.

    Raises
    ------
    TypeError
        If ``value`` is not a real number.
    ValueError
        If it is NaN, infinite where that is not allowed, or outside the interval.
    """
    if _is_bool(value) or not isinstance(value, REAL):
        raise TypeError(f"{name} must be a real number, got {value!r} ({type(value).__name__})")
    number = float(value)
    inside = (number > low if open_low else number >= low) and number <= high
    if math.isnan(number) or (math.isinf(number) and not infinite) or not inside:
        left = "(" if open_low else "["
        right = "]" if math.isfinite(high) else ")"
        interval = f"{left}{low:g}, {high:g}{right}"
        raise ValueError(
            f"{name}={value!r} is not allowed: it must lie in {interval} {unit}".rstrip()
        )
    return number


def check_time(name: str, value: Any, *, low: float = 0.0, open_low: bool = False) -> float:
    """Return a time in seconds, from a number of them or from words such as ``"1 d"``.

    Raises
    ------
    TypeError, ValueError
        As from `check_number` and `aimc.units.seconds`.
    """
    known = seconds(value, name) if isinstance(value, str) else value
    return check_number(name, known, low=low, open_low=open_low, unit="s")


def check_rising_times(name: str, values: Any) -> tuple[float, ...]:
    """Return times in seconds, each a number or words, each later than the one before.

    Raises
    ------
    TypeError, ValueError
        As from `check_time`, if one of them is no time; if one is not later than the one before.
    """
    times = tuple(check_time(f"{name}[{k}]", value) for k, value in enumerate(values))
    for k in range(1, len(times)):
        check_number(f"{name}[{k}]", times[k], low=times[k - 1], open_low=True, unit="s")
    return times


def check_integer(name: str, value: Any, *, low: int, high: int | None = None) -> int:
    """Return ``value`` as an int inside ``[low, high]``, or raise an error that names it."""
    allowed = f"an integer >= {low}" if high is None else f"an integer from {low} to {high}"
    if _is_bool(value) or not isinstance(value, INTEGER):
        raise TypeError(f"{name} must be {allowed}, got {value!r} ({type(value).__name__})")
    number = int(value)
    if number < low or (high is not None and number > high):
        raise ValueError(f"{name}={value!r} is not allowed: it must be {allowed}")
    return number


def check_bits(name: str, value: Any, *, low: int = 2, high: int = 32) -> int | None:
    """Return a converter resolution in bits; ``None`` stands for an ideal converter."""
    return None if value is None else check_integer(name, value, low=low, high=high)


def check_choice(name: str, value: Any, allowed: Collection[Any]) -> Any:
    """Return ``value`` if it is one of ``allowed``, or raise a ValueError that lists them.

    True is not taken for 1, nor False for 0.
    """
    known = value in allowed
    if known and _is_bool(value):
        known = any(_is_bool(option) for option in allowed if option == value)
    if not known:
        options = ", ".join(repr(option) for option in allowed)
        raise ValueError(f"{name}={value!r} is not allowed: choose one of {options}")
    return value


def _is_bool(value: Any) -> bool:
    return isinstance(value, BOOLEAN)


def _is_real(dtype: Any) -> bool:
    kind = getattr(dtype, "kind", None)  # NumPy's, whose names take long to write
    if kind is not None:
        return kind in "fiub"
    kind = str(dtype)
    return "complex" not in kind and any(part in kind for part in ("float", "int", "bool"))


def check_serial(name: str, value: Any) -> int:
    """Return a chip serial number: an integer from 0 to 2**63 - 1."""
    return check_integer(name, value, low=0, high=2**63 - 1)


def check_array(
    name: str,
    value: Any,
    *,
    ndim: int | None = None,
    last: int | None = None,
    low: float = -math.inf,
    high: float = math.inf,
    unit: str = "",
) -> float:
    """Check that an array is real, finite, inside ``[low, high]`` and of the expected shape.

    Works on NumPy arrays and on torch tensors alike; anything else raises. Returns the largest
    magnitude, which is known by then.

    Parameters
    ----------
    name : str
        Name of the argument for the message.
    value : array
        NumPy array or torch tensor.
    ndim : int, optional
        Required number of axes.
    last : int, optional
        Required length of the last axis.
    low, high : float
        Allowed closed interval of the entries.
    unit : str
        Unit for the message.
    """
    shape = getattr(value, "shape", None)
    if shape is None or not hasattr(value, "dtype"):
        raise TypeError(
            f"{name} must be a NumPy array or a torch tensor, got {type(value).__name__}"
        )
    if not _is_real(value.dtype):
        raise TypeError(f"{name} must hold real numbers, got dtype {value.dtype}")
    if ndim is not None and len(shape) != ndim:
        raise ValueError(f"{name} must have {ndim} axes, got shape {tuple(shape)}")
    if last is not None and (len(shape) == 0 or shape[-1] != last):
        raise ValueError(
            f"{name} must have {last} entries on its last axis, got shape {tuple(shape)}"
        )
    if math.prod(shape) == 0:
        raise ValueError(f"{name} is empty: its shape is {tuple(shape)}")
    plain = value.detach() if hasattr(value, "detach") else value
    # torch finds both in one pass
    both = plain.aminmax() if hasattr(plain, "aminmax") else (plain.min(), plain.max())
    smallest, largest = float(both[0]), float(both[1])
    if not (math.isfinite(smallest) and math.isfinite(largest)):
        raise ValueError(f"{name} must be finite, got values from {smallest!r} to {largest!r}")
    if smallest < low or largest > high:
        raise ValueError(
            f"{name} must lie in [{low:g}, {high:g}] {unit}".rstrip()
            + f", got values from {smallest:g} to {largest:g}"
        )
    return max(-smallest, largest)
