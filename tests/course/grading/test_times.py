"""The teachers' guide says how long grading takes, as it was measured."""

import json
import sys
from pathlib import Path

import pytest

from aimc_course.labs.catalogue import folders

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "scripts"))
import grade_serials  # noqa: E402


@pytest.fixture
def measured():
    return json.loads((ROOT / "scripts" / "graded_serials.json").read_text())


def test_the_guide_has_the_measured_times_of_every_lab(measured):
    """If not: ``python scripts/grade_serials.py --labs`` writes them."""
    assert set(measured) == set(folders())
    guide = (ROOT / "book" / "instructor.md").read_text(encoding="utf-8")
    assert grade_serials.times_table(measured) in guide


def test_times_that_were_measured_anew_take_the_place_of_the_old_ones(measured, tmp_path):
    guide = tmp_path / "guide.md"
    guide.write_text(f"before\n\n{grade_serials.times_table(measured)}\n\nafter\n")
    measured["lab-7"] |= {"seconds_per_solution": 12.34, "date": "2027-01-02"}
    grade_serials.write_times(guide, measured)
    text = guide.read_text()
    assert text.startswith("before\n\n```{list-table}")
    assert text.endswith("```\n\nafter\n")
    assert "  - 12\n" in text
    assert "to 2027-01-02" in text
    guide.write_text("no table")
    with pytest.raises(ValueError, match="must hold one table"):
        grade_serials.write_times(guide, measured)
