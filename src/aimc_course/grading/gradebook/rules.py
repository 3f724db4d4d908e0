"""What counts in a course, as a teacher writes it into one small file beside the class.

The file is TOML. What stands at its top holds for all labs, and each lab may have a table of its
own, which holds for that lab alone:

    zone = "Europe/Berlin"
    missing = "zero"
    loss = 0.1
    drop_lowest = 1

    [labs.3]
    deadline = "2026-11-20T23:59"
    weight = 2
    extensions = { ada = 3, max = "2026-11-27T12:00" }
    excused = ["emmy"]
"""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from aimc.validation import check_choice, check_integer, check_number
from aimc_course.grading.gradebook.classlist import ClassList, Student, id_key
from aimc_course.grading.gradebook.late import DAY, LatePolicy, moment, placed, wall, zone_of
from aimc_course.grading.gradebook.texts import printable

__all__ = ["FILE", "KEEP", "CourseRules", "Rules", "read_rules"]

FILE = "rules.toml"
KEEP = ("last", "best")
COURSE = ("zone", "drop_lowest", "labs")
BOTH = ("missing", "keep", "grace_minutes", "loss", "per", "most_loss", "closes")
LAB = ("deadline", "weight", "extensions", "excused")
LARGEST = 2**20  # bytes


@dataclass(frozen=True, slots=True)
class Rules:
    """How the marks of a lab become grades."""

    policy: LatePolicy = field(default_factory=LatePolicy)
    keep: str = "last"
    """``"last"`` or ``"best"`` of several notebooks."""
    anonymous: bool = False
    """Whether pseudonyms stand in place of names in all but the grade file."""
    grade_file: tuple[str, str, str] | None = None
    """Name of the platform's grade file, its column, and its content in base 64."""
    weight: float = 1.0
    """Weight of the lab in the course."""
    extensions: Mapping[str, float] = field(default_factory=dict)
    """Time by which the deadline is later for single students, s, by id."""
    excused: Sequence[str] = ()
    """Ids of those for whom this lab does not count."""

    def extension(self, student: Student) -> float:
        """Return by how much the deadline is later for a student, s.

        What the rules give for this lab stands in place of the class list's own days.
        """
        own = {id_key(name): more for name, more in self.extensions.items()}
        found = [own[name] for name in _names(student) if name in own]
        return found[0] if found else student.extension_days * DAY

    def excuses(self, student: Student) -> bool:
        """Tell whether the lab does not count for a student."""
        return not set(_names(student)).isdisjoint(map(id_key, self.excused))

    def without(self, student: str) -> Rules:
        """Return the rules without what they say about a student."""
        gone = id_key(student)
        rest = {name: more for name, more in self.extensions.items() if id_key(name) != gone}
        excused = [name for name in self.excused if id_key(name) != gone]
        return replace(self, extensions=rest, excused=excused)


@dataclass(frozen=True, slots=True)
class CourseRules:
    """The file of rules."""

    name: str
    """Name of the file, for messages."""
    zone: str
    drop_lowest: int
    """Labs that do not count for a student, the worst ones."""
    labs: Mapping[str, Rules]
    """Rules of the labs that have a table of their own."""
    others: Rules
    """Rules of all others."""

    def of(self, lab: str, before: Rules, people: ClassList) -> tuple[Rules, list[str]]:
        """Return the rules of a lab, and a note on the students whom the class does not know.

        Parameters
        ----------
        lab : str
            The lab.
        before : Rules
            Its rules until now: how results are shown and where they are sent is kept.
        people : ClassList
            The class; students are named by id or alias.
        """
        own, unknown = self.labs.get(lab, self.others), []

        def known(name: str) -> str:
            student = people.by_number(name)
            if student is None:
                unknown.append(repr(printable(name)))
            return student.id if student else name

        found = replace(
            own,
            anonymous=before.anonymous,
            grade_file=before.grade_file,
            extensions={known(name): more for name, more in own.extensions.items()},
            excused=[known(name) for name in own.excused],
        )
        if not unknown:
            return found, []
        note = (
            f"{self.name}, {lab}: nobody in the class of this folder has the id "
            f"{' or '.join(dict.fromkeys(unknown))}: a typing error, unless they hand in "
            "on another platform, and its lines about them count for nobody here"
        )
        return found, [note]


def read_rules(path: Path) -> CourseRules:
    """Read the file of rules.

    Raises
    ------
    ValueError
        If it is no TOML, or something in it is unknown or not allowed; the message says where.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError(f"larger than {LARGEST >> 20} MiB: are these rules?")
        data = tomllib.loads(path.read_text("utf-8-sig"))
        _only(data, (*COURSE, *BOTH), "")
        name = data.get("zone", "")
        if not isinstance(name, str):
            raise ValueError(f"zone must be a name like 'Europe/Berlin', got {name!r}")
        zone = zone_of(name)
        general = {key: data[key] for key in BOTH if key in data}
        if isinstance(general.get("closes"), str | datetime.datetime | datetime.date):
            raise ValueError("closes for all labs must be a number of days after each deadline")
        drop = check_integer("drop_lowest", data.get("drop_lowest", 0), low=0, high=100)
        labs: dict[str, Rules] = {}
        for key, own in _table("labs", data.get("labs", {})).items():
            lab = _lab(key)
            if lab in labs:
                raise ValueError(f"two tables are for {lab}")
            try:
                _only(_table("it", own), (*BOTH, *LAB), " of a lab")
                if "closes" in own and "deadline" not in own:
                    raise ValueError("closes needs a deadline")
                labs[lab] = _rules({**general, **own}, name, zone)
            except (ValueError, TypeError) as error:
                raise ValueError(f"labs.{key}: {error}") from None
        return CourseRules(path.name, name, drop, labs, _rules(general, name, zone))
    except (ValueError, TypeError) as error:  # what is no TOML is a ValueError, too
        raise ValueError(f"{path.name}: {error}") from None


def _names(student: Student) -> list[str]:
    """Return what a student may be called in rules of before: the id, and then the aliases."""
    return [id_key(name) for name in (student.id, *student.aliases)]


def _rules(said: Mapping[str, Any], name: str, zone: datetime.tzinfo | None) -> Rules:
    deadline = _moment("deadline", said["deadline"], zone) if "deadline" in said else None
    closes = said.get("closes")
    if closes is not None and deadline is not None:
        later = datetime.timedelta(seconds=_after("closes", closes, deadline, zone))
        closes = placed(wall(deadline, zone) + later, zone).timestamp()
    policy = LatePolicy(
        deadline,
        60.0 * check_number("grace_minutes", said.get("grace_minutes", 0), low=0.0),
        check_number("loss", said.get("loss", 0), low=0.0, high=1.0),
        said.get("per", "day"),
        check_number("most_loss", said.get("most_loss", 1), low=0.0, high=1.0),
        closes if deadline is not None else None,
        said.get("missing", "empty"),
        name,
    )
    extensions = _table("extensions", said.get("extensions", {}))
    if extensions and deadline is None:
        raise ValueError("extensions need a deadline")
    excused = said.get("excused", [])
    if not isinstance(excused, list) or not all(isinstance(one, str) for one in excused):
        raise ValueError(f'excused must be a list of ids, such as ["ada", "max"], got {excused!r}')
    return Rules(
        policy,
        check_choice("keep", said.get("keep", "last"), KEEP),
        weight=check_number("weight", said.get("weight", 1), low=0.0),
        extensions={
            student: _after(f"extensions.{student}", more, deadline, zone)
            for student, more in extensions.items()
            if deadline is not None
        },
        excused=excused,
    )


def _after(name: str, said: object, deadline: float, zone: datetime.tzinfo | None) -> float:
    """Return how long after a deadline it is by the clock on the wall, s: in days, or a moment."""
    if isinstance(said, int | float) and not isinstance(said, bool):
        return DAY * check_number(name, said, low=0.0, high=3660.0)
    after = (wall(_moment(name, said, zone), zone) - wall(deadline, zone)).total_seconds()
    if after < 0:
        raise ValueError(f"{name} must not lie before the deadline, got {said!s}")
    return after


def _moment(name: str, said: object, zone: datetime.tzinfo | None) -> float:
    if isinstance(said, datetime.datetime):
        return placed(said, zone).timestamp()
    if not isinstance(said, str) or "T" not in said.replace(" ", "T"):
        raise ValueError(f"{name} must be a day and a time, like 2026-11-20T23:59, got {said!s}")
    try:
        return moment(said, zone).timestamp()
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _lab(key: str) -> str:
    from aimc_course.labs.catalogue import find

    name: str = find(f"lab-{int(key)}" if key.isascii() and key.isdigit() else key).name
    return name


def _table(name: str, said: object) -> dict[str, Any]:
    if not isinstance(said, dict):
        raise ValueError(f"{name} must be a table, got {said!r}")
    return said


def _only(said: Mapping[str, Any], allowed: Sequence[str], what: str) -> None:
    for key in said:
        if key not in allowed:
            raise ValueError(f"{key!r} is no rule{what}; rules{what} are {', '.join(allowed)}")
