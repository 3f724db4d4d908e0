"""Notebooks of a few cells, graded in a real sandbox."""

import atexit
import contextlib
import functools
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from aimc_course.grading import Grader, Limits, SandboxError, find_sandbox
from aimc_course.grading.images import made_empty

# Files that hold the limit on memory, by the version of control groups.
BOUNDS = ("memory.max", "memory/memory.limit_in_bytes")
# crun refuses machines that mount both versions of control groups; runc takes them.
RUNC = '[engine]\nruntime = "runc"\n'


@functools.cache
def working_engines():
    """Return the engines that start a program here; podman is also tried with runc."""
    found = [name for name in ("podman", "docker") if shutil.which(name) and starts(name)]
    if "podman" not in found and shutil.which("podman") and shutil.which("runc"):
        folder = Path(tempfile.mkdtemp(prefix="aimc-engines-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        (folder / "containers.conf").write_text(RUNC)
        with_runc = {"CONTAINERS_CONF": str(folder / "containers.conf")}
        if starts("podman", with_runc):
            os.environ.update(with_runc)
            found.insert(0, "podman")
    return tuple(found)


def starts(engine, variables=None):
    """Return whether an engine starts a container, and bounds its memory."""
    try:
        image = made_empty(engine)
    except SandboxError:
        return False
    limit = 2**28
    command = [engine, "run", "--rm", "--network=none", "--read-only", f"--memory={limit}"]
    command += ["--pids-limit=20", "--volume=/usr:/usr:ro", "--entrypoint=/usr/bin/cat", image]
    with contextlib.suppress(subprocess.TimeoutExpired):
        done = subprocess.run(
            [*command, *(f"/sys/fs/cgroup/{name}" for name in BOUNDS)],
            env={**os.environ, **(variables or {})},
            capture_output=True,
            timeout=30,
            check=False,
        )
        return str(limit).encode() in done.stdout
    return False


def pytest_ignore_collect(collection_path):
    """Leave out the tests in real container engines where no engine starts a container."""
    if collection_path.name == "test_engines.py" and not working_engines():
        return True
    return None


def pytest_generate_tests(metafunc):
    """Run what asks for a container in every engine that works."""
    if "container" in metafunc.fixturenames:
        metafunc.parametrize("container", working_engines(), indirect=True, scope="module")


@pytest.fixture(scope="module")
def container(request):
    """A container's sandbox, tried item by item as before every run."""
    with find_sandbox(request.param) as found:
        yield found


KEY = b"a class key for tests only"
SERIAL = 12
START = """
import numpy as np
from aimc_course import start
SERIAL = 7
lab = start("lab-2", serial=SERIAL)
check = lab.check
"""
ERROR = """
def mvm_error(y, exact):
    return np.linalg.norm(y - exact) / np.linalg.norm(exact)
check("q1", mvm_error)
"""
QUANTISE = """
def quantise(x, bits, full_scale):
    step = full_scale / (2 ** (bits - 1) - 1)
    return step * np.round(np.clip(x, -full_scale, full_scale) / step)
check("q2", quantise)
"""
COUNT = 'check("q8", 4096)'
WORTH = (2, 3, 1)


def written(*cells):
    """Return the bytes of a notebook with these code cells."""
    made = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": c}
        for c in cells
    ]
    content = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content).encode()


@pytest.fixture(scope="session")
def sandbox():
    """The sandbox of this machine; where there is none, CI fails and others skip."""
    if not shutil.which("bwrap") and os.environ.get("CI") != "true":
        pytest.skip("bubblewrap is not installed: student code is not run without it")
    with find_sandbox("bubblewrap") as found:
        yield found


@pytest.fixture(scope="session")
def limits():
    """Short limits, so that what hangs is soon over."""
    return Limits(
        cell=4, call=1.5, question=2.5, submission=40, judge=20, restarts=4, memory=1200 * 2**20
    )


@pytest.fixture(scope="module")
def grader(sandbox, limits):
    """A grader of lab 2."""
    with Grader("lab-2", KEY, sandbox, limits) as made:
        yield made


@pytest.fixture
def graded(grader):
    """Grade a notebook of lab 2: questions 1, 2 and 8."""

    def grade(*cells, student="ada", start=START):
        marks = grader.grade(
            written(start, *cells),
            student=student,
            serial=SERIAL,
            questions=("q1", "q2", "q8"),
        )
        assert len(marks.marks) == len(WORTH)
        assert all(mark.message for mark in marks.marks)
        return marks

    return grade


def points(marks):
    """Return what questions 1, 2 and 8 earned, as if they were worth 2, 3 and 1 points.

    What they are worth in the lab may change, and is no matter of the grader.
    """
    return tuple(
        round(worth * mark.points / mark.max_points, 6)
        for worth, mark in zip(WORTH, marks.marks, strict=True)
    )


@pytest.fixture
def lab2():
    """What the tests of lab 2 write their notebooks from."""

    class Lab2:
        error, quantise, count, start = ERROR, QUANTISE, COUNT, START
        written = staticmethod(written)
        points = staticmethod(points)
        key, serial = KEY, SERIAL

    return Lab2
