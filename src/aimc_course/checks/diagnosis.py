"""What kind of answer came in, and how far a wrong one is off.

A check that only says "wrong" teaches nothing. The usual slips are named by `slips`; of an answer
that is none of them, its kind, its shape, and the place and size of the first error are told here.
"""

from __future__ import annotations

import numbers
from collections.abc import Iterable
from typing import Any

import numpy as np

from aimc.published import Fact

__all__ = [
    "are_whole",
    "as_numbers",
    "close",
    "describe",
    "is_blank",
    "one_number",
    "precision",
    "rounded_to",
    "wrong_kind",
]

NEARLY = 0.005  # of a factor from one
FEW_PER_CENT = 7  # and no more

COUNTED = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}
"""Digits to which a rounded answer is recognised, in words: numbers may have to be secret."""

ROUNDINGS = 8
"""Last places of single precision by which a calculation in it may be off."""

MANY_ZEROS = 4
"""Powers of ten from which on an answer is taken to be off by prefixes of its units."""


def is_blank(answer: Any) -> bool:
    """Return whether the answer is what an untouched notebook holds: ``...`` or nothing."""
    return answer is None or answer is Ellipsis


def as_numbers(value: Any) -> np.ndarray | None:
    """Return an answer as an array of float64, or of float32 if it came in single precision.

    ``None`` if it does not hold real numbers.
    """
    if isinstance(value, np.ndarray | numbers.Real | list | tuple) or hasattr(value, "__array__"):
        try:
            array = np.asarray(value)
        except (TypeError, ValueError):
            return None
        if array.dtype.kind in "fiu":
            return array.astype(np.float32 if array.dtype == np.float32 else np.float64)
    return None


def precision(answer: np.ndarray) -> float:
    """Return the relative difference that an answer's own number format explains.

    A right answer in single precision is off by a few last places of it, however narrow the
    tolerance of the question. Half precision explains nothing: nobody computes in it unawares.
    """
    single = answer.dtype == np.float32
    return ROUNDINGS * float(np.finfo(np.float32).eps) if single else 0.0


def one_number(value: Any) -> float:
    """Return an answer that is a single number; neither ``True`` nor a text is one.

    Raises
    ------
    TypeError
        If it does not hold real numbers.
    ValueError
        If it holds more than one, or none.
    """
    array = as_numbers(value)
    if array is None:
        raise TypeError(wrong_kind(value))
    if array.size != 1:
        raise ValueError(f"expected one number, got an array of shape {array.shape}")
    return float(array.reshape(()))


def are_whole(values: Iterable[Any]) -> bool:
    """Return whether all values are integers: 3, but neither 3.0 nor ``True``."""
    return all(isinstance(v, numbers.Integral) and not isinstance(v, bool) for v in values)


def wrong_kind(value: Any) -> str:
    """Say what an answer is that should have held numbers."""
    if callable(value):
        return "expected numbers, got a function: call it, and give what it returns"
    if is_blank(value):
        return "got nothing: the answer is still `...` or `None`"
    if isinstance(value, np.ndarray):
        return wrong_kind(value.tolist())
    if isinstance(value, list | tuple):
        start = f"expected numbers, got a {type(value).__name__}"
        for entry in value:
            if as_numbers(entry) is None:
                inner = isinstance(entry, list | tuple)
                return wrong_kind(entry) if inner else f"{start} that holds {_named(entry)}"
        return f"{start} whose entries differ in shape"
    return f"expected numbers, got {_named(value)}"


def _named(value: Any) -> str:
    """Name what is no number; of what carries one, say where it is."""
    if is_blank(value):
        return "`...` or `None`"
    if isinstance(value, Fact):
        return "a published fact: give its `.number`"
    if hasattr(value, "value") and hasattr(value, "text"):
        return "a cost with its labels: give its `.value`"
    return type(value).__name__


def close(got: np.ndarray, expected: np.ndarray, rtol: float) -> bool:
    """Return whether arrays agree: no entry is off by over ``rtol`` times the largest entry.

    Of an answer in single precision, by over its `precision` if that is more.
    """
    if got.shape != expected.shape:
        return False
    return bool(np.all(_within(got, expected, rtol)))


def _within(got: np.ndarray, expected: np.ndarray, rtol: float) -> np.ndarray:
    with np.errstate(invalid="ignore"):  # infinity less infinity
        off = np.abs(got - expected)
    rtol = max(rtol, precision(got))
    return np.isfinite(expected) & (off <= rtol * np.max(np.abs(expected), initial=0.0))


def describe(got: np.ndarray, expected: np.ndarray, rtol: float) -> str:
    """Say what is wrong with an answer of which no slip is known.

    Parameters
    ----------
    got, expected : numpy.ndarray
        Answer and right answer.
    rtol : float
        Relative tolerance.
    """
    if got.shape != expected.shape:
        return _explain_shape(got, expected, rtol)
    if not np.all(np.isfinite(got)):
        return "it holds NaN or infinity: is there a division by zero or a logarithm of zero?"
    if digits := rounded_to(got, expected):
        return (
            f"right to {COUNTED[digits]} digits, and more are needed: hand in the variable, not a "
            "rounded copy"
        )
    if got.size == 1:
        return f"the value is {_off_by(float(got.flat[0]), float(expected.flat[0]))}"
    return _explain_entries(got, expected, rtol)


def rounded_to(got: np.ndarray, expected: np.ndarray) -> int:
    """Return how many digits a rounded copy of the right answer keeps; 0 if it is none.

    Each entry has no more digits than that, or all have as many places as give the largest one that
    many, and the last place is off by less than one. A single digit is a guess and no copy.
    """
    if got.shape != expected.shape or not np.all(np.isfinite(got)):
        return 0
    size = np.maximum(np.abs(got), np.abs(expected))
    with np.errstate(divide="ignore"):
        first = np.floor(np.log10(np.where(size > 0, size, 1.0)))
    top = float(np.max(first, initial=-np.inf))
    for digits in COUNTED:
        for unit in (10.0 ** (first - digits + 1), np.full(got.shape, 10.0 ** (top - digits + 1))):
            whole = np.abs(got / unit - np.round(got / unit)) < 1e-6
            if np.all(whole & (np.abs(got - expected) < unit)):
                return digits
    return 0


def _explain_shape(got: np.ndarray, expected: np.ndarray, rtol: float) -> str:
    if expected.ndim == 1 and got.ndim == 0:
        return f"expected {expected.size} values, got one"
    if expected.ndim == got.ndim == 1:
        which = "is one missing" if got.size < expected.size else "is one too many"
        return f"expected {expected.size} values, got {got.size}: {which}?"
    start = f"expected shape {expected.shape}, got {got.shape}"
    if got.ndim == expected.ndim and got.shape[::-1] == expected.shape:
        # The shapes of a stack of matrices are told apart by its first axis alone.
        same = close(got.T, expected, rtol)
        return f"{start}: it is transposed" + ("" if same else ", and its values differ too")
    if got.ndim > expected.ndim:
        sums = [axis for axis in range(got.ndim) if _sums_to(got, axis, expected, rtol)]
        if sums and got.shape[sums[0]] == 1:
            return f"{start}: the values are right, in one axis too many"
        if sums:
            return f"{start}: the products are right but not added up yet: sum over axis {sums[0]}"
        return f"{start}: are the products not summed, or is there one axis too many?"
    if got.ndim < expected.ndim:
        return f"{start}: was it summed or averaged over an axis too many?"
    return f"{start}: did you sum over the wrong axis?"


def _sums_to(got: np.ndarray, axis: int, expected: np.ndarray, rtol: float) -> bool:
    return close(got.sum(axis=axis), expected, rtol)


def _explain_entries(got: np.ndarray, expected: np.ndarray, rtol: float) -> str:
    power = float(np.sum(expected * expected))
    ratio = float(np.sum(got * expected)) / power if power > 0 else 0.0
    if ratio != 0 and close(got, ratio * expected, rtol):
        why = "a scale factor is wrong"
        if abs(ratio - 1) < NEARLY:
            why = "has a constant another last digit?"
        return f"all entries are {_off_by(ratio, 1.0)}: {why}"
    wrong = ~_within(got, expected, rtol)
    place = tuple(int(k) for k in np.argwhere(wrong)[0])
    share = f"{int(wrong.sum())} of {wrong.size} entries differ"
    how = _off_by(float(got[place]), float(expected[place]))
    return f"{share}, the first at index {place if len(place) > 1 else place[0]}, which is {how}"


def _off_by(got: float, expected: float) -> str:
    if expected == 0:
        return "not zero, but should be"
    if got * expected < 0:
        return "of the wrong sign"
    ratio = abs(got / expected)
    if ratio == 0:
        return "zero, but should not be"
    way = "large" if ratio > 1 else "small"
    if 0.5 < ratio < 2:
        return f"{_per_cent(100 * abs(ratio - 1))} too {way}"
    power = round(float(np.log10(ratio)))
    if abs(power) >= MANY_ZEROS and abs(ratio / 10.0**power - 1) < 0.02:
        return f"too {way} by a factor of 1e{abs(power)}: which prefix has the unit of each number?"
    return f"{_times(max(ratio, 1 / ratio))} too {way}"


def _per_cent(off: float) -> str:
    """Return a size that helps to look for a mistake, and not to correct the answer by it."""
    if off < 1:
        return "less than 1 %"
    return "a few per cent" if off < FEW_PER_CENT else f"some {max(round(off / 10), 1)}0 %"


def _times(ratio: float) -> str:
    """Return a factor to one digit."""
    unit = 10.0 ** np.floor(np.log10(ratio))
    return (
        "more than a million times"
        if ratio > 1e6
        else f"about {round(ratio / unit) * unit:g} times"
    )
