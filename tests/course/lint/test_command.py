"""The command: what it prints, its status, and debts that fall and never rise."""

import pytest

from aimc_course.__main__ import main
from aimc_course.authoring.lint.check import lint
from aimc_course.authoring.lint.debts import (
    PLACE,
    Debts,
    read_debts,
    settle,
    without_debts,
)

FILE = "book/1-concepts/01-thing.md"
LONG = "Nothing is paid for it, because the one who measures it brings the ruler along. "
SHORT = "So it is. It is so. That is that. This is this. "


@pytest.fixture
def inside(course, monkeypatch):
    """The small course, with its place for debts, as the current folder."""
    (course.root / PLACE).parent.mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(course.root)
    return course


def owe(course, **findings):
    debts = Debts({(FILE, rule.replace("_", "-")): n for rule, n in findings.items()}, {})
    (course.root / PLACE).write_text(debts.written())


def test_a_clean_course_says_in_one_line_what_was_tried(inside, capsys):
    assert main(["lint"]) == 0
    said, wrong = capsys.readouterr()
    assert (len(said.splitlines()), wrong) == (1, "")
    assert said.startswith("2 pages and 0 labs ")
    assert main(["lint", FILE]) == 0
    assert capsys.readouterr().out.startswith("1 pages and 0 labs ")


def test_findings_are_printed_and_fail(inside, capsys):
    inside.change("Nothing.", "It takes 3.2 pJ.")
    assert main(["lint", FILE]) == 1
    said = capsys.readouterr().out
    assert said.startswith(f"{FILE}:")
    assert "typed-number: '3.2 pJ' is typed by hand. Print it with the fact role" in said


def test_debts_are_let_pass_until_there_is_one_more(inside, capsys):
    inside.change("Nothing.", "It takes 3.2 pJ.")
    owe(inside, typed_number=1)
    assert main(["lint"]) == 0
    assert "1 more are let pass" in capsys.readouterr().err
    assert main(["lint", "--all"]) == 1
    inside.change("Nothing.", "It takes 3.2 pJ.\nIt takes 4.2 pJ.")
    assert main(["lint"]) == 1
    assert len(capsys.readouterr().out.splitlines()) >= 2


def test_settling_lowers_and_never_raises(inside):
    owe(inside, typed_number=3, caption=2)
    inside.change("Nothing.", "It takes 3.2 pJ.")
    assert main(["lint", "--settle"]) == 0
    assert read_debts(inside.root).findings == {(FILE, "typed-number"): 1}
    inside.change("Nothing.", "It takes 3.2 pJ.\nIt takes 4.2 pJ.")
    assert main(["lint", "--settle"]) == 1
    assert read_debts(inside.root).findings == {(FILE, "typed-number"): 1}


def test_shares_of_short_sentences_fall_and_never_rise():
    old = Debts({}, {"a": 30.0, "b": 20.0, "c": 15.0})
    new = settle(old, [], {"a": 25.0, "b": 22.0, "d": 40.0})
    assert new.short == {"a": 25.0, "b": 20.0}


def test_what_is_written_is_read_again(tmp_path):
    debts = Debts({("book/x.md", "mention"): 2, ("book/x.md", "caption"): 1}, {"book/y.md": 31.0})
    (tmp_path / PLACE).parent.mkdir(parents=True)
    (tmp_path / PLACE).write_text(debts.written())
    assert read_debts(tmp_path) == debts
    assert read_debts(tmp_path / "elsewhere") == Debts()


def test_debts_of_one_rule_do_not_pay_for_another(inside):
    inside.change("Nothing.", "It takes 3.2 pJ.")
    debts = Debts({(FILE, "caption"): 5, ("book/other.md", "typed-number"): 5}, {})
    assert len(without_debts(lint(inside.root), debts)) == 1


def test_prose_is_reported_and_a_new_chapter_may_not_be_short(inside, capsys):
    inside.change("Nothing.", LONG * 40)
    assert main(["lint", "--prose"]) == 0
    inside.change("Nothing.", LONG * 40 + SHORT * 2)
    assert main(["lint", "--prose", FILE]) == 1
    said = capsys.readouterr().out
    assert "<- too many" in said
    assert f"{FILE}:" in said
    assert "short sentences in a row from: So it is." in said
    (inside.root / PLACE).write_text(Debts({}, {FILE: 90.0}).written())
    assert main(["lint", "--prose", FILE]) == 0


def test_rules_are_listed_with_how_to_mend(inside, capsys):
    assert main(["lint", "--rules"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert len(said) == len({line.partition(":")[0] for line in said}) >= 25


@pytest.mark.parametrize("arguments", [["lint", "nowhere.md"], ["lint", "--settle", FILE]])
def test_wrong_arguments_are_told_and_end_with_2(inside, arguments, capsys):
    assert main(arguments) == 2
    assert capsys.readouterr().err
