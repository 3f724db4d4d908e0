"""Floor 2: models of single memory devices. State, programming, drift, noise, reading.

PCM (statistical, `pulsed/` pulse by pulse, `thermal/` with its temperature), ReRAM, ideal;
faults, temperature, noise of reads and of weights. A model is a frozen dataclass that names its
paper; `program` makes a state once, and nothing in it is drawn again. A file holds one idea, and
a model raises or warns outside the range it was fitted to.

>>> import numpy as np
>>> from aimc.devices import pcm_hermes
>>> state = pcm_hermes(2).program(np.full(100, 1e-5), rng=7)
>>> bool(state.at(86400.0).mean() < state.at(0.0).mean())
True
"""

from typing import TYPE_CHECKING

from aimc.devices.base import ConductanceState, Device
from aimc.devices.faults import Faulty, faulty_2019, faulty_hermes
from aimc.devices.fitting import FittedPCM, fit_device
from aimc.devices.ideal import IdealDevice
from aimc.devices.pcm import StatisticalPCM, pcm_2019, pcm_2025, pcm_hermes
from aimc.devices.projected import projected
from aimc.devices.pulsed import PulsedArray, PulsedPCM, pulsed_2019, pulsed_hermes
from aimc.devices.read_noise import (
    FlickerNoise,
    NoiseInTime,
    ReadNoise,
    TelegraphNoise,
    noise_in_time,
)
from aimc.devices.reram import StatisticalReRAM, reram_wan2022
from aimc.devices.temperature import Ambient, TemperatureProfile, Thermal
from aimc.devices.thermal.mushroom import MushroomCell
from aimc.devices.thermal.pulse import Pulse
from aimc.devices.weight_noise import weight_space_moments, weight_space_noise
from aimc.lazy import lazy_names

if TYPE_CHECKING:
    from aimc.devices.in_place_training import ExponentialStep, SoftBounds
else:  # every submodule is found, imported when first touched; pages have this one in part 5 alone
    __getattr__, __dir__ = lazy_names(
        __name__, {"aimc.devices.in_place_training": ("ExponentialStep", "SoftBounds")}
    )

__all__ = [
    "Ambient",
    "ConductanceState",
    "Device",
    "ExponentialStep",
    "Faulty",
    "FlickerNoise",
    "IdealDevice",
    "MushroomCell",
    "Pulse",
    "PulsedPCM",
    "ReadNoise",
    "SoftBounds",
    "StatisticalPCM",
    "StatisticalReRAM",
    "TelegraphNoise",
    "TemperatureProfile",
    "Thermal",
    "faulty_2019",
    "faulty_hermes",
    "fit_device",
    "noise_in_time",
    "pcm_2019",
    "pcm_2025",
    "pcm_hermes",
    "projected",
    "pulsed_2019",
    "pulsed_hermes",
    "reram_wan2022",
    "weight_space_noise",
]
