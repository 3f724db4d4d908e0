"""How often Hopfield networks find the largest cut, measured once and stored.

Some hundred thousand searches take minutes, a page of a book has seconds. So
``scripts/measure_beyond.py`` computed these numbers, and a test computes a part of them again.
"""

from __future__ import annotations

import json
from typing import Any

from aimc import datasets

__all__ = ["ANNEALING", "annealing_results"]

ANNEALING = "hopfield_annealing.json"


def annealing_results() -> dict[str, Any]:
    """Return the stored results: ``levels``, ``fixed``, ``chips`` and ``read_noise``, by setting.

    Every setting holds two lists with one share per graph, of runs that passed the largest cut
    (``passed``) and of runs that ended there (``ended``). Beside them stand the command, its date
    and its settings.
    """
    text = (datasets.SHIPPED_FOLDER / ANNEALING).read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(text)
    return table
