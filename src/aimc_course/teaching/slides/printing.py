"""Print decks as PDF with a Chromium without a window: one page for each slide."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from aimc_course.teaching.book import module_at

__all__ = ["print_decks", "served"]

WIDE, HIGH, TALL = 1280, 720, 1810  # px: a slide, and a page of a handout as tall as paper
PATIENCE = 120_000  # ms
READY = """async () => {
  await new Promise((done) => {
    const wait = () => window.Reveal?.isReady() && document.querySelector(".pdf-page") ? done()
      : setTimeout(wait, 50);
    wait();
  });
  await document.fonts.ready;
  await document.fonts.ready;
  return document.querySelectorAll(".pdf-page").length;
}"""
HANDOUT = """() => {
  document.documentElement.classList.add("aimc-handout");
  const paper = document.createElement("style");
  paper.textContent = "@page { size: 1280px 1810px; margin: 0; }";
  document.head.append(paper);
  for (const page of document.querySelectorAll(".pdf-page")) {
    const notes = page.querySelector("aside.notes");
    const shown = document.createElement("div");
    shown.className = "aimc-handout-notes";
    shown.append(...notes.cloneNode(true).childNodes);
    page.append(shown);
    page.style.height = "1810px";
    const room = 1810 - 740;
    for (let size = 30; size > 16 && shown.scrollHeight > room; size -= 1) {
      shown.style.fontSize = `${size}px`;
    }
  }
}"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """A file server that does not print each request."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Print nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine alone, and give its address."""
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def print_decks(decks: Sequence[Path], root: Path, *, handout: bool = False) -> list[Path]:
    """Print each deck beside itself, and return the files.

    Parameters
    ----------
    decks : sequence of Path
        Pages that `write_decks` wrote, in one folder.
    root : Path
        The course's root folder.
    handout : bool
        Whether the speaker's notes stand under each slide, on pages as tall as paper.

    Raises
    ------
    ImportError
        If no driver of a browser is installed.
    FileNotFoundError
        If there is no browser.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise ImportError(
            "PDF needs a browser's driver: install it with pip install -e '.[browser]', or leave "
            "PDF out with --no-pdf"
        ) from error
    browsers = module_at(root / "scripts" / "browser.py")
    path = browsers.find_browser()
    if path is None:
        raise FileNotFoundError(f"{browsers.HINT}; or leave PDF out with --no-pdf")
    written = []
    with served(decks[0].parent) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=browsers.FLAGS)
        for deck in decks:
            page = browser.new_page(viewport={"width": WIDE, "height": HIGH}, color_scheme="light")
            page.set_default_timeout(PATIENCE)
            page.goto(f"{address}{deck.name}?print-pdf", wait_until="load")
            page.evaluate(READY)
            if handout:
                page.evaluate(HANDOUT)
            name = f"{deck.stem}-handout.pdf" if handout else f"{deck.stem}.pdf"
            written.append(deck.with_name(name))
            page.pdf(
                path=str(written[-1]),
                width=f"{WIDE}px",
                height=f"{TALL if handout else HIGH}px",
                prefer_css_page_size=True,
                print_background=True,
                tagged=True,
                outline=True,
            )
            page.close()
        browser.close()
    return written
