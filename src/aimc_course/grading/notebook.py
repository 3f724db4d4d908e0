"""The code cells of a notebook file that nobody trusts."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable
from typing import Any

from aimc_course.grading.limits import Limits
from aimc_course.labs.catalogue import find

__all__ = ["SERIAL", "NotebookError", "code_cells", "lab_of", "serial_of"]

LAB = re.compile(r"\bstart\(\s*+[\"']([\w-]{1,60})[\"']")
SERIAL = re.compile(
    r"^\(?SERIAL\)?[ \t]*+(?::[ \t]*+int[ \t]*+)?=[ \t]*+(\d[\d_]{0,14})\b", re.MULTILINE | re.ASCII
)


class NotebookError(ValueError):
    """A file is no notebook that can be graded; the message says why, for the student."""


def code_cells(notebook: bytes, limits: Limits) -> list[str]:
    """Return the sources of the code cells, in order.

    Parameters
    ----------
    notebook : bytes
        Content of the file.
    limits : Limits
        Bounds on its size and the number of cells.

    Raises
    ------
    NotebookError
        If it is no notebook, or too large.
    """
    if len(notebook) > limits.notebook:
        size, most = len(notebook) / 2**20, limits.notebook / 2**20
        raise NotebookError(
            f"the file has {size:.0f} MiB, at most {most:g} MiB are read: clear the outputs and "
            "save it again"
        )
    try:
        content: Any = json.loads(notebook.decode("utf-8-sig"))
    except (ValueError, RecursionError, MemoryError) as error:
        raise NotebookError(f"the file is no notebook ({type(error).__name__})") from None
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        old = isinstance(content, dict) and "worksheets" in content
        raise NotebookError(
            "the notebook has a format before 4: open and save it in a new Jupyter"
            if old
            else "the file is no notebook: it holds no cells"
        )
    sources = [_source(cell) for cell in content["cells"] if _is_code(cell)]
    if len(sources) > limits.cells:
        raise NotebookError(f"the notebook has {len(sources)} code cells, at most {limits.cells}")
    return sources


def lab_of(cells: Iterable[str]) -> str | None:
    """Return the name of the lab that a notebook starts; ``None`` if it starts none, or several."""
    found = {name for source in cells for name in LAB.findall(source)}
    known = set()
    for name in found:
        with contextlib.suppress(ValueError):
            known.add(find(name).name)
    return known.pop() if len(known) == 1 else None


def serial_of(cells: Iterable[str]) -> int | None:
    """Return the serial number that a notebook gives; ``None`` if it gives none, or several."""
    found = {int(number) for source in cells for number in SERIAL.findall(source)}
    return found.pop() if len(found) == 1 else None


def _is_code(cell: Any) -> bool:
    return isinstance(cell, dict) and cell.get("cell_type") == "code"


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    if isinstance(source, str):
        return source
    raise NotebookError("the notebook has a cell whose source is no text")
