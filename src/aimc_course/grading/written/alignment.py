"""Which cell of a submission is which cell of the lab, although cells were added, changed or moved.

Ids of cells survive in some editors and not in others, so text comes first: cells that were left as
they were hold the rest in place, and between two of them ids and then likeness decide.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from difflib import SequenceMatcher

from aimc_course.grading.written.sheet import Cell

__all__ = ["align", "plain"]

CALL = re.compile(r"\b(?:check|lab\.predict|lab\.compare)\(\s*[\"'](\w+)[\"']")
FOLDERS = re.compile(r"(?<=\]\()[^)\s]*/")
WORD = re.compile(r"\w+")
LONGEST = 4000  # characters of a cell that likeness looks at
ALIKE = 0.5


def align(cells: Sequence[Cell], found: Sequence[Cell], ids: Sequence[str]) -> dict[int, int]:
    """Return the place in a submission of each cell of the lab that is still there.

    Parameters
    ----------
    cells : sequence of Cell
        The lab's cells.
    found : sequence of Cell
        Those of the submission.
    ids : sequence of str
        Ids of the submission's cells, empty where there are none; a copy of the lab numbers its
        own.

    Returns
    -------
    dict
        Places in ``found`` by places in ``cells``; both grow together.
    """
    matcher = SequenceMatcher(
        None, [_key(cell) for cell in cells], [_key(cell) for cell in found], autojunk=False
    )
    pairs: dict[int, int] = {}
    for tag, a, a_end, b, b_end in matcher.get_opcodes():
        if tag == "equal":
            pairs |= dict(zip(range(a, a_end), range(b, b_end), strict=True))
        elif tag == "replace":
            pairs |= _gap(cells, found, ids, range(a, a_end), range(b, b_end))
    return pairs


def _gap(
    cells: Sequence[Cell], found: Sequence[Cell], ids: Sequence[str], ours: range, theirs: range
) -> dict[int, int]:
    pairs: dict[int, int] = {}
    # Once for each cell: there may be thousands of long ones.
    words = {k: _words(found[k]) for k in theirs}
    start = theirs.start
    for place in ours:
        same = [k for k in range(start, theirs.stop) if found[k].kind == cells[place].kind]
        best = next((k for k in same if ids[k] == str(place)), None)
        if best is None:
            own = _words(cells[place])
            alike = {k: _likeness(own, words[k]) for k in same}
            best = max(alike, key=alike.__getitem__, default=None)
            if best is None or alike[best] < ALIKE:
                continue
        pairs[place] = best
        start = best + 1
    return pairs


def plain(text: str) -> str:
    """Return text in one line; links lose their folders, which differ from copy to copy."""
    return " ".join(FOLDERS.sub("", text).split())


def _key(cell: Cell) -> Hashable:
    calls = tuple(CALL.findall(cell.text)) if cell.kind == "code" else ()
    return (cell.kind, calls or plain(cell.text))


def _words(cell: Cell) -> set[str]:
    return set(WORD.findall(cell.text[:LONGEST]))


def _likeness(a: set[str], b: set[str]) -> float:
    """Return the share of words that two cells have in common, 0 to 1."""
    common = len(a & b)
    return common / max(1, len(a) + len(b) - common)
