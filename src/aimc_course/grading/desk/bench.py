"""A worker of a Dask cluster at work: a sandbox of its own, tried before it takes anything.

What comes here is a notebook with the seeds of its own questions. The class key, from which they
follow, and names stay at the desk; nothing that comes here is shown by a log.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from distributed import WorkerPlugin, get_worker

from aimc_course.grading.desk.pool import GraderPool
from aimc_course.grading.grade import Grader
from aimc_course.grading.kept import KeptAnswers
from aimc_course.grading.limits import Limits
from aimc_course.grading.sandbox import Sandbox, SandboxError
from aimc_course.grading.sandboxes import find_sandbox
from aimc_course.grading.versions import grader_version

__all__ = ["Bench", "Found", "Job", "Setting", "graded_there"]


@dataclass(frozen=True, slots=True)
class Setting:
    """How notebooks of one run are graded: nothing secret."""

    lab: str
    limits: Limits
    sandbox: str
    trusted: bool
    reveal: bool
    version: dict[str, str]
    """`grader_version` at the desk."""


@dataclass(frozen=True, slots=True, repr=False)
class Job:
    """One notebook to grade. Dask writes arguments to its log, so this one shows nothing."""

    notebook: bytes
    serial: int
    seeds: dict[str, int]
    questions: tuple[str, ...] | None
    kept: bytes = b""
    """Answers that were kept; empty where there are none."""


@dataclass(frozen=True, slots=True, repr=False)
class Found:
    """What became of a job."""

    text: str
    """Marks as JSON, or what went wrong."""
    error: str = ""
    """Name of the error; empty where there are marks."""
    kept: bytes = b""
    """Answers to keep; empty where there are none."""


class Bench(WorkerPlugin):  # type: ignore[misc,unused-ignore]
    """Graders and a sandbox on one worker, as long as the desk that asked for them is there.

    Parameters
    ----------
    setting : Setting
        How notebooks are graded.
    """

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._refusal = Found("the worker is not ready", "SandboxError")
        self._sandbox: Sandbox | None = None
        self._graders: GraderPool[Grader] | None = None

    async def setup(self, worker: Any) -> None:
        """Try the sandbox; whoever comes here before, or after it was refused, is told so."""
        place = Path(worker.local_directory)
        try:
            await asyncio.to_thread(self._prepare, str(worker.address), place / "references")
        except Exception as error:
            self._refusal = Found(str(error), "SandboxError")
            raise

    def _prepare(self, address: str, cache: Path) -> None:
        setting = self._setting
        if differences := different(setting.version, grader_version()):
            raise SandboxError(f"worker {address} grades with something else: {differences}")
        try:
            sandbox = find_sandbox(setting.sandbox, trusted=setting.trusted)
        except SandboxError as error:
            raise SandboxError(f"worker {address}: {error}") from error

        def make() -> Grader:
            # Each notebook brings its seeds; this key is of no class, and nobody knows it.
            key = secrets.token_bytes(32)
            return Grader(
                setting.lab, key, sandbox, setting.limits, reveal=setting.reveal, cache=cache
            )

        self._sandbox, self._graders = sandbox, GraderPool(make)

    def grade(self, job: Job) -> Found:
        """Return the marks of a notebook, or what went wrong: errors would show up in logs."""
        if self._graders is None:
            return self._refusal
        try:
            with self._graders.lent() as grader:
                marks = grader.grade(
                    job.notebook,
                    student="",
                    serial=job.serial,
                    questions=job.questions,
                    seeds=job.seeds,
                    kept=KeptAnswers.from_bytes(job.kept) if job.kept else None,
                )
        except Exception as error:
            return Found(str(error), type(error).__name__)
        return Found(marks.to_json(), kept=marks.answers.to_bytes() if marks.answers else b"")

    async def teardown(self, worker: Any) -> None:
        """End the graders, and remove the sandbox."""
        # Not here: the worker answers its scheduler meanwhile.
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._refusal = Found("the worker has ended its part of this run", "SandboxError")
        graders, sandbox = self._graders, self._sandbox
        self._graders = self._sandbox = None
        if graders is not None:
            graders.close()
        if sandbox is not None:
            sandbox.close()


def graded_there(name: str, job: Job) -> Found:
    """Grade a notebook on the worker that this runs on.

    Parameters
    ----------
    name : str
        Name of the run's bench.
    job : Job
        The notebook.
    """
    bench = get_worker().plugins.get(name)
    if not isinstance(bench, Bench):
        return Found("the worker knows nothing of this run", "SandboxError")
    return bench.grade(job)


def different(here: dict[str, str], there: dict[str, str]) -> str:
    """Return in what two graders' versions differ; an empty text if they are the same."""
    names = [name for name in here if here[name] != there.get(name)]
    return "; ".join(f"{n} {there.get(n, 'missing')} there, {here[n]} here" for n in names)
