"""Answers that a build asks for thousands of times, kept: plugins of the bibliography, pages.

For each citation pybtex reads what all installed packages say of themselves, to find one plugin,
and for each reference to a numbered figure Sphinx reads the whole page of that figure from the disk
again. Both took half of the time in which pages are written.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from pybtex import plugin

PAGES = 6  # that are kept: references mostly lead to the page itself and to few others


class Kept:
    """An environment of Sphinx that reads a page once for all who only look at it."""

    def __init__(self, env: Any) -> None:
        self.env = env
        self.get_doctree = lru_cache(PAGES)(env.get_doctree)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.env, name)


def keep_plugins() -> None:
    """Let pybtex look up each plugin once."""
    if not hasattr(plugin._load_entry_point, "cache_info"):
        plugin._load_entry_point = cache(plugin._load_entry_point)


def keep_pages(app: Any, env: Any) -> None:
    """Let references to figures, tables and sections by number share the pages they look at.

    All pages have been read by then, and nothing changes them any more.
    """
    standard, kept = env.domains["std"], Kept(env)
    resolve = type(standard)._resolve_numref_xref

    def resolved(env: Any, *rest: Any) -> Any:
        return resolve(standard, kept, *rest)

    standard._resolve_numref_xref = resolved


def setup(app: Any) -> dict[str, Any]:
    keep_plugins()
    app.connect("env-check-consistency", keep_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
