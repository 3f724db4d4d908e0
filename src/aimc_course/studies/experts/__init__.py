"""Experts in three dimensions: a mixture of experts on tiles with one active tier at a time.

A transformer with a mixture of experts on a 3-D stack: tiles side by side, tiers on top of each
other, and of each tile one tier computes at a time. `network` holds shapes and routes, `placement`
gives parts of matrices their tier, `schedule` runs tokens and says what came of it, and
`constants` holds every number with its origin. `character_model` is a small network of such shapes,
trained by ``scripts/train_experts.py``, and `weight_noise` what tiers make of its weights.

>>> from aimc_course.studies.experts import Mixture
>>> network = Mixture()
>>> round(network.active_weights / network.weights, 2)
0.33
"""

from aimc_course.studies.experts.character_model import CharacterModel
from aimc_course.studies.experts.constants import StackConstants, published_stack
from aimc_course.studies.experts.network import Matrix, Mixture, coactivation, route
from aimc_course.studies.experts.placement import STRATEGIES, PlacedPart, StackPlacement, place
from aimc_course.studies.experts.schedule import ORDERS, Event, Timeline, schedule
from aimc_course.studies.experts.weight_noise import (
    gaussian_noise,
    noise_tolerance,
    on_devices,
    relative_error,
)

__all__ = [
    "ORDERS",
    "STRATEGIES",
    "CharacterModel",
    "Event",
    "Matrix",
    "Mixture",
    "PlacedPart",
    "StackConstants",
    "StackPlacement",
    "Timeline",
    "coactivation",
    "gaussian_noise",
    "noise_tolerance",
    "on_devices",
    "place",
    "published_stack",
    "relative_error",
    "route",
    "schedule",
]
