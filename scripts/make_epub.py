"""Make an electronic book from the built site.

    python scripts/make_epub.py [SITE] [BOOK]

SITE is `_build/html` unless named, BOOK is `_build/aimc.epub`. The chapters, labs and reference
pages are those of the site, without what needs a script: an explorer is its picture and its
sentence, a question has its answers folded below it, a formula is MathML. The pages of the API stay
on the site. The book is the same to the byte whenever the site is.
"""

from __future__ import annotations

import re
import sys
import uuid
import zipfile
from functools import cached_property
from html import escape
from pathlib import Path
from posixpath import dirname, join, normpath, relpath
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml
from bs4 import BeautifulSoup, Tag

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "_build" / "html"
BOOK = ROOT / "_build" / "aimc.epub"
ADDRESS = "https://aimc-course.github.io/aimc/"
DATE = (2020, 1, 1, 0, 0, 0)
LEFT_OUT = ("book/api",)
STYLE = """\
body { line-height: 1.5; }
img, svg { height: auto; max-width: 100%; }
figure { margin: 1em 0; text-align: center; }
figcaption, caption { font-size: 0.9em; text-align: left; }
pre { font-size: 0.8em; overflow-wrap: anywhere; white-space: pre-wrap; }
table { border-collapse: collapse; font-size: 0.9em; }
td, th { border-bottom: 1px solid #76838f; padding: 0.2em 0.5em; text-align: left; }
aside, details, .admonition, .aimc-explorer, .aimc-quiz {
  border-left: 3px solid #0a5e99; margin: 1em 0; padding-left: 0.8em; }
.admonition-title, .aimc-explorer-title, .aimc-quiz-kicker { font-weight: bold; }
.eqno { float: right; }
"""
# What only a script brings to life, or what leads around on the site.
NEEDLESS = (
    "script, style, button, input, noscript, iframe, video, .headerlink, .aimc-quiz-feedback,"
    " .aimc-explorer-controls, .aimc-explorer-buttons, .aimc-front, .aimc-memory, .aimc-uses,"
    " .aimc-letters, .aimc-lite, .katex-html, .tocwrapper, .toctree-wrapper, .copybtn,"
    " .sd-summary-state-marker"
)
TYPES = {
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
# Attributes that the form of an electronic book has no longer, or that mean a script.
OLD = {"align", "valign", "border", "frame", "rules", "width", "height", "loading", "tabindex"}
KEPT_SIZE = {"img", "svg"}
ARTICLE = re.compile(r'<article class="bd-article".*?</article>', re.DOTALL)
SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


class NotBuiltError(RuntimeError):
    """A page is not there."""


def contents(root: Path) -> tuple[dict[str, Any], list[tuple[str, list[str]]]]:
    """Return what the book says of itself, and its parts with their pages, the first page first."""
    about = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    parts = [
        (part["caption"], [chapter["file"] for chapter in part["chapters"]])
        for part in toc["parts"]
    ]
    chosen = [
        (caption, [page for page in pages if not page.startswith(LEFT_OUT)])
        for caption, pages in parts
    ]
    return about, [("", [toc["root"]]), *chosen]


class Page:
    """A page of the site, as the book has it."""

    def __init__(self, site: Path, name: str, pages: set[str]) -> None:
        path = site / f"{name}.html"
        if not path.is_file():
            raise NotBuiltError(f"{path} is not there; run: make book")
        self.name, self.pages = name, pages
        self.images: set[str] = set()
        # A parser of HTML would change the case of names in drawings, which are sound already.
        self.drawings: list[str] = []
        found = ARTICLE.search(path.read_text(encoding="utf-8"))
        if found is None:
            raise NotBuiltError(f"{path} has no article")
        text = SVG.sub(self._put_aside, CONTROL.sub("", found[0]))
        article = BeautifulSoup(text, "html.parser").article
        assert article is not None
        heading = article.find("h1")
        for part in article.select(NEEDLESS):
            part.decompose()
        self.title = " ".join(heading.get_text().split()) if heading else name
        self._tidy(article)
        article.name = "article"
        article.attrs = {}
        self.article = article

    def _put_aside(self, found: re.Match[str]) -> str:
        name = "" if "xmlns=" in found[0][:200] else ' xmlns="http://www.w3.org/2000/svg"'
        self.drawings.append(found[0].replace("<svg", f"<svg{name}", 1))
        return f'<span class="drawing-{len(self.drawings) - 1}"></span>'

    def _tidy(self, article: Tag) -> None:
        """Keep to what an electronic book may hold."""
        seen: set[str] = set()
        for tag in article.find_all(True):
            if tag.name in ("form", "fieldset", "legend", "label"):
                tag.name = "span" if tag.name == "label" else "div"
                tag.attrs.pop("for", None)
            if tag.name == "p" and tag.find_parent("summary"):
                tag.name = "span"
            if tag.name == "math":
                tag["xmlns"] = "http://www.w3.org/1998/Math/MathML"
            for name in list(tag.attrs):
                needless = name in OLD and tag.name not in KEPT_SIZE
                if needless or name.startswith(("data-", "on")) or name in ("loading", "hidden"):
                    del tag.attrs[name]
            if tag.get("id") in seen or tag.get("id") == "":
                del tag["id"]
            elif tag.get("id"):
                seen.add(str(tag["id"]))
            if tag.name == "a" and tag.get("href"):
                tag["href"] = self._link(str(tag["href"]))
            if tag.name == "img":
                self._image(tag)

    def _link(self, href: str) -> str:
        """Return where a link leads: within the book, or on the site."""
        place = urlsplit(href)
        if place.scheme or href.startswith("#"):
            return href
        target = normpath(join(dirname(self.name), unquote(place.path)))
        page = target.removesuffix(".html")
        anchor = f"#{place.fragment}" if place.fragment else ""
        if page in self.pages:
            return relpath(f"{page}.xhtml", dirname(self.name)) + anchor
        return f"{ADDRESS}{target}{anchor}"

    def _image(self, tag: Tag) -> None:
        source = str(tag.get("src", ""))
        if source.startswith("data:") or urlsplit(source).scheme:
            tag.decompose()
            return
        tag["src"] = unquote(source)
        tag.attrs.setdefault("alt", "")
        self.images.add(normpath(join(dirname(self.name), unquote(source))))

    @cached_property
    def xhtml(self) -> str:
        """Return the page as a document of the book."""
        body = self.article.decode(formatter="minimal")
        for k, drawing in enumerate(self.drawings):
            body = body.replace(f'<span class="drawing-{k}"></span>', drawing)
        style = relpath("style.css", dirname(self.name))
        return document(self.title, body, style)


def document(title: str, body: str, style: str) -> str:
    """Return a document of an electronic book."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
        f' lang="en" xml:lang="en"><head><title>{escape(title)}</title>'
        f'<link rel="stylesheet" type="text/css" href="{style}"/></head>\n'
        f"<body>{body}</body></html>\n"
    )


def navigation(title: str, parts: list[tuple[str, list[Page]]]) -> str:
    """Return the table of contents."""

    def entries(pages: list[Page]) -> str:
        return "".join(
            f'<li><a href="{page.name}.xhtml">{escape(page.title)}</a></li>' for page in pages
        )

    items = "".join(
        f"<li><span>{escape(caption)}</span><ol>{entries(pages)}</ol></li>"
        if caption
        else entries(pages)
        for caption, pages in parts
        if pages
    )
    body = f'<nav epub:type="toc" id="toc"><h1>Contents</h1><ol>{items}</ol></nav>'
    return document(title, body, "style.css")


def package(about: dict[str, Any], pages: list[Page], images: list[str]) -> str:
    """Return the list of all that the book holds."""
    identifier = uuid.uuid5(uuid.NAMESPACE_URL, f"{ADDRESS}aimc.epub")
    items = ['<item id="style" href="style.css" media-type="text/css"/>']
    items.append(
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
    )
    for k, page in enumerate(pages):
        text = page.xhtml
        kinds = [name for name, tag in (("mathml", "<math"), ("svg", "<svg")) if tag in text]
        properties = f' properties="{" ".join(kinds)}"' if kinds else ""
        items.append(
            f'<item id="page-{k}" href="{escape(page.name)}.xhtml"'
            f' media-type="application/xhtml+xml"{properties}/>'
        )
    for k, image in enumerate(images):
        kind = TYPES[Path(image).suffix.lower()]
        items.append(f'<item id="image-{k}" href="{escape(image)}" media-type="{kind}"/>')
    spine = "".join(f'<itemref idref="page-{k}"/>' for k in range(len(pages)))
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id"'
        ' xml:lang="en"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:identifier id="id">urn:uuid:{identifier}</dc:identifier>'
        f"<dc:title>{escape(str(about['title']))}</dc:title><dc:language>en</dc:language>"
        "<dc:creator>The aimc course authors</dc:creator>"
        "<dc:rights>CC BY 4.0</dc:rights>"
        f'<meta property="dcterms:modified">{about["date-released"]}T00:00:00Z</meta></metadata>\n'
        f"<manifest>{''.join(items)}</manifest>\n<spine>{spine}</spine></package>\n"
    )


CONTAINER = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="book.opf" media-type="application/oebps-package+xml"/>'
    "</rootfiles></container>\n"
)


def make(site: Path, output: Path, root: Path = ROOT) -> int:
    """Write the book and return how many pages it has.

    Raises
    ------
    NotBuiltError
        If a page of the table of contents has not been built.
    """
    about, parts = contents(root)
    names = {name for _, pages in parts for name in pages}
    made = [(caption, [Page(site, name, names) for name in pages]) for caption, pages in parts]
    pages = [page for _, group in made for page in group]
    images = sorted(set().union(*(page.images for page in pages)))
    files = {
        "META-INF/container.xml": CONTAINER.encode(),
        "book.opf": package(about, pages, images).encode(),
        "nav.xhtml": navigation(str(about["title"]), made).encode(),
        "style.css": STYLE.encode(),
    }
    files |= {f"{page.name}.xhtml": page.xhtml.encode() for page in pages}
    files |= {image: (site / image).read_bytes() for image in images}
    output.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(output, "w") as book:
        # The first file says what the archive is, uncompressed.
        book.writestr(zipfile.ZipInfo("mimetype", DATE), "application/epub+zip")
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            book.writestr(entry, data)
    return len(pages)


def main(arguments: list[str]) -> int:
    """Make the book; return the process's exit status."""
    site = Path(arguments[0]) if arguments else SITE
    output = Path(arguments[1]) if len(arguments) > 1 else BOOK
    try:
        count = make(site, output)
    except NotBuiltError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{output}: {count} pages, {output.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
