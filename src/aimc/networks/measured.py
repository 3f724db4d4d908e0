"""What the shipped networks do on ten simulated chips, measured once and stored.

Ten chips and a thousand images take minutes, a page of a book has seconds. So
``scripts/measure_networks.py`` computed these numbers with `aimc.networks.error_budget`, and a test
computes a part of them again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aimc import data
from aimc.validation import check_choice

__all__ = ["TIMES", "Measurements", "load_measurements"]

MEASUREMENTS = "networks_on_chip.json"
TIMES = (0.0, 60.0, 3600.0, 86400.0)
"""Times since programming at which the whole chip was measured, s."""
FRESH = "fresh reads"
"""Name of the whole chip with reading noise drawn anew for every multiplication."""
NETWORKS = ("resnet9", "lstm")


@dataclass(frozen=True, slots=True)
class Measurements:
    """Values per chip, by network: accuracies in per cent, or bits per character."""

    table: dict[str, Any]
    """As stored, with the command that made them and the checkpoints they belong to."""

    def bar(self, network: str, devices: int, name: str) -> NDArray[np.float64]:
        """Return one bar of an error budget just after programming, shape (chips,).

        Parameters
        ----------
        network : {"resnet9", "lstm"}
            Which of the two.
        devices : {1, 2}
            Devices per polarity that carry a weight.
        name : str
            Name of `aimc.networks.BUDGET`, or `FRESH`.
        """
        check_choice("network", network, NETWORKS)
        check_choice("devices", devices, (1, 2))
        bars = self.table[network]["bars"][str(devices)]
        return np.array(bars[check_choice("name", name, tuple(bars))])

    def over_time(self, network: str, *, compensated: bool = True) -> NDArray[np.float64]:
        """Return the whole chip with two devices per weight, shape (times, chips); see `TIMES`."""
        check_choice("network", network, NETWORKS)
        kind = "compensated" if compensated else "uncompensated"
        return np.array([self.table[network]["times"][kind][str(t)] for t in TIMES])


def load_measurements() -> Measurements:
    """Return the stored measurements of both networks."""
    text = (data.SHIPPED_FOLDER / MEASUREMENTS).read_text(encoding="utf-8")
    return Measurements(json.loads(text))
