"""Published systems by name: one function per paper, every constant with its source.

Two noise models of two chip generations are never mixed: a preset chooses its device model, its
converters and its array size together.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aimc.circuits import (
    ADC,
    CCOADC,
    DAC,
    DifferentialPair,
    IRDrop,
    OutputConverter,
    Periphery,
    ReadNoiseFormula,
)
from aimc.cores import Core
from aimc.devices import IdealDevice, StatisticalPCM, pcm_2019, pcm_hermes
from aimc.devices.fits import Piecewise, Polynomial
from aimc.devices.pulsed import pulsed_hermes
from aimc.published import fact
from aimc.units import MICRO, NANO
from aimc.validation import check_choice, check_integer

__all__ = ["hermes", "ideal", "joshi2020", "khaddam2022", "rasch2023"]


def __dir__() -> list[str]:
    return __all__


if not TYPE_CHECKING:  # a type checker would take every name for granted

    def __getattr__(name: str) -> Callable[..., Core]:
        """Return a preset by the name that it had in edition 0.9: it ended in ``_core``."""
        preset = NAMED.get(name.removesuffix("_core"))
        if preset is None or not name.endswith("_core"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
        said = f"aimc.presets.{name} is called aimc.presets.{name.removesuffix('_core')} now"
        warnings.warn(said, DeprecationWarning, stacklevel=2)
        return preset


def ideal(rows: int = 256, columns: int = 256, *, serial: int = 0, index: int = 0) -> Core:
    """Return a core without any non-ideality: ideal devices, ideal converters.

    Parameters
    ----------
    rows, columns : int
        Word lines and bit lines.
    serial, index : int
        Numbers of the chip and of the core on it, which only tell ideal cores apart.
    """
    return Core(
        IdealDevice(),
        periphery=Periphery(input_range=None, read_noise=False),
        rows=rows,
        columns=columns,
        serial=serial,
        index=index,
        name="ideal core",
    )


def hermes(
    serial: int = 0,
    devices: int = 2,
    *,
    index: int = 0,
    input_range: float | None = 1.0,
    adc: str = "uniform",
    read_mode: str = "4-phase",
    polarity_asymmetry: float = 0.0,
    precision: str | None = None,
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
    adc : {"uniform", "cco"}
        ``"uniform"``: equal converters that use the whole width of their counters. ``"cco"``: the
        oscillators of the core of 2022, each with its own gain, calibrated, with as many counts as
        fit into the pulse; a four-phase read then converts each phase on its own.
    read_mode : {"4-phase", "1-phase"}
        One modulation for each combination of signs, as in all published experiments, or one for
        all (A029, A030).
    polarity_asymmetry : float
        Share of the current that a device loses in the direction opposite to its verify reads.
        Assumed, since no size is published; only a one-phase read meets it.
    precision : {None, "float32", "bfloat16", "fastest"}
        Number format of the products; see `aimc.circuits.Periphery`.

    Raises
    ------
    ValueError
        If ``devices`` is neither 1 nor 2, or a choice is unknown.
    """
    check_choice("devices", devices, (1, 2))
    check_choice("adc", adc, ("uniform", "cco"))
    check_integer("index", index, low=0)
    oscillators = adc == "cco"
    converter: OutputConverter = ADC(bits=12, i_max=100e-6, dual=True)
    if oscillators:
        converter = CCOADC.fabricate(256, serial, index=index)
    return Core(
        pcm_hermes(devices),
        DifferentialPair(),
        Periphery(
            dac=DAC(bits=8, encoding="pwm", v_read=0.2, t_slot=1e-9),
            adc=converter,
            input_range=input_range,
            read_mode=read_mode,
            polarity_asymmetry=polarity_asymmetry,
            convert_each_phase=oscillators and read_mode == "4-phase",
            precision=precision,
        ),
        rows=256,
        columns=256,
        serial=serial,
        index=index,
        name=f"HERMES core ({'one' if devices == 1 else 'two'}-device programming)",
        sources=("legallo2023hermes", "khaddam2022hermes"),
    )


def khaddam2022(serial: int = 0, encoding: str = "pwm", *, index: int = 0) -> Core:
    """Return the single core of 2022 that the 64-core chip grew from :cite:p:`khaddam2022hermes`.

    256 x 256 unit cells with oscillator converters (A110 to A114) and 8-bit inputs, as pulse widths
    or bit by bit; in the second case each bit is counted for about 5 ns (A117). All sign quadrants
    are read in one modulation. Weights scatter by the published programming error (A122, the first
    number), which contains the noise of the read; they do not drift, and a later time warns. The
    paper prints neither the conductance of a full weight nor the voltage: *assumed* are those of
    one-device programming on the later chip (A061) and of its verify reads (A020).

    Parameters
    ----------
    serial : int
        Serial number of the chip: same serial, same devices and converters.
    encoding : {"pwm", "bit_serial"}
        How inputs are sent.
    index : int
        Number of the core, if several stand side by side.

    Raises
    ------
    ValueError
        If ``encoding`` is neither of the two.
    """
    check_choice("encoding", encoding, ("pwm", "bit_serial"))
    g_max = MICRO * fact("A061").number
    error = fact("A122").numbers[0] / 100 * g_max / MICRO  # the fits are in microsiemens
    never = Polynomial((0.0,))
    device = StatisticalPCM(
        name="PCM of the HERMES core of 2022",
        g_max=g_max,
        # devices of the polarity that a weight does not use stay RESET
        programming_fit=Piecewise(1e-9, never, Polynomial((error,))),
        drift_mean_fit=never,
        drift_std_fit=never,
        read_noise_fit=never,
        t_0=1.0,
        t_read=NANO * fact("A118").number,
        t_fitted=0.0,
        sources=("khaddam2022hermes",),
        pulses=pulsed_hermes(),
    ).without("drift", "read_noise")
    return Core(
        device,
        DifferentialPair(),
        Periphery(
            dac=DAC(
                bits=8, encoding=encoding, v_read=0.2, t_slot=1e-9 if encoding == "pwm" else 5e-9
            ),
            adc=CCOADC.fabricate(
                256,
                serial,
                index=index,
                integration_time=5e-9 if encoding == "bit_serial" else None,
            ),
            read_mode="1-phase",
        ),
        serial=serial,
        index=index,
        name=f"HERMES core of 2022 ({encoding} inputs)",
        sources=("khaddam2022hermes",),
    )


def joshi2020(
    serial: int = 0,
    *,
    index: int = 0,
    rows: int = 512,
    columns: int = 512,
    input_range: float | None = None,
) -> Core:
    """Return a core with the device statistics of the million-device array of 2019.

    One differential pair per weight :cite:p:`joshi2020accurate`, 8-bit inputs, outputs that are
    not quantised. The array size is a choice of the model, not of the hardware.

    Parameters
    ----------
    serial : int
        Serial number of the chip: same serial, same devices.
    index : int
        Number of the core on its chip.
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
        index=index,
        name="core with the 2019 array's devices",
        sources=("joshi2020accurate", "nandakumar2019models"),
    )


def rasch2023(
    serial: int = 0,
    *,
    index: int = 0,
    input_range: float | None = 1.0,
    rows: int = 512,
    columns: int = 512,
    precision: str | None = None,
) -> Core:
    """Return the core of the standard inference model of 2023 :cite:p:`rasch2023hwa`.

    It computes what the published software calls its standard preset for hardware-aware training
    :cite:p:`aihwkit`: 8-bit inputs of a constant range (B021), IR drop, short-term read noise that
    grows with the root of the weight (B024), output noise (B023) and an 8-bit ADC (B022). These
    numbers have no units: a weight of one times an input of one is one. Here one is the current of
    a device at `g_max` and the read voltage, so the ADC saturates at ten such currents. The read
    voltage itself cancels.

    Two conductances stand for a weight of one. The devices are those of the 2019 array, 25 uS
    (B001). The IR drop of the model counts with 5 uS of its own (B025), a constant of that fit that
    does not follow the devices: with 25 uS it would be about five times as strong.

    The read noise of the devices is one momentary state per evaluation in that software, not
    fresh noise for every vector: read it as ``core.at(t, noise="momentary")``. Without that, the
    noise of the formula is the only noise of a read.

    Parameters
    ----------
    serial : int
        Serial number of the chip: same serial, same devices.
    index : int
        Number of the core on its chip.
    input_range : float or None
        Magnitude of a full-scale input; ``None`` scales each vector to its own largest entry.
    rows, columns : int
        Word lines and bit lines. The model fixes only the inputs, at most 512.
    precision : {None, "float32", "bfloat16", "fastest"}
        Number format of the products; see `aimc.circuits.Periphery`.
    """
    device, bits = pcm_2019(), int(fact("B021").number)
    dac = DAC(bits=bits)
    unit = device.g_max * dac.v_read  # A, what a weight of one times an input of one draws
    return Core(
        device,
        DifferentialPair(),
        Periphery(
            dac=dac,
            adc=ADC(bits=bits, i_max=fact("B022").number * unit),
            input_range=input_range,
            read_noise=False,
            output_noise=fact("B023").number * unit,
            ir_drop=IRDrop(),
            weight_noise=ReadNoiseFormula(fact("B024").number, "pcm_read"),
            precision=precision,
        ),
        rows=rows,
        columns=columns,
        serial=serial,
        index=check_integer("index", index, low=0),
        name="core of the standard inference model of 2023",
        sources=("rasch2023hwa", "aihwkit"),
    )


def make_core(preset: Callable[..., Core] | str, serial: int, index: int, **options: Any) -> Core:
    """Return one core of a chip, unprogrammed, from any function like those above.

    Parameters
    ----------
    preset : callable or str
        ``preset(serial=..., index=..., **options)`` returns a core; or its name in `NAMED`.
    serial, index : int
        Serial number of the chip, and number of the core on it.
    **options
        Further arguments of the preset.

    Raises
    ------
    TypeError
        If the preset is no function, or does not return a core.
    ValueError
        If it does not pass on the core's number and serial: all cores would then hold the same
        devices.
    """
    core = preset_of(preset)(serial=serial, index=index, **options)
    if not isinstance(core, Core):
        raise TypeError(f"preset must return a Core, got {type(core).__name__}")
    if (core.serial, core.index) != (serial, index):
        raise ValueError(
            f"preset was asked for core {index} of chip {serial} and returned core "
            f"{core.index} of chip {core.serial}: pass serial and index on to the Core"
        )
    return core


def preset_of(preset: Callable[..., Core] | str) -> Callable[..., Core]:
    """Return a preset from itself or from its name, such as ``"hermes"``.

    Raises
    ------
    TypeError
        If it is neither a name nor a function.
    ValueError
        If no preset has this name.
    """
    if isinstance(preset, str):
        return NAMED[check_choice("preset", preset, tuple(NAMED))]
    if not callable(preset):
        raise TypeError(
            "preset must be a function that returns a Core, or the name of one such as 'hermes', "
            f"got {preset!r}"
        )
    return preset


NAMED: dict[str, Callable[..., Core]] = {
    "hermes": hermes,
    "ideal": ideal,
    "joshi2020": joshi2020,
    "khaddam2022": khaddam2022,
    "rasch2023": rasch2023,
}
"""Presets by the names that take their place, wherever a preset is asked for."""


def citations(obj: Any) -> tuple[str, ...]:
    """Return the bibliography keys of all papers behind an object, without repetition.

    Parameters
    ----------
    obj : object
        A core, device, matrix, converted model, or anything else with a ``sources``
        attribute.

    Raises
    ------
    TypeError
        If the object carries no sources.
    """
    # A torch model holds its cores in its layers.
    layers = obj.modules() if callable(getattr(obj, "modules", None)) else [obj]
    cores = [core for layer in layers for core in getattr(layer, "cores", ())]
    parts = [obj, *cores, getattr(obj, "device", None)]
    parts += [core.device for core in cores]
    parts += [getattr(obj, "core", None), getattr(getattr(obj, "core", None), "device", None)]
    found = [part for part in parts if hasattr(part, "sources")]
    if not found:
        raise TypeError(f"obj has no sources to cite: got {type(obj).__name__}")
    return tuple(dict.fromkeys(key for part in found for key in part.sources))
