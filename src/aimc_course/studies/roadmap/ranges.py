"""A constant as a range, and a set of constants to draw from.

What a machine of ten years from now will take is not known, so no constant is one number. It is a
range, within which every value, or every power of ten, is taken to be as likely as any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from aimc.validation import check_choice, check_integer, check_number

__all__ = ["SCALES", "Constants", "Range", "Values"]

SCALES = ("linear", "log")

Values = dict[str, np.ndarray]
"""Drawn values by name, SI units, each of shape (n,)."""


@dataclass(frozen=True, slots=True)
class Range:
    """One constant: from where to where, and where that comes from.

    Raises
    ------
    ValueError
        If the ends are not finite, not in order, or not positive on a logarithmic scale.
    """

    name: str
    """Identifier."""
    words: str
    """What it is, for a table."""
    low: float
    """Lower end, SI unit."""
    high: float
    """Upper end, SI unit; the same as `low` for a constant that is not varied."""
    origin: str
    """Ids of published facts, or that it is assumed, and why."""
    unit: str = ""
    """Unit to show."""
    factor: float = 1.0
    """SI value of the shown unit."""
    scale: str = "log"
    """``"log"``: every power of ten equally likely; ``"linear"``: every value."""

    def __post_init__(self) -> None:
        check_choice("scale", self.scale, SCALES)
        check_number("low", self.low, low=0.0, open_low=self.scale == "log")
        check_number("high", self.high, low=self.low)

    @property
    def varies(self) -> bool:
        """Whether there is anything to draw."""
        return self.high > self.low

    @property
    def middle(self) -> float:
        """The median, SI unit."""
        return float(self.at(np.array(0.5)))

    def at(self, share: np.ndarray) -> np.ndarray:
        """Return the value below which the given share of the probability lies.

        Parameters
        ----------
        share : array
            Numbers from 0 to 1, any shape.

        Returns
        -------
        array
            SI unit, same shape.
        """
        if self.scale == "linear":
            return self.low + (self.high - self.low) * share
        return self.low * (self.high / self.low) ** share

    def text(self, value: float) -> str:
        """Return a value in the shown unit."""
        number = value / self.factor
        digits = f"{number:,.0f}" if number >= 1000 else f"{float(f'{number:.3g}'):g}"
        return f"{digits}{'' if self.unit == '%' else ' '}{self.unit}".strip()


@dataclass(frozen=True, slots=True)
class Constants(Mapping[str, Range]):
    """All constants of a comparison, by name. A changed set is a new set."""

    ranges: tuple[Range, ...]
    """In the order of the table."""

    def __post_init__(self) -> None:
        names = [one.name for one in self.ranges]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"ranges must have different names, {twice[0]!r} stands twice")

    def __getitem__(self, name: str) -> Range:
        """Return one constant."""
        for one in self.ranges:
            if one.name == name:
                return one
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        """Return the names in order."""
        return (one.name for one in self.ranges)

    def __len__(self) -> int:
        """Return how many constants there are."""
        return len(self.ranges)

    @property
    def varied(self) -> tuple[str, ...]:
        """Names of the constants that have a width."""
        return tuple(one.name for one in self.ranges if one.varies)

    def change(self, name: str, low: float, high: float, origin: str = "chosen") -> Constants:
        """Return a set in which one constant has another range.

        Parameters
        ----------
        name : str
            Which constant.
        low, high : float
            New ends, SI unit.
        origin : str
            Why.
        """
        check_choice("name", name, tuple(self))
        return Constants(
            tuple(
                replace(one, low=low, high=high, origin=origin) if one.name == name else one
                for one in self.ranges
            )
        )

    def fix(self, **values: float) -> Constants:
        """Return a set in which constants have single values.

        Parameters
        ----------
        values
            SI unit, by name.
        """
        made = self
        for name, value in values.items():
            made = made.change(name, value, value)
        return made

    def narrow(self, share: float) -> Constants:
        """Return a set whose ranges are shrunk about their medians.

        Parameters
        ----------
        share : float
            Part of each range that is left, on the range's own scale: 1 leaves all, 0 the medians.
        """
        check_number("share", share, low=0.0, high=1.0)
        ends = np.array([0.5 - share / 2, 0.5 + share / 2])
        made = []
        for one in self.ranges:
            low, high = (float(end) for end in one.at(ends))
            made.append(replace(one, low=low, high=max(low, high)))
        return Constants(tuple(made))

    def middle(self, **values: float) -> Values:
        """Return the median of every constant, each of shape (1,), with single ones replaced.

        Parameters
        ----------
        values
            SI unit, by name.
        """
        for name in values:
            check_choice("name", name, tuple(self))
        return {
            one.name: np.array([float(values.get(one.name, one.middle))]) for one in self.ranges
        }

    def at(self, shares: np.ndarray) -> Values:
        """Return the values at given shares of the varied constants' probabilities.

        Parameters
        ----------
        shares : array, shape (n, number of varied constants)
            Numbers from 0 to 1, columns in the order of `varied`.
        """
        columns = iter(shares.T)
        count = shares.shape[0]
        return {
            one.name: one.at(next(columns)) if one.varies else np.full(count, one.low)
            for one in self.ranges
        }

    def draw(self, count: int, rng: np.random.Generator) -> Values:
        """Return independent draws.

        Parameters
        ----------
        count : int
            How many.
        rng : numpy.random.Generator
            Where the draws come from.
        """
        check_integer("count", count, low=1)
        if not isinstance(rng, np.random.Generator):
            raise TypeError(f"rng must be a numpy.random.Generator, got {rng!r}")
        return self.at(rng.random((count, len(self.varied))))
