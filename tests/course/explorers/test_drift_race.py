"""The explorer of the chapter on beating drift, and what competes in it."""

import json
import warnings
from itertools import product

import numpy as np
import pytest

from aimc.published import fact
from aimc.recovery.compensation import ReadCost
from aimc_course.explorers import browser_shell
from aimc_course.explorers.accuracy.compensated import (
    LAYERS,
    WAYS,
    achieved,
    adapted,
    aged,
    cores_of,
)
from aimc_course.explorers.accuracy.drift_race import (
    CHIPS,
    DRIFT_RACE,
    PICTURES,
    SCHEDULES,
    TIMES,
    last_calibration,
)
from aimc_course.explorers.accuracy.glyphs import glyphs, trained

pytestmark = pytest.mark.native("the pages of the site compare its answers")

DAY, YEAR = 86400.0, 365.25 * 86400.0
HERMES, OLD = "HERMES, one device", "PCM 2019"


def mean(devices: str, way: str, t: float, **options: object) -> float:
    return float(np.mean([aged(s, devices, way, t, **options).accuracy for s in range(4)]))


def test_left_alone_a_chip_collapses_and_one_factor_keeps_it() -> None:
    # R08: the order, on our own small network
    alone, factor = (mean(OLD, way, YEAR) for way in ("left alone", "one factor"))
    assert alone < 35
    assert factor > 85
    assert mean(OLD, "left alone", 60.0) > 88


def test_adapted_statistics_are_better_than_one_factor_on_an_old_chip() -> None:
    pairs = [
        aged(s, HERMES, "AdaBS", YEAR).accuracy - aged(s, HERMES, "one factor", YEAR).accuracy
        for s in range(6)
    ]
    assert np.mean(pairs) > 1.0
    assert aged(0, HERMES, "AdaBS", YEAR, batches=1).accuracy < (
        aged(0, HERMES, "AdaBS", YEAR).accuracy
    )


def test_adapting_leaves_the_published_share_of_the_old_statistics() -> None:
    network = trained(LAYERS)
    keep = fact("C016").number
    zero = [lambda x, w=w: 0.0 * (x @ w.T) for w in network.weights]
    batches = np.split(glyphs(2600, 2)[0], 13)
    for (mean_, variance), old in zip(adapted(network, zero, batches), network.means, strict=True):
        np.testing.assert_allclose(mean_, keep * old)
        assert np.all(variance >= 0)


def test_exact_products_keep_the_statistics() -> None:
    network = trained(LAYERS)
    exact = [lambda x, w=w: x @ w.T for w in network.weights]
    found = adapted(network, exact, np.split(glyphs(3000, 2)[0], 15))
    spread = np.sqrt(network.variances[0])
    assert np.max(np.abs(found[0][0] - network.means[0]) / spread) < 0.2


def test_a_calibration_lasts_until_the_next_and_does_nothing_before() -> None:
    assert [last_calibration(SCHEDULES[0], t) for t in TIMES] == list(TIMES)
    assert [last_calibration(SCHEDULES[1], t) for t in TIMES] == [0.0, *[3600.0] * 4]
    assert [last_calibration(SCHEDULES[2], t) for t in TIMES] == [0.0, 0.0, *[DAY] * 3]
    early, late = (mean(OLD, "one factor", YEAR, calibrated=t) for t in (3600.0, DAY))
    assert mean(OLD, "left alone", YEAR) < early < late < mean(OLD, "one factor", YEAR)
    before = aged(1, OLD, "one factor", 60.0, 0.0)
    assert before.accuracy == aged(1, OLD, "left alone", 60.0).accuracy
    assert before.reads == 0


def test_costs_are_counted_as_the_library_counts_them() -> None:
    inputs, one = 64, ReadCost.published()
    cores = len(cores_of(0))
    assert cores == LAYERS + 1
    factor = aged(0, OLD, "one factor", DAY)
    assert factor.reads == inputs * cores
    assert factor.energy == pytest.approx(factor.reads * one.energy_J)
    assert factor.time == pytest.approx(inputs * one.time_s)
    full = aged(0, OLD, "AdaBS", DAY)
    assert full.reads == factor.reads + 2600 * cores
    assert aged(0, OLD, "one factor", DAY, probe="4 test vectors").reads == 4 * cores
    assert aged(0, OLD, "left alone", DAY).reads == 0


def test_the_same_state_is_the_same_answer_whatever_came_before() -> None:
    achieved.cache_clear()
    first = aged(2, HERMES, "one factor", DAY)
    aged(2, HERMES, "per output", YEAR)
    achieved.cache_clear()
    assert aged(2, HERMES, "one factor", DAY) == first


def test_what_a_way_does_not_use_is_not_computed_again() -> None:
    achieved.cache_clear()
    probes, schedules = ("all currents", "projection"), (DAY, YEAR)
    for probe, then, batches in product(probes, schedules, (1, 2)):
        for way in WAYS:
            aged(2, HERMES, way, YEAR, then, probe=probe, batches=batches, pictures=50)
    # One chip left alone; outputs are measured at two times; the factor with two probes as well;
    # and for AdaBS with one and two batches.
    assert achieved.cache_info().misses == 1 + 2 + 4 + 8


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"devices": OLD, "cursor": 0, "schedule": SCHEDULES[2]},
        {"probe": "projection", "batches": 1, "cursor": 2},
        {"probe": "input of ones", "schedule": SCHEDULES[1]},
    ],
    ids=str,
)
def test_every_corner_answers_in_json_and_without_warning(state: dict[str, object]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer = DRIFT_RACE.answer(**state)
    values = json.loads(json.dumps(answer.values, allow_nan=False))
    assert set(values["accuracy_percent"]) == set(WAYS)
    assert all(len(row) == len(TIMES) for row in values["accuracy_percent"].values())
    assert json.dumps(browser_shell.plain(answer.as_json()), allow_nan=False)
    assert len(answer.charts) == 2
    assert answer.sentence.endswith(".")


def test_means_are_those_of_the_chips() -> None:
    values = DRIFT_RACE.answer().values
    found = [aged(s, HERMES, "AdaBS", YEAR, YEAR, pictures=PICTURES).accuracy for s in CHIPS]
    assert values["accuracy_percent"]["AdaBS"][4] == pytest.approx(np.mean(found))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("devices", "ReRAM"),
        ("probe", "none"),
        ("schedule", "never"),
        ("batches", 0),
        ("batches", 14),
        ("cursor", 5),
    ],
)
def test_bad_input_is_named(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=name):
        DRIFT_RACE.answer(**{name: value})
