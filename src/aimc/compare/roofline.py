r"""Where the energy and the time of inference go: moving numbers against computing with them.

A machine does arithmetic at a peak rate :math:`P` and fetches bytes at a bandwidth :math:`B`. A
workload of *arithmetic intensity* :math:`I` (operations per byte) then runs at most at

.. math:: \min(P, I B),

the roofline :cite:p:`williams2009roofline`. Two kinds of machine are compared: a digital one, whose
weights come from a memory, and one whose weights stay where they are, in crossbars.

Energies per access and per operation are published ones. They are of one 45 nm process
:cite:p:`horowitz2014energy`: read the ratios, not the picojoules. **Peak and bandwidths of the
digital machine are round parameters of an exercise, not those of a product.**
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from aimc.chip.hermes import hermes_constants
from aimc.chip.mapping import cores_needed
from aimc.cores import tile_grid
from aimc.layers.workload import Layer, Network
from aimc.published import fact
from aimc.units import GIGA, PICO, TERA
from aimc.validation import check_choice, check_integer, check_number

__all__ = [
    "Crossbars",
    "Energy",
    "Machine",
    "Memory",
    "Traffic",
    "access_energy",
    "attainable",
    "digital_machine",
    "hermes_crossbars",
    "mac_energy",
    "memory",
    "traffic",
]

BITS = {"FP32": 32, "INT8": 8}
ILLUSTRATIVE_PEAK = 10 * TERA
"""OP/s of the digital machine; a round parameter of the exercise, not a product."""
ILLUSTRATIVE_BANDWIDTH = {"DRAM": 100 * GIGA, "SRAM": TERA}
"""B/s; round parameters of the exercise, not products."""
_WORD_BYTES = 4.0


def access_energy(place: str) -> float:
    """Return the energy of fetching one byte from ``"DRAM"`` (D001) or ``"SRAM"`` (D003), J/B."""
    check_choice("place", place, ("DRAM", "SRAM"))
    return fact({"DRAM": "D001", "SRAM": "D003"}[place]).number * PICO / _WORD_BYTES


def mac_energy(precision: str) -> float:
    """Return the energy of one multiplication and one addition, J (D004 or D005).

    Parameters
    ----------
    precision : {"FP32", "INT8"}
        Number format.
    """
    check_choice("precision", precision, tuple(BITS))
    return sum(fact({"FP32": "D004", "INT8": "D005"}[precision]).numbers) * PICO


def attainable(intensity: float, peak: float, bandwidth: float) -> float:
    r"""Return :math:`\min(P, I B)` in OP/s :cite:p:`williams2009roofline`.

    Parameters
    ----------
    intensity : float
        Operations per byte, OP/B; may be infinite.
    peak : float
        OP/s.
    bandwidth : float
        B/s.
    """
    check_number("intensity", intensity, low=0.0, open_low=True, unit="OP/B", infinite=True)
    check_number("peak", peak, low=0.0, open_low=True, unit="OP/s")
    check_number("bandwidth", bandwidth, low=0.0, open_low=True, unit="B/s")
    return min(peak, intensity * bandwidth)


@dataclass(frozen=True, slots=True)
class Traffic:
    """What one batch of inferences computes and moves."""

    operations: float
    """OP; one multiply-accumulate is two."""
    weight_bytes: float
    """Weights fetched, each once per batch; 0 where they do not move."""
    activation_bytes: float
    """Inputs and outputs of all layers, each once per inference."""

    @property
    def intensity(self) -> float:
        """Operations per byte moved, OP/B."""
        return self.operations / (self.weight_bytes + self.activation_bytes)


def traffic(
    network: Network, batch: int = 1, bits: int = 8, *, weights_move: bool = True
) -> Traffic:
    """Return what a batch of inferences computes and moves at best.

    At best: each weight is fetched once for the whole batch and each activation once per inference,
    as if every reuse were found. Matrices that are data (keys and values of attention) count as
    activations.

    Parameters
    ----------
    network : Network
        Layers and how often each is used.
    batch : int
        Independent inferences that share a fetch of the weights.
    bits : int
        Size of every number.
    weights_move : bool
        Whether the weights have to be fetched at all.
    """
    if not isinstance(network, Network):
        raise TypeError(f"network must be a Network, got {type(network).__name__}")
    check_integer("batch", batch, low=1)
    size = check_integer("bits", bits, low=1) / 8
    values = sum(
        layer.inputs + layer.outputs + (0 if layer.static else layer.weights)
        for layer in network.layers
    )
    return Traffic(
        operations=2.0 * network.macs * batch,
        weight_bytes=size * network.weights if weights_move else 0.0,
        activation_bytes=size * values * batch,
    )


@dataclass(frozen=True, slots=True)
class Energy:
    """Energy of one inference, J."""

    weights: float
    """Fetching weights."""
    activations: float
    """Fetching inputs and storing outputs."""
    arithmetic: float
    """Multiplying and adding; in a crossbar, reads with all their conversions."""

    @property
    def total(self) -> float:
        """All three, J."""
        return self.weights + self.activations + self.arithmetic


@dataclass(frozen=True, slots=True)
class Memory:
    """A memory as a machine sees it."""

    name: str
    energy: float
    """J per byte."""
    bandwidth: float
    """B/s."""

    def __post_init__(self) -> None:
        check_number("energy", self.energy, low=0.0, unit="J/B")
        check_number("bandwidth", self.bandwidth, low=0.0, open_low=True, unit="B/s")


def memory(place: str) -> Memory:
    """Return DRAM or SRAM with its published energy and an illustrative bandwidth."""
    energy = access_energy(place)
    return Memory(place, energy, ILLUSTRATIVE_BANDWIDTH[place])


@dataclass(frozen=True, slots=True)
class Machine:
    """A digital machine: arithmetic on one side, memories on the other."""

    name: str
    peak: float
    """OP/s."""
    mac_energy: float
    """J per multiply-accumulate."""
    weights: Memory
    """Where the weights live."""
    activations: Memory
    """Where inputs and outputs live."""
    bits: int = 8
    """Size of every number."""

    def __post_init__(self) -> None:
        check_number("peak", self.peak, low=0.0, open_low=True, unit="OP/s")
        check_number("mac_energy", self.mac_energy, low=0.0, unit="J")
        check_integer("bits", self.bits, low=1)

    @property
    def roof(self) -> Memory:
        """The memory whose bandwidth slopes the roofline."""
        return self.weights

    def traffic(self, network: Network, batch: int = 1) -> Traffic:
        """Return what the batch computes and moves."""
        return traffic(network, batch, self.bits)

    def intensity(self, network: Network, batch: int = 1) -> float:
        """Return operations per byte that passes the memory of the weights, OP/B, if any does."""
        work = self.traffic(network, batch)
        shared = work.activation_bytes if self.activations == self.weights else 0.0
        moved = work.weight_bytes + shared
        return work.operations / moved if moved > 0 else math.inf

    def energy(self, network: Network, batch: int = 1) -> Energy:
        """Return the energy per inference when ``batch`` of them share each fetched weight, J."""
        work = self.traffic(network, batch)
        return Energy(
            weights=work.weight_bytes * self.weights.energy / batch,
            activations=work.activation_bytes * self.activations.energy / batch,
            arithmetic=network.macs * self.mac_energy,
        )

    def time(self, network: Network, batch: int = 1) -> float:
        """Return the time of the whole batch if fetching and computing overlap perfectly, s."""
        work = self.traffic(network, batch)
        fetch = work.weight_bytes / self.weights.bandwidth
        other = work.activation_bytes / self.activations.bandwidth
        memory_time = fetch + other if self.activations == self.weights else max(fetch, other)
        return max(work.operations / self.peak, memory_time)


@dataclass(frozen=True, slots=True)
class Crossbars:
    """A machine whose static weights stay in crossbars; the rest is done by a machine beside it.

    A read is charged in full whether or not all cells of the core hold a weight. That is the upper
    limit: converters work either way, but the part of a read that follows the current shrinks with
    the cells in use (`aimc.chip.activity` has a range for it). Products of data with data go to the
    digital machine.
    """

    name: str
    read_energy: float
    """J per read of one core."""
    read_time: float
    """Duration of a read, s."""
    beside: Machine
    """Digital machine for what is not static; its activations' memory serves both."""
    cores: int = 64
    core: tuple[int, int] = (256, 256)
    """Rows and columns."""

    def __post_init__(self) -> None:
        check_number("read_energy", self.read_energy, low=0.0, unit="J")
        check_number("read_time", self.read_time, low=0.0, open_low=True, unit="s")
        check_integer("cores", self.cores, low=1)

    @property
    def peak(self) -> float:
        """All cells of all cores at work all the time, OP/s."""
        return 2.0 * self.cores * math.prod(self.core) / self.read_time

    @property
    def bits(self) -> int:
        """Size of an activation."""
        return self.beside.bits

    @property
    def roof(self) -> Memory:
        """Return the memory whose bandwidth slopes the roofline, as only activations move."""
        return self.beside.activations

    def traffic(self, network: Network, batch: int = 1) -> Traffic:
        """Return what the batch computes and moves: no weights."""
        needed = cores_needed(network, self.core)
        if needed > self.cores:
            raise ValueError(
                f"network={network.name!r} does not fit: it takes {needed} cores, "
                f"{self.name} has {self.cores}"
            )
        return traffic(network, batch, self.bits, weights_move=False)

    def intensity(self, network: Network, batch: int = 1) -> float:
        """Return operations per byte of activations, OP/B."""
        return self.traffic(network, batch).intensity

    def energy(self, network: Network, batch: int = 1) -> Energy:
        """Return the energy per inference, J; the batch does not matter."""
        work = self.traffic(network, batch)
        reads = sum(x.mvms * math.prod(tile_grid(x.shape, *self.core)) for x in network.static)
        digital = sum(layer.macs for layer in network.layers if not layer.static)
        return Energy(
            weights=0.0,
            activations=work.activation_bytes * self.roof.energy / batch,
            arithmetic=reads * self.read_energy + digital * self.beside.mac_energy,
        )

    def time(self, network: Network, batch: int = 1) -> float:
        """Return the time of the batch, s.

        Each layer stands on the chip once. Layers of one stage work together, stages in turn, and
        the inferences of a batch follow each other like cars on an assembly line. All products of
        data with data share one digital machine.
        """
        work = self.traffic(network, batch)
        stages = [max(self._layer_time(x) for x in stage) for stage in network.stages()]
        line = sum(stages) + (batch - 1) * max(stages)
        digital = sum(self._layer_time(x) for x in network.layers if not x.static)
        return max(line, batch * digital, work.activation_bytes / self.roof.bandwidth)

    def _layer_time(self, layer: Layer) -> float:
        if layer.static:
            return layer.mvms * self.read_time
        return 2.0 * layer.macs / self.beside.peak


def digital_machine(weights_in: str = "DRAM", precision: str = "INT8") -> Machine:
    """Return the digital machine of the exercise; its peak and bandwidths are round parameters.

    Parameters
    ----------
    weights_in : {"DRAM", "SRAM"}
        Where the weights live. Activations are always in SRAM.
    precision : {"FP32", "INT8"}
        Number format; sets the energy of arithmetic and the size of every number.
    """
    return Machine(
        name=f"digital, weights in {weights_in}, {precision}",
        peak=ILLUSTRATIVE_PEAK,
        mac_energy=mac_energy(precision),
        weights=memory(weights_in),
        activations=memory("SRAM"),
        bits=BITS[precision],
    )


def hermes_crossbars() -> Crossbars:
    """Return 64 cores with the published read of the HERMES chip, four-phase (A030, A038).

    The energy is that of crossbar, ADCs and pulse-width modulators, measured in 14 nm
    :cite:p:`legallo2023hermes`; the 45 nm energies beside it are another process. Activations have
    8 bits.
    """
    chip = hermes_constants()
    return Crossbars(
        name=f"{chip.chip_cores} crossbar cores",
        read_energy=chip.read_energy("4-phase"),
        read_time=chip.read_time("4-phase"),
        beside=digital_machine("SRAM", "INT8"),
        cores=chip.chip_cores,
    )
