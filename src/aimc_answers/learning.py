"""How functions are judged that let arrays of learning devices work: by what the devices did.

The checker hands out arrays of a lot that the student has never seen, and keeps what their devices
held. Numbers that were made up are none that these devices came to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from aimc_answers.checks.judges import Finding, FunctionScored, call
from aimc_answers.checks.keys import hidden_seed
from aimc_course.labs.devices.own_lot import DEVICES, LearningArray, devices_of

__all__ = ["FindsZero", "LearnsTargets", "WatchedArray", "lent"]

MOST = 8000
"""Most pulses and reads of one array: those of 2,000 alternations."""
LEAST = 0.15
"""Error, in units of that of plain descent, that no devices with twenty states come to."""
FEW = 300
"""Reads of W after which a wrong reference shows."""
APART = 0.08
"""How far apart, root mean square, a good and a wrong reference have led by then at least."""


class WatchedArray(LearningArray):
    """An array that keeps what its devices held whenever they were read.

    Parameters
    ----------
    serial : int
        Serial number of the lot.
    name : str
        ``"A"`` or ``"W"``.
    reads : int
        How often it can be read.
    """

    def __init__(self, serial: int, name: str, reads: int = MOST) -> None:
        moves = np.random.default_rng([serial, 11, 0x505, ord(name)])
        super().__init__(devices_of(serial, name), moves)
        self.zero = self._devices.symmetry_point()
        """True symmetry points, which are served to nobody."""
        self.seen: list[np.ndarray] = []
        """Weights at each read."""
        self._reads, self._uses = reads, 0.0

    def read(self, before: Sequence[tuple[str, Any]] = ()) -> np.ndarray:
        """Return the weights now, shape (128,).

        Parameters
        ----------
        before : sequence of tuple
            What happens first, in order: ``("pulse", counts)`` or ``("send", change)``. A stand-in
            that is far away saves half of its messages so.
        """
        for name, value in before:
            {"pulse": self.pulse, "send": self.send}[name](value)
        self._count(1.0)
        if len(self.seen) >= self._reads:
            raise RuntimeError(f"more than {self._reads} reads")
        self.seen.append(super().read())
        return self.seen[-1].copy()

    def pulse(self, counts: float | np.ndarray) -> None:
        """Give pulses: whole numbers, positive up and negative down."""
        self._count(float(np.max(np.abs(np.asarray(counts, dtype=np.float64)), initial=1.0)))
        super().pulse(counts)

    def held(self, reads: int | None = None) -> np.ndarray:
        """Return what the devices held in the last quarter of some reads, on average."""
        seen = self.seen[:reads]
        return np.asarray(np.mean(seen[-max(len(seen) // 4, 1) :], axis=0))

    def _count(self, most: float) -> None:
        self._uses += most
        if self._uses > MOST:
            raise RuntimeError(f"more than {MOST} pulses and reads: does the loop ever stop?")


def lent(seed: int, reads: int = MOST) -> tuple[WatchedArray, WatchedArray]:
    """Return the arrays A and W of a lot that nobody knows."""
    lot = int(np.random.default_rng([seed, 0x504]).integers(2**31))
    return WatchedArray(lot, "A"), WatchedArray(lot, "W", reads)


def _off(one: np.ndarray, other: np.ndarray) -> float:
    """Return the root mean square of a difference."""
    return float(np.sqrt(np.mean((one - other) ** 2)))


def _misfit(got: np.ndarray, *arrays: WatchedArray) -> str:
    """Say why these cannot be weights of arrays that a function was lent; empty if they can."""
    if got.shape != (DEVICES,) or not np.all(np.isfinite(got)):
        return f"expected one weight per device, shape ({DEVICES},), all of them finite"
    if not all(array.pulses.any() for array in arrays):
        return "it sent no pulses to what it was lent: use the arrays among its arguments"
    return ""


@dataclass(frozen=True, slots=True)
class FindsZero:
    """Judge of ``measure_zero(array)``."""

    near: float
    """Error, root mean square, that earns half of the points."""
    right: float
    """Error that earns all of them."""

    def __call__(self, answer: Any, serial: int) -> Finding:
        """Let the function measure an array."""
        return FunctionScored(lambda seed: [lent(seed)[:1]], self._score)(answer, serial)

    def _score(self, got: np.ndarray, array: WatchedArray) -> Finding:
        if told := _misfit(got, array):
            return Finding(0.0, told)
        off = _off(got, array.zero)
        if off > self.near:
            told = (
                "these are not the symmetry points of the array: did every device get as many "
                "pulses up as down, one after the other, and enough of them to arrive?"
            )
            return Finding(0.0, told)
        if off > self.right:
            told = (
                "close, but one read is noisy, and after a pulse down it lies about half a step "
                "too low. Average over reads after both pulses of many pairs, once the devices "
                "have arrived"
            )
            return Finding(0.5, told)
        return Finding(1.0, "right")


@dataclass(frozen=True, slots=True)
class LearnsTargets:
    """Judge of ``tiki_taka(fast, slow, reference)``, by the error in units of plain descent's.

    A wrong reference, which looks like the right one, has to lead the slow array astray, or what
    that one learned does not come from what the fast array holds.
    """

    targets: Callable[[int], tuple[np.ndarray]]
    """Targets that belong to a serial number."""
    plain: Callable[[LearningArray, int], np.ndarray]
    """What an array learns by plain descent with the targets of a serial number."""
    goals: Mapping[float, str]
    """Errors to reach for each equal share of the points, falling, and what is said of more."""

    def __call__(self, answer: Any, serial: int) -> Finding:
        """Let the function learn, first with a good reference."""
        seed = hidden_seed(serial)
        (targets,), (fast, slow) = self.targets(serial), lent(seed)
        usual = _off(self.plain(lent(seed)[1], serial), targets)

        def score(got: np.ndarray, fast: WatchedArray, slow: WatchedArray, _: Any) -> Finding:
            if fast.pulses.any() and not slow.pulses.any():
                told = "no pulse reached W: one read alone never makes a whole step. Are the sums "
                return Finding(0.0, f"{told}kept from one update to the next?")
            if told := _misfit(got, fast, slow) or self._made_up(got, slow):
                return Finding(0.0, told)
            return self._reached(_off(got, targets) / usual)

        zero = fast.zero
        found = FunctionScored(lambda _: [(fast, slow, zero)], score)(answer, serial)
        if found.share == 0:
            return found
        # the zeros of other devices of the same lot
        wrong = np.roll(zero, np.random.default_rng([seed, 0x506]).integers(20, DEVICES - 20))
        fast_again, again = lent(seed, FEW)
        call(answer, (fast_again, again, wrong))  # ends when it has been read that often
        if not again.seen or _off(again.held(FEW), slow.held(FEW)) < APART:
            told = "a wrong reference makes no difference to it: the pulses of W have to come from "
            return Finding(0.0, f"{told}what A holds, counted from `reference`")
        return found

    def _made_up(self, got: np.ndarray, slow: WatchedArray) -> str:
        if not slow.seen or _off(got, slow.held()) > 0.05:
            return "these are not the weights that the slow array held over the last updates"
        return ""

    def _reached(self, error: float) -> Finding:
        if error < LEAST:
            told = "that is too good to have been learned by devices with twenty states"
            return Finding(0.0, told)
        missed = [hint for goal, hint in self.goals.items() if error > goal]
        if missed:
            return Finding(1.0 - len(missed) / len(self.goals), missed[0])
        return Finding(1.0, "right")
