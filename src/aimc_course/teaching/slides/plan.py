"""Plans: which things of a part's chapters a deck shows, and what the speaker says to them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from importlib import resources
from pathlib import Path
from typing import Any

from aimc import published
from aimc_course.teaching.book import chapters
from aimc_course.teaching.slides.names import Offer, offer

__all__ = ["Plan", "PlanError", "Slide", "parts_with_plan", "read_plan", "read_plans"]

FACT = re.compile(r"\{fact\}`(\w+)(?:\|\w+)?`")
VALUE = re.compile(r"\{value\}`([\w-]+)(?::[^`]*)?`")
PLAIN = re.compile(r"[*_`$\\]")
LISTS = ("equations", "words", "points", "references")


class PlanError(ValueError):
    """A plan that does not fit the book; names the plan, the slide and what is missing."""


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide. A chapter's things are named by label, or by the words that they begin with."""

    chapter: str
    """Folder and file of the chapter, such as ``2-devices/03-drift``."""
    title: str
    """What the slide says, in a sentence."""
    notes: str
    """What to tell; paragraphs are parted by an empty line."""
    minutes: float
    """How long to stay."""
    figure: str = ""
    """Label of a drawing or a chart."""
    picture: str = ""
    """First words of the alternative text of a cell's picture that has no label."""
    split: float = 0.0
    """Height, in units of a drawing, at which it is cut; the lower part stands on the right."""
    stacked: bool = False
    """Whether what is said stands below the picture instead of beside it."""
    table: str = ""
    """Label of a table."""
    equations: tuple[str, ...] = ()
    """Labels of equations."""
    question: str = ""
    """Name of a quiz or predict question; its answer comes second."""
    points: tuple[str, ...] = ()
    """First words of points of the chapter's summary; ``03-drift | words`` names another one."""
    words: tuple[str, ...] = ()
    """A few short lines, with roles ``fact`` and ``value``."""
    published: str = ""
    """A published result, beside `ours`."""
    ours: str = ""
    """What this course computes."""
    mistake: str = ""
    """First words of one of the chapter's misconceptions, for the notes."""
    references: tuple[str, ...] = ()
    """Keys of sources, in small print beside those of the facts."""

    @property
    def point_places(self) -> tuple[tuple[str, str], ...]:
        """Chapter and first words of each of the `points`."""
        folder = self.chapter.partition("/")[0]
        found = []
        for point in self.points:
            name, bar, words = point.partition(" | ")
            found.append((f"{folder}/{name}", words) if bar else (self.chapter, point))
        return tuple(found)

    @property
    def texts(self) -> str:
        """All sentences of the plan for this slide."""
        return "\n".join((self.title, *self.words, self.published, self.ours, self.notes))

    @property
    def sources(self) -> tuple[str, ...]:
        """Keys of the sources of its facts, then `references`, each once."""
        keys = [key for name in FACT.findall(self.texts) for key in published.fact(name).source]
        return tuple(dict.fromkeys([*keys, *self.references]))


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one deck."""

    part: int
    """Number of the part."""
    title: str
    """Heading of the first slide."""
    subtitle: str
    """One sentence below it."""
    notes: str
    """What to tell on the first slide."""
    slides: tuple[Slide, ...]
    """All others."""
    path: str = ""
    """Name of the file."""

    @property
    def chapters(self) -> tuple[str, ...]:
        """The chapters that it shows, in its order."""
        named = [place for slide in self.slides for place, _ in slide.point_places]
        return tuple(dict.fromkeys([*(slide.chapter for slide in self.slides), *named]))

    @property
    def minutes(self) -> float:
        """How long the lecture takes."""
        return sum(slide.minutes for slide in self.slides)


def parts_with_plan() -> list[int]:
    """Return the numbers of the parts that have a plan."""
    folder = resources.files(__package__)
    found = (re.fullmatch(r"part(\d+)\.toml", entry.name) for entry in folder.iterdir())
    return sorted(int(match[1]) for match in found if match)


def read_plans(root: Path, parts: list[int] | None = None) -> list[Plan]:
    """Return plans that fit the book.

    Parameters
    ----------
    root : Path
        The course's root folder.
    parts : list of int, optional
        Numbers of parts; by default all that have a plan.

    Raises
    ------
    PlanError
        If a part has no plan, or a plan names what its chapters do not hold.
    """
    there = parts_with_plan()
    folder = resources.files(__package__)
    plans = []
    for part in there if parts is None else parts:
        if part not in there:
            raise PlanError(f"part={part} has no plan of slides; there are {there}")
        name = f"part{part}.toml"
        plans.append(read_plan((folder / name).read_text(encoding="utf-8"), name, root))
    return plans


def read_plan(text: str, name: str, root: Path) -> Plan:
    """Return a plan, compared with the chapters.

    Parameters
    ----------
    text : str
        The plan, as TOML.
    name : str
        What to call it in messages.
    root : Path
        The course's root folder.

    Raises
    ------
    PlanError
        If it cannot be read, or names what its chapters do not hold.
    """
    try:
        tree = tomllib.loads(text)
        slides = tuple(_slides(tree.pop("chapter"), name))
        plan = Plan(**tree, slides=slides, path=name)
    except (tomllib.TOMLDecodeError, TypeError, KeyError) as error:
        raise PlanError(f"{name}: {error}") from error
    book = {chapter.name: chapter for chapter in chapters(root)}
    offers: dict[str, Offer] = {}
    for slide in plan.slides:
        for chapter in (slide.chapter, *(place for place, _ in slide.point_places)):
            if chapter not in book:
                raise PlanError(
                    f"{name}: slide {slide.title!r}: the book has no chapter {chapter!r}"
                )
            offers.setdefault(chapter, offer(book[chapter]))
        _compare(slide, offers, name)
    return plan


def _slides(rows: list[dict[str, Any]], name: str) -> Iterator[Slide]:
    known = {field.name for field in fields(Slide)} - {"chapter"}
    for row in rows:
        for entry in row["slide"]:
            unknown = sorted(set(entry) - known)
            if unknown:
                raise PlanError(
                    f"{name}: slide {entry.get('title', '')!r} has an unknown key {unknown[0]!r}; "
                    f"allowed are {', '.join(sorted(known))}"
                )
            lists = {key: tuple(entry[key]) for key in LISTS if key in entry}
            yield Slide(**{**entry, **lists, "chapter": row["name"]})


def _compare(slide: Slide, offers: Mapping[str, Offer], name: str) -> None:
    """Raise an error for the first thing that the chapters do not hold."""
    held = offers[slide.chapter]
    wanted = [
        ("figure", slide.figure, held.figures),
        ("table", slide.table, held.tables),
        ("question", slide.question, held.questions),
        *(("equation", label, held.equations) for label in slide.equations),
        *(("value", label, held.values) for label in VALUE.findall(slide.texts)),
    ]
    for kind, label, labels in wanted:
        if label and label not in labels:
            raise PlanError(_missing(slide, slide.chapter, name, kind, label))
    begun = [
        (slide.chapter, "picture with alternative text", slide.picture, held.pictures),
        (slide.chapter, "misconception", slide.mistake, held.mistakes),
        *(
            (chapter, "point of the summary", words, offers[chapter].summary)
            for chapter, words in slide.point_places
        ),
    ]
    for chapter, kind, words, texts in begun:
        if words and sum(begins(text, words) for text in texts) != 1:
            raise PlanError(_missing(slide, chapter, name, kind, words))
    for identifier in FACT.findall(slide.texts):
        try:
            published.fact(identifier)
        except published.UnknownFactError as error:
            raise PlanError(f"{name}: slide {slide.title!r}: {error}") from error
    for key in slide.references:
        try:
            published.reference(key)
        except published.UnknownFactError as error:
            raise PlanError(f"{name}: slide {slide.title!r}: {error}") from error


def begins(text: str, words: str) -> bool:
    """Return whether a text begins with these words, marks of emphasis and quotes left out."""
    return PLAIN.sub("", text).lstrip('"“ ').startswith(PLAIN.sub("", words))


def _missing(slide: Slide, chapter: str, name: str, kind: str, label: str) -> str:
    return f"{name}: slide {slide.title!r}: chapter {chapter} has no {kind} {label!r}"
