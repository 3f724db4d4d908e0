"""What students of lab 1 are given: a small crossbar, and layers with test inputs."""

from dataclasses import replace

import numpy as np

from aimc import presets
from aimc.circuits import ADC, levels_per_sign, random_sparse_uniform
from aimc.circuits.full_scale import lost_current
from aimc.cores import Core

V_READ = 0.2  # V, the preset's read voltage
V_LOWEST, V_HIGHEST = 0.1, 0.4  # V, what the chip can be set to (fact A020)
IMAGES = 200  # test images that the first layer of the network is read with


def crossbar(serial: int) -> tuple[np.ndarray, np.ndarray]:
    """Return conductances (S), shape (4, 4), and word-line voltages (V), shape (4,)."""
    rng = np.random.default_rng([serial, 1])
    return rng.uniform(1e-6, 20e-6, (4, 4)), rng.uniform(0.02, V_READ, 4)


def layer(serial: int) -> tuple[np.ndarray, np.ndarray]:
    """Return signed weights (256, 256) and test inputs (500, 256), 30 % of both exactly zero."""
    rng = np.random.default_rng([serial, 2])
    return random_sparse_uniform((256, 256), rng), random_sparse_uniform((500, 256), rng)


def positive(serial: int) -> tuple[np.ndarray, np.ndarray]:
    """Return weights (256, 256) and inputs (500, 256) without negative entries.

    30 % of the inputs are exactly zero, as behind a ReLU. The largest weight lies anywhere from
    0.01 to 100, so that no ``w_max`` suits every student.
    """
    rng = np.random.default_rng([serial, 3])
    weights, inputs = rng.uniform(0.0, 1.0, (256, 256)), rng.uniform(0.0, 1.0, (500, 256))
    scale = 10.0 ** rng.uniform(-2.0, 2.0)
    return scale * weights, inputs * (rng.random(inputs.shape) > 0.3)


def read(
    serial: int,
    x: np.ndarray,
    *,
    w_max: float | None = None,
    v_read: float = V_READ,
    input_range: float = 1.0,
) -> tuple[np.ndarray, float]:
    """Read the positive layer on the student's chip with converters that saturate in current.

    Parameters
    ----------
    serial : int
        Serial number of the chip.
    x : array, shape (n, 256)
        Inputs, not negative.
    w_max : float
        Weight that becomes a fully SET cell; the largest of the layer if not given.
    v_read : float
        Read voltage, V.
    input_range : float
        Input that is sent as a pulse of full length.

    Returns
    -------
    tuple
        Outputs, shape (n, 256), and the share of them that lost current above the limit.
    """
    chip = presets.hermes(serial, input_range=input_range)
    adc, dac = chip.periphery.adc, replace(chip.periphery.dac, v_read=v_read)
    assert isinstance(adc, ADC)
    assert adc.bits is not None
    open_ended = replace(chip.periphery, dac=dac, adc=ADC(None))
    core = Core(chip.device, chip.cell, open_ended, serial=serial)
    weights = positive(serial)[0]
    w_max = float(weights.max()) if w_max is None else float(w_max)
    outputs = np.asarray(core.program(weights, w_max=w_max).forward(x))
    unit = w_max * input_range / (core.device.g_max * v_read)  # of an output, 1/A
    scaled = np.clip(x / input_range, 0.0, 1.0)
    lines = core.state.g_programmed[0].sum(axis=0)  # S, shape (2, out, in)
    lost = lost_current(lines, scaled, i_max=adc.i_max, v_read=v_read)
    step = adc.i_max / levels_per_sign(adc.bits + 1)  # each sign has a counter of its own
    current = step * np.round((outputs / unit + lost) / step)
    return unit * current, float(np.mean(lost < 0))
