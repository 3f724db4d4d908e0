"""Floor 1: published numbers, each with its source and how well it is known.

Numbers that papers print: ``tables/*.toml`` hold facts (each with id, source and how well it is
known), chips side by side (``chips.toml``), results to reproduce and one line per reference.
Chapters show facts by id, tests compare with them by id; a number typed by hand elsewhere is a
mistake. ``series/*.toml`` hold whole curves, measurements apart from fits, each with its source,
its licence and the error with which its points were read; `curve` finds one by id.
``references.toml`` is written by ``scripts/make_references.py``.

>>> from aimc.published import fact
>>> fact("A031").number
63.1
"""

from aimc.published.curves import KINDS, Curve, curve, curves
from aimc.published.facts import (
    CONFIDENCES,
    Fact,
    UnknownFactError,
    chip_rows,
    cite,
    fact,
    facts,
    groups,
    reference,
    targets,
)

__all__ = [
    "Curve",
    "Fact",
    "UnknownFactError",
    "cite",
    "curve",
    "curves",
    "fact",
    "facts",
    "reference",
    "targets",
]


def __dir__() -> list[str]:
    return __all__
