"""The printed book has contents with page numbers, and answers behind each chapter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from served import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import print_pdf

pytestmark = [pytest.mark.browser, pytest.mark.slow]

QUIZ = """<form class="aimc-quiz"><fieldset><legend><span class="aimc-quiz-kicker">Predict</span>
What flows?</legend><div class="aimc-quiz-choice">current</div></fieldset>
<details class="aimc-quiz-answers"><summary>Show</summary><ol><li>It is current.</li></ol></details>
</form>"""
EXPLORER = """<section class="aimc-explorer"><p class="aimc-explorer-title">A race</p></section>"""
CODE = """<details class="above-input"><summary>Show code</summary><pre>x = 1</pre></details>"""


def chapter(document: str, name: str, body: str = "") -> str:
    """Return a document as the one-page builder writes it."""
    ident = name.lower().replace(" ", "-")
    return (
        f'<span id="document-{document}"></span><section id="{ident}"><h2>{name}'
        f'<a class="headerlink" href="#{ident}">#</a></h2>{body}</section>'
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a book of three chapters, a lab and an API."""
    first, second, third = (part["documents"][0] for part in print_pdf.parts()[:3])
    long = "".join(f"<p>Sentence {k} of a chapter that fills pages.</p>" for k in range(150))
    body = QUIZ + EXPLORER + CODE + '<p><a href="book/intro.html#lab">lab</a></p>'
    body += '<div class="solution admonition">As computed.</div><h3 id="end">Summary</h3>'
    wrapped = '<div class="toctree-wrapper">{}</div>'
    book = (
        '<article class="bd-article"><section id="book"><h1>A book<a class="headerlink">#</a></h1>'
        + wrapped.format(chapter(first, "1. Walls", body))
        + wrapped.format(chapter("labs/student/01-build-a-crossbar", "Lab"))
        + wrapped.format(chapter(second, "2. Glass", long))
        + wrapped.format(chapter(third, "3. Chips"))
        + wrapped.format(chapter("book/api", "API"))
        + "</section></article>"
    )
    place = tmp_path_factory.mktemp("printed")
    (place / "intro.html").write_text(f"<!doctype html><title>A book</title>{book}")
    return place


@pytest.fixture(scope="module")
def printed(folder: Path) -> Path:
    """Return the printed book."""
    output = folder / "out" / "book.pdf"
    # In a process of its own, since the tests' browser may be open.
    run = [sys.executable, print_pdf.__file__, "--folder", str(folder), "--output", str(output)]
    subprocess.run(run, check=True, timeout=300)
    return output


def test_chapters_begin_where_the_contents_say(printed: Path, browser: Any, folder: Path) -> None:
    starts = print_pdf.starts(printed)
    # cover, contents, about, the part's page, chapter 1, ...
    assert starts["1. Walls"] == 5
    assert starts["2. Glass"] > starts["1. Walls"] + 1, "a part has a page of its own"
    assert starts["3. Chips"] > starts["2. Glass"] + 3, "150 paragraphs fill three pages and more"
    assert not {"Lab", "API"} & set(starts), "what one searches stays on the site"
    with pikepdf.open(printed) as book:
        assert len(book.pages) == starts["3. Chips"]
    page = browser.new_page()
    page.goto((folder / "print.html").as_uri())
    arranged(page, starts)
    lines = page.locator(".aimc-contents a").evaluate_all(
        "all => all.map(one => [one.firstChild.textContent, one.querySelector('b').textContent])"
    )
    said = {name: int(number) for name, number in lines}
    assert said == {name: starts[name] for name in ("1. Walls", "2. Glass", "3. Chips")}
    page.close()


def arranged(page: Any, pages: dict[str, int]) -> None:
    arrange = (ROOT / "scripts" / "print_pdf.js").read_text()
    known = {"edition": print_pdf.edition(), "parts": print_pdf.parts(), "pages": pages}
    page.evaluate(arrange, known)


def test_answers_stand_behind_their_chapter(printed: Path, browser: Any, folder: Path) -> None:
    page = browser.new_page()
    page.goto((folder / "print.html").as_uri())
    arranged(page, {})
    walls = page.locator("#\\31 \\.-walls")
    assert walls.locator(":scope > *").last.get_attribute("class") == "aimc-answers"
    answers = walls.locator(".aimc-answers").inner_text()
    assert "What flows?" in answers
    assert "It is current." in answers
    assert "As computed." in answers
    assert "It is current." not in walls.locator("form").inner_text()
    whole = walls.inner_text()
    assert "A race" in whole, "an explorer leaves a line that says where it stands"
    assert "x = 1" not in whole, "folded code is not printed"
    assert walls.locator("a", has_text="lab").get_attribute("href") is None
    page.close()
