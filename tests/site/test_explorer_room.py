"""A moved control and the chart that it changes are on the screen together, wide or narrow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from explorer_gallery import FIRST, open_gallery
from page_visit import LAPTOP, PHONE
from served import Visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("explorer room")]
SCREENS = {LAPTOP: 900, PHONE: 844}  # width, height in px
HEADER = 48  # px of the page's own bar

# Pairs of a chart and a control that no place of the page shows together.
BESIDE = """([section, header, height]) => {
  const [boxes, controls] = ['.aimc-chart-box', '.aimc-control']
    .map((name) => [...section.querySelectorAll(name)]);
  const together = new Set();
  boxes.forEach((box, k) => {
    box.style.scrollMarginBottom = '10px';
    box.style.scrollMarginTop = `${header + 10}px`;
    for (const block of ['start', 'center', 'end']) {
      box.scrollIntoView({ block, behavior: 'instant' });
      const { top, bottom } = box.getBoundingClientRect();
      if (top < header || bottom > height) continue;
      controls.forEach((control, c) => {
        const at = control.getBoundingClientRect().top;
        if (at >= header && at < height - 40) together.add(`${k} ${c}`);
      });
    }
  });
  return boxes.flatMap((_, k) => controls.map((__, c) => `${k} ${c}`))
    .filter((pair) => !together.has(pair));
}"""
# With each control in the middle: its top, and the ends of the chart above it.
BELOW = """section => [...section.querySelectorAll('.aimc-control')].map((control) => {
  const input = control.querySelector('input, select');
  input.scrollIntoView({ block: 'center', behavior: 'instant' });
  const chart = section.querySelector('.aimc-explorer-charts').getBoundingClientRect();
  return [input.getBoundingClientRect().top, chart.top, chart.bottom];
})"""


@pytest.fixture(scope="module", params=list(SCREENS))
def gallery(
    request: pytest.FixtureRequest, browser: Any, base_url: str, site: Path
) -> Iterator[Any]:
    size = {"width": request.param, "height": SCREENS[request.param]}
    page = browser.new_page(viewport=size, reduced_motion="reduce")
    open_gallery(page, site, base_url)
    yield page
    page.close()


def test_controls_and_charts_are_seen_together(gallery: Any) -> None:
    size = gallery.viewport_size
    faults = []
    for target in sorted(FIRST):
        section = gallery.locator(f'section.aimc-explorer[data-target="{target}"]')
        if size["width"] == LAPTOP:
            pairs = gallery.evaluate(BESIDE, [section.element_handle(), HEADER, size["height"]])
            faults += [(target, pair) for pair in pairs]
            continue
        for control, top, bottom in section.evaluate(BELOW):
            inside = top >= HEADER and bottom <= control <= size["height"]
            if not inside:
                faults.append((target, control, top, bottom))
    assert not faults, "\n".join(map(str, faults))
    for width in (size["width"], 1100) if size["width"] == LAPTOP else (size["width"],):
        gallery.set_viewport_size({**size, "width": width})
        assert gallery.evaluate("document.documentElement.scrollWidth") <= width
    gallery.set_viewport_size(size)


def test_a_phone_shows_one_chart_at_a_time(gallery: Any) -> None:
    if gallery.viewport_size["width"] == LAPTOP:
        assert gallery.locator(".aimc-explorer-tabs:visible").count() == 0
        return
    seen = "box => box.getBoundingClientRect().left"
    section = gallery.locator("section.aimc-explorer[data-swiped]").first
    boxes, tabs = section.locator(".aimc-chart-box"), section.locator(".aimc-explorer-tabs button")
    assert boxes.count() == tabs.count() > 1
    tabs.last.click()
    section.locator("button:last-child[aria-current=true]").wait_for()
    assert 0 <= boxes.last.evaluate(seen) < PHONE / 2
    assert boxes.first.evaluate(seen) < 0


# The room between a stage and the names of the charts below it, while the stage is in sight.
IDLE_ROOM = """section => {
  const bottom = section.querySelector('.aimc-stage').getBoundingClientRect().bottom;
  return section.querySelector('.aimc-explorer-tabs').getBoundingClientRect().top - bottom;
}"""


def test_no_hidden_chart_makes_an_empty_room_below_a_stage(gallery: Any) -> None:
    if gallery.viewport_size["width"] == LAPTOP:
        return
    staged = gallery.locator("section.aimc-explorer[data-swiped]:has(.aimc-stage)")
    assert staged.count() > 3
    for section in staged.all():
        section.scroll_into_view_if_needed()
        assert section.evaluate(IDLE_ROOM) < 24, section.get_attribute("data-target")
        tabs = section.locator(".aimc-explorer-tabs button")
        tabs.nth(1).click()
        section.locator("button:nth-child(2)[aria-current=true]").wait_for()
        box = section.locator(".aimc-chart-box").first
        assert box.evaluate("box => box.clientHeight > 100")
        tabs.nth(0).click()
        section.locator("button:nth-child(1)[aria-current=true]").wait_for()


# What stands above the controls once they have been scrolled by, and where the controls are.
STUCK = """async (section) => {
  const answer = section.querySelector('.aimc-explorer-answer');
  const controls = section.querySelector('.aimc-explorer-controls');
  const at = () => Math.round(controls.getBoundingClientRect().top + scrollY);
  section.scrollIntoView({ block: 'start', behavior: 'instant' });
  const before = at();
  scrollBy({ top: 330, behavior: 'instant' });
  const slow = new Promise((done) => setTimeout(done, 2000));
  const low = new Promise((done) => {
    const look = () => (section.hasAttribute('data-low') ? done() : requestAnimationFrame(look));
    look();
  });
  await Promise.race([slow, low]);
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return { tall: answer.getBoundingClientRect().height, moved: at() - before };
}"""


def test_on_a_phone_the_answer_leaves_two_thirds_of_the_screen_to_the_controls(
    gallery: Any,
) -> None:
    if gallery.viewport_size["width"] == LAPTOP:
        assert gallery.locator("section[data-low]").count() == 0
        return
    for target in sorted(FIRST):
        section = gallery.locator(f'section.aimc-explorer[data-target="{target}"]')
        seen = section.evaluate(STUCK)
        assert seen["tall"] <= SCREENS[PHONE] / 3, (target, seen)
        assert abs(seen["moved"]) <= 1, (target, seen)


def test_a_phone_names_its_charts_and_says_what_the_hand_can_do(gallery: Any) -> None:
    if gallery.viewport_size["width"] == LAPTOP:
        return
    for section in gallery.locator("section.aimc-explorer[data-swiped]").all():
        titles = section.locator(".aimc-chart-title").all_text_contents()
        tabs = section.locator(".aimc-explorer-tabs button").all_text_contents()
        assert [t.replace(" ", "") for t in tabs[-len(titles) :]] == [
            t.replace(" ", "") for t in titles
        ]
    hints = gallery.locator("section:has(.aimc-stage) .aimc-stage-hint")
    assert hints.count() == gallery.locator(".aimc-stage").count() > 0
    assert all(hint.is_visible() for hint in hints.all())


BOXES = """() => [...document.querySelectorAll('.aimc-explorer-charts > .aimc-chart-box')]
  .map((box) => box.getBoundingClientRect()).map(({ left, right }) => [left, right])"""


@pytest.mark.parametrize("width", [1280, 1366, 1440, 1536, 1600, 1920, 2560])
def test_two_charts_stand_beside_each_other_on_wide_screens(visit: Visit, width: int) -> None:
    page = visit.page
    page.set_viewport_size({"width": width, "height": 900})
    visit.open("book/1-concepts/01-memory-wall.html")
    page.locator(".aimc-explorer-charts svg").nth(1).wait_for()
    (_, end), (start, _) = page.evaluate(BOXES)
    assert start >= end
