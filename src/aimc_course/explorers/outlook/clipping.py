"""How far to clip: what a limit on the weights of an output loses, and what its cells win.

Rows of weights with more or fewer outliers go on cells whose errors are a share of the largest
weight. A lower limit makes these errors smaller and the clipped weights wrong.
"""

from __future__ import annotations

import inspect
from functools import cache

import numpy as np

from aimc.plots import Chart, Line, Points, Rule, numbers
from aimc_course.explorers.controls import Choice, Slider
from aimc_course.explorers.explorer import Answer, Explorer
from aimc_course.studies.language_models import rows as room
from aimc_course.studies.language_models.rows import draw_rows, peak, row_errors

SERIAL, ROWS = 17, 24
TAILS = {"none (Gaussian)": np.inf, "some": 6.0, "many": 3.5}
LENGTHS = {f"{n:,}": n for n in (16, 64, 256, 1024, 4096)}
LIMITS = np.linspace(0.6, 6.0, 55)


@cache
def weights(tails: str, inputs: int) -> np.ndarray:
    """Return the rows, shape (rows, inputs), in standard deviations."""
    return draw_rows(ROWS, inputs, TAILS[tails], np.random.default_rng([SERIAL, inputs]))


@cache
def curves(tails: str, inputs: int, noise: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the errors by clipping and by cells over `LIMITS`."""
    found = np.array([row_errors(weights(tails, inputs), float(c), noise) for c in LIMITS])
    return found[:, 0], found[:, 1]


def compute(tails: str, length: str, noise: float, limit: float) -> Answer:
    """Clip rows of weights and say what that loses and wins.

    Parameters
    ----------
    tails : str
        How many outliers there are, one of `TAILS`.
    length : str
        Weights of a row, one of `LENGTHS`.
    noise : float
        Error of a cell, per cent of a fully SET one.
    limit : float
        Standard deviations at which weights are clipped.
    """
    inputs = LENGTHS[length]
    drawn = weights(tails, inputs)
    lost, cells = row_errors(drawn, limit, noise / 100)
    before = row_errors(drawn, np.inf, noise / 100)[1]
    both = np.hypot(*curves(tails, inputs, noise / 100))
    best = float(LIMITS[np.argmin(both)])
    advised = f"a limit of {best:.1f}" if both.min() < before else "no limit"
    share = float(np.mean(np.abs(drawn) > limit))
    values = {
        "error_unclipped": before,
        "error_by_clipping": lost,
        "error_of_cells": cells,
        "error_total": float(np.hypot(lost, cells)),
        "best_limit": best,
        "clipped_share": share,
        "peak": float(peak(drawn).mean()),
    }
    sentence = (
        f"The largest of {inputs:,} weights is {values['peak']:.1f} standard deviations on "
        f"average, and unclipped rows are off by {100 * before:.1f}%. A limit of {limit:.1f} "
        f"touches {100 * share:.1f}% of the weights: cells are then off by {100 * cells:.1f}% and "
        f"clipping itself by {100 * lost:.1f}%, {100 * values['error_total']:.1f}% together. "
        f"Without training, {advised} would be best."
    )
    charts = (
        _weights(drawn, limit),
        _errors(tails, inputs, noise / 100, limit),
        _peaks(tails, limit),
    )
    return Answer(values, charts, sentence)


def _weights(drawn: np.ndarray, limit: float) -> Chart:
    top = float(peak(drawn).mean())
    edge = max(8.0, float(np.ceil(top)))
    edges = np.arange(-edge, edge + 0.25, 0.25)
    middle = (edges[:-1] + edges[1:]) / 2
    marks: list[Line | Rule] = []
    for name, values in (("as they are", drawn), ("clipped", np.clip(drawn, -limit, limit))):
        share = 100 * np.histogram(values, edges)[0] / drawn.size
        marks.append(Line(numbers(middle), numbers(share), name, dashed=name == "as they are"))
    marks += [Rule(top, "largest", axis="x"), Rule(limit, "limit", axis="x")]
    return Chart(
        f"Weights of {ROWS} outputs",
        "weight (standard deviations)",
        "share of the weights (%)",
        tuple(marks),
        x_range=(-edge, edge),
    )


def _errors(tails: str, inputs: int, noise: float, limit: float) -> Chart:
    lost, cells = curves(tails, inputs, noise)
    chosen = float(np.hypot(*row_errors(weights(tails, inputs), limit, noise)))
    return Chart(
        "What a limit loses and wins",
        "limit (standard deviations)",
        "error of the product (%)",
        (
            Line(numbers(LIMITS), numbers(100 * lost), "clipped weights", dashed=True),
            Line(numbers(LIMITS), numbers(100 * cells), "cells"),
            Line(numbers(LIMITS), numbers(100 * np.hypot(lost, cells)), "both"),
            Rule(limit, "limit", axis="x"),
        ),
        x_range=(0.6, 6.0),
        y_range=(0.0, max(50.0, float(np.ceil(110 * chosen)))),
    )


def _peaks(tails: str, limit: float) -> Chart:
    lengths = np.array(list(LENGTHS.values()))
    found = np.array([peak(weights(tails, int(n))).mean() for n in lengths])
    clipped = np.minimum(found, limit)
    return Chart(
        "The largest weight",
        "weights of an output",
        "largest / standard deviation",
        (
            Line(numbers(lengths), numbers(found), "as they are", dashed=True),
            Points(numbers(lengths), numbers(clipped), "clipped"),
        ),
        x_scale="log",
        y_range=(0.0, float(np.ceil(found.max() + 1))),
    )


CLIPPING = Explorer(
    name="clipping",
    title="How far should one clip?",
    controls=(
        Choice("tails", "Outliers", tuple(TAILS), "some"),
        Choice("length", "Weights of an output", tuple(LENGTHS), "1,024"),
        Slider("noise", "Error of a cell (%)", 0.5, 10.0, 0.5, 4.0),
        Slider("limit", "Limit (standard deviations)", 1.0, 6.0, 0.25, 2.5),
    ),
    compute=compute,
    source=inspect.getsource(room),
)
"""Rows of weights on cells with errors, clipped at a limit of one's choice."""
