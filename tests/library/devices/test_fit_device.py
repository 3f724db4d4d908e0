"""A table of simulated devices gives their model back, within the intervals that the fit states."""

import pickle
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from aimc.circuits import ADC, DAC, BitSliced, DifferentialPair, Periphery, UnitCell, mvm_error
from aimc.cores import Core, TiledMatrix
from aimc.devices import Device, FittedPCM, StatisticalPCM, fit_device, pcm_2019, pcm_hermes
from aimc.devices.fits import ClippedLog, ClippedPower, Fit, Polynomial
from aimc.devices.fitting.estimate import FIELDS
from aimc.devices.fitting.formulas import fit_formula, parameters
from aimc.devices.fitting.levels import EFFECTS
from aimc.validation import RangeWarning

pytestmark = pytest.mark.native("it repeats for long what other tests run there")

DEVICES, LEVELS = 20_000, 50
TIMES = np.array([1.0, 30.0, 600.0, 3600.0, 86400.0, 864000.0])
ORIGINALS = {"2019": pcm_2019(), "hermes": pcm_hermes(2)}
FEW = 0.5  # how far apart the ends of an interval may lie, relative to the number: most are closer


def measured(device: StatisticalPCM, n: int = DEVICES, seed: int = 1) -> dict[str, np.ndarray]:
    """Return reads of simulated devices, in microsiemens; most levels are of weak devices."""
    target = np.repeat(np.linspace(0, 1, LEVELS) ** 2 * device.g_max, n // LEVELS)
    state = device.program(target, seed)
    reads = [state.read(float(t), 100 * seed + k) for k, t in enumerate(TIMES)]
    return {"target": 1e6 * target, "time": TIMES, "conductance": 1e6 * np.stack(reads, axis=1)}


@cache
def fitted(name: str) -> FittedPCM:
    device = ORIGINALS[name]
    return fit_device(measured(device), unit="uS", formulas_of=device, name=f"like {name}")


def numbers_of(device: StatisticalPCM) -> dict[str, float]:
    return {
        f"{effect}.{name}": value
        for effect, field in zip(EFFECTS, FIELDS, strict=True)
        for name, value in parameters(getattr(device, field)).items()
    }


@pytest.mark.parametrize("name", ORIGINALS)
def test_the_parameters_are_inside_the_stated_intervals(name: str) -> None:
    true, intervals = numbers_of(ORIGINALS[name]), fitted(name).intervals(0.999)
    assert set(true) == set(intervals) == set(fitted(name).parameters)
    outside = {k: v for k, v in true.items() if not intervals[k][0] <= v <= intervals[k][1]}
    assert not outside
    # and the intervals say something
    narrow = [k for k, (a, b) in fitted(name).intervals().items() if b - a < FEW * abs(true[k])]
    assert len(narrow) > len(true) / 2


@pytest.mark.parametrize("name", ORIGINALS)
def test_the_functions_are_those_of_the_original(name: str) -> None:
    original, mine = ORIGINALS[name], fitted(name)
    g = np.linspace(0.02, 1, 40) * original.g_max
    for function, tolerance in (
        ("programming_std", 0.03),
        ("drift_exponent_mean", 0.03),
        ("drift_exponent_std", 0.10),
        ("read_noise_factor", 0.05),
    ):
        expected = getattr(original, function)(g)
        got = getattr(mine, function)(g)
        assert np.sqrt(np.mean((got / expected - 1) ** 2)) < tolerance, function


@pytest.mark.parametrize("name", ORIGINALS)
def test_the_formulas_fit_and_say_so(name: str) -> None:
    sheet = fitted(name).sheet
    assert sheet is not None
    for effect, square in sheet.misfit().items():
        assert 0.4 < square < 1.8, effect
        assert sheet.residuals()[effect].shape == (LEVELS,)


@pytest.mark.parametrize("name", ORIGINALS)
def test_a_core_of_the_fitted_device_errs_as_the_original_does(name: str) -> None:
    rng = np.random.default_rng(3)
    weights, x = rng.normal(size=(64, 128)) / 40, rng.uniform(-1, 1, (128, 100))
    quiet = Periphery(dac=DAC(bits=8, v_read=0.2), adc=ADC(bits=None), input_range=1.0)
    for t in (0.0, 86400.0):
        errors = []
        for device in (ORIGINALS[name], fitted(name)):
            chips = [
                Core(device, periphery=quiet, rows=128, columns=64, serial=s) for s in range(12)
            ]
            error = [
                mvm_error((core.program(weights).at(t) @ x).T, (weights @ x).T) for core in chips
            ]
            errors.append(np.mean(error))
        # the chips of both have the same random numbers, so what differs is the model
        assert errors[1] == pytest.approx(errors[0], rel=0.02)


def preset(serial: int = 0, *, index: int = 0) -> Core:
    return Core(fitted("hermes"), serial=serial, index=index)


@pytest.mark.parametrize("cell", [DifferentialPair(), BitSliced(slice_bits=2, slices=3)])
def test_it_runs_in_every_kind_of_core(cell: UnitCell) -> None:
    device = fitted("hermes")
    again = pickle.loads(pickle.dumps(device))
    assert again == device
    weights = np.random.default_rng(1).uniform(-1, 1, (12, 20))
    one, two = (Core(d, cell, serial=4).program(weights) for d in (device, again))
    np.testing.assert_array_equal(one.at(3600.0).weights(), two.at(3600.0).weights())
    assert np.corrcoef(one.weights().ravel(), weights.ravel())[0, 1] > 0.99


def test_it_runs_on_several_cores_and_with_faults() -> None:
    weights = np.random.default_rng(1).uniform(-1, 1, (12, 600))
    tiled = TiledMatrix(weights, lambda k: preset(3, index=k))
    assert len(tiled.cores) == 3
    assert tiled.at(86400.0).weights().std() < tiled.weights().std()
    assert isinstance(fitted("hermes"), Device)


@pytest.mark.torch
def test_a_network_runs_on_it() -> None:
    torch = pytest.importorskip("torch")
    nn = pytest.importorskip("aimc.nn")
    model = nn.convert(torch.nn.Linear(20, 5), preset, serial=2)
    nn.program(model)
    x = torch.rand(200, 20)
    with torch.no_grad():
        exact = torch.nn.functional.linear(x, model.weight, model.bias)
        error = float((model(x) - exact).norm() / exact.norm())
    assert 0.005 < error < 0.2


def test_start_values_play_no_part() -> None:
    """The numbers of ``like`` are wrong by half, and another device is fitted."""
    table = measured(pcm_2019(), 5000)
    wrong = replace(
        pcm_2019(),
        programming_fit=Polynomial((1.0, 0.0, 0.0)),
        drift_mean_fit=ClippedLog(-0.03, 0.1, 0.02, 0.3),
        drift_std_fit=ClippedLog(-0.03, 0.1, 0.02, 0.3),
        read_noise_fit=ClippedPower(0.05, 0.1, 0.9),
    )
    right, other = (
        fit_device(table, unit="uS", formulas_of=like, samples=40) for like in (pcm_2019(), wrong)
    )
    assert right.parameters == other.parameters


def test_the_device_keeps_to_its_table() -> None:
    device = fitted("2019")
    assert device.g_range == pytest.approx((0.0, 25e-6))
    assert device.t_fitted == TIMES[-1]
    state = device.program(np.array([1e-5]), 1)
    with pytest.warns(RangeWarning, match="extrapolation"):
        state.at(3e7)
    table = measured(pcm_2019(), 5000)
    kept = table["target"] > 8
    part = {name: table[name][kept] for name in ("target", "conductance")} | {"time": TIMES}
    simple = replace(
        pcm_2019(), read_noise_fit=Polynomial((0.01, 0.0)), drift_std_fit=Polynomial((0.01,))
    )
    strong = fit_device(part, unit="uS", formulas_of=simple, g_max=30e-6)
    with pytest.warns(RangeWarning, match="targets from 0 to 0 µS reach beyond"):
        strong.program(np.zeros(3), 1)
    with pytest.warns(RangeWarning, match="targets from 28 to 28 µS reach beyond"):
        strong.program(np.full(3, 28e-6), 1)


def test_a_formula_that_does_not_follow_the_table_is_told() -> None:
    straight = replace(pcm_2019(), read_noise_fit=Polynomial((0.1, 0.0)))
    with pytest.warns(RangeWarning, match="of 'fitted device' does not follow the formula of 'PCM"):
        fit_device(measured(pcm_2019(), 3000), unit="uS", formulas_of=straight, samples=60)


def test_effects_can_be_switched_off_and_the_same_seed_gives_the_same_device() -> None:
    table = measured(pcm_2019(), 2000)
    one, two, other = (fit_device(table, unit="uS", rng=seed, samples=40) for seed in (5, 5, 6))
    assert one == two
    assert one != other
    quiet = one.without("programming_noise", "drift", "read_noise")
    np.testing.assert_array_equal(quiet.program(np.full(4, 5e-6), 1).read(1.0, 1), 5e-6)
    assert isinstance(quiet, FittedPCM)
    assert quiet.data_sheet() == one.data_sheet()


def test_the_data_sheet_says_what_matters() -> None:
    device = fitted("hermes")
    text = device.data_sheet()
    for part in ("20000 devices at 50 levels", "0 to 20.7 µS", "t_0 300 s", "nothing was left out"):
        assert part in text
    for name, value in device.parameters.items():
        assert f"{name.split('.', 1)[1]:<14}{value:>12.5g}" in text
    with pytest.raises(ValueError, match=r"confidence=95 is not allowed"):
        device.intervals(95)
    with pytest.raises(ValueError, match="has no data sheet"):
        replace(device, sheet=None).data_sheet()


def test_a_number_that_the_table_does_not_show_has_no_interval() -> None:
    device = fitted("2019")
    assert device.sheet is not None
    blind = device.sheet.estimate.samples[3] | {"high": np.full(50, np.nan)}
    estimate = replace(device.sheet.estimate, samples=(*device.sheet.estimate.samples[:3], blind))
    unsure = replace(device, sheet=replace(device.sheet, estimate=estimate))
    assert unsure.intervals()["read_noise.high"] == (-np.inf, np.inf)
    assert unsure.data_sheet().endswith("not determined by this table")


def test_a_shift_from_the_targets_is_told() -> None:
    table = measured(pcm_2019(), 3000)
    table["conductance"] *= 1.08
    with pytest.warns(RangeWarning, match=r"land \+.* µS beside their targets"):
        device = fit_device(table, unit="uS", samples=60)
    assert device.sheet is not None
    assert device.sheet.estimate.offset[-1] == pytest.approx(2e-6, rel=0.2)


@pytest.mark.parametrize(
    "formula",
    [
        Polynomial((0.2, 1.0, -0.5)),
        ClippedLog(-0.02, 0.03, 0.05, 0.09),
        ClippedPower(0.01, 0.6, 0.15),
    ],
)
def test_a_formula_is_found_from_points_without_noise(formula: Fit) -> None:
    x = np.linspace(0, 1, 60) ** 2
    y = formula(x)
    found = fit_formula(formula, x, y, np.ones_like(x), "it")
    assert type(found) is type(formula)
    np.testing.assert_allclose(found(x), y, atol=2e-4 * np.ptp(y))
