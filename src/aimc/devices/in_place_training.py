r"""Devices that are trained in place: one pulse, one small step of the weight.

A pulse up or down changes the weight by a step that depends on where the weight stands. With
direction :math:`d = \pm 1`

.. math::

   \Delta w = d\,s_d\,f_d(w)\,(1 + \sigma\,\xi),\qquad
   s_\pm = \Delta w_0\,(1 + \sigma_s\,\xi_s \pm \beta),\qquad
   \beta = \beta_0 + \sigma_\beta\,\xi_\beta,

where the size :math:`s_\pm` of the steps differs between devices and directions, and :math:`\xi` is
new in each pulse. Two shapes :math:`f_d` are common: a straight line that falls towards the bound
(`SoftBounds`) and a constant minus an exponential (`ExponentialStep`). Where the steps up and down
balance lies the *symmetry point* of a device: pulses of alternating direction carry it there.

Weights are dimensionless. The models are those of the ``aihwkit`` toolkit :cite:p:`aihwkit`; its
*write noise*, an error of the weight that is seen but not of the one that is kept, is left out, and
so is leakage. Devices with the numbers of published hardware are in
`aimc.devices.in_place_presets`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aimc.backend import (
    Array,
    RandomSource,
    as_array,
    as_generator,
    like,
    namespace,
    normal,
)
from aimc.validation import check_array, check_choice, check_integer, check_number, check_serial

__all__ = ["ExponentialStep", "SoftBounds", "UpdateArray"]

DEVICES = 21  # purpose of the random stream that makes the devices


@dataclass(frozen=True, slots=True)
class _PulsedModel:
    """What the two models share: size of the steps, bounds, and how much devices differ."""

    name: str
    """Which hardware the numbers belong to."""
    step: float
    """Mean size of a step at weight zero (before the shape), dimensionless."""
    w_min: float
    """Mean lower bound."""
    w_max: float
    """Mean upper bound."""
    asymmetry: float = 0.0
    """Systematic difference of the steps up and down, as a share of either."""
    step_spread: float = 0.0
    """Device-to-device spread of the step, relative."""
    asymmetry_spread: float = 0.0
    """Device-to-device spread of the asymmetry."""
    w_min_spread: float = 0.0
    """Device-to-device spread of the lower bound, relative."""
    w_max_spread: float = 0.0
    """Device-to-device spread of the upper bound, relative."""
    cycle_noise: float = 0.0
    """Cycle-to-cycle spread of a step, relative."""
    sources: tuple[str, ...] = ()
    """Bibliography keys."""

    def __post_init__(self) -> None:
        check_number("step", self.step, low=0.0, open_low=True)
        check_number("w_min", self.w_min, high=0.0)
        check_number("w_max", self.w_max, low=0.0, open_low=True)
        check_number("asymmetry", self.asymmetry, low=-1.0, high=1.0)
        for name in (
            "step_spread", "asymmetry_spread", "w_min_spread", "w_max_spread", "cycle_noise",
        ):  # fmt: skip
            check_number(name, getattr(self, name), low=0.0)

    def fabricate(self, shape: tuple[int, ...], serial: int) -> UpdateArray:
        """Make an array of devices, each with steps and bounds of its own.

        Parameters
        ----------
        shape : tuple of int
            Shape of the array.
        serial : int
            Serial number of the chip. Same serial, same devices, on any machine.

        Raises
        ------
        ValueError
            If the shape holds a number below one, or the serial number is negative.
        """
        size = tuple(check_integer("shape", n, low=1) for n in shape)
        rng = np.random.default_rng([check_serial("serial", serial), DEVICES])
        draws = [rng.standard_normal(size) for _ in range(6)]
        common = 1.0 + self.step_spread * draws[0]
        bias = self.asymmetry + self.asymmetry_spread * draws[1]
        return UpdateArray(
            model=self,
            step_up=np.abs(self.step * (common + bias)),
            step_down=np.abs(self.step * (common - bias)),
            w_min=-np.abs(self.w_min * (1.0 + self.w_min_spread * draws[2])),
            w_max=np.abs(self.w_max * (1.0 + self.w_max_spread * draws[3])),
            slope_up=self._slope(1, draws[4]),
            slope_down=self._slope(-1, draws[5]),
        )

    def _slope(self, direction: int, draw: np.ndarray) -> np.ndarray:
        """Return the relative fall of the step between weight zero and the bound."""
        return 0.0 * draw

    def shapes(self, devices: UpdateArray, w: Array) -> tuple[Array, Array]:
        """Return the factors on the steps up and down at weights ``w``."""
        raise NotImplementedError

    def balance(self, devices: UpdateArray) -> np.ndarray:
        """Return the weight at which the mean steps up and down are equal."""
        raise NotImplementedError

    def noise(self, step: Array, change: Array, w: Array) -> Array:
        """Return the standard deviation of one pulse that changes ``w`` by ``change``."""
        return self.cycle_noise * namespace(change).abs(change)


@dataclass(frozen=True, slots=True, eq=False)
class UpdateArray:
    """Devices as made: what belongs to each of them. All arrays have the shape of the weights."""

    model: _PulsedModel
    """Model the devices were made from."""
    step_up: np.ndarray
    """Size of a step up at weight zero, before the shape."""
    step_down: np.ndarray
    """Size of a step down at weight zero, before the shape; positive."""
    w_min: np.ndarray
    """Lower bounds."""
    w_max: np.ndarray
    """Upper bounds."""
    slope_up: np.ndarray
    """Relative fall of the step up from weight zero to the upper bound."""
    slope_down: np.ndarray
    """Relative fall of the step down from weight zero to the lower bound."""

    def steps(self, w: Array) -> tuple[Array, Array]:
        """Return the mean size of the next step up and down, both positive, at weights ``w``."""
        weights = self._check("w", w)
        up, down = self.model.shapes(self, weights)
        return like(self.step_up, weights) * up, like(self.step_down, weights) * down

    def pulse(self, w: Array, pulses: Array, rng: RandomSource) -> Array:
        """Return the weights after pulses have been applied.

        Parameters
        ----------
        w : array
            Weights, of the shape of the array; those beyond the bounds of a device are set to them.
        pulses : array
            How many pulses each device gets, as whole numbers: positive up, negative down. A
            Boolean array means one pulse to each device, up where it is true.
        rng : int, numpy.random.Generator or torch.Generator
            Source of the cycle-to-cycle variation.

        Raises
        ------
        ValueError
            If shapes differ, numbers of pulses are not whole, or a device that only knows one
            direction gets pulses in the other.
        """
        weights = self._check("w", w)
        counts = self._counts(pulses, weights)
        xp, generator = namespace(weights), as_generator(rng)
        low, high = like(self.w_min, weights), like(self.w_max, weights)
        scale = (like(self.step_up, weights), like(self.step_down, weights))
        weights = xp.clip(weights, low, high)
        for k in range(int(xp.max(xp.abs(counts)))):
            up, down = self.model.shapes(self, weights)
            rising = counts > 0
            step = xp.where(rising, scale[0], scale[1])
            change = step * xp.where(rising, up, down)
            draw = normal(generator, tuple(weights.shape), weights)
            change = change + self.model.noise(step, change, weights) * draw
            moved = xp.clip(weights + xp.sign(counts) * change, low, high)
            weights = xp.where(xp.abs(counts) > k, moved, weights)
        return weights

    def symmetry_point(self) -> np.ndarray:
        """Return the weight of each device at which the steps up and down are equal.

        Where they are equal nowhere between the bounds, the nearer bound is returned: alternating
        pulses carry the device there.

        Raises
        ------
        ValueError
            If the model has no symmetry point: its steps do not depend on the weight, or it only
            knows one direction.
        """
        return np.clip(self.model.balance(self), self.w_min, self.w_max)

    def _check(self, name: str, w: Array) -> Array:
        weights = as_array(name, w)
        check_array(name, weights)
        if tuple(weights.shape) != self.step_up.shape:
            raise ValueError(
                f"{name} must have the shape {self.step_up.shape} of the array, "
                f"got {tuple(weights.shape)}"
            )
        return weights

    def _counts(self, pulses: Array, weights: Array) -> Array:
        raw = pulses if hasattr(pulses, "dtype") else np.asarray(pulses)
        counts = like(self._check("pulses", raw), weights)
        if "bool" in str(raw.dtype):
            counts = 2.0 * counts - 1.0
        xp = namespace(counts)
        if not bool(xp.all(counts == xp.round(counts))):
            raise ValueError("pulses must be whole numbers of pulses, got fractions")
        if getattr(self.model, "one_sided", False) and bool(xp.any(counts < 0)):
            raise ValueError(
                f"pulses must not be negative: {self.model.name} only knows the direction up"
            )
        return counts


@dataclass(frozen=True, slots=True)
class SoftBounds(_PulsedModel):
    r"""Steps that fall in a straight line, :math:`f_\pm = 1 - \gamma_\pm w / b_\pm`.

    With the slope :math:`\gamma = 1` the step vanishes at the bound :math:`b`, which is thus never
    reached: soft bounds. With a smaller slope the device stops at the bound.
    """

    slope_up: float = 1.0
    """Relative fall of the step up between weight zero and the upper bound."""
    slope_down: float = 1.0
    """Relative fall of the step down between weight zero and the lower bound."""
    slope_spread: float = 0.0
    """Device-to-device spread of both slopes."""
    own_bounds: bool = True
    """Whether a slope refers to the bound of the device, or to the mean bound."""
    additive: bool = False
    """Whether cycle-to-cycle noise has the size of the step at zero, wherever the weight is."""

    def __post_init__(self) -> None:
        # no super(): a dataclass with slots is made twice, and super() would look at the first
        _PulsedModel.__post_init__(self)
        if self.w_min == 0:
            raise ValueError(f"w_min={self.w_min!r} is not allowed: it must lie below 0")
        for name in ("slope_up", "slope_down", "slope_spread"):
            check_number(name, getattr(self, name), low=0.0)

    def _slope(self, direction: int, draw: np.ndarray) -> np.ndarray:
        mean = self.slope_up if direction > 0 else self.slope_down
        return np.abs(mean + self.slope_spread * draw)

    def _falls(self, devices: UpdateArray) -> tuple[np.ndarray, np.ndarray]:
        high = devices.w_max if self.own_bounds else self.w_max
        low = devices.w_min if self.own_bounds else self.w_min
        return devices.slope_up / high, devices.slope_down / low

    def shapes(self, devices: UpdateArray, w: Array) -> tuple[Array, Array]:
        """Return the factors on the steps up and down at weights ``w``."""
        up, down = self._falls(devices)
        return 1.0 - like(up, w) * w, 1.0 - like(down, w) * w

    def balance(self, devices: UpdateArray) -> np.ndarray:
        """Return the weight at which the mean steps up and down are equal, inside bounds or not."""
        up, down = self._falls(devices)
        fall = devices.step_up * up - devices.step_down * down
        if not np.all(fall > 0):
            raise ValueError(
                f"{self.name} has no symmetry point: slope_up={self.slope_up!r} and "
                f"slope_down={self.slope_down!r} leave steps that do not depend on the weight"
            )
        return (devices.step_up - devices.step_down) / fall

    def noise(self, step: Array, change: Array, w: Array) -> Array:
        """Return the standard deviation of one pulse."""
        return self.cycle_noise * (step if self.additive else namespace(change).abs(change))


@dataclass(frozen=True, slots=True)
class ExponentialStep(_PulsedModel):
    r"""Steps that saturate exponentially, :math:`f_\pm = \max(1 - A_\pm e^{\pm\gamma z}, 0)`.

    Here :math:`z = 2 a w / (b_\max - b_\min) + b`. The noise of one pulse has the standard
    deviation :math:`\sigma(|\Delta w| + n_0 + n_1 |w|)`.
    """

    factor_up: float = 0.0
    """A of a pulse up."""
    factor_down: float = 0.0
    """A of a pulse down."""
    rate: float = 1.0
    """Gamma, one value for both directions."""
    tilt: float = 1.0
    """a, the scale of the weight in the exponent."""
    shift: float = 0.0
    """b, the value of the exponent at weight zero over the rate."""
    noise_floor: float = 0.0
    """Part of the noise that does not depend on the step, in weight."""
    noise_slope: float = 0.0
    """Part of the noise that grows with the weight."""
    one_sided: bool = False
    """Whether the device only knows pulses up, as the accumulation of PCM."""

    def __post_init__(self) -> None:
        _PulsedModel.__post_init__(self)
        check_number("rate", self.rate, low=0.0, open_low=True)
        for name in ("factor_up", "factor_down", "tilt", "shift"):
            check_number(name, getattr(self, name))
        for name in ("noise_floor", "noise_slope"):
            check_number(name, getattr(self, name), low=0.0)
        check_choice("one_sided", self.one_sided, (False, True))

    def shapes(self, devices: UpdateArray, w: Array) -> tuple[Array, Array]:
        """Return the factors on the steps up and down at weights ``w``."""
        xp = namespace(w)
        z = 2.0 * self.tilt * w / like(devices.w_max - devices.w_min, w) + self.shift
        up = 1.0 - self.factor_up * xp.exp(self.rate * z)
        down = 1.0 - self.factor_down * xp.exp(-self.rate * z)
        return xp.clip(up, 0.0), xp.clip(down, 0.0)

    def balance(self, devices: UpdateArray) -> np.ndarray:
        r"""Return the weight at which the mean steps up and down are equal, inside bounds or not.

        With :math:`q = e^{\gamma z}` the balance is a quadratic,
        :math:`-s_+ A_+ q^2 + (s_+ - s_-) q + s_- A_- = 0`, with one positive root where both
        factors are negative.
        """
        if self.one_sided or self.tilt == 0 or not (self.factor_up < 0 and self.factor_down < 0):
            raise ValueError(
                f"{self.name} has no symmetry point in closed form: it needs pulses in both "
                f"directions and negative factors, got one_sided={self.one_sided!r}, "
                f"factor_up={self.factor_up!r}, factor_down={self.factor_down!r}"
            )
        square = -devices.step_up * self.factor_up
        linear = devices.step_up - devices.step_down
        constant = devices.step_down * self.factor_down
        q = (-linear + np.sqrt(linear**2 - 4 * square * constant)) / (2 * square)
        z = np.log(q) / self.rate
        return (z - self.shift) * (devices.w_max - devices.w_min) / (2 * self.tilt)

    def noise(self, step: Array, change: Array, w: Array) -> Array:
        """Return the standard deviation of one pulse."""
        xp = namespace(change)
        return self.cycle_noise * (xp.abs(change) + self.noise_floor + self.noise_slope * xp.abs(w))
