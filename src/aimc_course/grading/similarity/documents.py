"""A notebook's code as the set of its runs of a few words, each with its place."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from aimc_course.grading.limits import Limits
from aimc_course.grading.notebook import NotebookError, code_cells
from aimc_course.grading.similarity.tokens import Token, imported, tokens

__all__ = ["RUN", "BaseCode", "Document", "own_runs"]

RUN = 10
"""Words of a run: about one line of code."""
BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no power of it vanishes modulo 2**64


@dataclass(frozen=True, slots=True)
class Document:
    """A notebook's code, cut into runs that overlap."""

    owner: str
    """Whose it is."""
    cells: tuple[str, ...]
    """Sources of its code cells."""
    words: tuple[Token, ...]
    """Its words."""
    runs: np.ndarray
    """Hash of the `RUN` words that begin at each word, shape (words - `RUN` + 1,), uint64."""

    @classmethod
    def of(cls, owner: str, cells: Sequence[str], known: Iterable[str] = ()) -> Document:
        """Return the document of code cells; ``known`` are names that nobody can change."""
        words = tuple(tokens(cells, known))
        return cls(owner, tuple(cells), words, _hashes(words))


class BaseCode:
    """What the course itself hands out or publishes of a lab.

    Parameters
    ----------
    starter : bytes
        The notebook that students begin with.
    solution : bytes
        The notebook with the published answers.

    Raises
    ------
    NotebookError
        If one of them is no notebook.
    """

    def __init__(self, starter: bytes, solution: bytes) -> None:
        limits = Limits()
        cells = code_cells(starter, limits)
        self.known = imported(cells)
        self.starter = Document.of("starter", cells, self.known)
        self.solution = Document.of("solution", code_cells(solution, limits), self.known)

    def read(self, owner: str, notebook: bytes) -> Document:
        """Return the document of a submission; one that cannot be read has no words."""
        try:
            cells = code_cells(notebook, Limits())
        except NotebookError:
            cells = []
        return Document.of(owner, cells, self.known)


def own_runs(document: Document, *others: Document) -> np.ndarray:
    """Return the different runs of a document that stand in none of the others, sorted."""
    found = np.unique(document.runs)
    for other in others:
        found = np.setdiff1d(found, other.runs, assume_unique=False)
    return found


def _hashes(words: Sequence[Token]) -> np.ndarray:
    if len(words) < RUN:
        return np.zeros(0, dtype=np.uint64)
    codes = {word: zlib.crc32(word.encode("utf-8", "replace")) for word in {t.word for t in words}}
    values = np.array([codes[t.word] for t in words], dtype=np.uint64)
    count = len(words) - RUN + 1
    found = np.zeros(count, dtype=np.uint64)
    for place in range(RUN):
        found = found * BASE + values[place : place + count]
    return found ^ (found >> np.uint64(29))
