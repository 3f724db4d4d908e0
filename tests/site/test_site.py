"""What every page of the built site must keep: privacy, accessibility, sound links, quizzes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from page_visit import LAPTOP, PHONE, THEMES, PageRecord
from served import PAGES, ROOT, SITE, Visit, each_page, questions_in, source_of

Pages = Callable[[str], PageRecord]
FILE_NAME = re.compile(r"\.(png|svg|jpe?g|gif|webp)$", re.IGNORECASE)
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
ROOTED = urlsplit(CONFIG["html"]["baseurl"]).path
ASKING = [name for name in PAGES if questions_in(name)]


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
        # The page for missing addresses names all from the root of the server.
        rooted = path.removeprefix(ROOTED) if path.startswith(ROOTED) else path[1:]
        file = page if not path else site / rooted if path[0] == "/" else page.parent / path
        file = file.resolve()
        if file.is_dir():
            file = file / "index.html"
        anchor = unquote(parts.fragment) if file.suffix == ".html" else ""
        if not file.is_file() or (anchor and anchor not in outline(file).ids):
            broken.append(target)
    return broken


@pytest.mark.browser
@each_page(PAGES)
def test_page_loads_from_this_site_alone(page_record: Pages, name: str) -> None:
    record = page_record(name)
    assert record.foreign == []
    assert record.errors == []
    assert record.complaints == []
    assert record.missing == []


@pytest.mark.browser
@each_page(PAGES)
def test_every_image_is_described(page_record: Pages, name: str) -> None:
    images = page_record(name).images
    undescribed = [s for alt, s in images if len(alt.strip()) < 8 or FILE_NAME.search(alt.strip())]
    assert undescribed == []


@pytest.mark.browser
@each_page(PAGES)
def test_nothing_sticks_out_sideways(page_record: Pages, name: str) -> None:
    record = page_record(name)
    for width in (PHONE, LAPTOP):
        assert max(record.needed[width]) <= width
        # What a table is about can be read without scrolling it.
        assert max(record.captions[width], default=0) <= width


@pytest.mark.browser
@pytest.mark.parametrize("theme", THEMES)
@each_page(PAGES, beyond=pytest.mark.weekly)
def test_no_serious_accessibility_fault(
    page_axe: dict[str, list[str]], name: str, theme: str
) -> None:
    assert page_axe[theme] == []


@pytest.mark.browser
@each_page(ASKING)
def test_page_shows_each_question_of_its_source(page_record: Pages, name: str) -> None:
    assert page_record(name).questions == questions_in(name)
    assert page_record(name).unanswerable == 0


@pytest.mark.browser
@each_page(ASKING)
def test_questions_are_answered_by_keyboard(page_record: Pages, name: str) -> None:
    assert page_record(name).answering == []


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
def test_no_page_tells_where_it_was_built(site: Path) -> None:
    told = [p for p in site.rglob("*.html") if str(ROOT) in p.read_text(encoding="utf-8")]
    assert [str(p.relative_to(site)) for p in told] == []


CITED = re.compile(
    r'<a class="reference internal" href="[^"#]*#(id\d+)"[^>]*>([^<]*(?:<em>[^<]*</em>[^<]*)?)</a>'
)


@pytest.mark.book
def test_works_that_are_cited_alike_are_told_apart(site: Path) -> None:
    works = defaultdict(set)
    for page in site.glob("book/[1-5]-*/*.html"):
        for passage in page.read_text(encoding="utf-8").split('class="bibtex-citation"')[1:]:
            for work, label in CITED.findall(passage.partition("</span>")[0]):
                if label[0].isalpha():  # behind a name in the text stands the year alone
                    works[label].add(work)
    assert len(works) > 100
    assert {label: found for label, found in works.items() if len(found) > 1} == {}


@pytest.mark.book
@pytest.mark.parametrize("name", PAGES)
def test_launch_button_opens_a_notebook(site: Path, name: str) -> None:
    html = (site / f"{name}.html").read_text(encoding="utf-8")
    launches = re.findall(r'href="(https://mybinder\.org/[^"]+)"', html)
    source = source_of(name)
    runs = source.suffix == ".ipynb" or "{code-cell}" in source.read_text(encoding="utf-8")
    # The box of a lab that no browser runs offers the same address as the button.
    assert len(set(launches)) == int(runs)
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


FOCUSED = """() => {
  const at = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(at);
  return {
    name: at.ariaLabel ?? at.title ?? at.innerText,
    ring: outlineStyle !== 'none' && parseFloat(outlineWidth) > 1,
    header: at.closest('.bd-header-article') !== null,
    drawer: at.closest('.bd-sidebar-secondary') !== null,
  };
}"""


@pytest.mark.browser
def test_the_focus_is_seen_and_goes_to_nothing_hidden(visit: Visit) -> None:
    page = visit.page
    page.set_viewport_size({"width": 390, "height": 844})
    visit.open("book/1-concepts/04-inputs-and-outputs.html")
    seen = []
    for _ in range(250):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(FOCUSED))
    assert not [each for each in seen if each["drawer"]], "the drawer is closed"
    header = [each for each in seen if each["header"]]
    assert len(header) > 3
    assert [each for each in header if not each["ring"]] == []


AWAY = 'fetch("http://elsewhere.example/seen").catch(() => 0).then(() => postBack("done"))'
FETCH_AWAY = """(shared) => new Promise((resolve) => {
  const address = (text) => URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  if (shared) {
    const script = address(`onconnect = ({ ports: [port] }) => {
      const postBack = (word) => port.postMessage(word); AWAY; };`);
    const { port } = new SharedWorker(script);
    port.onmessage = () => resolve();
  } else {
    const script = address('const postBack = (word) => postMessage(word); AWAY');
    new Worker(script).onmessage = () => resolve();
  }
})""".replace("AWAY", AWAY)


@pytest.mark.browser
@pytest.mark.parametrize("shared", [False, True])
def test_what_a_worker_asks_elsewhere_is_noticed(visit: Visit, shared: bool) -> None:
    visit.page.goto(f"{visit.base}/404.html")
    assert visit.foreign == []
    visit.page.evaluate(FETCH_AWAY, shared)
    assert "http://elsewhere.example/seen" in visit.foreign


@pytest.mark.book
def test_what_the_theme_leaves_out_is_mended_on_each_page(site: Path) -> None:
    empty = re.compile(r"<th\b[^>]*>\s*(<p>\s*</p>)?\s*</th>")
    for path in (*(site / "book").rglob("*.html"), *(site / "labs").rglob("*.html")):
        page = path.read_text(encoding="utf-8")
        assert re.search(r'<html\b[^>]* data-theme="light"', page), path
        assert not empty.search(page), path
        assert "Toggle hidden content" not in page, path  # the name of folded code is what it says


@pytest.mark.browser
def test_a_page_has_its_colours_without_javascript(browser: Any, base_url: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{base_url}/book/2-devices/03-drift.html", wait_until="load")
    link, bar, text = (
        page.locator(name).first.evaluate(f"one => getComputedStyle(one).{what}")
        for name, what in (
            (".bd-article p a.internal", "color"),
            (".bd-header-article", "backgroundColor"),
            (".bd-article p", "color"),
        )
    )
    assert link != text
    assert bar != "rgba(0, 0, 0, 0)"
    context.close()
