"""Formulas are set when the book is built: no script for them, and MathML for who listens."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from served import PAGES, Visit

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "book" / "_ext"))

BOX = re.compile(r'class="math notranslate')
CHILDREN = {
    "msub": 2,
    "msup": 2,
    "munder": 2,
    "mover": 2,
    "mfrac": 2,
    "msubsup": 3,
    "munderover": 3,
}


def test_every_formula_of_every_page_is_set_and_can_be_heard(site: Path) -> None:
    formulas = 0
    for name in PAGES:
        text = (site / f"{name}.html").read_text(encoding="utf-8")
        boxes = len(BOX.findall(text))
        assert len(re.findall(r"<math xmlns=", text)) == boxes, name
        assert text.count('class="katex-html" aria-hidden="true"') == boxes, name
        assert ("katex.min.css" in text) == (boxes > 0), name
        assert not re.search(r"<script[^>]+mathjax", text, re.IGNORECASE), name
        formulas += boxes
    assert formulas > 1000


def test_fonts_of_formulas_come_from_the_site(visit: Visit) -> None:
    page = visit.open("book/2-devices/04-noise.html")
    loaded = page.evaluate(
        "[...document.fonts].filter((f) => f.status === 'loaded').map((f) => f.family)"
    )
    assert any("KaTeX" in family for family in loaded)
    assert visit.foreign == visit.missing == visit.errors == []


@pytest.mark.native
@pytest.mark.parametrize("display", [False, True])
def test_a_bare_operator_in_a_subscript_is_set_as_tex_sets_it(display: bool) -> None:
    from mathematics import set_formula

    assert set_formula(r"g_\max/2", display=display).count("max") >= 2
    with_braces = set_formula(r"g_{\max}/2", display=display)
    without_source = re.compile(r"<annotation.*?</annotation>")
    bare = set_formula(r"g_\max/2", display=display)
    assert without_source.sub("", bare) == without_source.sub("", with_braces)


@pytest.mark.native
@pytest.mark.parametrize("tex", [r"\frac{1}", r"\nosuch", "a # b", r"{x"])
def test_what_cannot_be_set_is_said(tex: str) -> None:
    from mathematics import set_formula

    with pytest.raises(ValueError, match="KaTeX"):
        set_formula(tex, display=False)


@pytest.mark.native
@pytest.mark.parametrize(
    "tex",
    [
        r"x_{\max}",
        r"w_\max^2",
        r"\max_i G_{ij}",
        r"\frac{\ln t}{t_0}",
        r"\frac{\operatorname{var}}{m}",
    ],
)
def test_what_screen_readers_get_is_valid(tex: str) -> None:
    from mathematics import set_formula

    html = set_formula(tex, display=False)
    tree = ElementTree.fromstring(re.findall(r"<math.*?</math>", html, re.DOTALL)[0])
    for part in tree.iter():
        name = part.tag.rpartition("}")[2]
        assert len(part) == CHILDREN.get(name, len(part)), name
