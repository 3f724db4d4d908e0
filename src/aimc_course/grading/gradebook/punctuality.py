"""Who came in time, who came late or never, and what told so, in sentences for the teacher."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence

from aimc_course.grading.gradebook.outcomes import Outcome
from aimc_course.grading.gradebook.rules import Rules
from aimc_course.grading.gradebook.texts import counted, printable

__all__ = ["punctuality"]


def punctuality(found: Sequence[Outcome], rules: Rules, now: float | None = None) -> list[str]:
    """Return the rules of a lab and what followed from them.

    Parameters
    ----------
    found : sequence of Outcome
        What the students get.
    rules : Rules
        The rules.
    now : float, optional
        The present, s since 1970.
    """
    policy, now = rules.policy, time.time() if now is None else now
    lines = [policy.said()]
    absent = [o for o in found if not o.attempts and not o.student.excused]
    if absent:
        zero = sum(o.zeroed for o in absent)
        later = policy.missing == "zero" and not policy.over(now)
        why = "the deadline has not passed" if later and policy.deadline else "as the rules say"
        if policy.missing == "zero" and policy.deadline is None:
            why = "the lab has no deadline after which it would be zero"
        elif zero:
            why = "their extension has not ended"
        each = [f"{zero} get zero"] * bool(zero)
        each += [f"{len(absent) - zero} keep an empty cell: {why}"] * (zero < len(absent))
        lines.append(f"{counted(len(absent), 'student')} handed in nothing: {', '.join(each)}")
    if free := sum(o.student.excused for o in found):
        lines.append(f"{counted(free, 'student')} excused: no grade, and never zero")
    told = Counter(o.clock for o in found if o.attempts and not o.student.excused)
    unknown, flagged = told.pop("", 0), told.get("the platform's flag", 0)
    if told and policy.deadline is not None:
        each = [f"{count} by {printable(clock)}" for clock, count in told.most_common()]
        lines.append(f"times of submission were told: {', '.join(each)}")
    if flagged and policy.loss:
        lines.append(
            f"{counted(flagged, 'student')} late by the platform's flag alone, which does not say "
            f"by how much: that counts as one {policy.per}"
        )
    if unknown and policy.deadline is not None:
        lines.append(
            f"NO TIME of submission is known for {counted(unknown, 'student')}: "
            "they count as in time"
        )
    return lines
