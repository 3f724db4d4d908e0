"""Two reports beside each other, chip by chip: what differs between chips then cancels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aimc.recovery.evaluation.report_text import table, time_label
from aimc.statistics import Interval, mean_interval

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True, eq=False)
class Comparison:
    """The difference of two reports over the same chips. Made by `compare`; print it."""

    differences: NDArray[np.float64]
    """First minus second, mean over draws, shape (chips, times)."""
    chips: tuple[int, ...]
    """Serial numbers of the chips that both reports have."""
    times: tuple[float, ...]
    """Seconds after programming."""
    measure: str
    """Name of the measure."""

    @property
    def intervals(self) -> list[Interval]:
        """Mean difference with its 95 % interval over chips, by time."""
        return [mean_interval(self.differences[:, k]) for k in range(len(self.times))]

    @property
    def certain(self) -> list[bool]:
        """Whether the interval of each time leaves out zero."""
        return [i.low > 0 or i.high < 0 for i in self.intervals]

    def __str__(self) -> str:
        """Return a table over time."""
        percent = self.measure.endswith("accuracy")
        factor, unit = (100.0, " points") if percent else (1.0, "")
        rows = [
            [
                time_label(t),
                f"{factor * i.mean:+.3g} ± {factor * i.half_width:.2g}{unit}",
                "yes" if certain else "no",
            ]
            for t, i, certain in zip(self.times, self.intervals, self.certain, strict=True)
        ]
        head = f"difference in {self.measure}, paired over {len(self.chips)} chips"
        return "\n".join([head, *table(["time", "first - second", "leaves out zero"], rows)])


def compare(first: Any, second: Any) -> Comparison:
    """Return the difference of two reports, paired over the chips that both have.

    Same serial, same devices, same noise of a read: the interval is that of the difference on a
    chip, which is often far narrower than the intervals of the two.

    Parameters
    ----------
    first, second : Report
        Sweeps of the same measure at the same times; chips may be more in one.

    Raises
    ------
    TypeError
        If one is no report.
    ValueError
        If measure, times, seed or test data differ, or fewer than two chips are in both.

    Examples
    --------
    ::

        difference = compare(trained, direct)
        print(difference)
    """
    for name, report in (("first", first), ("second", second)):
        if not (hasattr(report, "values") and hasattr(report, "chips")):
            raise TypeError(f"{name} must be a Report, got {type(report).__name__}")
    if first.measure != second.measure:
        raise ValueError(
            f"second measures {second.measure!r} and first {first.measure!r}: "
            "only the same quantity can be compared"
        )
    if first.times != second.times:
        raise ValueError(
            f"second is at {list(map(time_label, second.times))} and first at "
            f"{list(map(time_label, first.times))}: evaluate both at the same times"
        )
    for name in ("test", "rng", "read noise"):
        ours, theirs = first.setting.get(name), second.setting.get(name)
        if ours != theirs:
            raise ValueError(
                f"the reports differ in {name} ({ours} and {theirs}): the chips would not be "
                "compared under the same conditions"
            )
    both = tuple(chip for chip in first.chips if chip in second.chips)
    if len(both) < 2:
        raise ValueError(
            f"second has {len(both)} of the chips of first: a paired interval needs at least 2"
        )
    one, two = (
        report.values[[report.chips.index(chip) for chip in both]].mean(axis=-1)
        for report in (first, second)
    )
    return Comparison(one - two, both, first.times, first.measure)
