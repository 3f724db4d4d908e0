r"""Cores of four-device unit cells, programmed pulse by pulse, ready to multiply, drift and age.

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

`program_cells` is the loop, and `CellProgramming` makes it a `Device`, so that a `Core` takes it in
place of a statistical model.

The published fits for one and two devices per polarity coincide at zero weight (0.158 and 0.166
uS), where either way of programming leaves all four devices of a cell in RESET. So the fits
describe *cells*: were they per device, four of them would scatter by twice as much. A device in
RESET then has half that spread. `devices_in_cells` makes such devices of those that were calibrated
one by one; that they stay where the RESET pulse has left them until the first read is assumed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from aimc import presets
from aimc.backend import Array, RandomSource, as_array, as_generator, like, stop_gradient, to_numpy
from aimc.circuits.cell_yield import break_devices
from aimc.circuits.two_device_cell import (
    FILLINGS,
    PROGRAMMED,
    RESET,
    SET,
    Filling,
    TwoDeviceCell,
    fill_in_order,
    fill_one_device,
    fill_state_dependent,
    net,
)
from aimc.cores import Core
from aimc.devices import ConductanceState, StatisticalPCM, pcm_hermes
from aimc.devices.base import check_targets
from aimc.devices.faults import Stuck, faulty_hermes
from aimc.devices.pulsed import PulsedArray, PulsedPCM, pulsed_hermes
from aimc.recovery.programming.loop import (
    ProgrammedByLoop,
    Settings,
    as_found,
    check_same_range,
    core_programming_time,
    correct,
)
from aimc.validation import check_array, check_choice, check_integer, check_number, check_serial

__all__ = [
    "CellProgramming",
    "CoreRun",
    "devices_in_cells",
    "program_cells",
    "programmed_hermes_core",
    "set_relaxation",
]


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
            Rows and columns of the core; lines and cells without a weight need no pulse.
        cycles : int
            Programming cycles per pulse of a line.

        Raises
        ------
        ValueError
            If the weights do not fit the core.
        """
        model, held = self.array.model, np.ones(self.iterations.shape, dtype=bool)
        lines = _diagonals(self.iterations, size)[_diagonals(held, size).any(axis=-1)]
        seconds = core_programming_time(lines, model, line=size, cycles=cycles)
        if self.filling == "state_dependent":
            # one read of the SET states, and another RESET pulse for the devices not chosen
            once = model.reads * model.t_verify + cycles * model.reset_pulse[1]
            seconds += once * len(lines)
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
        As in `aimc.recovery.programming.program_and_verify`; ``reads`` is per device and verify.
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
    settings = Settings.of(model, margin, max_iterations, reads)
    check_number("gain", gain, low=0.0, open_low=True)
    for name, own in (
        ("set_relaxation", set_relaxation),
        ("reset_relaxation", reset_relaxation),
    ):
        if own is not None:
            check_number(name, own, low=0.0, unit="S")
    generator, spent = as_generator(rng), float(array.energy.sum())

    lines = np.stack([np.clip(goal, 0.0, None), np.clip(-goal, 0.0, None)])  # by polarity
    plan, first = _initialise(array, lines, filling, generator, settings.reads)
    programmed = plan.role == PROGRAMMED
    whole_cell = filling != "max_fill"

    def excess(seen: np.ndarray) -> np.ndarray:
        """Read minus target, for each device as its controller sees it."""
        if not whole_cell:
            return seen - plan.target
        cell = net(seen) - goal
        return np.broadcast_to(np.stack([cell, -cell]), array.shape)

    def watched(active: np.ndarray) -> np.ndarray:
        """Return the devices that are read, all of a cell if one of them was pulsed."""
        return np.broadcast_to(active.any(axis=(0, 1)), array.shape) if whole_cell else active

    run = correct(
        array, model.current_for(plan.target), first, programmed, excess, generator, settings,
        [gain], watched=watched,
    )  # fmt: skip
    wrong = np.abs(excess(run.seen))
    cell = np.abs(net(run.seen) - goal) <= settings.margin
    each = np.all(~programmed | (wrong <= settings.margin), axis=(0, 1))
    return CoreRun(
        array=array,
        filling=filling,
        target=goal,
        device_target=plan.target,
        role=plan.role,
        verified=net(run.seen),
        converged=cell if whole_cell else each,
        iterations=run.iterations,
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


def set_relaxation(one: StatisticalPCM, two: StatisticalPCM, model: PulsedPCM) -> float:
    r"""Return the spread (S) that published fits leave for a device in the SET state.

    At full scale of two-device programming the stronger device of a pair is SET and the other one
    holds the rest :math:`r`, beside two RESET devices. A cell of the one-device fit that holds the
    same rest has three of them, so with independent errors

    .. math::

       \sigma_\mathrm{SET}^2 = \sigma_2^2(2g_\max) - \sigma_1^2(r) + \tfrac14\sigma_1^2(0) .

    Parameters
    ----------
    one, two : StatisticalPCM
        Fits for one and for two devices per polarity, e.g. ``pcm_hermes(1)`` and ``pcm_hermes(2)``.
    model : PulsedPCM
        The devices, for their SET states.

    Raises
    ------
    ValueError
        If the full scale of the two-device fit is that of one device, or its spread is smaller.
    """
    # mean of the larger of two lognormal SET states
    spread = model.g_set_spread
    strong = model.g_set * math.exp(spread**2 / 2) * (1 + math.erf(spread / 2))
    if two.g_max <= strong:
        raise ValueError(
            f"two must have a full scale above one SET state of {strong:g} S, got {two.g_max:g} S"
        )
    pair = float(two.programming_std(np.array(two.g_max)))
    rest, reset = one.programming_std(np.array([two.g_max - strong, 0.0]))
    left = pair**2 - float(rest) ** 2 + 0.25 * float(reset) ** 2
    if left < 0:
        raise ValueError(
            f"two must have the larger spread at full scale: got {pair:g} S, one has {rest:g} S"
        )
    return float(np.sqrt(left))


def devices_in_cells(model: PulsedPCM, fit: StatisticalPCM) -> PulsedPCM:
    r"""Return devices of which *cells* of four, all in RESET, have the spread of a fit at zero.

    Each device has half of that spread. It is taken for what differs between devices: the
    lognormal spread :math:`s` of the RESET states :math:`G_\mathrm{reset}` solves

    .. math::

       e^{s^2}\left(e^{s^2} - 1\right) = \left(\frac{\sigma(0)}{2 G_\mathrm{reset}}\right)^2 .

    The loop of a cell with a weight makes up for it.

    Parameters
    ----------
    model : PulsedPCM
        Devices that were calibrated one by one, e.g. `aimc.devices.pulsed_hermes`.
    fit : StatisticalPCM
        One device per polarity, e.g. ``pcm_hermes(1)``.
    """
    half = 0.5 * float(fit.programming_std(np.array(0.0)))
    square = 0.5 * (1.0 + math.sqrt(1.0 + 4.0 * (half / model.g_reset) ** 2))
    return replace(model, g_reset_spread=math.sqrt(math.log(square)))


@dataclass(frozen=True, slots=True)
class CellProgramming(ProgrammedByLoop):
    """A `Device` for cores of four-device unit cells, programmed cell by cell.

    Use it with its own `cell`: ``Core(device, device.cell)``. Drift and read noise are those of
    single devices of the same generation.

    Parameters
    ----------
    model : PulsedPCM
        The devices and their pulses.
    statistics : StatisticalPCM
        Drift and read noise of single devices; its programming noise is not used.
    filling : {"one_device", "max_fill", "state_dependent"}
        Scheme.
    serial : int
        Serial number of the chip: programming again finds the same devices.
    index : int
        Number of the core on its chip.
    set_relaxation, reset_relaxation : float, optional
        Standard deviation (S) of what a device left in SET, or in RESET, does until the first
        read; None gives it the relaxation of all others.
    stuck_reset, stuck_set : float
        Share of the devices that are stuck, 0 to 1 together.
    margin, max_iterations
        As in `program_cells`.
    """

    model: PulsedPCM
    statistics: StatisticalPCM
    filling: str = "state_dependent"
    serial: int = 0
    index: int = 0
    set_relaxation: float | None = None
    reset_relaxation: float | None = None
    stuck_reset: float = 0.0
    stuck_set: float = 0.0
    margin: float | None = None
    max_iterations: int | None = None

    def __post_init__(self) -> None:
        check_choice("filling", self.filling, FILLINGS)
        check_serial("serial", self.serial)
        check_integer("index", self.index, low=0)
        check_number("stuck_reset", self.stuck_reset, low=0.0, high=1.0)
        check_number("stuck_set", self.stuck_set, low=0.0, high=1.0 - self.stuck_reset)
        check_same_range(self.model, self.statistics)
        Settings.of(self.model, self.margin, self.max_iterations, None)

    @property
    def name(self) -> str:
        """Name for tables and figures."""
        return f"{self.model.name}, {self.filling.replace('_', ' ')}"

    @property
    def cell(self) -> TwoDeviceCell:
        """The unit cell that belongs to the scheme."""
        return TwoDeviceCell(self.filling)

    @property
    def sources(self) -> tuple[str, ...]:
        """Bibliography keys of the papers behind the models and the scheme."""
        own = (
            ()
            if self.filling == "one_device"
            else (
                ("legallo2022bitslicing",)
                if self.filling == "max_fill"
                else ("vasilopoulos2023exploiting", "legallo2025patent")
            )
        )
        return tuple(dict.fromkeys(self.model.sources + self.statistics.sources + own))

    def fabricate(self, cells: tuple[int, int]) -> PulsedArray:
        """Make the devices of (out, in) cells, broken ones included; same serial, same devices."""
        serial = self.serial
        if self.index:  # core 0 has the devices that the serial number alone stands for
            seed = np.random.SeedSequence([self.serial, self.index])
            serial = int(seed.generate_state(1, np.uint32)[0])
        array = self.model.fabricate((2, 2, *cells), serial)
        if self.stuck_reset + self.stuck_set > 0:
            rng = np.random.default_rng([self.serial, self.index, 95])
            draw = rng.random(array.shape)
            low = draw < self.stuck_reset
            high = ~low & (draw < self.stuck_reset + self.stuck_set)
            break_devices(array, Stuck(low, high))
        return array

    def run(self, target: Array, rng: RandomSource) -> CoreRun:
        """Fabricate the devices and program the cells to signed targets (S), shape (out, in)."""
        goal = to_numpy(as_array("target", target))
        check_array("target", goal, ndim=2)
        return program_cells(
            self.fabricate((int(goal.shape[0]), int(goal.shape[1]))),
            goal,
            rng,
            filling=self.filling,
            margin=self.margin,
            max_iterations=self.max_iterations,
            set_relaxation=self.set_relaxation,
            reset_relaxation=self.reset_relaxation,
        )

    def program(self, g_target: Array, rng: RandomSource) -> ConductanceState:
        """Program cells and return their devices as the first user finds them.

        Parameters
        ----------
        g_target : array, shape (1, 2, 2, out, in)
            Targets (S) as `TwoDeviceCell.split` makes them. Only the sum of each line is used: how
            it is spread over the devices is decided by the scheme.
        rng : int or numpy.random.Generator
            Source of all chance that is not fabrication.
        """
        asked = check_targets(g_target, self.g_max)
        if tuple(asked.shape[:3]) != (1, 2, 2) or len(asked.shape) != 5:
            raise ValueError(
                "g_target must have shape (1, 2, 2, out, in), as TwoDeviceCell splits weights, "
                f"got {tuple(asked.shape)}"
            )
        generator = as_generator(rng)
        run = self.run(net(to_numpy(stop_gradient(asked))[0]), generator)
        return self.state(run, generator, asked)

    def state(
        self, run: CoreRun, rng: RandomSource, g_target: Array | None = None
    ) -> ConductanceState:
        """Return the devices of a run as the first user of the core finds them.

        Parameters
        ----------
        run : CoreRun
            From `run`.
        rng : int or numpy.random.Generator
            Source of the relaxation and of the drift exponents.
        g_target : array, shape (1, 2, 2, out, in), optional
            Targets (S) in the library of the caller, so that gradients flow back to them; those
            of the run by default.
        """
        generator = as_generator(rng)
        asked = run.device_target[None, ...] if g_target is None else as_array("g_target", g_target)
        reached = run.first_read(generator)
        drawn = replace(self.statistics, programming_noise=False).program(
            np.clip(run.device_target, 0.0, self.g_max), generator
        )
        exponents = like(to_numpy(drawn.drift_exponent)[None, ...], asked)
        return as_found(self, asked, reached[None, ...], exponents)

    def read_noise_std(self, g_programmed: Array, g_now: Array, age: float) -> Array:
        """Return the standard deviation (S) of a read, as the statistical model has it.

        The fit ends at ``g_max``; stronger SET states get the factor of its end.
        """
        xp = as_array("g_programmed", g_programmed)
        capped = like(np.clip(to_numpy(stop_gradient(xp)), 0.0, self.g_max), xp)
        return self.statistics.read_noise_std(capped, g_now, age)


def programmed_hermes_core(
    filling: str = "state_dependent",
    serial: int = 0,
    *,
    index: int = 0,
    broken: bool = False,
    input_range: float | None = 1.0,
) -> Core:
    """Return a core of the 64-core chip whose cells are programmed pulse by pulse.

    Parameters
    ----------
    filling : {"one_device", "max_fill", "state_dependent"}
        Scheme; full scale is 80 counts with one device and 160 with two (A059, A060).
    serial, index : int
        Serial number of the chip and number of the core on it.
    broken : bool
        Whether a share of the devices is stuck, as the published yield allows (A064).
    input_range : float or None
        As in `aimc.presets.hermes`.
    """
    preset = presets.hermes(serial, index=index, input_range=input_range)
    faults = faulty_hermes(serial, index=index)
    model = devices_in_cells(pulsed_hermes(), pcm_hermes(1))
    device = CellProgramming(
        model,
        pcm_hermes(1),
        filling,
        serial=serial,
        index=index,
        set_relaxation=set_relaxation(pcm_hermes(1), pcm_hermes(2), model),
        reset_relaxation=0.0,
        stuck_reset=faults.stuck_reset if broken else 0.0,
        stuck_set=faults.stuck_set if broken else 0.0,
    )
    return Core(
        device,
        device.cell,
        preset.periphery,
        serial=serial,
        index=index,
        name=f"HERMES core, {filling.replace('_', ' ')}",
        sources=preset.sources,
    )
