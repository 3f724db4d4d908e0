"""Where the course's book is, and the modules of its build that are read without a build."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

__all__ = ["Chapter", "Directive", "chapters", "directives", "find_root", "module_at", "pages"]

FENCE = re.compile(
    r"^(?P<fence>`{3,}|:{3,}|~{3,})\{(?P<name>quiz|predict|figure)\} *(?P<argument>[^\n]*)\n"
    r"(?P<body>.*?)^(?P=fence)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
OPTION = re.compile(r":(?P<key>[\w-]+):[ \t]*(?P<value>.*)")
TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
LISTED = re.compile(r"^ *- file: (\S+) *$", re.MULTILINE)
OBJECTIVES = re.compile(r"^## What you will be able to do\n(.*?)(?=^## )", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter as it stands in its source."""

    name: str
    """Folder and file, such as ``1-concepts/01-memory-wall``."""
    title: str
    """Its heading."""
    text: str
    """The Markdown source."""

    @property
    def part(self) -> int:
        """Number of the part, 0 for a page beside the parts."""
        number = self.name.partition("-")[0]
        return int(number) if number.isdigit() else 0

    @property
    def objectives(self) -> tuple[str, ...]:
        """What a reader can do afterwards, one sentence each, marks of emphasis left out."""
        found = OBJECTIVES.search(self.text)
        lines = found[1].splitlines() if found else []
        points = [line[2:] for line in lines if line.startswith("- ")]
        return tuple(point.rstrip(";.").replace("**", "") for point in points)


@dataclass(frozen=True, slots=True)
class Directive:
    """One directive of a chapter, taken apart."""

    kind: str
    """``quiz``, ``predict`` or ``figure``."""
    argument: str
    """What stands on its first line."""
    options: dict[str, str]
    """Options by name."""
    body: list[str]
    """The lines that follow the options."""


def find_root(start: Path | None = None) -> Path:
    """Return the course's root folder: the nearest one above ``start`` that holds the book.

    Raises
    ------
    FileNotFoundError
        If no folder above holds it.
    """
    here = (Path.cwd() if start is None else start).resolve()
    for folder in (here, *here.parents):
        if (folder / "book" / "_ext" / "choices.py").is_file():
            return folder
    raise FileNotFoundError(f"no course with a folder book found at {here} or above")


def module_at(path: Path) -> ModuleType:
    """Return the module of a file, such as one of ``book/_ext``, loaded by its path."""
    spec = importlib.util.spec_from_file_location(f"aimc_course_book_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(f"{path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def chapters(root: Path) -> list[Chapter]:
    """Return the chapters of all parts, in the order of the book's contents.

    Files that the contents do not list come last, by name.
    """
    contents = root / "_toc.yml"
    listed = LISTED.findall(contents.read_text(encoding="utf-8")) if contents.exists() else []
    places = {name: place for place, name in enumerate(listed)}

    def place(path: Path) -> tuple[int, Path]:
        name = path.relative_to(root).with_suffix("").as_posix()
        return places.get(name, len(places)), path

    found = []
    for path in sorted((root / "book").glob("[0-9]-*/[0-9]*-*.md"), key=place):
        text = path.read_text(encoding="utf-8")
        title = TITLE.search(text)
        if title is None:
            raise ValueError(f"{path} has no title")
        found.append(Chapter(f"{path.parent.name}/{path.stem}", title[1].strip(), text))
    return found


def pages(root: Path) -> list[Chapter]:
    """Return the pages that lie beside the parts and have a title, by name."""
    found = []
    for path in sorted((root / "book").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        if title := TITLE.search(text):
            found.append(Chapter(path.stem, title[1].strip(), text))
    return found


def directives(text: str, *kinds: str) -> list[Directive]:
    """Return the directives of these kinds in a source, in their order."""
    found = []
    for match in FENCE.finditer(text):
        if match["name"] not in kinds:
            continue
        lines = match["body"].splitlines()
        options = {}
        while lines and (option := OPTION.match(lines[0])):
            options[option["key"]] = option["value"].strip()
            del lines[0]
        found.append(Directive(match["name"], match["argument"].strip(), options, lines))
    return found
