"""The stack in the hand: every moment is the library's, and every hand finds it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stage_alone import alone, module_of
from stage_visit import now, press, stage, state_of
from touch import middle, swipe

from aimc_course.explorers.outlook.experts import EXPERTS, NETWORKS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("explorer stages")]
TARGET = "aimc_course.explorers.outlook.experts:EXPERTS"
SERVED = """box => [...box.querySelectorAll('.aimc-served')]
  .map((bar) => Number(bar.getAttribute('x')))"""


@pytest.fixture
def section(browser: Any, base_url: str) -> Iterator[Any]:
    with stage(browser, base_url, TARGET) as opened:
        yield opened


def time_of(section: Any) -> Any:
    return section.locator(".aimc-stage").get_by_role("slider")


def test_the_stack_and_the_way_are_the_librarys(section: Any, base_url: str, site: Path) -> None:
    address = module_of(site, base_url, "experts")
    for network in NETWORKS:
        for moment in (20, 43, 77):
            state = {"network": network, "moment": moment}
            scene = EXPERTS.answer(**state).scene
            box = alone(section.page, address, TARGET, **state)
            parts = "all => all.map((cell) => Number(cell.dataset.part)).sort((a, b) => a - b)"
            own = box.locator(".aimc-tier-own").evaluate_all(parts)
            other = box.locator(".aimc-tier-other").evaluate_all(parts)
            busy = scene["busy"][moment]
            assert own == sorted(k for k, token in busy if token == 4)
            assert other == sorted(k for k, token in busy if token != 4)
            starts = np.array([step[2] for step in scene["way"]])
            across = np.array(box.evaluate(SERVED))
            np.testing.assert_allclose(
                (across - across[0]) / (across[-1] - across[0]),
                (starts - starts[0]) / (starts[-1] - starts[0]),
                rtol=1e-9,
            )


def test_pointer_and_keys_reach_the_same_states(section: Any) -> None:
    page, time = section.page, time_of(section)
    section.get_by_role("radio", name="Token 8").click()
    time.scroll_into_view_if_needed()
    (x, y), box = middle(time), time.bounding_box()
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], y, steps=4)
    page.mouse.up()
    goal, pointed = now(time), state_of(section)
    assert 60 < goal < 80
    assert f"token=8&moment={goal:g}" in pointed[1]
    section.get_by_role("button", name="Reset").click()
    section.get_by_role("radio", name="Token 5").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert "Token 8" in page.evaluate("document.activeElement.getAttribute('aria-label')")
    press(time, "ArrowRight", goal)
    assert state_of(section) == pointed


def test_a_tier_at_work_leads_to_its_token_and_time_needs_no_python(section: Any) -> None:
    time, scene = time_of(section), EXPERTS.answer().scene
    press(time, "ArrowRight", 60)
    said = section.locator(".aimc-stage-said").inner_text()
    assert f"token 5 {scene['words'][scene['doing'][60]]}." in said
    part, token = next((k, t) for k, t in scene["busy"][60] if t != 4)
    section.locator(f".aimc-stage [data-part='{part}']").click()
    assert f"token={token + 1}&moment=60" in state_of(section)[1]


def test_a_finger_drags_the_time_and_still_scrolls_the_page(browser: Any, base_url: str) -> None:
    with stage(browser, base_url, TARGET, phone=True) as section:
        time, page = time_of(section), section.page
        time.evaluate("e => e.scrollIntoView({ block: 'center', behavior: 'instant' })")
        swipe(page, middle(time), right=60)
        dragged = now(time)
        assert dragged > 60
        at = page.evaluate("scrollY")
        swipe(page, middle(time), down=-120)
        page.wait_for_function("at => scrollY > at + 40", arg=at)
        assert now(time) == dragged
