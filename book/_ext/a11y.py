"""Mend what the pages lack for readers who use a keyboard or a screen reader.

The bibliography is written as a list whose entries are no list items: assistive technology
announces an empty list. Without the roles it reads the entries one after the other.
"""

from __future__ import annotations

from typing import Any

REPLACEMENTS = {
    '<div role="list" class="citation-list">': '<div class="citation-list">',
    ' role="doc-biblioentry"': "",
}


def mend(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Replace the faulty markup in the body of one page."""
    body = context.get("body")
    if isinstance(body, str):
        for old, new in REPLACEMENTS.items():
            body = body.replace(old, new)
        context["body"] = body


def setup(app: Any) -> dict[str, bool]:
    app.connect("html-page-context", mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
