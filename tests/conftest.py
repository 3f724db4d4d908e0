"""Which tests share a process, which come first, and what a quick run says it has left out."""

from __future__ import annotations

import importlib
import re
import shlex
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from fact_places import pytest_runtest_makereport

__all__ = ["pytest_runtest_makereport"]

HERE = "tests"
NOTEBOOKS = "solutions of the labs"
# Longest first, so that no process is left alone with them at the end.
FIRST = ("portability", NOTEBOOKS, "site")
# Fixtures that remember a visit to the page or lab that the parameter `name` gives.
VISITS = {"page_record", "explorer_record", "lab"}
BUILD = Path(__file__).parents[1] / "_build"
LOG, STATUS = BUILD / "book.log", BUILD / "book.status"
TOLD = re.compile(r"\b(WARNING|ERROR|CRITICAL|SEVERE)\b|Traceback")
MANY_FILES = 30  # of so many one wants to know which take the time
LEFT_OUT = pytest.StashKey[Counter[str]]()
WHY = {"not slow": "is slow", "not weekly": "is done each week"}
WORDS = {
    "portability": "the library's tests in the Python of a browser",
    NOTEBOOKS: "run cell by cell",
    "site": "all pages but one of each kind, labs in the browser, Firefox, builds of small books",
    "course": "labs as students and teachers run them",
}


class Building:
    """The build of the book, which runs beside the tests that need none of it."""

    def __init__(self, command: str) -> None:
        BUILD.mkdir(exist_ok=True)
        STATUS.unlink(missing_ok=True)
        with LOG.open("w", encoding="utf-8") as log:
            self.process = subprocess.Popen(shlex.split(command), stdout=log, stderr=log)
        self.thread = threading.Thread(target=self.note, daemon=True)
        self.thread.start()

    def note(self) -> None:
        STATUS.write_text(str(self.process.wait()), encoding="utf-8")

    def end(self, *, early: bool) -> int:
        """Return the build's exit status; a run that ends early stops it."""
        if early:
            self.process.terminate()
        self.thread.join()
        return self.process.returncode


BUILDING = pytest.StashKey[Building]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--build", metavar="COMMAND", help="build the site beside the first tests")


def pytest_sessionstart(session: pytest.Session) -> None:
    command = session.config.getoption("--build")
    if command and not hasattr(session.config, "workerinput"):
        session.config.stash[BUILDING] = Building(command)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let a test of the built site wait for the build."""
    if item.config.getoption("--build") and reads_site(item):
        while not STATUS.is_file():
            time.sleep(0.2)
        if STATUS.read_text(encoding="utf-8") != "0":
            pytest.fail(f"the book was not built; see {LOG}")


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """Return what imports one of the scripts of this repository by its name."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "scripts"))
    return importlib.import_module


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Return the path of a Chromium; whoever has none has to install one."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))
    from browser import HINT, find_browser

    path = find_browser()
    if path is None:
        pytest.fail(HINT)
    return path


@pytest.fixture(scope="session")
def playwright(chromium_path: str) -> Iterator[Any]:
    """Return Playwright, of which a process can hold only one at a time."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        yield driver


def room(item: pytest.Item) -> str:
    """Return the folder of tests/ that a test stands in."""
    parts = item.path.relative_to(item.config.rootpath).parts
    return parts[1] if parts[0] == HERE else NOTEBOOKS


def reads_site(item: pytest.Item) -> bool:
    """Return whether a test may read the built site, so that it comes after the build."""
    return room(item) == "site" or item.get_closest_marker("built") is not None


def shared(item: pytest.Item) -> str:
    """Return what a test shares with others: the page or lab that is visited, or its file."""
    chosen = getattr(item, "callspec", None)
    if chosen and "name" in chosen.params and VISITS & set(getattr(item, "fixturenames", ())):
        return str(chosen.params["name"])
    return item.path.as_posix()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark as slow what is; keep together what shares a visit, a fixture or a kernel."""
    for item in items:
        if room(item) == NOTEBOOKS or item.get_closest_marker("weekly"):
            item.add_marker(pytest.mark.slow)
        if "site" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.built)
    if not hasattr(config, "workerinput"):
        return
    for item in items:
        if not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(shared(item)))
    order = {name: k for k, name in enumerate(FIRST)}
    waits = bool(config.getoption("--build"))
    items.sort(
        key=lambda item: (
            waits and reads_site(item),
            order.get(room(item), len(order)),
        )
    )


def where_time_went(terminalreporter: Any) -> None:
    """Print the seconds of the slowest files; of a visit that tests share, the first pays all."""
    seconds: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            file = getattr(report, "nodeid", "").partition("::")[0]
            seconds[file] += getattr(report, "duration", 0.0)
    if len(seconds) <= MANY_FILES:
        return
    terminalreporter.section(f"{sum(seconds.values()):.0f} s in all processes; the slowest files")
    for file, spent in seconds.most_common(MANY_FILES):
        terminalreporter.line(f"{spent:6.0f} s  {file}")


def what_the_build_said(terminalreporter: Any, building: Building | None) -> None:
    """Print the warnings of a build that failed, and its end."""
    if building is None or not building.process.returncode:
        return
    terminalreporter.section(f"the book was not built (status {building.process.returncode})")
    lines = LOG.read_text(encoding="utf-8").splitlines()
    for line in [*filter(TOLD.search, lines[:-20]), *lines[-20:]]:
        terminalreporter.line(line)


def pytest_deselected(items: list[pytest.Item]) -> None:
    for item in items:
        item.config.stash.setdefault(LEFT_OUT, Counter())[room(item)] += 1


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what a process has left out to the one that prints it."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["left_out"] = dict(session.config.stash.get(LEFT_OUT, {}))
    building = session.config.stash.get(BUILDING, None)
    if building and building.end(early=bool(session.shouldstop or session.shouldfail)):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    found = getattr(node, "workeroutput", {}).get("left_out", {})
    node.config.stash[LEFT_OUT] = Counter(found)  # each process leaves out the same


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say where the time of a long run went, and what a quick run did not look at."""
    where_time_went(terminalreporter)
    what_the_build_said(terminalreporter, config.stash.get(BUILDING, None))
    counts = config.stash.get(LEFT_OUT, None)
    why = WHY.get(config.option.markexpr)
    if not counts or not why:
        return
    terminalreporter.section(f"left out, because it {why}; `make test-all` runs it")
    for name, count in counts.most_common():
        words = f": {WORDS[name]}" if name in WORDS and "slow" in why else ""
        terminalreporter.line(f"{count:5d}  {name}{words}")
