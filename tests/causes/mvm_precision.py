"""Controls of the chapter on the precision of a programmed core."""

from dataclasses import replace
from functools import cache

import numpy as np
from controls import control, matrix

from aimc.circuits import best_scale, decompose, largest_full_scale, mvm_error
from aimc.circuits.full_scale import lost_current
from aimc.circuits.read_currents import conducting, line_currents
from aimc.circuits.two_device_cell import SET
from aimc.cores import Core
from aimc.recovery.programming import programmed_hermes_core

PAGE = "3-chip/05-mvm-precision"
DAY, SIDE, CELL = 86400.0, 64, 20.7e-6


def weights_of(weights: str, seed: int) -> np.ndarray:
    w = matrix(weights, (SIDE, SIDE), seed)
    w[np.random.default_rng(seed).random(w.shape) < 0.3] = 0.0
    return w


@cache
def programmed(filling: str, weights: str, seed: int) -> Core:
    return programmed_hermes_core(filling, seed).program(weights_of(weights, seed), w_max=1.0)


def planes(filling: str, weights: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the conductances (S) of all devices, just programmed and after a day."""
    state = programmed(filling, weights, seed).state
    return np.array(state.at(0.0)[0]), np.array(state.at(DAY)[0])


@control(
    page=PAGE,
    claim="Idle devices make a factor from summed currents too large, because all three of a cell "
    "add in a sum without regard to polarity, and one of them is left in a product.",
    without="products, in which two of the three cancel and the third counts against the weight",
    quantity="what the drift of idle devices adds to the factor, %",
    shows=lambda with_, without: with_.min() > 4 and without.max() < 0,
)
def idle_devices_add_in_the_sum(weights: str, seed: int, cause: bool) -> float:
    w = weights_of(weights, seed)
    first, later = planes("one_device", weights, seed)
    held = np.stack([w > 0, w < 0])
    still = np.where(held, later, first)

    def size(g: np.ndarray) -> float:
        net = (g[:, 0] - g[:, 1]).sum(axis=0)
        return float(g.sum()) if cause else float(np.sqrt(np.sum(net**2)))

    return 100 * (size(first) / size(later) / (size(first) / size(still)) - 1)


@control(
    page=PAGE,
    claim="Without its idle devices the sum is still too large, because it weighs a device by its "
    "conductance and a product by its square.",
    without="a sum of squares",
    quantity="factor over the one that restores the size of products, minus one, %",
    shows=lambda with_, without: with_.min() > 2 and with_.min() > 2.5 * np.abs(without).max(),
)
def sum_weighs_by_conductance(weights: str, seed: int, cause: bool) -> float:
    w = weights_of(weights, seed)
    first, later = planes("one_device", weights, seed)
    held, power = np.stack([w > 0, w < 0]), 1 if cause else 2
    found = (np.sum((first * held) ** power) / np.sum((later * held) ** power)) ** (1 / power)
    net = [(g[:, 0] - g[:, 1]).sum(axis=0) for g in (first, later)]
    return 100 * (found / np.sqrt(np.sum(net[0] ** 2) / np.sum(net[1] ** 2)) - 1)


@control(
    page=PAGE,
    claim="A scheme that leaves devices in SET ages better, because SET devices drift least.",
    without="SET devices that drift like programmed ones",
    quantity="share of the size of the products that a day takes, %",
    shows=lambda with_, without: without.mean() > 1.1 * with_.mean(),
)
def set_devices_drift_least(weights: str, seed: int, cause: bool) -> float:
    device = programmed_hermes_core("state_dependent", seed).device
    full = device.cell.devices_per_line * device.g_max
    run = device.run(full * weights_of(weights, seed), seed)
    state = device.state(run, seed + 1)
    if not cause:
        exponent = np.array(state.drift_exponent)
        chosen, rest = run.role == SET, (run.role != SET) & (run.target != 0)
        strong = rest & (np.array(state.g_programmed[0]) > 3e-6)
        exponent[0][chosen] = exponent[0][strong].mean()
        state = replace(state, drift_exponent=exponent)
    nets = []
    for t in (0.0, DAY):
        g = np.array(state.at(t)[0])
        nets.append((g[:, 0] - g[:, 1]).sum(axis=0))
    kept = np.sum(nets[0] * nets[1]) / np.sum(nets[0] ** 2)
    return float(100 * (1 - kept))


@control(
    page=PAGE,
    claim="A wide layer must do with a smaller full scale, unless most of its weights are small "
    "against the largest, because all rows with a nonzero input conduct at the start of the "
    "pulses.",
    without="27 rows with an input, all others zero",
    quantity="largest full scale over what the cell holds",
    shows=lambda with_, without: with_.max() < 0.8 and without.min() > 0.99,
    weights=("uniform", "bell", "network"),
)
def all_rows_conduct_at_the_start(weights: str, seed: int, cause: bool) -> float:
    w = matrix(weights, (112, 252), seed)
    x = np.random.default_rng(seed).uniform(0, 1, (60, 252))
    if not cause:
        x[:, 27:] = 0.0
    return largest_full_scale(w, x, CELL) / CELL


@control(
    page=PAGE,
    claim="With inputs of one sign the error rises steeply beyond the limit, because nearly all "
    "lines saturate.",
    without="inputs of random signs",
    quantity="share of the signal that is cut off, %",
    shows=lambda with_, without: with_.min() > 20 * without.max() and with_.min() > 0.3,
)
def lines_saturate_together(weights: str, seed: int, cause: bool) -> float:
    w = matrix(weights, (64, 256), seed)
    x = np.random.default_rng(seed).uniform(-1, 1, (24, 256))
    lines = CELL * np.stack([np.clip(w, 0, None), np.clip(-w, 0, None)])
    # a limit that one in a hundred lines passes with random signs
    limit = float(np.quantile(line_currents(lines, conducting(x)).net.max(axis=0), 0.99))
    x = np.abs(x) if cause else x
    lost = lost_current(lines, x, i_max=limit, steps=32)
    signal = 0.2 * CELL * (np.abs(x) @ np.abs(w).T)
    return float(100 * np.abs(lost).sum() / signal.sum())


@control(
    page=PAGE,
    claim="A larger full scale lowers the error, because the spread of the devices grows more "
    "slowly than their conductance.",
    without="a spread in proportion to the conductance",
    quantity="error at half of the full scale over that at the whole",
    shows=lambda with_, without: with_.min() > 1.15 and np.abs(without - 1).max() < 0.1,
)
def spread_grows_more_slowly(weights: str, seed: int, cause: bool) -> float:
    w, errors = weights_of(weights, seed), []
    x = np.random.default_rng(seed).uniform(-1, 1, (200, SIDE))
    for part in (0.5, 1.0):
        if cause:
            core = programmed_hermes_core("state_dependent", seed).program(w, w_max=1 / part)
            held = core.at(0.0).weights()
        else:
            scatter = np.random.default_rng(seed + 1).normal(0, 0.1, w.shape)
            held = (part * w) * (1 + scatter) / part
        y = x @ held.T
        errors.append(mvm_error(best_scale(y, x @ w.T) * y, x @ w.T))
    return errors[0] / errors[1]


@control(
    page=PAGE,
    claim="Most of the read noise is in the linear part, because the slow part of 1/f noise is the "
    "same for all vectors of a read-out.",
    without="noise of the same strength that is fresh for each vector",
    quantity="residual over total error, just programmed, %",
    shows=lambda with_, without: without.min() > 1.5 * with_.max(),
)
def slow_noise_is_linear(weights: str, seed: int, cause: bool) -> float:
    core, w = programmed("one_device", weights, seed), weights_of(weights, seed)
    x = np.random.default_rng(seed).uniform(-1, 1, (600, SIDE))
    now = core.at(0.0, noise="split" if cause else "fresh")
    parts = decompose(x, now.forward(x), x @ w.T)
    return 100 * parts.residual / parts.total
