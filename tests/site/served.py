"""The built site, and one browser page on it."""

from __future__ import annotations

import http.server
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SITE = Path(os.environ.get("AIMC_SITE", ROOT / "_build" / "html"))
sys.path.insert(0, str(ROOT / "scripts"))  # browser.py


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A file server that does not print each request."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@dataclass
class Visit:
    """A browser page and what happened while it loaded."""

    page: Any
    base: str
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def open(self, name: str, theme: str = "light") -> Any:
        self.page.goto(f"{self.base}/{name}", wait_until="load")
        self.page.evaluate("window.MathJax?.startup?.promise.then(() => true)")
        self.page.evaluate(
            "theme => { document.documentElement.dataset.theme = theme;"
            " document.documentElement.dataset.mode = theme; }",
            theme,
        )
        return self.page
