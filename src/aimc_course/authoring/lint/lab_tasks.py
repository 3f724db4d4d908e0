"""What a lab asks: predict, measure, explain, improve, each with its place and its rubric."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aimc_answers.rubrics import read_rubric
from aimc_course.authoring.lint.findings import Rule
from aimc_course.authoring.lint.lab_source import Cell, LabSource

__all__ = ["RULES"]

QUESTION = re.compile(r"\*\*Question (?P<number>\d+)\.\*\*(?P<shared> \(\*Shared\.\*\))?")
CHECK = re.compile(r"\bcheck\(\s*\"(?P<name>q\d+)\"")
PREDICT = re.compile(r"\*\*Predict (?P<name>p\d+)\.\*\*")
EXPLAIN = re.compile(r"\*\*Explain")
CALL = r"lab\.{}\(\s*\"(?P<name>p\d+)\""
ROW = re.compile(r"^\| (?P<points>\d+) \| (?P<text>.+) \|$", re.MULTILINE)
OPEN = re.compile(r"^## \d+ · Open question.*$", re.MULTILINE)
PLACE = re.compile(r"\*Your [^*]+\*")
UNWRITTEN = re.compile(r"\*\*To write:\*\* ")
LEAST_PREDICTIONS, LEAST_EXPLANATIONS, OPEN_POINTS = 1, 1, 6


def predictions(lab: LabSource) -> Iterator[tuple[int, str]]:
    """Find predictions without a text, without a measurement, or after it."""
    asked = _first(lab.texts, PREDICT)
    locked = _first(lab.codes, re.compile(CALL.format("predict")))
    compared = _first(lab.codes, re.compile(CALL.format("compare")))
    line = lab.cells[0].line if lab.cells else 1
    if len(locked) < LEAST_PREDICTIONS:
        yield line, "nothing is predicted"
    known = set(lab.definition.predictions) if lab.definition else set(locked)
    for name in sorted(known | set(locked) | set(asked)):
        place = asked.get(name) or locked.get(name) or compared.get(name) or line
        if name not in known:
            yield place, f"the lab's questions.py does not know the prediction {name}"
        for kind, found in (("asked for", asked), ("locked", locked), ("compared", compared)):
            if name not in found:
                yield place, f"the prediction {name} is never {kind}"
        if name in locked and name in compared and compared[name] < locked[name]:
            yield compared[name], f"{name} is measured before it is predicted"


def questions(lab: LabSource) -> Iterator[tuple[int, str]]:
    """Find questions without a check, and checks without a question."""
    if lab.definition is None:
        return
    asked = _first(lab.texts, QUESTION)
    checked = _first(lab.codes, CHECK)
    line = lab.cells[0].line
    for question in lab.definition.questions:
        number = question.id[1:]
        if number not in asked:
            yield line, f"no text asks question {number}"
        if question.id not in checked:
            yield asked.get(number, line), f"no cell checks {question.id}"
        elif number in asked and checked[question.id] < asked[number]:
            yield checked[question.id], f"{question.id} is checked before it is asked"
    known = {question.id for question in lab.definition.questions}
    for name in sorted(set(checked) - known):
        yield checked[name], f"the lab's questions.py does not know {name}"
    for number in sorted(set(asked) - {name[1:] for name in known}, key=int):
        yield asked[number], f"the lab's questions.py does not know question {number}"


def shared(lab: LabSource) -> Iterator[tuple[int, str]]:
    """Find questions that are called shared in one place and not in the other."""
    if lab.definition is None:
        return
    wanted = {question.id[1:] for question in lab.definition.questions if question.shared}
    for cell in lab.texts:
        for match in QUESTION.finditer(cell.text):
            if bool(match["shared"]) is not (match["number"] in wanted):
                said = "not " if match["number"] in wanted else ""
                yield cell.line_of(match.start()), f"question {match['number']} is {said}marked"
    if ("Questions marked *shared* have" in lab.cells[0].text) is not bool(wanted):
        yield lab.cells[0].line, "the head does not fit: it explains *shared* where some are"


def explanations(lab: LabSource) -> Iterator[tuple[int, str]]:
    """Find what is to be explained without a place for it, a line to mark by, a model answer."""
    found = 0
    for k, cell in enumerate(lab.cells):
        if cell.kind != "markdown" or cell.for_instructor:
            continue
        for match in EXPLAIN.finditer(cell.text):
            found += 1
            line = cell.line_of(match.start())
            place, model = [*lab.cells[k + 1 : k + 3], *[_NOTHING] * 2][:2]
            if not place.text.startswith("*Your explanation") or place.for_instructor:
                yield line, "no cell to answer in follows"
            elif "Looked for:" not in place.text:
                yield place.line, "the cell to answer in does not say what is looked for"
            elif not (model.text.startswith("**Model answer.**") and model.for_instructor):
                yield line, "no model answer follows for the instructor"
    if found < LEAST_EXPLANATIONS:
        yield (lab.cells[0].line if lab.cells else 1), "nothing is to be explained"


def open_question(lab: LabSource) -> Iterator[tuple[int, str]]:
    """Find open questions without a rubric, a place to answer or a model answer."""
    line = lab.cells[-1].line if lab.cells else 1
    begins = [k for k, cell in enumerate(lab.cells) if OPEN.search(cell.text)]
    if len(begins) != 1:
        yield line, f"{len(begins)} sections hold an open question"
        return
    cell, rest = lab.cells[begins[0]], lab.cells[begins[0] + 1 :]
    rows = [(int(match["points"]), match["text"]) for match in ROW.finditer(cell.text)]
    if sum(points for points, _ in rows) != OPEN_POINTS:
        yield cell.line, f"what is looked for earns {sum(p for p, _ in rows)} points, not 6"
    if not any(PLACE.match(other.text) and not other.for_instructor for other in rest):
        yield cell.line, "no cell to answer in follows"
    if not any(o.for_instructor and o.text.startswith("**Model answer") for o in rest):
        yield cell.line, "no model answer follows for the instructor"
    if lab.folder is None:
        return
    path = lab.folder / "rubric.toml"
    if not path.is_file():
        yield cell.line, f"there is no {path.relative_to(lab.shelf.root)}"
        return
    try:
        (task,) = read_rubric(path)
    except ValueError as error:
        yield cell.line, f"the rubric cannot be read: {error}"
        return
    heading = OPEN.search(cell.text)
    if heading is not None and f"## {task.section}" != heading[0]:
        yield cell.line, f"the rubric is for the section {task.section!r}"
    if [(line.points, line.earns) for line in task.lines] != rows:
        yield cell.line, "the lines of rubric.toml are not those of the text"
    if [sample.marks for sample in task.samples] != ["full", "half", "none"]:
        yield cell.line, "rubric.toml has no sample answer for full, half and no marks"


def unwritten(lab: LabSource) -> Iterator[tuple[int, str]]:
    """Find what the skeleton of a new lab leaves to be written."""
    for cell in lab.cells:
        for match in UNWRITTEN.finditer(cell.text):
            text = " ".join(cell.text[match.end() : match.end() + 50].split())
            yield cell.line_of(match.start()), f"not written yet: {text}"
    path = lab.folder / "rubric.toml" if lab.folder else None
    if path is not None and path.is_file() and "To write:" in path.read_text(encoding="utf-8"):
        yield lab.cells[-1].line, "the sample answers of rubric.toml are not written yet"


def _first(cells: list[Cell], pattern: re.Pattern[str]) -> dict[str, int]:
    """Return the line where each name that a pattern finds stands first."""
    lines: dict[str, int] = {}
    for cell in cells:
        for match in pattern.finditer(cell.text):
            groups = match.groupdict()
            lines.setdefault(groups.get("name") or groups["number"], cell.line_of(match.start()))
    return lines


_NOTHING = Cell("", "", (), 1)

RULES: tuple[Rule[LabSource], ...] = (
    Rule(
        "lab-predict",
        "Ask with **Predict p1.**, lock it with `lab.predict`, and measure with `lab.compare`.",
        predictions,
    ),
    Rule("lab-question", 'Write **Question 1.** and, behind it, `check("q1", ...)`.', questions),
    Rule(
        "lab-shared",
        "Write (*Shared.*) behind the question's number exactly where `lab(..., shared=...)` names "
        "it.",
        shared,
    ),
    Rule(
        "lab-explain",
        "Behind **Explain**, add a cell '*Your explanation, in two or three sentences.*' with "
        "'Looked for: ...', and a cell '**Model answer.** ...' tagged `instructor`.",
        explanations,
    ),
    Rule(
        "lab-open",
        "End with one section 'N · Open question: ... (15 minutes)' with a table of 6 points, and "
        "write the same lines with sample answers into the lab's rubric.toml.",
        open_question,
    ),
    Rule("lab-unwritten", "Write it, and take the mark **To write:** away.", unwritten),
)
