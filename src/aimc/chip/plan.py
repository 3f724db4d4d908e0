"""A network planned for a chip: one mapping behind accuracy, time, energy and area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aimc.backend import Array
from aimc.chip.activity import Activity
from aimc.chip.chains import Group, groups
from aimc.chip.charts import gantt_chart, occupancy_chart
from aimc.chip.cost import Performance
from aimc.chip.hermes import ChipConstants
from aimc.chip.mapping import Mapping
from aimc.chip.performance import layer_performance, network_performance
from aimc.chip.schedule import Schedule, equal_copies, schedule
from aimc.layers.workload import Network
from aimc.plots import Chart

__all__ = ["Plan", "Run"]


@dataclass(frozen=True, slots=True, eq=False)
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
    available: int
    """Cores of the chip."""
    model: Any = None
    """The converted torch model, if the network came from one."""

    def __post_init__(self) -> None:
        for group in self.groups:
            equal_copies(self.mapping, group)

    @property
    def network(self) -> Network:
        """What was mapped."""
        return self.mapping.network

    @property
    def groups(self) -> tuple[Group, ...]:
        """Layers whose partial sums are added, in the order of work."""
        return groups(self.network, self.mapping.core)

    def schedule(self, inferences: int = 1) -> Schedule:
        """Return when each layer works on how many inferences in a row."""
        return schedule(
            self.mapping,
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
        used = f"{self.mapping.cores} of {self.available} cores"
        share = f"{self.mapping.utilisation:.0%} of their cells used"
        lines = [f"{self.network.name} on {used}, {share}"]
        for row in self.as_rows():
            lines.append(
                f"  {row['layer']}: {row['matrix (out x in)']}, {row['cores']} cores, "
                f"{row['copies']} copies, {row['reads']} reads"
            )
        return "\n".join([*lines, str(self.performance())])


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Outputs of a batch and what one inference of it costs. Made by `Chip.run`."""

    outputs: Array
    """What the network computed: an array of shape (n, ...), or what else a torch model returns."""
    performance: Performance
    """Cost of one inference in a stream of them."""
    vectors: dict[str, int]
    """Vectors that each layer met, for the whole batch."""
    t: float
    """Time since programming, s."""

    @property
    def read_mode(self) -> str:
        """Read mode of the cost."""
        return self.performance.read_mode

    def __str__(self) -> str:
        """Return the shape of the outputs and the cost."""
        shape = _shape(self.outputs)
        return f"outputs of shape {shape}, {self.t:g} s after programming\n{self.performance}"


def _shape(outputs: Any) -> str:
    """Return the shapes of an array, or of the arrays in tuples, as a recurrent layer returns."""
    if isinstance(outputs, tuple | list):
        return f"({', '.join(map(_shape, outputs))})"
    return str(tuple(outputs.shape)) if hasattr(outputs, "shape") else type(outputs).__name__
