"""The same file has the same score everywhere, and a scoreboard shows names, not markup."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from aimc_course.__main__ import main
from aimc_course.capstone.board import as_html, as_json
from aimc_course.capstone.evaluation import Evaluation, evaluate
from aimc_course.capstone.network import CapstoneNetwork, images
from aimc_course.capstone.picture import Mark, front_picture
from aimc_course.capstone.pricing import DesignRefusedError, price
from aimc_course.capstone.report import as_text
from aimc_course.capstone.scoring import score
from aimc_course.capstone.standing import Standing, ranked
from aimc_course.capstone.submissions import Team, baselines

pytestmark = pytest.mark.native("it needs packages of authors")

OURS = baselines()[-1].designs[0]
ONCE = """
from aimc_course.capstone import baselines, evaluate, score
found = evaluate(baselines()[1].designs[0], (11, 12), count=40)
print(found.correct.tolist(), found.price.energy, found.price.area, score([found]))
"""
MACHINES = {
    "one thread": {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
    "two threads": {"OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"},
    # an older processor: other kernels of the matrix products, no wide vectors in NumPy
    "older": {"OPENBLAS_CORETYPE": "Nehalem", "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3"},
}


def counted(design, correct, images=10):
    return Evaluation(design, price(design), (11, 12), images, np.array(correct))


def test_one_file_has_one_score_on_every_machine():
    said = {}
    for name, changes in MACHINES.items():
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", ONCE],
            env={**os.environ, **changes},
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        )
        said[name] = done.stdout
    assert said["one thread"].startswith("[[")
    assert set(said.values()) == {said["one thread"]}


def test_the_network_counts_in_double_precision():
    x, labels = images("test", 100)
    network = CapstoneNetwork("aware")
    scores = network.forward(network.digital, x)
    assert scores.dtype == np.float64
    assert np.mean(scores.argmax(axis=1) == labels) > 0.85


def test_an_evaluation_refuses_before_it_computes():
    with pytest.raises(ValueError, match="serials"):
        evaluate(OURS, (1, 1))
    with pytest.raises(DesignRefusedError, match="area"):
        evaluate(replace(OURS, grid=(9, 9)), (1, 2))


def test_the_worse_time_counts_as_a_whole_number_of_images():
    found = counted(OURS, [[9, 8], [10, 9]])
    assert found.counted == 17
    assert found.accuracy == 0.85
    assert found.interval(0).mean == 0.95
    assert score([found]) == score([found, counted(OURS, [[8, 8], [8, 8]])])
    assert "score of this design alone" in as_text(found)


def standings(name, designs=(OURS,)):
    found = tuple(counted(design, [[9, 9], [9, 9]]) for design in designs)
    team = Team(name, tuple(designs), (f"{name}: a problem",))
    return [Standing(team, found, ((name, f"refused because of {name}"),), score(found), (0,))]


class Seen(HTMLParser):
    """Elements and attributes of a page."""

    def __init__(self):
        super().__init__()
        self.tags, self.attributes = set(), set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_names_of_strangers_are_text():
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&"
    page = as_html(standings(evil, (replace(OURS, name=evil[:50]),)))
    plain = as_html(standings("we"))
    seen, usual = Seen(), Seen()
    seen.feed(page)
    usual.feed(plain)
    assert seen.tags == usual.tags
    assert seen.attributes == usual.attributes
    assert "script" not in seen.tags
    assert "&lt;script&gt;" in page
    turned = as_html(standings("a\u202eb\x07"))
    assert "\u202e" not in turned
    assert "\x07" not in turned


def test_a_page_fetches_nothing():
    page = as_html(standings("we"))
    allowed = "http://www.w3.org/2000/svg"
    assert set(re.findall(r"https?://[^\"' <]+", page)) == {allowed}
    assert not re.search(r"(\bsrc=|href|url\(|@import)", page)
    assert "default-src 'none'" in page


def test_a_picture_shows_every_design():
    marks = [
        Mark(str(k), f"team {k}", 0.8 + 0.02 * k, k * 5e-6, k * 1e-6, baseline=k == 1)
        for k in range(1, 5)
    ]
    picture = front_picture(marks)
    assert picture.count("<circle") == 4
    assert picture.count("stroke-dasharray") == 1
    assert not re.search(r"nan|inf", picture)
    assert front_picture([]).startswith("<svg")


def test_teams_are_ranked_and_the_baselines_are_in_order(tmp_path, capsys):
    key = tmp_path / "class.key"
    key.write_text("5e" * 32)
    folder = tmp_path / "submissions"
    (folder / "we").mkdir(parents=True)
    (folder / "we" / "a.toml").write_text(replace(OURS, name="copied").as_toml())
    (folder / "we" / "large.toml").write_text(replace(OURS, name="L", grid=(9, 9)).as_toml())
    (folder / "broken.toml").write_text("no design")
    out = tmp_path / "board"
    command = ["capstone", "score", str(folder), "--key-file", str(key), "--images", "100"]
    assert main([*command, "--out", str(out)]) == 0
    data = json.loads((out / "scores.json").read_text())
    assert (out / "index.html").read_text().count("<details>") == 5
    names = [team["team"] for team in data["teams"]]
    assert names == ["Hard", "we", "Trained", "First try", "broken"]
    scores = {team["team"]: team["score"] for team in data["teams"]}
    assert scores["Hard"] == scores["we"]  # the same design under another name
    assert scores["Hard"] > 1.2 * scores["Trained"] > 1.2 * scores["First try"] > 0
    printed = capsys.readouterr().out
    assert "refused: L: area is" in printed
    assert "not read: broken.toml: the file is not TOML" in printed


def test_the_commands_say_what_is_wrong(tmp_path, capsys):
    path = tmp_path / "design.toml"
    path.write_text(OURS.as_toml().replace("input_bits = 5", "input_bits = 1"))
    assert main(["capstone", "check", str(path)]) == 2
    assert "input_bits=1 in [converters] is not allowed" in capsys.readouterr().err
    path.write_text(OURS.as_toml())
    assert main(["capstone", "check", str(path), "--images", "30"]) == 0
    said = capsys.readouterr().out
    assert "energy per image" in said
    assert "1-phase read, one whole inference" in said
    assert main(["capstone", "check", str(tmp_path / "absent.toml")]) == 2
    assert "absent.toml: it is no regular file" in capsys.readouterr().err


def test_designs_that_differ_in_name_alone_are_evaluated_once(monkeypatch):
    calls = []

    def fake(design, serials, *, count):
        calls.append(design.name)
        return counted(design, [[9, 9], [9, 9]])

    monkeypatch.setattr("aimc_course.capstone.standing.evaluate", fake)
    teams = [Team(name, (replace(OURS, name=name),)) for name in ("b", "a")]
    found = ranked(teams, (11, 12))
    assert [each.team.name for each in found] == ["a", "b"]
    assert [each.found[0].design.name for each in found] == ["a", "b"]
    assert calls == ["b"]
    assert as_json(found)["teams"][0]["designs"][0]["counted"] == 18
