r"""How one weight is filled into the two devices of a polarity: the 8T4R unit cell.

A unit cell of the 64-core chip holds four devices, two per polarity, whose currents add with equal
significance :cite:p:`legallo2023hermes`. A target :math:`G_T` of one polarity can be spread over
its two devices in several ways:

``one_device``
    The first device takes the whole target, the second stays RESET (one-device programming, ODP).
``max_fill``
    The first device takes what it can up to a full scale :math:`g_\max` that is the same for all,
    the second takes the rest: both are programmed iteratively :cite:p:`legallo2022bitslicing`.
``state_dependent``
    The devices are SET first and *read*. If one of them can hold the target alone, the stronger
    one does and the other is RESET; else the stronger one stays SET and the weaker one takes the
    rest. So at most one device is neither SET nor RESET, the two quietest states
    :cite:p:`vasilopoulos2023exploiting,legallo2025patent`.

The targets of the first two are known before anything is programmed (*open loop*); those of the
third depend on what the devices of each cell turn out to be. Without that knowledge, with every SET
state taken for :math:`g_\max`, ``state_dependent`` and ``max_fill`` have the same targets: what the
scheme exploits is that devices differ. `aimc.recovery.programming.program_cells` runs all three on
devices.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from aimc.backend import Array, as_array, namespace, to_numpy
from aimc.circuits.unit_cell import _check_scaled, _polarities
from aimc.validation import check_array, check_choice, check_number

__all__ = [
    "FILLINGS",
    "PROGRAMMED",
    "RESET",
    "SET",
    "Filling",
    "TwoDeviceCell",
    "fill_in_order",
    "fill_one_device",
    "fill_state_dependent",
    "net",
]

FILLINGS = ("one_device", "max_fill", "state_dependent")
"""Names of the schemes."""

RESET, PROGRAMMED, SET = 0, 1, 2
"""What is done to a device: RESET pulse only, iterative programming, or SET pulse only."""


@dataclass(frozen=True, slots=True)
class TwoDeviceCell:
    """Unit cell of four devices, two per polarity, for a `Core`.

    Parameters
    ----------
    filling : {"one_device", "max_fill", "state_dependent"}
        How a weight is spread over the two devices of its polarity. The last one has the open-loop
        targets of ``max_fill``, since `split` knows nothing of single devices; give the core a
        `aimc.recovery.programming.CellProgramming` device to close the loop.

    Examples
    --------
    >>> import numpy as np
    >>> cell = TwoDeviceCell("max_fill")
    >>> targets = cell.split(np.array([[0.75, -0.25]]), g_max=10e-6)
    >>> np.round(1e6 * targets[0, :, :, 0, 0])  # first weight: device by polarity
    array([[10.,  0.],
           [ 5.,  0.]])
    """

    filling: str = "state_dependent"

    def __post_init__(self) -> None:
        check_choice("filling", self.filling, FILLINGS)

    @property
    def devices_per_weight(self) -> int:
        """Number of devices in one cell."""
        return 4

    @property
    def devices_per_line(self) -> int:
        """Devices of one polarity that a full-scale weight fills: one, or two."""
        return 1 if self.filling == "one_device" else 2

    @property
    def significance(self) -> tuple[float, ...]:
        """One slice, of full significance."""
        return (1.0,)

    def split(self, w_scaled: Array, g_max: float) -> Array:
        """Return targets (S) of shape (1, 2, 2, out, in) for weights of shape (out, in)."""
        weights = _check_scaled(w_scaled)
        xp = namespace(weights)
        line = _polarities(weights, self.devices_per_line * g_max)
        if self.filling == "one_device":
            return xp.stack([line, xp.zeros_like(line)])[None, ...]
        first = xp.clip(line, 0.0, g_max)
        return xp.stack([first, line - first])[None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Filling:
    """What is asked of the two devices of each line. Arrays have shape (2, ...)."""

    target: np.ndarray
    """Conductance that each device should have, S; that of a SET device is its own SET state."""
    role: np.ndarray
    """`RESET`, `PROGRAMMED` or `SET` for each device."""

    @property
    def intermediate(self) -> np.ndarray:
        """Devices of each line that are neither SET nor RESET, shape (...)."""
        return np.sum(self.role == PROGRAMMED, axis=0)


def fill_one_device(target: Array) -> Filling:
    """Give the whole target to the first device.

    Parameters
    ----------
    target : array, shape (...)
        Target conductance of one polarity, S, not negative.
    """
    goal = _line_target(target)
    nothing = np.zeros_like(goal)
    return Filling(
        np.stack([goal, nothing]),
        np.stack([np.where(goal > 0, PROGRAMMED, RESET), np.full(goal.shape, RESET)]),
    )


def fill_in_order(target: Array, g_max: float) -> Filling:
    """Fill the first device up to ``g_max`` (S), the second with the rest: max-fill.

    Parameters
    ----------
    target : array, shape (...)
        Target conductance of one polarity, S, between 0 and twice ``g_max``.
    g_max : float
        Conductance at which a device counts as full, S, the same for all devices.

    Raises
    ------
    ValueError
        If a target exceeds what two full devices hold.
    """
    check_number("g_max", g_max, low=0.0, open_low=True, unit="S")
    goal = _line_target(target, high=2 * g_max)
    first = np.minimum(goal, g_max)
    both = np.stack([first, np.clip(goal - first, 0.0, None)])
    return Filling(both, np.where(both > 0, PROGRAMMED, RESET))


def fill_state_dependent(target: Array, g_set: Array) -> Filling:
    """Choose by the SET states of the two devices which one is programmed.

    Parameters
    ----------
    target : array, shape (...)
        Target conductance of one polarity, S, not negative.
    g_set : array, shape (2, ...)
        Conductances of the two devices in the SET state, as read, S.

    Returns
    -------
    Filling
        With at most one `PROGRAMMED` device per line, exactly. A target beyond both SET states
        together cannot be reached: both devices stay SET.
    """
    goal = _line_target(target)
    states = to_numpy(as_array("g_set", g_set))
    check_array("g_set", states, low=0.0, unit="S")
    if states.shape != (2, *goal.shape):
        raise ValueError(f"g_set must have shape {(2, *goal.shape)}, got {states.shape}")
    weak_first = states[0] < states[1]
    high, low = states.max(axis=0), states.min(axis=0)
    alone, beyond = (goal > 0) & (goal <= high), goal > high + low
    rest = np.clip(goal - high, 0.0, None)
    # what the stronger and the weaker device of each line get
    strong = np.where(alone, PROGRAMMED, np.where(goal > 0, SET, RESET))
    weak = np.where(goal <= high, RESET, np.where(beyond, SET, PROGRAMMED))
    strong_goal = np.where(goal <= high, goal, high)
    weak_goal = np.where(beyond, low, rest)
    return Filling(
        np.stack([np.where(weak_first, weak_goal, strong_goal),
                  np.where(weak_first, strong_goal, weak_goal)]),
        np.stack([np.where(weak_first, weak, strong), np.where(weak_first, strong, weak)]),
    )  # fmt: skip


def _line_target(target: Array, high: float = math.inf) -> np.ndarray:
    goal = to_numpy(as_array("target", target))
    check_array("target", goal, low=0.0, high=high * (1 + 1e-9), unit="S")
    return goal


def net(conductance: np.ndarray) -> np.ndarray:
    """Return the signed conductance of cells (S) from that of devices, shape (2, 2, ...)."""
    return conductance[:, 0].sum(axis=0) - conductance[:, 1].sum(axis=0)
