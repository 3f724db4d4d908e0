r"""When each core works: networks in a pipeline over images, words or tokens.

**Within one vector** the steps follow each other: the MVM, the values leaving the local digital
unit one per clock, the partial sums hopping along their chain, the global digital unit
(`ChipConstants.latency`). A placement says how many hops these are: a step between cores that no
link joins takes several, and so does a way to a global digital unit that is far. A hop through a
link controller on a detour is taken to last as long as one to a core that adds; only the latter is
known (`aimc.chip.hermes`), and `Schedule.assumed` says where it counts. **From vector to vector**
of one layer, the next MVM runs while the registers of the last are sent, so the slower of the two
sets the pace (`ChipConstants.interval`); copies of a layer share its vectors. **From layer to
layer** a layer starts on an inference when the stage before has finished it, and meanwhile that
stage may start on the next inference. Layers on shared cores, and the time steps of a recurrent
layer, wait for each other.

What carries values from layer to layer is not on the chip: a programmable board did that (A100)
:cite:p:`legallo2023hermes`, and its time is not part of the schedule.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from aimc.chip.assumptions import assumed
from aimc.chip.chains import Group, groups
from aimc.chip.hermes import ChipConstants, hermes_constants
from aimc.chip.mapping import Mapping
from aimc.chip.placement import Placement
from aimc.layers.workload import Layer
from aimc.validation import check_integer

__all__ = ["NOT_SCHEDULED", "Event", "Schedule", "equal_copies", "schedule"]

NOT_SCHEDULED = (
    "transport between layers (a board outside the chip)",
    "pooling, embedding and arg-max (outside the chip)",
    "products of data with data, such as attention scores",
    "programming of the weights and calibration",
)
"""What takes no time in a schedule."""
MOST_EVENTS = 200_000
SETTLING = 3


@dataclass(frozen=True, slots=True)
class Event:
    """One piece of work of one unit."""

    unit: str
    """``"MVM"``, ``"LDPU"``, ``"links"`` or ``"GDPU"``."""
    group: str
    """Layer, or layers whose sums are added."""
    copy: int
    """Which copy of it."""
    inference: int
    """Which image, word or token, from 0."""
    vectors: tuple[int, int]
    """First vector of the inference and the one after the last."""
    start: float
    """s"""
    duration: float
    """s"""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Start and end of each group of layers for each inference. Made by `schedule`."""

    mapping: Mapping
    """Where the weights are."""
    constants: ChipConstants
    """Times of the chip."""
    read_mode: str
    """``"1-phase"`` or ``"4-phase"``."""
    groups: tuple[Group, ...]
    """What was scheduled, in the order of work."""
    starts: tuple[tuple[float, ...], ...]
    """Start of each group (row) for each inference (column), s."""
    ends: tuple[tuple[float, ...], ...]
    """When the last result of the group is complete, s."""
    interval: float
    """Time between inferences in the steady state, s."""
    _copies: tuple[int, ...] = field(repr=False, default=())

    @property
    def inferences(self) -> int:
        """Inferences shown."""
        return len(self.starts[0])

    @property
    def latency(self) -> float:
        """Time of the first inference from its first MVM to its last result, s."""
        return max(row[0] for row in self.ends)

    @property
    def makespan(self) -> float:
        """Time until the last result of the last inference, s."""
        return max(row[-1] for row in self.ends)

    @property
    def throughput(self) -> float:
        """Inferences per second in the steady state."""
        return 1.0 / self.interval

    @property
    def bottleneck(self) -> str:
        """Name of the group that is busy for the largest share of the time."""
        busy = [self.reads(group) * self.pace(group) for group in self.groups]
        return self.groups[int(np.argmax(busy))].name

    @property
    def assumed(self) -> tuple[str, ...]:
        """What these times assume beyond what was published, in words."""
        return assumed(self.groups, self.constants)

    def reads(self, group: Group) -> int:
        """Return how many vectors the busiest copy of a group takes per inference."""
        return math.ceil(group.mvms / self.copies(group))

    def copies(self, group: Group) -> int:
        """Return how many times a group stands on the chip."""
        return self._copies[[known.name for known in self.groups].index(group.name)]

    def occupancy(self) -> list[dict[str, Any]]:
        """Return one row per group: shares of the steady interval in which its units work.

        Cores multiply for ``reads`` times the read time; a local digital unit, and the link that it
        feeds, pass on one value per clock (A016, A023); the global digital unit takes one per
        clock.
        """
        rows = []
        for group in self.groups:
            reads, clock = self.reads(group), self.constants.clock
            values = reads * -(-group.outputs // self.constants.lanes) / clock
            gdpu = reads * self.constants.sending(group)
            rows.append(
                {
                    "layer": group.name,
                    "copies": self.copies(group),
                    "cores": group.cores * self.copies(group),
                    "reads": reads,
                    "latency of a vector (s)": self.constants.latency(group, self.read_mode),
                    "cores busy": reads * self.constants.read_time(self.read_mode) / self.interval,
                    "LDPU busy": values / self.interval,
                    "links busy": (values if group.hops else 0.0) / self.interval,
                    "GDPU busy": (gdpu if group.gdpu else 0.0) / self.interval,
                }
            )
        return rows

    def as_rows(self) -> list[dict[str, Any]]:
        """Return the rows of `occupancy`."""
        return self.occupancy()

    def events(self, *, vectors: bool = False) -> list[Event]:
        """Return what each unit does.

        Parameters
        ----------
        vectors : bool
            One event per vector and unit; by default one per inference and unit, from the first
            vector to the last.

        Raises
        ------
        ValueError
            If there would be more than 200,000 events.
        """
        count = sum(
            4 * self.inferences * (group.mvms if vectors else self.copies(group))
            for group in self.groups
        )
        if count > MOST_EVENTS:
            raise ValueError(
                f"vectors={vectors!r} with {self.inferences} inferences makes up to {count} "
                f"events: at most {MOST_EVENTS} are allowed; schedule fewer inferences"
            )
        found: list[Event] = []
        for row, group in enumerate(self.groups):
            pace = self.pace(group)
            for inference in range(self.inferences):
                begin = self.starts[row][inference]
                for copy, (first, last) in enumerate(self._shares(group)):
                    if vectors:
                        for k in range(first, last):
                            start = begin + (k - first) * pace
                            found += self._units(group, copy, inference, (k, k + 1), start, 0.0)
                    elif last > first:
                        stretch = (last - first - 1) * pace
                        found += self._units(group, copy, inference, (first, last), begin, stretch)
        return sorted(found, key=lambda event: event.start)

    def _units(
        self,
        group: Group,
        copy: int,
        inference: int,
        vectors: tuple[int, int],
        start: float,
        stretch: float,
    ) -> list[Event]:
        # The links carry the values while the LDPU sends them; what a hop adds is the delay until
        # the next core of the chain has them.
        clock = self.constants.clock
        read = self.constants.read_time(self.read_mode)
        hops = group.hops * self.constants.hop_clocks / clock
        send = -(-group.outputs // self.constants.lanes) / clock
        parts = [("MVM", 0.0, read), ("LDPU", read, send)]
        if group.hops:
            parts.append(("links", read, send + hops))
        if group.gdpu:
            compute = self.constants.sending(group) + self.constants.gdpu_clocks / clock
            parts.append(("GDPU", read + hops, compute))
        return [
            Event(unit, group.name, copy, inference, vectors, start + delay, length + stretch)
            for unit, delay, length in parts
        ]

    def _shares(self, group: Group) -> list[tuple[int, int]]:
        count = self.copies(group)
        edges = [round(group.mvms * k / count) for k in range(count + 1)]
        return list(pairwise(edges))

    def pace(self, group: Group) -> float:
        """Return the time between two vectors of one copy of a group, s."""
        return self.constants.interval(group, self.read_mode)


def schedule(
    placed: Mapping | Placement,
    *,
    read_mode: str,
    inferences: int = 1,
    constants: ChipConstants | None = None,
) -> Schedule:
    """Return the pipelined schedule of a placed network.

    Parameters
    ----------
    placed : Placement or Mapping
        From `aimc.chip.placement.place`, whose ways the partial sums then take; or from
        `aimc.chip.mapping.map_network`, where every step of a sum is taken to be one link.
    read_mode : {"1-phase", "4-phase"}
        How the cores read; there is no default, because nothing that was measured holds for both.
    inferences : int
        Images, words or tokens that are fed one after the other, as fast as the chip takes them.
    constants : ChipConstants, optional
        Times of the chip; those of the 64-core chip by default.

    Raises
    ------
    ValueError
        If the mapping was made for cores of another size, or layers whose sums are added have
        different numbers of copies.
    """
    chip = hermes_constants() if constants is None else constants
    chip.read_time(read_mode)
    check_integer("inferences", inferences, low=1)
    mapping = placed.mapping if isinstance(placed, Placement) else placed
    if mapping.core != chip.core:
        raise ValueError(
            f"mapping was made for cores of {mapping.core}, the constants are of {chip.core}"
        )
    sets = placed.groups() if isinstance(placed, Placement) else groups(placed)
    copies = tuple(equal_copies(mapping, group.layers) for group in sets)
    # A few more inferences than asked for, so that the pace at the end is the steady one: that of
    # the slowest group, even where a quicker one with longer ways still ends last.
    steps = max(inferences, len({group.stage for group in sets}) + SETTLING)
    starts, ends = _run(mapping, chip, read_mode, sets, copies, steps)
    return Schedule(
        mapping=mapping,
        constants=chip,
        read_mode=read_mode,
        groups=sets,
        starts=_rows(starts[:, :inferences]),
        ends=_rows(ends[:, :inferences]),
        interval=float((ends[:, -1] - ends[:, -2]).max()),
        _copies=copies,
    )


def _run(
    mapping: Mapping,
    chip: ChipConstants,
    read_mode: str,
    sets: tuple[Group, ...],
    copies: tuple[int, ...],
    steps: int,
) -> tuple[np.ndarray, np.ndarray]:
    starts = np.zeros((len(sets), steps))
    ends = np.zeros((len(sets), steps))
    rivals = _rivals(mapping, sets)
    free = [0.0] * len(sets)
    order = sorted({group.stage for group in sets})
    before = {stage: order[k - 1] if k else None for k, stage in enumerate(order)}
    work = []
    for group, count in zip(sets, copies, strict=True):
        reads, pace = math.ceil(group.mvms / count), chip.interval(group, read_mode)
        work.append((reads * pace, (reads - 1) * pace + chip.latency(group, read_mode)))
    for step in range(steps):
        done: dict[int | None, float] = {None: 0.0}
        for k, group in enumerate(sets):
            busy, whole = work[k]
            start = max(done[before[group.stage]], free[k])
            starts[k, step], ends[k, step] = start, start + whole
            free[k] = max(free[k], start + busy)
            for rival in rivals[k]:
                free[rival] = max(free[rival], start + busy)
            done[group.stage] = max(done.get(group.stage, 0.0), start + whole)
    return starts, ends


def _rivals(mapping: Mapping, sets: tuple[Group, ...]) -> list[set[int]]:
    """Return, for each group, the other groups that use one of its cores."""
    found: list[set[int]] = [set() for _ in sets]
    if not mapping.shared:
        return found
    number = {layer.name: k for k, group in enumerate(sets) for layer in group.layers}
    on_core: dict[int, set[int]] = {}
    for tile in mapping.tiles:
        on_core.setdefault(tile.core, set()).add(number[tile.layer])
    for together in on_core.values():
        for k in together:
            found[k] |= together - {k}
    return found


def equal_copies(mapping: Mapping, layers: tuple[Layer, ...]) -> int:
    """Return how many copies the layers of a sum have.

    Raises
    ------
    ValueError
        If some layers have more copies than others.
    """
    counts = {layer.name: mapping.copies(layer.name) for layer in layers}
    if len(set(counts.values())) > 1:
        raise ValueError(f"copies of layers whose sums are added must be equal, got {counts}")
    return next(iter(counts.values()))


def _rows(values: np.ndarray) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(x) for x in row) for row in values)
