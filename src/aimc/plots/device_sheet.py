"""The data sheet of a fitted device as charts: points of the table, formulas, residuals."""

from __future__ import annotations

import numpy as np

from aimc.devices import FittedPCM
from aimc.devices.fitting.levels import EFFECTS
from aimc.plots.chart import Chart, Line, Points, Rule, numbers

__all__ = ["device_sheet"]

LABELS = {
    "programming": "programming error (µS)",
    "drift_mean": "mean drift exponent",
    "drift_std": "spread of drift exponent",
    "read_noise": "read noise factor Q",
}
STANDARD = 2.0
"""Standard errors within which 95 % of levels fall."""


def device_sheet(device: FittedPCM, *, residuals: bool = False) -> tuple[Chart, ...]:
    """Return the four functions of a fitted device over its targets, or their residuals.

    Parameters
    ----------
    device : FittedPCM
        Made by `aimc.devices.fit_device`.
    residuals : bool
        Whether to show points minus formula in standard errors instead; between -2 and 2 lie 95 %
        of them if the formula is right.

    Returns
    -------
    tuple of Chart
        Programming error, mean and spread of the drift exponent, factor of the read noise; for
        `draw`.

    Raises
    ------
    ValueError
        If the device has no data sheet.
    """
    if device.sheet is None:
        raise ValueError(f"{device.name!r} has no data sheet: make the device with fit_device")
    found = device.sheet.estimate
    missed = device.sheet.residuals()
    charts = []
    for k, effect in enumerate(EFFECTS):
        marks: tuple[Line | Points | Rule, ...]
        if residuals:
            marks = (
                Points(numbers(found.level), numbers(missed[effect]), "levels"),
                Rule(-STANDARD),
                Rule(STANDARD),
            )
            charts.append(Chart(LABELS[effect], "target / g_max", "standard errors off", marks))
            continue
        fit, points, errors = found.fits[k], found.points[:, k], found.errors[:, k]
        curve = fit(found.level) + 0.0 * found.level
        # a level whose error is as large as the curve says nothing
        told = errors < 0.5 * (np.ptp(curve) + np.abs(curve).mean())
        level, points, curve = found.level[told], points[told], curve[told]
        reach = STANDARD * errors[told]
        marks = (
            Line(
                numbers(level),
                numbers(curve),
                "formula, and where 95 % of levels fall",
                low=numbers(curve - reach),
                high=numbers(curve + reach),
            ),
            Points(numbers(level), numbers(points), "levels of the table"),
        )
        charts.append(Chart(LABELS[effect], "target / g_max", LABELS[effect], marks))
    return tuple(charts)
