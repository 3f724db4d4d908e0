"""A lab as its notebook sees it: own numbers, locked predictions, checks and a summary.

>>> from aimc_course import start
>>> lab = start("lab-1", serial=7)
>>> check = lab.check
>>> print(check("q1", ...))  # doctest: +ELLIPSIS
✘ q1: 0 of 2 points. no answer yet...

Verdicts are remembered in the object that `start` returns and nowhere else. Answers are judged
where the package `aimc_answers` is installed; without it a lab starts, gives its numbers, and says
that it cannot judge.
"""

from __future__ import annotations

import html
import importlib
import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from aimc.validation import check_choice
from aimc_course.checks.diagnosis import as_numbers, is_blank, wrong_kind
from aimc_course.checks.question import LabDefinition, Question, Verdict

__all__ = ["AnswersNotInstalledError", "Lab", "Message", "Summary"]

# Frame colours with a contrast above 4.5:1 on white; the symbol says the same without colour.
GOOD, PART, BAD, NOTE = "#00694e", "#8a5a00", "#b3261e", "#005a9c"

SHARED = "(shared): chips differ little here, and what is right for another may be right for yours."
"""What the summary says of a lab in which some questions are shared."""


STATES = {"✔": "right", "◐": "in part", "✘": "wrong", "–": "open"}
"""What the symbols of the summary say."""

WORD = re.compile(r"(?:a|[a-z]{2,})(?![\w.(])")
"""A word of English at the start of a message: neither ``g_max`` nor ``x``, nor ``np.sum``."""

UNANSWERED = "no answer yet: replace the `...` in the cell above and run it first"
UNJUDGED = "Not judged: the answers of the labs, aimc-answers, are not installed here"


class AnswersNotInstalledError(LookupError):
    """An answer is to be judged, and this environment holds no judges: it lacks `aimc_answers`."""


@dataclass(frozen=True, slots=True)
class Message:
    """One line with a symbol, shown as text or as a framed box in a notebook."""

    symbol: str
    text: str
    colour: str
    boxed: str = ""
    """The text of the box, where it is not that of the line."""

    def __str__(self) -> str:
        """Return the line as plain text."""
        return f"{self.symbol} {self.text}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return (
            f'<div role="status" style="border-left:5px solid {self.colour};padding:.4em .8em;'
            f'background:#ffffff;color:#1a1a1a"><strong style="color:{self.colour}">'
            f"{html.escape(self.symbol)}</strong> {html.escape(self.boxed or self.text)}</div>"
        )


class Lab:
    """One student's run through a lab. Made by `start`.

    Parameters
    ----------
    definition : LabDefinition
        Questions and given numbers.
    serial : int
        Serial number of the student's chip.
    before : Lab, optional
        The run that this one takes the place of, when the first cell of a notebook runs again.
    """

    def __init__(self, definition: LabDefinition, serial: int, before: Lab | None = None) -> None:
        self.definition = definition
        self.serial = serial
        self.predictions: dict[str, float] = {}
        self._asked: dict[str, float] = {}
        self.verdicts: dict[str, Verdict] = {}
        self._questions = {question.id: question for question in definition.questions}
        self._before = (0.0, serial)
        if before is not None:  # a cell that runs three times has not lost the points of the first
            self._before = (before.points, before.serial) if before.points else before._before

    def __repr__(self) -> str:
        """Return name and score, and what became of earlier points."""
        score = (
            f"<{self.definition.name}, serial {self.serial}: "
            f"{self.points:g} of {self.max_points:g} points>"
        )
        return f"{score}\n{self._begun_again}" if self._begun_again else score

    def __reduce__(self) -> tuple[Any, ...]:
        """Let a lab be copied and pickled: its questions are found again by its name."""
        found = ("definition", "_questions")
        state = {name: value for name, value in vars(self).items() if name not in found}
        return _found_again, (self.definition.name, self.serial), state

    def _repr_html_(self) -> str:
        """Return the table of all questions: points earned and possible, and what is open."""
        return self.summary()._repr_html_()

    @property
    def _begun_again(self) -> str:
        """What became of the points earned before this lab was started again; empty if regained."""
        points, serial = self._before
        if self.points >= points:
            return ""
        earned = f"{points:g} point{'' if points == 1 else 's'} earned before"
        if serial != self.serial:
            return f"The lab starts again with another chip: {earned} belonged to chip {serial}."
        return (
            f"The lab starts again, and so does its count: {earned} come back when the cells with "
            "your answers and their checks have run again (menu Run, Run All Cells)."
        )

    @property
    def points(self) -> float:
        """Points earned so far; the last answer to a question counts."""
        return sum(verdict.points for verdict in self.verdicts.values())

    @property
    def max_points(self) -> float:
        """Points of all questions."""
        return sum(question.points for question in self.definition.questions)

    def given(self, name: str) -> tuple[np.ndarray, ...]:
        """Return numbers of your own, drawn from your serial number.

        Raises
        ------
        ValueError
            If the lab gives nothing of that name.
        """
        check_choice("name", name, tuple(self.definition.given))
        return self.definition.given[name](self.serial)

    def predict(self, name: str, value: Any) -> Message:
        """Lock in a number before you measure it; the first one stands.

        A number that is very small in the unit of the prediction is asked back once: it may be a
        fraction where per cent or points are asked for, or be in amperes in place of µA.
        """
        check_choice("name", name, tuple(self.definition.predictions))
        unit = _with_space(self.definition.predictions[name])
        if name in self.predictions:
            text = f"{name}: locked. You predicted {self.predictions[name]:g}{unit}."
            return Message("ⓘ", text, NOTE)
        if is_blank(value):
            return Message("…", f"{name}: write your prediction in place of the `...`.", NOTE)
        number = as_numbers(value)
        if number is None or number.size != 1 or not np.all(np.isfinite(number)):
            what = wrong_kind(value) if number is None else f"got {value!r}"
            return Message("✘", f"{name}: a prediction is one number; {what}.", BAD)
        said = float(number.reshape(()))
        factor = _meant(said, unit)
        if factor != 1 and self._asked.get(name) != said:
            # most who write 0.9 mean 90 %, and a lock cannot be undone
            self._asked[name] = said
            text = (
                f"{name}: {said:g}{unit} is very little. Did you mean {factor * said:g}{unit}? "
                f"Then write {factor * said:g}. If you mean {said:g}{unit}, run the cell once more."
            )
            return Message("?", text, NOTE)
        self.predictions[name] = said
        text = f"{name}: you predict {self.predictions[name]:g}{unit}. Now measure."
        return Message("ⓘ", text, NOTE)

    def compare(self, name: str, measured: Any, chance: float = 0.0) -> Message:
        """Show a prediction beside what was measured.

        Parameters
        ----------
        name : str
            Name of the prediction.
        measured : float or None
            What came out, in the unit of the prediction; ``None`` as long as nothing did.
        chance : float
            By how much chance alone may have moved it. No assumption is blamed for less.
        """
        check_choice("name", name, tuple(self.definition.predictions))
        unit = _with_space(self.definition.predictions[name])
        number = as_numbers(measured)
        if number is None or number.size != 1:
            return Message("…", f"{name}: nothing measured yet.", NOTE)
        value = float(number.reshape(()))
        if name not in self.predictions:
            text = f"{name}: measured {value:.3g}{unit}; you made no prediction."
            return Message("…", text, NOTE)
        said = self.predictions[name]
        start = f"{name}: you predicted {said:g}{unit}, measured {value:.3g}{unit}"
        if math.isclose(said, value, rel_tol=0.2):
            return Message("✔", f"{start}: within 20 %.", GOOD)
        if abs(said - value) <= chance:
            text = f"{start}. Chance alone moves it by up to {chance:.2g}{unit}: no contradiction."
            return Message("✔", text, GOOD)
        if said * value > 0:
            factor = max(said / value, value / said)
            word = "high" if abs(said) > abs(value) else "low"
            start += f", a factor of {float(f'{factor:.2g}'):g} too {word}"
        return Message("≠", f"{start}. Which assumption was wrong?", PART)

    def check(self, question: str, answer: Any) -> Message:
        """Judge an answer, remember the verdict and say what to think about."""
        check_choice("question", question, tuple(self._questions))
        asked = self._questions[question]
        try:
            verdict = self._verdict(asked, answer)
        except AnswersNotInstalledError:
            self.verdicts[question] = Verdict(0.0, asked.points, UNJUDGED)
            return Message("…", f"{question}: {UNJUDGED}.", NOTE)
        self.verdicts[question] = verdict
        score = f"{question}: {verdict.points:.3g} of {verdict.max_points:g} points."
        symbol, colour = ("✔", GOOD) if verdict.right else ("✘", BAD)
        if 0 < verdict.points < verdict.max_points:
            symbol, colour = "◐", PART
        name = getattr(answer, "__name__", "")
        boxed = f"{score} {_sentence(verdict.message, name)}"
        return Message(symbol, f"{score} {verdict.message}", colour, boxed)

    def _verdict(self, asked: Question, answer: Any) -> Verdict:
        if is_blank(answer):
            return Verdict(0.0, asked.points, UNANSWERED)
        try:
            catalogue = importlib.import_module("aimc_answers.catalogue")
        except ModuleNotFoundError as error:
            if error.name not in ("aimc_answers", "aimc_answers.catalogue"):
                raise
            raise AnswersNotInstalledError("aimc-answers is not installed here") from None
        found: Verdict = catalogue.find(self.definition.name)[asked.id].verdict(answer, self.serial)
        return found

    def summary(self) -> Summary:
        """Return the table of all questions with the points so far."""
        rows = []
        for question in self.definition.questions:
            verdict = self.verdicts.get(question.id)
            symbol = "–" if verdict is None else "✔" if verdict.right else "◐"
            if verdict is not None and verdict.points == 0:
                symbol = "–" if verdict.message in (UNANSWERED, UNJUDGED) else "✘"
            points = 0.0 if verdict is None else verdict.points
            title = f"{question.title} (shared)" if question.shared else question.title
            rows.append((symbol, question.id, title, points, question.points))
        head = f"{self.definition.title}, chip {self.serial}"
        note = SHARED if any(question.shared for question in self.definition.questions) else ""
        return Summary(
            head, tuple(rows), self.points, self.max_points, note, again=self._begun_again
        )


@dataclass(frozen=True, slots=True)
class Summary:
    """Points per question."""

    title: str
    rows: tuple[tuple[str, str, str, float, float], ...]
    """Symbol, id, title, points, most points of each question."""
    points: float
    max_points: float
    note: str = ""
    """What a word in the rows means."""
    again: str = ""
    """What became of earlier points."""

    @property
    def open(self) -> tuple[str, ...]:
        """Questions that have not earned all their points."""
        return tuple(q for symbol, q, *_ in self.rows if symbol != "✔")

    def __str__(self) -> str:
        """Return the table as plain text."""
        lines = [line for line in (self.title, self.note, self.again) if line]
        lines += [f"{s} {q:4} {p:4.3g} / {m:<4g} {title}" for s, q, title, p, m in self.rows]
        return "\n".join([*lines, f"  sum  {self.points:4.4g} / {self.max_points:<4g}"])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(s)} {STATES[s]}</td><td>{html.escape(q)}</td>"
            f'<td style="text-align:left">{html.escape(title)}</td>'
            f"<td>{p:.3g}</td><td>{m:g}</td></tr>"
            for s, q, title, p, m in self.rows
        )
        note = f"<br>{html.escape(self.note)}" if self.note else ""
        still = f"Still open: {', '.join(self.open)}." if self.open else "All points are earned."
        again = f'<p role="status">ⓘ {html.escape(self.again)}</p>' if self.again else ""
        heads = "".join(
            f'<th scope="col">{word}</th>'
            for word in ("State", "Question", "Asks for", "Earned", "Possible")
        )
        return (
            f"<table><caption>{html.escape(self.title)}{note}</caption><thead><tr>{heads}</tr>"
            f'</thead><tbody>{rows}</tbody><tfoot><tr><th scope="row" colspan="3">Sum</th>'
            f"<td>{self.points:.4g}</td><td>{self.max_points:g}</td></tr></tfoot></table>"
            f"<p>{html.escape(still)}</p>{again}"
        )


def _found_again(name: str, serial: int) -> Lab:
    """Return a lab of the course as it is before anything is answered."""
    catalogue = importlib.import_module("aimc_course.labs.catalogue")
    return Lab(catalogue.find(name), serial)


def _sentence(text: str, name: str) -> str:
    """Begin a text with a capital, unless it begins with a student's own name or a symbol."""
    word = WORD.match(text)
    if word is None or word[0] == name:
        return text
    return text[0].upper() + text[1:]


LITTLE = {" %": (1.0, 100), " of 100": (1.0, 100), " points": (0.2, 100)}
"""Below which size a prediction may be a fraction, and by what it would then be multiplied."""
PREFIXES = {"m": 1e3, "µ": 1e6, "n": 1e9}


def _meant(said: float, unit: str) -> float:
    """Return by which factor a prediction is off if its unit was forgotten; one if it was not."""
    below, factor = LITTLE.get(unit, (1e-3, PREFIXES.get(unit[1:2], 1.0) if unit[2:] else 1.0))
    return factor if 0 < abs(said) < below else 1.0


def _with_space(unit: str) -> str:
    return f" {unit}" if unit else ""
