"""How features from chips compare with features in floating point, measured once and stored.

Hundreds of chips and ridges take minutes, a page of a book has seconds. So
``scripts/measure_kernels.py`` computed these numbers, and a test computes a part of them again.
"""

from __future__ import annotations

from typing import Any

from aimc import datasets

__all__ = ["KERNELS_ON_CORES", "kernel_results"]

KERNELS_ON_CORES = "kernels_on_cores"


def kernel_results() -> dict[str, Any]:
    """Return the stored results, with the command and the settings that made them.

    ``accuracy`` (per cent) and ``kernel_error``, by kernel, method and number of directions, and
    ``attention`` (relative error), by method, spread of the entries and number of directions, hold
    one pair per chip: floating point, and cores. ``exact`` is the accuracy with the kernel itself.
    """
    return datasets.stored(KERNELS_ON_CORES)
