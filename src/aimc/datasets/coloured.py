"""Coloured 32 x 32 images made from grey ones: a stand-in for CIFAR-10, which cannot be shipped.

The 64-core chip classified CIFAR-10 :cite:p:`legallo2023hermes`. Its images may not be copied into
this package, so the course makes a task of the same shape (three channels, 32 x 32 pixels, ten
classes) from Fashion-MNIST :cite:p:`xiao2017fashion`: each garment is padded to 32 x 32 and painted
in a random colour on a background that fades from one random colour to another. A garment may be
lighter than its background or darker. The task is easier than CIFAR-10, and accuracies on the two
must not be compared.

The colours of an image come from a generator seeded with its split and its place in the data set,
so that image 17 has the same colours on every machine, alone or among thousands.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from aimc.validation import check_choice

__all__ = ["CHANNELS", "SIDE", "coloured", "colours"]

SIDE = 32
"""Height and width of a coloured image, pixels."""
CHANNELS = 3
"""Red, green, blue."""
SPLITS = ("train", "test")
PALETTE_SEED = 1964
CONTRAST = 0.3
"""Smallest distance of a garment's colour from its background's, mean over the channels."""


def colours(split: str, index: int) -> NDArray[np.float32]:
    """Return the colours of one image.

    Parameters
    ----------
    split : {"train", "test"}
        Part of the data set.
    index : int
        Place of the image in that part.

    Returns
    -------
    array, shape (3, 3)
        Rows: the garment, the background's first and its last row. Entries: red, green and blue
        between 0 and 1.
    """
    check_choice("split", split, SPLITS)
    rng = np.random.default_rng([PALETTE_SEED, SPLITS.index(split), index])
    palette = rng.random((3, CHANNELS))
    while np.abs(palette[1:] - palette[0]).mean(axis=1).min() < CONTRAST:
        palette = rng.random((3, CHANNELS))
    return palette.astype(np.float32)


def coloured(
    images: NDArray[np.uint8],
    split: str,
    indices: Sequence[int] | NDArray[np.integer] | None = None,
) -> NDArray[np.float32]:
    """Return grey images as coloured inputs of a network.

    Parameters
    ----------
    images : numpy.ndarray
        uint8, shape ``(n, 28, 28)``; 0 is background.
    split : {"train", "test"}
        Part of the data set that they come from.
    indices : sequence of int, optional
        Their places in that part, for the colours; 0 to n - 1 by default.

    Returns
    -------
    numpy.ndarray
        float32 in [-1, 1], shape ``(n, 3, 32, 32)``; -1 is black.

    Raises
    ------
    TypeError, ValueError
        If ``images`` is not a uint8 array or not of that shape, or ``indices`` not one per image.
    """
    if not isinstance(images, np.ndarray) or images.dtype != np.uint8:
        kind = getattr(images, "dtype", type(images).__name__)
        raise TypeError(f"images must be a uint8 NumPy array with values 0 to 255, got {kind}")
    if images.ndim != 3 or images.shape[1:] != (28, 28):
        raise ValueError(f"images must have shape (n, 28, 28), got {images.shape}")
    places = range(len(images)) if indices is None else [int(k) for k in indices]
    if len(places) != len(images):
        raise ValueError(
            f"indices must name the place of each of the {len(images)} images, got {len(places)}"
        )
    margin = (SIDE - images.shape[1]) // 2
    grey = np.pad(images, ((0, 0), (margin, margin), (margin, margin))) / np.float32(255)
    palettes = np.array([colours(split, place) for place in places]).reshape(-1, 3, CHANNELS)
    garment, top, bottom = (palettes[:, k, :, None, None] for k in range(3))
    background = top + (bottom - top) * np.linspace(0, 1, SIDE, dtype=np.float32)[:, None]
    painted = background + (garment - background) * grey[:, None]
    result: NDArray[np.float32] = 2 * painted - 1
    return result
