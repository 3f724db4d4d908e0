r"""R12: the shape of the weight distribution decides the MVM error; long tails are bad.

Weights are drawn from the generalised normal distribution, with a density proportional to
:math:`e^{-|w|^\beta}`: :math:`\beta = 1` is Laplace's, 2 the normal, large values approach the
uniform one. The largest becomes a fully SET cell, so that long tails leave the others little of the
conductance range.
"""

from functools import cache

import numpy as np
import pytest

from aimc import presets
from aimc.circuits import mvm_error
from aimc.recovery.compensation import drift_gain

pytestmark = pytest.mark.native("it repeats for long what other tests run there")

SHAPES = (0.5, 1.0, 2.0, 4.0, 8.0)
CHIPS, SIZE, VECTORS, HOUR = 4, 192, 200, 3600.0
PRESETS = {"rasch2023": presets.rasch2023, "hermes": presets.hermes}


def weights_of(beta: float, rng: np.random.Generator) -> np.ndarray:
    """Return weights of the shape beta, the largest of magnitude one."""
    size = rng.gamma(1 / beta, size=(SIZE, SIZE)) ** (1 / beta)
    weights = size * rng.choice([-1.0, 1.0], (SIZE, SIZE))
    return weights / np.abs(weights).max()


def kurtosis(values: np.ndarray) -> float:
    """Return the excess kurtosis; zero for normal values."""
    return float(np.mean(values**4) / np.mean(values**2) ** 2 - 3.0)


@cache
def found(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return MVM errors and kurtoses, each of shape (shapes, chips)."""
    errors, shapes = np.zeros((2, len(SHAPES), CHIPS))
    for k, beta in enumerate(SHAPES):
        for serial in range(CHIPS):
            rng = np.random.default_rng([12, serial])
            weights = weights_of(beta, rng)
            inputs = rng.uniform(-1.0, 1.0, (VECTORS, SIZE))
            core = PRESETS[name](serial).program(weights)
            view = core.at(HOUR, drift_gain(core, HOUR), noise=core.read_noise())
            errors[k, serial] = mvm_error(view.forward(inputs), inputs @ weights.T)
            shapes[k, serial] = kurtosis(weights)
    return errors, shapes


@pytest.mark.parametrize("name", PRESETS)
def test_error_falls_as_beta_rises(name: str) -> None:
    """On each chip, from each shape to the next."""
    errors, _ = found(name)
    assert np.all(np.diff(errors, axis=0) < 0)


@pytest.mark.parametrize("name", PRESETS)
def test_error_rises_with_kurtosis(name: str) -> None:
    errors, shapes = found(name)
    order = np.argsort(shapes.mean(axis=1))
    assert np.all(np.diff(errors.mean(axis=1)[order]) > 0)
    assert shapes.mean(axis=1)[2] == pytest.approx(0.0, abs=0.1)  # beta = 2 is normal


@pytest.mark.parametrize("name", PRESETS)
def test_long_tails_are_bad(name: str) -> None:
    """Against the normal shape Laplace's has a fifth more error, longer tails far more."""
    longest, laplace, normal, *_ = found(name)[0].mean(axis=1)
    assert laplace > 1.2 * normal
    assert longest > 1.8 * normal


def test_clipping_the_tails_is_what_helps() -> None:
    """Weights of long tails, clipped at 2.5 standard deviations, meet a far smaller error."""
    rng = np.random.default_rng(12)
    weights = weights_of(1.0, rng)
    bound = 2.5 * weights.std()
    clipped = np.clip(weights, -bound, bound)
    inputs = rng.uniform(-1.0, 1.0, (VECTORS, SIZE))
    errors = []
    for each in (weights, clipped):
        core = presets.rasch2023(1).program(each)
        view = core.at(HOUR, drift_gain(core, HOUR), noise=core.read_noise())
        errors.append(mvm_error(view.forward(inputs), inputs @ each.T))
    assert errors[1] < 0.7 * errors[0]
