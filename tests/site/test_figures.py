"""Every figure of the built book: drawn in the page, whole at all widths, as in the picture."""

from __future__ import annotations

import json
import re
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from served import ROOT, SITE, Visit

from aimc.plots import Bars, Boxes, Chart, Heatmap, Line, Points, Rule, draw

TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [TOC["root"], *(c["file"] for part in TOC["parts"] for c in part["chapters"])]
DRAWS = re.compile(r"^(draw|dot_plot)\(", re.MULTILINE)
DATA = re.compile(r'<script type="application/json" class="aimc-figure-data">(.*?)</script>')
MARKS = (Bars, Boxes, Heatmap, Line, Points, Rule)
KINDS = {mark.__dataclass_fields__["kind"].default: mark for mark in MARKS}
WIDTHS = [390, 1280]  # px: a phone and a laptop
HEAVY = 60_000  # bytes of data in one figure: what a picture of it weighs
DRAWN = "() => !document.querySelector('.aimc-figure:not([data-state=drawn])')"


def source_of(name: str) -> str:
    path = ROOT / f"{name}.md"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def calls_in(name: str) -> int:
    """Return how many cells of a chapter draw."""
    cells = re.findall(r"^```\{code-cell\}.*?^```$", source_of(name), re.MULTILINE | re.DOTALL)
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


def opened(visit: Visit, name: str, theme: str, width: int) -> Any:
    visit.page.set_viewport_size({"width": width, "height": 900})
    page = visit.open(f"{name}.html", theme)
    page.wait_for_function(DRAWN)
    return page


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
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", WITH_FIGURES)
def test_figures_are_whole_and_legible(visit: Visit, name: str, width: int) -> None:
    page = opened(visit, name, "light", width)
    assert visit.errors == []
    faults = page.evaluate(
        """() => {
          const faults = [];
          for (const svg of document.querySelectorAll('.aimc-figure svg.aimc-chart')) {
            const title = svg.getAttribute('aria-label');
            const box = svg.getBoundingClientRect();
            const column = svg.closest('.aimc-figure').getBoundingClientRect();
            if (box.left < -1 || box.right > innerWidth + 1) faults.push(`${title}: off the page`);
            const wide = box.left < column.left - 1 || box.right > column.right + 1;
            if (wide) faults.push(`${title}: wider than its column`);
            const scaled = Math.abs(box.width - svg.viewBox.baseVal.width) > 1;
            if (scaled) faults.push(`${title}: scaled`);
            for (const text of svg.querySelectorAll('text')) {
              const b = text.getBoundingClientRect();
              const name = `${title}: '${text.textContent}'`;
              const across = b.left < box.left - 1 || b.right > box.right + 1;
              if (across || b.top < box.top - 1 || b.bottom > box.bottom + 1) {
                faults.push(`${name} sticks out`);
              }
              const size = parseFloat(getComputedStyle(text).fontSize);
              if (size < 11) faults.push(`${name} is small`);
            }
            const names = [...svg.querySelectorAll("text.aimc-name")];
            const boxes = names.map((t) => t.getBoundingClientRect());
            boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b, j) => {
              const beside = a.right <= b.left + 1 || b.right <= a.left + 1;
              if (beside || a.bottom <= b.top + 5 || b.bottom <= a.top + 5) return;
              const both = `${names[i].textContent} and ${names[i + 1 + j].textContent}`;
              faults.push(`${title}: ${both} overlap`);
            }));
            if (svg.querySelector('.aimc-axis-x .aimc-tick text[transform]')) continue;
            const ticks = [...svg.querySelectorAll('.aimc-axis-x .aimc-tick text')]
              .map((t) => t.getBoundingClientRect()).sort((a, b) => a.left - b.left);
            if (ticks.some((b, i) => i && b.left < ticks[i - 1].right - 1)) {
              faults.push(`${title}: numbers of the x axis overlap`);
            }
          }
          return faults;
        }"""
    )
    assert faults == []


@pytest.mark.browser
@pytest.mark.parametrize("name", WITH_FIGURES)
def test_no_figure_lies_on_white_in_the_dark(visit: Visit, name: str) -> None:
    from PIL import Image

    page = opened(visit, name, "dark", 1280)
    assert page.locator(".aimc-figure img:visible").count() == 0
    for chart in page.locator(".aimc-figure svg.aimc-chart").all():
        image = Image.open(BytesIO(chart.screenshot())).convert("RGB")
        pixels = np.asarray(image).reshape(-1, 3)
        assert (pixels > 250).all(axis=1).mean() < 0.02, chart.get_attribute("aria-label")
    cards = page.eval_on_selector_all(
        ".cell_output img, .cell_output svg",
        """all => all.map(i => getComputedStyle(i).backgroundColor)
          .filter(c => !['rgba(0, 0, 0, 0)', 'transparent'].includes(c))""",
    )
    assert cards == []


@pytest.mark.browser
@pytest.mark.parametrize("name", WITH_FIGURES)
def test_page_and_picture_agree(visit: Visit, name: str) -> None:
    """The ranges of the axes, their scales and the words of the legend are those of Matplotlib."""
    page = opened(visit, name, "light", 1280)
    shown = page.evaluate(
        """() => [...document.querySelectorAll('.aimc-figure svg.aimc-chart')].map((svg) => {
          const { axes } = svg.aimcChart;
          const texts = [...svg.querySelectorAll('.aimc-legend text')];
          const lines = (t) => [...t.querySelectorAll('tspan')].map((s) => s.textContent);
          const words = (t) => lines(t).join(' ') || t.textContent;
          return {
            x: axes.x.domain, y: axes.y.domain, kinds: [axes.x.kind, axes.y.kind],
            legend: texts.map(words),
          };
        })"""
    )
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
        assert [" ".join(text.split()) for text in found["legend"]] == words, chart.title
