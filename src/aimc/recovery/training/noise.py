r"""Noise on weights while a network is trained, drawn where it is cheapest.

A network that met errors of its weights in training keeps its accuracy when devices make them
:cite:p:`joshi2020accurate,rasch2023hwa`. Each noise here replaces a weight :math:`w_{ij}` by
:math:`w_{ij} + \sigma_{ij}\xi_{ij}`, with a standard normal :math:`\xi_{ij}`, in the forward pass.

It can be drawn in two places. *On the weights*, one number per weight: all vectors of a batch meet
the same noisy weights, as they would on a chip. *On the outputs*, one number per output and vector:
a weighted sum of normal numbers is normal, so that

.. math::

   \sum_j (w_{ij} + \sigma_{ij}\xi_{ij})\,x_j \quad\text{and}\quad
   \sum_j w_{ij}x_j + \Bigl(\sum_j \sigma_{ij}^2 x_j^2\Bigr)^{1/2} \xi_i

have the same distribution for each vector :cite:p:`kingma2015variational`. The second joins the
noise of the output circuits in one draw, and each vector meets noise of its own, which makes the
gradients of a batch less noisy. The size of the noise depends on the input, and its gradient is
followed: without it a network would not learn to send less where weights are uncertain. What
differs is what no single vector can see: outputs of two vectors that meet the same noisy weights
are correlated, and here they are not.

Which is faster is a matter of counting. A dense layer of a batch smaller than its inputs has fewer
outputs than weights, and noise on outputs wins. A convolution uses each weight at many places, so
that its weights are few, and noise on weights wins; ``benchmarks/training.py`` measures both. A
convolution has another reason for noise on weights: all positions of an image meet the same errors
on a chip, and batch normalisation or pooling would learn from errors that differ.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import torch

from aimc.backend import RandomSource, at_least_single, normal, row_peaks
from aimc.devices import StatisticalPCM, weight_space_moments
from aimc.nn.matrix import AnalogMatrix, NoisyWeights
from aimc.recovery.training.stream import Stream
from aimc.validation import check_choice, check_number, check_time

__all__ = ["DropConnect", "GaussianNoise", "ProgrammingNoise", "TrainingNoise"]

PLACES = ("weights", "outputs")
SCALES = ("tensor", "output", "core")


class TrainingNoise(ABC):
    """A noise that may be set as ``layer.weight_noise``, or named in a `Recipe`."""

    on: str
    rng: RandomSource

    @abstractmethod
    def deviation(
        self,
        matrix: AnalogMatrix,
        weights: torch.Tensor,
        cells: Sequence[torch.Tensor] | None = None,
    ) -> torch.Tensor:
        """Return the standard deviation of each weight, shape (out, in), or (out, 1), a constant.

        Parameters
        ----------
        matrix : AnalogMatrix
            Whose weights they are; it knows the cores.
        weights : tensor, shape (out, in)
            In single precision or more.
        cells : sequence of tensor, optional
            What ``matrix.cells(weights)`` returns, if it is known.
        """

    def of_cell(self, matrix: AnalogMatrix) -> float | None:
        """Return the standard deviation as a share of a fully SET cell, if it is one for all."""
        return None

    def noisy(
        self,
        matrix: AnalogMatrix,
        weights: torch.Tensor,
        stream: Stream,
        amount: float = 1.0,
        kept: torch.Tensor | None = None,
        **more: Any,
    ) -> NoisyWeights:
        """Return what a forward meets.

        Parameters
        ----------
        matrix : AnalogMatrix
            Whose weights they are.
        weights : tensor, shape (out, in)
            Weights without noise.
        stream : object
            Source of all random numbers.
        amount : float
            Factor on the standard deviation.
        kept : tensor, shape (out, in), optional
            Ones, and zeros where a weight is lost together with its noise.
        **more
            Further fields of `aimc.nn.matrix.NoisyWeights`.
        """
        more["rng"] = stream.on(weights)
        more["cells"] = cells = matrix.cells(weights)
        share = self.of_cell(matrix)
        if kept is None and (amount == 0 or (self.on == "outputs" and share is not None)):
            variance = 0.0 if amount == 0 or share is None else (amount * share) ** 2
            return NoisyWeights(weights, cell_variance=variance, **more)
        clean = at_least_single(weights)
        met = clean if kept is None else clean * kept
        if amount == 0:
            return NoisyWeights(met, **more)
        with torch.no_grad():
            std = self.deviation(matrix, clean, cells)
            std = std if amount == 1.0 else amount * std
            if self.on == "outputs":
                if kept is None:
                    return NoisyWeights(weights, std**2, **more)
                return NoisyWeights(met, std**2 * kept, **more)
            error = normal(more["rng"], tuple(clean.shape), clean).mul_(std)
            error = error if kept is None else error.mul_(kept)
        return NoisyWeights(met + error, **more)

    def for_matrix(self, matrix: AnalogMatrix, weights: torch.Tensor) -> NoisyWeights:
        """Return what a forward meets, drawn from a stream of this object's own."""
        stream: Stream = self.__dict__["_stream"]
        return self.noisy(matrix, weights, stream)

    def _begin(self) -> None:
        check_choice("on", self.on, PLACES)
        object.__setattr__(self, "_stream", Stream(self.rng))


def _cells_are_peaks(matrix: AnalogMatrix) -> bool:
    """Return whether a fully SET cell stands for the largest weight of each output."""
    return matrix.setup.weight_range == "output" and matrix.sums is None and matrix.grid[1] == 1


def _largest(
    relative_to: str,
    matrix: AnalogMatrix,
    weights: torch.Tensor,
    cells: Sequence[torch.Tensor] | None,
) -> torch.Tensor:
    """Return the weight to which a noise is relative, shape (out, 1) or (out, in), a constant."""
    fixed = weights.detach()
    if relative_to == "tensor":
        smallest, largest = fixed.aminmax()
        return torch.maximum(-smallest, largest).expand(fixed.shape[0], 1)
    if relative_to == "core" or (cells is not None and _cells_are_peaks(matrix)):
        return matrix.cell_weight(matrix.cells(fixed) if cells is None else cells)
    return row_peaks(fixed)[:, None]


@dataclass(frozen=True)
class GaussianNoise(TrainingNoise):
    r"""Gaussian noise of the same size on all weights, :math:`\sigma_{ij} = \eta\,w_\max`.

    The rule of :cite:t:`joshi2020accurate` (G084) with the largest weight of the layer, that of
    :cite:t:`buchel2025afm` (G096) with the largest of each output.

    Parameters
    ----------
    std : float
        Standard deviation as a share :math:`\eta` of the largest weight.
    relative_to : {"tensor", "output", "core"}
        Which weight that is: the largest of the matrix, of each output, or the one that a fully
        SET cell of the core stands for.
    on : {"weights", "outputs"}
        Where the noise is drawn; see the module. The distribution of each output is the same, and
        on outputs only the length of each input vector has to be known.
    rng : int, numpy.random.Generator or torch.Generator
        Source of the noise where the object is set as ``layer.weight_noise``. In a recipe, what is
        given to `prepare` counts.

    Raises
    ------
    ValueError
        If ``std`` is negative, or a choice is unknown.
    """

    std: float
    relative_to: str = "tensor"
    on: str = "weights"
    rng: RandomSource = field(default=0, compare=False, repr=False)

    def __post_init__(self) -> None:
        check_number("std", self.std, low=0.0)
        check_choice("relative_to", self.relative_to, SCALES)
        self._begin()

    def deviation(
        self,
        matrix: AnalogMatrix,
        weights: torch.Tensor,
        cells: Sequence[torch.Tensor] | None = None,
    ) -> torch.Tensor:
        """Return the standard deviation of each weight, shape (out, 1) or (out, in)."""
        return self.std * _largest(self.relative_to, matrix, weights, cells)

    def of_cell(self, matrix: AnalogMatrix) -> float | None:
        """Return the standard deviation as a share of a fully SET cell, if it is one for all."""
        whole = len(matrix.parts) == 1 and matrix.sums is None
        same = {
            "core": True,
            "output": _cells_are_peaks(matrix),
            "tensor": whole and matrix.setup.weight_range == "core",
        }
        return self.std if same[self.relative_to] else None


@dataclass(frozen=True)
class ProgrammingNoise(TrainingNoise):
    r"""The noise of devices: its size follows from each weight.

    Programming and read noise of a differential pair as its statistical model has them, folded
    into one standard deviation per weight; see `aimc.devices.weight_noise`. Drift is left out: its
    mean is compensated, and its spread is small at the times at which one trains
    :cite:p:`rasch2023hwa` (G087). The size of the noise counts as a constant.

    Parameters
    ----------
    device : StatisticalPCM, optional
        The devices; those of each core by default.
    t : float or None
        Time of the read, s, which sets the size of the read noise. ``None`` leaves it out.
    scale : float
        Factor on the standard deviation.
    relative_to : {"core", "output", "tensor"}
        Which weight stands for a fully SET cell. The default is what the core is programmed with.
    on : {"weights", "outputs"}
        Where the noise is drawn; see the module. On outputs it costs one more matrix product, as
        the read noise of devices does.
    rng : int, numpy.random.Generator or torch.Generator
        Source of the noise where the object is set as ``layer.weight_noise``. In a recipe, what is
        given to `prepare` counts.

    Raises
    ------
    TypeError
        If the devices have no statistical model.
    ValueError
        If a number is negative, or a choice is unknown.
    """

    device: StatisticalPCM | None = None
    t: float | None = 20.0
    scale: float = 1.0
    relative_to: str = "core"
    on: str = "weights"
    rng: RandomSource = field(default=0, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.device is not None:
            _statistical(self.device)
        if self.t is not None:
            object.__setattr__(self, "t", check_time("t", self.t))
        check_number("scale", self.scale, low=0.0)
        check_choice("relative_to", self.relative_to, SCALES)
        self._begin()

    def deviation(
        self,
        matrix: AnalogMatrix,
        weights: torch.Tensor,
        cells: Sequence[torch.Tensor] | None = None,
    ) -> torch.Tensor:
        """Return the standard deviation of each weight, shape (out, in)."""
        own = _statistical(matrix.cores[0].device) if self.device is None else self.device
        full = _largest(self.relative_to, matrix, weights, cells)
        some = torch.where(full > 0, full, torch.ones_like(full))  # no weight, no noise
        share = (weights.detach() / some).clamp_(-1.0, 1.0)
        device, age = _undrifted(own, self.t is not None), self.t or 0.0
        _, std = weight_space_moments(device, share, age, 1.0)
        found: torch.Tensor = std * full * self.scale
        return found


@lru_cache(maxsize=32)
def _undrifted(device: StatisticalPCM, read: bool) -> StatisticalPCM:
    return device.without("drift", *(() if read else ("read_noise",)))


def _statistical(device: Any) -> StatisticalPCM:
    if not isinstance(device, StatisticalPCM):
        raise TypeError(
            f"device must be a StatisticalPCM, whose noise has a formula, got "
            f"{type(device).__name__}: name one, or take GaussianNoise"
        )
    return device


@dataclass(frozen=True)
class DropConnect:
    """Weights that are lost at random in each forward, each with the same probability.

    It stands for devices that are stuck at zero :cite:p:`wan2013dropconnect`, and can be combined
    with a noise, which a lost weight does not have. Nothing is scaled up in return.

    Parameters
    ----------
    p : float
        Probability that a weight is lost, 0 to 1.
    """

    p: float

    def __post_init__(self) -> None:
        check_number("p", self.p, low=0.0, high=1.0)

    def kept(self, weights: torch.Tensor, stream: Stream) -> torch.Tensor:
        """Return ones where weights (out, in) are kept and zeros elsewhere."""
        share = torch.empty_like(weights, requires_grad=False)
        return share.bernoulli_(1.0 - self.p, generator=stream.on(weights))
