"""Several small matrices on one core: rectangles on shelves.

A core shared by several tiles holds them at places that do not overlap. A read of one tile drives
only its rows and uses only its columns, so **shared cores work one tile at a time**: sharing saves
cores and costs time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

__all__ = ["pack"]


@dataclass(slots=True)
class _Shelf:
    """A band of rows of one core, filled from its first column on."""

    core: int
    row: int
    height: int
    column: int = 0


@dataclass(slots=True)
class _Stack:
    """The free rows of one core below its last shelf, and the sums that it takes part in."""

    row: int = 0
    sums: set[str] = field(default_factory=set)


def pack(
    tiles: Sequence[tuple[str, int, int]], core: tuple[int, int]
) -> list[tuple[int, int, int]]:
    """Return a core and the first row and column on it for each tile.

    The tallest tiles are placed first; each goes on the first shelf with room, else on a new shelf,
    else on a new core. Tiles of one sum never share a core: they are to work at the same time.

    Parameters
    ----------
    tiles : sequence of (str, int, int)
        Sum (named by its first layer), inputs (rows) and outputs (columns) of each tile; each must
        fit a core.
    core : (int, int)
        Rows and columns of a core.

    Returns
    -------
    list of (int, int, int)
        (core, row, column) in the order of ``tiles``.
    """
    rows, columns = core
    order = sorted(range(len(tiles)), key=lambda k: (-tiles[k][1], -tiles[k][2], k))
    # Smallest tile still to come at each step: what cannot even take that one is full.
    narrowest, lowest = _smallest_to_come([tiles[k][1:] for k in order])
    places: list[tuple[int, int, int]] = [(0, 0, 0)] * len(tiles)
    shelves: list[_Shelf] = []
    stacks: list[_Stack] = []
    open_stacks: list[int] = []
    for step, k in enumerate(order):
        name, height, width = tiles[k]
        shelf = next(
            (
                s
                for s in shelves
                if s.height >= height
                and columns - s.column >= width
                and name not in stacks[s.core].sums
            ),
            None,
        )
        if shelf is None:
            number = next(
                (
                    n
                    for n in open_stacks
                    if rows - stacks[n].row >= height and name not in stacks[n].sums
                ),
                None,
            )
            if number is None:
                number = len(stacks)
                stacks.append(_Stack())
                open_stacks.append(number)
            shelf = _Shelf(number, stacks[number].row, height)
            stacks[number].row += height
            shelves.append(shelf)
        places[k] = (shelf.core, shelf.row, shelf.column)
        shelf.column += width
        stacks[shelf.core].sums.add(name)
        shelves = [s for s in shelves if columns - s.column >= narrowest[step]]
        open_stacks = [n for n in open_stacks if rows - stacks[n].row >= lowest[step]]
    return _in_order_of_use(places)


def _smallest_to_come(sizes: Sequence[Sequence[int]]) -> tuple[list[int], list[int]]:
    narrowest, lowest = [0] * len(sizes), [0] * len(sizes)
    width = height = 1 << 62
    for step in range(len(sizes) - 1, -1, -1):
        narrowest[step], lowest[step] = width, height
        height, width = min(height, sizes[step][0]), min(width, sizes[step][1])
    return narrowest, lowest


def _in_order_of_use(places: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    # Number the cores as the layers meet them, so that the first layer begins on core 0.
    number: dict[int, int] = {}
    return [(number.setdefault(core, len(number)), row, column) for core, row, column in places]
