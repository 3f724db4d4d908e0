"""What every compensation shares: measure references once, correct at a time, say what it cost."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from aimc.backend import Batches
from aimc.cores import Core
from aimc.cores.views import Affine
from aimc.recovery.compensation.cost import CompensationCost, ReadCost
from aimc.recovery.compensation.machine import cores_of, go_to
from aimc.units import seconds

__all__ = ["Compensation", "CoreByCore", "Uncompensated"]


class Compensation(ABC):
    """A way to undo drift without programming again.

    `prepare` comes once, right after programming; it measures what later is compared with. `apply`
    sets the model to a time and corrects it by what it measures then. `calibrate` and `set` are
    the two halves of `apply`: a chip may go on with the corrections of an earlier time.

    A torch model and a chip are changed in place. A core or matrix stays as it is; the corrected
    one is the ``view`` of the cost that `apply` returns.
    """

    name: ClassVar[str]
    """Name that `compensation` knows."""
    sources: ClassVar[tuple[str, ...]] = ()
    """Bibliography keys."""
    read: ReadCost | None = None
    """Cost of one read of a core; None takes the published one of the core's read mode."""
    _held: tuple[object, ...] = ()
    corrections: Sequence[float | Affine] = ()
    """What was measured last, one for each core."""

    def prepare(self, model: Any, batches: Batches | None = None) -> CompensationCost:
        """Measure the references right after programming; return what that cost.

        Parameters
        ----------
        model : Core, aimc.Matrix, aimc.Chip or torch.nn.Module
            Programmed weights.
        batches : array or iterable of array, optional
            Inputs of the network, for those that learn from data. They are kept for `apply`.
        """
        cores = cores_of(model)
        self._held = tuple(core.held for core in cores)
        self.corrections = [1.0] * len(cores)
        return self._prepare(model, cores, batches)

    def apply(self, model: Any, t: float | str, batches: Batches | None = None) -> CompensationCost:
        """Set the model to a time, compensated by what is measured then; return the cost.

        Parameters
        ----------
        model : Core, aimc.Matrix, aimc.Chip or torch.nn.Module
            What was prepared.
        t : float or str
            Time since the first read after programming, s, or words such as ``"1 h"``.
        batches : array or iterable of array, optional
            Inputs of the network; those of `prepare` by default.

        Raises
        ------
        ValueError
            If the model was not prepared, or was programmed since.
        """
        spent = self.calibrate(model, t, batches)
        return spent + CompensationCost(view=self.set(model, t))

    def calibrate(
        self, model: Any, t: float | str, batches: Batches | None = None
    ) -> CompensationCost:
        """Measure the corrections at a time and keep them; parameters as in `apply`."""
        return self._calibrate(model, self._prepared(model), seconds(t), batches)

    def set(self, model: Any, t: float | str) -> Any:
        """Set the model to a time with the corrections that were measured last; return it."""
        self._prepared(model)
        return go_to(model, seconds(t), self.corrections)

    def _prepared(self, model: Any) -> tuple[Core, ...]:
        cores = cores_of(model)
        if not self._held:
            raise ValueError(
                f"{type(self).__name__} has no references yet: call prepare(model) right after "
                "programming"
            )
        if len(cores) != len(self._held) or any(
            core.held is not held for core, held in zip(cores, self._held, strict=True)
        ):
            raise ValueError(
                "model holds other weights than those that were prepared: call prepare(model) "
                "again after each programming"
            )
        return cores

    def cost_of(self, cores: Sequence[Core], vectors: Sequence[int]) -> CompensationCost:
        """Return the cost of so many vectors for each core, all cores at once."""
        each = [self.read_cost(core) for core in cores]
        pairs = list(zip(each, vectors, strict=True))
        return CompensationCost(
            time_s=max((cost.time_s * count for cost, count in pairs), default=0.0),
            energy_J=sum(cost.energy_J * count for cost, count in pairs),
            reads=sum(vectors),
            vectors=max(vectors, default=0),
        )

    def read_cost(self, core: Core) -> ReadCost:
        """Return what one read of a core costs."""
        return ReadCost.published(core.periphery.read_mode) if self.read is None else self.read

    def _prepare(
        self, model: Any, cores: Sequence[Core], batches: Batches | None
    ) -> CompensationCost:
        return CompensationCost()

    @abstractmethod
    def _calibrate(
        self, model: Any, cores: Sequence[Core], t: float, batches: Batches | None
    ) -> CompensationCost:
        """Fill ``corrections``, one for each core, and return the cost."""


class Uncompensated(Compensation):
    """No compensation: the model drifts as it likes."""

    name = "none"

    def _calibrate(
        self, model: Any, cores: Sequence[Core], t: float, batches: Batches | None
    ) -> CompensationCost:
        return CompensationCost()


class CoreByCore(Compensation):
    """A compensation that measures each core alone, with inputs of its own."""

    _references: Sequence[np.ndarray] = ()

    def _prepare(
        self, model: Any, cores: Sequence[Core], batches: Batches | None
    ) -> CompensationCost:
        self._references = [self._reference(core) for core in cores]
        return self.cost_of(
            cores, [self._vectors(core) * self._reference_reads() for core in cores]
        )

    def _calibrate(
        self, model: Any, cores: Sequence[Core], t: float, batches: Batches | None
    ) -> CompensationCost:
        self.corrections = [
            self._correction(core, t, reference)
            for core, reference in zip(cores, self._references, strict=True)
        ]
        return self.cost_of(cores, [self._vectors(core) for core in cores])

    def _reference_reads(self) -> int:
        """Return how many times the inputs are sent for the reference."""
        return 1

    @abstractmethod
    def _vectors(self, core: Core) -> int:
        """Return how many vectors a measurement sends."""

    @abstractmethod
    def _reference(self, core: Core) -> np.ndarray:
        """Return what is kept of a core right after programming."""

    @abstractmethod
    def _correction(self, core: Core, t: float, reference: np.ndarray) -> float | Affine:
        """Return the correction of a core at ``t`` (s)."""
