"""The charts of a fitted device show its points and its formulas."""

from dataclasses import replace

import numpy as np
import pytest

from aimc.devices import FittedPCM, fit_device, pcm_2019
from aimc.plots import Chart, Line, Points, draw
from aimc.plots.device_sheet import device_sheet


@pytest.fixture(scope="module")
def device() -> FittedPCM:
    original = pcm_2019()
    target = np.repeat(np.linspace(0, 1, 12) * original.g_max, 60)
    times = np.array([1.0, 600.0, 86400.0])
    state = original.program(target, 1)
    reads = np.stack([state.read(float(t), k) for k, t in enumerate(times)], axis=1)
    return fit_device({"target": target, "time": times, "conductance": reads}, unit="S")


def test_formula_and_points_are_those_of_the_fit(device: FittedPCM) -> None:
    charts = device_sheet(device)
    assert len(charts) == 4
    line, points = charts[0].marks
    assert isinstance(line, Line)
    assert isinstance(points, Points)
    at = np.array(line.x) * device.g_max
    np.testing.assert_allclose(line.y, device.programming_std(at) * 1e6)
    inside = (np.array(line.low) < points.y) & (points.y < np.array(line.high))
    assert inside.mean() > 0.8
    figure = draw(charts)
    assert len(figure.axes) == 4


def test_residuals_are_in_standard_errors(device: FittedPCM) -> None:
    charts = device_sheet(device, residuals=True)
    assert all(isinstance(chart, Chart) for chart in charts)
    assert device.sheet is not None
    points = charts[3].marks[0]
    assert isinstance(points, Points)
    np.testing.assert_allclose(points.y, device.sheet.residuals()["read_noise"])


def test_a_device_without_a_sheet_is_refused(device: FittedPCM) -> None:
    with pytest.raises(ValueError, match="'fitted device' has no data sheet"):
        device_sheet(replace(device, sheet=None))
