"""Controls of the chapter on the inside of a core."""

import numpy as np
from controls import control, matrix

from aimc.circuits.read_currents import read_charge

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
