r"""Time and energy of one token in one head, from published numbers and stated assumptions.

The paper prints a latency, four energies and the lengths of pulses :cite:p:`leroux2025gaincell`.
How they belong together is our reading: pulses of the query, a reset, pulses of the scores, a count
of 16 steps that overlaps with nothing, and one clock for each sub-tile that is added. The sum is
the published latency, and the power of the control times the time from one query to the end of the
scores' pulses is the published energy of the control.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType

import numpy as np

from aimc.published import fact
from aimc.validation import check_choice, check_integer, check_number
from aimc_course.studies.gain_cell_attention.head import TILE
from aimc_course.studies.roadmap import on_chip_memory, today

__all__ = ["HeadCost", "cache_energy", "digital_energy", "published_head"]


@dataclass(frozen=True, slots=True)
class HeadCost:
    """What a head of gain cells takes for one token. `published_head` makes the published one.

    Raises
    ------
    TypeError, ValueError
        If a number is not allowed, or if `origins` leaves a field without its origin.
    """

    window: int
    """Tokens that are held."""
    reset_time: float
    """Reset of the circuits that turn charge into pulses, s."""
    pulse_time: float
    """Longest pulse, s."""
    clock: float
    """Clock of pulse generators, counters and adders, Hz."""
    score_energy: float
    """Arrays of the keys and their circuits, for one sub-tile, J."""
    output_energy: float
    """Arrays of the values and their circuits, for one sub-tile, J."""
    converter_energy: float
    """Writing key and value, J."""
    control_power: float
    """Digital control and routing, for one sub-tile, W."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """For every other field: the ids of published facts, or that it is assumed, and why."""

    def __post_init__(self) -> None:
        names = [f.name for f in fields(self) if f.name != "origins"]
        for name in names:
            if name == "window":
                check_integer(name, self.window, low=TILE)
            else:
                check_number(name, getattr(self, name), low=0.0, open_low=True)
        missing = [name for name in names if not self.origins.get(name)]
        if missing:
            raise ValueError(f"origins must say where every number comes from, missing: {missing}")

    @property
    def sub_tiles(self) -> int:
        """Sub-tiles of 64 tokens."""
        return -(-self.window // TILE)

    def phases(self) -> dict[str, float]:
        """Return the steps from query to answer and how long each takes, s."""
        return {
            "query on keys": self.pulse_time,
            "reset": self.reset_time,
            "scores on values": self.pulse_time,
            "count": self.pulse_time,
            "add": (self.sub_tiles - 1) / self.clock,
        }

    @property
    def latency(self) -> float:
        """Time from query to answer, s."""
        return sum(self.phases().values())

    @property
    def interval(self) -> float:
        """Time after which the arrays are free for the next token, s."""
        phases = self.phases()
        return sum(phases[name] for name in ("query on keys", "reset", "scores on values"))

    def energy(self) -> dict[str, float]:
        """Return the energy of one token by part, J."""
        return {
            "query on keys": self.score_energy * self.sub_tiles,
            "scores on values": self.output_energy * self.sub_tiles,
            "converters": self.converter_energy,
            "control and routing": self.control_power * self.sub_tiles * self.interval,
        }

    def with_window(self, window: int) -> HeadCost:
        """Return the same head with another window."""
        return replace(self, window=window)


def published_head() -> HeadCost:
    """Return the head of :cite:t:`leroux2025gaincell`: window 1024, vectors of 64 entries.

    Examples
    --------
    >>> head = published_head()
    >>> round(head.latency * 1e9), round(sum(head.energy().values()) * 1e9, 1)
    (65, 6.1)
    """
    window = int(fact("E062").numbers[3])
    tiles = window // TILE
    scores, outputs, _, converters = (value * 1e-12 for value in fact("E060").numbers)
    reset, _, pulse, clock = fact("E061").numbers
    return HeadCost(
        window=window,
        reset_time=reset * 1e-9,
        pulse_time=pulse * 1e-9,
        clock=clock * 1e9,
        score_energy=scores / tiles,
        output_energy=outputs / tiles,
        converter_energy=converters,
        control_power=fact("E063").number * 1e-3 / tiles,
        origins=MappingProxyType(
            {
                "window": "E062",
                "reset_time": "E061",
                "pulse_time": "E061",
                "clock": "E061; assumed: counters and adders have the clock of the pulses",
                "score_energy": "E060; the paper multiplied one sub-tile by 16",
                "output_energy": "E060; the paper multiplied one sub-tile by 16",
                "converter_energy": "E060; one token is written, whatever the window",
                "control_power": "E063; assumed: in proportion to the sub-tiles",
            }
        ),
    )


def cache_energy(
    window: int, size: int, bits: int, memory: str = "beside", price: float = 0.5
) -> float:
    """Return what it takes to fetch all keys and values of a head once from a memory, J.

    Parameters
    ----------
    window, size : int
        Tokens, and entries of a key or a value.
    bits : int
        Bits of an entry.
    memory : {"beside", "on chip"}
        Where the keys and values are kept: in the memory beside a chip, or in SRAM on it. Prices
        are ranges of `aimc_course.studies.roadmap`.
    price : float
        Place in the range: 0 the cheapest, 1 the dearest.

    Raises
    ------
    TypeError, ValueError
        If a number is below 1, the price is no share or the memory is unknown.

    Examples
    --------
    >>> [round(cache_energy(1024, 64, 16, price=p) * 1e6, 1) for p in (0, 1)]  # uJ
    [6.2, 12.3]
    """
    prices = {"beside": today()["memory_energy"], "on chip": on_chip_memory()}
    check_choice("memory", memory, tuple(prices))
    check_number("price", price, low=0.0, high=1.0)
    for name, value in (("window", window), ("size", size), ("bits", bits)):
        check_integer(name, value, low=1)
    return 2 * window * size * bits * float(prices[memory].at(np.array(price)))


def digital_energy(window: int, size: int) -> float:
    """Return the energy of the multiply-accumulates of one token in 8-bit arithmetic, J.

    The 2 x window x size products alone, with the price list of `aimc_course.studies.roadmap`.

    Examples
    --------
    >>> round(digital_energy(1024, 64) * 1e9, 1)  # nJ
    26.2
    """
    check_integer("window", window, low=1)
    check_integer("size", size, low=1)
    return 2 * window * size * today()["mac_energy"].middle
