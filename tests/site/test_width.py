"""On a laptop no equation or line of code is wider than its box; on a phone it says if it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from page_visit import PageRecord
from served import PAGES, each_page
from touch import phone

Pages = Callable[[str], PageRecord]
pytestmark = pytest.mark.browser


@each_page(PAGES)
def test_equations_and_code_fit_a_laptop(page_record: Pages, name: str) -> None:
    assert page_record(name).too_wide == []


@each_page(PAGES)
def test_what_is_too_wide_for_a_phone_scrolls_and_says_so(page_record: Pages, name: str) -> None:
    assert page_record(name).silent == []


# Boxes that a phone has to scroll for the sake of a letter: 4 % of its width.
BY_A_LETTER = """() => [...document.querySelectorAll(
  '.bd-article div.math, .bd-article .pst-scrollable-table-container')]
  .map((box) => [box.id || box.textContent.trim().slice(0, 40), box.scrollWidth - box.clientWidth])
  .filter(([, wider]) => wider > 1 && wider <= 15)"""


@pytest.mark.parametrize(
    "name",
    [
        "book/2-devices/04-noise",
        "book/2-devices/05-statistical-models",
        "book/3-chip/02b-signs-and-digits",
        "book/3-chip/03-wires",
        "book/3-chip/05-mvm-precision",
    ],
)
def test_nothing_on_a_phone_scrolls_for_the_sake_of_a_letter(
    browser: Any, base_url: str, name: str
) -> None:
    with phone(browser, f"{base_url}/{name}.html") as page:
        page.evaluate("document.fonts.ready")
        assert page.evaluate(BY_A_LETTER) == []
