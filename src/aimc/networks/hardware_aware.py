"""What training for the hardware does to a small network, measured once and stored.

Trainings and a year on ten chips take minutes, a page of a book has seconds. So
``scripts/measure_training.py`` and ``scripts/measure_one_year.py`` computed these numbers with the
library, and a test computes a part of them again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aimc import datasets
from aimc.validation import check_choice

__all__ = ["ONE_YEAR", "TRAINING", "OneYear", "one_year", "training_results"]

TRAINING = "hardware_aware_training"
ONE_YEAR = "one_year_on_chips"


@dataclass(frozen=True, slots=True)
class OneYear:
    """The small convolutional network on simulated chips of the 2023 model, way by way."""

    table: dict[str, Any]
    """As stored, with the command that made it, its date, and the checkpoints it belongs to."""

    @property
    def ways(self) -> tuple[str, ...]:
        """Names of the ways to put the network on a chip and to keep it there."""
        return tuple(self.table["ways"])

    @property
    def times(self) -> tuple[str, ...]:
        """Times since programming, in words."""
        return tuple(self.table["times"])

    @property
    def seconds(self) -> NDArray[np.float64]:
        """The same times, s."""
        return np.array(self.table["seconds"])

    @property
    def chips(self) -> tuple[int, ...]:
        """Serial numbers of the chips."""
        return tuple(self.table["chips"])

    @property
    def software(self) -> float:
        """Accuracy in floating point, per cent, of the best training: what A* is relative to."""
        return float(self.table["software"])

    def way(self, name: str) -> dict[str, Any]:
        """Return what is stored of a way: its choices, its values and its costs."""
        found: dict[str, Any] = self.table["ways"][check_choice("name", name, self.ways)]
        return found

    def accuracy(self, name: str, time: str) -> NDArray[np.float64]:
        """Return the accuracy of each chip, per cent, shape (chips,).

        Parameters
        ----------
        name : str
            One of `ways`.
        time : str
            One of `times`.
        """
        k = self.times.index(check_choice("time", time, self.times))
        return 100 * np.array(self.way(name)["values"])[:, k].mean(axis=-1)

    def a_star(self, name: str, time: str) -> NDArray[np.float64]:
        r"""Return the normalised accuracy of each chip, per cent, shape (chips,).

        The share of the way from guessing to floating-point software that is left,
        :math:`A^* = 1 - (e - e_\text{FP})/(e_\text{chance} - e_\text{FP})` (C051)
        :cite:p:`rasch2023hwa`. Floating point is the best of the three trainings for all ways,
        so that a training gains nothing from what it does to the software.
        """
        chance = 100 * float(self.table["chance"])
        return 100 * (self.accuracy(name, time) - chance) / (self.software - chance)


def one_year() -> OneYear:
    """Return the stored year of the small convolutional network."""
    return OneYear(datasets.stored(ONE_YEAR))


def training_results() -> dict[str, Any]:
    """Return the stored trainings: noise against noise, places of the noise, and their speed."""
    return datasets.stored(TRAINING)
