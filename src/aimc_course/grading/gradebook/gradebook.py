"""The folder of a class: its store of marks, its key, and what is done with them."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import math
import os
import secrets
import statistics
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from aimc.validation import check_choice, check_number
from aimc_course.grading.context import ClosingContext
from aimc_course.grading.grade import Grader
from aimc_course.grading.gradebook.asked import read_requests
from aimc_course.grading.gradebook.by_hand import ByHand
from aimc_course.grading.gradebook.classlist import ClassList, Student
from aimc_course.grading.gradebook.feedback import Titles
from aimc_course.grading.gradebook.hand_marks import HandMarks
from aimc_course.grading.gradebook.intake import Intake
from aimc_course.grading.gradebook.late import DAY, LatePolicy
from aimc_course.grading.gradebook.outcomes import TOTAL, Outcome, in_doubt, outcomes
from aimc_course.grading.gradebook.publish import (
    ABSENT,
    as_csv,
    fill,
    publish,
    unpublish,
    write_whole,
)
from aimc_course.grading.gradebook.requests import Requests
from aimc_course.grading.gradebook.rules import CourseRules, Rules
from aimc_course.grading.gradebook.runs import Change, grade_pending, regrade, serial_now
from aimc_course.grading.gradebook.store import Entry, Store
from aimc_course.grading.gradebook.texts import counted, number, printable
from aimc_course.grading.gradebook.times import Times
from aimc_course.grading.gradebook.totals import LabResults, as_rows, open_ends, totals
from aimc_course.grading.gradebook.trials import Trials
from aimc_course.grading.keys import KEY_BYTES, derived_serial

__all__ = ["Done", "Gradebook", "kept_rules", "read_key", "titles_of"]

STORE, KEY, COURSE = "grades.sqlite", "class.key", "course.csv"
PUBLISHING = ".publishing"


@dataclass(frozen=True, slots=True)
class Done:
    """What a run did."""

    lines: tuple[str, ...]
    """What to tell the teacher."""
    failures: tuple[str, ...] = ()
    """Submissions that could not be graded; the next run tries them again."""
    changes: tuple[Change, ...] = ()
    """Points that a regrade changed."""
    doubts: tuple[str, ...] = ()
    """Marks that may be wrong, since a process ended twice for no known reason."""


class Gradebook(ClosingContext):
    """The marks of a class in one folder. Use it as a context, or `close` it.

    Parameters
    ----------
    out : Path
        The folder; it is made where there is none.
    key_file : Path, optional
        File with the class key, hexadecimal; by default ``class.key`` in the folder, which is
        made, readable by you alone, where there is none.

    Raises
    ------
    ValueError
        If the key is none, or not the one that the marks in the folder were made with.
    """

    def __init__(self, out: Path, key_file: Path | None = None) -> None:
        out.mkdir(parents=True, exist_ok=True)
        self.out, self.key_file = out, key_file
        self.key = read_key(key_file) if key_file else _own_key(out / KEY)
        self.store = Store(out / STORE)
        mark = hmac.new(self.key, b"fingerprint", hashlib.sha256).hexdigest()[:16]
        known = self.store.setting("key")
        if known not in (None, mark):
            self.store.close()
            raise ValueError(
                f"the marks in {out} were made with another class key: hidden inputs would change "
                "from one student to the next. Give the key of before, or another folder"
            )
        self.store.set("key", mark)

    def people(self) -> ClassList:
        """Return the class."""
        return ClassList(self.store.students())

    def rules(self, lab: str) -> Rules:
        """Return how marks of a lab become grades."""
        return kept_rules(self.store, lab)

    def set_rules(self, lab: str, rules: Rules) -> None:
        """Keep how marks of a lab become grades."""
        self.store.set(f"rules {lab}", json.dumps(asdict(rules)))

    def follow(self, course: CourseRules, *labs: str) -> tuple[list[str], list[str]]:
        """Keep the rules of a course for all of its labs, and for these, if nobody handed in.

        Returns
        -------
        notes : list of str
            Students whom the rules name and the class does not know.
        changed : list of str
            Labs whose results are no longer what the rules say.
        """
        notes, changed, people = [], [], self.people()
        for lab in dict.fromkeys((*self.store.labs(), *labs)):
            before = self.rules(lab)
            rules, unknown = course.of(lab, before, people)
            notes += unknown
            if json.dumps(asdict(rules)) != json.dumps(asdict(before)):
                self.set_rules(lab, rules)
                changed.append(lab)
        self.store.set("drop lowest", str(course.drop_lowest))
        self.store.set("course labs", " ".join(course.labs))
        return notes, changed

    def take(
        self, lab: str, found: Intake, people: ClassList, rules: Rules, *, listed: bool = False
    ) -> list[str]:
        """Keep the class, its submissions and the rules; return what to tell the teacher of it.

        Parameters
        ----------
        lab : str
            The lab.
        found : Intake
            The submissions.
        people : ClassList
            The class.
        rules : Rules
            How marks become grades.
        listed : bool
            Whether the class list was given for this lab. Then whoever is not in a group that hands
            in has no part in its notebooks of the lab.
        """
        students = list(people.students)
        if people.open_to_all:
            students = list(self.store.students())
            known = {s.owner for s in students}
            owners = dict.fromkeys(s.owner for s in found.submissions)
            students += [Student(owner) for owner in owners if owner not in known]
        else:
            self.store.set("class list", "kept")
        before = self.store.students()
        notes = self.store.keep_students(students)
        self.set_rules(lab, rules)
        if listed and (lost := self.store.leave_groups(lab, found.submissions)):
            notes.append(
                f"TAKEN AWAY, since the class list has them in no such group: {', '.join(lost)} of "
                f"{lab}. If they handed {lab} in together, give the class list of that time again"
            )
        self.store.add(lab, found.submissions)
        if moved := self.store.moved(before):
            notes += [*moved, "If they never belonged there, grade these labs with this list, too"]
        folder = self.out / lab
        folder.mkdir(exist_ok=True)
        write_whole(folder / "intake.txt", found.report().encode())
        return notes

    def grade(
        self,
        lab: str,
        factory: Callable[[], Grader],
        *,
        workers: int = 1,
        progress: bool | None = None,
    ) -> Done:
        """Grade what has no marks yet, and write everything that goes out."""
        failures = grade_pending(
            self.store, lab, factory, self.people(), workers=workers, progress=progress
        )
        return Done(tuple(self.publish(lab)), failures, doubts=self.doubts(lab))

    def regrade(
        self,
        lab: str,
        questions: Sequence[str],
        factory: Callable[[], Grader],
        *,
        version: str,
        reason: str,
        afresh: bool = False,
        workers: int = 1,
        progress: bool | None = None,
    ) -> Done:
        """Grade single questions again, and write everything that goes out."""
        changes, failures = regrade(
            *(self.store, lab, factory, self.people(), questions),
            version=version,
            reason=reason,
            afresh=afresh,
            workers=workers,
            progress=progress,
        )
        lines = []
        if by_hand := {(o.student, o.question) for o in self.store.overrides(lab)}:
            said = f"{len(by_hand)} marks with points given by hand keep them; the command log"
            lines.append(f"{said} lists who gave them and why")
        if marked := len(HandMarks(self.store, lab).all()):
            lines.append(f"{marked} answers marked by hand keep their marks")
        return Done((*self.publish(lab), *lines), failures, changes, self.doubts(lab))

    def trial(
        self,
        lab: str,
        questions: Sequence[str],
        factory: Callable[[], Grader],
        *,
        version: str,
        afresh: bool = False,
        workers: int = 1,
        progress: bool | None = None,
    ) -> Done:
        """Grade single questions again and change nothing; `keep_trial` has it count."""
        trial, failures = Trials(self.store, lab).run(
            *(factory, self.people(), questions),
            version=version,
            afresh=afresh,
            workers=workers,
            progress=progress,
        )
        said = f"{trial.done} of {trial.of} notebooks were graded again; no mark was changed yet"
        return Done((said,), failures, trial.changes)

    def keep_trial(self, lab: str, reason: str = "") -> Done:
        """Have the regrade on trial count, and write everything that goes out."""
        changes = Trials(self.store, lab).keep(reason)
        return Done(tuple(self.publish(lab)), (), changes, self.doubts(lab))

    def override(
        self, lab: str, student: str, question: str, points: float | None, reason: str
    ) -> Done:
        """Give points by hand, or take back what was given.

        Parameters
        ----------
        lab : str
            The lab.
        student : str
            Id or alias.
        question : str
            The question, or ``"total"`` for the points of the whole lab.
        points : float or None
            The points; ``None`` takes them back.
        reason : str
            Why; the student reads it.

        Raises
        ------
        ValueError
            If student, question or points are not possible, or the reason is missing.
        """
        self._give(lab, student, question, points, reason)
        return Done(tuple(self.publish(lab)))

    def _give(
        self, lab: str, student: str, question: str, points: float | None, reason: str
    ) -> None:
        found = self._student(student)
        entries = [e for e in self.store.entries(lab) if e.marks is not None]
        most: dict[str, float] = {}
        for entry in entries:
            for mark in entry.marks.marks if entry.marks else ():
                most[mark.question] = max(mark.max_points, most.get(mark.question, 0.0))
        by_hand = ByHand(self.store, lab).most()
        if not most:
            raise ValueError(f"{lab} has no marks yet")
        begun = {m.question for o in self.outcomes(lab) if o.marks for m in o.marks.marks}
        most |= {name: points for name, points in by_hand.items() if name in begun and points}
        if question in by_hand and question not in most:
            raise ValueError(
                f"{question} counts for nobody yet: give it points and a first mark with the "
                "command mark"
            )
        check_choice("question", question, (*most, TOTAL))
        if points is not None:
            limit = math.fsum(most.values()) if question == TOTAL else most[question]
            check_number("points", points, low=0.0, high=limit)
        own = self.store.by_student(entries).get(found.id)
        if question != TOTAL and not own:
            raise ValueError(
                f"{found.id} has no marked notebook of {lab}; give points for {TOTAL!r}"
            )
        stood = next((o for o in self.outcomes(lab) if o.student.id == found.id), None)
        earned = stood.points_of(question) if stood is not None and stood.marks else None
        self.store.override(lab, found.id, question, points, reason, earned)

    def collect(
        self, lab: str, place: Path, *, times: Times | None = None, deadline: float | None = None
    ) -> Done:
        """Keep the requests in a folder, zip or table, and write what goes out.

        Parameters
        ----------
        lab : str
            The lab.
        place : Path
            Where the requests are.
        times : Times, optional
            When files were handed in.
        deadline : float, optional
            Requests after it are not taken, s since 1970.
        """
        by_student = {o.student.id: o for o in self.outcomes(lab)}
        known = {m.question for o in by_student.values() if o.marks for m in o.marks.marks}
        if not known:
            raise ValueError(f"{lab} has no marks yet")
        found = read_requests(place, self.people(), {*known, TOTAL}, times=times, deadline=deadline)
        asked = [
            (a, by_student[a.student].points_of(a.question) if a.student in by_student else None)
            for a in found.asked
        ]
        new, closed = Requests(self.store, lab).ask(asked)
        lines = [f"{counted(new, 'new request')}."]
        if closed:
            lines.append(f"{closed} were answered before and stay as they are.")
        if found.guessed:
            lines += [f"{counted(len(found.guessed), 'file')} to look at:"]
            lines += [f"  {line}" for line in found.guessed]
        if found.refused:
            lines += [f"{len(found.refused)} not taken:", *(f"  {r}" for r in found.refused)]
        return Done((*lines, *self.publish(lab)))

    def answer(
        self, lab: str, student: str, question: str, points: float | None, reason: str
    ) -> Done:
        """Answer a request.

        Parameters
        ----------
        lab : str
            The lab.
        student : str
            Id, alias, or the pseudonym that is shown.
        question : str
            The question, or ``"total"``.
        points : float or None
            Points to give by hand; ``None`` leaves the mark as it is now, after a regrade or a
            change on the page for marking too.
        reason : str
            Why; the student reads it.

        Raises
        ------
        ValueError
            If there is no such request, the points are not possible, or the reason is missing.
        """
        names = {o.label: o.student.id for o in self.outcomes(lab)}
        found = self._student(names.get(student, student))
        requests = Requests(self.store, lab)
        request = requests.find(found.id, question)
        if request is None:
            asked = ", ".join(r.question for r in requests.all() if r.student == found.id)
            raise ValueError(
                f"{printable(student)} did not ask for {printable(question)} of {lab} again; "
                f"asked for: {asked or 'nothing'}"
            )
        if not reason.strip():
            raise ValueError("an answer needs a reason: the student reads it")
        if points is not None:
            self._give(lab, found.id, question, points, reason)
        now = next(o for o in self.outcomes(lab) if o.student.id == found.id)
        requests.answer(request, reason, now.points_of(question))
        return Done(tuple(self.publish(lab)))

    def invite(self, lab: str, text: str) -> Done:
        """Say in all feedback where a mark can be asked for again; an empty text says nothing."""
        self.store.set(f"ask again {lab}", " ".join(text.split()) or None)
        return Done(tuple(self.publish(lab)))

    def forget(self, student: str) -> Done:
        """Delete all that is kept of a student, and write what goes out without them.

        Raises
        ------
        ValueError
            If nobody of that id is known.
        """
        found = self._student(student)
        others = [s for s in self.store.students() if s.group == found.group and s != found]
        last = found.group if found.group and not others else ""
        labs = self.store.labs()
        gone = self.store.forget(found.id, last)
        lines = [f"deleted: {', '.join(f'{n} in {table}' for table, n in gone.items() if n)}"]
        if found.group and others:
            lines.append(f"notebooks of group {printable(found.group)} belong to others and stay")
        unpublish(self.out, labs)
        self._outdated()
        for lab in labs:
            rules = self.rules(lab)
            # The grade file names the whole class; the next run asks for it again.
            self.set_rules(lab, replace(rules, grade_file=None).without(found.id))
            if rules.grade_file:
                lines.append(f"{lab}: the grade file was deleted too; download it again")
            self.publish(lab)
        lines.append(
            "not deleted: your class list, your rules, your folder of submissions, your backups"
        )
        return Done(tuple(lines))

    def totals(self, grade_file: tuple[str, str, str] | None = None) -> Done:
        """Write one table over all labs, and the platform's grade file where there is one.

        Parameters
        ----------
        grade_file : tuple of str, optional
            Name of a grade file, its column, and its content in base 64.
        """
        labs = self.store.labs()
        rules = {lab: self.rules(lab) for lab in labs}
        results = [
            LabResults(lab, rules[lab].weight, {o.student.id: o for o in self.outcomes(lab)})
            for lab in sorted(labs, key=_in_order)
        ]
        drop = int(self.store.setting("drop lowest") or 0)
        found = totals(self.store.students(), results, drop)
        anonymous = any(one.anonymous for one in rules.values())
        self._outdated()
        write_whole(self.out / COURSE, as_csv(as_rows(found, results, names=not anonymous)))
        have = [t.total for t in found if t.total is not None]
        lines = [f"{len(have)} totals over {', '.join(r.lab for r in results)}"]
        if have:
            lines[0] += f"; median {number(100 * statistics.median(have))} %"
        if drop:
            lines.append(f"up to {drop} labs of each student are dropped, the worst ones")
        named = (self.store.setting("course labs") or "").split()
        lines += [
            f"{lab} stands in the rules and was not graded yet: left out"
            for lab in named
            if lab not in labs
        ]
        lines += open_ends(results)
        if grade_file:
            grades = {t.student.id: (100 * t.total, 100.0) for t in found if t.total is not None}
            lines += fill(self.store, self.out, grade_file, grades)
        return Done(tuple(lines))

    def _outdated(self) -> bool:
        """Remove totals that no longer follow from the marks; tell whether there were some."""
        old = [self.out / COURSE, self.out / ABSENT, *self.out.glob("filled-*.csv")]
        gone = [path for path in old if path.exists()]
        for path in gone:
            path.unlink()
        return bool(gone)

    def doubts(self, lab: str) -> tuple[str, ...]:
        """Return a line for each mark that counts and may be wrong."""
        return tuple(
            f"{printable(outcome.student.id)} {printable(doubt)}"
            for outcome in self.outcomes(lab)
            for doubt in outcome.doubts
        )

    def outdated(self, lab: str, versions: Mapping[str, str]) -> dict[str, int]:
        """Return in how many notebooks a question's mark is of another version than it has now.

        Parameters
        ----------
        lab : str
            The lab.
        versions : mapping of str to str
            Fingerprint of each of its questions as it is now.
        """
        found: Counter[str] = Counter()
        for entry in self.store.entries(lab):
            if entry.marks is not None:
                had = {mark.question: mark.question_version for mark in entry.marks.marks}
                found.update(q for q, version in versions.items() if had.get(q) != version)
        return {question: found[question] for question in versions if found[question]}

    def of_other_serials(self, lab: str) -> list[tuple[Entry, int]]:
        """Return notebooks with marks for another serial number than is theirs now, and this one.

        It is that of the class list, or else the one that follows from the class key.
        """
        people, found = self.people(), []
        for entry in self.store.entries(lab):
            serial = serial_now(entry, people)
            own = derived_serial(self.key, entry.owner) if serial is None else serial
            if entry.marks and own != entry.marks.serial:
                found.append((entry, own))
        return found

    def orders_in_doubt(self, lab: str, found: Intake) -> list[str]:
        """Return a line for each who handed in, just now, what may or may not be the last notebook.

        Where nothing tells the order, the notebook counts that was new last. So the same folder,
        given once more, changes no mark.
        """
        if self.rules(lab).keep != "last":
            return []
        just_now: dict[str, set[str]] = {}
        for submission in found.submissions:
            just_now.setdefault(submission.owner, set()).add(submission.digest)
        by_owner: dict[str, list[Entry]] = {}
        for entry in self.store.entries(lab):
            by_owner.setdefault(entry.owner, []).append(entry)
        lines = []
        for owner, digests in just_now.items():
            several = in_doubt(by_owner.get(owner, ()))
            again = [entry.source for entry in several[:-1] if entry.digest in digests]
            if again:
                counts = several[-1]
                known = "" if counts.digest in digests else ", of an earlier run,"
                lines.append(
                    f"{printable(owner)}: {counts.source}{known} counts, and not {', '.join(again)}"
                )
        return lines

    def outcomes(self, lab: str) -> tuple[Outcome, ...]:
        """Return what every student gets for a lab."""
        return outcomes(self.store, lab, self.rules(lab), key=self.key)

    def publish(self, lab: str) -> list[str]:
        """Write feedback, grades and the report of a lab; whoever else wants to, waits."""
        with _in_turn(self.out / PUBLISHING):
            lines = publish(self.store, lab, self.out, self.rules(lab), titles_of(lab), self.key)
            if self._outdated():
                said = f"{COURSE} was out of date and is removed: give the command grades again"
                lines.append(said)
        return lines

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def _student(self, name: str) -> Student:
        found = self.people().by_number(name)
        if found is None:
            raise ValueError(f"nobody in {self.out} has the id {printable(name)!r}")
        return found


def read_key(path: Path) -> bytes:
    """Read a class key.

    Raises
    ------
    ValueError
        If it is not hexadecimal, or shorter than 16 bytes.
    """
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except (ValueError, UnicodeDecodeError):
        key = b""
    if len(key) < KEY_BYTES:
        raise ValueError(f"{path} holds no class key: {2 * KEY_BYTES} or more hexadecimal digits")
    return key


def kept_rules(store: Store, lab: str) -> Rules:
    """Return how marks of a lab become grades, as it is kept with the marks."""
    text = store.setting(f"rules {lab}")
    if text is None:
        return Rules()
    data = json.loads(text)
    name = "gradebook" if "gradebook" in data else "grade_file"  # the former of edition 0.9.0
    kept = data.pop(name)
    return Rules(_policy(data.pop("policy")), grade_file=kept and tuple(kept), **data)


def _policy(said: dict[str, float | None]) -> LatePolicy:
    """Return the rules on late work of a store, those that edition 0.9.0 wrote included."""
    if "per_day" not in said:
        return LatePolicy(**said)  # type: ignore[arg-type]
    deadline, days, grace = said["deadline"], said["most_days"] or 0.0, said["grace"] or 0.0
    closes = None
    if deadline is not None and math.isfinite(days):
        closes = deadline + max(days * DAY, grace)
    return LatePolicy(deadline, grace=grace, loss=said["per_day"] or 0.0, closes=closes)


def _in_order(lab: str) -> tuple[int, str]:
    number = lab.removeprefix("lab-")
    return (int(number) if number.isdecimal() else 0, lab)


def titles_of(lab: str) -> Titles:
    """Return what a lab and its questions are called."""
    from aimc_course.labs.catalogue import find

    found = find(lab)
    return Titles(found.title, {question.id: question.title for question in found.questions})


@contextlib.contextmanager
def _in_turn(path: Path) -> Iterator[None]:
    """Let one process at a time in: several people may end their marking together."""
    import fcntl

    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # closing the file lets the next one in
        yield


def _own_key(path: Path) -> bytes:
    if not path.exists():
        if (path.parent / STORE).exists():
            raise ValueError(
                f"{path} is missing: the marks beside it were made with it; if it lies elsewhere, "
                "name it with --key-file"
            )
        text = secrets.token_hex(32) + "\n"
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "w", encoding="ascii") as stream:
            stream.write(text)
    return read_key(path)
