"""A student's own notebook as HTML, with what there is to say beside the cells that it is about.

The notebook is a stranger's. Nothing of it is run, what it shows goes through the same rendering as
on the page for marking, and no page grows beyond a few megabytes, whatever it holds.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from aimc_course.grading.gradebook.texts import escaped
from aimc_course.grading.written.answers import Part, parts, places
from aimc_course.grading.written.pictures import PictureError, redrawn
from aimc_course.grading.written.rendering import code_html, markdown_html, text_html
from aimc_course.grading.written.sheet import Sheet

__all__ = ["STYLE", "OwnNotebook"]

CHECK = re.compile(r"\bcheck\(\s*[\"'](\w+)[\"']")
HEADING = re.compile(r"<(/?)h([4-6])>")
MOST_HTML = 3 * 2**20  # bytes of all cells together
MOST_READ = 200_000  # characters that are read as Markdown or code; the rest is shown as it is
MOST_PICTURES, PICTURE_BYTES = 24, 3 * 2**20  # pictures of a page, and bytes of them together
WIDEST = 1000  # pixels
OFTEN = 4000  # characters of a text that is kept in case it comes again
KINDS = {"code": "Code", "markdown": "Text", "raw": "Text"}
WIDE = re.compile(r'<table|display="block"|<math[^>]*>(?:(?!</math>).){300}', re.DOTALL)
"""What may be wider than a phone, and has to be reached to be scrolled."""
TOO_MUCH = "the page would become too large"
STYLE = """
:root { --said: #5a6570; --word: #8a3b12; --string: #14633b; --name: #0b5f94; }
@media (prefers-color-scheme: dark) {
  :root { --said: #9fabb5; --word: #f0b58a; --string: #8fdcae; --name: #8cc8f5; } }
.cell { border: 1px solid var(--line); border-radius: .4rem; padding: .2rem .8rem;
  margin: .8rem 0; overflow-wrap: anywhere; }
.cell > .label { color: var(--said); font-size: .8rem; margin: .2rem 0; }
.cell pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0;
  font: .84rem/1.45 ui-monospace, "DejaVu Sans Mono", monospace; }
.cell .output { border-left: 2px solid var(--line); padding-left: .7rem; }
.cell img { max-width: 100%; height: auto; background: #fff; }
.cell .turned { overflow-x: auto; }
.target, .none { color: var(--said); font-size: .85rem; overflow-wrap: anywhere; }
.beside { border-left: .35rem solid currentColor; margin: .8rem 0; padding: .1rem .9rem; }
.beside p { color: CanvasText; margin: .4rem 0; white-space: pre-line; overflow-wrap: anywhere; }
.beside strong { color: CanvasText; }
.beside + .beside { margin-top: 1rem; }
.k, .ow, .kn, .kc, .kd, .bp { color: var(--word); }
.s, .s1, .s2, .sa, .sd, .si, .se, .m, .mi, .mf { color: var(--string); }
.nf, .nb, .nn, .fm { color: var(--name); } .c, .c1, .ch { color: var(--said); }
@media print { .cell { border-color: #888; } .beside { break-inside: avoid; } }
"""


@dataclass(frozen=True, slots=True)
class OwnNotebook:
    """The cells of a notebook, and where in it each question was answered."""

    cells: tuple[Part, ...]
    places: Mapping[str, int]
    """Cell of each question's answer, counted from 0."""

    @classmethod
    def read(cls, notebook: bytes, sheet: Sheet | None = None) -> OwnNotebook:
        """Read a notebook.

        Parameters
        ----------
        notebook : bytes
            Content of the file.
        sheet : Sheet, optional
            The questions that people mark.
        """
        cells = parts(notebook)
        found: dict[str, int] = {}
        for place, cell in enumerate(cells):
            if cell.kind == "code":
                # The last one that is run counts; what follows a # is not run.
                run = "\n".join(line.partition("#")[0] for line in cell.text.splitlines())
                found |= dict.fromkeys(CHECK.findall(run), place)
        return cls(cells, found | (places(sheet, notebook) if sheet else {}))

    def code_cell(self, number: int) -> int | None:
        """Return the place of a code cell by its number, counted from 1 as in notes."""
        code = [place for place, cell in enumerate(self.cells) if cell.kind == "code"]
        return code[number - 1] if 1 <= number <= len(code) else None

    def as_html(self, beside: Mapping[int, str]) -> str:
        """Return the cells as HTML.

        Parameters
        ----------
        beside : mapping of int to str
            HTML that follows a cell, by its place.
        """
        out: list[str] = []
        budget = _Budget()
        number = 0
        for place, cell in enumerate(self.cells):
            number += cell.kind == "code"
            name = f"{KINDS[cell.kind]} cell {number}" if cell.kind == "code" else "Text"
            shown = _cell(cell, name, place, budget)
            if shown or place in beside:
                label = f"<p class='label'>{name}</p>"
                out.append(f"<div class='cell {cell.kind}'>{label}{shown}</div>")
            out.append(beside.get(place, ""))
        return "".join(out)


class _Budget:
    """What a page may still hold."""

    def __init__(self) -> None:
        self.html, self.read = MOST_HTML, MOST_READ
        self.pictures, self.bytes = MOST_PICTURES, PICTURE_BYTES

    def takes(self, html: str) -> bool:
        """Take HTML if it fits; after a piece that did not, take none, and make none in vain."""
        size = len(html.encode("utf-8", "replace"))
        fits = size <= self.html
        self.html = self.html - size if fits else 0
        return fits

    def picture(self, data: bytes) -> str:
        """Return a picture as the address of an image that needs no file."""
        if self.pictures <= 0 or self.bytes <= 0:
            raise PictureError(f"a picture: {TOO_MUCH}")
        self.pictures -= 1
        drawn = redrawn(data, WIDEST)
        if len(drawn) > self.bytes:
            raise PictureError(f"a picture: {TOO_MUCH}")
        self.bytes -= len(drawn)
        return f"data:image/png;base64,{base64.b64encode(drawn).decode('ascii')}"


def _cell(cell: Part, name: str, place: int, budget: _Budget) -> str:
    pieces = []
    left_out = list(cell.left_out)
    if cell.text.strip():
        budget.read -= len(cell.text)
        render = text_html
        if budget.read > 0:  # a text made for it takes its reader a second
            render = {"code": code_html, "markdown": _markdown}.get(cell.kind, text_html)
        html = HEADING.sub(_raised, render(cell.text)) if budget.html > 0 else ""
        if html and budget.takes(html):
            wide = WIDE.search(html)
            where = f"aria-label='wide text in place {place + 1} of the notebook'"
            reached = f" class='turned' tabindex='0' role='region' {where}"
            pieces.append(f"<div{reached if wide else ''}>{html}</div>")
        else:
            left_out.append(f"the cell: {TOO_MUCH}")
    for text in cell.outputs:
        html = text_html(text)
        if budget.takes(html):
            pieces.append(f"<div class='output'>{html}</div>")
        else:
            left_out.append(f"what the cell printed: {TOO_MUCH}")
    for data in cell.pictures:
        try:
            address = budget.picture(data)
        except PictureError as error:
            left_out.append(str(error))
        else:
            alt = f"Picture of {name.lower()}, as your file holds it, without a description"
            pieces.append(f'<img src="{address}" alt="{alt}">')
    pieces += [f"<p class='none'>Left out: {escaped(x)}.</p>" for x in dict.fromkeys(left_out)]
    return "".join(pieces)


def _markdown(text: str) -> str:
    # Most text is the lab's own, and the same in every notebook of a class.
    return _kept(text) if len(text) <= OFTEN else markdown_html(text)


@lru_cache(maxsize=1000)
def _kept(text: str) -> str:
    return markdown_html(text)


def _raised(tag: re.Match[str]) -> str:
    """Return a heading one level higher: here only two levels of the page stand above."""
    return f"<{tag[1]}h{int(tag[2]) - 1}>"
