"""The answers to the first move of each control, made with the page.

Python takes seconds to start in a browser. What most readers do first is one step on one control:
the answers to those steps stand ready in a file beside the page. They are computed by the library
here, as the default answer is, and kept until library or explorer change.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from freshcache import digest

from aimc_course.explorers import Choice, Control, Explorer, Slider, SliderGrid, browser_shell

SOURCES = (
    "src/aimc/**/*.py",
    "src/aimc/**/*.toml",
    "src/aimc_course/explorers/**/*.py",
    "src/aimc_course/studies/**/*.py",
    "book/_ext/neighbours.py",
    "constraints.txt",
)
KEPT = ".answers"
"""Folder beside the pages' own cache."""


def steps(control: Control) -> Iterator[Any]:
    """Yield the values one step from a control's default: of a choice, all others."""
    if isinstance(control, Choice):
        yield from (option for option in control.options if option != control.value)
    elif isinstance(control, Slider):
        values = control.steps()
        k = min(range(len(values)), key=lambda k: abs(values[k] - control.value))
        yield from (values[j] for j in (k - 1, k + 1) if 0 <= j < len(values))
    elif isinstance(control, SliderGrid):
        yield from _tables(control)
    else:
        yield not control.value


def _tables(control: SliderGrid) -> Iterator[tuple[tuple[float, ...], ...]]:
    for i, row in enumerate(control.value):
        for j, value in enumerate(row):
            for step in (-control.step, control.step):
                if control.low <= (moved := round(value + step, 9)) <= control.high:
                    table = [list(other) for other in control.value]
                    table[i][j] = moved
                    yield tuple(map(tuple, table))


def moves(explorer: Explorer) -> Iterator[tuple[str, Any]]:
    """Yield name and value of each first step that changes something."""
    idle = explorer.idle()
    for control in explorer.controls:
        if control.name not in idle:
            yield from ((control.name, value) for value in steps(control))


def answers(explorer: Explorer, target: str) -> dict[str, Any]:
    """Return the answers to all first steps; charts and scenes that several have stand there once.

    Returns
    -------
    dict
        ``charts`` and ``scenes``, lists; ``answers``, list of objects with ``name`` and ``value``
        of the control that has moved, ``sentence``, ``warnings``, the places of its ``charts``, and
        the place of its ``scene`` if it has one.
    """
    charts = _Once()
    scenes = _Once()
    found = []
    for name, value in moves(explorer):
        answer = json.loads(browser_shell.answer(target, json.dumps({name: value})))
        said = {"sentence": answer["sentence"], "warnings": answer["warnings"]}
        if "scene" in answer:
            said["scene"] = scenes.place(answer["scene"])
        drawn = [charts.place(chart) for chart in answer["charts"]]
        found.append({"name": name, "value": browser_shell.plain(value), "charts": drawn, **said})
    return {"charts": charts.items, "scenes": scenes.items, "answers": found}


class _Once:
    """A list in which equal things have one place."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self._places: dict[str, int] = {}

    def place(self, item: Any) -> int:
        """Return where an item stands, and put it there if it is new."""
        place = self._places.setdefault(json.dumps(item), len(self.items))
        if place == len(self.items):
            self.items.append(item)
        return place


@cache
def _sources(root: Path) -> str:
    return digest(root, SOURCES) + np.__version__


def stored(root: Path, cache_folder: Path, explorer: Explorer, target: str) -> bytes:
    """Return the answers to all first steps as JSON, from the cache if nothing has changed."""
    folder = cache_folder / KEPT
    file = folder / f"{explorer.name}.json"
    stamp = _sources(root)
    if file.is_file():
        kept = json.loads(file.read_text(encoding="utf-8"))
        if kept["stamp"] == stamp:
            return str(kept["text"]).encode()
    text = json.dumps(
        answers(explorer, target), allow_nan=False, ensure_ascii=False, separators=(",", ":")
    )
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{explorer.name}.{os.getpid()}"  # other processes read pages at the same time
    part.write_text(json.dumps({"stamp": stamp, "text": text}), encoding="utf-8")
    part.replace(file)
    return text.encode()
