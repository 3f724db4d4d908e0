"""Grading, grading again and writing from the page: the commands, watched and ended."""

import csv
import re
import subprocess
import sys
import time
from html import unescape
from pathlib import Path

import pytest
from page_server import hand_in, serving
from paper_class import CLASS, PROPOSAL, filled

from aimc_course.grading.gradebook.store import Store

LAB = "lab-3"
PROGRAM = str(Path(__file__).parent / "believing.py")


def graded_class(tmp_path):
    """Return a folder with a class of which two were graded by command."""
    (tmp_path / "class.csv").write_text(CLASS)
    for name in ("ada", "max"):
        hand_in(tmp_path, name, filled(proposal=f"{PROPOSAL} {name}"))
    words = ["grade", "in", "--lab", "3", "--class", "class.csv", "--out", "out"]
    subprocess.run([sys.executable, PROGRAM, *words], cwd=tmp_path, check=True)
    return tmp_path


@pytest.fixture
def folder(tmp_path):
    return graded_class(tmp_path)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """Return a page whose tests change no mark."""
    with serving(graded_class(tmp_path_factory.mktemp("class")), program=(PROGRAM,)) as server:
        yield Teacher(server)


class Teacher:
    """A browser without its window."""

    def __init__(self, server):
        self.server, self.cookie = server, server.enter()
        text = self.get("gradebook")
        self.key = text.partition('name="key" value="')[2].partition('"')[0]

    def get(self, path):
        status, _, text = self.server.ask(f"/{self.server.place}/{path}", cookie=self.cookie)
        assert status == 200
        return unescape(text)

    def post(self, path, origin=None, **body):
        own = origin or f"http://{self.server.host}"
        where = f"/{self.server.place}/{path}"
        body = {"key": self.key} | body
        return self.server.ask(where, method="POST", body=body, cookie=self.cookie, Origin=own)

    def ended(self):
        """Return the page once nothing runs any more."""
        for _ in range(600):
            text = self.get("gradebook")
            if 'data-busy="no"' in text:
                return text
            time.sleep(0.1)
        pytest.fail(text)


@pytest.fixture
def page(folder, monkeypatch, request):
    """Return the page of a class, with a grader of other settings."""
    for name, value in getattr(request, "param", {}).items():
        monkeypatch.setenv(name, value)
    with serving(folder, program=(PROGRAM,)) as server:
        yield Teacher(server)


def rows(folder):
    with (folder / "out" / LAB / "grades.csv").open(newline="") as stream:
        return {row["student"]: row["points"] for row in csv.DictReader(stream)}


def test_what_is_new_in_the_folder_is_graded(folder, page):
    text = page.get("gradebook")
    assert "2 of 2 notebooks have marks" in text
    assert str(folder / "in") in text
    hand_in(folder, "emmy", filled(explanation="Read noise."))
    assert page.post("gradebook/grade", submissions=str(folder / "in"), dry="yes")[0] == 303
    text = page.ended()
    assert "1 would be graded; nothing was written." in text
    assert "2 of 2 notebooks have marks" in text
    assert page.post("gradebook/grade", submissions=str(folder / "in"))[0] == 303
    text = page.ended()
    assert "Done." in text
    assert "3 of 3 notebooks have marks" in text
    assert rows(folder) == {"ada": "1", "max": "1", "emmy": "1", "lise": ""}


@pytest.mark.parametrize("page", [{"AIMC_POINTS": "2"}], indirect=True)
def test_a_question_is_graded_again_on_trial_and_kept(folder, page):
    assert page.post("gradebook/trial", question="q1", afresh="yes")[0] == 303
    text = page.ended()
    assert "--trial --afresh" in text
    assert "2 marks would rise and 0 would fall" in text
    assert rows(folder) == {"ada": "1", "max": "1", "emmy": "", "lise": ""}
    assert page.post("gradebook/keep", reason="--a wrong reference")[0] == 303
    text = page.ended()
    assert "2 marks changed." in text
    assert "would rise" not in text
    assert rows(folder) == {"ada": "2", "max": "2", "emmy": "", "lise": ""}
    with Store(folder / "out" / "grades.sqlite") as store:
        log = [(r["action"], r["before"], r["after"], r["reason"]) for r in store.log()]
    assert log == [("regrade", "1", "2", "--a wrong reference")] * 2


@pytest.mark.parametrize("page", [{"AIMC_POINTS": "0"}], indirect=True)
def test_a_trial_that_is_dropped_changes_nothing_and_doubts_are_listed(folder, page):
    page.post("gradebook/trial", question="q1")
    page.ended()
    page.post("gradebook/drop")
    text = page.ended()
    assert "would" not in text.partition('id="run"')[2].partition("What it printed")[0]
    assert rows(folder)["ada"] == "1"
    page.post("gradebook/trial", question="q1")
    page.ended()
    page.post("gradebook/keep", reason="again")
    page.ended()
    status, _, text = page.server.ask(f"/{page.server.place}/gradebook", cookie=page.cookie)
    assert status == 200
    listed = text.partition("Marks to look at")[2]
    assert listed.count("q1: the judge ended twice &lt;b&gt;") == 2
    assert "<strong>ada</strong>" not in listed


@pytest.mark.parametrize("page", [{"AIMC_SLOWLY": "1"}], indirect=True)
def test_a_run_is_ended_and_two_at_once_are_refused(folder, page):
    assert page.post("gradebook/trial", question="q1")[0] == 303
    text = page.get("gradebook")
    assert 'data-busy="yes"' in text
    for _ in range(600):
        if "0 of 2 notebooks graded again" in (text := page.get("gradebook")):
            break
        time.sleep(0.1)
    assert "0 of 2 notebooks graded again" in text
    status, _, text = page.post("gradebook/trial", question="q1")
    assert status == 400
    assert "has not ended yet" in text
    page.post("gradebook/cancel")
    page.post("gradebook/cancel")
    assert "Ended by you" in page.ended()
    assert rows(folder)["ada"] == "1"


def test_an_error_is_shown_as_the_command_says_it(shared):
    shared.post("gradebook/grade", submissions="/nowhere<b>")
    text = shared.ended()
    assert "It ended with an error" in text
    assert "nowhere" in text
    raw = shared.server.ask(f"/{shared.server.place}/gradebook", cookie=shared.cookie)[2]
    assert "nowhere<b>" not in raw


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("gradebook/grade", {"submissions": " "}),
        ("gradebook/trial", {"question": "q99"}),
        ("gradebook/trial", {"question": "--keep"}),
        ("gradebook/keep", {"reason": "x" * 301}),
    ],
)
def test_what_cannot_be_started_is_named(shared, path, body):
    status, _, text = shared.post(path, **body)
    assert status == 400
    assert "Nothing was started" in text
    assert shared.get("gradebook").count('data-busy="no"') == 1


def test_nothing_is_started_for_another_page(shared):
    before = shared.get("gradebook").partition('id="run"')[2]
    for path in ("grade", "trial", "keep", "drop", "cancel"):
        assert shared.post(f"gradebook/{path}", key="0" * 64)[0] == 403
        assert shared.post(f"gradebook/{path}", origin="http://evil.example")[0] == 403
        where = f"/{shared.server.place}/gradebook/{path}"
        assert shared.server.ask(where, cookie=shared.cookie)[0] == 405
    assert shared.get("gradebook").partition('id="run"')[2] == before


def test_a_folder_to_grade_is_never_an_option(shared):
    shared.post("gradebook/grade", submissions="--trusted")
    text = shared.ended()
    command = re.search(r'class="command">(.*?)</code>', text)[1]
    assert "/--trusted " in command
    assert " --trusted" not in command
