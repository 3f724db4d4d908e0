"""Mend what the pages lack for readers who use a keyboard or a screen reader.

The bibliography is written as a list whose entries are no list items: assistive technology
announces an empty list. Without the roles it reads the entries one after the other. In what the
theme writes, the side bar is no landmark, its parts do not fold and what does has no name, the
search button has another name than the words on it, and nothing leads past the text to an explorer.
Folded code is named alike everywhere, and not by the words on it. An empty corner of a table heads
nothing. Colours are those of a theme that a script sets: where none runs, links would have no
colour and the bar on top no ground.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

PAGES = ("html", "dirhtml")
REPLACEMENTS = {
    '<div role="list" class="citation-list">': '<div class="citation-list">',
    ' role="doc-biblioentry"': "",
    '<summary aria-label="Toggle hidden content">': "<summary>",
}
BAR = re.compile(r'<div class="(bd-sidebar-primary bd-sidebar[^"]*)">')
BUTTON = re.compile(r'(<button class="btn search-button-field[^>]*?) aria-label="[^"]*"')
UNFOLD = re.compile(r">([^<]+)</a><details([^>]*)><summary>")
NAVIGATION = re.compile(r'<nav class="bd-links bd-docs-nav".*?</nav>', re.DOTALL)
PART = re.compile(
    r'(<p aria-level="2" class="caption".*?</p>)\s*(<ul class="([^"]*)">.*?</ul>)'
    r'(?=\s*(?:<p aria-level="2" class="caption"|</div>))',
    re.DOTALL,
)
AUTO = re.compile(r'(<html\b[^>]*? data-theme=)"auto"')
EMPTY_HEAD = re.compile(r"<th\b([^>]*)>(\s*(?:<p>\s*</p>)?\s*)</th>")
SCOPE = re.compile(r' scope="[a-z]+"')
SKIP = '<a href="#main-content">Skip to main content</a>'
TO_EXPLORER = "Skip to the explorer"
EXPLORER = re.compile(r'<section class="aimc-explorer"[^>]*? id="([^"]+)"')
LAST = 970


def mend(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Replace the faulty markup in the body of one page."""
    body = context.get("body")
    if isinstance(body, str):
        for old, new in REPLACEMENTS.items():
            body = body.replace(old, new)
        context["body"] = body


def folded(navigation: str) -> str:
    """Return the side bar's list with parts that fold; that of the page, or all, are open."""
    here = any("current" in found[3].split() for found in PART.finditer(navigation))

    def fold(found: re.Match[str]) -> str:
        state = "" if here and "current" not in found[3].split() else " open"
        return (
            f'<details class="aimc-part"{state}><summary>{found[1]}</summary>\n{found[2]}</details>'
        )

    return PART.sub(fold, navigation)


def mended(page: str) -> str:
    """Return a written page with what the theme leaves out."""
    page = BAR.sub(r'<div class="\1" role="region" aria-label="Side bar">', page)
    page = BUTTON.sub(r"\1", page)
    page = UNFOLD.sub(r'>\1</a><details\2><summary aria-label="Pages of: \1">', page)
    if 'class="aimc-part"' not in page:
        page = NAVIGATION.sub(lambda found: folded(found[0]), page)
    page = AUTO.sub(r'\1"light"', page, count=1)
    page = EMPTY_HEAD.sub(lambda th: f"<td{SCOPE.sub('', th[1])}>{th[2]}</td>", page)
    explorer = EXPLORER.search(page)
    if explorer and TO_EXPLORER not in page:
        page = page.replace(SKIP, f'{SKIP} <a href="#{explorer[1]}">{TO_EXPLORER}</a>', 1)
    return page


def mend_written(app: Any, exception: Exception | None) -> None:
    """Mend the pages as the theme has written them."""
    if exception or app.builder.name not in PAGES:
        return
    folder = Path(app.outdir)
    for path in folder.rglob("*.html"):
        if {"_static", "lite"} & set(path.relative_to(folder).parts[:1]):
            continue
        page = path.read_text(encoding="utf-8")
        if (new := mended(page)) != page:
            path.write_text(new, encoding="utf-8")


def setup(app: Any) -> dict[str, bool]:
    app.connect("html-page-context", mend)
    app.connect("build-finished", mend_written, priority=LAST)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
