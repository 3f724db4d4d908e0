"""What a chapter asks: before reading, in exercises, in its quiz."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aimc_course.authoring.lint.chapter_frame import OBJECTIVES, bullets
from aimc_course.authoring.lint.findings import Rule
from aimc_course.authoring.lint.markup import Block
from aimc_course.authoring.lint.pages import Page
from aimc_course.authoring.lint.shelf import QUESTIONS

__all__ = ["EVERYWHERE", "RULES"]

DIFFICULTIES = ("easy", "medium", "hard")


def predict(page: Page) -> Iterator[tuple[int, str]]:
    """Find chapters that tell before they ask."""
    found = page.named("predict")
    if len(found) != 1:
        yield (found[1].line if found else 1), f"{len(found)} questions before reading"
    line, _ = page.section("predict")
    after = next((n for n, _ in page.headings if n > line), 0)
    if found and line and not line < found[0].line < (after or found[0].line + 1):
        yield found[0].line, "the question stands outside of the section that announces it"


def exercises(page: Page) -> Iterator[tuple[int, str]]:
    """Find exercises without a solution, too few or too many, or none that asks for a design."""
    asked, solved = page.named("exercise"), page.named("solution")
    line = page.section("exercises")[0] or 1
    if not 3 <= len(asked) <= 6:
        yield line, f"{len(asked)} exercises"
    solutions = [block.argument.strip() for block in solved]
    for block in asked:
        if block.label not in solutions:
            yield block.line, f"the exercise {block.label!r} has no solution"
    if solutions != [block.label for block in asked if block.label in solutions]:
        yield line, "solutions do not follow their exercises one by one"
    for block in solved:
        if "dropdown" not in str(block.options.get("class", "")):
            yield block.line, "the solution lies open"
    if not any("design" in f"{block.argument} {block.body}".lower() for block in asked):
        yield line, "no exercise asks for a design"


def quiz(page: Page) -> Iterator[tuple[int, str]]:
    """Find a quiz of the wrong length and questions without feedback."""
    found = page.named("quiz")
    if not 4 <= len(found) <= 6:
        yield page.section("quiz")[0] or 1, f"a quiz of {len(found)} questions"


def feedback(page: Page) -> Iterator[tuple[int, str]]:
    """Find questions without a name, a right answer, or words on each choice."""
    for block in page.named("quiz", "predict"):
        yield from ((block.line, said) for said in _faults(block))


def _faults(block: Block) -> Iterator[str]:
    choices = re.split(r"^- ", block.body, flags=re.MULTILINE)[1:]
    if len(choices) < 2:
        yield "fewer than two choices"
    if not any(choice.startswith("[x]") for choice in choices):
        yield "no choice is right"
    for choice in choices:
        if " :: " not in " ".join(choice.split()):
            yield f"nothing is said to who chooses {choice[4:40].strip()!r}"
    if "name" not in block.options:
        yield "no name"


def rows(page: Page) -> Iterator[tuple[int, str]]:
    """Find questions without a row in the table of questions, and rows without a question."""
    chapter = page.file.removeprefix("book/").removesuffix(".md")
    try:
        left = dict(page.shelf.questions.get(chapter, {}))
    except ValueError as error:
        yield 1, f"{QUESTIONS} cannot be read: {error}"
        return
    count = len(bullets(page.section(OBJECTIVES)[1]))
    for block in page.named("quiz", "predict"):
        if not block.label:
            continue
        row = left.pop(block.label, None)
        number, difficulty = row[:2] if isinstance(row, list) and len(row) > 1 else (None, None)
        if number is None:
            yield block.line, f'{QUESTIONS} has no row {block.label!r} under ["{chapter}"]'
        elif number not in range(1, count + 1):
            yield block.line, f"its row names objective {number}, and the chapter has {count}"
        elif difficulty not in DIFFICULTIES:
            yield block.line, f"its row says {difficulty!r} of how hard it is"
    for name in left:
        yield 1, f"{QUESTIONS} has a row {name!r}, and the chapter asks no such question"


RULES: tuple[Rule[Page], ...] = (
    Rule("predict", "Ask one question in the section Predict, with `{predict}`.", predict),
    Rule(
        "exercises",
        "Write 3 to 6 exercises, each followed by its solution of the class dropdown, one of them "
        "a design.",
        exercises,
    ),
    Rule("quiz", "Ask 4 to 6 questions.", quiz),
    Rule(
        "question-row",
        'A row is `NAME = [number of the objective, "easy"]`, or "medium" or "hard".',
        rows,
    ),
)
EVERYWHERE: tuple[Rule[Page], ...] = (
    Rule("feedback", "Write `- [x] choice :: what to say to who took it`, and a name.", feedback),
)
