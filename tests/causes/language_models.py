"""Controls of the chapter on language models on analog cores."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from controls import control, matrix

from aimc import presets
from aimc.core import Core
from aimc.outlook.foundation_models import draw_rows

PAGE = "5-outlook/02-language-models"
TAILS = {"some outliers": 6.0, "many outliers": 3.5}


def core(seed: int, constant: bool = False) -> Core:
    """Return a core, whose cells err as they do, or all as a fully SET one."""
    made = presets.hermes_core(seed, devices=2)
    if constant:
        full = float(made.device.programming_fit(np.array(1.0)))
        same: Callable[[np.ndarray], np.ndarray] = lambda g: np.full_like(g, full)  # noqa: E731
        made = Core(
            replace(made.device, programming_fit=same), made.cell, made.periphery,
            rows=256, columns=256, serial=seed,
        )  # fmt: skip
    return made


def held(made: Core, w: np.ndarray, largest: np.ndarray | None = None) -> np.ndarray:
    """Return the weights that a core holds, with a scale of its own for each output."""
    top = np.abs(w).max(axis=1) if largest is None else largest
    return np.asarray(made.program(w, w_max=top).at(0.0).weights())


@control(
    page=PAGE,
    claim="A single outlier makes the errors of the other weights of its output larger, but by "
    "less than its own size, since it pushes them into small conductances that err less.",
    without="cells that all err as a fully SET one",
    quantity="error of the others with an outlier ten times as large, over that without",
    shows=lambda with_, without: with_.max() < 5 and without.min() > 7.5,
)
def an_outlier_is_kinder_than_its_size(weights: str, seed: int, cause: bool) -> float:
    w = matrix(weights, (64, 100), seed)
    w /= np.abs(w).max(axis=1, keepdims=True)  # the largest of each output is one
    outlier = w.copy()
    outlier[:, 0] = 10.0
    off = [float(np.std((held(core(seed, not cause), v) - v)[:, 1:])) for v in (outlier, w)]
    return off[0] / off[1]


@control(
    page=PAGE,
    claim="Clipping wins because the largest weight sets the scale of the errors of all others.",
    without="the clipped weights on the scale of the unclipped ones",
    quantity="error of the weights clipped at two deviations, over that of the unclipped ones",
    shows=lambda with_, without: with_.max() < 0.85 * without.min() and without.min() > 0.9,
    weights=tuple(TAILS),
)
def clipping_wins_by_the_scale(weights: str, seed: int, cause: bool) -> float:
    w = draw_rows(64, 64, TAILS[weights], np.random.default_rng(seed))
    clipped = np.clip(w, -2.0, 2.0)
    largest = np.abs(w).max(axis=1)
    before = held(core(seed), w) - w
    after = held(core(seed), clipped, None if cause else largest) - clipped
    return float(np.std(after) / np.std(before))


@control(
    page=PAGE,
    claim="Errors enter as squares, so that the few rows with outliers do more than their share "
    "of the damage.",
    without="the same rows clipped at 2.5 standard deviations",
    quantity="share (%) of the squared errors in the twentieth of the rows with the largest peaks",
    shows=lambda with_, without: with_.min() > 6 and without.max() < 5,
    weights=tuple(TAILS),
)
def few_rows_do_the_damage(weights: str, seed: int, cause: bool) -> float:
    w = draw_rows(240, 64, TAILS[weights], np.random.default_rng(seed))
    order = np.argsort(np.abs(w).max(axis=1))
    if not cause:
        w = np.clip(w, -2.5, 2.5)
    squares = np.mean((held(core(seed), w) - w) ** 2, axis=1)
    return 100 * float(squares[order[-12:]].sum() / squares.sum())
