"""Experts in three dimensions: a mixture of experts on tiles with one active tier at a time.

>>> from aimc.outlook.moe_3d import Transformer
>>> network = Transformer()
>>> round(network.active_parameters / network.parameters, 2)
0.33
"""

from aimc.outlook.moe_3d.character_model import CharacterModel
from aimc.outlook.moe_3d.constants import StackConstants, published_stack
from aimc.outlook.moe_3d.network import Matrix, Transformer, coactivation, route
from aimc.outlook.moe_3d.placement import STRATEGIES, PlacedPart, StackPlacement, place
from aimc.outlook.moe_3d.schedule import ORDERS, schedule
from aimc.outlook.moe_3d.timeline import Event, Timeline
from aimc.outlook.moe_3d.weight_noise import (
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
    "PlacedPart",
    "StackConstants",
    "StackPlacement",
    "Timeline",
    "Transformer",
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
