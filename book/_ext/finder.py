"""Search: an index by Pagefind, fetched in small parts, and the words that a question is put into.

Pagefind reads the written pages. It takes headings with an id for places inside of a page, so the
ids are moved onto the headings in what it reads; entries of the glossary and of the API pages count
as headings too. Each page has a kind, by which the pages of the API are left out unless a reader
asks for them.

`words.json` beside the index is what Pagefind does not know: titles of pages, and terms of the
glossary with their abbreviations ("Short: GDC." in an entry), so that "GDC" finds what it is short
for, and with the page that explains them, on which they stand in bold; `search.js` mends slips of
the pen with the same words.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from sphinx.util import logging

LOGGER = logging.getLogger(__name__)
PAGES = ("html", "dirhtml")
FOLDER = "pagefind"
WORDS = "words.json"
SYMBOLS = "symbols.json"
GLOSSARY = "book/glossary"
NOTATION = "book/notation"
LAST = 990  # after the extensions that rewrite the pages
# What Pagefind brings for sites without a search page of their own, or of other languages.
UNUSED = ("*.css", "pagefind-*.js", "wasm.unknown.*")
LEFT_OUT = [
    ".headerlink",
    ".aimc-quiz-answers",
    ".math",
    ".aimc-figure",
    ".aimc-drawing",
    ".aimc-letters",
    ".aimc-lite",
    ".aimc-uses",
    "details.hide > summary",
    "pre",
    "script",
    "#jb-print-docs-body",
]
KINDS = {
    "book/api": "API",
    "labs/": "Lab",
    "book/teachers/": "For teachers",
    "book/instructor": "For teachers",
    "book/changelog": "Reference",
    "book/": "Reference",
}
CHAPTER = re.compile(r"book/\d-[^/]+/")
ARTICLE = '<article class="bd-article"'
HEADING = re.compile(
    r'<section([^>]*) id="([^"]+)">\s*((?:<span id="[^"]*"></span>\s*)*)<(h[1-6])>', re.DOTALL
)
ENTRY = re.compile(r'<dt([^>]*) id="([^"]+)">(.*?)</dt>', re.DOTALL)
TERM = re.compile(
    r'<dt id="(term-[^"]+)">(.*?)<a class="headerlink".*?</dt>\s*<dd>(.*?)\n</dd>', re.S
)
EXPLAINED = re.compile(r'<strong><a class="[^"]*" href="[^"]*glossary\.html#(term-[^"]+)">')
USES = re.compile(r'<p class="aimc-uses">.*?</p>', re.DOTALL)
SHORT = re.compile(r"Short: ([^.;]+)[.;]")
SEE = re.compile(r"^See ([^.]+)\.$")
SECTION = re.compile(
    r'(?=<section[^>]*>\s*(?:<span id="[^"]*"></span>\s*)*<h2 id="([^"]+)">(.*?)</h2>)', re.S
)
# Letters of a page above which its sections are pages to Pagefind: an answer fetches all of a page.
LARGE = 100_000
HEADERLINK = re.compile(r'<a class="headerlink".*?</a>')
SCRIPT = re.compile(r"<(script|svg|pre)\b.*?</\1>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class Term:
    """An entry of the glossary."""

    anchor: str
    name: str
    html: str

    @property
    def text(self) -> str:
        """The definition without markup."""
        return plain(self.html)

    @property
    def short(self) -> list[str]:
        """What the term is abbreviated to."""
        found = SHORT.search(self.text)
        return re.split(r",\s*|\s+or\s+", found[1]) if found else []


def explained(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the page on which each term, by its anchor, stands in bold.

    Of several the last: those before it introduce what it is about.
    """
    return {
        anchor: f"{name}.html"
        for name in names
        for anchor in EXPLAINED.findall((folder / f"{name}.html").read_text(encoding="utf-8"))
    }


def plain(html: str) -> str:
    """Return the text of a piece of a page."""
    if "katex" in html:  # a formula stands there three times: drawn, for listeners, and as source
        soup = BeautifulSoup(html, "html.parser")
        for part in soup.select(".katex-html, annotation"):
            part.decompose()
        html = str(soup)
    return re.sub(r"\s+", " ", unescape(TAG.sub("", html))).strip()


def terms(page: str) -> list[Term]:
    """Return the entries of the written glossary."""
    found = TERM.findall(USES.sub("", page))
    return [Term(anchor, plain(name), html.strip()) for anchor, name, html in found]


def symbols(page: str) -> list[list[Any]]:
    """Return the rows of the written table of symbols: what may be asked for, and what is said."""
    found = []
    for row in BeautifulSoup(page, "html.parser").select("article tr"):
        if len(cells := row.find_all("td")) != 4:
            continue
        for part in cells[0].select(".katex-html, annotation"):
            part.decompose()
        for part in cells[0].select("semantics"):
            part.unwrap()
        formulas = cells[0].select("math")
        names = [spelled(one.get_text().partition("=")[0]) for one in formulas]
        places = [f"book/{link['href']}" for link in cells[3].find_all("a", href=True)]
        if any(names):
            letters = re.sub(' xmlns="[^"]*"', "", ", ".join(map(str, formulas)))
            found.append([names, letters, plain(str(cells[1])), plain(str(cells[2])), places])
    return found


def spelled(formula: str) -> str:
    """Return the letters and digits of a formula, those of one letter in one form."""
    signs = unicodedata.normalize("NFKC", formula)
    return "".join(sign for sign in signs if sign.isalnum() and unicodedata.category(sign) != "Lm")


def kind(name: str) -> str:
    """Return which kind of page a page is."""
    if CHAPTER.match(name):
        return "Chapter"
    return next((words for start, words in KINDS.items() if name.startswith(start)), "Reference")


def readable(page: str, name: str) -> str:
    """Return a page as Pagefind shall read it."""
    page = page.replace(
        ARTICLE, f'{ARTICLE} data-pagefind-body data-pagefind-filter="kind:{kind(name)}"', 1
    )
    page = HEADING.sub(r'<section\1>\3<\4 id="\2">', page)
    return ENTRY.sub(r'<h6\1 id="\2">\3</h6>', page)


def parts(page: str, name: str) -> Iterator[tuple[str, str]]:
    """Yield address and content of what Pagefind shall read of a page: all, or its sections."""
    page = readable(page, name)
    if len(TAG.sub("", SCRIPT.sub("", page[page.find(ARTICLE) :]))) < LARGE:
        yield f"/{name}.html", page
        return
    start = page.index(ARTICLE)
    opening, title = page[start : page.index(">", start) + 1], title_of(page)
    first, *rest = SECTION.split(page[start : page.index("</article>", start)])
    yield f"/{name}.html", f"<html>{first}</article></html>"
    for anchor, heading, content in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        both = f"{title} · {plain(HEADERLINK.sub('', heading))}"
        yield f"/{name}.html#{anchor}", f"<html>{opening}<h1>{both}</h1>{content}</article></html>"


async def _settled(folder: Path) -> None:
    """Wait until all files are whole: Pagefind answers first, and ends with its service."""
    before: list[int] = []
    for _ in range(300):
        await asyncio.sleep(0.2)
        sizes = [path.stat().st_size for path in sorted(folder.rglob("*")) if path.is_file()]
        if sizes and all(sizes) and sizes == before:
            return
        before = sizes
    raise RuntimeError(f"Pagefind has left empty files in {folder}")


async def _index(folder: Path, names: list[str]) -> None:
    from pagefind.index import PagefindIndex
    from pagefind.service import PagefindService

    async with PagefindService() as service:
        index: PagefindIndex = await service.create_index(
            {"exclude_selectors": LEFT_OUT, "keep_index_url": True, "force_language": "en"}
        )
        for name in names:
            page = (folder / f"{name}.html").read_text(encoding="utf-8")
            for address, content in parts(page, name):
                await index.add_html_file(content=content, url=address)
        await index.write_files(str(folder / FOLDER))
        await _settled(folder / FOLDER)


def write(folder: Path, titles: dict[str, str]) -> None:
    """Write index and words of the pages with these names and titles in the folder of a site."""
    shutil.rmtree(folder / FOLDER, ignore_errors=True)
    asyncio.run(_index(folder, sorted(titles)))
    for pattern in UNUSED:
        for path in (folder / FOLDER).glob(pattern):
            path.unlink()
    glossary = folder / f"{GLOSSARY}.html"
    known = terms(glossary.read_text(encoding="utf-8")) if glossary.is_file() else []
    notation = folder / f"{NOTATION}.html"
    rows = symbols(notation.read_text(encoding="utf-8")) if notation.is_file() else []
    homes = explained(folder, titles)
    see = {term.name: found[1] for term in known if (found := SEE.match(term.text))}
    words = {
        "pages": [[f"{name}.html", title, kind(name)] for name, title in titles.items()],
        "terms": [
            [
                term.name,
                f"{GLOSSARY}.html#{term.anchor}",
                term.text,
                term.short,
                homes.get(term.anchor, ""),
            ]
            for term in known
            if term.name not in see
        ],
        "see": see,
        "letters": sorted({name for row in rows for name in row[0]}),
    }
    # What a letter stands for is fetched by who asks for it, since formulas are long.
    for name, content in ((WORDS, words), (SYMBOLS, rows)):
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        (folder / FOLDER / name).write_text(text, encoding="utf-8")


def title_of(page: str) -> str:
    """Return the title of a written page, with its number."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page[page.find(ARTICLE) :], re.DOTALL)
    return plain(HEADERLINK.sub("", found[1])) if found else ""


def make_index(app: Any, exception: Exception | None) -> None:
    """Index the pages that have been written."""
    if exception or app.builder.name not in PAGES:
        return
    folder = Path(app.outdir)
    titles = {}
    for name in app.env.titles:  # in the order of the book
        page = folder / f"{name}.html"
        if page.is_file():
            titles[name] = title_of(page.read_text(encoding="utf-8"))
    write(folder, titles)
    size = sum(path.stat().st_size for path in (folder / FOLDER).rglob("*") if path.is_file())
    LOGGER.info("search: %d pages, %.1f MB", len(titles), size / 1e6)


def setup(app: Any) -> dict[str, bool]:
    app.connect("build-finished", make_index, priority=LAST)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
