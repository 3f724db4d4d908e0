"""What the shipped networks do on ten simulated chips, measured once and stored.

Ten chips and a thousand images take minutes, a page of a book has seconds. So
``scripts/measure_networks.py`` computed these numbers with `aimc.networks.measure_bars`, and a test
computes a part of them again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aimc import datasets
from aimc.validation import check_choice

__all__ = ["TIMES", "Measurements", "load_measurements"]

MEASUREMENTS = "networks_on_chip"
TIMES = (0.0, 60.0, 600.0, 3600.0, 21600.0, 86400.0)
"""Times since programming at which the whole chip was measured, s."""
FRESH = "fresh reads"
"""Name of the whole chip with read noise drawn anew for every multiplication."""
SPLIT = "split reads"
"""Name of the whole chip with read noise in two parts, slow in common and fast anew (ResNet-9)."""
KINDS = ("resnet9", "resnet9 loss", "lstm")


@dataclass(frozen=True, slots=True)
class Measurements:
    """Values per chip: accuracy in per cent, cross-entropy in nats, bits per character."""

    table: dict[str, Any]
    """As stored, with the command that made them and the checkpoints they belong to."""

    def bar(self, kind: str, devices: int, name: str) -> NDArray[np.float64]:
        """Return one bar of an error budget just after programming, shape (chips,).

        Parameters
        ----------
        kind : {"resnet9", "resnet9 loss", "lstm"}
            Accuracy or loss of the ResNet-9, or bits per character of the LSTM.
        devices : {1, 2}
            Devices per polarity that carry a weight.
        name : str
            Name of `aimc.networks.BARS`, `FRESH`, or `SPLIT` for the ResNet-9.
        """
        check_choice("kind", kind, KINDS)
        check_choice("devices", devices, (1, 2))
        bars = self.table[kind]["bars"][str(devices)]
        return np.array(bars[check_choice("name", name, tuple(bars))])

    def over_time(self, kind: str, *, compensated: bool = True) -> NDArray[np.float64]:
        """Return the whole chip with two devices per weight, shape (times, chips); see `TIMES`."""
        check_choice("kind", kind, KINDS)
        repair = "compensated" if compensated else "uncompensated"
        return np.array([self.table[kind]["times"][repair][str(t)] for t in TIMES])


def load_measurements() -> Measurements:
    """Return the stored measurements of both networks."""
    return Measurements(datasets.stored(MEASUREMENTS))
