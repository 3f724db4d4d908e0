"""What pages tell about themselves: in their heads, at their feet, and the site as a whole."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from served import PAGES, ROOT, serve

ABOUT = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
BASE = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["html"]["baseurl"]


def told(site: Path, name: str) -> dict[str, list[str]]:
    """Return what the head of a page says, by name."""
    head = (site / f"{name}.html").read_text(encoding="utf-8").partition("</head>")[0]
    found: dict[str, list[str]] = {}
    for key, value in re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', head):
        found.setdefault(key, []).append(unescape(value))
    return found


@pytest.mark.book
def test_every_page_describes_itself_once(site: Path) -> None:
    seen: dict[str, str] = {}
    for name in PAGES:
        head = told(site, name)
        for key in ("description", "og:title", "og:image", "og:url", "viewport"):
            assert len(head[key]) == 1, (name, key)
        (words,) = head["description"]
        assert 40 <= len(words) <= 320, (name, words)
        assert not re.search(r"[<>\\{}]|&\w+;", words), (name, words)
        assert words not in seen, (name, seen.get(words))
        seen[words] = name
        assert head["og:url"] == [f"{BASE}{name}.html"]
    card = site / head["og:image"][0].removeprefix(BASE)
    assert card.read_bytes().startswith(b"\x89PNG")


@pytest.mark.book
def test_a_chapter_is_described_by_what_it_asks(site: Path) -> None:
    (words,) = told(site, "book/2-devices/03-drift")["description"]
    source = (ROOT / "book/2-devices/03-drift.md").read_text(encoding="utf-8")
    opening = source.partition("\n# ")[2].split("\n\n")[1]
    assert len(words) > 80
    assert opening.startswith(words.rstrip("…"))


@pytest.mark.book
def test_the_front_page_can_be_shared(site: Path) -> None:
    assert told(site, "index")["og:title"]
    # A description stands alone: what "it" is has to be in it.
    (words,) = told(site, "index")["og:description"]
    assert "analog in-memory computing" in words
    assert "book/intro.html" in (site / "index.html").read_text(encoding="utf-8")


@pytest.mark.book
def test_every_page_names_its_edition_and_the_other_forms(site: Path) -> None:
    workflow = (ROOT / ".github/workflows/book.yml").read_text(encoding="utf-8")
    for name in PAGES:
        html = (site / f"{name}.html").read_text(encoding="utf-8")
        foot = re.search(r'<p class="aimc-edition">.*?</p>', html, re.DOTALL)
        assert foot is not None, name
        assert f"Edition {ABOUT['version']}" in foot[0]
        assert f'datetime="{ABOUT["date-released"]}"' in foot[0]
        links = re.findall(rf'href="{BASE}([^"]+)"', foot[0])
        assert {"aimc.pdf", "aimc.epub", "aimc-offline.zip", "slides/part1.html"} <= set(links)
        # The deployment puts there what is linked.
        assert all(link.partition("/")[0] in workflow for link in links)


@pytest.mark.book
def test_the_sitemap_lists_all_pages(site: Path) -> None:
    tree = ElementTree.parse(site / "sitemap.xml")
    listed = {str(element.text) for element in tree.iter() if element.tag.endswith("loc")}
    assert listed >= {f"{BASE}{name}.html" for name in PAGES}
    for address in listed:
        assert (site / address.removeprefix(BASE)).is_file(), address


@pytest.mark.browser
def test_the_page_for_lost_readers_works_at_any_depth(
    site: Path, browser: Any, tmp_path: Path
) -> None:
    (tmp_path / "aimc").symlink_to(site)
    lost = (site / "404.html").read_text(encoding="utf-8")
    context = browser.new_context()
    page = context.new_page()
    missing: list[str] = []
    page.on("response", lambda r: missing.append(r.url) if r.status >= 400 else None)
    with serve(tmp_path) as base:
        address = f"{base}/aimc/book/old/chapter.html"
        page.route(address, lambda route: route.fulfill(body=lost, content_type="text/html"))
        page.goto(address, wait_until="load")
        assert missing == []
        page.keyboard.press("Control+k")
        page.locator(".search-button__wrapper.show input").type("drift")
        link = page.locator(".aimc-search .aimc-found-title").first
        link.wait_for()
        link.click()
        page.wait_for_url("**/aimc/book/2-devices/03-drift.html")
    context.close()
