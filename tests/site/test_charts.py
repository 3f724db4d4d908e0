"""The page's charts: what is drawn in the browser lies where its numbers say, in our colours."""

from __future__ import annotations

import functools
import itertools
import json
import math
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
from served import ROOT, serve

from aimc.plots import Bars, Boxes, Chart, Heatmap, Line, Points, Rule, palette
from aimc_course.explorers import browser_shell as answers

STATIC = ROOT / "book" / "_static"
PAGE = """<!doctype html><html lang="en" data-theme="light"><title>Charts</title>
<link rel="stylesheet" href="custom.css"><link rel="stylesheet" href="live/live.css">
<body style="margin:0;font-family:FAMILY"><script type="module">
import { render } from './live/chart.mjs';
import * as palette from './live/palette.mjs';
import { formatted } from './live/scales.mjs';
window.palette = palette;
window.formatted = formatted;
window.draw = (chart, options) => {
  const svg = render(chart, options);
  document.body.replaceChildren(svg);
  return new XMLSerializer().serializeToString(svg);
};
</script></body></html>"""
# Whatever the machine calls sans-serif, and by name the two that Debian's browsers come with: where
# one is not installed its name falls back to the first.
FAMILIES = ("sans-serif", "DejaVu Sans", "Liberation Sans")
EXPLORERS = sorted(
    set(
        re.findall(
            r"^```\{explorer\} (\S+)",
            "\n".join(page.read_text(encoding="utf-8") for page in (ROOT / "book").glob("*/*.md")),
            re.MULTILINE,
        )
    )
)
MINUS, SUPERSCRIPTS = "\u2212", str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


@pytest.fixture(scope="module")
def canvas(
    request: pytest.FixtureRequest, browser: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("charts")
    shutil.copytree(STATIC / "live", folder / "live")
    shutil.copy2(STATIC / "custom.css", folder)
    family = getattr(request, "param", FAMILIES[0])
    (folder / "index.html").write_text(PAGE.replace("FAMILY", family), encoding="utf-8")
    problems: list[str] = []
    with serve(folder) as address:
        page = browser.new_page(viewport={"width": 800, "height": 600})
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(f"{address}/index.html")
        page.wait_for_function("() => Boolean(window.draw)")
        yield page
        page.close()
    assert problems == []


def number(text: str) -> float:
    """Return the value of a tick's label."""
    text = text.replace(MINUS, "-")
    power = re.fullmatch(r"10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", text)
    return 10.0 ** int(power[1].translate(SUPERSCRIPTS)) if power else float(text)


@dataclass
class Drawing:
    """An SVG drawing, and how to read values off its axes."""

    root: ElementTree.Element
    chart: Chart

    def find(self, name: str) -> list[ElementTree.Element]:
        return [e for e in self.root.iter() if name in e.get("class", "").split()]

    def texts(self, name: str) -> list[str]:
        tag = "{http://www.w3.org/2000/svg}text"
        return ["".join(e.itertext()) for group in self.find(name) for e in group.iter(tag)]

    def ticks(self, axis: str) -> list[tuple[float, float, str]]:
        """Return value, place in px and label of each tick."""
        found = []
        for tick in next(iter(self.find(f"aimc-axis-{axis}"))):
            if tick.get("class") != "aimc-tick":
                continue
            stroke = next(e for e in tick if "aimc-stroke" in e.get("class", ""))
            label = "".join(list(tick)[-1].itertext())
            place = float(stroke.get(f"{axis}1", "nan"))
            found.append((float(tick.get("data-value", "nan")), place, label))
        return found

    def px(self, axis: str, value: float) -> float:
        """Return where a value lies, told from the outermost ticks alone."""
        ticks = self.ticks(axis)
        kind = self.chart.x_scale if axis == "x" else self.chart.y_scale
        f = math.log10 if kind == "log" else float
        (a, low, _), (b, high, _) = ticks[0], ticks[-1]
        return low + (f(value) - f(a)) / (f(b) - f(a)) * (high - low)


def draw(canvas: Any, chart: Chart, width: int = 480, height: int = 300, **more: Any) -> Drawing:
    tree = answers.plain(chart.as_json())
    options = {"width": width, "height": height, "description": "what is seen", **more}
    markup = canvas.evaluate("([chart, options]) => window.draw(chart, options)", [tree, options])
    return Drawing(ElementTree.fromstring(markup), chart)


def near(element: ElementTree.Element, key: str) -> Any:
    return pytest.approx(float(element.get(key, "nan")), abs=1.0)


def vertices(path: ElementTree.Element) -> list[tuple[float, float]]:
    pairs = re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path.get("d", ""))
    return [(float(x), float(y)) for x, y in pairs]


SCALES = [("linear", "linear"), ("log", "log"), ("linear", "log")]


@pytest.mark.browser
@pytest.mark.parametrize(("x_scale", "y_scale"), SCALES)
def test_points_lie_at_their_values(canvas: Any, x_scale: str, y_scale: str) -> None:
    x, y = (0.5, 3.0, 20.0, 400.0), (2e-3, 0.7, 0.04, 55.0)
    points = Points(x, y, "measured", names=("a", "b", "c", "d"))
    chart = Chart("Title", "x", "y", (points,), x_scale, y_scale)
    drawing = draw(canvas, chart)
    circles = drawing.find("aimc-point")
    assert len(circles) == len(x)
    for circle, right, up in zip(circles, x, y, strict=True):
        assert drawing.px("x", right) == near(circle, "cx")
        assert drawing.px("y", up) == near(circle, "cy")
    assert drawing.texts("aimc-mark-points") == ["a", "b", "c", "d"]


@pytest.mark.browser
def test_points_outside_the_range_are_left_out(canvas: Any) -> None:
    chart = Chart("T", "x", "y", (Points((0.0, 1.0, 2.0), (0.0, 9.0, 1.0)),), y_range=(0.0, 2.0))
    assert len(draw(canvas, chart).find("aimc-point")) == 2


@pytest.mark.browser
def test_line_dash_and_band(canvas: Any) -> None:
    x = tuple(np.linspace(-2.0, 3.0, 11))
    y = tuple(np.sin(x))
    low, high = tuple(np.sin(x) - 0.2), tuple(np.sin(x) + 0.2)
    marks = (Line(x, y, "plain", low=low, high=high), Line(x, low, "dashed", dashed=True))
    drawing = draw(canvas, Chart("T", "x", "y", marks))
    first, second = drawing.find("aimc-line")
    for (px, py), right, up in zip(vertices(first), x, y, strict=True):
        assert px == pytest.approx(drawing.px("x", right), abs=1)
        assert py == pytest.approx(drawing.px("y", up), abs=1)
    assert first.get("stroke-dasharray") is None
    assert second.get("stroke-dasharray")
    (band,) = drawing.find("aimc-band")
    assert vertices(band)[0][1] == pytest.approx(drawing.px("y", high[0]), abs=1)
    assert vertices(band)[-1][1] == pytest.approx(drawing.px("y", low[0]), abs=1)
    assert drawing.texts("aimc-legend") == ["plain", "dashed"]


@pytest.mark.browser
def test_the_last_number_of_an_axis_stays_inside(canvas: Any) -> None:
    chart = Chart("T", "x", "y", (Line((0.0, 2e4), (0.0, 1.0)),), x_range=(0.0, 2e4))
    draw(canvas, chart, width=350)
    inside = """svg => [...svg.querySelectorAll('text')].every(
      (t) => t.getBoundingClientRect().right <= svg.getBoundingClientRect().right)"""
    assert canvas.locator("svg").evaluate(inside)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("label", "scale", "names"),
    [
        (
            "time since programming (s)",
            "log",
            "1 s, 1 min, 1 h, 1 day, 1 month, 1 year",
        ),
        ("time since programming (s)", "linear", None),
        ("frequency (Hz)", "log", None),
    ],
)
def test_a_long_axis_of_time_has_spans_by_name(
    canvas: Any, label: str, scale: str, names: str | None
) -> None:
    line = Line((1.0, 4e7), (1.0, 2.0))
    drawing = draw(canvas, Chart("T", label, "y", (line,), x_scale=scale), width=640)
    found = [name for _, _, name in drawing.ticks("x")]
    (axis_name, _) = drawing.texts("aimc-axis-name")
    if names is None:
        assert not {"1 h", "1 day"} & {*found}
        assert axis_name.startswith(label)
    else:
        assert found == names.split(", ")
        assert axis_name == "time since programming"
        assert drawing.px("x", 86400) == pytest.approx(drawing.ticks("x")[3][1], abs=0.5)


def names_of_curves(canvas: Any, y: tuple[float, ...], width: int) -> tuple[Drawing, list[Any]]:
    """Return a chart whose curves end at these heights, and its names from top to bottom."""
    curves = [Line((0.0, 1.0), (0.0, end), f"to {end:g}") for end in y]
    chart = Chart("T", "x", "y", (Points((0.5,), (1.0,), "point"), *curves), y_range=(0.0, 10.0))
    drawing = draw(canvas, chart, width=width, direct=True)
    (legend,) = drawing.find("aimc-legend")
    names = [
        e for e in legend.iter("{http://www.w3.org/2000/svg}text") if "to " in "".join(e.itertext())
    ]
    return drawing, sorted(names, key=lambda name: float(name.get("y", "nan")))


@pytest.mark.browser
def test_names_stand_where_curves_end(canvas: Any) -> None:
    ends = (9.0, 2.0, 3.0)
    drawing, names = names_of_curves(canvas, ends, 640)
    assert drawing.texts("aimc-legend") == ["point", "to 9", "to 2", "to 3"]  # as in the picture
    assert ["".join(name.itertext()) for name in names] == ["to 9", "to 3", "to 2"]
    places = [float(name.get("y", "nan")) for name in names]
    for name, place, end in zip(names, places, sorted(ends, reverse=True), strict=True):
        assert float(name.get("x", "nan")) > drawing.px("x", 1.0)
        assert abs(place - drawing.px("y", end)) < 25
    assert min(np.diff(places)) > 15  # none covers another


@pytest.mark.browser
@pytest.mark.parametrize(
    ("ends", "width"),
    [((9.0, 2.0, 2.1), 640), ((9.0, 2.0, 12.0), 640), ((9.0, 2.0, 3.0), 400)],
    ids=["two end together", "one leaves the chart", "no room"],
)
def test_names_stand_in_the_legend_where_curves_do_not_tell(
    canvas: Any, ends: tuple[float, ...], width: int
) -> None:
    drawing, names = names_of_curves(canvas, ends, width)
    assert len(names) == len(ends)
    assert {name.get("y") for name in names} == {names[0].get("y")}  # in one row
    assert float(names[0].get("y", "nan")) < drawing.px("y", 10.0)


@pytest.mark.browser
def test_values_without_a_number_leave_a_gap(canvas: Any) -> None:
    line = Line((0.0, 1.0, 2.0, 3.0), (1.0, math.nan, 2.0, 3.0))
    (path,) = draw(canvas, Chart("T", "x", "y", (line,))).find("aimc-line")
    assert path.get("d", "").count("M") == 2
    assert len(vertices(path)) == 3


RANGES = [(-4.0, 7.0), (-9e-7, 2e-7), (0.0, 3.2e8), (1000.001, 1000.004), (-0.3, -0.1), (0, 1)]


@pytest.mark.browser
@pytest.mark.parametrize("limits", RANGES)
def test_linear_ticks(canvas: Any, limits: tuple[float, float]) -> None:
    line = Line((0.0, 1.0), limits)
    drawing = draw(canvas, Chart("T", "x", "y", (line,)))
    ticks = drawing.ticks("y")
    assert 3 <= len(ticks) <= 9
    labels = [label for _, _, label in ticks]
    assert len(set(labels)) == len(labels)
    assert max(map(len, labels)) <= 9
    factor = drawing.find("aimc-factor")
    unit = 1.0
    if factor:
        unit = number("".join(factor[0].itertext()).removeprefix("×"))
    span = limits[1] - limits[0]
    for value, place, label in ticks:
        assert unit * number(label) == pytest.approx(value, abs=1e-6 * span)
        assert drawing.px("y", value) == pytest.approx(place, abs=0.5)
    (path,) = drawing.find("aimc-line")
    assert vertices(path)[0][1] == pytest.approx(drawing.px("y", limits[0]), abs=1)


@pytest.mark.browser
@pytest.mark.parametrize("last", [3, 7, 30, 120])
def test_an_axis_that_counts_is_marked_at_whole_numbers(canvas: Any, last: int) -> None:
    steps = tuple(map(float, range(last + 1)))
    for x, whole in ((steps, True), (tuple(0.5 * step for step in steps), False)):
        drawing = draw(canvas, Chart("T", "step", "y", (Line(x, steps),)), width=700)
        for axis, expected in (("x", whole), ("y", True)):
            labels = [label for _, _, label in drawing.ticks(axis)]
            assert len(labels) >= 2
            assert all(re.fullmatch(r"\d+", label) for label in labels) or not expected, labels


@pytest.mark.browser
@pytest.mark.parametrize(("count", "small"), [(20, False), (400, True)])
def test_points_by_the_hundred_are_smaller_and_shine_through(
    canvas: Any, count: int, small: bool
) -> None:
    places = tuple(map(float, range(count)))
    dots = draw(canvas, Chart("T", "x", "y", (Points(places, places),))).find("aimc-point")
    assert len(dots) == count
    for dot in dots:
        assert (float(dot.get("r", "nan")) < 4) is small
        assert (float(dot.get("fill-opacity", "1")) < 1) is small


@pytest.mark.browser
def test_an_axis_between_two_ends_is_no_count(canvas: Any) -> None:
    drawing = draw(canvas, Chart("T", "x", "y", (Line((0.0, 1.0), (0.0, 1.0)),)))
    assert len(drawing.ticks("x")) > 2


@pytest.mark.browser
def test_axes_begin_and_end_where_they_are_told(canvas: Any) -> None:
    chart = Chart("T", "x", "y", (Line((0.0, 1.5), (0.0, 1.5), "curve"),))
    for direct in (True, False):
        (clip,) = draw(canvas, chart, width=600, direct=direct, edges=[120, 420]).find("aimc-spine")
        left, right = vertices(clip)[0][0], float(clip.get("d", "").split("H")[1])
        assert (left, right) == (120, 420)


@pytest.mark.browser
@pytest.mark.parametrize("limits", [(1e-3, 1e3), (1e-12, 1e9), (2.0, 30.0), (3.0, 4.0), (20, 80)])
def test_log_ticks(canvas: Any, limits: tuple[float, float]) -> None:
    chart = Chart("T", "x", "y", (Line((1.0, 2.0), limits),), y_scale="log", y_range=limits)
    drawing = draw(canvas, chart)
    ticks = drawing.ticks("y")
    assert 2 <= len(ticks) <= 10
    for value, place, label in ticks:
        assert number(label) == pytest.approx(value)
        assert drawing.px("y", value) == pytest.approx(place, abs=0.5)
    decades = math.log10(limits[1] / limits[0])
    if decades >= 2:
        assert all(label.startswith("10") for _, _, label in ticks)


@pytest.mark.browser
def test_bars_side_by_side_with_errors(canvas: Any) -> None:
    names, a, b, error = ("p", "q", "r"), (1.0, -2.0, 3.0), (2.0, 1.0, 0.5), (0.2, 0.1, 0.4)
    chart = Chart("T", "x", "y", (Bars(names, a, "a", errors=error), Bars(names, b, "b")))
    drawing = draw(canvas, chart)
    bars = drawing.find("aimc-bar")
    assert len(bars) == 6
    zero = drawing.px("y", 0.0)
    for bar, height in zip(bars, a + b, strict=True):
        head = drawing.px("y", height)
        assert min(zero, head) == near(bar, "y")
        assert abs(zero - head) == near(bar, "height")
    edges = sorted((float(e.get("x", 0)), float(e.get("width", 0))) for e in bars)
    assert all(x + wide <= nxt + 0.1 for (x, wide), (nxt, _) in itertools.pairwise(edges))
    for whisker, height, size in zip(drawing.find("aimc-error"), a, error, strict=True):
        found = re.match(r"M[\d.]+ ([\d.]+)V([\d.]+)", whisker.get("d", ""))
        assert found is not None
        ends = sorted((float(found[1]), float(found[2])))
        right = sorted((drawing.px("y", height - size), drawing.px("y", height + size)))
        assert ends == pytest.approx(right, abs=1)
    assert [label for _, _, label in drawing.ticks("x")] == list(names)


@pytest.mark.browser
def test_bars_of_one_mark_may_stand_for_different_things(canvas: Any) -> None:
    things = ("DRAM", "", "array")
    mark = Bars(("a", "b", "c"), (1.0, 2.0, 3.0), thing="exact", things=things)
    drawing = draw(canvas, Chart("T", "x", "y", (mark,)))
    numbers = [palette.THINGS[thing or "exact"] for thing in things]
    shown = [bar.get("style") for bar in drawing.find("aimc-bar")]
    assert shown == [f"fill: var(--aimc-series-{number})" for number in numbers]


@pytest.mark.browser
def test_stacked_bars_stand_on_each_other(canvas: Any) -> None:
    names, a, b = ("p", "q"), (1.0, 2.0), (3.0, 0.5)
    marks = (Bars(names, a, "a", stacked=True), Bars(names, b, "b", stacked=True))
    drawing = draw(canvas, Chart("T", "x", "y", marks))
    bars = drawing.find("aimc-bar")
    for lower, upper, foot, height in zip(bars[:2], bars[2:], a, b, strict=True):
        assert drawing.px("y", foot) == near(lower, "y")
        assert drawing.px("y", foot + height) == near(upper, "y")
        assert lower.get("x") == upper.get("x")


@pytest.mark.browser
def test_bars_are_named_above_or_inside_where_there_is_room(canvas: Any) -> None:
    names, heights = ("p", "q"), (2.0, 4.0)
    beside = Bars(names, heights, errors=(1.0, 0.0), names=("two", "four"))
    drawing = draw(canvas, Chart("T", "x", "y", (beside,), y_range=(0.0, 5.0)))
    told = {"".join(e.itertext()): float(e.get("y", 0)) for e in drawing.find("aimc-name")}
    assert told["two"] < drawing.px("y", 3.0) < told["two"] + 8
    assert told["four"] < drawing.px("y", 4.0) < told["four"] + 8
    inside = tuple(
        Bars(names, (h, 0.05), stacked=True, names=(n, "lost"))
        for h, n in zip(heights, ("a", "b"), strict=True)
    )
    drawing = draw(canvas, Chart("T", "x", "y", inside))
    assert ["".join(e.itertext()) for e in drawing.find("aimc-written")] == ["a", "b"]
    wide = tuple(
        Bars(names, heights, names=("a name much longer than its bar is wide", "b")) for _ in "ab"
    )
    drawing = draw(canvas, Chart("T", "x", "y", wide, y_range=(0.0, 9.0)))
    assert not drawing.find("aimc-name"), "names that would cover each other"


@pytest.mark.browser
def test_names_of_points_keep_off_curves_and_rules(canvas: Any) -> None:
    rising = Line((0.0, 10.0), (0.0, 10.0))
    one = Points((5.0,), (5.0,), names=("a name",))
    drawing = draw(canvas, Chart("T", "x", "y", (rising, one)))
    (name,) = drawing.find("aimc-name")
    below, right = float(name.get("y", 0)), float(name.get("x", 0)) > drawing.px("x", 5.0)
    assert right == (below > drawing.px("y", 5.0)), "left above the curve or right below it"
    row = Points((5.0,), (0.0,), names=("2,384",))
    drawing = draw(canvas, Chart("T", "x", "y", (Rule(4.9, axis="x"), row), y_names=("a", "b")))
    (name,) = drawing.find("aimc-name")
    assert float(name.get("x", 0)) > drawing.px("x", 4.9), "the rule does not cross its name"
    assert float(name.get("y", 0)) < drawing.px("y", 0.0), "above, in the first row too"


@pytest.mark.browser
def test_bars_on_a_log_axis_stand_on_its_lower_edge(canvas: Any) -> None:
    heights = (1.0, 1e3)
    chart = Chart("T", "x", "y", (Bars(("p", "q"), heights),), y_scale="log", y_range=(0.1, 1e4))
    drawing = draw(canvas, chart)
    for bar, height in zip(drawing.find("aimc-bar"), heights, strict=True):
        assert drawing.px("y", height) == near(bar, "y")
        assert drawing.px("y", 0.1) - drawing.px("y", height) == near(bar, "height")


@pytest.mark.browser
def test_long_names_are_folded_or_slanted(canvas: Any) -> None:
    few = ("first kind of thing", "second kind of thing")
    many = tuple(f"a longish name {k}" for k in range(9))
    for names, slanted in ((few, False), (many, True)):
        chart = Chart("T", "x", "y", (Bars(names, tuple(map(float, range(len(names))))),))
        drawing = draw(canvas, chart, width=330)
        labels = [label for _, _, label in drawing.ticks("x")]
        words = [re.sub(r"\s+", "", label) for label in labels]
        assert words == [name.replace(" ", "") for name in names]
        marks = ElementTree.tostring(drawing.find("aimc-axis-x")[0], encoding="unicode")
        assert ("rotate(-30" in marks) is slanted
        assert_within(canvas)


@pytest.mark.browser
@pytest.mark.parametrize("canvas", FAMILIES, indirect=True)
def test_columns_without_a_name_leave_no_text(canvas: Any) -> None:
    names = tuple(f"{k / 10:.1f}" if k % 10 == 0 else "" for k in range(60))
    chart = Chart("T", "time", "", (Heatmap((tuple(map(float, range(60))),), ("a",), names),))
    for width in (290, 660):
        drawing = draw(canvas, chart, width=width)
        assert [label for _, _, label in drawing.ticks("x")] == [name for name in names if name]
        assert_within(canvas)


@pytest.mark.browser
@pytest.mark.parametrize(("signed", "reach"), [(False, 0.0), (True, 0.0), (True, 4.5)])
def test_heatmap(canvas: Any, signed: bool, reach: float) -> None:
    values = np.array([[0.0, 1.5, -3.0], [2.25, 0.5, 3.0]])
    mark = Heatmap(
        tuple(map(tuple, values.tolist())),
        ("r1", "r2"),
        ("c1", "c2", "c3"),
        "µA",
        signed,
        ".2f",
        reach,
    )
    drawing = draw(canvas, Chart("T", "column", "row", (mark,)))
    cells = drawing.find("aimc-cell")
    peak = reach or 3.0
    low, high = (-peak, peak) if signed else (values.min(), values.max())
    colours = matplotlib.colormaps[palette.SIGNED if signed else palette.SEQUENTIAL]
    assert len(cells) == values.size
    for cell, value in zip(cells, values.ravel(), strict=True):
        shown = [int(c) for c in re.findall(r"\d+", cell.get("fill", ""))]
        expected = 255 * np.array(colours((value - low) / (high - low))[:3])
        assert shown == pytest.approx(expected, abs=3)
    tops = [float(cell.get("y", "nan")) for cell in cells]
    assert tops[0] == tops[2] < tops[3], "row 0 must be on top"
    written = ["".join(e.itertext()) for e in drawing.find("aimc-written")]
    assert written == [f"{value:.2f}".replace("-", MINUS) for value in values.ravel()]
    assert [label for _, _, label in drawing.ticks("x")] == ["c1", "c2", "c3"]
    assert [label for _, _, label in drawing.ticks("y")] == ["r1", "r2"]
    bar = drawing.texts("aimc-colours")
    assert bar[-1] == "µA"
    assert all(low <= number(label) <= high for label in bar[:-1])
    assert len(bar) >= 4


GAPS = """([chart, options]) => {
  document.body.innerHTML = window.draw(chart, options);
  const names = [...document.querySelectorAll('.aimc-written')];
  const boxes = names.map((name) => name.getBoundingClientRect());
  document.body.innerHTML = '';
  return boxes.slice(1).map((box, i) => box.left - boxes[i].right);
}"""


@pytest.mark.browser
def test_names_of_neighbouring_boxes_do_not_touch(canvas: Any) -> None:
    seen = []
    for count in range(8, 30):
        x = tuple(map(float, range(count)))
        mark = Boxes(x, (0.0,) * count, 1.0, 1.0, texts=("H8",) * count)
        tree = answers.plain(Chart("T", "x", "y", (mark,)).as_json())
        seen.append(canvas.evaluate(GAPS, [tree, {"width": 480, "height": 300, "description": ""}]))
    assert seen[0]
    assert not seen[-1], "they have no room"
    assert min(gap for gaps in seen for gap in gaps) > 4


@pytest.mark.browser
def test_large_heatmap_is_an_image(canvas: Any) -> None:
    values = tuple(map(tuple, np.arange(6400.0).reshape(80, 80).tolist()))
    drawing = draw(canvas, Chart("T", "column", "row", (Heatmap(values),)))
    assert drawing.find("aimc-cell") == []
    (image,) = drawing.root.iter("{http://www.w3.org/2000/svg}image")
    assert image.get("href", "").startswith("data:image/png")
    assert len(drawing.ticks("x")) < 20


@pytest.mark.browser
@pytest.mark.parametrize("shaded", [False, True])
def test_boxes_on_a_map(canvas: Any, shaded: bool) -> None:
    x, y, values = (1.0, 3.0, 5.0), (1.0, 3.0, 1.0), (0.5, 2.0, 8.0)
    boxes = Boxes(
        x, y, 2.0, 1.5, "pJ", values if shaded else (), ("A", "B", "C"), ("one", "two", "three")
    )
    edge = Boxes((3.0,), (2.0,), 6.0, 4.0, "die", filled=False)
    chart = Chart("T", "x", "y", (boxes, edge), x_range=(0.0, 6.0), y_range=(0.0, 4.0), equal=True)
    drawing = draw(canvas, chart)
    filled = [e for e in drawing.find("aimc-box") if "aimc-outline" not in e.get("class", "")]
    assert len(filled) == len(x)
    unit = drawing.px("x", 1.0) - drawing.px("x", 0.0)
    assert unit == pytest.approx(drawing.px("y", 0.0) - drawing.px("y", 1.0), rel=0.01)
    for box, right, up in zip(filled, x, y, strict=True):
        assert drawing.px("x", right - 1.0) == near(box, "x")
        assert drawing.px("y", up + 0.75) == near(box, "y")
        assert 2.0 * unit == near(box, "width")
        assert 1.5 * unit == near(box, "height")
    assert ["".join(e.itertext()) for e in drawing.find("aimc-written")] == ["A", "B", "C"]
    hints = ["".join(e.itertext()) for e in filled]
    assert hints == (["one: 0.5 pJ", "two: 2 pJ", "three: 8 pJ"] if shaded else [*boxes.names])
    if shaded:
        colours = matplotlib.colormaps[palette.SEQUENTIAL]
        for box, value in zip(filled, values, strict=True):
            shown = [int(c) for c in re.findall(r"\d+", box.get("style", ""))]
            expected = 255 * np.array(colours((value - 0.5) / 7.5)[:3])
            assert shown == pytest.approx(expected, abs=3)
        assert drawing.texts("aimc-colours")[-1] == "pJ"
    assert drawing.texts("aimc-legend") == (["die"] if shaded else ["pJ", "die"])
    assert_within(canvas)


@pytest.mark.browser
@pytest.mark.parametrize("axis", ["x", "y"])
def test_rule(canvas: Any, axis: str) -> None:
    marks = (Line((0.0, 10.0), (0.0, 5.0)), Rule(3.0, "limit", axis=axis))
    drawing = draw(canvas, Chart("T", "x", "y", marks))
    (line,) = drawing.find("aimc-rule")
    assert drawing.px(axis, 3.0) == near(line, f"{axis}1")
    assert drawing.px(axis, 3.0) == near(line, f"{axis}2")
    assert drawing.texts("aimc-mark-rule") == ["limit"]


@pytest.mark.browser
def test_words_of_a_rule_leave_a_curve_free(canvas: Any) -> None:
    # The curve passes where the words of a rule stand else: above it, at the right.
    x = np.linspace(0.0, 10.0, 101)
    curve = Line(tuple(x), tuple(5.0 + 4.6 / (1.0 + np.exp(5.0 - 2.0 * x))))
    marks = (curve, Rule(9.0, "the limit itself"))
    draw(canvas, Chart("T", "x", "y", marks, y_range=(0.0, 12.0)))
    hidden = canvas.evaluate(
        """() => {
          const box = document.querySelector('.aimc-mark-rule text').getBoundingClientRect();
          const curve = document.querySelector('svg path.aimc-line');
          const at = curve.getScreenCTM();
          const length = curve.getTotalLength();
          return Array.from({ length: 400 }, (_, k) => curve.getPointAtLength((k * length) / 400)
            .matrixTransform(at)).some(({ x, y }) =>
              x > box.left && x < box.right && y > box.top && y < box.bottom);
        }"""
    )
    assert not hidden


@pytest.mark.browser
def test_drawing_is_named_and_described(canvas: Any) -> None:
    chart = Chart("A <title> & more", "time (s)", "current (A)", (Line((0.0, 1.0), (0.0, 1.0)),))
    drawing = draw(canvas, chart)
    ids = {e.get("id"): "".join(e.itertext()) for e in drawing.root.iter() if e.get("id")}
    assert drawing.root.get("role") == "img"
    assert ids[drawing.root.get("aria-labelledby")] == chart.title
    assert ids[drawing.root.get("aria-describedby")] == "what is seen"
    title, *_ = drawing.find("aimc-chart-title")
    assert "".join(title.itertext()) == chart.title
    names = ["".join(e.itertext()) for e in drawing.find("aimc-axis-name")]
    assert names == ["time (s)", "current (A)"]


def assert_within(canvas: Any) -> None:
    """Nothing written sticks out of the drawing, and all of it is large enough to be read."""
    outside = canvas.evaluate(
        """() => {
          const box = document.querySelector('svg').getBoundingClientRect();
          const bad = (b) => b.left < box.left - 1 || b.right > box.right + 1
            || b.top < box.top - 1 || b.bottom > box.bottom + 1;
          return [...document.querySelectorAll('svg text')].filter((text) =>
            bad(text.getBoundingClientRect()) || parseFloat(getComputedStyle(text).fontSize) < 12,
          ).map((text) => text.textContent);
        }"""
    )
    assert outside == []


@functools.cache
def charts_of(target: str) -> tuple[Chart, ...]:
    return tuple(answers.find(target).answer().charts)


@pytest.mark.browser
@pytest.mark.parametrize("canvas", FAMILIES, indirect=True)
@pytest.mark.parametrize("width", [290, 335, 660])
@pytest.mark.parametrize("target", EXPLORERS)
def test_charts_of_the_explorers_fit(canvas: Any, target: str, width: int) -> None:
    for chart in charts_of(target):
        drawing = draw(canvas, chart, width=width)
        assert_within(canvas)
        bars = [mark for mark in chart.marks if isinstance(mark, Bars)]
        assert len(drawing.find("aimc-bar")) == sum(len(mark.heights) for mark in bars)
        lines = [mark for mark in chart.marks if isinstance(mark, Line)]
        assert len(drawing.find("aimc-line")) == len(lines)


FORMATS = [".1f", ".2f", ".0f", "+.1f", ".2e", ".1%", "d", ".3g"]


@pytest.mark.browser
@pytest.mark.parametrize("spec", FORMATS)
def test_numbers_are_written_as_python_does(canvas: Any, spec: str) -> None:
    numbers = [12, -3, 0] if spec == "d" else [1.26, -0.034, 120.0, 0.52]
    for value in numbers:
        shown = canvas.evaluate("([v, s]) => window.formatted(v, s)", [value, spec])
        expected = re.sub(r"e([+-])0(\d)$", r"e\1\2", format(value, spec)).replace("-", MINUS, 1)
        assert shown.replace(MINUS, "-") == expected.replace(MINUS, "-")


@pytest.mark.browser
def test_indices_of_letters_are_lowered(canvas: Any) -> None:
    chart = Chart("G_max and V_th\nof read_noise", "x", "y", (Line((0.0, 1.0), (0.0, 1.0)),))
    canvas.evaluate("([chart, size]) => window.draw(chart, size)", [chart.as_json(), {}])
    title = canvas.locator(".aimc-chart-title")
    assert title.text_content() == "Gmax and Vthof read_noise"
    low = title.locator("tspan tspan").evaluate_all(
        """(spans) => spans.filter((s) => s.getAttribute('dy') > 0).map((s) => s.textContent)"""
    )
    assert low == ["max", "th"]
    heights = title.locator("xpath=./*").evaluate_all(
        "(lines) => lines.map((line) => line.getAttribute('y'))"
    )
    assert float(heights[1]) > float(heights[0])


@pytest.mark.browser
def test_colours_are_those_of_the_library(canvas: Any) -> None:
    ours = json.loads(canvas.evaluate("JSON.stringify(window.palette)"))
    assert tuple(ours["CATEGORICAL"]) == palette.CATEGORICAL
    assert tuple(ours["COLOURS"]) == palette.COLOURS
    assert ours["THINGS"] == palette.THINGS
    for things in (["", ""], ["digital", "", "", "array"], ["", "SRAM", ""], [""] * 9, ["glass"]):
        shown = canvas.evaluate(
            "(things) => window.palette.coloursOf(things.map((thing) => ({ thing })))", things
        )
        expected = palette.colour_numbers(things)
        assert shown == [f"var(--aimc-series-{number})" for number in expected]
    assert ours["INK"] == palette.INK
    assert ours["BACKGROUND"] == palette.BACKGROUND
    shares = np.linspace(0, 1, 256)
    for stops, name in ((ours["SEQUENTIAL"], palette.SEQUENTIAL), (ours["SIGNED"], palette.SIGNED)):
        knots = np.array([[int(c[k : k + 2], 16) for k in (1, 3, 5)] for c in stops])
        places = np.linspace(0, 1, len(knots))
        mixed = np.stack([np.interp(shares, places, knots[:, k]) for k in range(3)], axis=1)
        original = 255 * matplotlib.colormaps[name](shares)[:, :3]
        assert np.abs(mixed - original).max() < 3, name


def style(canvas: Any, theme: str) -> dict[str, str]:
    names = [f"series-{k}" for k in range(len(palette.COLOURS))] + ["ink", "grid", "panel"]
    return canvas.evaluate(
        """([theme, names]) => {
          document.documentElement.dataset.theme = theme;
          const style = getComputedStyle(document.documentElement);
          const value = (name) => style.getPropertyValue(`--aimc-${name}`).trim();
          const pairs = names.map((name) => [name, value(name)]);
          document.documentElement.dataset.theme = 'light';
          return Object.fromEntries(pairs);
        }""",
        [theme, names],
    )


def luminance(colour: str) -> float:
    parts = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return float(
        np.array([0.2126, 0.7152, 0.0722])
        @ np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    )


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_of_the_page_stand_out(canvas: Any, theme: str) -> None:
    found = style(canvas, theme)
    series = [found[f"series-{k}"] for k in range(len(palette.COLOURS))]
    if theme == "light":
        assert tuple(series) == palette.COLOURS
        assert (found["ink"], found["grid"]) == (palette.INK, palette.GRID)
    for colour in series:
        assert contrast(colour, found["panel"]) >= 3, colour
    assert contrast(found["ink"], found["panel"]) >= 7
    assert len(set(series)) == len(series)
