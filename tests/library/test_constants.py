"""Constants of devices, converters and chip stand for the facts that name them.

A constant may be wrong by a factor and still leave every order of results as it is. Here each is
held to its fact, and each fact to the digits that its source prints.
"""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from aimc import presets
from aimc.chip.hermes import fit_energies, hermes_constants
from aimc.circuits import CCOADC, DAC, IRDrop, digital_mvm, largest_full_scale
from aimc.circuits.full_scale import lost_current
from aimc.devices import pcm_2019, pcm_hermes, pulsed_2019, pulsed_hermes, reram_wan2022
from aimc.published import fact

PRINTED = {
    "A004": (144.0,), "A005": (1.392,), "A006": (0.635,), "A007": (0.281,), "A015": (400.0,),
    "A028": (100.0,), "A029": (133.0,), "A030": (520.0,), "A037": (0.86,), "A038": (3.38,),
    "A043": (0.97, 1.51), "A048": (3.46, 5.24), "A053": (125.0, 700.0), "A057": (5.0,),
    "A058": (30.0,), "A059": (80.0,), "A061": (10.35,), "A062": (20.7,), "A111": (3.3,),
    "A112": (35.0,), "A118": (128.0,), "B029": (50.0, 450.0), "B030": (80.0, 400.0, 55.0, 0.25),
    "B020": (200.0, 300.0),
}  # fmt: skip


@pytest.mark.parametrize("identifier", PRINTED)
def test_facts_behind_constants_are_as_printed(identifier):
    assert fact(identifier).numbers == PRINTED[identifier]


def test_devices_span_their_published_ranges_and_are_read_when_it_says():
    assert 1e6 * pcm_hermes(1).g_max == pytest.approx(fact("A061").number)
    assert 1e6 * pcm_hermes(2).g_max == pytest.approx(fact("A062").number)
    assert 1e6 * pcm_2019().g_max == pytest.approx(25.0)
    assert (pcm_hermes(1).t_0, pcm_hermes(2).t_0) == fact("B020").numbers
    assert pcm_2019().t_0 == 20.0
    assert 1e9 * pcm_hermes(1).t_read == pytest.approx(fact("A056").numbers[0])
    assert 1e9 * pcm_2019().t_read == pytest.approx(250.0)


def test_reram_has_the_published_spread_at_its_three_times():
    device, c = reram_wan2022(), np.array(fact("B043").numbers).reshape(3, 5)
    g = np.linspace(0.0, 1.0, 11)
    assert device.g_max == device.g_reference == pytest.approx(40e-6)
    for k, seconds in enumerate((1.0, 86400.0, 172800.0)):
        wanted = sum(ck * g**n for n, ck in enumerate(c[k]))
        found = 1e6 * device.spread(g * device.g_max, seconds - 1.0 if k < 2 else seconds)
        np.testing.assert_allclose(found, wanted, rtol=1e-4)


def test_the_core_reads_with_the_published_voltage_slot_and_current():
    periphery = presets.hermes().periphery
    assert 1e6 * periphery.adc.i_max == pytest.approx(fact("A028").number)
    assert periphery.dac.v_read == DAC(8).v_read == pytest.approx(fact("A056").numbers[1])
    low, high = fact("A020").numbers
    assert low <= 1e3 * periphery.dac.v_read <= high
    # 127 slots and a margin are the window of a one-phase read (A029, A118)
    assert 1e9 * periphery.dac.t_slot * 128 == pytest.approx(fact("A118").number)
    assert periphery.adc.bits == fact("A022").numbers[-1] == 12
    assert presets.joshi2020().periphery.dac.v_read == pytest.approx(0.3)
    assert presets.khaddam2022().periphery.dac.v_read == pytest.approx(0.2)


def test_oscillators_have_the_published_gain_frequency_and_window():
    adc = CCOADC.fabricate(256, 0)
    gain, highest = 1e12 * fact("A112").number, 1e9 * fact("A111").number
    assert adc.nominal_gain == pytest.approx(gain)
    assert 1e9 * adc.integration_time == pytest.approx(fact("A118").number)
    # the largest current is that at which an oscillator runs at its highest frequency
    assert adc.i_max == pytest.approx(highest / gain)
    assert 1e6 * adc.i_max < fact("A028").number
    assert adc.nominal_gain * adc.i_max * adc.integration_time == pytest.approx(422.4)


def test_full_scale_is_limited_by_the_published_current():
    for function in (largest_full_scale, lost_current):
        defaults = {k: p.default for k, p in inspect.signature(function).parameters.items()}
        assert 1e6 * defaults["i_max"] == pytest.approx(fact("A028").number)
        assert defaults["v_read"] == pytest.approx(fact("A056").numbers[1])


def test_wires_of_the_standard_model_have_its_ratio_to_the_devices():
    drop = IRDrop()
    assert 1 / (drop.r_segment * drop.g_max) == pytest.approx(571428.57, rel=1e-6)
    assert drop.r_segment == 0.35
    assert drop.strength == 1.0


def test_the_chip_has_the_published_times_energies_and_areas():
    chip = hermes_constants()
    cores = fact("A002").number
    assert tuple(1e9 * t for t in chip.mvm_latency) == pytest.approx((133.0, 520.0))
    assert tuple(1e6 * cores * e for e in chip.mvm_energy) == pytest.approx((0.86, 3.38))
    assert 1e-6 * chip.clock == pytest.approx(fact("A015").number)
    areas = (chip.mvm_area, chip.core_area, chip.gdpu_area, chip.die_area)
    assert tuple(1e6 * a for a in areas) == pytest.approx((0.635, 1.392, 0.281, 144.0))
    assert (chip.rows, chip.columns) == fact("A008").numbers


def test_standing_power_and_energy_per_value_meet_the_printed_energies():
    chip, fit = hermes_constants(), fit_energies()
    assert chip.standing_power == fit["standing_power"] == pytest.approx(44e-3, rel=0.02)
    assert chip.energy_value == fit["energy_value"] == pytest.approx(190e-12, rel=0.02)
    # the four energies of A043 and A048
    assert max(abs(error) for error in fit["errors"]) < 0.02


def test_pulses_margins_and_verify_reads_are_the_published_ones():
    hermes, old = pulsed_hermes(), pulsed_2019()
    one_count = fact("A061").number / fact("A059").number
    assert 1e6 * hermes.margin == pytest.approx(fact("A057").number * one_count)
    assert 1e6 * hermes.lsb == pytest.approx(fact("A063").number, abs=5e-4)
    time, current = fact("A053").numbers
    assert hermes.reset_pulse == pytest.approx((1e-6 * current, 1e-9 * time))
    time, current, edge = fact("A054").numbers
    assert hermes.set_pulse == pytest.approx((1e-6 * current, 1e-9 * (time + edge)))
    time, low, high = fact("A055").numbers
    assert 1e9 * hermes.t_pulse == pytest.approx(time)
    assert hermes.current_range == pytest.approx((1e-6 * low, 1e-6 * high))
    window, volts, precharge = fact("A056").numbers
    assert 1e9 * hermes.t_verify == pytest.approx(window + precharge)
    assert hermes.v_read == pytest.approx(volts)
    assert hermes.max_iterations == fact("A058").number
    time, current = fact("B029").numbers
    assert old.reset_pulse == pytest.approx((1e-6 * current, 1e-9 * time))
    low, high, most, margin = fact("B030").numbers
    assert old.current_range == pytest.approx((1e-6 * low, 1e-6 * high))
    assert old.max_iterations == most
    assert 1e6 * old.margin == pytest.approx(margin)


@pytest.mark.parametrize(("bits", "identifier"), [(3, "A069"), (4, "A070")])
def test_rulers_of_mvm_errors_are_those_of_rounded_weights(bits, identifier):
    rng = np.random.default_rng(9)
    w = rng.uniform(-1, 1, (128, 128)) * (rng.random((128, 128)) > 0.3)
    x = rng.uniform(-1, 1, (256, 128)) * (rng.random((256, 128)) > 0.3)
    exact = x @ w.T
    error = np.linalg.norm(digital_mvm(w, x, bits) - exact) / np.linalg.norm(exact)
    assert 100 * error == pytest.approx(fact(identifier).number, rel=0.03)


def test_oscillators_without_feed_forward_lose_what_the_assumed_delay_says():
    bent = CCOADC.fabricate(4096, 0, feed_forward=False, calibrated=False)
    # f = A i / (1 + A t i): at the highest frequency of 3.3 GHz a delay of 100 ps costs a quarter
    delay = bent.nonlinearity / bent.gain
    np.testing.assert_allclose(delay, 100e-12)
    lost = 1 - 1 / (1 + bent.nominal_gain * bent.i_max * delay.mean())
    assert lost == pytest.approx(0.248, abs=0.002)


@pytest.mark.parametrize(("devices", "first", "later"), [(1, 0.246, 0.187), (2, 0.241, 0.187)])
def test_a_read_out_of_a_millisecond_leaves_a_quarter_of_the_noise_fresh(devices, first, later):
    """A choice of this library: the time over which vectors are read and their results combined."""
    core, noise = presets.hermes(devices=devices), pcm_hermes(devices).noise_in_time
    assert core.readout == 1e-3
    assert noise.fresh_share(0.0, core.readout) == pytest.approx(first, abs=0.003)
    assert noise.fresh_share(86400.0, core.readout) == pytest.approx(later, abs=0.003)
