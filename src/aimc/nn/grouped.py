r"""Groups of a convolution as blocks on the diagonal of a core.

A convolution in :math:`g` groups is :math:`g` small matrices, each with inputs and outputs of its
own; a depthwise convolution has one filter per channel, a block of a single column. As many blocks
as a core has rows and columns for stand on its diagonal, and one read serves them all. Cells off
the diagonal lie between the inputs of one group and the outputs of another: they are never
programmed and stay fully RESET. They count as waste, and their small conductance is neglected, as
that of the unused cells around every other matrix is, so that blocks do not disturb each other.

:math:`p` blocks on one core use :math:`1/p` of the rectangle that they span: most of a crossbar
stays empty. That is the price of depthwise convolutions in analog memory.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from aimc.cores import even_parts

__all__ = ["Pack", "diagonal", "of_diagonal", "packs_of"]


@dataclass(frozen=True, slots=True)
class Pack:
    """Groups that stand on one core; or one group that takes several."""

    name: str
    """Name of their matrix: ``"weight"``, or ``"weight:0-27"`` with the numbers of the groups."""
    first: int
    """First group."""
    last: int
    """The group after the last."""

    def __len__(self) -> int:
        """Return how many groups there are."""
        return self.last - self.first

    def of(self, values: torch.Tensor, groups: int, axis: int = 0) -> torch.Tensor:
        """Return what of an axis, which ``groups`` share in equal parts, belongs to these."""
        if len(self) == groups:
            return values
        each = values.shape[axis] // groups
        return values.narrow(axis, self.first * each, len(self) * each)


def packs_of(groups: int, shape: tuple[int, int], rows: int, columns: int) -> tuple[Pack, ...]:
    """Return the fewest packs, as equal as possible, of groups that stand on one core each.

    Parameters
    ----------
    groups : int
        Number of groups.
    shape : (int, int)
        (out, in) of the matrix of one group. If it does not fit a core it is a pack of its own.
    rows, columns : int
        Size of a core.
    """
    most = max(1, min(columns // shape[0], rows // shape[1]))
    parts = even_parts(groups, most)
    if len(parts) == 1:
        return (Pack("weight", 0, groups),)
    return tuple(Pack(f"weight:{_span(part)}", part.start, part.stop) for part in parts)


def _span(part: slice) -> str:
    first, last = part.start, part.stop - 1
    return str(first) if first == last else f"{first}-{last}"


def diagonal(blocks: torch.Tensor) -> torch.Tensor:
    """Return blocks (n, out, in) on the diagonal of a matrix (n out, n in) of zeros."""
    return blocks[0] if len(blocks) == 1 else torch.block_diag(*blocks)


def of_diagonal(matrix: torch.Tensor, count: int) -> torch.Tensor:
    """Return the blocks (count, out, in) on the diagonal of a matrix (count out, count in)."""
    if count == 1:
        return matrix[None]
    tiles = matrix.unflatten(0, (count, -1)).unflatten(2, (count, -1))
    return tiles.diagonal(dim1=0, dim2=2).movedim(-1, 0)
