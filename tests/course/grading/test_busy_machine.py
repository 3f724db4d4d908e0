"""Time limits count what a submission does, not what else keeps the machine busy."""

import subprocess
import sys
import time

import pytest

from aimc_course.grading import channel, watching
from aimc_course.grading.channel import Channel, SlowError
from aimc_course.grading.sandbox import ended
from aimc_course.grading.watching import Starvation

ANSWERS = """
import struct, sys, time
time.sleep(float(sys.argv[1]))
sys.stdout.buffer.write(struct.pack(">I", 2) + b"{}")
sys.stdout.buffer.flush()
time.sleep(60)
"""


@pytest.fixture
def talk():
    """Return a function that starts a process which answers after so many seconds."""
    started = []

    def talked(seconds):
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        started.append(
            subprocess.Popen([sys.executable, "-c", ANSWERS, str(seconds)], bufsize=0, **pipes)
        )
        return Channel(started[-1], message=2**20, output=2**20)

    yield talked
    for process in started:
        process.kill()
        process.communicate()


def test_starved_time_does_not_count(talk, monkeypatch):
    with pytest.raises(SlowError):
        talk(60).receive(0.3)
    last = [time.monotonic()]

    def all_of_it(self):
        before, last[0] = last[0], time.monotonic()
        return 0.9 * (last[0] - before)

    monkeypatch.setattr(Starvation, "more", all_of_it)
    starved = talk(0.8)
    assert starved.receive(0.4) == {}
    assert starved.starved > 0.2


def test_starved_time_has_an_end(talk, monkeypatch):
    """Whatever a hostile tree of processes lets the system say."""
    monkeypatch.setattr(Starvation, "more", lambda self: 1e9)
    starved, start = talk(60), time.monotonic()
    with pytest.raises(SlowError):
        starved.receive(0.1)
    assert starved.starved == pytest.approx(channel.PATIENCE * 0.1, rel=0.5)
    assert time.monotonic() - start < 30


@pytest.mark.parametrize(
    ("computed", "waited", "starved"),
    [
        (0.0, 0.0, 0.0),  # sleeps
        (0.0, 0.9, 0.9),  # wants, and has nothing
        (0.4, 0.6, 0.6),  # has a part
        (1.0, 9.0, 0.0),  # has a processor: its own threads are in each other's way
        (2.0, 60.0, 0.0),
        (0.2, 60.0, 0.8),  # never more than the time in which it computed nothing
        (-5.0, -1.0, 0.0),  # processes ended in between
    ],
)
def test_what_counts_as_starved(computed, waited, starved, monkeypatch):
    moments, schedules = iter([100.0, 101.0]), iter([(5.0, 5.0), (5.0 + computed, 5.0 + waited)])
    monkeypatch.setattr(watching.time, "monotonic", lambda: next(moments))
    monkeypatch.setattr(watching, "_scheduled", lambda root: next(schedules))
    assert Starvation(1).more() == pytest.approx(starved)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell")
def test_a_sleeping_process_is_not_starved_and_children_are_seen():
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'while True: pass'])"
    busy = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
    idle = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        end = time.monotonic() + 60
        while watching._scheduled(busy.pid)[0] < 0.5 and time.monotonic() < end:
            time.sleep(0.05)
        assert watching._scheduled(busy.pid)[0] >= 0.5
        still, start = Starvation(idle.pid), time.monotonic()
        time.sleep(0.5)
        passed = time.monotonic() - start
        assert still.more() < passed / 2
    finally:
        ended(busy)
        idle.kill()
        idle.wait()
