"""Charts of code cells: the page draws them itself from their data, with the picture as fallback.

What `aimc.plots.draw` returns carries its charts as data beside the picture. In HTML both stand in
the page: a script (figure.mjs) draws the data, in the reader's theme and width, and hides the
picture, which stays for readers without JavaScript. All other writers, the one page that the PDF is
printed from among them, take the picture. Code that only draws is folded.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from live import MODULE, PAGES, STYLE, json_text, of_pages
from myst_nb.core.render import MimeData, NbElementRenderer, load_mime_renders

from aimc.plots.data import MIME

SCRIPT = "figure.mjs"
UNFOLDED = "show-input"


class cell_chart(nodes.General, nodes.Element):
    """The data of the charts of one cell; its child is their picture."""


class ChartRenderer:
    """Keeps the data of charts that a cell has shown."""

    mime_priority_overrides: ClassVar = [("*", MIME, 1)]

    @staticmethod
    def handle_mime(
        renderer: NbElementRenderer, data: MimeData, inline: bool
    ) -> list[nodes.Node] | None:
        """Return a node with the data, or None if they are something else."""
        return None if data.mime_type != MIME or inline else [cell_chart("", data=data.content)]


def join_pictures(app: Any, doctree: nodes.document) -> None:
    """Give each chart its picture, out of the same output, and fold the code that drew it."""
    for chart in doctree.findall(cell_chart):
        holder = chart.parent
        for other in holder.parent.children:
            if other.get("mime_type") == "image/png":
                chart += [image.deepcopy() for image in other.findall(nodes.image)]
        cell = holder
        while cell is not None and cell.get("nb_element") != "cell_code":
            cell = cell.parent
        if cell is None or cell.get("hide_mode") or "tag_" + UNFOLDED in cell["classes"]:
            continue
        settings = app.env.mystnb_config
        cell["hide_mode"] = "input"
        cell["prompt_show"] = settings.code_prompt_show
        cell["prompt_hide"] = settings.code_prompt_hide


def visit_html(self: Any, node: nodes.Element) -> None:
    """Write the data; the picture follows as the node's child."""
    if self.builder.name in PAGES:
        sources = [Path(self.builder.srcdir) / i["uri"] for i in node.findall(nodes.image)]
        heads = [source.read_bytes()[16:24] for source in sources]  # of a PNG file
        node["sizes"] = [[int.from_bytes(part, "big") for part in (h[:4], h[4:])] for h in heads]
        width, height = node["sizes"][0] if heads else (2, 1)
        # Until the script draws, the box has the shape of the picture that is not fetched then.
        self.body.append(
            f'<div class="aimc-figure" style="--aimc-picture: {width} / {height}">\n'
            '<script type="application/json" class="aimc-figure-data">'
            f"{json_text(node['data'])}</script>\n"
        )
        node["start"] = len(self.body)


def depart_html(self: Any, node: nodes.Element) -> None:
    """Have the picture loaded only if it is looked at, with room kept for it."""
    if self.builder.name not in PAGES:
        return
    start = node["start"]
    picture = "".join(self.body[start:])
    for width, height in node["sizes"]:
        size = f'<img loading="lazy" width="{width}" height="{height}" '
        picture = picture.replace("<img ", size, 1)
    self.body[start:] = [picture, "</div>\n"]


def visit_other(self: Any, node: nodes.Element) -> None:
    """Write nothing but the picture."""


def add_script(
    app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give the script and its style to pages with charts alone."""
    if doctree is None or app.builder.name not in PAGES or not any(doctree.findall(cell_chart)):
        return
    app.add_css_file(of_pages(app, STYLE))
    app.add_js_file(of_pages(app, SCRIPT), **MODULE)


def setup(app: Any) -> dict[str, bool]:
    # MyST-NB finds renderers by entry points of installed packages; this one is part of the book.
    if ChartRenderer not in load_mime_renders():
        load_mime_renders().append(ChartRenderer)
    plain = (visit_other, visit_other)
    html = (visit_html, depart_html)
    app.add_node(cell_chart, html=html, latex=plain, text=plain, man=plain, texinfo=plain)
    app.connect("doctree-read", join_pictures)
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
