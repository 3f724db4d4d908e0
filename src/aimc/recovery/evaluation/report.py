"""What a sweep over chips found: numbers with intervals, their cost, and what to beware of."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aimc.plots import Chart, Line, Points, Rule, draw
from aimc.recovery.evaluation.comparison import Comparison, compare
from aimc.recovery.evaluation.normalised import normalised_accuracy
from aimc.recovery.evaluation.report_text import as_text, time_label
from aimc.statistics import mean_interval
from aimc.units import seconds
from aimc.validation import check_choice

if TYPE_CHECKING:
    from aimc.plots.picture import Picture

__all__ = ["Report"]


@dataclass(frozen=True, eq=False)
class Report:
    """A measure of one model over chips, times and draws. Made by `evaluate`; print it."""

    values: NDArray[np.float64]
    """The measure, shape (chips, times, draws)."""
    chips: tuple[int, ...]
    """Serial numbers."""
    times: tuple[float, ...]
    """Seconds after programming."""
    measure: str
    """Name of the measure."""
    floating_point: float
    """The measure with all layers in floating point."""
    chance: float | None
    """The measure of guessing; ``None`` if nobody said what it is."""
    model: str
    """Name of the model."""
    setting: dict[str, str] = field(default_factory=dict)
    """What the sweep was made of, in words."""
    notes: tuple[str, ...] = ()
    """What does not compute on devices, and warnings on the way."""
    programming: tuple[dict[str, float], ...] = ()
    """Cost of programming, by chip."""
    compensation: tuple[tuple[dict[str, float], ...], ...] = ()
    """Cost of compensation, by chip and time."""
    cost: Any = None
    """`aimc.chip.Performance` of one inference, if a chip was given."""
    cost_text: str = ""
    """Energy and latency in words, or why they are not known."""
    seconds: float = 0.0
    """Time that simulating all chips took, s, added up."""

    def index(self, t: float | str) -> int:
        """Return the place of a time (s, or words such as ``"1 h"``) in `times`.

        Raises
        ------
        ValueError
            If the report has no such time.
        """
        wanted = seconds(t)
        for k, known in enumerate(self.times):
            if np.isclose(known, wanted, rtol=1e-9, atol=0.0):
                return k
        labels = ", ".join(time_label(known) for known in self.times)
        raise ValueError(f"t={t!r} was not evaluated: choose one of {labels}")

    def per_chip(self, t: float | str) -> NDArray[np.float64]:
        """Return the measure at one time by chip, mean over draws, shape (chips,)."""
        return self.values[:, self.index(t)].mean(axis=-1)

    def mean(self, t: float | str | None = None) -> Any:
        """Return the mean over chips and draws at one time, or at all, shape (times,)."""
        return self.values.mean(axis=(0, 2)) if t is None else float(self.per_chip(t).mean())

    def interval(self, t: float | str | None = None) -> Any:
        """Return the mean with its 95 % interval over chips at one time, or a list for all.

        Chips are the independent values; draws of one chip are averaged first.

        Raises
        ------
        ValueError
            If there is one chip only.
        """
        if t is None:
            return [self.interval(each) for each in self.times]
        return mean_interval(self.per_chip(t))

    def a_star(self, t: float | str | None = None, *, chance: float | None = None) -> Any:
        """Return the normalised accuracy with its interval over chips; see `normalised_accuracy`.

        Parameters
        ----------
        t : float or str, optional
            One time; a list for all times by default.
        chance : float, optional
            The measure of guessing; that of the report by default.

        Raises
        ------
        ValueError
            If the measure of guessing is not known, or there is one chip only.
        """
        level = self.chance if chance is None else chance
        if level is None:
            raise ValueError(
                f"chance=None: what guessing earns in {self.measure!r} is not known; pass it"
            )
        if t is None:
            return [self.a_star(each, chance=level) for each in self.times]
        return mean_interval(normalised_accuracy(self.per_chip(t), self.floating_point, level))

    @property
    def energy(self) -> Any:
        """Energy per inference with its scope, an `aimc.chip.Metric`; ``None`` without a chip."""
        return None if self.cost is None else self.cost.energy

    @property
    def latency(self) -> Any:
        """Time from input to result with its scope, an `aimc.chip.Metric`; ``None`` without."""
        return None if self.cost is None else self.cost.latency

    def total(self, name: str, of: str) -> float:
        """Return a cost of a chip, mean over chips.

        Parameters
        ----------
        name : str
            For example ``"energy_J"``, ``"time_s"`` or ``"reads"``; what was not counted is zero,
            and what nobody knows is nan.
        of : {"programming", "compensation"}
            Of which of the two; a read of a device and one of a core are not the same. All times
            are added up.
        """
        check_choice("of", of, ("programming", "compensation"))
        if of == "programming":
            paid = [one.get(name, 0.0) for one in self.programming]
        else:
            paid = [sum(each.get(name, 0.0) for each in one) for one in self.compensation]
        return float(np.mean(paid or [0.0]))

    def compare(self, other: Report) -> Comparison:
        """Return the difference to another report over the same chips; see `compare`."""
        return compare(self, other)

    def __str__(self) -> str:
        """Return a table over time, then cost and notes."""
        return as_text(self)

    def as_rows(self) -> list[dict[str, Any]]:
        """Return one row per time, for a table."""
        rows = []
        for k, t in enumerate(self.times):
            one = self.values[:, k].mean(axis=-1)
            several = len(one) > 1
            row: dict[str, Any] = {"t (s)": t, "mean": float(one.mean())}
            row["half-width"] = mean_interval(one).half_width if several else None
            row["lowest chip"], row["highest chip"] = float(one.min()), float(one.max())
            if self.chance is not None and self.chance != self.floating_point:
                kept = normalised_accuracy(one, self.floating_point, self.chance)
                row["A*"] = float(kept.mean())
                row["A* half-width"] = mean_interval(kept).half_width if several else None
            rows.append(row)
        return rows

    def chart(self) -> Chart:
        """Return mean, interval and chips over time as data of a figure."""
        places = [k for k, t in enumerate(self.times) if t > 0] or list(range(len(self.times)))
        x = tuple(self.times[k] for k in places)
        one = self.values[:, places].mean(axis=-1)
        mean = tuple(float(v) for v in one.mean(axis=0))
        several = range(len(x)) if len(one) > 1 else ()
        found = [mean_interval(one[:, k]) for k in several]
        low, high = tuple(i.low for i in found), tuple(i.high for i in found)
        chips = Points(
            tuple(t for t in x for _ in self.chips), tuple(one.T.ravel().tolist()), "each chip"
        )
        label = f"mean of {len(self.chips)} chips, 95 % interval"
        marks = (
            Line(x, mean, label, low=low, high=high),
            chips,
            Rule(self.floating_point, "floating point"),
        )
        scale = "log" if x[0] > 0 else "linear"
        return Chart(self.model, "time since programming (s)", self.measure, marks, x_scale=scale)

    def plot(self) -> Picture:
        """Return a Matplotlib figure of the measure over time."""
        return draw(self.chart())

    def to_dict(self) -> dict[str, Any]:
        """Return the report as numbers, texts, lists and dictionaries; `from_dict` reads it."""
        cost = None
        if self.cost is not None:
            cost = {
                "energy_J": self.cost.energy.value,
                "latency_s": self.cost.latency.value,
                "read_mode": self.cost.read_mode,
                "scope": self.cost.scope,
                "not_included": list(self.cost.not_included),
            }
        return {
            "values": self.values.tolist(),
            "chips": list(self.chips),
            "times": list(self.times),
            "measure": self.measure,
            "floating_point": self.floating_point,
            "chance": self.chance,
            "model": self.model,
            "setting": dict(self.setting),
            "notes": list(self.notes),
            "programming": list(self.programming),
            "compensation": [list(one) for one in self.compensation],
            "cost_text": self.cost_text,
            "seconds": self.seconds,
            "cost": cost,
        }

    def to_json(self) -> str:
        """Return `to_dict` as JSON; a number that is not known is ``null``."""
        return json.dumps(_known(self.to_dict()), indent=1, allow_nan=False)

    @classmethod
    def from_dict(cls, found: Mapping[str, Any]) -> Report:
        """Return the report of a dictionary from `to_dict`; the cost is left as words."""
        rest = {k: v for k, v in found.items() if k not in ("values", "cost")}
        rest |= {k: math.nan for k in ("floating_point", "seconds") if rest.get(k, 0.0) is None}
        made = cls(np.asarray(found["values"], dtype=np.float64), **rest)
        return replace(
            made,
            chips=tuple(made.chips),
            times=tuple(made.times),
            notes=tuple(made.notes),
            programming=tuple(map(_costs, made.programming)),
            compensation=tuple(tuple(map(_costs, one)) for one in made.compensation),
        )


def _known(value: Any) -> Any:
    """Return a value for JSON, which has no word for what is no number."""
    if isinstance(value, Mapping):
        return {key: _known(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_known(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _costs(found: Mapping[str, float | None]) -> dict[str, float]:
    """Return costs as they were before JSON."""
    return {name: math.nan if value is None else value for name, value in found.items()}
