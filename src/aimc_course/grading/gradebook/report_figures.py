"""Figures of the class report, as SVG that takes its colours from the page."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from aimc.plots.palette import CATEGORICAL, GRID, INK
from aimc_course.grading.gradebook.item_analysis import Item
from aimc_course.grading.gradebook.texts import escaped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from aimc_course.grading.similarity.comparison import Comparison

__all__ = [
    "FIGURE_STYLE",
    "described",
    "distribution",
    "handing_in",
    "outcomes_by_question",
    "pairs",
]

BLUE, ORANGE, SOFT = CATEGORICAL[0], CATEGORICAL[1], "#9fc5e0"
WIDTH = 5.2  # inches, so that text keeps its size on a phone
# A colour that Matplotlib writes, and what the page puts in its place: light, and dark.
COLOURS = {
    BLUE: ("--blue", BLUE, "#6cb6e8"),
    ORANGE: ("--orange", ORANGE, "#f2955f"),
    SOFT: ("--soft", SOFT, "#2f5f80"),
    INK: ("--ink", INK, "#e6e6e6"),
    GRID: ("--grid", GRID, "#4a4a4a"),
}
FIGURE_STYLE = (
    f":root {{ {' '.join(f'{name}: {light};' for name, light, _ in COLOURS.values())} }}\n"
    "@media screen and (prefers-color-scheme: dark) { :root { "
    f"{' '.join(f'{name}: {dark};' for name, _, dark in COLOURS.values())} }} }}\n"
)


def described(picture: str, alt: str) -> Markup:
    """Return a picture that says to those who do not see it what it shows."""
    return Markup(picture.replace("<svg ", f'<svg role="img" aria-label="{escaped(alt)}" ', 1))


def distribution(points: Sequence[float], most: float) -> str:
    """Return how the points of a class are spread, with median and quartiles."""
    from matplotlib.ticker import MaxNLocator

    top = max(most, *points, 1.0)
    made, (axes,) = _axes(2.6)
    low, middle, high = np.percentile(points, [25, 50, 75])
    axes.axvspan(low, high, color=SOFT, zorder=0)
    axes.hist(points, bins=np.linspace(0, top, 14).tolist(), color=BLUE, rwidth=0.92)
    axes.axvline(middle, color=ORANGE, linewidth=2)
    axes.set(xlabel="Points", ylabel="Students", xlim=(0, top))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    return _svg(made, "points")


def outcomes_by_question(analysed: Sequence[Item]) -> str:
    """Return which share of a class earned all, some and none of each question's points."""
    made, (axes,) = _axes(1.0 + 0.27 * len(analysed))
    places = np.arange(len(analysed))
    full = np.array([item.full for item in analysed])
    none = np.array([item.none for item in analysed])
    axes.barh(places, full, color=BLUE, height=0.72, label="all points")
    axes.barh(places, 1 - full - none, left=full, color=SOFT, height=0.72, label="some")
    axes.barh(places, none, left=1 - none, color=ORANGE, height=0.72, label="none")
    axes.set_yticks(places, [item.question.replace("$", r"\$") for item in analysed])
    axes.invert_yaxis()
    axes.set(xlabel="Share of the class", xlim=(0, 1))
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False, labelcolor=INK)
    return _svg(made, "questions")


def handing_in(attempts: Sequence[int], late: Sequence[int], per: str) -> str:
    """Return how many notebooks students handed in, and how many days or hours late they were."""
    from matplotlib.ticker import MaxNLocator

    made, panels = _axes(2.3, 2)
    for axes, values, label in zip(
        panels, (attempts, late), ("Notebooks", f"{per.title()}s late"), strict=True
    ):
        count = Counter(values)
        axes.bar(list(count), list(count.values()), color=BLUE, width=0.8)
        axes.set(xlabel=label, ylabel="Students", xlim=(min(count) - 1, max(count) + 1))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    return _svg(made, "handing")


def pairs(found: Comparison) -> str:
    """Return how alike all pairs of a class are, and how alike notebooks are to the solution."""
    made, panels = _axes(4.4, 1, 2)
    bins = np.linspace(0, 1, 26).tolist()
    own = [share.similarity for share in found.solution]
    pairs_and_own = (np.asarray(found.similarities), np.asarray(own))
    for axes, values, what in zip(panels, pairs_and_own, ("Pairs", "Notebooks"), strict=True):
        axes.hist(values, bins=bins, color=BLUE, rwidth=0.92)
        axes.set_yscale("symlog", linthresh=1)
        axes.set_yticks([1, 10, 100, 1000, 10000], ["1", "10", "100", "1000", "10⁴"])
        top = max(1, int(np.histogram(values, bins)[0].max()))
        axes.set(ylabel=what, xlim=(0, 1), ylim=(0, 2 * top))
    panels[0].axvline(found.threshold, color=ORANGE, linewidth=2, linestyle="--")
    panels[0].set_xlabel("Similarity of two notebooks")
    panels[1].set_xlabel("Similarity to the published solution")
    return _svg(made, "pairs")


def _axes(height: float, across: int = 1, down: int = 1) -> tuple[Figure, list[Axes]]:
    from matplotlib.figure import Figure

    made = Figure(figsize=(WIDTH, height), layout="constrained")
    made.patch.set_alpha(0)
    panels: list[Any] = list(made.subplots(down, across, squeeze=False).ravel())
    for axes in panels:
        axes.patch.set_alpha(0)
        axes.set_axisbelow(True)
        axes.tick_params(colors=INK)
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines[["left", "bottom"]].set_color(INK)
        axes.xaxis.label.set_color(INK)
        axes.yaxis.label.set_color(INK)
    return made, panels


def _svg(made: Figure, name: str) -> str:
    """Return a figure as SVG; all names inside begin with its own, so that none stands twice."""
    import matplotlib

    settings = {"svg.hashsalt": "aimc", "svg.fonttype": "none", "font.family": "sans-serif"}
    with matplotlib.rc_context(settings), io.StringIO() as out:
        made.savefig(out, format="svg", metadata={"Date": None})
        text = out.getvalue()
    for colour, (name, _, _) in COLOURS.items():
        text = text.replace(colour, f"var({name})")
    text = text[text.index("<svg ") :]
    used = set(re.findall(r"#([\w-]+)", text))

    def named(match: re.Match[str]) -> str:
        return f' id="{name}-{match[1]}"' if match[1] in used else ""

    text = re.sub(r' id="([^"]*)"', named, text)
    return re.sub(r'(href="|url\()#', rf"\1#{name}-", text)
