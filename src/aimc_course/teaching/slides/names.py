"""What a chapter offers to a deck: labels and first words, found in its source without a build."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aimc_course.teaching.book import Chapter, directives

__all__ = ["Offer", "offer"]

CELL = re.compile(r"^---\n(?P<head>.*?)^---\n", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"^ +name: +(?P<name>(?:fig|tab)-[\w-]+) *$", re.MULTILINE)
ALT = re.compile(r"^ +alt: +(?P<alt>.+)$", re.MULTILINE)
TABLE = re.compile(r"^:name: (tab-[\w-]+) *$", re.MULTILINE)
EQUATION = re.compile(r"^:label: (eq-[\w-]+) *$", re.MULTILINE)
GLUED = re.compile(r"\{glue:text\}`([\w-]+)(?::[^`]*)?`")
POINT = re.compile(r"^(?:- |: )(.+)$")
TERM = re.compile(r"^\"")


@dataclass(frozen=True, slots=True)
class Offer:
    """Everything of a chapter that a plan can name."""

    figures: frozenset[str]
    """Labels of drawings and of charts."""
    pictures: tuple[str, ...]
    """Alternative texts of what cells draw, for pictures without a label."""
    tables: frozenset[str]
    """Labels of tables."""
    equations: frozenset[str]
    """Labels of equations."""
    questions: frozenset[str]
    """Names of quiz and predict questions."""
    values: frozenset[str]
    """Names of computed numbers that the text prints."""
    summary: tuple[str, ...]
    """Points of the summary, as they are written."""
    mistakes: tuple[str, ...]
    """Common misconceptions, as they are written."""


def offer(chapter: Chapter) -> Offer:
    """Return what a chapter offers."""
    heads = [match["head"] for match in CELL.finditer(chapter.text)]
    named = {match["name"] for head in heads for match in NAME.finditer(head)}
    drawn = {figure.options.get("name", "") for figure in directives(chapter.text, "figure")}
    asked = directives(chapter.text, "quiz", "predict")
    figures = {name for name in named | drawn if name.startswith("fig-")}
    return Offer(
        figures=frozenset(figures),
        pictures=tuple(match["alt"] for head in heads for match in ALT.finditer(head)),
        tables=frozenset({name for name in named if name.startswith("tab-")})
        | frozenset(TABLE.findall(chapter.text)),
        equations=frozenset(EQUATION.findall(chapter.text)),
        questions=frozenset(question.options.get("name", "") for question in asked),
        values=frozenset(GLUED.findall(chapter.text)),
        summary=tuple(_points(chapter.text, "Summary")),
        mistakes=tuple(_points(chapter.text, "Common misconceptions")),
    )


def _points(text: str, heading: str) -> list[str]:
    """Return the points of a section; of a list of definitions, what is defined."""
    _, found, rest = text.partition(f"\n## {heading}\n")
    if not found:
        return []
    section = re.split(r"^(?:## |`{3,}\{)", rest, flags=re.MULTILINE)[0]
    lines = section.splitlines()
    defined = any(line.startswith(": ") for line in lines)
    return [line.removeprefix("- ") for line in lines if line.startswith('"' if defined else "- ")]
