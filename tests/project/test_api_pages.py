"""Every public name has one entry in the pages of the API, and a docstring that fits it."""

from __future__ import annotations

import importlib
import inspect
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytestmark = pytest.mark.torch

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "book" / "api").glob("*.md"))
ENTRY = re.compile(
    r"^\.\. (py:|auto)(module|class|function|exception)::[ ]*(.+(?:\n {10,}\w+)*)((?:\n   :.*)*)",
    re.MULTILINE,
)
SECTION = re.compile(r"^(\w+)\n-{3,}\n", re.MULTILINE)


def found(name: str) -> Any:
    """Return the class or function of a full name."""
    module, _, last = name.rpartition(".")
    return getattr(importlib.import_module(module), last)


def is_code(thing: Any) -> bool:
    return thing is not Any and (inspect.isclass(thing) or inspect.isroutine(thing))


def listed(options: str, name: str) -> list[str] | None:
    """Return the names behind an option of a directive; ``None`` if it is not given."""
    match = re.search(rf":{name}:[ ]*(.*)", options)
    return None if match is None else [each.strip() for each in match[1].split(",") if each.strip()]


@cache
def entries() -> dict[Any, list[str]]:
    """Return the classes and functions that have entries, with the names of these."""
    known = defaultdict(list)
    for page in PAGES:
        for name in entries_of(page.read_text(encoding="utf-8")):
            known[found(name)].append(name)
    return known


def entries_of(page: str) -> Iterator[str]:
    module = ""
    for way, kind, names, options in ENTRY.findall(page):
        if kind != "module":
            own = [name.strip().partition("(")[0] for name in names.splitlines()]
            yield from own if way == "auto" else (f"{module}.{name}" for name in own)
            continue
        module = names.strip()
        members = listed(options, "members")
        if way != "auto" or members is None:
            continue
        left_out = listed(options, "exclude-members") or ()
        for name in members or importlib.import_module(module).__all__:
            if name not in left_out and is_code(found(f"{module}.{name}")):
                yield f"{module}.{name}"


def packages() -> list[str]:
    """Return the packages that a user imports."""
    rooms = [
        *(ROOT / "src/aimc").glob("*/__init__.py"),
        *(ROOT / "src/aimc").glob("recovery/*/__init__.py"),
    ]
    rooms += [*(ROOT / "src/aimc_course/studies").glob("*/__init__.py")]
    names = (".".join(path.parent.relative_to(ROOT / "src").parts) for path in rooms)
    return ["aimc", "aimc_course", *sorted(names)]


@pytest.mark.parametrize("package", packages())
def test_every_public_name_has_an_entry(package: str) -> None:
    module = importlib.import_module(package)
    public = {name: getattr(module, name) for name in getattr(module, "__all__", ())}
    assert [
        name for name, thing in public.items() if is_code(thing) and thing not in entries()
    ] == []


def test_nothing_has_two_entries() -> None:
    assert {thing: names for thing, names in entries().items() if len(names) > 1} == {}


def parameters(docstring: str | None) -> list[str] | None:
    """Return the parameters that a docstring describes; ``None`` if it has no such section."""
    parts = SECTION.split(inspect.cleandoc(docstring or ""))
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    if "Parameters" not in sections:
        return None
    heads = [line.partition(" :")[0] for line in sections["Parameters"].splitlines()]
    heads = [head for head in heads if head and not head[0].isspace()]
    return [name.strip().lstrip("*") for head in heads for name in head.split(",")]


def described() -> Iterator[tuple[str, Any]]:
    """Yield what has entries, and the methods of classes."""
    for thing, (name, *_) in entries().items():
        yield name, thing
        for key, member in vars(thing).items() if inspect.isclass(thing) else ():
            function = getattr(member, "__func__", member)
            if inspect.isfunction(function) and not key.startswith("_"):
                yield f"{name}.{key}", function


def test_docstrings_describe_the_parameters_that_there_are() -> None:
    wrong = {}
    for name, thing in described():
        said = parameters(thing.__doc__)
        if said is not None:
            real = [
                each for each in inspect.signature(thing).parameters if each not in ("self", "cls")
            ]
            if said != real:
                wrong[name] = said, real
    assert wrong == {}
