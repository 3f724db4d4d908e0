"""Text of strangers as HTML that does nothing: no link, no picture from elsewhere, no program.

Markdown is read without HTML, then what came out goes through a sanitiser that knows a short list
of elements. Either of the two would do; a page full of strangers' text gets both.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

__all__ = ["code_html", "markdown_html", "text_html"]

LONGEST = 20_000  # characters that are rendered; more is shown as plain text
LONGEST_FORMULA = 600  # characters
DEEPEST = 20  # braces inside braces in a formula
BLOCKS = {
    *("p", "br", "hr", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "s", "del"),
    *("h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "span", "sub", "sup"),
}
FORMULA = {
    *("math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub"),
    *("msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mstyle"),
    *("mpadded", "mphantom", "semantics"),
}
ATTRIBUTES = {
    "span": {"class"},
    "code": {"class"},
    "ol": {"start"},
    "math": {"display"},
    "mo": {"stretchy", "fence", "form"},
    "mi": {"mathvariant"},
    "mtd": {"columnalign"},
    "mspace": {"width"},
}


def markdown_html(text: str) -> str:
    """Return Markdown as HTML in which links are text and pictures are their descriptions."""
    if len(text) > LONGEST:
        return text_html(text)
    try:
        return _clean(_reader().render(text))
    # A text that the reader chokes on, such as one of ten thousand brackets, is shown as it is. So
    # is all of it where the extra `grading` is not installed.
    except Exception:
        return text_html(text)


def code_html(text: str) -> str:
    """Return Python with its words in classes for a style sheet."""
    if len(text) > LONGEST:
        return text_html(text)
    try:
        from pygments import highlight
        from pygments.formatters import HtmlFormatter
        from pygments.lexers import PythonLexer

        shown = _clean(highlight(text, PythonLexer(), HtmlFormatter(nowrap=True)))
    # Half of a character of two halves, for example, or no such library.
    except Exception:
        return text_html(text)
    return f"<pre><code>{shown}</code></pre>"


def text_html(text: str) -> str:
    """Return text as it stands, in a fixed-width block."""
    shown = "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text)
    return f"<pre>{html.escape(shown)}</pre>"


def _clean(text: str) -> str:
    import nh3

    return nh3.clean(
        text,
        tags=BLOCKS | FORMULA,
        attributes=ATTRIBUTES,
        url_schemes=set(),
        link_rel=None,
        strip_comments=True,
    )


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    reader = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable(
        ["table", "strikethrough"]
    )
    reader.use(dollarmath_plugin, renderer=_formula, allow_labels=False)
    rules = {"link_open": _link_open, "link_close": _link_close, "image": _image}
    for name, rule in {**rules, "heading_open": _heading, "heading_close": _heading}.items():
        reader.add_render_rule(name, rule)
    return reader


def _formula(text: str, options: dict[str, Any]) -> str:
    display = bool(options.get("display_mode"))
    if len(text) <= LONGEST_FORMULA and text.count("{") <= DEEPEST:
        from latex2mathml.converter import convert

        try:
            return convert(text, display="block" if display else "inline")
        # What is no formula is shown as it was written.
        except Exception:
            pass
    return f'<code class="formula">{html.escape(text)}</code>'


def _link_open(reader: Any, tokens: Sequence[Any], place: int, *_: Any) -> str:
    return '<span class="link">'


def _link_close(reader: Any, tokens: Sequence[Any], place: int, *_: Any) -> str:
    depth, at = 0, place
    while at >= 0:
        depth += {"link_close": 1, "link_open": -1}.get(tokens[at].type, 0)
        if depth == 0:
            break
        at -= 1
    target = html.escape(str(tokens[at].attrGet("href") or "")[:200])
    return f' <span class="target">({target})</span></span>'


def _image(reader: Any, tokens: Sequence[Any], place: int, *_: Any) -> str:
    token = tokens[place]
    source = html.escape(str(token.attrGet("src") or "")[:80])
    return f'<span class="target">[picture: {html.escape(token.content[:500])} {source}]</span>'


def _heading(reader: Any, tokens: Sequence[Any], place: int, *_: Any) -> str:
    token = tokens[place]
    level = min(6, int(token.tag[1:]) + 3)  # those of the page stand above
    return f"<{'/' if token.nesting < 0 else ''}h{level}>"
