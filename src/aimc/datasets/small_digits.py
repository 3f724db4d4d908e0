"""Handwritten digits of 8 x 8 pixels: small enough that a network learns them in a second.

The images are the test part of the "Optical recognition of handwritten digits" set of E. Alpaydin
and C. Kaynak :cite:p:`alpaydin1998cascading`, which the UCI repository publishes under CC BY 4.0.
Each pixel counts how many of 4 x 4 finer pixels are inked, from 0 to 16.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aimc.datasets import files
from aimc.datasets.fashion_mnist import Dataset
from aimc.datasets.files import REINSTALL, ChecksumError, fingerprint, read_npz, verify

__all__ = ["digit_inputs", "digits"]

DIGITS_FILE = "digits_8x8.npz"
# `fingerprint` of the shipped images and labels.
DIGITS_SHA256 = "cbdf2a0b2dbaaf9a0aab28bffdd4bbb20400fa96d1120ef075841bd1f5ee2271"
EVERY = 4
INK = 16
"""Value of a pixel that is inked all over."""


def digits() -> Dataset:
    """Return the 1,797 digits: 1,347 to learn from and 450 to be tested on.

    Every fourth image is in the test part, so that both parts hold all classes and all writers:
    the accuracy says nothing of a hand that was never seen.

    Returns
    -------
    Dataset
        Images, uint8 from 0 to 16, of shape ``(n, 8, 8)``.

    Raises
    ------
    ChecksumError
        If the file is damaged.
    """
    path = files.SHIPPED_FOLDER / DIGITS_FILE
    arrays = read_npz(path)
    try:
        images, labels = arrays["images"], arrays["labels"]
    except KeyError as error:
        raise ChecksumError(f"{path.name} is damaged ({error}): {REINSTALL}") from error
    verify(path.name, fingerprint(images, labels), DIGITS_SHA256, REINSTALL)
    test = np.arange(len(images)) % EVERY == 0
    parts = images[~test], labels[~test], images[test], labels[test]
    return Dataset(
        *parts,
        classes=tuple("0123456789"),
        name="8 x 8 digits",
        source="shipped with aimc",
        sha256=fingerprint(*parts),
    )


def digit_inputs(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Flatten digits and scale them to the input range of a network.

    Parameters
    ----------
    images : numpy.ndarray
        uint8 from 0 to 16, shape ``(n, 8, 8)``.

    Returns
    -------
    numpy.ndarray
        float32 in [0, 1], shape ``(n, 64)``.

    Raises
    ------
    TypeError, ValueError
        If ``images`` is not a uint8 array, not of that shape, or holds larger values.
    """
    if not isinstance(images, np.ndarray) or images.dtype != np.uint8:
        kind = getattr(images, "dtype", type(images).__name__)
        raise TypeError(f"images must be a uint8 NumPy array with values 0 to {INK}, got {kind}")
    if images.ndim != 3 or images.shape[1:] != (8, 8):
        raise ValueError(f"images must have shape (n, 8, 8), got {images.shape}")
    if images.size and images.max() > INK:
        raise ValueError(f"images must lie between 0 and {INK}, got {images.max()}")
    return images.reshape(len(images), 64).astype(np.float32) / np.float32(INK)
