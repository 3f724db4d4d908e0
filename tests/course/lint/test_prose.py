"""Sentences are counted as a reader would count them."""

import pytest

from aimc_course.authoring.lint.pages import Page
from aimc_course.authoring.lint.prose import sentences, style
from aimc_course.authoring.lint.shelf import Shelf

LONG = "This sentence has more than eight words because it goes on and on."


def page_of(text, tmp_path):
    return Page(tmp_path / "x.md", "book/1-concepts/01-x.md", text, Shelf(tmp_path))


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("It is short. So is this one!", [3, 4]),
        ("A role {cite:p}`a,b` and $x = y + z$ are words.", [7]),
        ("It is [a link of words](https://example.org/long/one).", [6]),
        ("A value of 3.5 nm is one, e.g. this, i.e. that.", [11]),
        ("# A title\n\nOne line here.\nAnd the next line.", [3, 4]),
        ("- An item of a list.\n\n| a | table |\n\nText stays here.", [3]),
        ("Text stays here.\n\n```{figure} x.svg\nA caption is left out.\n```", [3]),
        ("Text stays here.\n\n## Exercises\n\nWhat comes here asks.", [3]),
        ("(a-label)=\n## Head\n\nText stays here.", [3]),
    ],
)
def test_sentences_are_split_and_counted(text, lengths, tmp_path):
    assert [len(s.split()) for _, s in sentences(page_of(text, tmp_path))] == lengths


def test_style_is_a_share_a_mean_and_runs_with_their_lines(tmp_path):
    text = f"{LONG} {LONG}\n\nThis is short. So is this. And this one too. {LONG}\n"
    found = style(page_of(text, tmp_path))
    assert (found.count, found.short, found.allowance) == (6, 50.0, 50.0)
    assert found.mean == pytest.approx((3 * 13 + 3 + 3 + 4) / 6)
    assert found.runs == ((3, "This is short."),)
    assert style(page_of("", tmp_path)).count == 0


def test_an_allowance_is_rounded_up(tmp_path):
    found = style(page_of(f"{LONG} {LONG} Short it is.", tmp_path))
    assert found.short == pytest.approx(100 / 3)
    assert found.allowance == 34
