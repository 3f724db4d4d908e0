"""A small language model on cores: its decoder, its trainings, and what of it stays digital.

>>> from aimc.outlook.foundation_models import Shape, decode
>>> decode(Shape.phi3_mini(), context=1024).share > 0.9
True

The decoder and all that trains or runs it need torch; shapes and stored results do not.
"""

from typing import TYPE_CHECKING

from aimc.lazy import lazy_names
from aimc.outlook.foundation_models.rows import cell_error, draw_rows, peak, row_errors
from aimc.outlook.foundation_models.workload import Energy, Shape, Work, decode, energy, prefill

if TYPE_CHECKING:
    from aimc.outlook.foundation_models.decoder import Decoder, Size
    from aimc.outlook.foundation_models.hardware import noisy_copy, on_cores
    from aimc.outlook.foundation_models.stored_results import language_results
    from aimc.outlook.foundation_models.text import bits_per_character, windows, write
    from aimc.outlook.foundation_models.trained import trained_decoder
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "aimc.outlook.foundation_models.decoder": ("Decoder", "Size"),
            "aimc.outlook.foundation_models.hardware": ("noisy_copy", "on_cores"),
            "aimc.outlook.foundation_models.stored_results": ("language_results",),
            "aimc.outlook.foundation_models.text": ("bits_per_character", "windows", "write"),
            "aimc.outlook.foundation_models.trained": ("trained_decoder",),
        },
    )

__all__ = [
    "Decoder",
    "Energy",
    "Shape",
    "Size",
    "Work",
    "bits_per_character",
    "cell_error",
    "decode",
    "draw_rows",
    "energy",
    "language_results",
    "noisy_copy",
    "on_cores",
    "peak",
    "prefill",
    "row_errors",
    "trained_decoder",
    "windows",
    "write",
]
