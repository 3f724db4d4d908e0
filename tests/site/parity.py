"""What the browser tests compare: the explorers of the pages, and answers down to rounding."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection
from typing import Any

import pytest
from served import PAGES, SAMPLE, source_of

from aimc_course.explorers import Explorer
from aimc_course.explorers import browser_shell as answers

DIRECTIVE = re.compile(r"^\s*[`:]{3,}\{(explorer|live)\}[ \t]*(\S*)", re.MULTILINE)
TOLERANCE = 1e-6


def directives(kind: str) -> dict[str, list[str]]:
    """Return the arguments of each page's directives of one kind."""
    found: dict[str, list[str]] = {}
    for name in PAGES:
        source = source_of(name)
        text = source.read_text(encoding="utf-8") if source.suffix == ".md" else ""
        if here := [argument for word, argument in DIRECTIVE.findall(text) if word == kind]:
            found[name] = here
    return found


EXPLORERS = [(name, t) for name, targets in directives("explorer").items() for t in targets]
LIVE = sorted(directives("live"))


def one_of_each_kind() -> dict[str, tuple[str, str]]:
    """Return for each kind of control an explorer that has one, on a page of the sample if any."""
    first: dict[str, tuple[str, str]] = {}
    for name, target in sorted(EXPLORERS, key=lambda place: place[0] not in SAMPLE):
        for control in answers.find(target).controls:
            first.setdefault(type(control).__name__, (name, target))
    return first


# What is visited with each change: what the quick tests see, and the kinds of control beyond it.
VISITED = SAMPLE | {name for name, _ in one_of_each_kind().values()}


def _on_explorers(mark: Callable[[str], Any]) -> Any:
    """Run a test on each explorer, with the mark that its page has."""
    named = [(name, target, target.partition(":")[2].lower()) for name, target in EXPLORERS]
    pairs = [pytest.param(n, target, id=words, marks=mark(n)) for n, target, words in named]
    return pytest.mark.parametrize(("name", "target"), pairs)


def explorers_beyond(sample: Collection[str], mark: pytest.MarkDecorator) -> Any:
    """Run a test on each explorer; those on pages beyond a sample get a mark."""
    return _on_explorers(lambda name: () if name in sample else mark)


def how_often(name: str) -> Any:
    """Return the mark of tests of a page that computes."""
    beyond = pytest.mark.slow if name in VISITED else pytest.mark.weekly
    return () if name in SAMPLE else beyond


def each_computing_page(names: Collection[str]) -> Any:
    """Run a test on each of these pages, as often as its explorers are visited."""
    return pytest.mark.parametrize("name", [pytest.param(n, marks=how_often(n)) for n in names])


each_explorer = _on_explorers(how_often)


def differences(got: Any, expected: Any, place: str = "answer") -> list[str]:
    """Return where two trees differ by more than rounding."""
    if isinstance(expected, dict) and isinstance(got, dict) and set(got) == set(expected):
        return [d for k in expected for d in differences(got[k], expected[k], f"{place}.{k}")]
    if isinstance(expected, list) and isinstance(got, list) and len(got) == len(expected):
        pairs = enumerate(zip(got, expected, strict=True))
        return [d for k, (a, b) in pairs for d in differences(a, b, f"{place}[{k}]")]
    real = isinstance(expected, int | float) and not isinstance(expected, bool)
    if real and isinstance(got, int | float):
        # What is zero but for rounding has no meaningful relative error.
        same = math.isclose(got, expected, rel_tol=TOLERANCE, abs_tol=1e-14)
    else:
        same = got == expected
    return [] if same else [f"{place}: {got!r} instead of {expected!r}"]


def assert_same(got: dict[str, Any], explorer: Explorer, state: dict[str, Any]) -> None:
    expected = answers.plain(explorer.answer(**state).as_json())
    found = differences({key: got[key] for key in expected}, expected)
    assert found == [], (state, found[:5], len(found))
