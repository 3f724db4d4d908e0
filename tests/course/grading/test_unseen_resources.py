"""What no limit of a process counts: files, tables of pages, memory of the grader itself.

Each of these once took gigabytes on the teacher's machine, or ended the run for the whole class.
"""

import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from aimc_course.grading import Grader
from aimc_course.grading.judge import Judge
from aimc_course.grading.student_process import StudentProcess
from aimc_course.grading.watching import tree_memory
from aimc_course.grading.worker.bounded import MOST_FILES
from aimc_course.grading.worker.protocol import PARTS, ProtocolError, dumps, loads

FILES = f"""
import os
for k in range({30 * MOST_FILES}):
    os.mknod(f"PLACE/{{k}}")
"""
XATTRS = """
import os
for k in range(4000):
    os.mknod(f"/dev/shm/{k}")
    os.setxattr(f"/dev/shm/{k}", "user.x", b"x" * 60_000)
"""


CELLS = {
    "empty files": FILES.replace("PLACE", "/tmp"),
    "empty files in memory": FILES.replace("PLACE", "/dev/shm"),
    "attributes of files": XATTRS,
}


@pytest.mark.parametrize("name", CELLS)
def test_files_without_content_are_bounded(name, graded, lab2):
    marks = graded(lab2.error, CELLS[name], lab2.quantise, lab2.count)
    assert lab2.points(marks) == (2, 3, 1)
    said = [note for note in marks.notes if "cell 3" in note]
    assert any(f"more than {MOST_FILES} files" in n or "Errno" in n for n in said), marks.notes


TABLES = """
import ctypes, mmap, sys, time
libc = ctypes.CDLL(None)
libc.mmap.restype, libc.mmap.argtypes = ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_size_t] + [
    ctypes.c_int] * 3 + [ctypes.c_long]
for k in range(2000):
    place = libc.mmap((1 << 44) + k * 2**30, 4096, 3, 0x100022, -1, 0)
    ctypes.memset(place, 1, 1)
print("ready", flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_tables_of_pages_count_as_memory():
    with subprocess.Popen([sys.executable, "-c", TABLES], stdout=subprocess.PIPE) as spread:
        assert spread.stdout.readline() == b"ready\n"
        taken = tree_memory(spread.pid)
        alone = tree_memory(spread.pid, 2**20)  # where what is shared counts once
        spread.kill()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as plain:
        time.sleep(0.2)
        usual = tree_memory(plain.pid)
        plain.kill()
    # 2,000 pages of 4 KiB are 8 MB, and their tables twice as much.
    assert taken > usual + 20e6
    assert alone > 20e6


def test_many_short_parts_are_no_message():
    """Eight megabytes of empty lists would be some two hundred of memory."""
    many = b'{"op":"reply","answers":{"q1":[' + b"[]," * (PARTS // 2) + b"0]}}"
    with pytest.raises(ProtocolError, match="too many parts"):
        loads(many)
    few = loads(dumps({"l": [{"f": "0x1p+0"}] * 200_000}))
    assert len(few["l"]) == 200_000


BOMBS = """
import gc, os, struct
from aimc_course.grading.worker import stream as module
def written(self, message):
    data = (b'{"op":"reply","id":"' + message["id"].encode() + b'","answers":{"q1":'
            + PAYLOAD + b'}}')
    data = struct.pack(">I", len(data)) + data
    while data:
        data = data[os.write(self._sink, data):]
PAYLOAD = b"[" + b"[]," * 2_500_000 + b"0]"
module.Stream.send = written
"""


def test_forged_parts_do_not_fill_the_grader(graded, lab2):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    marks = graded(lab2.count, BOMBS, *["x = 1"] * 5)
    assert lab2.points(marks) == (0, 0, 1)
    assert any("too many parts" in note for note in marks.notes)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150_000  # KiB


OTHERS = """
import gc
served = next(o for o in gc.get_objects() if isinstance(o, dict) and set(o) == {
    "begin", "cell", "call", "drop"})
served["cell"] = lambda request: {"answers": {f"q{k}": {"s": "QUFB" * 10_000} for k in range(150)}}
"""


def test_answers_that_nobody_asked_for_are_not_kept(sandbox, limits, lab2):
    cells = [lab2.start, OTHERS, "x = 1"]
    made = StudentProcess(
        cells, lab="lab-2", serial=5, sandbox=sandbox, limits=limits, questions=("q1", "q2")
    )
    try:
        made.run()
        assert set(made.answers) == {"q1", "q2"}
    finally:
        made.stop()


LATER = """
import os, time
heard, told = os.pipe()
calls = 0
def f(y, exact):
    global calls
    calls += 1
    if os.fork() == 0:  # each stays below the limit of a process, all of them exceed that of all
        os.read(heard, 1)
        kept = np.ones(2**24)
        time.sleep(600)
        os._exit(0)
    if calls == 5:  # the last one of its question
        os.write(told, b"x" * 5)
    return np.linalg.norm(y - exact) / np.linalg.norm(exact)
check("q1", f)
check("q2", f)
"""


def test_memory_is_watched_while_the_judge_thinks(sandbox, limits, lab2, monkeypatch):
    noticed = []
    look, start = StudentProcess.look, StudentProcess._start

    def looks(self):
        look(self)
        noticed.extend(note for note in self.notes if "while an answer was judged" in note)

    def starts(self, *tried):
        start(self, *tried)
        self._channel._watch = lambda: ""  # whoever waits for a call must not see it first

    monkeypatch.setattr(StudentProcess, "look", looks)
    monkeypatch.setattr(StudentProcess, "_start", starts)
    heavy = replace(limits, memory=500 * 2**20)
    with Grader("lab-2", lab2.key, sandbox, heavy) as grader:
        thinking = grader._judge.verdict

        def slow(request, call, seconds):
            verdict = thinking(request, call, seconds)
            end = time.monotonic() + 120
            # as if the judge thought until it is seen, however slow the machine is
            while request["question"] == "q1" and not noticed and time.monotonic() < end:
                grader._judge._channel._watch()
                time.sleep(0.05)
            return verdict

        monkeypatch.setattr(grader._judge, "verdict", slow)
        marks = grader.grade(
            lab2.written(lab2.start, LATER, lab2.count),
            student="ada",
            questions=("q1", "q2", "q8"),
        )
    assert noticed
    assert any("while an answer was judged" in note for note in marks.notes), marks.notes
    assert marks.mark("q8").points == 1


def test_a_judge_without_memory_is_asked_again(sandbox, limits, lab2, monkeypatch):
    """The machine may be short of memory, which is no fault of the answer's."""
    judges = []
    plain = Judge.verdict

    def verdict(self, request, call, seconds):
        if not judges:  # what it holds, and not a page more
            held = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[0]) * 4096
            resource.prlimit(self._process.pid, resource.RLIMIT_AS, (held, held))
        judges.append(self._process and self._process.pid)
        return plain(self, request, call, seconds)

    monkeypatch.setattr(Judge, "verdict", verdict)
    with Grader("lab-2", lab2.key, sandbox, limits) as grader:
        marks = grader.grade(
            lab2.written(lab2.start, lab2.error, lab2.quantise, lab2.count),
            student="ada",
            serial=lab2.serial,
            questions=("q1", "q2", "q8"),
        )
    assert lab2.points(marks) == (2, 3, 1), [m.message for m in marks.marks]
    assert marks.doubts == ()
    assert judges[1] is None  # the first has ended


def test_sandboxes_are_the_first_to_go_where_memory_runs_out(graded, lab2):
    told = "raise RuntimeError('score ' + open('/proc/self/oom_score_adj').read())"
    marks = graded(told, lab2.count)
    assert any("score 1000" in note for note in marks.notes)
    assert Path("/proc/self/oom_score_adj").read_text().strip() != "1000"
