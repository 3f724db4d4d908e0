"""The project's settings files agree: packages, ranges, versions and the repository's address."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
# conda-forge's names of packages that PyPI calls otherwise.
CONDA_NAMES = {"matplotlib-base": "matplotlib", "pytorch-cpu": "torch"}
# One environment serves labs, book and tests; only style checks and benchmarks stay out.
USES = ["torch", "labs", "book", "test", "browser", "binder"]
SPEC = re.compile(r"^(?P<name>[A-Za-z0-9_.-]+?)\s*(?P<range>[<>=!~].*)?$")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def project() -> dict[str, Any]:
    return tomllib.loads(read("pyproject.toml"))["project"]


def requirements(extras: list[str]) -> dict[str, Requirement]:
    lines = [*project()["dependencies"]]
    for extra in extras:
        lines += project()["optional-dependencies"][extra]
    return {canonicalize_name(r.name): r for r in map(Requirement, lines)}


def installed_requirements(name: str) -> list[str]:
    """Return what an installed package needs without any of its extras."""
    try:
        return [line for line in requires(name) or [] if "extra ==" not in line]
    except PackageNotFoundError:
        return []


def imported(path: Path) -> Iterator[str]:
    """Yield the packages that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def environment() -> dict[str, Requirement]:
    """Return the packages of environment.yml, under the names PyPI gives them."""
    entries = yaml.safe_load(read("environment.yml"))["dependencies"]
    pip = next(e["pip"] for e in entries if isinstance(e, dict))
    lines = [e for e in entries if isinstance(e, str)]
    lines += [line for line in pip if not line.startswith("-e")]
    found = {}
    for line in lines:
        match = SPEC.match(line)
        assert match is not None, f"environment.yml: cannot read {line!r}"
        name = CONDA_NAMES.get(match["name"], match["name"])
        spec = match["range"] or ""
        # A single '=' is conda's "this series".
        spec = re.sub(r"^=(?=\d)(.*)$", r"==\1.*", spec)
        found[canonicalize_name(name)] = Requirement(f"{name}{spec}")
    return found


def test_environment_names_every_requirement_with_the_same_range() -> None:
    declared = requirements(USES)
    binder = environment()
    assert set(binder) - {"python", "pip"} == set(declared)
    for name, requirement in declared.items():
        assert binder[name].specifier == requirement.specifier, name


def test_environment_installs_the_package_and_a_supported_python() -> None:
    entries = yaml.safe_load(read("environment.yml"))["dependencies"]
    installed = next(e["pip"] for e in entries if isinstance(e, dict))
    assert {"-e .", "-e src/aimc_course", "-e src/aimc_answers"} <= set(installed)
    series = str(environment()["python"].specifier).removeprefix("==").removesuffix(".*")
    assert Version(series) in Requirement(f"python{project()['requires-python']}").specifier


def test_every_range_has_a_lower_bound() -> None:
    for name, requirement in requirements(list(project()["optional-dependencies"])).items():
        assert any(s.operator in (">=", "==", "~=") for s in requirement.specifier), name


def test_lock_holds_each_requirement_within_its_range() -> None:
    locked: dict[str, list[Requirement]] = {}
    for line in read("constraints.txt").splitlines():
        if line and not line.startswith("#"):
            requirement = Requirement(line)
            locked.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    for name, requirement in requirements(list(project()["optional-dependencies"])).items():
        assert name in locked, f"{name} is not in constraints.txt; run: make lock"
        for lock in locked[name]:
            pin = str(lock.specifier).removeprefix("==")
            assert requirement.specifier.contains(pin), f"{lock} is outside {requirement}"


def test_hooks_install_the_versions_of_the_lock_and_nothing_of_this_tree() -> None:
    lock = read("constraints.txt").splitlines()
    hooks = [
        h for r in yaml.safe_load(read(".pre-commit-config.yaml"))["repos"] for h in r["hooks"]
    ]
    for hook in hooks:
        assert hook["language"] == "python", f"{hook['id']} needs what was built before"
        for pin in hook["additional_dependencies"]:
            assert pin.replace("; ", " ; ") in lock, (
                f"{hook['id']}: {pin} is not in constraints.txt"
            )


def test_lock_names_no_place() -> None:
    text = read("constraints.txt")
    for word in ("://", "--hash", "file:", "@", "+cpu", "--index", "--find-links"):
        assert word not in text


def test_repository_address_is_the_same_everywhere() -> None:
    address = project()["urls"]["Repository"]
    assert yaml.safe_load(read("_config.yml"))["repository"]["url"] == address
    assert yaml.safe_load(read("CITATION.cff"))["repository-code"] == address
    slug = address.removeprefix("https://github.com/")
    readme = read("README.md")
    assert address in readme
    linked = re.findall(r"(?:github\.com|mybinder\.org/v2/gh)/([\w-]+/[\w-]+)", readme)
    own = {name for name in linked if name.split("/")[1].startswith("aimc")}
    assert own == {slug}


def test_site_address_is_the_same_everywhere() -> None:
    address = project()["urls"]["Documentation"]
    assert yaml.safe_load(read("_config.yml"))["html"]["baseurl"] == address
    assert yaml.safe_load(read("CITATION.cff"))["url"] == address


def test_version_is_the_same_everywhere() -> None:
    version = project()["version"]
    assert f'__version__ = "{version}"' in read("src/aimc/__init__.py")
    assert yaml.safe_load(read("CITATION.cff"))["version"] == version
    assert f"## {version} " in read("CHANGELOG.md")


@pytest.mark.parametrize("name", ["aimc_course", "aimc_answers"])
def test_course_and_answers_stand_beside_the_library(name: str) -> None:
    beside = tomllib.loads(read(f"src/{name}/pyproject.toml"))
    assert beside["project"]["version"] == project()["version"]
    assert beside["project"]["requires-python"] == project()["requires-python"]
    source = ROOT / "src"
    folders = {path.parent.relative_to(source) for path in source.glob(f"{name}/**/*.py")}
    assert set(beside["tool"]["setuptools"]["packages"]) == {
        ".".join(folder.parts) for folder in folders
    }
    library = tomllib.loads(read("pyproject.toml"))["tool"]["setuptools"]["packages"]["find"]
    assert library["include"] == ["aimc", "aimc.*"]


def test_post_build_is_executable() -> None:
    assert read("postBuild").startswith("#!")
    if os.name == "posix":
        assert os.access(ROOT / "postBuild", os.X_OK)


@pytest.mark.binder
def test_binder_recognises_the_repository(tmp_path: Path) -> None:
    for name in ("environment.yml", "postBuild"):
        shutil.copy2(ROOT / name, tmp_path / name)
    done = subprocess.run(
        [sys.executable, "-m", "repo2docker", "--no-build", "--debug", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    log = done.stdout + done.stderr
    assert done.returncode == 0, log[-2000:]
    assert "environment.yml" in log
    assert "postBuild" in log


def test_types_are_checked_where_only_the_lint_extra_is_installed() -> None:
    """Every package that a checked file imports is installed there, or named as one without."""
    settings = tomllib.loads(read("pyproject.toml"))
    absent = {
        module.removesuffix(".*")
        for override in settings["tool"]["mypy"]["overrides"]
        if override.get("ignore_missing_imports")
        for module in override["module"]
    }
    names = {canonicalize_name(name) for name in requirements(["lint"])}
    while (
        more := {
            canonicalize_name(Requirement(line).name)
            for name in names
            for line in installed_requirements(name)
        }
        - names
    ):
        names |= more
    present = {
        module
        for module, owners in packages_distributions().items()
        if names & set(map(canonicalize_name, owners))
    }
    checked = [
        path for tree in settings["tool"]["mypy"]["files"] for path in (ROOT / tree).rglob("*.py")
    ]
    ours = {"aimc", "aimc_answers", "aimc_course", *(path.stem for path in checked)}
    missing = {
        (module, path.name)
        for path in checked
        for module in imported(path)
        if module not in {*ours, *absent, *present, *sys.stdlib_module_names}
    }
    assert not missing, "imported by a checked file; name them in pyproject.toml, tool.mypy"
