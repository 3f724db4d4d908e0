"""A command that the page has started is watched, ended, and never outlives the page."""

import sys
import time

import pytest

from aimc_course.grading.marking import started_command
from aimc_course.grading.marking.started_command import MOST_TEXT, Running

STUBBORN = "import signal, time; signal.signal(2, signal.SIG_IGN); print(1, flush=True)"


@pytest.fixture
def page(monkeypatch):
    monkeypatch.setattr(started_command, "PROGRAM", (sys.executable, "-u", "-c"))
    found = Running()
    yield found
    found.close()


def ended(page):
    for _ in range(600):
        if not page.busy:
            return page.said()
        time.sleep(0.05)
    return pytest.fail("it runs on")


def printed(page):
    for _ in range(600):
        if page.said().text:
            return
        time.sleep(0.05)


def test_what_a_command_prints_is_shown_and_bounded(page):
    assert page.said() is None
    page.start(["import sys; print('x' * 50_000); print('end'); print('error', file=sys.stderr)"])
    said = ended(page)
    assert said.status == 0
    assert said.text.startswith("…x")
    assert said.text.endswith("end\nerror\n")
    assert len(said.text) <= MOST_TEXT + 1
    page.start(["raise SystemExit(3)"])
    assert (ended(page).status, page.said().text) == (3, "")


def test_two_at_once_are_refused(page):
    page.start(["import time; print(1, flush=True); time.sleep(60)"])
    printed(page)  # a signal that comes before Python listens is lost
    with pytest.raises(ValueError, match="has not ended yet"):
        page.start(["print(1)"])


def test_a_command_that_does_not_listen_is_ended_when_asked_again(page):
    page.start([f"{STUBBORN}; time.sleep(60)"])
    printed(page)
    page.cancel()
    time.sleep(0.2)
    assert page.busy
    page.cancel()
    assert ended(page).status != 0


def test_the_end_of_the_page_ends_the_command(page, monkeypatch):
    monkeypatch.setattr(started_command, "SECONDS", 0.5)
    page.start([f"{STUBBORN}; time.sleep(60)"])
    printed(page)
    process = page._process
    page.close()
    assert process.poll() is not None
