"""Plausible wrong answers to every question, and the mark that each deserves.

The slips that a question knows are the first of them. `PARTLY` says of which ones a part is right,
by the question and the beginning of what is said to them; `MORE` holds wrong answers beside them.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any
from unittest.mock import patch

from aimc_answers.catalogue import LABS
from aimc_answers.checks.judges import ValueClose
from aimc_answers.checks.question import JudgedLab, JudgedQuestion
from aimc_answers.checks.slips import Slip
from aimc_answers.checks.weighted import Weighted

LEAST = 3
"""Wrong answers that every question has to have."""
NEED_TORCH = {("lab-7", "q8"), ("lab-7", "q9"), ("lab-10", "q4"), ("lab-10", "q9")}
DEAR = {
    *NEED_TORCH, ("lab-5", "q11"), ("lab-5", "q12"), ("lab-5", "q13"), ("lab-11", "q11"),
}  # fmt: skip
"""Questions that run a whole network on the chips of each serial number."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A wrong answer."""

    says: str
    """Words that name the slip."""
    answer: Callable[[int], Any]
    """The answer of a student with this serial number; ``None`` where it makes no difference."""
    share: float = 0.0
    """Share of the points that it deserves."""


def always(answer: Any) -> Callable[[int], Any]:
    """Return what gives the same answer, or the same function, to every student."""
    return lambda serial: answer


def wrong_answers(lab: JudgedLab, question: JudgedQuestion) -> list[Wrong]:
    """Return all wrong answers to a question: its own slips, and those of its file."""
    module = importlib.import_module(f"wrong_{lab.name.replace('-', '')}")
    partly: dict[str, float] = module.PARTLY.get(question.id, {})
    found = []
    for slip in getattr(question.judge, "slips", ()):
        share = next((s for start, s in partly.items() if slip.message.startswith(start)), 0.0)
        found.append(Wrong(slip.message, _of_slip(question, slip), share))
    unused = [s for s in partly if not any(one.says.startswith(s) for one in found)]
    assert not unused, f"{lab.name} {question.id} has no slip that says {unused}"
    return [*found, *module.MORE.get(question.id, ())]


def _of_slip(question: JudgedQuestion, slip: Slip) -> Callable[[int], Any]:
    judge = question.judge.main if isinstance(question.judge, Weighted) else question.judge

    def answer(serial: int) -> Any:
        if not isinstance(judge, ValueClose):
            return judge.slipping(slip)
        (case,) = judge.cases(serial)
        return slip.answer(case) if slip.leads_astray(case) else None

    return answer


def asked() -> dict[str, tuple[JudgedLab, JudgedQuestion]]:
    """Return all questions that can be asked here, by name."""
    return {
        f"{lab.name} {question.id}": (lab, question)
        for lab in LABS
        for question in lab.questions
        if (lab.name, question.id) not in NEED_TORCH or find_spec("torch")
    }


def failures(lab: JudgedLab, question: JudgedQuestion, serial: int) -> list[str]:
    """Return what is not as it should be for one student: refused answers and wrong ones that pass.

    Words are not looked for: on some chips two slips lead to numbers that are nearly the same.
    """
    with patch("aimc_answers.checks.judges.recognise", return_value=""):
        right = question.verdict(question.right_answer(serial), serial)
        found = [] if right.right else [f"the solution is refused: {right.message}"]
        for one in wrong_answers(lab, question):
            if (answer := one.answer(serial)) is None:
                continue
            share = question.verdict(answer, serial).points / question.points
            if share > one.share + 1e-9:
                found.append(f"earns {share:.2f} in place of {one.share:.2f}: {one.says}")
        return found
