"""Controls of the chapter on where accuracy goes."""

import numpy as np
from controls import control, matrix

from aimc.circuits import mvm_error
from aimc.published import fact
from aimc.recovery.compensation import drift_factor
from aimc_course.explorers.accuracy.flawed import Flaws, flawed_core, only

PAGE = "4-accuracy/01-where-accuracy-goes"
YEAR = 365.25 * 86400.0
SIDE = 64
NOISE = fact("B023").number


def error(weights: np.ndarray, inputs: np.ndarray, seed: int, flaws: Flaws, t: float) -> float:
    """Return the MVM error on a chip with these flaws, its mean drift undone by one factor."""
    core = flawed_core(seed, 0, flaws, 1.0).program(weights, w_max=1.0)
    gain = 1.0 / drift_factor(core, t) if flaws.drift else 1.0
    return mvm_error(core.at(t, gain).forward(inputs, rng=seed), inputs @ weights.T)


@control(
    page=PAGE,
    claim="After a year the flaws together give a larger error than the root of their squares, "
    "because the factor that undoes the drift enlarges the noise behind the devices.",
    without="noise of the outputs that shrinks along with the signal",
    quantity="error of all flaws together, over the root of the sum of the squares",
    shows=lambda with_, without: with_.min() > 1.15 and np.abs(without - 1).max() < 0.08,
)
def factor_enlarges_noise(weights: str, seed: int, cause: bool) -> float:
    w = 0.4 * matrix(weights, (SIDE, SIDE), seed)
    x = 0.3 * np.random.default_rng(seed).uniform(-1, 1, (400, SIDE))
    flaws = Flaws(output_noise=NOISE, programming=1.0, drift=True)
    squares = [
        error(w, x, seed, only(flaws, name), YEAR) ** 2
        for name in ("output noise", "programming", "drift")
    ]
    if not cause:
        kept = drift_factor(flawed_core(seed, 0, flaws, 1.0).program(w, w_max=1.0), YEAR)
        flaws = Flaws(output_noise=NOISE * kept, programming=1.0, drift=True)
    return error(w, x, seed, flaws, YEAR) / sum(squares) ** 0.5


@control(
    page=PAGE,
    claim="The same circuits do more harm to a layer than to the standard product, because its "
    "weights and inputs are small; a programming error shrinks along with the inputs.",
    without="weights and inputs that fill their ranges",
    quantity="MVM error of the output noise, over that of the programming error",
    shows=lambda with_, without: with_.min() > 2 * without.max(),
)
def circuits_hurt_small_products(weights: str, seed: int, cause: bool) -> float:
    size = 0.4 if cause else 1.0
    w = size * matrix(weights, (SIDE, SIDE), seed)
    x = size * np.random.default_rng(seed).uniform(-1, 1, (400, SIDE))
    noise, wrong = (
        error(w, x, seed, flaws, 0.0)
        for flaws in (Flaws(output_noise=NOISE), Flaws(programming=1.0))
    )
    return noise / wrong
