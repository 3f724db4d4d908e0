"""Drawings that are moved by hand: right to rounding, and by every hand the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from explorer_gallery import FIRST, SAVES_DATA
from page_visit import LAPTOP
from served import scripts_of

from aimc_course.explorers import browser_shell as answers
from aimc_course.explorers.concepts.crossbar import CROSSBAR

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("explorer stages")]
TARGET = "aimc_course.explorers.concepts.crossbar:CROSSBAR"
CURRENTS = """async ([address, states]) => {
  const { currents } = await import(address);
  return states.map(currents);
}"""
READ = (
    """section => [...section.querySelectorAll('.aimc-grid input')].map((i) => i.valueAsNumber)"""
)


@pytest.fixture
def stage(browser: Any, base_url: str) -> Iterator[Any]:
    page = browser.new_page(viewport={"width": LAPTOP, "height": 900}, reduced_motion="reduce")
    page.add_init_script(SAVES_DATA)
    page.route("**/runtime.mjs*", lambda route: route.abort())  # no Python
    page.goto(f"{base_url}/{FIRST[TARGET]}.html", wait_until="domcontentloaded")
    page.locator(".aimc-stage .aimc-handle").first.wait_for()
    yield page
    page.close()


def test_its_currents_are_the_librarys(stage: Any, base_url: str, site: Path) -> None:
    rng = np.random.default_rng(0)
    states = []
    for k in range(20):
        conductance, voltage = rng.uniform(0, 25, (4, 4)), rng.uniform(-400, 400, (1, 4))
        cell = CROSSBAR.controls[2].options[k % 2]  # type: ignore[union-attr]
        states.append({"conductance": conductance, "voltage": voltage, "cell": cell})
    address = f"{base_url}/_static/{scripts_of(site).name}/stages/crossbar.mjs"
    found = stage.evaluate(CURRENTS, [address, answers.plain(states)])
    for state, one in zip(states, found, strict=True):
        values = CROSSBAR.answer(**state).values
        for mine, theirs in (("lines", "bit_line"), ("outputs", "output")):
            expected = values[f"{theirs}_current_a"]
            np.testing.assert_allclose(one[mine], expected, rtol=1e-9, atol=1e-18)


def now(part: Any) -> float:
    return float(part.get_attribute("aria-valuenow"))


def by_pointer(page: Any, part: Any, right: float, down: float) -> float:
    """Drag a part; return where it stands then."""
    part.scroll_into_view_if_needed()
    box = part.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right, y + down, steps=5)
    page.mouse.up()
    return now(part)


def state_of(page: Any, section: Any) -> tuple[list[float], str]:
    """Return the numbers of the controls, and the state in the address."""
    page.wait_for_timeout(400)  # the address follows after a while
    return section.evaluate(READ), page.evaluate("location.hash")


def test_pointer_and_keys_reach_the_same_states(stage: Any) -> None:
    section = stage.locator(f'section[data-target="{TARGET}"]')
    default = section.evaluate(READ)
    device = section.get_by_role("slider", name="Conductance of WL1, BL2")
    source = section.get_by_role("slider", name="Voltage of WL4")
    goals = by_pointer(stage, device, 0, -40), by_pointer(stage, source, -60, 0)
    dragged = state_of(stage, section)
    assert dragged[0] != default
    assert "conductance=20,5," not in dragged[1]
    assert "voltage=" in dragged[1]
    section.get_by_role("button", name="Reset").click()
    assert section.evaluate(READ) == default
    for part, key, goal in ((device, "ArrowUp", goals[0]), (source, "ArrowLeft", goals[1])):
        part.focus()
        for _ in range(100):
            if now(part) == goal:
                break
            stage.keyboard.press(key)
    assert state_of(stage, section) == dragged
    shown = section.locator(".aimc-stage text.aimc-current").all_text_contents()
    assert sum("µA" in words for words in shown) == 4
