"""A build asks once for a plugin of the bibliography and for a page that references look at."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

pytestmark = pytest.mark.book
EXTENSIONS = Path(__file__).resolve().parents[2] / "book" / "_ext"


class Standard:
    """A domain whose references by number look at a page."""

    def _resolve_numref_xref(self, env, page, target):
        return f"{env.name}: {env.get_doctree(page)}, {target}"


def test_a_page_is_read_once_for_many_references(monkeypatch):
    monkeypatch.syspath_prepend(str(EXTENSIONS))
    import kept

    read = []

    def get_doctree(page):
        read.append(page)
        return f"read {page}"

    standard = Standard()
    env = SimpleNamespace(name="book", domains={"std": standard}, get_doctree=get_doctree)
    kept.keep_pages(None, env)
    for target in ("fig-1", "fig-2"):
        found = standard._resolve_numref_xref(env, "a", target)
        assert found == f"book: read a, {target}"
    standard._resolve_numref_xref(env, "b", "fig-3")
    assert read == ["a", "b"]


def test_a_plugin_is_looked_up_once(monkeypatch):
    monkeypatch.syspath_prepend(str(EXTENSIONS))
    plugin = pytest.importorskip("pybtex.plugin")
    import kept

    asked = []
    entry_points = plugin.entry_points

    def counted(**what):
        asked.append(what)
        return entry_points(**what)

    monkeypatch.setattr(plugin, "entry_points", counted)
    if hasattr(plugin._load_entry_point, "cache_clear"):
        plugin._load_entry_point.cache_clear()
    kept.keep_plugins()
    kept.keep_plugins()
    first = plugin.find_plugin("pybtex.backends", "plaintext")
    assert plugin.find_plugin("pybtex.backends", "plaintext") is first
    assert len(asked) == 1
    with pytest.raises(plugin.PluginNotFound):
        plugin.find_plugin("pybtex.backends", "nothing of the kind")
