"""Figures and tables: words for who does not see them, a number, a caption, a mention."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aimc_course.authoring.lint.findings import Rule
from aimc_course.authoring.lint.markup import Block, roles
from aimc_course.authoring.lint.pages import Page

__all__ = ["EVERYWHERE", "RULES"]

DRAWS = re.compile(r"(?<![\w.])(draw|dot_plot)\(|\.figure\(")
LEAST_FIGURES, LEAST_DRAWINGS = 3, 3
LEAST_ALT = {"code-cell": 40, "figure": 20}  # characters
LEAST_CAPTION = 8  # words
MOST_CODE = 60  # lines of code that a reader sees in one chapter


def alt_text(page: Page) -> Iterator[tuple[int, str]]:
    """Find pictures without words for those who do not see them."""
    for block in [*page.named("figure"), *_drawing_cells(page)]:
        image = (block.options.get("mystnb") or {}).get("image") or {}
        alt = str(block.options.get("alt", image.get("alt", "")))
        if len(alt) <= LEAST_ALT[block.name]:
            yield block.line, f"a picture whose alternative text has {len(alt)} characters"


def pictures(page: Page) -> Iterator[tuple[int, str]]:
    """Find drawings that no file makes."""
    for block in page.named("figure"):
        file = (page.path.parent / block.argument.strip()).resolve()
        if file.parent.name == "drawn":  # made from its source at each build
            sources = [file.parents[1] / "drawings" / f"{file.stem}{s}" for s in (".py", ".svg")]
            if not any(source.is_file() for source in sources):
                yield block.line, f"no drawing makes {block.argument.strip()}"
        elif not file.is_file():
            yield block.line, f"there is no {block.argument.strip()}"


def captions(page: Page) -> Iterator[tuple[int, str]]:
    """Find figures and tables without a name or a caption."""
    for block in [*page.named("figure"), *_drawing_cells(page)]:
        if not block.label:
            yield block.line, "a figure without a name, so without a number"
        caption = block.body if block.name == "figure" else str(block.shown.get("caption", ""))
        if len(caption.split()) < LEAST_CAPTION:
            yield block.line, f"a figure whose caption has {len(caption.split())} words"


def counts(page: Page) -> Iterator[tuple[int, str]]:
    """Find chapters with few pictures."""
    numbered = [b for b in [*page.named("figure"), *_drawing_cells(page)] if b.label]
    if len(numbered) < LEAST_FIGURES:
        yield 1, f"{len(numbered)} numbered figures"
    drawn = [b for b in page.named("figure") if ".svg" in b.argument]
    if len(drawn) < LEAST_DRAWINGS:
        yield 1, f"{len(drawn)} drawings"


def mentions(page: Page) -> Iterator[tuple[int, str]]:
    """Find figures, tables and equations to which no text refers."""
    referred = {target for role in ("numref", "eq", "ref") for target in roles(role, page.text)}
    for block in page.blocks:
        if block.label.startswith(("fig-", "tab-", "eq-")) and block.label not in referred:
            yield block.line, f"no sentence refers to {block.label}"


def code(page: Page) -> Iterator[tuple[int, str]]:
    """Find chapters that show more code than a reader wants to see."""
    shown = 0
    for block in page.named("code-cell"):
        tags = str(block.options.get("tags", ""))
        if "hide-input" not in tags and "remove-" not in tags:
            shown += sum(bool(line.strip()) for line in block.body.splitlines())
    if shown > MOST_CODE:
        yield 1, f"{shown} lines of code lie open"


def _drawing_cells(page: Page) -> list[Block]:
    return [
        block
        for block in page.named("code-cell")
        if DRAWS.search(block.body) and "skip-execution" not in str(block.options.get("tags", ""))
    ]


RULES: tuple[Rule[Page], ...] = (
    Rule("caption", "Give it `name: fig-...` and a caption that says what to see.", captions),
    Rule(
        "figures",
        "A chapter has at least 3 numbered figures, and 3 drawings beside its charts.",
        counts,
    ),
    Rule("mention", "Refer to it with `{numref}` or `{eq}`, or take its name away.", mentions),
    Rule("open-code", "Fold cells with `tags: [hide-input]` until 60 lines are left.", code),
)
EVERYWHERE: tuple[Rule[Page], ...] = (
    Rule("alt-text", "Say what is seen, under `alt:`.", alt_text),
    Rule("picture", "Add its source to book/drawings, or mend the path.", pictures),
)
