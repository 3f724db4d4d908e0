"""Devices with twenty states, on which the rules of this room are told apart."""

from __future__ import annotations

import numpy as np

from aimc.devices.in_place_training import SoftBounds
from aimc.in_memory_training.device_matrix import DeviceMatrix
from aimc.validation import check_number

__all__ = ["coarse_devices", "fast_matrix"]


def coarse_devices(*, states: float = 20.0, symmetric: bool = False) -> SoftBounds:
    """Return devices with few states and steps that depend on where they stand.

    A step at weight zero is one part in ``states`` of the mean range from -1 to 1. Steps and bounds
    differ by 30 % between devices, as do steps up and down; a pulse varies by 30 %. This is our
    setting, in the form of the soft-bounds devices of :cite:t:`rasch2024fast`.

    Parameters
    ----------
    states : float
        Range over the mean step, above 1.
    symmetric : bool
        Whether steps depend neither on direction nor on the weight. Range, mean step, and their
        spread stay.

    Raises
    ------
    ValueError
        If ``states`` is not above 1.
    """
    check_number("states", states, low=1.0, open_low=True)
    slope = 0.0 if symmetric else 1.0
    return SoftBounds(
        name=f"{states:g} states, {'symmetric' if symmetric else 'soft bounds'}",
        step=2.0 / states,
        w_min=-1.0,
        w_max=1.0,
        slope_up=slope,
        slope_down=slope,
        step_spread=0.3,
        asymmetry_spread=0.0 if symmetric else 0.3,
        w_min_spread=0.3,
        w_max_spread=0.3,
        cycle_noise=0.3,
        sources=("rasch2024fast",),
    )


def fast_matrix(
    model: SoftBounds,
    shape: tuple[int, int],
    *,
    serial: int,
    rng: np.random.Generator,
    offset: float = 0.0,
) -> DeviceMatrix:
    """Return devices at their symmetry points, whose reference misses these points by some error.

    Parameters
    ----------
    model : SoftBounds
        The devices; they need a symmetry point.
    shape : tuple of int
        Outputs and inputs.
    serial : int
        Serial number of the chip.
    rng : numpy.random.Generator
        Source of the error and of the pulses' variation.
    offset : float
        Standard deviation of the error of the reference, in units of weight.

    Raises
    ------
    ValueError
        If ``offset`` is negative, or the devices have no symmetry point.
    """
    check_number("offset", offset, low=0.0)
    devices = model.fabricate(shape, serial)
    centre = devices.symmetry_point()
    reference = centre + offset * rng.standard_normal(shape)
    matrix = DeviceMatrix(devices, reference=reference, rng=rng)
    matrix.states = centre.copy()
    return matrix
