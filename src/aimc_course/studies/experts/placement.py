"""Where the parts of every matrix stand: on which tile of the stack, and on which tier."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aimc.cores.cut import parts_of
from aimc.validation import check_array, check_choice, check_integer
from aimc_course.studies.experts.network import Matrix, Mixture

__all__ = ["STRATEGIES", "PlacedPart", "StackPlacement", "place"]

STRATEGIES = ("stacked", "spread", "apart")
"""Fill one tile after the other; deal the parts round the tiles; keep likely company apart."""


@dataclass(frozen=True, slots=True)
class PlacedPart:
    """A part of a matrix on one tier of one tile."""

    matrix: Matrix
    """The matrix it is cut from."""
    number: int
    """Its number in the matrix."""
    shape: tuple[int, int]
    """(out, in)."""
    tile: int
    """Tile, from 0."""
    tier: int
    """Tier, from 0."""


@dataclass(frozen=True, slots=True)
class StackPlacement:
    """All parts of a network on a stack of tiles."""

    network: Mixture
    """The network."""
    parts: tuple[PlacedPart, ...]
    """Its parts, in the order of its matrices."""
    tiles: int
    """Tiles side by side."""
    tiers: int
    """Tiers of each tile."""
    tile_size: int
    """Rows and columns of a tier."""

    @property
    def occupancy(self) -> np.ndarray:
        """Share of the cells in use; shape (tiles, tiers)."""
        used = np.zeros((self.tiles, self.tiers))
        for part in self.parts:
            used[part.tile, part.tier] += part.shape[0] * part.shape[1]
        return used / self.tile_size**2


def place(
    network: Mixture,
    tiles: int,
    tiers: int,
    strategy: str = "spread",
    *,
    company: np.ndarray | None = None,
    tile_size: int = 512,
) -> StackPlacement:
    """Cut the matrices into parts and give each a tier of its own.

    Parameters
    ----------
    network : Mixture
        Its matrices.
    tiles, tiers : int
        Size of the stack.
    strategy : {"stacked", "spread", "apart"}
        See `STRATEGIES`.
    company : array of shape (layers, experts, experts), optional
        Result of `coactivation`; needed by ``"apart"``.
    tile_size : int
        Rows and columns of a tier.

    Raises
    ------
    ValueError
        If the stack is too small, or ``"apart"`` is asked for without ``company``.
    """
    check_integer("tiles", tiles, low=1)
    check_integer("tiers", tiers, low=1)
    check_choice("strategy", strategy, STRATEGIES)
    cut = [
        (matrix, part.core, part.shape)
        for matrix in network.matrices
        for part in parts_of(matrix.shape, tile_size, tile_size)
    ]
    if len(cut) > tiles * tiers:
        raise ValueError(
            f"tiles={tiles} with tiers={tiers} hold {tiles * tiers} parts, "
            f"but the network has {len(cut)}: use more of either"
        )
    if strategy == "stacked":
        homes = np.arange(len(cut)) // tiers
    elif strategy == "spread":
        homes = np.arange(len(cut)) % tiles
    else:
        if company is None:
            raise ValueError("strategy='apart' needs company, the result of coactivation")
        check_array("company", company, ndim=3, low=0.0, high=1.0)
        wanted = (network.blocks, network.experts, network.experts)
        if company.shape != wanted:
            raise ValueError(f"company must have shape {wanted}, got {company.shape}")
        homes = _apart([matrix for matrix, _, _ in cut], tiles, tiers, company)
    filled, parts = [0] * tiles, []
    for (matrix, number, shape), home in zip(cut, homes.tolist(), strict=True):
        parts.append(PlacedPart(matrix, number, shape, home, filled[home]))
        filled[home] += 1
    return StackPlacement(network, tuple(parts), tiles, tiers, tile_size)


def _apart(matrices: list[Matrix], tiles: int, tiers: int, company: np.ndarray) -> np.ndarray:
    """Give each part, in turn, the tile where it meets the least company, then the least load."""
    together = np.zeros(tiles)
    load, filled = np.zeros(tiles), np.zeros(tiles, dtype=int)
    homes: list[int] = []
    for matrix in matrices:
        together[:] = 0.0
        for other, home in zip(matrices, homes, strict=False):
            if (other.layer, other.stage) == (matrix.layer, matrix.stage):
                together[home] += _shared(matrix, other, company)
        cost = np.where(filled < tiers, together, np.inf)
        home = int(np.lexsort((load, cost))[0])
        homes.append(home)
        load[home] += _shared(matrix, matrix, company)
        filled[home] += 1
    return np.array(homes)


def _shared(one: Matrix, other: Matrix, company: np.ndarray) -> float:
    """Return the share of tokens that pass both matrices."""
    if one.expert is None or other.expert is None:
        return 1.0
    return float(company[one.layer, one.expert, other.expert])
