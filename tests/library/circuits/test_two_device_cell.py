"""Filling a weight into two devices, and the full scale that the bit-line current allows."""

from typing import Any

import numpy as np
import pytest

from aimc.circuits import TwoDeviceCell, UnitCell, effective_weights, largest_full_scale
from aimc.circuits.full_scale import line_loads, lost_current
from aimc.circuits.two_device_cell import (
    FILLINGS,
    PROGRAMMED,
    RESET,
    SET,
    fill_in_order,
    fill_one_device,
    fill_state_dependent,
)
from aimc.cores import Core
from aimc.devices import pcm_hermes
from aimc.published import fact

try:
    import torch
except ImportError:  # the NumPy half of this file needs no torch
    torch = None
else:
    torch.set_num_threads(1)

G_MAX = 10.35e-6
LIBRARIES = [
    pytest.param(np.asarray, id="numpy"),
    pytest.param(lambda w: torch.from_numpy(w), id="torch", marks=pytest.mark.torch),
]


def weights(shape: tuple[int, int] = (20, 30)) -> np.ndarray:
    w = np.random.default_rng(0).uniform(-1, 1, shape)
    w[0, :5] = (-1.0, 0.0, 1.0, 0.5, -0.5)
    return w


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("filling", FILLINGS)
def test_cell_splits_and_joins(filling: str, library: Any) -> None:
    cell, w = TwoDeviceCell(filling), library(weights())
    assert isinstance(cell, UnitCell)
    assert cell.devices_per_weight == fact("A010").number
    targets = cell.split(w, G_MAX)
    assert tuple(targets.shape) == (1, 2, 2, 20, 30)
    assert float(targets.min()) >= 0
    assert float(targets.max()) <= G_MAX * (1 + 1e-12)
    np.testing.assert_allclose(
        np.asarray(effective_weights(cell, targets, G_MAX)), np.asarray(w), atol=1e-12
    )
    # the polarity that is not used stays RESET
    assert float((targets[0, :, 0] * targets[0, :, 1]).max()) == 0


def test_one_device_leaves_the_second_alone_and_max_fill_fills_the_first() -> None:
    w = weights()
    one = TwoDeviceCell("one_device").split(w, G_MAX)[0]
    assert not one[1].any()
    first, second = TwoDeviceCell("max_fill").split(w, G_MAX)[0]
    assert np.all(first[second > 0] == G_MAX)
    # half of the range is where the second device begins
    assert np.all((second.sum(axis=0) > 0) == (np.abs(w) > 0.5))


@pytest.mark.torch
@pytest.mark.parametrize("filling", FILLINGS)
def test_gradients_pass(filling: str) -> None:
    w = torch.tensor(weights() * 0.99, requires_grad=True)
    cell = TwoDeviceCell(filling)
    effective_weights(cell, cell.split(w, G_MAX), G_MAX).sum().backward()
    np.testing.assert_allclose(w.grad.numpy(), 1.0)


def test_cell_in_a_core() -> None:
    w = weights()
    core = Core(pcm_hermes(1), TwoDeviceCell("max_fill"), rows=32, columns=32).program(w)
    assert np.std(core.at(0.0).weights() - w) < 0.1


TARGETS = np.array([0.0, 4.0, 9.0, 11.0, 13.0, 20.0, 22.0])
STATES = np.array([[12.0] * 7, [9.0] * 7])  # the first device is the stronger one


@pytest.mark.parametrize("turn", [False, True])
def test_state_dependent_by_hand(turn: bool) -> None:
    states = STATES[::-1] if turn else STATES
    filling = fill_state_dependent(TARGETS, states)
    strong, weak = (1, 0) if turn else (0, 1)
    P, R, S = PROGRAMMED, RESET, SET
    np.testing.assert_array_equal(filling.role[strong], [R, P, P, P, S, S, S])
    np.testing.assert_array_equal(filling.role[weak], [R, R, R, R, P, P, S])
    np.testing.assert_allclose(filling.target[strong], [0, 4, 9, 11, 12, 12, 12])
    # what does not fit at all ends with both devices SET
    np.testing.assert_allclose(filling.target[weak], [0, 0, 0, 0, 1, 8, 9])


def test_state_dependent_has_at_most_one_device_in_between() -> None:
    rng = np.random.default_rng(1)
    states = 12.0 * np.exp(0.12 * rng.standard_normal((2, 50, 60)))
    goal = rng.uniform(0, 24, (50, 60))
    filling = fill_state_dependent(goal, states)
    assert filling.intermediate.max() == 1
    within = goal <= states.sum(axis=0)
    np.testing.assert_allclose(filling.target.sum(axis=0)[within], goal[within])
    # a device is never asked for more than its own SET state, which max-fill may do
    assert np.all(filling.target <= states)
    plain = fill_in_order(np.minimum(goal, 2 * 10.35), 10.35)
    assert plain.intermediate.max() == 2
    assert np.any(plain.target > states)


def test_equal_known_states_give_the_targets_of_max_fill() -> None:
    """What state-dependent filling exploits is that devices differ."""
    goal = np.linspace(0, 2 * G_MAX, 41)
    equal = fill_state_dependent(goal, np.full((2, 41), G_MAX))
    np.testing.assert_allclose(
        np.sort(equal.target, axis=0),
        np.sort(fill_in_order(goal, G_MAX).target, axis=0),
        atol=1e-18,
    )


def test_one_device_filling() -> None:
    filling = fill_one_device(TARGETS)
    np.testing.assert_array_equal(filling.intermediate, TARGETS > 0)
    assert not filling.target[1].any()


def test_errors_name_what_is_wrong() -> None:
    with pytest.raises(ValueError, match="filling='best'"):
        TwoDeviceCell("best")
    with pytest.raises(ValueError, match=r"g_set must have shape \(2, 7\), got \(7,\)"):
        fill_state_dependent(TARGETS, STATES[0])
    with pytest.raises(ValueError, match="target"):
        fill_in_order(np.array([21.0]), 10.0)
    with pytest.raises(ValueError, match="target"):
        fill_one_device(np.array([-1.0]))


def test_loads_by_hand() -> None:
    w = np.array([[2.0, -1.0, 1.0], [-2.0, -2.0, 0.0]])
    x = np.array([[0.5, 1.0, -0.25], [0.0, 0.0, 0.5]])
    # scaled weights 1, -1/2, 1/2 and -1, -1, 0; all rows with an input are on at the start
    np.testing.assert_allclose(line_loads(w, x), [[1.0, 2.0], [0.5, 0.0]])
    np.testing.assert_allclose(line_loads(w, x, when="mean"), [[0.5, 1.5], [0.25, 0.0]])
    np.testing.assert_allclose(line_loads(w, x, phases=1), [[0.0, 2.0], [0.5, 0.0]])


def test_full_scale_keeps_every_line_below_the_limit() -> None:
    rng = np.random.default_rng(2)
    w, x = rng.uniform(-1, 1, (40, 200)), rng.uniform(-1, 1, (100, 200))
    limit = 1e-6 * fact("A028").number
    g = largest_full_scale(w, x, g_cell=1.0, i_max=limit)
    currents = 0.2 * g * line_loads(w, x)
    assert currents.max() == pytest.approx(limit)
    assert largest_full_scale(w, x, g_cell=g / 2, i_max=limit) == g / 2
    assert largest_full_scale(w, x, g_cell=1.0, share=0.5) > g
    assert largest_full_scale(np.zeros((2, 3)), np.ones((1, 3)), g_cell=3e-6) == 3e-6


def test_full_scales_of_the_published_networks_have_the_right_order() -> None:
    """A101 with made-up weights of the published shapes: a wide layer must do with less."""
    rng, count = np.random.default_rng(3), 1e-6 * fact("A063").number

    def counts(inputs: int, outputs: int, signed: bool) -> float:
        w = np.clip(rng.standard_normal((outputs, inputs)), -2, 2)  # clipped at two sigma
        x = np.clip(rng.standard_normal((200, inputs)), -3 if signed else 0, 3) / 3
        return largest_full_scale(w, x, 1e-6 * fact("A062").number) / count

    first, low, high, *_, lstm, _ = fact("A101").numbers
    assert counts(27, 56, signed=True) == pytest.approx(first, rel=0.01)
    assert low < counts(252, 112, signed=False) < high
    assert counts(252, 252, signed=True) == pytest.approx(lstm, rel=0.15)


def test_lost_current_by_hand() -> None:
    lines = np.array([[[4e-6, 4e-6]], [[0.0, 2e-6]]])  # one line of each polarity, two rows
    x = np.array([[1.0, 0.5]])
    # 4 + 4 uS at 1 V for half of the time, 4 uS for the rest; the negative line carries 2 uA
    lost = lost_current(lines, x, i_max=5e-6, v_read=1.0, steps=10)
    np.testing.assert_allclose(lost, [[-0.5 * 3e-6]])
    np.testing.assert_allclose(lost_current(lines, -x, i_max=5e-6, v_read=1.0, steps=10), -lost)
    assert not lost_current(lines, x, i_max=8e-6, v_read=1.0, steps=10).any()


def test_nothing_is_lost_at_the_largest_full_scale() -> None:
    rng = np.random.default_rng(5)
    w, x = rng.uniform(-1, 1, (30, 100)), rng.uniform(-1, 1, (20, 100))
    w[0, 0] = 1.0
    g = largest_full_scale(w, x, g_cell=1.0, i_max=50e-6)

    def lost(full: float) -> float:
        pair = full * np.stack([np.clip(w, 0, None), np.clip(-w, 0, None)])
        return float(np.abs(lost_current(pair, x, i_max=50e-6)).max())

    assert lost(0.98 * g) == 0
    assert lost(1.1 * g) > 0
