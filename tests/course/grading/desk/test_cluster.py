"""Grading by a Dask cluster: who is refused, what travels, and what a run says when it ends."""

import argparse
import json
import logging
import sys
from typing import ClassVar

import pytest

from aimc_course.grading.desk import bench, cluster
from aimc_course.grading.desk.bench import Bench, Job, Setting
from aimc_course.grading.desk.cluster import Cluster, ClusterError
from aimc_course.grading.desk.commands import add_commands
from aimc_course.grading.keys import derived_serial, question_seed
from aimc_course.grading.limits import Limits
from aimc_course.grading.marks import SubmissionMarks
from aimc_course.grading.sandboxes import SandboxError
from aimc_course.grading.versions import grader_version

distributed = pytest.importorskip("distributed")

KEY = b"a class key for tests only"
LAB = "lab-2"


class Nowhere:
    """A sandbox in which nothing is started."""

    def close(self):
        pass


class Told:
    """A grader that says what it was handed."""

    seen: ClassVar[list] = []

    def __init__(self, lab, class_key, sandbox, limits, **other):
        self.key = class_key

    def grade(self, notebook, *, student, serial, questions, seeds, kept=None):
        self.seen.append((notebook, student, serial, questions, seeds, self.key))
        if notebook == b"fails":
            raise ValueError("it fails")
        return SubmissionMarks(LAB, student, serial, (), (), "0", 0.1)

    def close(self):
        pass


@pytest.fixture
def workers(monkeypatch):
    """One worker in a thread of this process, with a sandbox and a grader that do nothing."""
    monkeypatch.setattr(bench, "find_sandbox", lambda name, trusted: Nowhere())
    monkeypatch.setattr(bench, "Grader", Told)
    monkeypatch.setattr(Told, "seen", [])
    monkeypatch.setattr(cluster, "CONNECT", 5.0)
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0"
    ) as made:
        yield made


def test_seeds_travel_and_neither_key_nor_name(workers):
    with Cluster(workers.scheduler_address, LAB, KEY) as there:
        assert there.places == 2
        marks = there.grader().grade(b"{}", student="ada", questions=["q1"])
        assert (marks.student, marks.serial) == ("ada", derived_serial(KEY, "ada"))
        ((notebook, student, serial, questions, seeds, key),) = Told.seen
        assert (notebook, student, questions) == (b"{}", "", ("q1",))
        assert seeds["q3"] == question_seed(KEY, LAB, "q3", "ada")
        assert serial == marks.serial
        assert key != KEY
        with pytest.raises(ValueError, match="questions"):
            there.grader().grade(b"{}", student="ada", questions=["q99"])


def test_errors_of_a_notebook_come_back_as_text(workers):
    with Cluster(workers.scheduler_address, LAB, KEY) as there:
        with pytest.raises(RuntimeError, match="ValueError: it fails"):
            there.grader().grade(b"fails", student="ada")
        assert there.grader().grade(b"{}", student="max").student == "max"


def test_logs_of_a_failed_job_show_nothing_of_it(workers, caplog):
    job = Job(b"the notebook", 4711, {"q1": 123456789}, None)
    with Cluster(workers.scheduler_address, LAB, KEY) as there:
        for name in ("", ".worker", ".scheduler", ".client", ".core", ".comm"):
            caplog.set_level(logging.DEBUG, f"distributed{name}")
        future = there._client.submit(list.index, [], job, pure=False)  # its error shows the job
        with pytest.raises(ValueError, match="not in list"):
            future.result(timeout=20)
    assert "Compute Failed" in caplog.text
    for secret in ("the notebook", "4711", "123456789", KEY.decode(), KEY.hex()):
        assert secret not in caplog.text


def test_workers_with_another_course_are_refused(workers, monkeypatch):
    real = grader_version()
    monkeypatch.setattr(cluster, "grader_version", lambda: real)
    monkeypatch.setattr(bench, "grader_version", lambda: {**real, "aimc": "0.1"})
    monkeypatch.setattr(cluster.Cluster, "_compare", lambda self, here: None)
    with pytest.raises(SandboxError, match=r"worker .*: aimc 0\.1 there, .* here"):
        Cluster(workers.scheduler_address, LAB, KEY)
    assert Told.seen == []


def test_all_differences_are_listed_before_anything_is_set_up(workers, monkeypatch):
    other = {**grader_version(), "numpy": "1.0", "code": "0"}
    monkeypatch.setattr(cluster, "grader_version", _as_is)
    real = Cluster._compare
    monkeypatch.setattr(Cluster, "_compare", lambda self, here: real(self, other))
    with pytest.raises(ClusterError, match=r"same course and library.*\n- worker .*numpy .*; code"):
        Cluster(workers.scheduler_address, LAB, KEY)


def _as_is():
    return grader_version()


def test_a_worker_whose_sandbox_is_open_is_refused_and_named(workers, monkeypatch):
    def find(name, trusted):
        raise SandboxError("network: a way out")

    monkeypatch.setattr(bench, "find_sandbox", find)
    with pytest.raises(SandboxError, match=r"worker .*: network: a way out"):
        Cluster(workers.scheduler_address, LAB, KEY)


def test_a_worker_that_comes_later_and_is_open_gets_nothing(workers, monkeypatch):
    with Cluster(workers.scheduler_address, LAB, KEY) as there:

        def find(name, trusted):
            raise SandboxError("network: a way out")

        monkeypatch.setattr(bench, "find_sandbox", find)
        workers.scale(2)
        there._client.wait_for_workers(2, timeout=20)
        refused = 0
        for worker in there._client.scheduler_info()["workers"]:
            job = Job(b"{}", 7, {}, None)
            sent = (bench.graded_there, there._bench, job)
            found = there._client.submit(*sent, workers=[worker], pure=False).result(timeout=20)
            refused += found.error == "SandboxError" and found.text.endswith("a way out")
        assert refused == len(Told.seen) == 1


def test_a_bench_that_was_not_set_up_grades_nothing():
    setting = Setting(LAB, Limits(), "auto", False, False, grader_version())
    found = Bench(setting).grade(Job(b"{}", 7, {}, None))
    assert (found.error, found.text) == ("SandboxError", "the worker is not ready")


def test_benches_of_desks_that_were_killed_are_removed(workers):
    first = Cluster(workers.scheduler_address, LAB, KEY)
    first._client.close()  # without a word to the workers
    with Cluster(workers.scheduler_address, LAB, KEY) as there:
        names = there._client.run_on_scheduler(_benches)
        assert names == [there._bench]
        with Cluster(workers.scheduler_address, LAB, KEY) as other:
            assert set(there._client.run_on_scheduler(_benches)) == {there._bench, other._bench}
    assert _benches(workers.scheduler) == []


def _benches(dask_scheduler):
    return [n for n in dask_scheduler.worker_plugins if n.startswith(cluster.PREFIX)]


def test_a_cluster_without_workers_is_waited_for_and_given_up(workers, monkeypatch):
    monkeypatch.setattr(cluster, "LOOK", 0.1)
    monkeypatch.setattr(cluster, "PATIENCE", 0.3)
    with Cluster(workers.scheduler_address, LAB, KEY) as there:
        workers.scale(0)
        while there._client.nthreads():
            pass
        with pytest.raises(ClusterError, match="no worker"):
            there.grader().grade(b"{}", student="ada")
        monkeypatch.setattr(cluster, "CONNECT", 0.3)
        with pytest.raises(ClusterError, match="start some first"):
            Cluster(workers.scheduler_address, LAB, KEY)


def test_no_scheduler_and_no_dask_are_said(monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT", 0.5)
    with pytest.raises(ClusterError, match=r"no Dask scheduler answers at 'tcp://127\.0\.0\.1:9'"):
        Cluster("tcp://127.0.0.1:9", LAB, KEY)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match="package distributed"):
        Cluster("tcp://127.0.0.1:9", LAB, KEY)


TWICE = ("--workers", "2", "--dask", "tcp://a:1")


def test_workers_and_a_cluster_exclude_each_other(capsys):
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    with pytest.raises(SystemExit):
        parser.parse_args(["grade", "in", "--lab", "1", "--out", "o", *TWICE])
    assert "not allowed with" in capsys.readouterr().err


SEARCH = """
import os
from pathlib import Path
texts = [repr(dict(os.environ))]
for name in ("environ", "cmdline", "maps"):
    for path in Path("/proc").glob(f"*/{name}"):
        try:
            texts.append(path.read_bytes().decode("latin-1"))
        except OSError:
            pass
found = [needle for needle in NEEDLES if any(needle in text for text in texts)]
check("q8", 4096 if not found else found)
"""


@pytest.mark.usefixtures("sandbox")
def test_student_code_on_a_worker_sees_no_seed(lab2, monkeypatch):
    """A real worker and its own sandbox, in this process."""
    monkeypatch.setattr(cluster, "CONNECT", 20.0)
    seed = question_seed(lab2.key, LAB, "q8", "ada")
    needles = [lab2.key.hex(), str(seed), f"{seed:016x}", "aimc-grading-Client"]
    notebook = lab2.written(lab2.start, f"NEEDLES = {json.dumps(needles)}", SEARCH, lab2.error)
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0"
        ) as workers,
        Cluster(workers.scheduler_address, LAB, lab2.key) as there,
    ):
        marks = there.grader().grade(notebook, student="ada", questions=["q1", "q8"])
    assert [m.points for m in marks.marks] == [2, 1], (marks.notes, marks.marks)
    assert marks.mark("q8").seed == f"{seed:016x}"
