"""The charts of explorers can be read: under the pointer, by keyboard, and by their names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from explorer_gallery import FIRST, open_gallery
from page_visit import LAPTOP

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("explorer gallery")]


@pytest.fixture(scope="module")
def gallery(browser: Any, base_url: str, site: Path) -> Iterator[Any]:
    page = browser.new_page(viewport={"width": LAPTOP, "height": 900}, reduced_motion="reduce")
    open_gallery(page, site, base_url)
    yield page
    page.close()


each_target = pytest.mark.parametrize("target", sorted(FIRST), ids=lambda t: t.partition(":")[2])


def section_of(gallery: Any, target: str) -> Any:
    return gallery.locator(f'section.aimc-explorer[data-target="{target}"]')


# A value of the first chart, in px of the window: the middle of a box, bar or dot that is in sight.
PLACE = """section => {
  const svg = section.querySelector('svg.aimc-chart');
  svg.scrollIntoView({ block: 'center' });
  const { x, y, left, top, wide, high } = svg.parentElement.aimcReader.series[0][0];
  const now = svg.getBoundingClientRect();
  const scaled = now.width / svg.viewBox.baseVal.width;
  return [now.left + scaled * (left === undefined ? x : left + wide / 2),
    now.top + scaled * (top === undefined ? y : top + high / 2)];
}"""


@each_target
def test_values_are_read_under_the_pointer_and_by_keys(gallery: Any, target: str) -> None:
    section = section_of(gallery, target)
    x, y = section.evaluate(PLACE)
    gallery.mouse.move(x, y)
    tip = section.locator(".aimc-tip:visible")
    assert tip.count() == 1
    assert tip.inner_text().strip()
    said = section.locator(".aimc-said")
    section.locator(".aimc-chart-box").first.focus()
    heard = []
    for key in ("Home", "ArrowRight", "ArrowDown", "End"):
        gallery.keyboard.press(key)
        heard.append(said.text_content())
    assert heard[0].strip()
    assert len(set(heard)) > 1
    gallery.keyboard.press("Escape")
    assert tip.count() == 0
    assert section.get_attribute("data-state") == "static"


@each_target
def test_each_chart_has_a_name_of_its_own(gallery: Any, target: str) -> None:
    names = (
        section_of(gallery, target)
        .locator(".aimc-chart-box")
        .evaluate_all("all => all.map(box => box.getAttribute('aria-label'))")
    )
    assert all(names)
    assert len(set(names)) == len(names)
