"""The explorer of the chapter on the next chips."""

import json
import warnings

import pytest

from aimc_course.explorers import browser_shell
from aimc_course.explorers.outlook.token_step import CACHE, SLEEP, TOKEN_STEP


@pytest.mark.parametrize("corner", [0, 1])
@pytest.mark.parametrize("cache", CACHE)
def test_corners_answer_in_json_and_without_warning(cache: str, corner: int) -> None:
    ends = {
        "width": ("512", "2048")[corner],
        "blocks": (4, 32)[corner],
        "queries": ("8", "1")[corner],
        "power": (6, 16)[corner],
        "readers": (32, 1)[corner],
        "sleep": ("never", "at a hundredth")[corner],
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer = TOKEN_STEP.answer(cache=cache, **ends)
    json.dumps(answer.values, allow_nan=False)
    assert json.dumps(browser_shell.plain(answer.as_json()), allow_nan=False)
    assert len(answer.charts) == 2
    assert "the largest part is" in answer.sentence


def test_same_state_same_answer() -> None:
    one = browser_shell.plain(TOKEN_STEP.answer(readers=3).as_json())
    assert one == browser_shell.plain(TOKEN_STEP.answer(readers=3).as_json())


def test_what_the_chapter_says_of_it() -> None:
    def seen(**state: object) -> dict[str, float]:
        return TOKEN_STEP.answer(**state).values

    short, long = seen(power=10), seen(power=16)
    assert short["on_chip"]
    assert not long["on_chip"]
    assert long["per_reader"] > 20 * short["per_reader"]
    assert not seen(power=15)["on_chip"]
    assert seen(power=15, queries="8")["on_chip"]  # shared keys move the jump
    assert not seen(power=15, queries="8", readers=32)["on_chip"]  # readers bring it back
    assert seen()["standing"] > seen()["fixed"]
    crowd = {"readers": 8, "power": 8}
    assert seen(**crowd)["standing"] < seen(power=8)["standing"]
    awake = [seen(sleep=name)["standing"] for name in SLEEP]
    assert awake == sorted(awake, reverse=True)


def test_parts_of_the_energy_add_up() -> None:
    for state in ({}, {"power": 16}, {"readers": 32, "cache": "outside"}):
        values = TOKEN_STEP.answer(**state).values
        parts = values["fixed"] + values["growing"] + values["standing"]
        assert values["energy"] == pytest.approx(parts)
