"""Floor 4: weights on cores, one or several: ONE cut, ONE forward, ONE calibration.

- `core`: one core: device state and periphery, used like a matrix
- `random_streams`: what a core draws its random numbers from
- `redrawn`: devices that are drawn again when they are read instead of kept
- `read_outs`: what the vectors of one read-out have in common
- `views`: a core from its other side, and parts of it
- `cut`: how a matrix is cut into the parts that cores hold
- `partial_sums`: who adds to whom, and the forward
- `ranges`: input ranges, weights of full scale and output ranges, from data
- `parameters`: what is decided about a layer before it is programmed
- `matrix`: one matrix on several cores, used like an array
- `programmed`: the protocol that cores, matrices, layers on cores and chips keep

A `TiledMatrix` is used like a core (``tiled @ x``, ``x @ tiled``, ``tiled.T``, ``tiled[2:5, :]``),
and `nn` and `chip` call the same forward and the same calibration.

>>> import numpy as np, aimc
>>> tiled = aimc.TiledMatrix(np.ones((300, 500)), lambda k: aimc.presets.ideal())
>>> len(tiled.cores)
4
"""

from aimc.cores.core import Core, CoreAtTime, Noise
from aimc.cores.cut import Part, even_parts, parts_of, tile_grid
from aimc.cores.matrix import (
    CompositeView,
    Gain,
    Matrix,
    MatrixAtTime,
    Noises,
    TiledMatrix,
    at_time,
    spread,
)
from aimc.cores.parameters import LayerParameters
from aimc.cores.partial_sums import PartialSums
from aimc.cores.programmed import Programmed
from aimc.cores.ranges import Calibration, Ranges, full_scale
from aimc.cores.views import MatrixView

__all__ = [
    "Core",
    "CoreAtTime",
    "Matrix",
    "MatrixAtTime",
    "MatrixView",
    "Noise",
    "Part",
    "Programmed",
    "TiledMatrix",
    "even_parts",
]


def __dir__() -> list[str]:
    return __all__
