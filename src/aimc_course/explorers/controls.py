"""What a reader can move: the declared controls of an explorer, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias

import numpy as np

from aimc.validation import check_choice, check_number

__all__ = ["Choice", "Control", "Needs", "Slider", "SliderGrid", "Toggle", "shares"]

Needs: TypeAlias = Mapping[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Slider:
    """A number between ``low`` and ``high``.

    The reader sees the number and its unit or, where these would say little (a logarithm, a share
    of something that another control chooses), the ``words`` that belong to it.

    Raises
    ------
    ValueError
        If there are words, but not one for each step.
    """

    name: str
    label: str
    low: float
    high: float
    step: float
    value: float
    unit: str = ""
    integer: bool = False
    words: tuple[tuple[str, ...], ...] = ()
    """What to show at each step from ``low`` to ``high``: one row, or one for each option."""
    words_by: str = ""
    """Name of the `Choice` whose option picks the row; empty if there is one row for all."""
    kind: str = "slider"
    needs: Needs = field(default_factory=dict)
    """Values that other controls must have, by name, for this one to change the answer."""

    def __post_init__(self) -> None:
        for row in self.words:
            if len(row) != len(self.steps()):
                raise ValueError(
                    f"words of {self.name} must be one per step, {len(self.steps())}, "
                    f"got {len(row)}"
                )

    def steps(self) -> tuple[float, ...]:
        """Return the values that the slider can take, in rising order."""
        count = round((self.high - self.low) / self.step) + 1
        return tuple(round(self.low + k * self.step, 9) for k in range(count))

    def shown(self, value: float, row: int = 0) -> str:
        """Return the words for a value, or its number and unit; ``row`` counts the options."""
        if self.words:
            k = round((value - self.low) / self.step)
            return self.words[row][min(max(k, 0), len(self.words[row]) - 1)]
        places = len(str(self.step).rstrip("0").partition(".")[2])
        joint = "" if not self.unit or self.unit.startswith("%") else " "
        return f"{value:.{places}f}".replace("-", "\u2212") + joint + self.unit

    def check(self, value: Any) -> Any:
        """Return ``value`` if it is allowed, or raise an error that names the control."""
        number = check_number(self.name, value, low=self.low, high=self.high, unit=self.unit)
        if self.integer and number != round(number):
            raise ValueError(f"{self.name}={value!r} is not allowed: it must be a whole number")
        return int(number) if self.integer else number


def shares(
    low: float, high: float, step: float, full: float, unit: str, of: str
) -> tuple[str, ...]:
    """Return words for a slider of percentages: what a share comes to, and the share.

    Parameters
    ----------
    low, high, step : float
        Ends and step of the slider, per cent.
    full : float
        What 100 % are, in ``unit``.
    unit, of : str
        Unit and name of the whole.
    """
    values = Slider("", "", low, high, step, low).steps()
    return tuple(f"{value / 100 * full:.3g} {unit} ({value:g}% of {of})" for value in values)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few named options."""

    name: str
    label: str
    options: tuple[str, ...]
    value: str
    kind: str = "choice"
    needs: Needs = field(default_factory=dict)
    """Values that other controls must have, by name, for this one to change the answer."""

    def check(self, value: Any) -> Any:
        """Return ``value`` if it is allowed, or raise an error that names the control."""
        return check_choice(self.name, value, self.options)


@dataclass(frozen=True, slots=True)
class Toggle:
    """Something that is on or off."""

    name: str
    label: str
    value: bool
    kind: str = "toggle"
    needs: Needs = field(default_factory=dict)
    """Values that other controls must have, by name, for this one to change the answer."""

    def check(self, value: Any) -> Any:
        """Return ``value`` if it is allowed, or raise an error that names the control."""
        if not isinstance(value, bool):
            raise TypeError(f"{self.name} must be True or False, got {value!r}")
        return value


@dataclass(frozen=True, slots=True)
class SliderGrid:
    """A small table of numbers, each with a slider of its own."""

    name: str
    label: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    low: float
    high: float
    step: float
    value: tuple[tuple[float, ...], ...]
    unit: str = ""
    kind: str = "grid"
    needs: Needs = field(default_factory=dict)
    """Values that other controls must have, by name, for this one to change the answer."""

    def check(self, value: Any) -> Any:
        """Return ``value`` as a tuple of rows, or raise an error that names the control."""
        shape = (len(self.rows), len(self.columns))
        try:
            table = np.asarray(value, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise TypeError(f"{self.name} must be a table of numbers, got {value!r}") from error
        if table.shape != shape:
            raise ValueError(f"{self.name} must have shape {shape}, got {table.shape}")
        for number in table.flat:
            check_number(self.name, float(number), low=self.low, high=self.high, unit=self.unit)
        return tuple(tuple(float(number) for number in row) for row in table)


Control: TypeAlias = Slider | Choice | Toggle | SliderGrid


def declaration(controls: tuple[Control, ...]) -> list[dict[str, Any]]:
    """Return the controls as JSON-ready dicts, for a shell that is not written in Python."""
    return [asdict(control) for control in controls]
