"""Inside a sandbox there is no answer, judge, rubric, test or key: not to import, not to read.

A cell of a student goes through the files that it can read, compiled and packed ones included, and
through what processes show of themselves. It looks for lines that stand in answers, judges, rubrics
and tests, and nowhere else. Left out are programs, and files of the system that are no text.
"""

import ast
import json
import os
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

import aimc
import aimc_course
from aimc_course.grading.inside.wire import Border
from aimc_course.grading.staging import Staging
from aimc_course.grading.student import Student
from aimc_course.labs.catalogue import folders

LABS = Path(aimc_course.__file__).parent / "labs"
SECRET = "THE KEY OF ALL CLASSES 8861"
PER_FILE = 4
SHORTEST, LONGEST = 28, 120

SEARCH = r"""
import bz2, gzip, io, lzma, os, subprocess, zipfile, zlib
needles = {needles!r}
TEXTS = (".py", ".pyc", ".ipynb", ".toml", ".json", ".html", ".md", ".zip", ".whl", ".bz2")
PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
found = []
def unpacked(path):
    with open(path, "rb") as file:
        data = file.read(2**25)
    try:
        if data[:2] == b"PK":
            archive = zipfile.ZipFile(io.BytesIO(data))
            return b"".join(archive.read(n) for n in archive.namelist() if not n.endswith(".npy"))
        if data[:2] == b"\x1f\x8b":
            return zlib.decompressobj(31).decompress(data, 2**26)
        return (bz2 if data[:2] == b"BZ" else lzma).decompress(data)
    except Exception:
        return data
plain, seen = [], 0
for root in {roots!r}:
    for folder, inside, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            if root == "/usr" and not name.endswith(TEXTS):
                continue  # the system's own: what a course could be is read, the rest is not
            try:
                with open(path, "rb") as file:
                    head, size = file.read(6), os.fstat(file.fileno()).st_size
            except OSError:
                continue
            seen += 1
            if head.startswith(PACKED):
                data = unpacked(path)
                found += [path for needle in needles if needle.encode() in data]
            elif not (head[:4] == b"\x7fELF" and size > 2**19):  # a program holds no course
                plain.append(path)
with open("/tmp/needles", "w") as file:
    file.write("\n".join(needles))
for k in range(0, len(plain), 2000):
    command = ["grep", "-laFf", "/tmp/needles", "--", *plain[k:k + 2000]]
    done = subprocess.run(command, capture_output=True, text=True, env={{"LC_ALL": "C"}})
    found += done.stdout.splitlines()
os.unlink("/tmp/needles")
check("q1", [seen, found])
"""

LOOK = r"""
import gc, importlib, os, sys
from pathlib import Path
hints = ["answers", "judging", "grading.keys", "authoring", "teaching", "rubric", "loops"]
imported = []
for name in {modules!r}:
    try:
        imported.append(importlib.import_module(name).__name__)
    except ImportError:
        pass
loaded = [n for n in sys.modules if n.startswith("aimc_course") and any(h in n for h in hints)]
loaded = [n for n in loaded if n != "aimc_course.checks.answers"]
objects = []
for thing in gc.get_objects():
    place = getattr(getattr(thing, "__code__", None), "co_filename", "")
    if isinstance(place, str) and "aimc_course" in place and any(h in place for h in hints):
        objects.append(place)
    if isinstance(thing, dict) and any({secret!r} in str(v)[:300] for v in list(thing.values())
                                       if type(v) in (str, bytes)):
        objects.append("the key")
objects = [o for o in objects if not o.endswith("checks/answers.py")]
shown = []
for process in Path("/proc").glob("[0-9]*"):
    texts = []
    for name in ("environ", "cmdline", "maps", "mountinfo", "stat"):
        try:
            texts.append((process / name).read_bytes().decode("utf-8", "replace"))
        except OSError:
            pass
    try:
        texts += [os.readlink(link) for link in (process / "fd").iterdir()]
    except OSError:
        pass
    words = [{secret!r}, {hexed!r}, "AIMC_TEST_VARIABLE", "answers.py", "judging", ".ipynb"]
    shown += [(process.name, word) for word in words if any(word in t for t in texts)]
own = [v for v in os.environ if v.startswith("AIMC_TEST") or "KEY" in v]
check("q2", [imported, loaded, objects, [list(s) for s in shown], own])
"""


def telling(text, allowed):
    """Return lines of text constants and code that stand in no file that students may read."""
    lines = {line.strip().strip("\"',") for line in text.splitlines()}
    kept = [n for n in sorted(lines) if SHORTEST <= len(n) <= LONGEST and n.isascii()]
    kept = [line for line in kept if line not in allowed and not line.startswith(("#", "import"))]
    step = max(1, len(kept) // PER_FILE)
    return kept[::step][:PER_FILE]


def constants(path):
    """Return the texts of a module, as they stand in its compiled form as well."""
    nodes = ast.walk(ast.parse(path.read_text()))
    return "\n".join(n.value for n in nodes if isinstance(n, ast.Constant) and n.value is not None
                     and isinstance(n.value, str))  # fmt: skip


def samples(path):
    """Return the sample answers of a rubric."""
    tasks = tomllib.loads(path.read_text())["task"]
    return "\n".join(s["answer"] for task in tasks for s in task.get("sample", ()))


@pytest.fixture(scope="module")
def allowed():
    """All that a sandbox may hold of course and library, as one text."""
    stage = Staging()
    files = [*stage.course.rglob("*.py"), *Path(aimc.__file__).parent.rglob("*.py")]
    text = "\n".join(path.read_text() for path in files)
    stage.close()
    return text


@pytest.fixture(scope="module")
def needles(allowed):
    """Lines by the file that they stand in: of every lab its answers, judges and rubric."""
    found = {}
    for folder in folders().values():
        place = LABS / folder
        for name in ("answers.py", "questions.py"):
            text = f"{constants(place / name)}\n{(place / name).read_text()}"
            found[f"{folder}/{name}"] = telling(text, allowed)
        if (place / "rubric.toml").is_file():
            found[f"{folder}/rubric"] = telling((place / "rubric.toml").read_text(), allowed)
    found["grading"] = telling((LABS.parent / "grading" / "judging.py").read_text(), allowed)
    found["bank"] = telling((LABS.parent / "teaching" / "questions.toml").read_text(), allowed)
    tests = [
        ast.get_docstring(ast.parse(p.read_text())) for p in Path(__file__).parent.glob("*.py")
    ]
    found["tests"] = [text.splitlines()[0][:LONGEST] for text in tests if text]
    found["key"] = [SECRET, SECRET.encode().hex()]
    return found


def answered(sandbox, limits, lab2, cell):
    """Return what a cell hands in, from inside of the sandbox."""
    long = replace(limits, cell=300, submission=400)
    worker = Student([lab2.start, cell], lab="lab-2", serial=5, sandbox=sandbox, limits=long)
    try:
        worker.run()
        assert len(worker.notes) <= 1, worker.notes
        return {name: Border().decode(node) for name, node in worker.answers.items()}
    finally:
        worker.stop()


def searched(sandbox, limits, lab2, needles, roots):
    words = sorted({line for lines in needles.values() for line in lines})
    cell = SEARCH.format(needles=words, roots=roots)
    # A cell is told in one message, and a text of a cell is no file.
    seen, found = answered(sandbox, limits, lab2, cell)["q1"]
    return seen, set(found)


def test_every_lab_has_lines_to_look_for(needles):
    for folder in folders().values():
        for name in ("answers.py", "questions.py"):
            assert len(needles[f"{folder}/{name}"]) == PER_FILE


def test_no_file_that_can_be_read_holds_an_answer(sandbox, limits, lab2, needles):
    roots = [f"/{name}" for name in sorted(os.listdir("/")) if name not in ("proc", "sys", "dev")]
    roots = [root for root in roots if not os.path.islink(root)]
    seen, found = searched(sandbox, limits, lab2, needles, [*roots, "/course"])
    assert seen > 5_000
    assert found == set()


def test_the_search_finds_what_is_there(limits, lab2, needles):
    from aimc_course.grading.bubblewrap import Bubblewrap

    class Open(Bubblewrap):
        def _bwrap(self, *arguments):
            command = super()._bwrap(*arguments)
            place = command.index("--chdir")
            return [*command[:place], "--ro-bind", str(LABS), "/tmp/labs", *command[place:]]

    with Open() as sandbox:
        found = searched(sandbox, limits, lab2, needles, ["/tmp"])[1]
    for folder in folders().values():
        for name in ("answers.py", "questions.py"):
            assert f"/tmp/labs/{folder}/{name}" in found
        compiled = LABS / folder / "__pycache__"
        for path in compiled.glob("answers.*.pyc") if compiled.is_dir() else ():
            assert f"/tmp/labs/{folder}/__pycache__/{path.name}" in found


def test_no_process_and_no_object_shows_anything(sandbox, limits, lab2, monkeypatch):
    monkeypatch.setenv("AIMC_TEST_VARIABLE", SECRET)
    modules = [f"aimc_course.labs.{folder}.answers" for folder in folders().values()]
    modules += [f"aimc_course.{name}" for name in ("authoring", "teaching", "labs.devices.loops")]
    modules += [f"aimc_course.grading.{name}" for name in ("judging", "keys", "grade", "desk")]
    cell = LOOK.format(modules=modules, secret=SECRET, hexed=SECRET.encode().hex())
    # The words stand in the cell itself, which no process shows: the worker reads it from a pipe.
    cell = f"{cell}\nassert {json.dumps('x')} == 'x'"
    imported, loaded, objects, shown, own = answered(sandbox, limits, lab2, cell)["q2"]
    assert (imported, loaded, shown, own) == ([], [], [], [])
    assert set(objects) <= {"the key"}  # the cell's own constants


def test_definitions_hold_names_and_points_alone(sandbox, limits, lab2):
    cell = """
from aimc_course.labs.catalogue import LABS
found = []
for one in LABS:
    found.append([one.name, one.title, [[q.id, q.title, q.points, q.shared] for q in one.questions],
                  dict(one.predictions), sorted(one.given),
                  [q.judge is None and q.model is None for q in one.questions]])
check("q1", found)
"""
    from aimc_course.labs.catalogue import find

    for name, title, questions, predictions, given, bare in answered(sandbox, limits, lab2, cell)[
        "q1"
    ]:
        lab = find(name)
        assert title == lab.title
        assert questions == [[q.id, q.title, q.points, q.shared] for q in lab.questions]
        assert predictions == dict(lab.predictions)
        assert given == sorted(lab.given)
        assert all(bare)
