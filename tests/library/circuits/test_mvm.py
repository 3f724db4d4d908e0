"""The one forward path: exact when ideal, noisy by the stated amount, loud when it clips."""

import sys
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from aimc.circuits import ADC, DAC, Crossbar, Periphery, levels_per_sign, mvm, quantise
from aimc.validation import RangeWarning

try:
    import torch
except ImportError:  # the NumPy part of this file needs no torch
    torch = None
else:
    torch.set_num_threads(1)

G_FULL = 20e-6
IDEAL = Periphery(read_noise=False)
LIBRARIES = [
    pytest.param(np.asarray, id="numpy"),
    pytest.param(lambda x: torch.from_numpy(x), id="torch", marks=pytest.mark.torch),
]


def inputs(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, shape)


def crossbar(
    shape: tuple[int, int] = (5, 30),
    read_std: float = 0.0,
    scale: Any = 1.0,
    library: Any = np.asarray,
) -> Crossbar:
    """Scaled weights uniform in [-1, 1]; read noise differs from device to device."""
    g = G_FULL * inputs((1, *shape), 1)
    variance = (read_std * (1 + np.abs(inputs((1, *shape), 2)))) ** 2
    return Crossbar(library(g), library(variance), (1.0,), G_FULL, scale)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("leading", [(), (7,), (2, 3)])
def test_ideal_is_exact(library: Any, leading: tuple[int, ...]) -> None:
    scale = np.linspace(0.5, 3.0, 5)
    array = crossbar(scale=scale, library=library)
    x = inputs((*leading, 30))
    y = mvm(library(x), array, IDEAL)
    w = scale[:, None] * crossbar().conductance[0] / G_FULL
    np.testing.assert_allclose(np.asarray(array.weights()), w, rtol=1e-12)
    np.testing.assert_allclose(np.asarray(y), x @ w.T, rtol=1e-10, atol=1e-12)


def test_slices_add_with_their_significance() -> None:
    g = G_FULL * inputs((3, 4, 6), 3)
    array = Crossbar(g, np.zeros_like(g), (0.2, 0.3, 0.5), G_FULL, 2.0)
    w = 2.0 * np.tensordot([0.2, 0.3, 0.5], g, axes=1) / G_FULL
    x = inputs((9, 6))
    np.testing.assert_allclose(mvm(x, array, IDEAL), x @ w.T, atol=1e-12)
    np.testing.assert_allclose(array.weights(), w, atol=1e-12)


@pytest.mark.parametrize("v_read", [0.1, 0.4])
def test_read_voltage_cancels_without_noise(v_read: float) -> None:
    x = inputs((4, 30))
    y = mvm(x, crossbar(), replace(IDEAL, dac=DAC(None, v_read=v_read)))
    np.testing.assert_allclose(y, mvm(x, crossbar(), IDEAL), rtol=1e-10)


@pytest.mark.parametrize("library", LIBRARIES)
def test_read_noise_has_the_variance_of_noise_on_every_device(library: Any) -> None:
    """Var(I_i) = sum_j sigma_ij^2 V_j^2, within a 99.9 % interval for 20,000 reads per output."""
    reads, v_read = 20_000, 0.2
    array = crossbar(read_std=0.5e-6, library=library)
    x = inputs((30,), 4)
    y = np.asarray(
        mvm(library(np.tile(x, (reads, 1))), array, Periphery(DAC(None, v_read=v_read)), rng=5)
    )
    current = y * v_read * G_FULL
    variance = np.asarray(array.read_variance)[0] @ (v_read * x) ** 2
    # The relative error of a variance from n normal draws is sqrt(2/n); 3.3 of them is 99.9 %,
    # and one more for looking at five outputs at once.
    np.testing.assert_allclose(current.var(axis=0) / variance, 1, atol=4.3 * np.sqrt(2 / reads))
    mean = np.asarray(array.weights()) @ x
    spread = np.sqrt(variance / reads) / (v_read * G_FULL)
    assert np.abs((y.mean(axis=0) - mean) / spread).max() < 4.3


def test_read_noise_equals_noise_drawn_on_each_device() -> None:
    """The shortcut on the outputs against the long way: new conductances for every vector."""
    array, x, reads = crossbar(read_std=1e-6), inputs((30,), 6), 4000
    rng = np.random.default_rng(7)
    noise = rng.standard_normal((reads, 5, 30)) * np.sqrt(array.read_variance[0])
    long_way = (array.conductance[0] + noise) @ x / G_FULL
    short = mvm(np.tile(x, (reads, 1)), array, Periphery(), rng=8)
    ratio = short.std(axis=0) / long_way.std(axis=0)
    np.testing.assert_allclose(ratio, 1, atol=4.3 / np.sqrt(reads))  # two spreads, each 1/sqrt(2n)
    assert np.abs(np.corrcoef(short.T) - np.eye(5)).max() < 4.5 / np.sqrt(reads)


def test_no_input_no_read_noise_but_output_noise() -> None:
    array, silent = crossbar(read_std=1e-6), np.zeros((5000, 30))
    assert not mvm(silent, array, Periphery()).any()
    current = 3e-7
    y = mvm(silent, array, Periphery(output_noise=current, read_noise=False), rng=1)
    expected = current / (0.2 * G_FULL)
    assert y.std() == pytest.approx(expected, rel=4 / np.sqrt(2 * y.size))


def test_noise_sources_add_as_squares() -> None:
    array, x = crossbar(read_std=1e-6), np.tile(inputs((30,), 2), (20_000, 1))
    read = Periphery()
    output = Periphery(read_noise=False, output_noise=5e-7)
    both = Periphery(output_noise=5e-7)
    power = [mvm(x, array, p, rng=3).var(axis=0) for p in (read, output, both)]
    np.testing.assert_allclose(power[0] + power[1], power[2], rtol=0.06)


def test_converters_act_where_they_stand() -> None:
    x, array, i_max = inputs((50, 30)), crossbar(), 30e-6
    inside = Periphery(DAC(4), ADC(6, i_max), input_range=0.5, read_noise=False)
    with pytest.warns(RangeWarning, match="inputs"):
        y = mvm(x, array, inside)
    v = 0.2 * quantise(x / 0.5, 4)
    current = quantise(v @ array.conductance[0].T, 6, i_max)
    np.testing.assert_allclose(y, 0.5 * current / (0.2 * G_FULL), rtol=1e-10)


def test_inputs_beyond_the_range_are_clipped_and_warned_about() -> None:
    x, array = 2 * inputs((50, 30)), crossbar()
    with pytest.warns(RangeWarning, match=r"inputs lie beyond input_range=1"):
        y = mvm(x, array, IDEAL)
    np.testing.assert_allclose(y, np.clip(x, -1, 1) @ array.weights().T, atol=1e-12)


def test_saturation_is_clipped_and_warned_about() -> None:
    x, array = inputs((200, 30)), crossbar()
    narrow = replace(IDEAL, adc=ADC(None, i_max=4e-6))
    with pytest.warns(RangeWarning, match=r"bit-line currents lie beyond adc\.i_max=4e-06 A"):
        y = mvm(x, array, narrow)
    limit = 4e-6 / (0.2 * G_FULL)
    np.testing.assert_allclose(y, np.clip(x @ array.weights().T, -limit, limit), atol=1e-12)


def test_rare_saturation_is_silent() -> None:
    """Optimal ranges clip a little: the warning is for more than one value in a hundred."""
    x, array = inputs((400, 30)), crossbar()
    peak = np.sort(np.abs(x @ array.conductance[0].T * 0.2).ravel())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mvm(x, array, replace(IDEAL, adc=ADC(None, i_max=float(peak[-15]))))


def test_range_per_vector_makes_the_error_independent_of_the_vectors_size() -> None:
    array, x = crossbar(), inputs((40, 30))
    sizes = np.geomspace(1e-3, 1e3, 40)[:, None]
    own = Periphery(DAC(6), read_noise=False, input_range=None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        y = mvm(sizes * x, array, own) / sizes
    np.testing.assert_allclose(y, mvm(x, array, own), rtol=1e-9)
    peak = np.abs(x).max(axis=1, keepdims=True)
    expected = (peak * quantise(x / peak, 6)) @ array.weights().T
    np.testing.assert_allclose(y, expected, atol=1e-10)
    # a fixed range leaves nothing of a small vector
    fixed = replace(own, input_range=1.0)
    assert not mvm(1e-3 * x, array, fixed).any()
    assert not mvm(np.zeros((2, 30)), array, own).any()


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_bit_serial_equals_pwm_behind_an_ideal_adc(bits: int) -> None:
    x, array = inputs((20, 30)), crossbar()
    serial, pwm = (replace(IDEAL, dac=DAC(bits, coding)) for coding in ("bit_serial", "pwm"))
    np.testing.assert_allclose(mvm(x, array, serial), mvm(x, array, pwm), atol=1e-11)


def test_bit_serial_converts_each_bit_plane() -> None:
    bits, adc = 4, ADC(5, 40e-6)
    x, array = inputs((20, 30)), crossbar()
    y = mvm(x, array, Periphery(DAC(bits, "bit_serial"), adc, read_noise=False))
    codes = np.round(x * levels_per_sign(bits))
    total = 0.0
    for bit in range(bits - 1):
        plane = np.sign(codes) * (np.abs(codes).astype(int) >> bit & 1)
        total = total + 2**bit * quantise(0.2 * plane @ array.conductance[0].T, 5, 40e-6)
    np.testing.assert_allclose(y, total / levels_per_sign(bits) / (0.2 * G_FULL), rtol=1e-10)


def test_bit_serial_weighs_the_noise_of_its_reads() -> None:
    """Each bit is a read of its own: the noise of the top bit counts most."""
    array = crossbar(read_std=1e-6)
    x = np.ones((20_000, 30))  # all bits are one
    pwm, serial = (
        mvm(x, array, Periphery(DAC(4, coding)), rng=2).var(axis=0)
        for coding in ("pwm", "bit_serial")
    )
    np.testing.assert_allclose(serial / pwm, (1 + 4 + 16) / 7**2, rtol=0.06)


@pytest.mark.torch
@pytest.mark.parametrize("encoding", ["pwm", "amplitude"])
def test_gradient_is_that_of_finite_differences(encoding: str) -> None:
    array = crossbar(scale=1.7, library=lambda a: torch.from_numpy(a))
    g = array.conductance.clone().requires_grad_()
    x = torch.from_numpy(0.5 * inputs((3, 30))).requires_grad_()
    # smooth everywhere inside the ranges: no rounding, and ADCs that do not saturate
    periphery = Periphery(DAC(None, encoding), ADC(None, 1e-3), read_noise=False)
    probe = torch.from_numpy(inputs((3, 5), 9))

    def loss(x: Any, g: Any) -> Any:
        return (mvm(x, replace(array, conductance=g), periphery) * probe).sum()

    loss(x, g).backward()
    with torch.no_grad():
        for tensor, step in ((x, 1e-6), (g, 1e-6 * G_FULL)):
            for place in [(0, 0), (2, 29)] if tensor is x else [(0, 0, 0), (0, 4, 17)]:
                moved = tensor.detach().clone()
                moved[place] += step
                up = loss(moved, g) if tensor is x else loss(x, moved)
                moved[place] -= 2 * step
                down = loss(moved, g) if tensor is x else loss(x, moved)
                slope = float(up - down) / (2 * step)
                assert float(tensor.grad[place]) == pytest.approx(slope, rel=1e-5)


@pytest.mark.torch
@pytest.mark.parametrize("encoding", ["pwm", "bit_serial"])
def test_rounding_passes_the_gradient_through(encoding: str) -> None:
    array = crossbar(library=lambda a: torch.from_numpy(a))
    x = torch.from_numpy(0.9 * inputs((3, 30))).requires_grad_()
    periphery = Periphery(DAC(4, encoding), ADC(6, 200e-6), read_noise=False)
    mvm(x, array, periphery).sum().backward()
    expected = array.weights().sum(dim=0).expand(3, -1)
    np.testing.assert_allclose(x.grad.numpy(), expected.numpy(), rtol=1e-9)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("count", [64, 75, 33])
def test_many_vectors_meet_the_same_numbers_part_by_part(
    library: Any, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Torch fills its normals sixteen at a time, and differently at the end."""
    bar = crossbar(read_std=1e-7, library=library)
    x = library(inputs((3, count, 30)))
    around = Periphery(DAC(8), ADC(8, 5e-6), 1.0, output_noise=1e-7)

    def product() -> tuple[Any, list[str]]:
        numpy = isinstance(x, np.ndarray)
        rng = np.random.default_rng(3) if numpy else torch.Generator().manual_seed(3)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            y = mvm(x, bar, around, rng)
        return y, [str(each.message) for each in told]

    at_once, told = product()
    assert len(told) == 1
    room = sys.modules["aimc.circuits.mvm"]  # the function of that name hides it
    monkeypatch.setattr(room, "AT_ONCE", 1)
    monkeypatch.setattr(room, "FEWEST", 16)
    in_parts, told_of_parts = product()
    np.testing.assert_allclose(in_parts, at_once, rtol=1e-12, atol=1e-18)
    assert told_of_parts == told


def test_same_seed_same_answer() -> None:
    array, x = crossbar(read_std=1e-6), inputs((6, 30))
    noisy = Periphery(output_noise=1e-7)
    first = mvm(x, array, noisy, rng=1)
    np.testing.assert_array_equal(first, mvm(x, array, noisy, rng=1))
    np.testing.assert_array_equal(first, mvm(x, array, noisy, np.random.default_rng(1)))
    assert not np.array_equal(first, mvm(x, array, noisy, rng=2))
    rng = np.random.default_rng(1)  # a generator moves on: the second read is another read
    assert not np.array_equal(mvm(x, array, noisy, rng), mvm(x, array, noisy, rng))


def test_inputs_and_state_stay_as_they_are() -> None:
    array, x = crossbar(read_std=1e-6), inputs((6, 30))
    before = x.copy(), array.conductance.copy()
    mvm(x, array, Periphery(DAC(4), ADC(4, 1e-4), input_range=None), rng=1)
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(array.conductance, before[1])


@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        (np.ones(29), ValueError, "x must have 30 entries"),
        (np.full(30, np.nan), ValueError, "x must be finite"),
        (np.full(30, np.inf), ValueError, "x must be finite"),
        (np.zeros((0, 30)), ValueError, "x is empty"),
        (np.ones(30) * 1j, TypeError, "x must hold real numbers"),
        (3.0, ValueError, "x must have 30 entries"),
    ],
)
def test_bad_inputs_are_named(x: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        mvm(x, crossbar(), IDEAL)


def test_bad_generators_are_named() -> None:
    for rng in ("seed", 1.5, True, None):
        with pytest.raises(TypeError, match="rng must be"):
            mvm(np.ones(30), crossbar(), IDEAL, rng)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"input_range": 0.0}, ValueError, "input_range=0.0"),
        ({"output_noise": -1e-9}, ValueError, "output_noise=-1e-09"),
        ({"dac": 8}, TypeError, "dac must be a DAC"),
        ({"adc": None}, TypeError, "adc must be an ADC"),
        ({"gain": 2}, TypeError, "gain"),
    ],
)
def test_bad_peripheries_are_named(change: dict, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Periphery(**change)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("variance", [(5, 30), (5, 1), (1, 1)])
def test_noise_of_devices_comes_to_a_single_vector_as_to_one_of_many(
    variance: tuple[int, int], library: Any
) -> None:
    around = Periphery(dac=DAC(8), adc=ADC(8, 10 * G_FULL))
    bar = replace(crossbar(library=library), read_variance=library(np.full((1, *variance), 4e-12)))
    x = library(inputs((30,)))
    alone, many = mvm(x, bar, around, rng=3), mvm(x[None], bar, around, rng=3)
    assert tuple(alone.shape) == (5,)
    assert (np.asarray(alone) == np.asarray(many)[0]).all()


@pytest.mark.torch
@pytest.mark.parametrize("variance", [(5, 30), (5, 1), (1, 1)])
def test_gradients_of_noise_come_to_a_single_vector_as_to_one_of_many(
    variance: tuple[int, int],
) -> None:
    library = LIBRARIES[1].values[0]
    bar = replace(crossbar(library=library), read_variance=library(np.full((1, *variance), 4e-12)))
    bar, found = replace(bar, noise_gradient=True), []
    for shape in ((30,), (1, 30)):
        x = library(inputs(shape)).requires_grad_()
        mvm(x, bar, Periphery(), rng=3).sum().backward()
        found.append(x.grad.reshape(30))
    assert torch.equal(*found)
    assert found[0].abs().min() > 0
