"""Floor 7: small trained networks that run on the simulated chip, and the bars of its paper.

The networks with their trained weights, the simulations that the chip's paper compares itself with
(`BARS`, `measure_bars`), and results that took too long to compute on a page, stored with what made
them. What each flaw of any model costs is `aimc.recovery.error_budget`.
"""

from typing import TYPE_CHECKING

from aimc.lazy import lazy_names
from aimc.networks.bars import BARS, layers_at, measure_bars
from aimc.networks.char_lstm import CharLSTM
from aimc.networks.measurements import load_measurements
from aimc.networks.resnet9 import ResNet9
from aimc.networks.shipped import ShippedNetwork, put

if not TYPE_CHECKING:  # every submodule is found, imported when first touched
    __getattr__, __dir__ = lazy_names(__name__)

__all__ = [
    "CharLSTM",
    "ResNet9",
    "ShippedNetwork",
    "measure_bars",
    "put",
]
