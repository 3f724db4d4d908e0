"""The bank as Moodle XML, which Moodle's question bank imports.

A question with one right answer gives its points for that one. Where several are right, each gives
an equal share and each wrong one takes a share away, so that marking all earns nothing.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable

from aimc_course.teaching.inline import to_html
from aimc_course.teaching.items import Item

__all__ = ["to_moodle"]


def to_moodle(items: Iterable[Item]) -> str:
    """Return a Moodle XML document, with a category for each chapter."""
    quiz = ET.Element("quiz")
    chapter = None
    for item in items:
        if item.chapter != chapter:
            chapter = item.chapter
            _category(quiz, item)
        _question(quiz, item)
    ET.indent(quiz)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(quiz, encoding="unicode") + "\n"


def _category(quiz: ET.Element, item: Item) -> None:
    entry = ET.SubElement(quiz, "question", type="category")
    # A slash begins a category inside another; a double one is a slash in a name.
    title = item.title.replace("/", "//")
    path = f"$course$/top/Analog in-memory computing/Part {item.part}/{title}"
    _text(entry, "category", path)


def _question(quiz: ET.Element, item: Item) -> None:
    entry = ET.SubElement(quiz, "question", type="multichoice")
    _text(entry, "name", item.name)
    _text(entry, "questiontext", f"<p>{to_html(item.question)}</p>", html=True)
    _text(entry, "generalfeedback", f"<p>{to_html(item.objective)}</p>", html=True)
    for tag, value in (
        ("defaultgrade", "1"),
        ("penalty", "0.3333333"),
        ("hidden", "0"),
        ("idnumber", item.name),
        ("single", "false" if item.several else "true"),
        ("shuffleanswers", "false" if item.keep_order else "true"),
        ("answernumbering", "abc"),
    ):
        ET.SubElement(entry, tag).text = value
    for tag in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"):
        _text(entry, tag, "", html=True)
    right = sum(choice.right for choice in item.choices)
    wrong = len(item.choices) - right
    for choice in item.choices:
        share = 100 / right if choice.right else -100 / wrong if item.several else 0
        answer = ET.SubElement(entry, "answer", fraction=f"{share:.5f}".rstrip("0").rstrip("."))
        answer.set("format", "html")
        ET.SubElement(answer, "text").text = to_html(choice.text)
        _text(answer, "feedback", to_html(choice.feedback), html=True)
    tags = ET.SubElement(entry, "tags")
    for tag in (item.difficulty, f"part {item.part}", item.kind):
        _text(tags, "tag", tag)


def _text(parent: ET.Element, tag: str, text: str, *, html: bool = False) -> None:
    """Append an element that holds its text in an element of its own, as Moodle wants it."""
    entry = ET.SubElement(parent, tag)
    if html:
        entry.set("format", "html")
    ET.SubElement(entry, "text").text = text
