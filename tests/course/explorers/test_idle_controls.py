"""Every control changes what its explorer shows in some state, and is disabled where it cannot."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aimc_course.explorers import Choice, Control, Explorer, Slider, Toggle
from aimc_course.explorers import browser_shell as answers

BOOK = Path(__file__).resolve().parents[3] / "book"
TARGETS = sorted(
    {
        target
        for page in BOOK.rglob("*.md")
        for target in re.findall(r"^```\{explorer\} (\S+)", page.read_text("utf-8"), re.MULTILINE)
    }
)
# What takes seconds for an answer is searched for idle controls in its default state alone.
LONG = {"DRIFT_RACE", "ERROR_BUDGET", "NOISE_TRAINING", "RESONATOR", "TIKI_TAKA"}


def named(target: str) -> str:
    return target.partition(":")[2]


each = pytest.mark.parametrize("target", TARGETS, ids=named)
quick_first = pytest.mark.parametrize(
    "target",
    [
        pytest.param(t, id=named(t), marks=pytest.mark.weekly if named(t) in LONG else ())
        for t in TARGETS
    ],
)


def values(control: Control) -> list[Any]:
    """Return the options of a control, or the ends of its range."""
    if isinstance(control, Slider):
        return [control.steps()[0], control.steps()[-1]]
    if isinstance(control, Choice):
        return list(control.options)
    if isinstance(control, Toggle):
        return [True, False]
    first, *others = control.value
    return [[(value, *first[1:]), *others] for value in (control.low, control.high)]


class Seen:
    """What an explorer shows, each state computed once."""

    def __init__(self, explorer: Explorer) -> None:
        self.explorer = explorer
        self.known: dict[str, str] = {}

    def __call__(self, state: dict[str, Any]) -> str:
        key = json.dumps(answers.plain(state))
        if key not in self.known:
            answer = answers.plain(self.explorer.answer(**state).as_json())
            self.known[key] = json.dumps([answer["charts"], answer["sentence"]])
        return self.known[key]

    def changed_by(self, control: Control, state: dict[str, Any]) -> bool:
        others = [{**state, control.name: value} for value in values(control)]
        # Those that are known first: one that differs will do.
        others.sort(key=lambda other: json.dumps(answers.plain(other)) not in self.known)
        return any(self(other) != self(state) for other in others)


def helpful(explorer: Explorer, control: Control) -> dict[str, Any]:
    """Return the default state, with what the control needs."""
    default = explorer.state()
    return explorer.state(
        **{
            name: default[name] if default[name] in allowed else allowed[0]
            for name, allowed in control.needs.items()
        }
    )


def moved(explorer: Explorer) -> Iterator[dict[str, Any]]:
    """Yield the default state and those in which one control has moved."""
    yield explorer.state()
    if named_of(explorer) in LONG:
        return
    for control in explorer.controls:
        for value in values(control):
            if value != control.value:
                yield explorer.state(**{control.name: value})


def named_of(explorer: Explorer) -> str:
    return next(named(t) for t in TARGETS if answers.find(t) is explorer)


@pytest.mark.slow
@quick_first
def test_each_control_changes_what_is_shown(target: str) -> None:
    explorer = answers.find(target)
    shown = Seen(explorer)
    for control in explorer.controls:
        state = helpful(explorer, control)
        assert control.name not in explorer.idle(**state)
        assert shown.changed_by(control, state), control.name


@each
def test_a_disabled_control_would_change_nothing(target: str) -> None:
    explorer = answers.find(target)
    shown = Seen(explorer)
    needing = {control.name: control for control in explorer.controls if control.needs}
    found = set()
    for other in {name for control in needing.values() for name in control.needs}:
        chooser = next(control for control in explorer.controls if control.name == other)
        for value in values(chooser):
            state = explorer.state(**{other: value})
            for name in explorer.idle(**state):
                assert not shown.changed_by(needing[name], state), (name, other, value)
                found.add(name)
    assert found == set(needing)


@pytest.mark.weekly
@each
def test_a_control_that_changes_nothing_is_disabled(target: str) -> None:
    explorer = answers.find(target)
    shown = Seen(explorer)
    for state in moved(explorer):
        for control in explorer.controls:
            if control.name not in explorer.idle(**state):
                assert shown.changed_by(control, state), (control.name, state)
