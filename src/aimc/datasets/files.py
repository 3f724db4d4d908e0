"""Files inside this package: reading them, and telling a damaged one from the one we shipped.

Checksums are taken over the unpacked arrays: a repacked archive is still the same data. In a
browser the large files are not in the package: the first use of one fetches it from the site.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib
import io
import json
import sys
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
    "DataUnavailableError",
    "fingerprint",
    "read_npz",
    "read_text",
    "stored",
    "verify",
]

REINSTALL = "reinstall the package"
SHIPPED_FOLDER = Path(__file__).with_name("data")
SERVED = "served.json"
"""In the package of a browser, which files of its folder the site has in its place, and as what."""


class ChecksumError(RuntimeError):
    """A data file is damaged, or is not the file that it claims to be."""


class DataUnavailableError(RuntimeError):
    """A data set is neither on this machine nor downloadable from it."""


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
        with np.load(io.BytesIO(_content(path)), allow_pickle=False) as archive:
            return dict(archive)
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ChecksumError(f"{path.name} cannot be read ({error}): {REINSTALL}") from error


def read_text(path: Path) -> NDArray[np.uint8]:
    """Return the bytes of a gzipped text, or raise `ChecksumError` if it cannot be read."""
    try:
        return np.frombuffer(gzip.decompress(_content(path)), np.uint8)
    except (OSError, EOFError, zlib.error) as error:
        raise ChecksumError(f"{path.name} cannot be read ({error}): {REINSTALL}") from error


def _content(path: Path) -> bytes:
    """Return the bytes of a file, which a browser fetches from its site and keeps if it has to.

    Raises
    ------
    DataUnavailableError
        If the site does not give it.
    ChecksumError
        If the site gives another file.
    """
    index = path.with_name(SERVED)
    if path.exists() or sys.platform != "emscripten" or not index.exists():
        return path.read_bytes()
    listed = json.loads(index.read_text(encoding="utf-8"))[path.name]
    try:
        data = _from_site(listed["address"])
    except Exception as error:  # a browser's errors are of its own kinds
        raise DataUnavailableError(
            f"{path.name} ({listed['size'] / 1e3:.0f} kB) could not be fetched from this site: is "
            f"there a connection? Run the cell again when there is ({error})"
        ) from error
    remedy = "load the page anew, so that page and data are of one edition"
    verify(path.name, hashlib.sha256(data).hexdigest(), listed["sha256"], remedy)
    path.write_bytes(data)
    return data


def _from_site(address: str) -> bytes:
    """Return a file of the site, whose address is seen from the list of the browser's packages."""
    js = importlib.import_module("js")
    packages = importlib.import_module("pyodide_js")._api.config.lockFileURL
    request = js.XMLHttpRequest.new()
    request.open("GET", js.URL.new(address, packages).href, False)
    request.responseType = "arraybuffer"
    request.send()
    if request.status != 200:
        raise OSError(f"the site answered {request.status}")
    data: bytes = request.response.to_py().tobytes()
    return data


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
