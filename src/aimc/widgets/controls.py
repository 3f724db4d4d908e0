"""What a reader can move: the declared controls of an explorer, as plain data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import numpy as np

from aimc.validation import check_choice, check_number

__all__ = ["Choice", "Control", "Slider", "SliderGrid", "Toggle"]


@dataclass(frozen=True, slots=True)
class Slider:
    """A number between ``low`` and ``high``."""

    name: str
    label: str
    low: float
    high: float
    step: float
    value: float
    unit: str = ""
    integer: bool = False
    kind: str = "slider"

    def check(self, value: Any) -> Any:
        """Return ``value`` if it is allowed, or raise an error that names the control."""
        number = check_number(self.name, value, low=self.low, high=self.high, unit=self.unit)
        if self.integer and number != round(number):
            raise ValueError(f"{self.name}={value!r} is not allowed: it must be a whole number")
        return int(number) if self.integer else number


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few named options."""

    name: str
    label: str
    options: tuple[str, ...]
    value: str
    kind: str = "choice"

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
