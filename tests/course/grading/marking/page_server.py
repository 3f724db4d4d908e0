"""The page as a teacher starts it: a process of its own, for a class in a folder."""

from __future__ import annotations

import http.client
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from paper_class import ROOT, Believer

from aimc_course.grading.gradebook.classlist import read_class
from aimc_course.grading.gradebook.gradebook import Gradebook
from aimc_course.grading.gradebook.intake import take_in
from aimc_course.grading.gradebook.rules import Rules


def grade(folder: Path, rules: Rules | None = None) -> None:
    """Take in and grade what lies in a folder."""
    people = read_class(folder / "class.csv")
    with Gradebook(folder / "out") as gradebook:
        gradebook.take("lab-3", take_in(folder / "in", people), people, rules or Rules())
        assert not gradebook.grade("lab-3", Believer, progress=False).failures


def hand_in(folder: Path, student: str, notebook: bytes, name: str = "lab.ipynb") -> None:
    place = folder / "in" / student
    place.mkdir(parents=True, exist_ok=True)
    (place / name).write_bytes(notebook)


@dataclass
class Server:
    """A page that is running."""

    process: subprocess.Popen[str]
    address: str
    """The address to open once."""

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc

    @property
    def place(self) -> str:
        return urlsplit(self.address).path.split("/")[1]

    def ask(self, path, *, method="GET", body=None, cookie="", **headers):
        """Send one request as it is; return status, headers and body."""
        connection = http.client.HTTPConnection(self.host, timeout=20)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in ({"Host": self.host} | named).items():
                connection.putheader(name, value)
            if cookie:
                connection.putheader("Cookie", cookie)
            data = urlencode(body).encode() if body is not None else None
            if data is not None:
                connection.putheader("Content-Type", "application/x-www-form-urlencoded")
                connection.putheader("Content-Length", str(len(data)))
            connection.endheaders(data)
            answer = connection.getresponse()
            return (
                answer.status,
                dict(answer.getheaders()),
                answer.read().decode("utf-8", "replace"),
            )
        finally:
            connection.close()

    def enter(self) -> str:
        """Open the address as a browser does; return its cookie."""
        status, headers, _ = self.ask(urlsplit(self.address).path)
        assert status == 303
        return headers["set-cookie"].split(";")[0]

    def end(self, how: int = signal.SIGINT) -> str:
        """End it; return what it printed."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.communicate(timeout=60)[0]


@contextmanager
def serving(
    folder: Path, *options: str, program: Sequence[str] = ("-m", "aimc_course")
) -> Iterator[Server]:
    """Start the page of a class, as a teacher does."""
    command = [sys.executable, *program, "mark", str(folder / "out"), "--lab", "3"]
    process = subprocess.Popen(
        [*command, "--no-browser", *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if found := re.search(r"open once: (\S+)", line):
            break
    else:
        pytest.fail(f"the page did not start: {said}")
    server = Server(process, found[1])
    try:
        yield server
    finally:
        server.end(signal.SIGKILL)
