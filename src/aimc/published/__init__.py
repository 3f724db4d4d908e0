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

from aimc.published.curves import KINDS, Column, Curve, curve, curves
from aimc.published.facts import (
    CONFIDENCES,
    RELATIONS,
    Fact,
    Target,
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
    "CONFIDENCES",
    "KINDS",
    "RELATIONS",
    "Column",
    "Curve",
    "Fact",
    "Target",
    "UnknownFactError",
    "chip_rows",
    "cite",
    "curve",
    "curves",
    "fact",
    "facts",
    "groups",
    "reference",
    "targets",
]
