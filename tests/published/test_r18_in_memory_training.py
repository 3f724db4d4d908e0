"""R18: which rule learns a matrix on coarse devices, and how well their zero must be known.

Devices with 20 states and soft bounds; the reference of the fast matrix misses the symmetry points
by an error of standard deviation sigma. Weight error: root mean square, half of the range being 1.
The order of the rules is that of the paper. The sizes are not: our devices leave a floor of 7 %
where the paper has about 5, and a zero that is off by a tenth costs two points where it has four.
"""

from functools import cache

import numpy as np
import pytest

from aimc.in_memory_training import (
    AdaptiveReference,
    ChoppedTikiTaka,
    DeviceMatrix,
    StochasticGradientDescent,
    TikiTaka2,
    Transfer,
    coarse_devices,
    fast_matrix,
    learn_matrix,
)
from aimc.published import fact, targets

pytestmark = pytest.mark.native("it repeats for long what other tests run there")

SIZE = 20
CHIPS, CHIPS_FOR_SIZES = 2, 8
KINDS = {"TTv2": TikiTaka2, "c-TTv2": ChoppedTikiTaka, "AGAD": AdaptiveReference}


@cache
def errors(kind: str, sigma: float, rate: float, chips: int) -> np.ndarray:
    """Return the weight error of each chip after 4,000 vectors."""
    found = []
    for serial in range(chips):
        rng = np.random.default_rng([18, serial])
        target = np.clip(rng.normal(0.0, 0.3, (SIZE, SIZE)), -1.0, 1.0)
        model = coarse_devices()
        slow = DeviceMatrix(model.fabricate((SIZE, SIZE), serial), rng=rng)
        if kind == "SGD":
            rule = StochasticGradientDescent(slow, rng=rng)
        else:
            fast = fast_matrix(model, (SIZE, SIZE), serial=1000 + serial, rng=rng, offset=sigma)
            rule = KINDS[kind](slow, fast, rng=rng, transfer=Transfer(pulses=3.0))
        found.append(learn_matrix(rule, target, rng=rng, updates=4000, rate=rate).final)
    return np.array(found)


def error(kind: str, sigma: float = 0.0, rate: float = 0.1, chips: int = CHIPS) -> float:
    return float(errors(kind, sigma, rate, chips).mean())


def test_the_target_names_the_numbers() -> None:
    target = next(each for each in targets() if each.id == "R18")
    assert list(target.numbers) == [25, 5, 9]
    assert "20 states" in fact("C076").context


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.3])
def test_plain_descent_stays_above_a_quarter_whatever_its_rate(rate: float) -> None:
    assert error("SGD", rate=rate) > 0.25


def test_tiki_taka_has_a_floor_of_seven_percent_and_pays_for_a_wrong_zero() -> None:
    """The floor is above the paper's; with the wrong zero both end at 9 %, by another rise."""
    right, wrong = (errors("TTv2", sigma, 0.1, CHIPS_FOR_SIZES) for sigma in (0.0, 0.1))
    assert right.mean() == pytest.approx(0.072, abs=0.008)
    assert wrong.mean() == pytest.approx(0.09, abs=0.015)
    assert 0.01 < (wrong - right).mean() < 0.03


def test_chopping_forgives_a_quarter_of_half_the_range() -> None:
    assert error("c-TTv2", 0.25) < error("c-TTv2") + 0.025
    assert error("TTv2", 0.25) > 2 * error("c-TTv2", 0.25)


@pytest.mark.parametrize("sigma", [0.1, 0.25, 0.5])
def test_an_adaptive_reference_is_flat(sigma: float) -> None:
    assert error("AGAD", sigma) == pytest.approx(error("AGAD"), abs=0.015)


def test_order_at_a_large_offset() -> None:
    assert error("AGAD", 0.5) < error("c-TTv2", 0.5) < error("TTv2", 0.5)
