"""Print the changelog's section of a tag, once everything that names a version agrees with it.

    python scripts/release_notes.py TAG [FOLDER]

TAG is `v` and the version; FOLDER holds the project's files and is this repository unless named.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEADING = re.compile(r"^## (?P<version>\S+) \((?P<date>\d{4}-\d{2}-\d{2})\)$", re.MULTILINE)
# Where a version is stated, and how the line looks.
STATED = {
    "pyproject.toml": r'^version = "(.+)"$',
    "src/aimc/__init__.py": r'^__version__ = "(.+)"$',
    "src/aimc_course/pyproject.toml": r'^version = "(.+)"$',
    "src/aimc_answers/pyproject.toml": r'^version = "(.+)"$',
    "CITATION.cff": r'^version: "?([^"\n]+)"?$',
    # Tags of the image for students' servers.
    "book/hubs.md": r"aimc-student:([\w.-]+)",
    "deploy/Containerfile": r"aimc-student:([\w.-]+)",
    "deploy/zero-to-jupyterhub.yaml": r'^ +tag: "?([^"\n]+)"?$',
}


class DisagreementError(RuntimeError):
    """A file names another version, or another date, than the tag or the changelog."""


def stated_versions(folder: Path) -> dict[str, str]:
    """Return the version that each file states, by the file's name.

    Raises
    ------
    DisagreementError
        If a file states none, or several.
    """
    versions = {}
    for name, pattern in STATED.items():
        found = set(re.findall(pattern, (folder / name).read_text("utf-8"), re.MULTILINE))
        if len(found) != 1:
            several = f"several versions: {', '.join(sorted(found))}" if found else "no version"
            raise DisagreementError(f"{name} states {several}")
        versions[name] = found.pop()
    return versions


def newest_section(changelog: str) -> tuple[str, str, str]:
    """Return version, date and text of the first section of a changelog.

    Raises
    ------
    DisagreementError
        If the first section's heading is not `## VERSION (YYYY-MM-DD)`.
    """
    first = re.search(r"^## .*$", changelog, re.MULTILINE)
    match = HEADING.match(first[0]) if first else None
    if first is None or match is None:
        heading = first[0] if first else "nothing"
        raise DisagreementError(
            f"the changelog's first section is headed {heading!r}, not '## VERSION (YYYY-MM-DD)'"
        )
    rest = changelog[first.end() :]
    following = re.search(r"^## ", rest, re.MULTILINE)
    return match["version"], match["date"], rest[: following.start() if following else None].strip()


def release_notes(tag: str, folder: Path) -> str:
    """Return the notes of a release.

    Raises
    ------
    DisagreementError
        If the tag, a file's version, or the date of release differ from each other.
    """
    version, date, text = newest_section((folder / "CHANGELOG.md").read_text("utf-8"))
    versions = {"the tag": tag.removeprefix("v"), "CHANGELOG.md": version}
    versions |= stated_versions(folder)
    if not tag.startswith("v") or len(set(versions.values())) > 1:
        named = ", ".join(f"{name}: {value}" for name, value in versions.items())
        raise DisagreementError(f"tag {tag!r} must be 'v' and the one version of all ({named})")
    citation = (folder / "CITATION.cff").read_text("utf-8")
    if f'date-released: "{date}"' not in citation:
        raise DisagreementError(
            f"CITATION.cff must say date-released: {date!r} as CHANGELOG.md does"
        )
    if not text:
        raise DisagreementError(f"CHANGELOG.md says nothing about {version}")
    return text


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    try:
        print(release_notes(sys.argv[1], Path(sys.argv[2]) if len(sys.argv) == 3 else ROOT))
    except DisagreementError as error:
        sys.exit(f"not released: {error}")
