"""What people mark is found in every lab, and in notebooks that were edited in any way."""

import json
from pathlib import Path

import pytest

from aimc_answers.rubrics import rubric
from aimc_course.authoring.notebooks import lab_sources, read_source, solution_copy, student_copy
from aimc_course.grading.written import alignment
from aimc_course.grading.written.answers import answers, parts, places
from aimc_course.grading.written.sheet import Sheet
from aimc_course.grading.written.source import find_source, read_sheet, with_samples
from aimc_course.labs.catalogue import LABS

ROOT = Path(__file__).parents[4]
SOURCES = {lab.name: path for lab, path in zip(LABS, lab_sources(ROOT), strict=True)}


def sheet_of(lab):
    return read_sheet(SOURCES[lab].read_bytes(), lab)


def copy_of(lab):
    return json.loads(json.dumps(student_copy(read_source(SOURCES[lab]))))


def found(lab, notebook):
    return {a.item: a for a in answers(sheet_of(lab), json.dumps(notebook).encode())}


def place_of(notebook, start):
    return next(k for k, c in enumerate(notebook["cells"]) if c["source"].startswith(start))


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.name)
def test_the_sheet_holds_what_the_notebook_asks_for(lab):
    sheet = sheet_of(lab.name)
    cells = copy_of(lab.name)["cells"]
    prose = [cell["source"] for cell in cells if cell["cell_type"] == "markdown"]
    kinds = {k: [i for i in sheet.items if i.kind == k] for k in ("open", "explain", "predict")}
    assert len(kinds["explain"]) == sum("**Explain" in text for text in prose)
    assert [i.id for i in kinds["predict"]] == list(lab.predictions)
    assert sum(i.kind == "figure" for i in sheet.items) == 1
    (task,) = rubric(lab.name)
    (asked,) = kinds["open"]
    assert (asked.id, asked.max_points) == (task.id, task.points)
    assert [(x.points, x.text) for x in asked.lines] == [(x.points, x.earns) for x in task.lines]
    assert asked.model.startswith("**Model answer")
    assert all(item.question and item.title for item in sheet.items)
    assert all("Looked for" not in line.text for i in sheet.items for line in i.lines)
    full = with_samples(sheet, rubric(lab.name))
    assert all(line.half for line in full.item("o1").lines)
    assert "A sample with 6 of 6 points" in full.item("o1").model
    assert Sheet.from_json(full.to_json()) == full


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.name)
def test_an_untouched_copy_answers_nothing_and_the_solution_answers(lab):
    assert [a.item for a in found(lab.name, copy_of(lab.name)).values() if not a.empty] == []
    solved = json.loads(json.dumps(solution_copy(read_source(SOURCES[lab.name]))))
    with_answer = {item for item, a in found(lab.name, solved).items() if not a.empty}
    assert {"o1", *lab.predictions} <= with_answer


def test_another_labs_notebook_answers_nothing():
    other = solution_copy(read_source(SOURCES["lab-2"]))
    answered = answers(sheet_of("lab-1"), json.dumps(other).encode())
    assert all(answer.empty for answer in answered)
    assert {answer.note for answer in answered} == {"the notebook calls itself lab-2"}
    assert places(sheet_of("lab-1"), json.dumps(other).encode()) == {}


def typed(notebook, text="My own words about the spread."):
    notebook["cells"][place_of(notebook, "*Your explanation")]["source"] = text


def below_the_lines(notebook):
    notebook["cells"][place_of(notebook, "*Your explanation")]["source"] += "\n\nMy own words."


def in_the_question(notebook):
    notebook["cells"][place_of(notebook, "**Explain")]["source"] += "\n\nMy own words."


def without_ids(notebook):
    typed(notebook)
    for cell in notebook["cells"]:
        del cell["id"]


def with_new_ids(notebook):
    typed(notebook)
    for k, cell in enumerate(notebook["cells"]):
        cell["id"] = f"{(k * 7919) % 997}"


def in_a_cell_of_its_own(notebook):
    place = place_of(notebook, "*Your explanation")
    cell = {"cell_type": "markdown", "id": "new", "metadata": {}, "source": "My own words."}
    notebook["cells"].insert(place + 1, cell)


def among_other_cells(notebook):
    typed(notebook)
    extra = {"cell_type": "code", "metadata": {}, "source": "print(1)", "outputs": []}
    notebook["cells"][0:0] = [dict(extra, id=f"n{k}") for k in range(30)]
    del notebook["cells"][35]


@pytest.mark.parametrize(
    "edit",
    [
        *(typed, below_the_lines, in_the_question, without_ids, with_new_ids),
        *(in_a_cell_of_its_own, among_other_cells),
    ],
)
@pytest.mark.parametrize("lab", ["lab-1", "lab-4"])
def test_an_answer_is_found_where_it_was_written(lab, edit):
    notebook = copy_of(lab)
    edit(notebook)
    shown = found(lab, notebook)
    assert "own words" in " ".join(part.text for part in shown["e1"].parts)
    assert "Looked for" not in " ".join(part.text for part in shown["e1"].parts)
    others = [a for item, a in shown.items() if item != "e1"]
    assert not any("own words" in part.text for a in others for part in a.parts)


def test_a_fingerprint_follows_the_answer_and_nothing_else():
    notebook = copy_of("lab-1")
    typed(notebook)
    before = found("lab-1", notebook)["e1"].digest
    notebook["cells"][2]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "7"}]
    notebook["cells"].append({"cell_type": "markdown", "id": "z", "metadata": {}, "source": "End"})
    assert found("lab-1", notebook)["e1"].digest == before
    typed_again = copy_of("lab-1")
    typed(typed_again, "My own words about the mean.")
    assert found("lab-1", typed_again)["e1"].digest != before


DEEP = '{"cells": ' + "[" * 5000 + "]" * 5000 + "}"
ODD = {
    "source": {"a": 1},
    "outputs": [1, None, {"data": 3}, {"data": {"image/png": [1, 2]}}, {"output_type": "stream"}],
    "attachments": {"a": {"image/png": "!!"}, "b": 7},
    "cell_type": ["code"],
    "id": [1],
    "metadata": 3,
}


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"[]", b"null", b"{}", b'{"cells": 3}', b'{"cells": [1]}', b"\xff\xfe"),
        DEEP.encode(),
        json.dumps({"cells": [ODD] * 3}).encode(),
        json.dumps({"cells": [{"cell_type": "markdown", "source": "\ud800"}]}).encode(),
        json.dumps({"cells": [{"cell_type": "markdown", "source": "a"}] * 5000}).encode(),
        json.dumps({"cells": [{"cell_type": "code", "source": "[" * 300_000}] * 20}).encode(),
        b" " * (17 * 2**20),
    ],
)
def test_odd_notebooks_have_no_answer_and_do_no_harm(data):
    sheet = sheet_of("lab-3")
    for answer in answers(sheet, data):
        assert len(answer.digest) == 16
    assert len(parts(data)) <= 5000


def test_words_of_a_cell_are_read_once_however_many_there_are(monkeypatch):
    """A notebook of many long cells is compared at each view of an answer."""
    read = []
    words = alignment._words
    monkeypatch.setattr(alignment, "_words", lambda cell: read.append(cell) or words(cell))
    sheet = sheet_of("lab-3")
    cells = [{"cell_type": "markdown", "source": f"other words {k}"} for k in range(300)]
    answers(sheet, json.dumps({"cells": cells}).encode())
    assert len(read) <= len(sheet.cells) + len(cells)


@pytest.mark.parametrize("data", [b"", b"[]", b'{"cells": []}', b'{"cells": [{}]}'])
def test_a_source_that_is_none_is_refused(data):
    with pytest.raises(ValueError, match="the source of lab-3"):
        read_sheet(data, "lab-3")


def test_the_source_is_found_from_anywhere(tmp_path):
    assert find_source("lab-3", tmp_path) == SOURCES["lab-3"]
