"""The crossbar in the hand: its currents are the library's, and hands reach the same states."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stage_alone import module_of
from stage_visit import drag, now, press, settle, stage, state_of
from touch import middle, swipe

from aimc_course.explorers import browser_shell as answers
from aimc_course.explorers.concepts.crossbar import CROSSBAR

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("explorer stages")]
TARGET = "aimc_course.explorers.concepts.crossbar:CROSSBAR"
CURRENTS = """async ([address, states]) => {
  const { currents } = await import(address);
  return states.map(currents);
}"""
DEVICE, SOURCE = "Conductance of WL1, BL2", "Voltage of WL4"


def test_its_currents_are_the_librarys(browser: Any, base_url: str, site: Path) -> None:
    rng = np.random.default_rng(0)
    states = []
    for k in range(20):
        conductance, voltage = rng.uniform(0, 25, (4, 4)), rng.uniform(-400, 400, (1, 4))
        cell = CROSSBAR.controls[2].options[k % 2]  # type: ignore[union-attr]
        states.append({"conductance": conductance, "voltage": voltage, "cell": cell})
    address = module_of(site, base_url, "crossbar")
    with stage(browser, base_url, TARGET) as section:
        found = section.page.evaluate(CURRENTS, [address, answers.plain(states)])
    for state, one in zip(states, found, strict=True):
        values = CROSSBAR.answer(**state).values
        for mine, theirs in (("lines", "bit_line"), ("outputs", "output")):
            expected = values[f"{theirs}_current_a"]
            np.testing.assert_allclose(one[mine], expected, rtol=1e-9, atol=1e-18)


def test_pointer_and_keys_reach_the_same_states(browser: Any, base_url: str) -> None:
    with stage(browser, base_url, TARGET) as section:
        default = state_of(section)
        device, source = (section.get_by_role("slider", name=name) for name in (DEVICE, SOURCE))
        goals = drag(device, down=-40), drag(source, right=-60)
        dragged = state_of(section)
        assert dragged[0] != default[0]
        assert "conductance=20,5," not in dragged[1]
        assert "voltage=" in dragged[1]
        section.get_by_role("button", name="Reset").click()
        assert state_of(section) == default
        press(device, "ArrowUp", goals[0])
        press(source, "ArrowLeft", goals[1])
        assert state_of(section) == dragged
        shown = section.locator(".aimc-stage text.aimc-current").all_text_contents()
        assert sum("µA" in words for words in shown) == 4
        assert not section.locator(".aimc-stage[data-waiting]").count()  # it needs no Python


def test_a_finger_moves_a_device_and_scrolls_the_page(browser: Any, base_url: str) -> None:
    with stage(browser, base_url, TARGET, phone=True) as section:
        device = section.get_by_role("slider", name=DEVICE)
        settle(device)
        before = now(device)
        swipe(section.page, middle(device), right=40)
        moved, place = now(device), section.page.evaluate("scrollY")
        assert moved > before
        swipe(section.page, middle(device), down=-120)
        section.page.wait_for_function("y => scrollY > y + 40", arg=place)
        assert now(device) == moved
