"""The code cells of a notebook file that nobody trusts."""

from __future__ import annotations

import json
from typing import Any

from aimc_course.grading.limits import Limits

__all__ = ["NotebookError", "code_cells"]


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


def _is_code(cell: Any) -> bool:
    return isinstance(cell, dict) and cell.get("cell_type") == "code"


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    if isinstance(source, str):
        return source
    raise NotebookError("the notebook has a cell whose source is no text")
