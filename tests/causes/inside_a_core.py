"""Controls of the chapter on the inside of a core."""

from dataclasses import replace

import numpy as np
from controls import control, matrix

from aimc import presets
from aimc.circuits import DifferentialPair, quantise
from aimc.circuits.read_currents import read_charge
from aimc.cores import Core

PAGE = "3-chip/02b-signs-and-digits"
ASYMMETRY = 0.05


def one_phase_error(w: np.ndarray, x: np.ndarray, lost: np.ndarray | float) -> float:
    """Return the error of a one-phase read after the best gain; ``lost`` where currents push."""
    up, down = np.clip(w, 0, None), np.clip(-w, 0, None)
    back_up, back_down = up * (1 - lost), down * (1 - lost)
    plus, minus = np.clip(x, 0, None), np.clip(-x, 0, None)
    y = plus @ up.T + minus @ down.T - plus @ back_down.T - minus @ back_up.T
    exact = x @ w.T
    gain = np.sum(y * exact) / np.sum(y * y)
    return float(np.linalg.norm(gain * y - exact) / np.linalg.norm(exact))


@control(
    page=PAGE,
    claim="The error of a one-phase read grows with the root of the number of inputs, because all "
    "loads have one sign.",
    without="devices that lose as much, half of them in the one and half in the other direction",
    quantity="error with 256 inputs over that with 64",
    shows=lambda with_, without: abs(with_.mean() - 2) < 0.25 and np.abs(without - 1).max() < 0.15,
)
def loads_have_one_sign(weights: str, seed: int, cause: bool) -> float:
    rng, errors = np.random.default_rng(seed), []
    for inputs in (64, 256):
        w = matrix(weights, (128, inputs), seed)
        x = rng.uniform(-1, 1, (200, inputs))
        lost = ASYMMETRY if cause else ASYMMETRY * rng.choice((-1.0, 1.0), w.shape)
        errors.append(one_phase_error(w, x, lost))
    return errors[1] / errors[0]


@control(
    page=PAGE,
    claim="In a one-phase read the supply delivers little more than half of what the devices pass, "
    "because currents of either sign cancel on the line.",
    without="inputs and weights of one sign",
    quantity="charge from the supply over that of the devices",
    shows=lambda with_, without: with_.max() < 0.62 and without.min() > 0.99,
)
def currents_cancel_on_the_line(weights: str, seed: int, cause: bool) -> float:
    w = matrix(weights, (64, 256), seed)
    x = np.random.default_rng(seed).uniform(-1, 1, (8, 256))
    if not cause:
        w, x = np.abs(w), np.abs(x)
    lines = np.stack([np.clip(w, 0, None), np.clip(-w, 0, None)])
    charge = read_charge(lines, x, 1.0, read_mode="1-phase", steps=32)
    return float(charge.supplied.sum() / charge.devices.sum())


def error_of_2022(
    w: np.ndarray, seed: int, encoding: str, *, programming: bool = True, slower: int = 1
) -> float:
    """Return the error of 8-bit outputs of the core of 2022 (% of full range)."""
    core = presets.khaddam2022(seed, encoding)
    device, periphery = core.device, core.periphery
    if not programming:
        device = device.without("programming_noise")
    if slower > 1:
        periphery = replace(
            periphery,
            adc=replace(periphery.adc, integration_time=slower * periphery.adc.integration_time),
            dac=replace(periphery.dac, t_slot=slower * periphery.dac.t_slot),
        )
    core = Core(device, DifferentialPair(), periphery, serial=seed)
    adc, dac = periphery.adc, periphery.dac
    top = 0.5 * adc.i_max / (dac.v_read * core.device.g_max)
    x = np.random.default_rng(seed).uniform(-1, 1, (100, w.shape[1]))
    exact = x @ w.T
    y = quantise(core.program(w, w_max=1.0).forward(x), 8, top)
    return float(100 * np.std((y - exact)[np.abs(exact) <= top]) / top)


@control(
    page="3-chip/02-inside-a-core",
    claim="With pulse widths the error of the core of 2022 is mostly the programming error.",
    without="weights programmed without error",
    quantity="error of one multiplication (% of full range)",
    shows=lambda with_, without: (without < 0.6 * with_).all(),
)
def pulse_widths_show_the_programming_error(weights: str, seed: int, cause: bool) -> float:
    return error_of_2022(matrix(weights, (256, 256), seed), seed, "pwm", programming=cause)


@control(
    page="3-chip/02-inside-a-core",
    claim="Bits in series are less exact than pulse widths, because each of them is counted for a "
    "short time.",
    without="each bit counted for ten times as long, in a counter without end",
    quantity="error with bits in series over that with pulse widths",
    shows=lambda with_, without: with_.min() > 1.5 and without.max() < 1.2,
)
def bits_in_series_are_counted_briefly(weights: str, seed: int, cause: bool) -> float:
    w = matrix(weights, (256, 256), seed)
    series = error_of_2022(w, seed, "bit_serial", slower=1 if cause else 10)
    return series / error_of_2022(w, seed, "pwm")
