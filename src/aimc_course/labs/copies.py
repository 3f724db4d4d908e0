"""What two labs ask of a plan that names the copies of each layer, such as ``{"conv1": 2}``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aimc_course.checks.diagnosis import are_whole
from aimc_course.checks.judges import Property
from aimc_course.checks.question import needs

__all__ = ["names_copies"]


def names_copies(cores: Callable[[int, dict[str, int]], int]) -> tuple[Property, ...]:
    """Return what such an answer needs, in order.

    Parameters
    ----------
    cores : callable
        The cores that a plan takes on the chip with a serial number; raises where there is none.
    """

    def is_dict(answer: Any, serial: int) -> bool:
        return isinstance(answer, dict) and len(answer) > 0

    return (
        needs('expected a dict such as {"conv1": 2}', is_dict),
        needs(
            "copies are whole numbers: `int(...)` makes them so",
            lambda answer, serial: are_whole(answer.values()),
        ),
        needs("the library refuses it", lambda answer, serial: cores(serial, answer) > 0),
    )
