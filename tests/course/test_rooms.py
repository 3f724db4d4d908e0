"""Every room of the course says what belongs there, and every lab keeps to one shape."""

import doctest
from pathlib import Path

import pytest

COURSE = Path(__file__).parents[2] / "src" / "aimc_course"
ROOMS = [
    path.parent
    for path in sorted(COURSE.rglob("__init__.py"))
    if "explorers" not in path.relative_to(COURSE).parts
]
LABS = [room for room in ROOMS if room.name.startswith("lab") and room.parent.name == "labs"]


def name_of(room):
    return ".".join(("aimc_course", *room.relative_to(COURSE).parts))


@pytest.mark.parametrize("room", ROOMS, ids=name_of)
def test_rooms_have_a_short_readme_whose_example_runs(room):
    path = room / "README.md"
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# {name_of(room)}\n")
    assert len(text.splitlines()) <= 20
    failed, tried = doctest.testfile(str(path), module_relative=False)
    assert tried > 0
    assert failed == 0


@pytest.mark.parametrize("lab", LABS, ids=name_of)
def test_rooms_of_labs_hold_the_same_files(lab):
    files = {path.name for path in lab.glob("*.py")}
    assert files == {"__init__.py", "given.py", "answers.py", "questions.py"}
