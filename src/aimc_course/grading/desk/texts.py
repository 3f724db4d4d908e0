"""Text of strangers made safe for a line of output, a file name, a cell, Markdown and HTML."""

from __future__ import annotations

import hashlib
import html
import re

__all__ = ["cell", "escaped", "file_name", "markdown", "number", "printable", "quoted"]

RESERVED = re.compile(r"con|prn|aux|nul|com\d|lpt\d")  # names of devices on Windows
LONGEST = 300  # characters of a name in a line of output
QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# What begins or ends something in Markdown: anywhere in a line, and at its beginning.
MARKED = re.compile(r"([\\`*_{}\[\]!|~$^])")
BEGINS = re.compile(r"(?P<number>\d*)(?P<sign>[#+\-=:]|[.)](?=\s|$))")


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


def number(value: float) -> str:
    """Return a number of points with two digits after the point at most."""
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")
