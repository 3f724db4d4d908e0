"""Numbers in the tables of the class report."""

from __future__ import annotations

import math

from markupsafe import Markup

__all__ = ["bar", "decimals", "percent"]


def bar(share: float) -> Markup:
    """Return a share as a number and a bar."""
    width = f"{100 * min(max(share, 0.0), 1.0):.0f}"
    shown = Markup('<span class="bar"><span style="width:{}%"></span></span>{}')
    return shown.format(width, percent(share))


def percent(share: float) -> str:
    """Return a share in per cent."""
    return f"{100 * share:.0f} %"


def decimals(value: float, low: float = math.nan, high: float = math.nan) -> str:
    """Return a number with two decimals and its interval, or a dash where there is none."""
    if math.isnan(value):
        return "–"
    shown = f"{value:.2f}"
    return shown if math.isnan(low) else f"{shown} ({low:.2f} to {high:.2f})"
