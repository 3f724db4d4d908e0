r"""Current-controlled-oscillator (CCO) converters, one per bit line, as on the HERMES core.

The bit-line current charges a capacitor until a latch flips, again and again; a counter counts the
flips. Each takes the time of the charge plus the delay of the latch :cite:p:`khaddam2022hermes`,

.. math:: \frac{1}{f} = \frac{1}{A\,i} + t_d
          \quad\Longrightarrow\quad f = \frac{A\,i}{1 + B\,i} + C,\qquad B = A\,t_d,

with the gain :math:`A` (Hz/A), the nonlinearity :math:`B` (1/A) and an offset :math:`C` (Hz) that
mismatched read voltages add. The feed-forward circuit lets the latch flip earlier the larger the
current is, and so drives :math:`B` towards zero. Positive and negative currents have their own
mirrors, hence their own three parameters, and their own counter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from aimc.backend import (
    Array,
    RandomSource,
    as_array,
    as_generator,
    at_least_single,
    like,
    namespace,
    stop_gradient,
    uniform,
)
from aimc.circuits.cco_curve import fit_transfer, transfer
from aimc.published import fact
from aimc.units import GIGA, MICRO, NANO, TERA
from aimc.validation import (
    check_array,
    check_choice,
    check_integer,
    check_number,
    check_serial,
)

__all__ = ["CCOADC"]

# Purpose of the random stream of the converters of one core; `aimc.cores.random_streams` has the
# others.
CONVERTERS = 5

# What remains of the gain spread after 4-bit trimming: standard deviation and limit (fact A112).
GAIN_SPREAD, GAIN_LIMIT = 0.0709, 0.21
# Assumed: delay of the latch (s). The paper prints none; half of it would still leave ten counts of
# integral nonlinearity without feed-forward.
DELAY = 100e-12
# Fitted to the published integral nonlinearity of one count (A115): B i_max after feed-forward.
RESIDUAL_BEND = 0.008
# Assumed: offsets that remain after their calibration, as a share of the highest frequency.
OFFSET_SPREAD = 2e-4
# Shares of the full current at which the transfer curve is measured: low, medium and largest.
CALIBRATION_POINTS = (0.1, 0.5, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class CCOADC:
    """The converters of one core: arrays of shape (2, columns), positive polarity first.

    Make one with `CCOADC.fabricate`; it takes the place of `ADC` in a `Periphery`. What it converts
    is the mean current of the integration time; `counts_over` takes a current that varies in time.
    """

    gain: np.ndarray
    """A, change of frequency per current, Hz/A."""
    nonlinearity: np.ndarray
    """B, dimensionless bend per current, 1/A; zero for a linear oscillator."""
    offset: np.ndarray
    """C, frequency without current, Hz."""
    seen_gain: np.ndarray
    """Gain of the straight line that the digital side assumes, Hz/A."""
    seen_offset: np.ndarray
    """Offset of that line, Hz."""
    nominal_gain: float
    """Gain that the trimming aims at, Hz/A; it defines the nominal count."""
    i_max: float
    """Bit-line current at which the input stage saturates, A."""
    integration_time: float = 128e-9
    """Time for which flips are counted, s."""
    counter_bits: int = 12
    """Width of each of the two unsigned counters."""
    start_phase: str = "random"
    """``"random"``: counting begins anywhere in a period of the oscillator, so a count is right on
    average; ``"middle"``: it always begins half-way, so that counts round to the nearest."""

    def __post_init__(self) -> None:
        shape = np.shape(self.gain)
        if len(shape) != 2 or shape[0] != 2:
            raise ValueError(f"gain must have shape (2, columns), got {shape}")
        for name in ("gain", "nonlinearity", "offset", "seen_gain", "seen_offset"):
            check_array(name, np.asarray(getattr(self, name)), ndim=2)
            if np.shape(getattr(self, name)) != shape:
                raise ValueError(f"{name} must have shape {shape}, as gain has")
        check_number("nominal_gain", self.nominal_gain, low=0.0, open_low=True, unit="Hz/A")
        check_number("i_max", self.i_max, low=0.0, open_low=True, unit="A")
        check_number("integration_time", self.integration_time, low=0.0, open_low=True, unit="s")
        check_integer("counter_bits", self.counter_bits, low=2, high=32)
        check_choice("start_phase", self.start_phase, ("random", "middle"))
        if float(np.min(1 + self.nonlinearity * self.i_max)) <= 0:
            raise ValueError("nonlinearity is not allowed: 1 + B i_max must be positive")
        fastest = float(np.max(self._law(np.full(shape, self.i_max))))
        if fastest * self.integration_time + 1 > 2**self.counter_bits - 1:
            raise ValueError(
                f"integration_time={self.integration_time!r} is not allowed: at {fastest:.3g} Hz "
                f"a counter of {self.counter_bits} bits would overflow"
            )

    @classmethod
    def fabricate(
        cls,
        columns: int = 256,
        serial: int = 0,
        *,
        index: int = 0,
        feed_forward: bool = True,
        integration_time: float | None = None,
        start_phase: str = "random",
        calibrated: bool = True,
    ) -> CCOADC:
        """Draw the converters of one core and calibrate them.

        Gain and its spread are published (A112), as are the highest frequency (A111) and the
        integration time (A118). Their product says where the current saturates: 94 uA, the
        "about 100 uA" of A028. The bend that feed-forward leaves is fitted to A115; the delay
        without it and the offsets are assumed.

        Parameters
        ----------
        columns : int
            Number of converters.
        serial, index : int
            Serial number of the chip and number of the core on it: same numbers, same converters.
        feed_forward : bool
            Whether the delay of the latch is compensated.
        integration_time : float, optional
            Time for which flips are counted, s; the published one by default.
        start_phase : {"random", "middle"}
            Where in its period the oscillator is caught.
        calibrated : bool
            Whether gain and offset of each converter are measured and removed; without, the digital
            side takes every converter for the nominal one.
        """
        columns = check_integer("columns", columns, low=1)
        index = check_integer("index", index, low=0)
        rng = np.random.default_rng([check_serial("serial", serial), index, CONVERTERS])
        nominal = TERA * fact("A112").number  # from MHz/uA
        f_max = GIGA * fact("A111").number
        i_max = min(MICRO * fact("A028").number, f_max / nominal)
        shape = (2, columns)
        spread = np.clip(GAIN_SPREAD * rng.standard_normal(shape), -GAIN_LIMIT, GAIN_LIMIT)
        gain = nominal * (1 + spread)
        bend = RESIDUAL_BEND * rng.uniform(-1.0, 1.0, shape) / i_max
        made = cls(
            gain=gain,
            nonlinearity=bend if feed_forward else gain * DELAY,
            offset=OFFSET_SPREAD * f_max * rng.standard_normal(shape),
            seen_gain=np.full(shape, nominal),
            seen_offset=np.zeros(shape),
            nominal_gain=nominal,
            i_max=i_max,
            integration_time=NANO * fact("A118").number,
            start_phase=start_phase,
        )
        if calibrated:
            # measured with the long window even if the converter is used with a short one
            made = made.calibrate(rng)
        return made if integration_time is None else made.with_time(integration_time)

    @property
    def columns(self) -> int:
        """Number of converters."""
        return int(self.gain.shape[1])

    @property
    def bits(self) -> int:
        """Width of one counter; the resolution is `levels`, which is less."""
        return self.counter_bits

    @property
    def dual(self) -> bool:
        """Whether the two signs of the current are counted apart: always."""
        return True

    @property
    def levels(self) -> int:
        """Largest count of a nominal converter, positive or negative: highest frequency x time."""
        return int(self.nominal_gain * self.i_max * self.integration_time + 1e-9)

    @property
    def step(self) -> float:
        """Current of one nominal count, A."""
        return 1.0 / (self.nominal_gain * self.integration_time)

    def with_time(self, integration_time: float) -> CCOADC:
        """Return the same converters, counting for another time (s)."""
        return replace(self, integration_time=integration_time)

    def frequency(self, current: Array) -> Array:
        """Return the frequency (Hz) of the oscillators at currents (A) of shape (..., columns)."""
        return self._frequency(self._check("current", current))

    def _frequency(self, values: Array) -> Array:
        gain, bend, offset = (self._side(values, p) for p in self._physics)
        return transfer(self._clipped(values), gain, bend, offset)

    def counts(self, current: Array, rng: RandomSource = 0) -> tuple[Array, Array]:
        """Return the positive and the negative counter after one conversion.

        Parameters
        ----------
        current : array, shape (..., columns)
            Constant bit-line current, A; fewer columns use the first converters.
        rng : int, numpy.random.Generator or torch.Generator
            Where the starting phases come from.

        Returns
        -------
        tuple of two arrays, shape (..., columns)
            Whole numbers; one of the two is zero.

        Raises
        ------
        ValueError
            If ``current`` is empty or not finite, or has more columns than there are converters.
        """
        return self._counts(self._check("current", current), rng)

    def counts_over(self, currents: Array, rng: RandomSource = 0) -> tuple[Array, Array]:
        """Return the counters for a current that varies during the integration time.

        Parameters
        ----------
        currents : array, shape (slots, ..., columns)
            Current in each of ``slots`` equal parts of the integration time, A.
        rng : int, numpy.random.Generator or torch.Generator
            Where the starting phases come from.

        Raises
        ------
        ValueError
            If ``currents`` has no axis of slots, is empty or not finite, or has more columns than
            there are converters.
        """
        values = stop_gradient(self._check("currents", currents))
        if values.ndim < 2:
            raise ValueError(
                f"currents must have shape (slots, ..., columns), got {tuple(values.shape)}"
            )
        xp, dt = namespace(values), self.integration_time / values.shape[0]
        turns, zero = self._frequency(values) * dt, xp.zeros_like(values)
        up = xp.sum(xp.where(values >= 0, turns, zero), axis=0)
        down = xp.sum(xp.where(values < 0, turns, zero), axis=0)
        generator = as_generator(rng)
        return self._count(up, up, generator)[0], self._count(-down, down, generator)[1]

    def read(self, positive: Array, negative: Array) -> Array:
        """Return the current (A) that the digital side makes of two counters.

        A straight line per converter: gain and offset are removed, a bend is not.
        """
        xp, out = namespace(positive), int(positive.shape[-1])
        total = 0.0
        for side, count in enumerate((positive, negative)):
            line = [like(p[side, :out], count) for p in (self.seen_gain, self.seen_offset)]
            current = (count / self.integration_time - line[1]) / line[0]
            signed = current if side == 0 else -current
            total = total + xp.where(count > 0, signed, xp.zeros_like(count))
        return total

    def convert(self, current: Array, rng: RandomSource = 0) -> Array:
        """Return the current (A) as the digital side reads it; the gradient passes straight.

        Parameters
        ----------
        current : array, shape (..., columns)
            Mean bit-line current, A; beyond ``i_max`` it saturates.
        rng : int, numpy.random.Generator or torch.Generator
            Where the starting phases come from.
        """
        clipped = self._clip(self._narrow("current", current))
        digital = self.read(*self._counts(clipped, rng))
        return clipped + stop_gradient(digital - clipped)

    def measure(
        self, rng: RandomSource = 0, reads: int = 64
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return gain (Hz/A), bend (1/A) and offset (Hz) as three currents show them.

        A low, a medium and the largest current of either sign are counted, and the transfer law is
        solved for its three parameters; each result has shape (2, columns).

        Parameters
        ----------
        rng : int, numpy.random.Generator or torch.Generator
            Where the starting phases come from.
        reads : int
            Measurements of each current that are averaged.
        """
        check_integer("reads", reads, low=1)
        generator = as_generator(rng)
        currents = self.i_max * np.array(CALIBRATION_POINTS)
        laws = np.empty((3, 2, self.columns))
        for side, sign in enumerate((1.0, -1.0)):
            given = np.broadcast_to(sign * currents[:, None], (reads, 3, self.columns))
            counted = self.counts(given, generator)[side].mean(axis=0)
            laws[:, side] = fit_transfer(currents, counted / self.integration_time)
        return laws[0], laws[1], laws[2]

    def calibrate(self, rng: RandomSource = 0, reads: int = 64) -> CCOADC:
        """Return the converters with the digital gain and offset that three currents ask for.

        The three parameters of each converter are measured. The digital side can only apply a
        straight line, so it gets the one nearest to the fitted curve. What bends the curve must be
        trimmed in the converter itself; `aimc.circuits.cco_trimming` has that loop.

        Parameters
        ----------
        rng : int, numpy.random.Generator or torch.Generator
            Where the starting phases come from.
        reads : int
            Measurements of each current that are averaged.
        """
        laws = self.measure(rng, reads)
        grid = self.i_max * np.linspace(0.0, 1.0, 65)
        seen = np.empty((2, 2, self.columns))
        for side in (0, 1):
            curve = transfer(grid[:, None], *(parameter[side] for parameter in laws))
            seen[:, side] = np.polynomial.polynomial.polyfit(grid, curve, 1)[::-1]
        return replace(self, seen_gain=seen[0], seen_offset=seen[1])

    def inl(self, points: int = 101) -> tuple[np.ndarray, np.ndarray]:
        """Return the integral nonlinearity: mean counts minus the best straight line.

        Returns
        -------
        tuple of arrays
            Currents, A, shape (points,), and the deviation in nominal counts (LSB), shape
            (points, 2, columns).
        """
        check_integer("points", points, low=3)
        current = np.linspace(0.0, self.i_max, points)
        curve = self._law(current[:, None, None]) * self.integration_time
        flat = curve.reshape(points, -1)
        line = np.polynomial.polynomial.polyfit(current, flat, 1)
        straight = line[0] + current[:, None] * line[1]
        return current, (flat - straight).reshape(curve.shape)

    @property
    def _physics(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return self.gain, self.nonlinearity, self.offset

    def _law(self, magnitude: np.ndarray) -> np.ndarray:
        return transfer(magnitude, *self._physics)

    def _check(self, name: str, current: Array) -> Array:
        values = self._narrow(name, current)
        check_array(name, values)
        return values

    def _narrow(self, name: str, current: Array) -> Array:
        # gains of 1e12 Hz/A do not fit in half precision
        values = at_least_single(as_array(name, current))
        if values.ndim == 0 or values.shape[-1] > self.columns:
            raise ValueError(
                f"{name} must have at most {self.columns} entries on its last axis, one per "
                f"converter, got shape {tuple(values.shape)}"
            )
        return values

    def _side(self, values: Array, parameter: np.ndarray) -> Array:
        both = like(parameter[:, : int(values.shape[-1])], values)
        return namespace(values).where(values >= 0, both[0, ...], both[1, ...])

    def _clip(self, values: Array) -> Array:
        return namespace(values).clip(values, -self.i_max, self.i_max)

    def _clipped(self, values: Array) -> Array:
        return namespace(values).abs(self._clip(values))

    def _counts(self, current: Array, rng: RandomSource) -> tuple[Array, Array]:
        """Return the counters for a constant current that has been checked."""
        values = stop_gradient(current)
        return self._count(values, self._frequency(values) * self.integration_time, rng)

    def _count(self, sign: Array, turns: Array, rng: RandomSource) -> tuple[Array, Array]:
        xp, zero = namespace(turns), namespace(turns).zeros_like(turns)
        start = uniform(rng, tuple(turns.shape), turns) if self.start_phase == "random" else 0.5
        count = xp.floor(turns + start)
        return xp.where(sign >= 0, count, zero), xp.where(sign < 0, count, zero)
