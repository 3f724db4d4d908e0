"""Tables as data: what a cell shows as a table, without saying how."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

__all__ = ["Table"]

MIME = "application/vnd.aimc.table+json"
HYPHEN = re.compile(r"(?<![\w$\\{^.\])-])-(?=\d)")
"""A hyphen that stands for a minus sign: before a number, and not within a word or a formula."""


@dataclass(frozen=True, init=False, slots=True)
class Table:
    """A table that a notebook shows as HTML and the book as a table of its own.

    Parameters
    ----------
    header : sequence of str
        One heading per column; inline Markdown and mathematics (``$G$``) are allowed.
    rows : sequence of sequences
        The cells of each row: text, or numbers if the column has a format.
    formats : sequence of str, optional
        One per column, such as ``".2f"`` or ``",d"``; an empty one leaves text as it is.

    Raises
    ------
    ValueError
        If a row or `formats` has not as many entries as `header`, or there is none.
    TypeError
        If a cell is no text and its column has no format.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    """Whether a column holds numbers, which stand right."""

    def __init__(
        self,
        header: Sequence[str],
        rows: Sequence[Sequence[Any]],
        formats: Sequence[str] = (),
    ) -> None:
        count = len(header)
        if not count or not rows:
            raise ValueError("header and rows must not be empty: there is nothing to show")
        formats = tuple(formats) or ("",) * count
        if len(formats) != count:
            raise ValueError(f"formats has {len(formats)} entries but header has {count}")
        for k, row in enumerate(rows):
            if len(row) != count:
                raise ValueError(f"rows[{k}] has {len(row)} entries but header has {count}")
        texts = [
            [_text(value, spec) for value, spec in zip(row, formats, strict=True)] for row in rows
        ]
        columns = list(zip(*texts, strict=True))
        object.__setattr__(self, "header", tuple(header))
        object.__setattr__(self, "rows", tuple(tuple(row) for row in texts))
        object.__setattr__(self, "numeric", tuple(_numeric(column) for column in columns))

    def as_json(self) -> dict[str, Any]:
        """Return the table as a tree of lists and strings."""
        return {
            "header": list(self.header),
            "rows": [list(row) for row in self.rows],
            "numeric": list(self.numeric),
        }

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        return {MIME: self.as_json(), "text/html": self._html(), "text/plain": str(self)}

    def _html(self) -> str:
        sides = ["right" if number else "left" for number in self.numeric]

        def row(cells: Sequence[str], tag: str) -> str:
            parts = [
                f'<{tag} style="text-align: {side}">{escape(cell)}</{tag}>'
                for cell, side in zip(cells, sides, strict=True)
            ]
            return f"<tr>{''.join(parts)}</tr>"

        body = "".join(row(cells, "td") for cells in self.rows)
        return f"<table><thead>{row(self.header, 'th')}</thead><tbody>{body}</tbody></table>"

    def __str__(self) -> str:
        lines = [self.header, *self.rows]
        widths = [max(len(line[k]) for line in lines) for k in range(len(self.header))]
        sides = [">" if number else "<" for number in self.numeric]
        return "\n".join(
            "  ".join(
                f"{cell:{side}{width}}"
                for cell, side, width in zip(line, sides, widths, strict=True)
            ).rstrip()
            for line in lines
        )


def _text(value: Any, spec: str) -> str:
    if isinstance(value, str):
        return "\N{EN DASH}" if value == "-" else HYPHEN.sub("\N{MINUS SIGN}", value)
    if not spec:
        raise TypeError(f"cell {value!r} is no text: give formats one for its column")
    return format(value, spec).replace("-", "\N{MINUS SIGN}")


def _numeric(column: Sequence[str]) -> bool:
    """Return whether a column reads as numbers: digits at the start of most of its cells."""
    shown = [cell.lstrip("+-\N{MINUS SIGN}±≈<>≤≥~ $(") for cell in column if cell.strip(" –—-")]
    return bool(shown) and all(cell[:1].isdigit() for cell in shown)
