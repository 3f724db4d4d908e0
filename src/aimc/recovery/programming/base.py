"""What every way of programming shares: cores, matrices, chips and torch models alike."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np

from aimc.backend import Array, RandomSource, as_generator, to_numpy
from aimc.cores import Core
from aimc.recovery.compensation.machine import is_network, programmed
from aimc.recovery.programming.cost import ProgrammingCost

__all__ = ["Programming", "wanted_weights"]


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
        model : Core, aimc.Matrix, aimc.Chip or torch.nn.Module
            What is programmed, a network on a chip among others. A torch model, and what is on a
            chip, is written to cores made anew, so that no earlier way of programming is left in
            them.
        weights : array, shape (out, in), optional
            For a `Core` or an `aimc.Matrix`, or layers by name for a chip; by default what it
            holds. A model knows its own. A core keeps the cells that an earlier way of programming
            gave it.
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
        held = programmed(model)
        if is_network(model):
            if weights is not None:
                raise TypeError("weights is not allowed: a torch model has its own weights")
            held.program(serial=serial, anew=True)
        elif serial is not None:
            raise TypeError("serial is not allowed: a core has its serial number already")
        else:
            held.program(weights)
        total = ProgrammingCost()
        for core in held.cores:
            total += self._refine(core, self._source(core, rng))
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
    def _refine(self, core: Core, rng: np.random.Generator) -> ProgrammingCost:
        """Improve on a core that was programmed directly; return the cost of all."""


def wanted_weights(core: Core) -> np.ndarray:
    """Return the weights that were asked of a core, shape (out, in), float64."""
    return np.asarray(to_numpy(core.target_weights()), dtype=np.float64)
