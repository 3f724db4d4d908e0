"""What a page costs who opens it for the first time, before any Python is asked for."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from served import Visit

sys.path.append(str(Path(__file__).resolve().parents[2] / "book" / "_ext"))

LANDING, CHAPTER = 500_000, 1_200_000  # bytes as they lie on the server, not compressed
SHEETS = 8


def loaded(visit: Visit, name: str) -> dict[str, int]:
    """Return the bytes of all that a page asks for on its first screen."""
    replies = []
    visit.page.on("response", lambda reply: replies.append(reply))
    visit.page.goto(f"{visit.base}/{name}", wait_until="networkidle")
    return {reply.url: len(reply.body()) for reply in replies if reply.ok}


def test_the_first_page_is_small(visit: Visit) -> None:
    found = loaded(visit, "book/intro.html")
    assert sum(found.values()) < LANDING, sorted(found.items(), key=lambda pair: -pair[1])[:8]


@pytest.mark.parametrize("name", ["book/1-concepts/01-memory-wall", "book/2-devices/04-noise"])
def test_a_chapter_is_small(visit: Visit, name: str) -> None:
    found = loaded(visit, f"{name}.html")
    assert sum(found.values()) < CHAPTER, sorted(found.items(), key=lambda pair: -pair[1])[:8]
    assert sum(".css" in url for url in found) <= SHEETS


def test_rules_that_meet_nothing_go_and_all_others_stay(tmp_path: Path) -> None:
    from sheets import Pruner

    (tmp_path / "a").mkdir()
    (tmp_path / "base.css").write_text("b{c:d}")
    sheet = tmp_path / "a" / "theme.css"
    sheet.write_text(
        '@charset "utf-8";@import "../base.css";'
        ".here,.gone{color:red}.gone{color:blue}.here.gone{top:0}"
        ".here:not(.gone) a>b{left:0}@media print{.gone{top:1px}.made-up{top:2px}}"
        '@font-face{font-family:F;src:url("../f.woff")}.here{background:url(data:x)}'
    )
    kept = Pruner({"here", "made-"}, tmp_path / "b").prune(sheet)
    assert kept == (
        "b{c:d}.here{color:red}.here:not(.gone) a>b{left:0}@media print{.made-up{top:2px}}"
        "@font-face{font-family:F;src:url(../f.woff)}.here{background:url(data:x)}"
    )
