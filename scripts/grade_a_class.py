"""Grade a made-up class twice: in peace, and killed again and again.

    python scripts/grade_a_class.py --folder /tmp/class --json scripts/grade_a_class.json

The first run is undisturbed. In the second one the grader is harmed at random moments, in turn in
each of the ways of `harms.py`: it, its judges and its sandboxes are killed or run out of memory.
If the grader itself has ended, the same command is given again. Where the folder ``killed`` is a
file system of its own, such as a small tmpfs, the disk runs full as well. Every submission has to
be marked exactly once, with the same points and messages in both, and nothing may be left: no
process, no control group, no folder. Says how many notebooks were graded in an hour, and how much
memory judges and sandboxes took. The run ``labs`` grades one solution of each lab twice: with
references that are computed, and with those that were kept.

A long run can be made in pieces: with ``--minutes`` it pauses after so many and ends with status
75. The same command goes on where it ended, also after it was killed itself, and all pieces add
up to one record.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import os
import platform
import secrets
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import psutil

import aimc

sys.path.insert(0, str(Path(__file__).parent))
from harms import HARMS, Harm, possible
from made_up_class import solution, write_class

from aimc_course.grading import Grader, find_sandbox
from aimc_course.grading.gradebook.grading_commands import IN_DOUBT
from aimc_course.grading.gradebook.store import Store
from aimc_course.labs.catalogue import folders

LABS = ("lab-1", "lab-3", "lab-4", "lab-6")
CELL = 10.0  # s; far more than any honest cell of these labs takes
MIB = 2**20
KILLS = 15
CGROUPS = Path("/sys/fs/cgroup")
AGAIN = "it was run again"  # ends a note on a process that ended once, by whatever hand
TEMPORARY = "temporary"
RUNS = ("plain", "killed", "labs")
SAMPLE, LOOK, GONE = 0.5, 0.05, 20.0  # s
PAUSED = 75
"""Exit status of a piece that is to be gone on with."""

__all__ = ["Class", "Run", "differences", "main"]


@dataclass(frozen=True)
class Class:
    """A class in a folder, with a key of its own."""

    folder: Path
    labs: tuple[str, ...]
    cell: float = CELL
    """Longest time of a cell, s."""

    def command(self, run: str, lab: str, how: Sequence[str]) -> list[str]:
        """Return the command that grades one lab."""
        return [
            *(sys.executable, "-m", "aimc_course", "grade", str(self.folder / lab), "--lab", lab),
            *("--class", str(self.folder / "class.csv"), "--out", str(self.folder / run)),
            *("--key-file", str(self.folder / "key"), "--cell-seconds", f"{self.cell:g}", *how),
        ]

    def store(self, run: str) -> Path:
        """Return the store of a run."""
        return self.folder / run / "grades.sqlite"

    def progress(self, run: str) -> Path:
        """Return the file that says what was done of a run."""
        return self.folder / f"{run}.json"

    def count(self, run: str) -> int:
        """Return how many results there are, as somebody else sees it."""
        with contextlib.suppress(sqlite3.Error):
            place = f"file:{self.store(run)}?mode=ro"
            with contextlib.closing(sqlite3.connect(place, uri=True, timeout=5)) as base:
                return int(base.execute("SELECT count(*) FROM results").fetchone()[0])
        return 0

    def results(self, run: str) -> dict[tuple[str, str], Any]:
        """Return what each submission earned and why, without the time that it took.

        Left out is that a process has ended and its work was done again: nothing follows from it.

        Raises
        ------
        RuntimeError
            If a submission has no marks, or more than once.
        """
        found: dict[tuple[str, str], Any] = {}
        with Store(self.store(run)) as store:
            for lab in self.labs:
                for entry in store.entries(lab):
                    if entry.marks is None or len(store.revisions(entry.number)) != 1:
                        raise RuntimeError(f"{run}: {lab} {entry.owner} is not marked exactly once")
                    marks = [
                        (m.question, m.points, m.message, m.slip, m.seed, m.question_version)
                        for m in entry.marks.marks
                    ]
                    key = (lab, entry.owner)
                    if key in found:
                        raise RuntimeError(f"{run}: {lab} {entry.owner} is there twice")
                    notes = tuple(note for note in entry.marks.notes if not note.endswith(AGAIN))
                    found[key] = (entry.digest, entry.marks.serial, marks, notes)
        return found

    def doubts(self, run: str) -> dict[tuple[str, str], tuple[str, ...]]:
        """Return what the grader has told the teacher to look at, by submission."""
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        with Store(self.store(run)) as store:
            for lab in self.labs:
                entries = store.entries(lab)
                found |= {(lab, e.owner): e.marks.doubts for e in entries if e.marks is not None}
        return found

    def left(self, graders: Sequence[int]) -> list[str]:
        """Return folders and control groups that graders have left, by their process numbers."""
        found = [*(self.folder / TEMPORARY).glob("aimc-grading-*")]
        for number in graders:
            name = f"aimc-grading-{number}-*"
            found += [*CGROUPS.glob(name), *CGROUPS.glob(f"*/{name}")]
        return [str(path) for path in found]


@dataclass
class Run:
    """One run over all labs: its times, its memory, and what was done to it."""

    seconds: dict[str, float] = field(default_factory=dict)
    """Wall time of each lab, start, trial of the sandbox and feedback included, s."""
    memory: dict[str, dict[str, float]] = field(default_factory=dict)
    """Most memory by lab, of one judge, of one sandbox, and of all together, bytes."""
    harms: Counter[str] = field(default_factory=Counter)
    """How often each harm was done."""
    graders: list[int] = field(default_factory=list)
    """Process numbers of the graders."""
    ended: list[str] = field(default_factory=list)
    """Labs that are graded."""
    waiting: list[tuple[int, str]] | None = None
    """Harms still to be done: from which count of results on, and the name."""
    pieces: int = 1
    """In how many pieces it was made."""
    outlived: int = 0
    """Processes of earlier pieces that were there when all should have been gone."""
    seen: set[psutil.Process] = field(default_factory=set)
    """Processes that the graders of this piece have started, as far as anybody looked."""

    def alive(self) -> int:
        """Return how many of the processes are still there after a while."""
        self.outlived += len(psutil.wait_procs(self.seen, timeout=GONE)[1])
        self.seen.clear()
        return self.outlived

    @classmethod
    def of(cls, made: Class, name: str) -> Run:
        """Return a run as its last piece has left it; a new one if there was none."""
        place = made.progress(name)
        if not place.exists():
            return cls()
        known = json.loads(place.read_text())
        known |= {"harms": Counter(known["harms"]), "pieces": known["pieces"] + 1}
        run = cls(**known)
        for number in run.graders:  # a piece that was killed leaves its grader at work
            with contextlib.suppress(psutil.Error, ProcessLookupError):
                if str(made.folder / name) in psutil.Process(number).cmdline():
                    os.killpg(number, signal.SIGKILL)
        return run

    def keep(self, made: Class, name: str) -> None:
        """Write down what was done so far."""
        known = {key: value for key, value in vars(self).items() if key != "seen"}
        place = made.progress(name)
        place.with_suffix(".part").write_text(json.dumps(known))
        place.with_suffix(".part").replace(place)


class PausedError(Exception):
    """The time of this piece is over."""


def graded(
    made: Class,
    run: str,
    how: Sequence[str],
    *,
    harms: Sequence[tuple[int, str, Harm]] = (),
    rng: np.random.Generator | None = None,
    until: float = math.inf,
) -> Run:
    """Grade all labs; at some counts of results do harm, and give the command again if need be.

    Parameters
    ----------
    made : Class
        The class.
    run : str
        Name of the run's folder.
    how : sequence of str
        Further words of the command.
    harms : sequence of tuple
        Counts of results, with the name of a harm and what does it.
    rng : Generator
        How long after each count, and to whom.
    until : float
        When this piece ends, on the clock of `time.monotonic`.

    Raises
    ------
    PausedError
        If the piece has ended before the run has.
    """
    done = Run.of(made, run)
    if done.waiting is None:
        done.waiting = [(count, name) for count, name, _ in harms]
    (made.folder / TEMPORARY).mkdir(exist_ok=True)
    for lab in made.labs:
        if lab in done.ended:
            continue
        status = None
        while status is None:
            start = time.monotonic()
            try:
                status = _one_start(made, run, lab, how, done, rng, until)
            finally:
                done.seconds[lab] = done.seconds.get(lab, 0.0) + time.monotonic() - start
                done.keep(made, run)
        if status not in (0, IN_DOUBT):  # some notebooks of the class end their own process
            raise RuntimeError(f"{run}: {lab} ended with {status}, see {run}.log")
        done.ended.append(lab)
        done.keep(made, run)
        print(f"{run:>8} {lab}: {done.seconds[lab]:.0f} s", flush=True)
    if done.waiting and not done.harms:
        raise RuntimeError(f"{run}: over before it was disturbed {len(done.waiting)} times")
    if done.waiting:
        print(f"{run}: over before it was disturbed {len(done.waiting)} times more", flush=True)
    return done


def _one_start(
    made: Class,
    run: str,
    lab: str,
    how: Sequence[str],
    done: Run,
    rng: np.random.Generator | None,
    until: float,
) -> int | None:
    """Give the command once and do harm; return its status, or ``None`` if it is to be repeated."""
    waiting = done.waiting or []
    with (made.folder / f"{run}.log").open("ab") as log:
        process = subprocess.Popen(
            made.command(run, lab, how),
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={**os.environ, "TMPDIR": str(made.folder / TEMPORARY)},
        )
    done.graders.append(process.pid)
    done.keep(made, run)
    try:
        with watched(process.pid, done.memory.setdefault(lab, {}), done.seen):
            while process.poll() is None:
                time.sleep(LOOK)
                if time.monotonic() > until:
                    raise PausedError
                if rng is None or not waiting or made.count(run) < waiting[0][0]:
                    continue
                count, name = waiting[0]
                time.sleep(rng.uniform(0.0, 1.0))
                ended = HARMS[name](process, made.folder / run, rng)
                waiting.pop(0)
                if ended is None:  # nothing was there to harm: later, or in the next lab
                    waiting.append((count, name))
                    continue
                done.harms[name] += 1
                done.keep(made, run)
                if ended:
                    process.wait()
                    return None
        return process.returncode
    except BaseException:  # the time is over, or this script is ended
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GONE)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        done.alive()
        raise


@contextlib.contextmanager
def watched(
    pid: int, most: dict[str, float], seen: set[psutil.Process] | None = None
) -> Iterator[None]:
    """Note a grader's processes, and the most memory that they take, shared pages split."""
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(SAMPLE):
            with contextlib.suppress(psutil.Error):
                if seen is not None:
                    seen.update(psutil.Process(pid).children(recursive=True))
                held = _memory(psutil.Process(pid))
                for name, size in held.items():
                    most[name] = max(size, most.get(name, 0.0))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _memory(grader: psutil.Process) -> dict[str, float]:
    """Return the bytes held by the largest judge, the largest sandbox, and everything."""
    held = {"judge": 0.0, "sandbox": 0.0, "together": _share(grader)}
    for child in grader.children():
        with contextlib.suppress(psutil.Error):
            words = " ".join(child.cmdline())
            family = [child, *child.children(recursive=True)]
            size = sum(map(_share, family))
            held["together"] += size
            kind = "judge" if "aimc_course.grading.judging" in words else "sandbox"
            held[kind] = max(held[kind], size)
    return held


def _share(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss)
    except (psutil.Error, AttributeError):
        return 0.0


def differences(one: dict[Any, Any], other: dict[Any, Any]) -> list[str]:
    """Return what differs between the results of two runs, one line each."""
    lines = [f"{lab} {owner}: only in one run" for lab, owner in sorted(set(one) ^ set(other))]
    for key in sorted(set(one) & set(other)):
        for before, after in zip(_flat(one[key]), _flat(other[key]), strict=False):
            if before != after:
                lines.append(f"{' '.join(key)}: {before} | {after}")
                break
        else:
            if one[key] != other[key]:
                lines.append(f"{' '.join(key)}: {one[key][3]} | {other[key][3]}")
    return lines


def _flat(result: Any) -> list[Any]:
    digest, serial, marks, notes = result
    return [digest, serial, *marks, *notes]


def machine() -> dict[str, Any]:
    """Return what the times were measured on."""
    words = Path("/proc/cpuinfo")
    names = [
        line.partition(":")[2].strip()
        for line in (words.read_text().splitlines() if words.exists() else ())
        if line.startswith("model name")
    ]
    return {
        "processor": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "memory": psutil.virtual_memory().total,
        "python": platform.python_version(),
        "aimc": aimc.__version__,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Make a class, grade it in both ways, and compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=1000, help="submissions of all labs together")
    parser.add_argument("--labs", nargs="+", default=LABS)
    parser.add_argument("--kills", type=int, default=KILLS, help="harms of the killed run")
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--cell-seconds", type=float, default=CELL)
    parser.add_argument("--folder", type=Path, required=True, help="a new one, or one of before")
    parser.add_argument("--runs", nargs="+", choices=RUNS, default=RUNS[:2])
    parser.add_argument("--minutes", type=float, default=math.inf, help="pause after so many")
    parser.add_argument("--json", type=Path, help="file for what was measured")
    chosen = parser.parse_args(arguments)
    made = Class(chosen.folder, tuple(chosen.labs), chosen.cell_seconds)
    rng = np.random.default_rng(chosen.seed)
    if not (chosen.folder / "kinds.json").exists():
        found = write_class(chosen.folder, list(made.labs), chosen.count, chosen.seed)
        (chosen.folder / "key").write_text(secrets.token_hex(32))
        (chosen.folder / "kinds.json").write_text(json.dumps(found))
    kinds = json.loads((chosen.folder / "kinds.json").read_text())
    print(", ".join(f"{number} {kind}" for kind, number in kinds.items()), flush=True)
    workers = ["--workers", str(chosen.workers)]
    until = time.monotonic() + 60 * chosen.minutes
    measured: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "kinds": kinds,
        "workers": chosen.workers,
    }
    wrong: list[str] = []
    try:
        if "plain" in chosen.runs:
            measured["labs"] = _table(made, graded(made, "plain", workers, until=until))
        if "killed" in chosen.runs:
            harms = _harms(made.folder / "killed", chosen.count, chosen.kills, rng)
            run = graded(made, "killed", workers, harms=harms, rng=rng, until=until)
            measured["killed"], lines = _compared(made, "killed", run)
            wrong += lines
    except PausedError:
        counts = {name: made.count(name) for name in chosen.runs}
        print(f"paused, marked so far {counts}; the same command goes on")
        return PAUSED
    if "labs" in chosen.runs:
        measured["solutions"] = {lab: _alone(lab) for lab in folders()}
    if chosen.json:
        known = json.loads(chosen.json.read_text()) if chosen.json.exists() else {}
        chosen.json.write_text(json.dumps(known | measured, indent=1) + "\n")
    print("\n".join(wrong) or "every submission was marked once, and alike in all runs")
    return 1 if wrong else 0


def _harms(
    out: Path, count: int, kills: int, rng: np.random.Generator
) -> list[tuple[int, str, Harm]]:
    """Return counts of results at which to do harm, each kind in turn: early, between, and late."""
    # The last fifth stays in peace, so that there is always something left to disturb.
    counts = np.sort(rng.integers(0, 4 * count // 5, kills))
    names = rng.permutation(np.resize(possible(out), kills))
    return [(int(k), str(name), HARMS[str(name)]) for k, name in zip(counts, names, strict=True)]


def _table(made: Class, run: Run) -> dict[str, Any]:
    """Print and return throughput and memory of each lab."""
    table = {}
    for lab in made.labs:
        with Store(made.store("plain")) as store:
            count = len(store.entries(lab))
        row = {"submissions": count, "seconds": round(run.seconds[lab], 1)}
        row |= {name: int(size) for name, size in run.memory[lab].items()}
        table[lab] = row
        sizes = ", ".join(f"{name} {size / MIB:.0f} MiB" for name, size in run.memory[lab].items())
        print(f"{lab}: {3600 * count / run.seconds[lab]:.0f} notebooks an hour, {sizes}")
    return table


def _alone(lab: str) -> dict[str, float]:
    """Return the seconds and the memory that one solution takes, graded twice by one grader."""
    most: dict[str, float] = {}
    with (
        tempfile.TemporaryDirectory() as kept,
        find_sandbox() as sandbox,
        Grader(lab, secrets.token_bytes(32), sandbox, cache=Path(kept)) as grader,
        watched(os.getpid(), most),
    ):
        first, again = (grader.grade(solution(lab), student="ada", serial=41) for _ in range(2))
    row = {
        "seconds": round(first.seconds, 2),
        "judge_seconds": round(sum(mark.seconds for mark in first.marks), 2),
        "again_seconds": round(again.seconds, 2),
        "earned": first.points / first.max_points,
        **{name: int(most.get(name, 0.0)) for name in ("judge", "sandbox")},
    }
    print(lab, row, flush=True)
    return row


def _compared(made: Class, name: str, run: Run) -> tuple[dict[str, Any], list[str]]:
    """Return what became of a disturbed run, and in what it differs from the undisturbed one."""
    there = made.results(name)
    before, after = made.doubts("plain"), made.doubts(name)
    # A mark that may be wrong is told: what was harmed twice at the same place.
    told = {f"{' '.join(key)}: " for key in after if set(after[key]) - set(before.get(key, ()))}
    found = differences(made.results("plain"), there)
    lines = [line for line in found if not line.startswith(tuple(told))]
    print("\n".join(f"told to the teacher: {line}" for line in found if line not in lines))
    alive, left = run.alive(), made.left(run.graders)
    said = {
        "harms": dict(run.harms),
        "starts": len(run.graders),
        "pieces": run.pieces,
        "seconds": round(sum(run.seconds.values()), 1),
        "submissions": len(there),
        "different": len(lines),
        "told": sorted(told),
        "processes_left": alive,
        "folders_and_groups_left": len(left),
    }
    print(said, flush=True)
    lines += [f"left: {path}" for path in left]
    return said, lines + [f"{alive} processes outlived their grader"] * bool(alive)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(PAUSED))
    sys.exit(main())
