"""Finding one's way: side bar, skip links, letters of the glossary, the map of reading paths."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from served import Visit

CHAPTER = "book/5-outlook/06-beyond-deep-networks.html"
WITH_EXPLORER = "book/2-devices/03-drift.html"
ON_SCREEN = """() => {
  const box = document.querySelector('.bd-docs-nav [aria-current=page]').getBoundingClientRect();
  return box.height > 0 && box.top >= 0 && box.bottom <= innerHeight && box.left >= 0
    && box.right <= innerWidth;
}"""
# What axe calls moderate or minor, or leaves out unless asked.
RULES = ["region", "empty-table-header", "label-content-name-mismatch"]


@pytest.mark.browser
def test_the_side_bar_shows_where_one_is(visit: Visit) -> None:
    page = visit.open("book/intro.html")
    page.evaluate("document.querySelector('.bd-sidebar-primary').scrollTop = 0")
    visit.open(CHAPTER)  # as by a link: the theme keeps the place of the bar
    page.wait_for_function(ON_SCREEN)


@pytest.mark.browser
def test_parts_fold_but_the_one_that_is_read(visit: Visit) -> None:
    page = visit.open(CHAPTER)
    parts = page.locator(".bd-docs-nav details.aimc-part")
    assert parts.count() > 5
    assert page.locator("details.aimc-part[open]").evaluate_all(
        "all => all.map((part) => Boolean(part.querySelector('[aria-current=page]')))"
    ) == [True]
    first = parts.first.locator("a").first
    assert first.is_hidden()
    parts.first.locator("summary").press("Enter")
    first.wait_for()
    visit.open("book/intro.html")
    assert page.locator("details.aimc-part:not([open])").count() == 0


@pytest.mark.browser
def test_the_drawer_of_a_phone_opens_there(visit: Visit) -> None:
    visit.page.set_viewport_size({"width": 390, "height": 844})
    page = visit.open(CHAPTER)
    assert not page.evaluate(ON_SCREEN)
    page.locator("button.primary-toggle").click()
    page.wait_for_function(ON_SCREEN)


@pytest.mark.browser
def test_a_skip_link_leads_to_the_explorer(visit: Visit) -> None:
    page = visit.open(WITH_EXPLORER)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the explorer"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('.aimc-explorer')")


@pytest.mark.browser
@pytest.mark.parametrize("name", ["book/glossary", "book/paths", "search", "book/api/foundations"])
def test_axe_has_nothing_to_say_of_what_the_theme_leaves_out(visit: Visit, name: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = visit.open(f"{name}.html")
    options = {"runOnly": {"type": "rule", "values": RULES}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found] == []


@pytest.mark.book
def test_the_glossary_has_letters_and_the_chapters_that_use_a_word(site: Path) -> None:
    html = (site / "book/glossary.html").read_text(encoding="utf-8")
    letters = re.search(r'<p class="aimc-letters">(.*?)</p>', html, re.DOTALL)
    assert letters is not None
    links = re.findall(r'href="#(term-[^"]+)">(.)</a>', letters[1])
    assert len(links) > 20
    assert links == sorted(links, key=lambda link: link[1])
    entry = html[html.index('id="term-attempt-time"') :].partition("</dd>")[0]
    assert 'href="2-devices/03-drift.html"' in entry.partition('class="aimc-uses"')[2]


@pytest.mark.book
def test_the_map_of_reading_paths_leads_to_the_chapters(site: Path) -> None:
    html = (site / "book/paths.html").read_text(encoding="utf-8")
    drawing = next(svg for svg in re.findall(r"<svg.*?</svg>", html, re.DOTALL) if "<a " in svg)
    linked = re.findall(r'<a href="([^"]+)"', drawing)
    assert len(linked) > 30
    assert all((site / "book" / link).is_file() for link in linked)
    assert 'role="group"' in drawing.partition(">")[0]


@pytest.fixture(scope="module")
def api(site: Path) -> dict[str, str]:
    pages = {path.stem: path.read_text("utf-8") for path in site.glob("book/api/*.html")}
    assert len(pages) > 10
    return pages


@pytest.mark.book
def test_no_page_of_the_api_is_large(api: dict[str, str]) -> None:
    from bs4 import BeautifulSoup

    sizes = {}
    for name, html in api.items():
        page = BeautifulSoup(html, "html.parser")
        formulas = sum(len(box.find_all(True)) for box in page.select(".math"))
        sizes[name] = (len(html.encode()), len(page.find_all(True)) - formulas)
    assert {n: size for n, size in sizes.items() if size[0] > 300_000 or size[1] > 5000} == {}


@pytest.mark.book
def test_pages_of_the_api_begin_with_a_table_and_link_the_source(
    site: Path, api: dict[str, str]
) -> None:
    root = "https://github.com/aimc-course/aimc/blob/main/src/"
    for name, html in api.items():
        entries = re.findall(r'<dt class="sig[^>]* id="([\w.]+)"', html)
        table = re.search(r'<table class="[^"]*aimc-api-table.*?</table>', html, re.DOTALL)
        listed = set(re.findall(r'href="#([\w.]+)"', table[0])) if table else set()
        assert listed <= set(entries)
        assert table or len(entries) < 8, name
        # Objects written by hand for `aimc.nn` link as those read from the source do.
        assert f'href="{root}aimc' in html, name
    links = re.findall(rf'href="{root}([^"#]+)#L(\d+)"', "".join(api.values()))
    source = Path(__file__).resolve().parents[2] / "src"
    for file, line in set(links):
        text = (source / file).read_text(encoding="utf-8").splitlines()[int(line) - 1]
        assert re.match(r"\s*(class|def|async def|@)", text), (file, line)
