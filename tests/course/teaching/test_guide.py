"""The teacher's guide: its plans name every chapter and lab, and its examples work."""

import argparse
import re

import pytest

from aimc_course.teaching.book import chapters
from aimc_course.teaching.commands import add_commands
from aimc_course.teaching.draw import draw_exam
from aimc_course.teaching.items import read_own


@pytest.fixture(scope="module")
def guide(root):
    return (root / "book" / "instructor.md").read_text(encoding="utf-8")


def section(guide, heading):
    """The text under a heading, up to the next one of any level."""
    return re.split(r"^#+ ", guide.split(f"# {heading}\n", 1)[1], flags=re.MULTILINE)[0]


def code(guide, language, word):
    """The one example in a language that holds a word."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", guide, flags=re.MULTILINE | re.DOTALL)
    (found,) = [block for block in blocks if word in block]
    return found


@pytest.mark.parametrize("heading", ["Nine weeks", "Five meetings", "Twelve weeks"])
def test_every_plan_names_every_chapter_and_every_lab(root, guide, heading):
    plan = section(guide, heading)
    for chapter in chapters(root):
        label = re.search(r"^\((ch-[\w-]+)\)=$", chapter.text, flags=re.MULTILINE)[1]
        assert f"{{ref}}`{label}`" in plan, f"{heading}: {chapter.name}"
    labs = sorted(path.stem for path in (root / "labs").glob("[0-9]*.ipynb"))
    assert len(labs) >= 9
    for lab in labs:
        assert f"{{doc}}`/labs/student/{lab}`" in plan, f"{heading}: {lab}"


def test_private_question_judges(guide):
    text = code(guide, "python", "mine = number")
    made = {}
    exec(compile(text, "guide", "exec"), made)
    mine, lost = made["mine"], made["lost"]
    for serial in (1, 7, 300):
        assert 0.1 < lost(serial) < 0.7
        assert mine.verdict(lost(serial), serial).right
        assert mine.verdict(round(lost(serial), 3), serial).right
        wrong = mine.verdict(1 - lost(serial), serial)
        assert wrong.points == 0
        assert "that share is left" in wrong.message
    tries = [(a, b) for a in range(1, 41) for b in range(1, 41) if a != b]
    passed = sum(mine.verdict(lost(a), b).right for a, b in tries)
    assert passed / len(tries) < 0.05, "an answer of another student is right too often"


def test_own_questions_of_the_guide_are_read(root, guide, items, tmp_path):
    file = tmp_path / "mine.md"
    file.write_text(code(guide, "markdown", "{quiz}"), encoding="utf-8")
    (own,) = read_own(file, root)
    assert own.title == "Drift"
    assert [choice.right for choice in own.choices] == [True, False]
    assert draw_exam(items, 5, 1, [own])[-1].name == "own-1"


def test_commands_of_the_guide_are_known(guide):
    calls = re.findall(r"^python -m aimc_course (.+)$", code(guide, "bash", " bank "), re.MULTILINE)
    assert [call.split()[0] for call in calls] == ["bank", "exam", "figures", "slides"]

    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    for call in calls:
        assert callable(parser.parse_args(call.split()).run)
