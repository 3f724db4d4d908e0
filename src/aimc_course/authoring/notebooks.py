"""From the one source of a lab to the student copy and the solution copy.

The source ``labs/NN-topic.ipynb`` is the solution with marks:

- In a code cell, the lines between ``### BEGIN SOLUTION`` and ``### END SOLUTION`` are the answer.
  The student copy holds in their place the lines marked ``### STUB``, or ``...  # Your code here``
  if there are none; the solution copy holds neither marks nor stubs.
- A cell with the tag ``instructor`` is for the solution copy alone.

Both copies are pure functions of the source, byte for byte: no outputs, no counts, cell ids that
number the cells (as ``nbstripout`` leaves them), sorted metadata, one kernel.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat

__all__ = [
    "LabSourceError",
    "build_labs",
    "find_root",
    "lab_sources",
    "read_source",
    "solution_copy",
    "stale_copies",
    "student_copy",
    "written",
]

BEGIN, END, STUB = "### BEGIN SOLUTION", "### END SOLUTION", "### STUB"
DEFAULT_STUB = "...  # Your code here"
INSTRUCTOR = "instructor"
STUDENT_FOLDER = PurePosixPath("labs/student")
SOLUTION_FOLDER = PurePosixPath("_build/labs/solution")
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
LINK = re.compile(r"(\]\()(?![a-z]+:|#|/)([^)\s]+)")


class LabSourceError(ValueError):
    """A lab source breaks the convention of its marks."""


def find_root(start: Path | None = None) -> Path:
    """Return the course's root folder: the nearest one above ``start`` that holds ``labs``.

    Raises
    ------
    FileNotFoundError
        If no folder above holds labs.
    """
    here = (Path.cwd() if start is None else start).resolve()
    for folder in (here, *here.parents):
        if (folder / "labs").is_dir() and (folder / "pyproject.toml").is_file():
            return folder
    raise FileNotFoundError(f"no course with a labs folder found at {here} or above")


def student_copy(source: Any) -> Any:
    """Return the notebook that students get: no answers, no cells for the instructor."""
    return _copy(source, _student_lines, keep_instructor=False, folder=STUDENT_FOLDER)


def solution_copy(source: Any) -> Any:
    """Return the notebook with all answers and the cells for the instructor."""
    return _copy(source, _solution_lines, keep_instructor=True, folder=SOLUTION_FOLDER)


def written(notebook: Any) -> str:
    """Return the text of a notebook file; equal notebooks give equal text."""
    nbformat.validate(notebook)
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def build_labs(root: Path) -> list[Path]:
    """Write both copies of every lab and return their paths; unchanged files are left alone."""
    paths = []
    for folder, make in ((STUDENT_FOLDER, student_copy), (SOLUTION_FOLDER, solution_copy)):
        (root / folder).mkdir(parents=True, exist_ok=True)
        for source in lab_sources(root):
            path = root / folder / source.name
            text = written(make(read_source(source)))
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8", newline="\n")
            paths.append(path)
    return paths


def stale_copies(root: Path) -> list[str]:
    """Return one line per student copy that is missing, out of date or without a source."""
    lines, names = [], set()
    for source in lab_sources(root):
        path = root / STUDENT_FOLDER / source.name
        names.add(source.name)
        if not path.exists():
            lines.append(f"{STUDENT_FOLDER / source.name} is missing")
        elif path.read_text(encoding="utf-8") != written(student_copy(read_source(source))):
            lines.append(f"{STUDENT_FOLDER / source.name} does not follow from its source")
    for path in sorted((root / STUDENT_FOLDER).glob("*.ipynb")):
        if path.name not in names:
            lines.append(f"{STUDENT_FOLDER / path.name} has no source in labs")
    return lines


def lab_sources(root: Path) -> list[Path]:
    """Return the lab sources, in order."""
    return sorted((root / "labs").glob("*.ipynb"))


def read_source(path: Path) -> Any:
    """Return the notebook in a file as it stands there."""
    # Not nbformat.read: it changes what it finds wrong, at random where cell ids are concerned.
    try:
        notebook = nbformat.v4.reads(path.read_text(encoding="utf-8"))
    except (ValueError, AttributeError) as error:
        raise LabSourceError(f"{path.name} is not a notebook: {error}") from error
    if notebook.get("nbformat") != 4 or "cells" not in notebook:
        raise LabSourceError(f"{path.name} is not a notebook of format 4")
    return notebook


def _copy(
    source: Any,
    edit: Callable[[str, list[str]], list[str]],
    *,
    keep_instructor: bool,
    folder: PurePosixPath,
) -> Any:
    cells: list[dict[str, Any]] = []
    for number, cell in enumerate(source.cells):
        tags = [tag for tag in cell.metadata.get("tags", []) if tag != INSTRUCTOR]
        if len(tags) < len(cell.metadata.get("tags", [])) and not keep_instructor:
            continue
        text = cell.source
        if cell.cell_type == "code":
            text = "\n".join(edit(f"cell {number}", text.split("\n")))
        elif cell.cell_type == "markdown":
            text = _relink(text, folder)
        cells.append(_cell(cell.cell_type, str(len(cells)), text, tags, cell.metadata))
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    return nbformat.from_dict(
        {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    )


def _cell(kind: str, identity: str, text: str, tags: list[str], metadata: Any) -> dict[str, Any]:
    # Of the metadata only what the site reads is kept: anything else may tell where it was edited.
    kept: dict[str, Any] = {"tags": sorted(tags)} if tags else {}
    if "mystnb" in metadata:
        kept["mystnb"] = metadata["mystnb"]
    cell: dict[str, Any] = {"cell_type": kind, "id": identity, "metadata": kept, "source": text}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell


def _student_lines(place: str, lines: list[str]) -> list[str]:
    kept: list[str] = []
    for line, inside in _marked(place, lines):
        if inside is None:
            kept.append(line)
        elif line.strip() == BEGIN:
            indent, stubs = line[: line.index("#")], 0
        elif line.strip() == END:
            kept += [] if stubs else [indent + DEFAULT_STUB]
        elif line.strip().startswith(STUB):
            stubs += 1
            kept.append(line.replace(STUB + " ", "", 1).rstrip())
    return kept


def _solution_lines(place: str, lines: list[str]) -> list[str]:
    marks = (BEGIN, END, STUB)
    return [line for line, _ in _marked(place, lines) if not line.strip().startswith(marks)]


def _marked(place: str, lines: list[str]) -> list[tuple[str, bool | None]]:
    """Pair every line with ``None`` outside of a solution and ``True`` inside, marks included."""
    pairs: list[tuple[str, bool | None]] = []
    inside = False
    for line in lines:
        mark = line.strip()
        if mark == BEGIN:
            if inside:
                raise LabSourceError(f"{place}: {BEGIN} inside a solution")
            inside = True
        elif mark.startswith((END, STUB)) and not inside:
            raise LabSourceError(f"{place}: {mark!r} outside of a solution")
        pairs.append((line, True if inside else None))
        inside = inside and mark != END
    if inside:
        raise LabSourceError(f"{place}: {BEGIN} without {END}")
    return pairs


def _relink(text: str, folder: PurePosixPath) -> str:
    """Let relative links of the source, seen from ``labs``, point to the same files from a copy."""

    def move(match: re.Match[str]) -> str:
        target = match.group(2)
        if "/" not in target and target.endswith(".ipynb"):
            return match.group(0)  # another lab: its copy lies in the same folder
        return match.group(1) + posixpath.relpath(f"labs/{target}", str(folder))

    return LINK.sub(move, text)
