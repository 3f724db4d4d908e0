"""A chip whose cores and digital units share a mesh: another grid for `aimc.chip`.

Mapping, placement, chains and the schedule of the cores are those of `aimc.chip`; the floorplan is
the mesh, and only sites of cores are given to the placement. What this module adds is what the
64-core chip leaves to a board beside it: the way of the activations, and a place to work on them.
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from functools import cached_property

from aimc.chip.activity import Activity, as_activity
from aimc.chip.chains import Chain, Group
from aimc.chip.cost import PARTS, Performance
from aimc.chip.mapping import map_network
from aimc.chip.performance import network_performance
from aimc.chip.plan import Plan
from aimc.layers.workload import Layer, Network
from aimc_course.studies.next_chips.constants import MeshConstants, mesh_constants
from aimc_course.studies.next_chips.mesh import Mesh
from aimc_course.studies.next_chips.traffic import Block, Flow, Transport, moves, transport

__all__ = ["OPS_PER_VALUE", "MeshChip", "MeshPlan", "Stage"]

OPS_PER_VALUE = 4
"""Elementary operations of a digital unit on each output of a layer (norm, activation); assumed."""
MESH, UNITS, MEMORY = "mesh", "digital units", "memory"


@dataclass(frozen=True, slots=True)
class Stage:
    """Layers that work at the same time, and the flows to and from their cores."""

    name: str
    """Names of the layers, joined."""
    layers: tuple[Layer, ...]
    """The layers."""
    groups: tuple[Group, ...]
    """Layers on cores with the chains of their sums; empty for a stage of digital units."""
    incoming: Transport
    """From digital units to the cores, for one vector of each layer."""
    outgoing: Transport
    """From the cores that end the chains to digital units, for one vector of each layer."""
    landing: tuple[Block, ...]
    """Where the outputs lie afterwards."""

    @property
    def static(self) -> bool:
        """Whether cores do the work."""
        return bool(self.groups)

    @property
    def vectors(self) -> int:
        """Vectors per inference."""
        return self.layers[0].mvms

    @property
    def vectors_in(self) -> float:
        """Vectors per inference that have to be brought: outputs of a convolution share inputs."""
        return self.layers[0].inputs / self.layers[0].shape[1] if self.static else self.vectors


@dataclass(frozen=True, eq=False)
class MeshPlan:
    """A network on the cores of a mesh. Made by `MeshChip.map`."""

    plan: Plan
    """The plan of `aimc.chip`: mapping, placement and schedule of the cores."""
    mesh: Mesh
    """The grid."""
    constants: MeshConstants
    """Times and energies."""

    @property
    def network(self) -> Network:
        """What was mapped."""
        return self.plan.network

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """All stages in the order of work; those that are not on cores included."""
        return tuple(_stages(self))

    @property
    def byte_hops(self) -> float:
        """Bytes times links of one inference, B."""
        return sum(
            stage.vectors_in * stage.incoming.byte_hops + stage.vectors * stage.outgoing.byte_hops
            for stage in self.stages
        )

    def performance(self) -> Performance:
        """Return the cost of one inference of a stream of them, with all between the layers.

        Its scope is ``"system"``, so that it joins no cost of `Plan.performance`, which leaves out
        the way from layer to layer. Cores that wait take `idle_share` of their standing power.
        """
        c, schedule = self.constants, self.plan.schedule()
        cores = network_performance(schedule, activity=self.plan.activity)
        links = [
            max(s.vectors_in * s.incoming.busiest, s.vectors * s.outgoing.busiest)
            for s in self.stages
        ]
        digital = [self._digital(stage) for stage in self.stages]
        period = max(
            schedule.interval,
            max(links) * 8 / c.link_bits / c.clock,
            max(seconds for seconds, _, _ in digital),
        )
        standing = sum(
            self.standing(group, schedule.copies(group), schedule.reads(group), period)
            for group in schedule.groups
        )
        reads = sum(group.mvms * group.cores for group in schedule.groups)
        reading = reads * c.core.read_time(self.plan.read_mode)  # s
        reading *= self.plan.activity.value * c.core.standing_power
        ways = sum(
            stage.incoming.seconds(c) + stage.outgoing.seconds(c) + seconds / stage.vectors
            for stage, (seconds, _, _) in zip(self.stages, digital, strict=True)
        )
        energies = {
            PARTS[0]: cores.energies[PARTS[0]],
            PARTS[1]: cores.energies[PARTS[1]],
            PARTS[2]: standing,
            MESH: self.byte_hops * c.hop_energy,
            UNITS: sum(energy for _, energy, _ in digital),
            MEMORY: sum(energy for _, _, energy in digital),
        }
        around = sum(energies[name] for name in (MESH, UNITS, MEMORY))
        low, high = c.core.beside_reads(energies[PARTS[1]], standing, reading)
        return Performance(
            name=f"{self.network.name} on a mesh",
            per=self.network.per,
            read_mode=self.plan.read_mode,
            scope="system",
            cores=cores.cores,
            utilisation=cores.utilisation,
            operations=2.0 * self.network.macs,
            energies=energies,
            seconds=schedule.latency + ways,
            period=period,
            areas={"MVM area": cores.areas["MVM area"], "die": self.mesh.area},
            activity=cores.activity,
            reads_range=cores.reads_range,
            rest_range=(around + low, around + high),
            assumed=(*schedule.assumed, f"{OPS_PER_VALUE} digital operations per output"),
        )

    def standing(self, group: Group, copies: int, reads: int, period: float) -> float:
        """Return the standing energy of the cores of a group in a period, J.

        They are awake while they read and send, and asleep for the rest of the period.
        """
        core, c = self.constants.core, self.constants
        awake = min(period, reads * core.latency(group, self.plan.read_mode))
        time = awake + c.idle_share * (period - awake)
        power = self.plan.activity.value * core.standing_power
        return copies * group.cores * power * time

    def _digital(self, stage: Stage) -> tuple[float, float, float]:
        """Return time (s), energy of digital units and of their memory (J) for an inference.

        A `Network` knows no heads: the softmax is counted once per score.
        """
        c, units = self.constants, len({block.site for block in stage.landing})
        macs = sum(layer.macs for layer in stage.layers if not layer.static)
        ops = OPS_PER_VALUE * sum(layer.outputs for layer in stage.layers)
        seconds = (macs + ops) / (units * c.digital_rate)
        energy = macs * c.digital_mac_energy + ops * c.digital_op_energy
        fetched = macs * c.value_bits / 8
        return seconds, energy, fetched * c.memory_energy


@dataclass(frozen=True)
class MeshChip:
    """Analog cores and digital units on one mesh.

    Examples
    --------
    >>> from aimc.chip import attention_block
    >>> plan = MeshChip().map(attention_block(512, 256))
    >>> plan.plan.mapping.cores, plan.performance().scope
    (48, 'system')
    """

    mesh: Mesh = field(default_factory=Mesh)
    """The grid."""
    constants: MeshConstants = field(default_factory=mesh_constants)
    """Times and energies."""
    read_mode: str = ""
    """How the cores read; by default the last of ``constants.core.read_modes``: on the 64-core chip
    the four-phase read, in which its accuracies were measured."""
    activity: Activity = field(default_factory=lambda: as_activity(1.0))
    """Energy of a read relative to that at peak."""

    def __post_init__(self) -> None:
        if not self.read_mode:
            object.__setattr__(self, "read_mode", self.constants.core.read_modes[-1])
        self.constants.core.read_time(self.read_mode)

    def map(self, network: Network, copies: Dictionary[str, int] | None = None) -> MeshPlan:
        """Give every weight of a network a place on the mesh.

        Parameters
        ----------
        network : Network
            Layers; those that are not static are computed by digital units.
        copies : mapping of str to int, optional
            How many times a layer is to stand on the chip.

        Raises
        ------
        NotEnoughCoresError
            If the mesh has too few cores. A ValueError.
        """
        core = self.constants.core
        mapping = map_network(network, core.core, copies, available=self.mesh.cores)
        plan = Plan(
            mapping,
            core,
            self.read_mode,
            self.activity,
            self.mesh.floorplan,
            order="longest",
            working=self.mesh.analog,
        )
        return MeshPlan(plan, self.mesh, self.constants)


def _stages(plan: MeshPlan) -> list[Stage]:
    mesh, bits = plan.mesh, plan.constants.value_bits
    landed = {group.name: _landing(mesh, group) for group in plan.plan.groups}
    held, found = _entry(plan, landed), list[Stage]()
    spread = _attention_units(plan)
    for number, layers in enumerate(plan.network.stages()):
        names = {layer.name for layer in layers}
        groups = tuple(g for g in plan.plan.groups if g.layers[0].name in names)
        to_cores = [flow for group in groups for flow in _inputs(held, group)]
        to_units: list[Flow] = []
        for group in groups:
            for chain, block in zip(_first(group), landed[group.name], strict=True):
                size = chain.outputs[1] - chain.outputs[0]
                to_units.append(Flow(chain.cores[-1], (block.site,), size))
        if groups:
            there = landed[groups[-1].name]
        else:
            there = spread.get(number, held)
            before = found[-1].groups if found else ()
            for group in before:  # queries, keys and values go to the units of their head
                to_cores += moves(landed[group.name], there, group.layers[0].shape[0])
        ways = [transport(flows, mesh.floorplan, bits) for flows in (to_cores, to_units)]
        name = ", ".join(layer.name for layer in layers)
        found.append(Stage(name, layers, groups, ways[0], ways[1], there))
        held = there
    return found


def _attention_units(plan: MeshPlan) -> dict[int, tuple[Block, ...]]:
    """Return, for each stage of data times data, the units that share it by heads.

    They are the units beside the cores of the block of layers, from the layers that make queries,
    keys and values to those before the next such layers.
    """
    stages = plan.network.stages()
    data = [not any(layer.static for layer in layers) for layers in stages]
    starts = [k for k, is_data in enumerate(data) if is_data and (k == 0 or not data[k - 1])]
    cores: dict[int, set[int]] = {}
    for group in plan.plan.groups:
        place = next(k for k, layers in enumerate(stages) if group.layers[0] in layers)
        block = sum(start - 1 <= place for start in starts)
        for chain in group.chains:
            cores.setdefault(max(block, 1), set()).update(chain.cores)
    found: dict[int, tuple[Block, ...]] = {}
    for k, is_data in enumerate(data):
        if is_data:
            block = max(1, sum(start <= k for start in starts))
            units = sorted({plan.mesh.nearest_unit(core) for core in cores[block]})
            found[k] = tuple(
                Block(unit, n / len(units), (n + 1) / len(units)) for n, unit in enumerate(units)
            )
    return found


def _first(group: Group) -> list[Chain]:
    return [chain for chain in group.chains if chain.copy == 0]


def _landing(mesh: Mesh, group: Group) -> tuple[Block, ...]:
    """Return where the outputs of a group lie: at the unit next to the end of each chain."""
    whole = group.layers[0].shape[0]
    return tuple(
        Block(mesh.nearest_unit(c.cores[-1]), c.outputs[0] / whole, c.outputs[1] / whole)
        for c in _first(group)
    )


def _entry(plan: MeshPlan, landed: dict[str, tuple[Block, ...]]) -> tuple[Block, ...]:
    """Return where the input lies: where the last outputs do if block follows block."""
    first, last = plan.plan.groups[0], plan.plan.groups[-1]
    if first.layers[0].shape[1] == last.layers[0].shape[0]:
        return landed[last.name]
    return (Block(plan.mesh.digital[0], 0.0, 1.0),)


def _inputs(held: tuple[Block, ...], group: Group) -> list[Flow]:
    wanted: dict[str, list[Block]] = {}
    sizes = {layer.name: layer.shape[1] for layer in group.layers}
    for chain in _first(group):
        for tile in chain.tiles:
            size = sizes[tile.layer]
            part = Block(tile.core, tile.inputs[0] / size, tile.inputs[1] / size)
            wanted.setdefault(tile.layer, []).append(part)
    return [flow for name, parts in wanted.items() for flow in moves(held, parts, sizes[name])]
