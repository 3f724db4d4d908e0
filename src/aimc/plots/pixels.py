"""Small colour pictures, shown pixel by pixel: no axes and no margin."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np

__all__ = ["Pixels"]


class Pixels:
    """An image that a notebook shows as it is.

    Parameters
    ----------
    values : array of shape (rows, columns, 3)
        Red, green and blue of each pixel, from 0 to 1.
    scale : int
        How many times each pixel is repeated in both directions.

    Raises
    ------
    ValueError
        If `values` has another shape, or values outside 0 to 1.
    """

    def __init__(self, values: Any, scale: int = 3) -> None:
        values = np.asarray(values, dtype=float)
        if values.ndim != 3 or values.shape[2] != 3:
            raise ValueError(f"values must have shape (rows, columns, 3), got {values.shape}")
        if not (values.min(initial=0.0) >= 0 and values.max(initial=0.0) <= 1):
            raise ValueError("values must lie between 0 and 1")
        if scale < 1:
            raise ValueError(f"scale must be at least 1, got {scale}")
        self.values = values.repeat(scale, axis=0).repeat(scale, axis=1)

    def _repr_png_(self) -> bytes:
        from matplotlib.image import imsave

        buffer = BytesIO()
        imsave(buffer, self.values, format="png")
        return buffer.getvalue()
