"""Notebooks found in folders and zips that strangers filled. Nothing is ever unpacked to a disk.

Whatever is not a plain, small file with a harmless path is left out, with a line that says why.
"""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from re import Pattern

from aimc_course.grading.gradebook.texts import printable

__all__ = ["Bounds", "Found", "Refused", "read_member", "walk"]

MIB = 2**20
END, END_SIZE, LOCATOR = b"PK\x05\x06", 22, b"PK\x06\x07"
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    ValueError,
    EOFError,
    OSError,
    MemoryError,
)
"""What reading a damaged or hostile zip raises; nothing of it is a fault of ours."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is read, and how much of it, sizes in bytes."""

    endings: tuple[str, ...] = (".ipynb",)
    """How the names of files end that are looked for, in small letters."""
    called: str = "notebook"
    """What such a file is called."""
    notebook: int = 16 * MIB
    """Largest of these files."""
    archive: int = 64 * MIB
    """Largest zip inside another one, or in a student's folder."""
    export: int = 8192 * MIB
    """Largest zip of a whole class."""
    unpacked: int = 64 * MIB
    """Most that is unpacked out of one zip of a student."""
    entries: int = 50_000
    """Most files of a folder or zip."""
    directory: int = 8 * MIB
    """Largest table of contents of a zip."""
    depth: int = 2
    """How deep zips may lie in each other: an export that holds a student's zip is two."""


@dataclass(frozen=True, slots=True)
class Found:
    """A notebook and where it was."""

    parts: tuple[str, ...]
    """Folders and file name below the place that was searched, zips counted as folders."""
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that is not taken in, and why."""

    where: str
    reason: str

    def __str__(self) -> str:
        """Return one line."""
        return f"{self.where}: {self.reason}"


def walk(place: Path, bounds: Bounds | None = None) -> Iterator[Found | Refused]:
    """Find the notebooks in a folder or an exported zip, in the order of their names.

    Parameters
    ----------
    place : Path
        Folder with submissions, or one zip of a whole class.

    Raises
    ------
    ValueError
        If it is neither.
    """
    bounds = bounds or Bounds()
    if place.is_dir():
        yield from _folder(place, (), bounds)
    elif place.is_file() and zipfile.is_zipfile(place):
        with place.open("rb") as stream:
            yield from _zip(stream, (), bounds, 1, bounds.export)
    else:
        raise ValueError(f"{place} is neither a folder nor a zip with submissions")


def read_member(place: Path, wanted: Pattern[str], most: int) -> tuple[str, bytes] | None:
    """Return name and content of the first file of a zip with such a name, ``None`` if none has.

    Parameters
    ----------
    place : Path
        The zip.
    wanted : pattern
        What its path inside the zip must match.
    most : int
        Most bytes that are read.

    Raises
    ------
    ValueError
        If there is one and it cannot be read, or holds more.
    """
    with place.open("rb") as stream:
        try:
            if _unsafe_directory(stream, Bounds()):
                return None
            archive = zipfile.ZipFile(stream)
        except BROKEN:
            return None
        for entry in archive.infolist():
            if wanted.fullmatch(entry.filename):
                data = _unpacked(archive, entry, most)
                if isinstance(data, str):
                    raise ValueError(f"{printable(entry.filename)}: {data}")
                return entry.filename, data
    return None


def _folder(folder: Path, above: tuple[str, ...], bounds: Bounds) -> Iterator[Found | Refused]:
    if len(above) > 12:
        yield Refused(_shown(above), "folders lie deeper than 12 in each other")
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Refused(_shown(above), f"cannot be opened ({error.strerror})")
        return
    for entry in entries[: bounds.entries]:
        parts = (*above, entry.name)
        if _is_litter(entry.name):
            continue
        if entry.is_symlink():
            yield Refused(_shown(parts), "a link: only files and folders are read")
        elif entry.is_dir(follow_symlinks=False):
            yield from _folder(Path(entry.path), parts, bounds)
        else:
            yield from _file(Path(entry.path), parts, bounds)
    if len(entries) > bounds.entries:
        yield Refused(_shown(above) or ".", f"more than {bounds.entries} files: the rest is left")


def _file(path: Path, parts: tuple[str, ...], bounds: Bounds) -> Iterator[Found | Refused]:
    kind = _kind(parts[-1], bounds)
    if not kind:
        yield Refused(_shown(parts), f"not a {bounds.called}")
        return
    most = bounds.notebook if kind == "notebook" else bounds.archive
    # An exported zip of the whole class may lie in the folder itself.
    most = bounds.export if kind == "zip" and len(parts) == 1 else most
    try:
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        number = os.open(path, flags | getattr(os, "O_BINARY", 0))
        with os.fdopen(number, "rb") as stream:
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode):
                yield Refused(_shown(parts), "not a plain file")
            elif status.st_size > most:
                yield Refused(_shown(parts), f"larger than {most / MIB:.3g} MiB")
            elif kind == "notebook":
                yield Found(parts, stream.read(most))
            else:
                inside = (parts[0].rpartition(".")[0],) if len(parts) == 1 else parts
                prefix = inside if _says_who(parts) else ()
                yield from _zip(stream, prefix, bounds, 1, bounds.unpacked if prefix else most)
    except OSError as error:
        yield Refused(_shown(parts), f"cannot be read ({error.strerror})")


def _says_who(parts: tuple[str, ...]) -> bool:
    from aimc_course.grading.gradebook.exported import parse

    found = parse(parts)
    return len(parts) > 1 or (found is not None and found.platform != "folder")


def _zip(
    stream: io.BufferedIOBase | io.BytesIO,
    above: tuple[str, ...],
    bounds: Bounds,
    depth: int,
    budget: int,
) -> Iterator[Found | Refused]:
    here = _shown(above) or "the zip"
    reason = _unsafe_directory(stream, bounds)
    if reason:
        yield Refused(here, reason)
        return
    try:
        archive = zipfile.ZipFile(stream)  # type: ignore[arg-type]
        entries = archive.infolist()
    except BROKEN as error:
        yield Refused(here, f"a damaged zip ({printable(str(error), 80)})")
        return
    if len(entries) > bounds.entries:
        yield Refused(here, f"a zip with more than {bounds.entries} files")
        return
    for entry in sorted(entries, key=lambda entry: entry.filename):
        # The separator of Windows is none in a zip, but programs write it.
        names = tuple(entry.filename.replace("\\", "/").split("/"))
        parts = (*above, *(name for name in names if name))
        where = _shown(parts)
        mode = entry.external_attr >> 16
        if entry.filename.endswith(("/", "\\")) or any(_is_litter(name) for name in names if name):
            if ".." in names:
                yield Refused(where, "its path leads out of the zip")
            continue
        if ".." in names or names[0] == "" or ":" in names[0] or "\x00" in entry.filename:
            yield Refused(where, "its path leads out of the zip")
        elif stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            yield Refused(where, "a link or a device: only files are read")
        elif entry.flag_bits & 1:
            yield Refused(where, "encrypted")
        elif entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            # What zipfile unpacks of the others, it unpacks without a bound.
            yield Refused(where, "packed in an unusual way: use plain zip")
        elif not (kind := _kind(names[-1], bounds)):
            yield Refused(where, f"not a {bounds.called}")
        elif kind == "zip" and depth >= bounds.depth:
            yield Refused(where, f"zips lie deeper than {bounds.depth} in each other")
        else:
            most = min(bounds.notebook if kind == "notebook" else bounds.archive, budget)
            data = _unpacked(archive, entry, most)
            if isinstance(data, str):
                yield Refused(where, data)
                continue
            budget -= len(data)
            if kind == "notebook":
                yield Found(parts, data)
            else:
                yield from _zip(io.BytesIO(data), parts, bounds, depth + 1, bounds.unpacked)


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes | str:
    """Return the content of a file in a zip, or why it is not taken.

    The size that it claims is not believed.
    """
    try:
        with archive.open(entry) as stream:
            data = stream.read(most + 1)
    except BROKEN as error:
        return f"cannot be unpacked ({printable(str(error), 80)})"
    if len(data) > most:
        return f"unpacks to more than {most / MIB:.3g} MiB"
    return data


def _unsafe_directory(stream: io.BufferedIOBase | io.BytesIO, bounds: Bounds) -> str:
    """Return what is wrong with a zip's table of contents, which is read as a whole when opened."""
    size = stream.seek(0, os.SEEK_END)
    start = max(0, size - 2**16 - END_SIZE)
    stream.seek(start)
    tail = stream.read()
    stream.seek(0)
    place = tail.rfind(END)
    if place < 0 or len(tail) < place + END_SIZE:
        return "not a zip, whatever its name says"
    if tail[max(0, place - 20) : place].startswith(LOCATOR):
        # An archive above 4 GiB; its true sizes stand in front of the locator.
        head = tail[max(0, place - 76) : place - 20]
        if size < 2**32 or not head.startswith(b"PK\x06\x06"):
            return "a zip of the large kind without need"
        length = struct.unpack("<Q", head[40:48])[0]
    else:
        length = struct.unpack("<I", tail[place + 12 : place + 16])[0]
    if length > bounds.directory:
        return f"a zip whose table of contents is larger than {bounds.directory // MIB} MiB"
    return ""


def _kind(name: str, bounds: Bounds) -> str:
    lowered = name.lower()
    # Moodle's flat names and Canvas' copies keep the ending.
    if lowered.endswith(bounds.endings):
        return "notebook"
    return "zip" if lowered.endswith(".zip") else ""


def _is_litter(name: str) -> bool:
    """Tell what systems and editors leave behind, older copies of a notebook among them."""
    litter = ("__MACOSX", "Thumbs.db", "desktop.ini")
    return name in litter or (name.startswith(".") and name not in (".", ".."))


def _shown(parts: tuple[str, ...]) -> str:
    return printable("/".join(parts))
