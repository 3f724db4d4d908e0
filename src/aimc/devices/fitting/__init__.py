"""From a table of measurements to a statistical device: `fit_device`."""

from typing import TYPE_CHECKING

from aimc.devices.fitting.fitted import FittedPCM, fit_device
from aimc.lazy import lazy_names

if not TYPE_CHECKING:  # every submodule is found, imported when first touched
    __getattr__, __dir__ = lazy_names(__name__)

__all__ = ["FittedPCM", "fit_device"]
