"""From a lab's notebook to the sheet of questions that people mark.

The notebook ``labs/NN-topic.ipynb`` is the one source. It is read for what students see there as
well: a table *Points | What is looked for* makes an open question, **Explain** asks for prose, and
the line *Looked for* in the cell to answer in is its rubric. A cell with the tag
``expected-figure`` draws the figure to keep, and ``lab.predict`` takes a prediction.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aimc_course.grading.written.sheet import (
    KINDS,
    LOOKED_FOR,
    TABLE,
    Cell,
    Item,
    Line,
    Sheet,
)
from aimc_course.labs.catalogue import find

if TYPE_CHECKING:
    from aimc_answers.rubrics import Task

__all__ = ["find_source", "read_sheet", "with_samples"]

ROW = re.compile(r"\| *(?P<points>\d+(?:\.\d+)?) *\| *(?P<text>.+?) *\|\s*$")
HEADING = re.compile(r"^#{1,3} +(?:\d+ *· *)?(?P<text>.+?)(?: *\(\d+ minutes\))?$", re.MULTILINE)
EXPLAIN = re.compile(r"^.*\*\*Explain.*$", re.MULTILINE)
PREDICT = re.compile(r"\blab\.predict\(\s*[\"'](?P<name>\w+)[\"']")
PLACE = re.compile(r"\*Your [^*]+\*")
GENERAL = {
    "explain": "An answer to each part of what is asked, with its reason",
    "figure": "The picture that the lab asks for, with the student's own numbers in it",
    "predict": "A number of one's own, before the measurement",
}
"""What is looked for where the lab says nothing."""


def find_source(lab: str, near: Path) -> Path:
    """Return the notebook that a lab is made from.

    Parameters
    ----------
    lab : str
        The lab, ``"lab-3"``.
    near : Path
        Folder inside a copy of the course, or one below it.

    Raises
    ------
    ValueError
        If there is none above ``near``, nor above this file.
    """
    name = f"{find(lab).slug}.ipynb"
    for start in (near.resolve(), Path(__file__).resolve().parent):
        for folder in (start, *start.parents):
            if (folder / "labs" / name).is_file():
                return folder / "labs" / name
    raise ValueError(
        f"labs/{name} was not found: run the command inside a copy of the course, or name the "
        "notebook with --source"
    )


def read_sheet(notebook: bytes, lab: str) -> Sheet:
    """Return the questions of a lab that people mark.

    Parameters
    ----------
    notebook : bytes
        Content of the notebook that the lab is made from.
    lab : str
        The lab, ``"lab-3"``.

    Raises
    ------
    ValueError
        If it is no notebook, or asks for nothing that people mark.
    """
    try:
        found = json.loads(notebook)["cells"]
        raw = [
            (str(c["cell_type"]), _text(c), c.get("metadata", {}).get("tags", [])) for c in found
        ]
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(f"the source of {lab} is no notebook: {error!r}") from error
    cells: list[Cell] = []
    models: dict[int, str] = {}
    tags: list[list[str]] = []
    for kind, text, tagged in raw:
        if "instructor" not in tagged:
            cells.append(Cell(kind, text))
            tags.append(tagged)
        elif kind == "markdown" and cells:
            # A model answer stands right behind the cell to answer in.
            models.setdefault(len(cells), text)
    items: list[Item] = []
    heading = ""
    counts = dict.fromkeys("oef", 0)
    match: re.Match[str] | None
    for place, cell in enumerate(cells):
        if cell.kind == "markdown":
            for found_heading in HEADING.finditer(cell.text):
                heading = found_heading["text"]
            if table := TABLE.search(cell.text):
                if item := _open(cells, place, table, heading, models):
                    counts["o"] += 1
                    items.append(replace(item, id=f"o{counts['o']}"))
            elif EXPLAIN.search(cell.text):
                counts["e"] += 1
                items.append(replace(_explain(cells, place, models), id=f"e{counts['e']}"))
        elif "expected-figure" in tags[place]:
            counts["f"] += 1
            title = f"The figure to keep · {heading}"
            asked = cells[place - 1].text if place else ""
            items.append(_in_cell(f"f{counts['f']}", "figure", title, asked, place))
        elif match := PREDICT.search(cell.text):
            name = match["name"]
            asked = _paragraph(cells[:place], f"**Predict {name}")
            title = f"Prediction {name} · {heading}"
            items.append(_in_cell(name, "predict", title, asked, place))
    if not items:
        raise ValueError(f"the source of {lab} asks for nothing that people mark")
    order = list(KINDS)
    items.sort(key=lambda item: order.index(item.kind))
    return Sheet(lab, tuple(items), tuple(cells)).following(None)


def with_samples(sheet: Sheet, tasks: Sequence[Task]) -> Sheet:
    """Return a sheet with what earns half of the points, and with sample answers.

    Parameters
    ----------
    sheet : Sheet
        The questions, as the notebook has them.
    tasks : sequence of Task
        The rubric of the lab; a line of it that the notebook does not have is left out.
    """
    by_name = {task.id: task for task in tasks}

    def changed(item: Item) -> Item:
        task = by_name.get(item.id)
        if task is None or item.kind != "open":
            return item
        halves = {(line.points, line.earns): line.half for line in task.lines}
        lines = (replace(x, half=halves.get((x.points, x.text), "")) for x in item.lines)
        samples = [
            f"**A sample with {s.points:g} of {task.points:g} points.**\n\n{s.answer.strip()}\n\n"
            f"*Why:* {s.why}"
            for s in task.samples
        ]
        model = "\n\n---\n\n".join([*([item.model] if item.model else []), *samples])
        return replace(item, lines=tuple(lines), model=model)

    return replace(sheet, items=tuple(changed(item) for item in sheet.items))


def _open(
    cells: list[Cell], place: int, table: re.Match[str], heading: str, models: dict[int, str]
) -> Item | None:
    rows = [ROW.match(row) for row in table["rows"].splitlines()]
    lines = tuple(Line(float(row["points"]), row["text"]) for row in rows if row)
    if not lines:
        return None
    end = place + 1
    while end < len(cells) and not (
        cells[end].kind == "markdown" and cells[end].text.startswith("#")
    ):
        end += 1
    asked = cells[place].text.replace(table[0], "").strip()
    asked = HEADING.sub("", asked, count=1).strip()
    model = next((models[k] for k in range(end, place, -1) if k in models), "")
    title = heading[:1].upper() + heading[1:]
    return Item("", "open", title, asked, lines, model, place, end)


def _explain(cells: list[Cell], place: int, models: dict[int, str]) -> Item:
    text = cells[place].text
    asked = EXPLAIN.search(text)
    said = asked[0] if asked else text
    end = place + 1
    looked_for = GENERAL["explain"]
    if end < len(cells) and PLACE.match(cells[end].text):
        if line := LOOKED_FOR.search(cells[end].text):
            looked_for = line["text"][:1].upper() + line["text"][1:]
        end += 1
    before = [cell.text for cell in cells[:place] if cell.kind == "markdown"]
    headings = HEADING.findall("\n\n".join([*before, text[: text.index(said)]]))
    title = f"Explanation · {headings[-1]}" if headings else "Explanation"
    lines = (Line(0.0, looked_for),)
    return Item("", "explain", title, said, lines, models.get(end, ""), place, end)


def _in_cell(name: str, kind: str, title: str, asked: str, place: int) -> Item:
    return Item(name, kind, title, asked, (Line(0.0, GENERAL[kind]),), "", place, place + 1)


def _paragraph(cells: list[Cell], begin: str) -> str:
    for cell in reversed(cells):
        for paragraph in cell.text.split("\n\n"):
            if paragraph.startswith(begin):
                return paragraph
    return ""


def _text(cell: dict[str, Any]) -> str:
    source = cell["source"]
    return "".join(source) if isinstance(source, list) else str(source)
