"""The error budget of a network on a chip: what each flaw costs, bar by bar.

The chip paper compares its measurement with three simulations, of quantisation, of weight noise and
of both :cite:p:`legallo2023hermes`. Here all bars come from one code path, on the same chips.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from aimc.networks.flaws import BUDGET, Hardware
from aimc.networks.programmed import Layer, Programmed
from aimc.validation import check_choice

__all__ = ["OnChip", "error_budget"]


class OnChip(Protocol):
    """A network that can be programmed: `aimc.networks.ResNet9` or `aimc.networks.CharLSTM`."""

    def program(self, serial: int, hardware: Hardware, devices: int) -> Programmed:
        """Program all matrices on the cores of a chip."""
        ...


def error_budget(
    network: OnChip,
    measure: Callable[[Layer], float | NDArray[np.float64]],
    chips: Iterable[int] = range(10),
    devices: int = 2,
    t: float = 0.0,
    *,
    bars: Iterable[str] = tuple(BUDGET),
    compensate: bool = True,
) -> dict[str, NDArray[np.float64]]:
    """Return a measure of the network for each kind of hardware and each chip.

    Parameters
    ----------
    network : ResNet9 or CharLSTM
        What is programmed.
    measure : callable
        ``measure(layer)`` runs the network with these layers and returns a number or an array, for
        example ``lambda layer: network.accuracy(images, labels, layer)``.
    chips : iterable of int
        Serial numbers.
    devices : {1, 2}
        Devices per polarity that carry a weight.
    t : float
        Time since programming ended, s.
    bars : iterable of str
        Names of `aimc.networks.BUDGET`.
    compensate : bool
        Whether each core's mean drift is divided out.

    Returns
    -------
    dict of str to array, shape (chips, ...)
        One array per bar. With ideal weights all chips are alike, and one stands for all.
    """
    serials = list(chips)
    result = {}
    for bar in bars:
        hardware = BUDGET[check_choice("bars", bar, tuple(BUDGET))]
        different = serials if hardware.analog_weights else serials[:1]
        values = [
            measure(network.program(serial, hardware, devices).at(t, compensate=compensate))
            for serial in different
        ]
        found = np.array(values, dtype=np.float64)
        result[bar] = np.broadcast_to(found, (len(serials), *found.shape[1:])).copy()
    return result
