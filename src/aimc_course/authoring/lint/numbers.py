"""Published numbers that were typed by hand, where only their name protects them from errors.

Two kinds are found. A throughput or an energy of a multiplication is always somebody's measurement.
Any other number with a unit is one if its sentence cites a source: the sentence then says that the
number stands there, and nobody will notice when it does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aimc_course.authoring.lint.findings import Rule
from aimc_course.authoring.lint.pages import Page

__all__ = ["EVERYWHERE"]

# Between a number and its unit: spaces of any kind, what ends maths, what sets a unit upright.
JOINT = r"(?:[\s\u00a0]|\\[,; ]|\$|\\(?:text|mathrm|mathsf)\{|\\(?=times|mu|Omega|%))*"
NUMBER = r"(?<![\w.\-–])\d[\d.,]*"
MEASURED = re.compile(NUMBER + JOINT + r"(?:TOPS(?:/W|/mm²)?|[nµμpf]J)(?!\w)")
UNIT = (
    r"%|per cent|percent|[nµμm]m²?|[nµμm]?S|[pnµμm]?A|m?V|[nµμm]?W|[fpnµμm]?J|[pnµμm]?s|[kMG]?Hz"
    r"|[kMG]?(?:Ω|Omega|ohms?)|dB|K|°C|m?eV|TOPS|GOPS|OP/J|bits?|nanoseconds?|microseconds?"
    # A factor; between two numbers the same sign makes a size, such as 3 × 3.
    r"|milliseconds?|nanometres?|(?:×|times)(?![\s{}$]*\d)"
)
# No decade, such as the 1990s, is a time in seconds.
WITH_UNIT = re.compile(rf"(?!(?:19|20)\d0s){NUMBER}{JOINT}(?:{UNIT})(?![\w/])")
CITATION = re.compile(r"\{cite(?::\w+)?\}`[^`]+`")
ROLE = re.compile(r"\{[\w:-]+\}`[^`]*`|``[^`]+``|`[^`]+`")
COMMENT = re.compile(r"<!--.*?-->")
SENTENCE = re.compile(r"(?<=[.!?:;])\s+(?=[A-Z“\"*])")
# Where arithmetic with numbers is the point, or where nothing is prose.
NOT_PROSE = frozenset(
    ["code-cell", "exercise", "solution", "quiz", "predict", "math", "facts", "figure", "live", ""]
)
CITED = "\u2020"


def prose_lines(page: Page) -> Iterator[tuple[int, str]]:
    """Yield lines of prose, those inside boxes and tables included."""
    yield from page.prose
    for block in page.blocks:
        if block.name not in NOT_PROSE:
            yield from enumerate(block.body.splitlines(), start=block.body_line)


def measured(page: Page) -> Iterator[tuple[int, str]]:
    """Find throughputs and energies outside of all roles."""
    for number, line in prose_lines(page):
        for match in MEASURED.finditer(_written(line)):
            yield number, f"{match[0]!r} is typed by hand"


def cited(page: Page) -> Iterator[tuple[int, str]]:
    """Find numbers with a unit in sentences that cite a source."""
    for number, line in prose_lines(page):
        for sentence in SENTENCE.split(_written(CITATION.sub(CITED, line))):
            if CITED in sentence:
                for match in WITH_UNIT.finditer(sentence):
                    yield number, f"{match[0]!r} stands beside a citation and is typed by hand"


def _written(line: str) -> str:
    """Return what an author typed: neither roles nor comments."""
    return ROLE.sub(" ", COMMENT.sub(" ", line))


EVERYWHERE: tuple[Rule[Page], ...] = (
    Rule(
        "typed-number",
        "Print it with the fact role, or by `glue` if it is computed.",
        measured,
    ),
    Rule(
        "cited-number",
        "Add it to the table of published numbers and print it with the fact role; if it is not "
        "the source's number, move it to a sentence of its own.",
        cited,
    ),
)
