"""What Gradescope hands to the grader: the notebook, and whose it is."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aimc_course.grading.gradebook.classlist import ClassList

__all__ = ["HandedInError", "Submitter", "metadata_of", "notebook_in", "submitter"]

LARGEST_METADATA = 16 * 2**20
MOST_FILES = 5_000


class HandedInError(ValueError):
    """A submission cannot be graded; the message says why, for the student."""


@dataclass(frozen=True, slots=True)
class Submitter:
    """Whose submission it is."""

    name: str
    """Name under which hidden inputs are drawn."""
    serial: int | None
    """Serial number of the chip; ``None``: it follows from class key and name."""


def metadata_of(root: Path) -> dict[str, Any]:
    """Return what Gradescope says about a submission.

    Raises
    ------
    HandedInError
        If ``submission_metadata.json`` is missing or says nothing of users.
    """
    said = "Gradescope did not say whose submission this is"
    try:
        with (root / "submission_metadata.json").open("rb") as stream:
            found = json.loads(stream.read(LARGEST_METADATA))
    except (OSError, ValueError, RecursionError):
        raise HandedInError(said) from None
    users = found.get("users") if isinstance(found, dict) else None
    if not isinstance(users, list) or not users or not all(isinstance(u, dict) for u in users):
        raise HandedInError(said)
    return dict(found)


def submitter(metadata: Mapping[str, Any], people: ClassList | None) -> Submitter:
    """Return whose submission it is: by the class list, or else by Gradescope's own numbers.

    Parameters
    ----------
    metadata : mapping
        What `metadata_of` returns.
    people : ClassList, optional
        The class; a user is found by student id, e-mail address or Gradescope's number.

    Raises
    ------
    HandedInError
        If a user has no number, or members of a group have different serial numbers.
    """
    users = metadata["users"]
    known = [_known(user, people) for user in users]
    owners = {student.owner for student in known if student is not None}
    if None not in known and len(owners) == 1:
        owner = owners.pop()
        assert people is not None
        if owner.startswith("group:"):
            return Submitter(owner, people.group_serial(owner.removeprefix("group:")))
        return Submitter(owner, next(s.serial for s in known if s is not None))
    serials = {student.serial for student in known if student and student.serial is not None}
    if len(serials) > 1:
        raise HandedInError(
            f"the members of this group have the serial numbers {sorted(serials)}; agree on one "
            "and ask your teacher to give it to all of you"
        )
    numbers = [user.get("id") for user in users]
    if not all(isinstance(number, (int, str)) and str(number) for number in numbers):
        raise HandedInError("Gradescope names a user without a number")
    name = f"gradescope:{'+'.join(sorted(map(str, numbers)))}"
    return Submitter(name, serials.pop() if serials else None)


def notebook_in(folder: Path, wanted: str, most: int) -> bytes:
    """Return the content of the notebook that was handed in.

    Parameters
    ----------
    folder : Path
        Folder of the submission.
    wanted : str
        File name of the lab's notebook; it is taken if there are several.
    most : int
        Most bytes that are read, and one more, so that a larger file shows as one.

    Raises
    ------
    HandedInError
        If there is none, or more than one and none of that name.
    """
    found = []
    for place, folders, names in os.walk(folder):  # follows no links
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__MACOSX")))
        found += [
            Path(place) / name
            for name in sorted(names)
            if name.endswith(".ipynb") and not name.startswith(".")
        ]
        if len(found) > MOST_FILES:
            break
    chosen = [path for path in found if path.name == wanted] or found
    if not chosen:
        raise HandedInError(f"there is no notebook among the files; hand in {wanted}")
    if len(chosen) > 1:
        raise HandedInError(f"there is more than one notebook; hand in {wanted} alone")
    try:
        number = os.open(chosen[0], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(number, "rb") as stream:
            if not stat.S_ISREG(os.fstat(number).st_mode):
                raise OSError
            return stream.read(most + 1)
    except OSError:
        raise HandedInError("the notebook is no plain file") from None


def _known(user: Mapping[str, Any], people: ClassList | None) -> Any:
    if people is None:
        return None
    for field in ("sid", "email", "id"):
        value = user.get(field)
        if isinstance(value, (str, int)) and (found := people.by_number(str(value))):
            return found
    return None
