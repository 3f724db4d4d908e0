"""On a laptop no equation or line of code is wider than its box; on a phone it says if it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from page_visit import PageRecord
from served import PAGES, each_page

Pages = Callable[[str], PageRecord]
pytestmark = pytest.mark.browser


@each_page(PAGES)
def test_equations_and_code_fit_a_laptop(page_record: Pages, name: str) -> None:
    assert page_record(name).too_wide == []


@each_page(PAGES)
def test_what_is_too_wide_for_a_phone_scrolls_and_says_so(page_record: Pages, name: str) -> None:
    assert page_record(name).silent == []
