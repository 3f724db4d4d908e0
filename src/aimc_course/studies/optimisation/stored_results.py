"""How often Hopfield networks find the largest cut, measured once and stored.

Some hundred thousand searches take minutes, a page of a book has seconds. So
``scripts/measure_beyond.py`` computed these numbers, and a test computes a part of them again.
"""

from __future__ import annotations

from typing import Any

from aimc import datasets

__all__ = ["ANNEALING", "annealing_results"]

ANNEALING = "hopfield_annealing"


def annealing_results() -> dict[str, Any]:
    """Return the stored results: ``levels``, ``fixed``, ``chips`` and ``read_noise``, by setting.

    Every setting holds two lists with one share per graph, of runs that passed the largest cut
    (``passed``) and of runs that ended there (``ended``). Beside them stand the command, its date
    and its settings.
    """
    return datasets.stored(ANNEALING)
