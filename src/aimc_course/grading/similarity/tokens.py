"""Code as a row of words that renaming, comments and formatting leave alone.

The code comes from strangers: it may hold null bytes, a million brackets, or no Python at all. So
it is neither run nor parsed. One regular expression, whose time grows with the text's length alone,
cuts any text into words.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

__all__ = ["MOST_CHARACTERS", "MOST_WORDS", "Token", "imported", "tokens"]

MOST_CHARACTERS = 400_000
"""Characters of a notebook's code that are read; the longest solution has under 30,000."""
MOST_WORDS = 40_000
"""Words of a notebook that are kept."""
# Possessive repeats (`*+`) never go back, and an open string ends with its line or its cell.
WORD = re.compile(
    r"""
    (?P<space>[ \t\r\f\v\\]++)|(?P<line>\n)|(?P<comment>\#[^\n]*+)
    |(?P<string>(?:[rRbBuUfF]{1,2}+(?=["']))?+(?:
        \"{3}(?:[^"\\]|\\.|\"(?!\"\"))*+(?:\"{3}|\Z)|'{3}(?:[^'\\]|\\.|'(?!''))*+(?:'{3}|\Z)
        |\"(?:[^"\\\n]|\\.)*+\"?|'(?:[^'\\\n]|\\.)*+'?))
    |(?P<number>\.?\d(?:[eE][+-](?=\d)|[\w.])*+)|(?P<name>[^\W\d]\w*+)
    |(?P<sign>\*\*=?|//=?|<<=?|>>=?|->|[-+*/%@&|^=<>!:]=|.)
    """,
    re.VERBOSE | re.DOTALL,
)
KEPT = frozenset(keyword.kwlist) | frozenset(dir(builtins))
OPENING, CLOSING = "([{", ")]}"


class Token(NamedTuple):
    """One word of code and where it stands."""

    word: str
    """The word: ``v`` for a name of the student's own, ``n`` for a number, ``s`` for text."""
    cell: int
    """Index of the code cell."""
    line: int
    """Index of the line in its cell."""


def tokens(cells: Sequence[str], known: Iterable[str] = ()) -> list[Token]:
    """Return the words of code cells.

    Names become ``v``, unless they are Python's own, follow a dot, or are ``known``. Comments,
    line breaks, documentation texts and commas before a closing bracket leave nothing.

    Parameters
    ----------
    cells : sequence of str
        Sources of the code cells.
    known : iterable of str
        Names that nobody can change, such as those that the lab imports.
    """
    kept, left = KEPT | frozenset(known), MOST_CHARACTERS
    found: list[Token] = []
    for number, source in enumerate(cells):
        found += _words(source[:left], number, kept, MOST_WORDS - len(found))
        left -= min(left, len(source))
    return found[:MOST_WORDS]


def imported(cells: Iterable[str]) -> frozenset[str]:
    """Return the names that lines with an ``import`` hold."""
    names: set[str] = set()
    for source in cells:
        for line in source.splitlines():
            if re.match(r"\s*(?:from\s+\S+\s+)?import\b", line):
                names.update(re.findall(r"[^\W\d]\w*", line))
    return frozenset(names)


def _words(source: str, cell: int, kept: frozenset[str], most: int) -> list[Token]:
    found: list[Token] = []
    line, depth, after_dot, begins, text_alone = 0, 0, False, True, False
    for match in WORD.finditer(source):
        kind, text = match.lastgroup, match[0]
        if len(found) > most:
            break
        if kind in ("space", "comment"):
            continue
        if kind == "line":
            if text_alone:
                found.pop()  # a line that is only text documents, and computes nothing
            line, begins, text_alone = line + 1, begins or depth == 0, False
            continue
        word = text
        if kind == "name":
            word = f".{text}" if after_dot else text if text in kept else "v"
            if after_dot:
                found.pop()
        elif kind in ("string", "number"):
            word = "s" if kind == "string" else "n"
        elif text in OPENING:
            depth += 1
        elif text in CLOSING:
            depth = max(0, depth - 1)
            if found and found[-1].word == ",":
                found.pop()
        after_dot = text == "."
        text_alone = kind == "string" and begins and depth == 0
        begins = text == ";"
        if text != ";":
            found.append(Token(word, cell, line))
        if kind == "string":
            line += text.count("\n")
    if text_alone:
        found.pop()
    return found
