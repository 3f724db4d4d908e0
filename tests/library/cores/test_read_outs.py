"""Read noise in two parts: common to the vectors of a read-out, and new for each.

The numbers are those of the process, `aimc.devices.FlickerNoise`, and of its closed form.
"""

import copy
import dataclasses
import math
import pickle
import tracemalloc
import warnings
import weakref
from functools import cache

import numpy as np
import pytest

import aimc
from aimc.chip import Chip, demo_mlp
from aimc.circuits import DifferentialPair, Periphery, decompose, mvm_error
from aimc.cores import Core, TiledMatrix, read_outs
from aimc.cores.read_outs import ReadOut
from aimc.devices import (
    Ambient,
    Faulty,
    FlickerNoise,
    ReadNoise,
    TemperatureProfile,
    noise_in_time,
    pcm_2019,
    pcm_2025,
    pcm_hermes,
    reram_wan2022,
)
from aimc.recovery.precision import Copies, averaged
from aimc.recovery.programming import programming

HOUR, DAY, YEAR = 3600.0, 86400.0, 3.15e7
DEVICES = {"2019": pcm_2019, "HERMES": lambda: pcm_hermes(2)}
QUIET = Periphery(input_range=1.0)


def core_of(device=None, size=96, serial=1, periphery=QUIET, weights=None, **options) -> Core:
    """A core with ideal converters; weights fill the range evenly."""
    device = pcm_hermes(2) if device is None else device
    core = Core(
        device, DifferentialPair(), periphery, rows=size, columns=size, serial=serial, **options
    )
    rng = np.random.default_rng([size, 5])
    return core.program(rng.uniform(-1, 1, (size, size)) if weights is None else weights)


def inputs(count: int, size: int = 96) -> np.ndarray:
    return np.random.default_rng([count, size]).uniform(-1, 1, (count, size))


def common(core: Core, t: float, noise="split") -> np.ndarray:
    """What all vectors share, in the unit of the weights."""
    view = core.at(t, noise=noise)
    return view.weights(noise=True) - view.weights()


def ein(z: float) -> float:
    """Integral of (1 - exp(-v)) / v from 0 to z, by its definition."""
    edges = np.concatenate([[0.0], np.geomspace(min(1e-6, 0.1 * z), z, 20_001)])
    middle = 0.5 * (edges[1:] + edges[:-1])
    return float(np.sum(-np.expm1(-middle) / middle * np.diff(edges)))


# 1 The formulas of the process


@pytest.mark.parametrize("t_read", [250e-9, 512e-9])
def test_covariance_is_the_closed_form(t_read: float) -> None:
    noise = FlickerNoise(t_read)
    for age in (20.0, HOUR, YEAR):
        for lag in np.logspace(-7, 7, 8):
            both = noise.covariance(np.array([age, age + lag]))[0, 1]
            law = ein((2 * age + lag) / noise.t_shortest) - ein(lag / noise.t_shortest)
            assert both == pytest.approx(law, abs=0.025)


def test_fresh_part_is_the_closed_form() -> None:
    for t_read, fresh in ((250e-9, 5.411), (512e-9, 4.698)):
        noise = FlickerNoise(t_read)
        tau = noise.t_shortest
        assert noise.fresh(100 * tau) == pytest.approx(3.702, abs=0.002)
        assert noise.fresh(1e4 * tau) == pytest.approx(8.288, abs=0.002)
        assert noise.fresh(1e-3) == pytest.approx(fresh, abs=0.002)
        assert noise.fresh(0.1) == pytest.approx(math.log(0.1 / (4 * t_read)) - 1.5, abs=0.01)
        # few reads are a little more different than many in the same time
        assert noise.fresh_in_a_row(100, 1e-5) == pytest.approx(noise.fresh(1e-3), rel=0.015)
        assert noise.fresh_in_a_row(2, 5e-4) == pytest.approx(ein(5e-4 / tau), rel=0.01)


def test_fresh_part_loses_no_digits_for_short_times() -> None:
    noise = FlickerNoise(250e-9)
    short = [noise.fresh(t) for t in (1e-13, 1e-12, 1e-11)]
    np.testing.assert_allclose(np.divide(short, short[0]), [1, 10, 100], rtol=1e-4)
    below, above = (noise.fresh(z * 1e-3 * noise.t_shortest) for z in (0.999, 1.001))
    assert above == pytest.approx(1.002 * below, rel=1e-4)


# 2 The split of a burst of reads


@pytest.mark.parametrize(("name", "fresh"), [("2019", 5.46), ("HERMES", 4.74)])
def test_split_is_that_of_a_burst_of_the_process(name: str, fresh: float) -> None:
    device = DEVICES[name]()
    state = device.program(np.full(10_000, 0.6 * device.g_max), 1)
    factor = device.read_noise_factor(state.g_programmed)
    noise = ReadNoise(state, 2)
    reads = np.stack([noise.fluctuation(DAY + 1e-5 * k) / factor for k in range(100)])
    one, mean = np.mean(reads**2), np.mean(reads.mean(axis=0) ** 2)
    new = (one - mean) * 100 / 99
    assert new == pytest.approx(fresh, abs=0.05)
    assert one - new == pytest.approx(20.42, abs=0.7)


# 3 Strength


@pytest.mark.parametrize("t", [0.0, DAY, YEAR])
def test_one_product_has_the_strength_of_the_law(t: float) -> None:
    core, x = core_of(size=64), inputs(1, 64)[0]
    exact = core.at(t).weights() @ x
    split = np.stack([core.at(t, noise=ReadOut((k,))).forward(x) - exact for k in range(300)])
    view = core.at(t, noise="fresh")
    fresh = np.stack([view.forward(x) - exact for _ in range(300)])
    assert np.var(split) == pytest.approx(np.var(fresh), rel=0.04)


# 4 Limits


def test_fresh_noise_is_the_read_of_the_crossbar_alone() -> None:
    core, x = core_of(), inputs(7)
    bar = core.crossbar(DAY)
    np.testing.assert_array_equal(
        core.at(DAY, noise="fresh").forward(x, 3),
        aimc.circuits.mvm(x, bar, core.periphery, np.random.default_rng(3)),
    )


def test_momentary_noise_is_the_same_for_all_vectors() -> None:
    core, x = core_of(), inputs(3)
    view = core.at(DAY, noise="momentary")
    np.testing.assert_array_equal(view.forward(x), view.forward(x))
    np.testing.assert_allclose(view.forward(x), x @ view.weights(noise=True).T, atol=1e-12)
    assert not np.array_equal(view.weights(noise=True), view.weights())


@pytest.mark.parametrize("name", DEVICES)
def test_share_follows_the_readout(name: str) -> None:
    device = DEVICES[name]()
    assert device.fresh_share(DAY, 1e12) == 1.0
    assert 0.0 < device.fresh_share(DAY, 1e-12) < 2e-8
    shares = [device.fresh_share(t, 1e-3) for t in (0.0, HOUR, DAY, YEAR)]
    expected = {"2019": (0.31, 0.24, 0.21, 0.17), "HERMES": (0.241, 0.213, 0.187, 0.151)}[name]
    np.testing.assert_allclose(shares, expected, atol=0.005)


def test_devices_without_a_law_are_noisy_anew() -> None:
    assert noise_in_time(reram_wan2022()) is None
    assert pcm_2025().fresh_share(0.0, 1e-3) == 1.0
    core = core_of(reram_wan2022())
    np.testing.assert_array_equal(common(core, DAY), 0.0)
    assert np.std(common(core, DAY, "momentary")) > 0
    for wrapped in (
        Faulty(pcm_hermes(2), 0.01, 0.01, serial=1),
        Ambient(pcm_hermes(2), TemperatureProfile.constant(300.0)),
    ):
        assert noise_in_time(wrapped) == noise_in_time(pcm_hermes(2))


def test_a_silent_core_stays_silent() -> None:
    core = aimc.presets.rasch2023(1, rows=8, columns=8).program(np.eye(8))
    np.testing.assert_array_equal(common(core, DAY), 0.0)
    assert np.any(common(core, DAY, "momentary"))  # asked for by name
    np.testing.assert_array_equal(common(core_of(pcm_hermes(2).without("read_noise")), DAY), 0.0)


# 5, 6 Residual and linear part


def test_residual_does_not_depend_on_how_vectors_are_batched() -> None:
    core, x = core_of(), inputs(1500)
    exact = x @ core.at(DAY).weights().T
    at_once = core.at(DAY).forward(x)
    view = core.at(DAY)
    one_by_one = np.stack([view.forward(each) for each in x])
    together, alone = (decompose(x, y, exact) for y in (at_once, one_by_one))
    assert together.residual == pytest.approx(alone.residual, rel=0.03)
    assert together.linear == pytest.approx(alone.linear, rel=0.03)


@cache
def parts(kind: str) -> np.ndarray:
    """Total, linear part and residual in per cent, shape (times, 3), means over two cores."""
    found = []
    for t in (0.0, DAY, YEAR):
        each = []
        for serial in (1, 2):
            core, x = core_of(serial=serial, size=128), inputs(1500, 128)
            exact = x @ core.at(t).weights().T
            y = core.at(t, noise=kind).forward(x)
            split = decompose(x, y, exact)
            # the fit takes its share of the noise into the weights
            grow = math.sqrt(1 / (1 - 128 / 1500))
            each.append((mvm_error(y, exact), split.linear, split.residual * grow))
        found.append(np.mean(each, axis=0))
    return 100 * np.array(found)


def test_residual_holds_the_fast_noise_and_the_linear_part_the_slow() -> None:
    split, fresh = parts("split"), parts("fresh")
    # the strength is the same; over two cores it scatters since a matrix has one common part
    np.testing.assert_allclose(split[:, 0], fresh[:, 0], rtol=0.03)
    shares = [pcm_hermes(2).fresh_share(t, 1e-3) for t in (0.0, DAY, YEAR)]
    np.testing.assert_allclose(split[:, 2], fresh[:, 2] * np.sqrt(shares), rtol=0.03)
    assert np.all(split[:, 1] > 2 * fresh[:, 1])


# 7 Time


def test_common_parts_at_different_times_are_correlated_as_the_process() -> None:
    core = core_of(size=256)
    first = common(core, DAY).ravel()
    for later, correlation in (
        (DAY + 1.0, 0.59),
        (DAY + HOUR, 0.19),
        (2 * DAY, 0.05),
        (31 * DAY, 0.003),
    ):
        fresh = core_of(size=256)
        fresh.at(DAY).weights(noise=True)
        found = np.corrcoef(first, common(fresh, later).ravel())[0, 1]
        assert found == pytest.approx(correlation, abs=0.015)
    # several at once, in another order
    times = (DAY + HOUR, DAY, DAY + 1.0)
    several = core_of(size=256)
    x = [common(several, t).ravel() for t in times]
    np.testing.assert_allclose(
        np.corrcoef(x)[np.triu_indices(3, 1)], (0.19, 0.19, 0.59), atol=0.015
    )
    spread = [common(core_of(size=256, serial=9), t).std() for t in times]
    np.testing.assert_allclose([each.std() for each in x], spread, rtol=0.02)


def test_one_time_is_one_read_out() -> None:
    core, other = core_of(size=32), core_of(size=32)
    for t in (0.0, HOUR):
        other.at(t).forward(inputs(1, 32))
    np.testing.assert_array_equal(common(core, DAY), common(other, DAY))
    near = common(core, DAY + 0.5e-3)
    np.testing.assert_allclose(near, common(core, DAY), rtol=1e-6)
    assert np.corrcoef(near.ravel(), common(core, DAY + 1.5e-3).ravel())[0, 1] < 0.97


def test_numbers_that_are_kept_for_the_next_read_out_change_none(monkeypatch) -> None:
    times = [*np.logspace(1, 6, 21), *np.logspace(5.9, 3.9, 9)]

    def course() -> list[np.ndarray]:
        core = core_of(size=24)
        return [common(core, float(t)) for t in times]

    kept, again = course(), course()
    np.testing.assert_array_equal(kept, again)
    monkeypatch.setattr(read_outs, "LARGEST", 3 * 24 * 24 * 8)  # most are drawn anew each time
    monkeypatch.setattr(read_outs, "_WINDOWS", read_outs._Windows())
    np.testing.assert_allclose(kept, course(), rtol=0, atol=1e-12)
    monkeypatch.setattr(read_outs, "KEPT", 0)
    np.testing.assert_allclose(kept, course(), rtol=0, atol=1e-12)
    assert read_outs._WINDOWS._bytes == 0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_was_read_before_changes_no_bit(dtype: type, monkeypatch) -> None:
    monkeypatch.setattr(read_outs, "_WINDOWS", read_outs._Windows())
    w = np.random.default_rng(0).uniform(-1, 1, (40, 51)).astype(dtype)
    times = np.geomspace(1.0, 100.0, 14)

    def chip(times: np.ndarray) -> list[np.ndarray]:
        core = aimc.presets.hermes(serial=3).program(w)
        return [core.at(t).weights(noise=True) for t in times]

    first = chip(times)
    chip(np.geomspace(0.3, 1e7, 37))  # other read-outs of a chip with the same serial number
    for before, after in zip(first, chip(times), strict=True):
        np.testing.assert_array_equal(before, after)


def test_many_cores_in_a_loop_over_times_draw_their_numbers_once(monkeypatch) -> None:
    """Numbers of eight cores had pushed each other out: nine times the time of a loop."""
    seeds = []
    draw = read_outs._normals
    monkeypatch.setattr(read_outs, "_normals", lambda *of: seeds.append(of[0]) or draw(*of))
    cores, times = [core_of(size=8, serial=k) for k in range(70)], np.logspace(3, 4, 11)
    for t in times:
        for core in cores:
            core.at(float(t)).weights(noise=True)
    # those of the first read-out, which nothing shared yet, are drawn again for the second
    assert len(seeds) == len(cores) * (len(times) + 1)


def test_cores_that_are_read_twice_take_no_memory_for_a_long_loop(monkeypatch) -> None:
    """A browser gives memory when it is asked for, and a limit of a process may count it then."""
    monkeypatch.setattr(read_outs, "_WINDOWS", read_outs._Windows())
    cores = [core_of(size=64, serial=k) for k in range(8)]
    tracemalloc.start()
    for core in cores:
        for t in (1e3, 2e3):
            core.at(t).weights(noise=True)
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert taken < len(cores) * 8 * 64 * 64 * 8  # numbers of two times, and the last conductances


def test_noise_after_a_month_is_not_that_of_a_day() -> None:
    """A chip whose noise began anew with each call showed the same moment, scaled."""
    chip, network = Chip(serial=3), demo_mlp()
    chip.map(network)
    rng = np.random.default_rng(0)
    chip.program({layer.name: rng.uniform(-1, 1, layer.shape) for layer in network.layers})
    held = []
    for t in (DAY, 30 * DAY):
        chip.at(t, noise="momentary")
        view = chip.matrix(network.layers[0].name).views[0]
        held.append((view.weights(noise=True) - view.weights()).ravel())
    assert abs(np.corrcoef(held)[0, 1]) < 0.03


# 8 Averaging


def noise_power(outputs: np.ndarray, exact: np.ndarray) -> float:
    return float(np.mean((outputs - exact) ** 2))


def test_reads_in_a_row_average_next_to_nothing_and_repeats_of_a_batch_the_fresh_part() -> None:
    core, x = core_of(size=64, weights=None), inputs(4000, 64)
    view = core.at(DAY)
    exact = x @ view.weights().T
    seen = x @ view.weights(noise=True).T
    one = noise_power(view.forward(x), seen)
    row = noise_power(averaged(view, x, 4), seen)
    # ideal converters take no time, but a read of the devices does
    law, between = noise_in_time(core.device), core.device.t_read
    gain = 0.75 * law.share_in_a_row(DAY, 4, between) / law.fresh_share(DAY, core.readout)
    assert 0.02 < gain < 0.04
    assert row / one == pytest.approx(1 - gain, abs=0.01)
    batches = noise_power(sum(view.forward(x) for _ in range(4)) / 4, seen)
    assert batches / one == pytest.approx(0.25, rel=0.03)
    whole = noise_power(view.forward(x), exact)
    assert 1 - noise_power(sum(view.forward(x) for _ in range(4)) / 4, exact) / whole == (
        pytest.approx(0.14, abs=0.03)
    )
    # the named limits
    fresh = core.at(DAY, noise="fresh")
    assert noise_power(averaged(fresh, x, 4), exact) == pytest.approx(whole / 4, rel=0.06)


def test_reads_far_apart_average_more() -> None:
    core = core_of(size=32)
    view = core.at(DAY)
    shares = [view.slow_share(4, spacing) for spacing in (1e-7, 1e-5, 1e-3)]
    assert shares[0] > shares[1] > shares[2] == 0.0
    assert core.at(DAY, noise="fresh").slow_share(4) == 0.0


@pytest.mark.parametrize("k", [1, 2])
@pytest.mark.parametrize("make", [core_of, aimc.presets.ideal])
def test_a_spacing_that_is_no_time_is_refused_where_none_is_needed(make, k: int) -> None:
    core = make().program(np.eye(4))
    for view in (core, core.T, core.at(DAY)):
        with pytest.raises(ValueError, match=r"spacing=-1\.0"):
            view.in_a_row(np.ones(4), k, spacing=-1.0)


@pytest.mark.parametrize("kind", ["core", "transposed", "part", "tiled", "copies", "phases"])
def test_everything_that_multiplies_is_averaged(kind: str) -> None:
    w = np.random.default_rng(1).uniform(-1, 1, (20, 20))

    def make(k: int) -> Core:
        return Core(pcm_hermes(2), rows=16, columns=16, serial=1, index=k)

    tiled = TiledMatrix(w, make)
    small = make(9).program(w[:16, :16])
    phases = core_of(size=16, periphery=Periphery(convert_each_phase=True), weights=w[:16, :16])
    matrix = {
        "core": small,
        "transposed": small.T,
        "part": small[2:7, :],
        "tiled": tiled.at(DAY),
        "copies": Copies(w[:16, :16], 3, make).at(DAY),
        "phases": phases,
    }[kind]
    x = inputs(5, matrix.shape[1])
    mean = averaged(matrix, x, 3, rng=4)
    assert mean.shape == (5, matrix.shape[0])
    np.testing.assert_array_equal(mean, averaged(matrix, x, 3, rng=4))
    assert np.std(mean - x @ matrix.weights(noise=True).T) > 0
    assert averaged(matrix, x[0], 2).shape == (matrix.shape[0],)


# 9 One core, many views


def test_all_views_of_a_core_meet_the_same_common_part() -> None:
    core, eye = core_of(size=24), np.eye(24)
    view = core.at(DAY, noise="momentary")
    noisy = view.weights(noise=True)
    np.testing.assert_allclose(view.forward(eye).T, noisy, atol=1e-12)
    np.testing.assert_allclose(view.T.forward(eye), noisy, atol=1e-12)
    np.testing.assert_allclose(view[2:5, :].forward(eye).T, noisy[2:5], atol=1e-12)
    np.testing.assert_array_equal(view.T.weights(noise=True), noisy.T)
    apart = core_of(size=24, periphery=Periphery(convert_each_phase=True))
    phases = apart.at(DAY, noise="momentary")
    np.testing.assert_allclose(phases.weights(noise=True), noisy, atol=1e-12)
    np.testing.assert_allclose(phases.forward(eye).T, noisy, atol=1e-12)


def test_polarities_have_their_own_variance_and_nothing_in_common() -> None:
    core = core_of(size=256, periphery=Periphery(convert_each_phase=True))
    view = core.at(DAY, noise="momentary")
    met, bar = view.met()[0], view.crossbar
    difference, total = (met.conductance - bar.conductance)[0], (met.total - bar.total)[0]
    std = core.device.read_noise_std(core.state.g_programmed, core.state.at(DAY), DAY)[0, 0]
    noisy = (std > 0).all(axis=0)
    difference, total, std = difference[noisy], total[noisy], std[:, noisy]
    plus, minus = 0.5 * (total + difference) / std[0], 0.5 * (total - difference) / std[1]
    assert np.std(plus) == pytest.approx(1.0, abs=0.02)
    assert np.std(minus) == pytest.approx(1.0, abs=0.02)
    assert np.mean(plus * minus) == pytest.approx(0.0, abs=0.03)


def test_other_cores_and_other_weights_have_other_noise() -> None:
    first = common(core_of(size=128), DAY).ravel()
    again = core_of(size=128)
    again.program(again.weights())
    for other in (
        core_of(size=128, serial=2),
        core_of(size=128, index=1),
        again,
    ):
        assert abs(np.corrcoef(first, common(other, DAY).ravel())[0, 1]) < 0.03


@pytest.mark.torch
def test_copies_and_other_libraries_draw_the_same_numbers() -> None:
    torch = pytest.importorskip("torch")
    core = core_of(size=16)
    core.at(DAY + 1.0).weights(noise=True)
    expected = common(core_of(size=16), 0.0)
    for other in (copy.deepcopy(core), pickle.loads(pickle.dumps(core))):
        np.testing.assert_array_equal(common(other, DAY), common(copy.deepcopy(core), DAY))
    w = np.random.default_rng([16, 5]).uniform(-1, 1, (16, 16))
    torched = core_of(size=16, weights=torch.from_numpy(w))
    np.testing.assert_allclose(common(torched, 0.0).numpy(), expected, atol=1e-15)


@pytest.mark.torch
def test_gradients_take_the_common_part_for_a_constant() -> None:
    torch = pytest.importorskip("torch")
    w = torch.rand(8, 8, dtype=torch.float64, requires_grad=True)
    core = core_of(size=8, weights=w)
    x = torch.rand(3, 8, dtype=torch.float64)
    (slope,) = torch.autograd.grad(
        core.at(0.0, noise="momentary").forward(x).sum(), w, retain_graph=True
    )
    (plain,) = torch.autograd.grad((x @ core.weights().T).sum(), w)
    torch.testing.assert_close(slope, plain)


def test_switching_the_noise_of_a_core_off_silences_its_views() -> None:
    core, x = core_of(size=16), inputs(4, 16)
    view = core.at(DAY)
    assert np.any(view.forward(x) != x @ view.weights().T)
    core.periphery = Periphery(read_noise=False)
    np.testing.assert_allclose(view.forward(x), x @ view.weights().T, atol=1e-12)


# 10 Tuning, and what it costs


def test_tuning_learns_the_common_part_of_its_own_read_out() -> None:
    from aimc.recovery.programming.gradient_descent import LOOP

    core = core_of(size=64, periphery=aimc.presets.hermes(1, 2).periphery)
    x = inputs(1000, 64)
    wanted = x @ np.random.default_rng([64, 5]).uniform(-1, 1, (64, 64)).T
    before = mvm_error(core.forward(x), wanted)
    programming("gradient_descent").program(core)
    within = mvm_error(core.at(0.0, noise=LOOP).forward(x), wanted)
    after = mvm_error(core.forward(x), wanted)
    assert within < 0.75 * after
    assert after < before


def test_weights_draw_no_noise() -> None:
    core = core_of(size=16)
    view = core.at(DAY)
    view.weights()
    _ = view.T.weights(), view[2:4, :].weights()
    assert not core._read_outs
    view.forward(inputs(1, 16))
    assert core._read_outs


# Errors


def test_bad_input_is_named() -> None:
    core = core_of(size=8)
    with pytest.raises(ValueError, match="noise='white'"):
        core.at(0.0, noise="white")
    with pytest.raises(TypeError, match='"split", "fresh", "momentary"'):
        core.at(0.0, noise=True)
    with pytest.raises(ValueError, match="readout"):
        core_of(size=8, readout=0.0)
    with pytest.raises(ValueError, match="kind"):
        ReadOut((1,), "fresh")
    chip = Chip(serial=1)
    for momentary, kind in ((True, "momentary"), (False, "fresh")):
        with pytest.raises(TypeError, match=f'noise="{kind}"'):
            chip.at(0.0, momentary=momentary)
    tiled = TiledMatrix(np.eye(4), lambda k: aimc.presets.hermes(1, index=k))
    with pytest.raises(ValueError, match="noise has 2 entries for 1 cores"):
        tiled.at(0.0, noise=["fresh", "fresh"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tiled.at(0.0, noise=lambda core: core.read_noise()).forward(np.ones(4))


def test_what_a_product_met_is_let_go_and_found_again_with_the_same_numbers() -> None:
    core = aimc.presets.hermes(3).program(np.random.default_rng(0).normal(size=(9, 12)))
    view = core.at("1 h")
    before = view.weights(noise=True)
    held = [weakref.ref(each) for each in (view.met()[0].conductance, view.met()[0].read_variance)]
    first = view.forward(np.ones(12), rng=1)
    assert [each() for each in held] == [None, None]
    np.testing.assert_array_equal(view.weights(noise=True), before)
    core.periphery = dataclasses.replace(core.periphery)  # looked at again
    np.testing.assert_array_equal(view.forward(np.ones(12), rng=1), first)
    np.testing.assert_array_equal(view.weights(noise=True), before)
