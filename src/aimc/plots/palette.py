"""Colours that stay apart for colour-blind readers, on light and on dark pages.

The order is that of Okabe and Ito's palette, darkened where a colour would fall under a contrast of
3:1 against white. Figures bring their own white background, so one set serves both modes.
"""

from __future__ import annotations

__all__ = ["BACKGROUND", "CATEGORICAL", "GRID", "INK", "SEQUENTIAL", "SIGNED"]

CATEGORICAL = ("#0072b2", "#c44e00", "#007f5f", "#a6467d", "#8a6d00", "#3a7ca5", "#5f5f5f")
"""Colours for series, in order of use."""
INK = "#1a1a1a"
"""Text and axes."""
GRID = "#d9d9d9"
"""Grid lines."""
BACKGROUND = "#ffffff"
"""Figure background."""
SEQUENTIAL = "viridis"
"""Colour map for magnitudes."""
SIGNED = "RdBu_r"
"""Colour map for values around zero."""
