"""Every figure of the built book: drawn in the page, whole at all widths, as in the picture."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from page_visit import LAPTOP, PHONE, PageRecord
from served import PAGES, SITE, Visit, each_page, source_of

from aimc.plots import Bars, Boxes, Chart, Heatmap, Line, Points, Rule, draw

Pages = Callable[[str], PageRecord]
SET = re.compile(r"\$\\mathregular\{(\w)_\{(\w+)\}\}\$")  # how Matplotlib is told of an index
DRAWS = re.compile(r"^(draw|dot_plot)\(", re.MULTILINE)
DATA = re.compile(r'<script type="application/json" class="aimc-figure-data">(.*?)</script>')
MARKS = (Bars, Boxes, Heatmap, Line, Points, Rule)
KINDS = {mark.__dataclass_fields__["kind"].default: mark for mark in MARKS}
HEAVY = 60_000  # bytes of data in one figure: what a picture of it weighs


def calls_in(name: str) -> int:
    """Return how many cells of a chapter draw."""
    cells = re.findall(
        r"^```\{code-cell\}.*?^```$",
        source_of(name).read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    return sum(bool(DRAWS.search(c)) and "remove-" not in c.split("---\n")[0] for c in cells)


WITH_FIGURES = [name for name in PAGES if calls_in(name)]


@cache
def data_of(name: str) -> list[dict[str, Any]]:
    text = (SITE / f"{name}.html").read_text(encoding="utf-8")
    return [json.loads(found) for found in DATA.findall(text)]


def chart_from(tree: dict[str, Any]) -> Chart:
    """Return the chart that its data describe."""

    def value(item: Any) -> Any:
        if isinstance(item, list):
            return tuple(np.nan if part is None else value(part) for part in item)
        return item

    marks = []
    for mark in tree["marks"]:
        fields = {
            key: value(item) if isinstance(item, list) else item for key, item in mark.items()
        }
        marks.append(KINDS[fields.pop("kind")](**fields))
    rest = {key: value(item) for key, item in tree.items() if key != "marks"}
    return Chart(marks=tuple(marks), **rest)


@pytest.mark.book
@pytest.mark.parametrize("name", WITH_FIGURES)
def test_every_cell_that_draws_gives_data_and_picture(site: Path, name: str) -> None:
    text = (site / f"{name}.html").read_text(encoding="utf-8")
    assert len(data_of(name)) == calls_in(name)
    for figure in text.split('<div class="aimc-figure">')[1:]:
        assert '<img loading="lazy"' in figure.split("</div>")[0]
    for tree in data_of(name):
        titles = [chart["title"] for chart in tree["charts"]]
        assert len(json.dumps(tree)) < HEAVY, titles


@pytest.mark.browser
@pytest.mark.parametrize("width", [PHONE, LAPTOP])
@each_page(WITH_FIGURES)
def test_figures_are_whole_and_legible(page_record: Pages, name: str, width: int) -> None:
    record = page_record(name)
    assert record.charts
    assert record.figures[width] == []


@pytest.mark.browser
@each_page(WITH_FIGURES)
def test_the_room_kept_for_a_picture_has_its_shape(page_record: Pages, name: str) -> None:
    pictures = page_record(name).pictures
    assert len(pictures) == calls_in(name)
    for words, kept, drawn in pictures:
        assert kept == pytest.approx(drawn, rel=0.02), words


@pytest.mark.browser
@each_page(WITH_FIGURES)
def test_no_figure_lies_on_white_in_the_dark(page_record: Pages, name: str) -> None:
    record = page_record(name)
    assert record.seen_pictures == 0
    assert {chart: share for chart, share in record.white.items() if share >= 0.02} == {}
    assert record.grounds == []


@pytest.mark.browser
@each_page(WITH_FIGURES)
def test_page_and_picture_agree(page_record: Pages, name: str) -> None:
    """The ranges of the axes, their scales and the names of curves are those of Matplotlib."""
    shown = page_record(name).charts
    charts = [chart_from(tree) for figure in data_of(name) for tree in figure["charts"]]
    assert len(shown) == len(charts)
    for found, chart in zip(shown, charts, strict=True):
        axes = draw(chart).axes[0]
        assert found["kinds"] == [axes.get_xscale(), axes.get_yscale()], chart.title
        limits = {"x": axes.get_xlim(), "y": axes.get_ylim()}
        for axis, kind in zip("xy", found["kinds"], strict=True):
            f = np.log if kind == "log" else np.asarray
            ends, other = (np.sort(f(pair)) for pair in (found[axis], limits[axis]))
            np.testing.assert_allclose(ends, other, atol=2e-3 * np.ptp(other), err_msg=chart.title)
        legend = axes.get_legend() or (axes.figure.legends or [None])[0]
        words = [" ".join(t.get_text().split()) for t in legend.get_texts()] if legend else []
        ends = [t for t in axes.texts if t.get_transform() == axes.transAxes]
        words += [" ".join(t.get_text().split()) for t in ends]
        words = [SET.sub(r"\1\2", text) for text in words]
        told = [" ".join(text.split()) for text in found["legend"]]
        # names at the ends of curves stand where the curves end
        assert (sorted(told) if ends else told) == (sorted(words) if ends else words), chart.title


@pytest.mark.browser
@pytest.mark.parametrize("name", ["labs/student/01-build-a-crossbar", "book/explorers"])
def test_pictures_turn_dark_with_the_page(visit: Visit, name: str) -> None:
    page = visit.open(f"{name}.html", "dark")
    look = "all => all.map((one) => getComputedStyle(one).filter)"
    found = page.locator(".bd-article img:not(.dark-light)").evaluate_all(look)
    assert found
    assert all("invert" in filters for filters in found), found
    # A colour of a map is a number and stays; a map has no white ground (test_covers).
    maps = page.locator(".bd-article img.dark-light")
    assert maps.count() == page.locator(".aimc-gallery img.dark-light").count()
    assert set(maps.evaluate_all(look)) <= {"none"}


@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "figure"),
    [
        ("book/3-chip/08-networks-on-the-chip", "fig-networks-images"),
        ("book/4-accuracy/01-where-accuracy-goes", "fig-where-glyphs"),
    ],
)
def test_pictures_of_data_keep_their_colours_in_the_dark(
    visit: Visit, name: str, figure: str
) -> None:
    page = visit.open(f"{name}.html", "dark")
    image = page.locator(f"#{figure} img")
    assert image.evaluate("(one) => getComputedStyle(one).filter") == "none"


@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "beside", "stacked"),
    [
        ("book/1-concepts/02c-phase-change-primer", "Left, six devices", "Above, six devices"),
        ("book/2-devices/04-noise", "themselves (left), strong", "themselves (above), strong"),
        ("book/3-chip/08-networks-on-the-chip", "accuracy (left)", "accuracy (above)"),
        ("book/4-accuracy/02-hardware-aware-training", "Left, noise on", "Above, noise on"),
    ],
)
def test_a_caption_names_the_places_that_its_charts_have(
    visit: Visit, name: str, beside: str, stacked: str
) -> None:
    page = visit.open(f"{name}.html")
    for width, shown, other in ((1280, beside, stacked), (390, stacked, beside)) * 2:
        page.set_viewport_size({"width": width, "height": 800})
        page.locator("figcaption", has_text=shown).wait_for()
        assert page.locator("figcaption", has_text=other).count() == 0
    assert page.locator("figcaption", has_text="left alone").count() == ("networks" in name)


@pytest.mark.browser
@pytest.mark.parametrize(
    "name", ["book/4-accuracy/04-beating-drift", "book/4-accuracy/06-all-together"]
)
def test_charts_above_each_other_have_one_axis(visit: Visit, name: str) -> None:
    page = visit.open(f"{name}.html")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.locator(".aimc-figure[data-state=drawn]").first.wait_for()
    shown = page.locator(".aimc-figure").evaluate_all(
        """all => all.map((one) => [...one.querySelectorAll('svg.aimc-chart')].map(
             (svg) => [svg.aimcChart.chart.x_label, svg.getBoundingClientRect().x,
                       ...svg.aimcChart.axes.x.range]))"""
    )
    pillars = [
        (one[2:], other[2:])
        for figure in shown
        for one, other in pairwise(figure)
        if one[:2] == other[:2]
    ]
    assert pillars
    assert all(one == other for one, other in pillars), pillars
