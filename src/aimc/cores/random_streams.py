"""The random streams of one core: the same serial number draws the same devices and noise."""

from __future__ import annotations

from typing import Any

import numpy as np

from aimc.backend import Array, RandomSource, seeded_generator

__all__ = ["RandomStreams"]

# Purposes of the streams; part of what makes "same serial, same chip" true. The converters of
# `aimc.circuits` have 5 and 6. None is zero: trailing zeros of a seed are ignored, and core 0 of
# chip 7 would draw the very numbers that a user gets from a generator seeded with 7.
READING, FLUCTUATION, STATE, COLUMNS = 1, 2, 3, 4
COMMON, APART = 7, 8


class RandomStreams:
    """What one core draws its random numbers from.

    Parameters
    ----------
    serial : int
        Serial number of the chip.
    index : int
        Number of the core on its chip.
    """

    __slots__ = ("_chip_and_core", "_programmings", "_readers", "_states")

    def __init__(self, serial: int, index: int) -> None:
        self._chip_and_core = serial, index
        self._programmings = 0
        self._states = 0
        self._readers: dict[tuple[type, Any], RandomSource] = {}

    def columns(self) -> np.random.Generator:
        """Return the source of what makes the bit lines differ, whatever is programmed."""
        return np.random.default_rng([*self._chip_and_core, COLUMNS])

    @property
    def programmings(self) -> int:
        """How often the core was programmed."""
        return self._programmings

    def state(self, programming: int | None = None) -> np.random.Generator:
        """Return the source of the devices' state at a programming, the next one by default."""
        number = self._programmings if programming is None else programming
        return np.random.default_rng([*self._chip_and_core, STATE, number])

    def programmed(self) -> None:
        """Count one more programming: noise and the next state come from new streams."""
        self._programmings += 1
        self._readers = {}

    def changed(self) -> None:
        """Count one more state of the devices: what its read-outs share comes from new streams."""
        self._states += 1

    def common(self, t: float, which: int) -> tuple[int, ...]:
        """Return the seed of what all vectors share that are read about the time ``t`` (s).

        Parameters
        ----------
        t : float
            Time of the read-out, s.
        which : int
            1 for the difference of the two polarities, 2 for what their sum has beside it.
        """
        bits = int(np.float64(t).view(np.uint64))
        return (*self._chip_and_core, COMMON, self._states, bits, which)

    def apart(self, key: tuple[int, ...], which: int) -> tuple[int, ...]:
        """Return the seed of what the vectors of a read-out by itself share."""
        return (*self._chip_and_core, APART, *key, which)

    def fluctuation(self) -> np.random.Generator:
        """Return the source of read noise as a process, from its start."""
        return np.random.default_rng([*self._chip_and_core, FLUCTUATION, self._programmings])

    def reading(self, reference: Array) -> RandomSource:
        """Return the running stream of read noise for the library and device of an array."""
        kind = type(reference), getattr(reference, "device", None)
        known = self._readers.get(kind)
        if known is None:
            seed = (*self._chip_and_core, READING, self._programmings)
            known = self._readers[kind] = seeded_generator(seed, reference)
        return known
