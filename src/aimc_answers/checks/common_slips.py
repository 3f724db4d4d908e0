"""Slips of any first course, tried on every question by themselves.

Each is a change of the right answer, told apart from it by several tolerances. The order is that of
plausibility; where two explain one number, both are named.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from aimc_answers.checks.slips import Case, Slip

__all__ = ["COMMON"]

SHARP = 0.01
"""Largest tolerance of slips whose answers may lie near the right one, or near each other."""
Test = Callable[[Case], bool]
Change = Callable[[np.ndarray], Any]


def _always(case: Case) -> bool:
    return True


def _has_unit(case: Case) -> bool:
    return bool(case.unit)


def _is_pure(case: Case) -> bool:
    return not case.unit


def _is_share(case: Case) -> bool:
    return _is_pure(case) and bool(np.all((case.expected > 0) & (case.expected < 1)))


def _counts(case: Case) -> bool:
    right = case.expected
    whole = bool(np.all((right == np.round(right)) & (right >= 0)))
    return _is_pure(case) and whole and np.max(right, initial=0) >= 2


def _is_not_one(case: Case) -> bool:
    """Return whether powers lie so far from the answer that chance seldom leads to them."""
    return not bool(np.all((case.expected > 0.8) & (case.expected < 1.25)))


def _has_a_reciprocal(case: Case) -> bool:
    """Return whether one over the answer is a slip of its own: that of 0.1 is 10, in per cent."""
    tenth = bool(np.all((case.expected > 0.095) & (case.expected < 0.105)))
    return _is_pure(case) and _is_not_one(case) and not tenth


def _is_list(case: Case) -> bool:
    return case.expected.ndim == 1 and case.expected.size >= 3


def _is_short_list(case: Case) -> bool:
    return _is_list(case) and case.expected.size <= LONGEST


def _is_square(case: Case) -> bool:
    return case.expected.ndim == 2 and case.expected.shape[0] == case.expected.shape[1]


def _has_signs(case: Case) -> bool:
    return bool(np.any(case.expected < 0) and np.any(case.expected > 0))


def _has_two_parts(case: Case) -> bool:
    return case.expected.ndim >= 1 and case.expected.shape[0] == 2


def _changed(message: str, change: Change, where: Test = _always, most: float = SHARP) -> Slip:
    return Slip(message, lambda case: change(case.expected), where, most)


def _by(factor: float, message: str, where: Test = _always, most: float = SHARP) -> Slip:
    return _changed(message, lambda right: factor * right, where, most)


LONGEST = 8
"""Entries of a list up to which single places are tried."""
PREFIXES = (
    (1e6, "a million times too large: give it in {unit}, not in µ{unit}"),
    (1e-6, "a million times too small: was a number that is in {unit} already scaled by 1e-6?"),
    (1e3, "a thousand times too large: give it in {unit}, not in m{unit}"),
    (1e-3, "a thousand times too small: give it in {unit}"),
    (1e9, "too large by a factor of 1e9: give it in {unit}, not in n{unit}"),
    (1e-9, "too small by a factor of 1e9: was a number in {unit} already scaled by 1e-9?"),
    (1e12, "too large by a factor of 1e12: give it in {unit}, not in p{unit}"),
    (1e-12, "too small by a factor of 1e12: was a number in {unit} already scaled by 1e-12?"),
)
"""Factors by which an answer with a unit is off, and what they mean."""
FACTORS = (
    (10.0, "ten times too large: is there a slip in a power of ten?"),
    (0.1, "ten times too small: is there a slip in a power of ten?"),
    (8.0, "eight times too large: bits in place of bytes?"),
    (0.125, "eight times too small: bytes in place of bits?"),
    (math.sqrt(2), "too large by the root of 2: a peak in place of an effective value?"),
    (math.sqrt(0.5), "too small by the root of 2: an effective value in place of a peak?"),
    (2 * math.pi, "2π times too large: an angular frequency in place of a frequency?"),
    (0.5 / math.pi, "2π times too small: a frequency in place of an angular frequency?"),
    (math.log(10), "too large by ln 10: one logarithm is natural, the other to base 10"),
    (1 / math.log(10), "too small by ln 10: one logarithm is natural, the other to base 10"),
    (1 / math.log(2), "too large by 1/ln 2: one logarithm is natural, the other to base 2"),
    (math.log(2), "too small by ln 2: one logarithm is natural, the other to base 2"),
    (math.log2(10), "too large by log2 10: one logarithm is to base 2, the other to base 10"),
    (1 / math.log2(10), "too small by log2 10: one logarithm is to base 2, the other to base 10"),
)
"""Factors that tell where an answer comes from."""


def _powers_of_ten() -> Iterator[Slip]:
    for power in (6, 9, 12, 3, 15, 18):
        for sign, how in ((1, "large"), (-1, "small")):
            said = f"too {how} by a factor of 1e{power}: which prefix has the unit of each number?"
            yield _by(10.0 ** (sign * power), said, _is_pure)


def _places() -> Iterator[Slip]:
    def without(k: int) -> Change:
        return lambda right: np.delete(right, k)

    def exchanged(i: int, j: int) -> Change:
        order = np.arange(LONGEST)
        order[[i, j]] = j, i
        # Two places that the list does not have are an error, and so no slip.
        return lambda right: right[order[order < max(right.size, j + 1)]]

    for k in range(LONGEST):
        said = f"one value is missing: the one at index {k}"
        yield _changed(said, without(k), _is_short_list)
    for i in range(LONGEST):
        for j in range(i + 1, LONGEST):
            said = f"the entries at index {i} and {j} are exchanged"
            yield _changed(said, exchanged(i, j), _is_short_list)


def _inputs() -> Iterator[Slip]:
    def given_back(place: int) -> Callable[[Case], Any]:
        def wrong(case: Case) -> Any:
            argument = case.arguments[place]  # whole numbers are counts, and no answers
            return argument if isinstance(argument, np.ndarray | float) else None

        return wrong

    def counted(axis: int | None, power: int) -> Callable[[Case], Any]:
        def wrong(case: Case) -> Any:
            arrays = (a for a in case.arguments if isinstance(a, np.ndarray) and a.size > 2)
            array = next(arrays, np.ones(1))
            count = array.size if axis is None else array.shape[axis]
            return case.expected * float(count) ** power if count > 2 else None

        return wrong

    for k, which in enumerate(("first", "second", "third", "fourth", "fifth")):
        yield Slip(f"that is its {which} argument as it came", given_back(k), tolerance=SHARP)
    for axis in (None, 0, -1):
        said = "too large by the number of entries: a sum in place of a mean?"
        yield Slip(said, counted(axis, 1), tolerance=SHARP)
        said = "too small by the number of entries: a mean in place of a sum?"
        yield Slip(said, counted(axis, -1), tolerance=SHARP)


COMMON: tuple[Slip, ...] = (
    *(_by(factor, said, _has_unit, math.inf) for factor, said in PREFIXES),
    _by(
        -1.0,
        "right up to its sign: which of the two was to be subtracted from the other?",
        most=math.inf,
    ),
    _by(2.0, "twice what it should be: is something counted twice?"),
    _by(0.5, "half of what it should be: is one of two parts missing?"),
    _by(100.0, "a hundred times too large: give a fraction, 0.12 for 12 %", _is_pure, math.inf),
    _by(0.01, "a hundred times too small: was a fraction divided by 100?", _is_pure, math.inf),
    *_powers_of_ten(),
    _changed(
        "it is the transpose of the right matrix: swap the roles of inputs and outputs",
        np.transpose,
        _is_square,
    ),
    _changed("the two parts are exchanged: check their order", lambda r: r[::-1], _has_two_parts),
    _changed("the order is turned around: which comes first?", lambda r: r[::-1], _is_list),
    *_places(),
    _changed("all values stand one place too late", lambda r: np.roll(r, 1), _is_list),
    _changed("all values stand one place too early", lambda r: np.roll(r, -1), _is_list),
    _changed("these are running sums: give the single values", np.cumsum, _is_list),
    _changed("that is the sum: give the single values", np.sum, _is_list),
    _changed("that is the mean: give the single values", np.mean, _is_list),
    _changed("that is the square: is a root missing?", np.square, _is_not_one),
    _changed("that is the square root: is there one root too many?", np.sqrt, _is_not_one),
    _changed(
        "upside down: which is to be divided by which?",
        np.reciprocal,
        _has_a_reciprocal,
    ),
    _changed("that is the rest, 1 less the share that is asked for", lambda r: 1 - r, _is_share),
    _changed("the signs are lost: is there an absolute value too many?", np.abs, _has_signs),
    _changed("one too many: where does the count begin?", lambda r: r + 1, _counts),
    _changed("one too few: where does the count begin?", lambda r: r - 1, _counts),
    _changed("two too many: what was counted that should not be?", lambda r: r + 2, _counts),
    _changed("two too few: what was not counted?", lambda r: r - 2, _counts),
    *(_by(factor, said) for factor, said in FACTORS),
    *_inputs(),
)
"""What is tried on every question, after its own slips."""
