"""The weight matrices of a layer on as many cores as they need; `aimc.cores` adds them up."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from aimc.backend import at_least_single
from aimc.circuits import Crossbar, Multiplier
from aimc.cores import Core, CoreAtTime, Gain, Noises, Part, Sum, at_time, full_scale, parts_of
from aimc.cores.parameters import WEIGHT_RANGES
from aimc.nn.gathered_warnings import CALL
from aimc.nn.noisy import Noisy
from aimc.presets import make_core, preset_of
from aimc.validation import (
    check_bits,
    check_choice,
    check_number,
    check_serial,
)

__all__ = ["AnalogMatrix", "AnalogSum", "Read", "Setup", "Tile"]

Read = Callable[[int, torch.Tensor], torch.Tensor]
"""``read(k, x)``: the product of tile ``k`` of a matrix with its inputs."""


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
class Tile:
    """The part of a matrix that one core holds."""

    core: Core
    """The core."""
    outputs: tuple[int, int]
    """First output of the tile and the one after its last."""
    inputs: tuple[int, int]
    """First input of the tile and the one after its last."""

    @property
    def index(self) -> int:
        """Number of the core on its chip."""
        return self.core.index

    @property
    def shape(self) -> tuple[int, int]:
        """Shape (out, in) of the tile."""
        return self.outputs[1] - self.outputs[0], self.inputs[1] - self.inputs[0]

    def of(self, matrix: torch.Tensor) -> torch.Tensor:
        """Return this tile's part of a matrix of shape (out, in)."""
        if self.shape == tuple(matrix.shape):
            return matrix
        return matrix[slice(*self.outputs), slice(*self.inputs)]


class AnalogMatrix:
    """A weight matrix cut into equal tiles, each on a core of its own; partial sums are digital.

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
        not programmed; see `aimc.nn.grouped`.
    """

    def __init__(
        self, name: str, shape: tuple[int, int], setup: Setup, first: int = 0, blocks: int = 1
    ) -> None:
        self.name, self.shape, self.setup, self.blocks = name, shape, setup, blocks
        core = setup.make_core(first)
        self.parts = parts_of(shape, core.rows, core.columns)
        self.tiles: tuple[Tile, ...] = tuple(
            Tile(
                core if k == 0 else setup.make_core(first + k),
                (part.outputs.start, part.outputs.stop),
                (part.inputs.start, part.inputs.stop),
            )
            for k, part in enumerate(self.parts)
        )
        self.views: tuple[CoreAtTime, ...] = ()
        self.sums: torch.Tensor | None = None
        """Largest products over each part of the inputs, shape (parts, out); set by `calibrate`."""
        self.written: torch.Tensor | None = None
        """The weights that were programmed last, shape (out, in)."""
        self._input_range: float | None = None

    @property
    def cores(self) -> tuple[Core, ...]:
        """The cores, in the order of their numbers."""
        return tuple(tile.core for tile in self.tiles)

    @property
    def programmed(self) -> bool:
        """Whether the cores hold weights."""
        return bool(self.views)

    @property
    def grid(self) -> tuple[int, int]:
        """Cores along the outputs and along the inputs."""
        along = len({part.inputs.start for part in self.parts})
        return len(self.parts) // along, along

    @property
    def utilisation(self) -> float:
        """Share of the unit cells of the cores that hold a weight, 0 to 1."""
        cells = sum(core.rows * core.columns for core in self.cores)
        return self.weights / cells

    @property
    def weights(self) -> int:
        """Cells that hold a weight."""
        return self.shape[0] * self.shape[1] // self.blocks

    def used(self, like: torch.Tensor) -> torch.Tensor | None:
        """Return where cells hold a weight, ones and zeros (out, in); ``None``: everywhere."""
        if self.blocks == 1:
            return None
        shape = self.shape[0] // self.blocks, self.shape[1] // self.blocks
        return torch.block_diag(*[like.new_ones(shape)] * self.blocks)

    @property
    def input_range(self) -> float | None:
        """Magnitude of a full-scale input; ``None`` scales each vector to its own largest entry."""
        return self.tiles[0].core.periphery.input_range

    @input_range.setter
    def input_range(self, value: float) -> None:
        self._input_range = check_number("input_range", value, low=0.0, open_low=True)
        self._set_ranges()

    def _set_ranges(self) -> None:
        if self._input_range is None:
            return
        for core in self.cores:
            core.periphery = replace(core.periphery, input_range=self._input_range)

    def program(self, weights: torch.Tensor, serial: int | None = None) -> None:
        """Write weights of shape (out, in); with a ``serial``, on the new cores of that chip."""
        if serial is not None:
            self.setup = replace(self.setup, serial=serial)
            self.tiles = tuple(
                replace(tile, core=self.setup.make_core(tile.index)) for tile in self.tiles
            )
            self._set_ranges()
        for k, tile in enumerate(self.tiles):
            part = tile.of(weights)
            tile.core.program(part, self._full_scale(k, part), self.used(part))
        self.written = weights.detach().clone()
        self.at(0.0)

    def holds(self, weights: torch.Tensor) -> bool:
        """Return whether weights of shape (out, in) are those that were programmed last."""
        return self.written is not None and torch.equal(weights, self.written.to(weights))

    def _full_scale(self, k: int, part: torch.Tensor) -> torch.Tensor:
        """Return the weight of a fully SET cell for each output of a tile, shape (out,)."""
        sums = None
        if self.sums is not None:
            sums = self.sums[k % len(self.sums), slice(*self.tiles[k].outputs)]
        return full_scale(
            part,
            self.tiles[k].core,
            input_range=self.input_range,
            sums=sums,
            weight_range=self.setup.weight_range,
        )

    def at(self, t: float | str, gain: Gain = 1.0, noise: Noises = "split") -> None:
        """Go to ``t`` seconds after programming.

        Parameters
        ----------
        t : float or str
            Time since programming ended, s, or in words such as ``"1 d"``.
        gain : float or callable
            Digital factor on the outputs of all cores, or ``gain(core, t)`` for each.
        noise : {"split", "fresh", "momentary"}, or callable
            How the read noise divides; see `aimc.nn.at`.
        """
        self.views = at_time(self.cores, t, gain, noise)

    def read(self, k: int, x: torch.Tensor) -> torch.Tensor:
        """Return what the devices of tile ``k`` make of its inputs, (..., in) to (..., out)."""
        CALL.core = self.tiles[k].index
        return self.views[k].forward(x)

    def cells(self, weights: torch.Tensor) -> list[torch.Tensor]:
        """Return the weight of a fully SET cell for each output of each tile, constants (out,)."""
        return [self._full_scale(k, tile.of(weights)) for k, tile in enumerate(self.tiles)]

    def cell_weight(self, cells: Sequence[torch.Tensor]) -> torch.Tensor:
        """Return what `cells` found at each weight, shape (out, 1) or (out, in)."""
        along = self.grid[1]
        columns = [cell[:, None] for cell in cells]
        if along == 1:
            return torch.cat(columns)
        wide = [column.expand(tile.shape) for column, tile in zip(columns, self.tiles, strict=True)]
        rows = range(0, len(wide), along)
        return torch.cat([torch.cat(wide[first : first + along], dim=1) for first in rows])

    def reader_of(self, noisy: torch.Tensor | Noisy, exact: torch.Tensor) -> Read:
        """Return a function like `read` for given weights in place of devices.

        Parameters
        ----------
        noisy : tensor of shape (out, in), or Noisy
            Weights as the devices might hold them; gradients flow to them. They meet the
            converters of the cores.
        exact : tensor, shape (out, in)
            Weights that were asked for: they set the range of each core.
        """
        met = noisy if isinstance(noisy, Noisy) else Noisy(noisy)
        # as a core does when it is programmed
        weights, exact = at_least_single(met.weights), at_least_single(exact)
        variance = None if met.variance is None else at_least_single(met.variance)
        used = self.used(weights)
        cells = self.cells(exact) if met.cells is None else met.cells
        if used is not None:  # no noise where no device is
            weights = weights * used
            if met.cell_variance > 0:
                variance = met.cell_variance * self.cell_weight(cells) ** 2
            variance = None if variance is None else variance * used
        multipliers = [
            self._multiplier(k, weights, cells[k], variance, met) for k in range(len(self.tiles))
        ]

        def read(k: int, x: torch.Tensor) -> torch.Tensor:
            core = self.tiles[k].core
            CALL.core = core.index
            multiplier = multipliers[k]
            source = core.reader(multiplier.crossbar.conductance) if met.rng is None else met.rng
            y: torch.Tensor = multiplier(x, source)
            return y if met.last is None else met.last(y)

        return read

    def _multiplier(
        self,
        k: int,
        weights: torch.Tensor,
        cell: torch.Tensor,
        variance: torch.Tensor | None,
        met: Noisy,
    ) -> Multiplier:
        """Return what a tile does with these weights in place of its devices."""
        tile = self.tiles[k]
        core = tile.core
        g_full = core.cell.devices_per_line * core.device.g_max
        unit, drawn = g_full / cell, variance is not None or met.cell_variance > 0
        if variance is not None:
            part = variance[slice(*tile.outputs)]
            part = part if part.shape[1] == 1 else part[:, slice(*tile.inputs)]
            spread = part * unit[:, None] ** 2
        else:
            spread = unit.new_full((1, 1), met.cell_variance * g_full**2)
        periphery = replace(core.periphery, read_noise=drawn)
        if met.output_noise > 0:
            own, more = periphery.output_noise, met.output_noise * g_full * periphery.dac.v_read
            periphery = replace(periphery, output_noise=math.hypot(own, more))
        g = tile.of(weights)[None]
        crossbar = Crossbar(g, spread[None], (1.0,), g_full, cell, unit=unit, noise_gradient=drawn)
        return Multiplier(crossbar, periphery, one_pass=True)


class AnalogSum:
    """Matrices of a layer that have the same outputs and add up; see `aimc.cores.Sum`.

    Parameters
    ----------
    matrices : tuple of AnalogMatrix
        One, or the input and the hidden matrix of an LSTM's gates, in the order of their chains.
    """

    def __init__(self, matrices: tuple[AnalogMatrix, ...]) -> None:
        self.matrices = matrices
        self.chains = Sum(
            [
                [Part((k, part.key), part.outputs, part.inputs) for part in matrix.parts]
                for k, matrix in enumerate(matrices)
            ],
            [matrix.name for matrix in matrices],
        )
        """Who adds to whom."""
        self.output_range: float | None = None
        """Magnitude of the largest number that the digital unit of a core can send; set by
        `calibrate`, and needed only where ``output_bits`` rounds."""

    @property
    def output_bits(self) -> int | None:
        """Resolution of what each core sends."""
        return self.matrices[0].setup.output_bits

    def forward(
        self,
        reads: Sequence[Read],
        inputs: Sequence[torch.Tensor],
        offset: torch.Tensor | None = None,
        first: int = 0,
        sent: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Return what the last cores send, shape (..., out); parameters as in `Sum.forward`.

        Parameters
        ----------
        reads : sequence of callable
            How each matrix is read: `AnalogMatrix.read`, or what `AnalogMatrix.reader_of` returns.
        """
        bits = self.output_bits
        if bits is not None and self.output_range is None:
            raise ValueError(
                f"output_bits={bits}: no range of outputs is known for "
                f"{' + '.join(matrix.name for matrix in self.matrices)}; call "
                "aimc.nn.calibrate(model, batches) first"
            )
        return self.chains.forward(
            lambda key, x: reads[key[0]](key[1], x),
            inputs,
            offset=0.0 if offset is None else offset,
            bits=bits,
            full_scale=self.output_range or 1.0,
            first=first,
            sent=sent,
        )
