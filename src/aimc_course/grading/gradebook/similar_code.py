"""The code of a class beside each other and beside what the course publishes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import aimc_course
from aimc_course.grading.gradebook.outcomes import Outcome
from aimc_course.grading.gradebook.store import Entry, Store
from aimc_course.grading.limits import Limits
from aimc_course.grading.notebook import NotebookError, code_cells
from aimc_course.grading.similarity.comparison import Comparison, compare
from aimc_course.grading.similarity.documents import BaseCode
from aimc_course.grading.similarity.literals import Typed, typed_answers
from aimc_course.grading.similarity.passages import Passage, passages

__all__ = ["SimilarCode", "base_code_of", "similar_code", "twins"]


@dataclass(frozen=True, slots=True)
class SimilarCode:
    """What the notebooks of a class share. Labels stand for students or groups."""

    labels: tuple[str, ...]
    """Whose notebook each document is."""
    comparison: Comparison
    base_code: BaseCode
    typed: tuple[tuple[str, Typed], ...]
    """Labels, and numbers that were typed where the course computes."""

    def between(self, one: int, other: int) -> list[Passage]:
        """Return the passages that two notebooks share, and the course does not publish."""
        documents = self.comparison.documents
        ignored = (self.base_code.starter, self.base_code.solution)
        return passages(documents[one], documents[other], ignored)

    def published(self, number: int) -> list[Passage]:
        """Return the passages that a notebook shares with the published solution."""
        document = self.comparison.documents[number]
        return passages(document, self.base_code.solution, (self.base_code.starter,))


def similar_code(
    store: Store, lab: str, found: Sequence[Outcome], base_code: BaseCode
) -> SimilarCode:
    """Compare the notebooks that count.

    Parameters
    ----------
    store : Store
        The marks, with the notebooks.
    lab : str
        The lab.
    found : sequence of Outcome
        What the students get.
    base_code : BaseCode
        What the course hands out and publishes.
    """
    labels: dict[str, str] = {}
    documents = []
    for outcome in found:
        owner = outcome.entry.owner if outcome.entry else outcome.student.owner
        if outcome.entry is None or owner in labels:
            if owner in labels:  # a group hands in one notebook
                labels[owner] += f", {outcome.label}"
            continue
        labels[owner] = outcome.label
        documents.append(base_code.read(owner, store.notebook(outcome.entry.number)))
    tries: dict[str, list[list[str]]] = {}
    for entry in sorted(store.entries(lab), key=lambda e: (e.submitted or 0.0, e.number)):
        try:
            cells = code_cells(store.notebook(entry.number), Limits())
        except NotebookError:
            continue
        tries.setdefault(entry.owner, []).append(cells)
    plain = tuple(
        (labels[document.owner], answer)
        for document in documents
        for answer in typed_answers(tries.get(document.owner, []), base_code.solution.cells)
    )
    shown = tuple(labels[document.owner] for document in documents)
    return SimilarCode(shown, compare(documents, base_code), base_code, plain)


def base_code_of(lab: str) -> BaseCode | None:
    """Return what the course hands out and publishes of a lab; ``None`` if it is not here.

    Looked for in the folder ``labs`` of the course's own files, and above the working folder.
    """
    from aimc_course.labs.catalogue import find

    name = f"{find(lab).slug}.ipynb"
    here = Path.cwd()
    for root in (Path(aimc_course.__file__).resolve().parents[2], here, *here.parents):
        starter, solution = root / "labs" / "student" / name, root / "labs" / name
        if starter.is_file() and solution.is_file():
            return BaseCode(starter.read_bytes(), solution.read_bytes())
    return None


def twins(entries: Sequence[Entry], found: Sequence[Outcome]) -> list[tuple[str, ...]]:
    """Return groups of students who handed in the same notebook, byte for byte."""
    shown: dict[str, list[str]] = {}
    for outcome in found:
        owner = outcome.entry.owner if outcome.entry else outcome.student.owner
        shown.setdefault(owner, []).append(outcome.label)
    owners: dict[str, list[str]] = {}
    for entry in entries:
        owners.setdefault(entry.digest, []).append(entry.owner)
    return [
        tuple(label for owner in group for label in shown.get(owner, [owner]))
        for group in owners.values()
        if len(group) > 1
    ]
