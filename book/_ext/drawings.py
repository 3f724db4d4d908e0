"""Drawings: made from source at the start of a build, inlined into the pages.

``book/drawings/NAME.py`` has a function ``svg()`` that returns an SVG document; ``NAME.svg`` is one
written by hand. Both are written to ``book/drawn``, where pages find them as ordinary figures. In
HTML the drawing becomes part of the page: text stays text, links are links, and colours follow the
reader's theme. Other writers take the file; the page of all pages has no links in drawings.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform

SHARED = "style.py"
TARGET = "book/drawn/"
LEAST = 11.0  # px, of the smallest letters, on whatever screen
HEAD = re.compile(r"^.*?(?=<svg\b)", re.DOTALL)  # declarations, comments
ROOT = re.compile(r"<svg\b[^>]*>")
SIZED = re.compile(r'\s(?:width|height|class|style|role|aria-[a-z]+)="[^"]*"')
BOX = re.compile(r'\bviewBox="([^"]+)"')
FONT = re.compile(
    r'<(?:svg|g|text)\b[^>]*font-size(?:="|:\s*)([\d.]+)'
)  # not raised, lowered letters
IDENTIFIER = re.compile(r'\bid="([^"]+)"')
LINK = re.compile(r"</?a\b[^>]*>")
REFUSED = {
    "<style": "its rules would reach the whole page: use attributes",
    "<script": "drawings do not run",
    "<foreignObject": "use <text>",
}


def make(source: Path) -> str:
    """Return the drawing of one source file.

    Raises
    ------
    ExtensionError
        If the source fails, has no function ``svg``, or holds what may not be inlined.
    """
    if source.suffix == ".svg":
        text = source.read_text(encoding="utf-8")
    else:
        spec = importlib.util.spec_from_file_location(
            f"aimc_drawing_{re.sub(r'[^0-9a-zA-Z]', '_', source.stem)}", source
        )
        if spec is None or spec.loader is None:
            raise ExtensionError(f"{source}: cannot be imported")
        module = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
            text = module.svg()
        except Exception as error:
            raise ExtensionError(f"{source}: {type(error).__name__}: {error}") from error
    for part, why in REFUSED.items():
        if part in text:
            raise ExtensionError(f"{source}: {part}> in a drawing: {why}")
    if ROOT.search(text) is None or BOX.search(text) is None:
        raise ExtensionError(f"{source}: not an SVG with a viewBox")
    return text


def write_all(folder: Path, target: Path) -> list[Path]:
    """Write every drawing of a folder; leave files alone whose content is the same."""
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for source in sorted([*folder.glob("*.py"), *folder.glob("*.svg")]):
        if source.name == SHARED:
            continue
        file = target / f"{source.stem}.svg"
        if file in written:
            raise ExtensionError(f"{source}: there are two drawings of this name")
        written.append(file)
        text = make(source)
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            fresh = file.with_suffix(f".{os.getpid()}.tmp")
            fresh.write_text(text, encoding="utf-8")
            fresh.replace(file)
    for old in set(target.glob("*.svg")) - set(written):
        old.unlink(missing_ok=True)
    return written


def draw_all(app: Any) -> None:
    """Make all drawings before any page is read."""
    book = Path(app.srcdir) / "book"
    if (book / "drawings").is_dir():
        write_all(book / "drawings", book / "drawn")


def inlined(text: str, alt: str, width: str = "", copy: int = 1) -> str:
    """Return a drawing as it stands in a page.

    Parameters
    ----------
    text : str
        The SVG document.
    alt : str
        Words for those who do not see it.
    width : str
        A CSS length; without it the drawing is as wide as its viewBox, in pixels.
    copy : int
        How many times the page shows this drawing up to here: identifiers may occur once only.
    """
    text = HEAD.sub("", text, count=1).strip()
    box = BOX.search(text)
    wide = float(box[1].replace(",", " ").split()[2]) if box else 0.0
    sizes = [float(size) for size in FONT.findall(text)]
    least = wide * min(1.0, LEAST / min(sizes)) if sizes else 0.0
    if copy > 1:
        for name in sorted(set(IDENTIFIER.findall(text))):
            new = f"{name}-{copy}"
            text = text.replace(f'id="{name}"', f'id="{new}"').replace(
                f"url(#{name})", f"url(#{new})"
            )
            text = text.replace(f'href="#{name}"', f'href="#{new}"')
    style = f"width: {width or f'{wide:g}px'}; min-width: {least:.0f}px"
    role = "group" if LINK.search(text) else "img"  # nothing inside of an image can be reached
    words = f' role="{role}" aria-label="{escape(alt)}"' if alt else ' aria-hidden="true"'

    def opened(root: re.Match[str]) -> str:
        return SIZED.sub("", root[0])[:-1] + f' class="aimc-drawing" style="{style}"{words}>'

    return ROOT.sub(opened, text, count=1)


class InlineDrawings(SphinxPostTransform):
    """Replace images of drawings by the drawings themselves."""

    default_priority = 200
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Replace them in one document."""
        seen: dict[str, int] = {}
        for image in list(self.document.findall(nodes.image)):
            uri = image["uri"]
            if not (uri.startswith(TARGET) and uri.endswith(".svg")):
                continue
            seen[uri] = seen.get(uri, 0) + 1
            text = (Path(self.app.srcdir) / uri).read_text(encoding="utf-8")
            if self.app.builder.name == "singlehtml":
                text = LINK.sub("", text)
            markup = inlined(text, image.get("alt", ""), image.get("width", ""), seen[uri])
            image.replace_self(nodes.raw("", markup, format="html"))


def setup(app: Any) -> dict[str, bool]:
    app.connect("builder-inited", draw_all)
    app.add_post_transform(InlineDrawings)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
