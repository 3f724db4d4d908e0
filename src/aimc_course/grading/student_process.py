"""A student's notebook at work: its cells run in a sandbox, its functions called there.

A worker that hangs or floods costs the cell or the question that it did so in. For what comes
after, a fresh one runs the same cells again without that one. One that ends is asked once more
first: the system may have ended it, for want of memory or by somebody's hand.
"""

from __future__ import annotations

import secrets
import subprocess
import time
from collections.abc import Callable, Collection, Sequence
from typing import Any

from aimc_course.grading.channel import (
    BrokenError,
    Channel,
    EndedError,
    JudgeGoneError,
    SlowError,
)
from aimc_course.grading.kept import KeptAnswers, holds_function
from aimc_course.grading.limits import Limits
from aimc_course.grading.sandbox import Sandbox, SandboxError
from aimc_course.grading.watching import memory_watch
from aimc_course.grading.worker.protocol import passable

__all__ = ["StudentProcess"]

MODULE = "aimc_course.grading.worker.worker"
NOTES, NOTE = 60, 400
TOLD = 40  # notes after which the worker's are no longer kept: room is left for those made here
ANSWERS = 200
DROP = 2.0  # s
MOST_STARTS = 2  # of a worker, before it is given up
SPARE = 3  # ends of a worker, for each submission, after which the same is tried again
Used = Callable[[dict[str, Any]], dict[str, Any]]


class StudentProcess:
    """Runs the cells of one notebook and calls its functions.

    Parameters
    ----------
    cells : sequence of str
        Sources of the code cells.
    lab : str
        Name of the lab.
    serial : int
        Serial number that the notebook runs with.
    sandbox : Sandbox
        Where it runs.
    limits : Limits
        What it may take.
    questions : collection of str, optional
        Questions whose answers are kept; by default all that are answered.
    """

    def __init__(
        self,
        cells: Sequence[str],
        *,
        lab: str,
        serial: int,
        sandbox: Sandbox,
        limits: Limits,
        questions: Collection[str] | None = None,
    ) -> None:
        self._questions = questions
        self._cells, self._lab, self._serial = list(cells), lab, serial
        self._sandbox, self._limits = sandbox, limits
        self._starved = 0.0
        self._end = time.monotonic() + limits.submission
        self._last = len(self._cells)
        self._skipped: set[int] = set()
        self._tried: set[str] = set()
        self._starts = self._again = 0
        self._ready = False  # whether a worker has been ready once
        self._through = False  # whether a run came through
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: Channel | None = None
        self._memory: Callable[[], str] = str
        self.answers: dict[str, Any] = {}
        """What was given to each check last, as it came over the border."""
        self.cells: dict[str, int] = {}
        """The cell that gave it, counted from 1."""
        self.notes: list[str] = []
        """What happened, in order."""
        self.witnessed: list[str] = []
        """Those of the notes that were made here, and not told by the worker."""
        self.doubts: list[str] = []
        """What ended twice, for the teacher."""

    @property
    def left(self) -> float:
        """Time that is left for this submission, s."""
        return self._end - self.now()

    def now(self) -> float:
        """Return a time that stands still while the worker is kept from a processor, s."""
        now = time.monotonic() if self._channel is None else self._channel.now()
        return now - self._starved

    @property
    def alive(self) -> bool:
        """Whether there is a worker with all cells run."""
        return self._channel is not None

    def run(self) -> None:
        """Run all cells but those that ended a worker, until one run comes through."""
        while not self.alive and self._may_start():
            try:
                self._start()
            except BrokenError as error:
                self.note(f"the notebook could not be started: {error}")
                self.stop()
                return
            broken = self._run_cells()
            if broken is None:
                self._through = True
                return
            failed, why, seconds = broken
            said = f"cell {failed + 1} {self._why(why, seconds)}"
            self.stop()
            if isinstance(why, EndedError) and self.once_more(f"cell {failed + 1}"):
                self.note(f"{said}; it was run again")
                continue
            self.note(f"{said}; it was left out")
            self._skipped.add(failed)
            if all(k in self._skipped for k in range(failed, self._last)) and not any(
                holds_function(answer) for answer in self.answers.values()
            ):
                return  # nothing is left to run or to call

    def look(self) -> None:
        """End a worker whose processes take too much memory while nobody waits for it."""
        if self._process is not None and (wrong := self._memory()):
            self.note(f"while an answer was judged, the notebook {wrong}")
            self._process.kill()

    @property
    def untroubled(self) -> bool:
        """Whether the cells ran once, all of them, and nothing ended before its time."""
        return self._through and self._starts == 1 and not self._skipped and not self.doubts

    def recall(self, kept: KeptAnswers, questions: Collection[str]) -> None:
        """Take answers of an earlier run, and run no cell that these questions do not need."""
        if not kept.know(questions):
            self.run()
            return
        self.notes, self.witnessed = list(kept.notes), list(kept.witnessed)
        if kept.judgeable(questions):
            self.answers = {q: kept.values[q] for q in questions if q in kept.values}
            return
        self._last = max(kept.cells.get(question, 0) for question in questions)
        self.run()

    def once_more(self, what: str) -> bool:
        """Return whether something that ended its process may be tried again, with a fresh one.

        The second time it may not, and a teacher should look at it.
        """
        if what not in self._tried and self._again < SPARE:
            self._tried.add(what)
            self._again += 1
            self.stop()
            return True
        if len(self.doubts) < NOTES:
            self.doubts.append(f"{what}: its process ended{' twice' * (what in self._tried)}")
        return False

    def _may_start(self) -> bool:
        if self.left <= 0:
            self.note(f"the notebook took longer than {self._limits.submission:g} s in all")
            return False
        if self._starts - self._again > self._limits.restarts:
            self.note(f"its process ended {self._starts} times: no further start")
            return False
        return True

    def _start(self, tried: int = 1) -> None:
        self._starts += tried == 1
        limits = self._limits
        process = self._sandbox.start(MODULE, limits)
        self._process = process
        self._memory = memory_watch(process.pid, limits.memory)
        self._channel = Channel(
            process, message=limits.message, output=limits.output, watch=self._memory
        )
        first = {
            "op": "begin", "lab": self._lab, "serial": self._serial, "message": limits.message
        }  # fmt: skip
        try:
            self._asked(first, limits.start)
        except BrokenError as error:
            said = self._channel.printed.decode("utf-8", "replace")[-500:]
            self.stop()
            if tried < MOST_STARTS:
                self._start(tried + 1)
                return
            if not self._ready:
                raise SandboxError(f"the worker does not start: {error}. {said}") from None
            raise
        self._ready = True

    def _run_cells(self) -> tuple[int, BrokenError, float] | None:
        """Run the cells; return which one the worker did not survive, why, and its time."""
        for number, source in enumerate(self._cells[: self._last]):
            if number in self._skipped:
                continue
            allowed = min(self._limits.cell, self.left)
            try:
                if allowed <= 0:
                    raise SlowError("no time left")
                request = {"op": "cell", "number": number + 1, "source": source}
                reply = self._asked(request, allowed)
            except BrokenError as error:
                return number, error, allowed
            self._keep(number + 1, reply.get("answers"), reply.get("notes"))
        return None

    def _keep(self, cell: int, answers: Any, notes: Any) -> None:
        if isinstance(answers, dict):
            for question, answer in list(answers.items())[:ANSWERS]:
                if self._questions is None or question in self._questions:
                    self.answers[question] = passable(answer)
                    self.cells[question] = cell
        if isinstance(notes, list):
            for note in notes[:NOTES]:
                self._note(note if isinstance(note, str) else "a note that is no text", TOLD)

    def _why(self, error: BrokenError, seconds: float) -> str:
        if isinstance(error, SlowError):
            if seconds < self._limits.cell:
                return f"was cut off: the notebook took {self._limits.submission:g} s in all"
            return f"took longer than {seconds:g} s"
        return f"ended its process ({error})"

    def call(self, function: Any, arguments: Any, seconds: float, used: Used) -> dict[str, Any]:
        """Call a function of an answer; return what it returned or raised.

        Parameters
        ----------
        function : int
            Its handle.
        arguments : list
            Encoded arguments.
        seconds : float
            Longest time that the call may take.
        used : callable
            Answers a use of what was handed to the function.

        Raises
        ------
        BrokenError
            If the worker did not survive, or was not there; an `EndedError` if it ended.
        """
        if self._channel is None:
            raise BrokenError("its process has ended")
        allowed = min(seconds, self.left)
        try:
            request = {"op": "call", "function": function, "args": arguments}
            reply = self._asked(request, allowed, used)
        except SlowError:
            self._drop()
            raise SlowError(f"took longer than {seconds:g} s") from None
        except JudgeGoneError:
            self._drop()
            raise
        except BrokenError as error:
            self.stop()
            kind = EndedError if isinstance(error, EndedError) else BrokenError
            raise kind(f"ended its process ({error})") from None
        if reply.get("gone"):
            raise EndedError("ended its process")
        return reply

    def _drop(self) -> None:
        """End the call in progress, and if that does not work, the worker."""
        try:
            self._asked({"op": "drop"}, DROP)
        except BrokenError:
            self.stop()

    def _asked(
        self, request: dict[str, Any], seconds: float, used: Used | None = None
    ) -> dict[str, Any]:
        try:
            return self._answered(request, seconds, used)
        except EndedError:
            assert self._process is not None
            if said := self._sandbox.why_ended(self._process, self._limits):
                raise EndedError(said) from None
            raise

    def _answered(
        self, request: dict[str, Any], seconds: float, used: Used | None
    ) -> dict[str, Any]:
        channel = self._channel
        assert channel is not None
        identity = secrets.token_hex(8)  # a reply written ahead cannot know it
        end = channel.now() + seconds
        channel.send({**request, "id": identity}, seconds)
        uses = 0
        while True:
            reply = channel.receive(end - channel.now())
            if reply.get("id") != identity:
                raise BrokenError("sent a message that nobody asked for")
            if reply.get("op") == "use" and used:
                uses += 1
                if uses > self._limits.uses:
                    raise BrokenError(f"used what it was given more than {self._limits.uses} times")
                start = channel.now()
                answer = used(reply)
                end += channel.now() - start  # the judge's time is not the student's
                channel.send(answer, end - channel.now())
            elif reply.get("op") == "large":
                return {"value": {"x": "large"}, "answers": {}, "notes": [self._too_large()]}
            elif reply.get("op") == "reply":
                return reply
            else:
                raise BrokenError("sent a message that is none of the agreed ones")

    def _too_large(self) -> str:
        return f"an answer larger than {self._limits.message >> 20} MiB was not taken"

    def note(self, text: Any) -> None:
        """Keep a note of what was seen here, as plain text of bounded length."""
        said = self._note(text, NOTES)
        if said in self.notes and said not in self.witnessed:
            self.witnessed.append(said)

    def _note(self, text: Any, most: int) -> str:
        said = str(text)[:NOTE].encode("utf-8", "replace").decode("utf-8")
        said = "".join(c if c.isprintable() else " " for c in said)
        if said not in self.notes and len(self.notes) < most:
            self.notes.append(said)
        return said

    def stop(self) -> None:
        """End the worker, if there is one."""
        if self._process is not None:
            self._sandbox.stop(self._process)
        if self._channel is not None:
            self._starved += self._channel.starved
        self._process = self._channel = None
