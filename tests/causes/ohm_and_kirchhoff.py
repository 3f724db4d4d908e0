"""Controls of the chapter on volts and amperes: what a bit line carries."""

from __future__ import annotations

import numpy as np
from controls import control, matrix

from aimc.circuits.full_scale import line_loads, lost_current

PAGE = "1-concepts/02b-volts-amperes-nanoseconds"
COUNTS = (64, 128, 256, 512)


def inputs(n: int, seed: int) -> np.ndarray:
    """Return random inputs of both signs, of which a third are zero, shape (200, n)."""
    rng = np.random.default_rng([seed, n])
    return rng.uniform(-1, 1, (200, n)) * (rng.random((200, n)) < 2 / 3)


@control(
    page=PAGE,
    claim="The load of a line grows with the number of rows itself, because a phase of a read "
    "carries one sign at a time and nothing cancels.",
    without="a one-phase read, in which both signs meet on the line",
    quantity="exponent with which the current at the start of the pulses, over the mean weight, "
    "grows with the rows",
    shows=lambda with_, without: abs(with_.mean() - 1) < 0.15 and abs(without.mean() - 0.5) < 0.1,
    weights=("uniform", "bell", "network"),
)
def one_sign_at_a_time_makes_the_load_linear(weights: str, seed: int, cause: bool) -> float:
    currents = []
    for n in COUNTS:
        w = matrix(weights, (64, n), seed)
        load = line_loads(w, inputs(n, seed), phases=4 if cause else 1)
        # the largest of more weights is larger, and would make all others smaller
        currents.append(np.sqrt(np.mean(load**2)) / np.abs(w).mean())
    return float(np.polyfit(np.log(COUNTS), np.log(currents), 1)[0])


@control(
    page=PAGE,
    claim="The current at the beginning of the window is larger than its mean, because all pulses "
    "start together.",
    without="pulses of random places in the window",
    quantity="current of the first instant of a phase over the mean of the phase",
    shows=lambda with_, without: with_.min() > 1.7 and np.all(np.abs(without - 1) < 0.1),
)
def all_pulses_start_together(weights: str, seed: int, cause: bool) -> float:
    w, x = np.clip(matrix(weights, (64, 256), seed), 0, None), np.clip(inputs(256, seed), 0, None)
    start = 0.0 if cause else np.random.default_rng(seed).random(x.shape) * (1 - x)
    # seen where a quarter of the window is over without the cause, at its first instant with it
    now = 0.0 if cause else np.random.default_rng(seed + 1).random(x.shape)
    on = (now >= start) & (now <= start + x) & (x > 0)
    return float(np.sum(on @ w.T) / np.sum(x @ w.T))


@control(
    page=PAGE,
    claim="Shorter pulses do not spare the converter, since a pulse begins with the same current "
    "whatever its length; a smaller voltage does.",
    without="the read voltage is halved in place of the length of the pulses",
    quantity="share of the lines and vectors that lose current above the limit",
    shows=lambda with_, without: with_.min() > 0.5 and without.max() < 0.05,
)
def shorter_pulses_begin_with_the_same_current(weights: str, seed: int, cause: bool) -> float:
    w, x = matrix(weights, (64, 256), seed), inputs(256, seed)
    lines = 20e-6 * np.stack([np.clip(w, 0, None), np.clip(-w, 0, None)])
    limit = 0.2 * 20e-6 * float(np.quantile(line_loads(w, x), 0.1))
    lost = lost_current(lines, x / 2 if cause else x, i_max=limit, v_read=0.2 if cause else 0.1)
    return float(np.mean(lost != 0))
