"""The volume that a set of points dominates: one number for a trade between three costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aimc.validation import check_number

__all__ = ["front", "hypervolume"]

Point = Sequence[float]


def front(points: Iterable[Point]) -> list[int]:
    """Return the places of the points that no other point is at least as good as, everywhere.

    Parameters
    ----------
    points : iterable of sequence of float
        More is better on each axis. Of equal points the first counts.
    """
    known = [tuple(point) for point in points]
    return [
        place
        for place, point in enumerate(known)
        if not any(
            all(a >= b for a, b in zip(other, point, strict=True))
            and (other != point or rank < place)
            for rank, other in enumerate(known)
            if rank != place
        )
    ]


def hypervolume(points: Iterable[Point]) -> float:
    r"""Return the volume of the union of the boxes from the origin to each point.

    .. math:: V = \Bigl|\bigcup_k [0, a_k] \times [0, b_k] \times [0, c_k]\Bigr|

    The boxes are cut into slices between the values of the last axis, and the area of a slice is
    that of a staircase, so the result is exact.

    Parameters
    ----------
    points : iterable of sequence of float
        Three coordinates each. More is better; a point with one of zero or below adds nothing.

    Raises
    ------
    ValueError
        If a point has not three coordinates, or one is not finite.
    """
    boxes = []
    for point in points:
        values = [check_number("points", value) for value in point]
        if len(values) != 3:
            raise ValueError(f"points must have three coordinates each, got {len(values)}")
        if min(values) > 0:
            boxes.append(values)
    volume, above = 0.0, sorted(boxes, key=lambda box: -box[2])
    for place, box in enumerate(above):
        below = above[place + 1][2] if place + 1 < len(above) else 0.0
        volume += (box[2] - below) * _staircase([each[:2] for each in above[: place + 1]])
    return volume


def _staircase(corners: Iterable[Point]) -> float:
    """Return the area of the union of rectangles from the origin to each corner."""
    area, height = 0.0, 0.0
    for width, top in sorted(corners, key=lambda corner: -corner[0]):
        if top > height:
            area += width * (top - height)
            height = top
    return area
