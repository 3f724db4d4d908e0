"""Everything that goes out for one lab, written into a folder: each file whole or not at all."""

from __future__ import annotations

import base64
import csv
import io
import os
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from aimc_course.grading.gradebook.by_hand import ByHand
from aimc_course.grading.gradebook.classlist import ClassList
from aimc_course.grading.gradebook.feedback import Titles, as_gradescope, as_markdown
from aimc_course.grading.gradebook.feedback_pages import Pages
from aimc_course.grading.gradebook.grade_files import GradeFile
from aimc_course.grading.gradebook.outcomes import Outcome, outcomes
from aimc_course.grading.gradebook.punctuality import punctuality
from aimc_course.grading.gradebook.rules import Rules
from aimc_course.grading.gradebook.similar_code import base_code_of, similar_code
from aimc_course.grading.gradebook.store import Store
from aimc_course.grading.gradebook.texts import cell, counted, file_name, number, printable
from aimc_course.grading.gradebook.uploads import feedback_zip
from aimc_course.labs.objectives import has_objectives, objectives

__all__ = ["ABSENT", "as_csv", "fill", "publish", "unpublish", "write_whole"]

UPLOAD = "feedback-upload.zip"
ABSENT = "not-in-the-grade-file.txt"


def publish(
    store: Store, lab: str, out: Path, rules: Rules, titles: Titles, key: bytes
) -> list[str]:
    """Write feedback, grades and the report of a lab; return what there is to know about it.

    Parameters
    ----------
    store : Store
        The marks.
    lab : str
        The lab.
    out : Path
        Folder for all labs; this one gets a folder in it.
    rules : Rules
        How marks become grades.
    titles : Titles
        What questions are called.
    key : bytes
        Secret of the class, for pseudonyms.
    """
    by_hand = ByHand(store, lab)
    by_hand.collect()
    titles = replace(
        titles,
        questions={**titles.questions, **by_hand.titles()},
        ask_again=store.setting(f"ask again {lab}") or "",
    )
    found = outcomes(store, lab, rules, key=key)
    timing = punctuality(found, rules)
    folder = out / lab
    pages = Pages(store, folder / "feedback", titles, by_hand.sheet, key)
    shutil.rmtree(folder / "gradescope", ignore_errors=True)  # nothing old is handed out again
    (folder / "gradescope").mkdir(parents=True)
    given = [o for o in found if o.marks is not None or o.by_hand]
    pages.keep_only({file_name(outcome.label) for outcome in given})
    for outcome in given:
        name = file_name(outcome.label)
        write_whole(folder / "feedback" / f"{name}.html", pages.page(outcome))
        write_whole(folder / "feedback" / f"{name}.md", as_markdown(outcome, titles).encode())
        place = folder / "gradescope" / name
        place.mkdir()
        write_whole(place / "results.json", as_gradescope(outcome, titles).encode())
    write_whole(folder / "grades.csv", _table(found, rules))
    if rules.anonymous:
        write_whole(folder / "names.csv", _names(found), private=True)
    base_code = base_code_of(lab)
    similar = similar_code(store, lab, found, base_code) if base_code else None
    taught = objectives(lab) if has_objectives(lab) else {}
    marked = by_hand.markers([o.entry for o in found if o.entry])
    # whoever grades one notebook in Gradescope's container has no report, and no templates
    from aimc_course.grading.gradebook.class_report import as_page

    report = as_page(found, store.entries(lab), titles, taught, similar, timing, marked)
    write_whole(folder / "report.html", report.encode())
    upload, notes = feedback_zip(found, pages.page)
    if upload is None:
        (folder / UPLOAD).unlink(missing_ok=True)
    else:
        write_whole(folder / UPLOAD, upload)
    store.set(f"published {lab}", str(by_hand.marks.changes()))
    untaught = f"{lab} has no objectives in objectives.toml: the report names none"
    mentioned = notes if taught else [*notes, untaught]
    timing = [f"{lab}: {line}" for line in timing]
    most = max((o.max_points or 0.0 for o in found), default=0.0)
    grades = {
        o.student.id: (o.points, o.max_points or most)
        for o in found
        if o.points is not None and not o.student.excused
    }
    written = fill(store, folder, rules.grade_file, grades) if rules.grade_file else []
    return [*timing, *mentioned, *_waiting(found), *written]


def unpublish(out: Path, labs: Sequence[str]) -> None:
    """Remove what was written for labs, so that nothing of a student who is forgotten stays."""
    for lab in labs:
        shutil.rmtree(out / lab, ignore_errors=True)


def write_whole(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write a file so that, whenever the process ends, it is the old one or the new one."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with os.fdopen(
            os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o644), "wb"
        ) as stream:
            stream.write(data)
            stream.flush()
        part.replace(path)
    except OSError:  # on a full disk half a file would only be in the way
        part.unlink(missing_ok=True)
        raise


def fill(
    store: Store,
    folder: Path,
    grade_file: tuple[str, str, str],
    grades: Mapping[str, tuple[float, float]],
) -> list[str]:
    """Write grades into a copy of the platform's grade file; return what there is to know.

    Parameters
    ----------
    store : Store
        Where the class is kept.
    folder : Path
        Folder of the copy.
    grade_file : tuple of str
        Name of the grade file, its column, and its content in base 64.
    grades : mapping
        Points and most points of each student who has some, by id.
    """
    name, column, content = grade_file
    book = GradeFile(base64.b64decode(content), name)
    place = book.column(column)
    filled = book.fill(place, book.enrich(ClassList(store.students()), place), grades)
    target = folder / f"filled-{file_name(Path(name).stem)}.csv"
    write_whole(target, filled.data)
    said = [
        f"{counted(filled.written, 'grade')} written to column {filled.column!r} of {target.name}"
    ]
    (folder / ABSENT).unlink(missing_ok=True)
    if filled.absent:
        lines = "".join(f"{printable(student)}\n" for student in filled.absent)
        write_whole(folder / ABSENT, lines.encode())
        said.append(
            f"{len(filled.absent)} students have a grade and no line in {name}: "
            f"{folder / ABSENT} lists them"
        )
    return [*said, *filled.notes]


def _waiting(found: Sequence[Outcome]) -> list[str]:
    """Return what of the marking by hand is still to be done."""
    count = Counter(question for o in found for question in o.waiting)
    asked = sum(request.open for o in found for request in o.requests)
    wait = "waits" if asked == 1 else "wait"
    said = f"{counted(asked, 'request')} {wait} for an answer: see the command requests"
    lines = [said] if asked else []
    lines += [
        f"{question}: {n} answers are not marked by hand yet and count 0 until they are"
        for question, n in sorted(count.items())
    ]
    return lines + [
        f"{o.label} {question}: the mark by hand belongs to another version of answer or rubric"
        for o in found
        for question in o.changed
    ]


def _table(found: Sequence[Outcome], rules: Rules) -> bytes:
    names = not rules.anonymous
    marks = [m for o in found if o.marks for m in o.marks.marks if m.max_points > 0]
    questions = list(dict.fromkeys(m.question for m in marks))
    head = ["student", *(["name"] if names else []), "points", "most"]
    head += [f"{rules.policy.per}s late", "time told by", "notebooks", "state"]
    rows = [[*head, *questions]]
    for o in found:
        by_name = {m.question: m.points for m in o.marks.marks} if o.marks else {}
        row = [cell(o.label), *([cell(o.student.name)] if names else [])]
        row += ["" if v is None else number(v) for v in (o.points, o.max_points)]
        row += [str(o.late), cell(o.clock), str(o.attempts), _state(o)]
        rows.append([*row, *(number(by_name[q]) if q in by_name else "" for q in questions)])
    return as_csv(rows)


def _names(found: Sequence[Outcome]) -> bytes:
    rows = [["pseudonym", "student", "name"]]
    rows += [[o.label, cell(o.student.id), cell(o.student.name)] for o in found]
    return as_csv(rows)


def _state(outcome: Outcome) -> str:
    if outcome.student.excused:
        return "excused"
    if outcome.by_hand:
        return "by hand"
    if not outcome.attempts:
        return "missing"
    if outcome.waiting:
        return "to mark"
    return "graded" if outcome.marks else "not graded"


def as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """Return rows as a CSV file."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8")
