"""The built site: where it lies, its pages, a server for it, and one browser page on it."""

from __future__ import annotations

import functools
import http.server
import os
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SITE = Path(os.environ.get("AIMC_SITE", ROOT / "_build" / "html"))
FAILURES = ROOT / "_build" / "site-failures"
sys.path.insert(0, str(ROOT / "scripts"))  # browser.py

TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [TOC["root"], *(c["file"] for part in TOC["parts"] for c in part["chapters"])]
# One of each kind: the first page, a chapter with all that a chapter can have, a lab, a reference.
SAMPLE = {
    TOC["root"],
    "book/2-devices/03-drift",
    "labs/student/01-build-a-crossbar",
    "book/glossary",
}
DRAWN = "() => !document.querySelector('.aimc-figure:not([data-state=drawn])')"
QUESTION = re.compile(r"^\s*[`:]{3,}\{(?:quiz|predict)\}", re.MULTILINE)


@contextmanager
def pictured(page: Any, name: str) -> Iterator[None]:
    """Keep a picture of a page at which something fails."""
    try:
        yield
    except BaseException:
        FAILURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=FAILURES / f"{name}.png", full_page=True)
        raise


def each_page(names: list[str], beyond: pytest.MarkDecorator = pytest.mark.slow) -> Any:
    """Run a test on each of these pages; those beyond the sample get a mark."""
    marks = [() if name in SAMPLE else beyond for name in names]
    pairs = zip(names, marks, strict=True)
    return pytest.mark.parametrize("name", [pytest.param(n, marks=m) for n, m in pairs])


def leave_out_lite(project: Path) -> None:
    """Let a small book of its own do without the labs that run in a browser: they build longest."""
    config = project / "_config.yml"
    text = config.read_text(encoding="utf-8")
    assert "    lite: book/_ext\n" in text
    config.write_text(text.replace("    lite: book/_ext\n", ""), encoding="utf-8")


def scripts_of(site: Path) -> Path:
    """Return the folder of the pages' scripts, whose name changes with them."""
    (folder,) = (site / "_static").glob("live-*")
    return folder


def source_of(name: str) -> Path:
    """Return the file that a page is made from."""
    return next(p for s in (".md", ".ipynb") if (p := ROOT / f"{name}{s}").is_file())


def questions_in(name: str) -> int:
    """Return how many questions a page's source asks."""
    return len(QUESTION.findall(source_of(name).read_text(encoding="utf-8")))


ASKED: list[str] = []
"""What servers were asked for, also by workers that pages share, which no page tells of."""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A file server that does not print each request, but keeps its path."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        ASKED.append(self.path)


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine and give its address."""
    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


ELSEWHERE: list[str] = []
"""What was asked of any other host, by pages and by workers of all kinds."""


class Refuse(http.server.BaseHTTPRequestHandler):
    """A proxy that lets nothing through, but keeps what was asked for."""

    def refuse(self) -> None:
        ELSEWHERE.append(self.path)
        self.send_error(502)

    do_CONNECT = do_GET = do_HEAD = do_OPTIONS = do_POST = do_PUT = refuse  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Print nothing."""


@contextmanager
def refuse() -> Iterator[str]:
    """Run the proxy and give its address; browsers ask it for all but this machine."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refuse)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


@dataclass
class Visit:
    """A browser page and what happened while it loaded."""

    page: Any
    base: str
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    begun: int = field(default_factory=lambda: len(ASKED))
    left: int = field(default_factory=lambda: len(ELSEWHERE))

    def __post_init__(self) -> None:
        page = self.page
        page.set_default_timeout(20_000)
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "console",
            lambda said: self.complaints.append(said.text) if said.type == "error" else None,
        )
        page.on(
            "response",
            lambda reply: self.missing.append(reply.url) if reply.status >= 400 else None,
        )

    @property
    def foreign(self) -> list[str]:
        """Requests to anywhere but this site, of the page and since it began of all workers."""
        own = (self.base, "data:", "blob:")
        asked = [url for url in self.requests if not url.startswith(own)]
        return asked + ELSEWHERE[self.left :]

    def asked(self, *words: str) -> list[str]:
        """Return what the server was asked for since the visit began that has one of the words."""
        return [path for path in ASKED[self.begun :] if any(word in path for word in words)]

    def open(self, name: str, theme: str = "light") -> Any:
        """Load a page and wait until its equations are set and its charts drawn."""
        self.page.goto(f"{self.base}/{name}", wait_until="load")
        self.settle()
        self.dress(theme)
        return self.page

    def settle(self) -> None:
        """Wait until equations are set and charts are drawn."""
        self.page.evaluate("document.fonts.ready.then(() => true)")
        self.page.wait_for_function(DRAWN)

    def dress(self, theme: str) -> None:
        """Put on the light or the dark theme."""
        self.page.evaluate(
            "theme => { document.documentElement.dataset.theme = theme;"
            " document.documentElement.dataset.mode = theme; }",
            theme,
        )
