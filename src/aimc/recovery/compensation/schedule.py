"""Recalibration at given times only: between them the chip goes on with old corrections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aimc.backend import Batches
from aimc.cores import Core
from aimc.recovery.compensation.base import Compensation
from aimc.recovery.compensation.cost import CompensationCost
from aimc.units import seconds

__all__ = ["Recalibration"]


@dataclass(eq=False)
class Recalibration(Compensation):
    """A compensation that measures at given times alone.

    Parameters
    ----------
    compensation : Compensation or str
        What is done at these times.
    times : sequence of float or str
        Times since programming, s, or words such as ``"1 h"``, in increasing order.

    Examples
    --------
    >>> import numpy as np, aimc
    >>> from aimc.recovery.compensation import Recalibration
    >>> core = aimc.presets.hermes(serial=3).program(np.eye(16))
    >>> plan = Recalibration("global", ["1 h", "1 d"])
    >>> at_first = plan.prepare(core)
    >>> [plan.apply(core, t).reads for t in ("1 min", "2 h", "5 h", "1 y")]
    [0, 16, 0, 16]
    """

    name = "schedule"

    compensation: Compensation | str
    times: Sequence[float | str]
    _last: float | None = field(default=None, init=False, repr=False)
    _now: float | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        from aimc.recovery.compensation.named import compensation

        self.compensation = compensation(self.compensation)
        if isinstance(self.times, str | float | int):
            raise TypeError(f"times must be a sequence of times, got {self.times!r}")
        self.times = [seconds(t) for t in self.times]
        if not self.times or sorted(set(self.times)) != self.times:
            raise ValueError(f"times must increase and not be empty, got {self.times!r} s")

    @property
    def inner(self) -> Compensation:
        """What is done at the times of the plan."""
        assert isinstance(self.compensation, Compensation)
        return self.compensation

    def _prepare(
        self, model: Any, cores: Sequence[Core], batches: Batches | None
    ) -> CompensationCost:
        self._last = self._now = None
        return self.inner.prepare(model, batches)

    def _calibrate(
        self, model: Any, cores: Sequence[Core], t: float, batches: Batches | None
    ) -> CompensationCost:
        """Calibrate as at the last time of the plan; count all that were due since the last call.

        Each is taken to cost what the last one did. Going back in time starts anew.
        """
        if self._now is not None and t < self._now:
            self._last = None
            self.corrections = [1.0] * len(cores)
        self._now = t
        due = [
            at
            for at in map(seconds, self.times)
            if at <= t and (self._last is None or at > self._last)
        ]
        spent = CompensationCost()
        if due:
            spent = self.inner.calibrate(model, due[-1], batches).times(len(due))
            self._last, self.corrections = due[-1], self.inner.corrections
        return spent
