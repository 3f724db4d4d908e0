"""What each chapter says that a reader needs before it, and how long it takes.

Both are read from the section on prerequisites, so that the map of the book says nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aimc_course.teaching.book import Chapter

__all__ = ["Reading", "before", "direct", "readings"]

LABEL = re.compile(r"^\((ch-[a-z0-9-]+)\)=$", re.MULTILINE)
NEEDS = re.compile(r"^## Prerequisites and time\n(.*?)(?=^## )", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"\{ref\}`(ch-[a-z0-9-]+)`(?: to \{ref\}`(ch-[a-z0-9-]+)`)?")
MINUTES = re.compile(r"(\d+) minutes")
ONE_OPEN = re.compile(r"[^.;]*\bhas one\b[^.;]*")
"""A clause that offers a chapter as a help and does not ask for it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One chapter as something to be read."""

    label: str
    """Its label, such as ``ch-drift``."""
    name: str
    """Folder and file, such as ``2-devices/03-drift``."""
    title: str
    """Its heading."""
    part: int
    """Number of the part."""
    needs: tuple[str, ...]
    """Labels of the chapters that it asks for, in its own order."""
    minutes: int
    """Minutes of reading, without exercises."""


def readings(chapters: Sequence[Chapter]) -> list[Reading]:
    """Return what the chapters say about themselves, in the order of the book.

    Parameters
    ----------
    chapters : sequence of Chapter
        All chapters, in their order.

    Raises
    ------
    ValueError
        If a chapter has no label, no such section or no minutes, or asks for a later chapter.
    """
    found: list[Reading] = []
    order: list[str] = []
    for chapter in chapters:
        label, section = LABEL.search(chapter.text), NEEDS.search(chapter.text)
        if label is None or section is None:
            raise ValueError(f"{chapter.name} has no label or no section on prerequisites")
        text = ONE_OPEN.sub("", section[1])
        minutes = MINUTES.search(section[1])
        if minutes is None:
            raise ValueError(f"{chapter.name} does not say how many minutes it takes")
        needs: list[str] = []
        for first, last in NAMED.findall(text):
            for name in (first, last or first):
                if name not in order:
                    raise ValueError(f"{chapter.name} asks for {name}, which does not come before")
            through = order[order.index(first) : order.index(last or first) + 1]
            needs += [name for name in through if name not in needs]
        order.append(label[1])
        found.append(
            Reading(
                label[1], chapter.name, chapter.title, chapter.part, tuple(needs), int(minutes[1])
            )
        )
    return found


def before(found: Sequence[Reading], label: str) -> set[str]:
    """Return all chapters that one needs, directly or through another.

    Raises
    ------
    KeyError
        If no chapter has this label.
    """
    needs = {reading.label: reading.needs for reading in found}
    seen: set[str] = set()
    waiting = list(needs[label])
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += needs[name]
    return seen


def direct(found: Sequence[Reading]) -> list[tuple[str, str]]:
    """Return pairs (earlier, later) of the map: needs that no other need already brings."""
    reach = {reading.label: before(found, reading.label) for reading in found}
    return [
        (need, reading.label)
        for reading in found
        for need in reading.needs
        if not any(need in reach[other] for other in reading.needs)
    ]
