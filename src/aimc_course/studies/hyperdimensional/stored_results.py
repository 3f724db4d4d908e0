"""How often resonator networks solve their problems, measured once and stored.

Thousands of rounds for hundreds of products take minutes, a page of a book has seconds. So
``scripts/measure_beyond.py`` computed these numbers, and a test computes a part of them again.
"""

from __future__ import annotations

from typing import Any

from aimc import datasets

__all__ = ["RESONATOR", "resonator_results"]

RESONATOR = "resonator_network"


def resonator_results() -> dict[str, Any]:
    """Return the stored results: ``sizes``, ``noise``, ``chips`` and ``large``.

    Every setting holds the products that were solved, those that were tried and the median round
    of the solved ones, and those of ideal cores also how many had turned signs (``turned``), how
    many ended in a cycle (``cycles``) and how many of these in a single state (``still``);
    ``chips`` holds one entry for each kind of read noise. Beside them stand the command, its date
    and its settings.
    """
    return datasets.stored(RESONATOR)
