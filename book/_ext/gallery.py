"""The directive ``gallery``: every explorer of the book as a card with its picture and a question.

Its content gives one line per explorer, ``name: question``, below the headings of the page. What it
leaves out or invents is told when the page is written, since the chapters are read by then.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import bundle
import covers
from docutils import nodes
from live import explorer
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective


class gallery(nodes.General, nodes.Element):
    """Cards, in the order of the page."""


class Gallery(SphinxDirective):
    """One line per explorer: its name, a colon, a question."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        pairs = [line.partition(": ")[::2] for line in self.content if line.strip()]
        if bad := [name for name, question in pairs if not question.strip()]:
            raise self.error(f"a card is `name: question`, not {bad[0]!r}")
        self.env.note_reread()  # what other pages hold may have changed
        return [gallery("", cards=[(f"explorer-{name.strip()}", text) for name, text in pairs])]


def explorers(env: Any) -> dict[str, tuple[str, nodes.Element]]:
    """Return page and node of each explorer of the book by its id, where it stands first."""
    found: dict[str, tuple[str, nodes.Element]] = {}
    order = env.toctree_includes
    pages = [name for part in order.values() for name in part]
    for docname in dict.fromkeys([*pages, *sorted(env.found_docs)]):
        if "explorer" in getattr(env, "aimc_live", {}).get(docname, ()):
            for node in env.get_doctree(docname).findall(explorer):
                found.setdefault(node["ids"][0], (docname, node))
    return found


def resolve(app: Any, doctree: nodes.document, docname: str) -> None:
    """Give each card what its chapter holds, and note whom the page forgot."""
    wanted = list(doctree.findall(gallery))
    if not wanted:
        return
    found = explorers(app.env)
    named = [name for node in wanted for name, _ in node["cards"]]
    for name in named:
        if name not in found or named.count(name) > 1:
            raise ExtensionError(f"{docname}: {name} is no explorer of the book, or stands twice")
    if missing := sorted(set(found) - set(named)):
        raise ExtensionError(f"{docname}: the gallery lacks {', '.join(missing)}")
    for node in wanted:
        node["found"] = [(name, question, *found[name]) for name, question in node["cards"]]


def visit(self: Any, node: nodes.Element) -> None:
    """Write the cards; a picture comes when it is near the screen."""
    builder = self.builder
    folder = Path(builder.outdir) / builder.imagedir
    folder.mkdir(parents=True, exist_ok=True)
    titles = builder.env.titles
    self.body.append('<ul class="aimc-gallery">')
    for name, question, docname, made in node["found"]:
        picture, is_map = made["cover"]
        data, width, height = covers.small(picture)
        # A colour of a map is a number, also on a dark page.
        stays = ' class="dark-light"' if is_map else ""
        file = f"{name}-{bundle.short_hash(data)}.webp"
        (folder / file).write_bytes(data)
        where = builder.get_relative_uri(builder.current_docname, docname)
        self.body.append(
            f'<li><a href="{where}#{name}"><img src="{builder.imgpath}/{file}" width="{width}"'
            f' height="{height}" alt="The first chart of this explorer" loading="lazy"{stays}>'
            f"<span>{escape(made['title'])}</span></a>"
            f"<p>{escape(question)}</p>"
            f'<p class="aimc-gallery-where">{escape(titles[docname].astext())}</p></li>'
        )
    self.body.append("</ul>")
    raise nodes.SkipNode


def visit_flat(self: Any, node: nodes.Element) -> None:
    """Paper has no explorers to choose from."""
    raise nodes.SkipNode


def setup(app: Any) -> dict[str, Any]:
    flat = (visit_flat, None)
    app.add_node(gallery, html=(visit, None), latex=flat, text=flat, man=flat, texinfo=flat)
    app.add_directive("gallery", Gallery)
    app.connect("doctree-resolved", resolve)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "version": "1"}
