"""R18: which rule learns a matrix on coarse devices, and how well their zero must be known.

Devices with 20 states and soft bounds; the reference of the fast matrix misses the symmetry points
by an error of standard deviation sigma. Weight error: root mean square, half of the range being 1.
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
SERIALS = (0, 1)
KINDS = {"TTv2": TikiTaka2, "c-TTv2": ChoppedTikiTaka, "AGAD": AdaptiveReference}


@cache
def error(kind: str, sigma: float = 0.0, rate: float = 0.1) -> float:
    """Return the mean weight error over two chips after 4,000 vectors."""
    found = []
    for serial in SERIALS:
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
    return float(np.mean(found))


def test_the_target_names_the_numbers() -> None:
    target = next(each for each in targets() if each.id == "R18")
    assert list(target.numbers) == [25, 5, 9]
    assert "20 states" in fact("C076").context


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.3])
def test_plain_descent_stays_above_a_quarter_whatever_its_rate(rate: float) -> None:
    assert error("SGD", rate=rate) > 0.25


def test_tiki_taka_reaches_five_percent_and_nine_with_a_wrong_zero() -> None:
    assert error("TTv2") == pytest.approx(0.05, abs=0.03)
    assert error("TTv2", 0.1) == pytest.approx(0.09, abs=0.02)


def test_chopping_forgives_a_quarter_of_half_the_range() -> None:
    assert error("c-TTv2", 0.25) < error("c-TTv2") + 0.025
    assert error("TTv2", 0.25) > 2 * error("c-TTv2", 0.25)


@pytest.mark.parametrize("sigma", [0.1, 0.25, 0.5])
def test_an_adaptive_reference_is_flat(sigma: float) -> None:
    assert error("AGAD", sigma) == pytest.approx(error("AGAD"), abs=0.015)


def test_order_at_a_large_offset() -> None:
    assert error("AGAD", 0.5) < error("c-TTv2", 0.5) < error("TTv2", 0.5)
