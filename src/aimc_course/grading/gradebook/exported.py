"""Names of files in the archives that Canvas and Moodle export.

Canvas: ``name[_LATE]_user_attachment_file``, or ``[LATE_]anon_id_attachment_file`` when marking is
anonymous; ``name[_LATE]_user_text.html`` for what was typed on the platform. Moodle:
``Name_participant_assignsubmission_file_``, a folder or the beginning of the file's name,
``Participant_…`` when it is blind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Exported", "parse"]

MOODLE = re.compile(r"(?P<name>.+?)_(?P<user>\d{1,18})_assignsubmission_[a-z]+(?:_.*)?", re.DOTALL)
CANVAS = re.compile(
    r"(?P<name>.+?)(?P<late>_LATE)?_(?P<user>\d{1,18})_(?P<attachment>\d{1,18})_.+", re.DOTALL
)
ANONYMOUS = re.compile(
    r"(?:(?P<early>LATE)_)?anon(?P<late>_LATE)?_(?P<user>[A-Za-z0-9]{1,18})"
    r"_(?P<attachment>\d{1,18})_.+",
    re.DOTALL,
)
TYPED = re.compile(
    r"(?:(?P<name>.+?)|anon)(?P<late>_LATE)?_(?P<user>\d{1,18}|(?<=anon_)[A-Za-z0-9]{1,18})"
    r"_text\.html",
    re.DOTALL,
)
TWICE = re.compile(r"_\d+_assignsubmission_")


@dataclass(frozen=True, slots=True)
class Exported:
    """What the name of an exported file says."""

    platform: str
    """``"canvas"``, ``"moodle"``, ``"gradescope"``, or ``"folder"`` for files that you sorted
    yourself."""
    number: str
    """Number of the student on the platform; the first folder's name where you sorted."""
    name: str
    """Name of the student, as far as it is there."""
    late: bool
    """Whether the platform calls it late."""
    attachment: int
    """Number of the attachment, which grows with time; 0 where there is none."""
    submitted: float | None = None
    """When it was handed in, s since 1970; ``None`` where the export does not say."""
    certain: bool = True
    """Whether the name can be of no other platform: its parts that students choose may look so."""


def parse(parts: tuple[str, ...]) -> Exported | None:
    """Return what a path inside an export says, ``None`` if it says nothing about a student.

    Parameters
    ----------
    parts : tuple of str
        Folders and file name, outermost first.
    """
    if not parts:
        return None
    # Only the outermost name comes from the platform. What is inside it, a student has chosen.
    outer = parts[0]
    certain = not (TWICE.search(outer) and any(p.fullmatch(outer) for p in (CANVAS, ANONYMOUS)))
    if len(TWICE.findall(outer)) > 1:
        return None
    if match := ANONYMOUS.fullmatch(outer):
        late = bool(match["early"] or match["late"])
        return Exported("canvas", match["user"], "", late, int(match["attachment"]), None, certain)
    moodle, canvas = MOODLE.fullmatch(outer), CANVAS.fullmatch(outer)
    # A file's own name, which comes last, may look like the other platform's.
    if moodle and canvas and canvas.start("user") < moodle.start("user"):
        moodle = None
    if moodle:
        name = "" if moodle["name"].endswith("Participant") else moodle["name"]
        return Exported("moodle", moodle["user"], name, False, 0, None, certain)
    if canvas:
        number, late = int(canvas["attachment"]), bool(canvas["late"])
        return Exported("canvas", canvas["user"], canvas["name"], late, number, None, certain)
    if len(parts) == 1 and (typed := TYPED.fullmatch(outer)):
        return Exported("canvas", typed["user"], typed["name"] or "", bool(typed["late"]), 0)
    first = outer if len(parts) > 1 else outer.rpartition(".")[0]
    return Exported("folder", first, "", False, 0) if first else None
