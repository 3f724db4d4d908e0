"""Controls of the chapter on noise: what is common to the vectors of a read-out and what is not."""

import numpy as np
from controls import control, matrix

from aimc import presets
from aimc.circuits import best_scale, decompose, mvm_error
from aimc.cores import Core
from aimc.recovery.precision import averaged
from aimc.recovery.programming import programming
from aimc.recovery.programming.gradient_descent import LOOP

PAGE = "2-devices/04-noise"
DAY, YEAR = 86400.0, 3.15e7
SIZE, VECTORS = 64, 1000


def core_of(weights: str, seed: int, *, fresh: bool = False) -> Core:
    """A core with two devices per weight; ``fresh`` makes all read noise new for each vector."""
    core = presets.hermes(seed, 2)
    if fresh:
        core.readout = 1e12  # s, no part of the noise is slower
    return core.program(matrix(weights, (SIZE, SIZE), seed))


def inputs(seed: int) -> np.ndarray:
    return np.random.default_rng([seed, 11]).uniform(-1, 1, (VECTORS, SIZE))


@control(
    page=PAGE,
    claim="The residual of a multiplication shrinks a little as a core ages, because the fresh "
    "part of the noise stays as it is while only the slow part grows.",
    without="the same noise, all of it new for each vector",
    quantity="residual after a year over that at the first read, both with the best factor",
    shows=lambda with_, without: with_.max() < 1.0 and without.min() > 1.08,
)
def residual_shrinks_with_age(weights: str, seed: int, cause: bool) -> float:
    core, x = core_of(weights, seed, fresh=not cause), inputs(seed)
    exact = x @ matrix(weights, (SIZE, SIZE), seed).T

    def residual(t: float) -> float:
        y = core.at(t).forward(x)
        return decompose(x, best_scale(y, exact) * y, exact).residual

    return residual(YEAR) / residual(0.0)


@control(
    page=PAGE,
    claim="A loop that mends weights by measured products learns the slow part of the noise and "
    "loses it at the next read-out.",
    without="the same noise, all of it new for each vector",
    quantity="error in another read-out over the error in the read-out of the loop",
    shows=lambda with_, without: with_.min() > 1.25 and abs(without.mean() - 1) < 0.02,
)
def tuning_learns_the_common_part(weights: str, seed: int, cause: bool) -> float:
    core, x = core_of(weights, seed, fresh=not cause), inputs(seed)
    exact = x @ matrix(weights, (SIZE, SIZE), seed).T
    programming("gradient_descent").program(core)
    return mvm_error(core.forward(x), exact) / mvm_error(core.at(0.0, noise=LOOP).forward(x), exact)


@control(
    page=PAGE,
    claim="Four reads of a vector in a row leave nearly all of the noise of one, because they "
    "share it.",
    without="the same noise, all of it new for each read",
    quantity="variance of the noise that the mean of four reads removes, %",
    shows=lambda with_, without: np.abs(with_).max() < 3 and without.min() > 70,
)
def reads_in_a_row_gain_nothing(weights: str, seed: int, cause: bool) -> float:
    core, x = core_of(weights, seed, fresh=not cause), inputs(seed)
    view = core.at(DAY)
    exact = x @ view.weights().T
    one, four = (np.mean((averaged(view, x, k) - exact) ** 2) for k in (1, 4))
    return 100 * (1 - four / one)
