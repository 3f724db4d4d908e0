r"""Programming a whole core of four-device unit cells, pulse by pulse.

The conductance of a unit cell is the signed sum of its four devices,

.. math:: G = G^+_1 + G^+_2 - G^-_1 - G^-_2 .

Programming starts with a RESET of all four. What follows depends on the filling scheme of
`aimc.circuits.two_device_cell`: which devices are SET, which one receives iterative pulses, and
what the controller compares with the target. With ``one_device`` and ``state_dependent`` it is the
cell, whose devices are read one by one, so that the loop also makes up for the SET state of the
partner and for what the RESET devices still conduct :cite:p:`legallo2023hermes`. With ``max_fill``
every device has a target of its own :cite:p:`legallo2022bitslicing`.

What happens between the last verify and the first read is the relaxation of
`aimc.devices.pulsed`. It was calibrated on devices that were programmed iteratively. A device left
in the SET state holds next to no glass, and one left in RESET is one of four in its cell, so either
may be given a step of its own: ``set_relaxation``, ``reset_relaxation``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aimc.backend import RandomSource, as_array, as_generator, to_numpy
from aimc.circuits.two_device_cell import (
    FILLINGS,
    PROGRAMMED,
    RESET,
    SET,
    Filling,
    fill_in_order,
    fill_one_device,
    fill_state_dependent,
    net,
)
from aimc.devices.pulsed import PulsedArray
from aimc.recovery.program_and_verify import core_programming_time, next_current
from aimc.validation import check_array, check_choice, check_integer, check_number

__all__ = ["CoreRun", "program_cells"]


@dataclass(frozen=True, slots=True, eq=False)
class CoreRun:
    """What one programming of a core did.

    Cell arrays have shape (out, in), device arrays (2, 2, out, in): device number, polarity.
    """

    array: PulsedArray
    """The devices, with their counters."""
    filling: str
    """Scheme that was used."""
    target: np.ndarray
    """Target conductance of each cell, S, with its sign."""
    device_target: np.ndarray
    """Target of each device, S; the SET state as read for devices left in SET."""
    role: np.ndarray
    """What was done to each device: `RESET`, `PROGRAMMED` or `SET`."""
    verified: np.ndarray
    """Last read of each cell, S."""
    converged: np.ndarray
    """Whether the cell, or each of its devices with max-fill, was read within the margin."""
    iterations: np.ndarray
    """Iterative pulses of each device."""
    energy: float
    """Energy of all pulses and reads, J."""
    set_relaxation: float | None
    """Standard deviation (S) of the relaxation of devices left in SET; None: as all others."""
    reset_relaxation: float | None = None
    """Standard deviation (S) of the relaxation of devices left in RESET; None: as all others."""

    @property
    def convergence(self) -> float:
        """Share of the cells with a target other than zero that converged, 0 to 1."""
        wanted = self.target != 0
        return float(np.mean(self.converged[wanted])) if wanted.any() else 1.0

    @property
    def intermediate(self) -> np.ndarray:
        """Devices of each cell that are neither SET nor RESET."""
        return np.sum(self.role == PROGRAMMED, axis=(0, 1))

    @property
    def error(self) -> np.ndarray:
        """True conductance of each cell minus its target when the loop ended, S."""
        return net(self.array.g) - self.target

    def first_read(self, rng: RandomSource) -> np.ndarray:
        """Return the conductance of each device (S) as the first user of the core finds it."""
        array = self.array
        spread = array.model.relaxation_std(array.g)
        for role, own in ((SET, self.set_relaxation), (RESET, self.reset_relaxation)):
            if own is not None:
                spread = np.where(self.role == role, own, spread)
        step = as_generator(rng).standard_normal(array.shape)
        return np.clip(array.g + spread * step, 0.0, None)

    def slowest(self, size: int = 256) -> np.ndarray:
        """Return the most pulses that any device of each line needed, shape (2, 2, size).

        Lines are ordered by device number, polarity and diagonal of a core of ``size`` rows and
        columns; see `time`.
        """
        return _diagonals(self.iterations, size).max(axis=-1)

    def time(self, size: int = 256, cycles: int = 8) -> float:
        """Return the time (s) to program the core, diagonal by diagonal.

        A diagonal holds one cell of each row and column. Its devices of one number and polarity
        make a line of ``size`` devices, which are pulsed in ``cycles`` cycles and read at once
        (facts A025 and A056). A line needs as many pulses as its slowest device, and one read
        after each.

        Parameters
        ----------
        size : int
            Rows and columns of the core; cells without a weight need no pulse.
        cycles : int
            Programming cycles per pulse of a line.

        Raises
        ------
        ValueError
            If the weights do not fit the core.
        """
        model, lines = self.array.model, _diagonals(self.iterations, size)
        seconds = core_programming_time(lines, model, line=size, cycles=cycles)
        if self.filling == "state_dependent":
            # one read of the SET states, and another RESET pulse for the devices not chosen
            once = model.reads * model.t_verify + cycles * model.reset_pulse[1]
            seconds += once * lines.size / size
        return seconds


def program_cells(
    array: PulsedArray,
    target: np.ndarray,
    rng: RandomSource,
    *,
    filling: str = "state_dependent",
    margin: float | None = None,
    max_iterations: int | None = None,
    gain: float = 0.8,
    reads: int | None = None,
    set_relaxation: float | None = None,
    reset_relaxation: float | None = None,
) -> CoreRun:
    """Program unit cells to target conductances.

    Parameters
    ----------
    array : PulsedArray
        Devices of shape (2, 2, out, in): device number, polarity. They are changed.
    target : array, shape (out, in)
        Target of each cell, S; its sign chooses the polarity.
    rng : int or numpy.random.Generator
        Source of the scatter of pulses and reads.
    filling : {"one_device", "max_fill", "state_dependent"}
        Scheme, see `aimc.circuits.two_device_cell`.
    margin, max_iterations, gain, reads
        As in `aimc.recovery.program_and_verify.program_and_verify`; ``reads`` is per device and
        verify.
    set_relaxation, reset_relaxation : float, optional
        Kept for `CoreRun.first_read`.

    Raises
    ------
    ValueError
        If the array has another shape, or a target exceeds the full scale of the scheme.
    """
    model = array.model
    check_choice("filling", filling, FILLINGS)
    goal = to_numpy(as_array("target", target))
    if array.shape != (2, 2, *goal.shape):
        raise ValueError(f"array must have shape {(2, 2, *goal.shape)}, got {array.shape}")
    full = (1 if filling == "one_device" else 2) * model.g_max * (1 + 1e-6)
    check_array("target", goal, low=-full, high=full, unit="S")
    margin = check_number(
        "margin", model.margin if margin is None else margin, low=0.0, open_low=True, unit="S"
    )
    limit = check_integer(
        "max_iterations", model.max_iterations if max_iterations is None else max_iterations, low=1
    )
    check_number("gain", gain, low=0.0, open_low=True)
    reads = check_integer("reads", model.reads if reads is None else reads, low=1)
    for name, own in (
        ("set_relaxation", set_relaxation),
        ("reset_relaxation", reset_relaxation),
    ):
        if own is not None:
            check_number(name, own, low=0.0, unit="S")
    generator, spent = as_generator(rng), float(array.energy.sum())

    lines = np.stack([np.clip(goal, 0.0, None), np.clip(-goal, 0.0, None)])  # by polarity
    plan, seen = _initialise(array, lines, filling, generator, reads)
    programmed = plan.role == PROGRAMMED
    whole_cell = filling != "max_fill"

    def excess() -> np.ndarray:
        """Read minus target, for each device as its controller sees it."""
        if not whole_cell:
            return seen - plan.target
        cell = net(seen) - goal
        return np.broadcast_to(np.stack([cell, -cell]), array.shape)

    accepted = margin * (1 + 1e-9)
    current = model.current_for(plan.target)
    active, iterations = programmed.copy(), np.zeros(array.shape, dtype=int)
    for _ in range(limit):
        if not active.any():
            break
        array.pulse(current, generator, where=active)
        observed = np.broadcast_to(active.any(axis=(0, 1)), array.shape) if whole_cell else active
        seen = np.where(observed, array.read(generator, reads, where=observed), seen)
        iterations += active
        wrong = excess()
        active = active & (np.abs(wrong) > accepted)
        current = next_current(model, current, wrong, gain)
    cell = np.abs(net(seen) - goal) <= accepted
    each = np.all(~programmed | (np.abs(excess()) <= accepted), axis=(0, 1))
    return CoreRun(
        array=array,
        filling=filling,
        target=goal,
        device_target=plan.target,
        role=plan.role,
        verified=net(seen),
        converged=cell if whole_cell else each,
        iterations=iterations,
        energy=float(array.energy.sum()) - spent,
        set_relaxation=set_relaxation,
        reset_relaxation=reset_relaxation,
    )


def _initialise(
    array: PulsedArray,
    lines: np.ndarray,
    filling: str,
    rng: RandomSource,
    reads: int,
) -> tuple[Filling, np.ndarray]:
    """RESET all, SET what may be needed, choose; return the plan and the reads of all devices."""
    array.reset(rng)
    if filling == "state_dependent":
        wanted = np.broadcast_to(lines > 0, array.shape)
        array.set(rng, where=wanted)
        seen = np.clip(array.read(rng, reads), 0.0, None)
        plan = fill_state_dependent(lines, seen)
        again = wanted & (plan.role == RESET)
        array.reset(rng, where=again)
        return plan, np.where(again, array.read(rng, reads, where=again), seen)
    if filling == "one_device":
        plan = fill_one_device(lines)
    else:
        plan = fill_in_order(np.minimum(lines, 2 * array.model.g_max), array.model.g_max)
    array.set(rng, where=plan.role == PROGRAMMED)
    return plan, array.read(rng, reads)


def _diagonals(values: np.ndarray, size: int) -> np.ndarray:
    """Return device values (..., out, in) as lines (..., diagonal, place) of a square core."""
    out, inputs = values.shape[-2:]
    check_integer("size", size, low=max(out, inputs))
    padded = np.zeros((*values.shape[:-2], size, size), dtype=values.dtype)
    padded[..., :out, :inputs] = values
    row = np.arange(size)
    return padded[..., row[None, :], (row[None, :] + row[:, None]) % size]
