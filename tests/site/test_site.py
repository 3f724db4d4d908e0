"""What every page of the built site must keep: privacy, accessibility, sound links, quizzes."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from served import ROOT, SITE, Visit

TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [TOC["root"], *(c["file"] for part in TOC["parts"] for c in part["chapters"])]
DIRECTIVE = re.compile(r"^\s*[`:]{3,}\{(?:quiz|predict)\}", re.MULTILINE)
WIDTHS = [390, 1280]  # px: a phone and a laptop
FILE_NAME = re.compile(r"\.(png|svg|jpe?g|gif|webp)$", re.IGNORECASE)


def source_of(name: str) -> Path:
    return next(p for s in (".md", ".ipynb") if (p := ROOT / f"{name}{s}").is_file())


def questions_in(name: str) -> int:
    return len(DIRECTIVE.findall(source_of(name).read_text(encoding="utf-8")))


class Outline(HTMLParser):
    """The ids of a page and the addresses it points to."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for key, value in attrs:
            if value is None:
                continue
            if key == "id" or (tag == "a" and key == "name"):
                self.ids.add(value)
            elif key in ("href", "src") and tag != "base":
                self.targets.append(value)


@cache
def outline(path: Path) -> Outline:
    parser = Outline()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser


def broken_targets(page: Path, site: Path) -> list[str]:
    broken = []
    for target in outline(page).targets:
        parts = urlsplit(target)
        if parts.scheme or parts.netloc:
            continue
        path = unquote(parts.path)
        file = page if not path else site / path[1:] if path[0] == "/" else page.parent / path
        file = file.resolve()
        if file.is_dir():
            file = file / "index.html"
        anchor = unquote(parts.fragment) if file.suffix == ".html" else ""
        if not file.is_file() or (anchor and anchor not in outline(file).ids):
            broken.append(target)
    return broken


@pytest.mark.browser
@pytest.mark.parametrize("name", PAGES)
def test_page_loads_from_this_site_alone(visit: Visit, name: str) -> None:
    visit.open(f"{name}.html")
    own = (visit.base, "data:", "blob:")
    assert [url for url in visit.requests if not url.startswith(own)] == []
    assert visit.errors == []
    assert visit.complaints == []
    assert visit.missing == []


@pytest.mark.browser
@pytest.mark.parametrize("name", PAGES)
def test_every_image_is_described(visit: Visit, name: str) -> None:
    page = visit.open(f"{name}.html")
    images = page.eval_on_selector_all(
        "article img, .bd-article img, main img",
        "all => all.map(i => [i.getAttribute('alt') || '', i.getAttribute('src') || ''])",
    )
    undescribed = [s for alt, s in images if len(alt.strip()) < 8 or FILE_NAME.search(alt.strip())]
    assert undescribed == []


@pytest.mark.browser
@pytest.mark.parametrize("name", PAGES)
def test_nothing_sticks_out_sideways(visit: Visit, name: str) -> None:
    page = visit.open(f"{name}.html")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        needed = page.evaluate("document.documentElement.scrollWidth")
        assert needed <= width, f"at {width} px the page is {needed} px wide"
        # What a table is about can be read without scrolling it.
        ends = page.evaluate(
            "[...document.querySelectorAll('caption')].map(c => c.getBoundingClientRect().right)"
        )
        assert max(ends, default=0) <= width


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_no_serious_accessibility_fault(visit: Visit, name: str, theme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = visit.open(f"{name}.html", theme)
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    faults = [
        f"{v['id']}: {n['target']} {n.get('failureSummary', '')}"
        for v in found
        if v["impact"] in ("serious", "critical")
        for n in v["nodes"]
    ]
    assert faults == []


@pytest.mark.browser
@pytest.mark.parametrize("name", [n for n in PAGES if questions_in(n)])
def test_page_shows_each_question_of_its_source(visit: Visit, name: str) -> None:
    page = visit.open(f"{name}.html")
    assert page.locator("form.aimc-quiz").count() == questions_in(name)
    # The closed list of answers always names a right one.
    assert page.locator("form.aimc-quiz:not(:has(li[data-right=true]))").count() == 0


@pytest.mark.browser
@pytest.mark.parametrize("name", [n for n in PAGES if questions_in(n)])
def test_questions_are_answered_by_keyboard(visit: Visit, name: str) -> None:
    page = visit.open(f"{name}.html")
    for form in page.locator("form.aimc-quiz").all():
        answer_by_keyboard(page, form)


def answer_by_keyboard(page: Any, form: Any) -> None:
    rights = form.evaluate(
        "f => [...f.querySelectorAll('li')].map(i => i.dataset.right === 'true')"
    )
    inputs = form.locator("input")
    assert form.locator("details").is_hidden()
    inputs.first.focus()
    if inputs.first.get_attribute("type") == "radio":
        page.keyboard.press("Space")
        for _ in range(rights.index(True)):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
    else:
        for right in rights:
            if right:
                page.keyboard.press("Space")
            page.keyboard.press("Tab")
    assert form.locator("button").evaluate("b => b === document.activeElement")
    page.keyboard.press("Enter")
    expected = "noted" if form.get_attribute("data-kind") == "predict" else "right"
    assert form.get_attribute("data-state") == expected
    assert form.locator("[role=status]").inner_text().strip()
    assert form.locator("details").is_visible()


@pytest.mark.book
def test_questions_are_readable_without_script(site: Path) -> None:
    for name in PAGES:
        html = (site / f"{name}.html").read_text(encoding="utf-8")
        assert html.count('<details class="aimc-quiz-answers">') == questions_in(name)


@pytest.mark.book
def test_internal_links_and_anchors_resolve(site: Path) -> None:
    pages = [p for p in SITE.rglob("*.html") if "_static" not in p.relative_to(SITE).parts]
    assert len(pages) >= len(PAGES)
    broken = {str(p.relative_to(site)): bad for p in pages if (bad := broken_targets(p, site))}
    assert broken == {}


@pytest.mark.book
@pytest.mark.parametrize("name", PAGES)
def test_launch_button_opens_a_notebook(site: Path, name: str) -> None:
    html = (site / f"{name}.html").read_text(encoding="utf-8")
    launches = re.findall(r'href="(https://mybinder\.org/[^"]+)"', html)
    source = source_of(name)
    runs = source.suffix == ".ipynb" or "{code-cell}" in source.read_text(encoding="utf-8")
    assert len(launches) == int(runs)
    assert all(url.endswith(f"{name}.ipynb") for url in launches)


@pytest.mark.book
def test_no_page_shows_a_failure(site: Path) -> None:
    for name in PAGES:
        html = (site / f"{name}.html").read_text(encoding="utf-8")
        assert "Traceback (most recent call last)" not in html, name
        assert 'class="problematic"' not in html, name


@pytest.mark.browser
def test_the_first_letter_of_a_search_is_seen(visit: Visit) -> None:
    page = visit.open("search.html?q=drift")
    form = page.locator(".bd-article-container form.bd-search")
    icon = form.locator("i, svg").first.bounding_box()
    field = form.locator("input")
    padding = float(field.evaluate("e => parseFloat(getComputedStyle(e).paddingLeft)"))
    text_begins = field.bounding_box()["x"] + padding
    assert text_begins >= icon["x"] + icon["width"] + 2
