"""What a read of a core takes: printed where it was measured, a range where it was not."""

import math
from dataclasses import replace

import numpy as np
import pytest

from aimc.chip import Chip, Layer, Network, Performance, ScopeError, map_network, resnet9_cifar10
from aimc.chip.activity import (
    LAYER,
    LSTM,
    Activity,
    activity,
    array_share,
    fixed_share,
    table_one_group,
)
from aimc.chip.chains import group_of, groups
from aimc.chip.cost import PARTS
from aimc.chip.hermes import READ_MODES, fit_energies, hermes_constants
from aimc.chip.performance import layer_performance, mvm_performance, network_performance
from aimc.chip.schedule import schedule
from aimc.circuits import random_sparse_uniform
from aimc.circuits.read_currents import read_charge
from aimc.circuits.read_modes import read_duration
from aimc.published import fact
from aimc.recovery.programming import programmed_hermes_core

CHIP = hermes_constants()
LOW, CENTRAL, HIGH = fixed_share()


@pytest.mark.native("it repeats for long what other tests run there")
@pytest.mark.parametrize("read_mode", READ_MODES)
def test_the_array_alone_takes_what_a_programmed_core_draws(read_mode: str) -> None:
    """The closed form is the current of a core that was programmed pulse by pulse."""
    weights = random_sparse_uniform((256, 256), rng=1)
    inputs = random_sparse_uniform((16, 256), rng=2)
    per_read = CHIP.read_energy(read_mode)
    drawn = {}
    for name, scheme in (("ODP", "one_device"), ("TDP", "state_dependent")):
        core = programmed_hermes_core(scheme, 7).program(weights, w_max=1.0)
        lines = core.state.g_programmed[0].sum(axis=0)
        charge = read_charge(lines, inputs, 128e-9, read_mode=read_mode).total()
        drawn[name] = fact("A013").numbers[0] * charge / per_read
    # the second device adds what the weights draw with one
    assert drawn["TDP"] - drawn["ODP"] == pytest.approx(array_share(read_mode), rel=0.06)
    assert drawn["ODP"] > array_share(read_mode)  # RESET devices draw a little as well


def test_charge_explains_less_than_two_networks_differ_by() -> None:
    """Currents and two networks give two answers, and the text says so."""
    layer, lstm = activity(LAYER), activity(LSTM)
    assert layer.value - lstm.value == pytest.approx(0.21, abs=0.005)
    assert 1 - array_share() == pytest.approx(HIGH)
    assert pytest.approx(0.93, abs=0.005) == HIGH
    # even with two copies of the full current of every line, which bring the modes together
    most = [array_share(mode, copies=2) for mode in READ_MODES]
    assert most[0] == pytest.approx(most[1], rel=0.03)
    assert 1 - max(most) > CENTRAL + 0.1
    assert 0.5 < LOW < CENTRAL < HIGH < 1


@pytest.mark.parametrize("read_mode", READ_MODES)
@pytest.mark.parametrize("use_case", [LAYER, LSTM])
def test_printed_points_do_not_depend_on_the_share(use_case: str, read_mode: str) -> None:
    group = table_one_group(use_case)
    energies = [
        layer_performance(
            group,
            read_mode=read_mode,
            activity=activity(use_case),
            constants=replace(CHIP, fixed_share=(f, f, f)),
        ).energy.value
        for f in (0.0, 0.5, 1.0)
    ]
    np.testing.assert_allclose(energies, energies[0], rtol=1e-12)
    cost = layer_performance(group, read_mode=read_mode, activity=activity(use_case))
    low, high = cost.reads_range
    assert low == pytest.approx(high) == pytest.approx(cost.energies[PARTS[0]])


def test_empty_cells_cost_less_by_an_inferred_amount() -> None:
    full, half, empty = (CHIP.read_energies("4-phase", 1.0, u) for u in (1.0, 0.5, 0.0))
    e_mvm = CHIP.mvm_energy[1]
    np.testing.assert_allclose(full, e_mvm)
    np.testing.assert_allclose(empty, e_mvm * np.array(fixed_share()))
    np.testing.assert_allclose(half, np.mean([full, empty], axis=0))
    # above the utilisation at which the activity was found the order turns
    low, central, high = CHIP.read_energies("4-phase", Activity(1.2, 0.5), 1.0)
    assert 1.2 * e_mvm < low < central < high
    # no more is fixed than there is
    assert CHIP.read_energies("4-phase", 0.3, 0.0) == pytest.approx([0.3 * e_mvm] * 3)


def test_costs_carry_the_range() -> None:
    sparse = group_of((Layer("few", (10, 27)),))
    cost = mvm_performance(sparse, read_mode="4-phase")
    low, high = cost.energy_range
    assert low < cost.energy < high
    assert low.value / CHIP.mvm_energy[1] == pytest.approx(LOW, abs=0.01)
    assert "inferred" in str(cost)
    assert [row for row in cost.as_rows() if "inferred" in row["quantity"]]
    image = network_performance(
        schedule(map_network(resnet9_cifar10()), read_mode="4-phase"), activity=activity(LAYER)
    )
    reads = sum(group.mvms * group.cores for group in groups(resnet9_cifar10()))
    before = reads * CHIP.mvm_energy[1] * activity(LAYER).value
    got = next(iter(image.energies.values()))
    assert 0.75 < got / before < 0.9
    assert image.energy_range[0] < image.energy < image.energy_range[1]
    full = mvm_performance(group_of((Layer("full", (256, 256)),)), read_mode="4-phase")
    assert "inferred" not in str(full)


def test_both_ends_of_standing_power_meet_the_printed_energies_equally_well() -> None:
    fit, misses = fit_energies(), []
    for use_case, identifier in ((LAYER, "A043"), (LSTM, "A048")):
        for read_mode, printed in zip(READ_MODES, fact(identifier).numbers, strict=True):
            group, a = table_one_group(use_case), activity(use_case)
            cost = layer_performance(group, read_mode=read_mode, activity=a)
            reads, values, standing = cost.energies.values()
            reading = standing * CHIP.read_time(read_mode) / cost.seconds
            digital, factor, held = CHIP.other_end
            other = reads + digital * values + factor * (standing - held * reading)
            least = CHIP.low_end[0] * values + CHIP.low_end[1] * standing
            if use_case == LSTM:  # the low end is that of the LSTM alone
                assert 1e6 * (reads + least) == pytest.approx(printed)
            ends = [cost.energy.value - reads, least, other - reads]
            assert cost.rest_range == pytest.approx((min(ends), max(ends)))
            misses.append(1e6 * other / printed - 1)
    assert np.max(np.abs(misses)) == pytest.approx(np.max(np.abs(fit["errors"])))
    low, high = CHIP.standing_range
    assert (1e3 * low, 1e3 * high) == pytest.approx((40.1, 50.8), abs=0.1)
    # a read that held more standby would meet them worse
    more = np.array(fit["errors"]) + 1.2 * fit["standby"] * np.array(fit["per_watt"])
    assert np.max(np.abs(more)) > np.max(np.abs(fit["errors"]))


def test_waiting_is_dearer_at_the_other_end_and_work_is_not() -> None:
    mapping = map_network(resnet9_cifar10())
    busy = network_performance(schedule(mapping, read_mode="4-phase"))
    values, standing = (busy.energies[name] for name in PARTS[1:])
    low, high = CHIP.beside_reads(0.0, standing, 0.0)
    assert high / low == pytest.approx(CHIP.other_end[1] / CHIP.low_end[1])
    assert CHIP.beside_reads(values, 0.0, 0.0)[0] < values
    assert busy.energy_range[0] < busy.energy < busy.energy_range[1]
    text = busy.energy_text
    assert "to" in text
    assert text.endswith("mJ")
    # a chip without a range has single numbers
    plain = replace(CHIP, low_end=(1.0, 1.0), other_end=(1.0, 1.0, 0.0))
    assert plain.beside_reads(values, standing, 0.5 * standing) == (values + standing,) * 2
    with pytest.raises(ValueError, match="other_end"):
        replace(CHIP, other_end=(1.0, -1.0, 0.0))
    with pytest.raises(ValueError, match="low_end"):
        replace(CHIP, low_end=(1.0, -1.0))


def test_activity_and_shares_are_checked() -> None:
    for wrong, words in (
        (lambda: Activity(0.0), "activity=0"),
        (lambda: Activity(1.0, 0.0), "utilisation=0"),
        (lambda: Activity(1.0, 1.2), "utilisation=1.2"),
        (lambda: CHIP.read_energy("4-phase", 1.0, 1.5), "utilisation=1.5"),
        (lambda: replace(CHIP, fixed_share=(0.9, 0.5, 1.0)), "low, central, high"),
        (lambda: replace(CHIP, fixed_share=(0.5, 0.5, 1.5)), "fixed_share=1.5"),
    ):
        with pytest.raises(ValueError, match=words):
            wrong()
    assert Chip(activity=1.3).activity == Activity(1.3)


def test_a_part_is_no_whole_inference() -> None:
    layers = (Layer("a", (100, 100)),)
    whole = Network("whole", layers)
    part = Network("part", layers, digital=("c2 (Conv2d)",), other=("softmax",))
    costs = [
        network_performance(schedule(map_network(x), read_mode="4-phase")) for x in (whole, part)
    ]
    assert costs[0].scope == "network"
    assert costs[1].scope == "part"
    assert "whole inference" in str(costs[0])
    assert "whole inference" not in str(costs[1])
    assert "c2 (Conv2d)" in costs[1].not_included[0]
    assert "softmax" in str(costs[1])
    with pytest.raises(ScopeError, match="scope is 'network' for one and 'part'"):
        _ = costs[0].energy - costs[1].energy
    many = replace(part, digital=tuple(f"layer {k} (Linear)" for k in range(9)))
    text = str(network_performance(schedule(map_network(many), read_mode="4-phase")))
    assert "layer 5 (Linear) and 3 more" in text
    with pytest.raises(ScopeError, match=r"c2 .* stayed digital"):
        Performance(
            **{
                name: getattr(costs[1], name)
                for name in Performance.__dataclass_fields__
                if name != "scope"
            },
            scope="network",
        )
    assert math.isclose(costs[0].energy.value, costs[1].energy.value)


def test_energy_is_that_of_the_printed_efficiency() -> None:
    cells = 65536
    for mode, identifier in (("1-phase", "A033"), ("4-phase", "A034")):
        per_watt = 2 * cells / CHIP.read_energy(mode) / 1e12
        assert per_watt == pytest.approx(fact(identifier).number, rel=0.01)
    power = [CHIP.read_energy(m) / read_duration(m, 128e-9) for m in ("1-phase", "4-phase")]
    assert power[0] == pytest.approx(power[1], rel=0.01)
