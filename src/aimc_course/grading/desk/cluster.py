"""Grading by the workers of a Dask cluster, as the desk sees it.

The desk alone writes marks. A worker that dies takes nothing along: Dask hands what it had in hand
to another one. What travels is a notebook and the seeds of its questions, never the class key.
"""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import CancelledError
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aimc.validation import check_choice
from aimc_course.grading.closing import Closing
from aimc_course.grading.judge import LabFacts
from aimc_course.grading.kept import KeptAnswers
from aimc_course.grading.keys import derived_serial, question_seed
from aimc_course.grading.limits import Limits
from aimc_course.grading.marks import SubmissionMarks
from aimc_course.grading.sandbox import SandboxError
from aimc_course.grading.versions import grader_version, lab_facts

if TYPE_CHECKING:
    from aimc_course.grading.desk.bench import Found, Job

__all__ = ["Cluster", "ClusterError"]

PREFIX = "aimc-grading-"
CONNECT, LOOK, PATIENCE = 20.0, 5.0, 120.0  # s
MOST = 256  # notebooks on their way at the same time


class ClusterError(RuntimeError):
    """A cluster cannot grade, or not any more; the message says why."""


class Cluster(Closing):
    """Workers that grade notebooks of one lab. Use it as a context, or `close` it.

    Parameters
    ----------
    address : str
        Address of the scheduler, such as ``"tcp://10.0.0.5:8786"``, or with ``tls://``.
    lab : str
        The lab, ``"lab-3"``.
    class_key : bytes
        Secret of the class; it does not leave this process.
    sandbox : str
        Where workers run student code; see `aimc_course.grading.find_sandbox`.
    trusted : bool
        Whether code may run without a sandbox.
    limits : Limits
        What a submission may take.
    reveal : bool
        Whether messages say how far off an answer is.

    Raises
    ------
    ClusterError
        If nobody answers, nobody works there, or a worker has another version.
    SandboxError
        If a worker's sandbox leaves something open.
    """

    def __init__(
        self,
        address: str,
        lab: str,
        class_key: bytes,
        *,
        sandbox: str = "auto",
        trusted: bool = False,
        limits: Limits | None = None,
        reveal: bool = False,
    ) -> None:
        try:
            from distributed import Client

            from aimc_course.grading.desk.bench import Setting
        except ModuleNotFoundError as error:
            raise ClusterError(
                f"a cluster needs Dask, which is not installed here ({error}): install the package "
                "distributed, here and on the machines of the cluster"
            ) from None
        self.facts = LabFacts(lab_facts(lab))
        self.key = class_key
        question_seed(class_key, lab, "", "")  # refuses a key that is none
        version = grader_version()
        setting = Setting(self.facts.name, limits or Limits(), sandbox, trusted, reveal, version)
        try:
            self._client: Any = Client(address, timeout=CONNECT, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            said = str(error) or type(error).__name__
            raise ClusterError(f"no Dask scheduler answers at {address!r}: {said}") from error
        self._bench = f"{PREFIX}{self._client.id}"
        try:
            self._compare(version)
            self._set_up(setting)
        except BaseException:
            self.close()
            raise

    @property
    def places(self) -> int:
        """Notebooks that are on their way at the same time: those in work, and as many waiting."""
        return min(MOST, 2 * max(1, sum(self._client.nthreads().values())))

    def grader(self) -> RemoteGrader:
        """Return a grader that has its work done by whichever worker is free."""
        return RemoteGrader(self)

    def ask(self, job: Job) -> Found:
        """Have a job done.

        Raises
        ------
        ClusterError
            If nobody is there to do it.
        RuntimeError
            If too many workers died of it.
        """
        from distributed import KilledWorker

        from aimc_course.grading.desk.bench import graded_there

        lonely = 0.0
        try:
            future = self._client.submit(
                *(graded_there, self._bench, job), pure=False, key=f"{PREFIX}{uuid.uuid4()}"
            )
            while True:
                with contextlib.suppress(TimeoutError):
                    found: Found = future.result(timeout=LOOK)
                    return found
                lonely = 0.0 if self._client.nthreads() else lonely or time.monotonic()
                if lonely and time.monotonic() - lonely > PATIENCE:
                    raise ClusterError(f"for {PATIENCE:g} s the cluster had no worker")
        except KilledWorker:
            raise RuntimeError("each worker that had this notebook died") from None
        except (CancelledError, OSError) as error:
            raise ClusterError(f"the cluster has gone: {error}") from error

    def _compare(self, here: dict[str, str]) -> None:
        """Refuse workers that would judge otherwise, or cannot judge."""
        from aimc_course.grading.desk.bench import different

        try:
            self._client.wait_for_workers(1, timeout=CONNECT)
        except TimeoutError:
            raise ClusterError("the cluster has no workers: start some first") from None
        wrong = []
        said = self._client.run(grader_version, on_error="return")
        for worker, there in sorted(said.items()):
            if isinstance(there, BaseException):
                wrong.append(f"worker {worker}: no course that can grade ({there})")
            elif differences := different(here, there):
                wrong.append(f"worker {worker}: {differences}")
        if wrong:
            raise ClusterError(
                "the workers have to hold the same course and library as this machine, or marks "
                "would depend on who gave them:\n- " + "\n- ".join(wrong)
            )

    def _set_up(self, setting: Any) -> None:
        from aimc_course.grading.desk.bench import Bench

        try:
            for name in self._client.run_on_scheduler(_abandoned):
                self._client.unregister_worker_plugin(name)
            self._client.register_plugin(Bench(setting), name=self._bench)
        except SandboxError:
            raise
        except Exception as error:
            raise ClusterError(f"the cluster cannot be set up for grading: {error}") from error

    def close(self) -> None:
        """Let the workers go back to other things."""
        with contextlib.suppress(Exception):
            self._client.unregister_worker_plugin(self._bench)
        self._client.close()


class RemoteGrader:
    """Grades notebooks of one lab on a cluster, one after the other.

    Parameters
    ----------
    cluster : Cluster
        The cluster.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    @property
    def lab(self) -> LabFacts:
        """Name, points and versions of the lab's questions."""
        return self._cluster.facts

    def grade(
        self,
        notebook: bytes,
        *,
        student: str,
        serial: int | None = None,
        questions: Sequence[str] | None = None,
        kept: KeptAnswers | None = None,
    ) -> SubmissionMarks:
        """Return the marks of one notebook, as `aimc_course.grading.Grader` does."""
        from aimc_course.grading.desk.bench import Job

        key, lab = self._cluster.key, self.lab
        for question in questions or ():
            check_choice("questions", question, tuple(lab.points))
        own = derived_serial(key, student) if serial is None else serial
        seeds = {q: question_seed(key, lab.name, q, student) for q in lab.points}
        asked = None if questions is None else tuple(questions)
        job = Job(notebook, own, seeds, asked, kept.to_bytes() if kept else b"")
        found = self._cluster.ask(job)
        if found.error == "SandboxError":
            raise SandboxError(found.text)
        if found.error:
            raise RuntimeError(f"{found.error}: {found.text}")
        answers = KeptAnswers.from_bytes(found.kept) if found.kept else None
        return replace(SubmissionMarks.from_json(found.text), student=student, answers=answers)

    def close(self) -> None:
        """Do nothing: the cluster is closed by whoever opened it."""


def _abandoned(dask_scheduler: Any) -> list[str]:
    """Return the benches of desks that are gone; runs on the scheduler."""
    return [
        name
        for name in dask_scheduler.worker_plugins
        if name.startswith(PREFIX) and name.removeprefix(PREFIX) not in dask_scheduler.clients
    ]
