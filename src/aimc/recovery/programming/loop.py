r"""Program-and-verify: pulse, read, correct the current in proportion to the error, repeat.

A controller that sees only noisy reads drives each device to its target conductance
:math:`G_T`. After each pulse it reads :math:`\tilde G` and, unless
:math:`|\tilde G - G_T|` is within the margin, chooses the next current

.. math:: I_{k+1} = I_k + \beta\,\frac{\tilde G_k - G_T}{|G'|_\max},

larger if the device still conducts too much, with :math:`|G'|_\max` the steepest slope of the
median programming curve and :math:`\beta` the gain :cite:p:`legallo2023hermes`. A target of zero
takes the RESET pulse only.

The error that a user of the array meets has two parts: what the loop accepted, and what the device
did between its last verify and the first read of the array. The loop of this module produces the
first; `PulseParameters.relaxation` stands for the second.

How widely do the reads scatter near the target? One device scatters from pulse to pulse, by
:math:`\sigma_c`, even when the current stays the same. A loop that goes on correcting answers each
of these accidents with a change of current, so that the next read holds two accidents, its own and
the one that was chased. With the slope :math:`s` of the device in units of the steepest one, the
mean error obeys :math:`\mu_{k+1} = \mu_k - \beta s(\mu_k + \xi_k)`, and once this has settled the
reads scatter by

.. math:: \sigma_e = \sigma_c\sqrt{\frac{2}{2 - \beta s}} .

A read is accepted when it lies within the margin :math:`m`, which for a normal distribution about
the target happens with the probability :math:`p = \operatorname{erf}(m/\sqrt2\sigma)`; the mean
number of pulses is :math:`1/p`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from aimc.backend import Array, RandomSource, as_array, as_generator, like, stop_gradient, to_numpy
from aimc.devices import ConductanceState, Device, NoiseInTime, StatisticalPCM, noise_in_time
from aimc.devices.base import check_targets
from aimc.devices.pulsed import PulsedArray, PulsedPCM, PulseParameters
from aimc.validation import check_array, check_integer, check_kind, check_number, check_serial

__all__ = [
    "ProgramAndVerify",
    "ProgrammedByLoop",
    "ProgrammingRun",
    "acceptance",
    "calibrate_relaxation",
    "core_programming_time",
    "corrected_scatter",
    "next_current",
    "program_and_verify",
]


@dataclass(frozen=True, slots=True, eq=False)
class ProgrammingRun:
    """What one run of program-and-verify did. Arrays have the shape of the targets."""

    array: PulsedArray
    """The devices, with their counters."""
    target: np.ndarray
    """Target conductances, S."""
    g: np.ndarray
    """True conductances when the loop left the devices, S."""
    verified: np.ndarray
    """Last verify read of each device, S."""
    converged: np.ndarray
    """Whether the last read lay within the margin."""
    iterations: np.ndarray
    """Iterative pulses of each device."""
    pulses: np.ndarray
    """All pulses of each device, initialisation included."""
    time: np.ndarray
    """Time of each device in pulses and reads, s, as if it were programmed alone."""
    energy: np.ndarray
    """Energy of each device, J."""
    conductances: np.ndarray
    """Verify reads after each iteration, S, shape (n, ...), NaN once a device is done; n = 0 if no
    history was kept."""
    currents: np.ndarray
    """Current of each iteration, A, same shape."""

    @property
    def convergence(self) -> float:
        """Share of the devices with a target above zero that converged, 0 to 1."""
        wanted = self.target > 0
        return float(np.mean(self.converged[wanted])) if wanted.any() else 1.0

    @property
    def error(self) -> np.ndarray:
        """True conductance minus target when the loop left the devices, S."""
        return self.g - self.target

    def state(
        self, statistics: StatisticalPCM, rng: RandomSource, targets: Array | None = None
    ) -> ConductanceState:
        """Return the array as its first user finds it, ready for drift and read noise.

        Parameters
        ----------
        statistics : StatisticalPCM
            Statistical model of the same generation, for drift and read noise.
        rng : int or numpy.random.Generator
            Source of the relaxation and of the drift exponents.
        targets : array, optional
            The targets in the library of the caller, so that gradients flow back to them.

        Raises
        ------
        ValueError
            If ``statistics`` stands for another conductance range.
        """
        check_same_range(self.array.model, statistics)
        generator = as_generator(rng)
        reached = self.first_read(generator)
        wanted = self.target if targets is None else as_array("targets", targets)
        drawn = statistics.without("programming_noise").program(wanted, generator)
        return as_found(statistics, wanted, reached, drawn.drift_exponent)

    def first_read(self, rng: RandomSource) -> np.ndarray:
        """Return the conductances (S) at the first read of the array, relaxation included."""
        return self.array.relaxed(rng)


def next_current(
    model: PulseParameters, current: np.ndarray, excess: np.ndarray, gain: float
) -> np.ndarray:
    """Return the next current (A): larger, by a share of the error, if too much is conducted.

    Parameters
    ----------
    model : PulseParameters
        Its median curve says how much current a microsiemens is worth.
    current : array
        Current of the last pulse, A.
    excess : array
        Read conductance minus target, S.
    gain : float
        One undoes the whole error at the steepest point of the median curve.
    """
    return np.clip(current + gain * excess / model.steepest, *model.current_range)


@dataclass(frozen=True, slots=True)
class Settings:
    """When the loop accepts a device, when it gives one up, and how often it reads."""

    margin: float
    limit: int
    reads: int

    @classmethod
    def of(
        cls,
        model: PulseParameters,
        margin: float | None,
        max_iterations: int | None,
        reads: int | None,
    ) -> Settings:
        """Return the settings that were asked for, and the published ones for the rest."""
        asked = model.margin if margin is None else margin
        limit = model.max_iterations if max_iterations is None else max_iterations
        return cls(
            # "within 5 counts" includes 5, whatever the rounding
            check_number("margin", asked, low=0.0, open_low=True, unit="S") * (1 + 1e-9),
            check_integer("max_iterations", limit, low=1),
            check_integer("reads", model.reads if reads is None else reads, low=1),
        )


@dataclass(slots=True)
class Corrected:
    """What `correct` leaves: last reads, pulses, and the course of both where it was asked for."""

    seen: np.ndarray
    iterations: np.ndarray
    conductances: list[np.ndarray] = field(default_factory=list)
    currents: list[np.ndarray] = field(default_factory=list)


def correct(
    array: PulsedArray,
    current: np.ndarray,
    seen: np.ndarray,
    active: np.ndarray,
    excess: Callable[[np.ndarray], np.ndarray],
    rng: RandomSource,
    settings: Settings,
    gains: Sequence[float] | np.ndarray,
    *,
    watched: Callable[[np.ndarray], np.ndarray] = lambda active: active,
    history: bool = False,
) -> Corrected:
    """Pulse, read and correct the current until all devices are accepted or given up.

    Parameters
    ----------
    array : PulsedArray
        The devices. They are changed.
    current : array
        First current of each device, A.
    seen : array
        Reads before the first pulse, S.
    active : array of bool
        Devices that are pulsed.
    excess : callable
        From reads (S) to what each device conducts too much (S), as its controller sees it.
    rng : numpy.random.Generator
        Source of the scatter of pulses and reads.
    settings : Settings
        Margin, limit and reads.
    gains : sequence of float
        Gain of each correction; the last one for all that follow.
    watched : callable
        From the devices that were pulsed to those that are read; the same by default.
    history : bool
        Whether the course is kept, NaN once a device is done.
    """
    done = Corrected(seen, np.zeros(array.shape, dtype=int))
    for k in range(settings.limit):
        if not active.any():
            break
        array.pulse(current, rng, where=active)
        where = watched(active)
        done.seen = np.where(where, array.read(rng, settings.reads, where=where), done.seen)
        done.iterations += active
        if history:
            done.conductances.append(np.where(active, done.seen, np.nan))
            done.currents.append(np.where(active, current, np.nan))
        wrong = excess(done.seen)
        active = active & (np.abs(wrong) > settings.margin)
        current = next_current(array.model, current, wrong, float(gains[min(k, len(gains) - 1)]))
    return done


def program_and_verify(
    array: PulsedArray,
    target: np.ndarray,
    rng: RandomSource,
    *,
    margin: float | None = None,
    max_iterations: int | None = None,
    gain: float | Sequence[float] = 0.8,
    reads: int | None = None,
    first_current: float | np.ndarray | None = None,
    history: bool = False,
) -> ProgrammingRun:
    """Program devices to target conductances by pulses and reads.

    Parameters
    ----------
    array : PulsedArray
        The devices. They are changed.
    target : array
        Target conductances, S, of the shape of the array.
    rng : int or numpy.random.Generator
        Source of the scatter of pulses and reads.
    margin : float, optional
        Accepted difference between read and target, S; the published one by default.
    max_iterations : int, optional
        After so many iterative pulses a device is given up; the published limit by default.
    gain : float or sequence of float
        As in `next_current`; zero sends the same current again. A sequence gives one gain for each
        correction, and its last one for all that follow.
    reads : int, optional
        Reads averaged by each verify; the published number by default.
    first_current : float or array, optional
        Current of the first iterative pulse, A. By default the one that would suit the median
        device.
    history : bool
        Whether to keep reads and currents of every iteration.

    Raises
    ------
    ValueError
        If a target is negative or above ``g_max``, or another argument is out of range.
    """
    model = array.model
    goal = to_numpy(check_targets(_each("target", target, array), model.g_max, "target"))
    settings = Settings.of(model, margin, max_iterations, reads)
    gains = _gains(gain)
    generator, before = as_generator(rng), array.copy()

    array.reset(generator)
    wanted = goal > 0
    array.set(generator, where=wanted)
    current = model.current_for(goal)
    if first_current is not None:
        amperes = np.asarray(first_current, dtype=np.float64)
        low, high = model.current_range
        check_array("first_current", amperes, low=low, high=high, unit="A")
        current = _each("first_current", amperes, array)
    left = array.read(generator, settings.reads, where=~wanted)
    run = correct(
        array, current, left, wanted, lambda seen: seen - goal, generator, settings, gains,
        history=history,
    )  # fmt: skip
    empty = np.zeros((0, *array.shape))
    return ProgrammingRun(
        array=array,
        target=goal,
        g=array.g.copy(),
        verified=run.seen,
        converged=np.abs(run.seen - goal) <= settings.margin,
        iterations=run.iterations,
        pulses=array.pulses - before.pulses,
        time=array.time - before.time,
        energy=array.energy - before.energy,
        conductances=np.stack(run.conductances) if run.conductances else empty,
        currents=np.stack(run.currents) if run.currents else empty,
    )


def _each(name: str, values: Array, array: PulsedArray) -> Array:
    """Return one value for each device."""
    try:
        return np.broadcast_to(values, array.shape)
    except ValueError:
        raise ValueError(
            f"{name} must have the shape of the array, {array.shape}, got shape {np.shape(values)}"
        ) from None


def _gains(gain: float | Sequence[float]) -> np.ndarray:
    gains = np.atleast_1d(np.asarray(gain, dtype=np.float64))
    check_array("gain", gains, low=0.0, ndim=1)
    return gains


def corrected_scatter(scatter: float, gain: float, slope: float = 1.0) -> float:
    """Return how widely reads scatter about the target while a loop keeps correcting.

    Parameters
    ----------
    scatter : float
        Standard deviation of a device from pulse to pulse at a constant current, S.
    gain : float
        Gain of the correction; zero corrects nothing.
    slope : float
        Slope of the device's curve at the target, relative to the steepest one of the median.

    Returns
    -------
    float
        Standard deviation, S.

    Raises
    ------
    ValueError
        If gain times slope is two or more: such a loop does not settle.
    """
    check_number("scatter", scatter, low=0.0, unit="S")
    check_number("slope", slope, low=0.0, open_low=True)
    check_number("gain", gain, low=0.0)
    if gain * slope >= 2.0:
        raise ValueError(f"gain={gain:g} times slope={slope:g} must be below 2, or nothing settles")
    return scatter * math.sqrt(2.0 / (2.0 - gain * slope))


def acceptance(margin: float, scatter: float) -> float:
    """Return the probability that a read lies within the margin of the target.

    Parameters
    ----------
    margin : float
        Accepted difference between read and target, S.
    scatter : float
        Standard deviation of the reads about the target, S.
    """
    check_number("margin", margin, low=0.0, open_low=True, unit="S")
    check_number("scatter", scatter, low=0.0, open_low=True, unit="S")
    return math.erf(margin / (math.sqrt(2.0) * scatter))


def core_programming_time(
    iterations: np.ndarray, model: PulseParameters, *, line: int = 256, cycles: int = 8
) -> float:
    """Return the time (s) to program a core whose devices are programmed line by line.

    The write heads are fewer than the devices of a line, so each pulse of a line takes several
    cycles; one read verifies the whole line; and a line is done when its slowest device is.

    Parameters
    ----------
    iterations : array of int
        Iterations of each device, any shape; consecutive devices share a line.
    model : PulseParameters
        Durations of pulses and reads.
    line : int
        Devices that are verified together (256 on a diagonal of the 64-core chip).
    cycles : int
        Programming cycles per pulse of a line (fact A025).

    Raises
    ------
    ValueError
        If the devices do not fill whole lines.
    """
    check_integer("line", line, low=1)
    check_integer("cycles", cycles, low=1)
    counts = np.asarray(iterations)
    check_array("iterations", counts, low=0)
    if counts.size % line:
        raise ValueError(f"iterations has {counts.size} devices, which is no multiple of {line}")
    slowest = counts.reshape(-1, line).max(axis=1)
    once = cycles * (model.reset_pulse[1] + model.set_pulse[1])
    each = cycles * model.t_pulse + model.reads * model.t_verify
    return float(np.sum(once + each * slowest))


class ProgrammedByLoop:
    """Devices that a loop programs, and that drift and fluctuate as their generation does."""

    __slots__ = ()

    model: PulsedPCM
    statistics: StatisticalPCM

    @property
    def g_max(self) -> float:
        """Largest target conductance of a device, S."""
        return self.model.g_max

    @property
    def sources(self) -> tuple[str, ...]:
        """Bibliography keys of the papers behind the models."""
        return tuple(dict.fromkeys(self.model.sources + self.statistics.sources))

    @property
    def noise_in_time(self) -> NoiseInTime | None:
        """How the read noise of the wrapped model divides over time."""
        return noise_in_time(self.statistics)

    def drift_factor(self, drift_exponent: Array, age: float) -> Array:
        """Return G(age) / G(programmed), as the statistical model has it."""
        return self.statistics.drift_factor(drift_exponent, age)

    def read_noise_std(self, g_programmed: Array, g_now: Array, age: float) -> Array:
        """Return the standard deviation (S) of a read, as the statistical model has it."""
        return self.statistics.read_noise_std(g_programmed, g_now, age)


@dataclass(frozen=True, slots=True)
class ProgramAndVerify(ProgrammedByLoop):
    """A `Device` that is programmed by the loop, then drifts and fluctuates as its generation does.

    Give it to a `Core` in place of a statistical model.

    Parameters
    ----------
    model : PulsedPCM
        The devices and their pulses.
    statistics : StatisticalPCM
        Drift and read noise of the same generation; its programming noise is not used.
    serial : int
        Serial number of the devices: programming again finds the same ones. Cores that shall differ
        need different serial numbers.
    margin, max_iterations, gain, reads
        As in `program_and_verify`.

    Examples
    --------
    >>> import numpy as np
    >>> from aimc.cores import Core
    >>> from aimc.devices import pcm_hermes
    >>> from aimc.devices.pulsed import pulsed_hermes
    >>> device = ProgramAndVerify(pulsed_hermes(), pcm_hermes(devices=1), serial=7)
    >>> core = Core(device, rows=8, columns=8).program(np.eye(8))
    >>> core.at(3600.0).weights().shape
    (8, 8)
    """

    model: PulsedPCM
    statistics: StatisticalPCM
    serial: int = 0
    margin: float | None = None
    max_iterations: int | None = None
    gain: float = 0.8
    reads: int | None = None

    def __post_init__(self) -> None:
        check_serial("serial", self.serial)
        check_kind("model", self.model, PulsedPCM)
        check_kind("statistics", self.statistics, StatisticalPCM)
        check_same_range(self.model, self.statistics)
        Settings.of(self.model, self.margin, self.max_iterations, self.reads)
        _gains(self.gain)

    @property
    def name(self) -> str:
        """Name for tables and figures."""
        return f"{self.model.name}, program-and-verify"

    def run(self, g_target: Array, rng: RandomSource) -> ProgrammingRun:
        """Fabricate the devices of this serial number and program them (S, any shape)."""
        targets = to_numpy(check_targets(g_target, self.g_max))
        array = self.model.fabricate(targets.shape, self.serial)
        return program_and_verify(
            array,
            targets,
            rng,
            margin=self.margin,
            max_iterations=self.max_iterations,
            gain=self.gain,
            reads=self.reads,
        )

    def program(self, g_target: Array, rng: RandomSource) -> ConductanceState:
        """Program devices to targets (S) and return them as the first user finds them."""
        generator = as_generator(rng)
        targets = check_targets(g_target, self.g_max)
        return self.run(stop_gradient(targets), generator).state(
            self.statistics, generator, targets
        )


def calibrate_relaxation(
    model: PulsedPCM,
    statistics: StatisticalPCM,
    *,
    levels: int = 11,
    devices: int = 10_000,
    serial: int = 0,
) -> tuple[float, ...]:
    r"""Return the relaxation (S) that makes the whole programming error as large as published.

    Devices are programmed by the loop to evenly spaced levels. At each level the relaxation is
    chosen such that conductances after it have the published standard deviation: roughly
    :math:`(\sigma_\mathrm{published}^2 - \sigma_\mathrm{loop}^2)^{1/2}`, found by repeated
    correction, since conductances cannot become negative. Zero where the loop alone suffices.

    Parameters
    ----------
    model : PulsedPCM
        The devices.
    statistics : StatisticalPCM
        The published standard deviation.
    levels, devices : int
        Number of levels from 0 to ``g_max`` and of devices per level.
    serial : int
        Serial number of the devices used.
    """
    check_same_range(model, statistics)
    goals = np.linspace(0.0, model.g_max, check_integer("levels", levels, low=2))
    check_integer("devices", devices, low=100)
    array = model.fabricate((levels, devices), serial)
    run = program_and_verify(array, np.broadcast_to(goals[:, None], array.shape), serial)
    draws = np.random.default_rng([serial, 91]).standard_normal(array.shape)
    wanted = to_numpy(statistics.programming_std(goals))
    table = wanted
    for _ in range(30):  # the clip at zero and the slope between levels call for repetition
        step = replace(model, relaxation=tuple(table)).relaxation_std(run.g) * draws
        reached = np.clip(run.g + step, 0.0, None).std(axis=1)
        table = np.sqrt(np.clip(table**2 + wanted**2 - reached**2, 0.0, None))
    return tuple(float(value) for value in table)


def as_found(
    model: Device, wanted: Array, reached: np.ndarray, drift_exponent: Array
) -> ConductanceState:
    """Return devices with conductances (S) that a loop reached, as their first user finds them."""
    # the error is a constant for automatic differentiation: d g / d target = 1
    error = like(reached - to_numpy(stop_gradient(wanted)), wanted)
    return ConductanceState(model, wanted, wanted + stop_gradient(error), drift_exponent)


def check_same_range(model: PulseParameters, statistics: StatisticalPCM) -> None:
    """Raise an error where the two do not stand for the same devices."""
    if abs(model.g_max - statistics.g_max) > 1e-9 * model.g_max:
        raise ValueError(
            f"statistics must stand for g_max={model.g_max:g} S like {model.name!r}, "
            f"got {statistics.g_max:g} S of {statistics.name!r}"
        )
