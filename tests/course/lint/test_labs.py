"""Every rule for labs finds what it is there for, in a lab of the course that was broken."""

import json
import re
import shutil
from pathlib import Path

import pytest

from aimc_course.authoring.lint.check import LAB_RULES, lint
from aimc_course.authoring.lint.lab_source import LabSource
from aimc_course.authoring.lint.shelf import Shelf

ROOT = Path(__file__).resolve().parents[3]
LAB = "01-build-a-crossbar"
# What is replaced in the text of the lab, the rule, and a word of what is said.
BROKEN = [
    ("# Lab 1 · Build a crossbar", "# Lab 1", "lab-head", "first line"),
    ("**Points:** 20", "**Points:** 21", "lab-head", "**Points:** 20"),
    ("**You need:** ", "Needs ", "lab-head", "**You need:**"),
    ('start("lab-1", serial', 'start("lab-2", serial', "lab-head", "does not start 'lab-1'"),
    ("## 1 · Currents (8 minutes)", "## 1 · Currents", "lab-time", "no minutes"),
    ("about 85 minutes", "about 60 minutes", "lab-time", "60 are promised"),
    ("85 minutes, 15 of", "85 minutes, 25 of", "lab-time", "25 are promised"),
    ("## 1 · Currents (8 minutes)", "## 1 · Currents (28 minutes)", "lab-time", "no break"),
    ("](expected/01-build", "](expected/02-build", "lab-figure", "does not show"),
    ("![Four panels: ", "![](expected/x.png) ![Four panels: ", "lab-figure", "0 characters"),
    ("lab.summary()", "lab", "lab-end", "their points at the end"),
    ("assert lab.points == lab.max_points", "assert lab.points", "lab-end", "insist on all"),
    ("**Predict p1.**", "**Predict.**", "lab-predict", "p1 is never asked for"),
    ('lab.predict("p2"', 'print("p2"', "lab-predict", "p2 is never locked"),
    ('lab.compare("p2"', 'print("p2"', "lab-predict", "p2 is never compared"),
    ('lab.compare("p2"', 'lab.compare("p7"', "lab-predict", "p2 is never compared"),
    ("**Question 2.**", "**Question.**", "lab-question", "no text asks question 2"),
    ('check("q2"', 'check("q1"', "lab-question", "no cell checks q2"),
    ('check("q2"', 'check("q22"', "lab-question", "does not know q22"),
    ("**Question 5.** (*Shared.*)", "**Question 5.**", "lab-shared", "5 is not marked"),
    ("**Question 2.**", "**Question 2.** (*Shared.*)", "lab-shared", "2 is marked"),
    ("Questions marked *shared* have", "Some have", "lab-shared", "explains *shared*"),
    ("*Your explanation, in", "*Something, in", "lab-explain", "no cell to answer in"),
    ("Looked for: the spread", "The spread", "lab-explain", "does not say what is looked for"),
    ("**Model answer.** The spread", "The spread", "lab-explain", "no model answer follows"),
    ("| 1 | A limit: where", "| 2 | A limit: where", "lab-open", "earns 7 points"),
    ("| 1 | A limit: where", "| 1 | A bound: where", "lab-open", "not those of the text"),
    ("*Your proposal, your", "*A proposal, your", "lab-open", "no cell to answer in"),
    ("Open question: spend four", "Open question: use four", "lab-open", "is for the section"),
    ("You own a chip.", "**To write:** whose chip it is.", "lab-unwritten", "whose chip it is"),
    ("**Model answer.** *Store", "*Store", "lab-open", "no model answer"),
]


@pytest.fixture
def course(tmp_path):
    """A copy of what the linter reads of one lab."""
    shutil.copytree(ROOT / "labs" / "expected", tmp_path / "labs" / "expected")
    shutil.copy(ROOT / "labs" / f"{LAB}.ipynb", tmp_path / "labs")
    home = tmp_path / "src/aimc_answers/lab01"
    home.mkdir(parents=True)
    shutil.copy(ROOT / "src/aimc_answers/lab01/rubric.toml", home)
    return tmp_path


def edit(course, change):
    """Change the cells of the lab."""
    path = course / "labs" / f"{LAB}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = [(cell, "".join(cell["source"])) for cell in notebook["cells"]]
    for cell, text in cells:
        cell["source"] = change(text).splitlines(keepends=True)
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "rule", "words"), BROKEN, ids=[f"{case[2]}: {case[3]}" for case in BROKEN]
)
def test_what_breaks_a_rule_is_found(course, old, new, rule, words):
    path = course / "labs" / f"{LAB}.ipynb"
    assert old in "".join(
        "".join(cell["source"]) for cell in json.loads(path.read_text("utf-8"))["cells"]
    )
    path = edit(course, lambda text: text.replace(old, new))
    found = lint(course)
    told = [finding for finding in found if finding.rule == rule and words in finding.text]
    assert told, found
    lines = path.read_text(encoding="utf-8").splitlines()
    assert 1 <= told[0].line <= len(lines)


def test_lines_are_those_of_the_file(course):
    path = edit(course, lambda text: text.replace("**Predict p2.**", "**Predict p9.**"))
    (line,) = (
        k for k, text in enumerate(path.read_text("utf-8").splitlines(), 1) if "Predict p9" in text
    )
    assert line in [f.line for f in lint(course) if "p9" in f.text]


def test_the_line_of_every_cell_holds_its_first_words():
    for path in Shelf(ROOT).labs:
        raw = path.read_text(encoding="utf-8")
        lines = raw.splitlines()
        for cell in LabSource(path, path.name, raw, Shelf(ROOT)).cells:
            first = json.dumps(cell.text.split("\n")[0], ensure_ascii=False)[1:-1]
            assert first in lines[cell.line - 1]


def test_a_rubric_that_is_missing_or_thin_is_found(course):
    path = course / "src/aimc_answers/lab01/rubric.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"\[\[task\.sample\]\]\nmarks = \"none\".*", "", text, flags=re.DOTALL))
    assert "full, half and no marks" in " ".join(f.text for f in lint(course))
    path.write_text("[[task")
    assert "cannot be read" in " ".join(f.text for f in lint(course))
    path.unlink()
    assert "there is no src/aimc_answers/lab01/rubric.toml" in [f.text for f in lint(course)]


def test_a_notebook_without_a_home_is_told_so(course):
    (course / "labs" / f"{LAB}.ipynb").rename(course / "labs" / "55-nowhere.ipynb")
    assert any("no folder in src/aimc_course/labs" in finding.text for finding in lint(course))


def test_a_course_lab_breaks_no_rule_and_every_rule_is_tried_here(course):
    assert lint(course) == []
    assert {rule.name for rule in LAB_RULES} == {case[2] for case in BROKEN}
