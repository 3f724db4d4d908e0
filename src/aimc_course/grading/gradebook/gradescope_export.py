"""What Gradescope exports: a folder for each submission, and one file that says whose they are.

Beside ``submission_4711/lab.ipynb`` lies ``submission_metadata.yml``, which Gradescope writes: who
handed the submission in, and when.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aimc_course.grading.gradebook.archives import read_member
from aimc_course.grading.gradebook.classlist import ClassList
from aimc_course.grading.gradebook.exported import Exported
from aimc_course.grading.gradebook.texts import printable

__all__ = ["METADATA", "GradescopeExport", "find_export"]

METADATA = "submission_metadata.yml"
TOP = re.compile(r"assignment_\d+_export")
INSIDE = re.compile(rf"(?:({TOP.pattern})/)?{re.escape(METADATA)}")
LARGEST = 64 * 2**20  # bytes


@dataclass(frozen=True, slots=True)
class GradescopeExport:
    """An export of an assignment."""

    above: tuple[str, ...]
    """The folder that all of it lies in."""
    submissions: Mapping[str, Mapping[str, Any]]
    """What the file says of each submission, by its folder."""

    def parse(self, parts: tuple[str, ...], people: ClassList) -> Exported | None:
        """Return what is known of a file, ``None`` if it belongs to no submission.

        Parameters
        ----------
        parts : tuple of str
            Folders and file name, outermost first.
        people : ClassList
            The class: a student is found by student id or by e-mail address.
        """
        depth = len(self.above)
        if parts[:depth] != self.above or len(parts) < depth + 2:
            return None
        said = self.submissions.get(parts[depth])
        who = said.get(":submitters") if isinstance(said, dict) else None
        if said is None or not isinstance(who, list) or not who:
            return None
        each = [self._numbers(one) for one in who]
        known = [next((n for n in numbers if people.by_number(n)), "") for numbers in each]
        owners = {found.owner for n in known if (found := people.by_number(n))}
        if "" in known or len(owners) != 1:
            # Nobody is guessed: the names of all stand in the line that says so.
            shown = [numbers[0] if numbers else "nobody" for numbers in each]
            number = " and ".join(printable(one, 60) for one in shown)
        else:
            number = known[0]
        attachment = re.search(r"\d{1,18}", parts[depth])
        return Exported(
            *("gradescope", number, "", False, int(attachment[0]) if attachment else 0),
            submitted=_time(said.get(":created_at")),
        )

    @staticmethod
    def _numbers(submitter: Any) -> list[str]:
        if not isinstance(submitter, dict):
            return []
        said = (submitter.get(key) for key in (":sid", ":email"))
        return [str(number) for number in said if number not in (None, "")]


def find_export(place: Path) -> GradescopeExport | None:
    """Return the export of Gradescope that a folder or zip is; ``None`` if it is none.

    The file is looked for where only Gradescope can have put it: outermost, or in the one folder
    that Gradescope makes around everything.

    Raises
    ------
    ValueError
        If it is there and cannot be read.
    """
    above, text = _read(place)
    if text is None:
        return None
    try:
        import yaml
    except ImportError:
        raise ValueError(
            f"{METADATA} is read with the package pyyaml, which the extra 'grading' installs"
        ) from None
    try:
        found = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ValueError(f"{METADATA} cannot be read: {printable(str(error))}") from None
    if not isinstance(found, dict):
        raise ValueError(f"{METADATA} does not name submissions")
    return GradescopeExport(above, {str(name): said for name, said in found.items()})


def _read(place: Path) -> tuple[tuple[str, ...], bytes | None]:
    if place.is_dir():
        for folder in (place, *sorted(p for p in place.iterdir() if TOP.fullmatch(p.name))):
            path = folder / METADATA
            if path.is_file() and not path.is_symlink() and not folder.is_symlink():
                if path.stat().st_size > LARGEST:
                    raise ValueError(f"{METADATA} is larger than {LARGEST >> 20} MiB")
                return (() if folder == place else (folder.name,)), path.read_bytes()
    elif place.is_file() and (found := read_member(place, INSIDE, LARGEST)):
        return tuple(found[0].split("/")[:-1]), found[1]
    return (), None


def _time(said: object) -> float | None:
    if isinstance(said, str):
        try:
            said = datetime.datetime.fromisoformat(said.replace(" UTC", "Z"))
        except ValueError:
            return None
    # What YAML reads without an offset was written in universal time.
    if not isinstance(said, datetime.datetime):
        return None
    return (said if said.tzinfo else said.replace(tzinfo=datetime.UTC)).timestamp()
