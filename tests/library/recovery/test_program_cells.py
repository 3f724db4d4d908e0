"""Programming a core of four-device cells: roles, feedback, cost, defects, the core after it."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from aimc.circuits import mvm_error, random_sparse_uniform
from aimc.circuits.cell_yield import break_devices, unit_cell_yield
from aimc.circuits.two_device_cell import FILLINGS, PROGRAMMED, RESET, SET, net
from aimc.cores import Core
from aimc.devices import Device, pcm_2019, pcm_hermes
from aimc.devices.faults import Stuck
from aimc.devices.pulsed import pulsed_hermes
from aimc.published import fact
from aimc.recovery.programming import (
    CellProgramming,
    CoreRun,
    program_cells,
    programmed_hermes_core,
    set_relaxation,
)

MODEL = pulsed_hermes()
SHAPE = (64, 64)


def targets(full: float) -> np.ndarray:
    w = np.random.default_rng(0).uniform(-1, 1, SHAPE)
    w[0, :10] = 0.0
    return w * full


@cache
def run(filling: str, serial: int = 1, stuck: float = 0.0) -> CoreRun:
    full = (1 if filling == "one_device" else 2) * MODEL.g_max
    device = CellProgramming(MODEL, pcm_hermes(1), filling, serial, stuck_reset=stuck)
    return device.run(targets(full), 2)


@pytest.mark.parametrize("filling", FILLINGS)
def test_most_cells_converge_within_the_published_margin_and_limit(filling: str) -> None:
    got = run(filling)
    assert got.convergence > (0.98 if filling == "max_fill" else 0.995)
    assert got.iterations.max() <= fact("A058").number
    if filling != "max_fill":
        wrong = np.abs(got.verified - got.target)[got.converged]
        assert wrong.max() <= MODEL.margin * 1.001
    assert not got.iterations[got.role != PROGRAMMED].any()


def test_roles_follow_from_the_states_that_were_read() -> None:
    got = run("state_dependent")
    assert got.intermediate.max() == 1
    assert np.all(got.intermediate <= 1)
    assert not got.role[:, :, got.target == 0].any()
    # the polarity that does not belong to the sign is RESET throughout
    assert np.all(got.role[:, 1][:, got.target > 0] == RESET)
    assert np.all(got.role[:, 0][:, got.target < 0] == RESET)
    # a device left in SET conducts what its own SET state is
    left = got.role == SET
    ratio = got.array.g[left] / got.array.g_set[left]
    assert abs(ratio.mean() - 1) < 0.01
    assert ratio.std() < 0.03
    # nobody is SET where one device can hold the target
    alone = np.abs(got.target) < 0.8 * MODEL.g_max
    assert not left[:, :, alone].any()
    assert left[:, :, np.abs(got.target) > 1.7 * MODEL.g_max].any(axis=(0, 1)).mean() > 0.99


def test_cell_feedback_makes_up_for_what_other_devices_conduct() -> None:
    """SET partner and RESET devices are in the controlled sum; with max-fill they are not."""
    closed, open_loop = run("state_dependent"), run("max_fill")
    large = np.abs(closed.target) > 1.1 * MODEL.g_max
    spread = [np.std((r.error * np.sign(r.target))[large]) for r in (closed, open_loop)]
    assert spread[0] < 0.7 * spread[1]
    assert spread[0] == pytest.approx(MODEL.margin / np.sqrt(3), rel=0.25)


def test_weak_pairs_end_with_both_devices_set() -> None:
    array = MODEL.fabricate((2, 2, 1, 1), serial=1)
    array.g_set[:] = 0.8 * MODEL.g_max
    got = program_cells(array, np.array([[2 * MODEL.g_max]]), 1)
    np.testing.assert_array_equal(got.role[:, 0, 0, 0], [SET, SET])
    assert not got.converged.any()
    assert got.iterations.sum() == 0
    assert got.verified[0, 0] == pytest.approx(1.6 * MODEL.g_max, rel=0.1)


def test_same_serial_same_core_and_other_index_other_core() -> None:
    def weights(serial: int, index: int) -> np.ndarray:
        core = programmed_hermes_core(serial=serial, index=index)
        return core.program(np.eye(8)).at(0.0).weights()

    np.testing.assert_array_equal(weights(3, 0), weights(3, 0))
    others = [weights(4, 0), weights(3, 1), weights(3, 2)]
    for other in others:
        assert not np.allclose(weights(3, 0), other)
    assert not np.allclose(others[1], others[2])


def test_time_counts_the_slowest_device_of_each_line() -> None:
    array = MODEL.fabricate((2, 2, 4, 4), serial=1)
    got = program_cells(array, np.full((4, 4), 0.5 * MODEL.g_max), 1, filling="one_device")
    counts = np.zeros((2, 2, 4, 4), dtype=int)
    counts[0, 0, 1, 2] = 3  # on the diagonal of column minus row equal to one
    counts[0, 0, 2, 3] = 5
    counts[1, 1, 0, 0] = 2
    got = replace(got, iterations=counts)
    cycles = int(fact("A025").context.split("; ")[1].split()[0])
    once = cycles * (MODEL.reset_pulse[1] + MODEL.set_pulse[1])
    each = cycles * MODEL.t_pulse + MODEL.t_verify
    assert got.time(size=4) == pytest.approx(16 * once + (5 + 2) * each)
    slowest = got.slowest(size=4)
    assert slowest[0, 0, 1] == 5
    assert slowest[1, 1, 0] == 2
    assert slowest.sum() == 7
    # on a larger core the 16 cells are on seven diagonals, and the two places still share one
    assert got.time(size=8) == pytest.approx(28 * once + (5 + 2) * each)
    assert got.time(size=256) == pytest.approx(got.time(size=8))
    with pytest.raises(ValueError, match="size=3"):
        got.time(size=3)


def test_programming_a_core_takes_milliseconds_and_one_device_is_quickest() -> None:
    one, two, proposed = (run(f) for f in ("one_device", "max_fill", "state_dependent"))
    assert one.time() < proposed.time() < two.time() < 0.1
    assert 1e-6 < one.energy < 1e-4


def test_a_device_stuck_in_reset_is_found_and_avoided() -> None:
    plain, robust = run("one_device", 1, 0.02), run("state_dependent", 1, 0.02)
    half = np.abs(targets(1.0)) < 0.4  # one device suffices in either scheme
    lost = [1 - np.mean(r.converged[half & (r.target != 0)]) for r in (plain, robust)]
    assert lost[0] > 0.01
    assert lost[1] < 0.25 * lost[0]


def test_broken_devices_do_not_move() -> None:
    array = MODEL.fabricate((2, 2, 8, 8), serial=1)
    reset, stuck = np.zeros(array.shape, bool), np.zeros(array.shape, bool)
    reset[0, 0], stuck[1, 1] = True, True
    break_devices(array, Stuck(reset, stuck))
    for current in (MODEL.reset_pulse[0], MODEL.i_half):
        array.pulse(current, 1)
        assert np.all(array.g[0, 0] < 1.5e-6)
        assert np.all(array.g[1, 1] > 7e-6)
    array.set(2)
    assert np.all(array.g[0, 0] < 1.5e-6)


def test_unit_cell_yield() -> None:
    low, high = 5 * MODEL.lsb, 50 * MODEL.lsb
    array = MODEL.fabricate((2, 2, 256, 256), serial=1)
    before = array.g.copy()
    good = unit_cell_yield(array, 1, low=low, high=high)
    np.testing.assert_array_equal(array.g, before)
    assert 100 * good.mean() > fact("A064").number
    broken = np.zeros(array.shape, bool)
    broken[1, 0, :16] = True
    break_devices(array, Stuck(broken, np.zeros_like(broken)))
    bad = ~unit_cell_yield(array, 1, low=low, high=high)
    assert bad[:16].all()
    assert bad[16:].mean() < 0.01


def test_set_devices_relax_less() -> None:
    one, two = pcm_hermes(1), pcm_hermes(2)
    step = set_relaxation(one, two, MODEL)
    strong = MODEL.fabricate((2, 100_000), serial=3).g_set.max(axis=0).mean()
    rest, reset = one.programming_std(np.array([two.g_max - strong, 0.0]))
    # a SET device and two in RESET beside the one that holds the rest
    cell = np.sqrt(step**2 + rest**2 - 0.25 * reset**2)
    assert cell == pytest.approx(float(two.programming_std(np.array(two.g_max))), rel=1e-3)
    assert 0.4 < step / float(one.programming_std(np.array(one.g_max))) < 0.6
    got = run("state_dependent")
    moved = replace(got, set_relaxation=step).first_read(5) - got.array.g
    assert moved[got.role == SET].std() == pytest.approx(step, rel=0.05)
    assert (got.first_read(5) - got.array.g)[got.role == SET].std() > 1.5 * step
    with pytest.raises(ValueError, match="two must have a full scale above"):
        set_relaxation(pcm_hermes(2), pcm_hermes(1), MODEL)


@pytest.mark.parametrize("filling", FILLINGS)
def test_cells_scatter_as_the_published_fit_says_at_zero(filling: str) -> None:
    """The fits for one and two devices coincide there, so they describe cells."""
    fits = [1e6 * float(pcm_hermes(n).programming_std(np.array(0.0))) for n in (1, 2)]
    assert fits[0] == pytest.approx(fits[1], rel=0.06)
    core = programmed_hermes_core(filling, serial=3).program(np.zeros((200, 200)), w_max=1.0)
    full = core.cell.devices_per_line * core.device.g_max  # type: ignore[attr-defined]
    cells = 1e6 * full * core.at(0.0).weights()
    assert cells.std() == pytest.approx(np.mean(fits), rel=0.05)
    single = core.state.g_programmed[0, 0, 0]
    assert 1e6 * single.std() == pytest.approx(0.5 * np.mean(fits), rel=0.05)


@pytest.mark.parametrize("filling", ["one_device", "state_dependent"])
def test_cells_have_the_error_of_the_fits(filling: str) -> None:
    """Products of a core that was programmed pulse by pulse, against A071 and A072."""
    published = fact("A071" if filling == "one_device" else "A072").number
    w, x = random_sparse_uniform((256, 256), 1), random_sparse_uniform((256, 256), 2)
    core = programmed_hermes_core(filling, serial=7).program(w, w_max=1.0)
    assert 100 * mvm_error(core.forward(x), x @ w.T) == pytest.approx(published, abs=0.3)


@pytest.mark.parametrize("filling", FILLINGS)
def test_core_multiplies_and_drifts(filling: str) -> None:
    w = np.random.default_rng(4).uniform(-1, 1, (40, 48))
    core = programmed_hermes_core(filling, serial=2).program(w)
    assert isinstance(core.device, Device)
    error = np.std(core.at(0.0).weights() - w)
    assert error < 0.12
    state = core.state
    assert state.g_programmed.shape == (1, 2, 2, 40, 48)
    later = np.abs(core.at(86400.0).weights()).sum() / np.abs(core.at(0.0).weights()).sum()
    assert 0.6 < later < 0.95
    y = core.forward(np.ones(48))
    assert y.shape == (40,)
    assert core.device.sources[0] == "legallo2023hermes"


def test_set_devices_drift_like_set_devices() -> None:
    core = programmed_hermes_core(serial=2).program(np.ones((40, 40)))
    state = core.state
    strong = state.g_programmed > 11e-6
    assert strong.sum() > 500
    expected = float(pcm_hermes(1).drift_exponent_mean(np.array(pcm_hermes(1).g_max)))
    assert state.drift_exponent[strong].mean() == pytest.approx(expected, rel=0.4)
    # the fit of the read noise is not followed beyond its range
    noise = state.read_noise_std(0.0)[strong] / state.at(0.0)[strong]
    assert noise.max() < 0.12


@pytest.mark.torch
def test_gradients_reach_the_weights() -> None:
    torch = pytest.importorskip("torch")
    w = torch.full((8, 8), 0.5, dtype=torch.float64, requires_grad=True)
    core = programmed_hermes_core(serial=2).program(w, w_max=1.0)
    core.at(0.0).weights().sum().backward()
    np.testing.assert_allclose(w.grad.numpy(), 1.0, rtol=1e-6)


def test_errors_name_what_is_wrong() -> None:
    array = MODEL.fabricate((2, 2, 3, 3), 1)
    with pytest.raises(ValueError, match=r"array must have shape \(2, 2, 2, 2\)"):
        program_cells(array, np.zeros((2, 2)), 1)
    with pytest.raises(ValueError, match="target"):
        program_cells(array, np.full((3, 3), 1.5 * MODEL.g_max), 1, filling="one_device")
    with pytest.raises(ValueError, match="filling='all'"):
        program_cells(array, np.zeros((3, 3)), 1, filling="all")
    with pytest.raises(ValueError, match="statistics must stand for g_max"):
        CellProgramming(MODEL, pcm_2019())
    device = CellProgramming(MODEL, pcm_hermes(1))
    with pytest.raises(ValueError, match=r"shape \(1, 2, 2, out, in\)"):
        Core(device, rows=4, columns=4).program(np.eye(4))


def test_net_is_the_signed_sum() -> None:
    g = np.array([[[1.0], [3.0]], [[2.0], [5.0]]])  # device by polarity
    np.testing.assert_allclose(net(g), [1 + 2 - 3 - 5])
