"""The page on how to write a lab, followed line by line in a copy of the course."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from aimc_course.authoring.lint.check import CHAPTER_RULES, LAB_RULES, PAGE_RULES
from aimc_course.labs.catalogue import folders

ROOT = Path(__file__).parents[3]
NEXT = f"{1 + max(int(name[3:]) for name in folders().values()):02d}"
PAGE = (ROOT / "book" / "teachers" / "writing.md").read_text(encoding="utf-8")
BLOCK = re.compile(
    r"^```(?P<language>bash|python|text)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
NAMES = (("labLAB", f"lab{NEXT}"), ("lab-LAB", f"lab-{int(NEXT)}"), ("LAB-", f"{NEXT}-"))


def numbered(text):
    """Return a text of the page with the number of the next lab."""
    for name, number in NAMES:
        text = text.replace(name, number)
    return text


STEPS = [
    (match["language"], numbered(match["text"]))
    for match in BLOCK.finditer(PAGE.partition("## A chapter")[0])
]
DO = re.compile(
    r"# (?P<what>append to|insert into|replace in) (?P<file>\S+?)"
    r"(?: before: (?P<before>[^\n]+)|: (?P<old>[^\n]+))?\n(?P<new>.*)",
    re.DOTALL,
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of what the page works on."""
    root = tmp_path_factory.mktemp("course")
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "grading", "teaching")
    shutil.copytree(ROOT / "tests/course", root / "tests/course", ignore=ignored)
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for folder in ("src/aimc_answers", "src/aimc_course", "labs", "book"):
        shutil.copytree(ROOT / folder, root / folder, ignore=ignored)
    (root / "scripts").mkdir()
    for file in ("pyproject.toml", "_toc.yml", "scripts/try_answers.py"):
        shutil.copy(ROOT / file, root / file)
    return root


def run(root, line):
    """Run a command of the page."""
    words = shlex.split(line)
    assert words[0] == "python"
    environment = {**os.environ, "PYTHONPATH": str(root / "src"), "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, *words[1:]], cwd=root, env=environment, capture_output=True, text=True
    )


def edit(root, text):
    """Do what a block of Python says in its first line."""
    step = DO.fullmatch(text)
    path = root / step["file"]
    if path.suffix == ".ipynb":
        return edit_notebook(path, step)
    found = path.read_text(encoding="utf-8")
    if step["what"] == "append to":
        found += step["new"]
    elif step["what"] == "insert into":
        assert found.count(step["before"]) == 1
        found = found.replace(step["before"], step["new"].lstrip("\n") + "\n" + step["before"])
    else:
        assert found.count(step["old"]) == 1
        found = found.replace(step["old"], step["new"].strip())
    return path.write_text(found, encoding="utf-8")


def edit_notebook(path, step):
    notebook = nbformat.read(path, as_version=4)
    if step["what"] == "replace in":
        (cell,) = [c for c in notebook.cells if step["old"] in c.source]
        cell.source = cell.source.replace(step["old"], step["new"].strip())
    else:
        (place,) = [k for k, c in enumerate(notebook.cells) if step["before"] in c.source]
        parts = re.split(r"^# %%( \[markdown\])?\n", step["new"], flags=re.MULTILINE)[1:]
        for k, (kind, text) in enumerate(zip(parts[::2], parts[1::2], strict=True)):
            make = nbformat.v4.new_markdown_cell if kind else nbformat.v4.new_code_cell
            notebook.cells.insert(place + k, make(text.strip(), id=f"new-{k}"))
    nbformat.write(notebook, path)


@pytest.mark.weekly
def test_whoever_follows_the_page_has_a_lab_that_works(copy):
    said = []
    for language, text in STEPS:
        if language != "bash":
            edit(copy, text)
            continue
        for line in text.replace("\\\n", " ").splitlines():
            done = run(copy, line)
            # The linter finds what is to be written, and nothing else.
            wanted = 1 if " lint " in line else 0
            assert done.returncode == wanted, f"{line}\n{done.stdout[-3000:]}{done.stderr[-2000:]}"
            said.append(done.stdout)
    scores = [line for text in said for line in text.splitlines() if line.startswith("lab-")]
    assert [score.split(": ")[1] for score in scores[:3]] == [
        "0 of 8 points",
        "8 of 8 points",
        "9 of 9 points",
    ]
    linted = next(text for text in said if "lab-unwritten" in text)
    assert {line.split(": ")[1] for line in linted.splitlines()} == {"lab-unwritten"}


def test_the_page_uses_commands_and_rules_that_exist():
    rules = {rule.name for rule in (*PAGE_RULES, *CHAPTER_RULES)} | {r.name for r in LAB_RULES}
    assert set(re.findall(r"<!-- lint: ([\w-]+):", PAGE)) <= rules
    for language, text in STEPS:
        assert language == "bash" or DO.fullmatch(text), text
