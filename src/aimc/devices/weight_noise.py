r"""Device noise straight on the weights: no devices, no state, one random number per weight.

Training with noise, and models with billions of weights, need the size of the error and not the
identity of every device. This mode folds programming noise, mean drift, spread of drift and reading
noise of a differential pair into a mean and a standard deviation for each weight,

.. math::

   \tilde w = \frac{w_\max}{G_\max}\left[m(\hat g_+) - m(\hat g_-)
     + \sqrt{v(\hat g_+) + v(\hat g_-)}\;\xi\right],

with one side of the pair at :math:`|w| / w_\max` and the other at zero, where a device still
scatters. The moments of one device follow from its statistical model :cite:p:`rasch2023hwa`. Given
the programmed conductance, drift and read are independent of each other, and each has moments in
closed form: those of :math:`e^{-k L |\nu|}`, a folded normal in the exponent, with
:math:`L = \ln(1 + t/t_0)`, and those of :math:`\max(1 + s\,\xi, 0)`, a clipped normal. The
programmed conductance, a normal clipped at zero, is averaged over by Gauss-Legendre quadrature.

What is approximated: the distribution is taken as normal, where the true one is skewed, most near
zero, where half of the devices hold nothing at all. Nothing has an identity: a second call is
another chip, so no device can be followed from one time to the next. Mean and standard deviation
themselves agree with `StatisticalPCM.program` to a quarter of a percent of the standard deviation.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from aimc.backend import (
    Array,
    RandomSource,
    as_array,
    like,
    namespace,
    stop_gradient,
    take,
)
from aimc.backend.blockwise import with_normals
from aimc.devices.pcm import StatisticalPCM
from aimc.validation import check_array, check_number, check_time

__all__ = ["device_moments", "weight_space_moments", "weight_space_noise"]

INTERVALS = 2048  # of the table, from zero to full scale
POINTS = 40  # of the quadrature
TAIL = 6.5  # standard deviations of the programmed conductance that the quadrature covers

_erf = np.vectorize(math.erf, otypes=[float])


def device_moments(
    device: StatisticalPCM, g_target: np.ndarray, t: float | str
) -> tuple[np.ndarray, np.ndarray]:
    """Return mean (S) and variance (S^2) of a read at ``t`` seconds, over devices of one target.

    Parameters
    ----------
    device : StatisticalPCM
        Statistical model.
    g_target : array, shape (n,)
        Target conductances, S.
    t : float or str
        Time since the first read after programming, s, or in words such as ``"1 d"``.
    """
    t = check_time("t", t)
    targets = np.asarray(g_target, dtype=np.float64)
    relative = targets / device.g_max
    spread = np.zeros_like(targets)
    if device.programming_noise:
        spread = spread + device.programming_std(targets)
    # the clipped part holds zeros, which add nothing to either moment
    distance = (targets / np.maximum(spread, 1e-30))[:, None]
    lowest = -np.minimum(distance, TAIL)
    nodes, weights = np.polynomial.legendre.leggauss(POINTS)
    half = 0.5 * (TAIL - lowest)
    xi = lowest + half * (1 + nodes)
    share = weights * half * _density(xi)
    share *= _below(distance) / share.sum(axis=1, keepdims=True)
    programmed = targets[:, None] + spread[:, None] * xi
    noise = np.zeros_like(programmed)
    if device.read_noise:
        noise = device.read_noise_factor(programmed) * device.noise_growth(t)
    first, second = _clipped_moments(noise)
    decay = math.log1p(t / device.t_0) if device.drift else 0.0
    exponent_mean = device.drift_mean_fit(relative)
    exponent_std = device.drift_std_fit(relative) if device.drift_spread else 0.0 * relative
    mean = np.sum(share * programmed * first, axis=1)
    square = np.sum(share * programmed**2 * second, axis=1)
    mean = mean * _mean_decay(decay, exponent_mean, exponent_std)
    square = square * _mean_decay(2 * decay, exponent_mean, exponent_std)
    # the difference of two equal numbers is zero but for rounding
    variance = square - mean**2
    return mean, np.where(variance > 1e-13 * square, variance, 0.0)


def _density(x: np.ndarray) -> np.ndarray:
    return np.exp(-0.5 * x**2) / math.sqrt(2 * math.pi)


def _below(x: np.ndarray) -> np.ndarray:
    """Share of a standard normal below ``x``."""
    return 0.5 * (1 + _erf(x / math.sqrt(2)))


def _clipped_moments(noise: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return first and second moment of max(1 + noise * xi, 0)."""
    edge = 1 / np.maximum(noise, 1e-3)  # a thousand standard deviations away: no clipping
    inside, density = _below(edge), _density(edge)
    return inside + noise * density, (1 + noise**2) * inside + noise * density


def _mean_decay(decay: float, mean: np.ndarray, std: np.ndarray) -> np.ndarray:
    """Return the mean of exp(-decay * abs(nu)) for normal nu."""
    std = np.maximum(std, 1e-12)
    shift = 0.5 * (decay * std) ** 2
    return np.exp(shift - decay * mean) * _below(mean / std - decay * std) + np.exp(
        shift + decay * mean
    ) * _below(-mean / std - decay * std)


class _Table(NamedTuple):
    """Mean and standard deviation as straight lines over intervals of the scaled weight."""

    mean: Any
    mean_slope: Any
    std: Any
    std_slope: Any


@lru_cache(maxsize=32)
def _table(device: StatisticalPCM, t: float) -> _Table:
    """Tabulate the pair at scaled weights from -1 to 1, relative to full scale."""
    x = np.linspace(0.0, 1.0, INTERVALS + 1)
    mean, variance = device_moments(device, x * device.g_max, t)
    mean = (mean - mean[0]) / device.g_max
    std = np.sqrt(variance + variance[0]) / device.g_max
    nodes = np.concatenate([-x[:0:-1], x])
    lines = []
    for values in (
        np.concatenate([-mean[:0:-1], mean]),
        np.concatenate([std[:0:-1], std]),
    ):
        slope = np.diff(values) * INTERVALS
        # one interval more, for a weight of exactly full scale
        slope = np.append(slope, slope[-1])
        lines += [values - slope * nodes, slope]
    return _Table(*lines)


def _table_like(device: StatisticalPCM, t: float, weights: Array) -> _Table:
    """Return the table beside the weights; half precision has too few digits to look up in it."""
    xp = namespace(weights)
    if xp.finfo(weights.dtype).bits < 32:
        weights = xp.astype(weights[:0], xp.float32)
    return _Table(*(like(line, weights) for line in _table(device, t)))


def _look_up(table: _Table, scaled: Array) -> tuple[Array, Array]:
    """Return mean and standard deviation at scaled weights; only the mean passes a gradient."""
    xp = namespace(scaled)
    scaled = xp.astype(scaled, table.mean.dtype, copy=False)
    fixed = stop_gradient(scaled)
    index = xp.astype((fixed + 1.0) * INTERVALS, xp.int32)
    at = _Table(*(take(line, index) for line in table))
    return at.mean + at.mean_slope * scaled, at.std + at.std_slope * fixed


def _checked(
    device: StatisticalPCM, weights: Array, t: float | str, w_max: Array | float | None
) -> tuple[Array, Array | float, float]:
    """Return weights, their range (a number, or one per row) and the time after all checks."""
    if not isinstance(device, StatisticalPCM):
        raise TypeError(f"device must be a StatisticalPCM, got {type(device).__name__}")
    age = device.check_age(check_time("t", t))
    w = as_array("weights", weights)
    check_array("weights", w)
    xp, fixed = namespace(w), stop_gradient(w)
    if w_max is None or np.ndim(w_max) == 0:
        peak = max(float(xp.max(fixed)), -float(xp.min(fixed)))
        if w_max is None:
            return w, peak if peak > 0 else 1.0, age
        scale: Array | float = check_number("w_max", float(w_max), low=0.0, open_low=True)
        excess = peak / float(w_max)
    else:
        check_array("w_max", as_array("w_max", w_max), ndim=1, last=int(w.shape[0]), low=1e-300)
        scale = xp.reshape(like(w_max, w), (-1, *[1] * (w.ndim - 1)))
        excess = float(xp.max(xp.abs(fixed) / scale))
    if excess > 1 + 1e-6:
        raise ValueError(
            f"w_max={w_max!r} is too small: the largest weight is {excess:.3g} times as large"
        )
    return w, scale, age


def weight_space_moments(
    device: StatisticalPCM, weights: Array, t: float | str, w_max: Array | float | None = None
) -> tuple[Array, Array]:
    """Return mean and standard deviation of each weight as a differential pair would hold it.

    Parameters
    ----------
    device, weights, t, w_max
        As for `weight_space_noise`.

    Returns
    -------
    mean, std : array
        In the unit and shape of the weights. Under torch the mean passes gradients, the standard
        deviation is a constant.
    """
    w, scale, age = _checked(device, weights, t, w_max)
    mean, std = _look_up(_table_like(device, age, w), w / scale)
    xp = namespace(w)
    return tuple(xp.astype(scale * part, w.dtype, copy=False) for part in (mean, std))


def weight_space_noise(
    device: StatisticalPCM,
    weights: Array,
    t: float | str,
    rng: RandomSource,
    w_max: Array | float | None = None,
) -> Array:
    """Return weights as one read of freshly programmed pairs would find them at time ``t``.

    Parameters
    ----------
    device : StatisticalPCM
        Statistical model of the devices. The first use of a model and a time takes some tens of
        milliseconds to tabulate its moments.
    weights : array
        Weights of any shape. Under torch gradients flow through the mean; the size of the noise
        counts as a constant.
    t : float or str
        Time since the first read after programming, s, or in words such as ``"1 d"``.
    rng : int, numpy.random.Generator or torch.Generator
        Source of one normal number per weight.
    w_max : float or array of shape (weights.shape[0],), optional
        Weight that stands for a fully SET device, for all or per output. Default: the largest.

    Returns
    -------
    array
        Noisy weights, of the shape and unit of the weights. Drift is not compensated.

    Raises
    ------
    TypeError
        If the device is not a statistical model.
    ValueError
        If a weight exceeds ``w_max``, or ``t`` is negative.

    Examples
    --------
    >>> import numpy as np
    >>> from aimc.devices import pcm_2019
    >>> noisy = weight_space_noise(pcm_2019(), np.full(10_000, 0.5), 86400.0, rng=0, w_max=1.0)
    >>> print(f"{noisy.mean():.2f} {noisy.std():.2f}")
    0.33 0.04
    """
    w, scale, age = _checked(device, weights, t, w_max)
    table = _table_like(device, age, w)
    full = scale if isinstance(scale, float) else 1.0

    def noisy(part: Array, normal: Array) -> Array:
        mean, std = _look_up(table, part / full)
        return namespace(part).astype(full * (mean + std * normal), part.dtype, copy=False)

    if isinstance(scale, float):
        return with_normals(noisy, w, rng=rng)
    return scale * with_normals(noisy, w / scale, rng=rng)
