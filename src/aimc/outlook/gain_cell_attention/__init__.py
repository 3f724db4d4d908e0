"""Attention in capacitors that leak: keys and values are written once per token and multiplied.

>>> import numpy as np
>>> from aimc.outlook.gain_cell_attention import RecallTask
>>> task = RecallTask()
>>> slow = task.head(window=128, token_time=200e-6)  # 100 tokens ago are 20 ms ago
>>> found = task.recalled(slow, 128, (0, 20, 100), np.random.default_rng(1))
>>> found.tolist()
[1.0, 1.0, 0.0]
"""

from aimc.outlook.gain_cell_attention.cell import GainCell
from aimc.outlook.gain_cell_attention.cost import (
    HeadCost,
    cache_energy,
    digital_energy,
    published_head,
)
from aimc.outlook.gain_cell_attention.head import TILE, GainCellHead, window_attention
from aimc.outlook.gain_cell_attention.pulses import count, hard_sigmoid, pulse_widths
from aimc.outlook.gain_cell_attention.recall import RecallTask
from aimc.outlook.gain_cell_attention.ring_buffer import RingBuffer

__all__ = [
    "TILE",
    "GainCell",
    "GainCellHead",
    "HeadCost",
    "RecallTask",
    "RingBuffer",
    "cache_energy",
    "count",
    "digital_energy",
    "hard_sigmoid",
    "published_head",
    "pulse_widths",
    "window_attention",
]
