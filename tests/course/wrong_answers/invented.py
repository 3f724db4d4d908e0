"""Answers that cost no work: made up, copied, or read off the page.

Each is what somebody can hand in who has programmed nothing and measured nothing, but knows what
a right answer looks like, from classmates or from the text. The search over all labs that hands
them in is ``scripts/try_answers.py``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from aimc.published import fact
from aimc_answers.checks.question import JudgedLab, JudgedQuestion

STUDENT_COPIES = Path(__file__).parents[3] / "labs" / "student"
NOISE = (0.01, 0.06, 0.2)
"""Noise that makes what was copied look measured, in units of its root mean square."""


@dataclass(frozen=True, slots=True)
class Invented:
    """An answer and where it comes from."""

    source: str
    """How it was come by."""
    answer: Any
    """What is handed in."""


def inventions(
    lab: JudgedLab, serial: int, others: Sequence[Any], *, printed: bool = True
) -> Iterator[Invented]:
    """Return what the student with this serial number may make up, knowing ``others``' answers."""
    if callable(others[0]):
        yield from _functions()
        return
    yield from (Invented(f"another's answer {k}", answer) for k, answer in enumerate(others))
    if isinstance(others[0], dict):
        yield from (Invented(f"all copies {n}", dict.fromkeys(others[0], n)) for n in (1, 2, 3))
        return
    try:
        right = [np.asarray(answer, dtype=np.float64) for answer in others]
    except (TypeError, ValueError):
        return
    shape = right[0].shape
    same = [one for one in right if one.shape == shape]
    yield from _constants(shape, boolean=np.asarray(others[0]).dtype == bool)
    yield from _near(np.median(same, axis=0), serial)
    if len(shape) == 1:
        yield from _curves(right[0])
    yield from _given(lab, serial, shape)
    if printed and not shape:
        yield from (Invented(f"printed: {one:g}", one) for one in printed_numbers(lab.slug))


def _functions() -> Iterator[Invented]:
    def like_first(what: Callable[[Any], Any]) -> Callable[..., Any]:
        return lambda *arguments, **named: what(arguments[0])

    for value in (0.0, 1.0, -1.0, 0.5, 2):
        yield Invented(f"returns {value:g}", like_first(lambda first, value=value: value))
    yield Invented("untouched", like_first(lambda first: None))
    yield Invented("identity", like_first(lambda first: first))
    yield Invented("zeros like its first argument", like_first(np.zeros_like))
    yield Invented("a pair of its first argument", like_first(lambda first: (first, first)))
    yield Invented("its last argument", lambda *arguments, **named: arguments[-1])
    yield Invented("the sum of its arguments", lambda *arguments, **named: sum(arguments))


def _constants(shape: tuple[int, ...], *, boolean: bool) -> Iterator[Invented]:
    if boolean:
        yield from (Invented(f"all {v}", np.full(shape, v)) for v in (False, True))
        return
    for value in (0.0, 1.0, -1.0, 0.5):
        yield Invented(f"{value:g} everywhere", _plain(np.full(shape, value)))
    rng = np.random.default_rng(0)
    yield Invented("random numbers from 0 to 1", _plain(rng.uniform(0.0, 1.0, shape)))


def _near(median: np.ndarray, serial: int) -> Iterator[Invented]:
    yield Invented("median of others", _plain(median))
    for digits in (2, 3):
        yield Invented(f"median of others, {digits} digits", _plain(rounded(median, digits)))
    rng = np.random.default_rng([serial, 1])
    for size in NOISE:
        noisy = median * (1 + size * rng.normal(size=median.shape))
        yield Invented(f"median of others, noise of {size:g}", _plain(noisy))
    if median.ndim > 1:
        yield Invented("mean row of others", np.broadcast_to(median.mean(axis=0), median.shape))


def _curves(right: np.ndarray) -> Iterator[Invented]:
    if right.size < 3:
        return
    first, last, count = right[0], right[-1], right.size
    yield Invented("a line between another's ends", np.linspace(first, last, count))
    if first * last > 0:
        yield Invented("geometric between another's ends", np.geomspace(first, last, count))
    yield Invented("a step between another's ends", np.r_[first, np.full(count - 1, last)])
    if count > 8:  # long enough to be an iteration that arrives somewhere
        for ratio in (0.15, 0.25, 0.4, 0.55, 0.7, 0.85):
            decay = np.maximum(first * ratio ** np.arange(2.0 * count), np.min(right))
            yield Invented(f"decay by {ratio:g} to another's end", decay)


def _given(lab: JudgedLab, serial: int, shape: tuple[int, ...]) -> Iterator[Invented]:
    rng = np.random.default_rng([serial, 2])
    for name, draw in lab.given.items():
        for part in draw(serial):
            drawn = np.asarray(part, dtype=np.float64)
            if drawn.shape != shape:
                continue
            yield Invented(f"given: {name}", _plain(drawn))
            size = np.sqrt(np.mean(drawn**2))
            for share in NOISE:
                noisy = drawn + share * size * rng.normal(size=shape)
                yield Invented(f"given: {name}, noise of {share:g}", _plain(noisy))


@lru_cache(maxsize=12)
def printed_numbers(slug: str) -> tuple[float, ...]:
    """Return all numbers that stand in the student copy of a lab, or are printed by it."""
    text = (STUDENT_COPIES / f"{slug}.ipynb").read_text(encoding="utf-8")
    cells = ["".join(cell["source"]) for cell in json.loads(text)["cells"]]
    joined = "\n".join(cells)
    found = {float(n) for n in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?:e-?\d+)?(?![\w.])", joined)}
    found |= {one / 100 for one in found if 0 < one < 100}  # per cents
    for key in set(re.findall(r"\"([A-Z]\d{3})\"", joined)):
        found |= set(_numbers_of(key))
    found |= {-one for one in found if 0 < one < 2}
    return tuple(sorted(found))


def _numbers_of(key: str) -> Iterator[float]:
    try:
        yield from fact(key).numbers
    except (KeyError, ValueError):
        return


def rounded(values: Any, digits: int) -> np.ndarray:
    """Return values rounded to so many significant digits."""
    array = np.asarray(values, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = 10.0 ** (digits - 1 - np.floor(np.log10(np.abs(array))))
        return np.where((array == 0) | ~np.isfinite(array), array, np.round(array * scale) / scale)


def _plain(array: np.ndarray) -> Any:
    """Return a single number as one."""
    return float(array) if np.ndim(array) == 0 else array


def worth(question: JudgedQuestion, answer: Any, serial: int) -> float:
    """Return the share of the points that an answer earns; what is said to it is left out."""
    with (
        patch("aimc_answers.checks.judges.recognise", return_value=""),
        np.errstate(all="ignore"),
    ):
        return question.verdict(answer, serial).points / question.points


def tried(
    lab: JudgedLab, question: JudgedQuestion, serials: Sequence[int], *, printed: bool = True
) -> dict[str, float]:
    """Return what each invented answer earns on average, as a share of the points; zeros too.

    An answer of another student counts as two: on average over all of them, and the best of them,
    which is what remains once a class has found out that one number fits everybody.
    """
    right = {serial: question.right_answer(serial) for serial in serials}
    shares: dict[str, list[float]] = {}
    for serial in serials:
        others = [right[other] for other in serials if other != serial]
        for one in inventions(lab, serial, others, printed=printed):
            name = "another's answer" if one.source.startswith("another's answer") else one.source
            shares.setdefault(name, []).append(worth(question, one.answer, serial))
    return {name: float(np.mean(found)) for name, found in shares.items()}
