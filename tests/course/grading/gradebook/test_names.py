"""Names that students choose, and what the teacher's screen, files and tables make of them."""

import unicodedata
import zipfile

import pytest

from aimc_course.grading.gradebook.classlist import ClassList, Student, read_class
from aimc_course.grading.gradebook.intake import take_in
from aimc_course.grading.gradebook.texts import file_name, printable

COMPOSED = unicodedata.normalize("NFC", "josé")
APART = unicodedata.normalize("NFD", "josé")
NASTY = [
    "a\nb", "a\r\x1b[2Jb", "a\u202eb", "a\u2066b", "a\x00b", "a\u200bb", "a\ufeffb", "a\x9bb",
    "a\ud800b", "a\U000e0041b",
]  # fmt: skip


def test_two_spellings_of_one_letter_are_one_student(tmp_path, notebook):
    assert COMPOSED != APART
    notebook(tmp_path / APART / "lab.ipynb", q1=1)
    for people in (ClassList([Student(COMPOSED)]), ClassList(open_to_all=True)):
        (found,) = take_in(tmp_path, people).submissions
        assert found.owner == COMPOSED


def test_two_students_cannot_go_by_one_letter_in_two_spellings(tmp_path):
    (tmp_path / "class.csv").write_text(f"id\n{COMPOSED}\n{APART}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="both go by"):
        read_class(tmp_path / "class.csv")


def test_results_of_two_spellings_never_share_a_file():
    assert file_name(COMPOSED) != file_name(APART)
    assert len({file_name(name).lower() for name in ("Straße", "STRASSE", "ß", "ss")}) == 4


@pytest.mark.parametrize("name", NASTY, ids=ascii)
def test_a_line_for_the_teacher_holds_no_control(name):
    shown = printable(name)
    assert shown.isprintable()
    assert shown.isascii()


def test_files_of_nasty_names_reach_the_report_as_plain_lines(tmp_path):
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as export:
        for k, name in enumerate(NASTY):
            if "\x00" not in name and "\ud800" not in name:  # zipfile writes neither
                export.writestr(f"{name}/{k}.ipynb", "{}")
    found = take_in(tmp_path / "in.zip", ClassList([Student("ada")]))
    assert found.submissions == ()
    assert len(found.unmatched) == len(NASTY) - 2
    assert found.report().replace("\n", "").isprintable()
    assert found.report().count("\n") == 1 + 1 + len(NASTY) - 2 + 1 + 1


def test_the_screen_of_the_teacher_shows_no_control(classroom, call, grade, notebook):
    evil = "\x1b]0;owned\x07\x1b[2J\u202eflesruoy uoy"
    notebook(classroom / "in" / "ada" / f"lab{evil}.ipynb", q1=1)
    notebook(classroom / "in" / f"nobody{evil}" / "lab.ipynb", q1=1)
    notebook(classroom / "in" / "emmy" / "lab.ipynb", fails=evil)
    outcomes = [call(f"{grade} --dry-run"), call(grade), call("log --out @out")]
    for _, out, err in outcomes:
        lines = (out + err).replace("\n", "").replace("\r", "")
        assert "\x1b" not in lines
        assert "\u202e" not in lines
    assert outcomes[1][0] == 1  # one of them could not be graded


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "@SUM(1)", "+1", "-2+3", "\t=1", "＝1"])
def test_names_are_no_formulas_in_any_table(classroom, call, grade, name):
    quoted = name.replace('"', '""')
    (classroom / "class.csv").write_text(f'id,name\nada,"{quoted}"\nmax,"{quoted}"\n')
    assert call(grade)[0] == 0
    table = (classroom / "out" / "lab-1" / "grades.csv").read_text(encoding="utf-8")
    for row in table.splitlines()[1:]:
        assert not row.split(",")[1].strip('"').startswith(("=", "@", "+", "-", "\t", "\r"))
