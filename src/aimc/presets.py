"""Published systems by name: one function per paper, every constant with its source.

Two noise models of two chip generations are never mixed: a preset chooses its device model, its
converters and its array size together.
"""

from __future__ import annotations

from typing import Any

from aimc.circuits import ADC, DAC, DifferentialPair, Periphery
from aimc.core import Core
from aimc.devices import IdealDevice, pcm_2019, pcm_hermes
from aimc.validation import check_choice, check_integer

__all__ = ["hermes_core", "ideal_core", "joshi2020_core"]


def ideal_core(rows: int = 256, columns: int = 256) -> Core:
    """Return a core without any non-ideality: ideal devices, ideal converters."""
    return Core(
        IdealDevice(),
        periphery=Periphery(input_range=None, read_noise=False),
        rows=rows,
        columns=columns,
        name="ideal core",
    )


def hermes_core(
    serial: int = 0, devices: int = 2, *, index: int = 0, input_range: float | None = 1.0
) -> Core:
    """Return one core of the 64-core HERMES project chip :cite:p:`legallo2023hermes`.

    256 x 256 unit cells (A008); signed 8-bit PWM inputs at 1 ns per LSB (A019) and 0.2 V (A020);
    ADCs with two unsigned 12-bit counters (A022) that saturate near 100 uA (A028).

    Parameters
    ----------
    serial : int
        Serial number of the chip: same serial, same devices.
    devices : {1, 2}
        Devices per polarity that carry a weight: one (ODP) or two (TDP). The two-device fit
        describes the pair as one element, so the unit cell has one element per polarity either way.
    index : int
        Number of the core on its chip.
    input_range : float or None
        Magnitude of the input that becomes a full-scale pulse; ``None`` scales each input vector
        to its own largest entry.

    Raises
    ------
    ValueError
        If ``devices`` is neither 1 nor 2.
    """
    check_choice("devices", devices, (1, 2))
    return Core(
        pcm_hermes(devices),
        DifferentialPair(),
        Periphery(
            dac=DAC(bits=8, encoding="pwm", v_read=0.2, t_slot=1e-9),
            adc=ADC(bits=12, i_max=100e-6, dual=True),
            input_range=input_range,
        ),
        rows=256,
        columns=256,
        serial=serial,
        index=check_integer("index", index, low=0),
        name=f"HERMES core ({'one' if devices == 1 else 'two'}-device programming)",
        sources=("legallo2023hermes", "khaddam2022hermes"),
    )


def joshi2020_core(
    serial: int = 0, *, rows: int = 512, columns: int = 512, input_range: float | None = None
) -> Core:
    """Return a core with the device statistics of the million-device array of 2019.

    One differential pair per weight :cite:p:`joshi2020accurate`, 8-bit inputs, outputs that are
    not quantised. The array size is a choice of the model, not of the hardware.

    Parameters
    ----------
    serial : int
        Serial number of the chip: same serial, same devices.
    rows, columns : int
        Word lines and bit lines.
    input_range : float or None
        Magnitude of a full-scale input; ``None`` scales each vector to its own largest entry.
    """
    return Core(
        pcm_2019(),
        DifferentialPair(),
        Periphery(dac=DAC(bits=8, v_read=0.3), adc=ADC(bits=None), input_range=input_range),
        rows=rows,
        columns=columns,
        serial=serial,
        name="core with the 2019 array's devices",
        sources=("joshi2020accurate", "nandakumar2019models"),
    )


def citations(obj: Any) -> tuple[str, ...]:
    """Return the bibliography keys of all papers behind an object, without repetition.

    Parameters
    ----------
    obj : object
        A core, device, tiled matrix, or anything else with a ``sources`` attribute.

    Raises
    ------
    TypeError
        If the object carries no sources.
    """
    parts = [obj, *getattr(obj, "cores", ()), getattr(obj, "device", None)]
    parts += [core.device for core in getattr(obj, "cores", ())]
    parts += [getattr(obj, "core", None), getattr(getattr(obj, "core", None), "device", None)]
    found = [part for part in parts if hasattr(part, "sources")]
    if not found:
        raise TypeError(f"obj has no sources to cite: got {type(obj).__name__}")
    return tuple(dict.fromkeys(key for part in found for key in part.sources))
