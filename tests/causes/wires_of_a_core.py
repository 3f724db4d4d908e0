"""Controls of the chapter on wires."""

from functools import cache

import numpy as np
from controls import control, matrix

from aimc.circuits import IRDrop, Wires, decompose, line_currents, mvm_error
from aimc.circuits.phase_wires import four_phase_currents

PAGE = "3-chip/03-wires"
FULL = 20e-6  # S


@cache
def four_phase_read(weights: str, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return inputs, and what a read with floating lines and an exact product make of them."""
    w = matrix(weights, (12, 12), seed)
    x = np.round(3 * np.random.default_rng(seed).uniform(-1, 1, (60, 12))) / 3
    y = np.stack([four_phase_currents(w, v, FULL, Wires(40.0, 40.0), 3) for v in x])
    return x, y, x @ w.T


def linear_share(x: np.ndarray, y: np.ndarray, exact: np.ndarray) -> float:
    """Return the share of the squared error that a wrong matrix explains."""
    parts = decompose(x, y, exact)
    return (parts.linear / parts.total) ** 2


@control(
    page=PAGE,
    claim="IR drop is a linear error, even with the floating lines of a four-phase read, because "
    "wires and devices obey Ohm's law.",
    without="a converter that saturates softly and makes an error of the same size",
    quantity="share of the squared error that a wrong matrix explains",
    shows=lambda with_, without: with_.min() > 0.97 and without.max() < 0.93,
)
def ir_drop_is_linear(weights: str, seed: int, cause: bool) -> float:
    x, y, exact = four_phase_read(weights, seed)
    if not cause:
        size, drop = np.abs(exact).max(), np.linalg.norm(y - exact)
        bend = exact * np.abs(exact) / size
        y = exact - bend * drop / np.linalg.norm(bend)
    return linear_share(x, y, exact)


@control(
    page=PAGE,
    claim="Shared word lines quadruple their drop, because they cross twice as many columns and "
    "carry twice the current.",
    without="partners that conduct nothing: twice the columns, the same current",
    quantity="current lost by word lines alone, shared over own",
    shows=lambda with_, without: 3.3 < with_.mean() < 4.2 and without.max() < 2.4,
)
def shared_word_lines_quadruple(weights: str, seed: int, cause: bool) -> float:
    rng = np.random.default_rng(seed)
    up = np.abs(matrix(weights, (48, 48), seed))
    down = np.abs(matrix(weights, (48, 48), seed + 500)) if cause else np.zeros_like(up)
    pairs, v = FULL * np.stack([up, down]), rng.uniform(0, 1, (4, 48))
    shared, lost = pairs.transpose(1, 0, 2).reshape(-1, 48), []
    for arrays in ([shared], [*pairs]):
        # what the lines of either polarity lose, not what is left of it in their difference
        found = [line_currents(g, v, Wires(r_row=0.2)) - v @ g.T for g in arrays]
        lost.append(np.sqrt(sum(np.sum(each**2) for each in found)))
    return lost[0] / lost[1]


@control(
    page=PAGE,
    claim="The fast formula misses most of the drop of inputs of different heights, because a "
    "device loses what its neighbours lift and not in proportion to its own input.",
    without="inputs that are all full or cut off",
    quantity="what the formula gets wrong over the drop",
    shows=lambda with_, without: with_.min() > 0.45 and without.max() < 0.2,
)
def small_inputs_lose_as_much(weights: str, seed: int, cause: bool) -> float:
    rng, w = np.random.default_rng(seed), np.abs(matrix(weights, (64, 128), seed))
    x = rng.uniform(0, 1, (3, 128)) if cause else np.ones((3, 128))
    ideal = x @ w.T
    true = line_currents(FULL * w, x, Wires(r_column=0.5, read="top")) / FULL
    fast = IRDrop(r_segment=0.5, g_max=FULL).apply(ideal, w, x)
    return float(np.linalg.norm(fast - true) / np.linalg.norm(true - ideal))


@control(
    page=PAGE,
    claim="With positive inputs a pair suffers more than a single line, because unequal losses of "
    "two large currents are left in their small difference.",
    without="inputs of both signs",
    quantity="error of pairs over that of one polarity",
    shows=lambda with_, without: with_.mean() > 1.1 * without.mean() and with_.min() > 1.1,
)
def unequal_losses_are_left(weights: str, seed: int, cause: bool) -> float:
    w = matrix(weights, (48, 48), seed)
    x = np.random.default_rng(seed).uniform(-1, 1, (6, 48))
    x = np.abs(x) if cause else x
    both = np.stack([np.clip(w, 0, None), np.clip(-w, 0, None)])
    wires = Wires(4.0, 4.0, shared_rows=False)
    pair = mvm_error(line_currents(FULL * both, x, wires) / FULL, x @ w.T)
    one = mvm_error(line_currents(FULL * both[0], x, wires) / FULL, x @ both[0].T)
    return pair / one


@control(
    page=PAGE,
    claim="With pulses on lines that are cut off the fast formula misses a part of the drop, "
    "because pulses overlap at their beginning and the formula knows only their mean.",
    without="pulses of the same length whose slots are spread over the time",
    quantity="what the formula gets wrong over the drop",
    shows=lambda with_, without: with_.min() > 0.15 and without.max() < 0.5 * with_.min(),
)
def pulses_overlap_at_their_beginning(weights: str, seed: int, cause: bool) -> float:
    rng, w, slots = np.random.default_rng(seed), np.abs(matrix(weights, (32, 128), seed)), 16
    codes = np.round(slots * rng.uniform(0, 1, 128))
    begin = np.arange(slots)[:, None] if cause else rng.random((slots, 128)).argsort(axis=0)
    on = begin < codes  # (slots, inputs)
    wires = Wires(r_column=0.5, read="top")
    true = sum(line_currents(FULL * w * now, 1.0 * now, wires) for now in on) / (FULL * slots)
    ideal = codes[None] / slots @ w.T
    fast = IRDrop(r_segment=0.5, g_max=FULL).apply(ideal, w, codes[None] / slots)
    return float(np.linalg.norm(fast - true) / np.linalg.norm(true - ideal))
