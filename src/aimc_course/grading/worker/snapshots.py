"""Functions as they were when they were handed in: forked processes that keep a namespace.

A function may use names that later cells change. So after a cell that hands in functions the worker
forks; the child waits, and calls them when the judge asks. What a call does stays in its child: one
that ends it, or never returns, costs nothing else.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
from collections.abc import Callable
from typing import Any

from aimc_course.grading.worker.stream import Stream

__all__ = ["Snapshot"]


class Snapshot:
    """A child of the worker that serves calls.

    Parameters
    ----------
    serve : callable
        Serves requests of a stream, in the child, and never returns.

    Raises
    ------
    OSError
        If no further process can be started.
    """

    def __init__(self, serve: Callable[[Stream], Any]) -> None:
        ours, theirs = socket.socketpair()
        try:
            self._child = os.fork()
        except OSError:
            ours.close()
            theirs.close()
            raise
        if self._child == 0:
            try:
                ours.close()
                serve(Stream(theirs.fileno(), theirs.fileno()))
            finally:
                os._exit(1)
        theirs.close()
        self._socket = ours
        self._stream = Stream(ours.fileno(), ours.fileno(), ends=False)

    def relay(self, request: dict[str, Any], outside: Stream) -> dict[str, Any]:
        """Hand a request to the child and what it asks for to the outside; return its reply.

        A request ``drop`` from outside ends the child.
        """
        identity = request["id"]
        try:
            self._stream.send(request)
            while True:
                ready, _, _ = select.select([outside.source, self._socket.fileno()], [], [])
                if outside.source in ready:
                    message = outside.receive()
                    if message["op"] == "drop":
                        self.end()
                        return {"id": message["id"]}
                    self._stream.send(message)
                else:
                    message = self._stream.receive()
                    if message["op"] != "use":
                        return {**message, "id": identity}
                    outside.send(message)
        except (OSError, EOFError, ValueError, LookupError, TypeError):
            self.end()
            return {"op": "reply", "id": identity, "gone": True}

    def end(self) -> None:
        """End the child."""
        with contextlib.suppress(OSError):
            os.kill(self._child, signal.SIGKILL)
            os.waitpid(self._child, 0)
        self._socket.close()
