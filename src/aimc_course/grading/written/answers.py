"""What one notebook answers to one question: the cells of the student, with what they showed.

Nothing here is run. Outputs are what the file holds, and a file can hold any picture.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from aimc_course.grading.limits import Limits
from aimc_course.grading.notebook import lab_of
from aimc_course.grading.written.alignment import align, plain
from aimc_course.grading.written.sheet import Cell, Item, Sheet

__all__ = ["Answer", "Part", "answers", "parts", "places"]

MOST_PARTS = 60  # cells of one answer
MOST_TEXT = 20_000  # characters of a cell or an output that are shown
MOST_PICTURES = 12  # pictures of one cell
CUT = "\n[cut here: the rest is too long to show]"
PICTURES = ("image/png", "image/jpeg")


@dataclass(frozen=True, slots=True)
class Part:
    """One cell of an answer."""

    kind: str
    """``"markdown"``, ``"code"`` or ``"raw"``."""
    text: str
    """What the student wrote."""
    outputs: tuple[str, ...] = ()
    """Text that the cell showed."""
    pictures: tuple[bytes, ...] = field(default=(), repr=False)
    """Pictures that it showed, and those put into its text, as the file holds them: unchecked."""
    left_out: tuple[str, ...] = ()
    """What is not shown, and why."""
    place: int = -1
    """The cell of the notebook that it is, counted from 0."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one notebook answers to one question."""

    item: str
    parts: tuple[Part, ...]
    note: str = ""
    """Why there is nothing to show, if that has a reason."""

    @property
    def empty(self) -> bool:
        """Whether the student wrote nothing."""
        return not self.parts

    @property
    def digest(self) -> str:
        """Fingerprint of what a person would mark."""
        found = hashlib.sha256()
        for part in self.parts:
            for text in (part.kind, part.text, *part.outputs):
                found.update(hashlib.sha256(text.encode("utf-8", "replace")).digest())
            for picture in part.pictures:
                found.update(hashlib.sha256(picture).digest())
        return found.hexdigest()[:16]


def answers(sheet: Sheet, notebook: bytes, limits: Limits | None = None) -> tuple[Answer, ...]:
    """Return the answers of a notebook that nobody trusts, one for each question of the sheet."""
    cells, reason = _cells_of(sheet.lab, notebook, limits)
    if reason:
        return tuple(Answer(item.id, (), reason) for item in sheet.items)
    read = [Cell(str(cell.get("cell_type")), _source(cell)) for cell in cells]
    places = align(sheet.cells, read, [_id(cell) for cell in cells])
    return tuple(_answer(sheet, item, cells, places) for item in sheet.items)


def parts(notebook: bytes, limits: Limits | None = None) -> tuple[Part, ...]:
    """Return all cells of a notebook, for who looks for an answer in the wrong place."""
    cells, reason = _cells(notebook, limits or Limits())
    return tuple(map(_part, cells)) if not reason else (Part("raw", reason),)


def places(sheet: Sheet, notebook: bytes, limits: Limits | None = None) -> dict[str, int]:
    """Return the cell that holds the answer to each question of the sheet, counted from 0.

    Where an answer has several cells it is the last of them, and where it has none, the cell that
    asks. A question of which nothing is left in the notebook has no place.
    """
    cells, reason = _cells_of(sheet.lab, notebook, limits)
    if reason:
        return {}
    read = [Cell(str(cell.get("cell_type")), _source(cell)) for cell in cells]
    aligned = align(sheet.cells, read, [_id(cell) for cell in cells])
    found = {}
    for item in sheet.items:
        own = _answer(sheet, item, cells, aligned).parts
        place = own[-1].place if own else aligned.get(item.first, -1)
        if place >= 0:
            found[item.id] = place
    return found


def _answer(
    sheet: Sheet, item: Item, cells: Sequence[dict[str, Any]], places: dict[int, int]
) -> Answer:
    if item.in_cell():
        chosen = [places[item.first]] if item.first in places else []
    else:
        # From the cell that asks to the next one of the lab that is still there.
        before = max((places[k] for k in places if k < item.first), default=-1)
        start = places.get(item.first, before + 1)
        end = min((places[k] for k in places if k >= item.end), default=len(cells))
        chosen = list(range(start, end))
    of = {there: here for here, there in places.items()}
    found = []
    for place in chosen[:MOST_PARTS]:
        source = sheet.cells[of[place]] if place in of else None
        part = replace(_part(cells[place]), place=place)
        if source is not None and not item.in_cell():
            if plain(part.text) == plain(source.text):
                continue
            if part.kind == "markdown":
                part = _added(part, source)
        if part.text.strip() or part.outputs or part.pictures or part.left_out:
            found.append(part)
    if item.kind == "figure":
        found = [p for p in found if p.pictures or p.left_out]
        if found and plain(found[0].text) == plain(sheet.cells[item.first].text):
            # The lab drew it: only the picture is the student's.
            found = [replace(found[0], text="")]
    if item.kind == "predict":
        # The three dots stand for an answer that is still to come.
        found = [p for p in found if not any(_stub(line) for line in p.text.splitlines())]
    return Answer(item.id, tuple(found))


def _added(part: Part, source: Cell) -> Part:
    """Return a part without the lines that the lab itself has there."""
    known = {plain(line) for line in source.text.splitlines()}
    kept = [line for line in part.text.splitlines() if not line.strip() or plain(line) not in known]
    return replace(part, text="\n".join(kept).strip())


def _stub(line: str) -> bool:
    return line.partition("#")[0].strip().replace(" ", "").endswith("=...")


def _cells_of(lab: str, notebook: bytes, limits: Limits | None) -> tuple[list[dict[str, Any]], str]:
    """Return the cells of a lab's notebook; another lab's answers nothing that is asked here."""
    cells, reason = _cells(notebook, limits or Limits())
    said = lab_of(_source(cell) for cell in cells if cell.get("cell_type") == "code")
    if said not in (None, lab):
        return [], f"the notebook calls itself {said}"
    return cells, reason


def _cells(notebook: bytes, limits: Limits) -> tuple[list[dict[str, Any]], str]:
    if len(notebook) > limits.notebook:
        return [], f"the file has more than {limits.notebook >> 20} MiB and was not read"
    try:
        content = json.loads(notebook.decode("utf-8-sig"))
        cells = content["cells"]
        if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
            raise ValueError("cells are no list")
    except (ValueError, TypeError, KeyError, RecursionError, MemoryError):
        return [], "the file is no notebook that can be read"
    if len(cells) > 4 * limits.cells:
        return [], f"the notebook has {len(cells)} cells, too many to show"
    return cells, ""


def _id(cell: dict[str, Any]) -> str:
    value = cell.get("id")
    return value if isinstance(value, str) else ""


def _source(cell: dict[str, Any]) -> str:
    return _joined(cell.get("source"))


def _joined(text: Any) -> str:
    if isinstance(text, list):
        text = "".join(line for line in text if isinstance(line, str))
    return text if isinstance(text, str) else ""


def _part(cell: dict[str, Any]) -> Part:
    kind = cell.get("cell_type")
    texts: list[str] = []
    pictures: list[bytes] = []
    left_out: list[str] = []
    outputs = cell.get("outputs")
    for output in outputs[:200] if isinstance(outputs, list) else ():
        if isinstance(output, dict):
            _output(output, texts, pictures, left_out)
    attached = cell.get("attachments")
    if isinstance(attached, dict):
        for bundle in list(attached.values())[:MOST_PICTURES]:
            if isinstance(bundle, dict):
                _pictures(bundle, pictures, left_out)
    joined = "".join(texts)
    return Part(
        kind if kind in ("code", "markdown") else "raw",
        _cut(_source(cell)),
        (_cut(joined),) if joined.strip() else (),
        tuple(pictures[:MOST_PICTURES]),
        tuple(dict.fromkeys(left_out))[:10],
    )


def _output(
    output: dict[str, Any], texts: list[str], pictures: list[bytes], left_out: list[str]
) -> None:
    kind = output.get("output_type")
    if kind == "stream":
        texts.append(_joined(output.get("text")))
        return
    if kind == "error":
        texts.append(f"{_joined(output.get('ename'))}: {_joined(output.get('evalue'))}\n")
        return
    data = output.get("data")
    if isinstance(data, dict) and not _pictures(data, pictures, left_out):
        text = _joined(data.get("text/plain"))
        texts.append(f"{text}\n" if text else "")


def _pictures(data: dict[str, Any], pictures: list[bytes], left_out: list[str]) -> bool:
    """Add the first picture of a bundle; return whether there was one that can be shown."""
    for name in PICTURES:
        if name in data:
            try:
                pictures.append(
                    base64.b64decode("".join(_joined(data[name]).split()), validate=True)
                )
            except (binascii.Error, ValueError):
                left_out.append("a picture that is none")
                continue
            return True
    if "image/svg+xml" in data:
        left_out.append("a drawing in SVG, which could hold a program")
    return False


def _cut(text: str) -> str:
    return text if len(text) <= MOST_TEXT else text[:MOST_TEXT] + CUT
