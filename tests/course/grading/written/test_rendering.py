"""What strangers wrote becomes HTML that does nothing, and their pictures new ones."""

import io
import zlib
from html.parser import HTMLParser

import pytest
from paper_class import picture
from PIL import Image

from aimc_course.grading.written.pictures import PictureError, redrawn
from aimc_course.grading.written.rendering import (
    BLOCKS,
    FORMULA,
    code_html,
    markdown_html,
    text_html,
)

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "[a](javascript:alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](<javascript:alert(1)>)",
    "![a](http://evil.example/a.png)",
    '![a](x" onerror="alert(1))',
    "<javascript:alert(1)>",
    "[a]: http://evil.example 'b'\n\n[a]",
    '```html" onmouseover="alert(1)\n<b>\n```',
    "$</math><script>alert(1)</script>$",
    "$\\text{<img src=x onerror=alert(1)>}$",
    "$\\href{javascript:alert(1)}{x}$",
    '$\\class{a" onclick="alert(1)}{x}$',
    "# <a href='http://evil.example'>x</a>",
    "| <iframe src=x> | b |\n| --- | --- |\n| `</code><script>` | <b onclick=alert(1)> |",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;script&#62;",
    "</div></main></body><form action=http://evil.example>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
]


class Elements(HTMLParser):
    """Names of the elements and attributes of a page."""

    def __init__(self):
        super().__init__()
        self.names, self.attributes = set(), set()

    def handle_starttag(self, tag, attributes):
        self.names.add(tag)
        self.attributes |= {name for name, _ in attributes}


@pytest.mark.parametrize("text", ATTACKS)
@pytest.mark.parametrize("render", [markdown_html, code_html, text_html])
def test_nothing_acts(text, render):
    found = Elements()
    found.feed(render(text))
    assert found.names <= BLOCKS | FORMULA
    assert found.attributes <= {"class", "start", "display", "stretchy", "fence", "form"}
    assert not found.names & {"a", "img", "script", "svg", "iframe", "form", "style"}


def test_markdown_keeps_what_an_answer_needs():
    shown = markdown_html("# A\n\n**b** `c` $\\sqrt{x}$\n\n| d |\n| --- |\n| 1 |\n\n1. e\n2. f")
    for part in ("<h4>A</h4>", "<strong>b</strong>", "<code>c</code>", "<msqrt>", "<td>1</td>"):
        assert part in shown
    assert "<li>f</li>" in shown
    assert 'x <span class="target">(http://a.example)</span>' in markdown_html(
        "[x](http://a.example)"
    )


@pytest.mark.parametrize(
    "text",
    [
        *("[" * 10_000, "(" * 10_000, "> " * 9_000, "*" * 15_000, "$" * 9_999, "`" * 9_999),
        *("$" + "{" * 5_000 + "$", "$" + "\\frac{" * 18 + "}" * 18 + "$", "\x00\x1b[31m\u202e"),
        *("\ud800 half", "![" * 5_000, "|" * 15_000, "- " * 9_000, "x" * 500_000),
    ],
)
def test_odd_text_is_shown_or_left_as_it_is(text):
    for render in (markdown_html, code_html, text_html):
        render(text).encode("utf-8")


def test_a_picture_is_drawn_anew():
    shown = redrawn(picture((10, 20, 30)))
    assert Image.open(io.BytesIO(shown)).convert("RGB").getpixel((5, 5)) == (10, 20, 30)
    assert b"script" not in shown
    jpeg = io.BytesIO()
    Image.new("RGB", (3000, 10)).save(jpeg, "JPEG", comment=b"<script>")
    shown = redrawn(jpeg.getvalue() + b"<script>alert(1)</script>")
    assert Image.open(io.BytesIO(shown)).size == (2000, 7)
    assert b"script" not in shown


def bomb():
    """Return a PNG that says it is small and unpacks to much."""
    data = picture(size=(8, 8))
    place = data.index(b"IHDR") + 4
    size = (60_000).to_bytes(4, "big") * 2
    head = b"IHDR" + size + data[place + 8 : place + 13]
    return data[: place - 4] + head + zlib.crc32(head).to_bytes(4, "big") + data[place + 17 :]


def saved(kind):
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"<svg onload='alert(1)'/>", b"<html>", picture()[:60], b"\x89PNG\r\n\x1a\n" * 9),
        *(bomb(), b"x" * (7 * 2**20), saved("GIF"), saved("BMP"), saved("TIFF"), saved("WEBP")),
    ],
)
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(PictureError):
        redrawn(data)
