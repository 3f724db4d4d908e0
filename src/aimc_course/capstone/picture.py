"""The picture of a scoreboard: accuracy against energy, with the area as the size of a disc."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from aimc.units import MICRO
from aimc_course.capstone.scoring import REFERENCE, Reference
from aimc_course.grading.gradebook.texts import escaped

__all__ = ["Mark", "front_picture"]

WIDE, HIGH = 680.0, 400.0
LEFT, RIGHT, TOP, BELOW = 64.0, 16.0, 16.0, 56.0
LARGEST = 22.0
"""Radius of a disc that stands for the reference area."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One design in the picture."""

    label: str
    """What stands beside it."""
    title: str
    """What a pointer over it says."""
    accuracy: float
    """0 to 1."""
    energy: float
    """J."""
    area: float
    """m^2."""
    baseline: bool = False
    counts: bool = True
    """Whether it is on the front of its team."""


def front_picture(marks: Sequence[Mark], reference: Reference = REFERENCE) -> str:
    """Return an SVG that needs nothing from outside; its text is text.

    Parameters
    ----------
    marks : sequence of Mark
        What is drawn.
    reference : Reference
        Ends of the axes: the energy of no gain, and the accuracy of no gain.
    """
    most = max([reference.energy, *(1.05 * mark.energy for mark in marks)])
    low = min([reference.accuracy, *(mark.accuracy for mark in marks)])
    high = max([reference.top, *(mark.accuracy for mark in marks)]) + 0.01
    across, up = WIDE - LEFT - RIGHT, HIGH - TOP - BELOW

    def x(energy: float) -> float:
        return LEFT + across * energy / most

    def y(accuracy: float) -> float:
        return TOP + up * (high - accuracy) / (high - low)

    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE:.0f} {HIGH:.0f}" '
            'role="img" aria-label="Accuracy of all designs against their energy per image; larger '
            'discs stand for more area" fill="none" stroke="currentColor" font-family="sans-serif" '
            'font-size="13">'
        ),
        f'<path d="M{LEFT:.1f} {TOP:.1f}V{TOP + up:.1f}H{LEFT + across:.1f}"/>',
    ]
    for tick in _ticks(0.0, most / MICRO):
        parts.append(_text(x(tick * MICRO), TOP + up + 20, f"{tick:g}", "middle"))
        parts.append(f'<path d="M{x(tick * MICRO):.1f} {TOP + up:.1f}v5"/>')
    for tick in _ticks(100 * low, 100 * high):
        parts.append(_text(LEFT - 9, y(tick / 100) + 4, f"{tick:g}", "end"))
        parts.append(f'<path d="M{LEFT - 5:.1f} {y(tick / 100):.1f}h5"/>')
    parts.append(_text(LEFT + across / 2, HIGH - 12, "energy per image (µJ); disc: area", "middle"))
    parts.append(
        f'<g transform="translate(16 {TOP + up / 2:.1f}) rotate(-90)">'
        + _text(0, 0, "accuracy at the worse time (%)", "middle")
        + "</g>"
    )
    for mark in sorted(marks, key=lambda each: -each.area):
        radius = LARGEST * math.sqrt(max(mark.area, 0.0) / reference.area)
        colour = "#8a8a8a" if mark.baseline else "#1f77b4"
        opacity = 0.55 if mark.counts else 0.15
        at = f'cx="{x(mark.energy):.1f}" cy="{y(mark.accuracy):.1f}" r="{max(radius, 3.0):.1f}"'
        dashed = ' stroke-dasharray="3 2"' if mark.baseline else ""
        parts.append(
            f'<circle {at} fill="{colour}" fill-opacity="{opacity}"{dashed}>'
            f"<title>{escaped(mark.title)}</title></circle>"
        )
        where = x(mark.energy) + radius + 4
        beyond = where > WIDE - 60
        parts.append(
            _text(
                x(mark.energy) - radius - 4 if beyond else where,
                y(mark.accuracy) + 4,
                mark.label,
                "end" if beyond else "start",
            )
        )
    return "\n".join([*parts, "</svg>"])


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="currentColor" '
        f'stroke="none">{escaped(text)}</text>'
    )


def _ticks(low: float, high: float) -> list[float]:
    """Return some round numbers between two."""
    step = 10 ** math.floor(math.log10((high - low) / 2))
    step = next(step * k for k in (1, 2, 5, 10) if (high - low) / (step * k) <= 7)
    first = math.ceil(low / step - 1e-9)
    return [round(k * step, 9) for k in range(first, math.floor(high / step + 1e-9) + 1)]
