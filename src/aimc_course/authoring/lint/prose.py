"""How long sentences are: a report, and a share of short ones that no new chapter exceeds.

Counts tell a clipped text from a connected one. Whether it is good, only reading it aloud tells.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from aimc_course.authoring.lint.pages import Page

__all__ = ["LONGEST_RUN", "MEAN", "MOST_SHORT", "SHORT", "Style", "sentences", "style"]

SHORT = 8
"""Most words of a short sentence."""
MOST_SHORT = 12.0
"""Share of short sentences (%) that a chapter may have."""
MEAN = (12.0, 25.0)
"""Words of a sentence on average."""
LONGEST_RUN = 3
"""Short sentences in a row that are listed."""
# Behind these a page asks and lists; before them it explains.
END = re.compile(r"exercises|quiz|summary.*|further reading")
NOT_TEXT = re.compile(r"#|\||[-*] |\([\w-]+\)=|:|\d+\. |<!--|%")
ROLE = re.compile(r"\{[a-z:-]+\}`[^`]*`|\$[^$]*\$|`[^`]*`")
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
STOP = re.compile(r"(?<=[.!?:])[\"”]?\s+(?=[A-Z\"“])")
ABBREVIATIONS = (("e.g.", "eg"), ("i.e.", "ie"), ("et al.", "et al"), ("Fig.", "Fig"))


@dataclass(frozen=True, slots=True)
class Style:
    """Statistics of the sentences of one page."""

    count: int
    mean: float
    """Words of a sentence."""
    short: float
    """Share of sentences of at most `SHORT` words, %."""
    runs: tuple[tuple[int, str], ...]
    """Where `LONGEST_RUN` short sentences or more follow each other, with the first of them."""

    @property
    def allowance(self) -> float:
        """Smallest whole share (%) that lets this page pass."""
        return float(math.ceil(self.short))


def sentences(page: Page) -> Iterator[tuple[int, str]]:
    """Yield the sentences of a page that explains, each with the line where its paragraph begins.

    Headings, lists, tables, captions, equations and code are left out; a role or a formula counts
    as one word.
    """
    paragraph: list[str] = []
    start = 0
    for number, line in [*page.prose, (0, "")]:
        if line.startswith("## ") and END.fullmatch(line[3:].strip().lower()):
            break
        if line.strip() and not NOT_TEXT.match(line):
            start = start or number
            paragraph.append(line.strip())
            continue
        yield from ((start, s) for s in _split(" ".join(paragraph)))
        paragraph, start = [], 0


def style(page: Page) -> Style:
    """Return the statistics of a page."""
    found = [(line, text, len(text.split())) for line, text in sentences(page)]
    # One word alone is what a removed equation left.
    found = [(line, text, n) for line, text, n in found if n > 1]
    if not found:
        return Style(0, 0.0, 0.0, ())
    runs, run = [], 0
    for k, (_, _, n) in enumerate([*found, (0, "", SHORT + 1)]):
        if n <= SHORT:
            run += 1
            continue
        if run >= LONGEST_RUN:
            line, text, _ = found[k - run]
            runs.append((line, text))
        run = 0
    lengths = [n for _, _, n in found]
    short = 100 * sum(n <= SHORT for n in lengths) / len(lengths)
    return Style(len(lengths), sum(lengths) / len(lengths), short, tuple(runs))


def _split(text: str) -> Iterator[str]:
    text = LINK.sub(r"\1", ROLE.sub("X", text)).replace("*", "")
    for dotted, plain in ABBREVIATIONS:
        text = text.replace(dotted, plain)
    yield from (part for part in STOP.split(text) if part.strip())
