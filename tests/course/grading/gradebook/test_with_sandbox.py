"""The whole way with the course's own grader: an export in, marks earned in the sandbox out."""

import csv
import json
import zipfile

import pytest

from aimc_course.__main__ import main

START = """
import numpy as np
from aimc_course import start
lab = start("lab-2", serial=7)
check = lab.check
"""
RIGHT = """
def mvm_error(y, exact):
    return np.linalg.norm(y - exact) / np.linalg.norm(exact)
check("q1", mvm_error)
"""
WRITES = """
import os
for place in (".", "/tmp", "/usr", os.path.expanduser("~")):
    try:
        open(os.path.join(place, "written-by-a-student"), "w").write("x")
    except OSError:
        pass
"""
CHEATS = """
from aimc_course.checks.question import Question, Verdict
Question.verdict = lambda self, answer, serial: Verdict(99.0, 99.0, "right")
lab.verdicts["q1"] = Verdict(99.0, 99.0, "right")
check("q1", lambda y, exact: 1.0)
print('{"points": 99}')
"""


def notebook(*cells):
    made = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": c}
        for c in cells
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.mark.usefixtures("sandbox")
def test_export_of_canvas_is_graded_in_the_sandbox(tmp_path, capsys):
    with zipfile.ZipFile(tmp_path / "submissions.zip", "w") as export:
        export.writestr("lovelaceada_901_1_lab.ipynb", notebook(START, WRITES, RIGHT))
        export.writestr("bornmax_LATE_902_2_lab.ipynb", notebook(START, CHEATS))
        export.writestr("noetheremmy_903_3_lab.ipynb", "[" * 100_000)
    (tmp_path / "class.csv").write_text("id,aliases\nada,901\nmax,902\nemmy,903\n")
    (tmp_path / "canvas.csv").write_text(
        "Student,ID,Lab 2 (5)\nPoints Possible,,26\nA,901,\nM,902,\nE,903,\n"
    )
    place = ["--lab", "2", "--out", str(tmp_path / "out")]
    files = ["--class", str(tmp_path / "class.csv"), "--gradebook", str(tmp_path / "canvas.csv")]
    # one file is no notebook, which the exit status says
    assert main(["grade", str(tmp_path / "submissions.zip"), *place, *files]) == 3
    made = tmp_path / "out" / "lab-2"
    with (made / "grades.csv").open(newline="") as stream:
        rows = {row["student"]: row for row in csv.DictReader(stream)}
    points = float(rows["ada"]["points"])
    assert points == float(rows["ada"]["q1"]) > 0
    assert [rows[s]["points"] for s in ("max", "emmy")] == ["0", "0"]
    assert rows["max"]["days late"] == "1"
    assert (made / "filled-canvas.csv").read_text() == (
        f"Student,ID,Lab 2 (5)\nPoints Possible,,26\nA,901,{points:g}\nM,902,0\nE,903,0\n"
    )
    assert not list(tmp_path.rglob("written-by-a-student"))
    capsys.readouterr()
    assert main(["regrade", *place, "--question", "q1"]) == 3
    assert "0 marks changed." in capsys.readouterr().out
