"""The lines that two notebooks share, wherever in them they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aimc_course.grading.similarity.documents import RUN, Document

__all__ = ["Excerpt", "Passage", "passages"]

PLACES = 6
"""Places of the other notebook that are tried for one beginning."""
MOST = 6
MOST_LINES, LONGEST = 24, 160


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of one notebook."""

    cell: int
    """Number of the code cell, from 1."""
    line: int
    """Number of the first line in its cell, from 1."""
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """What two notebooks share in one place each."""

    words: int
    """Words that agree one after the other."""
    one: Excerpt
    other: Excerpt


def passages(one: Document, other: Document, ignored: Sequence[Document] = ()) -> list[Passage]:
    """Return the longest passages that two documents share, longest first.

    Parameters
    ----------
    one, other : Document
        The two.
    ignored : sequence of Document
        What both were given or could read; a passage that stands there is none.
    """
    free = np.isin(one.runs, other.runs)
    for document in ignored:
        free &= ~np.isin(one.runs, document.runs)
    order = np.argsort(other.runs, kind="stable")
    ordered = other.runs[order]
    found: list[tuple[int, int, int]] = []
    begin, size = 0, one.runs.size
    while begin < size:
        if not free[begin]:
            begin += 1
            continue
        first = int(np.searchsorted(ordered, one.runs[begin]))
        last = int(np.searchsorted(ordered, one.runs[begin], side="right"))
        length, place = max(
            (_agreeing(one, begin, other, int(place)), -int(place))
            for place in order[first : min(last, first + PLACES)]
        )
        found.append((length, begin, -place))
        begin += length
    found.sort(key=lambda item: (-item[0], item[1]))
    shown: list[Passage] = []
    seen: set[tuple[int, int]] = set()
    for length, at, there in found:
        lines = {(t.cell, t.line) for t in one.words[at : at + length]}
        if lines <= seen:
            continue  # its lines are shown already
        seen |= lines
        shown.append(Passage(length, _excerpt(one, at, length), _excerpt(other, there, length)))
        if len(shown) == MOST:
            break
    return shown


def _agreeing(one: Document, begin: int, other: Document, place: int) -> int:
    """Return the words that agree from two places on, within one cell of each."""
    a, b = one.words, other.words
    cells = a[begin].cell, b[place].cell
    length = 0
    while (
        begin + length < len(a)
        and place + length < len(b)
        and a[begin + length].word == b[place + length].word
        and (a[begin + length].cell, b[place + length].cell) == cells
    ):
        length += 1
    return max(length, RUN)


def _excerpt(document: Document, begin: int, length: int) -> Excerpt:
    words = document.words[begin : begin + length]
    cell, first = words[0].cell, words[0].line
    last = max((t.line for t in words if t.cell == cell), default=first)
    lines = document.cells[cell].split("\n")[first : last + 1]
    lines = [line if len(line) <= LONGEST else f"{line[:LONGEST]} …" for line in lines]
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], f"… {len(lines) - MOST_LINES} lines more"]
    return Excerpt(cell + 1, first + 1, "\n".join(lines))
