"""Charts as data for a page: rounded, thinned where nobody can see it, and beside the picture."""

import json
import math

import numpy as np
import pytest

from aimc.plots import Bars, Chart, Heatmap, Line, Points, draw, numbers
from aimc.plots.data import MIME, chart_data


def data_of(*marks, **options):
    chart = Chart("T", "x", "y", marks, **options)
    (tree,) = chart_data([chart], columns=1, width=7.0, height=3.5)["charts"]
    return tree


def test_figure_brings_picture_and_data():
    charts = [Chart(name, "x", "y", (Line((0.0, 1.0), (0.0, 1.0)),)) for name in ("a", "b", "c")]
    figure = draw(charts)
    bundle = figure._repr_mimebundle_()
    assert list(bundle) == [MIME]
    tree = json.loads(json.dumps(bundle[MIME], allow_nan=False))
    assert tree == bundle[MIME]
    assert [chart["title"] for chart in tree["charts"]] == ["a", "b", "c"]
    assert tree["columns"] == 2
    assert tree["aspect"] == pytest.approx(3.6 / 4.2, abs=1e-3)
    assert figure._repr_png_().startswith(b"\x89PNG")


@pytest.mark.native("it needs packages of authors")
def test_notebook_gets_both():
    formatter = pytest.importorskip("IPython.core.formatters").DisplayFormatter()
    figure = draw(Chart("t", "x", "y", (Line((0.0, 1.0), (0.0, 1.0)),)))
    formatter.ipython_display_formatter.enabled = False
    shown, _ = formatter.format(figure)
    assert {MIME, "image/png", "text/plain"} <= set(shown)


def test_numbers_have_five_digits_and_no_number_is_null():
    (mark,) = data_of(Line((1.0, 2.0, 3.0), (math.pi, math.nan, 1.23456789e-9)))["marks"]
    assert mark["y"] == [3.1416, None, 1.2346e-9]
    assert mark["x"] == [1, 2, 3]
    (bars,) = data_of(Bars(("p", "q"), (1 / 3, 2.0), errors=(0.01234567, 0.0)))["marks"]
    assert bars["heights"] == [0.33333, 2]
    assert bars["errors"] == [0.012346, 0]
    (heat,) = data_of(Heatmap(((1 / 3, 2.0), (4.0, math.nan))))["marks"]
    assert heat["values"] == [[0.33333, 2], [4, None]]


def test_small_differences_of_large_numbers_survive():
    values = tuple(1e6 + 1e-3 * k for k in range(11))
    (mark,) = data_of(Points(values, values))["marks"]
    np.testing.assert_allclose(np.diff(mark["x"]), 1e-3, rtol=1e-3)


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_long_lines_lose_only_what_cannot_be_seen(scale):
    x = np.geomspace(1.0, 1e4, 5000) if scale == "log" else np.linspace(1.0, 9.0, 5000)
    y = 2.0 + np.sin(np.log(x) if scale == "log" else x)
    line = Line(numbers(x), numbers(y))
    (mark,) = data_of(line, x_scale=scale)["marks"]
    assert len(mark["x"]) < 1000
    f = np.log if scale == "log" else np.asarray
    again = np.interp(f(x), f(np.array(mark["x"])), mark["y"])
    assert np.abs(again - y).max() < 1e-3 * np.ptp(y)
    noise = Line(numbers(x), numbers(np.random.default_rng(1).normal(size=x.size)))
    (kept,) = data_of(noise, x_scale=scale)["marks"]
    assert len(kept["x"]) > 3000  # noise is all corners


def test_short_lines_and_bands_keep_every_point():
    x = numbers(np.linspace(0, 1, 900))
    (band,) = data_of(Line(x, x, low=x, high=x))["marks"]
    assert len(band["x"]) == 900
    (short,) = data_of(Line(x[:300], x[:300]))["marks"]
    assert len(short["x"]) == 300
