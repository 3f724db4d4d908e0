"""The former name of `aimc.cores`, kept for one edition."""

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
from aimc.lazy import warn_of_former_name

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

warn_of_former_name("aimc.tiled", "aimc.cores")
