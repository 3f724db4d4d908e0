"""What slides make of nodes: questions in two steps, halves of drawings, plain words."""

from __future__ import annotations

import re

from docutils import nodes
from drawings import inlined
from quiz import quiz, quiz_answer, quiz_choice, quiz_question
from sphinx.errors import ExtensionError

from aimc_course.teaching.slides.plan import begins

BEFORE = re.compile(r"(?:\b(?:from|by|of|in|to|as|at|with|follows?|says?|like|and|see|use)|=) $")
VERDICT = re.compile(r"^Right[:.,] *")
SENTENCE = re.compile(r".+?(?:[.?!](?=\s|$)\s*|$)", re.DOTALL)
EDGE = 12  # px: letters may stand out of a drawing, at its sides
BOX = re.compile(r'viewBox="([^"]+)"')
AWAY = re.compile(
    r"\b(?:sections?|below|explorer|widget|chapters?|read on|keep your|next|near the end"
    r"|table of)\b",
    re.IGNORECASE,
)


class box(nodes.General, nodes.Element):
    """A plain element with classes."""


def halves(text: str, alt: str, at: float, copy: int) -> list[str]:
    """Return a drawing cut at a height: two windows on it, beside each other."""
    found = BOX.search(text)
    if found is None:
        raise ExtensionError("a drawing has no viewBox")
    x, y, wide, high = (float(number) for number in found[1].replace(",", " ").split())
    cuts = ((y, at - y), (at, y + high - at))
    parts = []
    for k, (top, tall) in enumerate(cuts):
        window = f'viewBox="{x - EDGE:g} {top:g} {wide + 2 * EDGE:g} {tall:g}"'
        place = f'x="{x - EDGE:g}" y="{top:g}" width="{wide + 2 * EDGE:g}" height="{tall:g}"'
        # A window in a window: the inner one cuts off what the outer one would show beside it.
        inner = text[text.index("<svg") :]
        start = inner[: inner.index(">") + 1]
        inside = inner[len(start) : inner.rindex("</svg>")]
        outer = BOX.sub(window, start, count=1)
        cut = f"{outer}<svg {place} {window}>{inside}</svg></svg>"
        parts.append(inlined(cut, alt if k == 0 else "", "100%", 2 * copy + k))
    return parts


def question(asked: quiz) -> nodes.Element:
    """Return a question whose right answer, and why it is right, come second."""
    made = box(classes=["aimc-question"])
    words = next(iter(asked.findall(quiz_question)))
    made += nodes.paragraph("", "", *(part.deepcopy() for part in words), classes=["aimc-asks"])
    answers = [answer for answer in asked.findall(quiz_answer) if answer["right"]]
    right = {answer["number"] for answer in answers}
    for choice in asked.findall(quiz_choice):
        marks = ["aimc-choice"]
        marks += ["aimc-right", "fragment", "custom"] if choice["number"] in right else []
        letter = nodes.inline("", choice["letter"] + " ", classes=["aimc-letter"])
        parts = [part.deepcopy() for part in choice]
        extra = {"fragment": "0"} if choice["number"] in right else {}
        line = box("", nodes.paragraph("", "", letter, *parts), classes=marks, **extra)
        made += line
    why = [answer[-1] for answer in answers]
    if len(why) == 1 and (words := _reason(why[0])):
        made += box(
            "", nodes.paragraph("", "", *words), classes=["aimc-why", "fragment"], fragment="0"
        )
    return made


def _reason(feedback: nodes.Element) -> list[nodes.Node]:
    """Return why an answer is right, without the sentences that send a reader elsewhere."""
    sentences: list[list[nodes.Node]] = [[]]
    for k, part in enumerate(feedback.children):
        if not isinstance(part, nodes.Text):
            sentences[-1].append(part.deepcopy())
            continue
        for piece in SENTENCE.findall(VERDICT.sub("", str(part)) if k == 0 else str(part)):
            sentences[-1].append(nodes.Text(piece))
            if piece.rstrip().endswith((".", "?", "!")):
                sentences.append([])
    said = [("".join(part.astext() for part in parts), parts) for parts in sentences]
    kept = [part for text, parts in said if not AWAY.search(text) for part in parts]
    return kept if "".join(part.astext() for part in kept).strip() else []


def items(tree: nodes.document, section: str, words: str) -> list[nodes.Element]:
    """Return the points of a section that begin with these words."""
    for found in tree.findall(nodes.section):
        if section in found["ids"] or section.replace("-", " ") in found["names"]:
            kinds = (nodes.list_item, nodes.definition_list_item)
            points = [item for kind in kinds for item in found.findall(kind)]
            return [item for item in points if begins(item.astext(), words)]
    return []


def drop(reference: nodes.Element, words: str = "") -> None:
    """Remove a reference from a sentence, with the comma or brackets around it."""
    parent = reference.parent
    at = parent.index(reference)
    before = parent[at - 1] if at and isinstance(parent[at - 1], nodes.Text) else None
    after = parent[at + 1] if at + 1 < len(parent) else None
    after = after if isinstance(after, nodes.Text) else None
    if words and before is not None and BEFORE.search(str(before)):
        reference.replace_self(nodes.Text(words))
        return
    left, right = str(before or ""), str(after or "")
    if left.endswith("(") and right.startswith(")"):
        left, right = left[:-1], right[1:]
    if left.endswith(", ") and re.match(r"[,.;:?]", right):
        left = left[:-2]
    if left.endswith(" ") and re.match(r"[,.;:?]|$", right):
        left = left[:-1]
    if left.endswith(" ") and right.startswith(" "):
        right = right[1:]
    parent.remove(reference)
    if before is not None:
        parent.replace(before, nodes.Text(left))
    if after is not None:
        parent.replace(after, nodes.Text(right))
