"""Files inside this package: reading them, and telling a damaged one from the one we shipped.

Checksums are taken over the unpacked arrays: a repacked archive is still the same data.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aimc.validation import check_choice

__all__ = [
    "REINSTALL",
    "SHIPPED_FOLDER",
    "ChecksumError",
    "fingerprint",
    "read_npz",
    "read_text",
    "stored",
    "verify",
]

REINSTALL = "reinstall the package"
SHIPPED_FOLDER = Path(__file__).with_name("data")


class ChecksumError(RuntimeError):
    """A data file is damaged, or is not the file that it claims to be."""


def fingerprint(*arrays: NDArray[Any]) -> str:
    """Return the SHA-256 of arrays: their types, shapes and little-endian contents, in order."""
    digest = hashlib.sha256()
    for array in arrays:
        plain = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        digest.update(f"{plain.dtype.str}{array.shape}".encode())
        digest.update(plain.tobytes())
    return digest.hexdigest()


def verify(what: str, found: str, expected: str, remedy: str) -> None:
    """Raise `ChecksumError` unless a checksum is the expected one."""
    if found != expected:
        raise ChecksumError(
            f"{what} is damaged or is another file: {remedy}. SHA-256 {found}, expected {expected}"
        )


def read_npz(path: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays of an archive, or raise `ChecksumError` if it cannot be read."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as archive:
            return dict(archive)
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ChecksumError(f"{path.name} cannot be read ({error}): {REINSTALL}") from error


def read_text(path: Path) -> NDArray[np.uint8]:
    """Return the bytes of a gzipped text, or raise `ChecksumError` if it cannot be read."""
    try:
        return np.frombuffer(gzip.decompress(path.read_bytes()), np.uint8)
    except (OSError, EOFError, zlib.error) as error:
        raise ChecksumError(f"{path.name} cannot be read ({error}): {REINSTALL}") from error


def stored(name: str, folder: Path | None = None) -> dict[str, Any]:
    """Return results that took too long to compute on a page, with what made them.

    Parameters
    ----------
    name : str
        Name of a file of results, such as ``"networks_on_chip"``.
    folder : pathlib.Path, optional
        Where it lies; by default among what this package ships.

    Raises
    ------
    ValueError
        If there is none of this name.
    """
    place = SHIPPED_FOLDER if folder is None else folder
    known = tuple(sorted(path.stem for path in place.glob("*.json")))
    path = place / f"{check_choice('name', name, known)}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
