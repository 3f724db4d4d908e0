"""What the class gets back and the page for marking say of each other: pages and requests."""

import json

import looks
import pytest
from page_server import grade, hand_in
from paper_class import CLASS, PROPOSAL, filled, picture
from test_page import HOSTILE

from aimc_course.grading.gradebook.by_hand import ByHand
from aimc_course.grading.gradebook.gradebook import Gradebook
from aimc_course.grading.gradebook.hand_marks import HandMark
from aimc_course.grading.marking.marking_pages import Pages
from aimc_course.grading.marking.rounds import Round
from aimc_course.grading.written.source import find_source, read_sheet


@pytest.fixture
def marked(tmp_path):
    """Return a gradebook: the proposals of two students are marked, and one asks again."""
    (tmp_path / "class.csv").write_text(CLASS)
    wild = json.loads(filled(proposal=HOSTILE, drawn=picture(), code="print(1)"))
    wild["cells"][2]["source"] = HOSTILE
    hand_in(tmp_path, "ada", json.dumps(wild).encode())
    hand_in(tmp_path, "max", filled(proposal=PROPOSAL))
    grade(tmp_path)
    with Gradebook(tmp_path / "out") as gradebook:
        by_hand = ByHand(gradebook.store, "lab-3")
        by_hand.use(read_sheet(find_source("lab-3", tmp_path).read_bytes(), "lab-3"))
        by_hand.collect()
        item = by_hand.sheet.item("o1")
        most = tuple(line.points for line in item.lines)
        marks = [
            HandMark(s.entry.owner, "o1", s.written.answer, most, most, "Good <b>one</b>.",
                     item.version, s.entry.number)
            for s in by_hand.standings(gradebook.store.entries("lab-3"), [item])
        ]  # fmt: skip
        by_hand.marks.give(marks)
        place = tmp_path / "again" / "ada"
        place.mkdir(parents=True)
        (place / "a.txt").write_text("o1: you <i>overlooked</i> my sum\nq1: rounding")
        gradebook.collect("lab-3", tmp_path / "again")
        yield gradebook


def test_the_page_for_marking_shows_who_asks_again(marked):
    around = Round(marked, "lab-3")
    pages = Pages(around, "Lab 3", "/x", "key", False)
    item = around.sheet.item("o1")
    found = around.standings(item)
    shown = {s.entry.owner: pages.answer(item, k, found, "", "") for k, s in enumerate(found)}
    assert "not answered yet" in shown["ada"]
    assert "you &lt;i&gt;overlooked&lt;/i&gt; my sum" in shown["ada"]
    assert "rounding" not in shown["ada"]
    assert "Asked for again" not in shown["max"]
    assert "o1, q1" in pages.overview("")
    marked.answer("lab-3", "ada", "o1", None, "it was wrong")
    assert "it was wrong" in pages.answer(item, [s.entry.owner for s in found].index("ada"),
                                          found, "", "")  # fmt: skip


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_of_feedback_acts_on_nobody_and_is_for_everybody(marked, chromium, scheme):
    context = chromium.new_context(viewport={"width": 390, "height": 800}, color_scheme=scheme)
    tab = context.new_page()
    path = marked.out / "lab-3" / "feedback" / "ada.html"
    strayed = []
    tab.on("dialog", lambda dialog: (strayed.append(dialog.message), dialog.dismiss()))
    context.on("request", lambda r: strayed.append(r.url) if "evil" in r.url else None)
    tab.goto(path.as_uri())
    assert "Good <b>one</b>." in tab.locator("aside#o1").inner_text()
    tab.locator("a[href='#q1']").click()
    assert tab.evaluate("document.documentElement.scrollWidth") <= 391
    assert tab.evaluate("[...document.images].every((i) => i.naturalWidth > 0)")
    assert strayed == []
    # The policy of the page lets axe in by no script of its own: look at a copy without it.
    text = path.read_text()
    copy = path.with_name("copy.html")
    copy.write_text(text.replace("Content-Security-Policy", "x"))
    tab.goto(copy.as_uri())
    assert looks.axe(tab, "html", colours=scheme == "dark") == []
    context.close()
