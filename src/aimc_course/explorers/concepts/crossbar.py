"""Explorer: a 4 x 4 crossbar whose conductances and read voltages the reader moves.

The array is shown as it lies on the chip: word lines are rows, bit lines are columns. A matrix of
shape (out, in) is the transpose of that picture.
"""

from __future__ import annotations

import inspect

import numpy as np

from aimc.circuits import ADC, DAC, Crossbar, Periphery, mvm
from aimc.plots import Bars, Chart, Heatmap, Rule, numbers
from aimc.units import MICRO, MILLI
from aimc.validation import check_array, check_choice
from aimc_course.explorers.controls import Choice, SliderGrid
from aimc_course.explorers.explorer import Answer, Explorer

__all__ = ["CROSSBAR", "bit_line_currents", "compute", "device_currents"]

SIZE = 4
G_MAX = 25e-6  # S, of the 2019 array's devices (B001)
V_MAX = 0.4  # V, upper end of the chip's read voltages (A020)
SINGLE, PAIR = "single device", "differential pair"
WORD_LINES = tuple(f"WL{k}" for k in range(1, SIZE + 1))
BIT_LINES = tuple(f"BL{k}" for k in range(1, SIZE + 1))


def bit_line_currents(conductance: np.ndarray, voltage: np.ndarray) -> np.ndarray:
    """Return the current (A) of each bit line, I_i = sum_j G_ij V_j.

    Parameters
    ----------
    conductance : array, shape (out, in)
        Conductance between word line j and bit line i, S.
    voltage : array, shape (..., in)
        Voltages on the word lines, V.
    """
    crossbar = Crossbar(
        conductance=conductance[None, ...],
        read_variance=np.zeros((1, *conductance.shape)),
        significance=(1.0,),
        g_full=1.0,  # with a full scale of 1 S and a weight scale of 1,
        scale=1.0,  # volts go in and amperes come out
    )
    ideal = Periphery(DAC(None, v_read=V_MAX), ADC(None), input_range=V_MAX, read_noise=False)
    return mvm(voltage, crossbar, ideal)


def device_currents(conductance: np.ndarray, voltage: np.ndarray) -> np.ndarray:
    """Return the current (A) of each device, shape (out, in): one word line driven at a time."""
    return bit_line_currents(conductance, np.diag(voltage)).T


def compute(
    conductance: tuple[tuple[float, ...], ...],
    voltage: tuple[tuple[float, ...], ...],
    cell: str = SINGLE,
) -> Answer:
    """Read the crossbar once.

    Parameters
    ----------
    conductance : table, 4 x 4
        Conductances in microsiemens; one row per word line, one column per bit line.
    voltage : table, 1 x 4
        Voltages of the word lines, mV.
    cell : {"single device", "differential pair"}
        Whether each bit line is an output, or each output is bit line 2k - 1 minus bit line 2k.

    Raises
    ------
    ValueError
        If a table has the wrong shape or ``cell`` is unknown.
    """
    check_choice("cell", cell, (SINGLE, PAIR))
    g = MICRO * np.asarray(conductance, dtype=np.float64).T
    v = MILLI * np.asarray(voltage, dtype=np.float64).reshape(-1)
    check_array("conductance", g, ndim=2, last=v.size, low=0.0, unit="S")
    lines, devices = bit_line_currents(g, v), device_currents(g, v)
    pair = cell == PAIR
    weights = (g[0::2] - g[1::2] if pair else g) / G_MAX
    outputs = lines[0::2] - lines[1::2] if pair else lines
    largest, macs = int(np.argmax(np.abs(outputs))), int(weights.size)
    return Answer(
        values={
            "conductance_s": g.T.tolist(),
            "voltage_v": v.tolist(),
            "device_current_a": devices.T.tolist(),
            "bit_line_current_a": lines.tolist(),
            "output_current_a": outputs.tolist(),
            "weights": weights.tolist(),
            "largest_output": largest + 1,
            "macs": macs,
            "operations": 2 * macs,
            "power_w": float(np.sum(devices * v)),
        },
        charts=_charts(g, devices, lines, outputs, weights, pair),
        sentence=_sentence(outputs, largest, macs, g.size, pair),
    )


def _charts(
    g: np.ndarray,
    devices: np.ndarray,
    lines: np.ndarray,
    outputs: np.ndarray,
    weights: np.ndarray,
    pair: bool,
) -> tuple[Chart, ...]:
    names = _output_names(len(outputs), pair)
    conductances = Heatmap(_table(g.T / MICRO), WORD_LINES, BIT_LINES, "µS", annotate=".1f")
    currents = Heatmap(
        _table(devices.T / MICRO), WORD_LINES, BIT_LINES, "µA", signed=True, annotate=".2f"
    )
    matrix = Heatmap(
        _table(weights), names, WORD_LINES, "scaled weight", signed=True, annotate=".2f"
    )
    sums: tuple[Bars, ...] = (Bars(names, numbers(outputs / MICRO), thing="bit line"),)
    if pair:
        # both kinds of bar share one axis: each is zero where the other stands
        order: list[str] = []
        for k, name in enumerate(names):
            order += [*BIT_LINES[2 * k : 2 * k + 2], name]
        single = np.column_stack([lines[0::2], lines[1::2], 0 * outputs]) / MICRO
        net = np.column_stack([0 * outputs, 0 * outputs, outputs]) / MICRO
        sums = (
            Bars(tuple(order), numbers(single), "bit lines", stacked=True, thing="bit line"),
            Bars(tuple(order), numbers(net), "differences y", stacked=True, thing="digital"),
        )
    shown = np.concatenate([lines, outputs, [0.0]]) / MICRO
    room = 0.15 * float(np.ptp(shown))
    room = room if room > 1e-6 else 1.0  # a picoampere is a sum's rounding
    y_range = (float(shown.min()) - room, float(shown.max()) + 2 * room)
    return (
        Chart("Conductances as they lie in the array", "bit line", "word line", (conductances,)),
        Chart("Ohm multiplies: device currents", "bit line", "word line", (currents,)),
        Chart(
            "Kirchhoff adds: bit-line currents",
            "bit line",
            "current (µA)",
            (*sums, Rule(0.0)),
            y_range=y_range,
        ),
        Chart("The matrix this stands for", "input", "output", (matrix,)),
    )


def _sentence(outputs: np.ndarray, largest: int, macs: int, devices: int, pair: bool) -> str:
    name = _output_names(len(outputs), pair)[largest]
    if pair:
        name += f" = BL{2 * largest + 1} − BL{2 * largest + 2}"
    return (
        f"The largest {'output' if pair else 'bit-line'} current is that of {name}, "
        f"{_signed(outputs[largest] / MICRO)} µA; one read of {devices} devices did "
        f"{macs} multiply-accumulates, which count as {2 * macs} operations."
    )


def _signed(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "\N{MINUS SIGN}")


def _output_names(count: int, pair: bool) -> tuple[str, ...]:
    return tuple(f"y{k + 1}" for k in range(count)) if pair else BIT_LINES


def _table(values: np.ndarray) -> tuple[tuple[float, ...], ...]:
    return tuple(numbers(row) for row in values)


CROSSBAR = Explorer(
    name="crossbar",
    title="A crossbar of sixteen devices",
    controls=(
        SliderGrid(
            "conductance",
            "Conductances",
            rows=WORD_LINES,
            columns=BIT_LINES,
            low=0.0,
            high=G_MAX / MICRO,
            step=0.5,
            value=(
                (20.0, 5.0, 10.0, 0.0),
                (5.0, 10.0, 0.0, 20.0),
                (10.0, 0.0, 25.0, 5.0),
                (0.0, 20.0, 5.0, 10.0),
            ),
            unit="µS",
        ),
        SliderGrid(
            "voltage",
            "Read voltages (mV)",
            rows=("mV",),
            columns=WORD_LINES,
            low=-V_MAX / MILLI,
            high=V_MAX / MILLI,
            step=10.0,
            value=((200.0, 100.0, -100.0, 50.0),),
            unit="mV",
        ),
        Choice("cell", "Unit cell", (SINGLE, PAIR), SINGLE),
    ),
    compute=compute,
    stage="crossbar",
    source=inspect.getsource(bit_line_currents) + "\n\n" + inspect.getsource(device_currents),
)
"""The explorer of chapter 2."""
