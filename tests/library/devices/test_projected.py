"""A liner scales drift and read noise together, and leaves programming alone."""

import numpy as np
import pytest

from aimc.devices import IdealDevice, pcm_2019, pcm_hermes
from aimc.devices.projected import projected
from aimc.published import fact

DAY = 86400.0


@pytest.mark.parametrize("model", [pcm_2019(), pcm_hermes(1)], ids=lambda model: model.name)
@pytest.mark.parametrize("share", [1.0, 0.4, 0.2])
def test_everything_of_the_glass_is_scaled(model, share: float) -> None:
    targets = np.linspace(0.05, 1.0, 300) * model.g_max
    plain, lined = model.program(targets, 1), projected(model, share).program(targets, 1)
    np.testing.assert_array_equal(lined.g_programmed, plain.g_programmed)
    np.testing.assert_allclose(lined.drift_exponent, share * plain.drift_exponent, rtol=1e-12)
    factor = (plain.at(DAY) / plain.g_programmed) ** share
    np.testing.assert_allclose(lined.at(DAY), lined.g_programmed * factor, rtol=1e-12)
    ratio = lined.read_noise_std(0.0) / plain.read_noise_std(0.0)
    np.testing.assert_allclose(ratio[plain.g_programmed > 0], share, rtol=1e-12)


def test_the_published_exponents_are_reached() -> None:
    middle = np.array([15e-6])
    low, high = fact("B046").numbers
    for share, wanted in ((0.2, low), (0.4, high)):
        nu = projected(pcm_2019(), share).drift_exponent_mean(middle)[0]
        assert nu == pytest.approx(wanted, rel=0.05)


def test_the_first_order_holds_for_a_liner_in_parallel() -> None:
    # glass and liner with a fifth of the current through the glass, exactly, after a day
    glass, liner, fall = 0.2, 0.8, (1 + DAY / 20) ** -0.05
    exact = glass * fall + liner
    assert fall**0.2 == pytest.approx(exact, rel=0.02)
    assert fall**0.2 < exact  # the model errs to the pessimistic side


def test_what_the_loop_accepted_can_be_all_that_stays() -> None:
    model, loop = pcm_2019(), 0.15e-6
    g = np.linspace(0.0, 1.0, 21) * model.g_max
    whole, spread = model.programming_std(g), projected(model, 0.2, loop=loop).programming_std(g)
    # variances add: the loop stays, and the glass is seen through a fifth of the current
    np.testing.assert_allclose(spread**2 - loop**2, 0.04 * (whole**2 - loop**2), rtol=1e-9)
    # without a liner, or with a loop that accounts for everything, nothing changes
    for same in (projected(model, 1.0, loop=loop), projected(model, 0.2, loop=5e-6)):
        np.testing.assert_allclose(same.programming_std(g), whole, rtol=1e-12)
    # and by default all of the spread is taken for one that stays
    np.testing.assert_array_equal(projected(model, 0.2).programming_std(g), whole)


def test_bad_input_is_named() -> None:
    for share in (0.0, 1.5):
        with pytest.raises(ValueError, match="share"):
            projected(pcm_2019(), share)
    with pytest.raises(ValueError, match="loop"):
        projected(pcm_2019(), 0.5, loop=-1e-6)
    with pytest.raises(TypeError, match="device"):
        projected(IdealDevice(), 0.5)
