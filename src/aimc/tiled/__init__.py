"""Floor 4: a weight matrix on several cores."""

from aimc.tiled.matrix import TiledAtTime, TiledMatrix
from aimc.tiled.parts import even_parts, tile_grid

__all__ = ["TiledAtTime", "TiledMatrix", "even_parts", "tile_grid"]
