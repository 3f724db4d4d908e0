"""Part of the points for part of an answer: cases that count differently.

>>> import numpy as np
>>> from aimc_course.checks.judges import FunctionOnInputs
>>> def inputs(low, high):
...     return FunctionOnInputs(lambda rng: (rng.uniform(low, high),), abs, 1e-6, 5, "", ())
>>> judge = Weighted(((2.0, inputs(0, 1)), (1.0, inputs(-1, 0))))
>>> round(judge(lambda x: x, 7).share, 3)
0.667
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aimc_course.checks.judges import Finding, Judge

__all__ = ["Weighted"]


@dataclass(frozen=True, slots=True)
class Weighted:
    """Judges that each give a share of the points; what is said is about the first that failed."""

    parts: tuple[tuple[float, Judge], ...]
    """Weight of each judge, and the judge."""

    def __post_init__(self) -> None:
        """Refuse weights that are no share of anything."""
        if not self.parts or any(not weight > 0 for weight, _ in self.parts):
            raise ValueError("parts must hold at least one judge, each with a weight above zero")

    def __call__(self, answer: Any, serial: int) -> Finding:
        """Ask every judge."""
        found = [(weight, judge(answer, serial)) for weight, judge in self.parts]
        share = sum(weight * one.share for weight, one in found) / sum(w for w, _ in found)
        failed = next((one for _, one in found if one.share < 1), None)
        return Finding(1.0, "right") if failed is None else Finding(share, failed.message)
