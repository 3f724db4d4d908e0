"""The judge: a trusted process that compares answers, and can be killed when one keeps it busy.

It holds questions, references and hidden inputs, and never runs a student's code. A function is a
proxy to it: calling the proxy sends the arguments out and waits for what came back.
"""

from __future__ import annotations

import builtins
import contextlib
import os
import resource
import sys
from typing import Any

from aimc_answers.catalogue import answers_of, find
from aimc_answers.checks.keys import KeyedSerial
from aimc_answers.checks.question import JudgedLab, JudgedQuestion
from aimc_answers.learning import WatchedArray
from aimc_answers.loops import WatchedDevices
from aimc_course.checks.diagnosis import is_blank
from aimc_course.grading.messages import slip_of, withheld
from aimc_course.grading.references import References
from aimc_course.grading.versions import lab_facts
from aimc_course.grading.worker.protocol import Border, ProtocolError
from aimc_course.grading.worker.served import SERVED
from aimc_course.grading.worker.stream import Stream, taken_streams

__all__ = ["Judging", "main"]


class StudentError(Exception):
    """A student's function raised something whose name is none of Python's own."""


class RemoteFunction:
    """A student's function, which stays on the other side of the border.

    Parameters
    ----------
    judging : Judging
        The judge that it was given to.
    handle : int
        Its handle.
    name : str
        Its name, for messages.
    """

    def __init__(self, judging: Judging, handle: int, name: str) -> None:
        self._judging, self._handle = judging, handle
        self.__name__ = name

    def __call__(self, *arguments: Any) -> Any:
        """Call the function; what it raises is raised here, without the text that it wrote."""
        return self._judging.call(self._handle, arguments)


class Judging:
    """Judges answers to labs.

    Parameters
    ----------
    stream : Stream
        Where requests come from.
    cache : References, optional
        Where slow reference answers are kept.
    """

    def __init__(self, stream: Stream, cache: References | None = None) -> None:
        self._stream, self._cache = stream, cache
        self._labs: dict[str, JudgedLab] = {}
        self._called = False

    def lab(self, request: dict[str, Any]) -> dict[str, Any]:
        """Say which questions a lab has."""
        return lab_facts(request["lab"])

    def judge(self, request: dict[str, Any]) -> dict[str, Any]:
        """Judge one answer."""
        question = self._question(request["lab"], request["question"])
        serial = KeyedSerial(request["serial"], seed=request["seed"])
        self._called = False
        border = Border(proxy=lambda handle, name: RemoteFunction(self, handle, name))
        try:
            answer = border.decode(request["answer"])
        except ProtocolError:
            return _found(0.0, "the answer holds something that cannot be judged, or too much")
        if is_blank(answer):
            return _found(0.0, "no answer yet: the `...` is still in its place")
        try:
            finding = question.judge(answer, serial)
        except BrokenPipeError:
            raise
        except Exception as error:
            if _short_of_memory(error):
                raise
            said = f"an answer of this kind cannot be judged ({type(error).__name__})"
            return _found(0.0, said)
        if finding.share == 1:
            return _found(1.0, question.praise)
        slip = slip_of(question, finding)
        said = finding.message
        if self._called or not request["reveal"]:
            said = withheld(said, question, hidden=self._called)
        return _found(min(max(float(finding.share), 0.0), 1.0), said, slip)

    def call(self, handle: int, arguments: tuple[Any, ...]) -> Any:
        """Call a student's function and serve what it asks for meanwhile."""
        self._called = True
        border = Border(kind_of=_kind_of)
        sent = [border.encode(argument) for argument in arguments]
        self._stream.send({"op": "call", "function": handle, "args": sent})
        while True:
            reply = self._stream.receive()
            if reply["op"] == "use":
                self._stream.send({"op": "used", **self._used(border, reply)})
                continue
            if "raised" in reply:
                raise _raised(reply["raised"][0])
            # A function that is returned cannot be called: it would outlive its question.
            return Border().decode(reply["value"])

    def _used(self, border: Border, request: dict[str, Any]) -> dict[str, Any]:
        try:
            arguments = [Border().decode(part) for part in request["args"]]
            number = request["object"]
            if not isinstance(number, int) or not 0 <= number < len(border.kept):
                raise ProtocolError("no such object")
            value = _use(border.kept[number], request["method"], arguments)
            return {"value": border.encode(value)}
        except Exception as error:
            name = type(error).__name__
            known = name if hasattr(builtins, name) else "RuntimeError"
            return {"raised": [known, str(error)[:300]]}

    def _question(self, lab: str, name: str) -> JudgedQuestion:
        if lab not in self._labs:
            self._labs[lab] = find(lab)
            answers_of(lab).cache = self._cache
        return next(q for q in self._labs[lab].questions if q.id == name)


def _found(share: float, message: str, slip: str | None = None) -> dict[str, Any]:
    return {"share": share, "message": message, "slip": slip}


def _kind_of(value: Any) -> str:
    if isinstance(value, WatchedArray):
        return "learning_array"
    return "devices" if isinstance(value, WatchedDevices) else ""


def _use(thing: Any, method: Any, arguments: list[Any]) -> Any:
    """Use what was handed to a student's function, by a list of what may be used."""
    if kind := _kind_of(thing):
        methods, values = SERVED[kind]
        if method in methods:
            return getattr(thing, method)(*arguments)
        if method in values and not arguments:
            return getattr(thing, method)
        raise AttributeError(f"{kind}: no such method")
    if method == "" and callable(thing):
        return thing(*arguments)
    raise AttributeError("nothing of that name is served")


def _raised(name: Any) -> Exception:
    """Return an exception of the same name without its text, which could show hidden inputs."""
    kind = getattr(builtins, name, None) if isinstance(name, str) else None
    if isinstance(kind, type) and issubclass(kind, Exception):
        return type(kind.__name__, (Exception,), {})("on inputs that you do not know")
    if name == "LinAlgError":
        return type(name, (Exception,), {})("on inputs that you do not know")
    return StudentError("on inputs that you do not know")


def _short_of_memory(error: Exception) -> bool:
    """Return whether memory ran out, which a library that is loaded late tells in its own words."""
    told = ("failed to map segment", "Cannot allocate memory")
    return isinstance(error, MemoryError) or (
        isinstance(error, ImportError | OSError) and any(words in str(error) for words in told)
    )


def main() -> None:
    """Serve requests until the other side ends."""
    memory, cache = int(sys.argv[1]), sys.argv[2]
    if memory:
        with contextlib.suppress(ValueError, OSError):  # macOS knows no such limit
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    stream = taken_streams()
    stream.most = 2**27
    judging = Judging(stream, References(cache) if cache else None)
    served = {"lab": judging.lab, "judge": judging.judge}
    while True:
        request = stream.receive()
        try:
            reply = served[request["op"]](request)
        except Exception as error:
            if _short_of_memory(error):
                os._exit(1)  # the answer's fault or the machine's: a fresh judge is asked once more
            reply = {"failed": f"{type(error).__name__}: {error}"[:500]}
        stream.send({"op": "verdict", **reply})


if __name__ == "__main__":
    main()
