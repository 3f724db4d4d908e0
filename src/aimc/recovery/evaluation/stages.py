"""How a chip is programmed and how its drift is compensated, by name or as an object."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from aimc.recovery.compensation import compensation as named_compensation
from aimc.recovery.programming import programming as named_programming

__all__ = ["as_costs", "compensator", "programmer"]


def programmer(programming: Any) -> Any:
    """Return what programs a model; an object has ``program(model, serial=..., rng=...)``."""
    return programming if hasattr(programming, "program") else named_programming(programming)


def compensator(compensation: Any) -> Any:
    """Return what compensates drift; an object has ``prepare`` and ``apply``."""
    given = hasattr(compensation, "prepare") and hasattr(compensation, "apply")
    return compensation if given else named_compensation(compensation)


def as_costs(cost: Any) -> dict[str, float]:
    """Return the numbers of a record of costs, such as pulses, time (s) and energy (J)."""
    if cost is None or not is_dataclass(cost) or isinstance(cost, type):
        return {}
    found = {field.name: getattr(cost, field.name) for field in fields(cost)}
    return {
        name: float(value)
        for name, value in found.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
