"""Text of strangers made safe for a line of output, a file name, a cell, Markdown and HTML."""

from __future__ import annotations

import codecs
import csv
import hashlib
import html
import re
from collections.abc import Iterator
from typing import Protocol, TypeVar

__all__ = [
    *("cell", "counted", "escaped", "file_name", "markdown", "number", "printable", "quoted"),
    *("read_table", "shortened", "whole_rows"),
]

RESERVED = re.compile(r"con|prn|aux|nul|com\d|lpt\d")  # names of devices on Windows
LONGEST = 300  # characters of a name in a line of output
QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
SHORTENED = re.compile(r"(?:^|\s)\d(?:[.,]\d+)?e\+\d+(?:\s|$)", re.IGNORECASE)
SEPARATOR = re.compile(r"\A\"?sep=[,;\t]?\"?\r?\n", re.IGNORECASE)
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how files of Excel and others begin
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# What begins or ends something in Markdown: anywhere in a line, and at its beginning.
MARKED = re.compile(r"([\\`*_{}\[\]!|~$^])")
BEGINS = re.compile(r"(?P<number>\d*)(?P<sign>[#+\-=:]|[.)](?=\s|$))")


Row = TypeVar("Row", covariant=True)


class Reader(Protocol[Row]):
    """A reader of the module csv."""

    line_num: int

    def __iter__(self) -> Iterator[Row]:
        """Return the rows."""


def read_table(data: bytes, name: str) -> tuple[str, str]:
    """Return the text of a table that a spreadsheet has written, and a note on how it was read.

    Spreadsheets write UTF-8, UTF-16 with its mark, or, for western languages on Windows, cp1252.
    The last one has no mark: it is taken only where nothing but accented letters among plain ones
    comes out, and the note shows them. A first line for Excel alone, ``sep=;``, is left out.

    Raises
    ------
    ValueError
        If it is none of these; the message says what to do.
    """
    if data.startswith(WORKBOOKS):
        raise ValueError(f"{name} is a workbook of a spreadsheet: save it as 'CSV UTF-8' there")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            if "\0" not in (text := data.decode("utf-16")):
                return _body(text), f"{name} is in UTF-16 and was read as such"
        except UnicodeDecodeError:
            pass
    if b"\0" in data:
        raise ValueError(
            f"{name} holds bytes that are zero, as no text in UTF-8 does: open it in a "
            "spreadsheet, save it as 'CSV UTF-8', and give that file"
        )
    try:
        return _body(data.decode("utf-8-sig")), ""
    except UnicodeDecodeError as error:
        text = data.decode("cp1252", "replace")
        words = [w for w in re.findall(r"[^\s,;\"]+", text) if not w.isascii()]
        if all(_is_western(word) for word in words):
            shown = ", ".join(printable(word, 40) for word in list(dict.fromkeys(words))[:5])
            said = f"{name} is not in UTF-8 and was read as cp1252, the code of Windows: {shown}"
            return _body(
                text
            ), f"{said}. If these are wrong, save it as 'CSV UTF-8' and give it again"
        line = 1 + data.count(b"\n", 0, error.start)
        raise ValueError(
            f"{name}, line {line}: it is not in UTF-8, and nothing says in what else it is. Open "
            "it in a spreadsheet, save it as 'CSV UTF-8', and give that file"
        ) from None


def _body(text: str) -> str:
    """Return a table without a first line that only tells Excel what separates its cells."""
    return SEPARATOR.sub("", text)


def whole_rows(reader: Reader[Row], name: str) -> Iterator[Row]:
    """Return the rows of a table one by one; the reader has to be a strict one.

    Raises
    ------
    ValueError
        If a quotation mark is opened and not closed, which would swallow the lines after it.
    """
    try:
        yield from reader
    except csv.Error as error:
        said = f"{error}. Is a quotation mark opened and not closed?"
        raise ValueError(f"{name}, near line {reader.line_num}: {said}") from error


def shortened(text: str) -> bool:
    """Tell whether a spreadsheet made this of a number with more than eleven digits."""
    return SHORTENED.search(text) is not None


def _is_western(word: str) -> bool:
    accented = [c for c in word if not c.isascii()]
    # Signs below À, and words of accented letters alone, come from another code.
    plausible = all("À" <= c <= "ÿ" and c.isalpha() for c in accented)
    return plausible and 2 * len(accented) <= len(word)


def printable(text: str, most: int = LONGEST) -> str:
    """Return one line that holds no control character and no mark that turns its direction."""
    shown = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text[: most + 1])
    return shown if len(shown) <= most else shown[:most] + "…"


def quoted(text: str) -> str:
    """Return text as one line in quotation marks that it cannot close."""
    return f"“{' '.join(text.split()).translate(QUOTES)}”"


def escaped(text: str) -> str:
    """Return text for HTML, as an element or a quoted attribute."""
    return html.escape("".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text))


def markdown(text: str) -> str:
    """Return text that Markdown shows as it stands, in one line."""
    joined = " ".join(text.split())
    shown = "".join(c if c.isprintable() else "\ufffd" for c in joined)
    marked = MARKED.sub(r"\\\1", html.escape(shown, quote=False))
    return BEGINS.sub(r"\g<number>\\\g<sign>", marked, count=1) if BEGINS.match(marked) else marked


def cell(text: str) -> str:
    """Return text for a table that a spreadsheet opens: no formula begins in it."""
    return "'" + text if text.startswith(FORMULA) else text


def file_name(text: str) -> str:
    """Return a file name for an id; two ids never share one, whatever they hold."""
    safe = re.sub(r"[^A-Za-z0-9_-]", "-", text)[:60]
    plain = safe == text and safe == safe.lower() and safe[0] not in "-_"
    if plain and not RESERVED.fullmatch(safe):
        return safe
    return f"{safe.strip('-_') or 'student'}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def counted(count: int, noun: str) -> str:
    """Return a count with its noun, whose plural ends in s."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def number(value: float) -> str:
    """Return a number of points with two digits after the point at most."""
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")
