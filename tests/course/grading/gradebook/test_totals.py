"""One table over all labs: weights, dropped labs, missing work, and the platform's own file."""

import csv
import json
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from aimc_course.grading.gradebook.classlist import Student
from aimc_course.grading.gradebook.totals import LabResults, totals

ADA = Student("ada")


def results(*labs):
    """Return labs of weight and points of ten."""
    return [
        LabResults(
            f"lab-{k}",
            weight,
            {
                "ada": SimpleNamespace(
                    student=ADA, points=points, max_points=10.0, label="ada", attempts=1
                )
            },
        )
        for k, (weight, points) in enumerate(labs, 1)
    ]


@pytest.mark.parametrize(
    ("labs", "drop", "total", "dropped"),
    [
        ([(1, 10), (1, 5)], 0, 0.75, ()),
        ([(3, 10), (1, 2)], 0, 0.8, ()),
        ([(1, 10), (1, 0), (1, 5)], 1, 0.75, ("lab-2",)),
        ([(1, 10), (1, 0), (1, 5)], 2, 1.0, ("lab-2", "lab-3")),
        ([(1, 10), (1, 5)], 9, 1.0, ("lab-2",)),
        ([(1, 10), (1, None), (1, 5)], 1, 1.0, ("lab-3",)),
        ([(1, 10), (0, 0), (1, 5)], 1, 1.0, ("lab-3",)),
        # The lowest share is not always the one that costs most.
        ([(1, 0), (9, 3), (1, 10)], 1, 0.5, ("lab-2",)),
        ([(1, None)], 0, None, ()),
        ([(0, 5)], 1, None, ()),
    ],
)
def test_total_of_what_counts(labs, drop, total, dropped):
    (found,) = totals([ADA], results(*labs), drop)
    assert found.total == (None if total is None else pytest.approx(total))
    assert found.dropped == dropped


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Return where the results of the three labs are kept for the next test."""
    return tmp_path_factory.mktemp("term") / "out"


@pytest.fixture
def term(classroom, call, notebook, kept):
    """Grade three labs: ada has all of them, max the first one, emmy none."""
    notebook(classroom / "two" / "ada" / "lab.ipynb", q1=2, q2=3)
    if kept.exists():
        shutil.copytree(kept, classroom / "out")
        return classroom
    past = datetime.now(UTC) - timedelta(days=9)
    rules = ["missing = 'zero'", "drop_lowest = 1"]
    for lab in (1, 2, 3):
        due = past if lab < 3 else past + timedelta(days=99)
        rules += [f"[labs.{lab}]", f"deadline = '{due.isoformat()}'", f"weight = {lab}"]
    (classroom / "out").mkdir()
    (classroom / "out" / "rules.toml").write_text("\n".join(rules))
    notebook(classroom / "three" / "ada" / "lab.ipynb", q3=5, q1=1)
    for lab, folder in enumerate(("in", "two", "three"), 1):
        status, out, _ = call(f"grade @{folder} --lab {lab} --class @class.csv --out @out")
        assert status == 0
        if lab == 2:
            assert "2 students handed in nothing: 2 get zero" in out
        if lab == 3:
            assert "2 keep an empty cell: the deadline has not passed" in out
    shutil.copytree(classroom / "out", kept)
    return classroom


def table(term):
    with (term / "out" / "course.csv").open(newline="") as stream:
        return {row["student"]: row for row in csv.DictReader(stream)}


def test_grades_over_labs(term, call):
    status, out, _ = call("grades --out @out")
    assert status == 0
    rows = table(term)
    assert rows["ada"] == {
        "student": "ada",
        "name": "Ada Lovelace",
        "lab-1 (of 10, weight 1)": "10",
        "lab-2 (of 10, weight 2)": "5",
        "lab-3 (of 10, weight 3)": "6",
        "total %": "70",
        "dropped": "lab-2",
    }
    assert rows["max"]["lab-2 (of 10, weight 2)"] == "0"
    assert rows["max"]["lab-3 (of 10, weight 3)"] == ""
    assert (rows["max"]["total %"], rows["max"]["dropped"]) == ("30", "lab-2")
    assert rows["emmy"]["total %"] == "0"
    assert "lab-3: 2 students handed in nothing, and the lab does not count for them" in out


def test_zeros_go_to_the_platform_and_excused_students_get_none(term, call):
    (term / "c.csv").write_text(
        "Student,ID,SIS,Login,Section,Lab 2 (7),Labs (8)\n    Points Possible,,,,,20,50\n"
        "Ada Lovelace,5,,,A,,\nMax Born,6,,,A,,\nEmmy Noether,7,,,A,,\n"
    )
    rules = term / "out" / "rules.toml"
    text = rules.read_text().replace("weight = 2", 'weight = 2\nexcused = ["emmy"]')
    rules.write_text(text)
    call("grade @two --lab 2 --class @class.csv --out @out --gradebook @c.csv")
    filled = (term / "out" / "lab-2" / "filled-c.csv").read_text().splitlines()
    assert [line.split(",")[5] for line in filled[2:]] == ["10", "0", ""]
    status, out, _ = call("grades --out @out --gradebook @c.csv")
    assert status == 0
    filled = (term / "out" / "filled-c.csv").read_text().splitlines()
    assert [line.split(",")[6] for line in filled[2:]] == ["35", "15", "0"]
    assert "scaled" in out
    assert table(term)["emmy"]["lab-2 (of 10, weight 2)"] == ""


def test_a_zero_of_somebody_whose_file_was_not_taken_is_pointed_out(term, call):
    line = "grade @two --lab 2 --class @class.csv --out @out"
    assert "were not taken in" not in call(line)[2]
    (term / "two" / "ada" / "again.ipynb").write_bytes(
        (term / "two" / "ada" / "lab.ipynb").read_bytes()
    )
    assert "were not taken in" not in call(line)[2]
    (term / "two" / "max").mkdir()
    (term / "two" / "max" / "lab.docx").write_text("x")
    assert "1 files were not taken in" in call(line)[2]


def test_a_lab_that_nobody_handed_in_has_rules_too(term, call):
    (term / "none").mkdir()
    rules = term / "out" / "rules.toml"
    rules.write_text(rules.read_text() + "\n[labs.5]\ndeadline = '2026-01-20T12:00'\n")
    out = call("grade @none --lab 5 --class @class.csv --out @out")[1]
    assert "lab-5: 3 students handed in nothing: 3 get zero" in out
    assert "other rules" not in out


def test_other_rules_write_other_labs_anew(term, call):
    call("grades --out @out")
    rules = term / "out" / "rules.toml"
    rules.write_text(rules.read_text().replace("missing = 'zero'", "missing = 'empty'"))
    _, out, _ = call("grades --out @out")
    assert "lab-1: other rules than before" in out
    with (term / "out" / "lab-2" / "grades.csv").open(newline="") as stream:
        assert [row["points"] for row in csv.DictReader(stream)] == ["5", "", ""]
    assert table(term)["emmy"]["total %"] == ""
    rules.unlink()  # those of before stay
    call("grades --out @out")
    assert table(term)["ada"]["dropped"] == "lab-2"


def test_totals_do_not_outlive_the_marks_they_follow_from(term, call):
    call("grades --out @out")
    out = call("override max total 9 --lab 2 --out @out --reason shown")[1]
    assert "course.csv was out of date and is removed" in out
    assert not (term / "out" / "course.csv").exists()
    call("grades --out @out")
    assert table(term)["max"]["lab-2 (of 10, weight 2)"] == "9"


def test_a_forgotten_student_is_in_no_total_and_in_no_rule(term, call):
    rules = term / "out" / "rules.toml"
    text = rules.read_text().replace("weight = 1", "weight = 1\nextensions = { max = 3 }")
    rules.write_text(text.replace("weight = 2", 'weight = 2\nexcused = ["max"]'))
    call("grades --out @out")
    rules.unlink()
    call("forget max --out @out")
    data = b"".join(p.read_bytes() for p in sorted((term / "out").rglob("*")) if p.is_file())
    assert b'"max"' not in data
    assert b"Born" not in data
    assert not (term / "out" / "course.csv").exists()


def test_a_name_that_is_no_student_is_told(term, call):
    rules = term / "out" / "rules.toml"
    rules.write_text(
        rules.read_text().replace("weight = 1", 'weight = 1\nexcused = ["maxx"]')
        + "\n[labs.5]\ndeadline = '2026-11-20T12:00'\n"
    )
    _, out, err = call("grades --out @out")
    assert "nobody in the class of this folder has the id 'maxx'" in err
    assert "lab-5 stands in the rules and was not graded yet" in out


def test_rules_of_an_older_store_are_understood(term, call):
    db = sqlite3.connect(term / "out" / "grades.sqlite")
    policy = {"deadline": 0.0, "per_day": 0.5, "most_days": 3.0, "grace": 60.0}
    old = {"policy": policy, "keep": "last", "anonymous": False, "gradebook": None}
    db.execute("UPDATE meta SET value = ? WHERE name = 'rules lab-1'", (json.dumps(old),))
    db.commit()
    db.close()
    (term / "out" / "rules.toml").unlink()
    out = call("override ada q1 1 --lab 1 --out @out --reason x")[1]
    assert "each day begun costs 50 % of the points" in out
    assert "nothing counts if it comes after 1970-01-04" in out
