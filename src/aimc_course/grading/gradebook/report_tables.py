"""Tables of the class report. Whatever stands in a cell is strangers' text and escaped."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from aimc_course.grading.gradebook.texts import escaped

__all__ = ["bar", "decimals", "percent", "table"]

NUMBERS = " #"
"""Ends the head of a column of numbers."""


class Markup(str):
    """Text that is HTML already."""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, words: bool = False) -> str:
    """Return a table whose first column names its rows; it scrolls where it is too wide.

    Parameters
    ----------
    heads : sequence of str
        Names of the columns; one that ends in ``" #"`` holds numbers.
    rows : iterable of sequences of str
        Cells; all but those of `bar` are escaped.
    words : bool
        Whether the first column holds sentences, and not short names.
    """
    numbers = [head.endswith(NUMBERS) for head in heads]
    marks = [' class="n"' if number else "" for number in numbers]
    top = "".join(
        f'<th scope="col"{mark}>{escaped(head.removesuffix(NUMBERS))}</th>'
        for head, mark in zip(heads, marks, strict=True)
    )
    body = []
    for row in rows:
        cells = [cell if isinstance(cell, Markup) else escaped(cell) for cell in row]
        first = f'<th scope="row">{cells[0]}</th>'
        rest = "".join(
            f"<td{mark}>{cell}</td>" for cell, mark in zip(cells[1:], marks[1:], strict=True)
        )
        body.append(f"<tr>{first}{rest}</tr>")
    name = escaped(", ".join(head.removesuffix(NUMBERS) for head in heads))
    return (
        f'<div class="wide{" words" if words else ""}" tabindex="0" role="region" '
        f'aria-label="Table: {name}"><table><thead>'
        f"<tr>{top}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def bar(share: float) -> str:
    """Return a share as a number and a bar."""
    width = 100 * min(max(share, 0.0), 1.0)
    return Markup(
        f'<span class="bar"><span style="width:{width:.0f}%"></span></span>{percent(share)}'
    )


def percent(share: float) -> str:
    """Return a share in per cent."""
    return f"{100 * share:.0f} %"


def decimals(value: float, low: float = math.nan, high: float = math.nan) -> str:
    """Return a number with two decimals and its interval, or a dash where there is none."""
    if math.isnan(value):
        return "–"
    shown = f"{value:.2f}"
    return shown if math.isnan(low) else f"{shown} ({low:.2f} to {high:.2f})"
