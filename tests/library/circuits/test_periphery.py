"""Steps of the forward that can be switched one by one, and number formats of its products."""

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import aimc
from aimc.backend import supports
from aimc.circuits import (
    ADC,
    DAC,
    BitSliced,
    Crossbar,
    IRDrop,
    Multiplier,
    Periphery,
    ReadNoiseFormula,
    mvm,
    mvm_error,
)
from aimc.devices import IdealDevice
from aimc.statistics import mean_interval

try:
    import torch
except ImportError:  # the NumPy part of this file needs no torch
    torch = None
else:
    torch.set_num_threads(1)

G_FULL = 20e-6
UNIT = 0.2 * G_FULL  # A, a full weight times a full input
IDEAL = Periphery(read_noise=False)


def uniform(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, shape)


def crossbar(shape: tuple[int, int] = (6, 40), columns: Any = None) -> Crossbar:
    g = G_FULL * uniform((1, *shape), 1)
    return Crossbar(g, 0 * g, (1.0,), G_FULL, 1.0, columns=columns)


def test_digital_clip_comes_before_the_range_of_each_vector() -> None:
    x = uniform((20, 40))
    own = replace(IDEAL, dac=DAC(5), input_range=None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # what is clipped on purpose is no reason to warn
        clipped = mvm(x, crossbar(), replace(own, input_clip=0.5))
        fixed = mvm(x, crossbar(), replace(IDEAL, input_clip=0.5, input_range=0.5))
    np.testing.assert_allclose(clipped, mvm(np.clip(x, -0.5, 0.5), crossbar(), own))
    np.testing.assert_allclose(fixed, np.clip(x, -0.5, 0.5) @ crossbar().weights().T)


def test_bound_management_saves_vectors_that_saturate_and_leaves_the_others() -> None:
    x = np.concatenate([0.02 * uniform((5, 40)), np.sign(crossbar().weights())])
    narrow = replace(IDEAL, dac=DAC(8), adc=ADC(8, 10 * UNIT))
    exact = x @ crossbar().weights().T
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        managed = mvm(x, crossbar(), replace(narrow, bound_management=3))
    with pytest.warns(aimc.RangeWarning, match="adc.i_max"):
        plain = mvm(x, crossbar(), narrow)
    np.testing.assert_array_equal(managed[:5], plain[:5])
    assert np.abs(exact).max() > 15  # beyond the ADC, up to 40
    assert np.abs(plain - exact).max() > 5
    assert np.abs(managed - exact).max() < 0.5


def test_bound_management_gives_up_after_the_stated_number_of_times() -> None:
    x = np.sign(crossbar().weights())
    reached = []
    for repeats in range(4):
        circuits = replace(IDEAL, adc=ADC(8, 2 * UNIT), bound_management=repeats)
        with pytest.warns(aimc.RangeWarning, match="adc.i_max"):
            reached.append(np.abs(mvm(x, crossbar(), circuits)).max())
    np.testing.assert_allclose(reached, [2, 4, 8, 16])


@pytest.mark.parametrize("leading", [(), (3, 2)])
def test_bound_management_keeps_the_shape(leading: tuple[int, ...]) -> None:
    circuits = replace(IDEAL, adc=ADC(None, 2 * UNIT), bound_management=6, input_range=None)
    x = uniform((*leading, 40))
    np.testing.assert_allclose(mvm(x, crossbar(), circuits), x @ crossbar().weights().T)


@pytest.mark.parametrize(
    ("change", "changes_mean"),
    [
        ({"input_noise": 0.1}, False),
        ({"ir_drop": IRDrop(strength=5.0, r_segment=35.0)}, True),
        ({"series_resistance": 2e3}, True),
        ({"weight_noise": ReadNoiseFormula(0.05)}, False),
        ({"weight_noise": ReadNoiseFormula(0.05, "constant")}, False),
        ({"nonlinearity": 0.3}, True),
        ({"output_noise": 0.1 * UNIT}, False),
    ],
)
@pytest.mark.parametrize("encoding", ["pwm", "bit_serial"])
def test_each_step_works_with_each_encoding(
    change: dict[str, Any], changes_mean: bool, encoding: str
) -> None:
    """A step is off by default, and acts on the mean or on the spread only."""
    off = replace(IDEAL, dac=DAC(4, encoding), adc=ADC(None, 100 * UNIT))
    x = np.tile(uniform((1, 40)), (2000, 1))
    before, after = (mvm(x, crossbar(), p, rng=1) for p in (off, replace(off, **change)))
    shift = np.abs(after.mean(axis=0) - before.mean(axis=0))
    if changes_mean:
        assert shift.max() > 0.02
        assert after.std(axis=0).max() < 1e-9
    else:
        assert after.std(axis=0).min() > 0.02
        assert np.all(shift < 5 * after.std(axis=0) / np.sqrt(len(x)))


def test_noise_in_front_of_the_soft_saturation_is_bent_with_the_signal() -> None:
    """Read noise shrinks by the slope 1/(1 + n|y|)^2, output noise does not."""
    x = np.tile(np.sign(crossbar().weights())[:1], (20_000, 1))
    bent = replace(IDEAL, adc=ADC(None, 20 * UNIT), nonlinearity=1.0)
    level = float(x[0] @ crossbar().weights()[0])
    slope = 1 / (1 + level / 20) ** 2
    read = replace(bent, weight_noise=ReadNoiseFormula(0.01, "constant"))
    output = replace(bent, output_noise=0.01 * UNIT)
    spread = mvm(x, crossbar(), read, rng=2)[:, 0].std()
    assert spread == pytest.approx(slope * 0.01 * np.sqrt(40), rel=0.03)
    assert mvm(x, crossbar(), output, rng=2)[:, 0].std() == pytest.approx(0.01, rel=0.03)
    both = replace(read, output_noise=0.1 * UNIT)
    expected = np.hypot(slope * 0.01 * np.sqrt(40), 0.1)
    assert mvm(x, crossbar(), both, rng=2)[:, 0].std() == pytest.approx(expected, rel=0.03)


UNEVEN = Periphery(
    adc=ADC(None, 100 * UNIT), read_noise=False, nonlinearity=0.3, nonlinearity_spread=0.5
)


def test_bit_lines_differ_by_serial_and_stay_as_they_are() -> None:
    def curve(serial: int, index: int = 0, w_scale: float = 1.0) -> np.ndarray:
        core = aimc.Core(
            IdealDevice(), periphery=UNEVEN, rows=64, columns=8, serial=serial, index=index
        )
        w = w_scale * np.ones((8, 64))
        core.program(w, w_max=1.0)
        first, again = core.at(0.0).forward(np.ones(64)), core.at(9.0).forward(np.ones(64))
        np.testing.assert_array_equal(first, again)
        return 64 * w_scale / first - 1  # n_i |y|

    base = curve(1)
    assert base.std() / base.mean() > 0.1
    np.testing.assert_allclose(curve(1, w_scale=0.5), 0.5 * base)  # not drawn at programming
    assert not np.allclose(curve(2), base)
    assert not np.allclose(curve(1, index=1), base)


def test_bit_lines_of_few_outputs_are_the_first_of_the_core() -> None:
    def draws(outputs: int, cell: Any = None) -> Any:
        core = aimc.Core(IdealDevice(), cell, UNEVEN, rows=8, columns=8, serial=3)
        return core.program(np.ones((outputs, 8))).crossbar().columns

    np.testing.assert_array_equal(draws(3), draws(8)[..., :3])
    slices = draws(3, BitSliced(2, 3))
    assert slices.shape == (3, 3, 3)
    assert not np.array_equal(slices[0], slices[1])  # each slice has bit lines of its own
    plain = aimc.Core(IdealDevice(), rows=8, columns=8).program(np.ones((3, 8)))
    assert plain.crossbar().columns is None
    late = plain.at(0.0)
    plain.periphery = UNEVEN  # a view meets the circuits that the core has when it is read
    assert not np.allclose(late.forward(np.ones(8)), 8.0)


def test_a_spread_without_draws_is_refused() -> None:
    with pytest.raises(ValueError, match="columns must be given"):
        mvm(np.ones(40), crossbar(), UNEVEN)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"input_clip": 0.0}, ValueError, "input_clip=0.0"),
        ({"bound_management": -1}, ValueError, "bound_management=-1"),
        ({"bound_management": 1.5}, TypeError, "bound_management"),
        ({"input_noise": -0.1}, ValueError, "input_noise=-0.1"),
        ({"ir_drop": 1.0}, TypeError, "ir_drop must be a IRDrop"),
        ({"weight_noise": 0.0175}, TypeError, "weight_noise must be a ReadNoiseFormula"),
        ({"series_resistance": -1.0}, ValueError, "series_resistance=-1.0"),
        ({"offset_spread": np.nan}, ValueError, "offset_spread=nan"),
        ({"nonlinearity": 0.1}, ValueError, "give the ADC an i_max"),
        ({"precision": "float16"}, ValueError, "precision='float16'"),
    ],
)
def test_bad_options_are_named(
    change: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        Periphery(**change)
    with pytest.raises(ValueError, match="kind='pcm'"):
        ReadNoiseFormula(0.1, "pcm")


def test_bfloat16_is_refused_for_numpy() -> None:
    with pytest.raises(ValueError, match="precision='bfloat16' is not supported by NumPy arrays"):
        mvm(np.ones(40), crossbar(), replace(IDEAL, precision="bfloat16"))


def test_single_precision_is_that_of_the_products_alone() -> None:
    x = uniform((50, 40))
    exact, single = (mvm(x, crossbar(), replace(IDEAL, precision=p)) for p in (None, "float32"))
    assert single.dtype == np.float64
    assert 1e-9 < np.abs(single - exact).max() < 1e-5


needs_bfloat16 = pytest.mark.skipif(
    torch is None or not supports("bfloat16", torch.ones(1)),
    reason="the processor has no instructions for bfloat16",
)


@pytest.mark.torch
def test_bfloat16_is_refused_where_it_is_not_supported(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    monkeypatch.setattr("aimc.backend.arrays.supports", lambda precision, reference: False)
    core = aimc.presets.rasch2023().program(torch.from_numpy(uniform((4, 8))).float())
    core.periphery = replace(core.periphery, precision="bfloat16")
    with pytest.raises(ValueError, match="not supported by this cpu device"):
        core.forward(torch.ones(8))


def test_fastest_is_single_precision_for_numpy() -> None:
    x = uniform((50, 40))
    single, fastest = (
        mvm(x, crossbar(), replace(IDEAL, precision=p)) for p in ("float32", "fastest")
    )
    np.testing.assert_array_equal(fastest, single)


@pytest.mark.torch
@pytest.mark.parametrize(
    ("supported", "same_as"),
    [(False, "float32"), pytest.param(True, "bfloat16", marks=needs_bfloat16)],
)
def test_fastest_is_bfloat16_where_it_is_supported(
    supported: bool, same_as: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    w = torch.from_numpy(uniform((16, 64))).float()
    x = torch.from_numpy(uniform((8, 64))).float()

    def outputs(precision: str) -> Any:
        # a full scale above the weights keeps the sums within the ADC
        core = aimc.presets.rasch2023(precision=precision).program(w, w_max=4.0)
        return core.forward(x)

    expected = outputs(same_as)
    if not supported:
        monkeypatch.setattr("aimc.backend.arrays.supports", lambda name, _: name != "bfloat16")
    assert torch.equal(outputs("fastest"), expected)
    if supported:
        assert not torch.equal(outputs("float32"), expected)


@pytest.mark.torch
@needs_bfloat16
def test_codes_are_exact_in_bfloat16() -> None:
    """Where a full weight gives one count per code, nothing at all is lost."""
    g = torch.zeros((1, 2, 256))
    g[0, 0, 3], g[0, 1, 200] = G_FULL, -G_FULL
    array = Crossbar(g, 0 * g, (1.0,), G_FULL, 1.0)
    x = torch.linspace(-1, 1, 255)[:, None] * torch.ones(256)
    circuits = replace(IDEAL, dac=DAC(8), adc=ADC(8, UNIT))
    full, half = (mvm(x, array, replace(circuits, precision=p)) for p in ("float32", "bfloat16"))
    assert torch.equal(half, full)
    torch.testing.assert_close(half[:, 0], x[:, 0])


@pytest.mark.torch
@needs_bfloat16
def test_bfloat16_leaves_the_distribution_of_the_error_as_it_is() -> None:
    """Over 24 chips, the 95 % interval of the relative change of the error's mean and of its
    spread over outputs contains zero change, and is narrow enough to say so."""
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(256, 256, generator=generator) * 2 - 1
    means, spreads = [], []
    for serial in range(24):
        w = (0.25 * torch.randn(64, 256, generator=generator)).clamp(-1, 1)
        core = aimc.presets.rasch2023(serial).program(w, w_max=1.0)
        per_output = []
        for precision in ("float32", "bfloat16"):
            core.periphery = replace(core.periphery, precision=precision)
            error = core.at(3600.0, gain=1.3).forward(x) - x @ w.T
            per_output.append(error.std(dim=0))
            if precision == "float32":
                assert 0.05 < mvm_error(error + x @ w.T, x @ w.T) < 0.4
        full, half = per_output
        means.append(float(half.mean() / full.mean()) - 1)
        spreads.append(float(half.std() / full.std()) - 1)
    for changes, width in ((means, 0.02), (spreads, 0.08)):
        found = mean_interval(changes)
        assert found.low < 0 < found.high
        assert found.high - found.low < width


@pytest.mark.torch
@needs_bfloat16
def test_gradients_pass_through_bfloat16() -> None:
    array = Crossbar(
        *(torch.from_numpy(a).float() for a in (crossbar().conductance,) * 2), (1.0,), G_FULL, 1.0
    )
    x = torch.from_numpy(uniform((3, 40))).float().requires_grad_()
    mvm(x, array, Periphery(DAC(8), read_noise=False, precision="bfloat16")).sum().backward()
    expected = array.weights().sum(dim=0).expand(3, -1)
    torch.testing.assert_close(x.grad, expected, rtol=0.02, atol=0.02)


@pytest.mark.torch
def test_a_kept_multiplier_loses_no_gradient() -> None:
    """Weights that learn are prepared anew: first without gradients, then twice with."""
    pytest.importorskip("torch")
    g = torch.from_numpy(crossbar().conductance).requires_grad_()
    multiply = Multiplier(Crossbar(g, 0 * g.detach(), (1.0,), G_FULL, 1.0), IDEAL)
    x = torch.from_numpy(uniform((3, 40)))
    with torch.no_grad():
        multiply(x)
    for _ in range(2):
        g.grad = None
        multiply(x).sum().backward()
        torch.testing.assert_close(g.grad[0], (x.sum(dim=0) / G_FULL).expand(6, -1))


@pytest.mark.torch
def test_inputs_are_not_overwritten() -> None:
    pytest.importorskip("torch")
    core = aimc.presets.rasch2023().program(torch.from_numpy(uniform((6, 40))))
    for circuits in (core.periphery, replace(core.periphery, dac=DAC(None))):
        core.periphery = circuits
        x = torch.from_numpy(0.1 * uniform((3, 40)))
        before = x.clone()
        core.forward(x)
        assert torch.equal(x, before)
