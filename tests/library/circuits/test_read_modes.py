"""One- and four-phase reads: closed form, phases, times and energies, gradients, presets."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import aimc
from aimc.circuits import (
    ADC,
    DAC,
    Crossbar,
    Periphery,
    ReadNoiseFormula,
    best_scale,
    mvm,
    mvm_error,
)
from aimc.circuits.read_modes import modulations, read_duration
from aimc.published import fact
from aimc.validation import RangeWarning

try:
    import torch
except ImportError:  # the NumPy half of this file needs no torch
    torch = None
else:
    torch.set_num_threads(1)

OUT, IN, G, V = 12, 40, 20e-6, 0.2


def pair(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return conductances of both polarities, shape (out, in), both used."""
    return tuple(np.random.default_rng(seed).uniform(0, G, (2, OUT, IN)))


def crossbar(seed: int = 0, variance: float = 0.0) -> Crossbar:
    positive, negative = pair(seed)
    net, total = (positive - negative)[None], (positive + negative)[None]
    return Crossbar(net, np.full_like(net, variance), (1.0,), G, 1.0, total=total)


def inputs(n: int = 50, seed: int = 1) -> np.ndarray:
    x = np.random.default_rng(seed).uniform(-1, 1, (n, IN))
    x[:, ::5] = 0.0
    return x


def one_phase(asymmetry: float, **changes: Any) -> Periphery:
    return Periphery(read_mode="1-phase", polarity_asymmetry=asymmetry, **changes)


@pytest.mark.parametrize("asymmetry", [0.0, 0.05, 0.3, -0.1])
def test_closed_form_is_what_each_device_does(asymmetry: float) -> None:
    """Device by device: what adds passes all of its current, what subtracts loses a share."""
    positive, negative = pair()
    x = inputs()
    current = np.zeros((len(x), OUT))
    for sign, g in ((1, positive), (-1, negative)):
        terms = sign * x[:, None, :] * g  # (n, out, in), in units of V
        current += np.where(terms > 0, terms, (1 - asymmetry) * terms).sum(axis=-1)
    got = mvm(x, crossbar(), one_phase(asymmetry))
    np.testing.assert_allclose(got, current / G, atol=1e-12)


@pytest.mark.parametrize("encoding", ["pwm", "bit_serial", "amplitude"])
@pytest.mark.parametrize("bits", [4, 8])
def test_bits_in_series_add_up_under_asymmetry(encoding: str, bits: int) -> None:
    x = inputs()
    got = mvm(x, crossbar(), one_phase(0.1, dac=DAC(bits, encoding)))
    rounded = np.round(x * (2 ** (bits - 1) - 1)) / (2 ** (bits - 1) - 1)
    np.testing.assert_allclose(got, mvm(rounded, crossbar(), one_phase(0.1)), atol=1e-12)


def test_four_phases_do_not_feel_the_asymmetry() -> None:
    x = inputs()
    exact = mvm(x, crossbar(), Periphery())
    for each in (False, True):
        circuits = Periphery(polarity_asymmetry=0.3, convert_each_phase=each)
        np.testing.assert_allclose(mvm(x, crossbar(), circuits), exact, atol=1e-12)
    assert mvm_error(mvm(x, crossbar(), one_phase(0.3)), exact) > 0.5


def test_without_asymmetry_one_phase_is_what_the_library_always_computed() -> None:
    x, adc = inputs(), ADC(8, 200e-6)
    usual, one = (Periphery(DAC(8), adc, read_mode=m) for m in ("4-phase", "1-phase"))
    np.testing.assert_array_equal(mvm(x, crossbar(), usual), mvm(x, crossbar(), one))


def test_each_phase_is_rounded_and_saturates_on_its_own() -> None:
    positive, negative = pair()
    x, adc = inputs(), ADC(6, 15e-6)
    expected = 0.0
    for sign in (1, -1):
        rows = np.clip(sign * x, 0, None) * V
        for polarity, g in ((1, positive), (-1, negative)):
            expected = expected + sign * polarity * adc.convert(rows @ g.T)
    circuits = Periphery(DAC(None), adc, convert_each_phase=True)
    with pytest.warns(RangeWarning, match="bit-line currents"):
        got = mvm(x, crossbar(), circuits)
    np.testing.assert_allclose(got, expected / (V * G), atol=1e-9)
    # the net current is smaller than that of a phase: it would not have saturated
    net = replace(circuits, convert_each_phase=False)
    exact = mvm(x, crossbar(), Periphery())
    assert mvm_error(mvm(x, crossbar(), net), exact) < 0.5 * mvm_error(got, exact)


def test_noise_of_the_read_does_not_depend_on_the_number_of_phases() -> None:
    x = np.repeat(inputs(1), 4000, axis=0)
    array = crossbar(variance=(0.05 * G) ** 2)
    spread = [
        mvm(x, array, Periphery(convert_each_phase=each), rng=3).std(axis=0)
        for each in (False, True)
    ]
    # 12 outputs of 4000 draws: five standard errors each
    np.testing.assert_allclose(spread[1] / spread[0], 1.0, atol=5 / 4000**0.5)


@pytest.mark.parametrize(
    "noise", [{"input_noise": 0.01}, {"weight_noise": ReadNoiseFormula(0.02, "constant")}]
)
@pytest.mark.parametrize("encoding", ["pwm", "bit_serial"])
def test_noise_by_a_formula_does_not_depend_on_the_number_of_phases(
    noise: dict[str, Any], encoding: str
) -> None:
    # cells of which one side alone conducts: noise of inputs meets the same sum of squares
    g = G * np.array([[[0.8, -0.5, 0.3, 0.1]]])
    one_side = Crossbar(g, np.zeros_like(g), (1.0,), G, 1.0, total=abs(g))
    x = np.tile([1.0, -0.6, 0.4, 0.0], (20000, 1))
    one, four = (
        mvm(x, one_side, Periphery(DAC(8, encoding), convert_each_phase=each, **noise), rng=3).std()
        for each in (False, True)
    )
    assert four / one == pytest.approx(1, abs=5 / 20000**0.5)


def test_noise_of_the_output_circuit_comes_once_per_conversion() -> None:
    x = np.repeat(inputs(1), 4000, axis=0)
    one, four = (
        mvm(x, crossbar(), Periphery(output_noise=1e-6, convert_each_phase=each), rng=3).std()
        for each in (False, True)
    )
    exact = mvm(inputs(1), crossbar(), Periphery()).std()
    assert np.sqrt((four**2 - exact**2) / (one**2 - exact**2)) == pytest.approx(2, rel=0.05)


def test_durations_are_the_printed_ones() -> None:
    for mode, identifier in (("1-phase", "A029"), ("4-phase", "A030")):
        circuits = Periphery(DAC(8), read_mode=mode)
        assert circuits.duration == pytest.approx(1e-9 * fact(identifier).number, rel=1e-12)
        # half of the window saves half of each modulation
        shorter = replace(circuits, dac=DAC(7))
        saved = modulations(mode) * 64e-9
        assert circuits.duration - shorter.duration == pytest.approx(saved)


def test_default_preset_is_unchanged() -> None:
    circuits = aimc.presets.hermes(serial=7).periphery
    assert circuits == Periphery(
        DAC(8, "pwm", 0.2, 1e-9), ADC(12, 100e-6, dual=True), 1.0, read_mode="4-phase"
    )


@pytest.mark.parametrize("read_mode", ["4-phase", "1-phase"])
def test_preset_with_oscillators(read_mode: str) -> None:
    """Both modes stay near the uniform converters: the devices, not the counts, dominate."""
    rng = np.random.default_rng(5)
    w, x = rng.uniform(-1, 1, (256, 256)), rng.uniform(-0.5, 0.5, (300, 256))
    error = {}
    for adc in ("uniform", "cco"):
        core = aimc.presets.hermes(serial=3, devices=1, adc=adc, read_mode=read_mode)
        error[adc] = mvm_error(core.program(w).forward(x), x @ w.T)
    assert error["cco"] == pytest.approx(error["uniform"], rel=0.1)
    assert core.periphery.adc.columns == 256
    same = aimc.presets.hermes(serial=3, adc="cco", read_mode=read_mode)
    np.testing.assert_array_equal(core.periphery.adc.gain, same.periphery.adc.gain)


def test_a_core_gives_the_polarities_when_its_circuits_ask_for_them() -> None:
    rng = np.random.default_rng(6)
    w, x = rng.uniform(-1, 1, (20, 30)), rng.uniform(-1, 1, (40, 30))
    core = aimc.presets.hermes(serial=1).program(w)
    core.periphery = replace(core.periphery, read_noise=False)
    view = core.at(60.0)
    assert view.crossbar.total is None
    straight = view.forward(x)
    core.periphery = replace(core.periphery, read_mode="1-phase", polarity_asymmetry=0.05)
    uneven = view.forward(x)
    assert view.crossbar.total.shape == (1, 20, 30)
    assert np.all(view.crossbar.total >= np.abs(view.crossbar.conductance) - 1e-18)
    scale = best_scale(uneven, straight)
    assert 0.05 < mvm_error(scale * uneven, straight) < 0.5


def test_asymmetry_is_an_offset_that_a_known_load_removes() -> None:
    """With equal inputs the error is one number per output, the total conductance of its line."""
    rng = np.random.default_rng(7)
    signs = rng.choice([-1.0, 1.0], (500, IN))
    exact = mvm(signs, crossbar(), Periphery())
    error = mvm(signs, crossbar(), one_phase(0.1)) - 0.95 * exact
    expected = 0.05 * crossbar().total[0].sum(axis=1) / G
    np.testing.assert_allclose(error, np.broadcast_to(expected, error.shape), rtol=1e-9)


@pytest.mark.torch
@pytest.mark.parametrize(
    "circuits",
    [
        Periphery(DAC(8), ADC(10, 400e-6), convert_each_phase=True),
        Periphery(DAC(8, "bit_serial"), ADC(10, 400e-6), convert_each_phase=True),
        one_phase(0.1, dac=DAC(8), adc=ADC(10, 400e-6)),
        one_phase(0.1, dac=DAC(8, "bit_serial"), adc=ADC(10, 400e-6)),
    ],
    ids=["four", "four, serial", "one", "one, serial"],
)
def test_torch_agrees_and_gradients_are_those_of_the_law(circuits: Periphery) -> None:
    assert torch is not None
    array, x = crossbar(), inputs()
    net, total = (torch.from_numpy(a) for a in (array.conductance, array.total))
    on_torch = Crossbar(net, torch.zeros_like(net), (1.0,), G, 1.0, total=total)
    v = torch.from_numpy(x).requires_grad_()
    got = mvm(v, on_torch, circuits)
    step = circuits.adc.step / (V * G)
    assert np.abs(got.detach().numpy() - mvm(x, array, circuits)).max() <= 1.01 * step
    got.sum().backward()
    a = circuits.polarity_asymmetry if circuits.read_mode == "1-phase" else 0.0
    sign = np.sign(np.round(127 * x))  # of what is sent
    slope = (1 - a / 2) * array.conductance[0].sum(0) + a / 2 * sign * array.total[0].sum(0)
    np.testing.assert_allclose(v.grad.numpy(), np.broadcast_to(slope / G, x.shape), rtol=1e-6)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Periphery(read_mode="two_phase"), ValueError, "read_mode='two_phase'"),
        (lambda: Periphery(polarity_asymmetry=2.0), ValueError, "polarity_asymmetry=2.0"),
        (
            lambda: Periphery(read_mode="1-phase", convert_each_phase=True),
            ValueError,
            "convert_each_phase=True",
        ),
        (
            lambda: mvm(inputs(), replace(crossbar(), total=None), one_phase(0.1)),
            ValueError,
            "total must be given",
        ),
        (lambda: modulations("both"), ValueError, "read_mode='both'"),
        (lambda: read_duration("1-phase", -1.0), ValueError, "window=-1.0"),
        (lambda: aimc.presets.hermes(adc="flash"), ValueError, "adc='flash'"),
        (lambda: aimc.presets.hermes(read_mode="x"), ValueError, "read_mode='x'"),
        (lambda: aimc.presets.khaddam2022(encoding="x"), ValueError, "encoding='x'"),
        (lambda: aimc.presets.khaddam2022(index=-1), ValueError, "index=-1"),
    ],
)
def test_bad_values_are_named(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()
