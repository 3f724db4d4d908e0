"""The explorer of the chapter on programming a core."""

import json
import warnings

import numpy as np
import pytest

from aimc.published import fact
from aimc_course.explorers.chip.core_inspector import (
    CORE_INSPECTOR,
    CORRECTIONS,
    EDGES,
    MAPS,
    SCHEMES,
    SIZE,
    TIMES,
    WEIGHTS,
)

ONE, FILL, PROPOSED = SCHEMES


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("level", [25.0, 100.0])
@pytest.mark.parametrize("time", ["just programmed", "1 year"])
@pytest.mark.parametrize("correction", CORRECTIONS)
@pytest.mark.parametrize("show", MAPS)
def test_every_corner_answers_in_json(
    scheme: str, level: float, time: str, correction: str, show: str
) -> None:
    answer = CORE_INSPECTOR.answer(
        scheme=scheme, level=level, time=time, correction=correction, show=show
    )
    values = json.loads(json.dumps(answer.as_json(), allow_nan=False))["values"]
    assert sum(values["in_between"]) == SIZE**2
    assert values["mvm_error"] ** 2 == pytest.approx(
        values["linear"] ** 2 + values["residual"] ** 2
    )
    assert answer.sentence.endswith(".")
    assert len(answer.charts) == 4
    cells = np.array(answer.charts[0].marks[0].values)  # type: ignore[union-attr]
    assert cells.shape == (SIZE, SIZE)
    if show == "weight error":
        assert np.abs(cells).max() <= EDGES[-1]
    if show == "devices in between":
        assert cells.max() <= (2 if scheme == FILL else 1)
        np.testing.assert_array_equal(cells == 0, WEIGHTS == 0)


def test_same_state_same_answer_and_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        state = {"scheme": FILL, "time": "1 day", "broken": True}
        assert CORE_INSPECTOR.answer(**state) == CORE_INSPECTOR.answer(**state)


def test_schemes_come_in_the_published_order() -> None:
    for serial in (1, 2, 3):
        errors = [
            CORE_INSPECTOR.answer(scheme=s, serial=serial).values["mvm_error"] for s in SCHEMES
        ]
        assert errors[0] > errors[1] > errors[2]
    values = CORE_INSPECTOR.answer().values
    assert values["in_between"][2] == 0
    assert CORE_INSPECTOR.answer(scheme=FILL).values["in_between"][2] > 1000


def test_the_corner_stands_for_the_core() -> None:
    """A corner of 64 x 64 has the MVM error that the published fits give a whole core."""
    one, two = (
        np.mean(
            [CORE_INSPECTOR.answer(scheme=s, serial=n).values["mvm_error"] for n in range(1, 6)]
        )
        for s in (ONE, PROPOSED)
    )
    assert 100 * one == pytest.approx(fact("A071").number, abs=1.5)
    assert 100 * two == pytest.approx(fact("A072").number, abs=1.0)


def test_slow_read_noise_is_in_the_linear_part() -> None:
    for scheme, number in ((ONE, 71), (PROPOSED, 72)):
        found = [CORE_INSPECTOR.answer(scheme=scheme, serial=n).values for n in (1, 2, 3)]
        total = fact(f"A0{number}").number / 100
        assert np.mean([v["residual"] for v in found]) < 0.3 * total


def test_a_small_full_scale_costs_precision_and_spares_current() -> None:
    small, large = (CORE_INSPECTOR.answer(level=v).values for v in (50.0, 100.0))
    assert small["mvm_error"] > 1.3 * large["mvm_error"]
    limit, peak = fact("A028").number, 1e6 * large["peak_current"]
    assert CORE_INSPECTOR.answer().sentence.endswith(
        f"up to {peak:.0f}\u00a0µA; a converter takes {limit:.0f}\u00a0µA."
    )
    assert small["peak_current"] == pytest.approx(0.5 * large["peak_current"])
    assert small["peak_current"] < 1e-6 * limit < large["peak_current"]


def test_time_and_corrections() -> None:
    def error(time: str, correction: str) -> float:
        return CORE_INSPECTOR.answer(time=time, correction=correction).values["mvm_error"]

    best = [error(t, "best factor") for t in TIMES]
    assert np.all(np.diff(best[1:]) > 0)
    for time in ("1 day", "1 year"):
        assert error(time, "best factor") < error(time, "measured factor") < error(time, "none")
    assert CORE_INSPECTOR.answer(correction="none").values["gain"] == 1.0


def test_stuck_devices_hurt() -> None:
    plain, broken = (CORE_INSPECTOR.answer(broken=b).values for b in (False, True))
    assert broken["convergence"] < plain["convergence"]
    assert broken["weight_error"] > plain["weight_error"]


def test_one_serial_is_one_chip() -> None:
    one, other = (CORE_INSPECTOR.answer(serial=s).charts[0] for s in (1, 2))
    assert one != other
