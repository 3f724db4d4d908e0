"""A release is refused unless all that names a version agrees; workflows run fixed actions."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    "pyproject.toml": '[project]\nversion = "1.2.0"\n',
    "src/aimc/__init__.py": '__version__ = "1.2.0"\n',
    "src/aimc_course/pyproject.toml": '[project]\nversion = "1.2.0"\n',
    "src/aimc_answers/pyproject.toml": '[project]\nversion = "1.2.0"\n',
    "CITATION.cff": 'version: 1.2.0\ndate-released: "2030-01-02"\n',
    "book/hubs.md": "build -t registry.example.org/aimc-student:1.2.0 .\n",
    "deploy/Containerfile": "# build -t registry.example.org/aimc-student:1.2.0 .\n",
    "deploy/zero-to-jupyterhub.yaml": 'image:\n    tag: "1.2.0"\n',
    "CHANGELOG.md": "# Changelog\n\n## 1.2.0 (2030-01-02)\n\nNew.\n\n## 1.1.0 (2029-01-02)\n",
}


@pytest.fixture(scope="module")
def notes() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "release_notes", ROOT / "scripts" / "release_notes.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_notes_are_the_section_of_the_tag(notes: ModuleType, folder: Path) -> None:
    assert notes.release_notes("v1.2.0", folder) == "New."


def test_every_file_of_this_edition_states_the_same_version(notes: ModuleType) -> None:
    versions = notes.stated_versions(ROOT)
    assert set(versions) == {*FILES} - {"CHANGELOG.md"}
    assert len(set(versions.values())) == 1, versions


@pytest.mark.parametrize("tag", ["1.2.0", "v1.1.0", "v1.2"])
def test_another_tag_is_refused(notes: ModuleType, folder: Path, tag: str) -> None:
    with pytest.raises(notes.DisagreementError, match=re.escape(repr(tag))):
        notes.release_notes(tag, folder)


@pytest.mark.parametrize("name", FILES)
def test_each_file_can_disagree(notes: ModuleType, folder: Path, name: str) -> None:
    (folder / name).write_text(FILES[name].replace("1.2.0", "1.3.0"), encoding="utf-8")
    with pytest.raises(notes.DisagreementError, match=re.escape(f"{name}: 1.3.0")):
        notes.release_notes("v1.2.0", folder)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("CHANGELOG.md", "New.", "", "nothing about 1.2.0"),
        ("CHANGELOG.md", " (2030-01-02)", " (soon)", "YYYY-MM-DD"),
        ("CITATION.cff", "2030-01-02", "2030-01-03", "date-released"),
        ("CITATION.cff", "version: 1.2.0", "", "states no version"),
        ("book/hubs.md", " .\n", " .\npush aimc-student:1.1.0\n", "several versions: 1.1.0, 1.2.0"),
    ],
)
def test_what_is_missing_is_named(
    notes: ModuleType, folder: Path, name: str, old: str, new: str, said: str
) -> None:
    (folder / name).write_text(FILES[name].replace(old, new), encoding="utf-8")
    with pytest.raises(notes.DisagreementError, match=said):
        notes.release_notes("v1.2.0", folder)


def test_actions_are_named_by_commit() -> None:
    used = [
        line.strip()
        for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"\buses:", line) and "uses: ./" not in line
    ]
    assert used
    for line in used:
        assert re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line
