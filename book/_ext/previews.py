"""What a link leads to, shown beside it: terms, facts and citations for `previews.js`.

The definitions, facts and sources are taken out of the written pages, so that a preview says what
its page says. Each kind is a script and not JSON: pages opened from disk may load those. Equations,
figures and tables are taken by the script out of their pages. Without JavaScript all of them stay
links.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import bundle
from finder import GLOSSARY, terms
from sphinx.errors import ExtensionError

if str(bundle.SCRIPTS) not in sys.path:
    sys.path.append(str(bundle.SCRIPTS))

import fetch_runtime

PAGES = ("html", "dirhtml")
FOLDER = "previews"
PLACE = "floating-ui.js"
LINK = re.compile(r"</?a\b[^>]*>")
NAME = re.compile(r'\s(?:id|href|title)="[^"]*"')
CITATION = re.compile(
    r'<div class="citation" id="([^"]+)">\s*<span class="label">.*?</span></span>\s*(.*?)</div>',
    re.DOTALL,
)
ROW = re.compile(r'<tr class="[^"]*" id="([a-z]\d+)">(.*?)</tr>', re.DOTALL)
CELL = re.compile(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", re.DOTALL)


def still(html: str) -> str:
    """Return a piece of a page without links and names: it is shown on other pages."""
    return NAME.sub("", LINK.sub("", html)).strip()


def citations(page: str) -> dict[str, str]:
    """Return the sources of the written bibliography."""
    return {anchor: still(html) for anchor, html in CITATION.findall(page)}


def facts(page: str) -> dict[str, str]:
    """Return value, quantity, source and evidence of each row of the written page of claims."""
    found = {}
    for anchor, row in ROW.findall(page):
        cells = [still(cell).removeprefix("<p>").removesuffix("</p>") for cell in CELL.findall(row)]
        if len(cells) >= 4:
            quantity, value, source, evidence = cells[:4]
            found[anchor] = (
                f"<p><strong>{value}</strong></p><p>{quantity}</p>"
                f'<p class="aimc-preview-source">{source}; {evidence}</p>'
            )
    return found


def definitions(page: str) -> dict[str, str]:
    """Return the entries of the written glossary."""
    return {term.anchor: f"<p><b>{term.name}</b></p>{still(term.html)}" for term in terms(page)}


KINDS = {
    "terms": (GLOSSARY, definitions),
    "facts": ("book/claims", facts),
    "citations": ("book/bibliography", citations),
}


def write(folder: Path) -> None:
    """Write the previews of a site, and what finds their place.

    Raises
    ------
    RuntimeError
        If Floating UI cannot be had from any source.
    """
    target = folder / "_static" / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    for kind, (name, read) in KINDS.items():
        page = folder / f"{name}.html"
        found = read(page.read_text(encoding="utf-8")) if page.is_file() else {}
        text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
        script = f"window.aimcPreviews = {{...window.aimcPreviews, {kind}: {text}}};\n"
        (target / f"{kind}.js").write_text(script, encoding="utf-8")
    manifest = bundle.SCRIPTS.parent / "book" / "page-scripts.toml"
    listed = fetch_runtime.read_manifest(manifest)
    held = fetch_runtime.ensure(
        folder=fetch_runtime.FOLDER.with_name("page-scripts"), manifest=manifest
    )
    parts = [(held / file.name).read_text(encoding="utf-8") for file in listed.files]
    head = f"/*{listed.licence}*/\n"
    (target / PLACE).write_text(head + "\n".join(parts), encoding="utf-8")


def write_previews(app: Any, exception: Exception | None) -> None:
    """Write the previews of a built site."""
    if exception or app.builder.name not in PAGES:
        return
    try:
        write(Path(app.outdir))
    except (OSError, RuntimeError, ValueError) as error:
        raise ExtensionError(f"The pages lack their previews: {error}") from error


def setup(app: Any) -> dict[str, bool]:
    app.connect("build-finished", write_previews)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
