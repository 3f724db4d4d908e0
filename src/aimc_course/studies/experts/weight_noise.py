"""What becomes of weights on the tiers of a stack: Gaussian noise, or simulated devices.

Every part of a matrix has a tier of its own, and its largest weight there becomes a fully SET cell.
Noise is counted relative to that weight.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from aimc import presets
from aimc.cores import Core
from aimc.cores.cut import parts_of
from aimc.validation import check_array, check_integer, check_number
from aimc_course.studies.experts.network import Matrix
from aimc_course.studies.experts.placement import StackPlacement

__all__ = ["gaussian_noise", "noise_tolerance", "on_devices", "relative_error"]

Weights = Mapping[Matrix, NDArray[np.float32]]
DAY = 86400.0
CORE = 256  # rows and columns of a core of the 64-core chip


def gaussian_noise(
    placement: StackPlacement, weights: Weights, share: float, rng: np.random.Generator
) -> dict[Matrix, NDArray[np.float32]]:
    r"""Add noise to every weight, :math:`\sigma` being a share of the largest on its tier.

    Parameters
    ----------
    placement : StackPlacement
        Which weights share a tier.
    weights : mapping of Matrix to array of shape (out, in)
        Weights as they were trained.
    share : float
        Standard deviation over the largest weight of the tier.
    rng : numpy.random.Generator
        Source of the draws; the same generator and another share give the same noise, scaled.

    Returns
    -------
    dict of Matrix to array of shape (out, in)
        Weights as the tiers hold them.
    """
    check_number("share", share, low=0.0)

    def held(part: NDArray[np.float32], number: int) -> NDArray[np.float32]:
        spread = share * float(np.abs(part).max())
        return part + np.float32(spread) * rng.standard_normal(part.shape, dtype=np.float32)

    return _each_part(placement, weights, held)


def on_devices(
    placement: StackPlacement, weights: Weights, serial: int, t: float = DAY
) -> dict[Matrix, NDArray[np.float32]]:
    """Program every part on simulated devices of the 64-core chip, and read them once at ``t``.

    The model is that of `aimc.presets.hermes`: programming error, drift and the read noise of
    one moment; one digital factor for each tier undoes the mean drift. Converters are left out.

    Parameters
    ----------
    placement : StackPlacement
        Which weights share a tier; no tier may be larger than a core of 256 x 256.
    weights : mapping of Matrix to array of shape (out, in)
        Weights as they were trained.
    serial : int
        Serial number of the stack: the same number, the same devices.
    t : float
        Time since programming, s.

    Raises
    ------
    ValueError
        If a tier is larger than a core.
    """
    check_integer("placement.tile_size", placement.tile_size, low=1, high=CORE)

    def held(part: NDArray[np.float32], number: int) -> NDArray[np.float32]:
        core: Core = presets.hermes(serial, index=number).program(part)
        found = np.asarray(core.at(t, noise=core.read_noise()).weights(noise=True), np.float64)
        factor = float((part * part).sum() / (found * part).sum())
        return np.asarray(factor * found, np.float32)

    return _each_part(placement, weights, held)


def relative_error(placement: StackPlacement, weights: Weights, held: Weights) -> float:
    """Return the root mean square of what tiers hold minus what they should, over the largest.

    Each weight's error is divided by the largest weight of its tier. For `gaussian_noise` this is
    ``share``, so that devices and Gaussian noise can be compared.
    """
    squares, count = 0.0, 0
    for part, (rows, columns) in zip(placement.parts, _slices(placement), strict=True):
        wanted = weights[part.matrix][rows, columns].astype(float)
        off = (held[part.matrix][rows, columns] - wanted) / np.abs(wanted).max()
        squares, count = squares + float((off**2).sum()), count + off.size
    return float(np.sqrt(squares / count))


def noise_tolerance(noises: Sequence[float], bits: Sequence[float], limit: float) -> float:
    """Return the noise at which one stack's bits per character reach a limit.

    Parameters
    ----------
    noises : sequence of float
        Rising shares, the first of them 0.
    bits : sequence of float
        Bits per character at each of them.
    limit : float
        What is not to be exceeded; between two noises the course is taken as straight.

    Raises
    ------
    ValueError
        If the limit is exceeded without noise, or not even by the largest noise.
    """
    shares, course = np.asarray(noises, float), np.asarray(bits, float)
    check_array("noises", shares, ndim=1, low=0.0)
    check_array("bits", course, ndim=1, last=len(shares))
    beyond = np.flatnonzero(course > limit)
    if not beyond.size or beyond[0] == 0:
        raise ValueError(
            f"limit={limit!r} is not allowed: it must lie between the first of bits, "
            f"{course[0]:.3f}, and the largest, {course.max():.3f}"
        )
    k = int(beyond[0])
    part = (limit - course[k - 1]) / (course[k] - course[k - 1])
    return float(shares[k - 1] + part * (shares[k] - shares[k - 1]))


def _slices(placement: StackPlacement) -> list[tuple[slice, slice]]:
    """Return which rows (outputs) and columns (inputs) of its matrix each part holds."""
    size = placement.tile_size
    return [parts_of(part.matrix.shape, size, size)[part.number].where for part in placement.parts]


def _each_part(
    placement: StackPlacement,
    weights: Weights,
    held: Callable[[NDArray[np.float32], int], NDArray[np.float32]],
) -> dict[Matrix, NDArray[np.float32]]:
    """Return all matrices after each part went through ``held`` with its number on the stack."""
    found = {m: np.array(weights[m], np.float32) for m in placement.network.matrices}
    for k, (part, place) in enumerate(zip(placement.parts, _slices(placement), strict=True)):
        found[part.matrix][place] = held(found[part.matrix][place], k)
    return found
