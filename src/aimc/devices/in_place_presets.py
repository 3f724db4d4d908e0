"""Devices for training in memory, with the numbers of published hardware.

All numbers are those of the presets of the ``aihwkit`` toolkit :cite:p:`aihwkit` (facts B045 and
B084), whose authors fitted them to the measurements named below. Weights are dimensionless.
"""

from __future__ import annotations

from aimc.devices.in_place_training import ExponentialStep, SoftBounds

__all__ = [
    "capacitor",
    "constant_step",
    "ecram",
    "pcm_accumulation",
    "reram_exponential",
    "reram_soft_bounds",
]


def constant_step() -> SoftBounds:
    """Return the specification of :cite:t:`gokmen2016acceleration`, scaled to weights of -1 to 1.

    Steps that do not depend on the weight, about 1200 of them over the range, bounds that differ by
    30 % between devices. No such device is known; it is what one would ask for.
    """
    return SoftBounds(
        name="constant step (specification of 2016)",
        step=0.0016,
        w_min=-1.0,
        w_max=1.0,
        slope_up=0.0,
        slope_down=0.0,
        step_spread=0.3,
        asymmetry_spread=0.01,
        w_min_spread=0.3,
        w_max_spread=0.3,
        cycle_noise=0.3,
        sources=("gokmen2016acceleration", "aihwkit"),
    )


def reram_soft_bounds() -> SoftBounds:
    """Return a loose fit of soft bounds to a ReRAM device measured by Gong et al., 2018.

    The range is shifted so that the mean symmetry point is zero, as if a reference device were
    subtracted. A single pulse is almost pure chance: its noise is 3.75 steps.
    """
    return SoftBounds(
        name="ReRAM, soft bounds",
        step=0.002,
        w_min=-0.75,
        w_max=1.25,
        step_spread=0.3,
        asymmetry_spread=0.01,
        w_min_spread=0.3 / 0.75,
        w_max_spread=0.3 / 1.25,
        cycle_noise=3.75,
        additive=True,
        sources=("aihwkit",),
    )


def reram_exponential() -> ExponentialStep:
    """Return the closer fit of exponential steps to the same ReRAM device."""
    return ExponentialStep(
        name="ReRAM, exponential step",
        step=0.00135,
        w_min=-1.0,
        w_max=1.0,
        asymmetry=0.259359,
        factor_up=-1.18445,
        factor_down=-0.081404,
        rate=5.0,
        tilt=-0.5,
        shift=-0.5,
        step_spread=0.2,
        asymmetry_spread=0.05,
        w_min_spread=0.3,
        w_max_spread=0.3,
        cycle_noise=5.0,
        sources=("aihwkit",),
    )


def ecram() -> SoftBounds:
    """Return the fit to a lithium-based electrochemical RAM measured by Tang et al., 2018.

    The range is shifted so that the mean symmetry point is zero.
    """
    return SoftBounds(
        name="ECRAM, lithium",
        step=0.002,
        w_min=-0.8276,
        w_max=1.1724,
        slope_up=0.1153,
        slope_down=0.5085,
        slope_spread=0.05,
        own_bounds=False,
        step_spread=0.1,
        asymmetry_spread=0.01,
        w_min_spread=0.05,
        w_max_spread=0.05,
        cycle_noise=0.3,
        sources=("aihwkit",),
    )


def capacitor() -> SoftBounds:
    """Return the fit to a capacitor cell measured by Li et al., 2018, without its leakage."""
    return SoftBounds(
        name="capacitor cell",
        step=0.005,
        w_min=-1.0,
        w_max=1.0,
        slope_up=0.05,
        slope_down=0.05,
        slope_spread=0.01,
        own_bounds=False,
        step_spread=0.1,
        asymmetry_spread=0.06,
        w_min_spread=0.07,
        w_max_spread=0.07,
        cycle_noise=0.3,
        additive=True,
        sources=("aihwkit",),
    )


def pcm_accumulation() -> ExponentialStep:
    """Return the fit to the accumulation of SET pulses in PCM :cite:p:`nandakumar2020mixed`.

    Partial SET pulses only raise a conductance. A weight needs a pair of such devices and a RESET
    of both when one is full (fact B045); the pair belongs to the training algorithm.
    """
    return ExponentialStep(
        name="PCM, accumulation of SET pulses",
        step=0.01,
        w_min=0.0,
        w_max=2.0,
        factor_up=-27.235,
        rate=2.5,
        tilt=-1.0,
        step_spread=0.2,
        asymmetry_spread=0.05,
        w_max_spread=0.1,
        cycle_noise=0.6,
        noise_floor=0.042,
        noise_slope=0.108,
        one_sided=True,
        sources=("nandakumar2020mixed", "aihwkit"),
    )
