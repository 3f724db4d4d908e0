"""On a laptop no equation or line of code is wider than its box; on a phone it says if it is."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from served import ROOT, Visit

TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [TOC["root"], *(c["file"] for part in TOC["parts"] for c in part["chapters"])]
EQUATIONS = ".bd-article div.math, .bd-article mjx-container[display=true]"
WIDE = """(selector) => [...document.querySelectorAll(selector)]
  .filter((box) => box.offsetParent && box.scrollWidth > box.clientWidth + 1)
  .map((box) => `${box.closest('[id]')?.id}: ${box.scrollWidth} px in ${box.clientWidth}: `
    + box.textContent.trim().slice(0, 60))"""

# Equations take the size of the letters around them: the widest family that a page may get.
WIDEST = """document.addEventListener('DOMContentLoaded', () => {
  const style = document.createElement('style');
  style.textContent = "body { font-family: 'DejaVu Sans' !important; }";
  document.head.append(style);
});"""


def typeset(visit: Visit, name: str, width: int) -> Any:
    visit.page.set_viewport_size({"width": width, "height": 900})
    return visit.open(f"{name}.html")


@pytest.mark.browser
@pytest.mark.parametrize("name", PAGES)
def test_equations_and_code_fit_a_laptop(visit: Visit, name: str) -> None:
    visit.page.add_init_script(WIDEST)
    page = typeset(visit, name, 1280)
    assert page.evaluate(WIDE, EQUATIONS) == []
    assert page.evaluate(WIDE, ".bd-article pre") == []


@pytest.mark.browser
@pytest.mark.parametrize("name", PAGES)
def test_what_is_too_wide_for_a_phone_scrolls_and_says_so(visit: Visit, name: str) -> None:
    page = typeset(visit, name, 390)
    silent = page.evaluate(
        """(selector) => [...document.querySelectorAll(selector)]
          .filter((box) => box.offsetParent && box.scrollWidth > box.clientWidth + 1)
          .filter((box) => !['auto', 'scroll'].includes(getComputedStyle(box).overflowX)
            || !box.dataset.more?.includes('right') || box.tabIndex !== 0)
          .map((box) => box.closest('[id]')?.id)""",
        ".bd-article div.math",
    )
    assert silent == []
