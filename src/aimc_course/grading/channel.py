"""The outer end of a pipe to a process that may be hostile, dead, silent or loud.

Nothing here waits longer than it is told, reads more than it is told, or trusts what it reads.
"""

from __future__ import annotations

import os
import select
import struct
import subprocess
import time
from collections.abc import Callable
from typing import Any

from aimc_course.grading.watching import Starvation
from aimc_course.grading.worker.protocol import ProtocolError, dumps, loads

__all__ = ["BrokenError", "Channel", "EndedError", "FloodError", "JudgeGoneError", "SlowError"]

HEAD = struct.Struct(">I")
CHUNK = 2**18
LOOK = 0.2  # s, between two looks at the memory of the other side
SHORT = 0.02  # s, between two looks at the clock
PATIENCE = 9  # most time that is not counted, for each time that is
KEPT = 4000  # bytes of what was printed


class BrokenError(Exception):
    """The other side cannot be talked to any more; the text says why, for people."""


class EndedError(BrokenError):
    """The process has ended."""


class SlowError(BrokenError):
    """No answer came in time."""


class FloodError(BrokenError):
    """Too much was printed, sent or held."""


class JudgeGoneError(Exception):
    """The judge has gone or is too slow, in the middle of a student's call."""


class Channel:
    """Messages to and from a process over its standard streams.

    Parameters
    ----------
    process : subprocess.Popen
        Process with three pipes.
    message : int
        Largest message that is accepted, bytes.
    output : int
        Most bytes that may be printed.
    watch : callable, optional
        Called now and then while waiting; returns what is wrong, an empty text if nothing is.

    Notes
    -----
    Time in which the process wanted to compute and had no processor does not count, up to nine
    tenths of all the time that passes.
    """

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        *,
        message: int,
        output: int,
        watch: Callable[[], str] | None = None,
    ) -> None:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        self._in, self._out = process.stdin.fileno(), process.stdout.fileno()
        self._err: int | None = process.stderr.fileno()
        for number in (self._in, self._out, self._err):
            os.set_blocking(number, False)
        self._message, self._left, self._watch = message, output, watch
        self._most = output
        self._looked = 0.0
        self._starvation = Starvation(process.pid)
        self._born = time.monotonic()
        self.starved = 0.0
        """Time that was not counted, s."""
        self._buffer = bytearray()
        self.printed = b""
        """The first bytes that the process printed."""

    def now(self) -> float:
        """Return a time that stands still while the process is kept from a processor, s."""
        return time.monotonic() - self.starved

    def send(self, message: Any, seconds: float) -> None:
        """Send a message; raise what `BrokenError` says if that does not work in time."""
        data = dumps(message)
        left = memoryview(HEAD.pack(len(data)) + data)
        self._starvation.more()  # of before, which is nobody's here
        end = self.now() + seconds
        while left:
            self._wait(end, writing=True)
            try:
                left = left[os.write(self._in, left[:CHUNK]) :]
            except BlockingIOError:
                continue
            except OSError:
                raise EndedError("the process has ended") from None

    def receive(self, seconds: float) -> dict[str, Any]:
        """Return the next message, a dict; raise what `BrokenError` says if none comes in time."""
        self._starvation.more()
        end = self.now() + seconds
        (length,) = HEAD.unpack(self._exactly(HEAD.size, end))
        if length > self._message:
            raise FloodError(f"sent more than {self._message >> 20} MiB at once")
        try:
            message = loads(self._exactly(length, end))
        except ProtocolError as error:
            raise BrokenError(f"sent something that is no message ({error})") from None
        if not isinstance(message, dict):
            raise BrokenError("sent something that is no message")
        return message

    def _exactly(self, count: int, end: float) -> bytes:
        while len(self._buffer) < count:
            if not self._wait(end):
                continue
            try:
                part = os.read(self._out, CHUNK)
            except BlockingIOError:
                continue
            if not part:
                self._read_errors()
                raise EndedError("the process has ended")
            self._buffer += part
        data = bytes(self._buffer[:count])
        del self._buffer[:count]
        return data

    def _wait(self, end: float, *, writing: bool = False) -> bool:
        """Wait until there is something to do; what is printed meanwhile is drained."""
        if self.now() >= end:
            most = PATIENCE * (self.now() - self._born) - self.starved
            self.starved += max(0.0, min(self._starvation.more(), most))
        left = end - self.now()
        if left <= 0:
            raise SlowError("no answer in time")
        if self._watch and time.monotonic() - self._looked > LOOK:
            self._looked = time.monotonic()
            if wrong := self._watch():
                raise FloodError(wrong)
        # Reading and writing at once: a side that writes a lot before it reads blocks nobody.
        reading = [self._out] if not writing or len(self._buffer) <= self._message else []
        streams = reading + ([self._err] if self._err is not None else [])
        ready, free, _ = select.select(
            streams, [self._in] if writing else [], [], min(LOOK, max(left, SHORT))
        )
        if self._err is not None and self._err in ready:
            self._read_errors()
        if writing and self._out in ready and not free:
            self._swallow()
        return self._out in ready

    def _swallow(self) -> None:
        try:
            part = os.read(self._out, CHUNK)
        except BlockingIOError:
            return
        if not part:
            raise EndedError("the process has ended")
        self._buffer += part

    def _read_errors(self) -> None:
        if self._err is None:
            return
        try:
            part = os.read(self._err, CHUNK)
        except BlockingIOError:
            return
        if not part:
            self._err = None
            return
        self.printed = (self.printed + part)[:KEPT]
        self._left -= len(part)
        if self._left < 0:
            raise FloodError(f"printed more than {self._most >> 20} MiB")
