r"""The matrices of a network on the cores of one chip, and their digital factors and offsets.

Layer :math:`k` computes

.. math:: y = a_k \odot (W_k x) + b_k

with the matrix :math:`W_k` on cores and the vectors :math:`a_k, b_k` in digital units, where a
batch normalisation ends up.

Two ranges per layer have to fit the data. The input range :math:`x_\max` becomes a full-scale
pulse. The weight :math:`W_\max` becomes a fully SET cell. It is the largest on each core, but if
bit-line currents would then pass what an ADC can take, it is raised for the whole layer, which is
to say that the layer uses less than the devices' full conductance. The makers of the
64-core chip did the same (A101) :cite:p:`legallo2023hermes`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from aimc.circuits.partial_sums import OUTPUT_BITS, along_chain
from aimc.core import Core, CoreAtTime
from aimc.datasets import Checkpoint
from aimc.networks.flaws import Hardware
from aimc.recovery.compensation import drift_factor
from aimc.tiled import TiledAtTime, TiledMatrix, even_parts
from aimc.validation import check_number, check_serial

__all__ = ["Calibration", "Layer", "Programmed", "ProgrammedAtTime", "calibrate", "digital"]

Layer = Callable[[int, NDArray[np.float32]], NDArray[np.float32]]
"""A function of a layer's number and its inputs (..., in) that returns its outputs (..., out)."""

ROWS = 256
# Share of values that may lie beyond a calibrated range.
BEYOND = 1e-4
# Vectors per batch of inputs that calibration looks at.
SAMPLES = 2048


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the data ask of each layer, found on training data in floating point."""

    input_ranges: tuple[float, ...]
    """Magnitude that nearly all inputs of a layer stay below."""
    sums: tuple[float, ...]
    """Magnitude that nearly all of its partial sums over one core's rows stay below."""
    output_ranges: tuple[float, ...]
    """Magnitude that nearly all of its outputs stay below, and what cores send on the way."""


def calibrate(checkpoint: Checkpoint, run: Callable[[Layer], object], seed: int = 0) -> Calibration:
    """Return the ranges of all layers while ``run`` sends training data through them.

    Parameters
    ----------
    checkpoint : Checkpoint
        The network's matrices.
    run : callable
        ``run(layer)`` computes the network, calling ``layer(k, x)`` for each matrix.
    seed : int
        Of the choice of vectors that are looked at.
    """
    rng = np.random.default_rng(seed)
    seen: list[list[tuple[float, float, float]]] = [[] for _ in checkpoint.weights]

    def watched(k: int, x: NDArray[np.float32]) -> NDArray[np.float32]:
        weights = checkpoint.weights[k]
        vectors = x.reshape(-1, x.shape[-1])
        chosen = vectors[rng.integers(0, len(vectors), SAMPLES)]
        parts = even_parts(weights.shape[1], ROWS)
        sums = [chosen[:, part] @ weights[:, part].T for part in parts]
        # What one core hands to the next, up to the whole output.
        running = list(accumulate(checkpoint.gains[k] * each for each in sums))
        running[-1] = running[-1] + checkpoint.biases[k]
        outputs = max(_nearly_all(each) for each in running)
        seen[k].append((_nearly_all(chosen), max(_nearly_all(each) for each in sums), outputs))
        return digital(checkpoint, k, x)

    run(watched)
    tops = np.array([np.max(values, axis=0) for values in seen]).T.tolist()
    return Calibration(tuple(tops[0]), tuple(tops[1]), tuple(tops[2]))


def _nearly_all(values: NDArray[np.float32]) -> float:
    return float(np.quantile(np.abs(values), 1 - BEYOND))


def digital(checkpoint: Checkpoint, k: int, x: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the outputs (..., out) of layer ``k`` for inputs (..., in), in floating point."""
    product = x @ checkpoint.weights[k].T
    result: NDArray[np.float32] = checkpoint.gains[k] * product + checkpoint.biases[k]
    return result


class Programmed:
    """All matrices of a network on one chip.

    Parameters
    ----------
    checkpoint : Checkpoint
        The network's matrices, factors and offsets.
    calibration : Calibration
        Ranges for this network and these data.
    hardware : Hardware
        Which flaws the chip has.
    serial : int
        Serial number of the chip: same serial, same devices.
    devices : {1, 2}
        Devices per polarity that carry a weight.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        calibration: Calibration,
        hardware: Hardware,
        serial: int = 0,
        devices: int = 2,
    ) -> None:
        self.checkpoint, self.calibration, self.hardware = checkpoint, calibration, hardware
        self.serial, self.devices = check_serial("serial", serial), devices
        matrices: list[TiledMatrix] = []
        for k, weights in enumerate(checkpoint.weights):
            x_max = calibration.input_ranges[k]
            matrices.append(self._place(weights, x_max, calibration.sums[k], matrices))
        self.matrices = tuple(matrices)

    def _place(
        self, weights: NDArray[np.float32], x_max: float, total: float, before: list[TiledMatrix]
    ) -> TiledMatrix:
        first = sum(len(matrix.cores) for matrix in before)
        probe = self.hardware.core(self.serial, first, self.devices, x_max)
        full = probe.periphery.dac.v_read * probe.cell.devices_per_line * probe.device.g_max
        # With this weight as a fully SET cell the largest sum is the largest current of the ADC.
        least = total * full / (x_max * probe.periphery.adc.i_max)
        peaks = [
            float(np.abs(weights[i, j]).max())
            for i in even_parts(weights.shape[0], probe.columns)
            for j in even_parts(weights.shape[1], probe.rows)
        ]
        return TiledMatrix(
            weights,
            lambda k: self.hardware.core(self.serial, first + k, self.devices, x_max),
            w_max=max(least, *peaks) if least > min(peaks) else None,
        )

    @property
    def cores(self) -> int:
        """Cores in use."""
        return sum(len(matrix.cores) for matrix in self.matrices)

    def at(self, t: float = 0.0, *, compensate: bool = True) -> ProgrammedAtTime:
        """Return the matrices ``t`` seconds after programming.

        An image takes about a millisecond, and most of the read noise is slower. So all
        work with what is returned meets the same momentary conductances, unless the hardware draws
        fresh noise for every multiplication.

        Parameters
        ----------
        t : float
            Time since programming ended, s.
        compensate : bool
            Whether each core's outputs are multiplied by one factor that undoes its mean drift.
        """
        check_number("t", t, low=0.0, unit="s")
        drifts = compensate and self.hardware.analog_weights and t > 0
        views = [
            TiledAtTime(matrix, tuple(self._view(core, t, drifts) for core in matrix.cores))
            for matrix in self.matrices
        ]
        bits = OUTPUT_BITS if self.hardware.converters else None
        return ProgrammedAtTime(self.checkpoint, self.calibration, bits, tuple(views))

    def _view(self, core: Core, t: float, drifts: bool) -> CoreAtTime:
        gain = 1 / drift_factor(core, t) if drifts else 1.0
        return core.at(t, gain, core.read_noise() if self.hardware.fluctuates else None)


@dataclass(frozen=True, slots=True, eq=False)
class ProgrammedAtTime:
    """The matrices of a network at one time. Made by `Programmed.at`; call it to run a layer."""

    checkpoint: Checkpoint
    """Factors and offsets."""
    calibration: Calibration
    """Ranges."""
    output_bits: int | None
    """Resolution of a layer's digital outputs; ``None`` is floating point."""
    views: tuple[TiledAtTime, ...] = field(repr=False)
    """One matrix per layer."""

    def __call__(self, k: int, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the outputs (..., out) of layer ``k`` for inputs (..., in)."""
        matrix, views = self.views[k].matrix, self.views[k].views
        gain, bias = self.checkpoint.gains[k], self.checkpoint.biases[k]
        width = len(matrix.input_parts)
        bands = [
            along_chain(
                (
                    views[row * width + column].forward(x[..., inputs])
                    for column, inputs in enumerate(matrix.input_parts)
                ),
                scale=gain[outputs],
                offset=bias[outputs],
                bits=self.output_bits,
                full_scale=self.calibration.output_ranges[k],
            )
            for row, outputs in enumerate(matrix.output_parts)
        ]
        return bands[0] if len(bands) == 1 else np.concatenate(bands, axis=-1)
