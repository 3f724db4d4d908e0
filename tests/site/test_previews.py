"""Terms, facts, citations, equations and figures are shown beside what leads to them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from page_visit import LAPTOP, PHONE
from served import Visit

pytestmark = pytest.mark.browser

CHAPTER = "book/2-devices/03-drift.html"
LINKS = {
    "a term": '.bd-article a[href*="#term-amorphous"]',
    "a fact": '.bd-article a.aimc-fact[href*="#b081"]',
    "a citation": '.bd-article a[href*="bibliography.html#"]',
    "an equation": '.bd-article a.reference[href="#equation-eq-drift-arrhenius"]',
    "a figure": '.bd-article a[href="#fig-drift-front"]',
}
SAYS = {"a term": "Disordered solid", "a fact": "0.36–0.45", "a citation": "device physics"}
SHOWN = ".aimc-preview.is-open"


def focus(page: Any, link: Any) -> None:
    """Give a link the focus as the tab key does."""
    link.evaluate("a => a.focus({ focusVisible: true })")
    page.wait_for_selector(SHOWN)


def inside(page: Any) -> bool:
    """Return whether the box is on the screen as a whole."""
    return page.evaluate(
        """selector => {
          const b = document.querySelector(selector).getBoundingClientRect();
          return b.width > 0 && b.left >= 0 && b.top >= 0
            && b.right <= innerWidth + 1 && b.bottom <= innerHeight + 1;
        }""",
        SHOWN,
    )


@pytest.mark.parametrize("width", [LAPTOP, PHONE])
def test_focus_shows_a_box_inside_the_screen(visit: Visit, width: int) -> None:
    page = visit.page
    page.set_viewport_size({"width": width, "height": 844})
    visit.open(CHAPTER)
    for what, selector in LINKS.items():
        link = page.locator(selector).first
        link.scroll_into_view_if_needed()
        where = page.evaluate("[scrollY, document.documentElement.scrollHeight]")
        focus(page, link)
        page.wait_for_function(f"document.querySelector('{SHOWN}').style.left")
        page.wait_for_timeout(100)
        assert inside(page), what
        text = page.inner_text(SHOWN)
        assert SAYS.get(what, "") in text
        if what not in SAYS:
            assert page.locator(f"{SHOWN} :is(.katex-html, svg, img)").first.is_visible()
        if what == "a fact":  # quantity, source, evidence
            assert all(words in text for words in ("activation energy", "et al", "second-hand"))
        assert link.get_attribute("aria-describedby") == "aimc-preview"
        # Nothing moves, and Escape closes.
        assert page.evaluate("[scrollY, document.documentElement.scrollHeight]") == where
        page.keyboard.press("Escape")
        assert page.locator(SHOWN).count() == 0
    assert visit.foreign == []
    assert visit.errors == visit.missing == []


def test_the_pointer_opens_and_closes_it(visit: Visit) -> None:
    page = visit.open(CHAPTER)
    link = page.locator(LINKS["a fact"]).first
    link.hover()
    page.wait_for_selector(SHOWN)
    page.hover(SHOWN)  # one may go there, and read on
    page.wait_for_timeout(600)
    assert page.locator(SHOWN).count() == 1
    page.mouse.move(5, 5)
    page.wait_for_selector(SHOWN, state="detached")
    # What the browser would show by itself is back for others.
    assert link.get_attribute("title")


@pytest.fixture
def phone(browser: Any, base_url: str) -> Iterator[Any]:
    context = browser.new_context(
        viewport={"width": PHONE, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(f"{base_url}/{CHAPTER}", wait_until="load")
    yield page
    context.close()


COVERED = """(link) => {
  const box = document.querySelector('.aimc-preview');
  const { left, right, top, bottom } = box.getBoundingClientRect();
  return [...link.getClientRects()].some((own) =>
    own.left < right && own.right > left && own.top < bottom && own.bottom > top);
}"""


def test_the_box_never_lies_over_its_link(visit: Visit) -> None:
    page = visit.page
    page.set_viewport_size({"width": 1280, "height": 650})
    visit.open("book/3-chip/01-anatomy.html")
    links = page.locator(
        ".bd-article p a.reference[href^='#fig-'], .bd-article p a.reference[href^='#tab-']"
    )
    assert links.count() > 5
    for k in range(6):
        links.nth(k).evaluate("(link) => link.scrollIntoView({ block: 'center' })")
        links.nth(k).hover()
        page.wait_for_selector(SHOWN)
        page.wait_for_timeout(200)
        assert not links.nth(k).evaluate(COVERED), k
        page.mouse.move(2, 2)
        page.wait_for_selector(SHOWN, state="detached")


def test_a_tap_shows_it_and_a_second_one_follows(phone: Any) -> None:
    link = phone.locator(LINKS["a term"]).first
    link.tap()
    phone.wait_for_selector(SHOWN)
    assert phone.url.endswith(CHAPTER)
    assert inside(phone)
    link.tap()
    phone.wait_for_url("**/glossary.html#term-amorphous")


def test_a_tap_follows_a_link_with_nothing_to_show(phone: Any) -> None:
    phone.route("**/previews/*.js", lambda route: route.abort())
    phone.locator(LINKS["a term"]).first.tap()
    phone.wait_for_url("**/glossary.html#term-amorphous")


def test_from_disk_terms_are_shown_and_without_script_links_stay(site: Path, browser: Any) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto((site / CHAPTER).as_uri())
    focus(page, page.locator(LINKS["a term"]).first)
    assert SAYS["a term"] in page.inner_text(SHOWN)
    context.close()
    plain = browser.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto((site / CHAPTER).as_uri())
    page.locator(LINKS["a term"]).first.click()
    page.wait_for_url("**/glossary.html#term-amorphous")
    plain.close()
