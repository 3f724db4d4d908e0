"""The explorer of the chapter on open problems."""

import json
import warnings

import pytest

from aimc_course.explorers import browser_shell
from aimc_course.explorers.controls import Slider
from aimc_course.explorers.outlook.roadmap import OWN, ROADMAP, constants
from aimc_course.studies.roadmap import NORTHPOLE, RIVALS, hoped, today

NOW = dict.fromkeys((*OWN, "others", "spread"), 0)
ALL = dict.fromkeys((*OWN, "others"), 100)


@pytest.mark.parametrize("against", RIVALS)
@pytest.mark.parametrize("corner", [0, 1])
def test_corners_answer_in_json_and_without_warning(against: str, corner: int) -> None:
    sliders = [c for c in ROADMAP.controls if isinstance(c, Slider)]
    ends = {c.name: (c.low, c.high)[corner] for c in sliders}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer = ROADMAP.answer(against=against, **ends)
    json.dumps(answer.values, allow_nan=False)
    assert json.dumps(browser_shell.plain(answer.as_json()), allow_nan=False)
    assert len(answer.charts) == 3
    assert against in answer.sentence


def test_same_state_same_answer() -> None:
    one = browser_shell.plain(ROADMAP.answer(batch=3).as_json())
    assert one == browser_shell.plain(ROADMAP.answer(batch=3).as_json())


def test_half_of_the_way_and_wholly_unsure_is_all_that_is_hoped_for() -> None:
    made = constants({}, others=50.0, spread=50.0)
    assert [(one.low, one.high) for one in made.values()] == pytest.approx(
        [(one.low, one.high) for one in hoped().values()]
    )
    still = constants({}, others=0.0, spread=0.0)
    assert [one.low for one in still.values()] == [one.low for one in today().values()]


def test_sure_constants_leave_only_the_digital_machine_and_the_memories_unknown() -> None:
    names = ROADMAP.answer(spread=0).charts[2].y_names
    unsure = {one.words for one in today().values() if one.varies}
    assert "H100, power that always flows" in names
    assert set(names) <= unsure


def test_hope_helps_and_the_rival_s_progress_does_not() -> None:
    start = ROADMAP.answer(**NOW).values["gain_energy"]
    end = ROADMAP.answer(**{**NOW, **ALL, "rival": 0}).values["gain_energy"]
    assert end > 10 * start
    for control in ("idle", "waiting", "beside", "adc"):
        assert ROADMAP.answer(**{**NOW, control: 100}).values["gain_energy"] >= 0.99 * start
    raced = ROADMAP.answer(**{**NOW, "rival": 100}).values["gain_energy"]
    assert raced < 0.3 * start


def test_many_users_and_a_long_context_take_the_gain_away() -> None:
    alone = ROADMAP.answer(context=8)
    crowd = ROADMAP.answer(context=14, batch=7)
    assert alone.values["win_energy"] > 0.95
    assert crowd.values["win_energy"] < 0.7
    assert crowd.values["gain_energy"] < 0.1 * alone.values["gain_energy"]
    north = ROADMAP.answer(against=NORTHPOLE, batch=7)
    assert north.values["win_energy"] < 0.5


@pytest.mark.parametrize("waiting", [0, 100])
def test_a_tenth_of_the_other_memories_helps_and_all_of_them_do_not(waiting: int) -> None:
    own, tenth, every = (
        ROADMAP.answer(**{**NOW, "waiting": waiting, "memories": share}).values["gain_energy"]
        for share in (0, 10, 100)
    )
    assert every < own < tenth
    assert own < 1  # units for attention that sleep are not enough
    assert (tenth > 1) == (waiting == 100)
    hoped_for = [ROADMAP.answer(memories=share).values["gain_rate"] for share in (0, 100)]
    assert hoped_for[1] > 3 * hoped_for[0]


def test_today_only_columns_and_units_that_both_sleep_turn_the_loss_into_a_win() -> None:
    alone = [
        ROADMAP.answer(**{**NOW, control: 100}).values["gain_energy"]
        for control in ("idle", "waiting", "beside", "adc")
    ]
    assert max(alone) < 1
    assert ROADMAP.answer(**{**NOW, "idle": 100, "waiting": 100}).values["gain_energy"] > 5


def test_a_context_that_was_not_measured_is_not_used() -> None:
    short = ROADMAP.answer(against=NORTHPOLE, context=11)
    long = ROADMAP.answer(against=NORTHPOLE, context=17)
    assert long.values == short.values
    assert "no more are used" in long.sentence
    assert "no more are used" not in short.sentence
