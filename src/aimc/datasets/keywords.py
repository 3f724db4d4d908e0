"""Ten spoken words, said by a machine: a sequence for a recurrent network to recognise.

Sets of recorded keywords cannot be shipped with this package, so a speech synthesiser says the
words "yes" to "go" in fourteen voices. Such voices are clearer than people's, so the task is
easier than one with recordings :cite:p:`warden2018speech`, and accuracies must not be compared.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aimc.datasets import files
from aimc.datasets.fashion_mnist import Dataset
from aimc.datasets.files import REINSTALL, ChecksumError, fingerprint, read_npz, verify

__all__ = ["KEYWORDS", "keyword_inputs", "keywords"]

KEYWORDS = ("yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go")
BANDS = 26
"""Mel bands of a patch, low tones first."""
STEPS = 33
"""Steps in time of a patch, 30 ms each."""
KEYWORDS_FILE = "keywords.npz"
# `fingerprint` of the shipped patches, labels and numbers of voices.
KEYWORDS_SHA256 = "9838c37653bb993c83ee6cb3bfb3747aa6b9dd2a974e77a6440b9c3620dfcea1"
FIRST_TEST_VOICE = 11


def keywords() -> Dataset:
    """Return 1,120 spoken words: 880 of eleven voices to learn from, 240 of three others.

    Returns
    -------
    Dataset
        Patches, uint8, of shape ``(n, 26, 33)``: mel bands by steps of 30 ms. 255 is the loudest
        band of a patch, 0 is 60 dB below it.

    Raises
    ------
    ChecksumError
        If the file is damaged.
    """
    path = files.SHIPPED_FOLDER / KEYWORDS_FILE
    arrays = read_npz(path)
    try:
        patches, labels, voices = (arrays[key] for key in ("patches", "labels", "voices"))
    except KeyError as error:
        raise ChecksumError(f"{path.name} is damaged ({error}): {REINSTALL}") from error
    verify(path.name, fingerprint(patches, labels, voices), KEYWORDS_SHA256, REINSTALL)
    test = voices >= FIRST_TEST_VOICE
    parts = patches[~test], labels[~test], patches[test], labels[test]
    return Dataset(
        *parts,
        classes=KEYWORDS,
        name="keywords of a machine",
        source="shipped with aimc",
        sha256=fingerprint(*parts),
    )


def keyword_inputs(patches: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return patches as sequences in the input range of a network.

    Parameters
    ----------
    patches : numpy.ndarray
        uint8, shape ``(n, 26, 33)``.

    Returns
    -------
    numpy.ndarray
        float32 in [0, 1], shape ``(n, 33, 26)``: step after step, as recurrent layers with
        ``batch_first=True`` take them.

    Raises
    ------
    TypeError, ValueError
        If ``patches`` is not a uint8 array or not of that shape.
    """
    if not isinstance(patches, np.ndarray) or patches.dtype != np.uint8:
        kind = getattr(patches, "dtype", type(patches).__name__)
        raise TypeError(f"patches must be a uint8 NumPy array with values 0 to 255, got {kind}")
    if patches.ndim != 3 or patches.shape[1:] != (BANDS, STEPS):
        raise ValueError(f"patches must have shape (n, {BANDS}, {STEPS}), got {patches.shape}")
    return patches.transpose(0, 2, 1).astype(np.float32) / np.float32(255)
