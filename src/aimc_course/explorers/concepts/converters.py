"""Explorer of chapter 4: bits and ranges of the converters against the error of an MVM.

The inputs are normally distributed, so that every finite range clips some of them: the choice
between clipping and rounding is there on both sides. All draws have fixed seeds, so that moving a
control shows the effect of the control and nothing else.
"""

from __future__ import annotations

import inspect
import math
import warnings
from functools import cache

import numpy as np

from aimc.circuits import ADC, DAC, Crossbar, Periphery, mvm, mvm_error, random_sparse_uniform
from aimc.cores import Core
from aimc.devices import IdealDevice, pcm_hermes
from aimc.plots import Bars, Chart, Line, Points, numbers
from aimc.validation import RangeWarning
from aimc_course.explorers.controls import Choice, Slider
from aimc_course.explorers.explorer import Answer, Explorer

__all__ = ["CONVERTERS", "compute", "output_error", "periphery"]

SIZE, VECTORS, SERIAL = 64, 128, 4
IDEAL, ONE, TWO = "ideal", "HERMES, one device", "HERMES, two devices"
V_READ = 0.2  # V, read voltage of the chip's verify reads (A020)
RANGES = np.linspace(0.5, 8.0, 16)  # standard deviations of the output


@cache
def _crossbar(weights_are: str) -> Crossbar:
    """Return a simulated core of 64 x 64 cells, just programmed, as its bit lines see it."""
    device = IdealDevice() if weights_are == IDEAL else pcm_hermes(1 if weights_are == ONE else 2)
    core = Core(device, rows=SIZE, columns=SIZE, serial=SERIAL)
    weights = random_sparse_uniform((SIZE, SIZE), np.random.default_rng([SERIAL, 0]))
    return core.program(weights).crossbar()


@cache
def _vectors() -> tuple[np.ndarray, np.ndarray]:
    """Return inputs of standard deviation one, and the exact outputs."""
    x = np.random.default_rng([SERIAL, 1]).standard_normal((VECTORS, SIZE))
    return x, x @ _crossbar(IDEAL).weights().T


def periphery(
    crossbar: Crossbar,
    input_bits: int | None,
    output_bits: int | None,
    input_range: float,
    output_range: float,
) -> Periphery:
    """Return converters whose ranges are given in standard deviations of what they convert.

    An input of standard deviation one is sent as ``1 / input_range`` of the full pulse, so the
    current of an output y is ``y v_read g_full / (w_max input_range)``.
    """
    dac = DAC(bits=input_bits, v_read=V_READ)
    if output_bits is None:
        return Periphery(dac, ADC(bits=None), input_range)
    spread = float(np.std(_vectors()[1]))
    ampere = V_READ * crossbar.g_full / (float(np.max(crossbar.scale)) * input_range)
    return Periphery(dac, ADC(output_bits, output_range * spread * ampere), input_range)


def outputs_of(crossbar: Crossbar, circuits: Periphery) -> np.ndarray:
    """Return what a crossbar makes of the inputs."""
    x, _ = _vectors()
    with warnings.catch_warnings():
        # Here the reader clips on purpose, and is told how much.
        warnings.simplefilter("ignore", RangeWarning)
        return np.asarray(mvm(x, crossbar, circuits, rng=SERIAL))


def output_error(crossbar: Crossbar, circuits: Periphery) -> float:
    """Return the MVM error of a crossbar with its circuits, dimensionless."""
    return mvm_error(outputs_of(crossbar, circuits), _vectors()[1])


def compute(
    input_bits: int, output_bits: int, input_range: float, output_range: float, weights: str
) -> Answer:
    """Return the error, what each part would cause alone, and the error over the output range.

    Parameters
    ----------
    input_bits, output_bits : int
        Signed resolutions of DAC and ADC.
    input_range, output_range : float
        Full scales, in standard deviations of the inputs and of the outputs.
    weights : {"ideal", "HERMES, one device", "HERMES, two devices"}
        What holds the weights, just programmed.
    """
    x, exact = _vectors()
    ideal, real = _crossbar(IDEAL), _crossbar(weights)
    whole = float(np.max(np.abs(x)))  # an input range that clips nothing
    alone = {
        "inputs": output_error(ideal, periphery(ideal, input_bits, None, input_range, 1.0)),
        "outputs": output_error(ideal, periphery(ideal, None, output_bits, whole, output_range)),
        "weights": output_error(real, periphery(real, None, None, whole, 1.0)),
    }
    total = output_error(real, periphery(real, input_bits, output_bits, input_range, output_range))
    curve = numbers(
        [
            output_error(real, periphery(real, input_bits, output_bits, input_range, r))
            for r in RANGES
        ]
    )
    arriving = outputs_of(real, periphery(real, input_bits, None, input_range, 1.0))
    best = int(np.argmin(curve))
    near = int(np.argmax(np.array(curve) < 1.001 * curve[best]))  # less is chance
    values = {
        "error": total,
        "alone": alone,
        "root_of_squares": math.hypot(*alone.values()),
        "inputs_clipped": float(np.mean(np.abs(x) > input_range)),
        "outputs_clipped": float(np.mean(np.abs(arriving) > output_range * np.std(exact))),
        "ranges": list(numbers(RANGES)),
        "errors": list(curve),
        "best_range": float(RANGES[best]),
        "best_error": curve[best],
    }
    charts = (_parts_chart(alone, total), _range_chart(curve, output_range, total, output_bits))
    head = (
        f"{input_bits}-bit inputs over ±{input_range:g}σ, {output_bits}-bit outputs over "
        f"±{output_range:g}σ, weights: {weights}"
    )
    sentence = (
        f"{head}: MVM error {total:.1%} (alone: inputs {alone['inputs']:.1%}, outputs "
        f"{alone['outputs']:.1%}, weights {alone['weights']:.1%}); "
        f"{values['outputs_clipped']:.1%} of the outputs are clipped; the best output range "
        f"would be about ±{RANGES[near]:.1f}σ with {curve[near]:.1%}."
    )
    return Answer(values, charts, sentence)


def _parts_chart(alone: dict[str, float], total: float) -> Chart:
    heights = numbers([100 * value for value in (*alone.values(), total)])
    labels = tuple(
        f"{name}\n{height:.1f}%" for name, height in zip((*alone, "all"), heights, strict=True)
    )
    bars = Bars(labels, heights, thing="exact", things=("converter", "converter", "array", ""))
    return Chart("Each part alone, and all at once", "", "MVM error (%)", (bars,))


def _range_chart(curve: tuple[float, ...], chosen: float, error: float, bits: int) -> Chart:
    per_cent = numbers([100 * value for value in curve])
    # Clipping everything costs most of the signal; the interesting part is near the minimum.
    top = max(4 * min(per_cent), 125 * error)
    return Chart(
        f"Narrow clips, wide rounds ({bits} bits)",
        "output range (σ of the outputs)",
        "MVM error (%)",
        (
            Line(numbers(RANGES), per_cent, label="all parts"),
            Points((float(chosen),), (100 * error,), label="your choice"),
        ),
        y_range=(0.0, top),
    )


CONVERTERS = Explorer(
    name="converters",
    title="How many bits, and over which range?",
    controls=(
        Slider("input_bits", "Input bits", 2, 12, 1, 8, integer=True),
        Slider("output_bits", "Output bits", 2, 12, 1, 6, integer=True),
        Slider("input_range", "Input range", 0.5, 8.0, 0.25, 4.0, unit="σ of the inputs"),
        Slider("output_range", "Output range", 0.5, 8.0, 0.25, 5.0, unit="σ of the outputs"),
        Choice("weights", "Weights", (IDEAL, ONE, TWO), IDEAL),
    ),
    compute=compute,
    source="\n\n".join(inspect.getsource(f) for f in (periphery, outputs_of, output_error)),
)
"""Clipping against rounding at both ends of the array, and when neither matters."""
