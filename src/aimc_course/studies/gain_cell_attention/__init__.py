"""Attention in capacitors that leak: keys and values are written once per token and multiplied.

`cell` is one gain cell that leaks, `ring_buffer` the columns that tokens are written to in turn,
`pulses` what stands in for converters and for the softmax, `head` joins them to an attention head,
`recall` asks it for old tokens, and `cost` counts time and energy of a token. All of it is
simulated, as it is in the paper it follows.

>>> import numpy as np
>>> from aimc_course.studies.gain_cell_attention import RecallTask
>>> task = RecallTask()
>>> slow = task.head(window=128, token_time=200e-6)  # 100 tokens ago are 20 ms ago
>>> found = task.recalled(slow, 128, (0, 20, 100), np.random.default_rng(1))
>>> found.tolist()
[1.0, 1.0, 0.0]
"""

from aimc_course.studies.gain_cell_attention.cell import GainCell
from aimc_course.studies.gain_cell_attention.cost import (
    HeadCost,
    cache_energy,
    digital_energy,
    published_head,
)
from aimc_course.studies.gain_cell_attention.head import TILE, GainCellHead, window_attention
from aimc_course.studies.gain_cell_attention.pulses import count, hard_sigmoid, pulse_widths
from aimc_course.studies.gain_cell_attention.recall import RecallTask
from aimc_course.studies.gain_cell_attention.ring_buffer import RingBuffer

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
