"""Floor 1: published numbers, each with its source and how well it is known."""

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
