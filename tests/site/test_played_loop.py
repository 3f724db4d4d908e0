"""Program-and-verify played by hand: every hand gives the same pulses, and the library answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stage_alone import alone, module_of
from stage_visit import now, press, stage, state_of
from touch import middle, swipe

from aimc.devices.pulsed import pulsed_2019, pulsed_hermes
from aimc_course.explorers.devices.programming_loop import ARRAY_2019, HERMES, PROGRAMMING_LOOP

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("explorer stages")]
TARGET = "aimc_course.explorers.devices.programming_loop:PROGRAMMING_LOOP"
CURVE = """async ([address, model, currents]) => {
  const { curve } = await import(address);
  return currents.map((current) => curve(model, current));
}"""
PLACES = """box => [...box.querySelectorAll('[data-read]')].map((mark) => {
  const kind = mark.classList.contains('aimc-play-hand') ? 'hand' : 'controller';
  return [kind, Number(mark.dataset.read), Number(mark.getAttribute('cx'))];
})"""
PULSES = ((60.0, 46.0, 42.0, 0.0), *[(0.0,) * 4] * 3)


@pytest.fixture
def section(browser: Any, base_url: str) -> Iterator[Any]:
    with stage(browser, base_url, TARGET) as opened:
        yield opened


def aim_of(section: Any) -> Any:
    return section.get_by_role("slider", name="Current of the next pulse")


def test_the_curve_is_the_librarys(section: Any, base_url: str, site: Path) -> None:
    address = module_of(site, base_url, "programming-loop")
    for generation, model in ((HERMES, pulsed_hermes()), (ARRAY_2019, pulsed_2019())):
        scene = PROGRAMMING_LOOP.answer(generation=generation).scene
        currents = np.linspace(model.i_full, model.current_range[1], 20)
        found = section.page.evaluate(CURVE, [address, scene["model"], currents.tolist()])
        np.testing.assert_allclose(found, model.curve(currents), rtol=1e-9)


def test_both_plays_are_drawn_as_the_library_has_them(
    section: Any, base_url: str, site: Path
) -> None:
    state = {"hand": PULSES, "controller": True}
    scene = PROGRAMMING_LOOP.answer(**state).scene
    box = alone(section.page, module_of(site, base_url, "programming-loop"), TARGET, **state)
    drawn = box.evaluate(PLACES)
    for kind in ("hand", "controller"):
        reads = [read for mark, read, _ in drawn if mark == kind]
        np.testing.assert_allclose(reads, scene[kind]["reads"], rtol=1e-9)
    across = np.array([x for mark, _, x in drawn if mark == "hand"])
    steps = np.diff(scene["hand"]["currents"])
    np.testing.assert_allclose(np.diff(across) / steps, np.diff(across)[0] / steps[0], rtol=1e-9)
    table = box.locator("table.aimc-score")
    assert table.locator("caption").inner_text() == "You win"
    (mine, _) = table.locator("tbody tr").all_inner_texts()
    hand = scene["hand"]
    wanted = ["you", "3", f"{1e6 * abs(hand['error']):.2f}", f"{1e9 * hand['energy']:.2f}"]
    assert mine.split() == wanted


def test_pointer_and_keys_give_the_same_pulses(section: Any) -> None:
    aim, mouse = aim_of(section), section.page.mouse
    aim.scroll_into_view_if_needed()
    box, goals = aim.bounding_box(), []
    for share in (0.6, 0.44):
        x, y = box["x"] + share * box["width"], box["y"] + box["height"] / 2
        mouse.move(x - 30, y)
        mouse.down()
        mouse.move(x, y, steps=4)
        mouse.up()
        goals.append(now(aim))
        section.get_by_role("button", name="Pulse of").click()
    assert goals[0] != goals[1]
    dragged = state_of(section)
    assert f"hand={goals[0]:g},{goals[1]:g},0," in dragged[1]
    section.get_by_role("button", name="Start over").click()
    assert "hand" not in state_of(section)[1]
    for goal in goals:
        press(aim, "ArrowRight" if now(aim) < goal else "ArrowLeft", goal)
        section.page.keyboard.press("Enter")
    assert state_of(section) == dragged
    section.get_by_role("button", name="Undo").click()
    assert f"hand={goals[0]:g},0," in state_of(section)[1]
    # The table of pulses is the same state, and what is asked of Python is not shown as answered.
    assert section.locator(".aimc-grid input").first.input_value() == f"{goals[0]:g}"
    assert section.locator("circle.aimc-play-hand").count() == 0
    assert "?" in section.locator(".aimc-stage-drawing text").all_text_contents()


def test_a_finger_aims_and_still_scrolls_the_page(browser: Any, base_url: str) -> None:
    with stage(browser, base_url, TARGET, phone=True) as section:
        aim, page = aim_of(section), section.page
        aim.evaluate("e => e.scrollIntoView({ block: 'center', behavior: 'instant' })")
        before = now(aim)
        swipe(page, middle(aim), right=60)
        aimed = now(aim)
        assert aimed > before
        at = page.evaluate("scrollY")
        swipe(page, middle(aim), down=-120)
        page.wait_for_function("at => scrollY > at + 40", arg=at)
        assert now(aim) == aimed
