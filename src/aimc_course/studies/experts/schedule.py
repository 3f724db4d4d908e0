"""A sequence of tokens on a stack of tiles of which each computes with one tier at a time."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from aimc.validation import check_choice, check_integer
from aimc_course.studies.experts.constants import StackConstants
from aimc_course.studies.experts.network import Mixture, check_routes
from aimc_course.studies.experts.placement import PlacedPart, StackPlacement

__all__ = [
    "ORDERS",
    "Event",
    "Timeline",
    "schedule",
]


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


ORDERS = ("prompt", "decode")
"""All tokens are known at the start; or each token is known when the one before it is done."""

Parts = dict[tuple[int, str, int | None], list[PlacedPart]]


def schedule(
    placement: StackPlacement,
    routes: np.ndarray,
    constants: StackConstants,
    *,
    order: str = "prompt",
) -> Timeline:
    """Run tokens through the stack; whoever is ready first is served first.

    A token passes, in every layer, the projections to queries, keys and values, attention over the
    tokens before it, the output projection, the router, and the two matrices of its experts. All
    parts of a step may compute at once, if they stand on different tiles. Experts project down when
    all of the token's experts have projected up. The digital unit of a tile handles each of its
    outputs once; norms, the softmax and the way between tiles are left out.

    Parameters
    ----------
    placement : StackPlacement
        Where the parts stand.
    routes : array of shape (tokens, layers, active)
        Experts of every token; all zero for a dense network.
    constants : StackConstants
        Times, energies and areas.
    order : {"prompt", "decode"}
        See `ORDERS`.

    Raises
    ------
    ValueError
        If the routes do not fit the network, or the parts are larger than the tiles of `constants`.
    """
    check_choice("order", order, ORDERS)
    check_routes(placement.network, routes)
    if placement.tile_size > constants.tile_size:
        raise ValueError(
            f"placement.tile_size={placement.tile_size} is not allowed: "
            f"the tiles of constants have {constants.tile_size} rows and columns"
        )
    return Timeline(placement, constants, tuple(_Run(placement, routes, constants).run(order)))


class _Run:
    def __init__(self, placement: StackPlacement, routes: np.ndarray, c: StackConstants) -> None:
        self.network, self.routes, self.constants = placement.network, routes, c
        self.parts: Parts = {}
        for part in placement.parts:
            key = (part.matrix.layer, part.matrix.stage, part.matrix.expert)
            self.parts.setdefault(key, []).append(part)
        self.steps = list(_steps(self.network))
        self.tile_free = [0.0] * placement.tiles
        self.unit_free = [0.0] * placement.tiles
        self.on_tier: list[int | None] = [None] * placement.tiles
        self.attention_free = 0.0
        # Tokens whose keys a layer has, and when the last of them came.
        self.known = [0] * self.network.blocks
        self.known_at = [0.0] * self.network.blocks
        self.parked: list[dict[int, float]] = [{} for _ in range(self.network.blocks)]
        self.events: list[Event] = []

    def run(self, order: str) -> list[Event]:
        tokens = len(self.routes)
        queue = [(0.0, token, 0) for token in range(tokens if order == "prompt" else 1)]
        while queue:
            ready, token, number = heapq.heappop(queue)
            end = self.serve(ready, token, *self.steps[number])
            for entry in self.followers(end, token, number):
                heapq.heappush(queue, entry)
            if order == "decode" and number + 1 == len(self.steps) and token + 1 < tokens:
                heapq.heappush(queue, (end, token + 1, 0))
        return self.events

    def followers(self, end: float, token: int, number: int) -> list[tuple[float, int, int]]:
        """Return what may start next: attention waits for the keys of all earlier tokens."""
        layer, stage = self.steps[number]
        if number + 1 == len(self.steps):
            return []
        if stage != "qkv":
            return [(end, token, number + 1)]
        self.parked[layer][token] = end
        freed = []
        while self.known[layer] in self.parked[layer]:
            at = self.parked[layer].pop(self.known[layer])
            self.known_at[layer] = max(self.known_at[layer], at)
            freed.append((self.known_at[layer], self.known[layer], number + 1))
            self.known[layer] += 1
        return freed

    def serve(self, ready: float, token: int, layer: int, stage: str) -> float:
        """Book one step of one token on all that it needs; return when it ends, s."""
        c = self.constants
        if stage == "attention":
            macs = 2 * (token + 1) * self.network.width
            start = max(ready, self.attention_free)
            end = self.attention_free = start + macs / c.attention_macs / c.clock
            energy = macs * c.attention_mac_energy
            cause = "attention unit" if start > ready else ""
            self.events.append(
                Event(token, layer, stage, "attention", None, ready, start, end, energy, cause)
            )
            return end
        experts: list[int | None] = [None]
        if stage in ("up", "down"):
            experts = [int(e) for e in self.routes[token, layer]]
        done = [
            self.multiply(ready, token, part)
            for expert in experts
            for part in self.parts[layer, stage, expert]
        ]
        return max(done)

    def multiply(self, ready: float, token: int, part: PlacedPart) -> float:
        """Book a tier, then the digital unit of its tile."""
        c, tile, where = self.constants, part.tile, (part.matrix.layer, part.matrix.stage)
        start = max(ready, self.tile_free[tile])
        cause = ""
        if start > ready:
            cause = "same tier" if self.on_tier[tile] == part.tier else "other tier"
        end = self.tile_free[tile] = start + c.mvm_time
        self.on_tier[tile] = part.tier
        energy = part.shape[0] * part.shape[1] * c.mac_energy
        self.events.append(Event(token, *where, "tile", part, ready, start, end, energy, cause))
        outputs = part.shape[0]
        begin = max(end, self.unit_free[tile])
        finish = self.unit_free[tile] = begin + -(-outputs // c.lanes) / c.clock
        cause, energy = "digital unit" if begin > end else "", outputs * c.value_energy
        self.events.append(Event(token, *where, "digital", part, end, begin, finish, energy, cause))
        return finish


def _steps(network: Mixture) -> Iterator[tuple[int, str]]:
    for layer in range(network.blocks):
        for stage in ("qkv", "attention", "out", "router", "up", "down"):
            if stage != "router" or network.experts > 1:
                yield layer, stage
