"""Part of the points for part of an answer: cases that count differently.

>>> import numpy as np
>>> from aimc_answers.checks.judges import FunctionOnInputs
>>> def inputs(low, high):
...     return FunctionOnInputs(lambda rng: (rng.uniform(low, high),), abs, 1e-6, 5, "", ())
>>> judge = Weighted(((2.0, inputs(0, 1)), (1.0, inputs(-1, 0))), ("above zero", "below zero"))
>>> found = judge(lambda x: x, 7)
>>> round(found.share, 3), found.message[:42]
(0.667, 'right: above zero; not yet: below zero. <l')
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aimc_answers.checks.judges import Finding, FunctionOnInputs, Judge
from aimc_answers.checks.shares import check_names, said
from aimc_answers.checks.slips import Slip

__all__ = ["Weighted"]


@dataclass(frozen=True, slots=True)
class Weighted:
    """Judges that each give a share of the points; what is said is about the first that failed."""

    parts: tuple[tuple[float, Judge], ...]
    """Weight of each judge, and the judge."""
    names: tuple[str, ...] = ()
    """What each of them looks at, for the message; none, and it is not said."""
    first: bool = False
    """Whether the others count only if the first is satisfied: edges of what is right otherwise."""

    def __post_init__(self) -> None:
        """Refuse weights that are no share of anything."""
        if not self.parts or any(not weight > 0 for weight, _ in self.parts):
            raise ValueError("parts must hold at least one judge, each with a weight above zero")
        if self.names and len(check_names(self.names)) != len(self.parts):
            raise ValueError(f"names must be one for each of {len(self.parts)} parts")

    @property
    def main(self) -> Judge:
        """The judge that looks first."""
        return self.parts[0][1]

    @property
    def slips(self) -> tuple[Slip, ...]:
        """Known wrong answers: those of the judge that looks first."""
        return self.main.slips if isinstance(self.main, FunctionOnInputs) else ()

    def __call__(self, answer: Any, serial: int) -> Finding:
        """Ask every judge; none after the first if that one has to be satisfied."""
        if self.first and (found := self.main(answer, serial)).share < 1:
            return Finding(0.0, found.message)
        asked = [(weight, judge(answer, serial)) for weight, judge in self.parts]
        share = sum(weight * one.share for weight, one in asked) / sum(w for w, _ in asked)
        failed = next((one for _, one in asked if one.share < 1), None)
        if failed is None:
            return Finding(1.0, "right")
        right = [one.share == 1 for _, one in asked]
        return Finding(share, said(self.names, right, failed.message))
