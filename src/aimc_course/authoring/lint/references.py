"""References that lead nowhere, and pages that cannot be opened as notebooks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

import yaml

from aimc.published import UnknownFactError, fact
from aimc.published.facts import FaultyTableError
from aimc_course.authoring.lint.findings import Rule
from aimc_course.authoring.lint.markup import labels_of, roles_at
from aimc_course.authoring.lint.pages import HEADER, Page

__all__ = ["EVERYWHERE", "FORMS"]

FORMS = ("", "bare", "value")
"""What may follow the id in the role of a fact, behind a bar."""

BARE = re.compile(r"(?<!`)\{fact(?:-row)?\}(?!`)")
QUOTED = re.compile(r"[“\"‘]\s*\{fact(?:-row)?\}`[^`]+`\s*[”\"’]")


def targets(page: Page) -> Iterator[tuple[int, str]]:
    """Find references, citations and terms without a target."""
    for role in ("ref", "numref", "eq"):
        for number, target in roles_at(role, page.text):
            if target not in page.shelf.labels:
                yield number, f"nothing in the book is called {target!r}"
    for number, keys in roles_at("cite(?::[a-z]+)?", page.text):
        for key in (part.strip() for part in keys.split(",")):
            if key not in page.shelf.sources:
                yield number, f"{key!r} is not in references.bib"
    for number, term in roles_at("term", page.text):
        if " ".join(term.lower().split()) not in page.shelf.terms:
            yield number, f"the term {term!r} is not in the glossary"


def doubled(page: Page) -> Iterator[tuple[int, str]]:
    """Find names of sections, figures, equations and questions that another place has too."""
    for line, label in labels_of(page.text):
        others = [at for at in page.shelf.labels[label] if at != f"{page.file}:{line}"]
        if others:
            yield line, f"{label!r} is also the name of {others[0]}"


def facts(page: Page) -> Iterator[tuple[int, str]]:
    """Find names of published numbers that do not exist, and numbers made into quotations."""
    named = [*roles_at("fact", page.text), *roles_at("fact-row", page.text)]
    named += [(b.line, name) for b in page.named("facts") for name in b.argument.split()]
    for number, text in named:
        name, _, form = (part.strip() for part in text.partition("|"))
        if form not in FORMS:
            yield number, f"after {name}| stands 'bare', 'value' or nothing, and not {form!r}"
        with suppress(FaultyTableError):  # which is a finding of its own
            try:
                fact(name)
            except UnknownFactError as error:
                yield number, str(error)
    for number, line in enumerate(page.text.splitlines(), start=1):
        if QUOTED.search(line):
            yield number, "a published number stands in quotation marks"
        if BARE.search(line):
            yield number, "a role of a fact is not followed by its id in backticks"


def notebook(page: Page) -> Iterator[tuple[int, str]]:
    """Find pages with code that do not open as notebooks, and widgets that run in a build."""
    cells = page.named("code-cell")
    header = HEADER.match(page.text)
    settings = yaml.safe_load(header[0].strip("-\n")) if header else {}
    form = (settings.get("jupytext") or {}).get("text_representation") or {}
    wanted = {"extension": ".md", "format_name": "myst", "format_version": 0.13}
    kernel = (settings.get("kernelspec") or {}).get("name")
    if cells and (kernel != "python3" or any(form.get(k) != v for k, v in wanted.items())):
        yield 1, "the page has cells of code and not the whole header of a notebook"
    for block in cells:
        if ".interact(" in block.body and "skip-execution" not in str(
            block.options.get("tags", "")
        ):
            yield block.line, "a widget that runs in the build"


EVERYWHERE: tuple[Rule[Page], ...] = (
    Rule("target", "Mend the name, or add what it names.", targets),
    Rule("doubled-name", "Give one of the two another name.", doubled),
    Rule("fact", "Look it up in src/aimc/published/tables, and print it without quotes.", facts),
    Rule(
        "notebook",
        "Copy the header of another chapter; tag cells with widgets `skip-execution`.",
        notebook,
    ),
)
