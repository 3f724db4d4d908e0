"""The commands from end to end: grading, grading again, points by hand, forgetting."""

import csv
import errno
import json
import os
import sqlite3
import stat
import subprocess
import sys
import zipfile

import pytest

from aimc_course.__main__ import main
from aimc_course.grading.gradebook.publish import write_whole
from aimc_course.grading.keys import derived_serial


def grades(folder):
    with (folder / "out" / "lab-1" / "grades.csv").open(newline="") as stream:
        return {row["student"]: row for row in csv.DictReader(stream)}


def everything(folder):
    return b"".join(p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file())


def test_grade_writes_what_goes_out(classroom, call, grade):
    status, out, _ = call(grade)
    assert status == 0
    assert "1 student without a notebook:\n  emmy Emmy Noether" in out
    rows = grades(classroom)
    assert (rows["ada"]["points"], rows["max"]["points"], rows["emmy"]["points"]) == ("10", "3", "")
    assert rows["emmy"]["state"] == "missing"
    made = classroom / "out" / "lab-1"
    assert {p.name for p in (made / "feedback").iterdir()} == {
        *("ada.html", "ada.md", "max.html", "max.md")
    }
    assert json.loads((made / "gradescope" / "ada" / "results.json").read_text())["tests"]
    assert "the sign is lost" in (made / "report.html").read_text()
    if sys.platform != "win32":
        for name in ("class.key", "grades.sqlite"):
            assert stat.S_IMODE((classroom / "out" / name).stat().st_mode) == 0o600


def test_grader_gets_the_serials_of_the_class_list(call, grade, believer):
    grader = believer()
    call(grade, grader)
    assert sorted(grader.calls) == [("ada", 11, None), ("max", 12, None)]
    again = believer()
    call(grade, again)
    assert again.calls == []


def test_new_notebook_is_graded_and_the_others_are_not(classroom, call, grade, believer, notebook):
    call(grade)
    notebook(classroom / "in" / "emmy" / "lab.ipynb", q1=1)
    grader = believer()
    call(f"{grade} --workers 3", grader)
    assert grader.calls == [("emmy", None, None)]
    assert grades(classroom)["emmy"]["points"] == "1"


def test_notebook_that_fails_is_tried_again(classroom, call, grade, notebook):
    notebook(classroom / "in" / "emmy" / "lab.ipynb", fails="the judge has ended")
    status, _, err = call(grade)
    assert status == 1
    assert "emmy (emmy/lab.ipynb): RuntimeError: the judge has ended" in err
    assert grades(classroom)["ada"]["points"] == "10"
    assert grades(classroom)["emmy"]["state"] == "not graded"
    assert call(grade)[0] == 1


def test_dry_run_writes_nothing(classroom, call, grade):
    before = sorted(classroom.rglob("*"))
    _, out, _ = call(f"{grade} --dry-run")
    assert "ada <- ada/lab.ipynb" in out
    assert "2 would be graded; nothing was written" in out
    assert sorted(classroom.rglob("*")) == before


def test_zip_of_a_platform_and_its_grade_file(classroom, call):
    with zipfile.ZipFile(classroom / "export.zip", "w") as archive:
        archive.writestr("Ada Lovelace_31_assignsubmission_file_/x.ipynb", '{"q1": 1}')
    text = "Identifier,Full name,Grade,Maximum Grade\nParticipant 31,Ada Lovelace,,100\n"
    (classroom / "moodle.csv").write_text(text)
    status, out, _ = call(
        "grade @export.zip --lab 1 --class @class.csv --out @out --gradebook @moodle.csv"
    )
    assert status == 0
    assert "by its name alone" not in out
    filled = (classroom / "out" / "lab-1" / "filled-moodle.csv").read_text()
    assert filled == text.replace("Ada Lovelace,,", "Ada Lovelace,10,")
    with zipfile.ZipFile(classroom / "out" / "lab-1" / "feedback-upload.zip") as upload:
        assert upload.namelist() == ["Ada Lovelace_31_assignsubmission_file_/feedback.html"]


def test_regrade_shows_what_changed_and_logs_it(classroom, call, grade, believer):
    call(grade)
    grader = believer(factor=2)
    status, out, _ = call("regrade --lab 1 --out @out --question q2 --reason fixed", grader)
    assert status == 0
    assert sorted(grader.calls) == [("ada", 11, ["q2"]), ("max", 12, ["q2"])]
    assert "max q2: 1 -> 2 (max/lab.ipynb)\n1 mark changed." in out
    assert grades(classroom)["max"]["points"] == "4"
    assert grades(classroom)["max"]["q1"] == "2"
    log = call("log --out @out")[1]
    assert "regrade lab-1 max q2 1 -> 2 (fixed)" in log
    assert log.count("\n") == 1


def test_regrade_that_was_ended_goes_on(classroom, call, grade, believer):
    call(grade)

    class Breaks(believer):
        def grade(self, notebook, *, student, **other):
            if student == "max":
                raise RuntimeError("ended")
            return super().grade(notebook, student=student, **other)

    line = "regrade --lab 1 --out @out --question q1"
    assert call(line, Breaks(factor=0.5))[0] == 1
    second = believer(factor=0.5)
    _, out, _ = call(line, second)
    assert [student for student, *_ in second.calls] == ["max"]
    assert "ada q1: 2 -> 1" in out
    assert "max q1: 2 -> 1" in out
    third = believer()
    call(line, third)  # the one before is done: this is another one
    assert len(third.calls) == 2


def test_points_by_hand_need_a_reason_and_stay(classroom, call, grade):
    call(grade)
    line = "override max q2 3 --lab 1 --out @out --reason"
    assert call(f"{line} right_in_another_unit")[0] == 0
    assert grades(classroom)["max"]["points"] == "5"
    assert grades(classroom)["max"]["state"] == "by hand"
    said = (classroom / "out" / "lab-1" / "feedback" / "max.html").read_text()
    assert "Given by hand: right_in_another_unit" in said
    out = call("regrade --lab 1 --out @out --question q2")[1]
    assert "1 marks with points given by hand keep them; the command log lists" in out
    assert grades(classroom)["max"]["points"] == "5"
    call("override max q2 none --lab 1 --out @out --reason mistake")
    assert grades(classroom)["max"]["points"] == "3"
    log = call("log --out @out")[1]
    assert "override lab-1 max q2 1 -> 3 (right_in_another_unit)" in log
    assert "override lab-1 max q2 3 -> - (mistake)" in log


def test_impossible_points_are_refused(call, grade):
    call(grade)
    for words, said in {
        "max q9 1": "'q9'",
        "max q2 4": "points=4.0 is not allowed",
        "max q2 nan": "points=nan is not allowed",
        "max q2 1,5": "points must be 'none' or a number with a point, such as 1.5, got '1,5'",
        "nobody q2 1": "nobody in",
        "emmy q2 1": "no marked notebook",
    }.items():
        status, _, err = call(f"override {words} --lab 1 --out @out --reason x")
        assert status == 2
        assert said in err
    assert call("log --out @out")[1] == ""


def test_forgotten_student_leaves_no_trace(classroom, call, grade):
    (classroom / "c.csv").write_text("Student,ID,Lab 1 (7)\nMax Born,5,\nAda Lovelace,6,\n")
    call(f"{grade} --gradebook @c.csv")
    call("override max q2 3 --lab 1 --out @out --reason kindness")
    status, out, _ = call("forget max --out @out")
    assert status == 0
    assert "1 in submissions, 1 in overrides, 1 in audit, 1 in students" in out
    data = everything(classroom / "out")
    for trace in (b"Born", b"kindness", b"max/lab", b"max,"):
        assert trace not in data
    assert grades(classroom)["ada"]["points"] == "10"
    assert not (classroom / "out" / "lab-1" / "feedback" / "max.html").exists()
    assert "a student's data was deleted" in call("log --out @out")[1]
    assert call("forget max --out @out")[0] == 2


def test_notebooks_of_a_group_stay_until_its_last_member_goes(classroom, call, grade):
    (classroom / "class.csv").write_text("id,group\nada,a\nemmy,a\nmax,\n")
    call(grade)
    assert grades(classroom)["emmy"]["points"] == "10"
    assert "belong to others and stay" in call("forget ada --out @out")[1]
    assert grades(classroom)["emmy"]["points"] == "10"
    call("forget emmy --out @out")
    db = sqlite3.connect(classroom / "out" / "grades.sqlite")
    assert db.execute("SELECT owner FROM submissions").fetchall() == [("max",)]
    db.close()


def test_pseudonyms_stand_everywhere_but_in_the_list_of_names(classroom, call, grade):
    call(f"{grade} --anonymous")
    made = classroom / "out" / "lab-1"
    shown = [
        p for p in made.rglob("*") if p.is_file() and p.name not in ("names.csv", "intake.txt")
    ]
    for path in shown:
        assert "ada" not in path.name.lower()
        assert "lovelace" not in path.read_text().lower(), path
        assert "ada," not in path.read_text(), path
    assert "ada,Ada Lovelace" in (made / "names.csv").read_text()


def test_late_days_and_extensions(classroom, call, grade):
    (classroom / "class.csv").write_text("id,extension_days\nada,0\nmax,2\n")
    (classroom / "times.csv").write_text(
        "id,submitted\nada,2026-11-21T12:00+00:00\nmax,2026-11-21T12:00+00:00\n"
    )
    (classroom / "rules.toml").write_text(
        'loss = 0.25\n[labs.1]\ndeadline = "2026-11-20T12:00+00:00"\n'
    )
    call(f"{grade} --times @times.csv --rules @rules.toml")
    rows = grades(classroom)
    assert (rows["ada"]["points"], rows["ada"]["days late"]) == ("7.5", "1")
    assert (rows["max"]["points"], rows["max"]["days late"]) == ("3", "0")


def test_other_key_is_refused(classroom, call, grade):
    call(grade)
    (classroom / "other.key").write_text("ab" * 16)
    status, _, err = call(f"{grade} --key-file @other.key")
    assert status == 2
    assert "another class key" in err
    (classroom / "other.key").write_text("ab")
    assert "holds no class key" in call(f"{grade} --key-file @other.key")[2]
    (classroom / "out" / "class.key").unlink()
    assert "class.key is missing" in call(grade)[2]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("grade @nothing --lab 1 --out @out", "neither a folder nor a zip"),
        ("grade @in --lab 99 --out @out", "lab"),
        ("grade @in --lab 1 --out @out --workers 0", "--workers=0 is not allowed"),
        (
            "grade @in --lab 1 --out @out --cell-seconds=-1",
            "--cell-seconds=-1.0 is not allowed: it must lie in [1, 86400] s",
        ),
        ("grade @in --lab 1 --out @out --cell-seconds nan", "--cell-seconds=nan is not allowed"),
        ("regrade --lab 1 --out @out --question q1 --cell-seconds 1e400", "--cell-seconds=inf"),
        ("grade @in --lab 1 --out @out --rules @class.csv", "class.csv: "),
        ("grades --out @out", "holds no marks"),
        ("grade @in --lab 1 --out @out --gradebook @class.csv", "is no grade file"),
        ("regrade --lab 1 --out @out --question q1", "holds no marks"),
    ],
)
def test_wrong_calls_write_nothing(classroom, call, line, said):
    status, _, err = call(line)
    assert status == 2
    assert said in err
    assert not (classroom / "out").exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("mark @out --lab 1 --port=-1", "--port=-1 is not allowed: it must be an integer from 0"),
        ("send @out --lab 1 --canvas https://c.edu --course=0 --assignment 3", "--course=0 is not"),
        ("send @out --lab 1 --canvas https://c.edu --course 1 --assignment=-3", "--assignment=-3"),
        ("gradescope --lab 1 --out @out/a.zip --seconds=nan", "--seconds=nan is not allowed"),
    ],
)
def test_numbers_of_other_commands_are_refused_by_their_names(classroom, capsys, line, said):
    status = main([word.replace("@", f"{classroom}/") for word in line.split()])
    assert (status, said in capsys.readouterr().err) == (2, True)
    assert not (classroom / "out").exists()


@pytest.mark.parametrize(
    "error",
    [OSError(errno.ENOSPC, "No space left"), sqlite3.OperationalError("database or disk is full")],
)
def test_a_full_disk_is_named(classroom, call, grade, monkeypatch, error):
    def full(*what):
        raise error

    monkeypatch.setattr("aimc_course.grading.gradebook.gradebook.publish", full)
    status, _, err = call(grade)
    assert status == 2
    assert f"no space left where {classroom}/out lies. Marks that were given are kept" in err
    monkeypatch.undo()
    assert call(grade)[0] == 0


def test_half_a_file_is_not_left_on_a_full_disk(tmp_path, monkeypatch):
    def full(*what):
        raise OSError(errno.ENOSPC, "No space left")

    path = tmp_path / "report.html"
    write_whole(path, b"old")
    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, b"new")
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]
    assert path.read_bytes() == b"old"


def test_class_is_open_without_a_list(classroom, call):
    assert call("grade @in --lab 1 --out @out")[0] == 0
    assert set(grades(classroom)) == {"ada", "max"}


def test_marks_in_doubt_are_told_until_somebody_gives_points(classroom, call, grade, notebook):
    notebook(classroom / "in" / "max" / "lab.ipynb", q1=2, doubts=["q2: its process ended twice"])
    notebook(classroom / "in" / "emmy" / "lab.ipynb", doubts=["notebook: it calls itself lab-4"])
    status, _, err = call(grade)
    assert status == 3
    assert "max q2: its process ended twice" in err
    assert "emmy notebook: it calls itself lab-4" in err
    report = (classroom / "out" / "lab-1" / "report.html").read_text()
    assert "max q2: its process ended twice" in report
    assert "<strong>2</strong>students have points" in report  # the wrong file is not among them
    assert call("override max q2 3 --lab 1 --out @out --reason seen")[0] == 0
    _, _, err = call(grade)
    assert "max q2" not in err
    for _ in range(2):
        _, _, err = call("regrade --lab 1 --out @out --question q1")
        assert err.count("emmy notebook: it calls itself lab-4") == 1


def test_each_platform_has_a_folder_of_its_own(classroom, call, grade):
    moodle = "Identifier,Full name,Grade,Maximum Grade\nParticipant 31,Ada Lovelace,,100\n"
    canvas = "Student,ID,SIS,Login,Section,Lab 1 (7)\nBorn Max,902,,max,A,\n"
    (classroom / "moodle.csv").write_text(moodle)
    (classroom / "canvas.csv").write_text(canvas)
    assert call(f"{grade} --gradebook @moodle.csv")[0] == 0
    status, _, err = call(f"{grade} --gradebook @canvas.csv")
    assert status == 2
    assert "a folder of its own, with the same key: --out ANOTHER --key-file" in err
    assert call(f"{grade} --gradebook @moodle.csv")[0] == 0


def test_names_of_files_tell_the_platform_where_no_grade_file_does(
    classroom, call, grade, notebook
):
    moodle, canvas = classroom / "moodle", classroom / "canvas"
    notebook(moodle / "Ada Lovelace_31_assignsubmission_file_" / "lab.ipynb", q1=1)
    notebook(canvas / "bornmax_902_5_lab.ipynb", q1=2)
    first, second = (grade.replace("@in", f"@{name}") for name in ("moodle", "canvas"))
    assert call(first)[0] == 0
    status, _, err = call(second)
    assert status == 2
    said = "submissions such as bornmax_902_5_lab.ipynb are of Canvas: give each platform a folder"
    assert f"{said} of its own" in err
    assert call(f"{second} --dry-run")[0] == 2
    assert call(second.replace("@out", "@other"))[0] == 0
    notebook(canvas / "Ada Lovelace_31_assignsubmission_file_" / "lab.ipynb", q1=1)
    status, _, err = call(second.replace("@out", "@third"))
    assert status == 2
    assert "Canvas and Moodle come together" in err
    assert "bornmax_902_5_lab.ipynb are of Canvas; submissions such as Ada Lovelace_31" in err
    assert not (classroom / "third").exists()


@pytest.mark.parametrize("name", ["bornmax_1_2_y", "anon_1_2_y"])
def test_nobody_stops_the_grading_of_a_class_by_a_name_of_another_platform(
    classroom, call, grade, notebook, name
):
    """Whoever is called so in Moodle has an export that looks like one of Canvas."""
    for folder, points in (("Ada Lovelace_31", 1), (f"{name}_32", 2)):
        place = classroom / "moodle" / f"{folder}_assignsubmission_file_"
        notebook(place / "lab.ipynb", q1=points)
    assert call("grade @moodle --lab 1 --out @open")[0] == 0  # without a class list, all are taken
    assert call(grade.replace("@in", "@moodle"))[0] == 0
    assert grades(classroom)["ada"]["points"] == "1"


def test_members_of_the_class_on_another_platform_get_no_zero(classroom, call, grade):
    (classroom / "canvas.csv").write_text("Student,ID,Lab 1 (7)\nLovelace Ada,901,\n")
    rules = 'missing = "zero"\n[labs.1]\ndeadline = 2020-01-01T23:59:00\n'
    (classroom / "rules.toml").write_text(f'zone = "UTC"\n{rules}')
    line = f"{grade} --rules @rules.toml"
    _, out, _ = call(f"{line} --gradebook @canvas.csv --dry-run")
    assert "1 of 3 members of the class list are not in canvas.csv and handed in nothing" in out
    assert "emmy" not in out
    for again in (f"{line} --gradebook @canvas.csv", line):  # the second time by the kept file
        _, out, _ = call(again)
        grades = (classroom / "out" / "lab-1" / "grades.csv").read_text()
        assert "emmy" not in grades
        assert "max,Max Born," in grades  # who handed in belongs to the class
    (classroom / "canvas.csv").write_text("Student,ID,Lab 1 (7)\nNobody,901,\n")
    _, out, _ = call(f"{line} --gradebook @canvas.csv --out @new")
    assert "left out" not in out


def test_a_dry_run_tells_untouched_copies_and_times(classroom, call, grade, root):
    starter = root / "labs" / "student" / "01-build-a-crossbar.ipynb"
    text = starter.read_text().replace("SERIAL = 7", "SERIAL = 12")
    assert "SERIAL = 12" in text
    (classroom / "in" / "max" / "lab.ipynb").write_text(text)
    (classroom / "times.csv").write_text("id,submitted\nmax,2026-12-01T10:00:00+01:00\n")
    (classroom / "in" / "lovelaceada_LATE_11_5_lab.ipynb").write_text("{}")
    (classroom / "class.csv").write_text("id,aliases\nada,11\nmax,\n")
    _, out, _ = call(f"{grade} --dry-run --times @times.csv")
    assert "max/lab.ipynb: is the copy that students begin with" in out
    shown = next(line for line in out.splitlines() if line.startswith("max <- "))
    assert ", handed in 2026-12-01 " in shown
    assert "(times.csv)" in shown
    assert "lab.ipynb, late by the platform's flag" in out
    assert "ada <- ada/lab.ipynb, at no known time" in out


def test_the_log_needs_no_key(classroom, call, grade):
    (classroom / "key").write_text("ab" * 32)
    call(f"{grade} --key-file @key")
    call("override max q2 3 --lab 1 --out @out --reason seen --key-file @key")
    status, out, _ = call("log --out @out")
    assert status == 0
    assert "override lab-1 max q2" in out


def test_who_has_no_line_in_the_grade_file_is_counted_and_listed(classroom, call, grade):
    (classroom / "canvas.csv").write_text("Student,ID,Lab 1 (10)\nLovelace Ada,901,\n")
    _, out, _ = call(f"{grade} --gradebook @canvas.csv")
    listed = classroom / "out" / "lab-1" / "not-in-the-grade-file.txt"
    assert f"1 students have a grade and no line in canvas.csv: {listed} lists them" in out
    assert listed.read_text() == "max\n"
    (classroom / "canvas.csv").write_text(
        "Student,ID,Lab 1 (10)\nLovelace Ada,901,\nMax Born,902,\n"
    )
    assert "no line" not in call(f"{grade} --gradebook @canvas.csv")[1]
    assert not listed.exists()


def test_a_forgotten_grade_file_does_not_open_the_folder_to_another_platform(
    classroom, call, grade
):
    (classroom / "moodle.csv").write_text(
        "Identifier,Full name,Grade,Maximum Grade\nParticipant 31,Ada Lovelace,,100\n"
    )
    (classroom / "canvas.csv").write_text("Student,ID,Lab 1 (7)\nBorn Max,902,\n")
    call(f"{grade} --gradebook @moodle.csv")
    call("forget max --out @out")
    status, _, err = call(f"{grade} --gradebook @canvas.csv")
    assert status == 2
    assert "a folder of its own" in err


def test_what_a_later_run_leaves_out_stays_as_it_was(classroom, call, grade):
    (classroom / "c.csv").write_text("Student,ID,Lab 1 (7)\nMax Born,5,\nAda Lovelace,6,\n")
    call(f"{grade} --gradebook @c.csv --anonymous")
    made = classroom / "out" / "lab-1"
    before = {path.name: path.read_bytes() for path in made.glob("*.csv")}
    pages = {path.name for path in (made / "feedback").iterdir()}
    status, out, _ = call("grade @in --lab 1 --out @out")
    assert status == 0
    assert "as the last time: the class list, the grade file, --anonymous" in out
    assert {path.name: path.read_bytes() for path in made.glob("*.csv")} == before
    assert {path.name for path in (made / "feedback").iterdir()} == pages
    call("override max total 3 --lab 1 --out @out --reason seen")
    assert "3" in (made / "filled-c.csv").read_text().splitlines()[1].split(",")
    call("grade @in --lab 1 --out @out --no-anonymous")
    assert (made / "feedback" / "max.html").exists()


def test_a_terminal_of_few_letters_is_enough(classroom):
    (classroom / "in" / "Łódź").mkdir()
    (classroom / "in" / "Łódź" / "lab.ipynb").write_text("{}")
    words = ["grade", "in", "--lab", "1", "--out", "out", "--class", "class.csv", "--dry-run"]
    done = subprocess.run(
        [sys.executable, "-m", "aimc_course", *words],
        cwd=classroom,
        env={**os.environ, "PYTHONIOENCODING": "latin-1", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert rb"\u0141" in done.stdout


def test_a_worksheet_of_moodle_judges_who_is_late(classroom, call):
    with zipfile.ZipFile(classroom / "export.zip", "w") as archive:
        for name in ("Ada Lovelace_31", "Max Born_32", "Emmy Noether_33"):
            archive.writestr(
                f"{name}_assignsubmission_file_/x.ipynb", f'{{"q1": 1, "x": "{name}"}}'
            )
    head = "ID,Vollständiger Name,Status,Bewertung,Bestwertung,Änderbar,Abgabe,Bewertung am\n"
    rows = {
        "Teilnehmer/in31,Ada Lovelace": "Freitag, 20. November 2026, 23:59",
        "Teilnehmer/in32,Max Born": "Samstag, 21. November 2026, 00:20",
        "Teilnehmer/in33,Emmy Noether": "Donnerstag, 20. November 2026, 23:59",
    }
    text = head + "".join(f'{who},ok,,"10,00",Ja,"{when}",-\n' for who, when in rows.items())
    (classroom / "moodle.csv").write_text(text)
    (classroom / "rules.toml").write_text(
        'zone = "Europe/Berlin"\nloss = 0.5\ngrace_minutes = 15\n'
        "[labs.1]\ndeadline = 2026-11-20T23:59:00\n"
    )
    line = "grade @export.zip --lab 1 --class @class.csv --out @out --gradebook @moodle.csv"
    dry = call(f"{line} --rules @rules.toml --dry-run")[1]
    assert "lab-1: due 2026-11-20 23:59 CET; 15 minutes of grace" in dry
    assert "moodle.csv, line 4: the time of submission 'Donnerstag, 20." in dry
    out = call(f"{line} --rules @rules.toml")[1]
    told = {
        n: (r["points"], r["days late"], r["time told by"]) for n, r in grades(classroom).items()
    }
    assert told == {
        "ada": ("1", "0", "Moodle's worksheet (moodle.csv)"),
        "max": ("0.5", "1", "Moodle's worksheet (moodle.csv)"),
        "emmy": ("1", "0", ""),
    }
    assert "NO TIME of submission is known for 1 student" in out
    report = (classroom / "out" / "lab-1" / "report.html").read_text()
    assert "2 by Moodle&#x27;s worksheet" in report
    filled = (classroom / "out" / "lab-1" / "filled-moodle.csv").read_text()
    assert filled.splitlines()[2].startswith('Teilnehmer/in32,Max Born,ok,"0,5","10,00"')


def test_marks_stay_with_who_earned_them_whatever_the_class_list_becomes(
    classroom, call, grade, notebook, believer
):
    (classroom / "class.csv").write_text("id,serial\nada,12\nMax,12\n")
    call(grade)
    call("override max q2 3 --lab 1 --out @out --reason seen")
    notebook(classroom / "two" / "ada" / "lab.ipynb", q1=1)
    (classroom / "pairs.csv").write_text("id,serial,group\nAda,12,red\nmax,12,red\n")
    second = "grade @two --lab 2 --class @pairs.csv --out @out"
    status, _, err = call(second)
    assert (status, err) == (0, "")
    call("grades --out @out")
    rows = (classroom / "out" / "course.csv").read_text().splitlines()
    assert [row.split(",")[2:4] for row in rows[1:]] == [["10", "1"], ["5", "1"]]
    grader = believer()
    call(grade.replace("class.csv", "pairs.csv"), grader)  # the first lab once more
    assert grader.calls == []
    assert {n: r["points"] for n, r in grades(classroom).items()} == {"Ada": "10", "max": "5"}
    (classroom / "blue.csv").write_text("id,group\nada,blue\nmax,red\nemmy,red\n")
    call(second.replace("pairs", "blue").replace("@two", "@in").replace("--lab 2", "--lab 3"))
    call("grades --out @out")
    rows = (classroom / "out" / "course.csv").read_text().splitlines()
    assert [row.split(",")[2:5] for row in rows[1:]] == [
        *(["10", "1", "10"], ["5", "1", "3"], ["", "", "3"])
    ]
    call("forget max --out @out")
    db = sqlite3.connect(classroom / "out" / "grades.sqlite")
    rows = db.execute("SELECT lab, owner FROM submissions ORDER BY number").fetchall()
    db.close()
    assert rows == [("lab-1", "ada"), ("lab-2", "group:red"), *[("lab-3", "group:blue")], rows[-1]]
    assert rows[-1] == ("lab-3", "group:red")


def test_a_member_who_is_added_to_a_group_gets_what_it_handed_in(classroom, call, grade):
    (classroom / "class.csv").write_text("id,group\nada,\nmax,\nemmy,\n")
    call(grade)
    (classroom / "class.csv").write_text("id,group\nada,a\nmax,\nemmy,a\n")
    call(grade)
    points = {name: row["points"] for name, row in grades(classroom).items()}
    assert points == {"ada": "10", "max": "3", "emmy": "10"}
    (classroom / "class.csv").write_text("id,group\nada,a\nmax,\nemmy,a\nlise,a\n")
    call(grade)
    assert grades(classroom)["lise"]["points"] == "10"


def test_an_order_that_nothing_tells_is_named(classroom, call, grade, notebook):
    (classroom / "class.csv").write_text("id,serial\nada,11\nmax,12\n")
    grade += " --rules @rules.toml"
    (classroom / "rules.toml").write_text("")
    file = classroom / "in" / "max" / "lab.ipynb"
    for points, said in (
        (2, ""),
        (1, ""),
        (2, "max/lab.ipynb, of an earlier run, counts, and not"),
    ):
        notebook(file, q1=points)
        err = call(grade)[2]
        assert ("NOTHING says which notebook" in err) == bool(said)
        assert said in err
    assert grades(classroom)["max"]["points"] == "1"
    notebook(file.with_name("z.ipynb"), q1=0)
    assert call(grade)[2].endswith("\n  max: max/z.ipynb counts, and not max/lab.ipynb\n")
    (classroom / "rules.toml").write_text('keep = "best"')
    assert call(grade)[2] == ""
    (classroom / "rules.toml").write_text("")
    (classroom / "times.csv").write_text(
        "id,submitted,file\nmax,2026-11-20T10:00,z.ipynb\nmax,2026-11-20T11:00,lab.ipynb\n"
    )
    assert call(f"{grade} --times @times.csv")[2] == ""
    assert grades(classroom)["max"]["points"] == "2"


def test_who_was_in_a_group_by_mistake_loses_its_marks_and_that_is_said(classroom, call, grade):
    (classroom / "class.csv").write_text(
        "id,group,serial\nada,red,1\nmax,,2\nemmy,red,1\nlise,red,1\n"
    )
    call(grade)
    call(grade.replace("--lab 1", "--lab 2"))
    (classroom / "class.csv").write_text(
        "id,group,serial\nada,red,1\nmax,,2\nemmy,,3\nlise,red,1\n"
    )
    status, _, err = call(grade)
    assert status == 0
    assert "emmy is no longer in group red, and keeps its notebooks of lab-2\n" in err
    assert "TAKEN AWAY, since the class list has them in no such group: emmy (1 notebook of" in err
    points = {name: row["points"] for name, row in grades(classroom).items()}
    assert points == {"ada": "10", "max": "3", "emmy": "", "lise": "10"}
    assert call(grade)[2] == ""
    call("grades --out @out")  # the other lab was not graded with the new list
    rows = (classroom / "out" / "course.csv").read_text().splitlines()
    assert [row.split(",")[2:4] for row in rows[1:4]] == [["10", "10"], ["3", "3"], ["", "10"]]
    assert "class list lab-1 emmy (left a group)" in call("log --out @out")[1]
    (classroom / "class.csv").write_text(
        "id,group,serial\nada,red,1\nmax,,2\nemmy,red,1\nlise,red,1\n"
    )
    call(grade)
    assert grades(classroom)["emmy"]["points"] == "10"


def test_a_group_may_get_another_name_and_its_old_one_be_anothers(classroom, call, grade):
    def listed(ada, emmy, max_):
        (classroom / "class.csv").write_text(
            f"id,group,serial\nada,{ada},1\nemmy,{emmy},1\nmax,{max_},1\n"
        )
        err = call(grade)[2]
        return err, {name: row["points"] for name, row in grades(classroom).items()}

    for name in ("red", "crimson"):
        err, points = listed(name, name, "")
        assert "group" not in err
        assert points == {"ada": "10", "emmy": "10", "max": "3"}
    err, points = listed("crimson", "blue", "blue")
    assert "TAKEN AWAY, since the class list has them in no such group: emmy" in err
    assert points == {"ada": "10", "emmy": "3", "max": "3"}
    err, points = listed("", "red", "red")  # the name that ada's notebook came in under
    assert "TAKEN" not in err
    assert points == {"ada": "10", "emmy": "3", "max": "3"}


def test_groups_of_a_later_list_take_nothing_where_it_was_not_given(classroom, call, grade):
    (classroom / "class.csv").write_text("id,group\nada,red\nmax,\nemmy,red\n")
    call(grade)
    (classroom / "class.csv").write_text("id,group\nada,red\nmax,red\nemmy,\n")
    _, _, err = call(grade.replace("--lab 1", "--lab 2"))
    assert "emmy is no longer in group red, and keeps its notebooks of lab-1" in err
    assert "TAKEN" not in err
    assert "TAKEN" not in call(grade.replace("--class @class.csv", ""))[2]
    assert grades(classroom)["emmy"]["points"] == "10"


def test_an_id_that_becomes_an_alias_keeps_its_marks(classroom, call, grade):
    (classroom / "class.csv").write_text("id,name,serial\nada,Ada Lovelace,11\nmax,Max Born,12\n")
    (classroom / "rules.toml").write_text(
        '[labs.1]\ndeadline = "2020-11-20T23:59"\nexcused = ["max"]'
    )
    call(f"{grade} --rules @rules.toml")
    call("override ada q2 1 --lab 1 --out @out --reason seen")
    (classroom / "class.csv").write_text(
        'id,name,serial,aliases\n4711,"Lovelace, Ada",11,ada x\n4712,,12,MAX\n'
    )
    status, _, err = call(grade)
    assert status == 0
    said = "is an alias of 4711 in the class list: what is kept of ada belongs to 4711 from now on"
    assert f"ada {said}\n" in err
    assert "NOBODY" not in err
    assert {n: r["points"] for n, r in grades(classroom).items()} == {"4711": "8", "4712": "3"}
    assert "1 student excused" in (classroom / "out" / "lab-1" / "report.html").read_text()
    assert call(grade)[2] == ""


def test_an_alias_that_was_another_persons_id_takes_nothing(classroom, call, grade):
    (classroom / "class.csv").write_text("id,name\nada,Ada Lovelace\nmax,Max Born\n")
    call(grade)
    (classroom / "class.csv").write_text("id,name,aliases\nada,Ada Lovelace,max\n17,Max Born,\n")
    _, _, err = call(grade.replace("@in", "@in/ada"))
    assert "max is an alias of ada in the class list, and was the id of Max Born: what is" in err
    assert "NOBODY" in err
    assert {n: r["points"] for n, r in grades(classroom).items()} == {"ada": "10", "17": ""}


def test_notebooks_that_are_nobodys_after_a_new_class_list_are_named(classroom, call, grade):
    call(grade)
    (classroom / "new.csv").write_text("id\nada\n21006\n")
    status, _, err = call(grade.replace("@in", "@in/ada").replace("class.csv", "new.csv"))
    assert status == 0
    assert "NOBODY in new.csv has these notebooks of earlier runs" in err
    assert "(1 in all): max (1)." in err


def test_marks_of_another_serial_number_are_named_until_they_are_given_anew(classroom, call, grade):
    (classroom / "class.csv").write_text("id,serial\nada,11\nmax,99\n")
    call(grade)
    (classroom / "class.csv").write_text("id,serial\nada,11\nmax,12\n")
    status, _, err = call(grade)
    again = f"regrade --lab lab-1 --question q1 q2 q3 --out {classroom}/out"
    assert status == 0
    assert f"until you grade all questions again: aimc-course {again}\n" in err
    assert err.endswith("\n  max (max/lab.ipynb): 99, now 12\n")
    call("regrade --lab 1 --question q1 --out @out")
    assert "max (max/lab.ipynb): 99, now 12" in call(grade)[2]  # the others are of 99 still
    call(again)
    assert call(grade)[2] == ""


def test_serial_numbers_that_are_left_out_or_of_several_people_are_named(classroom, call, grade):
    (classroom / "class.csv").write_text("id,serial\nada,11\nmax,12\n")
    assert call(grade)[2] == ""
    (classroom / "class.csv").write_text("id,serial\nada,11\nmax,\nemmy,11\n")
    key = bytes.fromhex((classroom / "out" / "class.key").read_text())
    _, _, err = call(grade)
    assert "the class list has no serial number for max, although it has others: theirs" in err
    assert "the class list has serial 11 for ada, emmy: what one of them finds is right for" in err
    assert err.endswith(f"\n  max (max/lab.ipynb): 12, now {derived_serial(key, 'max')}\n")
    (classroom / "class.csv").write_text("id,serial,group\nada,11,red\nemmy,,red\nmax,12,\n")
    assert call(grade)[2] == ""


def test_notebooks_of_a_dissolved_group_keep_their_serial_number(
    classroom, call, grade, notebook, believer
):
    (classroom / "class.csv").write_text("id,serial,group\nada,12,red\nmax,12,red\n")
    call(grade)
    (classroom / "class.csv").write_text("id,serial\nada,1\nmax,2\n")
    notebook(classroom / "two" / "ada" / "lab.ipynb", q1=1)
    call(grade.replace("@in --lab 1", "@two --lab 2"))
    grader = believer()
    call("regrade --lab 1 --question q1 --out @out", grader)
    assert {call[:2] for call in grader.calls} == {("group:red", 12)}


def test_a_folder_without_a_notebook_is_no_success(classroom, call, grade):
    (classroom / "empty").mkdir()
    empty = grade.replace("@in", "@empty")
    for line in (f"{empty} --dry-run", empty):
        status, _, err = call(line)
        assert status == 3
        assert f"NO NOTEBOOK of lab-1 was found in {classroom}/empty, and none is known" in err
    call(grade)
    for line in (f"{empty} --dry-run", empty):  # once more, for the zeros after the deadline
        status, _, err = call(line)
        assert (status, "NO NOTEBOOK" in err) == (0, False)


def test_results_in_a_file_are_refused(classroom, call, grade):
    for line in (f"{grade} --dry-run", grade):
        status, _, err = call(line.replace("@out", "@class.csv"))
        assert status == 2
        said = "--out must be a folder, new or of earlier results"
        assert err == f"{said}: {classroom}/class.csv is none\n"


def test_marks_in_a_store_of_an_earlier_edition_stay_with_who_earned_them(classroom, call, grade):
    call(grade)
    db = sqlite3.connect(classroom / "out" / "grades.sqlite")
    db.execute("DROP TABLE bearers")
    for column in ("first", "first_late"):
        db.execute(f"ALTER TABLE submissions DROP COLUMN {column}")
    db.close()
    (classroom / "class.csv").write_text("id,group\nAda,red\nmax,red\n")
    call(grade.replace("@in --lab 1", "@in/ada --lab 2"))
    call("grades --out @out")
    rows = (classroom / "out" / "course.csv").read_text().splitlines()
    assert [row.split(",")[2] for row in rows[1:]] == ["10", "3"]
