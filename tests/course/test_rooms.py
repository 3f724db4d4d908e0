"""Every lab keeps to one shape."""

from pathlib import Path

import pytest

COURSE = Path(__file__).parents[2] / "src" / "aimc_course"
LABS = sorted(path.parent for path in COURSE.glob("labs/lab*/__init__.py"))


def name_of(room):
    return ".".join(("aimc_course", *room.relative_to(COURSE).parts))


@pytest.mark.parametrize("lab", LABS, ids=name_of)
def test_rooms_of_labs_hold_the_same_files(lab):
    files = {path.name for path in lab.glob("*.py")}
    assert files == {"__init__.py", "given.py", "answers.py", "questions.py"}
