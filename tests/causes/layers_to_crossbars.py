"""Controls of chapter 6: what the error of a convolution on cores is made of."""

from __future__ import annotations

import numpy as np
from controls import control, matrix

import aimc
from aimc.circuits import mvm_error

PAGE = "1-concepts/06-layers-to-crossbars"


@control(
    page=PAGE,
    claim="A large part of the error of a layer behind a ReLU is one number per filter times the "
    "sum of the inputs, because the inputs have one sign.",
    without="the same inputs with random signs",
    quantity="share of the power of errors of weights that goes with the sum of the inputs",
    shows=lambda with_, without: with_.min() > 0.15 and without.max() < 0.05,
)
def inputs_of_one_sign_leave_a_common_part(weights: str, seed: int, cause: bool) -> float:
    rng, w = np.random.default_rng(seed), matrix(weights, (112, 252), seed)
    x = np.clip(rng.normal(size=(500, 252)), 0, None)
    x = x / x.max() if cause else x / x.max() * rng.choice([-1.0, 1.0], x.shape)
    core = aimc.presets.hermes(serial=seed).program(w)
    error, sums = x @ (core.weights() - w).T, x.sum(axis=1)
    left = error - np.outer(sums, sums @ error / (sums @ sums))
    return float(1 - np.sum(left**2) / np.sum(error**2))


@control(
    page=PAGE,
    claim="Normal weights have a larger error than uniform ones, because the largest of them sets "
    "the scale and typical ones use little of the range.",
    without="the normal weights are clipped at 1.1 standard deviations, and the error is taken "
    "against them",
    quantity="error of the multiplication over that of uniform weights",
    shows=lambda with_, without: with_.min() > 1.4 and without.max() < 1.2,
    weights=("bell", "normal"),
)
def the_largest_weight_sets_the_scale(weights: str, seed: int, cause: bool) -> float:
    rng = np.random.default_rng(seed)
    w = rng.normal(size=(112, 252)) if weights == "normal" else matrix("bell", (112, 252), seed)
    x = rng.uniform(-1, 1, (500, 252))

    def error(v: np.ndarray) -> float:
        core = aimc.presets.hermes(serial=seed).program(v)
        return mvm_error(core.forward(x), x @ v.T)

    if not cause:  # three in ten are clipped
        limit = 1.1 * w.std()
        w = np.clip(w, -limit, limit)
    return error(w) / error(matrix("uniform", (112, 252), seed))
