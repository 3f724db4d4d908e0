"""Floor 2: models of single memory devices. State, programming, drift, reading."""

from aimc.devices.base import ConductanceState, Device
from aimc.devices.ideal import IdealDevice
from aimc.devices.pcm import StatisticalPCM, pcm_2019, pcm_hermes

__all__ = [
    "ConductanceState",
    "Device",
    "IdealDevice",
    "StatisticalPCM",
    "pcm_2019",
    "pcm_hermes",
]
