r"""Read noise as a process in time, not only as a standard deviation.

Many atomic rearrangements, each with its own relaxation time :math:`\tau`, make the conductance of
a phase-change device fluctuate. Relaxation times spread evenly over the logarithm of time, with
the variance :math:`s^2 = C\,\mathrm d\ln\tau`, give the one-sided density :math:`C/f`.

**The law.** Published models :cite:p:`nandakumar2019models,rasch2023hwa` add this density up over
the frequencies that a record from the programming pulse to the time :math:`t`, taken with reads of
the duration :math:`t_r`, can contain:

.. math::

   \int_{1/(t + t_r)}^{1/(2 t_r)} \frac{Q^2}{f}\,\mathrm df = Q^2\ln\frac{t + t_r}{2 t_r},
   \qquad C = Q^2 .

It is the variance within the window since the pulse. It is *not* the variance of the difference
between a read and the value that was verified just after the pulse: glass freezes with every
fluctuator caught somewhere, so each contributes :math:`2s^2(1 - e^{-t/\tau})` to that difference
(`FlickerNoise.structure_function`), about twice as much.

**The assumption** by which a process has the law as its variance at every time: each fluctuator is
counted from its mean, and stands there when the device is programmed. Where it really stood belongs
to the programmed conductance and to how that relaxes. Then what it contributes at :math:`t`, and
what it shares with a later read at :math:`t + \delta`, is

.. math::

   \overline{x_k^2(t)} = s_k^2\,(1 - e^{-2t/\tau_k}), \qquad
   \overline{x_k(t)\,x_k(t + \delta)} = \overline{x_k^2(t)}\;e^{-\delta/\tau_k} ,

whether it moves continuously (`FlickerNoise`, an Ornstein-Uhlenbeck process) or jumps between two
levels (`TelegraphNoise`). With the fastest :math:`\tau` at :math:`4 e^{\gamma_E}\,t_r` (Euler's
constant :math:`\gamma_E`) the sum over all :math:`\tau` is the law. Reads whose distance
:math:`\delta` is short against the age of the device differ as in equilibrium, by
:math:`2 Q^2\ln\delta` and a constant.

**Many reads in a row** share most of this noise. Of all descriptions of :math:`N` reads within the
time :math:`T` by two numbers, a part :math:`c` that all reads have in common and a part :math:`f`
that is new in each, the nearest to the process has

.. math::

   f = \frac{2}{N(N-1)}\sum_{i<j} \tfrac12\,D(t_j - t_i)
     \;\to\; Q^2\left(\ln\frac{T}{4 t_r} - \frac32\right), \qquad c = \overline{x^2(t)} - f,

with the structure function :math:`D` in equilibrium (`FlickerNoise.fresh`). It is exact for the
variance of one read and for that of the mean of all. The fresh part depends neither on the age of
the devices nor on how many reads fall into :math:`T`; only the common, slow part ages.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np

from aimc.backend import Array, RandomSource, as_generator, like, namespace, normal, uniform
from aimc.devices.base import ConductanceState
from aimc.validation import check_array, check_integer, check_number, check_time

__all__ = ["FlickerNoise", "NoiseInTime", "ReadNoise", "TelegraphNoise", "noise_in_time"]

EULER = 0.5772156649015329


@dataclass(frozen=True, slots=True)
class FlickerNoise:
    r"""A 1/f process of relative conductance with one-sided density :math:`f^{-\gamma}` per hertz.

    It is a sum :math:`x = \sum_k x_k` of continuous fluctuators, a few per decade of time,

    .. math::

       \mathrm dx_k = -\frac{x_k}{\tau_k}\,\mathrm dt + s_k\sqrt{\frac{2}{\tau_k}}\,\mathrm dw_k,
       \qquad s_k^2 = C\,\tau_k^{\gamma-1}\,\Delta\ln\tau, \qquad x_k(0) = 0 .

    Parameters
    ----------
    t_read : float
        Duration of one read, s; faster fluctuations average out within it.
    exponent : float
        :math:`\gamma`, between 0.5 and 1.5. The statistical models assume 1; measured exponents
        scatter about it (facts B011, B012).
    t_longest : float
        Slowest relaxation time, s. It must lie far beyond the times that are looked at.
    per_decade : int
        Fluctuators per decade of relaxation time; two keep the ripple of the spectrum below 1 %.

    Raises
    ------
    ValueError
        If a parameter is outside its range.
    """

    t_read: float
    exponent: float = 1.0
    t_longest: float = 1e11
    per_decade: int = 2

    def __post_init__(self) -> None:
        check_number("t_read", self.t_read, low=0.0, open_low=True, unit="s")
        check_number("exponent", self.exponent, low=0.5, high=1.5)
        check_number("t_longest", self.t_longest, low=1e3 * self.t_shortest, unit="s")
        check_integer("per_decade", self.per_decade, low=1, high=10)

    @property
    def t_shortest(self) -> float:
        """Fastest relaxation time, s."""
        return 4 * math.exp(EULER) * self.t_read

    def fluctuators(self) -> tuple[np.ndarray, np.ndarray]:
        """Return relaxation times (s) and standard deviations of the fluctuators, shape (K,)."""
        return _fluctuators(self)

    def spectrum(self, frequency: np.ndarray) -> np.ndarray:
        """Return the one-sided power spectral density (1/Hz) once every fluctuator has settled.

        Parameters
        ----------
        frequency : array
            Frequencies, Hz; any shape.
        """
        f = np.asarray(frequency, dtype=np.float64)
        check_array("frequency", f, low=0.0, unit="Hz")
        times, spread = self.fluctuators()
        omega = 2 * math.pi * f[..., None]
        return np.sum(4 * spread**2 * times / (1 + (omega * times) ** 2), axis=-1)

    def variance(self, elapsed: float | str) -> float:
        r"""Return the variance of x at ``elapsed`` seconds after the pulse, over many devices.

        For an exponent of 1 it is the published law in units of Q squared, for others

        .. math::

           \frac{(2\pi)^{\gamma-1}\sin(\pi\gamma/2)}{\gamma - 1}
           \left[\Gamma(2-\gamma)\,(2t)^{\gamma-1} - \tau_\text{min}^{\gamma-1}\right] .

        The integral of :math:`f^{-\gamma}` from :math:`1/(t + t_r)` to :math:`1/(2t_r)` is another
        number unless the exponent is 1: there the window has sharp edges in frequency, here it is
        cut by relaxation times.
        """
        elapsed = check_time("elapsed", elapsed)
        times, spread = self.fluctuators()
        return float(np.sum(spread**2 * -np.expm1(-2 * elapsed / times)))

    def correlation(self, elapsed: float | str, gap: float | str) -> float:
        """Return the correlation of x at ``elapsed`` and at ``elapsed + gap`` (both in s)."""
        elapsed = check_time("elapsed", elapsed, open_low=True)
        gap = check_time("gap", gap)
        times, spread = self.fluctuators()
        shared = spread**2 * -np.expm1(-2 * elapsed / times) * np.exp(-gap / times)
        both = self.variance(elapsed) * self.variance(elapsed + gap)
        return float(np.sum(shared)) / math.sqrt(both)

    def structure_function(
        self, gap: float | np.ndarray, elapsed: float | str = math.inf
    ) -> float | np.ndarray:
        r"""Return the variance of the difference of two reads of one device.

        .. math::

           D(\delta) = \overline{\bigl(x(t+\delta) - x(t)\bigr)^2}
               \;\to\; 2\ln\frac{\delta}{4 t_r} \quad (t_r \ll \delta \ll t,\ \gamma = 1).

        Parameters
        ----------
        gap : float or array
            Time between the reads, s.
        elapsed : float or str
            Time from the pulse to the first of them, s. By default infinite: every fluctuator may
            stand anywhere when the first read is made. Whoever asks how far a device has moved from
            the value that was verified asks for this limit, because the glass froze like that.

        Returns
        -------
        float or numpy.ndarray
            Variance in units of Q squared, of the shape of ``gap``.

        Raises
        ------
        ValueError
            If a time is negative.
        """
        later = np.asarray(gap, dtype=np.float64)
        check_array("gap", later, low=0.0, unit="s")
        if elapsed != math.inf:
            elapsed = check_time("elapsed", elapsed)
        times, spread = self.fluctuators()
        steps = later[..., None] / times
        # new since the first read, and what has faded of where the fluctuator stood then
        stood = -np.expm1(-2 * elapsed / times)
        total = np.sum(spread**2 * (stood * np.expm1(-steps) ** 2 - np.expm1(-2 * steps)), axis=-1)
        return float(total) if total.ndim == 0 else total

    def fresh(self, duration: float | str) -> float:
        r"""Return the part of the variance that is new in each of many reads of one device.

        .. math:: f \to \ln\frac{T}{4 t_r} - \frac32 \quad (t_r \ll T \ll t,\ \gamma = 1).

        Parameters
        ----------
        duration : float or str
            Time T over which the reads are spread, s, short against the age of the device.

        Returns
        -------
        float
            Half of the mean squared difference of two of the reads, in units of Q squared.
        """
        duration = check_time("duration", duration, open_low=True)
        times, spread = self.fluctuators()
        z = duration / times
        near = z < 1e-3  # where the formula would lose its digits
        far = np.where(near, 1.0, z)
        forgotten = 1 - 2 * (far + np.expm1(-far)) / far**2
        return float(np.sum(spread**2 * np.where(near, z / 3 - z**2 / 12, forgotten)))

    def fresh_in_a_row(self, reads: int, spacing: float | str) -> float:
        """Return the part of the variance that is new in each of a few reads, as `fresh`.

        Parameters
        ----------
        reads : int
            How many reads follow one another, two at least.
        spacing : float or str
            Time from one to the next, s.
        """
        check_integer("reads", reads, low=2)
        spacing = check_time("spacing", spacing)
        times, spread = self.fluctuators()
        lags = np.arange(1, reads)
        pairs = (reads - lags) / (reads * (reads - 1) / 2)
        forgotten = -np.expm1(-spacing * lags[:, None] / times)
        return float(np.sum(pairs @ forgotten * spread**2))

    def covariance(self, elapsed: np.ndarray) -> np.ndarray:
        """Return the covariance of x between all pairs of read times of one device.

        With it, reads that are not independent can be weighted as they deserve.

        Parameters
        ----------
        elapsed : array
            Times since the programming pulse, s, shape (T,); any order.

        Returns
        -------
        numpy.ndarray
            Symmetric matrix, shape (T, T).

        Raises
        ------
        ValueError
            If ``elapsed`` is not one-dimensional, or a time is negative.
        """
        t = np.asarray(elapsed, dtype=np.float64)
        check_array("elapsed", t, low=0.0, unit="s", ndim=1)
        earlier, gap = np.minimum(t[:, None], t), np.abs(t[:, None] - t)
        total = np.zeros((t.size, t.size))
        # what a fluctuator had become at the earlier time fades until the later one
        for time, spread in zip(*self.fluctuators(), strict=True):
            total += spread**2 * -np.expm1(-2 * earlier / time) * np.exp(-gap / time)
        return total

    def covariances(self, elapsed: float | str, others: np.ndarray) -> np.ndarray:
        """Return the covariance of x at one time with x at others, a row of `covariance`.

        Parameters
        ----------
        elapsed : float or str
            Time since the programming pulse, s.
        others : array
            Such times, s, shape (T,).

        Returns
        -------
        numpy.ndarray
            Shape (T,).
        """
        elapsed = check_time("elapsed", elapsed)
        t = np.asarray(others, dtype=np.float64)
        check_array("others", t, low=0.0, unit="s", ndim=1)
        times, spread = (each[:, None] for each in self.fluctuators())
        earlier, gap = np.minimum(elapsed, t), np.abs(elapsed - t)
        parts = spread**2 * -np.expm1(-2 * earlier / times) * np.exp(-gap / times)
        total = np.zeros(t.size)
        for part in parts:  # added in the order of `covariance`
            total += part
        return total


@cache
def _fluctuators(noise: FlickerNoise) -> tuple[np.ndarray, np.ndarray]:
    """Return `FlickerNoise.fluctuators`, which all cores with the same devices ask for."""
    decades = math.log10(noise.t_longest / noise.t_shortest)
    count = math.ceil(decades * noise.per_decade)
    step = math.log(noise.t_longest / noise.t_shortest) / count
    times = noise.t_shortest * np.exp(step * (np.arange(count) + 0.5))
    # the factor that makes the sum of Lorentzians equal f ** -exponent between the cut-offs
    factor = (2 * math.pi) ** (noise.exponent - 1) * math.sin(math.pi * noise.exponent / 2)
    spread = np.sqrt(factor * step * times ** (noise.exponent - 1))
    times.setflags(write=False)
    spread.setflags(write=False)
    return times, spread


@dataclass(frozen=True, slots=True)
class NoiseInTime:
    """How the read noise of a device divides over time; all numbers relative to one read.

    Parameters
    ----------
    t_0 : float
        Delay between the programming pulse and the first read, s.
    t_read : float
        Length of one read, s.
    exponent : float
        Exponent of the spectrum.
    """

    t_0: float
    t_read: float
    exponent: float = 1.0

    @property
    def flicker(self) -> FlickerNoise:
        """The process behind it."""
        return FlickerNoise(self.t_read, self.exponent)

    def fresh_share(self, age: float | str, readout: float | str) -> float:
        """Return the share of the variance that is new for each vector of a read-out.

        Parameters
        ----------
        age : float or str
            Time since the first read, s.
        readout : float or str
            Time over which vectors are read and their results combined, s.
        """
        return _fresh_share(self, check_time("age", age), check_time("readout", readout))

    def share_in_a_row(self, age: float | str, reads: int, spacing: float | str) -> float:
        """Return the share that is new in each of a few reads, ``spacing`` (s) apart."""
        flicker, elapsed = self.flicker, check_time("age", age) + self.t_0
        return min(1.0, flicker.fresh_in_a_row(reads, spacing) / flicker.variance(elapsed))

    def covariances(self, age: float | str, ages: np.ndarray) -> np.ndarray:
        """Return the covariance of a read at one age with reads at others (s, shape (T,))."""
        return _covariances(self, check_time("age", age), tuple(ages))


# The cores of a network ask for the same one after the other.
@lru_cache(256)
def _fresh_share(law: NoiseInTime, age: float, readout: float) -> float:
    flicker = law.flicker
    return min(1.0, flicker.fresh(readout) / flicker.variance(age + law.t_0))


@lru_cache(256)
def _covariances(law: NoiseInTime, age: float, ages: tuple[float, ...]) -> np.ndarray:
    found = law.flicker.covariances(age + law.t_0, np.array(ages) + law.t_0)
    found.setflags(write=False)
    return found


def noise_in_time(device: Any) -> NoiseInTime | None:
    """Return how the read noise of a device model divides over time; None if that is unknown."""
    known: NoiseInTime | None = getattr(device, "noise_in_time", None)
    return known


@dataclass(frozen=True, slots=True)
class TelegraphNoise:
    """Random telegraph noise: in some devices one fluctuator is strong enough to be seen alone.

    The conductance of such a device jumps between two levels, half of the amplitude above and below
    its mean. As for all fluctuators here, the mean is where it stands when it is programmed: it
    keeps its programmed conductance until it moves for the first time. Amplitude, share and dwell
    times differ from technology to technology; there are no published values here, so none is a
    default.

    Parameters
    ----------
    amplitude : float
        Height of the jump, from level to level, relative to the conductance.
    share : float
        Share of the devices that have one, 0 to 1.
    dwell : tuple of float
        Shortest and longest mean dwell time, s; drawn per device, evenly in the logarithm.
    """

    amplitude: float
    share: float
    dwell: tuple[float, float]

    def __post_init__(self) -> None:
        check_number("amplitude", self.amplitude, low=0.0, high=1.0)
        check_number("share", self.share, low=0.0, high=1.0)
        low, high = self.dwell
        check_number("dwell[0]", low, low=0.0, open_low=True, unit="s")
        check_number("dwell[1]", high, low=low, unit="s")


class ReadNoise:
    """The read noise of programmed devices along one course of time.

    It remembers where every fluctuator of every device stands, so reads must be asked for in the
    order of time; the same seed and the same reads give the same values.

    Parameters
    ----------
    state : ConductanceState
        Programmed devices. Their model says how strong the noise is.
    rng : int, numpy.random.Generator or torch.Generator
        Source of the fluctuations.
    exponent : float
        Exponent of the spectrum; 1 reproduces the published growth of the variance.
    telegraph : TelegraphNoise, optional
        Jumps of single devices on top.

    Raises
    ------
    TypeError
        If the device model has no 1/f read noise.

    Examples
    --------
    >>> from aimc.devices import pcm_2019
    >>> state = pcm_2019().program([1e-5, 2e-5], rng=0)
    >>> noise = ReadNoise(state, rng=1)
    >>> first, soon, late = noise.read(0.0), noise.read(1e-6), noise.read(86400.0)
    >>> bool(abs(soon[0] - first[0]) < abs(late[0] - first[0]))
    True
    """

    def __init__(
        self,
        state: ConductanceState,
        rng: RandomSource,
        *,
        exponent: float = 1.0,
        telegraph: TelegraphNoise | None = None,
    ) -> None:
        device: Any = state.device  # the protocol of devices does not ask for 1/f noise
        for name in ("t_0", "t_read", "read_noise_factor"):
            if not hasattr(device, name):
                raise TypeError(
                    f"state must hold devices with 1/f read noise; {device.name!r} has no {name}"
                )
        if telegraph is not None and not isinstance(telegraph, TelegraphNoise):
            raise TypeError(f"telegraph must be a TelegraphNoise, got {telegraph!r}")
        self.state = state
        self.flicker = FlickerNoise(device.t_read, exponent)
        self.telegraph = telegraph
        self._rng = as_generator(rng)
        self._factor = device.read_noise_factor(state.g_programmed)
        if not getattr(device, "read_noise", True):
            self._factor = 0.0 * self._factor
        self._times, self._spread = self.flicker.fluctuators()
        # time runs from the programming pulse, which lies t_0 before the first read
        self._clock = state.programmed_at - device.t_0
        self._values = self._column(self._times) * 0.0 * state.g_programmed
        self._jumps = None if telegraph is None else _Jumps(telegraph, state, self._rng)

    def fluctuation(self, t: float | str) -> Array:
        """Return the relative fluctuation of each device at time ``t`` (s), as `ReadNoise.read`.

        Raises
        ------
        ValueError
            If ``t`` lies before programming, or before a read that was made already.
        """
        t = check_time("t", t, low=self.state.programmed_at)
        gap = check_time("t", t, low=self._clock) - self._clock
        self._clock = t
        reference = self.state.g_programmed
        shape = tuple(reference.shape)
        if gap > 0.0:
            keep = self._column(np.exp(-gap / self._times))
            fresh = self._column(self._spread * np.sqrt(-np.expm1(-2 * gap / self._times)))
            draws = normal(self._rng, (len(self._times), *shape), reference)
            self._values = keep * self._values + fresh * draws
        total = namespace(reference).sum(self._values, axis=0)
        total = total * self._factor
        return total if self._jumps is None else total + self._jumps.advance(gap, self._rng)

    def _column(self, values: np.ndarray) -> Array:
        """Return one number per fluctuator, shaped to meet arrays of devices."""
        reference = self.state.g_programmed
        return like(values.reshape(-1, *(1 for _ in reference.shape)), reference)

    def read(self, t: float | str) -> Array:
        """Return the conductance (S) that a read at time ``t`` (s) finds; never negative.

        Parameters
        ----------
        t : float or str
            Time since the first read after programming, s or in words; not before the read that was
            made last.
        """
        fluctuation = self.fluctuation(t)
        return namespace(fluctuation).clip(self.state.at(t) * (1.0 + fluctuation), 0.0)


class _Jumps:
    """Where the telegraph fluctuators of an array of devices stand.

    With the dwell time d in each level the memory fades as exp(-t / tau), tau = d / 2, and the
    variance of a level is amplitude squared over four. A fluctuator leaves its mean after a random
    time of mean tau / 2, for either level, so its variance grows as 1 - exp(-2 t / tau), like that
    of a continuous fluctuator.
    """

    def __init__(self, noise: TelegraphNoise, state: ConductanceState, rng: RandomSource) -> None:
        g = state.g_programmed
        xp, shape = namespace(g), tuple(g.shape)
        low, high = noise.dwell
        chosen = uniform(rng, shape, g) < noise.share
        self._rate = 1.0 / (low * (high / low) ** uniform(rng, shape, g))
        self._high = uniform(rng, shape, g) < 0.5
        self._leaves = -xp.log1p(-uniform(rng, shape, g)) / (4.0 * self._rate)  # s after the pulse
        self._elapsed = 0.0
        self._half = 0.5 * noise.amplitude * xp.where(chosen, like(1.0, g), like(0.0, g))

    def advance(self, gap: float, rng: RandomSource) -> Array:
        """Let ``gap`` seconds pass and return the relative jump of each device."""
        xp, g = namespace(self._rate), self._rate
        self._elapsed += gap
        # both rates are equal, so the memory decays with their sum
        switched = 0.5 * (1 - xp.exp(-2.0 * gap * self._rate))
        self._high = self._high ^ (uniform(rng, tuple(g.shape), g) < switched)
        level = xp.where(self._high, self._half, -self._half)
        return xp.where(self._leaves > self._elapsed, like(0.0, g), level)
