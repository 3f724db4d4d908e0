"""Faults to plant keep their places, and name tests that exist, while code moves."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_fault_has_its_place_and_its_tests(script):
    faults = script("seed_faults")
    planted = (*faults.LIBRARY, *faults.COURSE, *faults.GRADER, *faults.SITE)
    assert len(planted) >= 40
    for one in planted:
        path = ROOT / one.file
        assert path.is_file(), f"{one.name}: there is no {one.file}"
        assert one.old in path.read_text(encoding="utf-8"), f"{one.name}: not in {one.file}"
        assert one.tests, one.name
        for test in one.tests:
            file, _, function = test.partition("::")
            text = (ROOT / file).read_text(encoding="utf-8")
            assert not function or re.search(rf"^def {function}\(", text, re.MULTILINE), test
