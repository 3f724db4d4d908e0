"""Hyperdimensional computing: random vectors, memories in cores, and a network that factorises.

`vectors` makes, binds, bundles and permutes them, and turns sequences and images into one
vector; `associative_memory` stores class vectors in a core; `resonator` factorises products with
cores that are read from both sides.

>>> import numpy as np
>>> from aimc_course.studies.hyperdimensional import bind, item_memory
>>> a, b = item_memory(2, 1000, np.random.default_rng(1))
>>> bool((bind(bind(a, b), b) == a).all())
True
"""

from aimc_course.studies.hyperdimensional.associative_memory import AssociativeMemory
from aimc_course.studies.hyperdimensional.resonator import Factorisation, ResonatorNetwork, capacity
from aimc_course.studies.hyperdimensional.vectors import (
    bind,
    bundle,
    encode_pixels,
    encode_sequence,
    item_memory,
    level_memory,
    permute,
)

__all__ = [
    "AssociativeMemory",
    "Factorisation",
    "ResonatorNetwork",
    "bind",
    "bundle",
    "capacity",
    "encode_pixels",
    "encode_sequence",
    "item_memory",
    "level_memory",
    "permute",
]
