"""Serial numbers of the chips on which designs are compared, and nobody knows beforehand."""

from __future__ import annotations

from aimc.validation import check_integer
from aimc_course.grading.keys import derived_serial

__all__ = ["CHIPS", "PUBLIC", "hidden_serials"]

CHIPS = 5
"""Chips on which a competition is decided."""
PUBLIC = (1, 2, 3)
"""Serial numbers of ``aimc-course capstone check``, which everybody may practise on."""


def hidden_serials(class_key: bytes, count: int = CHIPS) -> tuple[int, ...]:
    """Return the serial numbers of a class: a keyed hash of its secret, as hidden seeds are.

    Parameters
    ----------
    class_key : bytes
        The teacher's secret, at least 16 bytes.
    count : int
        How many, all of them different and none public.
    """
    check_integer("count", count, low=2, high=100)
    found: list[int] = []
    turn = 0
    while len(found) < count:
        serial = derived_serial(class_key, f"capstone chip {turn}")
        if serial not in found and serial not in PUBLIC:
            found.append(serial)
        turn += 1
    return tuple(found)
