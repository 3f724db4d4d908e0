"""A report as a text table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from aimc.recovery.evaluation.normalised import is_loss
from aimc.units import DAY, HOUR, MICRO, MILLI, MINUTE, NANO, PICO, YEAR

__all__ = ["as_text", "table", "time_label"]

PREFIXES = ((1.0, ""), (MILLI, "m"), (MICRO, "µ"), (NANO, "n"), (PICO, "p"))
UNKNOWN = {
    "programming": "; time and energy of these pulses are not known",
    "compensation": "; time and energy of a read are known of the 64-core chip alone, for other "
    "cores pass read=ReadCost(...) to the compensation",
}
LARGEST = ((YEAR, "y"), (DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (1.0, "s"))


def time_label(t: float) -> str:
    """Return a time (s) in the largest unit of which it holds at least one."""
    size, unit = next(((s, u) for s, u in LARGEST if t >= s), (1.0, "s"))
    return f"{t / size:.4g} {unit}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return lines of a table, columns separated by two spaces."""
    everything = [list(head), *map(list, rows)]
    widths = [max(len(row[k]) for row in everything) for k in range(len(head))]
    return [
        "  " + "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in everything
    ]


def as_text(report: Any) -> str:
    """Return a `Report` as text: table over time, yardsticks, cost, notes."""
    chips, draws = len(report.chips), report.values.shape[2]
    percent = report.measure.endswith("accuracy")
    show = _percent if percent else _plain
    head = ["time", report.measure, "lowest chip"]
    with_a_star = any("A*" in row for row in report.as_rows())
    head += ["A*"] if with_a_star else []
    rows = []
    for row in report.as_rows():
        worst = "highest chip" if is_loss(report.measure) else "lowest chip"
        cells = [
            time_label(row["t (s)"]),
            _with_interval(row["mean"], row["half-width"], show),
            show(row[worst]),
        ]
        cells += [_with_interval(row["A*"], row["A* half-width"], _percent)] if with_a_star else []
        rows.append(cells)
    if is_loss(report.measure):
        head[2] = "highest chip"
    several = f"{chips} chip{'s' if chips > 1 else ''}, {draws} draw{'s' if draws > 1 else ''} each"
    lines = [f"{report.model} on {several}; ± 95 % interval over chips"]
    lines += table(head, rows)
    chance = "not known" if report.chance is None else show(report.chance)
    lines.append(f"  floating point {show(report.floating_point)}, chance {chance}")
    if "read noise" in report.setting:
        lines.append(f"  read noise {report.setting['read noise']}")
    for of in ("programming", "compensation"):
        if of in report.setting:
            lines.append(f"  {of} {report.setting[of]}{_paid(report, of)}")
    if report.cost_text:
        lines += ["  " + line for line in report.cost_text.splitlines()]
    lines += [f"  Note: {note}" for note in report.notes]
    return "\n".join(lines)


def _paid(report: Any, of: str) -> str:
    """Return the cost of a chip in words, of that which was counted."""
    parts = []
    unknown = any(math.isnan(report.total(name, of)) for name in ("time_s", "energy_J"))
    for name in ("pulses", "reads", "products", "vectors"):
        if report.total(name, of) > 0:
            # Where no loop is known, each device is counted with one pulse.
            least = "at least " if unknown and name == "pulses" else ""
            parts.append(f"{least}{report.total(name, of):,.0f} {name}")
    for name, unit in (("time_s", "s"), ("energy_J", "J")):
        value = report.total(name, of)
        if value > 0:
            factor, prefix = next((p for p in PREFIXES if value >= p[0]), PREFIXES[-1])
            parts.append(f"{value / factor:.3g} {prefix}{unit}")
    said = f": {', '.join(parts)} a chip" if parts else ""
    return said + UNKNOWN[of] if unknown else said


def _with_interval(mean: float, half: float | None, show: Any) -> str:
    return f"{show(mean)} (one chip)" if half is None else f"{show(mean)} ± {show(half)}"


def _percent(value: float) -> str:
    return f"{100 * value:.2f} %"


def _plain(value: float) -> str:
    return f"{value:.4g}"
