"""The zip of an autograder, and what Gradescope hands to it."""

import argparse
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from aimc_course.grading.gradebook.classlist import ClassList, Student
from aimc_course.grading.gradebook.grading_commands import run
from aimc_course.grading.gradescope.bundle import autograder_zip, pinned
from aimc_course.grading.gradescope.gradescope_command import add_commands
from aimc_course.grading.gradescope.handed_in import (
    HandedInError,
    metadata_of,
    notebook_in,
    submitter,
)

KEY = bytes(range(32))
PEOPLE = ClassList(
    [
        Student("ada", "Ada Lovelace", 11, aliases=("ada@example.org",)),
        Student("max", "Max Born", 12, group="a", aliases=("4711",)),
        Student("emmy", "Emmy Noether", 12, group="a"),
    ]
)


def names(data):
    return zipfile.ZipFile(io.BytesIO(data)).namelist()


def test_the_container_needs_no_templates():
    """Its packages are those of the lab: whoever writes no report asks for no more."""
    hidden = "import sys; sys.modules.update(dict.fromkeys(('jinja2', 'markupsafe'))); "
    code = f"{hidden}import aimc_course.grading.gradescope.autograder"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_same_inputs_make_the_same_bytes(archive):
    assert autograder_zip("lab-2", KEY, seconds=40) == archive
    assert autograder_zip("lab-2", KEY[::-1], seconds=40) != archive


def test_zip_holds_the_key_in_one_place_and_no_names(root):
    data = autograder_zip("lab-2", KEY, PEOPLE)
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        content = {name: files.read(name) for name in files.namelist()}
        modes = {info.filename: info.external_attr >> 16 & 0o777 for info in files.infolist()}
    assert [n for n, text in content.items() if KEY.hex().encode() in text] == ["class.key"]
    assert not [n for n, text in content.items() if str(root).encode() in text]
    assert not [n for n, text in content.items() if b"Lovelace" in text and n == "class.csv"]
    assert b"ada,11,,ada@example.org" in content["class.csv"]
    assert {n for n, mode in modes.items() if mode & 0o100} == {"setup.sh", "run_autograder"}
    assert not [n for n, mode in modes.items() if mode & 0o077]
    assert json.loads(content["settings.json"])["notebook"].startswith("02-")
    assert "course/aimc_answers/lab02/answers.py" in content
    assert not [n for n in content if n.endswith("rubric.toml")]
    assert not [n for n in content if "authoring" in n or "__pycache__" in n or ".git" in n]


def test_packages_are_pinned_and_torch_is_there_where_a_lab_trains():
    assert re.search(r"^numpy==\d+\.\d+\.\d+$", pinned("lab-2"), re.MULTILINE)
    assert "torch" not in pinned("lab-2")
    assert "\ntorch==" in pinned("lab-7")
    assert all("==" in line or line.startswith("--extra") for line in pinned("lab-7").splitlines())


@pytest.mark.parametrize("wrong", [{"visibility": "secret"}, {"seconds": 1.0}])
def test_wrong_settings_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        autograder_zip("lab-2", KEY, **wrong)


def test_command_writes_zip_and_key_for_the_teacher_alone(tmp_path, capsys):
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    line = ["gradescope", "--lab", "2", "--out", str(tmp_path / "a.zip")]
    assert run(parser.parse_args(line)) == 0
    assert "class key made" in capsys.readouterr().out
    first = (tmp_path / "a.zip").read_bytes()
    assert {p.stat().st_mode & 0o777 for p in tmp_path.iterdir()} == {0o600}
    assert run(parser.parse_args(line)) == 0
    assert (tmp_path / "a.zip").read_bytes() == first
    assert run(parser.parse_args([*line, "--key-file", str(tmp_path / "no.key")])) == 2


def test_command_shows_how_a_class_list_of_another_code_was_read(tmp_path, capsys):
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    (tmp_path / "class.csv").write_bytes("id,aliases\nada,zoë@example.org\n".encode("cp1252"))
    line = ["gradescope", "--lab", "2", "--out", str(tmp_path / "a.zip")]
    assert run(parser.parse_args([*line, "--class", str(tmp_path / "class.csv")])) == 0
    assert "was read as cp1252, the code of Windows: zoë@example.org" in capsys.readouterr().err


def test_command_makes_the_folder_of_its_zip_and_refuses_a_folder_in_place_of_it(tmp_path, capsys):
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    line = ["gradescope", "--lab", "2", "--out"]
    assert run(parser.parse_args([*line, str(tmp_path / "new" / "lab2" / "a.zip")])) == 0
    assert {p.name for p in (tmp_path / "new" / "lab2").iterdir()} == {"a.zip", "class.key"}
    assert run(parser.parse_args([*line, str(tmp_path / "new")])) == 2
    assert "name the zip" in capsys.readouterr().err
    assert not (tmp_path / "class.key").exists()


@pytest.mark.parametrize(
    ("users", "people", "name", "serial"),
    [
        ([{"id": 7}], None, "gradescope:7", None),
        ([{"id": 7}, {"id": 5}], None, "gradescope:5+7", None),
        ([{"id": 7, "email": "ADA@example.org"}], PEOPLE, "ada", 11),
        ([{"id": 7, "sid": "emmy", "email": "x"}, {"id": 4711}], PEOPLE, "group:a", 12),
        ([{"id": 7, "sid": "emmy"}], PEOPLE, "group:a", 12),
        ([{"id": 7, "sid": "nobody"}], PEOPLE, "gradescope:7", None),
        ([{"id": 7, "sid": "ada"}, {"id": 8}], PEOPLE, "gradescope:7+8", 11),
    ],
)
def test_submitters_are_found_by_number_and_address(users, people, name, serial):
    found = submitter({"users": users}, people)
    assert (found.name, found.serial) == (name, serial)


def test_group_with_two_serials_is_asked_to_agree():
    with pytest.raises(HandedInError, match="11, 12"):
        submitter({"users": [{"id": 1, "sid": "ada"}, {"id": 2, "sid": "max"}]}, PEOPLE)
    with pytest.raises(HandedInError, match="without a number"):
        submitter({"users": [{"email": "x"}]}, None)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"users": []}', '{"users": [1]}', "[" * 100_000])
def test_metadata_that_names_nobody_is_refused(tmp_path, text):
    (tmp_path / "submission_metadata.json").write_text(text)
    with pytest.raises(HandedInError, match="whose submission"):
        metadata_of(tmp_path)


def test_one_notebook_is_taken_and_links_are_not_followed(tmp_path):
    def taken():
        return notebook_in(tmp_path, "02-lab.ipynb", 100)

    with pytest.raises(HandedInError, match="no notebook"):
        taken()
    secret = tmp_path.parent / "class.key"
    secret.write_text("secret")
    (tmp_path / "x.ipynb").symlink_to(secret)
    with pytest.raises(HandedInError, match="no plain file"):
        taken()
    (tmp_path / "x.ipynb").unlink()
    os.mkfifo(tmp_path / "x.ipynb")
    with pytest.raises(HandedInError, match="no plain file"):
        taken()
    (tmp_path / "x.ipynb").unlink()
    (tmp_path / ".ipynb_checkpoints").mkdir()
    (tmp_path / ".ipynb_checkpoints/02-lab.ipynb").write_text("old")
    Path(tmp_path / "a").mkdir()
    (tmp_path / "a/mine.ipynb").write_text("y" * 1000)
    assert taken() == b"y" * 101
    (tmp_path / "a/other.ipynb").write_text("z")
    with pytest.raises(HandedInError, match="more than one"):
        taken()
    (tmp_path / "a/02-lab.ipynb").write_text("right")
    assert taken() == b"right"
