"""A command that the page has started: the same program as in a terminal, watched."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["PROGRAM", "Running", "Said"]

PROGRAM: tuple[str, ...] = (sys.executable, "-m", "aimc_course")
MOST_TEXT = 20_000  # bytes of what it printed that are shown
SECONDS = 30.0
"""How long a command may take to end once it was told to."""


@dataclass(frozen=True, slots=True)
class Said:
    """How far a command is."""

    command: str
    """What was started, as one would type it."""
    status: int | None
    """Its exit status; ``None`` as long as it runs."""
    cancelled: bool
    """Whether it was told to end."""
    text: str
    """The end of what it printed."""

    @property
    def grades(self) -> bool:
        """Whether it grades what is new."""
        return self.command.startswith("aimc-course grade ")


class Running:
    """At most one command at a time; it may be ended, and goes on when it is started again."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._words: tuple[str, ...] = ()
        self._printed = tempfile.TemporaryFile()  # noqa: SIM115 - closed with this
        self._cancelled = False

    @property
    def busy(self) -> bool:
        """Whether a command runs."""
        return self._process is not None and self._process.poll() is None

    def start(self, words: Sequence[str]) -> None:
        """Start a command.

        Raises
        ------
        ValueError
            If one runs already.
        """
        if self.busy:
            raise ValueError("a run has not ended yet: wait for it, or end it")
        self._printed.close()
        self._printed = tempfile.TemporaryFile()  # noqa: SIM115 - closed with this
        self._words, self._cancelled = tuple(words), False
        self._process = subprocess.Popen(
            [*PROGRAM, *words],
            stdin=subprocess.DEVNULL,
            stdout=self._printed,
            stderr=subprocess.STDOUT,
            # Ctrl+C in the terminal ends the page, and the page then ends this.
            start_new_session=True,
        )

    def cancel(self) -> None:
        """Have the command end as with Ctrl+C; asked a second time, end it at once."""
        if self._process is not None and self.busy:
            self._process.send_signal(signal.SIGKILL if self._cancelled else signal.SIGINT)
            self._cancelled = True

    def said(self) -> Said | None:
        """Return how far the command is, ``None`` if none was started."""
        if self._process is None:
            return None
        status = self._process.poll()
        number = self._printed.fileno()
        end = os.fstat(number).st_size
        # The command writes where a seek would leave off.
        text = os.pread(number, MOST_TEXT, max(0, end - MOST_TEXT)).decode("utf-8", "replace")
        command = shlex.join(("aimc-course", *self._words))
        return Said(command, status, self._cancelled, text if end <= MOST_TEXT else f"…{text}")

    def close(self) -> None:
        """End what runs."""
        if self._process is not None and self.busy:
            self.cancel()
            try:
                self._process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._printed.close()
