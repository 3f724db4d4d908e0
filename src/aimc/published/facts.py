r"""Published numbers, each with its source: the one table behind prose, tests and presets.

The data are the TOML files in ``aimc/published/tables``. Nothing is read at import; the first
question loads all files once (a few milliseconds).

>>> from aimc.published import fact
>>> fact("A031").number
63.1
>>> fact("A031").text
'63.1\xa0TOPS'
"""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import MISSING, dataclass, fields
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Fact",
    "Target",
    "UnknownFactError",
    "chip_rows",
    "cite",
    "fact",
    "facts",
    "groups",
    "reference",
    "targets",
]

CONFIDENCES: Mapping[str, str] = MappingProxyType(
    {
        "primary": "stands in the paper itself or in the authors' own code",
        "primary-inferred": "stands in the paper; which bar or column it belongs to is inferred",
        "secondary": "reported second-hand, for example by an abstract or a summary",
        "derived": "computed by this course from published numbers",
    }
)
"""The four kinds of evidence for a fact, in words."""

RELATIONS = ("=", ">", "<", ">=", "<=", "~", "range")
"""How `Fact.numbers` relate to the quantity: exact, bounds, approximate, or a range."""

_FILES = ("a_chip", "b_devices", "c_recovery", "d_concepts", "e_outlook", "g_circuits")


class UnknownFactError(KeyError):
    """Raised for an id that is not in the table; the message names near ids."""

    def __str__(self) -> str:
        # KeyError shows repr() of its argument, which would quote the whole sentence.
        return str(self.args[0])


class FaultyTableError(ValueError):
    """Raised for a table with a row that cannot be read; says which file and line."""

    def __init__(self, file: str, line: int, text: str) -> None:
        super().__init__(f"{file}:{line}: {text}")
        self.file = file
        self.line = line
        self.text = text


@dataclass(frozen=True, slots=True)
class Fact:
    """One published number (or formula, or statement) with its source."""

    id: str
    """Letter of the group and three digits, for example ``"A031"``."""
    quantity: str
    """What the number is."""
    value: str
    """The value as printed, in `unit` or with its units inside."""
    unit: str
    """Unit as shown; empty for pure numbers, formulas and statements."""
    context: str
    """Conditions without which the number misleads."""
    source: tuple[str, ...]
    """Bibliography keys."""
    locator: str
    """Table, figure or equation in the first source; may be empty."""
    confidence: str
    """One of `CONFIDENCES`."""
    how: str = ""
    """The arithmetic, for derived facts."""
    numbers: tuple[float, ...] = ()
    """The numbers in `value`, in its order and in the units that stand there."""
    relation: str = "="
    """One of `RELATIONS`."""

    @property
    def group(self) -> str:
        """Letter of the group."""
        return self.id[0]

    @property
    def number(self) -> float:
        """The single number of this fact, in the unit that `text` shows.

        Raises
        ------
        ValueError
            If the fact holds no number or several; use `numbers` then.
        """
        if len(self.numbers) != 1:
            held = f"{len(self.numbers)} numbers {self.numbers}" if self.numbers else "no number"
            raise ValueError(
                f"fact {self.id} ({self.quantity}) holds {held}, not exactly one; use `.numbers`"
            )
        return self.numbers[0]

    @property
    def text(self) -> str:
        """Value and unit as shown in prose, joined by a no-break space."""
        if not self.unit:
            return self.value
        # A percent sign follows its number directly, as everywhere in the course.
        joint = "" if self.unit.startswith("%") else "\u00a0"
        return f"{self.value}{joint}{self.unit}"


@dataclass(frozen=True, slots=True)
class Target:
    """One published result that the library reproduces or will reproduce."""

    id: str
    """``"R01"`` and so on."""
    what: str
    """The figure or table."""
    numbers: tuple[float, ...]
    """The numbers to hit; empty where only an ordering is checked."""
    tolerance: str
    """How close counts as reproduced."""
    facts: tuple[str, ...]
    """Ids of the facts behind it."""
    status: str
    """``"reproduced"`` or ``"planned"``."""
    test: str
    """Path of the test from the repository root; empty while planned."""


def _text(name: str) -> str:
    file = resources.files("aimc.published").joinpath("tables", f"{name}.toml")
    return file.read_text(encoding="utf-8")


def _read(name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(name))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise FaultyTableError(f"{name}.toml", int(line[1]) if line else 1, str(error)) from error


def _fault(row: dict[str, Any]) -> str:
    """Return what is wrong with a row, or nothing."""
    known = {field.name: field for field in fields(Fact)}
    needed = [name for name, field in known.items() if field.default is MISSING]
    if missing := [name for name in needed if name not in row]:
        return f"it lacks {', '.join(missing)}"
    if unknown := [name for name in row if name not in known]:
        return f"no fact has {', '.join(unknown)}"
    if row["confidence"] not in CONFIDENCES:
        return f"confidence {row['confidence']!r} not in {[*CONFIDENCES]}"
    if row.get("relation", "=") not in RELATIONS:
        return f"relation {row['relation']!r} not in {RELATIONS}"
    for name in ("source", "numbers"):
        if not isinstance(row.get(name, []), list):
            return f"{name} must be a list, got {row[name]!r}"
    if strange := [x for x in row.get("numbers", []) if not isinstance(x, int | float)]:
        return f"numbers must be numbers, got {strange[0]!r}"
    return ""


def _fact_from(row: dict[str, Any]) -> Fact:
    numbers = tuple(float(x) for x in row.get("numbers", ()))
    return Fact(**{**row, "source": tuple(row["source"]), "numbers": numbers})


def _line_of(name: str, row: dict[str, Any]) -> int:
    """Return the line of a table where a row names its id, the last one of that id."""
    lines = _text(name).splitlines()
    hits = [
        k
        for k, line in enumerate(lines, 1)
        if line.split("#")[0].strip() == f'id = "{row.get("id")}"'
    ]
    return hits[-1] if hits else 1


@cache
def _table() -> tuple[Mapping[str, Fact], Mapping[str, str]]:
    table: dict[str, Fact] = {}
    titles: dict[str, str] = {}
    for name in _FILES:
        data = _read(name)
        for row in data["fact"]:
            fault = _fault(row) or ("its id stands twice" if row["id"] in table else "")
            if fault:
                told = f"fact {row.get('id', 'without an id')}: {fault}"
                raise FaultyTableError(f"{name}.toml", _line_of(name, row), told)
            made = _fact_from(row)
            table[made.id] = made
            titles.setdefault(made.group, data["title"])
    return MappingProxyType(table), MappingProxyType(titles)


def fact(identifier: str) -> Fact:
    """Return the fact with this id.

    Parameters
    ----------
    identifier : str
        For example ``"A031"``.

    Returns
    -------
    Fact

    Raises
    ------
    UnknownFactError
        If there is no such fact; a subclass of `KeyError` that names near ids.
    TypeError
        If `identifier` is not a string.
    """
    if not isinstance(identifier, str):
        raise TypeError(f"identifier must be a string like 'A031', got {identifier!r}")
    table, _ = _table()
    if identifier in table:
        return table[identifier]
    near = difflib.get_close_matches(identifier.upper(), table, n=3, cutoff=0.5)
    hint = f"; near ids: {', '.join(near)}" if near else ""
    raise UnknownFactError(f"no published fact {identifier!r}{hint}")


def facts(prefix: str | None = None) -> tuple[Fact, ...]:
    """Return all facts in the order of their ids, or those whose id starts with `prefix`.

    Parameters
    ----------
    prefix : str, optional
        A group letter (``"A"``) or the beginning of an id (``"A03"``).

    Returns
    -------
    tuple of Fact

    Raises
    ------
    ValueError
        If no id starts with `prefix`.
    """
    table, titles = _table()
    if prefix is None:
        return tuple(table.values())
    found = tuple(f for f in table.values() if f.id.startswith(prefix))
    if not found:
        raise ValueError(f"prefix must begin a fact id, got {prefix!r}; groups are {[*titles]}")
    return found


def groups() -> Mapping[str, str]:
    """Return the group letters with their titles."""
    return _table()[1]


def cite(identifier: str) -> tuple[str, ...]:
    """Return the bibliography keys of a fact.

    Parameters
    ----------
    identifier : str
        For example ``"A031"``.

    Returns
    -------
    tuple of str

    Raises
    ------
    UnknownFactError
        If there is no such fact.
    """
    return fact(identifier).source


@cache
def targets() -> tuple[Target, ...]:
    """Return the reproduction targets R01, R02 and so on, in order.

    Returns
    -------
    tuple of Target
    """
    return tuple(
        Target(
            id=row["id"],
            what=row["what"],
            numbers=tuple(float(x) for x in row["numbers"]),
            tolerance=row["tolerance"],
            facts=tuple(row["facts"]),
            status=row["status"],
            test=row["test"],
        )
        for row in _read("targets")["target"]
    )


@cache
def chip_rows() -> tuple[Mapping[str, Any], ...]:
    """Return the rows of the table of published chips, as printed and in the units of their names.

    Each row names the fact of every number: that in ``facts`` for the field, else ``fact``.
    """
    return tuple(MappingProxyType(row) for row in _read("chips")["chip"])


@cache
def _references() -> Mapping[str, str]:
    return MappingProxyType(_read("references"))


def reference(key: str) -> str:
    """Return authors, title, year and DOI of a source in one line.

    Parameters
    ----------
    key : str
        Bibliography key, as `aimc.citations` returns it.

    Raises
    ------
    UnknownFactError
        If there is no such source; names near keys.
    """
    known = _references()
    if key not in known:
        near = ", ".join(difflib.get_close_matches(str(key), known)) or "none is near"
        raise UnknownFactError(f"key={key!r} is no source of this library; near keys: {near}")
    return known[key]
