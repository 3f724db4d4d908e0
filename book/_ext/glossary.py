"""The glossary: letters to jump to, and behind each entry the chapters that use the word."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx import addnodes

PAGE = "book/glossary"
CLASS = "aimc-uses"
MOST = 8  # chapters named; a word of the whole book needs no list


def note_uses(app: Any, doctree: nodes.document) -> None:
    """Remember which terms a page refers to."""
    env = app.env
    used = {
        node["reftarget"].lower()
        for node in doctree.findall(addnodes.pending_xref)
        if node.get("reftype") == "term"
    }
    if not hasattr(env, "aimc_term_uses"):
        env.aimc_term_uses = {}
    env.aimc_term_uses[env.docname] = used


def purge(app: Any, env: Any, docname: str) -> None:
    getattr(env, "aimc_term_uses", {}).pop(docname, None)


def merge(app: Any, env: Any, docnames: list[str], other: Any) -> None:
    theirs = getattr(other, "aimc_term_uses", {})
    mine = env.aimc_term_uses = getattr(env, "aimc_term_uses", {})
    mine.update({name: theirs[name] for name in docnames if name in theirs})


def rewrite(app: Any, env: Any) -> list[str]:
    """Write the glossary anew in each build: any page may have changed what it uses."""
    return [PAGE] if PAGE in env.found_docs else []


def add_uses(app: Any, doctree: nodes.document, docname: str) -> None:
    """Name behind each entry the chapters that use it, and put the letters above all."""
    if docname != PAGE or app.builder.format != "html":
        return
    env = app.env
    chapters = [
        (number[0], page)
        for page in env.aimc_term_uses
        if (number := env.toc_secnumbers.get(page, {}).get(""))
    ]
    chapters.sort()
    letters: dict[str, str] = {}
    for entry in doctree.findall(nodes.definition_list_item):
        terms = [child for child in entry.children if isinstance(child, nodes.term)]
        if not terms or not terms[0]["ids"]:
            continue
        first = terms[0].astext()[0].upper()
        letters.setdefault(first if first.isalpha() else "1", terms[0]["ids"][0])
        names = {term.astext().lower() for term in terms}
        pages = [one for one in chapters if names & env.aimc_term_uses[one[1]]]
        if 0 < len(pages) <= MOST:
            entry.children[-1].append(used_in(app, pages))
    if letters:
        made = nodes.paragraph("", "", classes=["aimc-letters"])
        for letter, anchor in letters.items():
            link = nodes.reference("", letter, refid=anchor, internal=True)
            made += [link, nodes.Text(" ")]
        listed = next(iter(doctree.findall(nodes.definition_list)))
        place = listed.parent if isinstance(listed.parent, addnodes.glossary) else listed
        place.parent.insert(place.parent.index(place), made)


def used_in(app: Any, pages: list[tuple[int, str]]) -> nodes.paragraph:
    """Return links to chapters."""
    made = nodes.paragraph(
        "", "In chapter " if len(pages) == 1 else "In chapters ", classes=[CLASS]
    )
    for count, (number, page) in enumerate(pages):
        made += [nodes.Text(", ")] if count else []
        uri = app.builder.get_relative_uri(PAGE, page)
        title = app.env.titles[page].astext()
        made += nodes.reference("", str(number), refuri=uri, internal=True, reftitle=title)
    return made


def setup(app: Any) -> dict[str, Any]:
    app.connect("doctree-read", note_uses)
    app.connect("env-purge-doc", purge)
    app.connect("env-merge-info", merge)
    app.connect("env-updated", rewrite)
    app.connect("doctree-resolved", add_uses)
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
