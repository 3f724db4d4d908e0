"""Phase-change devices that remember every pulse: numbers, arrays, presets, the fitted curve.

Devices have a phase that SET and RESET pulses move, and serve the loops of `recovery`. Parameters
(``parameters.py``), arrays with their state (``array.py``), the models by paper (``model.py``) and
their programming curves.
"""

from aimc.devices.pulsed.array import PulsedArray
from aimc.devices.pulsed.model import PulsedPCM, pulsed_2019, pulsed_hermes
from aimc.devices.pulsed.parameters import PulseParameters, programming_curve

__all__ = [
    "PulseParameters",
    "PulsedArray",
    "PulsedPCM",
    "programming_curve",
    "pulsed_2019",
    "pulsed_hermes",
]
