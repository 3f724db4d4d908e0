"""A class in small: real notebooks, real sandboxes, graders that are killed."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[4] / "scripts"))
import grade_a_class
from grade_a_class import Class, differences
from made_up_class import KINDS, write_class

LABS = ["lab-1", "lab-4", "lab-6"]
QUICK = ("lab-4", "lab-6")


@pytest.mark.weekly  # 72 real notebooks, and one of them never ends
@pytest.mark.usefixtures("sandbox")
def test_killed_graders_change_no_mark(tmp_path, capfd):
    """24 submissions in peace, and with kills."""
    few = ["--count", "24", "--cell-seconds", "3", "--folder", str(tmp_path), "--labs", *QUICK]
    # A first piece that ends while it is at work; the rest goes on from there.
    assert grade_a_class.main([*few, "--minutes", "0.1"]) == grade_a_class.PAUSED
    status = grade_a_class.main([*few, "--json", str(tmp_path / "measured.json")])
    said = capfd.readouterr().out
    assert status == 0, said
    assert "every submission was marked once, and alike in all runs" in said
    results = Class(tmp_path, QUICK).results("killed")
    assert len(results) == 24
    # Not that all got the same: the best earned everything, and some nothing.
    earned = [sum(mark[1] for mark in marks) for _, _, marks, _ in results.values()]
    assert min(earned) == 0
    assert max(earned) >= 20


def test_a_class_follows_from_its_seed_and_holds_every_kind(tmp_path):
    made = [write_class(tmp_path / name, LABS, 24, 3) for name in "ab"]
    write_class(tmp_path / "c", LABS, 24, 4)
    assert set(made[0]) == set(KINDS)
    assert made[0].total() == 24
    first, same, other = (
        [path.read_bytes() for path in sorted((tmp_path / name).rglob("*.ipynb"))] for name in "abc"
    )
    assert first == same
    assert len(first) == len(other) == 24
    assert first != other


def test_differences_are_seen():
    mark = ("q1", 1.0, "said", None, "00ff", "v1")
    one = {("lab-1", "ada"): ("digest", 7, [mark], ("a note",))}
    assert differences(one, dict(one)) == []
    for other in (
        {},
        {("lab-1", "ada"): ("digest", 7, [("q1", 2.0, *mark[2:])], ("a note",))},
        {("lab-1", "ada"): ("digest", 7, [(*mark[:2], "other", *mark[3:])], ("a note",))},
        {("lab-1", "ada"): ("digest", 7, [mark], ())},
        {("lab-1", "ada"): ("digest", 8, [mark], ("a note",))},
    ):
        assert len(differences(one, other)) == 1
