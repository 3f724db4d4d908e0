"""What the site carries for its live parts: the library in archives, and the runtime.

Part 5 computes with studies of the course and with rooms of the library that no other part needs.
They are an archive of their own, with the explorers of part 4, which need only each other; it comes
when a page or a reader's code names one of them.

Names hold a hash of the content, so that a browser may keep what it has for as long as it likes and
never runs an old library. Archives are the same to the byte whenever the content is.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
COMPAT = "array_api_compat"
# For libraries that no browser runs; array_api_compat imports them only when it meets their arrays.
COMPAT_LEFT_OUT = {"cupy", "dask", "torch", "tests", "vendor_tests", "__pycache__"}
LIBRARY_SUFFIXES = {".py", ".toml", ".typed"}
# Layers, their training and gradients need PyTorch, networks and data sets the data, which are
# larger than all else together, and the notebook's shell needs its widgets. Published series stand
# under charts that a build draws, and nothing draws them in a browser; a page draws charts itself,
# without Matplotlib's pictures.
LIBRARY_LEFT_OUT = {
    "data",
    "datasets",
    "evaluation",
    "gradients.py",
    "networks",
    "nn",
    "notebook_shell.py",
    "picture.py",
    "series",
    "training",
    "__pycache__",
}
TAR = "library.tar"
PART5 = (
    "aimc/devices/in_place_presets.py",
    "aimc/devices/in_place_training.py",
    "aimc/in_memory_training",
    "aimc/kernel_approximation",
    "aimc_course/explorers/accuracy",
    "aimc_course/explorers/outlook",
    "aimc_course/studies",
)
"""Folders and files that come in an archive of their own."""
PART5_TAR = "part5.tar"
PART5_WORDS = (
    "ExponentialStep",
    "SoftBounds",
    "explorers.accuracy",
    "in_memory_training",
    "in_place_presets",
    "in_place_training",
    "kernel_approximation",
    "outlook",
    "studies",
)
"""Which words in code bring it."""
DATE = (2020, 1, 1, 0, 0, 0)
LOCK = "pyodide-lock.json"
SCRIPTS_OF_PAGES = "live"


def library_files(root: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each file of the library and of what it needs besides NumPy.

    What part 5 alone needs is left out.

    Raises
    ------
    ModuleNotFoundError
        If array_api_compat is not installed.
    """
    left_out = LIBRARY_LEFT_OUT | {Path(place).name for place in PART5}
    yield from _tree(root / "src" / "aimc", left_out)
    # Of the course a page needs the explorers.
    yield "aimc_course/__init__.py", (root / "src/aimc_course/__init__.py").read_bytes()
    for name, data in _tree(root / "src" / "aimc_course" / "explorers", left_out):
        yield f"aimc_course/{name}", data
    spec = find_spec(COMPAT)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"the book needs the package {COMPAT}")
    yield from _tree(Path(spec.origin).parent, COMPAT_LEFT_OUT)
    about = metadata.distribution(COMPAT)
    for path in about.files or []:
        if path.name.upper().startswith(("LICENSE", "METADATA")):
            yield path.as_posix(), path.read_binary()


def part5_files(root: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each file that part 5 alone needs."""
    for place in PART5:
        path = root / "src" / place
        if path.is_file():
            yield place, path.read_bytes()
        for name, data in _tree(path, LIBRARY_LEFT_OUT):
            yield f"{Path(place).parent.as_posix()}/{name}", data


def _tree(folder: Path, left_out: set[str]) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.suffix in LIBRARY_SUFFIXES and not left_out & set(inside.parts):
            yield f"{folder.name}/{inside.as_posix()}", path.read_bytes()


def archive(files: Iterator[tuple[str, bytes]], name: str = TAR) -> bytes:
    """Return a zip archive of one tar archive, with fixed dates and permissions.

    Many small files pack better together than each by itself, and alike ones side by side: a fifth
    less for the reader to load, and another fifth with bzip2, which Pyodide's Python has. A zip
    outside, since servers are known to unpack a compressed tar archive on the way.
    """
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path, data in sorted(files, key=lambda file: (Path(file[0]).suffix, file[0])):
            member = tarfile.TarInfo(path)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_BZIP2, compresslevel=9) as out:
        entry = zipfile.ZipInfo(name, DATE)
        entry.compress_type = zipfile.ZIP_BZIP2
        entry.external_attr = 0o644 << 16
        out.writestr(entry, inner.getvalue())
    return buffer.getvalue()


def short_hash(data: bytes) -> str:
    """Return eight hexadecimal digits that stand for the content."""
    return hashlib.sha256(data).hexdigest()[:8]


def live_folder(root: Path) -> str:
    """Return the name that the folder of the pages' scripts has on the site.

    It changes with any of the scripts, so that a browser never runs new ones with old ones.
    """
    folder = root / "book" / "_static" / SCRIPTS_OF_PAGES
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    parts = [
        f"{path.relative_to(folder).as_posix()}\0".encode() + path.read_bytes() for path in files
    ]
    return f"{SCRIPTS_OF_PAGES}-{short_hash(b''.join(parts))}"


def rename_scripts(root: Path, static: Path) -> None:
    """Give the folder of the pages' scripts the name that the pages know."""
    copied, named = static / SCRIPTS_OF_PAGES, static / live_folder(root)
    if not copied.is_dir():
        return
    for old in static.glob(f"{SCRIPTS_OF_PAGES}-*"):
        shutil.rmtree(old)
    copied.rename(named)


def runtime() -> tuple[Path, Path, Any]:
    """Return the folder of the checked runtime, that of its compiled part, and its manifest.

    What is missing is fetched and compiled.

    Raises
    ------
    RuntimeError
        If a file cannot be had from any source, or not compiled.
    """
    if str(SCRIPTS) not in sys.path:
        sys.path.append(str(SCRIPTS))
    import compile_runtime
    import fetch_runtime

    source = fetch_runtime.ensure("core")
    return source, compile_runtime.ensure(source), fetch_runtime.read_manifest()


def write(root: Path, static: Path) -> dict[str, Any]:
    """Write runtime and library into the site's static folder; return what pages must know.

    Parameters
    ----------
    root : Path
        The project.
    static : Path
        The folder ``_static`` of the site.
    """
    source, compiled, manifest = runtime()
    from compile_runtime import lock_of
    from fetch_runtime import own_lock

    names = {file.name for file in manifest.of("core")}
    files = {
        name: path if (path := compiled / name).is_file() else source / name
        for name in sorted(names - {LOCK})
    }
    lock = lock_of(own_lock((source / LOCK).read_bytes(), names), compiled)
    listing = [f"{name} {short_hash(path.read_bytes())}\n" for name, path in files.items()]
    folder = static / f"pyodide-{short_hash(''.join(listing).encode() + lock)}"
    library = archive(library_files(root))
    zipped = static / f"aimc-{short_hash(library)}.zip"
    part5 = archive(part5_files(root), PART5_TAR)
    place = static / f"aimc-part5-{short_hash(part5)}.zip"
    _remove_others(static, folder, zipped, place)
    if not (folder / LOCK).is_file():  # written last: with it the folder is complete
        folder.mkdir(parents=True, exist_ok=True)
        for name, path in files.items():
            shutil.copy(path, folder / name)
        (folder / "LICENCES.txt").write_text(manifest.licence.lstrip(), encoding="utf-8")
        (folder / LOCK).write_bytes(lock)
    zipped.write_bytes(library)
    place.write_bytes(part5)
    shutil.copy(root / "LICENSE", static / "aimc-LICENSE.txt")  # of both archives
    # What a page loads: the other entry point of Pyodide is for JupyterLite.
    sizes = {n: path.stat().st_size for n, path in files.items() if n != "pyodide.js"}
    config = {
        "pyodide": f"../{folder.name}/",
        "library": f"../{zipped.name}",
        "part5": {"words": PART5_WORDS, "file": f"../{place.name}"},
        "wheels": [name for name in files if name.endswith(".whl")],
        "sizes": sizes | {zipped.name: len(library)},
    }
    target = static / live_folder(root) / "config.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(config, indent=1), encoding="utf-8")
    return config


def _remove_others(static: Path, *kept: Path) -> None:
    for old in [*static.glob("pyodide-*"), *static.glob("aimc-*.zip")]:
        if old in kept:
            continue
        if old.is_dir():
            shutil.rmtree(old)
        else:
            old.unlink()
