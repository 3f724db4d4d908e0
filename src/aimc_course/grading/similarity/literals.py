"""Numbers typed as answers where the course's own notebook computes them.

A hint such as "12 % too small" can be turned into a right number without any understanding. What is
left of that is a number in place of a computation, and, where several notebooks were handed in,
another number in each.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aimc_course.grading.similarity.tokens import MOST_CHARACTERS

__all__ = ["Typed", "typed", "typed_answers"]

NUMBER = r"[-+]?+\s*+(?:\d[\w.]*+(?:(?<=[eE])[-+]\d++)?|\.\d[\w.]*+)"
LIST = rf"[\[(]\s*+{NUMBER}(?:\s*+,\s*+{NUMBER})*+\s*+,?\s*+[\])]"
VALUE = rf"(?:{NUMBER}|{LIST}|np\.array\(\s*+{LIST}\s*+\))"
DIRECT = re.compile(rf"\bcheck\(\s*+[\"'](q\d{{1,3}})[\"']\s*+,\s*+({VALUE})\s*+,?\s*+\)")
NAMED = re.compile(r"\bcheck\(\s*+[\"'](q\d{1,3})[\"']\s*+,\s*+([^\W\d]\w*+)\s*+,?\s*+\)")
GIVEN = re.compile(rf"^([^\W\d]\w*+)[ \t]*+=[ \t]*+({VALUE})[ \t]*+(?:\#[^\n]*+)?$", re.MULTILINE)
WORD = re.compile(r"\w++")
LONGEST = 80


@dataclass(frozen=True, slots=True)
class Typed:
    """An answer that was typed."""

    question: str
    values: tuple[str, ...]
    """What was typed, one entry for each notebook in which it differs, in order."""


def typed(cells: Iterable[str]) -> dict[str, str]:
    """Return the questions whose answer is a plain number, or a list of them, and that number."""
    found: dict[str, str] = {}
    left = MOST_CHARACTERS
    for source in cells:
        text, left = source[:left], left - min(left, len(source))
        given = dict(GIVEN.findall(text))
        counts = Counter(WORD.findall(text))
        for question, value in DIRECT.findall(text):
            found[question] = _short(value)
        for question, name in NAMED.findall(text):
            if name in given and counts[name] == 2:  # set once, handed in, and used by nothing else
                found[question] = _short(given[name])
    return found


def typed_answers(notebooks: Sequence[Sequence[str]], solution: Iterable[str]) -> tuple[Typed, ...]:
    """Return what a student typed where the published solution computes.

    Parameters
    ----------
    notebooks : sequence of sequences of str
        Code cells of all notebooks that the student handed in, oldest first.
    solution : iterable of str
        Code cells of the published solution.
    """
    plain = set(typed(solution))
    values: dict[str, list[str]] = {}
    for cells in notebooks:
        for question, value in typed(cells).items():
            own = values.setdefault(question, [])
            if question not in plain and (not own or own[-1] != value):
                own.append(value)
    return tuple(Typed(question, tuple(own)) for question, own in values.items() if own)


def _short(text: str) -> str:
    joined = " ".join(text.split())
    return joined if len(joined) <= LONGEST else f"{joined[:LONGEST]}…"
