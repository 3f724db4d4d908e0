"""The bars that the chip's paper compares itself with, for a network on a simulated chip.

The paper sets its measurement beside three simulations, of quantisation, of weight noise and of
both :cite:p:`legallo2023hermes`. Here all bars come from one code path, on the same chips. What
each flaw of a model costs alone, and what is won without it, is `aimc.recovery.error_budget`.

A bar is the chip's core without some of its flaws (`aimc.recovery.evaluation.FLAWS`). A matrix
always sits on cores of 256 x 256 cells, so the floating-point bar, too, is computed by crossbars:
by perfect ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from aimc import presets
from aimc.chip.run import Compute
from aimc.networks.shipped import ShippedNetwork
from aimc.recovery.compensation import drift_gain
from aimc.recovery.evaluation.flaws import Flawed
from aimc.validation import check_choice

__all__ = ["BARS", "layers_at", "measure_bars"]

WEIGHTS = ("programming noise", "drift", "read noise")
CONVERTERS = ("input converter", "output converter")
BARS: Mapping[str, Flawed] = MappingProxyType(
    {
        "floating point": Flawed(presets.hermes, (*WEIGHTS, *CONVERTERS)),
        "quantisation": Flawed(presets.hermes, WEIGHTS),
        "weight noise": Flawed(presets.hermes, ("read noise", *CONVERTERS)),
        "both": Flawed(presets.hermes, ("read noise",)),
        "chip": Flawed(presets.hermes),
    }
)
"""The bars of the chip paper's error budgets, in their order; the last has everything. Each makes
cores, so that it can be the preset of an `aimc.chip.Chip`."""


def layers_at(
    network: ShippedNetwork,
    serial: int = 0,
    hardware: Flawed = BARS["chip"],
    devices: int = 2,
    t: float | str = 0.0,
    *,
    compensate: bool = True,
    read_noise: str = "split",
) -> Compute:
    """Program a network on a chip, let it drift, and return what computes its layers then.

    An image takes about a millisecond, and most of the read noise is slower. So all work meets the
    slow part of the noise in common, unless ``read_noise`` says otherwise.

    Parameters
    ----------
    network : ResNet9 or CharLSTM
        What is programmed.
    serial, hardware, devices
        As in `ShippedNetwork.program`.
    t : float
        Time since the first read after programming, s.
    compensate : bool
        Whether each core's outputs are multiplied by one factor that undoes its mean drift.
    read_noise : {"split", "fresh", "momentary"}
        At one time all multiplications share the slow part of the read noise and each draws the
        fast rest anew, or draws all of it anew, or shares all of it.
    """
    chip = network.program(serial, hardware, devices)
    return chip.at(t, drift_gain if compensate else 1.0, noise=read_noise).compute


def measure_bars(
    network: ShippedNetwork,
    measure: Callable[[Compute], float | NDArray[np.float64]],
    chips: Iterable[int] = range(10),
    devices: int = 2,
    t: float | str = 0.0,
    *,
    bars: Iterable[str] = tuple(BARS),
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
        Time since the first read after programming, s.
    bars : iterable of str
        Names of `aimc.networks.BARS`.
    compensate : bool
        Whether each core's mean drift is divided out.
    read_noise : {"split", "fresh", "momentary"}
        How the read noise of the whole chip divides, see `layers_at`.

    Returns
    -------
    dict of str to array, shape (chips, ...)
        One array per bar. With ideal weights all chips are alike, and one stands for all.
    """
    serials = list(chips)
    result = {}
    for bar in bars:
        hardware = BARS[check_choice("bars", bar, tuple(BARS))]
        alike = "programming noise" in hardware.off
        values = [
            measure(
                layers_at(
                    network, serial, hardware, devices, t,
                    compensate=compensate, read_noise=read_noise,
                )
            )
            for serial in (serials[:1] if alike else serials)
        ]  # fmt: skip
        found = np.array(values, dtype=np.float64)
        result[bar] = np.broadcast_to(found, (len(serials), *found.shape[1:])).copy()
    return result
