"""Where a published number stands: its row, the code that names it, the pages that print it.

And the pages that compute with it, as far as names tell: those that call a function which names
the number, or a preset that is made with one.

A test that fails on a published number says so in a section of its own, whatever it compared with.
"""

from __future__ import annotations

import ast
import inspect
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from aimc.published import Fact, UnknownFactError, fact, targets

ROOT = Path(__file__).parents[2]
# One fact, or all from one to another: B019, B013-B020, A110 to A114.
NAMED = re.compile(r"\b([A-G])(\d{3})(?:(?:[-–]| to )(?:\1)?(\d{3}))?\b")
DECORATED = re.compile(r"\A.*?(?=^\s*(?:async )?def )", re.DOTALL | re.MULTILINE)
SHOWN = 90  # letters of a value
PLACES = 4  # of a kind


def identifiers(text: str) -> list[str]:
    """Return the ids that a text names, those of a range included."""
    found = []
    for letter, first, last in NAMED.findall(text):
        found += [f"{letter}{k:03d}" for k in range(int(first), int(last or first) + 1)]
    return list(dict.fromkeys(found))


@cache
def places(folder: str, ending: str) -> dict[str, list[str]]:
    """Return for each id the first line of each file of a folder that names it."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / folder).rglob(f"*{ending}")):
        lines = path.read_text(encoding="utf-8").splitlines()
        seen: set[str] = set()
        for number, line in enumerate(lines, start=1):
            for name in identifiers(line):
                if name not in seen:
                    seen.add(name)
                    found.setdefault(name, []).append(f"{path.relative_to(ROOT)}:{number}")
    return found


@cache
def definitions() -> dict[str, tuple[Path, str]]:
    """Return file and text of each function and class of the library, by its name."""
    found = {}
    for path in sorted((ROOT / "src" / "aimc").rglob("*.py")):
        if "published" in path.parts:  # there ids are examples
            continue
        text = path.read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                found[node.name] = (path, ast.get_source_segment(text, node) or "")
    return found


def callers(identifier: str) -> str:
    """Return a regular expression for what a page calls to compute with a number, or nothing."""
    makers = [name for name, (_, text) in definitions().items() if identifier in identifiers(text)]
    if not makers:
        return ""
    used = re.compile(rf"\b({'|'.join(makers)})\(")
    presets = [
        name
        for name, (path, text) in definitions().items()
        if path.name == "presets.py" and name not in makers and used.search(text)
    ]
    called = [rf"\b{name}\(" for name in makers]
    return "|".join([*called, *(rf'presets\.{name}\b|"{name}"' for name in presets)])


def computing(identifier: str) -> str:
    """Return the pages that compute with a number, and the command that finds all of them."""
    pattern = callers(identifier)
    if not pattern:
        return "no function names it"
    pages = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "book").rglob("*.md"))
        if re.search(pattern, path.read_text(encoding="utf-8"))
    ]
    more = f" and {len(pages) - PLACES} more" if len(pages) > PLACES else ""
    command = f"git grep -lP '{pattern}' book labs src/aimc_course"
    return f"{', '.join(pages[:PLACES]) or 'none'}{more}\n          {command}"


def described(known: Fact) -> str:
    """Return what a fact says, and where it stands in tables, library and book."""
    value = known.text if len(known.text) <= SHOWN else known.text[:SHOWN] + " ..."
    lines = [f"{known.id}, {known.quantity}: {value} ({', '.join(known.source)})"]
    for kind, folder, ending in (
        ("row", "src/aimc/published/tables", ".toml"),
        ("code", "src", ".py"),
        ("pages", "book", ".md"),
    ):
        found = places(folder, ending).get(known.id, [])
        more = f" and {len(found) - PLACES} more" if len(found) > PLACES else ""
        lines.append(f"    {kind:6s}{', '.join(found[:PLACES]) or 'none names it'}{more}")
    lines.append(f"    runs  {computing(known.id)}")
    return "\n".join(lines)


def facts_of(item: Any) -> list[Fact]:
    """Return the facts that a test names, or else those of the result that its file reproduces."""
    chosen = getattr(item, "callspec", None)
    words = [str(value) for value in chosen.params.values()] if chosen else []
    try:
        source = inspect.getsource(item.function)
    except (AttributeError, OSError):  # no function, or a file that has changed since
        source = ""
    words.append(DECORATED.sub("", source, count=1))  # which hold the facts of other parameters
    names = identifiers("\n".join(words))
    if not names:
        here = item.path.relative_to(ROOT).as_posix() if item.path.is_relative_to(ROOT) else ""
        names = [name for target in targets() if target.test == here for name in target.facts]
    found = []
    for name in names:
        try:
            found.append(fact(name))
        except (UnknownFactError, ValueError):  # none of that name, or a table that has a fault
            continue
    return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Add to the report of a failed test where the numbers stand that it compares with."""
    report = yield
    if report.when == "call" and report.failed and (known := facts_of(item)):
        text = "\n".join(described(one) for one in known)
        report.sections.append(("Published numbers that this test names", text))
    return report
