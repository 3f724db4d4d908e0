"""Ways of programming by name."""

from __future__ import annotations

from collections.abc import Mapping

from aimc.recovery.named import by_name
from aimc.recovery.programming.base import Programming
from aimc.recovery.programming.direct import Direct
from aimc.recovery.programming.gradient_descent import GradientDescent
from aimc.recovery.programming.optimised_split import OptimisedSplit
from aimc.recovery.programming.verify import Verify

__all__ = ["PROGRAMMINGS", "programming"]

PROGRAMMINGS: Mapping[str, type[Programming]] = {
    each.name: each for each in (Direct, Verify, GradientDescent, OptimisedSplit)
}
"""The ways of programming that have a name."""


def programming(wanted: Programming | str) -> Programming:
    """Return a way of programming with its usual settings by name, or the one given.

    Parameters
    ----------
    wanted : Programming or str
        One of ``"direct"``, ``"program_and_verify"``, ``"gradient_descent"`` and
        ``"optimised_split"``, or an object with settings of its own.

    Raises
    ------
    TypeError
        If it is neither.
    ValueError
        If the name is unknown.
    """
    return by_name("programming", wanted, PROGRAMMINGS, Programming)
