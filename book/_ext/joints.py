"""Keep on one line what belongs together: numbers and units, formulas and the signs around them.

Chapters are written with ordinary spaces, and numbers come from roles and cells, so the joints are
set when all text of a page is there.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

LAST = 900  # after the transforms that fill in numbers
FIRM = "\N{NO-BREAK SPACE}"
AS_WRITTEN = (nodes.FixedTextElement, nodes.literal, nodes.math, nodes.math_block, nodes.raw)
UNIT = (
    r"(?:[fpnµmkMGTc]?(?:A|B|F|Hz|J|K|S|V|W|Ω|eV|g|m[²³]?|s)|[TGP]OPS|dB|h|min|TB|°C)"
    r"(?:/[\wµ²³]+)?(?![\w])"
)
BEFORE_UNIT = re.compile(rf"(?<=[\d)]) (?={UNIT})")
AT_START = re.compile(rf" (?={UNIT})")
PLUS_MINUS = re.compile(r" ± ?")
OPENS, CLOSES = re.compile(r"[(\[“]+\Z"), re.compile(r"\A[.,;:!?)\]’”]+")
WHOLE = "aimc-whole"
# In a narrow column 4-phase and CIFAR-10 would break at their hyphens.
HYPHENED = re.compile(r"(?<![\w-])\w[\w.]*(?:-[\w.]+)+(?![\w-])")
SHORT = 12  # letters, of what is kept whole
SENTENCE = 40  # letters


def joined(text: str, before: str = "") -> str:
    """Return a piece of text with firm joints; ``before`` is what stands in front of it."""
    if before[-1:].isdigit() and AT_START.match(text):
        text = FIRM + text[1:]
    text = BEFORE_UNIT.sub(FIRM, text)
    return PLUS_MINUS.sub(lambda found: found[0].replace(" ", FIRM), text)


def join(document: nodes.Node) -> None:
    """Set the joints of a whole page."""
    before = ""
    for text in list(document.findall(nodes.Text)):
        if isinstance(text.parent, AS_WRITTEN):
            before = ""
            continue
        new = joined(str(text), before)
        before = new
        if new != str(text):
            text.parent.replace(text, nodes.Text(new))


def embrace(document: nodes.Node) -> None:
    """Put the signs that touch a formula into one line with it, where browsers would break."""
    for formula in list(document.findall(nodes.math)):
        parent, k = formula.parent, formula.parent.index(formula)
        whole = nodes.inline("", "", classes=[WHOLE])
        before: Any = parent[k - 1] if k else None
        after: Any = parent[k + 1] if k + 1 < len(parent) else None
        first = OPENS.search(before) if isinstance(before, nodes.Text) else None
        last = CLOSES.search(after) if isinstance(after, nodes.Text) else None
        if not first and not last:
            continue
        pieces: list[nodes.Node] = []
        if first:
            parent.remove(before)
            pieces.append(nodes.Text(before[: first.start()]))
            whole += nodes.Text(first[0])
        whole += formula.deepcopy()
        pieces.append(whole)
        if last:
            parent.remove(after)
            whole += nodes.Text(last[0])
            pieces.append(nodes.Text(after[last.end() :]))
        parent.replace(formula, [piece for piece in pieces if piece.astext()])


def keep_hyphens(document: nodes.Node) -> None:
    """Keep short words with hyphens whole in the cells of tables."""
    for entry in document.findall(nodes.entry):
        for text in list(entry.findall(nodes.Text)):
            if isinstance(text.parent, AS_WRITTEN):
                continue
            pieces, end = list[nodes.Node](), 0
            for found in HYPHENED.finditer(text):
                if len(found[0]) > SHORT:
                    continue
                pieces.append(nodes.Text(text[end : found.start()]))
                pieces.append(nodes.inline("", found[0], classes=[WHOLE]))
                end = found.end()
            if pieces:
                pieces.append(nodes.Text(text[end:]))
                text.parent.replace(text, [piece for piece in pieces if piece.astext()])


def give_room(document: nodes.Node) -> None:
    """Mark the cells of columns that hold sentences: a phone would set them a word to a line."""
    for group in document.findall(nodes.tgroup):
        for column in zip(*(row.children for row in group.findall(nodes.row)), strict=False):
            if max(len(entry.astext()) for entry in column) > SENTENCE:
                for entry in column:
                    entry["classes"].append("aimc-prose")


class FirmJoints(SphinxPostTransform):
    """Joins numbers with their units, on pages and in print."""

    default_priority = LAST
    formats = ("html", "latex")

    def run(self, **_kwargs: Any) -> None:
        join(self.document)
        if self.app.builder.format == "html":
            embrace(self.document)
            keep_hyphens(self.document)
            give_room(self.document)


def setup(app: Any) -> dict[str, bool]:
    app.add_post_transform(FirmJoints)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
