"""How a chip is programmed and how its drift is compensated, by name or as an object."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from torch import nn

from aimc.nn import program
from aimc.recovery.compensation import compensation as named_compensation
from aimc.validation import check_choice

__all__ = ["as_costs", "compensator", "programmer"]


class Direct:
    """Each device is programmed once, as its model says."""

    def program(self, model: nn.Module, serial: int | None = None, rng: Any = 0) -> None:
        """Write the weights of a model to the chip with this serial number."""
        program(model, serial)


def programmer(programming: Any) -> Any:
    """Return what programs a model; an object has ``program(model, serial=..., rng=...)``."""
    if hasattr(programming, "program"):
        return programming
    check_choice("programming", programming, ("direct",))
    return Direct()


def compensator(compensation: Any) -> Any:
    """Return what compensates drift; an object has ``prepare`` and ``apply``."""
    if hasattr(compensation, "prepare") and hasattr(compensation, "apply"):
        return compensation
    return named_compensation(compensation)


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
