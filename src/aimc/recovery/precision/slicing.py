r"""One weight on several slices that count with the powers of any base.

Slice :math:`k` of :math:`n` counts with the significance :math:`s_k = b^k / \sum_j b^j`. Where the
devices hold any conductance, each slice may hold the whole scaled weight (``fill="equal"``). With
errors of one size :math:`\sigma` in each slice the weight then scatters by

.. math:: \frac{\sigma_w}{\sigma} = \frac{\sqrt{\sum_k b^{2k}}}{\sum_k b^k} ,

which is smallest, :math:`n^{-1/2}`, for :math:`b = 1`: averaging :cite:p:`legallo2022bitslicing`.
With digits (``fill="digits"``) slice :math:`k` holds one digit of the rounded weight in base
:math:`b`. Devices that hold few levels exactly need that; analog ones only lose by it.
"""

from __future__ import annotations

import numpy as np

from aimc.backend import Array, as_array, namespace, to_numpy
from aimc.circuits import Periphery
from aimc.cores import Core
from aimc.devices import Device, pcm_2019
from aimc.validation import check_array, check_choice, check_integer, check_kind, check_number

__all__ = ["FILLS", "SlicedCell", "SlicedMatrix"]

FILLS = ("equal", "digits")


class SlicedCell:
    """A unit cell of ``slices`` pairs of devices, significances in powers of a base.

    Parameters
    ----------
    base : float
        Ratio of the significances of neighbouring slices, at least one; an integer of at least two
        for digits.
    slices : int
        Pairs of devices, least significant first.
    fill : {"equal", "digits"}
        What each slice holds: the scaled weight, or a digit of it.
    """

    def __init__(self, base: float = 1.0, slices: int = 4, fill: str = "equal") -> None:
        self.slices = check_integer("slices", slices, low=1, high=16)
        self.fill = check_choice("fill", fill, FILLS)
        self.base = check_number("base", base, low=1.0, high=256.0)
        if fill == "digits" and (self.base < 2 or self.base != int(self.base)):
            raise ValueError(
                f"base={base!r} is not allowed with fill='digits': digits need an integer base of "
                "at least 2"
            )
        if fill == "digits" and self.base**slices > 2**48:
            raise ValueError(
                f"base={base!r} with slices={slices!r} is not allowed: a number has 48 bits at most"
            )

    def __repr__(self) -> str:
        """Return the arguments."""
        return f"SlicedCell(base={self.base:g}, slices={self.slices}, fill={self.fill!r})"

    @property
    def devices_per_weight(self) -> int:
        """Number of devices in one cell, both polarities of every slice."""
        return 2 * self.slices

    @property
    def devices_per_line(self) -> int:
        """Each slice has its own bit line with one device per polarity."""
        return 1

    @property
    def significance(self) -> tuple[float, ...]:
        """Digital weights of the slices, least significant first; they sum to one."""
        powers = self.base ** np.arange(self.slices)
        return tuple(float(each) for each in powers / powers.sum())

    @property
    def amplification(self) -> float:
        r"""Spread of the weight over that of a slice, :math:`\sqrt{\sum s_k^2}`."""
        return float(np.linalg.norm(self.significance))

    def split(self, w_scaled: Array, g_max: float) -> Array:
        """Return targets (S) of shape (slices, 1, 2, out, in) for weights of shape (out, in)."""
        weights = as_array("w_scaled", w_scaled)
        check_array("w_scaled", weights, ndim=2, low=-1 - 1e-6, high=1 + 1e-6)
        xp = namespace(weights)
        weights = xp.clip(weights, -1.0, 1.0)
        if self.fill == "equal":
            digits = [weights] * self.slices
        else:
            base = int(self.base)
            code = xp.round(xp.abs(weights) * (base**self.slices - 1))
            digits = [
                xp.sign(weights) * (xp.floor(code / base**k) % base) / (base - 1)
                for k in range(self.slices)
            ]
        pairs = [xp.stack([xp.clip(d, 0.0, None), xp.clip(-d, 0.0, None)]) for d in digits]
        return g_max * xp.stack(pairs)[:, None, ...]


class SlicedMatrix(Core):
    """A matrix on slices of any base: a core that is programmed already.

    Parameters
    ----------
    weights : array, shape (out, in)
        The matrix.
    base : float
        Ratio of the significances of neighbouring slices.
    slices : int
        Pairs of devices for each weight.
    fill : {"equal", "digits"}
        As in `SlicedCell`.
    device : Device, optional
        Model of the devices; `aimc.devices.pcm_2019` by default.
    periphery : Periphery, optional
        Converters and noise, for each slice; ideal converters by default.
    serial, index : int
        Serial number of the chip and number of the core on it.

    Examples
    --------
    >>> import numpy as np
    >>> W = np.random.default_rng(0).uniform(-1, 1, (50, 60))
    >>> error = [np.std(SlicedMatrix(W, base, 4).weights() - W) for base in (1, 2, 4)]
    >>> bool(error[0] < error[1] < error[2])
    True
    """

    def __init__(
        self,
        weights: Array,
        base: float = 1.0,
        slices: int = 4,
        *,
        fill: str = "equal",
        device: Device | None = None,
        periphery: Periphery | None = None,
        serial: int = 0,
        index: int = 0,
    ) -> None:
        matrix = as_array("weights", weights)
        check_array("weights", matrix, ndim=2)
        cell = SlicedCell(base, slices, fill)
        columns, rows = (int(n) for n in to_numpy(matrix).shape)
        model = pcm_2019() if device is None else check_kind("device", device, Device)
        super().__init__(
            model,
            cell,
            Periphery(input_range=None) if periphery is None else periphery,
            rows=rows,
            columns=columns,
            serial=serial,
            index=index,
            name=f"{slices} slices, base {base:g}",
            sources=(*model.sources, "legallo2022bitslicing"),
        )
        self.program(matrix)
