"""Images to classify: Fashion-MNIST, with its checksums.

A 10k subset [1]_ is shipped inside the package, so that a laptop, a test run and a browser all see
the same bytes. The full data set is searched for on disk and, failing that, downloaded.

Checksums are taken over the unpacked arrays or files: a repacked archive is still the same data.

References
----------
.. [1] H. Xiao, K. Rasul and R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking
   machine learning algorithms", arXiv:1708.07747, 2017.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import sys
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aimc.datasets import files
from aimc.datasets.files import (
    REINSTALL,
    ChecksumError,
    DataUnavailableError,
    fingerprint,
    read_npz,
    verify,
)
from aimc.validation import check_choice

__all__ = [
    "FASHION_MNIST_CLASSES",
    "DataUnavailableError",
    "Dataset",
    "as_inputs",
    "load",
]

FASHION_MNIST_CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)

DEBIAN_FOLDER = "/usr/share/datasets/fashion-mnist"  # of the package dataset-fashion-mnist
CACHE_FOLDER = "~/.cache/aimc/fashion-mnist"
# The upstream project, then the copy that Keras downloads from.
MIRRORS = (
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
)
UPSTREAM_PAGE = "https://github.com/zalandoresearch/fashion-mnist"
DOWNLOAD_TIMEOUT = 20.0  # s

# SHA-256 of the unpacked files, in the order x_train, y_train, x_test, y_test.
FILE_SHA256 = {
    "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}
# `fingerprint` of the shipped arrays.
SUBSET_SHA256 = "17ed228a1cd16a66595c37306c1e37b77558dcd57ff9271727a919e5b3dc4464"


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Labelled images, split into a training and a test set.

    Attributes
    ----------
    x_train, x_test : numpy.ndarray
        Images, uint8, shape ``(n, height, width)``, here ``(n, 28, 28)``; 0 is background.
    y_train, y_test : numpy.ndarray
        Class indices, uint8, shape ``(n,)``.
    classes : tuple of str
        Name of each class index.
    name : str
        What to write below a figure: it tells a subset from the full set.
    source : str
        Where the bytes came from.
    sha256 : str
        `fingerprint` of ``x_train, y_train, x_test, y_test``.
    """

    x_train: NDArray[np.uint8] = field(repr=False)
    y_train: NDArray[np.uint8] = field(repr=False)
    x_test: NDArray[np.uint8] = field(repr=False)
    y_test: NDArray[np.uint8] = field(repr=False)
    classes: tuple[str, ...] = field(repr=False)
    name: str
    source: str
    sha256: str


def load(
    name: str = "fashion-mnist",
    subset: str = "10k",
    allow_download: bool | None = None,
    *,
    folder: str | os.PathLike[str] | None = None,
) -> Dataset:
    """Return a data set whose checksum has been verified.

    ``subset="10k"`` is the first 1,000 training and 200 test images of each class. It is part of
    this package and needs neither disk nor network. ``subset="full"`` (60,000 + 10,000 images) is
    looked for in ``folder``, in ``~/.cache/aimc/fashion-mnist``, and in Debian's
    ``dataset-fashion-mnist``; if it is in none of them, four files (31 MB) are downloaded to
    ``folder``, or else to the cache.

    Parameters
    ----------
    name : str
        ``"fashion-mnist"``.
    subset : str
        ``"10k"`` or ``"full"``.
    allow_download : bool, optional
        ``False`` never opens a connection. ``None`` allows it everywhere but in a browser, where
        Python has no sockets.
    folder : str or pathlib.Path, optional
        An existing folder with the four IDX files, gzipped or not; for ``subset="full"`` only.

    Returns
    -------
    Dataset
        Fresh arrays, which the caller may change.

    Raises
    ------
    ValueError, TypeError
        If an argument is not one of the values above.
    ChecksumError
        If a file was found but is damaged.
    DataUnavailableError
        If the full set was found nowhere; the message lists what was tried and two ways out.
    """
    check_choice("name", name, ("fashion-mnist",))
    check_choice("subset", subset, ("10k", "full"))
    if allow_download is not None and not isinstance(allow_download, bool):
        raise TypeError(f"allow_download must be True, False or None, got {allow_download!r}")
    if subset == "10k":
        if folder is not None:
            raise ValueError(f"folder={folder!r} is not allowed: subset='10k' is in the package")
        return _shipped_subset()
    if folder is not None and not os.path.isdir(folder):
        raise ValueError(f"folder={folder!r} is not allowed: it must be an existing folder")
    if allow_download is None:
        allow_download = sys.platform != "emscripten"
    return _full_set(None if folder is None else Path(folder), allow_download)


def as_inputs(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Flatten images and scale them to the input range of a network.

    Parameters
    ----------
    images : numpy.ndarray
        uint8, shape ``(n, 28, 28)``.

    Returns
    -------
    numpy.ndarray
        float32 in [0, 1], shape ``(n, 784)``.

    Raises
    ------
    TypeError, ValueError
        If ``images`` is not a uint8 array or not of that shape.
    """
    if not isinstance(images, np.ndarray) or images.dtype != np.uint8:
        kind = getattr(images, "dtype", type(images).__name__)
        raise TypeError(f"images must be a uint8 NumPy array with values 0 to 255, got {kind}")
    if images.ndim != 3 or images.shape[1:] != (28, 28):
        raise ValueError(f"images must have shape (n, 28, 28), got {images.shape}")
    return images.reshape(len(images), 784).astype(np.float32) / np.float32(255)


def _shipped_subset() -> Dataset:
    path = files.SHIPPED_FOLDER / "fashion_mnist_10k.npz"
    arrays = read_npz(path)
    try:
        parts = [arrays[key] for key in ("x_train", "y_train", "x_test", "y_test")]
    except KeyError as error:
        raise ChecksumError(f"{path.name} is damaged ({error}): {REINSTALL}") from error
    subset = _dataset(parts, "fashion-mnist, 10k subset", "shipped with aimc")
    verify(path.name, subset.sha256, SUBSET_SHA256, REINSTALL)
    return subset


def _full_set(folder: Path | None, allow_download: bool) -> Dataset:
    cache = Path(os.path.expanduser(CACHE_FOLDER))
    places = [place for place in (folder, cache, Path(DEBIAN_FOLDER)) if place is not None]
    tried = []
    for place in places:
        found = {stem: path for stem in FILE_SHA256 if (path := _find(place, stem)) is not None}
        if len(found) == len(FILE_SHA256):
            files = {stem: _unpack(path.read_bytes(), str(path)) for stem, path in found.items()}
            for stem, raw in files.items():
                digest = hashlib.sha256(raw).hexdigest()
                verify(str(found[stem]), digest, FILE_SHA256[stem], "remove or replace it")
            return _from_idx(files, str(place))
        tried.append(f"{place}: {len(found)} of the {len(FILE_SHA256)} files")
    if allow_download:
        downloaded = _download(places[0], tried)
        if downloaded is not None:
            return _from_idx(downloaded, f"downloaded to {places[0]}")
    else:
        tried.append("download: switched off (allow_download)")
    raise DataUnavailableError(
        "the full Fashion-MNIST (31 MB) was not found. Tried:\n"
        + "".join(f"  - {line}\n" for line in tried)
        + "Two ways out: install Debian's or Ubuntu's package dataset-fashion-mnist, or copy the "
        + f"four *-ubyte.gz files of {UPSTREAM_PAGE} (data/fashion) into {places[0]}. "
        + "subset='10k' needs neither."
    )


def _find(place: Path, stem: str) -> Path | None:
    for path in (place / stem, place / f"{stem}.gz"):
        if path.is_file():
            return path
    return None


def _unpack(data: bytes, what: str) -> bytes:
    if data[:2] != b"\x1f\x8b":  # not gzip: already unpacked
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise ChecksumError(f"{what} is damaged ({error}): remove or replace it") from error


def _download(target: Path, tried: list[str]) -> dict[str, bytes] | None:
    """Fetch the four files into ``target``, or append to ``tried`` why that did not work."""
    # Imported here: this module must also work where Python has no sockets.
    from http.client import HTTPException
    from urllib.request import urlopen

    files = {}
    for stem, expected in FILE_SHA256.items():
        for mirror in MIRRORS:
            address = f"{mirror}{stem}.gz"
            part = target / f"{stem}.gz.part"
            try:
                target.mkdir(parents=True, exist_ok=True)
                with urlopen(address, timeout=DOWNLOAD_TIMEOUT) as answer:
                    part.write_bytes(answer.read())
                raw = _unpack(part.read_bytes(), address)
                digest = hashlib.sha256(raw).hexdigest()
                verify(address, digest, expected, "not kept")
                part.replace(target / f"{stem}.gz")  # only a verified file gets its final name
            except (OSError, HTTPException, ChecksumError) as error:
                tried.append(f"{address}: {error}")
                continue
            finally:
                part.unlink(missing_ok=True)
            files[stem] = raw
            break
        else:
            return None  # no mirror has this file
    return files


def _from_idx(files: Mapping[str, bytes], source: str) -> Dataset:
    """Read IDX files: byte 3 is the number of axes, then their big-endian lengths, then bytes."""
    parts: list[NDArray[np.uint8]] = []
    for stem in FILE_SHA256:
        raw = files[stem]
        shape = np.frombuffer(raw, ">u4", count=raw[3], offset=4)
        parts.append(np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(shape).copy())
    return _dataset(parts, "fashion-mnist", source)


def _dataset(parts: Sequence[NDArray[np.uint8]], name: str, source: str) -> Dataset:
    x_train, y_train, x_test, y_test = parts
    digest = fingerprint(*parts)
    return Dataset(x_train, y_train, x_test, y_test, FASHION_MNIST_CLASSES, name, source, digest)
