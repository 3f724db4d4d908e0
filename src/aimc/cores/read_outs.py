r"""What the vectors of one read-out have in common: the slow part of the read noise of a core.

Reads of one device that follow each other meet nearly the same fluctuation
(`aimc.devices.FlickerNoise`). A core therefore divides the variance of its read noise: a common
part, drawn once for all vectors that are read within `Core.readout`, and a fresh part, drawn for
each vector. Read-outs at different times are correlated as the process is. All devices share its
law, so a draw needs only numbers for whole cores: the common part at one time is

.. math::

   x(t_m) = \sum_{i\in\mathcal N} a_i\,x(t_i) + \sqrt{c_m - \mathbf a^{\mathsf T}\mathbf k}\;\xi_m,
   \qquad \mathbf a = \mathbf K^{-1}\mathbf k ,

with the covariances :math:`\mathbf K` among earlier read-outs :math:`\mathcal N` and :math:`\mathbf
k` with them. Every :math:`\xi` follows from its seed, so that none must be kept; those that the
last read-outs shared are, because a loop over times asks for them again.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np

from aimc.backend import Array, like, scaled
from aimc.devices import NoiseInTime
from aimc.validation import check_choice

__all__ = ["NOISES", "ReadOut", "ReadOuts", "check_noise", "drawn", "refuse_momentary"]

NOISES = ("split", "fresh", "momentary")
"""How a core's read noise divides: by the process, all of it fresh, or all of it common."""

REACH = 10.0
"""Ratio of the ages beyond which two read-outs have under 1 % of their variance in common."""
SMALLEST = 0.01
"""Coefficients below this share of the standard deviation are left out."""
KEPT = 1 << 28
"""Bytes of random numbers that are kept for later read-outs, of all cores together."""
WINDOW = 32
"""Read-outs of one core whose numbers are kept, fewer if the core is larger than most."""
LARGEST = 1 << 24
"""Bytes of the numbers of one core."""


@dataclass(frozen=True, slots=True)
class ReadOut:
    """A read-out by itself, whose common part follows from a key and from nothing else.

    It is independent of the read-outs that a core counts in time. `Core.at` takes it as noise.
    """

    key: tuple[int, ...]
    """Non-negative numbers; the serial number of the chip and that of the core are added."""
    kind: str = "split"
    """``"split"`` or ``"momentary"``."""

    def __post_init__(self) -> None:
        check_choice("kind", self.kind, ("split", "momentary"))


def check_noise(noise: Any) -> Any:
    """Return what stands for read noise, or raise an error that names the choices.

    Raises
    ------
    TypeError
        If it is neither a word, a `ReadOut` nor a process with a state and reads.
    ValueError
        If the word is unknown.
    """
    if isinstance(noise, str):
        return check_choice("noise", noise, NOISES)
    if isinstance(noise, ReadOut) or (hasattr(noise, "state") and hasattr(noise, "read")):
        return noise
    raise TypeError(f'noise must be "split", "fresh", "momentary" or a ReadNoise, got {noise!r}')


def refuse_momentary(momentary: bool | None) -> None:
    """Raise an error that names the new form if somebody passes ``momentary``."""
    if momentary is not None:
        kind = "momentary" if momentary else "fresh"
        raise TypeError(
            f'momentary={momentary!r} is now noise="{kind}"; by default, noise="split", vectors '
            "share the slow part of the read noise"
        )


class ReadOuts:
    """The read-outs that a core has made since it was programmed, of one kind."""

    __slots__ = ("_ages", "_rows", "_shared", "_spreads", "_strengths", "_times")

    def __init__(self) -> None:
        self._times: list[float] = []
        self._ages: list[float] = []
        self._rows: list[dict[float, float]] = []
        self._shared: list[np.ndarray] = []  # correlations with the read-outs before
        self._spreads: list[float] = []
        self._strengths: list[float] = []

    def row(
        self, t: float, age: float, law: NoiseInTime | None, apart: float, strength: float
    ) -> dict[float, float]:
        """Return the common part at a time: a factor for the random numbers of each time (s).

        Parameters
        ----------
        t, age : float
            Time of the read-out on the clock of the core, and age of its devices, s.
        law : NoiseInTime or None
            Course of the noise; without one, read-outs are independent.
        apart : float
            Read-outs whose times differ by less are one, s.
        strength : float
            Variance of the common part, relative to that of one read.
        """
        if self._times:
            nearest = min(range(len(self._times)), key=lambda i: abs(self._times[i] - t))
            if abs(self._times[nearest] - t) < apart:
                return self._rows[nearest]
        row = self._new(age, law, strength)
        own = math.sqrt(max(0.0, strength - sum(factor**2 for factor in row.values())))
        row[t] = own
        self._times.append(t)
        self._ages.append(age)
        self._rows.append(row)
        self._strengths.append(sum(factor**2 for factor in row.values()))
        return row

    def _new(self, age: float, law: NoiseInTime | None, strength: float) -> dict[float, float]:
        """Return what a new read-out takes over from those before."""
        if law is None:
            return {}
        *covariances, variance = law.covariances(age, np.array([*self._ages, age]))
        spread = math.sqrt(variance)
        shared = np.array(covariances) / (np.array(self._spreads) * spread)
        self._shared.append(shared)
        self._spreads.append(spread)
        since = [each + law.t_0 for each in self._ages]
        now = age + law.t_0
        near = [i for i, s in enumerate(since) if now < REACH * s and s < REACH * now]
        if not near:
            return {}
        among = np.empty((len(near), len(near)))
        for k, i in enumerate(near):
            among[k, :k] = among[:k, k] = self._shared[i][near[:k]]
            among[k, k] = self._strengths[i]
        weights = np.linalg.solve(among, shared[near])
        row: dict[float, float] = {}
        for weight, i in zip(weights, near, strict=True):
            for t, factor in self._rows[i].items():
                row[t] = row.get(t, 0.0) + float(weight) * factor
        least = SMALLEST * math.sqrt(strength)
        return {t: factor for t, factor in row.items() if abs(factor) > least}


def drawn(
    row: dict[float, float], seed: Callable[[float], tuple[int, ...]], reference: Array
) -> Array:
    """Return the common part that a row of factors stands for, as an array of your own.

    Parameters
    ----------
    row : dict of float
        Factor for the random numbers of each time (s); not empty.
    seed : callable
        Seed of the numbers of a time.
    reference : array
        Its shape, library, dtype and device are those of the result.
    """
    shape = tuple(reference.shape)
    if len(row) == 1:
        ((t, factor),) = row.items()
        return like(scaled(_normals(seed(t), shape), factor), reference)
    # of several read-outs that share something, each is met again by the next
    factors = {seed(t): factor for t, factor in row.items()}
    total = _WINDOWS.sum(factors, math.prod(shape), reference.itemsize)
    return like(total.reshape(shape), reference)


def _normals(seed: tuple[int, ...], shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape)


class _Window:
    """Random numbers of the last read-outs of one core, a row each: a sum of them is a product."""

    def __init__(self, size: int, itemsize: int) -> None:
        self._most = max(1, min(WINDOW, LARGEST // (size * itemsize)))
        # it grows: not every system gives memory only where it is touched, and some limits count it
        self._rows = np.empty((min(2, self._most), size), f"f{itemsize}")
        self._places: dict[tuple[int, ...], int] = {}
        self._next = 0
        self._lock = Lock()
        self.counted = 0  # what `_Windows` knows of `nbytes`

    @property
    def nbytes(self) -> int:
        """Memory of the rows, bytes."""
        return self._rows.nbytes

    def sum(self, factors: dict[tuple[int, ...], float]) -> np.ndarray:
        """Return the sum of the normal numbers that follow from seeds, times their factors."""
        total: Any = 0.0
        seeds = list(factors)
        at_once = self._most
        for first in range(0, len(seeds), at_once):
            met = seeds[first : first + at_once]
            with self._lock:
                places = [self._place(seed, met) for seed in met]
                weights = np.array([factors[seed] for seed in met], self._rows.dtype)
                # in the order of the seeds, wherever they stand, or what was read before would
                # decide the last bit
                start, after = places[0], places[0] + len(places)
                in_order = places == list(range(start, after))
                part = weights @ (self._rows[start:after] if in_order else self._rows[places])
            total = part if first == 0 else total + part
        return np.asarray(total)

    def _place(self, seed: tuple[int, ...], met: list[tuple[int, ...]]) -> int:
        """Return in which row the numbers of a seed stand; drawn there if they are not."""
        found = self._places.get(seed)
        if found is not None:
            return found
        held = {place: of for of, place in self._places.items()}
        while held.get(self._next) in met:
            self._next = (self._next + 1) % self._most
        place = self._next
        self._next = (place + 1) % self._most
        if place >= len(self._rows):
            grown = np.empty((min(2 * place, self._most), self._rows.shape[1]), self._rows.dtype)
            grown[:place] = self._rows
            self._rows = grown
        if place in held:
            del self._places[held[place]]
        self._rows[place] = _normals(seed, self._rows.shape[1:])
        self._places[seed] = place
        return place


class _Windows:
    """The windows of the cores that were read last."""

    def __init__(self) -> None:
        self._windows: OrderedDict[tuple[int, ...], _Window] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def sum(self, factors: dict[tuple[int, ...], float], size: int, itemsize: int) -> np.ndarray:
        """Return the sum of ``size`` normal numbers of seeds of one core, times their factors."""
        *core, _time, which = next(iter(factors))
        key = (*core, which, size, itemsize)
        with self._lock:
            window = self._windows.pop(key, None) or _Window(size, itemsize)
            self._windows[key] = window
        total = window.sum(factors)
        with self._lock:
            if self._windows.get(key) is window:
                self._bytes += window.nbytes - window.counted
                window.counted = window.nbytes
            while self._bytes > KEPT:
                self._bytes -= self._windows.popitem(last=False)[1].counted
        return total


_WINDOWS = _Windows()
