"""From a table of measurements to a statistical device: `fit_device`.

``table.py`` reads and checks the table, ``screening.py`` looks for gaps and outliers, ``levels.py``
condenses each programmed level into four numbers, ``formulas.py`` fits a formula to points,
``estimate.py`` finds the device whose simulated table has the same numbers, ``fitted.py`` is that
device with its range of validity, and ``sheet.py`` its data sheet.

>>> import numpy as np
>>> from aimc.devices import fit_device, pcm_2019
>>> target = np.repeat(np.linspace(0, 25e-6, 26), 100)
>>> state = pcm_2019().program(target, rng=1)
>>> times = np.array([1.0, 60.0, 3600.0, 86400.0])
>>> reads = np.stack([state.read(t, rng=k) for k, t in enumerate(times)], axis=1)
>>> mine = fit_device({"target": target, "time": times, "conductance": reads}, unit="S")
>>> bool(abs(mine.drift_exponent_mean(np.array([20e-6]))[0] - 0.049) < 0.003)
True
"""

from typing import TYPE_CHECKING

from aimc.devices.fitting.fitted import FittedPCM, fit_device
from aimc.lazy import lazy_names

if not TYPE_CHECKING:  # every submodule is found, imported when first touched
    __getattr__, __dir__ = lazy_names(__name__)

__all__ = ["FittedPCM", "fit_device"]
