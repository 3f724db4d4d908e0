"""The pack holds every drawing of the book, with caption, words and licence."""

import csv
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from aimc_course.teaching import figures
from aimc_course.teaching.figures import list_drawings, standalone, write_pack


@pytest.fixture(scope="module")
def drawings(root):
    return list_drawings(root)


def test_every_drawing_of_the_book_is_listed_with_caption_and_words(root, drawings):
    sources = {path.stem for path in (root / "book" / "drawings").glob("*.*")} - {"style"}
    made = {d.name for d in drawings if d.source.parent.name == "drawn"}
    assert made == {name for name in sources if name != "__pycache__"}
    fixed = {path.stem for path in (root / "book" / "_static" / "figures").glob("*.svg")}
    assert fixed <= {d.name for d in drawings}
    for drawing in drawings:
        assert len(drawing.alt.split()) >= 5, drawing.name
        assert len(drawing.caption.split()) >= 5, drawing.name
        assert not re.search(r"\{[\w:]+\}`", drawing.caption), drawing.caption


def test_captions_say_in_words_where_they_pointed():
    text = "As {numref}`tab-by-hand` and {ref}`ch-drift` say, a {term}`core <cores>` $G_{ij}$."
    said = "As the chapter's table and another chapter say, a core $G_{ij}$."
    assert figures._plain(text) == said


def test_drawings_bring_their_colours_and_font():
    text = '<svg font-family="inherit" color="inherit"><g fill="var(--aimc-metal, #5f6b75)"/></svg>'
    assert standalone(text) == (
        f'<svg font-family="{figures.FONT}" color="#1a1a1a"><g fill="#5f6b75"/></svg>'
    )
    assert standalone('<path stroke="currentColor"/>') == '<path stroke="#1a1a1a"/>'


@pytest.mark.book
def test_pack_is_complete_and_leaves_other_files_alone(root, drawings, tmp_path):
    other = tmp_path / "svg" / "mine.svg"
    other.parent.mkdir()
    other.write_text("<svg/>", encoding="utf-8")
    written = write_pack(tmp_path, png=False, root=root)
    assert other.read_text(encoding="utf-8") == "<svg/>"
    names = [str(path.relative_to(tmp_path)) for path in written]
    assert names == [
        *(f"svg/{d.name}.svg" for d in drawings),
        "LICENCE.txt",
        "figures.csv",
        "index.html",
    ]
    for path in written[: len(drawings)]:
        text = path.read_text(encoding="utf-8")
        assert ET.fromstring(text).tag.endswith("svg")
        assert not re.search(r"var\(|inherit|currentColor", text), path.name
    with (tmp_path / "figures.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["svg"] for row in rows] == names[: len(drawings)]
    assert [row["alt"] for row in rows] == [d.alt for d in drawings]
    assert {row["licence"] for row in rows} == {"CC BY 4.0"}
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    body = ET.fromstring(
        page.removeprefix("<!DOCTYPE html>\n")
        .replace('<meta charset="utf-8">', "")
        .replace(' loading="lazy"', "")
        .replace('">\n<figcaption', '"/>\n<figcaption')
    )
    assert [img.get("alt") for img in body.iter("img")] == [d.alt for d in drawings]
    assert "CC BY 4.0" in page
    assert "CC BY 4.0" in (tmp_path / "LICENCE.txt").read_text(encoding="utf-8")


@pytest.mark.browser
def test_png_have_the_size_of_their_drawings(tmp_path, root):
    file = tmp_path / "a.svg"
    file.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20">'
        '<rect width="40" height="20" fill="#0072b2"/></svg>',
        encoding="utf-8",
    )
    # In a process of its own: here a browser of other tests may be open already.
    code = (
        "import pathlib, sys; from aimc_course.teaching import figures; "
        "root, file, folder = map(pathlib.Path, sys.argv[1:]); "
        "figures._write_png(root, [file], folder)"
    )
    subprocess.run([sys.executable, "-c", code, root, file, tmp_path / "png"], check=True)
    (made,) = (tmp_path / "png").glob("*.png")
    data = made.read_bytes()
    assert data.startswith(b"\x89PNG")
    size = [int.from_bytes(data[k : k + 4], "big") for k in (16, 20)]
    assert size == [40 * figures.SCALE, 20 * figures.SCALE]
