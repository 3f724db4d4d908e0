"""How a weight matrix is cut into the parts that cores hold."""

from __future__ import annotations

import math
from itertools import pairwise

from aimc.validation import check_integer

__all__ = ["even_parts", "tile_grid"]


def even_parts(length: int, largest: int) -> list[slice]:
    """Cut ``length`` entries into the fewest parts of at most ``largest``, as equal as possible.

    Equal parts waste the same number of cells as full parts and a remainder, but balance the work
    and the accumulated error between the cores.
    """
    check_integer("length", length, low=1)
    check_integer("largest", largest, low=1)
    count = math.ceil(length / largest)
    edges = [round(length * k / count) for k in range(count + 1)]
    return [slice(a, b) for a, b in pairwise(edges)]


def tile_grid(shape: tuple[int, int], rows: int = 256, columns: int = 256) -> tuple[int, int]:
    """Return how many cores a (out, in) matrix takes along its outputs and along its inputs."""
    outputs, inputs = shape
    return len(even_parts(outputs, columns)), len(even_parts(inputs, rows))
