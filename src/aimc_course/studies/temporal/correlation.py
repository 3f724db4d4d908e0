r"""Detection of temporally correlated event streams by crystallisation that accumulates.

Each binary process drives one device. Whenever it is active, its device gets a weak SET pulse that
is the stronger the more processes are active in this step. Coincidences leave their mark, lone
events hardly any: at the end, the devices of correlated processes conduct more, as in
:cite:t:`sebastian2017temporal`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from aimc.devices.pulsed import PulsedPCM
from aimc.validation import check_array, check_integer, check_number
from aimc_course.studies.temporal.weak_pulses import weak_current

__all__ = ["CorrelationRun", "correlated_events", "detect_correlation"]


def correlated_events(
    processes: int,
    correlated: int,
    steps: int,
    rng: np.random.Generator,
    *,
    rate: float = 0.05,
    coefficient: float = 0.5,
) -> np.ndarray:
    r"""Return binary processes of which the first ``correlated`` follow a common one.

    In each step a correlated process copies a hidden process with probability
    :math:`\sqrt{c}`, and is drawn on its own otherwise: two of them have the correlation
    :math:`c`, and all processes have the same rate.

    Parameters
    ----------
    processes, correlated, steps : int
        Number of processes, of those among them that are correlated, and of time steps.
    rng : numpy.random.Generator
        Source of the events.
    rate : float
        Probability of an event in a step, 0 to 1.
    coefficient : float
        Correlation c of two correlated processes, 0 to 1.

    Returns
    -------
    array of bool, shape (steps, processes)

    Raises
    ------
    ValueError
        If a number is out of range.
    """
    check_integer("processes", processes, low=1)
    check_integer("correlated", correlated, low=0, high=processes)
    check_integer("steps", steps, low=1)
    check_number("rate", rate, low=0.0, high=1.0)
    check_number("coefficient", coefficient, low=0.0, high=1.0)
    events = rng.random((steps, processes)) < rate
    hidden = rng.random((steps, 1)) < rate
    copies = rng.random((steps, correlated)) < coefficient**0.5
    events[:, :correlated] = np.where(copies, hidden, events[:, :correlated])
    return events


@dataclass(frozen=True, slots=True, eq=False)
class CorrelationRun:
    """What a run left behind.

    Attributes
    ----------
    conductance : array of shape (processes,)
        True conductances at the end, S.
    read : array of shape (processes,)
        What one noisy read of the array shows, S.
    pulses : array of int, shape (processes,)
        Pulses of each device, the RESET included.
    energy : float
        Energy of all pulses and of the read, J.
    """

    conductance: np.ndarray = field(repr=False)
    read: np.ndarray = field(repr=False)
    pulses: np.ndarray = field(repr=False)
    energy: float

    def chosen(self, count: int) -> np.ndarray:
        """Return the ``count`` processes of the largest conductance read, most conductive first."""
        check_integer("count", count, low=1, high=len(self.read))
        return np.argsort(self.read)[::-1][:count]


def detect_correlation(
    events: np.ndarray,
    model: PulsedPCM,
    rng: np.random.Generator,
    *,
    serial: int = 0,
    gain: float = 1.0,
) -> CorrelationRun:
    """Drive one device per process with the collective activity.

    Parameters
    ----------
    events : array of bool, shape (steps, processes)
        Activity.
    model : PulsedPCM
        Devices and pulses.
    rng : numpy.random.Generator
        Source of the scatter of pulses and of the read noise.
    serial : int
        Serial number of the devices.
    gain : float
        Drive per share of active processes above its running mean; see `weak_current`.

    Raises
    ------
    TypeError
        If ``events`` is not an array of bool.
    ValueError
        If it has not two axes, or the gain is not positive.
    """
    check_array("events", events, ndim=2)
    if events.dtype != np.bool_:
        raise TypeError(f"events must be an array of bool, got dtype {events.dtype}")
    check_number("gain", gain, low=0.0, open_low=True)
    array = model.fabricate(events.shape[1], serial)
    array.reset(rng)
    total = 0.0
    for step, active in enumerate(events):
        share = float(active.mean())
        total += share
        excess = share - total / (step + 1)
        if excess > 0:
            array.pulse(weak_current(model, min(gain * excess, 1.0)), rng, where=active)
    read = array.read(rng)
    return CorrelationRun(array.g.copy(), read, array.pulses.copy(), float(array.energy.sum()))
