"""The bank: every question of the book, with what it tests and how hard it is."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any

from aimc_course.teaching.book import TITLE, Chapter, chapters, directives, find_root, module_at

__all__ = ["DIFFICULTIES", "Choice", "Item", "chosen_parts", "read_items", "read_own", "shuffled"]

DIFFICULTIES = ("easy", "medium", "hard")
TABLE = "questions.toml"
IN_CONTEXT = "in context"
APART = "apart"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that may be chosen."""

    text: str
    """The answer, in the Markdown of the book."""
    right: bool
    """Whether it is a right one."""
    feedback: str
    """Why it is right or wrong."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question of the bank."""

    name: str
    """Its name in the book, such as ``quiz-mw-1``."""
    kind: str
    """``quiz``, asked after reading, or ``predict``, asked before."""
    part: int
    """Number of the part."""
    chapter: str
    """Folder and file of the chapter."""
    title: str
    """Title of the chapter."""
    objective: str
    """What the reader of the chapter should be able to do, and this question tests."""
    difficulty: str
    """One of `DIFFICULTIES`."""
    question: str
    """The question, in the Markdown of the book."""
    choices: tuple[Choice, ...]
    """Its answers, as they are written."""
    keep_order: bool
    """Whether the answers have an order that must stay."""
    in_context: bool = False
    """Whether it can be understood beside its chapter only."""
    apart: frozenset[str] = frozenset()
    """Names of questions that help with this one, or are helped by it."""

    @property
    def several(self) -> bool:
        """Whether more than one answer may have to be marked, as the book shows it."""
        return self.kind == "quiz" and sum(choice.right for choice in self.choices) > 1


def read_items(root: Path | None = None, parts: Iterable[int] | None = None) -> list[Item]:
    """Return the questions of the book, in its order.

    Parameters
    ----------
    root : Path, optional
        The course's root folder; by default the one around the current folder.
    parts : iterable of int, optional
        Only questions of these parts.

    Raises
    ------
    FileNotFoundError
        If there is no book.
    ValueError
        If a question cannot be read, a name stands twice, or the table does not fit the book.
    """
    root = find_root() if root is None else root
    parser = module_at(root / "book" / "_ext" / "choices.py")
    wanted = None if parts is None else set(parts)
    table = read_table()
    apart = table.pop(APART, [])
    items: dict[str, Item] = {}
    for chapter in chapters(root):
        rows = dict(table.get(chapter.name, {}))
        for item in _of_chapter(chapter, rows, parser):
            if item.name in items:
                raise ValueError(f"two questions of the book are named {item.name!r}")
            items[item.name] = item
        if rows:
            raise ValueError(f"{TABLE}: {chapter.name} asks no question {', '.join(rows)}")
    for names in apart:
        for name in names:
            if name not in items:
                raise ValueError(f"{TABLE}: the book asks no question {name}")
            others = items[name].apart | (set(names) - {name})
            items[name] = replace(items[name], apart=frozenset(others))
    return [item for item in items.values() if wanted is None or item.part in wanted]


def read_own(path: Path, root: Path | None = None) -> list[Item]:
    """Return the questions of a teacher's own file, written as those of the book are.

    The file is Markdown with directives ``quiz``. Its heading is printed above each question; the
    options ``name``, ``objective`` and ``difficulty`` may be left out.

    Raises
    ------
    ValueError
        If the file holds no question, or one that cannot be read.
    """
    parser = module_at((find_root() if root is None else root) / "book" / "_ext" / "choices.py")
    text = path.read_text(encoding="utf-8")
    title = TITLE.search(text)
    items = []
    for number, asked in enumerate(directives(text, "quiz"), start=1):
        name = asked.options.get("name", f"own-{number}")
        try:
            written = parser.split_choices(asked.body)
        except ValueError as error:
            raise ValueError(f"{path}: {name}: {error}") from error
        items.append(
            Item(
                name=name,
                kind="quiz",
                part=0,
                chapter=path.stem,
                title=title[1].strip() if title else path.stem,
                objective=asked.options.get("objective", ""),
                difficulty=asked.options.get("difficulty", "medium"),
                question=asked.argument,
                choices=tuple(Choice(text, right, why) for right, text, why in written),
                keep_order="keep-order" in asked.options,
            )
        )
    if not items:
        raise ValueError(f"{path} holds no directive {{quiz}} with a question")
    return items


def read_table() -> dict[str, Any]:
    """Return the table: by chapter what its questions test, and which ones must stay apart."""
    text = (resources.files(__package__) / TABLE).read_text(encoding="utf-8")
    return tomllib.loads(text)


def chosen_parts(text: str) -> list[int]:
    """Return the parts that a text such as ``1-4`` or ``1,3`` names.

    Raises
    ------
    ValueError
        If it names none.
    """
    parts: set[int] = set()
    for piece in text.split(","):
        first, dash, last = (word.strip() for word in piece.partition("-"))
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise ValueError(f"parts={text!r} must be numbers and spans, such as 1-4 or 1,3")
        parts.update(range(int(first), int(last or first) + 1))
    if not parts:
        raise ValueError(f"parts={text!r} names no part")
    return sorted(parts)


def shuffled(seed: object, names: Iterable[str]) -> list[str]:
    """Return names in an order that follows from the seed alone, with any version of Python."""
    return sorted(names, key=lambda name: sha256(f"{seed}/{name}".encode()).digest())


def _of_chapter(chapter: Chapter, rows: dict[str, Any], parser: Any) -> list[Item]:
    """Return the items of one chapter; takes their rows out of the table."""
    items = []
    objectives = chapter.objectives
    for asked in directives(chapter.text, "quiz", "predict"):
        name = asked.options.get("name", "")
        if name not in rows:
            raise ValueError(f"{TABLE} needs a row for question {name!r} of {chapter.name}")
        number, difficulty, *notes = rows.pop(name)
        if number not in range(1, len(objectives) + 1):
            raise ValueError(f"{TABLE}: {name}: objective must be 1 to {len(objectives)}")
        if difficulty not in DIFFICULTIES:
            raise ValueError(f"{TABLE}: {name}: difficulty must be one of {DIFFICULTIES}")
        if notes not in ([], [IN_CONTEXT]):
            raise ValueError(f"{TABLE}: {name}: after the difficulty only {IN_CONTEXT!r} may stand")
        choices = [
            Choice(text, right, why) for right, text, why in parser.split_choices(asked.body)
        ]
        items.append(
            Item(
                name=name,
                kind=asked.kind,
                part=chapter.part,
                chapter=chapter.name,
                title=chapter.title,
                objective=objectives[number - 1],
                difficulty=difficulty,
                question=asked.argument,
                choices=tuple(choices),
                keep_order="keep-order" in asked.options,
                in_context=bool(notes),
            )
        )
    return items
