"""The pulse in the hand: the cell in section is the library's, and it says of which pulse it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stage_alone import module_of
from stage_visit import drag, now, press, settle, stage, state_of
from touch import middle, swipe

from aimc_course.explorers import browser_shell as answers
from aimc_course.explorers.devices.pulse_editor import PULSE_EDITOR, RESET

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("explorer stages")]
TARGET = "aimc_course.explorers.devices.pulse_editor:PULSE_EDITOR"
STILL = """async ([address, scene, moments]) => {
  const { still } = await import(address);
  return moments.map((moment) => still(scene, moment));
}"""
CORNER, EDGE, MOMENT = "End of the flat top", "End of the falling edge", "Moment of the last pulse"
FILLS = """s => [...s.querySelectorAll('.aimc-section path[style]')].map((one) => one.style.fill)"""


def test_each_moment_is_the_librarys(browser: Any, base_url: str, site: Path) -> None:
    states: list[dict[str, Any]] = [{}, {"amplitude": 170.0, "start": RESET, "pulses": 2}]
    states.append({"amplitude": 600.0, "width": 250.0, "fall": 250.0})
    moments = [0.0, 2.0, 50.0, 52.0, 128.0, 560.0]
    address = module_of(site, base_url, "pulse")
    with stage(browser, base_url, TARGET) as section:
        for state in states:
            scene = answers.plain(PULSE_EDITOR.answer(**state).scene)
            found = section.page.evaluate(STILL, [address, scene, moments])
            for moment, one in zip(moments, found, strict=True):
                values = PULSE_EDITOR.answer(**state, moment=moment).values
                mine = [one["hottest"], 1e-9 * one["molten"], 1e-9 * one["glass"]]
                theirs = [values[f"{n}_now_{u}"] for n, u in zip(NOW, "kmm", strict=True)]
                np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-18)


NOW = ("temperature", "molten", "glass")


def test_pointer_and_keys_reach_the_same_states(browser: Any, base_url: str) -> None:
    with stage(browser, base_url, TARGET) as section:
        corner, edge, moment = (
            section.get_by_role("slider", name=name).last for name in (CORNER, EDGE, MOMENT)
        )
        goals = [drag(corner, right=25, down=45), drag(edge, right=12), drag(moment, right=-60)]
        width = section.locator("input[name=width]").input_value()
        dragged, words = state_of(section), corner.get_attribute("aria-valuetext")
        for name in ("amplitude", "width", "fall", "moment"):
            assert f"{name}=" in dragged[1]
        section.get_by_role("button", name="Reset").click()
        press(corner, "ArrowDown", goals[0])
        while section.locator("input[name=width]").input_value() != width:
            section.page.keyboard.press("ArrowRight")
        press(edge, "ArrowRight", goals[1])
        press(moment, "ArrowRight", goals[2])
        assert state_of(section) == dragged
        assert corner.get_attribute("aria-valuetext") == words


def test_the_dome_melts_and_freezes_and_another_pulse_waits_for_python(
    browser: Any, base_url: str
) -> None:
    with stage(browser, base_url, TARGET) as section:
        moment = section.get_by_role("slider", name=MOMENT).last
        fills = []
        for key in ("Home", "End"):
            moment.focus()
            section.page.keyboard.press(key)
            fills.append(section.evaluate(FILLS))
        press(moment, "PageDown", 60.0)  # twenty nanoseconds a press
        press(moment, "ArrowDown", 50.0)
        fills.append(section.evaluate(FILLS))
        crystal, glass, melt = fills
        assert len({*crystal}) == 1
        assert len({crystal[-1], glass[-1], melt[-1]}) == 3
        assert glass[0] == melt[0] == crystal[0]  # the dome ends within the material
        assert "0.0 nm of glass" in section.locator(".aimc-stage-said").text_content()
        assert not section.locator(".aimc-stage[data-waiting]").count()
        # one step of a control has its own film; two steps must be computed
        edge = section.get_by_role("slider", name=EDGE).last
        edge.focus()
        section.page.keyboard.press("ArrowRight")
        section.locator(".aimc-stage:not([data-waiting])").wait_for()
        section.page.keyboard.press("ArrowRight")
        section.locator(".aimc-stage[data-waiting]").wait_for()
        assert "not computed" in section.locator(".aimc-stage-said").text_content()


def test_a_finger_moves_the_moment_and_scrolls_the_page(browser: Any, base_url: str) -> None:
    with stage(browser, base_url, TARGET, phone=True) as section:
        moment = section.get_by_role("slider", name=MOMENT).last
        settle(moment)
        swipe(section.page, middle(moment), right=40)
        moved, place = now(moment), section.page.evaluate("scrollY")
        assert moved > 200
        swipe(section.page, middle(moment), down=-120)
        section.page.wait_for_function("y => scrollY > y + 40", arg=place)
        assert now(moment) == moved
