"""What each student has earned over all labs of a course."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from aimc_course.grading.gradebook.classlist import Student
from aimc_course.grading.gradebook.outcomes import Outcome
from aimc_course.grading.gradebook.texts import cell, number, printable

__all__ = ["LabResults", "Total", "as_rows", "open_ends", "totals"]


@dataclass(frozen=True, slots=True)
class LabResults:
    """What a class earned in one lab."""

    lab: str
    weight: float
    """Weight in the course."""
    outcomes: Mapping[str, Outcome]
    """What each student gets, by id."""

    @property
    def most(self) -> float:
        """Most points of the lab."""
        return max((o.max_points or 0.0 for o in self.outcomes.values()), default=0.0)

    def share(self, student: str) -> float | None:
        """Return the share of the points that a student has; ``None`` where nothing counts."""
        outcome = self.outcomes.get(student)
        if outcome is None or outcome.student.excused or outcome.points is None or not self.most:
            return None
        return outcome.points / self.most


@dataclass(frozen=True, slots=True)
class Total:
    """What one student has earned."""

    student: Student
    label: str
    """The name that is shown: the id, or a pseudonym."""
    total: float | None
    """Share of all points that count, 0 to 1; ``None`` if there are none."""
    counted: tuple[str, ...]
    """Labs that count."""
    dropped: tuple[str, ...]
    """Labs that would count and were dropped."""


def totals(students: Sequence[Student], labs: Sequence[LabResults], drop: int) -> tuple[Total, ...]:
    """Return the total of each student.

    Parameters
    ----------
    students : sequence of Student
        The class.
    labs : sequence of LabResults
        The labs.
    drop : int
        Labs that do not count for a student. They are those without which the total is highest;
        where all weights are equal, these are the ones with the lowest shares. One lab is always
        left.
    """
    found = []
    for student in students:
        shares = {r.lab: (r.weight, s) for r in labs if (s := r.share(student.id)) is not None}
        counted = [lab for lab, (weight, _) in shares.items() if weight > 0]
        left = max(min(len(counted), 1), len(counted) - drop)
        kept: tuple[str, ...] = ()
        best: float | None = None
        for chosen in combinations(counted, left) if left else ():
            weight = sum(shares[lab][0] for lab in chosen)
            total = sum(shares[lab][0] * shares[lab][1] for lab in chosen) / weight
            if best is None or total > best:
                kept, best = chosen, total
        label = next((r.outcomes[student.id].label for r in labs if student.id in r.outcomes), "")
        dropped = tuple(lab for lab in counted if lab not in kept)
        excused = student.excused
        found.append(Total(student, label, None if excused else best, tuple(kept), dropped))
    return tuple(found)


def as_rows(found: Sequence[Total], labs: Sequence[LabResults], *, names: bool) -> list[list[str]]:
    """Return the table of a course: the points of each lab, the total, and what was dropped."""
    heads = [f"{r.lab} (of {number(r.most)}, weight {r.weight:g})" for r in labs]
    rows = [["student", *(["name"] if names else []), *heads, "total %", "dropped"]]
    for total in found:
        row = [cell(total.label), *([cell(total.student.name)] if names else [])]
        for results in labs:
            share = results.share(total.student.id)
            row.append("" if share is None else number(share * results.most))
        shown = "" if total.total is None else number(100 * total.total)
        rows.append([*row, shown, " ".join(total.dropped)])
    return rows


def open_ends(labs: Sequence[LabResults]) -> list[str]:
    """Return what may still change: what is not graded, not marked, or empty."""
    lines = []
    for results in labs:
        everyone = [o for o in results.outcomes.values() if not o.student.excused]
        for what, count in {
            "notebooks are not graded yet and count for nothing": sum(
                o.attempts > 0 and o.marks is None and o.points is None for o in everyone
            ),
            "students wait for marks by hand, which count zero until then": sum(
                bool(o.waiting) for o in everyone
            ),
            "students handed in nothing, and the lab does not count for them": sum(
                not o.attempts and o.points is None for o in everyone
            ),
            "marks are in doubt": sum(bool(o.doubts) for o in everyone),
        }.items():
            if count:
                lines.append(f"{printable(results.lab)}: {count} {what}")
    return lines
