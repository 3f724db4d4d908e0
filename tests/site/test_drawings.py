"""The drawings: each can be inlined, and its letters are legible and inside, on a phone too."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from served import ROOT, Visit

SOURCES = ROOT / "book" / "drawings"
NAMES = sorted(p.stem for p in SOURCES.glob("*.*") if p.suffix in (".py", ".svg"))
NAMES = [name for name in NAMES if name != "style"]
STYLE = (ROOT / "book" / "_static" / "custom.css").read_text(encoding="utf-8")
PHONE, LEGIBLE = 358, 11.0  # px: a column of text, and the smallest letters in it
NEARLY = 20  # px
COLUMN = 688  # px, of text on a laptop: there no drawing scrolls
FIXED = re.compile(r'(?:fill|stroke|stop-color)[=:]\s*"?\s*(#[0-9a-f]{3,8}|black|white|rgb)', re.I)
FAMILIES = ("sans-serif", "DejaVu Sans", "Liberation Sans")
OUTSIDE = """(legible) => {
  const svg = document.querySelector('svg.aimc-drawing');
  const frame = svg.getBoundingClientRect();
  const scale = frame.width / svg.viewBox.baseVal.width;
  const faults = [];
  for (const text of svg.querySelectorAll('text')) {
    const size = scale * parseFloat(getComputedStyle(text).fontSize);
    const name = `'${text.textContent}'`;
    if (size < legible - 0.05) faults.push(`${name} has ${size.toFixed(1)} px`);
    const b = text.getBoundingClientRect();
    const inside = b.left >= frame.left - 1 && b.right <= frame.right + 1
      && b.top >= frame.top - 1 && b.bottom <= frame.bottom + 1;
    if (!inside) faults.push(`${name} sticks out`);
  }
  return faults;
}"""
VARIABLE = re.compile(r"var\((--[\w-]+), *([^()]+)\)")


@pytest.fixture(scope="module")
def extension() -> Any:
    pytest.importorskip("sphinx")
    sys.path.insert(0, str(ROOT / "book" / "_ext"))
    import drawings

    return drawings


@pytest.fixture(scope="module")
def drawn(extension: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("drawn")
    written = extension.write_all(SOURCES, target)
    assert sorted(path.stem for path in written) == NAMES
    return target


@pytest.fixture(scope="module")
def phone(browser: Any) -> Iterator[Any]:
    page = browser.new_page(viewport={"width": 390, "height": 800})
    yield page
    page.close()


@pytest.mark.book
@pytest.mark.parametrize("name", NAMES)
def test_drawing_follows_the_page(extension: Any, drawn: Path, name: str) -> None:
    text = (drawn / f"{name}.svg").read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    least = re.search(r"min-width: (\d+)px", extension.inlined(text, "words"))
    assert least is not None
    assert int(least[1]) <= COLUMN, "its letters are too small for its width"
    too_wide = int(least[1]) - PHONE
    assert not 0 < too_wide < NEARLY, f"{too_wide} px less, and no phone would scroll it"
    bare = VARIABLE.sub("", text)
    assert FIXED.findall(bare) == [], "colours are variables of the page"
    for variable, fallback in set(VARIABLE.findall(text)):
        if variable.startswith("--aimc-"):
            assert f"{variable}: {fallback};" in STYLE, variable
            assert STYLE.count(f"{variable}:") >= 2, f"{variable} has no value for dark pages"
    identifiers = [e.get("id") for e in root.iter() if e.get("id")]
    assert all(str(i).startswith(name) for i in identifiers), identifiers


@pytest.mark.book
@pytest.mark.browser
@pytest.mark.parametrize("name", NAMES)
def test_letters_are_legible_and_inside(extension: Any, drawn: Path, phone: Any, name: str) -> None:
    text = (drawn / f"{name}.svg").read_text(encoding="utf-8")
    markup = extension.inlined(text, "words")
    phone.set_content(
        f"<style>body {{ margin: 0; width: {PHONE}px }} {STYLE}</style>"
        f'<div class="bd-article"><figure style="margin: 0">{markup}</figure></div>'
    )
    for family in FAMILIES:
        phone.evaluate("family => { document.body.style.fontFamily = family; }", family)
        assert phone.evaluate(OUTSIDE, LEGIBLE) == [], family
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390, family


def test_every_drawing_is_shown() -> None:
    pages = [path.read_text(encoding="utf-8") for path in (ROOT / "book").rglob("*.md")]
    assert [name for name in NAMES if not any(f"drawn/{name}.svg" in page for page in pages)] == []


@pytest.mark.book
def test_what_would_reach_beyond_the_drawing_is_refused(extension: Any, tmp_path: Path) -> None:
    from sphinx.errors import ExtensionError

    bad = {
        "<svg viewBox='0 0 1 1'><style>p {}</style></svg>": "attributes",
        "<svg><rect/></svg>": "viewBox",
        "<p>no drawing</p>": "viewBox",
    }
    for text, why in bad.items():
        source = tmp_path / "bad.svg"
        source.write_text(text, encoding="utf-8")
        with pytest.raises(ExtensionError, match=why):
            extension.make(source)
    failing = tmp_path / "failing.py"
    failing.write_text("def svg():\n    return 1 / 0\n", encoding="utf-8")
    with pytest.raises(ExtensionError, match=r"failing.py: ZeroDivisionError"):
        extension.make(failing)


@pytest.mark.book
def test_old_drawings_go_and_same_ones_stay(extension: Any, tmp_path: Path) -> None:
    folder, target = tmp_path / "drawings", tmp_path / "drawn"
    folder.mkdir()
    target.mkdir()
    (target / "old.svg").write_text("<svg/>", encoding="utf-8")
    (folder / "one.svg").write_text('<svg viewBox="0 0 9 9"/>', encoding="utf-8")
    extension.write_all(folder, target)
    before = (target / "one.svg").stat().st_mtime_ns
    extension.write_all(folder, target)
    assert [path.name for path in target.iterdir()] == ["one.svg"]
    assert (target / "one.svg").stat().st_mtime_ns == before


DARK = """() => {
  const figure = document.querySelector('article').appendChild(document.createElement('figure'));
  const link = figure.appendChild(document.createElement('a')); // to the image itself
  const image = link.appendChild(document.createElement('img'));
  image.src = 'drawing.svg';
  const { filter, backgroundColor } = getComputedStyle(image);
  return [filter.includes('invert'), backgroundColor];
}"""


@pytest.mark.browser
def test_a_drawing_that_is_an_image_is_no_light_plate_in_the_dark(visit: Visit) -> None:
    page = visit.open("book/2-devices/03-drift.html", "dark")
    assert page.evaluate(DARK) == [True, "rgba(0, 0, 0, 0)"]
