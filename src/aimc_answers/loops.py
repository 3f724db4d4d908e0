"""How a programming loop that a student wrote is judged: by what it did to the devices.

The checker hands the loop devices that keep a record, and reads the record afterwards: pulses to
devices that were done, reads that were not needed, a controller that knew what it cannot know. So
every loop that works is accepted, however it is written, and every usual slip has its own message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from aimc_answers.checks.judges import Finding
from aimc_answers.checks.keys import hidden_seed, is_hidden
from aimc_course.checks.diagnosis import as_numbers
from aimc_course.labs.devices.own_devices import DEVICES, OwnDevices

__all__ = [
    "BOLD",
    "FEWER",
    "WIDER",
    "LoopOnDevices",
    "Record",
    "Scoreboard",
    "WatchedDevices",
    "told_apart",
    "watch",
]

MOST_CALLS = 200
INSIDE = 0.99  # share of devices that has to end inside the margin
NEARLY = 0.95  # share from which on an improved loop gets half of its points
BOLD, WIDER, FEWER = 1.0, 1.6, 6
"""Gain, margin in published ones and limit of the second try of a loop."""
HIGH = 0.85  # targets above this share of full scale lie where many curves are flat


def told_apart(value: float, bound: float, digits: int = 2) -> tuple[str, str]:
    """Return two different numbers as texts that differ: more digits where they need them."""
    for more in range(digits, 12):
        shown = f"{value:.{more}f}", f"{bound:.{more}f}"
        if shown[0] != shown[1]:
            return shown
    return repr(value), repr(bound)


class WatchedDevices(OwnDevices):
    """Devices that remember how a loop treated them.

    A serial number with a hidden seed gives other devices of the student's lot.

    Parameters
    ----------
    serial, run : int
        As in `OwnDevices`.
    targets : array
        Target conductances, S.
    margin : float
        Accepted difference, S.
    """

    def __init__(self, serial: int, run: int, targets: np.ndarray, margin: float) -> None:
        super().__init__(serial, run)
        if is_hidden(serial):
            # Other devices of the same lot: a copy that a student makes at home is not these.
            seed = hidden_seed(serial)
            self._array = self.model.fabricate(DEVICES, seed)
            self._rng = np.random.default_rng([seed, 4, run])
        self._targets, self._margin = targets, margin
        self.steps: list[str] = []
        """Names of the calls, in order."""
        self.looked = False
        """Whether the truth was asked for."""
        self.iterations = np.zeros(len(self), dtype=int)
        """Programming pulses of each device, without RESET and SET."""
        self.wasted = np.zeros(len(self), dtype=int)
        """Pulses to devices whose last read lay inside the margin."""
        self.last = np.full(len(self), np.nan)
        """Last read of each device, S."""
        self.current = np.full(len(self), np.nan)
        """Current of the last pulse to each device, A."""

    @property
    def inside(self) -> np.ndarray:
        """Whether the last read of each device lies inside the margin."""
        with np.errstate(invalid="ignore"):
            return np.abs(self.last - self._targets) <= self._margin * (1 + 1e-9)

    @property
    def truth(self) -> np.ndarray:
        """True conductances, S; asking is remembered."""
        self.looked = True
        return super().truth

    def first_read(self) -> np.ndarray:
        """Return what the first user finds; no step from there to the truth can be known."""
        if not is_hidden(self.serial):
            return super().first_read()
        return self._array.relaxed(
            np.random.default_rng([hidden_seed(self.serial), 4, self.run, 1])
        )

    @property
    def energy(self) -> np.ndarray:
        """Energy of pulses and reads, J, to two digits: that of one read tells the conductance."""
        exact = super().energy
        digit = 10.0 ** (np.floor(np.log10(np.maximum(exact, 1e-30))) - 1)
        return np.asarray(np.round(exact / digit) * digit)

    def reset(self) -> None:
        """Send RESET to all devices."""
        self._note("reset")
        super().reset()

    def set(self) -> None:
        """Send SET to all devices."""
        self._note("set")
        super().set()
        self.last[:] = np.nan  # a read from before says nothing any more

    def pulse(self, current: float | np.ndarray, where: np.ndarray | None = None) -> None:
        """Send one programming pulse."""
        self._note("pulse")
        super().pulse(current, where)
        chosen = np.ones(len(self), dtype=bool) if where is None else where
        # A read right after SET may lie inside the margin: that device is not programmed yet.
        self.wasted += chosen & self.inside & (self.iterations > 0)
        self.iterations += chosen
        self.current = np.where(chosen, current, self.current)

    def read(self, where: np.ndarray | None = None) -> np.ndarray:
        """Return noisy conductances (S)."""
        self._note("read")
        seen = super().read(where)
        self.last = np.where(np.isnan(seen), self.last, seen)
        return seen

    def _note(self, step: str) -> None:
        self.steps.append(step)
        if len(self.steps) > MOST_CALLS:
            raise RuntimeError(f"more than {MOST_CALLS} pulses and reads: does the loop ever stop?")


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """What a loop returned and what it did."""

    devices: WatchedDevices
    seen: np.ndarray
    """Conductances that it reported, S."""
    iterations: np.ndarray
    """Iterations that it reported."""


def watch(
    answer: Any,
    serial: int,
    run: int,
    targets: np.ndarray,
    margin: float,
    settings: Mapping[str, float] | None = None,
) -> Record | str:
    """Run a loop on watched devices; return what happened, or why it could not be run.

    The loop gets the devices, the targets, and then the ``settings`` if there are any, in their
    order: by its place an argument reaches a function that runs elsewhere, too.
    """
    if not callable(answer):
        kind = type(answer).__name__
        return f"expected a function, got {kind}: give its name without brackets"
    name = getattr(answer, "__name__", "the function")
    devices = WatchedDevices(serial, run, targets, margin)
    try:
        returned = answer(devices, targets.copy(), *(settings or {}).values())
    # Whatever the student's function raises is an answer to be explained.
    except Exception as error:
        named = "".join(f", {key}={value:.4g}" for key, value in (settings or {}).items())
        return (
            f"{name} raised {type(error).__name__} ({error}) when called with "
            f"(devices, targets{named})"
        )
    several = isinstance(returned, tuple | list) or (
        isinstance(returned, np.ndarray) and returned.ndim > 0
    )
    if not several or len(returned) != 2:
        return f"{name} should return two arrays: the last reads and the iterations"
    seen, iterations = (as_numbers(part) for part in returned)
    if seen is None or iterations is None:
        return f"{name} should return two arrays of numbers: the last reads and the iterations"
    if seen.shape != targets.shape or iterations.shape != targets.shape:
        return (
            f"{name} should return two arrays of shape {targets.shape}, one number per device, "
            f"got {seen.shape} and {iterations.shape}"
        )
    return Record(devices, seen, iterations)


def rule_breaks(record: Record, limit: int) -> str:
    """Say which rule of the game a loop broke; an empty string if none."""
    devices = record.devices
    if devices.looked:
        return (
            "it looked at devices.truth: no controller can. Decide by what devices.read() returns"
        )
    if not devices.iterations.any() or not devices.reads.any():
        return "it needs pulses and reads: devices.pulse(current), then devices.read()"
    most = int(devices.iterations.max())
    if most > limit:
        return f"some devices got {most} pulses, the limit is {limit}: is the count off by one?"
    if np.any(devices.reads - devices.iterations > 1):
        return (
            "some devices are read more often than they get pulses: one verify read per pulse, and "
            "give where=active to devices.read, so that what is done is left alone"
        )
    return ""


def false_report(record: Record) -> str:
    """Say what a loop returned that its devices did not see; an empty string if nothing."""
    devices, seen = record.devices, record.seen
    if np.isnan(seen).any():
        return (
            "the reads that it returns hold NaN: read(where=active) gives NaN for all others, "
            "so keep their last read with np.where"
        )
    if not np.allclose(seen, devices.last, rtol=1e-6):
        return "return the last read of each device, in S, as the loop compared it"
    gap = record.iterations - devices.iterations
    if np.all(gap == gap[0]) and gap[0] != 0:
        more = "more" if gap[0] > 0 else "fewer"
        return (
            f"it reports {abs(int(gap[0]))} iteration(s) {more} than the pulses that each "
            "device received: count a device when it gets its pulse; RESET and SET are none"
        )
    if np.any(gap != 0):
        return (
            "the iterations that it returns are not the pulses that each device received: "
            "add the active devices once per round"
        )
    return ""


@dataclass(frozen=True, slots=True)
class LoopOnDevices:
    """Judge of a whole program-and-verify loop with the proportional rule."""

    targets: Callable[[int], tuple[np.ndarray]]
    """Targets (S) that belong to a serial number."""
    expected: Callable[[int, int], float]
    """Mean iterations of the reference, as a function of serial number and run."""
    margin: float
    """Accepted difference, S."""
    limit: int
    """Most iterations of a device."""
    bolder: Callable[[int, int], float]
    """The same with the gain, the margin and the limit of the second try."""
    run: int = 40
    """Run of the devices that the loop is tried on; the next one is for the second try."""

    def __call__(self, answer: Any, serial: int) -> Finding:
        """Run the loop and say what it did wrong first."""
        (targets,) = self.targets(serial)
        record = watch(answer, serial, self.run, targets, self.margin)
        if isinstance(record, str):
            return Finding(0.0, record)
        complaint = self._complaint(record, serial) or self._ignored(answer, serial, targets)
        return Finding(0.0, complaint) if complaint else Finding(1.0, "right")

    def _ignored(self, answer: Any, serial: int, targets: np.ndarray) -> str:
        """Say which argument a loop does not use: with the defaults alone, none can be told."""
        margin, limit = WIDER * self.margin, FEWER
        settings = {"gain": BOLD, "margin": margin, "limit": limit}
        record = watch(answer, serial, self.run + 1, targets, margin, settings)
        if isinstance(record, str):
            return record
        devices, start = record.devices, "it works as it is called here, but the argument "
        if devices.iterations.max() > limit:
            return (
                f"{start}`limit` is not used: called with limit={limit}, some devices got "
                f"{int(devices.iterations.max())} pulses"
            )
        if devices.wasted.any() or np.any(~devices.inside & (devices.iterations < limit)):
            return (
                f"{start}`margin` is not used: called with another margin than MARGIN, it does not "
                "stop when reads lie within that one"
            )
        if np.mean(devices.iterations) > 1.08 * self.bolder(serial, self.run + 1):
            return (
                f"{start}`gain` is not used: called with gain={BOLD:g}, it takes as many "
                "iterations as with 0.4"
            )
        return ""

    def _complaint(self, record: Record, serial: int) -> str:
        devices, broken = record.devices, rule_breaks(record, self.limit)
        if broken:
            return broken
        if devices.steps[:2] != ["reset", "set"]:
            return "start with devices.reset() and then devices.set(): all begin in one known state"
        return self._treatment(devices) or false_report(record) or self._speed(devices, serial)

    def _treatment(self, devices: WatchedDevices) -> str:
        left = ~devices.inside
        if devices.wasted.any():
            return (
                f"{np.count_nonzero(devices.wasted)} devices got pulses after they were inside the "
                "margin: give where=active to devices.pulse"
            )
        if np.any(left & (devices.iterations < self.limit)):
            return (
                "some devices were given up outside the margin after "
                f"{int(devices.iterations[left].min())} pulses: go on until the limit of "
                f"{self.limit}, and compare the size of the error, not its sign"
            )
        if np.mean(left) > 0.2:
            low = devices.model.current_range[0]
            over = left & (devices.last > self.targets(devices.serial)[0])
            if over.any() and np.median(devices.current[over]) < 1.01 * low:
                return (
                    f"{np.mean(left):.0%} of the devices never arrive, and those that conduct too "
                    "much got less and less current. More current, less conductance"
                )
            return f"{np.mean(left):.0%} of the devices never arrive: is the gain used, and once?"
        return ""

    def _speed(self, devices: WatchedDevices, serial: int) -> str:
        mean, usual = float(np.mean(devices.iterations)), self.expected(serial, self.run)
        if np.mean(devices.inside) < INSIDE and mean <= 1.08 * usual:
            return (
                f"{_outside(devices)} after {self.limit} pulses: are the currents of all others "
                "corrected in every round?"
            )
        if mean > 1.08 * usual:
            return (
                f"it works, but takes {mean:.2f} iterations per device; with a gain of 0.4, the "
                "steepest slope and the first current of the median curve it takes fewer"
            )
        if mean < 0.92 * usual:
            return f"it works, and takes only {mean:.2f} iterations: is the gain still 0.4?"
        return ""


def _outside(devices: WatchedDevices) -> str:
    """Say how many devices are outside, in whole devices: a share could round to the bound."""
    allowed = int((1 - INSIDE) * len(devices) + 1e-9)
    count = np.count_nonzero(~devices.inside)
    return f"{count} of the {len(devices)} devices are outside the margin, and {allowed} may be,"


@dataclass(frozen=True, slots=True)
class Scoreboard:
    """Judge of a loop that may be written in any way: the fewer iterations, the more points.

    A loop that brings nearly enough devices inside the margin gets half of the points.
    """

    targets: Callable[[int], tuple[np.ndarray]]
    """Targets (S) that belong to a serial number."""
    goals: tuple[Callable[[int, int], float], ...]
    """Mean iterations to reach for each equal share of the points, falling; functions of serial
    number and run."""
    margin: float
    """Accepted difference, S."""
    limit: int
    """Most iterations of a device."""
    run: int = 41
    """Run of the devices that the loop is tried on."""

    def __call__(self, answer: Any, serial: int) -> Finding:
        """Run the loop and compare its mean iterations with the goals."""
        record = watch(answer, serial, self.run, *self.targets(serial), self.margin)
        if isinstance(record, str):
            return Finding(0.0, record)
        devices = record.devices
        if broken := rule_breaks(record, self.limit) or false_report(record):
            return Finding(0.0, broken)
        mean, share = float(np.mean(devices.iterations)), float(np.mean(devices.inside))
        missed = [goal(serial, self.run) for goal in self.goals]
        missed = [goal for goal in missed if mean > goal]
        earned = 1 - len(missed) / len(self.goals)
        if share < INSIDE:
            partly = share >= NEARLY
            return Finding(earned / 2 if partly else 0.0, self._left_over(devices, partly))
        count = np.count_nonzero(~devices.inside)
        if not missed:
            return Finding(1.0, f"{mean:.2f} iterations per device, {count} outside the margin")
        taken, wanted = told_apart(mean, missed[0])
        return Finding(
            earned,
            f"{taken} iterations per device, {count} outside the margin. The next goal is {wanted}",
        )

    def _left_over(self, devices: WatchedDevices, partly: bool) -> str:
        said = f"{_outside(devices)} however fast the loop is"
        said += ": it earns half of the points for its speed" if partly else ""
        targets = self.targets(devices.serial)[0][~devices.inside]
        if np.median(targets) > HIGH * devices.model.g_max:
            said += (
                f". Most of them have targets above {1e6 * HIGH * devices.model.g_max:.1f} µS, "
                "where curves are flat and a read says little about the current. How high the "
                "curve of each device begins you can read right after SET; with reads and targets "
                "scaled by that height, all curves begin alike"
            )
        return said
