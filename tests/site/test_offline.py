"""The archive of the site works from disk for reading, and from a file server in full."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from served import ROOT, SITE, serve  # which puts the scripts on the path

import make_offline  # isort: skip

LARGEST = 60e6  # bytes: what a course may hand out on a slow line
# Pages with equations, with an explorer, with a quiz, and the one that a double click opens.
CHAPTERS = [f"book/1-concepts/{path.stem}.html" for path in ROOT.glob("book/1-concepts/*.md")]
WITH_EXPLORER = "book/1-concepts/01-memory-wall.html"
PAGES = ["index.html", "search.html", *sorted(CHAPTERS)]
FEW = ["index.html", "search.html", WITH_EXPLORER]


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    site = tmp_path / "site"
    content = ("index.html", "_static/a.css", "_static/b.woff2", "searchindex.js")
    for name in (*content, ".buildinfo", "_static/a.css.map"):
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {name}\n" * 50)
    return site


def test_archive_holds_the_site_and_how_to_open_it(toy: Path, tmp_path: Path) -> None:
    archive = tmp_path / "out" / "a.zip"
    assert make_offline.pack(toy, archive) == archive.stat().st_size
    with zipfile.ZipFile(archive) as packed:
        names = packed.namelist()
        text = packed.read("README.txt").decode()
        assert packed.read("_static/a.css") == (toy / "_static" / "a.css").read_bytes()
        assert packed.testzip() is None
    assert names == [
        "README.txt",
        "_static/a.css",
        "_static/b.woff2",
        "index.html",
        "searchindex.js",
    ]
    assert "index.html" in text
    assert "python -m http.server" in text
    assert list((tmp_path / "out").iterdir()) == [archive]


def test_same_site_same_bytes(toy: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "1.zip", tmp_path / "2.zip"
    make_offline.pack(toy, first)
    for path in toy.rglob("*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    (toy / "index.html").chmod(0o600)
    make_offline.pack(toy, second)
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("missing", ["index.html", "searchindex.js"])
def test_a_site_that_is_not_built_is_refused(toy: Path, tmp_path: Path, missing: str) -> None:
    (toy / missing).unlink()
    command = [sys.executable, str(ROOT / "scripts" / "make_offline.py"), str(toy), "a.zip"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert missing in done.stderr
    assert "make book" in done.stderr
    assert not (tmp_path / "a.zip").exists()


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("offline")
    size = make_offline.pack(SITE, folder / "aimc.zip")
    assert size < LARGEST
    with zipfile.ZipFile(folder / "aimc.zip") as packed:
        packed.extractall(folder / "site")
    return folder / "site"


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    found = context.new_page()
    found.set_default_timeout(20_000)
    found.errors, found.requests = [], []
    found.on("pageerror", lambda error: found.errors.append(str(error)))
    found.on("request", lambda request: found.requests.append(request.url))
    yield found
    context.close()


def visit(page: Any, address: str) -> None:
    page.goto(address)
    if address.endswith("/index.html"):  # leads to the first page
        page.wait_for_url(re.compile(r"/book/"))
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready.then(() => true)")


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=() if n in FEW else pytest.mark.weekly) for n in PAGES]
)
def test_opened_from_disk_it_can_be_read(unpacked: Path, page: Any, name: str) -> None:
    source = (unpacked / name).read_text(encoding="utf-8")
    visit(page, (unpacked / name).as_uri())
    page.wait_for_timeout(500)  # for scripts that would fail late
    assert page.errors == []
    assert [url for url in page.requests if not url.startswith(("file:", "data:", "blob:"))] == []
    if name in CHAPTERS:
        assert len(page.inner_text("article").split()) > 1000
        assert page.locator(".math > :is(.katex, .katex-display)").count() == source.count(
            'class="math '
        )
        assert page.locator(".katex-error").count() == 0
    for explorer in page.locator(".aimc-explorer").all():
        assert explorer.get_attribute("data-state") == "static"
        assert explorer.locator(".aimc-explorer-sentence").inner_text()
        assert explorer.locator(".aimc-explorer-charts").bounding_box()["height"] > 100
        assert "http.server" in explorer.locator(".aimc-from-disk").inner_text()
    # Pictures load when they come near the screen: bring each there.
    for picture in page.locator("article img").all():
        picture.scroll_into_view_if_needed()
        picture.evaluate("p => p.decode()")
        assert picture.evaluate("p => p.naturalWidth") > 0


@pytest.mark.browser
@pytest.mark.slow
def test_served_it_computes_and_asks_no_other_host(unpacked: Path, page: Any) -> None:
    with serve(unpacked) as base:
        for name in FEW:
            visit(page, f"{base}/{name}")
        # The runtime and the library are in the archive too: an explorer computes.
        visit(page, f"{base}/{WITH_EXPLORER}")
        page.locator(".aimc-explorer input").first.press("ArrowRight")
        page.wait_for_selector(".aimc-explorer[data-state=live]", timeout=120_000)
    own = (base, "data:", "blob:")
    assert [url for url in page.requests if not url.startswith(own)] == []
    assert page.errors == []
