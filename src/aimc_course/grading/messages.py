"""What is said of a wrong answer: which misunderstanding it shows, and no number that is secret."""

from __future__ import annotations

import re

from aimc_answers.checks.common_slips import COMMON
from aimc_answers.checks.judges import (
    Finding,
    FunctionOnInputs,
    Judge,
    PropertiesHold,
    ValueClose,
)
from aimc_answers.checks.question import JudgedQuestion
from aimc_answers.checks.shares import divided
from aimc_answers.checks.weighted import Weighted

__all__ = ["slip_of", "withheld"]

# How far off an answer is would tell, asked often enough, what it should be.
AMOUNTS = (
    (re.compile(r"(?:(?:some |less than )?\d[\d.e+-]* %|a few per cent) too"), "too"),
    (re.compile(r"(?:(?:about )?\d[\d.e+-]*|more than a million) times too"), "far too"),
    (re.compile(r"(large|small) by a factor of 1e\d+"), r"\1 by powers of ten"),
    (re.compile(r"\d+ of \d+ entries differ, the first at index .*"), "some entries differ"),
)
NUMBER = re.compile(r"(?<![\w.])[-+]?\d[\d.]*(?:e[-+]?\d+)?(?: ?(?:%|µS|MiB))?", re.IGNORECASE)
LISTED = re.compile(r"\[[^\]]*\]|\([^)]*\d[^)]*\)")


def withheld(message: str, question: JudgedQuestion, *, hidden: bool) -> str:
    """Return a message without how far off an answer is.

    Parameters
    ----------
    message : str
        What the judge says. What the question itself says stays as it is.
    question : JudgedQuestion
        The question.
    hidden : bool
        Whether it speaks of inputs that are secret: then no number is left in it.
    """
    parts, message = divided(message)  # which parts are right is no secret
    kept = [text for text in _spoken(question) if text in message]
    if kept:
        return parts + max(kept, key=len)
    for pattern, instead in AMOUNTS:
        message = pattern.sub(instead, message)
    if not hidden:
        return parts + message
    message = NUMBER.sub("…", LISTED.sub("…", message))
    case, _, said = message.partition(": ")
    return parts + (said if said and case.count("…") > 1 else message)


def slip_of(question: JudgedQuestion, finding: Finding) -> str | None:
    """Return the misunderstanding that a finding names, in the words of the question."""
    named = [text for text in _spoken(question) if text in finding.message]
    return max(named, key=len) if named else None


def _spoken(question: JudgedQuestion) -> list[str]:
    """Return what the authors of a question wrote: texts that hold no number of a student."""
    return _hints(question.judge)


def _hints(judge: Judge) -> list[str]:
    if isinstance(judge, Weighted):
        return [hint for _, part in judge.parts for hint in _hints(part)]
    if isinstance(judge, PropertiesHold):
        return [test.hint for test in judge.tests]
    if isinstance(judge, FunctionOnInputs | ValueClose):
        slips = [*judge.slips, *COMMON]
        return [one.message.replace("{unit}", judge.unit) for one in slips]
    return []
