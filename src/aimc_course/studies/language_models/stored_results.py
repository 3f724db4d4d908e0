"""How the decoders of this room did on ten chips, measured once and stored.

Ten chips over a year take minutes, a page of a book has seconds. So
``scripts/measure_language_model.py`` computed these numbers, and a test computes a part of them
again.
"""

from __future__ import annotations

from typing import Any

from aimc import datasets

__all__ = ["LANGUAGE", "language_results"]

LANGUAGE = "language_on_chips"


def language_results() -> dict[str, Any]:
    """Return the stored results, losses in bits per character on text that no training saw.

    ``digital`` by training; ``chips`` by training and compensation, one row per chip with a value
    for each of ``times``; ``noise`` by training and strength, one value per draw; ``trained anew``
    by recipe and strength, one mean over draws for each of ``seeds``; ``texts`` that
    the networks wrote; ``weights`` with quantiles of the largest weight of each output over its
    standard deviation. Beside them stand the command, its date and its settings.
    """
    return datasets.stored(LANGUAGE)
