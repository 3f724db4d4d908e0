"""What every device model offers, and the state that programming leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeGuard, runtime_checkable

from aimc.backend import Array, RandomSource, as_array, namespace, normal, scaled, tracks_gradient
from aimc.backend.blockwise import by_blocks
from aimc.validation import RangeWarning, check_array, check_time, noted, tell_first

__all__ = ["ConductanceState", "Device", "ReadsInOnePass", "check_targets", "reads_in_one_pass"]

# Every read of every core asks; Python takes long to find a protocol's names.
_ONE_PASS: dict[type, bool] = {}


@runtime_checkable
class Device(Protocol):
    """A model of one memory device; all conductances in siemens, all times in seconds."""

    @property
    def name(self) -> str:
        """Name for tables and figures."""
        ...

    @property
    def g_max(self) -> float:
        """Conductance of the fully SET state, S."""
        ...

    @property
    def sources(self) -> tuple[str, ...]:
        """Bibliography keys of the papers behind the model."""
        ...

    def program(self, g_target: Array, rng: RandomSource) -> ConductanceState:
        """Program devices to target conductances and return what they became."""
        ...

    def drift_factor(self, drift_exponent: Array, age: float) -> Array:
        """Return G(age) / G(programmed)."""
        ...

    def read_noise_std(self, g_programmed: Array, g_now: Array, age: float) -> Array:
        """Return the standard deviation of one read, S."""
        ...


@runtime_checkable
class ReadsInOnePass(Protocol):
    """What a device may offer beyond `Device`: a read that passes once over all its devices.

    It is for models whose formulas treat every entry alike, and means the same as the three steps
    of `ConductanceState.read`, which is what every other device gets.
    """

    @property
    def read_noise(self) -> bool:
        """Whether a read is noisy."""
        ...

    def read_noise_factor(self, g_programmed: Array) -> Array:
        """Return what of the noise of a read does not change with time, at conductances in S."""
        ...

    def noise_growth(self, age: float) -> float:
        """Return how it grows: a read at ``age`` (s) has the noise factor * growth * G(age), S."""
        ...

    def noisy_read(
        self,
        g_programmed: Array,
        drift_exponent: Array,
        age: float,
        rng: RandomSource,
        factor: Array | None = None,
    ) -> Array:
        """Return one noisy read (S) of devices at ``age`` (s) after programming; never negative.

        ``factor`` is what `read_noise_factor` returns, if it is known already.
        """
        ...


def reads_in_one_pass(device: Device) -> TypeGuard[ReadsInOnePass]:
    """Return whether a device offers `ReadsInOnePass`."""
    kind = type(device)
    if kind not in _ONE_PASS:
        _ONE_PASS[kind] = isinstance(device, ReadsInOnePass)
    return _ONE_PASS[kind]


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class ConductanceState:
    """Per-device state of a programmed array: conductance, drift exponent, time of programming.

    The state is made once, by ``device.program``; nothing in it is drawn again when it is read
    at a later time, so that each simulated device keeps its identity.
    """

    device: Device
    """Model that made the state."""
    g_target: Array
    """Target conductance of each device, S."""
    g_programmed: Array
    """Conductance right after programming, S; same shape."""
    drift_exponent: Array
    """Drift coefficient nu of each device, dimensionless; same shape."""
    programmed_at: float = 0.0
    """Time at which programming ended on the clock that `at` uses, s."""
    _factor: list[Array | None] = field(init=False, repr=False, default_factory=list)

    def age(self, t: float | str) -> float:
        """Return the time since programming (s) at clock time ``t``, in s or in words as ``"1 d"``.

        Raises
        ------
        ValueError
            If ``t`` lies before the end of programming.
        """
        return check_time("t", t, low=self.programmed_at) - self.programmed_at

    def at(self, t: float | str) -> Array:
        """Return the conductance (S) of each device at time ``t`` (s), without read noise."""
        device, age = self.device, self.age(t)
        if not (type(self) is ConductanceState and reads_in_one_pass(self.device)):
            return self.g_programmed * device.drift_factor(self.drift_exponent, age)

        def formula(programmed: Array, exponent: Array) -> tuple[Array]:
            return (programmed * device.drift_factor(exponent, age),)

        return self._by_blocks(formula)[0]

    def read_noise_std(self, t: float | str, g_now: Array | None = None) -> Array:
        """Return the standard deviation (S) of one read of each device at time ``t`` (s).

        ``g_now`` is what `at` returns, if it is known already.
        """
        device, age = self.device, self.age(t)
        g = self.at(t) if g_now is None else g_now
        if reads_in_one_pass(device):
            factor = self._noise_factor(device)
            if factor is not None:
                return scaled(factor * g, device.noise_growth(age))
        return device.read_noise_std(self.g_programmed, g, age)

    def moments(self, t: float | str) -> tuple[Array, Array]:
        """Return the conductance (S) of each device at time ``t`` (s), and its variance (S^2).

        The variance is that of one read.
        """
        device, age, unknown = self.device, self.age(t), not self._factor
        if not (unknown and type(self) is ConductanceState and reads_in_one_pass(self.device)):
            g = self.at(t)
            return g, self.read_noise_std(t, g) ** 2
        self._factor.append(None)

        def formula(programmed: Array, exponent: Array) -> tuple[Array, Array]:
            g = programmed * device.drift_factor(exponent, age)
            return g, device.read_noise_std(programmed, g, age) ** 2

        return self._by_blocks(formula)

    def _by_blocks(self, formula: Callable[[Array, Array], tuple[Array, ...]]) -> tuple[Array, ...]:
        """Return what a formula makes of conductances and exponents; it warns but once."""
        notes: list[RangeWarning] = []
        with noted(notes):
            found = by_blocks(formula, self.g_programmed, self.drift_exponent)
        tell_first(notes)
        return found

    def read(self, t: float | str, rng: RandomSource) -> Array:
        """Return one noisy read (S) of each device at time ``t`` (s); never negative."""
        device = self.device
        if reads_in_one_pass(device):
            factor = self._noise_factor(device)
            return device.noisy_read(
                self.g_programmed, self.drift_exponent, self.age(t), rng, factor
            )
        g = self.at(t)
        noisy = g + self.read_noise_std(t, g) * normal(rng, tuple(g.shape), g)
        return namespace(g).clip(noisy, 0.0)

    def _noise_factor(self, device: ReadsInOnePass) -> Array | None:
        """Return what of the read noise does not change with time, from the second call on."""
        programmed = self.g_programmed
        if not self._factor:
            self._factor.append(None)  # who is read only once needs no further array
        elif self._factor[0] is None and device.read_noise and not tracks_gradient(programmed):
            self._factor[0] = device.read_noise_factor(programmed)
        return self._factor[0]


def check_targets(g_target: Array, g_max: float, name: str = "g_target") -> Array:
    """Return target conductances as a float array after checking that they can be programmed.

    Raises
    ------
    ValueError
        If a target is negative or above ``g_max`` (beyond rounding error).
    """
    targets = as_array(name, g_target)
    check_array(name, targets, low=-1e-6 * g_max, high=(1 + 1e-6) * g_max, unit="S")
    return namespace(targets).clip(targets, 0.0, g_max)
