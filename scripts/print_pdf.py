"""Print the one-page build of the book as a PDF with headless Chromium."""

from __future__ import annotations

import argparse
import functools
import http.server
import shutil
import sys
import threading
from pathlib import Path

from browser import FLAGS, HINT, find_browser
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 120_000  # ms; one page holds the whole book and all its equations
FOOTER = (
    '<div style="font-size:8px;width:100%;text-align:center">'
    '<span class="pageNumber"></span> / <span class="totalPages"></span></div>'
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
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
            page = browser.new_page(color_scheme="light")
            page.set_default_timeout(PATIENCE)
            page.goto(f"http://127.0.0.1:{server.server_port}/{name}", wait_until="load")
            page.evaluate("document.documentElement.dataset.theme = 'light'")
            page.evaluate("document.fonts.ready.then(() => true)")
            page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
            page.pdf(
                path=str(output),
                format="A4",
                margin={"top": "18mm", "bottom": "18mm", "left": "16mm", "right": "16mm"},
                display_header_footer=True,
                header_template="<span></span>",
                footer_template=FOOTER,
                print_background=True,
                outline=True,
                tagged=True,
            )
            browser.close()
    finally:
        server.shutdown()


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
