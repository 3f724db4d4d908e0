"""Run a lab notebook that you trust and read its score.

The notebook's code runs with your rights, and the score comes from the same process: good for your
own work and for tests, not for grading work of others.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from aimc.validation import check_choice
from aimc_course.authoring.notebooks import lab_sources, read_source, solution_copy

__all__ = ["Score", "save_expected_figures", "score"]

MARK = "aimc-lab-record:"
FIGURE = "expected-figure"
# Reads what the notebook's own Lab objects hold after its last cell.
RECORD = f"""
import json as _json
from aimc_course import Lab as _Lab
_labs = {{id(value): value for value in list(globals().values()) if isinstance(value, _Lab)}}
print({MARK!r} + _json.dumps([
    [_lab.definition.name, _lab.serial, _lab.max_points,
     {{name: [v.points, v.max_points, v.message] for name, v in _lab.verdicts.items()}}]
    for _lab in _labs.values()
]))
"""


@dataclass(frozen=True, slots=True)
class Score:
    """What a notebook earned when it was run."""

    lab: str
    serial: int
    points: float
    max_points: float
    answers: dict[str, tuple[float, float, str]]
    """Points, most points and message of each checked question."""
    errors: tuple[str, ...]
    """First line of each error that a cell raised."""

    def __str__(self) -> str:
        """Return one line per question, the errors and the sum."""
        lines = [f"{name}: {p:g} / {m:g}  {text}" for name, (p, m, text) in self.answers.items()]
        lines += [f"error in a cell: {error}" for error in self.errors]
        head = f"{self.lab}, chip {self.serial}"
        return "\n".join([*lines, f"{head}: {self.points:g} of {self.max_points:g} points"])


def score(path: Path, *, timeout: int = 600) -> Score:
    """Run a trusted notebook from top to bottom, going on after errors, and return its score.

    Parameters
    ----------
    path : Path
        Notebook file; it is not changed.
    timeout : int
        Longest time of one cell, s.

    Raises
    ------
    ValueError
        If the notebook starts no lab.
    """
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(RECORD))
    _run(notebook, timeout)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    errors = tuple(f"{o.ename}: {o.evalue}" for o in outputs if o.output_type == "error")
    text = "".join(o.text for o in notebook.cells[-1].outputs if o.output_type == "stream")
    records = json.loads(text.partition(MARK)[2] or "[]")
    if len(records) != 1:
        raise ValueError(f"{path.name} must start exactly one lab, it starts {len(records)}")
    name, serial, most, answers = records[0]
    kept = {key: (float(p), float(m), str(said)) for key, (p, m, said) in answers.items()}
    return Score(name, serial, sum(p for p, _, _ in kept.values()), most, kept, errors)


def save_expected_figures(root: Path, names: Sequence[str] = ()) -> list[Path]:
    """Run the solution copies and save the figures that students compare theirs with.

    The last cell with the tag ``expected-figure`` of ``NN-topic.ipynb`` becomes
    ``labs/expected/NN-topic.png``. The pictures are committed: they change with the library, not
    with each build. Without names, all labs are run.
    """
    sources = {source.stem: source for source in lab_sources(root)}
    paths = []
    for name in names or sources:
        source = sources[check_choice("lab", name, tuple(sources))]
        notebook = solution_copy(read_source(source))
        cells = [c for c in notebook.cells if FIGURE in c.metadata.get("tags", [])]
        if not cells:
            continue
        _run(notebook, 600)
        pictures = [
            o.data["image/png"] for o in cells[-1].outputs if "image/png" in o.get("data", {})
        ]
        if not pictures:
            raise ValueError(f"{source.name}: the cell tagged {FIGURE!r} shows no figure")
        path = root / "labs" / "expected" / f"{source.stem}.png"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(base64.b64decode(pictures[-1]))
        paths.append(path)
    return paths


def _run(notebook: Any, timeout: int) -> None:
    from nbclient import NotebookClient

    NotebookClient(notebook, timeout=timeout, allow_errors=True, kernel_name="python3").execute()
