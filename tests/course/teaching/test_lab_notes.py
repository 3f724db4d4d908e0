"""Notes for every lab, with its times and questions; rubrics as sheets."""

import json
import re

import pytest

from aimc_answers.rubrics import rubric
from aimc_course.__main__ import main
from aimc_course.labs.catalogue import LABS
from aimc_course.teaching.rubric_sheets import rubric_sheet


@pytest.fixture(scope="module")
def notes(root):
    """Text of the notes on each lab, by its number."""
    text = (root / "book" / "teachers" / "labs.md").read_text(encoding="utf-8")
    found = re.split(r"^\(teach-lab-(\d+)\)=$", text, flags=re.MULTILINE)
    return dict(zip(map(int, found[1::2]), found[2::2], strict=True))


def test_there_are_notes_for_every_lab(notes):
    assert [f"lab-{number}" for number in notes] == [lab.name for lab in LABS]


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.name)
def test_questions_that_notes_speak_of_are_asked(notes, lab):
    text = notes[int(lab.name.removeprefix("lab-"))]
    asked = [int(q) for q in re.findall(r"(?i)\bquestions? (\d+)", text)]
    assert 1 <= min(asked) <= max(asked) <= len(lab.questions)


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.name)
def test_times_are_those_of_the_lab(root, notes, lab):
    cells = json.loads((root / "labs" / f"{lab.slug}.ipynb").read_text("utf-8"))["cells"]
    head = "".join(cells[0]["source"])
    total, opened = re.search(r"about (\d+) minutes, (\d+) of them", head).groups()
    timing = re.search(r"\*\*Timing\.\*\*(.+)", notes[int(lab.name.removeprefix("lab-"))])[1]
    assert f"About {total} minutes" in timing
    assert re.search(rf"\b{opened}\b", timing.replace(f"About {total}", "", 1))
    stop = re.search(r"end of section (\d)", head)
    assert ("two sittings" in timing) is (stop is not None)
    if stop:
        assert f"section {stop[1]}" in timing


def test_the_command_of_the_notes_writes_the_sheet(root, tmp_path, capsys):
    text = (root / "book" / "teachers" / "labs.md").read_text(encoding="utf-8")
    (call,) = re.findall(r"^aimc-course (rubric .+)$", text, flags=re.MULTILINE)
    file = tmp_path / "notes" / "rubric.md"
    assert main([*call.split()[:-1], str(file)]) == 0
    assert file.read_text(encoding="utf-8") == rubric_sheet("lab-3")
    capsys.readouterr()
    assert main(["rubric", "--lab", "3"]) == 0
    assert capsys.readouterr().out == rubric_sheet("lab-3")
    assert main(["rubric", "--lab", "99"]) == 2
    assert "lab-99" in capsys.readouterr().err


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.name)
def test_a_sheet_holds_every_line_and_three_samples(lab):
    text = rubric_sheet(lab.slug)
    (task,) = rubric(lab.name)
    for line in task.lines:
        assert f"| {line.points:g} | {line.earns} | {line.half} |" in text
    assert [f"{s.points:g} of 6" for s in task.samples] == re.findall(r"^### .+: (.+)$", text, re.M)
    assert text.count("**Why.**") == 3
