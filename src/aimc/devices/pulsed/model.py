"""Two generations of pulsed phase-change devices, and what is known and assumed about them.

The currents, durations and limits of the presets are published. The shape of the programming curve,
its width and all spreads are *assumed*: values of a usual size, chosen so that the published
programming loop converges as published and that the published margins and limits make sense. What
happens between the last verify and the first read of the array is a Gaussian step, whose size is
calibrated so that the whole error has the published standard deviation
(`aimc.recovery.programming.program_and_verify`). What pulses do to the devices stands in
`aimc.devices.pulsed.array`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aimc.devices.pulsed.array import PulsedArray
from aimc.devices.pulsed.parameters import PulseParameters
from aimc.units import MICRO, NANO
from aimc.validation import check_integer

__all__ = ["PulsedPCM", "pulsed_2019", "pulsed_hermes"]


@dataclass(frozen=True, slots=True)
class PulsedPCM(PulseParameters):
    """Model of one generation of phase-change devices and of the pulses that program them.

    Make one with `pulsed_hermes` or `pulsed_2019`, and devices with `fabricate`. The numbers are
    those of `PulseParameters`.
    """

    def fabricate(self, shape: int | tuple[int, ...], serial: int = 0) -> PulsedArray:
        """Make an array of devices, all in the SET state.

        Parameters
        ----------
        shape : int or tuple of int
            Shape of the array.
        serial : int
            Serial number. Same serial and shape, same devices.
        """
        sizes = (shape,) if isinstance(shape, int) else tuple(shape)
        for size in sizes:
            check_integer("shape", size, low=1)
        return PulsedArray(self, sizes, serial)


def _micro(*values: float) -> tuple[float, ...]:
    return tuple(MICRO * value for value in values)


def pulsed_hermes() -> PulsedPCM:
    """Return devices and pulses of the 64-core chip :cite:p:`legallo2023hermes`.

    Pulses, verify read, margin and limit are facts A053-A058, the range A061 and A063; the energy
    uses the lower bound of the programming voltage of :cite:t:`khaddam2022hermes`, fact A119. The
    tenth percentile of the SET states is `g_max`, as on the least conductive core (A059).
    """
    spread = 0.12
    return PulsedPCM(
        name="HERMES devices, pulse by pulse",
        g_max=10.35 * MICRO,
        g_set=10.35 * MICRO * float(np.exp(1.2816 * spread)),
        g_reset=0.18 * MICRO,
        i_half=300 * MICRO,
        width=35 * MICRO,
        i_onset=50 * MICRO,
        i_full=125 * MICRO,
        i_accumulate=75 * MICRO,
        current_range=(125 * MICRO, 700 * MICRO),
        reset_pulse=(700 * MICRO, 125 * NANO),
        set_pulse=(125 * MICRO, 300 * NANO),
        t_pulse=125 * NANO,
        margin=5 * 10.35 * MICRO / 80,
        max_iterations=30,
        reads=1,
        t_verify=(512 + 256) * NANO,
        v_read=0.2,
        v_supply=2.5,
        lsb=10.35 * MICRO / 80,
        g_set_spread=spread,
        current_scatter=0.02,
        relaxation=_micro(
            0.172, 0.056, 0.402, 0.558, 0.688, 0.786, 0.836, 0.860, 0.910, 0.895, 0.865
        ),
        sources=("legallo2023hermes", "khaddam2022hermes"),
    )


def pulsed_2019() -> PulsedPCM:
    """Return devices and pulses of the 90 nm array of :cite:t:`joshi2020accurate`.

    RESET pulse, iterative currents, limit, margin and reads are facts B029 and B030, the duration
    of a read B028, the programming voltage the usual one of :cite:t:`singh2025tiles` (B039). A SET
    pulse stands for the published staircase; the duration of the iterative pulses is assumed.
    """
    return PulsedPCM(
        name="90 nm devices, pulse by pulse",
        g_max=25 * MICRO,
        g_set=32 * MICRO,
        g_reset=0.12 * MICRO,
        i_half=220 * MICRO,
        width=25 * MICRO,
        i_onset=40 * MICRO,
        i_full=80 * MICRO,
        i_accumulate=55 * MICRO,
        current_range=(80 * MICRO, 400 * MICRO),
        reset_pulse=(450 * MICRO, 50 * NANO),
        set_pulse=(160 * MICRO, 1000 * NANO),
        t_pulse=50 * NANO,
        margin=0.25 * MICRO,
        max_iterations=55,
        reads=5,
        t_verify=1000 * NANO,
        v_read=0.3,
        v_supply=2.0,
        g_reset_spread=0.6,
        relaxation=_micro(
            0.352, 0.422, 0.597, 0.732, 0.857, 0.947, 1.011, 1.039, 1.071, 1.058, 1.039
        ),
        sources=("joshi2020accurate", "nandakumar2019models"),
    )
