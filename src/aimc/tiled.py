"""The former name of `aimc.cores`, kept for one edition."""

import warnings

from aimc.cores import (
    Calibration,
    Gain,
    LayerParameters,
    Noises,
    Part,
    Ranges,
    TiledMatrix,
    at_time,
    even_parts,
    full_scale,
    parts_of,
    tile_grid,
)
from aimc.cores import CompositeView as TiledView
from aimc.cores import MatrixAtTime as TiledAtTime
from aimc.cores import PartialSums as Sum

__all__ = [
    "Calibration",
    "Gain",
    "LayerParameters",
    "Noises",
    "Part",
    "Ranges",
    "Sum",
    "TiledAtTime",
    "TiledMatrix",
    "TiledView",
    "at_time",
    "even_parts",
    "full_scale",
    "parts_of",
    "tile_grid",
]

warnings.warn("aimc.tiled is called aimc.cores now", DeprecationWarning, stacklevel=2)
