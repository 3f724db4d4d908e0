"""Names in docstrings are links: ours, other libraries', and a wrong one fails the build."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = pytest.mark.book

ROOT = Path(__file__).resolve().parents[2]
EXTENSIONS = ROOT / "book" / "_ext"
SETTINGS = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["sphinx"]["config"]

PAGE = """
Small
=====

.. autoclass:: aimc.validation.RangeWarning

.. py:module:: aimc.nn

.. py:class:: AnalogLinear

.. automodule:: small
   :members:
"""
RIGHT = '''
"""A small module."""

class Thing:
    """Something. See `aimc.nn.linear.AnalogLinear`, `Thing`, `size`, `Thing.grow`,
    and the `~torch.nn.Linear` of torch.

    Attributes
    ----------
    low, high : int
        Two numbers.
    """

    side = 1
    """Which side is driven: the left, or the right."""

    def grow(self, a, b, c, d):
        """Grow.

        Parameters
        ----------
        a : int, numpy.random.Generator or torch.Generator, optional
            Numbers.
        b : array, shape (out, in) or (out,), or sequence of Thing
            More.
        c : {"one", "two"}
            A choice.
        d : Thing
            Another.

        Returns
        -------
        aimc.RangeWarning
            A warning.

        Raises
        ------
        ValueError
            Never.
        """
'''
# What is wrong in place of what: in a type, a list of types, the text, the errors, the results.
WRONG = {
    "Thng": ("d : Thing", "d : Thng"),
    "numpy.random.Generators": ("numpy.random.Generator", "numpy.random.Generators"),
    "floaty": ("or torch.Generator", "or floaty"),
    "aimc.nn.linear.AnalogLinaer": ("AnalogLinear`", "AnalogLinaer`"),
    "Thing.grows": ("`Thing.grow`", "`Thing.grows`"),
    "ValueEror": ("ValueError", "ValueEror"),
    "aimc.RangeWarnings": ("aimc.RangeWarning", "aimc.RangeWarnings"),
}


@pytest.fixture
def extensions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(EXTENSIONS))


def build(folder: Path, module: str) -> subprocess.CompletedProcess[str]:
    """Build a book of one page on one module, with the settings of the whole book."""
    ours = {k: v for k, v in SETTINGS.items() if k.startswith(("napoleon", "auto", "nitpick"))}
    settings = {**ours, "default_role": SETTINGS["default_role"], "project": "small"}
    lines = [f"{key} = {value!r}" for key, value in settings.items()]
    paths = [str(EXTENSIONS), str(folder)]
    lines += ["import sys", f"sys.path[:0] = {paths!r}"]
    lines += ["extensions = ['sphinx.ext.autodoc', 'apilinks', 'doctypes']", "html_theme = 'basic'"]
    (folder / "conf.py").write_text("\n".join(lines), encoding="utf-8")
    (folder / "index.rst").write_text(PAGE, encoding="utf-8")
    (folder / "small.py").write_text(module, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "-n", "--keep-going", "-q", ".", "html"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_names_are_links(tmp_path: Path) -> None:
    done = build(tmp_path, RIGHT)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "html" / "index.html").read_text(encoding="utf-8")
    text = text.split('<div class="sphinxsidebar"')[0]

    def links(part: str) -> list[str]:
        return re.findall(r'<a class="reference \w+" href="([^"]+)"', part)

    (grow,) = re.findall(r'<dt [^>]*id="small\.Thing\.grow".*', text, re.DOTALL)
    assert links(grow) == [
        "https://docs.python.org/3/library/functions.html#int",
        "https://numpy.org/doc/stable/reference/random/generator.html#numpy.random.Generator",
        "https://docs.pytorch.org/docs/stable/generated/torch.Generator.html#torch.Generator",
        "https://docs.python.org/3/glossary.html#term-sequence",
        "#small.Thing",
        "#small.Thing",
        "#aimc.validation.RangeWarning",
        "https://docs.python.org/3/library/exceptions.html#ValueError",
    ]
    assert links(text.split("Something. See")[1].split("</p>")[0]) == [
        "#aimc.nn.AnalogLinear",
        "#small.Thing",
        "#small.Thing.grow",
        "https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html#torch.nn.Linear",
    ]
    plain = re.sub(r"<[^>]+>", "", text)
    assert "b (array, shape (out, in) or (out,), or sequence of Thing)" in plain
    assert "Which side is driven: the left, or the right." in plain
    assert "high (int)" in plain
    assert "the Linear of torch" in plain


def test_every_wrong_name_fails_the_build(tmp_path: Path) -> None:
    module = RIGHT
    for old, new in WRONG.values():
        assert old in module
        module = module.replace(old, new)
    done = build(tmp_path, module)
    assert done.returncode != 0
    found = re.findall(r"reference target not found: (\S+)", done.stderr)
    assert sorted(found) == sorted(WRONG)


@pytest.mark.usefixtures("extensions")
@pytest.mark.parametrize(
    ("name", "home"),
    [
        ("aimc.nn.AnalogLinear", "aimc.nn.linear.AnalogLinear"),
        ("aimc.nn.convert", "aimc.nn.convert.convert"),
        ("aimc.nn.convert.LeftDigitalWarning", "aimc.nn.convert.LeftDigitalWarning"),
        ("aimc.Core.at", "aimc.cores.core.Core.at"),
        ("aimc.TiledMatrix.forward", "aimc.cores.matrix.TiledMatrix.forward"),
        ("numpy.ndarray", "numpy.ndarray"),
    ],
)
def test_one_thing_has_one_home(name: str, home: str) -> None:
    import apilinks

    assert apilinks.names().home(name) == home


@pytest.mark.usefixtures("extensions")
def test_other_libraries_names_are_theirs() -> None:
    # A name whose library is installed exists in it; torch need not be.
    import apilinks

    def owner(name: str) -> Any:
        module, _, rest = name.rpartition(".")
        return getattr(import_module(module or "builtins"), rest, None)

    for name in apilinks.pages():
        if not name.startswith(("glossary.", "torch.")) and name not in ("Any", "None"):
            assert owner(name) is not None, name


@pytest.mark.built
@pytest.mark.usefixtures("extensions")
def test_every_public_class_and_function_has_an_entry() -> None:
    import apilinks
    from served import SITE
    from sphinx.util.inventory import InventoryFile

    if not (SITE / "objects.inv").is_file():
        pytest.fail(f"there is no built site in {SITE}; run: make book")
    with (SITE / "objects.inv").open("rb") as file:
        inventory = InventoryFile.load(file, "", lambda base, uri: uri)
    home = apilinks.names().home
    entries = {
        home(name) for kind in inventory if kind.startswith("py:") for name in inventory[kind]
    }
    missing = [name for name in public_names() if home(name) not in entries]
    assert missing == []


def public_names() -> Iterator[str]:
    """Yield the classes and functions of the packages that a user imports."""
    rooms = [p.parent.name for p in (ROOT / "src" / "aimc").glob("*/__init__.py")]
    studies = [p.parent.name for p in (ROOT / "src/aimc_course/studies").glob("*/__init__.py")]
    packages = ["aimc", *(f"aimc.{room}" for room in sorted(rooms)), "aimc_course"]
    packages += [f"aimc_course.studies.{room}" for room in sorted(studies)]
    for package in packages:
        source = ROOT.joinpath("src", *package.split("."), "__init__.py")
        for node in ast.parse(source.read_text(encoding="utf-8")).body:
            if not (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"):
                continue
            for name in ast.literal_eval(node.value):
                # Torch may be absent; what `aimc.nn` passes on are classes and functions alone.
                thing = name if package == "aimc.nn" else getattr(import_module(package), name)
                if package == "aimc.nn" or inspect.isclass(thing) or inspect.isroutine(thing):
                    yield f"{package}.{name}"
