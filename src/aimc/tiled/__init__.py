"""Floor 4: a weight matrix on several cores: ONE forward, ONE calibration.

- `parts`: how a matrix is cut
- `sum`: who adds to whom, and the forward
- `ranges`: input ranges, weights of full scale and output ranges, from data
- `parameters`: what is decided about a layer before it is programmed
- `matrix`: one matrix on cores, used like an array
"""

from aimc.tiled.matrix import Gain, Noises, TiledAtTime, TiledMatrix, TiledView, at_time
from aimc.tiled.parameters import LayerParameters
from aimc.tiled.parts import Part, even_parts, parts_of, tile_grid
from aimc.tiled.ranges import Calibration, Ranges, full_scale
from aimc.tiled.sum import Sum

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
