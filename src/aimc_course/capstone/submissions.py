"""Designs of teams, read from a folder of strangers' files.

A team is a folder with at most `MOST_DESIGNS` files ``*.toml``, or one such file. Links are not
followed, no file is read beyond `aimc_course.capstone.design.MOST_BYTES`, and what cannot be read
becomes a reason on the scoreboard, so that one broken file stops nobody else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from aimc_course.capstone.design import MOST_BYTES, Design, DesignError, read_design

__all__ = ["MOST_DESIGNS", "Team", "baselines", "read_file", "read_teams"]

MOST_DESIGNS = 5
"""Designs of a team that count."""
MOST_TEAMS = 1000
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Team:
    """What a team handed in."""

    name: str
    """Name of its folder or file."""
    designs: tuple[Design, ...]
    """Designs that could be read, by the names of their files."""
    problems: tuple[str, ...] = ()
    """What could not, and why."""
    baseline: bool = field(default=False, kw_only=True)
    """Whether it comes with the course."""


def read_file(path: Path) -> Design:
    """Return the design in a file.

    Raises
    ------
    DesignError
        If it is no regular file, or holds no design.
    """
    if path.is_symlink() or not path.is_file():
        raise DesignError("it is no regular file")
    with path.open("rb") as stream:
        return read_design(stream.read(MOST_BYTES + 1))


def read_teams(folder: Path) -> list[Team]:
    """Return the teams of a folder, by name.

    Parameters
    ----------
    folder : Path
        Holds a folder, or a file ``*.toml``, for each team; other files are left alone.

    Raises
    ------
    NotADirectoryError
        If there is no such folder.
    ValueError
        If it holds no team, or more than a thousand.
    """
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is no folder of submissions")
    found = [_team(path, files) for path, files in _entries(folder)]
    if not found:
        raise ValueError(f"{folder} holds no team: a folder with *.toml for each, or a file *.toml")
    if len(found) > MOST_TEAMS:
        raise ValueError(f"{folder} holds {len(found)} teams, the limit is {MOST_TEAMS}")
    return found


def baselines() -> list[Team]:
    """Return the designs that come with the course, each a team of its own, the easiest first."""
    texts = {
        path.name: path.read_bytes()
        for path in files("aimc_course.capstone").joinpath("baselines").iterdir()
        if path.name.endswith(".toml")
    }
    designs = [read_design(texts[name]) for name in sorted(texts)]
    return [Team(design.name, (design,), baseline=True) for design in designs]


def _entries(folder: Path) -> Iterator[tuple[Path, list[Path]]]:
    for path in sorted(folder.iterdir(), key=lambda each: each.name):
        if path.name.startswith("."):
            continue
        if path.is_dir() and not path.is_symlink():
            inside = [each for each in path.iterdir() if each.name.endswith(".toml")]
            yield path, sorted(inside, key=lambda each: each.name)
        elif path.name.endswith(".toml"):
            yield path, [path]


def _team(path: Path, designs: list[Path]) -> Team:
    name = _shown(path.name.removesuffix(".toml"))
    read, problems = [], []
    for each in designs[:MOST_DESIGNS]:
        try:
            read.append(read_file(each))
        except DesignError as error:
            problems.append(f"{_shown(each.name)}: {error}")
    if not designs:
        problems.append("its folder holds no *.toml")
    if len(designs) > MOST_DESIGNS:
        problems.append(
            f"{len(designs)} files: the first {MOST_DESIGNS} by name count, "
            f"the others were not read"
        )
    return Team(name, tuple(read), tuple(problems))


def _shown(name: str) -> str:
    shown = "".join(c if c.isprintable() else "\ufffd" for c in name)
    return shown if len(shown) <= LONGEST_NAME else shown[:LONGEST_NAME] + "…"
