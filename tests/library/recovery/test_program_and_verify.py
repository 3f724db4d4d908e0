"""Program-and-verify: convergence, cost, and what its error is made of."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from aimc.cores import Core
from aimc.devices import Device, pcm_2019, pcm_hermes
from aimc.devices.pulsed import PulsedPCM, pulsed_2019, pulsed_hermes
from aimc.published import fact
from aimc.recovery.programming import (
    CellProgramming,
    ProgramAndVerify,
    ProgrammingRun,
    acceptance,
    calibrate_relaxation,
    core_programming_time,
    corrected_scatter,
    program_and_verify,
)

MODELS = [pulsed_hermes(), pulsed_2019()]
each_model = pytest.mark.parametrize("model", MODELS, ids=["hermes", "2019"])


def run(model: PulsedPCM, targets: Any, serial: int = 1, **settings: Any) -> ProgrammingRun:
    goals = np.asarray(targets, dtype=float)
    return program_and_verify(model.fabricate(goals.shape, serial), goals, rng=2, **settings)


def uniform(model: PulsedPCM, count: int = 5000) -> np.ndarray:
    return np.random.default_rng(3).uniform(0, model.g_max, count)


def test_hermes_converges_within_five_counts_and_thirty_iterations() -> None:
    model = pulsed_hermes()
    for serial in range(3):
        got = run(model, uniform(model), serial)
        assert got.convergence >= 0.99
        assert got.iterations.max() <= fact("A058").number
        assert np.all(np.abs(got.verified - got.target)[got.converged] <= model.margin * 1.001)
    # the few that fail are the devices that cannot conduct as much as asked
    lost = ~got.converged & (got.target > 0)
    assert np.all(got.array.g_set[lost] < got.target[lost])


def test_2019_converges_as_published() -> None:
    model = pulsed_2019()
    levels = np.repeat(np.linspace(0.1, 1.0, 10) * model.g_max, 1000)
    got = run(model, levels)
    assert 100 * got.convergence >= fact("B031").number
    assert got.iterations.max() <= fact("B030").numbers[2]


def test_narrow_margin_needs_the_longer_limit() -> None:
    """55 iterations instead of 30 have a reason: a margin of 1 % of the range instead of 6 %."""
    wide, narrow = (run(m, uniform(m)).iterations.mean() for m in MODELS)
    assert narrow > 1.8 * wide


@each_model
def test_zero_takes_the_reset_pulse_only(model: PulsedPCM) -> None:
    got = run(model, np.zeros(200))
    assert np.all(got.pulses == 1)
    assert np.all(got.iterations == 0)
    assert got.g.mean() < 0.03 * model.g_max
    assert got.convergence == 1.0  # nothing was asked for


@each_model
def test_a_tighter_margin_costs_iterations_and_buys_little(model: PulsedPCM) -> None:
    goals = np.full(4000, 0.5 * model.g_max)
    usual, tight = (run(model, goals, margin=m * model.margin, reads=9) for m in (1.0, 0.4))
    assert tight.iterations.mean() > 1.5 * usual.iterations.mean()
    kept = usual.converged & tight.converged
    assert kept.mean() > 0.98
    assert tight.error[kept].std() < 0.7 * usual.error[kept].std()
    later = [np.std((r.first_read(rng=5) - r.target)[kept]) for r in (usual, tight)]
    assert 0.85 * later[0] < later[1] < later[0]


def test_too_large_a_gain_oscillates() -> None:
    model = pulsed_hermes()
    goals = np.full(1000, 0.5 * model.g_max)
    mean = {g: run(model, goals, gain=g).iterations.mean() for g in (0.1, 0.8, 2.5)}
    assert mean[0.8] < 0.6 * mean[0.1]
    assert mean[0.8] < 0.6 * mean[2.5]


def same_devices() -> PulsedPCM:
    """Devices that differ only from pulse to pulse, read without noise."""
    spreads = ("g_set", "g_reset", "i_half", "width", "rate")
    alike: dict[str, Any] = {f"{name}_spread": 0.0 for name in spreads}
    return replace(pulsed_2019(), **alike, read_noise=0.0, read_floor=1e-12)


@pytest.mark.parametrize("gain", [0.0, 0.4, 0.8, 1.0, 1.4])
def test_a_loop_that_keeps_correcting_scatters_more_than_its_device(gain: float) -> None:
    """At 99.9 % confidence: 2,000 devices x 20 settled reads, which the correction correlates."""
    model = same_devices()
    middle = 0.5 * (model.g_set + model.g_reset)  # where the slope is the steepest
    array = model.fabricate(2000, serial=1)
    start = array.current_for(middle)
    scatter = model.steepest * model.current_scatter * float(start[0])
    got = program_and_verify(
        array,
        np.full(2000, middle),
        rng=3,
        margin=1e-15,  # nobody is ever done
        max_iterations=40,
        gain=gain,
        first_current=start,
        history=True,
    )
    variance = np.mean((got.conductances[20:] - middle) ** 2, axis=0)  # of each device
    error = variance.std(ddof=1) / np.sqrt(variance.size)
    expected = corrected_scatter(scatter, gain) ** 2
    assert abs(variance.mean() - expected) < 3.29 * error + 0.005 * expected  # the curve bends
    assert variance.mean() / scatter**2 == pytest.approx(2 / (2 - gain), rel=0.03)


@pytest.mark.parametrize("part", [1.0, 0.5, 0.2])
def test_whoever_stops_correcting_waits_for_one_over_the_chance(part: float) -> None:
    """The oracle never corrects, the usual loop chases its scatter, the third stops bit by bit."""
    model = pulsed_2019()
    goals, margin = np.full(20_000, 0.5 * model.g_max), part * model.margin
    start = model.fabricate(goals.shape, 7).current_for(goals)
    settings: dict[str, Any] = {"margin": margin, "max_iterations": 600, "serial": 7}
    oracle = run(model, goals, gain=0.0, first_current=start, **settings)
    usual = run(model, goals, gain=0.8, **settings)
    fading = run(model, goals, gain=1 / np.arange(1, 601), **settings)
    once = model.fabricate(goals.shape, 7)
    once.pulse(start, rng=5)
    scatter = float(np.std(once.read(6, model.reads) - goals))
    waits = 1 / acceptance(margin, scatter)
    assert oracle.iterations.mean() == pytest.approx(waits, rel=0.04)
    assert usual.iterations.mean() > 1.3 * waits
    assert oracle.iterations.mean() < fading.iterations.mean() < 0.92 * usual.iterations.mean()
    widened = 1 / acceptance(margin, corrected_scatter(scatter, 0.8))
    assert widened < usual.iterations.mean() < widened + 1.4  # and a pulse or so to get there


def test_scatter_and_acceptance_name_what_is_wrong() -> None:
    assert corrected_scatter(1e-6, 0.0) == 1e-6
    assert acceptance(1e-6, 1e-6) == pytest.approx(0.6827, abs=1e-4)
    with pytest.raises(ValueError, match=r"gain=2 times slope=1 must be below 2"):
        corrected_scatter(1e-6, 2.0)
    with pytest.raises(ValueError, match="scatter"):
        corrected_scatter(-1e-6, 0.5)
    with pytest.raises(ValueError, match="slope"):
        corrected_scatter(1e-6, 0.5, 0.0)
    with pytest.raises(ValueError, match="margin"):
        acceptance(0.0, 1e-6)


def test_averaged_reads_narrow_the_accepted_band() -> None:
    model = replace(pulsed_hermes(), read_noise=0.06)
    goals = np.full(3000, 0.5 * model.g_max)
    once, often = (run(model, goals, reads=n) for n in (1, 16))
    assert often.error.std() < 0.9 * once.error.std()
    assert np.mean(np.abs(often.error) > 1.2 * model.margin) < 0.02
    assert np.mean(np.abs(once.error) > 1.2 * model.margin) > 0.04


def test_a_common_first_current_takes_longer() -> None:
    model = pulsed_hermes()
    guess, blind = (run(model, uniform(model), first_current=i) for i in (None, 125e-6))
    assert blind.iterations.mean() > 1.3 * guess.iterations.mean()
    assert blind.convergence > 0.99


def test_history_holds_every_iteration() -> None:
    model = pulsed_hermes()
    got = run(model, uniform(model, 50), history=True)
    taken = np.sum(~np.isnan(got.currents), axis=0)
    np.testing.assert_array_equal(taken, got.iterations)
    assert got.conductances.shape == got.currents.shape == (got.iterations.max(), 50)
    for device in range(50):
        reads = got.conductances[: got.iterations[device], device]
        amperes = got.currents[: got.iterations[device], device]
        assert reads[-1] == got.verified[device]
        # conducts too much: more current next, and the other way round
        moves = np.sign(np.diff(amperes)) * np.sign(reads - got.target[device])[:-1]
        inside = (amperes[1:] > 125e-6) & (amperes[1:] < 700e-6)
        assert np.all(moves[inside] > 0)
    assert run(model, uniform(model, 50)).currents.shape == (0, 50)


def test_cost_counts_every_pulse_and_read() -> None:
    model = pulsed_hermes()
    got = run(model, np.full(300, 0.5 * model.g_max), history=True)
    np.testing.assert_array_equal(got.pulses, got.iterations + 2)  # RESET and SET first
    np.testing.assert_allclose(got.time, 425e-9 + got.iterations * (125e-9 + 768e-9))
    pulses = 2.5 * (700e-6 * 125e-9 + 125e-6 * 300e-9 + 125e-9 * np.nansum(got.currents, axis=0))
    assert np.all(got.energy > pulses)
    assert np.all(got.energy < 1.01 * pulses)  # reads cost next to nothing
    again = program_and_verify(got.array, got.target, rng=9)
    assert again.pulses.max() < got.array.pulses.max()  # counted from here, not from the factory


def test_time_of_a_core_waits_for_the_slowest_of_each_line() -> None:
    iterations = np.array([[1, 2, 1, 1], [5, 1, 1, 1]])
    got = core_programming_time(iterations, pulsed_hermes(), line=4, cycles=8)
    assert got == pytest.approx(2 * 8 * 425e-9 + (2 + 5) * (8 * 125e-9 + 768e-9))


@pytest.mark.parametrize(
    ("model", "statistics"), [(MODELS[0], pcm_hermes(1)), (MODELS[1], pcm_2019())]
)
def test_stored_relaxation_is_the_calibrated_one(model: PulsedPCM, statistics: Any) -> None:
    found = calibrate_relaxation(model, statistics, devices=3000, serial=4)
    np.testing.assert_allclose(found, model.relaxation, rtol=0.04, atol=0.03e-6)


def test_it_is_a_device_for_a_core() -> None:
    device = ProgramAndVerify(pulsed_hermes(), pcm_hermes(1), serial=7)
    assert isinstance(device, Device)
    w = np.random.default_rng(0).uniform(-1, 1, (32, 32))
    core = Core(device, rows=32, columns=32, serial=1).program(w)
    error = np.std(core.at(0.0).weights() - w)
    assert 0.06 < error < 0.11
    assert np.std(core.at(86400.0).weights() - w) > error
    noise = core.read_noise(rng=1)
    assert noise.read(10.0).shape == core.state.g_target.shape
    again = Core(device, rows=32, columns=32, serial=1).program(w)
    np.testing.assert_array_equal(core.at(9.0).weights(), again.at(9.0).weights())
    assert "legallo2023hermes" in device.sources


def test_programming_again_meets_the_same_devices() -> None:
    device = ProgramAndVerify(pulsed_hermes(), pcm_hermes(1), serial=7)
    goals = uniform(pulsed_hermes(), 100)
    first, second = (device.run(goals, rng) for rng in (1, 2))
    np.testing.assert_array_equal(first.array.i_half, second.array.i_half)
    assert np.any(first.g != second.g)


def test_state_keeps_the_drift_of_the_statistical_model() -> None:
    model, statistics = pulsed_2019(), pcm_2019()
    state = run(model, np.full(20_000, 0.5 * model.g_max)).state(statistics, rng=4)
    assert state.drift_exponent.mean() == pytest.approx(0.049, abs=1e-3)
    assert state.read_noise_std(10.0).mean() > 0
    np.testing.assert_array_equal(state.at(0.0), state.g_programmed)


@pytest.mark.torch
def test_gradients_pass_to_the_weights() -> None:
    import torch

    device = ProgramAndVerify(pulsed_hermes(), pcm_hermes(1), serial=7)
    w = torch.linspace(-1, 1, 12, dtype=torch.float64).reshape(3, 4).requires_grad_()
    core = Core(device, rows=4, columns=4, serial=1).program(w)
    core.at(0.0).weights().sum().backward()
    np.testing.assert_allclose(w.grad, 1.0, rtol=1e-9)
    plain = Core(device, rows=4, columns=4, serial=1).program(w.detach().numpy())
    np.testing.assert_allclose(core.at(0.0).weights().detach(), plain.at(0.0).weights())


def hermes(**settings: Any) -> ProgrammingRun:
    return run(pulsed_hermes(), np.full(3, 5e-6), **settings)


BAD: list[tuple[str, Callable[[], Any], type[Exception]]] = [
    ("^target must lie", lambda: run(pulsed_hermes(), [11e-6]), ValueError),
    ("^target must lie", lambda: run(pulsed_hermes(), [-1e-6]), ValueError),
    (
        r"target must have the shape of the array, \(4,\), got shape \(5,\)",
        lambda: program_and_verify(pulsed_hermes().fabricate(4, 1), np.zeros(5), 1),
        ValueError,
    ),
    ("first_current must have the shape", lambda: hermes(first_current=[3e-4] * 2), ValueError),
    ("margin", lambda: hermes(margin=0.0), ValueError),
    ("max_iterations", lambda: hermes(max_iterations=0), ValueError),
    ("gain", lambda: hermes(gain=-1.0), ValueError),
    ("gain", lambda: hermes(gain=[0.5, -0.1]), ValueError),
    ("gain", lambda: hermes(gain=[[0.5]]), ValueError),
    ("reads", lambda: hermes(reads=1.5), TypeError),
    ("first_current", lambda: hermes(first_current=1e-6), ValueError),
    ("statistics", lambda: hermes().state(pcm_2019(), 0), ValueError),
    ("statistics", lambda: ProgramAndVerify(pulsed_hermes(), pcm_hermes(2)), ValueError),
    ("serial", lambda: ProgramAndVerify(pulsed_2019(), pcm_2019(), serial=-1), ValueError),
    ("margin=-1", lambda: ProgramAndVerify(pulsed_2019(), pcm_2019(), margin=-1), ValueError),
    ("reads=0", lambda: ProgramAndVerify(pulsed_2019(), pcm_2019(), reads=0), ValueError),
    ("gain", lambda: ProgramAndVerify(pulsed_2019(), pcm_2019(), gain=-1), ValueError),
    ("model", lambda: ProgramAndVerify(pcm_2019(), pcm_2019()), TypeError),  # type: ignore[arg-type]
    ("margin=-1", lambda: CellProgramming(pulsed_2019(), pcm_2019(), margin=-1), ValueError),
    ("iterations", lambda: core_programming_time(np.ones(5), pulsed_hermes(), line=4), ValueError),
    ("cycles", lambda: core_programming_time(np.ones(4), pulsed_hermes(), cycles=0), ValueError),
    ("levels", lambda: calibrate_relaxation(pulsed_2019(), pcm_2019(), levels=1), ValueError),
]


@pytest.mark.parametrize(
    ("name", "call", "error"), BAD, ids=[f"{k}-{b[0]}" for k, b in enumerate(BAD)]
)
def test_bad_input_is_named(name: str, call: Callable[[], Any], error: type[Exception]) -> None:
    with pytest.raises(error, match=name):
        call()
