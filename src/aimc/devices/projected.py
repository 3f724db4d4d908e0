r"""Projected PCM: a conducting liner beside the glass takes over most of the reading current.

Where the liner and the amorphous part lie side by side, their conductances add. If the glass
carries the share :math:`s` of the current of a read, a relative change of its conductance moves the
sum by :math:`s` times as much:

.. math:: \frac{\mathrm d G}{G} = s\,\frac{\mathrm d G_a}{G_a},\qquad s = \frac{G_a}{G_a + G_l} .

So drift, its spread and the read noise are all multiplied by :math:`s`, as long as changes are
small. That the current circumvents the glass is published :cite:p:`koelmans2015projected`; one
share for all states is an assumption of this model. What a liner does to the programming spread
depends on where that spread comes from, which no published number settles. By default it stays as
it was. If it is known what the programming loop accepted, the rest, which arose in the glass after
the loop, can be multiplied by :math:`s` as well: the two are bounds.
Over longer times the glass loses its share, so that a constant one errs to the pessimistic side.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from aimc.backend import Array, namespace
from aimc.devices.fits import Fit
from aimc.devices.pcm import StatisticalPCM
from aimc.units import MICRO
from aimc.validation import check_number

__all__ = ["projected"]


@dataclass(frozen=True, slots=True)
class Scaled:
    """A fit multiplied by a number."""

    fit: Fit
    factor: float

    def __call__(self, g: Array) -> Array:
        """Evaluate the fit and multiply."""
        return self.factor * self.fit(g)


@dataclass(frozen=True, slots=True)
class AfterLoop:
    """A programming spread (µS) of which only what arose after the loop is multiplied."""

    fit: Fit
    factor: float
    loop: float
    """Standard deviation that the loop leaves, µS."""

    def __call__(self, g: Array) -> Array:
        """Take the spread apart by variances, and put it together again."""
        whole = self.fit(g) ** 2
        loop = namespace(g).clip(whole, None, self.loop**2)
        return (loop + self.factor**2 * (whole - loop)) ** 0.5


def projected(device: StatisticalPCM, share: float, *, loop: float | None = None) -> StatisticalPCM:
    """Return a PCM model with a liner that leaves ``share`` of the reading current to the glass.

    Parameters
    ----------
    device : StatisticalPCM
        Model without a liner.
    share : float
        Share of the current through the amorphous part, above 0; 1 is no liner.
    loop : float, optional
        Standard deviation (S) of what the programming loop accepts. If given, only this part of the
        programming spread stays, and the rest is multiplied by the share. By default all stays.

    Raises
    ------
    TypeError
        If ``device`` is not a `StatisticalPCM`.
    ValueError
        If ``share`` is outside its range, or ``loop`` is negative.

    Examples
    --------
    A drift exponent of 0.05 becomes 0.01:

    >>> import numpy as np
    >>> from aimc.devices import pcm_2019
    >>> lined = projected(pcm_2019(), 0.2)
    >>> bool(abs(lined.drift_exponent_mean(np.array([15e-6]))[0] - 0.01) < 3e-4)
    True
    """
    if not isinstance(device, StatisticalPCM):
        raise TypeError(f"device must be a StatisticalPCM, got {device!r}")
    check_number("share", share, low=0.0, open_low=True, high=1.0)
    spread = device.programming_fit
    if loop is not None:
        spread = AfterLoop(spread, share, check_number("loop", loop, low=0.0, unit="S") / MICRO)
    return replace(
        device,
        programming_fit=spread,
        name=f"{device.name}, projected ({share:.0%} through the glass)",
        drift_mean_fit=Scaled(device.drift_mean_fit, share),
        drift_std_fit=Scaled(device.drift_std_fit, share),
        read_noise_fit=Scaled(device.read_noise_fit, share),
        sources=(*device.sources, "koelmans2015projected"),
    )
