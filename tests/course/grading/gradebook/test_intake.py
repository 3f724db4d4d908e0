"""Whose notebook it is: the platform's number says so, never what a student has chosen."""

import json
import re

import pytest

from aimc_course.grading.gradebook.classlist import ClassList, Student, read_class
from aimc_course.grading.gradebook.exported import parse
from aimc_course.grading.gradebook.intake import MOST, take_in
from aimc_course.grading.gradebook.times import read_times

PEOPLE = ClassList(
    [
        Student("ada", "Ada Lovelace", 1, aliases=("901",)),
        Student("max", "Max Born", 2, aliases=("902",)),
        Student("emmy", "Emmy Noether", 3),
    ]
)


@pytest.mark.parametrize(
    ("path", "platform", "number", "name", "late", "attachment"),
    [
        ("lovelaceada_901_55_lab.ipynb", "canvas", "901", "lovelaceada", False, 55),
        ("lovelaceada_LATE_901_55_lab_3_4_x.ipynb", "canvas", "901", "lovelaceada", True, 55),
        ("anon_a1B2c_55_lab.ipynb", "canvas", "a1B2c", "", False, 55),
        ("LATE_anon_a1B2c_55_lab.ipynb", "canvas", "a1B2c", "", True, 55),
        ("Ada Lovelace_901_assignsubmission_file_/l.ipynb", "moodle", "901", "Ada Lovelace", 0, 0),
        ("Ada L_901_assignsubmission_file_a_3_4_b.ipynb", "moodle", "901", "Ada L", False, 0),
        ("Participant_901_assignsubmission_file_/l.ipynb", "moodle", "901", "", False, 0),
        ("ada/lab_902_3_final.ipynb", "folder", "ada", "", False, 0),
        ("ada.ipynb", "folder", "ada", "", False, 0),
        # The beginning comes from the platform, the rest from a student who tries something.
        ("bornmax_902_5_x_901_assignsubmission_file_y.ipynb", "canvas", "902", "bornmax", False, 5),
    ],
)  # fmt: skip
def test_names_of_platforms(path, platform, number, name, late, attachment):
    found = parse(tuple(path.split("/")))
    assert (found.platform, found.number, found.name) == (platform, number, name)
    assert (found.late, found.attachment) == (late, attachment)


def test_name_with_two_numbers_says_nothing():
    name = "Max_901_assignsubmission_file_Born_902_assignsubmission_file_x.ipynb"
    assert parse((name,)) is None


def test_owner_is_found_by_number_and_else_by_name(tmp_path, notebook):
    notebook(tmp_path / "lovelaceada_901_1_lab.ipynb", q1=1)
    notebook(tmp_path / "Emmy Noether_777_assignsubmission_file_" / "lab.ipynb", q1=2)
    found = take_in(tmp_path, PEOPLE)
    assert {s.owner for s in found.submissions} == {"ada", "emmy"}
    assert [line.reason for line in found.guessed] == ["taken for emmy by its name alone"]
    assert [s.id for s in found.missing] == ["max"]


def test_name_and_number_of_two_students_belong_to_nobody(tmp_path, notebook):
    notebook(tmp_path / "bornmax_901_1_lab.ipynb", q1=1)
    found = take_in(tmp_path, PEOPLE)
    assert found.submissions == ()
    assert "belong to two students" in found.unmatched[0].reason


def test_second_account_of_the_same_name_is_not_believed(tmp_path, notebook):
    notebook(tmp_path / "lovelaceada_901_1_lab.ipynb", q1=1)
    notebook(tmp_path / "lovelaceada_666_9_lab.ipynb", q1=0)
    notebook(tmp_path / "noetheremmy_3_2_lab.ipynb", q1=1)
    notebook(tmp_path / "noetheremmy_4_2_lab.ipynb", q1=2)
    found = take_in(tmp_path, PEOPLE)
    assert [s.source for s in found.submissions] == ["lovelaceada_901_1_lab.ipynb"]
    assert {line.reason for line in found.unmatched} == {
        "more than one account goes by the name of ada",
        "more than one account goes by the name of emmy",
    }


def test_unknown_numbers_are_reported_with_what_to_do(tmp_path, notebook):
    notebook(tmp_path / "doejane_5_1_lab.ipynb", q1=1)
    notebook(tmp_path / "nobody" / "lab.ipynb", q1=1)
    report = take_in(tmp_path, PEOPLE).report()
    assert "no student of the class has the canvas number 5" in report
    assert "aliases" in report
    assert "no student of the class has the id 'nobody'" in report
    assert "3 students without a notebook" in report


def test_same_notebook_is_taken_once(tmp_path, notebook):
    for name in ("a", "b"):
        notebook(tmp_path / "ada" / f"{name}.ipynb", q1=1)
    notebook(tmp_path / "max" / "a.ipynb", q1=1)
    found = take_in(tmp_path, PEOPLE)
    assert [s.owner for s in found.submissions] == ["ada", "max"]
    assert "taken once" in found.unmatched[0].reason


def test_one_student_cannot_fill_the_queue(tmp_path, notebook):
    for k in range(MOST + 5):
        notebook(tmp_path / "ada" / f"{k}.ipynb", q1=k)
    found = take_in(tmp_path, PEOPLE)
    assert len(found.submissions) == MOST
    assert len(found.unmatched) == 5


def test_notebooks_come_in_the_order_of_their_numbers(tmp_path, notebook):
    for k in (10, 9, 2):
        notebook(tmp_path / "ada" / f"try {k}.ipynb", q1=k)
    tries = [json.loads(s.notebook)["q1"] for s in take_in(tmp_path, PEOPLE).submissions]
    assert tries == [2, 9, 10]


def test_group_hands_in_one_notebook(tmp_path, notebook):
    people = ClassList([Student("ada", group="a"), Student("max", group="a"), Student("emmy")])
    notebook(tmp_path / "max" / "lab.ipynb", q1=1)
    found = take_in(tmp_path, people)
    assert [s.owner for s in found.submissions] == ["group:a"]
    assert [s.id for s in found.missing] == ["emmy"]


def test_times_are_read_by_student_and_file(tmp_path, notebook):
    path = tmp_path / "times.csv"
    path.write_text(
        "id,file,submitted\n901,a.ipynb,2026-11-20T10:00+00:00\nada,,2026-11-21T10:00+00:00\n"
    )
    for name in ("a", "b"):
        notebook(tmp_path / "in" / "ada" / f"{name}.ipynb", q1=name)
    found = take_in(tmp_path / "in", PEOPLE, times=read_times([path])).submissions
    assert [s.submitted for s in found] == [1_795_168_800, 1_795_168_800 + 86_400]
    path.write_text('id,submitted\nada,2026-11-20T10:00Z\nmax,"2026-11-20T10:00Z\nemmy,1\n')
    with pytest.raises(ValueError, match=r"times.csv, near line 2: unexpected end"):
        read_times([path])
    path.write_text("id,submitted\nada,yesterday\n")
    with pytest.raises(ValueError, match=r"line 2: a time is written like .* got 'yesterday'"):
        read_times([path])


def test_class_list_is_read(tmp_path):
    path = tmp_path / "class.csv"
    path.write_text(
        "\ufeffID;name;serial;extension_days;group;aliases;excused\n"
        "ada;Lovelace, Ada;7;1,5;a;901 x9;no\nmax;;;;;;yes\n"
    )
    ada, born = read_class(path).students
    assert ada == Student("ada", "Lovelace, Ada", 7, 1.5, "a", ("901", "x9"), False)
    assert born == Student("max", excused=True)
    assert read_class(path).by_name("lovelaceada") == ada


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name\nAda\n", "must name the column 'id'"),
        ("id,colour\nada,red\n", "it names id, colour"),
        ("id\n\n", "names no student"),
        ("id,serial\nada,x\n", "line 2: serial must be a whole number"),
        ("id,serial\nada,-1\n", "line 2: serial must be a whole number"),
        ("id,extension_days\nada,-1\n", "line 2: extension_days must be from 0"),
        ("id,excused\nada,maybe\n", "excused must be yes or no"),
        ("id\nada,too,many\n", "line 2: it has more cells"),
        ("id\nada\nADA\n", "'ada' and 'ADA' both go by 'ADA'"),
        ("id\ngroup:a\n", "must not be empty, begin with 'group:'"),
        ("id,group,serial\na,g,1\nb,g,2\n", "have the serials [1, 2]"),
        ('id,name\nada,"Ada\nmax,Max\nemmy,Emmy\n', "near line 4: unexpected end of data. Is a"),
        ("id,serial\n1.23457E+11,12\n", "line 2: id is '1.23457E+11': a spreadsheet has"),
        ("id,aliases\nada,17 4.5e+12\n", "aliases is '17 4.5e+12': a spread"),
        ("id,group\nada,Red\nmax,red\n", "groups 'Red' and 'red' differ in spelling alone"),
        ("id,extension_days\nada,two\n", "from 0 to 3660, got 'two'"),
        ("PK\x03\x04", "is a workbook of a spreadsheet: save it as 'CSV UTF-8'"),
        ("id\nad\x00a\n", "holds bytes that are zero"),
    ],
)
def test_wrong_class_lists_are_refused(tmp_path, text, said):
    path = tmp_path / "class.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=re.escape(said)):
        read_class(path)


def test_class_lists_of_excel_are_read(tmp_path):
    path = tmp_path / "class.csv"
    path.write_bytes(b'sep=;\r\nid;serial;;\r\n"007";12;;\r\n;;;\r\nmax;13;;;;\r\n')
    assert read_class(path).students == (Student("007", serial=12), Student("max", serial=13))


NAMES = "id,name\nada,Jörg Müller\nmax,Zoë Ångström\n"


@pytest.mark.parametrize("code", ["utf-16", "cp1252", "utf-8-sig", "utf-8"])
def test_class_lists_as_spreadsheets_write_them_are_read_and_not_silently(tmp_path, code):
    path = tmp_path / "class.csv"
    path.write_bytes(NAMES.encode(code))
    people = read_class(path)
    assert [student.name for student in people.students] == ["Jörg Müller", "Zoë Ångström"]
    assert bool(people.note) == (code not in ("utf-8", "utf-8-sig"))
    if code == "cp1252":
        assert "read as cp1252" in people.note
        assert "Jörg, Müller, Zoë, Ångström" in people.note


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("cp1251", "Иван Петров"),
        ("mac-roman", "Jörg"),
        ("cp1250", "Lech Wałęsa"),
        ("cp1253", "Άλφα"),
    ],
)
def test_a_code_that_cannot_be_told_is_refused_with_what_to_do(tmp_path, code, name):
    path = tmp_path / "class.csv"
    path.write_bytes(f"id,name\nada,Ada\nmax,{name}\n".encode(code))
    with pytest.raises(ValueError, match=r"class.csv, line 3: .* save it as 'CSV UTF-8'"):
        read_class(path)


def test_open_class_takes_whoever_has_a_plain_name(tmp_path, notebook):
    for name in ("ada", "group:a", "a\x1bb", b"\xff".decode("utf-8", "surrogateescape")):
        notebook(tmp_path / name / "lab.ipynb", q1=1)
    found = take_in(tmp_path, ClassList(open_to_all=True))
    assert [s.owner for s in found.submissions] == ["ada"]
    assert len(found.unmatched) == 3
    assert found.report().isascii()


def as_notebook(*cells):
    made = [{"cell_type": "code", "source": source} for source in cells]
    return json.dumps({"cells": made, "nbformat": 4})


def test_what_looks_wrong_is_named_before_anything_is_graded(tmp_path):
    for name, text in {
        "lovelaceada_901_1_other.ipynb": as_notebook('SERIAL = 1\nlab = start("lab-4", serial=1)'),
        "lovelaceada_901_2_mine.ipynb": as_notebook('SERIAL = 1\nlab = start("lab-1", serial=1)'),
        "lovelaceada_901_3_given.ipynb": as_notebook('SERIAL = 7\nlab = start("lab-1", serial=7)'),
        "bornmax_902_4_serial.ipynb": as_notebook('SERIAL = 99\nlab = start("lab-1", serial=99)'),
        "bornmax_902_5_page.ipynb": "<html>",
    }.items():
        (tmp_path / name).write_text(text)
    found = take_in(tmp_path, PEOPLE, lab="lab-1")
    assert {line.where: line.reason.partition(" (")[0] for line in found.strange} == {
        "lovelaceada_901_1_other.ipynb": "calls itself lab-4",
        "bornmax_902_4_serial.ipynb": "says SERIAL = 99; the class list has 2",
        "bornmax_902_5_page.ipynb": "cannot be read: the file is no notebook",
    }
    assert "3 notebooks that look wrong" in found.report()
    assert len(found.submissions) == 5


def test_an_account_fills_no_more_than_its_share(tmp_path, monkeypatch):
    monkeypatch.setattr("aimc_course.grading.gradebook.intake.MOST_BYTES", 5000)
    for number in range(9):
        (tmp_path / f"lovelaceada_901_{number}_lab.ipynb").write_text(" " * 999 + str(number))
    (tmp_path / "bornmax_902_1_lab.ipynb").write_text(" " * 999)
    found = take_in(tmp_path, PEOPLE)
    assert sum(s.owner == "ada" for s in found.submissions) == 5
    assert any(s.owner == "max" for s in found.submissions)
    assert sum("from one account" in line.reason for line in found.unmatched) == 4


def test_the_same_notebook_in_one_folder_is_taken_as_the_last_time(tmp_path, notebook):
    for file, points in {"1": 1, "2": 0, "3": 1}.items():
        notebook(tmp_path / "in" / "ada" / f"{file}.ipynb", q1=points)
    found = take_in(tmp_path / "in", PEOPLE)
    assert [s.source for s in found.submissions] == ["ada/2.ipynb", "ada/3.ipynb"]
    assert str(found.unmatched[0]) == "ada/1.ipynb: the same notebook as ada/3.ipynb: taken once"
    path = tmp_path / "times.csv"
    path.write_text(
        "id,submitted,file\nada,2026-11-20T12:00Z,1.ipynb\n"
        "ada,2026-11-20T11:00Z,2.ipynb\nada,2026-11-20T10:00Z,3.ipynb\n"
    )
    last = take_in(tmp_path / "in", PEOPLE, times=read_times([path])).submissions[-1]
    assert last.source == "ada/1.ipynb"
    assert last.submitted - last.first == 2 * 3600
