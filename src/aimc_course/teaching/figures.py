"""The figure pack: every drawing of the book with its caption and the words that stand for it."""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from aimc_course.teaching.book import chapters, directives, find_root, module_at, pages
from aimc_course.teaching.inline import to_html

__all__ = ["LICENCE", "Drawing", "list_drawings", "standalone", "write_pack"]

SCALE = 3  # pixels of a PNG for each unit of a drawing
LICENCE = """\
Drawings of the open course on analog in-memory computing, https://aimc-course.github.io/aimc/

Licence: Creative Commons Attribution 4.0 International (CC BY 4.0),
https://creativecommons.org/licenses/by/4.0/

You may show, share and change them for any purpose. Name the source, link to the licence, and say
what you changed. A line such as this one is enough:

    Figure: The aimc course authors, https://aimc-course.github.io/aimc/, CC BY 4.0.
"""
POINTER = re.compile(r"\{(?:ref|numref|eq)\}`(?:(fig|tab|eq|ch)-)?[^`]*`")
POINTED = {"fig": "another figure", "tab": "the chapter's table", "eq": "the chapter's equation"}
ROLE = re.compile(r"\{[\w:]+\}`([^`<]+?)(?:\s*<[^`>]+>)?`")
VARIABLE = re.compile(r"var\(--[\w-]+,\s*([^()]+?)\s*\)")
INK = "#1a1a1a"
FONT = "Arial, Liberation Sans, Helvetica, sans-serif"  # narrow: drawings leave little room
BOX = re.compile(r'\bviewBox="([^"]+)"')
STYLE = """\
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
figure { margin: 2rem 0; }
img { max-width: 100%; background: #fff; }
pre { white-space: pre-wrap; }
"""


@dataclass(frozen=True, slots=True)
class Drawing:
    """One drawing as a chapter shows it."""

    name: str
    """Name of the file, without its ending."""
    source: Path
    """Where the book has it, from the root; those of ``book/drawn`` are made by the build."""
    part: int
    """Number of the part that shows it, 0 for a page beside the parts."""
    chapter: str
    """Title of the chapter that shows it."""
    label: str
    """Label of the figure in the book."""
    alt: str
    """Words for those who do not see it."""
    caption: str
    """Its caption, with LaTeX between dollars."""


def list_drawings(root: Path) -> list[Drawing]:
    """Return the drawings of all chapters, in the order of the book, and of the pages beside them.

    Raises
    ------
    ValueError
        If a figure has no alternative text or no caption, or if two files have the same name.
    """
    found: dict[str, Drawing] = {}
    for chapter in [*chapters(root), *pages(root)]:
        folder = (root / "book" / chapter.name).parent
        for figure in directives(chapter.text, "figure"):
            path = (folder / figure.argument).resolve().relative_to(root.resolve())
            label = figure.options.get("name", path.stem)
            caption = _plain(" ".join(line.strip() for line in figure.body if line.strip()))
            alt = figure.options.get("alt", "")
            if not alt or not caption:
                raise ValueError(f"{chapter.name}: figure {label} needs alternative text, caption")
            if path.stem in found and found[path.stem].source != path:
                raise ValueError(f"two drawings of the book are named {path.stem!r}")
            found.setdefault(
                path.stem,
                Drawing(path.stem, path, chapter.part, chapter.title, label, alt, caption),
            )
    return list(found.values())


def _plain(caption: str) -> str:
    """Return a caption without roles; what points to other places of the book says so in words."""
    caption = POINTER.sub(lambda at: POINTED.get(at[1], "another chapter"), caption)
    return ROLE.sub(r"\1", caption)


def write_pack(out: Path, *, png: bool = True, root: Path | None = None) -> list[Path]:
    """Write all drawings with a page, a table and the licence, and return what was written.

    Parameters
    ----------
    out : Path
        Folder of the pack; files of the same names are replaced, others stay.
    png : bool
        Whether to write PNG as well, by a Chromium without a window.
    root : Path, optional
        The course's root folder; by default the one around the current folder.

    Raises
    ------
    ImportError
        If the tools that draw, or for PNG those that drive a browser, are not installed.
    FileNotFoundError
        If there is no book, or for PNG no browser.
    """
    root = find_root() if root is None else root
    drawings = list_drawings(root)
    (out / "svg").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        _draw(root, Path(made))
        for drawing in drawings:
            drawn = drawing.source.parent.name == "drawn"
            source = Path(made) if drawn else root / drawing.source.parent
            text = (source / drawing.source.name).read_text(encoding="utf-8")
            (out / "svg" / drawing.source.name).write_text(standalone(text), encoding="utf-8")
    written = [out / "svg" / drawing.source.name for drawing in drawings]
    if png:
        written += _write_png(root, written, out / "png")
    (out / "LICENCE.txt").write_text(LICENCE, encoding="utf-8")
    (out / "index.html").write_text(_index(drawings, png), encoding="utf-8")
    _write_table(out / "figures.csv", drawings, png)
    return [*written, out / "LICENCE.txt", out / "figures.csv", out / "index.html"]


def _draw(root: Path, target: Path) -> None:
    """Make the drawings as a build of the book makes them."""
    try:
        tools = module_at(root / "book" / "_ext" / "drawings.py")
    except ImportError as error:
        raise ImportError(
            "figures need the tools of the book: install them with pip install -e '.[book]'"
        ) from error
    tools.write_all(root / "book" / "drawings", target)


def _write_png(root: Path, files: Sequence[Path], target: Path) -> list[Path]:
    """Photograph drawings in a browser, `SCALE` pixels to a unit, on white."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise ImportError(
            "PNG needs a browser's driver: install it with pip install -e '.[browser]', or leave "
            "PNG out with --no-png"
        ) from error
    browsers = module_at(root / "scripts" / "browser.py")
    path = browsers.find_browser()
    if path is None:
        raise FileNotFoundError(f"{browsers.HINT}; or leave PNG out with --no-png")
    target.mkdir(parents=True, exist_ok=True)
    written = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=browsers.FLAGS)
        page = browser.new_page(device_scale_factor=SCALE)
        for file in files:
            text = file.read_text(encoding="utf-8")
            wide, high = _size(text)
            page.set_viewport_size({"width": round(wide), "height": round(high)})
            markup = text[text.index("<svg") :]
            frame = f"width: {wide}px; height: {high}px; background: #fff; color: #000"
            page.set_content(
                f"<style>body {{ margin: 0; }} div {{ {frame}; }} "
                f"svg {{ display: block; width: 100%; height: 100%; }}</style><div>{markup}</div>"
            )
            written.append(target / f"{file.stem}.png")
            page.locator("div").screenshot(path=written[-1])
        browser.close()
    return written


def standalone(text: str) -> str:
    """Return a drawing with its own colours and font, for programs other than a browser.

    In a page, drawings take letters and ink from the page, and colours from variables of its
    style, which few drawing programs and slides understand.
    """
    text = VARIABLE.sub(r"\1", text).replace("currentColor", INK)
    text = text.replace('font-family="inherit"', f'font-family="{FONT}"')
    return text.replace('color="inherit"', f'color="{INK}"')


def _size(text: str) -> tuple[float, float]:
    """Return width and height of a drawing, in its own units."""
    box = BOX.search(text)
    if box is None:
        raise ValueError("an SVG of the book has no viewBox")
    _, _, wide, high = (float(number) for number in box[1].replace(",", " ").split())
    return wide, high


def _files(drawing: Drawing, png: bool) -> list[str]:
    files = [f"svg/{drawing.name}.svg"]
    return [*files, f"png/{drawing.name}.png"] if png else files


def _write_table(path: Path, drawings: Sequence[Drawing], png: bool) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["part", "chapter", "figure", "svg", "png", "caption", "alt", "licence"])
        for d in drawings:
            svg, *rest = _files(d, png)
            table.writerow(
                [d.part, d.chapter, d.label, svg, "".join(rest), d.caption, d.alt, "CC BY 4.0"]
            )


def _index(drawings: Sequence[Drawing], png: bool) -> str:
    head = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>Drawings of the course</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
        f"<main>\n<h1>Drawings of the course</h1>\n<pre>{escape(LICENCE)}</pre>\n"
    )
    out = [head]
    chapter = ""
    for drawing in drawings:
        if drawing.chapter != chapter:
            chapter = drawing.chapter
            part = f"Part {drawing.part}: " if drawing.part else ""
            out.append(f"<h2>{part}{to_html(chapter)}</h2>\n")
        links = " ".join(
            f'<a href="{name}">{drawing.name}.{name[-3:]}</a>' for name in _files(drawing, png)
        )
        out.append(
            f'<figure id="{escape(drawing.label)}">\n<img src="svg/{drawing.name}.svg" '
            f'loading="lazy" alt="{escape(drawing.alt)}">\n'
            f"<figcaption>{to_html(drawing.caption)} {links}</figcaption>\n</figure>\n"
        )
    out.append("</main>\n</body>\n</html>\n")
    return "".join(out)
