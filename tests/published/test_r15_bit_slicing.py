"""R15: with analog devices, slices of equal significance beat those that count with powers.

The same number of devices, each with its own programming error; MVM error against the base of the
significance, for continuous slices and for digits.
"""

from functools import cache

import numpy as np
import pytest

from aimc.circuits import best_scale, mvm_error
from aimc.devices import pcm_2019, pcm_hermes
from aimc.published import targets
from aimc.recovery.precision import SlicedMatrix

BASES = (1, 2, 3, 4, 8)
CHIPS = range(4)
MODELS = {"2019": pcm_2019, "hermes": lambda: pcm_hermes(1)}


@cache
def error(model: str, base: float, slices: int, fill: str, serial: int, t: float = 0.0) -> float:
    rng = np.random.default_rng([15, serial])
    weights, x = rng.uniform(-1, 1, (96, 128)), rng.uniform(-1, 1, (300, 128))
    matrix = SlicedMatrix(weights, base, slices, fill=fill, device=MODELS[model](), serial=serial)
    exact, y = x @ weights.T, matrix.at(t).forward(x)
    return mvm_error(best_scale(y, exact) * y, exact)


def test_the_target_asks_for_an_order() -> None:
    target = next(each for each in targets() if each.id == "R15")
    assert "equal significance is best" in target.tolerance


@pytest.mark.native("it repeats for long what other tests run there")
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("slices", [2, 4])
@pytest.mark.parametrize("t", [0.0, 86400.0])
def test_error_grows_with_the_base(model: str, slices: int, t: float) -> None:
    for serial in CHIPS:
        errors = [error(model, base, slices, "equal", serial, t) for base in BASES]
        assert np.all(np.diff(errors) > 0)


@pytest.mark.native("it repeats for long what other tests run there")
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("base", [2, 4])
def test_digits_are_no_better(model: str, base: int) -> None:
    for serial in CHIPS:
        averaging = error(model, 1, 4, "equal", serial)
        assert averaging < 0.9 * error(model, base, 4, "digits", serial)


@pytest.mark.parametrize("model", MODELS)
def test_more_slices_help_only_where_they_count_alike(model: str) -> None:
    equal = np.mean(
        [error(model, 1, 8, "equal", s) / error(model, 1, 2, "equal", s) for s in CHIPS]
    )
    steep = np.mean(
        [error(model, 8, 8, "equal", s) / error(model, 8, 2, "equal", s) for s in CHIPS]
    )
    assert equal == pytest.approx(0.5, abs=0.05)
    assert steep > 0.9
