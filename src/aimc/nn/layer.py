"""What all analog layers share: where their weights are, and what a forward multiplies with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import torch
from torch import nn

from aimc.core import Core
from aimc.nn.matrix import AnalogMatrix, Gain, Setup, Tile
from aimc.validation import UnprogrammedError, warn_caller

__all__ = ["AnalogLayer", "NotConvertibleError", "StaleWeightsWarning", "WeightNoise"]

WeightNoise: TypeAlias = Callable[[torch.Tensor], torch.Tensor]
"""Weights of shape (out, in) as they are, to weights as devices might hold them."""

Observer: TypeAlias = Callable[[str, torch.Tensor], None]
"""Told the name of a matrix and the inputs that it meets."""


class NotConvertibleError(ValueError):
    """A layer cannot be put on cores; the message says which one and what to do."""


class StaleWeightsWarning(UserWarning):
    """Parameters of a layer have changed since they were programmed: its devices hold old ones."""


class AnalogLayer(nn.Module):
    """Base of the analog layers; each is also a subclass of its torch counterpart.

    The parameters are ordinary torch parameters with the names of the digital layer, so state
    dictionaries load in both directions and any optimiser works. Ranges and device state belong
    to the chip: they are not part of the state dictionary.

    A forward multiplies with one of three things:

    - by default, with the devices: `program` comes first, and changes of the parameters reach the
      devices only when they are programmed again;
    - with ``layer.weight_noise`` set, with ``weight_noise(W)``, through the same converters:
      gradients reach the parameters, no device is programmed (for training);
    - with ``layer.digital = True``, with W in floating point, as the digital layer does.

    The bias is added in floating point in all three, after the last core has sent its sum.
    """

    digital: bool = False
    """Whether the layer computes as its digital counterpart."""
    weight_noise: WeightNoise | None = None
    """Function that turns the weights into what devices might hold; ``None`` reads the devices."""
    path: str = ""
    """Name of the layer in its model, for messages."""
    matrices: tuple[AnalogMatrix, ...] = ()
    """The weight matrices, each with its tiles."""
    _versions: tuple[tuple[int, int], ...] = ()
    _observer: Observer | None = None

    @classmethod
    def from_torch(
        cls, module: nn.Module, setup: Setup, first: int = 0, path: str = ""
    ) -> AnalogLayer:
        """Return the analog layer that shares the parameters of a digital one.

        Parameters
        ----------
        module : torch.nn.Module
            The digital layer.
        setup : Setup
            How the cores are made.
        first : int
            Number of the first core.
        path : str
            Name of the layer in its model, for messages.

        Raises
        ------
        NotConvertibleError
            If the layer has an option that no crossbar computes.
        """
        reason = cls.refusal(module)
        if reason:
            raise NotConvertibleError(f"{path or type(module).__name__}: {reason}")
        layer = cls.__new__(cls)
        # Everything a layer is, hooks included, stands in its dictionary.
        for name, value in module.__dict__.items():
            layer.__dict__[name] = value.copy() if isinstance(value, dict) else value
        layer.path = path
        layer._place(setup, first)
        return layer

    @classmethod
    def refusal(cls, module: nn.Module) -> str:
        """Return why a digital layer cannot be converted, in words; empty if it can."""
        raise NotImplementedError

    def _matrix_names(self) -> Sequence[str]:
        """Return the names of the parameters that hold matrices, in the order of their cores."""
        return ("weight",)

    def _place(self, setup: Setup, first: int) -> None:
        made: list[AnalogMatrix] = []
        for name in self._matrix_names():
            number = first + sum(len(matrix.tiles) for matrix in made)
            rows, columns = self.weight_matrix(name).shape
            made.append(AnalogMatrix(name, (rows, columns), setup, number))
        self.matrices = tuple(made)

    def weight_matrix(self, name: str = "weight") -> torch.Tensor:
        """Return the weights as the crossbars hold them, shape (out, in).

        Parameters
        ----------
        name : str
            Name of the parameter, for layers with several matrices.
        """
        return getattr(self, name).flatten(1)

    def matrix(self, name: str = "weight") -> AnalogMatrix:
        """Return one of `matrices` by the name of its parameter."""
        for matrix in self.matrices:
            if matrix.name == name:
                return matrix
        names = [matrix.name for matrix in self.matrices]
        raise ValueError(f"name={name!r} is no matrix of this layer: choose one of {names}")

    @property
    def tiles(self) -> tuple[Tile, ...]:
        """All tiles of all matrices, in the order of their cores."""
        return tuple(tile for matrix in self.matrices for tile in matrix.tiles)

    @property
    def cores(self) -> tuple[Core, ...]:
        """The cores of the layer, in the order of their numbers."""
        return tuple(tile.core for tile in self.tiles)

    @property
    def programmed(self) -> bool:
        """Whether the cores hold weights."""
        return all(matrix.programmed for matrix in self.matrices)

    def program(self, serial: int | None = None, gradients: bool = False) -> None:
        """Write the weights to the devices; see `aimc.nn.program`."""
        with torch.set_grad_enabled(gradients):
            for matrix in self.matrices:
                weights = self.weight_matrix(matrix.name)
                matrix.program(weights if gradients else weights.detach(), serial)
        self._versions = self._weight_versions()

    def set_time(self, t: float, gain: Gain = 1.0, momentary: bool = False) -> None:
        """Go to ``t`` seconds after programming; see `aimc.nn.set_time`."""
        self._require_programmed()
        for matrix in self.matrices:
            matrix.at(t, gain, momentary)

    def product(self, name: str = "weight") -> Callable[[torch.Tensor], torch.Tensor]:
        """Return the matrix product of one forward: x of shape (..., in) to (..., out).

        Weight noise is drawn once here, so all vectors of a forward meet the same weights.
        """
        matrix, weights = self.matrix(name), self.weight_matrix(name)
        if self.digital:
            return lambda x: nn.functional.linear(x, weights)
        if self.weight_noise is not None:
            noisy = self.weight_noise(weights)
            return lambda x: matrix.forward_weights(x, noisy, weights).to(x)
        self._require_programmed()
        self._warn_if_stale()
        return lambda x: matrix.forward(x).to(x)

    def sums(self, x: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        """Return the exact product of inputs with other weights of the layer's shape.

        Parameters
        ----------
        x : tensor
            Inputs as `observe` is shown them.
        weights : tensor, shape (out, in)
            A matrix in place of the layer's own.

        Returns
        -------
        tensor, shape (n, out)
            One row for each vector that the crossbars would meet.
        """
        return nn.functional.linear(x, weights).reshape(-1, weights.shape[0])

    def observe(self, name: str, x: torch.Tensor) -> None:
        """Show the inputs of a matrix to `aimc.nn.calibrate`, if it is watching."""
        if self._observer is not None:
            self._observer(name, x)

    def _require_programmed(self) -> None:
        if not self.programmed:
            raise UnprogrammedError(
                f"layer {self.path or type(self).__name__!r} holds no weights on its cores yet: "
                "call aimc.nn.program(model), or set layer.digital = True to compute in floating "
                "point"
            )

    def _weight_versions(self) -> tuple[tuple[int, int], ...]:
        found = (getattr(self, matrix.name) for matrix in self.matrices)
        # Tensors made in inference mode keep no count of their changes.
        return tuple((id(w), 0 if w.is_inference() else w._version) for w in found)

    def _warn_if_stale(self) -> None:
        if self._versions != self._weight_versions():
            warn_caller(
                f"the parameters of layer {self.path or type(self).__name__!r} have changed since "
                "they were programmed: its devices still hold the old weights; call "
                "aimc.nn.program(model) to write the new ones",
                StaleWeightsWarning,
            )

    def extra_repr(self) -> str:
        """Return the options of the layer, and how many cores it takes."""
        state = "programmed" if self.programmed else "unprogrammed"
        digital = ", digital" if self.digital else ""
        return f"{super().extra_repr()}, cores={len(self.cores)} ({state}){digital}"

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        # A copy has parameters of its own, which are what its devices hold.
        if self._versions:
            self._versions = self._weight_versions()
