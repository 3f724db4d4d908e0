"""Floor 7: small trained networks that run on the simulated chip, and their error budget.

The networks with their trained weights, the flaws that an error budget switches on one by one,
and results that took too long to compute on a page, stored with what made them.
"""

from typing import TYPE_CHECKING

from aimc.lazy import lazy_names
from aimc.networks.char_lstm import CharLSTM
from aimc.networks.error_budget import BUDGET, error_budget, layers_at
from aimc.networks.measurements import load_measurements
from aimc.networks.resnet9 import ResNet9
from aimc.networks.shipped import ShippedNetwork, put

if not TYPE_CHECKING:  # every submodule is found, imported when first touched
    __getattr__, __dir__ = lazy_names(__name__)

__all__ = [
    "CharLSTM",
    "ResNet9",
    "ShippedNetwork",
    "error_budget",
    "put",
]
