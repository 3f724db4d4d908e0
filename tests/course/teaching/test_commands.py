"""The commands write what they say, and say what is wrong."""

import xml.etree.ElementTree as ET
import zipfile

import pytest

from aimc_course.__main__ import main


@pytest.fixture(autouse=True)
def inside(root, monkeypatch):
    monkeypatch.chdir(root / "src")


def test_bank_is_written_in_three_formats(tmp_path, capsys):
    assert main(["bank", "--format", "moodle", "--out", str(tmp_path / "new" / "b.xml")]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'new' / 'b.xml'}\n"
    assert ET.parse(tmp_path / "new" / "b.xml").getroot().tag == "quiz"
    assert main(["bank", "--format", "qti", "--out", str(tmp_path)]) == 0
    assert zipfile.is_zipfile(tmp_path / "bank.zip")
    assert main(["bank", "--format", "markdown", "--parts", "2,4", "--out", str(tmp_path)]) == 0
    text = (tmp_path / "bank.md").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## Part 2",
        "## Part 4",
    ]


def test_exam_writes_the_same_four_files_again(tmp_path):
    call = ["exam", "--items", "20", "--parts", "1-4", "--seed", "7", "--title", "Test", "--out"]
    for name in "ab":
        assert main([*call, str(tmp_path / name)]) == 0
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files == ["exam-solutions.html", "exam-solutions.md", "exam.html", "exam.md"]
    for name in files:
        first = (tmp_path / "a" / name).read_bytes()
        assert first == (tmp_path / "b" / name).read_bytes()
        assert b"Test" in first
    assert (tmp_path / "a" / "exam.md").read_text(encoding="utf-8").count("\n## ") == 20


def test_exam_takes_questions_of_ones_own(tmp_path):
    own = tmp_path / "mine.md"
    own.write_text("# Mine\n\n```{quiz} Why?\n- [x] a :: b\n- [ ] c :: d\n```\n", encoding="utf-8")
    call = ["exam", "--items", "8", "--seed", "1", "--own", str(own), "--out", str(tmp_path / "e")]
    assert main(call) == 0
    assert "## 8. Mine\n\nWhy?" in (tmp_path / "e" / "exam.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (["--parts", "1-9", "--seed", "1"], "the book has no part"),
        (["--parts", "two", "--seed", "1"], "must be numbers and spans"),
        (["--items", "999", "--seed", "1"], "these parts hold"),
        (["--items", "5", "--seed", "-1"], "seed"),
    ],
)
def test_exam_says_what_is_wrong_and_writes_nothing(tmp_path, capsys, call, words):
    assert main(["exam", *call, "--out", str(tmp_path / "x")]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_outside_of_the_course_the_commands_say_so(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["bank", "--format", "qti", "--out", str(tmp_path)]) == 2
    assert "no course with a folder book" in capsys.readouterr().err
