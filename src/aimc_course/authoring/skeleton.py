"""A new lab that works: its folders, its notebook with one question of each kind, and its copies.

The catalogue finds labs by their folders, so that no code has to be edited. What the templates hold
is meant to be replaced; until then it passes the tests of all labs, and `aimc-course lint` names
each place where something is to be written.
"""

from __future__ import annotations

import base64
import re
from pathlib import Path
from string import Template

import nbformat

from aimc_course.authoring.notebooks import build_labs, written

__all__ = ["new_lab"]

TEMPLATES = Path(__file__).parent / "templates"
COURSE = ("__init__.py", "given.py", "questions.py")
ANSWERS = ("answers.py", "judges.py", "rubric.toml")
CELL = re.compile(r"^# %%(?P<markdown> \[markdown\])?(?: tags=(?P<tag>\S+))?\n", re.MULTILINE)
# One white pixel, until `expected-figures` draws the picture.
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAHLCMmQAAAABJRU5ErkJggg=="
)


def new_lab(root: Path, title: str) -> list[Path]:
    """Write a working skeleton of the next lab and return the paths of its files.

    Parameters
    ----------
    root : Path
        The course's root folder.
    title : str
        Title without the number; the name of the notebook follows from it.

    Raises
    ------
    ValueError
        If the title holds no word.
    """
    topic = "-".join(re.findall(r"[a-z0-9]+", title.lower()))
    if not topic:
        raise ValueError(f"title={title!r} must hold a word of letters a to z or digits")
    course, answers = root / "src" / "aimc_course", root / "src" / "aimc_answers"
    taken = [int(path.name[3:]) for path in (course / "labs").glob("lab[0-9][0-9]")]
    number = max(taken, default=0) + 1
    names = {
        "number": number,
        "name": f"lab-{number}",
        "folder": f"lab{number:02d}",
        "slug": f"{number:02d}-{topic}",
        "title": title.replace('"', "'"),
    }
    paths = []
    for place, files in ((course / "labs", COURSE), (answers, ANSWERS)):
        folder = place / str(names["folder"])
        folder.mkdir(parents=True)
        for file in files:
            paths.append(folder / file)
            paths[-1].write_text(_filled(f"{file}.txt", names), encoding="utf-8")
    paths.append(answers / str(names["folder"]) / "__init__.py")
    paths[-1].write_text(f'"""Answers and judges of lab {number}."""\n', encoding="utf-8")
    paths.append(root / "labs" / f"{names['slug']}.ipynb")
    paths[-1].write_text(written(_notebook(_filled("notebook.py.txt", names))), encoding="utf-8")
    paths.append(root / "tests" / "course" / f"test_{names['folder']}.py")
    paths[-1].parent.mkdir(parents=True, exist_ok=True)
    paths[-1].write_text(_filled("test_lab.py.txt", names), encoding="utf-8")
    paths.append(root / "labs" / "expected" / f"{names['slug']}.png")
    paths[-1].parent.mkdir(exist_ok=True)
    paths[-1].write_bytes(PIXEL)
    _list_package(course / "pyproject.toml", "aimc_course.labs", str(names["folder"]))
    _list_package(answers / "pyproject.toml", "aimc_answers", str(names["folder"]))
    return [*paths, *(path for path in build_labs(root) if path.stem == names["slug"])]


def _filled(template: str, names: dict[str, object]) -> str:
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    return Template(text).substitute(names)


def _notebook(text: str) -> nbformat.NotebookNode:
    marks = list(CELL.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    cells = []
    for k, (mark, end) in enumerate(zip(marks, ends, strict=True)):
        make = nbformat.v4.new_markdown_cell if mark["markdown"] else nbformat.v4.new_code_cell
        metadata = {"tags": [mark["tag"]]} if mark["tag"] else {}
        cells.append(make(text[mark.end() : end].strip("\n"), id=str(k), metadata=metadata))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    about = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return nbformat.from_dict(
        {"cells": cells, "metadata": about, "nbformat": 4, "nbformat_minor": 5}
    )


def _list_package(path: Path, above: str, folder: str) -> None:
    """Add a package to the list in a distribution's settings, after the labs that stand there."""
    lines = path.read_text(encoding="utf-8").split("\n")
    last = max(k for k, line in enumerate(lines) if line.startswith(f'  "{above}.lab'))
    lines.insert(last + 1, f'  "{above}.{folder}",')
    path.write_text("\n".join(lines), encoding="utf-8")
