"""Feedback in one zip that Canvas or Moodle takes back.

Canvas reads the numbers of user and attachment from a file's name, Moodle the participant's from
its folder. Both are as the platform wrote them in its export.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace

from aimc_course.grading.gradebook.exported import parse
from aimc_course.grading.gradebook.outcomes import Outcome

__all__ = ["feedback_zip"]

WHEN = (2000, 1, 1, 0, 0, 0)  # the same feedback is the same file


def feedback_zip(
    found: Sequence[Outcome], page: Callable[[Outcome], bytes]
) -> tuple[bytes | None, list[str]]:
    """Return the zip, ``None`` if no notebook came from a platform, and what was left out.

    Parameters
    ----------
    found : sequence of Outcome
        What the students get.
    page : callable
        Returns the feedback of a student as HTML.

    Notes
    -----
    A platform shows the feedback on a group's notebook to the whole group. Where its members get
    different points, none is sent: it would tell one what concerns another.
    """
    by_entry: dict[int, list[Outcome]] = {}
    for outcome in found:
        if outcome.entry is not None and outcome.marks is not None:
            by_entry.setdefault(outcome.entry.number, []).append(outcome)
    out, notes, written = io.BytesIO(), [], 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for outcomes in by_entry.values():
            first = outcomes[0]
            name = _name(first.entry.source if first.entry else "")
            if not name:
                continue
            if any((o.points, o.late) != (first.points, first.late) for o in outcomes) or (
                len(outcomes) > 1 and any(o.by_hand for o in outcomes)
            ):
                notes.append(f"{first.student.owner}: members differ, no feedback in the zip")
                continue
            if len(outcomes) > 1:
                # What one member asked for is nothing to the others.
                first = replace(first, label=first.student.owner, requests=())
                if asked := [o.label for o in outcomes if o.requests]:
                    to = ", ".join(asked)
                    notes.append(
                        f"{first.student.owner}: requests and answers of {to} are not in "
                        "the zip; send the page from the folder feedback"
                    )
            info = zipfile.ZipInfo(name, WHEN)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o100644 << 16
            archive.writestr(info, page(first))
            written += 1
    return (out.getvalue() if written else None), notes


def _name(source: str) -> str:
    outer = source.split("/", 1)[0]
    said = parse(tuple(source.split("/")))
    if said is None or said.platform == "folder":
        return ""
    if said.platform == "moodle":
        begin, end = f"_{said.number}_assignsubmission_", outer.find("_assignsubmission_")
        kind = outer[end + len("_assignsubmission_") :].split("_", 1)[0]
        folder = f"{outer[: outer.find(begin)]}{begin}{kind}_"
        return f"{folder}/feedback.html" if "/" in source else f"{folder}feedback.html"
    numbers = f"_{said.number}_{said.attachment}_"
    return f"{outer[: outer.find(numbers)]}{numbers}feedback.html"
