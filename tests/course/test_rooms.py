"""Every lab keeps to one shape."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.native("it looks at the source, not at the wheel")

SOURCE = Path(__file__).parents[2] / "src"
ANSWERS = SOURCE / "aimc_answers"
LABS = sorted(path.parent for path in SOURCE.glob("aimc_course/labs/lab*/__init__.py"))


def name_of(room):
    return ".".join(room.relative_to(SOURCE).parts)


@pytest.mark.parametrize("lab", LABS, ids=name_of)
def test_rooms_of_labs_hold_the_same_files(lab):
    files = {path.name for path in lab.glob("*.py")}
    assert files == {"__init__.py", "given.py", "questions.py"}
    beside = {path.name for path in (ANSWERS / lab.name).iterdir() if path.is_file()}
    assert beside == {"__init__.py", "answers.py", "judges.py", "rubric.toml"}
