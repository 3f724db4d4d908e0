"""The crossbar of the first page: it shows what the library says, and answers hands and keys."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from served import Visit
from touch import middle, phone, swipe

from aimc.devices import pcm_2019

AT_REST = """() => new Promise((done) => {
  const from = scrollY;
  setTimeout(() => done(scrollY === from), 300);
})"""
AT_TOP = """() => new Promise((done) => {
  scrollTo({ top: 0, behavior: 'instant' });
  setTimeout(() => done(scrollY === 0), 300);
})"""
PAGE = "book/intro.html"
SERIAL, SIZE, YEAR = 7, 16, 365.25 * 86400.0
REMEMBER = """() => {
  const titles = [...document.querySelectorAll('.bd-article section[id] > h2')];
  titles.sort((a, b) => b.textContent.length - a.textContent.length);
  titles[0].scrollIntoView({ behavior: 'instant' });
}"""
COMPUTE = "(it) => { const now = it.aimcFront.compute(); return { ...now }; }"
SET = """(it, [on, inputs, decades, compensated]) => {
  Object.assign(it.aimcFront, { on, inputs, decades, compensated });
  it.aimcFront.draw();
}"""


@pytest.fixture
def front(visit: Visit) -> Any:
    """Return the crossbar of the first page, alive, on a page that may load no Python."""
    visit.open(PAGE)
    section = visit.page.locator("section.aimc-front[data-state=live]")
    section.wait_for()
    yield section
    assert not visit.asked("pyodide", "worker.mjs")


def drawn(section: Any, part: str, name: str) -> np.ndarray:
    """Return an attribute of all parts of one kind as the drawing shows it."""
    values = section.evaluate(
        "(it, part) => [...it.querySelectorAll('.' + part[0])].map((o) => o.getAttribute(part[1]))",
        [part, name],
    )
    return np.array(values, dtype=float)


@pytest.mark.parametrize("decades", [None, 0.0, 4.9, 7.5])
@pytest.mark.parametrize("seed", [0, 1])
def test_all_that_it_shows_is_the_librarys(front: Any, seed: int, decades: float | None) -> None:
    rng = np.random.default_rng(seed)
    on, inputs = rng.random((SIZE, SIZE)) < 0.6, rng.random(SIZE)
    device = pcm_2019()
    target = np.where(on, device.g_max, 0.0)
    state = device.program(target, SERIAL)
    t = 0.0 if decades is None else min(10.0**decades, YEAR)
    for compensated in (False, True):
        front.evaluate(SET, [on.ravel().tolist(), inputs.tolist(), decades, compensated])
        shown = front.evaluate(COMPUTE)
        factor = state.at(0.0).sum() / state.at(t).sum() if compensated else 1.0
        np.testing.assert_allclose(shown["g"], state.at(t).ravel(), rtol=1e-9)
        np.testing.assert_allclose(shown["factor"], factor, rtol=1e-9)
        exact, sums = inputs @ target, factor * (inputs @ state.at(t))
        np.testing.assert_allclose(shown["exact"], exact, rtol=1e-9)
        np.testing.assert_allclose(shown["sums"], sums, rtol=1e-9)
        error = np.linalg.norm(sums - exact) / np.linalg.norm(exact)
        np.testing.assert_allclose(shown["error"], error, rtol=1e-8)
    radii = drawn(front, "device", "r")
    np.testing.assert_allclose(
        radii**2 / radii.max() ** 2, shown["g"] / np.max(shown["g"]), atol=4e-3
    )


def test_a_finger_and_a_key_paint_the_same_device(front: Any) -> None:
    page = front.page
    before = drawn(front, "device", "r")
    box = front.locator(".device").nth(0).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.up()
    painted = drawn(front, "device", "r")
    assert painted[0] > 3 * before[0]
    assert np.array_equal(painted[1:], before[1:])
    sentence = front.locator(".aimc-front-sentence").text_content()
    page.get_by_role("button", name="Heart").click()
    assert np.array_equal(drawn(front, "device", "r"), before)
    front.locator(".aimc-front-drawing").focus()
    page.keyboard.press("Space")
    assert np.array_equal(drawn(front, "device", "r"), painted)
    assert front.locator(".aimc-front-sentence").text_content().startswith(sentence)


def test_a_finger_scrolls_the_page_and_paints_by_tap_and_to_the_side(
    browser: Any, base_url: str
) -> None:
    with phone(browser, f"{base_url}/{PAGE}") as page:
        section = page.locator("section.aimc-front[data-state=live]")
        section.wait_for()
        before, first = drawn(section, "device", "r"), section.locator(".device").nth(0)
        place = middle(first)
        swipe(page, place, down=-150)
        page.wait_for_function("scrollY > 50")
        page.wait_for_function(AT_REST)  # a page goes on for a while behind the finger
        assert np.array_equal(drawn(section, "device", "r"), before)
        page.wait_for_function(AT_TOP)
        page.touchscreen.tap(*place)
        tapped = drawn(section, "device", "r")
        assert np.flatnonzero(tapped != before).tolist() == [0]
        page.touchscreen.tap(*place)
        swipe(page, place, right=100)
        painted = np.flatnonzero(drawn(section, "device", "r") != before)
        assert painted.size > 2
        assert painted.max() < SIZE
        assert page.evaluate("scrollY") == 0


def test_inputs_are_pulled_by_hand_and_by_key(front: Any) -> None:
    page = front.page
    box = front.locator(".track").nth(8).bounding_box()
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + box["height"] / 2, steps=3)
    page.mouse.up()
    pulled = front.evaluate("(it) => it.aimcFront.inputs")
    assert pulled[8] == pytest.approx(0.5, abs=0.03)
    sums = drawn(front, "output", "height")
    front.locator(".aimc-front-drawing").focus()  # it keeps the row that was touched
    page.keyboard.press("+")
    assert front.evaluate("(it) => it.aimcFront.inputs")[8] == pytest.approx(pulled[8] + 0.05)
    assert drawn(front, "output", "height").sum() > sums.sum()
    # Without voltage it asks for one, without devices for a picture.
    on = front.evaluate("(it) => it.aimcFront.on")
    said = []
    for on_, inputs in ((on, [0.0] * SIZE), ([False] * SIZE**2, [1.0] * SIZE)):
        front.evaluate(SET, [on_, inputs, None, False])
        said.append(front.locator(".aimc-front-sentence").text_content())
    assert "voltage" in said[0]
    assert "picture" in said[1]


def test_keys_of_the_browser_stay_its_own(front: Any) -> None:
    taken = """it => {
      const key = { key: 'ArrowLeft', altKey: true, bubbles: true, cancelable: true };
      return !it.dispatchEvent(new KeyboardEvent('keydown', key));
    }"""
    assert not front.locator(".aimc-front-drawing").evaluate(taken)


def test_a_year_costs_half_and_one_factor_brings_the_mean_back(front: Any) -> None:
    fresh = front.evaluate(COMPUTE)["error"]
    front.locator("#aimc-front-time").fill("7.5")
    aged = front.evaluate(COMPUTE)["error"]
    front.get_by_role("button", name="Compensate").click()
    mended = front.evaluate(COMPUTE)["error"]
    assert fresh < mended < 0.3 * aged
    assert "1 year" in front.locator("output").text_content()


@pytest.mark.parametrize("returns", [False, True])
@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)])
def test_the_first_screen_has_the_crossbar_and_three_ways_in(
    visit: Visit, width: int, height: int, returns: bool
) -> None:
    visit.page.set_viewport_size({"width": width, "height": height})
    if returns:  # from the longest heading of a chapter
        visit.open("book/2-devices/03-drift.html")
        visit.page.evaluate(REMEMBER)
    visit.open(PAGE)
    assert visit.page.locator(".aimc-go-on a:visible").count() == returns
    links = visit.page.locator(".aimc-ways a")
    assert links.count() == 3
    for wanted in (
        *links.all(),
        visit.page.locator("#aimc-front-time"),
        visit.page.locator(".aimc-front-drawing"),
    ):
        box = wanted.bounding_box()
        assert box["y"] + box["height"] <= height


def test_a_phone_shows_the_hand_its_crossbar_and_what_comes_of_it_at_once(
    browser: Any, base_url: str
) -> None:
    with phone(browser, f"{base_url}/{PAGE}") as page:
        section = page.locator("section.aimc-front[data-state=live]")
        section.wait_for()
        section.scroll_into_view_if_needed()
        boxes = [
            part.bounding_box()
            for part in (
                section.locator(".aimc-front-drawing"),
                section.get_by_role("slider"),
                section.locator(".aimc-front-sentence"),
                section.get_by_role("button", name="Compensate"),
            )
        ]
        tops = [box["y"] for box in boxes]
        assert tops == sorted(tops)
        bar = 56  # px of the page's own
        assert boxes[-1]["y"] + boxes[-1]["height"] - tops[0] <= page.viewport_size["height"] - bar
