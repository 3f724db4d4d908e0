"""Keep a number, its unit and its uncertainty on one line: spaces between them do not break.

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


class FirmJoints(SphinxPostTransform):
    """Joins numbers with their units, on pages and in print."""

    default_priority = LAST
    formats = ("html", "latex")

    def run(self, **_kwargs: Any) -> None:
        join(self.document)


def setup(app: Any) -> dict[str, bool]:
    app.add_post_transform(FirmJoints)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
