"""Floor 1: one code for NumPy and torch.

What the array API standard lacks (rounding with a straight-through gradient, products in another
precision), random draws from explicit generators, and formulas over millions of devices by
blocks; whatever tells the two libraries apart belongs here and nowhere else; torch is imported
only after one of its arrays has come.

>>> import numpy as np
>>> from aimc.backend import normal
>>> normal(7, (2, 3), np.zeros(1)).shape
(2, 3)
"""

from aimc.backend.arrays import (
    PRECISIONS,
    Array,
    as_array,
    at_least_single,
    constant,
    in_precision,
    lasting,
    like,
    namespace,
    peak,
    product,
    quantile,
    round_straight_through,
    rounded_between,
    row_peaks,
    scaled,
    sent,
    share_beyond,
    stop_gradient,
    supports,
    take,
    to_numpy,
    tracks_gradient,
)
from aimc.backend.batches import Batches, batches
from aimc.backend.few_vectors import FewVectors
from aimc.backend.patches import Patches
from aimc.backend.random import (
    RandomSource,
    add_noise,
    as_generator,
    normal,
    power_of,
    power_of_constants,
    read_by_training,
    received,
    seeded_generator,
    uniform,
    with_output_noise,
)
from aimc.backend.reading import Reading

__all__ = [
    "PRECISIONS",
    "Array",
    "Batches",
    "FewVectors",
    "Patches",
    "RandomSource",
    "Reading",
    "add_noise",
    "as_array",
    "as_generator",
    "at_least_single",
    "batches",
    "constant",
    "in_precision",
    "lasting",
    "like",
    "namespace",
    "normal",
    "peak",
    "power_of",
    "power_of_constants",
    "product",
    "quantile",
    "read_by_training",
    "received",
    "round_straight_through",
    "rounded_between",
    "row_peaks",
    "scaled",
    "seeded_generator",
    "sent",
    "share_beyond",
    "stop_gradient",
    "supports",
    "take",
    "to_numpy",
    "tracks_gradient",
    "uniform",
    "with_output_noise",
]


def __dir__() -> list[str]:
    return __all__
