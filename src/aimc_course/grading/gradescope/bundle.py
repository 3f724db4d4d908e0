"""The zip that a teacher uploads to Gradescope: course, answers, class key, two scripts."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from types import ModuleType

import aimc
import aimc_answers
import aimc_course
from aimc.validation import check_choice, check_number
from aimc_course.grading.gradebook.classlist import ClassList
from aimc_course.labs.catalogue import find, folders

__all__ = ["VISIBILITIES", "autograder_zip", "pinned"]

VISIBILITIES = ("visible", "after_due_date", "after_published", "hidden")
WHEN = (2000, 1, 1, 0, 0, 0)  # the same inputs make the same bytes
LEFT_OUT = ("__pycache__", "authoring", "build", "capstone", "teaching", "marking")
CPU_ONLY = "--extra-index-url https://download.pytorch.org/whl/cpu\n"


def autograder_zip(
    lab: str,
    key: bytes,
    people: ClassList | None = None,
    *,
    visibility: str = "visible",
    seconds: float = 480.0,
) -> bytes:
    """Return the zip of an autograder; the same arguments and packages give the same bytes.

    Parameters
    ----------
    lab : str
        The lab.
    key : bytes
        Secret of the class. Whoever has the zip has it, and the answers.
    people : ClassList, optional
        The class. Ids, serial numbers, groups and aliases go into the zip, names do not.
    visibility : str
        When students see the questions' points: ``"visible"`` at once, ``"after_due_date"``,
        ``"after_published"`` or ``"hidden"``.
    seconds : float
        Longest time that a notebook may run, s. Gradescope ends the container after a time of its
        own, ten minutes unless the assignment says otherwise.
    """
    definition = find(lab)
    check_choice("visibility", visibility, VISIBILITIES)
    check_number("seconds", seconds, low=10.0, high=3600.0)
    settings = {
        "lab": definition.name,
        "notebook": f"{definition.slug}.ipynb",
        "seconds": seconds,
        "visibility": visibility,
    }
    files = Path(__file__).parent / "files"
    content: dict[str, bytes] = {
        "class.key": key.hex().encode() + b"\n",
        "requirements.txt": pinned(definition.name).encode(),
        "run_autograder": (files / "run_autograder").read_bytes(),
        "settings.json": json.dumps(settings, indent=1, sort_keys=True).encode() + b"\n",
        "setup.sh": (files / "setup.sh").read_bytes(),
    }
    if people is not None and people.students:
        content["class.csv"] = _class_file(people)
    for root in map(_folder, (aimc, aimc_answers, aimc_course)):
        for path in _files(root):
            content[f"course/{root.name}/{path.relative_to(root).as_posix()}"] = path.read_bytes()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(content):
            info = zipfile.ZipInfo(name, WHEN)
            info.compress_type = zipfile.ZIP_DEFLATED
            script = name in ("setup.sh", "run_autograder")
            info.external_attr = (0o100700 if script else 0o100600) << 16
            archive.writestr(info, content[name])
    return out.getvalue()


def pinned(lab: str) -> str:
    """Return the packages that a lab's grader needs, as a file for pip.

    Their versions are those of this environment, so that marks there are marks here.
    """
    wanted = [re.split(r"[^A-Za-z0-9_.-]", text)[0] for text in _required("aimc")]
    torch = _needs_torch(lab)
    if torch:
        wanted.append("torch")
    lines = [f"{name}=={metadata.version(name).split('+')[0]}\n" for name in sorted(wanted)]
    return (CPU_ONLY if torch else "") + "".join(lines)


def _required(name: str) -> list[str]:
    return [text for text in metadata.requires(name) or () if "extra ==" not in text]


def _needs_torch(lab: str) -> bool:
    name = folders()[lab]
    places = (_folder(aimc_course) / "labs" / name, _folder(aimc_answers) / name)
    pattern = re.compile(r"^\s*(?:import|from) (?:torch|aimc\.nn)\b", re.MULTILINE)
    paths = (path for place in places for path in place.glob("*.py"))
    return any(pattern.search(path.read_text("utf-8")) for path in paths)


def _folder(package: ModuleType) -> Path:
    return Path(str(package.__file__)).parent


def _files(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if not path.is_file() or any(part in LEFT_OUT or ".egg-info" in part for part in parts):
            continue
        if path.suffix != ".md" and path.name not in ("pyproject.toml", "rubric.toml"):
            yield path


def _class_file(people: ClassList) -> bytes:
    rows: list[Sequence[str]] = [("id", "serial", "group", "aliases")]
    for student in sorted(people.students, key=lambda s: s.id):
        serial = "" if student.serial is None else str(student.serial)
        rows.append((student.id, serial, student.group, " ".join(student.aliases)))
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()
