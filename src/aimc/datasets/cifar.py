"""CIFAR-10 for users with internet: it may not be shipped, so it is fetched and checked.

The images :cite:p:`krizhevsky2009learning` were collected from the web and no licence is stated for
them, so this package holds none: the reader's own machine downloads them from their authors' page,
once, into a cache. The archive is the one for programs in C, plain bytes that run no code when they
are read, and it is unpacked in memory.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tarfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aimc.datasets.fashion_mnist import Dataset, DataUnavailableError
from aimc.datasets.files import ChecksumError, fingerprint, verify

__all__ = ["CIFAR10_CLASSES", "cifar10"]

CIFAR10_CLASSES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
ARCHIVE = "cifar-10-binary.tar.gz"
ADDRESS = f"https://www.cs.toronto.edu/~kriz/{ARCHIVE}"
ARCHIVE_SHA256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"
ARCHIVE_MB = 170
CACHE_FOLDER = "~/.cache/aimc/cifar-10"
DOWNLOAD_TIMEOUT = 30.0  # s, of one answer
TRAIN_FILES = tuple(f"data_batch_{k}.bin" for k in range(1, 6))
TEST_FILES = ("test_batch.bin",)
RECORD = 1 + 3 * 32 * 32
BLOCK = 1 << 20


def cifar10(
    *, folder: str | os.PathLike[str] | None = None, allow_download: bool | None = None
) -> Dataset:
    """Return CIFAR-10: 50,000 images to learn from and 10,000 to be tested on.

    The archive is looked for in ``folder``, in the folder that the environment variable
    ``AIMC_DATA`` names, and in the cache, and downloaded to the first of them if it is in none.

    Parameters
    ----------
    folder : str or pathlib.Path, optional
        An existing folder with the archive, or for it.
    allow_download : bool, optional
        Whether a download is tried; by default unless the environment variable ``AIMC_OFFLINE`` is
        set, or Python runs in a browser.

    Returns
    -------
    Dataset
        Images, uint8, of shape ``(n, 3, 32, 32)``: red, green and blue.

    Raises
    ------
    TypeError, ValueError
        If an argument is not one of the values above.
    ChecksumError
        If an archive was found but is damaged.
    DataUnavailableError
        If there is none; the message says what was tried and how to get it.
    """
    if allow_download is not None and not isinstance(allow_download, bool):
        raise TypeError(f"allow_download must be True, False or None, got {allow_download!r}")
    if folder is not None and not os.path.isdir(folder):
        raise ValueError(f"folder={folder!r} is not allowed: it must be an existing folder")
    if allow_download is None:
        allow_download = sys.platform != "emscripten" and not os.environ.get("AIMC_OFFLINE")
    places = [folder, os.environ.get("AIMC_DATA"), os.path.expanduser(CACHE_FOLDER)]
    folders = [Path(place) for place in places if place]
    tried = []
    for place in folders:
        path = place / ARCHIVE
        if path.is_file():
            verify(str(path), _digest(path), ARCHIVE_SHA256, "remove it, and it is fetched anew")
            return _read(path, f"{path}")
        tried.append(f"{path}: no such file")
    if allow_download:
        try:
            path = _download(folders[0])
            return _read(path, f"downloaded to {path}")
        except (OSError, ChecksumError) as error:
            tried.append(f"{ADDRESS}: {error}")
    else:
        tried.append("download: switched off (allow_download, or AIMC_OFFLINE is set)")
    raise DataUnavailableError(
        f"CIFAR-10 ({ARCHIVE_MB} MB) was not found. Tried:\n"
        + "".join(f"  - {line}\n" for line in tried)
        + f"On a machine with internet, download {ADDRESS} and copy it into {folders[0]}. Without "
        "it, aimc.datasets.coloured makes a task of the same shape from images that are shipped."
    )


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _download(target: Path) -> Path:
    """Fetch the archive, and give it its name only once it has been verified."""
    # Imported here: this module must also work where Python has no sockets.
    from http.client import HTTPException
    from urllib.request import urlopen

    path, part = target / ARCHIVE, target / f"{ARCHIVE}.part"
    target.mkdir(parents=True, exist_ok=True)
    try:
        with urlopen(ADDRESS, timeout=DOWNLOAD_TIMEOUT) as answer, part.open("wb") as file:
            while block := answer.read(BLOCK):
                file.write(block)
        verify(ADDRESS, _digest(part), ARCHIVE_SHA256, "not kept")
        part.replace(path)
    except HTTPException as error:
        raise OSError(str(error)) from error
    finally:
        part.unlink(missing_ok=True)
    return path


def _read(path: Path, source: str) -> Dataset:
    found: dict[str, bytes] = {}
    with tarfile.open(path, "r:gz") as archive:
        for member in archive:
            name = member.name.rpartition("/")[2]
            file = archive.extractfile(member) if member.isfile() else None
            if file is not None and name in TRAIN_FILES + TEST_FILES:
                found[name] = file.read()
    parts = _records(found, TRAIN_FILES) + _records(found, TEST_FILES)
    return Dataset(
        *parts,
        classes=CIFAR10_CLASSES,
        name="CIFAR-10",
        source=source,
        sha256=fingerprint(*parts),
    )


def _records(
    found: dict[str, bytes], names: tuple[str, ...]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return images and labels: a byte of label and 3,072 of pixels, record by record."""
    if missing := [name for name in names if name not in found]:
        raise ChecksumError(f"{ARCHIVE} holds no {', '.join(missing)}")
    raw = b"".join(found[name] for name in names)
    if len(raw) % RECORD:
        raise ChecksumError(f"{ARCHIVE}: {names[0]} does not hold whole images")
    records = np.frombuffer(raw, np.uint8).reshape(-1, RECORD)
    return records[:, 1:].reshape(-1, 3, 32, 32).copy(), records[:, 0].copy()
