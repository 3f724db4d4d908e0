"""One style sheet stands for the theme's, also where a site is built again in part."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

from served import ROOT

sys.path.insert(0, str(ROOT / "book" / "_ext"))
import sheets

LINK = '<link rel="stylesheet" href="_static/{}">\n'


def write(site: Path, name: str, *links: str) -> None:
    text = "".join(LINK.format(link) for link in links)
    (site / name).write_text(f'<html>{text}<p class="used"></p></html>', encoding="utf-8")


def test_a_sheet_goes_when_no_page_asks_for_it_any_more(tmp_path: Path) -> None:
    static = tmp_path / "_static"
    static.mkdir()
    for name in ("one.css", "two.css", "theme-gone.css", "theme-kept.css"):
        (static / name).write_text(".used { color: red } .unused { color: red }", "utf-8")
    write(tmp_path, "old.html", "theme-kept.css")
    write(tmp_path, "new.html", "one.css", "two.css")
    sheets.merge(SimpleNamespace(builder=SimpleNamespace(name="html"), outdir=tmp_path), None)
    left = {path.name for path in static.glob("theme-*.css")}
    assert "theme-gone.css" not in left
    assert "theme-kept.css" in left
    (made,) = left - {"theme-kept.css"}
    assert made in (tmp_path / "new.html").read_text(encoding="utf-8")
    text = (static / made).read_text(encoding="utf-8")
    assert ".used" in text
    assert ".unused" not in text
