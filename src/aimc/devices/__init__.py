"""Floor 2: models of single memory devices. State, programming, drift, reading."""

from aimc.devices.base import ConductanceState, Device
from aimc.devices.ideal import IdealDevice
from aimc.devices.noise import FlickerNoise, ReadNoise, TelegraphNoise
from aimc.devices.pcm import StatisticalPCM, pcm_2019, pcm_2025, pcm_hermes

__all__ = [
    "ConductanceState",
    "Device",
    "FlickerNoise",
    "IdealDevice",
    "ReadNoise",
    "StatisticalPCM",
    "TelegraphNoise",
    "pcm_2019",
    "pcm_2025",
    "pcm_hermes",
]
