r"""What the variance of an array at its first read may be made of.

A programming loop reads a device, accepts it and leaves. The first user reads it a time :math:`t_0`
after the pulse and finds the published spread :math:`\sigma_P`. In between three things happen
that no published measurement tells apart. The loop has left errors within its margin. The
:math:`1/f` noise has moved on since the verify, which changes the conductance by

.. math:: \overline{(x(t_0) - \bar x_R)^2} = D(t_0) - \frac{1}{2R^2}\sum_{ij} D(|i-j|\,T)

with the structure function :math:`D` of `aimc.devices.FlickerNoise` and the mean of :math:`R`
verify reads, one every :math:`T`. And the glass relaxes, in each device with an exponent of its
own, by :math:`G\,\sigma_\nu \ln(t_0/t_1)` since a time :math:`t_1` from which on the drift law
holds. The loop is simulated with its published margin. The other two extend published laws to times
at which nobody has published them, so they are estimates; each of them alone may exceed the whole.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from aimc.devices import FlickerNoise, StatisticalPCM
from aimc.devices.pulsed import PulsedPCM
from aimc.recovery.programming import program_and_verify
from aimc.validation import check_integer, check_number, check_time

__all__ = ["FirstRead", "first_read"]

DEVICES = 10_000  # simulated, for the part of the loop


@dataclass(frozen=True, slots=True)
class FirstRead:
    """Variances at the first read (S²) of devices that were programmed to one target."""

    whole: float
    """Published, programming spread squared."""
    loop: float
    """What the simulated loop leaves; the rest of `whole` arises after the last verify."""
    noise: float
    """Estimate: what 1/f noise has changed since the verify."""
    drift: float
    """Estimate: what unequal drift has changed since the drift law set in."""

    def share(self, part: str) -> float:
        """Return a part, ``"loop"``, ``"noise"`` or ``"drift"``, over the whole."""
        return float(getattr(self, part)) / self.whole


def first_read(
    device: StatisticalPCM,
    pulsed: PulsedPCM,
    relative: float = 0.5,
    *,
    reads: int | None = None,
    t_verify: float | None = None,
    exponent: float = 1.0,
    drift_since: float | str = 1.0,
    rng: int = 12,
) -> FirstRead:
    """Return what is known and what can be estimated of the variance at the first read.

    Parameters
    ----------
    device : StatisticalPCM
        Published statistics at the first read.
    pulsed : PulsedPCM
        The same devices, pulse by pulse, with their margin and their verify.
    relative : float
        Target over full scale.
    reads : int, optional
        Reads that one verify averages. By default those of ``pulsed``.
    t_verify : float, optional
        Duration of a read, s. By default that of ``pulsed``.
    exponent : float
        Exponent of the spectrum of the read noise.
    drift_since : float or str
        Time after the pulse from which on the drift law holds, s.
    rng : int
        Seed of the simulated loop.

    Raises
    ------
    ValueError
        If an argument is outside its range.

    Examples
    --------
    >>> from aimc.devices import pcm_2019
    >>> from aimc.devices.pulsed import pulsed_2019
    >>> parts = first_read(pcm_2019(), pulsed_2019())
    >>> parts.share("loop") < 0.05, parts.share("noise") > 0.5
    (True, True)
    """
    check_number("relative", relative, low=0.0, open_low=True, high=1.0)
    count = pulsed.reads if reads is None else check_integer("reads", reads, low=1)
    length = check_number(
        "t_verify", pulsed.t_verify if t_verify is None else t_verify, low=0.0, open_low=True
    )
    drift_since = check_time("drift_since", drift_since, open_low=True)
    check_number("drift_since", drift_since, high=device.t_0, unit="s")
    target = np.array(relative * device.g_max)
    run = program_and_verify(
        pulsed.fabricate(DEVICES, serial=rng), np.full(DEVICES, float(target)), rng=rng
    )
    process = FlickerNoise(length, exponent)
    gaps = length * np.abs(np.subtract.outer(np.arange(count), np.arange(count)))
    among = float(np.mean(process.structure_function(gaps)))
    distance = float(process.structure_function(device.t_0)) - among / 2
    noise = float(target * device.read_noise_factor(target)) ** 2 * distance
    spread = float(target * device.drift_exponent_std(target))
    return FirstRead(
        whole=float(device.programming_std(target)) ** 2,
        loop=float(run.g.var()),
        noise=noise,
        drift=(spread * math.log(device.t_0 / drift_since)) ** 2,
    )
