"""All explorers of the built site on one page, as each stands in its own chapter.

What a page does before Python is there can so be seen of all of them in one visit.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from parity import EXPLORERS

SECTION = re.compile(r'<section class="aimc-explorer".*?</section>', re.DOTALL)
PICTURE = re.compile(r'(<img[^>]* src=")([^"]+)"')
FIRST = {target: name for name, target in reversed(EXPLORERS)}  # where each comes first
PLACE = "book/1-concepts/gallery.html"
# Whoever saves data starts Python by a click: here nobody does.
SAVES_DATA = "Object.defineProperty(navigator, 'connection', { value: { saveData: true } });"


def page_with_all(site: Path) -> str:
    """Return a chapter in which all explorers stand where it has its own."""
    text = (site / f"{EXPLORERS[0][0]}.html").read_text(encoding="utf-8")
    sections = [section_in(site, name, target) for target, name in sorted(FIRST.items())]
    own = SECTION.search(text)
    assert own is not None
    return text[: own.start()] + "\n".join(sections) + SECTION.sub("", text[own.end() :])


def section_in(site: Path, name: str, target: str) -> str:
    text = (site / f"{name}.html").read_text(encoding="utf-8")
    found = next(s for s in SECTION.findall(text) if f'data-target="{target}"' in s)
    folder, here = posixpath.dirname(name), posixpath.dirname(PLACE)

    def moved(match: re.Match[str]) -> str:
        return match[1] + posixpath.relpath(posixpath.join(folder, match[2]), here) + '"'

    return PICTURE.sub(moved, found)


def open_gallery(page: Any, site: Path, base: str) -> None:
    """Open the page with all explorers; Python stays away until it is asked for."""
    page.add_init_script(SAVES_DATA)
    html = page_with_all(site)
    page.route(f"**/{PLACE}*", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(f"{base}/{PLACE}", wait_until="load")
    drawn = (
        "[...document.querySelectorAll('section.aimc-explorer')].every(s => s.querySelector('svg'))"
    )
    page.wait_for_function(drawn)
