"""What a rule finds, what a rule is, and how a line is excused from one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["Finding", "Rule", "excused"]

Source = TypeVar("Source")
# `<!-- lint: rule: reason -->` at the end of a line, unless it is shown as code.
EXCUSE = re.compile(r"(?<!`)<!-- lint: (?P<rule>[\w-]+)(?:: *(?P<reason>[^>]*?))? *-->")
SHORTEST_REASON = 12  # characters


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A place where a text breaks a rule."""

    file: str
    """Path from the course's root."""
    line: int
    """Line of the file, counted from 1."""
    rule: str
    text: str
    """What is wrong there."""
    mend: str
    """How to mend it."""

    def __str__(self) -> str:
        """Return one line that editors can jump from."""
        return f"{self.file}:{self.line}: {self.rule}: {self.text}. {self.mend}"


@dataclass(frozen=True, slots=True)
class Rule(Generic[Source]):
    """A name, how to mend what breaks it, and a function that finds lines and words."""

    name: str
    mend: str
    find: Callable[[Source], Iterable[tuple[int, str]]]


def excused(findings: Iterable[Finding], file: str, lines: list[str]) -> Iterator[Finding]:
    """Drop findings of lines that name the rule and a reason; find excuses that are none.

    Parameters
    ----------
    findings : iterable of Finding
        Those of one file.
    file : str
        Path of the file from the course's root.
    lines : list of str
        Its lines.
    """
    given = {
        (number, match["rule"]): (match["reason"] or "").strip()
        for number, line in enumerate(lines, start=1)
        for match in EXCUSE.finditer(line)
    }
    used = set()
    for finding in findings:
        place = (finding.line, finding.rule)
        if place in given:
            used.add(place)
        else:
            yield finding
    for (number, rule), reason in given.items():
        if len(reason) < SHORTEST_REASON:
            said = f"the rule {rule!r} is switched off without a reason"
            yield Finding(file, number, "excuse", said, "Write <!-- lint: rule: why -->.")
        elif (number, rule) not in used:
            said = f"the rule {rule!r} finds nothing here that needs an excuse"
            yield Finding(file, number, "excuse", said, "Remove the comment.")
