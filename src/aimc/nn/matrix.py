"""The weight matrices of a layer on their cores, and what training puts in place of devices."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, Self, TypeAlias

import torch

from aimc.backend import RandomSource, at_least_single, in_precision
from aimc.circuits.mvm import Crossbar, Multiplier, TrainingCircuits, TrainingRead
from aimc.circuits.partial_sums import passed_on
from aimc.cores import Core, Matrix, Part, PartialSums, spread
from aimc.cores.parameters import WEIGHT_RANGES
from aimc.cores.redrawn import Lent, Redrawn
from aimc.nn.gathered_warnings import CALL
from aimc.presets import make_core, preset_of
from aimc.validation import check_bits, check_choice, check_serial

__all__ = [
    "AnalogMatrix",
    "AnalogSum",
    "MatrixNoise",
    "NoisyWeights",
    "Read",
    "Setup",
    "WeightNoise",
]

Read = Callable[[int, torch.Tensor], torch.Tensor]
"""``read(core, x)``: what a core of a matrix makes of the inputs of its part."""


@dataclass(frozen=True, slots=True)
class Setup:
    """How a layer gets its cores."""

    preset: Callable[..., Core] | str
    """``preset(serial=..., index=..., **options)`` returns an unprogrammed core; or its name."""
    serial: int = 0
    """Serial number of the chip."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Further arguments of the preset."""
    weight_range: str = "core"
    """Whether a fully SET cell is the largest weight of its core (``"core"``) or of its output
    (``"output"``); the digital side scales each output back."""
    output_bits: int | None = None
    """Resolution of what the digital unit of a core sends, partial sums included; ``None`` is
    floating point, 8 is what the 64-core chip has."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "preset", preset_of(self.preset))
        check_serial("serial", self.serial)
        check_choice("weight_range", self.weight_range, WEIGHT_RANGES)
        check_bits("output_bits", self.output_bits)

    def make_core(self, index: int, serial: int | None = None) -> Core:
        """Return core number ``index`` of the chip, unprogrammed.

        Raises
        ------
        TypeError
            If the preset does not return a core.
        ValueError
            If it does not pass on the core's number and serial: all cores would then hold the
            same devices.
        """
        wanted = self.serial if serial is None else check_serial("serial", serial)
        return make_core(self.preset, wanted, index, **self.options)


@dataclass(frozen=True, slots=True, eq=False)
class NoisyWeights:
    """What the vectors of one forward meet in place of devices; see `AnalogMatrix.reader_of`."""

    weights: torch.Tensor
    """Weights as the devices might hold them, shape (out, in); gradients flow to them."""
    variance: torch.Tensor | None = None
    """Variance of each weight, drawn on the outputs for each vector, shape (out, in), or (out, 1)
    if it is the same along each output; ``None`` is none."""
    cell_variance: float = 0.0
    """The same for noise that is relative to the weight of a fully SET cell, as a share of its
    square; only one of the two can be given."""
    cells: Sequence[torch.Tensor] | None = None
    """That weight for each output of each part, if `aimc.cores.Matrix.cells` was asked already."""
    rng: RandomSource | None = None
    """Source of the noise of the reads; ``None`` is the stream of each core."""
    output_noise: float = 0.0
    """Standard deviation of further noise of the outputs, in currents of a fully SET cell."""
    first: Callable[[torch.Tensor], torch.Tensor] | None = None
    """What the inputs pass before they are sent."""
    last: Callable[[torch.Tensor], torch.Tensor] | None = None
    """What the outputs of each core pass."""


class AnalogMatrix(Matrix):
    """A weight matrix of a layer on its cores, and on other weights in place of their devices.

    Parameters
    ----------
    name : str
        Name of the layer's parameter that holds the weights.
    shape : (int, int)
        (out, in).
    setup : Setup
        How the cores are made.
    first : int
        Number of the first core; the others follow.
    blocks : int
        Equal blocks on the diagonal that hold the weights, all on one core. Cells around them are
        not programmed; see `aimc.nn.convolution.Pack`.
    """

    def __init__(
        self, name: str, shape: tuple[int, int], setup: Setup, first: int = 0, blocks: int = 1
    ) -> None:
        self.name, self.setup, self.blocks = name, setup, blocks
        super().__init__(*spread(shape, setup.make_core, first))
        self.written: torch.Tensor | None = None
        """The weights that were programmed last, shape (out, in)."""
        self._around: dict[int, _Around] = {}  # of each core, as weights in training meet it

    @property
    def weight_range(self) -> str:
        """Whether a fully SET cell is the largest weight of its core or of its output."""
        return self.setup.weight_range

    @property
    def size(self) -> int:
        """Cells that hold a weight."""
        return super().size // self.blocks

    def used(self, like: torch.Tensor) -> torch.Tensor | None:
        """Return where cells hold a weight, ones and zeros (out, in); ``None``: everywhere."""
        if self.blocks == 1:
            return None
        shape = self.shape[0] // self.blocks, self.shape[1] // self.blocks
        return torch.block_diag(*[like.new_ones(shape)] * self.blocks)

    def program(
        self,
        weights: torch.Tensor | None = None,
        w_max: float | None = None,
        *,
        keep: bool | None = None,
        serial: int | None = None,
    ) -> Self:
        """Write weights; with a ``serial``, to the new cores of that chip. Else as `Matrix`.

        Devices that are not kept are drawn again from ``weights`` where they are: they may be read
        until somebody writes other numbers there.
        """
        if weights is None:
            if serial is not None:
                raise TypeError("weights=None: new cores hold none yet")
            super().program(keep=keep)
            return self.go_to(0.0)
        if not isinstance(weights, torch.Tensor):
            raise TypeError(f"weights must be a tensor, got {type(weights).__name__}")
        if serial is not None:
            self.setup = replace(self.setup, serial=serial)
            self._cores = tuple(self.setup.make_core(core.index) for core in self._cores)
            self._set_input_range()
            self.replace_views(self._cores)
        super().program(weights, w_max, keep=keep)
        self.written = weights.detach()
        if self.keeps(weights, keep):
            self.written = self.written.clone()
        return self.go_to(0.0)

    def _lasting(self, weights: torch.Tensor) -> torch.Tensor:
        return weights.detach()  # a model's own: a copy would take as much memory again

    def holds(self, weights: torch.Tensor) -> bool:
        """Return whether weights of shape (out, in) are those that were programmed last."""
        if self.written is None or any(_changed(core) for core in self._cores):
            return False
        return torch.equal(weights, self.written.to(weights))

    def read(self, core: int, x: torch.Tensor) -> torch.Tensor:
        """Return what the devices of a core make of its inputs, (..., in) to (..., out)."""
        CALL.core = core
        y: torch.Tensor = self._of[core].forward(x)
        return y

    def cell_weight(self, cells: Sequence[torch.Tensor]) -> torch.Tensor:
        """Return what `cells` found at each weight, shape (out, 1) or (out, in)."""
        along = self.grid[1]
        columns = [cell[:, None] for cell in cells]
        if along == 1:
            return torch.cat(columns)
        wide = [column.expand(part.shape) for column, part in zip(columns, self.parts, strict=True)]
        rows = range(0, len(wide), along)
        return torch.cat([torch.cat(wide[first : first + along], dim=1) for first in rows])

    def _cut(self, weights: torch.Tensor) -> list[torch.Tensor]:
        """Return what each of `parts` holds; gradients of all come to the weights in one pass."""
        if len(self.parts) == 1:
            return [weights]
        blocks = [where.stop - where.start for where, _ in self.chains.blocks]
        inputs = [where.stop - where.start for where in self.input_parts]
        return [own for band in weights.split(blocks) for own in band.split(inputs, dim=1)]

    def reader_of(
        self,
        noisy: torch.Tensor | NoisyWeights,
        exact: torch.Tensor,
        narrow: bool = False,
        offset: torch.Tensor | None = None,
    ) -> Read:
        """Return a function like `read` for given weights in place of devices.

        Parameters
        ----------
        noisy : tensor of shape (out, in), or NoisyWeights
            Weights as the devices might hold them; gradients flow to them. They meet the
            converters of the cores.
        exact : tensor, shape (out, in)
            Weights that were asked for: they set the range of each core.
        narrow : bool
            Whether outputs may have the format of the inputs, since nothing is added to them later.
        offset : tensor of shape (out,), optional
            What the cores add to their outputs; only where one core has all inputs.
        """
        met = noisy if isinstance(noisy, NoisyWeights) else NoisyWeights(noisy)
        weights = met.weights
        variance = None if met.variance is None else at_least_single(met.variance)
        used = self.used(weights)
        cells = self.cells(exact) if met.cells is None else met.cells
        if used is not None:  # no noise where no device is
            weights = weights * used
            if met.cell_variance > 0:
                variance = met.cell_variance * self.cell_weight(cells) ** 2
            variance = None if variance is None else variance * used
        reads: dict[int, tuple[Core, Callable[..., torch.Tensor]]] = {}
        parts = zip(self._cores, self.parts, self._cut(weights), cells, strict=True)
        for core, part, own, cell in parts:
            made = self._multiplier(core, part, own, cell, variance, met, narrow, offset)
            reads[part.core] = core, made

        def read(number: int, x: torch.Tensor) -> torch.Tensor:
            CALL.core = number
            core, multiply = reads[number]
            y = multiply(x, core.reader(weights) if met.rng is None else met.rng)
            return y if met.last is None else met.last(y)

        return read

    def _multiplier(
        self,
        core: Core,
        part: Part,
        weights: torch.Tensor,  # of this part
        cell: torch.Tensor,
        variance: torch.Tensor | None,
        met: NoisyWeights,
        narrow: bool,
        offset: torch.Tensor | None,
    ) -> Callable[[torch.Tensor, RandomSource], torch.Tensor]:
        """Return what a core does with these weights in place of its devices."""
        around = self._around.get(part.core)
        if around is None or not around.is_of(core, met.output_noise):
            around = self._around[part.core] = _Around(core, met.output_noise)
        if variance is not None:
            variance = variance[slice(*part.outputs)]
            variance = variance if variance.shape[1] == 1 else variance[:, slice(*part.inputs)]
        if offset is not None and len(self.parts) > 1:
            offset = offset[slice(*part.outputs)]
        precision = around.periphery.precision
        if precision is None or in_precision(weights[:0], precision).dtype != weights.dtype:
            weights = at_least_single(weights)  # as a core does when it is programmed
        if around.short is not None:
            return TrainingRead(
                around.short,
                weights,
                cell,
                variance=variance,
                cell_variance=met.cell_variance,
                narrow=narrow,
                offset=offset,
            )
        g_full, periphery = around.g_full, around.periphery
        unit, drawn = g_full / cell, variance is not None or met.cell_variance > 0
        if variance is not None:
            spread_of_cells = variance[None] * unit[:, None] ** 2
        else:
            spread_of_cells = unit.new_full((1, 1, 1), met.cell_variance * g_full**2)
        if periphery.read_noise and not drawn:
            periphery = replace(periphery, read_noise=False)
        crossbar = Crossbar(
            weights[None],
            spread_of_cells,
            (1.0,),
            g_full,
            cell,
            unit=unit,
            noise_gradient=drawn,
        )
        multiply = Multiplier(crossbar, periphery, one_pass=True)
        if offset is None:
            return multiply
        return lambda x, rng: passed_on(multiply(x, rng), offset=offset)


class _Around:
    """What surrounds weights in training on a core, made once: numbers, and circuits if short."""

    __slots__ = ("_noise", "_parts", "g_full", "periphery", "short")

    def __init__(self, core: Core, noise: float) -> None:
        self._parts, self._noise = (core.periphery, core.cell, core.device), noise
        self.g_full = g_full = core.cell.devices_per_line * core.device.g_max
        self.periphery = around = core.periphery
        if noise > 0:
            more = noise * g_full * around.dac.v_read
            self.periphery = replace(around, output_noise=math.hypot(around.output_noise, more))
        self.short = TrainingCircuits(self.periphery, g_full) if around.short else None

    def is_of(self, core: Core, noise: float) -> bool:
        """Return whether these are a core as it is now, and this noise of its outputs."""
        periphery, cell, device = self._parts
        same = core.periphery is periphery and core.cell is cell and core.device is device
        return same and noise == self._noise


def _changed(core: Core) -> bool:
    """Return whether the weights were overwritten that the devices of a core are drawn from."""
    held = core.held
    return isinstance(held, Redrawn) and isinstance(held.weights, Lent) and held.weights.changed


class AnalogSum(PartialSums):
    """Matrices of a layer that have the same outputs and add up.

    Parameters
    ----------
    matrices : tuple of AnalogMatrix
        One, or the input and the hidden matrix of an LSTM's gates, in the order of their chains.
    """

    __slots__ = ("matrices", "output_range")

    def __init__(self, matrices: tuple[AnalogMatrix, ...]) -> None:
        super().__init__(
            [matrix.parts for matrix in matrices], [matrix.name for matrix in matrices]
        )
        self.matrices = matrices
        self.output_range: float | None = None
        """Magnitude of the largest number that the digital unit of a core can send; set by
        `calibrate`, and needed only where ``output_bits`` rounds."""

    @property
    def output_bits(self) -> int | None:
        """Resolution of what each core sends."""
        return self.matrices[0].setup.output_bits


class MatrixNoise(Protocol):
    """A noise that knows more than weights, such as those of `aimc.recovery.training`.

    ``layer.weight_noise`` is called with the weights alone if it has no such method.
    """

    def for_matrix(self, matrix: AnalogMatrix, weights: torch.Tensor) -> NoisyWeights:
        """Return what the vectors of one forward meet in place of the devices of a matrix.

        Parameters
        ----------
        matrix : AnalogMatrix
            The matrix, with its cores.
        weights : tensor, shape (out, in)
            Its weights as they are; gradients flow to them.
        """
        ...


WeightNoise: TypeAlias = Callable[[torch.Tensor], torch.Tensor] | MatrixNoise
"""Weights of shape (out, in) as they are, to weights as devices might hold them; or an object that
says for each matrix what a forward meets, noise on its outputs as well."""
