"""Explorer of the chapter on the inside of a core: one modulation for all signs, or four.

A core of full height, 256 inputs, is read with the oscillator converters of the chip, so that
fewer input bits mean a shorter pulse and fewer counts. How unevenly devices conduct in the two
directions is not published: the asymmetry is the reader's to choose. All draws have fixed seeds.
"""

from __future__ import annotations

import inspect
from functools import cache

import numpy as np

from aimc.chip.hermes import hermes_constants
from aimc.circuits import CCOADC, DAC, Crossbar, Periphery, mvm, mvm_error, random_sparse_uniform
from aimc.circuits.read_modes import read_duration
from aimc.cores import Core
from aimc.devices import Device, IdealDevice, pcm_hermes
from aimc.plots import Bars, Chart, Line, Points, numbers
from aimc_course.explorers.controls import Choice, Slider, Toggle
from aimc_course.explorers.explorer import Answer, Explorer

__all__ = ["READ_MODES", "circuits", "compute", "correct_surplus"]

INPUTS, OUTPUTS, VECTORS, SERIAL = 256, 48, 48, 4
ONE, FOUR = "one-phase", "four-phase"
NAMES = {ONE: "1-phase", FOUR: "4-phase"}
DEVICES = ("ideal", "HERMES, one device", "HERMES, two devices")
V_READ, FULL_BITS = 0.2, 8  # V, read voltage of the verify reads (A020); bits of the inputs (A019)
ASYMMETRIES = np.linspace(0.0, 20.0, 9)  # %


@cache
def _task() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return weights, inputs and exact outputs."""
    rng = np.random.default_rng([SERIAL, 0])
    weights = random_sparse_uniform((OUTPUTS, INPUTS), rng)
    x = random_sparse_uniform((VECTORS, INPUTS), rng)
    return weights, x, x @ weights.T


@cache
def _crossbar(devices: str) -> Crossbar:
    """Return the core just programmed, with the conductances of both polarities."""
    two = pcm_hermes(2)
    models: dict[str, Device] = {
        DEVICES[0]: IdealDevice(g_max=two.g_max),
        DEVICES[1]: pcm_hermes(1),
        DEVICES[2]: two,
    }
    apart = Periphery(convert_each_phase=True)
    core = Core(models[devices], periphery=apart, serial=SERIAL)
    return core.program(_task()[0], w_max=1.0).crossbar()


@cache
def _converters() -> CCOADC:
    return CCOADC.fabricate(OUTPUTS, SERIAL)


def circuits(mode: str, bits: int, asymmetry: float) -> Periphery:
    """Return the circuits of a core that is read in one mode, with pulses of 2**(bits - 1) ns."""
    dac = DAC(bits=bits, v_read=V_READ)
    return Periphery(
        dac,
        _converters().with_time(dac.duration),
        read_mode=NAMES[mode],
        polarity_asymmetry=asymmetry,
        convert_each_phase=mode == FOUR,
    )


def correct_surplus(y: np.ndarray, x: np.ndarray, array: Crossbar, asymmetry: float) -> np.ndarray:
    """Return one-phase outputs with gain and mean surplus removed digitally.

    The digital side knows the sum of the magnitudes of each vector, and for each output the mean
    conductance of the cells on its line, one number each.
    """
    assert array.total is not None
    mean_cell = np.mean(array.total[0, ...], axis=-1) / array.g_full
    surplus = np.sum(np.abs(x), axis=-1, keepdims=True) * mean_cell
    return (y - 0.5 * asymmetry * surplus) / (1 - 0.5 * asymmetry)


def _error(mode: str, bits: int, asymmetry: float, devices: str, correct: bool) -> float:
    """Return the MVM error, dimensionless."""
    x, exact = _task()[1:]
    array = _crossbar(devices)
    y = mvm(x, array, circuits(mode, bits, asymmetry), rng=SERIAL)
    if correct and mode == ONE:
        y = correct_surplus(y, x, array, asymmetry)
    return mvm_error(y, exact)


def _cost(mode: str, bits: int) -> tuple[float, float]:
    """Return time (s) and energy (J) of one multiplication; energy in proportion to the time."""
    full = read_duration(NAMES[mode], DAC(bits=FULL_BITS).duration)
    time = read_duration(NAMES[mode], DAC(bits=bits).duration)
    return time, hermes_constants().read_energy(NAMES[mode]) * time / full


def compute(mode: str, asymmetry: float, bits: int, devices: str, correct: bool) -> Answer:
    """Return error, time and energy of one multiplication in both modes.

    Parameters
    ----------
    mode : {"one-phase", "four-phase"}
        How the core is read.
    asymmetry : float
        Share of its current that a device loses against the verified direction, %. Assumed.
    bits : int
        Signed input bits; they set the length of the pulse and so the number of counts.
    devices : {"ideal", "HERMES, one device", "HERMES, two devices"}
        What holds the weights, just programmed.
    correct : bool
        Whether the digital side removes gain and mean surplus of a one-phase read.
    """
    share = asymmetry / 100
    errors = {m: _error(m, bits, share, devices, correct) for m in (ONE, FOUR)}
    curve = [_error(ONE, bits, a / 100, devices, correct) for a in ASYMMETRIES]
    costs = {m: _cost(m, bits) for m in (ONE, FOUR)}
    levels = _converters().with_time(DAC(bits=bits).duration).levels
    values = {
        "error": errors[mode],
        "errors": errors,
        "curve": curve,
        "times": {m: costs[m][0] for m in costs},
        "energies": {m: costs[m][1] for m in costs},
        "levels": levels,
    }
    charts = (
        _error_chart(curve, errors, mode, asymmetry),
        _cost_chart("Time of one MVM", "time (ns)", [1e9 * c[0] for c in costs.values()]),
        _cost_chart("Energy of one MVM", "energy (nJ)", [1e9 * c[1] for c in costs.values()]),
    )
    other = FOUR if mode == ONE else ONE
    sentence = (
        f"{mode[0].upper()}{mode[1:]} read, {bits}-bit inputs, {levels} counts, asymmetry "
        f"{asymmetry:g}% (assumed), devices: {devices}: MVM error {errors[mode]:.1%} in "
        f"{1e9 * costs[mode][0]:.0f} ns with {1e9 * costs[mode][1]:.1f} nJ; the {other} read has "
        f"{errors[other]:.1%} in {1e9 * costs[other][0]:.0f} ns with "
        f"{1e9 * costs[other][1]:.1f} nJ."
    )
    return Answer(values, charts, sentence)


def _error_chart(
    curve: list[float], errors: dict[str, float], mode: str, asymmetry: float
) -> Chart:
    flat = 100 * errors[FOUR]
    ends = (float(ASYMMETRIES[0]), float(ASYMMETRIES[-1]))
    marks = (
        Line(numbers(ASYMMETRIES), numbers(100 * np.asarray(curve)), label=ONE),
        Line(ends, (flat, flat), label=FOUR, dashed=True),
        Points((float(asymmetry),), (100 * errors[mode],), label="your choice"),
    )
    top = 1.1 * max(100 * max(curve), flat)
    return Chart(
        "Error of one MVM",
        "asymmetry of the devices (%), assumed",
        "MVM error (%)",
        marks,
        y_range=(0.0, top),
    )


def _cost_chart(title: str, label: str, heights: list[float]) -> Chart:
    names = tuple(f"{name}\n{h:.3g}" for name, h in zip((ONE, FOUR), heights, strict=True))
    return Chart(title, "", label, (Bars(names, numbers(heights)),))


READ_MODES = Explorer(
    name="read_modes",
    title="One modulation or four?",
    controls=(
        Choice("mode", "Read", (ONE, FOUR), ONE),
        Slider("asymmetry", "Asymmetry (assumed)", 0.0, 20.0, 0.5, 5.0, unit="%"),
        Slider("bits", "Input bits", 4, 8, 1, 8, integer=True),
        Choice("devices", "Devices", DEVICES, DEVICES[2]),
        Toggle("correct", "Remove gain and mean surplus digitally", False),
    ),
    compute=compute,
    source=inspect.getsource(circuits) + "\n\n" + inspect.getsource(correct_surplus),
)
"""What a single polarity of the read buys, and what it costs."""
