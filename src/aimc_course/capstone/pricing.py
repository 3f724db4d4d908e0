"""What a design costs, and whether it keeps to the limits of the competition."""

from __future__ import annotations

from dataclasses import dataclass

from aimc.chip import Chip, Plan
from aimc.chip.cost import SCOPES, Performance
from aimc.chip.mapping import NotEnoughCoresError
from aimc.units import MICRO, MILLI, MM2
from aimc_course.capstone.cells import core_of
from aimc_course.capstone.costs import FULL_CORE, constants
from aimc_course.capstone.design import Design
from aimc_course.capstone.network import workload

__all__ = ["LIMITS", "DesignRefusedError", "Limits", "Price", "chip_of", "planned", "price"]

DIGITS = 4
"""Significant digits of energy and area in a score: fewer than any machine gets different."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What no design may exceed."""

    area: float
    """All cores of the chip, m^2."""
    power: float
    """Power at full speed, W."""
    interval: float
    """Time between one image and the next, s."""


LIMITS = Limits(area=8 * MM2, power=0.6, interval=100 * MICRO)
"""Those of the competition."""


class DesignRefusedError(ValueError):
    """A design that does not fit its network or exceeds a limit; says what, and by how much."""


@dataclass(frozen=True, slots=True)
class Price:
    """What one image costs on a design."""

    performance: Performance
    """Energy, latency and interval with read mode and scope."""
    energies: tuple[float, float]
    """Lowest and highest energy, J: the share of a read that an empty core takes is inferred, and
    the power of a core that waits is fitted, each within a range."""
    area: float
    """All cores of the chip, those at rest too, m^2."""

    @property
    def energy(self) -> float:
        """Energy of one image in a stream of them, J, rounded as it is scored."""
        return rounded(self.performance.energy.value)

    @property
    def power(self) -> float:
        """Power at full speed, W."""
        return self.performance.energy.value / self.performance.period

    @property
    def scope(self) -> str:
        """Read mode and what is counted, in words."""
        return f"{self.performance.read_mode} read, {SCOPES[self.performance.scope]}"


def rounded(value: float) -> float:
    """Return a positive number with as many digits as are scored."""
    return float(f"{value:.{DIGITS - 1}e}")


def chip_of(design: Design, serial: int = 0, end: str = "central") -> Chip:
    """Return the chip of a design, empty.

    Parameters
    ----------
    design : Design
        What is built.
    serial : int
        Serial number of the chip: same serial, same devices.
    end : {"low", "central", "high"}
        See `aimc_course.capstone.costs.constants`.
    """
    return Chip(
        design.grid,
        serial=serial,
        preset=core_of(design),
        constants=constants(design, end),
        activity=FULL_CORE,
    )


def planned(chip: Chip, design: Design) -> Plan:
    """Map the network on the chip of a design; accuracy and cost come from this plan.

    Raises
    ------
    DesignRefusedError
        If it has too few cores.
    """
    try:
        return chip.map(workload(), copies=dict(design.copies))
    except NotEnoughCoresError as error:
        raise DesignRefusedError(
            f"grid={list(design.grid)} has too few cores: the network takes {error.needed} of "
            f"{design.rows} x {design.columns} cells and there are {error.available}"
        ) from None


def price(design: Design, limits: Limits | None = LIMITS) -> Price:
    """Return what one image costs.

    Parameters
    ----------
    design : Design
        What is priced.
    limits : Limits or None
        What it may not exceed; ``None`` refuses nothing that fits.

    Raises
    ------
    DesignRefusedError
        If the chip has too few cores, or exceeds a limit; says which.
    """
    performance = planned(chip_of(design), design).performance()
    ends = [
        planned(chip_of(design, end=end), design).performance().energy_range
        for end in ("low", "high")
    ]
    area = rounded(design.cores * constants(design).core_area)
    low, high = min(low.value for low, _ in ends), max(high.value for _, high in ends)
    found = Price(performance, (low, high), area)
    if limits is not None and (reasons := _refusals(found, limits)):
        raise DesignRefusedError("; ".join(reasons))
    return found


def _refusals(found: Price, limits: Limits) -> list[str]:
    period = found.performance.period
    checks = (
        ("area", found.area / MM2, limits.area / MM2, "mm²", "take fewer or smaller cores"),
        (
            "power at full speed",
            found.power / MILLI,
            limits.power / MILLI,
            "mW",
            "take fewer cores or copies, or a faster read",
        ),
        (
            "interval between images",
            period / MICRO,
            limits.interval / MICRO,
            "µs",
            "copy the slowest layer, or read faster",
        ),
    )
    return [
        f"{name} is {value:.4g} {unit}, the limit is {limit:.4g} {unit}: {advice}"
        for name, value, limit, unit, advice in checks
        if value > limit
    ]
