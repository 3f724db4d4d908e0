"""What every way of programming shares: cores, matrices and torch models alike."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from aimc.backend import Array, RandomSource, as_generator, like, to_numpy
from aimc.cores import Core, Matrix, Programmed
from aimc.devices import ConductanceState
from aimc.recovery.compensation.global_drift import target_weights
from aimc.recovery.compensation.machine import is_network
from aimc.recovery.programming.cost import ProgrammingCost
from aimc.validation import check_serial

__all__ = ["Programming", "install", "wanted_weights"]


class Programming(ABC):
    """A way to write weights to devices."""

    name: ClassVar[str]
    """Name that `programming` knows."""
    sources: ClassVar[tuple[str, ...]] = ()
    """Bibliography keys."""

    def program(
        self,
        model: Any,
        weights: Array | None = None,
        *,
        serial: int | None = None,
        rng: RandomSource = 0,
    ) -> ProgrammingCost:
        """Write weights to the devices; time starts again at 0 s.

        Parameters
        ----------
        model : Core, aimc.Matrix or torch.nn.Module
            What is programmed. A torch model is written to cores made anew, so that no earlier way
            of programming is left in them.
        weights : array, shape (out, in), optional
            For a `Core` or an `aimc.Matrix`; by default what it holds. A model knows its own.
            A core keeps the cells that an earlier way of programming gave it.
        serial : int, optional
            For a torch model: the chip whose cores it takes; those that it has by default.
        rng : int or numpy.random.Generator
            Source of what this way of programming draws itself. The numbers of each core are mixed
            in where it is an integer.

        Returns
        -------
        ProgrammingCost

        Raises
        ------
        TypeError
            If ``model`` is something else, or an argument is meant for another kind of model.
        ValueError
            If this way of programming does not suit the devices or the cells.
        """
        if is_network(model):
            if weights is not None:
                raise TypeError("weights is not allowed: a torch model has its own weights")
            return self._network(model, serial, rng)
        if serial is not None:
            raise TypeError("serial is not allowed: a core has its serial number already")
        if isinstance(model, Programmed):
            if weights is not None:
                model.program(weights)
            used = _used(model)
            if weights is None:
                for core, kept in zip(model.cores, used, strict=True):
                    core.program(target_weights(core), core.w_max, kept)
            total = ProgrammingCost()
            for core, kept in zip(model.cores, used, strict=True):
                only = None if kept is None else to_numpy(kept)
                total += self._refine(core, only, self._source(core, rng))
            if isinstance(model, Matrix):
                model.replace_views(model.cores)  # of the state they have now
            return total
        raise TypeError(
            "model must be a Core, a Matrix or a torch model from aimc.nn.convert, got "
            f"{type(model).__name__}"
        )

    def _network(self, model: Any, serial: int | None, rng: RandomSource) -> ProgrammingCost:
        from aimc.nn import analog_layers
        from aimc.nn.report import check_cores

        layers = analog_layers(model)
        if serial is not None:
            check_cores(layers, check_serial("serial", serial))
        total = ProgrammingCost()
        for layer in layers.values():
            layer.program(layer.matrices[0].setup.serial if serial is None else serial)
            for matrix in layer.matrices:
                used = matrix.used(matrix.written)
                for core, part in zip(matrix.cores, matrix.parts, strict=True):
                    kept = None if used is None else to_numpy(part.of(used))
                    total += self._refine(core, kept, self._source(core, rng))
                matrix.go_to(0.0)
        return total

    @staticmethod
    def _source(core: Core, rng: RandomSource) -> np.random.Generator:
        if isinstance(rng, int | np.integer) and not isinstance(rng, bool):
            return np.random.default_rng([int(rng), core.serial, core.index, 97])
        generator = as_generator(rng)
        if not isinstance(generator, np.random.Generator):
            raise TypeError(f"rng must be an int or a numpy.random.Generator, got {rng!r}")
        return generator

    @abstractmethod
    def _refine(
        self, core: Core, used: np.ndarray | None, rng: np.random.Generator
    ) -> ProgrammingCost:
        """Improve on a core that was programmed directly; return the cost of all."""


def _used(model: Programmed) -> list[Array | None]:
    """Return for each core where its cells hold a weight; ``None``: everywhere."""
    if not isinstance(model, Matrix):
        return [None] * len(model.cores)
    used = model.used(model.cores[0].sample.g_programmed)
    return [None if used is None else part.of(used) for part in model.parts]


def wanted_weights(core: Core) -> np.ndarray:
    """Return the weights that were asked of a core, shape (out, in), float64."""
    return np.asarray(to_numpy(target_weights(core)), dtype=np.float64)


def install(core: Core, state: ConductanceState, used: np.ndarray | None) -> None:
    """Give a core another state of its devices, as it is right after programming."""
    if used is not None:
        g = state.g_programmed
        state = replace(state, g_programmed=g * like(used, g))
    core.replace_state(state)
