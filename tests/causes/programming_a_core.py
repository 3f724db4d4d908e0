"""Controls of the chapter on programming a core."""

from dataclasses import replace
from functools import cache

import numpy as np
from controls import control, matrix

from aimc.circuits.two_device_cell import net
from aimc.devices import pcm_hermes, pulsed_hermes
from aimc.recovery.programming import CoreRun, programmed_hermes_core

PAGE = "3-chip/04-programming-a-core"
SIDE = 64


@cache
def run(filling: str, weights: str, seed: int, spread: bool = True) -> CoreRun:
    device = programmed_hermes_core(filling, seed).device
    if not spread:
        device = replace(device, model=replace(device.model, g_set_spread=0.0))
    full = device.cell.devices_per_line * device.g_max
    w = matrix(weights, (SIDE, SIDE), seed)
    w[np.random.default_rng(seed).random(w.shape) < 0.3] = 0.0
    return device.run(full * w, seed)


def error(run: CoreRun, seed: int, least: float = 0.5) -> float:
    """Return the spread (%) of cells whose target is above a share of full scale."""
    full = 2 * programmed_hermes_core().device.g_max
    large = np.abs(run.target) > least * full
    return 100 * float((net(run.first_read(seed)) - run.target)[large].std()) / full


@control(
    page=PAGE,
    claim="State-dependent filling beats max-fill by more than its loop would, because a device "
    "left in SET is quiet.",
    without="SET devices that relax like programmed ones",
    quantity="error of max-fill minus that of the scheme, targets above half, points",
    shows=lambda with_, without: with_.mean() > 1.3 * without.mean() and without.min() > 0.2,
)
def set_devices_are_quiet(weights: str, seed: int, cause: bool) -> float:
    runs = [run(filling, weights, seed) for filling in ("max_fill", "state_dependent")]
    if not cause:
        runs = [replace(each, set_relaxation=None) for each in runs]
    return error(runs[0], seed) - error(runs[1], seed)


@control(
    page=PAGE,
    claim="The lines of max-fill wait, because some devices cannot reach the full scale of one.",
    without="devices with the same SET state",
    quantity="pulses of the slowest device of a line, max-fill over the chip's scheme",
    shows=lambda with_, without: with_.mean() > 1.1 * without.mean(),
)
def lines_wait_for_weak_devices(weights: str, seed: int, cause: bool) -> float:
    slowest = []
    for filling in ("max_fill", "state_dependent"):
        found = run(filling, weights, seed, cause).slowest(SIDE)
        slowest.append(found[found > 0].mean())
    return slowest[0] / slowest[1]


@control(
    page=PAGE,
    claim="Cells of zero weight scatter as both published fits say, because these describe cells "
    "of four RESET devices that share the spread.",
    without="devices each of which has the spread of the fit",
    quantity="spread of the cells over that of the fit at zero",
    shows=lambda with_, without: np.abs(with_ - 1).max() < 0.12 and without.min() > 1.7,
)
def fits_describe_cells(weights: str, seed: int, cause: bool) -> float:
    found = run("state_dependent", weights, seed)
    g = found.first_read(seed)
    if not cause:
        array = pulsed_hermes().fabricate(found.array.shape, seed)
        array.reset(seed)
        g = array.relaxed(seed + 1)
    cells = net(g)[found.target == 0]
    return float(cells.std() / pcm_hermes(1).programming_std(np.array(0.0)))
