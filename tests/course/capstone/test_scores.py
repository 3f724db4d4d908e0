"""Hypervolumes that a hand can compute, costs that are the library's, limits that refuse."""

from dataclasses import replace

import numpy as np
import pytest

from aimc.chip import Chip
from aimc_course.capstone.cells import full_weight
from aimc_course.capstone.costs import constants, window
from aimc_course.capstone.design import Design
from aimc_course.capstone.network import workload
from aimc_course.capstone.pricing import LIMITS, DesignRefusedError, Limits, chip_of, planned, price
from aimc_course.capstone.scoring import REFERENCE, gains_of
from aimc_course.capstone.serials import CHIPS, PUBLIC, hidden_serials
from aimc_course.capstone.submissions import baselines
from aimc_course.capstone.volume import front, hypervolume

HERMES = Design("64-core chip", grid=(1, 7))
OURS = Design("ours", rows=512, columns=32, input_bits=5, output_bits=5, read_mode="1-phase",
              devices=1, grid=(2, 3))  # fmt: skip


@pytest.mark.parametrize(
    ("points", "volume"),
    [
        ([], 0.0),
        ([(1, 1, 1)], 1.0),
        ([(0.5, 0.4, 0.3)], 0.06),
        ([(0.5, 0.4, 0.3), (0.5, 0.4, 0.3)], 0.06),
        ([(1, 1, 0.5), (0.5, 0.5, 1)], 0.5 + 0.5 * 0.25),
        ([(1, 0.5, 0.5), (0.5, 1, 0.5), (0.5, 0.5, 1)], 0.5),
        ([(0.9, 0.1, 1), (0.1, 0.9, 1)], 0.09 + 0.09 - 0.01),
        ([(1, 1, -0.1), (-1, 1, 1), (0, 1, 1)], 0.0),
        ([(0.5, 0.5, 0.5), (1, 1, -3)], 0.125),
    ],
)
def test_hypervolume_of_boxes(points, volume):
    assert hypervolume(points) == pytest.approx(volume)
    assert hypervolume(reversed(points)) == pytest.approx(volume)


def test_hypervolume_agrees_with_counting_random_points():
    rng = np.random.default_rng(5)
    points, tries = rng.uniform(0, 1, (5, 3)), rng.uniform(0, 1, (200_000, 3))
    inside = (tries[:, None, :] <= points).all(axis=2).any(axis=1)
    assert hypervolume(points) == pytest.approx(inside.mean(), abs=4e-3)


def test_a_front_holds_what_no_other_beats_everywhere():
    points = [(1, 0, 0.5), (0.5, 0.5, 0.5), (0.4, 0.5, 0.5), (0.5, 0.5, 0.5), (0, 0, 1)]
    assert front(points) == [0, 1, 4]


@pytest.mark.parametrize("points", [[(1, 1)], [(1, 1, float("nan"))], [(1, 1, float("inf"))]])
def test_hypervolume_refuses_what_is_no_point(points):
    with pytest.raises(ValueError, match="points"):
        hypervolume(points)


@pytest.mark.parametrize("read_mode", ["1-phase", "4-phase"])
def test_a_design_with_the_sizes_of_the_64_core_chip_costs_what_the_library_says(read_mode):
    design = replace(HERMES, read_mode=read_mode)
    found = price(design, None)
    chip = Chip((1, 7), read_mode=read_mode)
    known = chip.map(workload()).performance()
    assert found.performance.energy.value == pytest.approx(known.energy.value, rel=1e-12)
    assert found.energies == pytest.approx(
        tuple(energy.value for energy in known.energy_range), rel=1e-12
    )
    assert found.performance.seconds == known.seconds
    assert found.performance.period == known.period
    assert found.area == pytest.approx(7 * chip.constants.core_area, rel=1e-3)


def test_accuracy_and_cost_come_from_one_plan():
    plan = planned(chip_of(OURS, serial=3), OURS)
    assert plan.performance().energy.value == price(OURS).performance.energy.value
    assert plan.mapping.core == (512, 32)
    assert price(OURS).performance.scope == "network"


def test_costs_rise_with_what_is_bought():
    def energy(**changes):
        return price(replace(OURS, **changes), None).performance.energy.value

    def area(**changes):
        return price(replace(OURS, **changes), None).area

    assert energy(input_bits=8) > energy(input_bits=6) > energy()
    assert energy(output_bits=10) > energy(output_bits=8) > energy()
    assert energy(read_mode="4-phase") > energy()
    assert energy(model="reram-2022") > energy()  # 40 uS draw more current than 10 uS
    assert area(devices=4) > area(devices=2) > area()
    assert area(columns=64) > area()
    assert area(grid=(2, 4)) > area()
    assert energy(grid=(2, 4)) == energy()  # cores at rest are not counted
    assert window(OURS) == pytest.approx(16e-9)
    assert window(replace(OURS, output_bits=8)) == pytest.approx(256 * 0.3e-9)
    assert full_weight(replace(OURS, devices=4)) == pytest.approx(4 * 10.35e-6)
    assert constants(replace(OURS, columns=64)).standing_power < 2 * constants(OURS).standing_power


def test_what_exceeds_a_limit_is_refused_with_the_reason():
    with pytest.raises(DesignRefusedError, match=r"area is .* mm², the limit is 8 mm².*fewer"):
        price(replace(OURS, grid=(8, 8)))
    with pytest.raises(DesignRefusedError, match=r"interval between images is .* µs, the limit"):
        price(replace(OURS, input_bits=8, read_mode="4-phase"))
    with pytest.raises(DesignRefusedError, match=r"power at full speed is .* mW, the limit is 600"):
        price(replace(OURS, columns=16, grid=(3, 5), copies={"conv1": 5, "conv2": 2}))
    with pytest.raises(DesignRefusedError, match=r"takes 6 of 512 x 32 cells and there are 4"):
        price(replace(OURS, grid=(2, 2)), None)
    with pytest.raises(DesignRefusedError, match=r"area is .*; power at .*; interval"):
        price(OURS, Limits(area=1e-9, power=1e-9, interval=1e-9))
    assert price(OURS).power < LIMITS.power
    for team in baselines():
        price(team.designs[0])


def test_gains_are_zero_at_the_reference_and_one_at_the_ideal():
    reference = REFERENCE
    assert gains_of(reference.accuracy, reference.energy, reference.area) == (0.0, 0.0, 0.0)
    assert gains_of(reference.top, 0.0, 0.0) == pytest.approx((1.0, 1.0, 1.0))
    assert min(gains_of(0.5, 1.0, 1.0)) < 0


def test_hidden_serials_follow_from_the_key_alone():
    key = bytes(range(32))
    serials = hidden_serials(key)
    assert len(set(serials)) == CHIPS
    assert not set(serials) & set(PUBLIC)
    assert serials == hidden_serials(key) == hidden_serials(key, 8)[:CHIPS]
    assert serials != hidden_serials(bytes(32))
    with pytest.raises(ValueError, match="class_key"):
        hidden_serials(b"short")
