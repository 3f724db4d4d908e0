"""The judge as its owner sees it: a process that is asked, timed, and killed when it is slow."""

from __future__ import annotations

import contextlib
import importlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aimc_course.grading.channel import (
    BrokenError,
    Channel,
    EndedError,
    FloodError,
    JudgeGoneError,
    SlowError,
)
from aimc_course.grading.limits import Limits
from aimc_course.grading.sandbox import ended
from aimc_course.grading.watching import memory_watch
from aimc_course.grading.worker.protocol import passable

__all__ = ["Judge", "JudgeError", "LabFacts"]

MODULE = "aimc_course.grading.judging"
OUTPUT = 2**24
MESSAGE = 2**27
START = 120.0
ENDS_WITHIN = 0.2  # s, between the end of a pipe and that of its process
Call = Callable[[Any, Any, Callable[[dict[str, Any]], dict[str, Any]]], dict[str, Any]]


class JudgeError(RuntimeError):
    """The judge itself has failed, whatever the answer was: no mark can be given."""


class LabFacts:
    """What has to be known of a lab outside of the judge.

    Parameters
    ----------
    reply : dict
        What the judge says of the lab.
    """

    def __init__(self, reply: dict[str, Any]) -> None:
        self.name: str = reply["name"]
        self.points = {str(name): float(points) for name, points, _ in reply["questions"]}
        self.versions = {str(name): str(version) for name, _, version in reply["questions"]}


class Judge:
    """A judge's process, started when it is first asked and again after it was killed.

    Parameters
    ----------
    limits : Limits
        How long it may think, and how much memory it may take.
    cache : Path, optional
        Folder in which slow reference answers are kept between runs.
    """

    def __init__(self, limits: Limits, cache: Path | None = None) -> None:
        self._limits, self._cache = limits, cache
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: Channel | None = None
        self._facts: dict[str, LabFacts] = {}
        self.thought = 0.0
        """How long it thought about what it was asked last, s."""
        self.beside: Callable[[], None] | None = None
        """Called now and then while it thinks."""

    def lab(self, name: str) -> LabFacts:
        """Return what has to be known of a lab.

        Raises
        ------
        ValueError
            If there is none of that name.
        JudgeError
            If no judge starts.
        """
        for last in (False, True):
            if name in self._facts:
                break
            try:
                self._facts[name] = LabFacts(self._asked({"op": "lab", "lab": name}, START))
            except JudgeError as error:
                raise ValueError(f"lab={name!r}: {error}") from None
            except BrokenError as error:
                if last:
                    raise JudgeError(f"the judge does not start: it {error}") from None
        return self._facts[name]

    def verdict(self, request: dict[str, Any], call: Call, seconds: float) -> dict[str, Any]:
        """Return the verdict on an answer: share, message and slip.

        Parameters
        ----------
        request : dict
            Lab, question, serial number, seed and encoded answer.
        call : callable
            Calls a student's function, of its handle, arguments and what serves its uses.
        seconds : float
            How long it may think, calls not counted.

        Raises
        ------
        EndedError
            If the judge ended: by a signal, or since the memory did not suffice.
        BrokenError
            If the answer kept the judge busy for longer than it may.
        JudgeError
            If the judge failed for a reason of its own.
        """
        return self._asked({"op": "judge", **request}, seconds, call)

    def _asked(
        self, request: dict[str, Any], seconds: float, call: Call | None = None
    ) -> dict[str, Any]:
        channel = self._channel or self._start()
        self.thought, left = 0.0, [seconds]

        def heard() -> dict[str, Any]:
            start = channel.now()
            try:
                return channel.receive(left[0])
            finally:
                self.thought += channel.now() - start
                left[0] = seconds - self.thought

        def used(use: dict[str, Any]) -> dict[str, Any]:
            kept = {name: passable(use.get(name)) for name in ("object", "method", "args")}
            try:
                channel.send({"op": "use", **kept}, left[0])
                return heard()
            except BrokenError as error:
                raise JudgeGoneError from error

        try:
            channel.send(request, left[0])
            while (reply := heard()).get("op") == "call":
                answer = call(reply["function"], reply["args"], used) if call else {}
                channel.send({"op": "called", **answer}, left[0])
        except (BrokenError, JudgeGoneError) as error:
            gone = isinstance(error, EndedError) or self._has_ended()
            self.close()
            if gone:
                raise EndedError("ended the judge, or took more memory than there is") from None
            if isinstance(error, FloodError):
                raise
            raise SlowError(f"kept the judge busy for longer than {seconds:g} s") from None
        if "failed" in reply:
            raise JudgeError(str(reply["failed"]))
        return reply

    def _start(self) -> Channel:
        try:
            importlib.import_module("aimc_answers")
        except ModuleNotFoundError:
            said = "the answers of the labs, aimc-answers, are not installed here"
            raise JudgeError(said) from None
        limits = self._limits
        # ahead of what the process finds by itself: the same library and course as here
        paths = [path for path in sys.path if path]
        threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), **threads}
        self._process = subprocess.Popen(
            [sys.executable, "-m", MODULE, str(limits.judge_memory), str(self._cache or "")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )
        memory = memory_watch(self._process.pid, limits.judge_memory)

        def watch() -> str:
            if self.beside is not None:
                self.beside()
            return memory()

        self._channel = Channel(self._process, message=MESSAGE, output=OUTPUT, watch=watch)
        return self._channel

    def _has_ended(self) -> bool:
        """Return whether the process has ended by itself, or is about to be seen as ended."""
        if self._process is None:
            return True
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(ENDS_WITHIN)
        return self._process.returncode is not None

    def close(self) -> None:
        """End the process."""
        process, self._process, self._channel = self._process, None, None
        if process is None:
            return
        ended(process)
