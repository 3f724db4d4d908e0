"""Wheels for Python in the browser, and the lock by which Pyodide finds them.

Wheels are made from what is installed and from this project's own files, with fixed dates: the same
content gives the same bytes. The lock starts from Pyodide's own and names only what is on the site,
so that the import of anything else fails by its name and asks no other host for it.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import tomllib
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

DATE = (2020, 1, 1, 0, 0, 0)
# Pure Python packages that Pyodide 0.27.7 has not, or not in the version that the widgets need.
# Each: distribution, what it is imported as, what it needs of the lock, parts left out.
INSTALLED = (
    ("comm", ("comm",), ("traitlets",), ()),
    ("jupyterlab_widgets", ("jupyterlab_widgets",), (), ()),
    (
        "ipywidgets",
        ("ipywidgets",),
        ("comm", "ipython", "jupyterlab-widgets", "traitlets", "widgetsnbextension"),
        ("tests",),
    ),
    # Its parts for libraries that no browser runs are imported only when their arrays are met.
    ("array-api-compat", ("array_api_compat",), (), ("cupy", "dask", "torch")),
    ("tqdm", ("tqdm",), (), ()),
)
# Of the kernel's own wheels, what is imported as what, and what is needed.
KERNEL = {
    "ipykernel": (("ipykernel",), ()),
    "piplite": (("piplite",), ("micropip",)),
    "pyodide-kernel": (("pyodide_kernel",), ("comm", "ipykernel", "ipython", "traitlets")),
    "widgetsnbextension": (("widgetsnbextension",), ()),
}
PROJECT_LEFT_OUT = {
    *("__pycache__", "aimc_answers.egg-info", "aimc_course.egg-info", "build", "rubric.toml"),
}
# Weights of networks that are made with PyTorch, which no browser runs: a megabyte and a half.
NEEDS_TORCH = "aimc_course/studies/data/decoder_course_*.npz"
# Data sets and trained weights: eight megabytes, of which a lab opens one file or two. The site has
# them beside the packages, and the library fetches one when it is opened.
SERVED = ("aimc/datasets/data/*.npz", "aimc/datasets/data/*.gz", "aimc_course/studies/data/*.npz")
SERVED_LIST = "served.json"
# The kernel asks for it and nothing here uses it: in a browser there is nothing to encrypt. Its
# wheel is empty, which saves the two megabytes of OpenSSL.
EMPTY = ("ssl",)
LEFT_OUT = {"openssl", *EMPTY}
"""Packages of Pyodide that the site does without."""
FONT_LIST = "matplotlib/fontlist.json"


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel and what the lock says about it."""

    name: str
    version: str
    data: bytes
    imports: tuple[str, ...]
    depends: tuple[str, ...]
    file_name: str

    @property
    def place(self) -> str:
        """Where the wheel lies; no other content has that place: an old list finds no new wheel."""
        return f"{hashlib.sha256(self.data).hexdigest()[:8]}/{self.file_name}"

    def entry(self, folder: str) -> dict[str, Any]:
        """Return the lock's entry, for a wheel that lies in `folder` as Pyodide sees it."""
        return {
            "name": self.name,
            "version": self.version,
            "file_name": folder + self.place,
            "install_dir": "site",
            "sha256": hashlib.sha256(self.data).hexdigest(),
            "package_type": "package",
            "imports": list(self.imports),
            "depends": sorted(self.depends),
            "unvendored_tests": False,
        }


def canonical(name: str) -> str:
    """Return the name of a distribution as Pyodide's lock writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pack(name: str, version: str, files: Mapping[str, bytes]) -> tuple[str, bytes]:
    """Return name and bytes of a pure wheel that holds these files and a record of them.

    Parameters
    ----------
    name, version : str
        Of the distribution.
    files : mapping of str to bytes
        Path inside the wheel and content; the metadata among them.
    """
    stem = f"{name.replace('-', '_')}-{version}"
    info = f"{stem}.dist-info"
    tag = "Wheel-Version: 1.0\nGenerator: aimc\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    held = {**files, f"{info}/WHEEL": tag.encode()}
    lines = []
    for path, data in sorted(held.items()):
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        lines.append(f"{path},sha256={digest},{len(data)}\n")
    held[f"{info}/RECORD"] = "".join([*lines, f"{info}/RECORD,,\n"]).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as out:
        for path, data in sorted(held.items()):
            entry = zipfile.ZipInfo(path, DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            out.writestr(entry, data, compresslevel=9)
    return f"{stem}-py3-none-any.whl", buffer.getvalue()


def installed_wheel(
    name: str, imports: Iterable[str], depends: Iterable[str], left_out: Iterable[str]
) -> Wheel:
    """Return a wheel of an installed pure Python distribution, its data outside of it left out.

    Raises
    ------
    importlib.metadata.PackageNotFoundError
        If the distribution is not installed.
    ValueError
        If it is not pure Python.
    """
    found = metadata.distribution(name)
    about = f"{re.sub(r'[-.]+', '_', name)}-{found.version}.dist-info"
    tops, unwanted = set(imports), {*left_out, "__pycache__"}
    files = {}
    for path in found.files or []:
        first, parts = path.parts[0], set(path.parts)
        licence = path.name.upper().startswith(("LICENSE", "LICENCE", "COPYING"))
        if first.endswith(".dist-info") and (path.name == "METADATA" or licence):
            inside = "/".join(path.parts[1:])
            files[f"{about}/{inside}"] = found.locate_file(path).read_bytes()  # type: ignore[attr-defined]
        elif first in tops and not parts & unwanted:
            if path.suffix in (".so", ".pyd"):
                raise ValueError(f"{name} is not pure Python: it holds {path}")
            files[path.as_posix()] = found.locate_file(path).read_bytes()  # type: ignore[attr-defined]
    file_name, data = pack(re.sub(r"[-.]+", "_", name), found.version, files)
    return Wheel(canonical(name), found.version, data, tuple(imports), tuple(depends), file_name)


def project_wheel(root: Path, settings: str = "pyproject.toml") -> Wheel:
    """Return the wheel of the library, the course or its answers, made from the tree.

    Parameters
    ----------
    root : Path
        The project.
    settings : str
        The settings of the one that is wanted.
    """
    project = tomllib.loads((root / settings).read_text(encoding="utf-8"))["project"]
    name, version = project["name"], project["version"]
    package = name.replace("-", "_")
    info = f"{package}-{version}.dist-info"
    source = root / "src"
    files = {
        path.relative_to(source).as_posix(): path.read_bytes()
        for path in sorted((source / package).rglob("*"))
        if path.is_file()
        and not PROJECT_LEFT_OUT & set(path.parts)
        and not path.relative_to(source).match(NEEDS_TORCH)
    }
    for path in served(root, package):
        inside = path.relative_to(source)
        index = (inside.parent / SERVED_LIST).as_posix()
        data = files.pop(inside.as_posix())
        listed = json.loads(files.get(index, b"{}"))
        listed[path.name] = {
            "address": f"../data/{served_as(path)}",
            "sha256": hashlib.sha256(data).hexdigest(),
            "size": len(data),
        }
        files[index] = json.dumps(listed, indent=1, sort_keys=True).encode()
    head = ["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}"]
    head += [f"Summary: {project['description']}", f"License-Expression: {project['license']}"]
    head += [f"Requires-Dist: {line}" for line in project["dependencies"]]
    files[f"{info}/METADATA"] = ("\n".join(head) + "\n").encode()
    for licence in project.get("license-files", ("LICENSE", "LICENSE-TEXT")):
        files[f"{info}/licenses/{licence}"] = (root / licence).read_bytes()
    needed = {re.split(r"[<>=!~ ]", line)[0] for line in project["dependencies"]}
    extra = {"aimc": {"aimc-fontlist"}, "aimc-course": {"ipywidgets"}}.get(name, set())
    depends = tuple(sorted({*map(canonical, needed)} | extra))
    file_name, data = pack(name, version, files)
    return Wheel(name, version, data, (package,), depends, file_name)


def served(root: Path, package: str = "") -> list[Path]:
    """Return the data files that the site has beside the packages, of all or of one of them."""
    found = {path for pattern in SERVED for path in (root / "src").glob(pattern)}
    inside = {path: path.relative_to(root / "src") for path in found}
    return sorted(
        path
        for path, place in inside.items()
        if not place.match(NEEDS_TORCH) and package in ("", place.parts[0])
    )


def served_as(path: Path) -> str:
    """Return the name of a data file on the site, which holds a hash of its content."""
    stem, _, ending = path.name.partition(".")
    return f"{stem}-{hashlib.sha256(path.read_bytes()).hexdigest()[:8]}.{ending}"


def empty_wheel(name: str) -> Wheel:
    """Return a wheel with nothing in it, for a package that is asked for and not used."""
    version = "1.0.0"
    about = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    file_name, data = pack(name, version, {f"{name}-{version}.dist-info/METADATA": about.encode()})
    return Wheel(name, version, data, (), (), file_name)


def kernel_wheels(folder: Path) -> list[Wheel]:
    """Return the wheels that come with the kernel, the newest of each.

    Parameters
    ----------
    folder : Path
        The kernel extension's folder ``pypi``.
    """
    newest: dict[str, tuple[tuple[int, ...], Path]] = {}
    for path in sorted(folder.glob("*.whl")):
        name, version = path.name.split("-")[:2]
        key = tuple(int(part) for part in version.split("."))
        newest[canonical(name)] = max(newest.get(canonical(name), (key, path)), (key, path))
    wheels = []
    for name, (imports, depends) in KERNEL.items():
        path = newest[name][1]
        version = path.name.split("-")[1]
        wheels.append(Wheel(name, version, path.read_bytes(), imports, depends, path.name))
    return wheels


def fontlist_wheel(matplotlib: Path) -> Wheel:
    """Return a wheel that puts Matplotlib's list of fonts right, to be loaded after Matplotlib.

    The list in Pyodide's wheel is of another version of the list's format, and names the fonts of
    the machine that built it. Matplotlib therefore searches for fonts anew at each start, for about
    four seconds, and says so in the notebook. The entries that it has for its own fonts are sound.

    Parameters
    ----------
    matplotlib : Path
        Pyodide's wheel of Matplotlib.

    Raises
    ------
    ValueError
        If the wheel does not say which version of the list it reads.
    """
    with zipfile.ZipFile(matplotlib) as wheel:
        names = set(wheel.namelist())
        fonts = json.loads(wheel.read(FONT_LIST))
        reader = wheel.read("matplotlib/font_manager.py").decode()
    found = re.search(r"^    __version__ = (\d+)$", reader, re.MULTILINE)
    if found is None:
        raise ValueError(f"{matplotlib.name} does not say which version of {FONT_LIST} it reads")
    fonts["_version"] = int(found[1])
    for key in ("afmlist", "ttflist"):
        own = [font for font in fonts[key] if f"matplotlib/mpl-data/{font['fname']}" in names]
        fonts[key] = sorted(own, key=lambda font: font["fname"])
    name, version = "aimc-fontlist", matplotlib.name.split("-")[1]
    about = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    files = {
        FONT_LIST: json.dumps(fonts, indent=1).encode(),
        f"aimc_fontlist-{version}.dist-info/METADATA": about.encode(),
    }
    file_name, data = pack(name, version, files)
    return Wheel(name, version, data, (), ("matplotlib",), file_name)


def all_wheels(root: Path, kernel: Path, runtime: Path) -> list[Wheel]:
    """Return every wheel that this project adds to Pyodide's own.

    Parameters
    ----------
    root : Path
        The project.
    kernel : Path
        The kernel extension's folder ``pypi``.
    runtime : Path
        The folder of Pyodide's own files.
    """
    made = [installed_wheel(*one) for one in INSTALLED]
    fonts = fontlist_wheel(next(runtime.glob("matplotlib-3*.whl")))
    beside = (f"src/{name}/pyproject.toml" for name in ("aimc_course", "aimc_answers"))
    own = [project_wheel(root, settings) for settings in ("pyproject.toml", *beside)]
    return [*made, *kernel_wheels(kernel), *map(empty_wheel, EMPTY), fonts, *own]


def lock(own: bytes, places: Mapping[str, str], wheels: Iterable[Wheel], folder: str) -> bytes:
    """Return the lock: of Pyodide's own entries those that are on the site, and our wheels.

    Parameters
    ----------
    own : bytes
        Pyodide's own lock.
    places : mapping of str to str
        For each file of Pyodide's that is on the site the folder where Pyodide finds it.
    wheels : iterable of Wheel
        What is added.
    folder : str
        The folder of those wheels, as Pyodide sees it.

    Raises
    ------
    ValueError
        If an entry needs a package that is not on the site.
    """
    data = json.loads(own)
    packages = {
        key: entry | {"file_name": places[entry["file_name"]] + entry["file_name"]}
        for key, entry in data["packages"].items()
        if entry["file_name"] in places and key not in LEFT_OUT
    }
    packages |= {wheel.name: wheel.entry(folder) for wheel in wheels}
    for key, entry in packages.items():
        lacking = {canonical(name) for name in entry["depends"]} - set(packages)
        if lacking:
            raise ValueError(f"{key} needs {sorted(lacking)}, which the site does not have")
    data["packages"] = dict(sorted(packages.items()))
    return json.dumps(data, indent=1).encode()
