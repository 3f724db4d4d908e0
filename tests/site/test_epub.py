"""The electronic book holds the pages of the site, in a form that readers of such books take."""

from __future__ import annotations

import posixpath
import sys
import zipfile
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import pytest
from served import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import make_epub

pytestmark = [pytest.mark.book, pytest.mark.slow]
XHTML = "{http://www.w3.org/1999/xhtml}"
OPF = "{http://www.idpf.org/2007/opf}"
CHAPTER = "book/2-devices/03-drift.xhtml"


@pytest.fixture(scope="module")
def files(site: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the files of the book by name, in its order."""
    output = tmp_path_factory.mktemp("epub") / "aimc.epub"
    make_epub.make(site, output)
    with zipfile.ZipFile(output) as book:
        assert book.infolist()[0].compress_type == zipfile.ZIP_STORED
        return {name: book.read(name) for name in book.namelist()}


def test_it_lists_what_it_holds(files: dict[str, bytes]) -> None:
    assert next(iter(files)) == "mimetype"
    assert files["mimetype"] == b"application/epub+zip"
    package = ElementTree.fromstring(files["book.opf"])
    items = {item.get("id"): item.get("href") for item in package.iter(f"{OPF}item")}
    assert set(items.values()) == set(files) - {"mimetype", "META-INF/container.xml", "book.opf"}
    spine = [items[ref.get("idref")] for ref in package.iter(f"{OPF}itemref")]
    assert CHAPTER in spine
    assert spine[0] == "book/intro.xhtml"
    nav = ElementTree.fromstring(files["nav.xhtml"])
    assert [link.get("href") for link in nav.iter(f"{XHTML}a")] == spine


def test_its_pages_are_sound_and_links_within_it_lead_somewhere(files: dict[str, bytes]) -> None:
    pages = {n: ElementTree.fromstring(d) for n, d in files.items() if n.endswith(".xhtml")}
    anchors = {
        name: [e.get("id") for e in page.iter() if e.get("id")] for name, page in pages.items()
    }
    lost = []
    for name, page in pages.items():
        assert len(set(anchors[name])) == len(anchors[name]), name
        ways = [e.get("href") for e in page.iter(f"{XHTML}a")]
        ways += [e.get("src") for e in page.iter(f"{XHTML}img")]
        for way in filter(None, ways):
            place = urlsplit(way)
            if place.scheme:
                continue
            target = posixpath.normpath(
                posixpath.join(posixpath.dirname(name), unquote(place.path))
            )
            target = target if place.path else name
            if target not in files or (place.fragment and place.fragment not in anchors[target]):
                lost.append((name, way))
    assert lost == []


def test_a_chapter_is_whole_without_a_script(files: dict[str, bytes]) -> None:
    page = ElementTree.fromstring(files[CHAPTER])
    tags = {element.tag.rpartition("}")[2] for element in page.iter()}
    assert {"math", "svg", "img", "details", "table"} <= tags
    assert not {"script", "button", "input", "form"} & tags
    assert len("".join(page.itertext()).split()) > 2000
