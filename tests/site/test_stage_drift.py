"""The time in the hand: what the stage of the drift explorer shows is the library's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stage_alone import module_of
from stage_visit import drag, now, press, settle, stage, state_of
from touch import middle, swipe

from aimc_course.explorers import browser_shell as answers
from aimc_course.explorers.devices.drift_noise import DRIFT_AND_NOISE, EXPONENTS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("explorer stages")]
TARGET = "aimc_course.explorers.devices.drift_noise:DRIFT_AND_NOISE"
READING = """async ([address, scene, asked]) => {
  const { reading } = await import(address);
  return asked.map(([k, compensated]) => reading(scene, k, compensated));
}"""
RADII = (
    """s => [...s.querySelectorAll('.aimc-stage .aimc-device')].map((o) => +o.getAttribute('r'))"""
)


def test_each_moment_is_the_librarys(browser: Any, base_url: str, site: Path) -> None:
    asked = [(k, compensated) for k in (0, 25, 29, 44, 58) for compensated in (False, True)]
    states: list[dict[str, Any]] = [{}, {"model": "HERMES, one device", "target": 80.0}]
    states.append({"noise": False, "spread": False, "target": 5.0})
    address = module_of(site, base_url, "drift")
    with stage(browser, base_url, TARGET) as section:
        for state in states:
            scene = answers.plain(DRIFT_AND_NOISE.answer(**state).scene)
            found = section.page.evaluate(READING, [address, scene, asked])
            for (k, compensated), one in zip(asked, found, strict=True):
                moment = {"exponent": float(EXPONENTS[k]), "compensated": compensated}
                values = DRIFT_AND_NOISE.answer(**state, **moment).values
                mine = [one["median"] * 1e-6, one["factor"], one["error"], one["left"]]
                names = ("median", "factor", "error", "error_compensated")
                np.testing.assert_allclose(mine, [values[n] for n in names], rtol=1e-9, atol=1e-12)
                if k < scene["first"]:
                    assert one["shares"] == []


def test_pointer_and_keys_reach_the_same_states(browser: Any, base_url: str) -> None:
    with stage(browser, base_url, TARGET) as section:
        time = section.get_by_role("slider", name="Time after the pulse").last
        goal = drag(time, right=140)
        assert goal != DRIFT_AND_NOISE.state()["exponent"]
        dragged, words = state_of(section), time.get_attribute("aria-valuetext")
        assert "exponent=" in dragged[1]
        section.get_by_role("button", name="Reset").click()
        press(time, "ArrowLeft" if goal < now(time) else "ArrowRight", goal)
        assert state_of(section) == dragged
        assert time.get_attribute("aria-valuetext") == words
        assert "off the target" in words
        assert section.locator(".aimc-control input[name=exponent]").input_value() == f"{goal:g}"


def test_devices_shrink_with_time_and_one_factor_brings_their_mean_back(
    browser: Any, base_url: str
) -> None:
    with stage(browser, base_url, TARGET) as section:
        time = section.get_by_role("slider", name="Time after the pulse").last
        time.focus()
        area = []
        for key in ("Home", "End"):
            section.page.keyboard.press(key)
            area.append(np.sum(np.square(section.evaluate(RADII))))
        assert area[0] == 0  # nobody has read yet
        section.get_by_role("button", name="Undo the mean by one factor").click()
        mended = np.sum(np.square(section.evaluate(RADII)))
        factor = DRIFT_AND_NOISE.answer(exponent=8.5).values["factor"]
        assert mended == pytest.approx(factor * area[1])
        # what has not been computed is not drawn as if it were
        assert not section.locator(".aimc-stage[data-waiting]").count()
        section.get_by_label("HERMES, two devices").check()
        section.locator(".aimc-stage[data-waiting]").wait_for()
        assert "not computed" in section.locator(".aimc-stage-said").text_content()


def test_a_finger_moves_the_time_and_scrolls_the_page(browser: Any, base_url: str) -> None:
    with stage(browser, base_url, TARGET, phone=True) as section:
        time = section.get_by_role("slider", name="Time after the pulse").last
        settle(time)
        before = now(time)
        swipe(section.page, middle(time), right=-80)
        moved, place = now(time), section.page.evaluate("scrollY")
        assert moved < before - 1
        swipe(section.page, middle(time), down=-120)
        section.page.wait_for_function("y => scrollY > y + 40", arg=place)
        assert now(time) == moved
