r"""Text of a question in other languages than the book's.

Questions use little of Markdown: mathematics between dollars, emphasis, and code. Mathematics stays
LaTeX; in HTML it stands between ``\(`` and ``\)``, where Moodle and MathJax look for it.
"""

from __future__ import annotations

import re
from html import escape

__all__ = ["to_html"]

PIECES = re.compile(
    r"\$(?P<math>[^$]+)\$|`(?P<code>[^`]+)`|\*\*(?P<strong>\S(?:[^*]*\S)?)\*\*"
    r"|(?<![\w*])\*(?P<em>[^\s*](?:[^*]*[^\s*])?)\*(?![\w*])"
)


def to_html(text: str) -> str:
    """Return a text as HTML that is also well-formed XML; emphasis is not nested."""
    out, end = [], 0
    for match in PIECES.finditer(text):
        out.append(escape(text[end : match.start()], quote=False))
        kind = str(match.lastgroup)
        inner = escape(match[kind], quote=False)
        out.append(rf"\({inner}\)" if kind == "math" else f"<{kind}>{inner}</{kind}>")
        end = match.end()
    out.append(escape(text[end:], quote=False))
    return "".join(out)
