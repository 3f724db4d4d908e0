"""Target and symmetry point in the hand: steps are exact at once, devices are the library's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stage_alone import module_of
from stage_visit import drag, now, press, settle, stage, state_of
from touch import middle, swipe

from aimc_course.explorers.outlook.tiki_taka import TIKI_TAKA, mean_steps

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("explorer stages")]
TARGET = "aimc_course.explorers.outlook.tiki_taka:TIKI_TAKA"
STEPS = """async ([address, asked]) => {
  const { steps } = await import(address);
  return asked.map((one) => steps(...one));
}"""
ARROWS = """s => ['up', 'down'].map((way) =>
  [...s.querySelectorAll(`.aimc-step-${way}`)].map((one) => one.getBBox().height))"""
DOTS = """s => [...s.querySelectorAll('.aimc-lane-dots')].map((lane) =>
  [...lane.children].map((dot) => Number(dot.getAttribute('cy'))))"""


def test_its_steps_are_the_librarys(browser: Any, base_url: str, site: Path) -> None:
    rng = np.random.default_rng(0)
    asked = [(*rng.uniform(-1, 1, 2).tolist(), float(rng.integers(10, 100))) for _ in range(20)]
    address = module_of(site, base_url, "learning")
    with stage(browser, base_url, TARGET) as section:
        found = section.page.evaluate(STEPS, [address, asked])
    for (weight, centre, states), one in zip(asked, found, strict=True):
        np.testing.assert_allclose(one, mean_steps(weight, centre, states), rtol=1e-9)


def test_pointer_and_keys_reach_the_same_states(browser: Any, base_url: str) -> None:
    with stage(browser, base_url, TARGET) as section:
        parts = [
            section.get_by_role("slider", name=name).last
            for name in ("Target", "Symmetry point", "Updates so far")
        ]
        goals = [drag(parts[0], down=40), drag(parts[1], down=-30), drag(parts[2], right=-50)]
        dragged, words = state_of(section), parts[2].get_attribute("aria-valuetext")
        for name in ("target", "centre", "updates"):
            assert f"{name}=" in dragged[1]
        section.get_by_role("button", name="Reset").click()
        for part, key, goal in zip(
            parts, ("ArrowDown", "ArrowUp", "ArrowLeft"), goals, strict=True
        ):
            press(part, key, goal)
        assert state_of(section) == dragged
        assert parts[2].get_attribute("aria-valuetext") == words


def test_devices_follow_the_updates_and_steps_the_symmetry_point(
    browser: Any, base_url: str
) -> None:
    with stage(browser, base_url, TARGET) as section:
        updates = section.get_by_role("slider", name="Updates so far").last
        late = section.evaluate(DOTS)
        press(updates, "Home", 0.0)
        early = section.evaluate(DOTS)
        # both lanes begin with devices of their own and end apart: higher is nearer to the target
        assert np.mean(late[1]) < np.mean(late[0]) < np.mean(early[0])
        assert len(late[0]) == len(late[1]) == 16
        # the mean of all devices is that of the library
        press(updates, "End", 800.0)
        values = TIKI_TAKA.answer().values
        assert f"{values['rule_now']:.2f}" in section.locator(".aimc-stage-said").text_content()
        up, down = section.evaluate(ARROWS)
        equal = int(np.argmin(np.abs(np.subtract(up, down))))
        centre = section.get_by_role("slider", name="Symmetry point").last
        press(centre, "ArrowUp", 0.3)
        up, down = section.evaluate(ARROWS)
        assert int(np.argmin(np.abs(np.subtract(up, down)))) > equal
        section.locator(".aimc-stage[data-waiting]").wait_for()
        assert "not computed" in section.locator(".aimc-stage-said").text_content()


def test_a_finger_moves_updates_and_target_and_scrolls_the_page(
    browser: Any, base_url: str
) -> None:
    with stage(browser, base_url, TARGET, phone=True) as section:
        updates = section.get_by_role("slider", name="Updates so far").last
        target = section.get_by_role("slider", name="Target").last
        settle(updates)
        swipe(section.page, middle(updates), right=-40)
        moved, place = now(updates), section.page.evaluate("scrollY")
        assert moved < 400
        before = now(target)
        swipe(section.page, middle(target), down=40)
        assert now(target) < before
        assert section.page.evaluate("scrollY") == place
        swipe(section.page, middle(updates), down=-120)
        section.page.wait_for_function("y => scrollY > y + 40", arg=place)
        assert now(updates) == moved
