"""The voltage that currents drop along one wire, for many wires at once.

All wires of a kind are alike: n crossings, r ohm between two of them, r_end ohm from a connected
end to its first crossing. One ampere that enters at crossing m drops at crossing k a voltage that
has a closed form: the smaller of k and m counts, and what a second end takes over.
"""

from __future__ import annotations

import math

import numpy as np

__all__ = ["Lines", "line_resistance"]


def _end_terms(n: int, r: float, r_end: float, ends: str) -> tuple[float, float, float]:
    """Return a, b, c of the drop at k for one ampere at m: r min(k, m) + a + b (k + m) + c k m.

    ``r_end`` is the resistance between a connected end and its first crossing.
    """
    if ends in ("left", "top"):
        return r_end, 0.0, 0.0
    if ends in ("right", "bottom"):
        return r_end + r * (n - 1), -r, 0.0
    # Both ends at one potential: what the far end supplies lifts the line.
    whole = 2 * r_end + (n - 1) * r
    if whole == 0:
        return 0.0, 0.0, 0.0
    return r_end - r_end**2 / whole, -r_end * r / whole, -(r**2) / whole


def line_resistance(n: int, r: float, r_end: float, ends: str) -> np.ndarray:
    """Return the drop at each crossing for one ampere at each other, ohm, shape (n, n)."""
    k = np.arange(n, dtype=np.float64)
    a, b, c = _end_terms(n, r, r_end, ends)
    return r * np.minimum.outer(k, k) + a + b * np.add.outer(k, k) + c * np.outer(k, k)


class Lines:
    r"""The product with `line_resistance` for many lines, in O(n^1.5) per line instead of O(n^2).

    The line is cut into blocks of equal length. Within a block the matrix is a small one that is
    the same for all; between blocks the drop is a straight line whose height and slope come from
    sum and first moment of the currents of each block.
    """

    __slots__ = ("basis", "between", "block", "inside", "padded")

    def __init__(self, n: int, r: float, r_end: float, ends: str) -> None:
        self.block = math.isqrt(n - 1) + 1
        count = -(-n // self.block)
        self.padded = count * self.block
        local = np.arange(self.block, dtype=np.float64)
        self.inside = r * np.minimum.outer(local, local)
        self.basis = np.stack([np.ones(self.block), local])
        a, b, c = _end_terms(n, r, r_end, ends)
        start = self.block * np.arange(count, dtype=np.float64)
        later = np.greater.outer(start, start)
        between = np.empty((count, 2, count, 2))
        between[:, 0, :, 0] = r * np.minimum.outer(start, start) + a + c * np.outer(start, start)
        between[:, 0, :, 0] += b * np.add.outer(start, start)
        between[:, 0, :, 1] = r * later + b + c * start[:, None]
        between[:, 1, :, 0] = between[:, 0, :, 1].T
        between[:, 1, :, 1] = c
        self.between = between.reshape(2 * count, 2 * count)

    def along_last(self, currents: np.ndarray, drop: np.ndarray, work: np.ndarray) -> None:
        """Write the drop of lines along the last axis, shape (lines, padded), to ``drop``.

        ``work`` is overwritten: fresh memory for each product would take longer than the product.
        """
        blocks, lines = currents.reshape(-1, self.block), len(currents)
        moments = (blocks @ self.basis.T).reshape(lines, -1) @ self.between
        np.matmul(blocks, self.inside, out=drop.reshape(blocks.shape))
        np.matmul(moments.reshape(-1, 2), self.basis, out=work.reshape(blocks.shape))
        drop += work

    def along_first(self, currents: np.ndarray, drop: np.ndarray, work: np.ndarray) -> None:
        """Write the drop of lines along the first axis, shape (padded, lines), to ``drop``."""
        lines = currents.shape[1]
        blocks = currents.reshape(-1, self.block, lines)
        moments = self.between @ (self.basis @ blocks).reshape(-1, lines)
        np.matmul(self.inside, blocks, out=drop.reshape(blocks.shape))
        straight = moments.reshape(-1, 2, lines)
        np.matmul(self.basis.T, straight, out=work.reshape(blocks.shape))
        drop += work
