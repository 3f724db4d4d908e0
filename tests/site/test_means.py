"""What a chapter can show, on a small book of its own: charts, tables and drawings from code.

The pages of the course show the same with each change (test_figures.py, test_charts.py,
test_drawings.py, test_site.py). Seen here alone, each week and where an extension of the book is
changed: paper, a script that fails, and data that come from the cache.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from served import ROOT, Visit, leave_out_lite, scripts_of, serve

pytestmark = [pytest.mark.book, pytest.mark.weekly]

MEANS = Path(__file__).resolve().parent / "means"
LEFT_OUT = (".git", ".venv", "_build", "tests", "drawn", "__pycache__", "*.egg-info", ".*_cache")
PAGE = "book/page.html"
THEMES = ["light", "dark"]


def build(folder: Path, *options: str) -> Path:
    environment = os.environ | {"PYTHONPATH": str(folder / "src")}
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]
    command += ["build", ".", "-W", "-n", "--keep-going"]
    done = subprocess.run(
        [*command, *options],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return folder / "_build"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("means") / "project"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT, "*.md"))
    (folder / "_toc.yml").write_text("format: jb-book\nroot: book/page\n", encoding="utf-8")
    leave_out_lite(folder)
    shutil.copy2(MEANS / "page.md", folder / "book")
    for old in (folder / "book" / "drawings").glob("[a-z]*-*"):
        old.unlink()
    for drawing in MEANS.glob("*.py"):
        shutil.copy2(drawing, folder / "book" / "drawings")
    return folder


@pytest.fixture(scope="module")
def built(project: Path) -> Path:
    return build(project) / "html"


@pytest.fixture(scope="module")
def address(built: Path) -> Iterator[str]:
    with serve(built) as found:
        yield found


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    result = Visit(context.new_page(), address)
    yield result
    assert result.errors == []
    context.close()


def drawn(visit: Visit, theme: str = "light", width: int = 1280) -> Any:
    """Open the page at a width."""
    visit.page.set_viewport_size({"width": width, "height": 900})
    return visit.open(PAGE, theme)


def plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_numbers_captions_and_references(built: Path) -> None:
    text = (built / PAGE).read_text(encoding="utf-8")
    figure = re.search(r'<figure[^>]* id="fig-two-curves">.*?</figure>', text, re.DOTALL)
    assert figure is not None
    assert 'class="aimc-figure"' in figure[0]
    assert "<img" in figure[0]
    caption = plain(figure[0].split("<figcaption>")[1])
    # A formula stands there twice, for eyes and for screen readers, and once as it was written.
    assert caption.startswith(r"Fig. 1 A caption with ν \nu ν and a reference to Table 1 .")
    table = re.search(r'<table[^>]* id="tab-means">.*?</table>', text, re.DOTALL)
    assert table is not None
    words = r"Table 1 A caption with ν \nu ν and a reference to Fig. 1 ."
    assert plain(table[0]).startswith(words)
    assert "<strong>caption</strong>" in table[0]
    assert re.findall(r"<td[^>]*><p>([^<]*)</p>", table[0])[:3] == ["SET", "0.031", "0"]
    assert "\N{MINUS SIGN}0.050" in table[0]
    words = plain(re.search(r"<p>Text refers to .*?</p>", text)[0])  # type: ignore[index]
    assert words == "Text refers to Fig. 1 , Fig. 2 and Table 1 ."


def test_code_that_draws_is_folded_unless_it_is_to_be_seen(built: Path) -> None:
    text = (built / PAGE).read_text(encoding="utf-8")
    cells = re.split(r'(?=<div class="cell )', text)[1:]
    folded = ["<details" in cell for cell in cells]
    assert folded == [True, False, True, False]


def test_script_and_style_come_with_the_charts(built: Path, project: Path) -> None:
    named = f"{scripts_of(built).name}/figure.mjs"
    assert named in (built / PAGE).read_text(encoding="utf-8")
    assert named not in (built / "genindex.html").read_text(encoding="utf-8")


def test_cached_outputs_keep_the_data(project: Path, built: Path) -> None:
    first = (built / PAGE).read_text(encoding="utf-8")
    page = project / "book" / "page.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nOne more sentence.\n", encoding="utf-8")
    again = (build(project) / "html" / PAGE).read_text(encoding="utf-8")
    data = re.compile(r'<script type="application/json" class="aimc-figure-data">(.*?)</script>')
    assert "One more sentence." in again
    shown, cached = ([json.loads(text) for text in data.findall(t)] for t in (first, again))
    assert len(shown) == 2
    assert cached == shown


@pytest.mark.browser
def test_single_page_for_paper_has_pictures(project: Path, browser: Any, built: Path) -> None:
    folder = build(project, "--builder", "singlehtml") / "singlehtml"
    page = browser.new_page()
    # The one-page builder writes addresses as seen from the folder's top.
    name = Path(shutil.copy(folder / PAGE, folder / "print.html"))
    page.goto(name.as_uri())
    text = name.read_text(encoding="utf-8")
    assert "aimc-figure" not in text
    sizes = page.eval_on_selector_all(
        ".cell_output img", "all => all.map(i => [i.naturalWidth > 300, i.clientWidth > 300])"
    )
    assert sizes == [[True, True]] * 2
    assert "Fig. 1" in page.locator("#fig-two-curves figcaption").inner_text()
    assert "Table 1" in page.locator("#tab-means caption").inner_text()
    assert page.locator("svg.aimc-drawing").count() == 3
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize("theme", THEMES)
def test_charts_follow_the_theme(visit: Visit, theme: str) -> None:
    from io import BytesIO

    import numpy as np
    from PIL import Image

    page = drawn(visit, theme)
    assert page.locator(".aimc-figure img:visible").count() == 0
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    red, green, blue = (int(part) for part in re.findall(r"\d+", ground)[:3])
    for chart in page.locator(".aimc-figure svg.aimc-chart").all():
        image = Image.open(BytesIO(chart.screenshot())).convert("RGB")
        pixels = np.asarray(image).reshape(-1, 3)
        same = (np.abs(pixels - np.array([red, green, blue])) <= 2).all(axis=1).mean()
        assert same > 0.5, f"{same:.0%} of the chart have the colour of the page"
        if theme == "dark":
            assert (pixels > 250).all(axis=1).mean() < 0.01


@pytest.mark.browser
def test_paper_is_white_in_any_theme(visit: Visit) -> None:
    page = drawn(visit, "dark")
    fill = "name => getComputedStyle(document.querySelector(name)).fill"
    names = [".aimc-figure svg.aimc-chart text", ".aimc-drawing text"]
    on_screen = [page.evaluate(fill, name) for name in names]
    page.emulate_media(media="print")
    on_paper = [page.evaluate(fill, name) for name in names]
    dark = [sum(map(int, re.findall(r"\d+", colour)[:3])) < 300 for colour in on_paper]
    assert on_paper != on_screen
    assert dark == [True, True], on_paper
    assert page.locator(".aimc-figure svg.aimc-chart").first.is_visible()


@pytest.mark.browser
def test_charts_stand_beside_each_other_where_there_is_room(visit: Visit) -> None:
    page = drawn(visit)

    def places() -> Any:
        boxes = "all => all.slice(0, 2).map(s => s.getBoundingClientRect().toJSON())"
        found = page.eval_on_selector_all(".aimc-figure svg.aimc-chart", boxes)
        return [[box[side] for side in ("left", "top", "right")] for box in found]

    (left, _, right), (second, _, _) = places()
    assert second > right
    page.set_viewport_size({"width": 390, "height": 800})
    page.wait_for_function(
        "() => [...document.querySelectorAll('.aimc-chart')].every(s => s.clientWidth <= 390)"
    )
    (left, top, right), (below, under, end) = places()
    assert under > top
    assert below == left
    assert 0 <= left < right <= 390
    assert end <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.browser
@pytest.mark.parametrize("broken", ["no script", "a script that fails"])
def test_picture_stays_where_nothing_is_drawn(browser: Any, address: str, broken: str) -> None:
    context = browser.new_context(java_script_enabled=broken != "no script")
    page = context.new_page()
    if broken != "no script":
        page.route("**/chart.mjs*", lambda route: route.abort())
    page.goto(f"{address}/{PAGE}")
    for image in page.locator(".aimc-figure img").all():
        image.scroll_into_view_if_needed()
        assert image.is_visible()
        assert len(image.get_attribute("alt") or "") > 8
        size = image.bounding_box()
        assert size is not None
        assert size["width"] > 300
        assert size["height"] > 150
    context.close()


@pytest.mark.browser
def test_values_are_read_by_keyboard(visit: Visit) -> None:
    page = drawn(visit)
    box = page.locator(".aimc-chart-box").first
    said = page.locator(".aimc-figure .aimc-said").first
    box.focus()
    page.keyboard.press("ArrowRight")
    assert said.text_content() == "model, time (s): 1, current (µA): 1"
    page.keyboard.press("ArrowRight")
    assert said.text_content() == "model, time (s): 10, current (µA): 4"
    page.keyboard.press("End")
    page.keyboard.press("ArrowDown")
    assert said.text_content() == "measured, time (s): 100, current (µA): 8"
    assert box.locator(".aimc-tip").inner_text().splitlines()[0] == "measured"
    assert box.locator(".aimc-ring").count() == 1
    page.keyboard.press("Escape")
    assert box.locator(".aimc-tip").is_hidden()
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    assert said.text_content() == "c, die, share (%): 60"
    page.keyboard.press("Tab")
    assert page.locator(".aimc-tip:visible").count() == 0


@pytest.mark.browser
def test_values_are_read_under_the_pointer(visit: Visit) -> None:
    page = drawn(visit)
    bar = page.locator(".aimc-bar").nth(1)
    bar.hover()
    tip = page.locator(".aimc-tip:visible")
    assert tip.inner_text().splitlines() == ["b", "die", "share (%): 30"]
    point = page.locator(".aimc-mark-points .aimc-point").first
    point.hover()
    assert tip.inner_text().splitlines() == ["measured", "time (s): 1", "current (µA): 2"]
    page.mouse.move(5, 5)
    assert tip.count() == 0


@pytest.mark.browser
@pytest.mark.parametrize("theme", THEMES)
def test_no_accessibility_fault(visit: Visit, theme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = drawn(visit, theme)
    found = Axe().run(page, context=".bd-article").response["violations"]
    grave = [v for v in found if v["impact"] in ("serious", "critical")]
    assert [f"{v['id']}: {n['target']}" for v in grave for n in v["nodes"]] == []


@pytest.mark.browser
def test_drawings_are_part_of_the_page(visit: Visit) -> None:
    page = visit.open(PAGE)
    drawings = page.locator("figure > svg.aimc-drawing")
    assert drawings.count() == 3
    assert drawings.first.get_attribute("aria-label") == "A resistor on a word line."
    assert drawings.first.get_attribute("role") == "img"
    assert page.locator("figure img[src*=drawn], figure img[src*=means]").count() == 0
    assert page.locator("[id^=means-circuit-end]").count() == 2
    assert page.locator("[id=means-circuit-end]").count() == 1
    ink = "getComputedStyle(document.querySelector('.aimc-drawing text')).fill"
    light = page.evaluate(ink)
    visit.open(PAGE, "dark")
    assert page.evaluate(ink) != light
    # A drawing that would be too small on a phone scrolls in its box.
    page.set_viewport_size({"width": 390, "height": 800})
    box = page.locator("figure:has(> .aimc-drawing)").last
    assert box.evaluate("f => f.scrollWidth > f.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.browser
def test_table_scrolls_in_its_own_box_on_a_phone(visit: Visit) -> None:
    visit.page.set_viewport_size({"width": 390, "height": 800})
    page = visit.open(PAGE)
    table = page.locator("#tab-means")
    assert table.evaluate("t => t.parentElement.scrollWidth > t.parentElement.clientWidth")
    assert table.evaluate("t => getComputedStyle(t.parentElement).overflowX") in ("auto", "scroll")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
