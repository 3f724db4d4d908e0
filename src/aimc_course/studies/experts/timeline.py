"""What came of a schedule: latency, energy, area, busy tiers, and where tokens waited."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from aimc.validation import check_integer
from aimc_course.studies.experts.constants import StackConstants
from aimc_course.studies.experts.placement import PlacedPart, StackPlacement

__all__ = ["Event", "Timeline"]


@dataclass(frozen=True, slots=True)
class Event:
    """One job of one token on one resource."""

    token: int
    """Token, from 0."""
    layer: int
    """Layer, from 0."""
    stage: str
    """Step of the layer."""
    kind: str
    """``"tile"``, ``"digital"`` or ``"attention"``."""
    part: PlacedPart | None
    """The part of a matrix; None for attention."""
    ready: float
    """When its inputs are there, s."""
    start: float
    """When it starts, s."""
    end: float
    """When it ends, s."""
    energy: float
    """What it takes, J."""
    cause: str
    """What held it up, or nothing: ``"other tier"`` or ``"same tier"`` of its tile,
    ``"digital unit"``, ``"attention unit"``."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """All events of a sequence of tokens on a stack."""

    placement: StackPlacement
    """Where the parts stand."""
    constants: StackConstants
    """Times, energies and areas."""
    events: tuple[Event, ...]
    """In the order in which they were booked."""

    @property
    def tokens(self) -> int:
        """Length of the sequence."""
        return 1 + max(event.token for event in self.events)

    @property
    def latency(self) -> float:
        """Time from the start to the end of the last token, s."""
        return max(event.end for event in self.events)

    @property
    def tokens_per_second(self) -> float:
        """Tokens over latency, 1/s."""
        return self.tokens / self.latency

    @property
    def macs(self) -> int:
        """Multiply-accumulates in the tiers."""
        shapes = (e.part.shape for e in self.events if e.kind == "tile" and e.part is not None)
        return sum(out * inputs for out, inputs in shapes)

    @property
    def energy(self) -> dict[str, float]:
        """Energy of the tiers, the digital units and attention, and what flows anyway, J."""
        found = _sums((event.kind, event.energy) for event in self.events)
        found["standing"] = self.constants.standing_power * self.placement.tiles * self.latency
        return found

    @property
    def area(self) -> float:
        """Tiles, a digital unit for each, and one attention unit, m^2."""
        c = self.constants
        return self.placement.tiles * (c.tile_area + c.digital_area) + c.attention_area

    @property
    def busy(self) -> np.ndarray:
        """Share of the latency in which each tier computes; shape (tiles, tiers)."""
        found = np.zeros((self.placement.tiles, self.placement.tiers))
        for event in self.events:
            if event.kind == "tile" and event.part is not None:
                found[event.part.tile, event.part.tier] += event.end - event.start
        return found / self.latency

    def waiting(self) -> dict[str, float]:
        """Return the time that jobs waited, summed over jobs, by stage and cause, s.

        Keys read ``"up: other tier"``. Jobs wait side by side, so the sum may exceed the latency.
        """
        return _sums(
            (f"{e.stage}: {e.cause}", e.start - e.ready) for e in self.events if e.start > e.ready
        )

    def token_events(self, token: int) -> list[dict[str, Any]]:
        """Return the way of one token through the stack as plain data, by time of start.

        Each entry holds numbers and text only, times in s; ``tile`` and ``tier`` are None for
        attention, ``expert`` for a matrix that every token passes.
        """
        check_integer("token", token, low=0, high=self.tokens - 1)
        own = sorted((e for e in self.events if e.token == token), key=lambda e: (e.start, e.end))
        return [
            {
                "layer": e.layer,
                "stage": e.stage,
                "kind": e.kind,
                "expert": e.part.matrix.expert if e.part else None,
                "part": e.part.number if e.part else None,
                "tile": e.part.tile if e.part else None,
                "tier": e.part.tier if e.part else None,
                "ready": e.ready,
                "start": e.start,
                "end": e.end,
                "cause": e.cause,
            }
            for e in own
        ]


def _sums(pairs: Iterable[tuple[str, float]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for key, value in pairs:
        found[key] = found.get(key, 0.0) + value
    return found
