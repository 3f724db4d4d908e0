"""Print the one-page build of the book as a PDF with headless Chromium.

On paper stand the chapters, the capstone and the tables to look things up in. What only computes,
and what one searches rather than reads (labs, API, the teacher's guide, the change log), stays on
the site. Answers and solutions go to the end of their chapter. The book is printed twice: the
outline of the first copy tells the pages for the table of contents of the second.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import shutil
import sys
import threading
from pathlib import Path
from typing import Any

import pikepdf
import yaml
from browser import FLAGS, HINT, find_browser
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
HERE = Path(__file__).parent
PATIENCE = 600_000  # ms; one page holds the whole book and all its equations
ON_PAPER = ("Capstone", "Reference")  # besides the parts, whose chapters are numbered
ONLINE = (
    "book/paths",
    "book/claims",
    "book/api",
    "book/instructor",
    "book/teachers",
    "book/hubs",
    "book/changelog",
)


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A file server that does not print each request."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Print nothing."""


def main_page(folder: Path) -> str:
    """Return the path, inside `folder`, of the page that holds the book.

    Raises
    ------
    FileNotFoundError
        If the one-page book has not been built.
    """
    pages = [path for path in folder.rglob("*.html") if "_static" not in path.parts]
    pages = [path for path in pages if path.name != "print.html"]
    if not pages:
        raise FileNotFoundError(f"no page under {folder}; run: make pdf")
    return max(pages, key=lambda path: path.stat().st_size).relative_to(folder).as_posix()


def parts() -> list[dict[str, Any]]:
    """Return number, name and documents of each part that is printed, in order."""
    found = []
    for part in yaml.safe_load((ROOT / "_toc.yml").read_text())["parts"]:
        if not part.get("numbered") and part["caption"] not in ON_PAPER:
            continue
        number, _, name = part["caption"].rpartition(" · ")
        files = [chapter["file"] for chapter in part["chapters"]]
        files = [file for file in files if not file.startswith(ONLINE)]
        found.append({"number": number, "name": name, "documents": files})
    return found


def edition() -> dict[str, str]:
    """Return what the cover says of authors, edition, year and licence."""
    said = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    authors = ", ".join(author["name"] for author in said["authors"])
    year = str(said["date-released"])[:4]
    return {
        "authors": authors,
        "line": f"Edition {said['version']}, {year}. Text and figures CC BY 4.0, code Apache 2.0.",
        "address": f"What computes, the labs and the library: {said['url']}",
    }


def starts(pdf: Path) -> dict[str, int]:
    """Return the page on which each heading of the outline begins, counted from 1."""
    with pikepdf.open(pdf) as book, book.open_outline() as outline:
        pages = {page.objgen: k for k, page in enumerate(book.pages, 1)}
        named = (
            dict(pikepdf.NameTree(book.Root.Names.Dests).items()) if "/Names" in book.Root else {}
        )
        found: dict[str, int] = {}

        def walk(items: list[pikepdf.OutlineItem]) -> None:
            for item in items:
                place = item.destination or (item.action and item.action.get("/D"))
                if isinstance(place, pikepdf.String | str):
                    place = named.get(str(place))
                if isinstance(place, pikepdf.Dictionary):
                    place = place.D
                if place is not None:
                    found.setdefault(" ".join(item.title.split()), pages[place[0].objgen])
                walk(item.children)

        walk(outline.root)
    return found


def sheets(page: Page, address: str, output: Path, pages: dict[str, int]) -> None:
    """Print the book, with these page numbers in its table of contents."""
    page.goto(address, wait_until="load")
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    page.evaluate("document.fonts.ready.then(() => true)")
    arrange = (HERE / "print_pdf.js").read_text()
    page.evaluate(arrange, {"edition": edition(), "parts": parts(), "pages": pages})
    page.add_style_tag(path=HERE / "print_pdf.css")
    page.pdf(
        path=str(output),
        prefer_css_page_size=True,
        print_background=True,
        outline=True,
        tagged=True,
    )


def print_pdf(folder: Path, output: Path) -> None:
    """Print the one-page book in `folder` to the file `output`.

    Raises
    ------
    RuntimeError
        If no browser is installed.
    """
    browser_path = find_browser()
    if browser_path is None:
        raise RuntimeError(HINT)
    # The one-page builder writes addresses as seen from the folder's top, wherever the page lies.
    name = "print.html"
    shutil.copyfile(folder / main_page(folder), folder / name)
    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    output.parent.mkdir(parents=True, exist_ok=True)
    raw = output.with_suffix(".raw.pdf")
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
            page = browser.new_page(color_scheme="light")
            page.set_default_timeout(PATIENCE)
            address = f"http://127.0.0.1:{server.server_port}/{name}"
            sheets(page, address, raw, {})
            sheets(page, address, raw, starts(raw))
            browser.close()
    finally:
        server.shutdown()
    with pikepdf.open(raw) as book:  # Chromium writes each object by itself: half as large packed
        book.save(output, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    raw.unlink()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "_build" / "singlehtml")
    parser.add_argument("--output", type=Path, default=ROOT / "_build" / "pdf" / "aimc.pdf")
    arguments = parser.parse_args()
    print_pdf(arguments.folder, arguments.output)
    print(f"{arguments.output}: {arguments.output.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
