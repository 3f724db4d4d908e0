"""The chip in the hand: a core is found by every hand, and a vector takes the library's steps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stage_alone import alone, module_of
from stage_visit import stage, state_of
from touch import swipe

from aimc_course.explorers.chip.floorplan import FLOORPLAN, NETWORKS, ORDERS, walk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("explorer stages")]
TARGET = "aimc_course.explorers.chip.floorplan:FLOORPLAN"
SHARES = """box => [...box.querySelectorAll('.aimc-core')].map((core) => {
  const [edge, used] = core.children;
  return ['width', 'height'].map((side) => used.getAttribute(side) / edge.getAttribute(side));
})"""


@pytest.fixture
def section(browser: Any, base_url: str) -> Iterator[Any]:
    with stage(browser, base_url, TARGET) as opened:
        yield opened


@pytest.mark.parametrize("order", ORDERS)
def test_cores_and_steps_are_the_librarys(
    section: Any, base_url: str, site: Path, order: str
) -> None:
    address = module_of(site, base_url, "floorplan")
    for network in NETWORKS:
        moments = walk(network, order)
        step = len(moments) - 1
        state = {"network": network, "order": order, "step": step}
        box = alone(section.page, address, TARGET, **state)
        cores = FLOORPLAN.answer(**state).scene["cores"]
        shares = [[core["rows"], core["columns"]] if core else [0, 0] for core in cores]
        np.testing.assert_allclose(box.evaluate(SHARES), shares, rtol=1e-9)
        at = box.locator(".aimc-core[data-now]").evaluate_all(
            "all => all.map((c) => c.dataset.core)"
        )
        assert sorted(map(int, at)) == sorted(set(moments[step - 1]["cores"]))
        links = moments[step - 1]["ways"] + moments[step - 1]["gdpus"]
        assert box.locator(".aimc-way-now").count() == len(links)


def test_pointer_and_keys_reach_the_same_states(section: Any) -> None:
    page = section.page
    section.locator('[data-core="33"]').click()  # core (5,2)
    for name in ("Next step", "Next step", "Next step", "Step back"):
        section.get_by_role("button", name=name).click()
    pointed = state_of(section)
    assert "row=5&column=2&step=2" in pointed[1]
    section.get_by_role("button", name="Reset").click()
    chosen = section.get_by_role("radio", checked=True).and_(section.locator(".aimc-core"))
    assert "Core (3,8)" in chosen.get_attribute("aria-label")
    chosen.focus()
    for key in ("ArrowRight", "Home", "ArrowDown", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.dataset.core") == "33"
    assert section.locator(".aimc-core[tabindex='0']").count() == 1
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.textContent") != "Next step":
        page.keyboard.press("Tab")
    for _ in range(2):
        page.keyboard.press("Enter")
    assert state_of(section) == pointed
    said = section.locator(".aimc-stage-said").inner_text()
    assert "Core (5,2), conv8: inputs 253 to 504" in said
    assert "Step 2 of 40, conv2: 2 cores read a vector." in said


def test_a_finger_chooses_a_core_and_still_scrolls_the_page(browser: Any, base_url: str) -> None:
    with stage(browser, base_url, TARGET, phone=True) as section:
        page = section.page
        core = section.locator('[data-core="33"]')
        core.evaluate("e => e.scrollIntoView({ block: 'center', behavior: 'instant' })")
        core.tap()
        assert core.get_attribute("aria-checked") == "true"
        box, at = core.bounding_box(), page.evaluate("scrollY")
        swipe(page, (box["x"] + 5, box["y"] + 5), down=-120)
        page.wait_for_function("at => scrollY > at + 40", arg=at)
        assert core.get_attribute("aria-checked") == "true"
