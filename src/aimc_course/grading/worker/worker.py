"""The worker: runs a student's cells and calls the student's functions, one request at a time.

It stands on the student's side of the border: whatever it says may be forged by the code that it
runs, and is treated so outside. Requests come in by standard input and answers leave by standard
output; what the student prints goes to standard error.
"""

from __future__ import annotations

import asyncio
import builtins
import contextlib
import inspect
import os
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from aimc_course.grading.worker.cells import SERIAL, compiled
from aimc_course.grading.worker.elsewhere import know_other_servers
from aimc_course.grading.worker.protocol import Border, ProtocolError, tidy_name
from aimc_course.grading.worker.recording import RecordingLab
from aimc_course.grading.worker.served import stand_in_for
from aimc_course.grading.worker.snapshots import Snapshot
from aimc_course.grading.worker.stream import Stream, taken_streams

__all__ = ["main"]

TEXT = 300  # characters of an error that are told


class SilentShell:
    """What a notebook's shell is asked for does nothing here, and nothing is captured by it."""

    stdout = stderr = ""
    outputs = ()

    def __call__(self) -> None:
        """Show nothing of what was captured."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        """Return a method that does nothing."""
        return lambda *arguments, **options: None


class Worker:
    """A student's namespace, and what is done in it."""

    def __init__(self, channel: Stream) -> None:
        self.channel = channel
        self.border = Border()
        self._process = os.getpid()
        self._notes: list[str] = []  # on what a cell asked for and did not get
        self._features = 0  # flags of what cells imported from __future__, which holds further on
        self._answers: dict[str, Any] = {}  # since they were last taken, by question
        self._snapshots: dict[int, Snapshot] = {}  # by handle of a function
        self._latest: dict[str, Snapshot] = {}  # by question
        self.lab: RecordingLab | None = None

    def begin(self, request: dict[str, Any]) -> dict[str, Any]:
        """Make ready for a lab: its own start takes the place of the course's."""
        import aimc_course
        from aimc_course.labs import catalogue

        self.serial, self.channel.most = int(request["serial"]), int(request["message"])
        self.lab = RecordingLab(catalogue.find(request["lab"]), self.serial, self._keep)

        def start(lab: str, *, serial: int | None = None) -> RecordingLab:
            asked = catalogue.find(lab)
            if self.lab is None or asked.name != self.lab.definition.name:
                raise ValueError(f"this notebook is graded as {request['lab']}, not as {lab!r}")
            if serial is not None and not _is_number(serial, self.serial):
                self._notes.append(
                    f"starts the lab with {serial!r:.30}; it was run with {self.serial}"
                )
            return self.lab

        catalogue.start = start
        aimc_course.start = start  # type: ignore[attr-defined,unused-ignore]
        _draw_nothing()
        know_other_servers()
        sys.displayhook = _remember
        # pickle and `import __main__` look for what the notebook defines where Python names it
        notebook = sys.modules["__main__"] = ModuleType("__main__")
        self.space = vars(notebook)
        self.space |= {
            "__builtins__": builtins,
            "display": lambda *things, **options: None,
            "get_ipython": lambda: SilentShell(),
        }
        return {}

    def cell(self, request: dict[str, Any]) -> dict[str, Any]:
        """Run one cell; return what it answered, and what it raised."""
        name = f"cell {int(request['number'])}"
        notes: list[str] = []
        try:
            code, notes = compiled(request["source"], name, self.serial, self._features)
            self._features |= code.co_flags & annotations.compiler_flag
            waiting = eval(code, self.space)
            if code.co_flags & inspect.CO_COROUTINE:  # the cell awaits something
                asyncio.run(waiting)
        except BaseException as error:  # SystemExit and KeyboardInterrupt end a cell, no more
            notes.append(f"{name}: {_told(error)}")
        self._end_copies()
        notes += [f"{name} {said}" for said in (*self._notes, self._set_serial_back()) if said]
        answers, self._answers, self._notes = self._answers, {}, []
        return {"answers": answers, "notes": notes}

    def _set_serial_back(self) -> str:
        """Give later cells the serial number of the run, where a cell left another one."""
        left = self.space.get(SERIAL, self.serial)
        if _is_number(left, self.serial):
            return ""
        self.space[SERIAL] = self.serial
        return f"leaves {SERIAL} = {_text(left):.30}; later cells were run with {self.serial}"

    def _keep(self, question: str, answer: Any) -> None:
        """Take an answer, and the functions in it, as they are now."""
        known, name = len(self.border.kept), tidy_name(question)
        self._answers[name] = self._encoded(answer)
        if earlier := self._latest.pop(name, None):
            earlier.end()  # nobody asks for an answer that another one has replaced
        if len(self.border.kept) > known:
            with contextlib.suppress(OSError):  # called as it is in the end, then
                taken = self._latest[name] = Snapshot(self._serve_calls)
                self._snapshots |= dict.fromkeys(range(known, len(self.border.kept)), taken)

    def call(self, request: dict[str, Any]) -> dict[str, Any]:
        """Call a function that an answer holds, as it was when it was handed in."""
        snapshot = self._snapshots.get(int(request["function"]))
        if snapshot is not None:
            return snapshot.relay(request, self.channel)
        return self._call_here(request)

    def _end_copies(self) -> None:
        """End a process that the student's code has forked: it must not answer a second time."""
        if os.getpid() != self._process:
            os._exit(0)

    def drop(self, request: dict[str, Any]) -> dict[str, Any]:
        """Acknowledge the end of a call that has ended meanwhile."""
        return {}

    def _serve_calls(self, stream: Stream) -> None:
        self._process = os.getpid()
        stream.most, self.channel = self.channel.most, stream
        _keep_threads(self.space)
        while True:
            request = stream.receive()
            stream.send({"op": "reply", "id": request["id"], **self._call_here(request)})

    def _call_here(self, request: dict[str, Any]) -> dict[str, Any]:
        function = self.border.kept[int(request["function"])]
        identity = request["id"]

        def use(handle: int, method: str, *arguments: Any) -> Any:
            sent = [self.border.encode(argument) for argument in arguments]
            self.channel.send(
                {"op": "use", "id": identity, "object": handle, "method": method, "args": sent}
            )
            reply = self.channel.receive()
            if "raised" in reply:
                kind = getattr(builtins, reply["raised"][0], RuntimeError)
                raise kind(reply["raised"][1])
            return inward.decode(reply["value"])

        def function_outside(handle: int, name: str) -> Callable[..., Any]:
            return lambda *arguments: use(handle, "", *arguments)

        def object_outside(handle: int, kind: str) -> Any:
            return stand_in_for(kind, lambda *what: use(handle, *what), self.serial)

        inward = Border(function_outside, object_outside)
        try:
            return {"value": self._encoded(function(*map(inward.decode, request["args"])))}
        except BaseException as error:
            return {"raised": [tidy_name(type(error).__name__, "an error"), _text(error)]}
        finally:
            self._end_copies()

    def _encoded(self, value: Any) -> Any:
        try:
            return self.border.encode(value)
        except (ProtocolError, RecursionError):
            return {"x": "nest"}  # deeper than any answer
        except Exception as error:  # a hostile container
            return {"x": tidy_name(type(error).__name__, "object")}


def main() -> None:
    """Serve requests until the other side ends."""
    channel = taken_streams()
    worker = Worker(channel)
    served = {
        "begin": worker.begin, "cell": worker.cell, "call": worker.call, "drop": worker.drop
    }  # fmt: skip
    while True:
        request = channel.receive()
        reply = served[request["op"]](request)
        channel.send({"op": "reply", "id": request["id"], **reply})


def _draw_nothing() -> None:
    """Let the library's figures cost nothing: nobody looks at them here."""
    import aimc.plots

    os.environ.setdefault("MPLBACKEND", "Agg")
    aimc.plots.draw = lambda *arguments, **options: None  # type: ignore[assignment]


def _remember(value: Any) -> None:
    """Let a value be shown by nobody, and be had as `_`, unless the notebook uses that name."""
    if value is not None:
        builtins._ = value  # type: ignore[attr-defined]


def _keep_threads(space: dict[str, Any]) -> None:
    """Let nothing change PyTorch's threads in a forked process, which has lost those of before."""
    torch = sys.modules.get("torch")
    for name in ("set_num_threads", "set_num_interop_threads"):
        known = getattr(torch, name, None)
        if known is not None:
            setattr(torch, name, _no_change)
            space |= {one: _no_change for one, value in space.items() if value is known}


def _no_change(number: int) -> None:
    """Take a number of threads, and leave it."""


def _is_number(value: Any, number: int) -> bool:
    try:
        return bool(value == number)
    except Exception:  # an object of the student's
        return False


def _text(error: Any) -> str:
    try:
        return str(error)[:TEXT].encode("utf-8", "replace").decode("utf-8")
    except BaseException:
        return ""


def _told(error: BaseException) -> str:
    place = f" (line {error.lineno})" if isinstance(error, SyntaxError) and error.lineno else ""
    return f"{tidy_name(type(error).__name__, 'an error')}: {_text(error)}{place}"


if __name__ == "__main__":
    main()
