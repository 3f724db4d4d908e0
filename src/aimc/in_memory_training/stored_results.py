"""How the rules of this room did on coarse devices, measured once and stored.

Five chips and a perceptron for each rule take minutes, a page of a book has seconds. So
``scripts/measure_learning.py`` computed these numbers, and a test computes a part of them again.
"""

from __future__ import annotations

from typing import Any

from aimc import datasets

__all__ = ["LEARNING", "learning_results"]

LEARNING = "learning_in_memory"


def learning_results() -> dict[str, Any]:
    """Return the stored results: ``offsets``, ``states``, ``digits``, each by rule and setting.

    Every setting holds one value per chip or seed: weight errors, half of the devices' range being
    1, or test accuracies in per cent. Beside them stand the command, its date and its settings.
    """
    return datasets.stored(LEARNING)
