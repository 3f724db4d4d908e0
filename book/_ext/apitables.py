"""What a page of the API holds, as a table at its head, and the source behind each entry.

The table takes names and first sentences from the entries of the page. Links to the source name
file and line in the repository; both are read from the source, so nothing is imported for them.
"""

from __future__ import annotations

import re
from typing import Any

from apilinks import names
from docutils import nodes
from sphinx import addnodes

API = "book/api/"
LEAST = 3  # entries that are worth a table
SENTENCE = re.compile(r"(.*?[.:])(?:\s|$)", re.DOTALL)
WORDS = (nodes.title, nodes.paragraph, nodes.target, nodes.comment, nodes.literal_block)


def link_sources(app: Any, config: Any) -> None:
    """Let entries link the lines of the repository that define them."""
    options = config.html_theme_options
    branch = options.get("repository_branch", "main")
    root = f"{options.get('repository_url', '')}/blob/{branch}/src"

    def address(domain: str, info: dict[str, str]) -> str | None:
        home = names().home(f"{info['module']}.{info['fullname']}")
        place = names().lines.get(home)
        return f"{root}/{place[0]}#L{place[1]}" if domain == "py" and place else None

    config.linkcode_resolve = address


def first_sentence(entry: addnodes.desc) -> str:
    """Return what the entry says of itself first."""
    for content in entry.findall(addnodes.desc_content):
        for child in content.children:
            if isinstance(child, nodes.paragraph):
                text = " ".join(child.astext().split())
                found = SENTENCE.match(text)
                return found[1] if found else text
        break
    return ""


def row(name: nodes.Node, *words: nodes.Node) -> nodes.row:
    cells = [nodes.entry("", nodes.paragraph("", "", part)) for part in (name, *words)]
    return nodes.row("", *cells)


def add_table(app: Any, doctree: nodes.document) -> None:
    """Put a table of its entries at the head of a page of the API."""
    if not app.env.docname.startswith(API):
        return
    rows = []
    for entry in doctree.findall(addnodes.desc):
        if isinstance(entry.parent, addnodes.desc_content):
            continue  # a method, or an attribute
        for signature in entry.findall(addnodes.desc_signature):
            if signature.parent is not entry or not signature["ids"]:
                continue
            full = signature["ids"][0]
            link = nodes.reference("", "", refid=full, internal=True)
            link += nodes.literal("", full)
            rows.append(row(link, nodes.Text(first_sentence(entry))))
    title = next(iter(doctree.findall(nodes.title)), None)
    if title is None or title.parent is None or len(rows) < LEAST:
        return
    group = nodes.tgroup("", *(nodes.colspec(colwidth=width) for width in (40, 60)), cols=2)
    group += nodes.thead("", row(nodes.Text("Name"), nodes.Text("What it is")))
    group += nodes.tbody("", *rows)
    section = title.parent
    # After the page's own words, before its first entry or section.
    place = next(
        (n for n, child in enumerate(section.children) if not isinstance(child, WORDS)),
        len(section.children),
    )
    section.insert(place, nodes.table("", group, classes=["aimc-api-table"]))


def setup(app: Any) -> dict[str, bool]:
    app.setup_extension("sphinx.ext.linkcode")
    app.connect("config-inited", link_sources)
    app.connect("doctree-read", add_table)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
