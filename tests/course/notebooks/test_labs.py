"""The labs as they are: an untouched copy earns nothing, a solution everything, in 1 GB."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest

import aimc.plots
from aimc.published import fact
from aimc_course import LABS
from aimc_course.__main__ import main
from aimc_course.authoring.notebooks import (
    build_labs,
    lab_sources,
    solution_copy,
    stale_copies,
    written,
)
from aimc_course.labs.devices.own_chip import OwnChip

ROOT = Path(__file__).parents[3]
LAB_NAMES = [lab.slug for lab in LABS]
OTHER_SERIAL = 20261125
ANSWER = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
# Answers of chip 7 with gaps between them, some right and some wrong.
HALF_DONE = {
    LAB_NAMES[4]: {
        "cores": "[1, 4, 3, 6, 2]",
        "copies": "[8, 8, 2, 1, 1]",
        "interval": "98 * t_read",
        "at_once": "0.9",
        "better": "dict(conv1=13, conv2=13, conv3=4, conv4=4, conv5=4)",
    },
    LAB_NAMES[5]: {"e_read": "5e-8", "best": "dict(conv1=2)"},
    LAB_NAMES[7]: {
        "alone": "0.507",
        "excess": "[1.152, 1.14]",
        "with_factors": "0.87",
        "adapted": "0.903",
        "nu": "0.0324",
        "plan": "[HOUR * 2.4**k for k in range(11)]",
        "energy": "1e-5",
    },
    "11-learn-in-memory": {
        "with_chopper": "[0.099, 0.1, 0.108, 0.144]",
        "recipe": "{'rule': 'TikiTaka2', 'rates': [0.03]}",
    },
    LAB_NAMES[8]: {"errors": "[0.1215, 0.0894, 0.064, 0.0463, 0.0344]"},
}
MEMORY_LIMIT = 1e9  # bytes, of the 2 GB that a launched notebook has

# The kernel is a child of this process, so its peak is what the children used.
RUNNER = """
import json, resource, sys
from pathlib import Path
from aimc_course.authoring.scoring import score
result = score(Path(sys.argv[1]))
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps({
    "points": result.points, "max_points": result.max_points, "answers": result.answers,
    "serial": result.serial, "errors": result.errors,
    "bytes": peak * (1 if sys.platform == "darwin" else 1024),
}))
"""


def run(path):
    """Score a notebook in a process of its own and return what it says."""
    done = subprocess.run(
        [sys.executable, "-c", RUNNER, str(path)],
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def questions_of(name):
    return next(lab.questions for lab in LABS if lab.slug == name)


def test_every_lab_has_a_source_and_committed_copies_are_up_to_date():
    assert [path.stem for path in lab_sources(ROOT)] == LAB_NAMES
    assert stale_copies(ROOT) == []


@pytest.mark.parametrize("name", LAB_NAMES)
def test_the_untouched_student_copy_earns_nothing_and_runs_to_its_end(name):
    result = run(ROOT / "labs" / "student" / f"{name}.ipynb")
    assert result["points"] == 0
    assert list(result["answers"]) == [question.id for question in questions_of(name)]
    assert result["errors"] == []


@pytest.mark.parametrize("name", LAB_NAMES)
def test_a_solution_that_is_run_cell_by_cell_fails_unless_it_earns_everything(name):
    """Serial number 7 is that of the solutions themselves, which pytest is given beside tests."""
    copy = solution_copy(nbformat.read(ROOT / "labs" / f"{name}.ipynb", as_version=4))
    cells = [cell.source for cell in copy.cells if cell.cell_type == "code"]
    assert written(copy).count("SERIAL = 7") == 1
    assert cells[-1].startswith("assert lab.points == lab.max_points")


@pytest.mark.weekly
@pytest.mark.parametrize("name", LAB_NAMES)
def test_the_solution_earns_everything_within_the_memory_of_a_launched_notebook(name, tmp_path):
    source = nbformat.read(ROOT / "labs" / f"{name}.ipynb", as_version=4)
    text = written(solution_copy(source))
    path = tmp_path / f"{name}.ipynb"
    path.write_text(text.replace("SERIAL = 7", f"SERIAL = {OTHER_SERIAL}"), encoding="utf-8")
    result = run(path)
    assert result["errors"] == []
    assert result["serial"] == OTHER_SERIAL
    assert result["points"] == result["max_points"] > 0
    assert result["bytes"] < MEMORY_LIMIT


@pytest.mark.parametrize("name", HALF_DONE)
def test_a_copy_with_gaps_runs_to_its_end(name, tmp_path):
    text = (ROOT / "labs" / "student" / f"{name}.ipynb").read_text(encoding="utf-8")
    for variable, answer in HALF_DONE[name].items():
        text, count = re.subn(rf"\b{variable} = \.\.\.", f"{variable} = {answer}", text)
        assert count == 1
    path = tmp_path / f"{name}.ipynb"
    path.write_text(text, encoding="utf-8")
    assert run(path)["errors"] == []


@pytest.mark.parametrize("name", LAB_NAMES)
def test_student_copies_hold_no_answers_outputs_or_traces(name):
    student = nbformat.read(ROOT / "labs" / "student" / f"{name}.ipynb", as_version=4)
    source = nbformat.read(ROOT / "labs" / f"{name}.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in student.cells)
    given = "\n".join(ANSWER.sub("", cell.source) for cell in source.cells)
    for cell in source.cells:
        if "instructor" in cell.metadata.get("tags", []):
            assert cell.source not in text
        for answer in ANSWER.findall(cell.source):
            lines = [line.strip() for line in answer.split("\n") if "###" not in line]
            for line in lines:
                assert len(line) < 12 or line in given or line not in text
    assert "### " not in text.replace("### `", "")
    for cell in student.cells:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None
        assert set(cell.metadata) <= {"tags", "mystnb"}


def test_links_to_chapters_and_other_labs_lead_to_pages():
    pages = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    for name in LAB_NAMES:
        path = ROOT / "labs" / "student" / f"{name}.ipynb"
        student = nbformat.read(path, as_version=4)
        text = "\n".join(c.source for c in student.cells if c.cell_type == "markdown")
        for target in re.findall(r"(?<!!)\[[^\]]+\]\((?!http)([^)#]+\.(?:md|ipynb))\)", text):
            page = (path.parent / target).resolve().relative_to(ROOT.resolve())
            assert str(page.with_suffix("")) in pages


def test_commands_build_check_and_score(tmp_path, monkeypatch, capsys):
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "labs").mkdir()
    for source in lab_sources(ROOT):
        (tmp_path / "labs" / source.name).write_bytes(source.read_bytes())
    monkeypatch.chdir(tmp_path)
    assert main(["check-labs"]) == 1
    assert "is missing" in capsys.readouterr().err
    assert main(["build-labs"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2 * len(LAB_NAMES)
    assert main(["check-labs"]) == 0
    for path in build_labs(tmp_path)[: len(LAB_NAMES)]:
        assert path.read_bytes() == (ROOT / "labs" / "student" / path.name).read_bytes()
    assert main(["score", "nowhere.ipynb"]) == 2
    assert "not a file" in capsys.readouterr().err


AS_LISTS = [
    (1, "if ranges is not ...", {"ranges": [4e-5, 5e-5], "range_errors": [0.1, 0.2]}),
    (2, "def published_spread", {"spreads": [1e-6] * 8, "good": np.ones((8, 256), dtype=bool)}),
    (2, "if squares is not ...", {"squares": [1e-4, 2e-4, 3e-4, 4e-4, 5e-4], "Q": 0.01}),
    (3, "if curves is not ...", {"curves": [[1e-6] * 6] * 19}),
    (3, "if means is not ...", {"means": [3.0, 2.0], "outside": [0.1, 0.2]}),
]
GIVEN = {
    "total_error": 0.1,
    "states": np.geomspace(4e-6, 24e-6, 8),
    "chip": OwnChip(7),
    "fact": fact,
    "gaps": np.geomspace(0.1, 1000.0, 5),
    "currents": np.linspace(150e-6, 600e-6, 19),
    "gains": (0.4, 1.0),
}


@pytest.mark.parametrize(("lab", "begins", "answers"), AS_LISTS, ids=lambda x: str(x)[:20])
def test_answers_in_lists_are_drawn_like_arrays(lab, begins, answers):
    cells = nbformat.read(ROOT / "labs" / f"{LAB_NAMES[lab]}.ipynb", as_version=4).cells
    (cell,) = (c.source for c in cells if c.cell_type == "code" and begins in c.source)
    known = {**vars(aimc.plots), "np": np, **GIVEN, **answers}
    exec(cell, known)
    assert not isinstance(known["shown"], str)
