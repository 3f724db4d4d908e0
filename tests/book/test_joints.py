"""A number stays with its unit and its uncertainty, wherever the pieces of the text come from."""

from pathlib import Path

import pytest
from docutils import nodes

from aimc_course.teaching.book import module_at

joints = module_at(Path(__file__).parents[2] / "book" / "_ext" / "joints.py")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("10 µS after 20 s", "10~µS after 20~s"),
        ("9.8 ± 0.2%, and 63.1 TOPS/W", "9.8~±~0.2%, and 63.1~TOPS/W"),
        ("1.2 mm² of 144 nm", "1.2~mm² of 144~nm"),
        ("256 cells, 4 more", "256 cells, 4 more"),
        ("In 2019 George said so", "In 2019 George said so"),
        ("5 Various things", "5 Various things"),
    ],
)
def test_a_number_is_joined_with_what_belongs_to_it(written: str, shown: str) -> None:
    assert joints.joined(written).replace("\N{NO-BREAK SPACE}", "~") == shown


def test_pieces_are_joined_and_code_is_left_as_it_is() -> None:
    number, spread = nodes.inline("", "8.3"), nodes.inline("", "0.1")
    code = nodes.literal("", "t = 3 s")
    page = nodes.paragraph("", "", nodes.Text("about "), number, nodes.Text(" ± "), spread)
    page += [nodes.Text(" µA, as in "), code, nodes.Text(" s")]
    joints.join(page)
    assert page.astext().replace("\N{NO-BREAK SPACE}", "~") == "about 8.3~±~0.1~µA, as in t = 3 s s"


def test_a_formula_keeps_the_signs_that_touch_it() -> None:
    page = nodes.paragraph("", "", nodes.Text("over ("), nodes.math("", "1/T"), nodes.Text("). A"))
    page += [nodes.math("", "x"), nodes.Text(" and "), nodes.math("", "y")]
    joints.embrace(page)
    (whole,) = page.findall(nodes.inline)
    assert whole.astext() == "(1/T)."
    assert whole["classes"] == ["aimc-whole"]
    assert page.astext() == "over (1/T). Ax and y"


def test_a_short_word_with_a_hyphen_is_whole_in_a_table() -> None:
    written = "4-phase, CIFAR-10, Llama-3.2-1B or a multiply-accumulate; A–B, −3"
    cell = nodes.entry("", nodes.paragraph("", written))
    joints.keep_hyphens(cell)
    whole = [node.astext() for node in cell.findall(nodes.inline)]
    assert whole == ["4-phase", "CIFAR-10", "Llama-3.2-1B"]
    assert cell.astext() == written


def test_columns_of_sentences_have_room() -> None:
    def row(*cells: str) -> nodes.row:
        return nodes.row("", *(nodes.entry("", nodes.paragraph("", cell)) for cell in cells))

    long = "a sentence that is much longer than a number is"
    table = nodes.tgroup("", nodes.thead("", row("n", "why")), nodes.tbody("", row("1", long)))
    joints.give_room(nodes.table("", table))
    assert [cell["classes"] for cell in table.findall(nodes.entry)] == [[], ["aimc-prose"]] * 2
