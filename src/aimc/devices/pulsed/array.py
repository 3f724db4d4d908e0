r"""Phase-change devices pulse by pulse: what one current pulse does to each device.

A strong, short pulse melts a dome of material around the heater and freezes it as glass. The larger
the current, the larger the dome and the smaller the conductance; whatever was there before is
molten away. The conductance after such a *melt-quench* pulse of current :math:`I` is taken as

.. math::

   G(I) = G_\mathrm{reset} +
       \frac{G_\mathrm{set} - G_\mathrm{reset}}{1 + e^{(I - I_{1/2})/I_w}},

flat at the SET state, steep near :math:`I_{1/2}`, with an exponential tail: the programming curve.
A weaker pulse does not melt but crystallises a share :math:`f` of what is amorphous,

.. math:: \Delta G = f\,(G_\mathrm{set} - G),

so identical weak pulses add up and saturate (*accumulation*). Every device of an array has its own
:math:`G_\mathrm{set}, G_\mathrm{reset}, I_{1/2}, I_w` and its own speed of crystallisation, drawn
once from a serial number; every pulse has its own scatter. For the physics behind these formulas
see `aimc.devices.thermal.pulse`.
"""

from __future__ import annotations

import numpy as np

from aimc.backend import RandomSource, as_array, as_generator, to_numpy
from aimc.devices.pulsed.parameters import PulseParameters, programming_curve
from aimc.validation import check_array, check_integer, check_serial

__all__ = ["PulsedArray"]

# Not zero: NumPy takes the seed [7, 0] for the seed 7, and pulses may well be drawn with rng=7.
FABRICATION = 90


class PulsedArray:
    """Devices that keep what pulses did to them, and count what they received.

    The object is mutable, like the array that it stands for: a pulse cannot be taken back. Work on
    a `copy` to try something out.

    Attributes
    ----------
    g : array
        True conductance of each device now, S. Only `read` is available to a real controller.
    pulses, reads : array of int
        Pulses and verify reads that each device received.
    time : array
        Time that each device spent in pulses and reads, s.
    energy : array
        Energy that pulses and reads of each device took from the supply, J.

    Examples
    --------
    >>> from aimc.devices.pulsed import pulsed_hermes
    >>> array = pulsed_hermes().fabricate(3, serial=7)
    >>> array.reset(rng=1)
    >>> bool((array.g < 1e-6).all())
    True
    """

    def __init__(self, model: PulseParameters, shape: tuple[int, ...], serial: int) -> None:
        self.model = model
        self.serial = check_serial("serial", serial)
        rng = np.random.default_rng([self.serial, FABRICATION])

        def each(median: float, spread: float) -> np.ndarray:
            return median * np.exp(spread * rng.standard_normal(shape))

        self.g_set = each(model.g_set, model.g_set_spread)
        self.g_reset = each(model.g_reset, model.g_reset_spread)
        self.i_half = each(model.i_half, model.i_half_spread)
        self.width = each(model.width, model.width_spread)
        self.rate = each(1.0, model.rate_spread)
        self.g = self.g_set.copy()
        self.pulses = np.zeros(shape, dtype=int)
        self.reads = np.zeros(shape, dtype=int)
        self.time = np.zeros(shape)
        self.energy = np.zeros(shape)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        return tuple(self.g.shape)

    def copy(self) -> PulsedArray:
        """Return an independent copy: the same devices in the same state."""
        twin = object.__new__(PulsedArray)
        for name, value in vars(self).items():
            setattr(twin, name, value.copy() if isinstance(value, np.ndarray) else value)
        return twin

    def curve(self, current: np.ndarray | float) -> np.ndarray:
        """Return the conductance (S) after a melt-quench pulse (A), device by device, no scatter.

        ``current`` is broadcast against the shape of the array.
        """
        amperes = to_numpy(as_array("current", current))
        return programming_curve(amperes, self.g_set, self.g_reset, self.i_half, self.width)

    def current_for(self, g_target: np.ndarray | float) -> np.ndarray:
        """Return the current (A) after which each device has ``g_target`` (S), but for scatter.

        No controller knows it; a simulator does. Targets outside the curve of a device get the
        nearest end of the model's `current_range`.
        """
        targets = to_numpy(as_array("g_target", g_target))
        tiny = 1e-6 * self.g_set
        above = np.clip(targets - self.g_reset, tiny, None)
        below = np.clip(self.g_set - targets, tiny, None)
        own = self.i_half + self.width * np.log(below / above)
        return np.clip(own, *self.model.current_range)

    def reset(self, rng: RandomSource, where: np.ndarray | None = None) -> None:
        """Apply the RESET pulse: the largest dome."""
        current, duration = self.model.reset_pulse
        self._apply(current, duration, rng, where)

    def set(self, rng: RandomSource, where: np.ndarray | None = None) -> None:
        """Apply the SET pulse, which is long and falls slowly enough to crystallise everything."""
        current, duration = self.model.set_pulse
        chosen = self._chosen(where)
        scatter = self._normal(rng)
        fresh = self.g_set * (1 + self.model.current_scatter * scatter)
        self.g = np.where(chosen, fresh, self.g)
        self._count(chosen, current, duration)

    def pulse(
        self, current: np.ndarray | float, rng: RandomSource, where: np.ndarray | None = None
    ) -> None:
        """Apply one square pulse to each chosen device.

        Parameters
        ----------
        current : float or array
            Current, A; broadcast against the shape of the array. From ``model.i_full`` on the
            pulse melts and overwrites the past; below it crystallises a share of the amorphous
            material; up to ``model.i_onset`` it does nothing.
        rng : int or numpy.random.Generator
            Source of the scatter from pulse to pulse.
        where : array of bool, optional
            Which devices get the pulse; all by default.

        Raises
        ------
        ValueError
            If a current is negative or above that of the RESET pulse.
        """
        self._apply(current, self.model.t_pulse, rng, where)

    def accumulate(self, rng: RandomSource, where: np.ndarray | None = None) -> None:
        """Apply one weak SET pulse, the same for all: a step that shrinks as the device fills."""
        self._apply(self.model.i_accumulate, self.model.t_pulse, rng, where)

    def read(
        self, rng: RandomSource, reads: int = 1, where: np.ndarray | None = None
    ) -> np.ndarray:
        """Return noisy verify reads (S), the mean of ``reads`` of them, for all devices.

        Only the devices in ``where`` are charged for time and energy.
        """
        model = self.model
        check_integer("reads", reads, low=1)
        chosen = self._chosen(where)
        spread = np.hypot(model.read_noise * self.g, model.read_floor) / np.sqrt(reads)
        seen = self.g + spread * self._normal(rng)
        self.reads += reads * chosen
        self.time += reads * model.t_verify * chosen
        self.energy += reads * model.t_verify * model.v_read**2 * self.g * chosen
        return seen if model.lsb == 0 else model.lsb * np.round(seen / model.lsb)

    def relaxed(self, rng: RandomSource) -> np.ndarray:
        """Return what the devices (S) have become by the first read of the whole array.

        Between the last verify and that read, some tens or hundreds of seconds later, the glass
        relaxes and the devices fluctuate. The array itself is not changed.
        """
        return np.clip(self.g + self.model.relaxation_std(self.g) * self._normal(rng), 0.0, None)

    def _normal(self, rng: RandomSource) -> np.ndarray:
        generator = as_generator(rng)
        if not isinstance(generator, np.random.Generator):
            raise TypeError(
                f"rng must be an int or a numpy.random.Generator, got {type(rng).__name__}"
            )
        # One number per device, chosen or not: what happens to a device does not depend on which
        # others are still being programmed.
        return generator.standard_normal(self.shape)

    def _chosen(self, where: np.ndarray | None) -> np.ndarray:
        if where is None:
            return np.ones(self.shape, dtype=bool)
        chosen = np.asarray(where)
        if chosen.dtype != np.bool_ or chosen.shape != self.shape:
            raise ValueError(
                f"where must be an array of bool of shape {self.shape}, got {chosen.dtype} of "
                f"shape {chosen.shape}"
            )
        return chosen

    def _apply(
        self,
        current: np.ndarray | float,
        duration: float,
        rng: RandomSource,
        where: np.ndarray | None,
    ) -> None:
        model, chosen = self.model, self._chosen(where)
        amperes = to_numpy(as_array("current", current))
        check_array("current", amperes, low=0.0, high=model.reset_pulse[0] * (1 + 1e-9), unit="A")
        amperes = np.broadcast_to(amperes, self.shape)
        scatter = self._normal(rng)
        molten = self.curve(amperes * (1 + model.current_scatter * scatter))
        ramp = np.clip((amperes - model.i_onset) / (model.i_full - model.i_onset), 0.0, 1.0) ** 2
        share = ramp * self.rate * np.clip(1 + model.step_spread * scatter, 0.0, None)
        grown = self.g + np.clip(share, 0.0, 1.0) * np.clip(self.g_set - self.g, 0.0, None)
        self.g = np.where(chosen, np.where(ramp < 1, grown, molten), self.g)
        self._count(chosen, amperes, duration)

    def _count(self, chosen: np.ndarray, current: np.ndarray | float, duration: float) -> None:
        self.pulses += chosen
        self.time += duration * chosen
        self.energy += self.model.v_supply * duration * current * chosen
