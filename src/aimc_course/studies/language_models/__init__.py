"""A small language model on cores: its decoder, its trainings, and what of it stays digital.

`decoder` is a transformer in plain torch, `text` what it reads and writes, `recipes` the training
of analog foundation models taken apart, `trained` the five shipped networks, `hardware` puts one on
the cores of a chip, and `sizes` has decoders of several sizes. `rows` says what a limit on weights
gains and costs without training, `workload` what of a decoder cores do and what they cannot.

>>> from aimc_course.studies.language_models import decode, phi3_mini
>>> decode(phi3_mini(), context=1024).share > 0.9
True

The decoder and all that trains or runs it need torch; shapes do not.
"""

from typing import TYPE_CHECKING

from aimc.lazy import lazy_names
from aimc_course.studies.language_models.rows import cell_error, draw_rows, peak, row_errors
from aimc_course.studies.language_models.workload import (
    Energy,
    Shape,
    Work,
    decode,
    energy,
    phi3_mini,
    prefill,
    seven_billion,
    tiny,
)

if TYPE_CHECKING:
    from aimc_course.studies.language_models.decoder import Decoder
    from aimc_course.studies.language_models.hardware import noisy_copy, on_cores
    from aimc_course.studies.language_models.text import bits_per_character, windows, write
    from aimc_course.studies.language_models.trained import trained_decoder
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "aimc_course.studies.language_models.decoder": ("Decoder",),
            "aimc_course.studies.language_models.hardware": ("noisy_copy", "on_cores"),
            "aimc_course.studies.language_models.text": ("bits_per_character", "windows", "write"),
            "aimc_course.studies.language_models.trained": ("trained_decoder",),
        },
    )

__all__ = [
    "Decoder",
    "Energy",
    "Shape",
    "Work",
    "bits_per_character",
    "cell_error",
    "decode",
    "draw_rows",
    "energy",
    "noisy_copy",
    "on_cores",
    "peak",
    "phi3_mini",
    "prefill",
    "row_errors",
    "seven_billion",
    "tiny",
    "trained_decoder",
    "windows",
    "write",
]
