"""Points and feedback sent to Canvas by its own interface, through the package canvasapi.

What is there already is read first, so that sending twice changes nothing. Students are found by
numbers alone: that of Canvas, of the student office, or the login, as in a grade file.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from aimc_course.grading.gradebook.classlist import ClassList
from aimc_course.grading.gradebook.texts import number, printable

__all__ = ["CanvasAssignment", "Plan", "Sending", "checked_address"]

LONGEST = 60_000  # characters of a comment; Canvas takes some 65,000 bytes
SAME = 0.005  # points
UNSUITED = ("pass_fail", "not_graded")


@dataclass(frozen=True, slots=True)
class Sending:
    """What is sent about one student."""

    student: str
    """Id in the class list."""
    number: int
    """Number on Canvas."""
    before: float | None
    """Points that stand there; ``None`` where there are none."""
    points: float
    """Points to stand there."""
    comment: str
    """Feedback that is not there yet; empty where there is none."""
    held: Any = field(repr=False)
    """The submission, as canvasapi holds it."""

    def __str__(self) -> str:
        """Return one line."""
        before = "-" if self.before is None else number(self.before)
        said = f"{printable(self.student)} ({self.number}): {before} -> {number(self.points)}"
        return f"{said}, with feedback" if self.comment else said


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be sent, and to whom nothing can be."""

    sendings: tuple[Sending, ...]
    same: int
    """Students who have these points and this feedback already."""
    notes: tuple[str, ...]
    """What to know before anything is sent."""


class CanvasAssignment:
    """One assignment of one course on Canvas.

    Parameters
    ----------
    address : str
        Address of Canvas, such as ``"https://canvas.example.edu"``.
    course, assignment : int
        Their numbers, as they stand in the address of the assignment's page.
    token : str
        Access token of a teacher of the course. It is sent to that address and kept nowhere.

    Raises
    ------
    ValueError
        If canvasapi is not installed, Canvas refuses, or the assignment takes no points of single
        students.
    """

    def __init__(self, address: str, course: int, assignment: int, token: str) -> None:
        try:
            from canvasapi import Canvas
            from canvasapi.exceptions import CanvasException, InvalidAccessToken
        except ModuleNotFoundError as error:
            raise ValueError(
                f"sending to Canvas needs the package canvasapi ({error}): install the extra "
                "canvas, or upload the grade file"
            ) from None
        self._refusal, self._no_token = CanvasException, InvalidAccessToken
        where = f"course {course}, assignment {assignment}"
        try:
            found = Canvas(checked_address(address), token).get_course(course)
            self._assignment: Any = found.get_assignment(assignment)
        except CanvasException as error:
            raise ValueError(f"Canvas refuses {where}: {_said(error)}") from None
        kind = getattr(self._assignment, "grading_type", "points")
        if kind in UNSUITED:
            raise ValueError(f"{where} is graded as {printable(str(kind))}: it takes no points")
        grouped = getattr(self._assignment, "group_category_id", None)
        if grouped and not getattr(self._assignment, "grade_group_students_individually", False):
            raise ValueError(
                f"{where} gives a whole group one grade, and members may have different points: "
                "let Canvas assign grades to each student individually, or upload the grade file"
            )
        possible = getattr(self._assignment, "points_possible", None)
        self.most = float(possible) if possible else None

    def plan(
        self,
        people: ClassList,
        grades: Mapping[str, tuple[float, float]],
        comments: Mapping[str, str],
    ) -> Plan:
        """Return what has to be sent so that everybody has these grades and comments.

        Parameters
        ----------
        people : ClassList
            The class, with numbers of Canvas among the aliases where they are known.
        grades : mapping
            Points and most points, by id; scaled where the assignment has other most points.
        comments : mapping
            Feedback, by id.
        """
        notes: list[str] = []
        there = self._students(people, notes)
        sendings, same, scaled = [], 0, set()
        for student, (points, most) in grades.items():
            shown = printable(student)
            if student not in there:
                notes.append(f"{shown}: not among the students of the assignment")
                continue
            held = there[student]
            if getattr(held, "excused", False):
                notes.append(f"{shown}: excused on Canvas, which points would end: left")
                continue
            if self.most is not None and most > 0 and most != self.most:
                scaled.add((most, self.most))
                points *= self.most / most
            comment = comments.get(student, "")
            if len(comment) > LONGEST:
                notes.append(f"{shown}: feedback of {len(comment)} characters is too long: left")
                comment = ""
            comment = "" if _has(held, comment) else comment
            before = _points(held)
            graded = before is not None and abs(before - float(number(points))) < SAME
            if graded and _current(held) and not comment:
                same += 1
                continue
            sendings.append(
                Sending(student, int(held.user_id), before, float(number(points)), comment, held)
            )
        notes += [f"{m:g} points of the lab are {p:g} there: scaled" for m, p in sorted(scaled)]
        return Plan(tuple(sendings), same, tuple(notes))

    def send(self, sending: Sending) -> tuple[bool, str]:
        """Send points and feedback of one student; return whether it was taken, and a note.

        Raises
        ------
        ValueError
            If Canvas does not take the token any more.
        """
        comment = {"comment": {"text_comment": sending.comment}} if sending.comment else {}
        try:
            held = sending.held.edit(
                submission={"posted_grade": number(sending.points)},
                prefer_points_over_scheme=True,
                **comment,
            )
        except self._no_token:
            raise ValueError("Canvas does not take this token") from None
        except self._refusal as error:
            return False, _said(error)
        if less := getattr(held, "points_deducted", None):
            return (
                True,
                f"Canvas takes {number(float(less))} points off by its own rule for lateness",
            )
        stands = _points(held)
        if stands is None or abs(stands - sending.points) >= SAME:
            shown = "no points" if stands is None else f"{number(stands)} points"
            return False, f"Canvas shows {shown} afterwards"
        return True, ""

    def _students(self, people: ClassList, notes: list[str]) -> dict[str, Any]:
        """Return the submission of each student of the class who is found there, by id."""
        found: dict[str, Any] = {}
        twice: set[str] = set()
        try:
            listed: Sequence[Any] = list(
                self._assignment.get_submissions(include=["user", "submission_comments"])
            )
        except self._refusal as error:
            raise ValueError(f"Canvas does not list the students: {_said(error)}") from None
        if listed and not any(getattr(held, "user_id", None) for held in listed):
            raise ValueError(
                "Canvas hides who the students are: end anonymous grading of the assignment first"
            )
        for held in listed:
            user = getattr(held, "user", None) or {}
            said = (held.user_id, user.get("sis_user_id"), user.get("login_id"))
            known = (people.by_number(str(value)) for value in said if value)
            ids = dict.fromkeys(student.id for student in known if student)
            if len(ids) > 1:
                names = " or ".join(map(printable, ids))
                notes.append(f"number {held.user_id} on Canvas could be {names}: left")
            for student in list(ids)[: len(ids) == 1]:
                twice |= {student} & set(found)
                found[student] = held
        for student in sorted(twice):
            notes.append(f"{printable(student)}: more than one student on Canvas: left")
            del found[student]
        return found


def checked_address(address: str) -> str:
    """Return the address of a server to which a token may be sent.

    Raises
    ------
    ValueError
        If it is none, or others could read along.
    """
    said = urlsplit(address)
    host = said.hostname or ""
    if not host or said.username or said.path not in ("", "/") or said.query or said.fragment:
        raise ValueError(
            f"--canvas must be an address like https://canvas.example.edu, got {address!r}"
        )
    if said.scheme != "https" and not (said.scheme == "http" and _is_this_machine(host)):
        raise ValueError(f"--canvas must begin with https://, or all could read, got {address!r}")
    return f"{said.scheme}://{said.netloc}"


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _points(held: Any) -> float | None:
    """Return the points that were given, before what Canvas itself takes off."""
    for name in ("entered_score", "score"):
        value = getattr(held, name, None)
        if isinstance(value, int | float):
            return float(value)
    return None


def _current(held: Any) -> bool:
    """Return whether the points are those of the newest submission."""
    return getattr(held, "grade_matches_current_submission", True) is not False


def _has(held: Any, comment: str) -> bool:
    said = getattr(held, "submission_comments", None) or []
    texts = (str(c.get("comment", "")) if isinstance(c, dict) else "" for c in said)
    return any(text.split() == comment.split() for text in texts)


def _said(error: Exception) -> str:
    return printable(" ".join(f"{type(error).__name__}: {error}".split()))
