"""What a bit line carries in either mode: what cancels, what mirrors copy, what is supplied."""

import numpy as np
import pytest

from aimc.circuits import Crossbar, Periphery, mvm, random_sparse_uniform
from aimc.circuits.full_scale import line_loads, lost_current
from aimc.circuits.read_currents import (
    PHASES,
    conducting,
    line_currents,
    phase_signs,
    read_charge,
)
from aimc.circuits.read_modes import READ_MODES

W = random_sparse_uniform((24, 60), 1)
X = random_sparse_uniform((9, 60), 2)
LINES = 10e-6 * np.stack([np.clip(W, 0.0, None), np.clip(-W, 0.0, None)])


def test_by_hand() -> None:
    lines = np.array([[[3.0, 0.0]], [[0.0, 2.0]]])  # one line: 3 S of plus, 2 S of minus
    for x, drawn, pushed in (([1, 1], 3, 2), ([1, -1], 5, 0), ([-1, 0], 0, 3), ([-1, 1], 0, 5)):
        now = line_currents(lines, np.array([x]), read_mode="1-phase", v_read=1.0)
        np.testing.assert_allclose([now.drawn, now.pushed], [[[[drawn]]], [[[pushed]]]])
        assert now.net.item() == drawn - pushed
        assert now.mirrored.item() == abs(drawn - pushed)
        assert now.supplied.item() == max(drawn, pushed)
        assert now.cancelled.item() == min(drawn, pushed)
        four = line_currents(lines, np.array([x]), v_read=1.0)
        assert four.drawn.sum() == drawn + pushed
        assert not four.pushed.any()
        assert not four.cancelled.any()
        np.testing.assert_allclose(phase_signs("4-phase") @ four.net[:, 0, 0], drawn - pushed)


@pytest.mark.parametrize("read_mode", READ_MODES)
def test_counts_are_the_product(read_mode: str) -> None:
    found = line_currents(LINES, X, read_mode=read_mode)
    signs = phase_signs(read_mode)[:, None, None]
    np.testing.assert_allclose((signs * found.net).sum(axis=0), 0.2 * X @ (LINES[0] - LINES[1]).T)
    assert len(signs) == (len(PHASES) if read_mode == "4-phase" else 1)


def test_asymmetry_is_that_of_the_forward_path() -> None:
    asymmetry = 0.1
    net, total = LINES[0] - LINES[1], LINES[0] + LINES[1]
    array = Crossbar(net[None], np.zeros((1, *net.shape)), (1.0,), 10e-6, 1.0, total=total[None])
    circuits = Periphery(read_mode="1-phase", polarity_asymmetry=asymmetry)
    found = line_currents(LINES, X, read_mode="1-phase", v_read=1.0, asymmetry=asymmetry)
    np.testing.assert_allclose(found.net[0] / 10e-6, mvm(X, array, circuits), rtol=1e-9)


def test_largest_at_the_start_and_never_more_than_all_devices() -> None:
    instants = (0.0, 0.3, 0.7, 0.99)
    for read_mode in READ_MODES:
        course = [line_currents(LINES, conducting(X, at), read_mode=read_mode) for at in instants]
        passed = [np.sum(now.drawn + now.pushed) for now in course]
        assert np.all(np.diff(passed) < 0)
        for now in course:
            sums = now.drawn + now.pushed
            assert np.all(now.mirrored <= now.supplied)
            assert np.all(now.supplied <= sums)
            np.testing.assert_allclose(now.supplied + now.cancelled, sums)


def test_charge_of_the_two_modes() -> None:
    one, four = (read_charge(LINES, X, 128e-9, read_mode=m) for m in READ_MODES)
    # each device is driven for its pulse once, whatever the mode
    np.testing.assert_allclose(one.devices, four.devices)
    levels = np.round(127 * np.abs(X)) / 127
    np.testing.assert_allclose(one.devices, 0.2 * 128e-9 * levels @ (LINES[0] + LINES[1]).T)
    np.testing.assert_allclose(four.supplied, four.devices)
    np.testing.assert_allclose(four.mirrored, four.devices)
    assert one.supplied.sum() < 0.65 * one.devices.sum()
    assert one.mirrored.sum() < 0.3 * one.devices.sum()
    # without anything to cancel the modes agree
    same = [read_charge(LINES * [[[1]], [[0]]], abs(X), 1e-7, read_mode=m) for m in READ_MODES]
    np.testing.assert_allclose(same[0].supplied, same[1].supplied)
    assert same[0].total(copies=2) == pytest.approx(3 * same[0].total())


def test_loads_and_saturation_read_from_the_same_currents() -> None:
    for phases in (1, 4):
        start = line_currents(LINES, conducting(X), read_mode=f"{phases}-phase")
        largest = np.abs(start.net).max(axis=0) / (0.2 * 10e-6 * np.abs(W).max())
        np.testing.assert_allclose(line_loads(W, X, phases=phases), largest)
    limit = 0.5 * float(line_currents(LINES, conducting(X)).net.max())
    lost = {m: lost_current(LINES, X, i_max=limit, read_mode=m) for m in READ_MODES}
    assert np.abs(lost["4-phase"]).max() > 0
    # what cancels on the line needs no converter
    assert np.abs(lost["1-phase"]).sum() < np.abs(lost["4-phase"]).sum()


def test_errors_name_what_is_wrong() -> None:
    with pytest.raises(ValueError, match="read_mode='2-phase'"):
        line_currents(LINES, X, read_mode="2-phase")
    with pytest.raises(ValueError, match=r"lines must have shape \(2, out, in\)"):
        line_currents(LINES[:1], X)
    with pytest.raises(ValueError, match="driven"):
        line_currents(LINES, 2 * np.ones_like(X))
    with pytest.raises(ValueError, match="duration"):
        read_charge(LINES, X, 0.0)
