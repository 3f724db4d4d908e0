"""Messages over the standard streams of a process that serves requests."""

from __future__ import annotations

import os
import struct
import sys
from typing import Any

from aimc_course.grading.worker.protocol import dumps, loads, too_many

__all__ = ["Stream", "taken_streams"]

HEAD = struct.Struct(">I")
CHUNK = 2**20


class Stream:
    """Messages with their length before them, over two descriptors.

    Parameters
    ----------
    source, sink : int
        Descriptors to read from and to write to.
    ends : bool
        Whether the process ends when the other side does; else `EOFError` is raised.
    """

    def __init__(self, source: int, sink: int, *, ends: bool = True) -> None:
        self.source, self._sink, self._ends = source, sink, ends
        self.most = 2**23
        """Largest message that is sent, bytes."""

    def send(self, message: Any) -> None:
        """Send a message; one that is too large, or of too many parts, becomes a word on it."""
        data = dumps(message)
        if len(data) > self.most or too_many(data):
            data = dumps({"op": "large", "id": message.get("id")})
        data = HEAD.pack(len(data)) + data
        while data:
            data = data[os.write(self._sink, data) :]

    def receive(self) -> Any:
        """Return the next message; end the process when there is none."""
        (length,) = HEAD.unpack(self._exactly(HEAD.size))
        return loads(self._exactly(length))

    def _exactly(self, count: int) -> bytes:
        parts = []
        while count:
            part = os.read(self.source, min(count, CHUNK))
            if not part:
                if self._ends:
                    os._exit(0)
                raise EOFError
            parts.append(part)
            count -= len(part)
        return b"".join(parts)


def taken_streams() -> Stream:
    """Take standard input and output for messages; what is printed goes to standard error."""
    source, sink = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdin = os.fdopen(0, closefd=False)
    return Stream(source, sink)
