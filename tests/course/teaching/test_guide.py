"""The teacher's guide: its plans name everything and fit their time, its examples work."""

import argparse
import re

import pytest

from aimc_course.teaching.book import chapters
from aimc_course.teaching.commands import add_commands
from aimc_course.teaching.draw import draw_exam
from aimc_course.teaching.items import read_own

MINUTES = re.compile(r"(?<= )\((\d+)(?: min)?\)")


@pytest.fixture(scope="module")
def guide(root):
    return (root / "book" / "instructor.md").read_text(encoding="utf-8")


def section(guide, heading):
    """The text under a heading, up to the next one of any level."""
    return re.split(r"^#+ ", guide.split(f"# {heading}\n", 1)[1], flags=re.MULTILINE)[0]


def rows(text):
    """Cells of a list-table, row by row, without its head."""
    table = text.split("```{list-table}", 1)[1].split("\n```", 1)[0]
    return [
        [cell.strip() for cell in re.split(r"^ *- ", row, flags=re.MULTILINE)[1:]]
        for row in re.split(r"^\* ", table, flags=re.MULTILINE)[2:]
    ]


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


@pytest.mark.parametrize(
    ("heading", "count", "timed"), [("Five meetings", 5, [2]), ("Twelve weeks", 12, [2, 3])]
)
def test_every_meeting_takes_90_minutes(guide, heading, count, timed):
    plan = rows(section(guide, heading))
    assert [row[0] for row in plan] == [str(k) for k in range(1, count + 1)]
    for row in plan:
        for k in timed:
            assert sum(map(int, MINUTES.findall(row[k]))) == 90, row[k]


def test_chapters_are_read_before_the_labs_that_need_them(root, guide):
    needs = {
        "01": ["ch-weights"],
        "02": ["ch-io", "ch-precision"],
        "03": ["ch-programming", "ch-drift", "ch-noise"],
        "04": ["ch-phase-change", "ch-programming"],
        "05": ["ch-layers", "ch-anatomy"],
        "06": ["ch-costs"],
        "07": ["ch-training"],
        "08": ["ch-drift", "ch-beating-drift"],
        "09": ["ch-more-bits"],
        "10": ["ch-language-models"],
        "11": ["ch-learning"],
    }
    for heading in ("Five meetings", "Twelve weeks"):
        plan = section(guide, heading)
        for lab, named in needs.items():
            place = plan.index(f"/labs/student/{lab}-")
            for label in named:
                assert plan.index(f"`{label}`") < place, f"{heading}: lab {lab}, {label}"


def test_private_question_is_ten_lines_and_judges(guide):
    text = code(guide, "python", "mine = number")
    assert len([line for line in text.splitlines() if line]) <= 10
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
