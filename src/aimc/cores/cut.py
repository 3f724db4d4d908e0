"""How a weight matrix is cut into the parts that cores hold."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from aimc.backend import Array
from aimc.validation import check_integer

__all__ = ["Part", "even_parts", "parts_of", "tile_grid"]


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a matrix that one core holds."""

    core: int
    """Number of the core, as the matrix or the chip counts them."""
    outputs: tuple[int, int]
    """First output of the part and the one after its last."""
    inputs: tuple[int, int]
    """First input of the part and the one after its last."""

    @property
    def shape(self) -> tuple[int, int]:
        """Shape (out, in) of the part."""
        return self.outputs[1] - self.outputs[0], self.inputs[1] - self.inputs[0]

    @property
    def where(self) -> tuple[slice, slice]:
        """Its place in the matrix, ``matrix[part.where]``."""
        return slice(*self.outputs), slice(*self.inputs)

    def of(self, matrix: Array) -> Array:
        """Return this part of a matrix of shape (out, in)."""
        return matrix if self.shape == tuple(matrix.shape) else matrix[self.where]


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


def parts_of(shape: tuple[int, int], rows: int, columns: int, first: int = 0) -> tuple[Part, ...]:
    """Cut a matrix for cores of one size, which are numbered along the inputs first.

    Parameters
    ----------
    shape : (int, int)
        (out, in). Inputs drive rows, outputs are read from columns.
    rows, columns : int
        Size of a core.
    first : int
        Number of the first core; the others follow.

    Raises
    ------
    TypeError, ValueError
        If a size is no integer above zero.
    """
    places = [(i, j) for i in even_parts(shape[0], columns) for j in even_parts(shape[1], rows)]
    return tuple(
        Part(k, (i.start, i.stop), (j.start, j.stop)) for k, (i, j) in enumerate(places, first)
    )


def tile_grid(shape: tuple[int, int], rows: int = 256, columns: int = 256) -> tuple[int, int]:
    """Return how many cores a (out, in) matrix takes along its outputs and along its inputs."""
    outputs, inputs = shape
    return len(even_parts(outputs, columns)), len(even_parts(inputs, rows))
