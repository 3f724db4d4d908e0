"""Hyperdimensional computing: random vectors, memories in cores, and a network that factorises.

>>> import numpy as np
>>> from aimc.outlook.hyperdimensional import bind, item_memory
>>> a, b = item_memory(2, 1000, np.random.default_rng(1))
>>> bool((bind(bind(a, b), b) == a).all())
True
"""

from aimc.outlook.hyperdimensional.associative_memory import AssociativeMemory
from aimc.outlook.hyperdimensional.encoding import encode_pixels, encode_sequence, level_memory
from aimc.outlook.hyperdimensional.resonator import Factorisation, ResonatorNetwork, capacity
from aimc.outlook.hyperdimensional.vectors import bind, bundle, item_memory, permute

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
