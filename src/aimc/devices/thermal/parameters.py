"""Parameters of physical models that know their unit, their meaning and where they come from."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from aimc.validation import check_number

__all__ = ["Parameter", "check_parameters", "parameter", "parameters_of"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a physical model and where its value comes from."""

    name: str
    """Name of the argument."""
    value: float
    """Value in ``unit``."""
    unit: str
    """SI unit; empty for a pure number."""
    meaning: str
    """What it is."""
    source: str
    """Id of a published fact, or ``"assumed"``: of the usual size, and not measured."""


def parameter(default: float, unit: str, meaning: str, source: str = "assumed") -> Any:
    """Return a dataclass field that carries its unit, meaning and source."""
    notes = {"unit": unit, "meaning": meaning, "source": source}
    return field(default=default, metadata=notes)


def check_parameters(model: Any) -> None:
    """Check that all parameters of a model are finite and positive."""
    for item in fields(model):
        if "unit" in item.metadata:
            unit, value = item.metadata["unit"], getattr(model, item.name)
            check_number(item.name, value, low=0.0, open_low=True, unit=unit)


def parameters_of(model: Any) -> tuple[Parameter, ...]:
    """Return the parameters of a model; a changed value no longer has its published source."""
    listed = []
    for item in fields(model):
        if "unit" in item.metadata:
            value, notes = getattr(model, item.name), item.metadata
            source = notes["source"] if value == item.default else "changed"
            listed.append(Parameter(item.name, value, notes["unit"], notes["meaning"], source))
    return tuple(listed)
