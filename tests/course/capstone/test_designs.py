"""The file of a team is data of strangers: it says what is allowed, or is refused with a reason."""

import os
from dataclasses import replace
from unittest import mock

import pytest

from aimc.chip.hermes import hermes_constants
from aimc_course.capstone import costs
from aimc_course.capstone.design import CHOICES, MOST_BYTES, Design, DesignError, read_design
from aimc_course.capstone.pricing import price
from aimc_course.capstone.submissions import MOST_DESIGNS, baselines, read_file, read_teams

GOOD = Design("ours", rows=512, columns=32, grid=(2, 4), copies={"conv1": 3})


def test_a_design_is_read_as_it_was_written():
    assert read_design(GOOD.as_toml()) == GOOD
    odd = replace(GOOD, name='a "quoted" \\ name')
    assert read_design(odd.as_toml().encode()) == odd


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice.name)
def test_every_entry_is_needed_and_checked(choice):
    lines = GOOD.as_toml().splitlines()
    (place,) = [k for k, line in enumerate(lines) if line.startswith(f"{choice.name} =")]
    with pytest.raises(DesignError, match=f"lacks {choice.name} in .{choice.table}."):
        read_design("\n".join(lines[:place] + lines[place + 1 :]))
    for value in ("99", "1.0", "true", '"nothing"', "[]", "{}"):
        lines[place] = f"{choice.name} = {value}"
        with pytest.raises(DesignError, match=rf"{choice.name}=.*not allowed.*{choice.allowed[0]}"):
            read_design("\n".join(lines))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('name = "ours"', 'name = ""', "name=''"),
        ('name = "ours"', 'name = " ours"', "without blanks"),
        ('name = "ours"', f'name = "{"x" * 61}"', "1 to 60"),
        ('name = "ours"', 'name = "a\\u202eb"', "printable"),
        ('name = "ours"', "name = 7", "name=7"),
        ("grid = [2, 4]", "grid = [2, 4, 1]", "grid=.*rows, columns"),
        ("grid = [2, 4]", "grid = [0, 4]", "grid=.*1 to 16"),
        ("grid = [2, 4]", "grid = [2, true]", "grid="),
        ("conv1 = 3", "conv9 = 3", "conv9.*conv1, conv2, conv3, dense"),
        ("conv1 = 3", "conv1 = 99", "copies of conv1=99.*1 to 16"),
        ("copies = { conv1 = 3 }", "copies = 3", "copies=3"),
        ("copies = { conv1 = 3 }", "wings = 2", "mapping. has no entry 'wings'.*copies, grid"),
        ("[array]", "[wings]\nspan = 2\n[array]", "'wings' is no part of a design"),
        ('name = "ours"', 'name = "ours"\narray = 3', "not TOML"),
        ("[array]", "[array", "not TOML"),
    ],
)
def test_what_is_not_allowed_is_named(before, after, said):
    text = GOOD.as_toml()
    assert before in text
    with pytest.raises(DesignError, match=said):
        read_design(text.replace(before, after))


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe",
        b"a" * (MOST_BYTES + 1),
        b"a = " + b"[" * 4000,
        b"a = " + b"9" * 5000,
        b"import os\nos.system('true')\n",
    ],
)
def test_strange_files_are_refused_and_never_crash(content):
    with pytest.raises(DesignError):
        read_design(content)


def test_a_table_has_to_be_one():
    with pytest.raises(DesignError, match=r"device must be a table, .device., got 3"):
        read_design('name = "ours"\ndevice = 3\n')


def test_a_folder_of_teams_is_read_and_what_cannot_be_is_told(tmp_path):
    many = tmp_path / "many"
    many.mkdir()
    for k in range(MOST_DESIGNS + 2):
        (many / f"{k}.toml").write_text(replace(GOOD, name=f"number {k}").as_toml())
    (tmp_path / "alone.toml").write_text(GOOD.as_toml())
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "bad.toml").write_text("rows = ")
    (broken / "good.toml").write_text(GOOD.as_toml())
    (tmp_path / "nothing").mkdir()
    (tmp_path / "notes.txt").write_text("not a design")
    teams = {team.name: team for team in read_teams(tmp_path)}
    assert list(teams) == ["alone", "broken", "many", "nothing"]
    assert [design.name for design in teams["many"].designs] == [
        f"number {k}" for k in range(MOST_DESIGNS)
    ]
    assert "first 5 by name count" in teams["many"].problems[0]
    assert len(teams["broken"].designs) == 1
    assert teams["broken"].problems[0].startswith("bad.toml: the file is not TOML")
    assert teams["nothing"].problems
    with pytest.raises(ValueError, match="holds no team"):
        read_teams(tmp_path / "nothing")
    with pytest.raises(NotADirectoryError):
        read_teams(tmp_path / "absent")


@pytest.mark.native("a browser's files know no pipes")
@pytest.mark.skipif(os.name != "posix", reason="links and pipes of POSIX")
def test_links_and_pipes_are_not_read(tmp_path):
    secret = tmp_path / "secret.toml"
    secret.write_text(GOOD.as_toml())
    link, pipe = tmp_path / "link.toml", tmp_path / "pipe.toml"
    link.symlink_to(secret)
    os.mkfifo(pipe)
    for path in (link, pipe, tmp_path, tmp_path / "absent.toml"):
        with pytest.raises(DesignError, match="no regular file"):
            read_file(path)


def test_three_baselines_come_with_the_course():
    teams = baselines()
    assert [team.name for team in teams] == ["First try", "Trained", "Hard"]
    assert all(team.baseline and len(team.designs) == 1 for team in teams)


@pytest.mark.parametrize("number", range(3))
def test_the_area_is_that_of_the_formula_on_the_page(number):
    (design,) = baselines()[number].designs
    chip, rows, columns = hermes_constants(), design.rows / 256, design.columns / 256
    cells = costs.CELL_SHARE * rows * columns * design.devices / 2
    lines = 0.4 * (0.9 * columns + 0.1 * rows)
    digital = (chip.core_area - chip.mvm_area) * (0.25 + 0.75 * columns)
    area = design.cores * (chip.mvm_area * (cells + lines) + digital)
    assert price(design).area == pytest.approx(area, rel=1e-3)
    with mock.patch.object(costs, "CELL_SHARE", 0.4):
        assert price(design).area > area
