"""The error budget of a network on a chip: what each flaw costs, bar by bar.

The chip paper compares its measurement with three simulations, of quantisation, of weight noise and
of both :cite:p:`legallo2023hermes`. Here all bars come from one code path, on the same chips.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from aimc.chip.outputs import Compute
from aimc.networks.flaws import BUDGET, Hardware
from aimc.networks.shipped import ShippedNetwork
from aimc.recovery.compensation import drift_gain
from aimc.validation import check_choice

__all__ = ["error_budget", "layers_at"]


def layers_at(
    network: ShippedNetwork,
    serial: int = 0,
    hardware: Hardware = BUDGET["chip"],
    devices: int = 2,
    t: float | str = 0.0,
    *,
    compensate: bool = True,
) -> Compute:
    """Program a network on a chip, let it drift, and return what computes its layers then.

    An image takes about a millisecond, and most of the read noise is slower. So all work meets the
    slow part of the noise in common, unless the hardware says otherwise (`Hardware.read_noise`).

    Parameters
    ----------
    network : ResNet9 or CharLSTM
        What is programmed.
    serial, hardware, devices
        As in `ShippedNetwork.program`.
    t : float
        Time since programming ended, s.
    compensate : bool
        Whether each core's outputs are multiplied by one factor that undoes its mean drift.
    """
    chip = network.program(serial, hardware, devices)
    gain = drift_gain if compensate and hardware.analog_weights else 1.0
    return chip.at(t, gain, noise=hardware.noise).compute


def error_budget(
    network: ShippedNetwork,
    measure: Callable[[Compute], float | NDArray[np.float64]],
    chips: Iterable[int] = range(10),
    devices: int = 2,
    t: float | str = 0.0,
    *,
    bars: Iterable[str] = tuple(BUDGET),
    compensate: bool = True,
    read_noise: str = "split",
) -> dict[str, NDArray[np.float64]]:
    """Return a measure of the network for each kind of hardware and each chip.

    Parameters
    ----------
    network : ResNet9 or CharLSTM
        What is programmed.
    measure : callable
        ``measure(compute)`` runs the network with these layers and returns a number or an array,
        for example ``lambda compute: network.accuracy(images, labels, compute)``.
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
    read_noise : {"split", "fresh", "momentary", "none"}
        How the read noise of the whole chip divides, see `Hardware.read_noise`.

    Returns
    -------
    dict of str to array, shape (chips, ...)
        One array per bar. With ideal weights all chips are alike, and one stands for all.
    """
    serials = list(chips)
    result = {}
    for bar in bars:
        hardware = BUDGET[check_choice("bars", bar, tuple(BUDGET))]
        if hardware.read_noise != "none":
            hardware = replace(hardware, read_noise=read_noise)
        different = serials if hardware.analog_weights else serials[:1]
        values = [
            measure(layers_at(network, serial, hardware, devices, t, compensate=compensate))
            for serial in different
        ]
        found = np.array(values, dtype=np.float64)
        result[bar] = np.broadcast_to(found, (len(serials), *found.shape[1:])).copy()
    return result
