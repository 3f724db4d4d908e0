"""Sheets of questions in Markdown and HTML: the bank, and exams with and without solutions.

A paper without solutions holds of each question its text and answers only. Nothing in it depends on
which answers are right, except that a question with several of them shows boxes instead of circles,
as the page of the book does.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby
from string import ascii_lowercase

from aimc_course.teaching.inline import to_html
from aimc_course.teaching.items import Item

__all__ = ["SOURCE", "bank_markdown", "exam_html", "exam_markdown"]

SOURCE = (
    "Questions from the open course on analog in-memory computing, https://aimc-course.github.io/"
    "aimc/, CC BY 4.0; selection and order were changed."
)
SEVERAL = "Several answers are right."
STYLE = """\
body { font: 12pt/1.45 Georgia, serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; }
.who { display: flex; gap: 2rem; margin: 1.5rem 0; }
.who span { flex: 1; border-bottom: 1px solid; padding-top: 1rem; }
.question { break-inside: avoid; margin: 1.4rem 0; }
.chapter, footer { font-size: 0.85rem; color: #444; }
.choices { list-style: none; padding-left: 0.5rem; }
.choices li { margin: 0.25rem 0; }
.right { font-weight: bold; }
.why { display: block; margin-left: 3.2rem; font-weight: normal; font-style: italic; }
"""


def bank_markdown(items: Sequence[Item]) -> str:
    """Return all questions with their answers, by part and chapter."""
    lines = ["# Question bank", "", SOURCE, ""]
    for part, of_part in groupby(items, key=lambda item: item.part):
        lines += [f"## Part {part}", ""]
        for title, of_chapter in groupby(of_part, key=lambda item: item.title):
            lines += [f"### {title}", ""]
            for item in of_chapter:
                lines += [f"**{item.name}**, {item.difficulty}, {_kind(item)}  "]
                lines += [f"Objective: {item.objective}.", "", item.question, ""]
                lines += [*_choices_markdown(item, solved=True), ""]
    return "\n".join(lines).rstrip() + "\n"


def exam_markdown(items: Sequence[Item], title: str, *, solved: bool) -> str:
    """Return an exam in Markdown; with ``solved``, right answers are marked and explained."""
    lines = [f"# {_headed(title, solved)}", "", _rules(items, solved), ""]
    if not solved:
        lines += ["Name: ______________________________  Number: ______________", ""]
    for number, item in enumerate(items, start=1):
        lines += [f"## {number}. {item.title}", "", f"{item.question}{_hint(item)}", ""]
        lines += [*_choices_markdown(item, solved=solved), ""]
        if solved:
            lines += [_about(item), ""]
    return "\n".join([*lines, SOURCE, ""])


def exam_html(items: Sequence[Item], title: str, *, solved: bool, mathjax: str = "") -> str:
    r"""Return an exam as a page of its own.

    Parameters
    ----------
    items : sequence of Item
        The questions, in their order.
    title : str
        Heading of the paper.
    solved : bool
        Whether right answers are marked and explained.
    mathjax : str
        Address of a MathJax script that sets what stands between ``\(`` and ``\)``; by default the
        page loads nothing, and shows the LaTeX.
    """
    heading = escape(_headed(title, solved))
    script = f'<script defer src="{escape(mathjax)}"></script>\n' if mathjax else ""
    head = (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{heading}</title>\n<style>\n{STYLE}</style>\n{script}</head>\n<body>\n<main>\n"
        f"<h1>{heading}</h1>\n<p>{escape(_rules(items, solved))}</p>\n"
    )
    out = [head]
    if not solved:
        out.append('<p class="who"><span>Name</span><span>Number</span></p>\n')
    for number, item in enumerate(items, start=1):
        out.append(
            f'<section class="question">\n<p class="chapter">{to_html(item.title)}</p>\n'
            f"<p><strong>{number}.</strong> {to_html(item.question)}{_hint(item)}</p>\n"
            f'<ul class="choices">\n{_choices_html(item, solved)}</ul>\n'
        )
        if solved:
            out.append(f'<p class="chapter">{to_html(_about(item))}</p>\n')
        out.append("</section>\n")
    out.append(f"</main>\n<footer><p>{escape(SOURCE)}</p></footer>\n</body>\n</html>\n")
    return "".join(out)


def _headed(title: str, solved: bool) -> str:
    return f"{title}: solutions" if solved else title


def _rules(items: Sequence[Item], solved: bool) -> str:
    words = (
        f"{len(items)} questions, one point each. Circles ask for one answer, boxes for all right "
        "answers; a question with boxes earns its point only if exactly these are marked."
    )
    return f"{words} Explanations are those of the chapters." if solved else words


def _hint(item: Item) -> str:
    """Return a reminder for questions with several right answers that do not say so themselves."""
    says = any(word in item.question.lower() for word in ("all that apply", "several answers"))
    return f" ({SEVERAL})" if item.several and not says else ""


def _about(item: Item) -> str:
    """Return what the teacher wants to know of a question."""
    objective = f" Objective: {item.objective}." if item.objective else ""
    return f"{item.name}, {item.difficulty}.{objective}"


def _kind(item: Item) -> str:
    return "asked before reading" if item.kind == "predict" else "asked after reading"


def _sign(item: Item, solved: bool, right: bool) -> str:
    if item.several:
        return "☒" if solved and right else "☐"
    return "●" if solved and right else "○"


def _choices_markdown(item: Item, *, solved: bool) -> list[str]:
    lines = []
    for letter, choice in zip(ascii_lowercase, item.choices, strict=False):
        lines.append(f"- {_sign(item, solved, choice.right)} ({letter}) {choice.text}")
        if solved:
            verdict = "Right." if choice.right else "Not this one."
            why = choice.feedback.removeprefix("Right: ") if choice.right else choice.feedback
            lines.append(f"  *{verdict}* {why}")
    return lines


def _choices_html(item: Item, solved: bool) -> str:
    out = []
    for letter, choice in zip(ascii_lowercase, item.choices, strict=False):
        marked = ' class="right"' if solved and choice.right else ""
        sign = _sign(item, solved, choice.right)
        why = f'<span class="why">{to_html(choice.feedback)}</span>' if solved else ""
        out.append(f"<li{marked}>{sign} ({letter}) {to_html(choice.text)}{why}</li>\n")
    return "".join(out)
