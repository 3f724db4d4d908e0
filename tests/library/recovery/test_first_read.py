"""The parts of a first read: what is simulated agrees with the loop, estimates with their laws."""

import math

import numpy as np
import pytest

from aimc.devices import FlickerNoise, pcm_2019, pcm_hermes
from aimc.devices.pulsed import pulsed_2019, pulsed_hermes
from aimc.recovery.first_read import first_read

ARRAY, CHIP = (pcm_2019(), pulsed_2019()), (pcm_hermes(1), pulsed_hermes())


@pytest.mark.parametrize(("device", "pulsed"), [ARRAY, CHIP], ids=["2019", "hermes"])
def test_parts_follow_their_laws(device, pulsed) -> None:
    half = np.array(0.5 * device.g_max)
    parts = first_read(device, pulsed, reads=1)
    assert parts.whole == pytest.approx(float(device.programming_std(half)) ** 2)
    # a margin that is filled evenly, a little widened by the noise of the verify
    assert 1.0 < parts.loop / (pulsed.margin**2 / 3) < 1.4
    # between single reads the noise is the structure function, 2 ln(t / 4 t_r)
    law = 2 * math.log(device.t_0 / (4 * pulsed.t_verify))
    factor = float(half * device.read_noise_factor(half))
    assert parts.noise == pytest.approx(factor**2 * law, rel=0.01)
    spread = float(half * device.drift_exponent_std(half))
    assert parts.drift == pytest.approx((spread * math.log(device.t_0)) ** 2)
    assert parts.share("loop") == pytest.approx(parts.loop / parts.whole)


def test_a_verify_that_averages_holds_the_common_part_of_its_reads() -> None:
    one, five = (first_read(*ARRAY, reads=n, t_verify=1e-6) for n in (1, 5))
    # five reads in a row remove a per cent of the noise, and not four fifths of one read's
    assert 0.97 < five.noise / one.noise < 0.998
    device = ARRAY[0]
    x = FlickerNoise(1e-6).covariance(50.0 + 1e-6 * np.append(np.arange(5), 20e6))
    weights = np.append(np.full(5, 0.2), -1.0)
    half = np.array(0.5 * device.g_max)
    law = float(half * device.read_noise_factor(half)) ** 2 * float(weights @ x @ weights)
    # the covariance counts from the pulse, 50 s earlier: what is slower has not moved yet
    assert five.noise == pytest.approx(law, rel=0.05)


def test_the_estimates_of_the_array_exceed_its_spread() -> None:
    parts, early = first_read(*ARRAY), first_read(*ARRAY, drift_since=1e-3)
    assert parts.loop + parts.noise > parts.whole
    assert early.drift > parts.whole > 5 * parts.drift


def test_bad_input_is_named() -> None:
    for name, value in (("relative", 0.0), ("reads", 0), ("t_verify", 0.0), ("drift_since", 30.0)):
        with pytest.raises(ValueError, match=name):
            first_read(*ARRAY, **{name: value})


def test_the_bars_are_as_the_chapter_on_noise_describes_them() -> None:
    array, chip = first_read(*ARRAY), first_read(*CHIP)
    assert array.share("loop") == pytest.approx(0.03, abs=0.005)
    assert chip.share("loop") == pytest.approx(0.2, abs=0.02)
    noises = [first_read(*ARRAY, exponent=e).share("noise") for e in (0.9, 1.0, 1.1, 1.21)]
    assert min(noises) == pytest.approx(0.9, abs=0.03)
    assert max(noises) == pytest.approx(4 / 3, abs=0.05)
    assert array.share("drift") == pytest.approx(0.1, abs=0.02)
    left = 1 - chip.share("loop")
    assert chip.share("noise") / left == pytest.approx(0.75, abs=0.03)
    assert chip.share("drift") / left == pytest.approx(0.2, abs=0.03)
