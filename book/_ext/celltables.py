"""Tables of code cells: `aimc.plots.Table` becomes a numbered table of the page.

The cell's metadata give the name and caption: ``aimc: table: {name: ..., caption: ...}``.
"""

from __future__ import annotations

from typing import Any, ClassVar

from docutils import nodes
from myst_nb.core.render import MimeData, NbElementRenderer, load_mime_renders

from aimc.plots.table import MIME


class TableRenderer:
    """Turns the data of a table into a table of docutils, for all writers alike."""

    mime_priority_overrides: ClassVar = [("*", MIME, 1)]

    @staticmethod
    def handle_mime(
        renderer: NbElementRenderer, data: MimeData, inline: bool
    ) -> list[nodes.Node] | None:
        """Return the nodes of a table, or None if the data are something else."""
        if data.mime_type != MIME or inline:
            return None
        options = data.cell_metadata.get("aimc", {}).get("table", {})
        return [table_node(renderer.renderer, data.content, options, data.line or 0)]


def table_node(renderer: Any, tree: Any, options: dict[str, Any], line: int) -> nodes.table:
    """Return a table with its caption and name."""
    table = nodes.table(classes=["aimc-table", "colwidths-auto"])
    table.source, table.line = renderer.document["source"], line
    if caption := str(options.get("caption", "")).strip():
        table += nodes.title("", "", *inline_nodes(renderer, caption, line))
    group = nodes.tgroup(cols=len(tree["header"]))
    group += [nodes.colspec(colwidth=1) for _ in tree["header"]]
    sides = ["text-right" if number else "text-left" for number in tree["numeric"]]

    def row(cells: list[str]) -> nodes.row:
        entries = []
        for cell, side in zip(cells, sides, strict=True):
            words = inline_nodes(renderer, cell, line) if cell.strip() else []
            entries.append(nodes.entry("", nodes.paragraph("", "", *words), classes=[side]))
        return nodes.row("", *entries)

    group += nodes.thead("", row(tree["header"]))
    group += nodes.tbody("", *[row(cells) for cells in tree["rows"]])
    table += group
    if name := options.get("name"):
        table["names"].append(nodes.fully_normalize_name(str(name)))
        renderer.document.note_explicit_target(table, table)
    return table


def inline_nodes(renderer: Any, text: str, line: int) -> list[nodes.Node]:
    """Return inline MyST, parsed."""
    holder = nodes.Element()
    with renderer.current_node_context(holder):
        renderer.nested_render_text(" ".join(text.split()), line, inline=True)
    return holder.children


def setup(app: Any) -> dict[str, bool]:
    # MyST-NB finds renderers by entry points of installed packages; this one is part of the book.
    if TableRenderer not in load_mime_renders():
        load_mime_renders().append(TableRenderer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
