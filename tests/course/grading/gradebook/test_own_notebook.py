"""The student's own notebook handed back: marks at the right cells, and nothing in it that acts."""

import base64
import io
import json
import os
import re
from html.parser import HTMLParser

import pytest
from paper_class import PROPOSAL, ROOT, filled, picture
from PIL import Image

from aimc_course.grading.gradebook import own_notebook
from aimc_course.grading.gradebook.classlist import Student
from aimc_course.grading.gradebook.feedback import Titles, as_gradescope, as_html, as_markdown
from aimc_course.grading.gradebook.outcomes import Outcome
from aimc_course.grading.gradebook.own_notebook import OwnNotebook
from aimc_course.grading.gradebook.store import Entry
from aimc_course.grading.marks import QuestionMark, SubmissionMarks
from aimc_course.grading.written.source import read_sheet

TITLES = Titles("Lab 3", {"q1": "One"})
EVIL = "<script>alert(1)</script><img src=http://evil.example/a.png onerror=alert(1)>"


class Acting(HTMLParser):
    """What of a page could act or ask for something."""

    def __init__(self, page):
        super().__init__()
        self.found, self.names, self.headings = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.names.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag in ("script", "iframe", "object", "embed", "form", "link", "base", "svg", "audio"):
            self.found.append(tag)
        for name, value in attributes:
            local = (value or "").startswith(("#", "data:image/png;base64,"))
            if name.startswith("on") or (name in ("src", "href", "action", "srcset") and not local):
                self.found.append((tag, name, value))


def code(text, *outputs):
    return {"cell_type": "code", "source": text, "outputs": list(outputs), "metadata": {}}


def made(*cells):
    return json.dumps({"cells": list(cells), "nbformat": 4}).encode()


def outcome(*marks, notes=(), witnessed=()):
    found = SubmissionMarks("lab-3", "ada", 1, marks, notes, "0", 1.0, (), witnessed)
    entry = Entry(1, "lab-3", "ada", "d", "x.ipynb", 0, False, None, found, 1, 1)
    return Outcome(Student("ada"), "ada", 1, entry, found, 0, 1.0, ())


def mark(question, points=1.0, message="said", **other):
    return QuestionMark(question, points, 2.0, message, None, "00feed", "v", 0.0, **other)


def test_each_mark_stands_at_the_cell_that_handed_the_answer_in():
    cells = OwnNotebook.read(
        made(
            code("first = 1\ncheck('q1', first)"),
            code("second = 2\ncheck('q1', second)\ncheck(\n  \"q2\", second)"),
            code("third = 3  # check('q1', third)"),
        )
    )
    page = as_html(outcome(mark("q1", message="off"), mark("q2"), mark("q3")), TITLES, cells)
    assert cells.places == {"q1": 1, "q2": 1}
    section = page.split("<h2>Your notebook", 1)[1]
    assert section.count("<aside") == 2
    at = [section.index(text) for text in ("second", 'id="q1"', "off", "third")]
    assert at == sorted(at)
    assert '<a href="#q1">' in page
    assert '<a href="#q3">' not in page  # its cell is not there any more


def test_what_people_said_stands_at_the_answer():
    sheet = read_sheet((ROOT / "labs" / "03-characterise-your-devices.ipynb").read_bytes(), "lab-3")
    cells = OwnNotebook.read(filled(proposal=PROPOSAL, explanation="Read twice."), sheet)
    assert "50 % after a year" in cells.cells[cells.places["o1"]].text
    assert "Read twice." in cells.cells[cells.places["e1"]].text
    said = mark("o1", message="1 of 2: The idea.\nAnd its cost?")
    page = as_html(outcome(said), TITLES, cells)
    assert "And its cost?" in page.split("after a year", 1)[1].split("<div class='cell", 1)[0]


def test_notes_stand_at_their_cells_and_say_whose_words_they_are():
    notes = ("cell 2: full marks, says the grader ” really", "cell 1 took longer", "elsewhere")
    cells = OwnNotebook.read(made({"cell_type": "markdown", "source": "t"}, code("a"), code("b")))
    page = as_html(outcome(mark("q1"), notes=notes, witnessed=notes[1:2]), TITLES, cells)
    one, two = page.split("Code cell 1")[1].split("Code cell 2")
    assert "cell 1 took longer" in one
    assert "Reported" not in one
    told = "Reported by your notebook itself: “cell 2: full marks, says the grader &quot; really”"
    assert told in two
    assert "Reported by your notebook itself: “elsewhere”" in page.split("Your notebook as")[0]
    for text in (
        as_markdown(outcome(notes=notes), TITLES),
        as_gradescope(outcome(notes=notes), TITLES),
    ):
        assert text.count("Reported by your notebook itself") == 3  # of old marks nothing is known


def test_hostile_cells_do_nothing():
    svg = f"<svg onload='alert(1)'>{EVIL}</svg>"
    data = {"text/html": EVIL, "image/svg+xml": svg, "text/plain": EVIL}
    outputs = [
        {"output_type": "display_data", "data": data},
        {"output_type": "stream", "text": EVIL},
        {"output_type": "error", "ename": EVIL, "evalue": EVIL, "traceback": [EVIL]},
        {
            "output_type": "display_data",
            "data": {"image/png": base64.b64encode(b"<svg/>").decode()},
        },
        {"output_type": "display_data", "data": {"application/javascript": "alert(1)"}},
    ]
    cells = OwnNotebook.read(
        made(
            code(f"check('q1', '{EVIL}')", *outputs),
            {
                "cell_type": "markdown",
                "source": f"{EVIL}\n\n[a](javascript:alert(1)) ![b](http://c)",
            },
            {"cell_type": "raw", "source": EVIL},
            {"cell_type": EVIL, "source": EVIL},
        )
    )
    found = Acting(as_html(outcome(mark("q1")), TITLES, cells))
    assert found.found == []
    assert "img" not in found.names


def test_pictures_come_along_drawn_anew():
    data = base64.b64encode(picture()).decode()
    shown = {"output_type": "display_data", "data": {"image/png": data}}
    page = as_html(outcome(), TITLES, OwnNotebook.read(made(code("draw()", shown))))
    sent = base64.b64decode(re.search(r"data:image/png;base64,([^\"]+)", page)[1])
    assert Image.open(io.BytesIO(sent)).size == (240, 120)
    assert b"script" not in sent


def test_a_large_notebook_is_cut_and_keeps_its_marks():
    noise = io.BytesIO()
    Image.frombytes("RGB", (900, 900), os.urandom(3 * 900 * 900)).save(noise, "PNG")
    shown = {"output_type": "display_data"}
    shown["data"] = {"image/png": base64.b64encode(noise.getvalue()).decode()}
    loud = {"output_type": "stream", "text": "<" * 100_000}
    cells = [code("(" * 3000, loud) for _ in range(60)]
    content = made(*[code("x", shown)] * 2, *cells, code("check('q1', 1)"))
    page = as_html(outcome(mark("q1", message="seen")), TITLES, OwnNotebook.read(content))
    assert len(page) < 8 * 2**20
    assert page.count("a picture: the page would become too large") == 1
    assert "cut here" in page
    assert "what the cell printed: the page would become too large" in page
    assert "seen" in page.split("Your notebook as", 1)[1]


def test_only_so_much_is_read_as_markdown(monkeypatch):
    read = []
    monkeypatch.setattr(own_notebook, "_markdown", lambda text: (read.append(len(text)), "")[1])
    slow = {"cell_type": "markdown", "source": "[" * 19_000}
    page = as_html(outcome(), TITLES, OwnNotebook.read(made(*[slow] * 50)))
    assert 0 < sum(read) <= 200_000
    assert page.count("[" * 19_000) == 50 - len(read)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"[" * 100_000, made({"source": [1, None]})])
def test_what_is_no_notebook_is_no_accident(content):
    assert "Lab 3" in as_html(outcome(mark("q1")), TITLES, OwnNotebook.read(content))


def test_headings_skip_no_level():
    text = {"cell_type": "markdown", "source": "# A\n\n## B\n\n### C"}
    found = Acting(as_html(outcome(), TITLES, OwnNotebook.read(made(text)))).headings
    assert found == [1, 2, 3, 4, 5]


def test_the_page_needs_no_library_of_the_extra(monkeypatch):
    # What is not installed cannot be imported: None stands for that.
    for name in ("nh3", "markdown_it", "pygments", "PIL", "latex2mathml"):
        monkeypatch.setitem(__import__("sys").modules, name, None)
    data = {"image/png": base64.b64encode(b"x").decode()}
    shown = {"output_type": "display_data", "data": data}
    cells = OwnNotebook.read(
        made(code("check('q1', 1)", shown), {"cell_type": "markdown", "source": "**not bold** <b>"})
    )
    page = as_html(outcome(mark("q1")), TITLES, cells)
    assert "**not bold** &lt;b&gt;" in page
    assert "needs pillow" in page


def test_a_regrade_tells_its_reason(call, classroom, grade, believer):
    call(grade)
    line = "regrade --lab 1 --out @out --question q2 --reason the_sign_was_wrong"
    call(line, believer(factor=2))
    folder = classroom / "out" / "lab-1" / "feedback"
    said = "Graded again, from 1 to 2 points: the_sign_was_wrong"
    assert said in (folder / "max.html").read_text()
    assert said in (folder / "max.md").read_text().replace("\\", "")
    assert "Graded again" not in (folder / "ada.html").read_text()
    # One that changes nothing leaves standing what was said before.
    call("regrade --lab 1 --out @out --question q2 --reason another", believer(factor=2))
    assert said in (folder / "max.html").read_text()


def test_pages_are_made_once_and_never_old(call, classroom, grade, monkeypatch):
    import aimc_course.grading.gradebook.feedback_pages as pages

    call(grade)
    drawn = []
    real = pages.as_html
    monkeypatch.setattr(
        pages, "as_html", lambda o, *rest: (drawn.append(o.label), real(o, *rest))[1]
    )
    call("override max q2 3 --lab 1 --out @out --reason fair")
    assert drawn == ["max"]
    page = classroom / "out" / "lab-1" / "feedback" / "ada.html"
    whole = page.read_text()
    page.write_text(whole.replace("10 points", "9 points"))
    call("override max q2 2 --lab 1 --out @out --reason fairer")
    assert drawn == ["max", "ada", "max"]
    assert page.read_text() == whole
