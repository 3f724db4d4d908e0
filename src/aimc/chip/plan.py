"""A network planned for a chip: one mapping behind accuracy, time, energy and area.

The mapping says which core holds which tile, and the outputs are those of these cores. The
placement says where on the die each of them lies, and the time is that of the ways between them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from aimc.chip.activity import Activity
from aimc.chip.chains import Group
from aimc.chip.charts import gantt_chart, occupancy_chart
from aimc.chip.cost import Performance
from aimc.chip.floorplan import Floorplan
from aimc.chip.hermes import ChipConstants
from aimc.chip.mapping import Mapping
from aimc.chip.performance import layer_performance, network_performance
from aimc.chip.placement import Placement, place
from aimc.chip.schedule import Schedule, equal_copies, schedule
from aimc.layers.sums import sums
from aimc.layers.workload import Network
from aimc.plots import Chart

__all__ = ["Plan"]


@dataclass(frozen=True, eq=False)  # no slots: the placement is found once, when it is asked for
class Plan:
    """A network on the cores of a chip. Made by `aimc.chip.Chip.map`."""

    mapping: Mapping
    """Which tile is on which core."""
    constants: ChipConstants
    """Times, energies and areas of the chip."""
    read_mode: str
    """How the cores read."""
    activity: Activity
    """Energy of an MVM of a core relative to that at peak, and how full that core was."""
    floorplan: Floorplan
    """The grid of the chip."""
    model: Any = None
    """The converted torch model, if the network came from one."""
    order: str = "chains"
    """How cores get their places, see `aimc.chip.placement.place`."""
    working: tuple[int, ...] | None = None
    """Places that may be used; ``None``: all of the chip."""

    def __post_init__(self) -> None:
        for members in sums(self.network):
            equal_copies(self.mapping, members)

    def arranged(self, order: str = "chains", available: Iterable[int] | None = None) -> Plan:
        """Return the same plan with its cores at other places.

        Parameters
        ----------
        order : {"chains", "longest", "numbers"}
            Along links; the same with the longest chains first; or by number, row by row.
        available : iterable of int, optional
            Places that may be used; all of the chip by default.

        Raises
        ------
        NotEnoughCoresError
            If there are fewer places than the network needs cores. A ValueError.
        """
        places = None if available is None else tuple(available)
        other = replace(self, order=order, working=places)
        _ = other.placement  # what is not allowed is said now
        return other

    @cached_property
    def placement(self) -> Placement:
        """Where on the die the cores of the mapping lie."""
        return place(self.mapping, self.floorplan, self.order, self.working)

    @property
    def network(self) -> Network:
        """What was mapped."""
        return self.mapping.network

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Layers whose partial sums are added, in the order of work, on their placed cores."""
        return self.placement.groups()

    def schedule(self, inferences: int = 1) -> Schedule:
        """Return when each layer works on how many inferences in a row."""
        return schedule(
            self.placement,
            read_mode=self.read_mode,
            inferences=inferences,
            constants=self.constants,
        )

    def performance(self) -> Performance:
        """Return the cost of one inference of a stream of them, or of its layers on cores."""
        return network_performance(self.schedule(), activity=self.activity)

    def layer(self, name: str) -> Performance:
        """Return the cost of one vector through one layer and those that are added to it.

        Raises
        ------
        ValueError
            If there is no such layer.
        """
        for group in self.groups:
            if name in (group.name, *(layer.name for layer in group.layers)):
                return layer_performance(
                    group,
                    read_mode=self.read_mode,
                    activity=self.activity,
                    constants=self.constants,
                )
        names = [layer.name for layer in self.network.static]
        raise ValueError(f"name={name!r} is no layer of the plan: choose one of {names}")

    def as_rows(self) -> list[dict[str, object]]:
        """Return one row per layer, for a table."""
        return self.mapping.as_rows()

    def charts(self, inferences: int = 4) -> tuple[Chart, ...]:
        """Return who works when, how busy the units are, and where the energy goes."""
        plan = self.schedule(inferences)
        return gantt_chart(plan), occupancy_chart(plan), self.performance().chart()

    def __str__(self) -> str:
        """Return the mapping and the cost as text."""
        used = f"{self.mapping.cores} of {self.floorplan.cores} cores"
        share = f"{self.mapping.utilisation:.0%} of their cells used"
        lines = [f"{self.network.name} on {used}, {share}"]
        for row in self.as_rows():
            lines.append(
                f"  {row['layer']}: {row['matrix (out x in)']}, {row['cores']} cores, "
                f"{row['copies']} copies, {row['reads']} reads"
            )
        if detours := len(self.placement.detours()):
            steps = len(self.placement.steps())
            lines.append(f"  {detours} of {steps} steps of partial sums take more than one link")
        return "\n".join([*lines, str(self.performance())])
