"""What a student reads: points, what was said to each answer, and why points are missing.

Names, answers and errors are strangers' text: all of it is escaped. What comes from a submission is
quoted and called so, so that nobody takes it for words of the grader.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aimc_course.grading.gradebook.outcomes import TOTAL, Outcome
from aimc_course.grading.gradebook.own_notebook import STYLE, OwnNotebook
from aimc_course.grading.gradebook.texts import markdown, number, quoted
from aimc_course.grading.marks import WRONG_FILE, QuestionMark

__all__ = ["PAGE_STYLE", "Titles", "as_gradescope", "as_html", "as_markdown"]

MOST_NOTES = 30
ABOUT_CELL = re.compile(r"cell (\d{1,4})\b")
ABOUT_QUESTION = re.compile(r"(\w{1,40}): ")
HOW = (
    "Write one line for each question that begins with its name, such as “q5: my reason”, and say "
    "what the mark overlooks."
)
TOLD = "Reported by your notebook itself: "
PAGE_STYLE = """
:root { color-scheme: light dark; --line: #8886; --good: #1a7f37; --part: #9a6700; --bad: #b42318; }
@media (prefers-color-scheme: dark) { :root { --good: #4ac26b; --part: #d4a72c; --bad: #ff8b80; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem;
  background: Canvas; color: CanvasText; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .6rem; text-align: left;
  vertical-align: top; overflow-wrap: break-word; }
td.said { white-space: pre-line; }
td.n, th.n { text-align: right; white-space: nowrap; }
.wide { overflow-x: auto; }
small { display: block; font-weight: normal; }
.good { color: var(--good); } .part { color: var(--part); } .bad { color: var(--bad); }
svg { max-width: 100%; height: auto; background: #fff; } figure { margin: 1.5rem 0; }
"""


@dataclass(frozen=True, slots=True)
class Titles:
    """What the lab and its questions are called."""

    lab: str
    questions: Mapping[str, str]
    ask_again: str = ""
    """Where and until when a student may ask for a mark again; empty: nothing is said of it."""

    def of(self, question: str) -> str:
        """Return the title of a question, empty if it has none."""
        return self.questions.get(question, "")


def as_html(outcome: Outcome, titles: Titles, own: OwnNotebook | None = None) -> str:
    """Return the feedback as one HTML page that loads nothing.

    Parameters
    ----------
    outcome : Outcome
        What the student gets.
    titles : Titles
        What questions are called.
    own : OwnNotebook, optional
        The notebook that counts; it follows the table, with what there is to say at its cells.
    """
    # what Gradescope calls in its container needs no pages
    from markupsafe import Markup

    from aimc_course.grading.gradebook.templates import environment

    pages = environment()
    parts: Any = pages.get_template("feedback_parts.html").module
    places = {} if own is None else own.places
    beside: dict[int, str] = {}
    rows = []
    for mark in _marks(outcome):
        state, word = _state(mark)
        row = {
            "name": mark.question,
            "title": titles.of(mark.question),
            "score": _score(mark),
            "state": state,
            "word": word,
            "said": _said(mark, outcome),
            "linked": (place := places.get(mark.question)) is not None,
        }
        rows.append(row)
        if place is not None:
            beside[place] = beside.get(place, "") + str(parts.mark(row))
    notes = []
    for place, note in _placed(outcome, own):
        if place is None:
            notes.append(note)
        else:
            beside[place] = str(parts.note(note)) + beside.get(place, "")
    return pages.get_template("feedback.html").render(
        head=f"{titles.lab}: {outcome.label}",
        style=Markup(PAGE_STYLE + STYLE),
        sums=_sums(outcome, titles),
        rows=rows,
        notes=notes,
        cells=None if own is None else Markup(own.as_html(beside)),
    )


def as_markdown(outcome: Outcome, titles: Titles) -> str:
    """Return the feedback as Markdown."""
    lines = [f"# {markdown(f'{titles.lab}: {outcome.label}')}", ""]
    for line in _sums(outcome, titles):
        lines += [markdown(line), ""]
    lines += [
        "| Question | Asks for | Points | What there is to say |",
        "| --- | --- | --- | --- |",
    ]
    for mark in _marks(outcome):
        points = _score(mark)
        said = f"{_state(mark)[1]} {_said(mark, outcome)}"
        cells = (mark.question, titles.of(mark.question), points, said)
        lines.append(f"| {' | '.join(markdown(text) for text in cells)} |")
    if notes := [note for _, note in _placed(outcome, None)]:
        lines += ["", "## While your notebook ran", ""]
        lines += [f"- {markdown(note)}" for note in notes]
    return "\n".join(lines) + "\n"


def as_gradescope(outcome: Outcome, titles: Titles) -> str:
    """Return the feedback as a ``results.json`` of Gradescope.

    A score beside the tests replaces their sum, so it is there only where it differs: after being
    late, or where the whole was marked by hand.
    """
    tests: list[dict[str, Any]] = [
        {
            "name": f"{mark.question} {titles.of(mark.question)}".strip(),
            "number": mark.question.removeprefix("q"),
            "score": round(mark.points, 4),
            "max_score": mark.max_points,
            "output": f"{_state(mark)[1]} {_said(mark, outcome)}",
            "output_format": "text",
            "visibility": "visible",
        }
        for mark in _marks(outcome)
    ]
    result: dict[str, Any] = {
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "output": "\n".join(
            [*_sums(outcome, titles), *(note for _, note in _placed(outcome, None))]
        ),
        "output_format": "text",
        "tests": tests,
    }
    if outcome.marks is not None:
        result["execution_time"] = max(1, round(outcome.marks.seconds))
        if outcome.points is not None and outcome.points != outcome.marks.points:
            result["score"] = round(outcome.points, 4)
    return json.dumps(result, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _marks(outcome: Outcome) -> Sequence[QuestionMark]:
    return outcome.marks.marks if outcome.marks else ()


def _sums(outcome: Outcome, titles: Titles) -> list[str]:
    if outcome.marks is None or outcome.points is None:
        return ["There are no marks for this lab yet."]
    lines = [f"{number(outcome.points)} of {number(outcome.marks.max_points)} points."]
    if wrong := [doubt for doubt in outcome.doubts if doubt.startswith(f"{WRONG_FILE}:")]:
        reason = wrong[0].partition(":")[2].strip()
        lines.append(f"Your file is not the notebook of this lab: {reason}. Hand in the right one.")
    total = [override for override in outcome.by_hand if override.question == TOTAL]
    if total:
        lines.append(f"The points of the whole lab were given by hand: {total[0].reason}")
    elif outcome.late:
        left = number(100 * outcome.factor)
        late = f"{outcome.late} {outcome.per}{'' if outcome.late == 1 else 's'}"
        earned = number(outcome.marks.points)
        lines.append(f"Handed in {late} late: {left} % of the {earned} points earned are left.")
    if outcome.attempts > 1 and outcome.entry:
        # The folders before the file's name hold names and numbers, which a pseudonym hides.
        shown = outcome.label == outcome.student.id
        which = f": {outcome.entry.source.rpartition('/')[2]}" if shown else ""
        lines.append(f"One of your {outcome.attempts} notebooks counts{which}.")
    known = {mark.question for mark in outcome.marks.marks}
    for request in outcome.requests:
        if request.question not in known:
            lines += [f"{request.question}: {line}" for line in request.lines()]
    if titles.ask_again:
        lines.append(f"Do you think that a mark is wrong? {titles.ask_again} {HOW}")
    return lines


def _placed(outcome: Outcome, own: OwnNotebook | None) -> list[tuple[int | None, str]]:
    """Return the notes, each with the cell that it is about where the notebook has it."""
    if outcome.marks is None or outcome.marks.wrong_file:  # errors of another lab's cells
        return []
    witnessed, notes = set(outcome.marks.witnessed), outcome.marks.notes
    found: list[tuple[int | None, str]] = []
    for note in notes[:MOST_NOTES]:
        place = None
        if own and (about := ABOUT_CELL.match(note)):
            place = own.code_cell(int(about[1]))
        elif own and (about := ABOUT_QUESTION.match(note)):
            place = own.places.get(about[1])
        found.append((place, note if note in witnessed else f"{TOLD}{quoted(note)}"))
    if len(notes) > MOST_NOTES:
        found.append((None, f"and {len(notes) - MOST_NOTES} more"))
    return found


def _said(mark: QuestionMark, outcome: Outcome) -> str:
    said = [mark.message, mark.regrade]
    if outcome.marks and outcome.marks.wrong_file and not mark.points:
        said = []  # the reason stands above, once
    for override in outcome.by_hand:
        if override.question == mark.question:
            said = [f"Given by hand: {override.reason}"]
    for request in outcome.requests:
        if request.question == mark.question:
            said += request.lines()
    return "\n".join(line for line in said if line)


def _score(mark: QuestionMark) -> str:
    if not mark.max_points:  # there is only something to say
        return "–"
    return f"{number(mark.points)} / {number(mark.max_points)}"


def _state(mark: QuestionMark) -> tuple[str, str]:
    if not mark.max_points:
        return "note", "✎"
    if mark.points >= mark.max_points - 1e-9:
        return "good", "✔"
    return ("part", "◐") if mark.points > 0 else ("bad", "✘")
