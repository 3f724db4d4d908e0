"""One weight matrix of a layer on as many cores as it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import torch

from aimc.backend import at_least_single
from aimc.circuits import Crossbar, mvm
from aimc.circuits.partial_sums import along_chain
from aimc.core import Core, CoreAtTime
from aimc.devices import ReadNoise
from aimc.presets import check_preset, make_core
from aimc.tiled import even_parts
from aimc.validation import (
    UnprogrammedError,
    check_bits,
    check_choice,
    check_number,
    check_serial,
)

__all__ = ["AnalogMatrix", "Gain", "Setup", "Tile"]

WEIGHT_RANGES = ("core", "output")

Gain: TypeAlias = float | Callable[[Core, float], float]
"""A digital factor on all outputs, or a function of core and time (s) that returns one."""


@dataclass(frozen=True, slots=True)
class Setup:
    """How a layer gets its cores."""

    preset: Callable[..., Core]
    """``preset(serial=..., index=..., **options)`` returns an unprogrammed core."""
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
        check_preset(self.preset)
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
    """

    def __init__(self, name: str, shape: tuple[int, int], setup: Setup, first: int = 0) -> None:
        self.name, self.shape, self.setup = name, shape, setup
        core = setup.make_core(first)
        self.output_parts = even_parts(shape[0], core.columns)
        self.input_parts = even_parts(shape[1], core.rows)
        places = [(i, j) for i in self.output_parts for j in self.input_parts]
        self.tiles: tuple[Tile, ...] = tuple(
            Tile(
                core if k == 0 else setup.make_core(first + k),
                (i.start, i.stop),
                (j.start, j.stop),
            )
            for k, (i, j) in enumerate(places)
        )
        self.views: tuple[CoreAtTime, ...] = ()
        self.sums: tuple[torch.Tensor, ...] = ()
        """Largest sums of each tile on calibration data, shape (outputs,) each; empty before."""
        self.written: torch.Tensor | None = None
        """The weights that were programmed last, shape (out, in)."""
        self.output_range: float | None = None
        """Magnitude of the largest number that the digital unit of a core can send; set by
        `calibrate`, and needed only where ``setup.output_bits`` rounds."""
        self._input_range: float | None = None
        self._noises: tuple[ReadNoise, ...] = ()

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
        return len(self.output_parts), len(self.input_parts)

    @property
    def utilisation(self) -> float:
        """Share of the unit cells of the cores that the matrix takes, 0 to 1."""
        cells = sum(core.rows * core.columns for core in self.cores)
        return self.shape[0] * self.shape[1] / cells

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
            tile.core.program(part, self._full_scale(k, part))
        self.written = weights.detach().clone()
        self._noises = ()
        self.at(0.0)

    def holds(self, weights: torch.Tensor) -> bool:
        """Return whether weights of shape (out, in) are those that were programmed last."""
        return self.written is not None and torch.equal(weights, self.written.to(weights))

    def _full_scale(self, k: int, part: torch.Tensor) -> torch.Tensor:
        """Return the weight of a fully SET cell for each output of a tile, shape (out,).

        It is the largest weight, or as much more as keeps the largest sums within the ADC.
        """
        peaks = part.detach().abs().amax(dim=1)
        core, x_max = self.tiles[k].core, self.input_range
        if self.sums and x_max is not None:
            full = core.periphery.dac.v_read * core.cell.devices_per_line * core.device.g_max
            limit = full / (x_max * core.periphery.adc.i_max) * self.sums[k]
            peaks = torch.maximum(peaks, limit.to(peaks))
        if self.setup.weight_range == "core":
            peaks = peaks.max().expand_as(peaks)
        return torch.where(peaks > 0, peaks, torch.ones_like(peaks))

    def at(self, t: float, gain: Gain = 1.0, momentary: bool = False) -> None:
        """Go to ``t`` seconds after programming.

        Parameters
        ----------
        t : float
            Time since programming ended, s.
        gain : float or callable
            Digital factor on the outputs of all cores, or ``gain(core, t)`` for each.
        momentary : bool
            Whether all multiplications meet the same momentary conductances; see `set_time`.
        """
        if momentary and not self._noises:
            self._noises = tuple(core.read_noise() for core in self.cores)
        self.views = tuple(
            core.at(
                t,
                gain(core, t) if callable(gain) else gain,
                self._noises[k] if momentary else None,
            )
            for k, core in enumerate(self.cores)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Multiply with what the devices hold: x of shape (..., in) to (..., out)."""
        if not self.views:
            raise UnprogrammedError(f"{self.name} is on no devices yet: program it first")
        return self._tiled(x, lambda k, part: self.views[k].forward(part))

    def forward_weights(
        self, x: torch.Tensor, weights: torch.Tensor, exact: torch.Tensor
    ) -> torch.Tensor:
        """Multiply with given weights in place of devices, through the same converters.

        Parameters
        ----------
        x : tensor, shape (..., in)
            Inputs.
        weights : tensor, shape (out, in)
            Weights as the devices might hold them; gradients flow to them.
        exact : tensor, shape (out, in)
            Weights that were asked for: they set the range of each core.
        """
        # as a core does when it is programmed
        weights, exact = at_least_single(weights), at_least_single(exact)
        crossbars = []
        for k, tile in enumerate(self.tiles):
            core, scale = tile.core, self._full_scale(k, tile.of(exact))
            g_full = core.cell.devices_per_line * core.device.g_max
            g = (tile.of(weights) / scale[:, None] * g_full)[None]
            crossbars.append(Crossbar(g, torch.zeros_like(g), (1.0,), g_full, scale))

        def multiply(k: int, part: torch.Tensor) -> torch.Tensor:
            core = self.tiles[k].core
            periphery = replace(core.periphery, read_noise=False)
            return mvm(part, crossbars[k], periphery, core.reader(part))

        return self._tiled(x, multiply)

    def _tiled(
        self, x: torch.Tensor, multiply: Callable[[int, torch.Tensor], torch.Tensor]
    ) -> torch.Tensor:
        if x.ndim == 0 or x.shape[-1] != self.shape[1]:
            raise ValueError(
                f"x must have {self.shape[1]} entries on its last axis, the inputs of {self.name}, "
                f"got shape {tuple(x.shape)}"
            )
        bits = self.setup.output_bits
        if bits is not None and self.output_range is None:
            raise ValueError(
                f"output_bits={bits}: no range of outputs is known for {self.name}; call "
                "aimc.nn.calibrate(model, batches) first"
            )
        bands = [
            along_chain(
                (multiply(first + k, x[..., part]) for k, part in enumerate(self.input_parts)),
                bits=bits,
                full_scale=self.output_range or 1.0,
            )
            for first in range(0, len(self.tiles), len(self.input_parts))
        ]
        return bands[0] if len(bands) == 1 else torch.cat(bands, dim=-1)
