"""Controls of the chapter on phase change."""

from dataclasses import replace

import numpy as np
from controls import control

from aimc.devices.thermal.mushroom import MushroomCell
from aimc.devices.thermal.pulse import Pulse, apply, fully_reset

PAGE = "2-devices/01-phase-change"
CURRENTS = ("about 400 µA", "about 500 µA")


def near(kind: str, seed: int, spread: float) -> float:
    """Return the number in the name of a kind, moved by at most this share either way."""
    number = float(kind.split()[1])
    return number * (1 + spread * float(np.random.default_rng(seed).uniform(-1, 1)))


def cell_of(slow: bool) -> MushroomCell:
    """Return the cell; a slow one crystallises a thousand times more slowly."""
    cell = MushroomCell()
    if not slow:
        return cell
    kinetics = cell.kinetics
    return replace(
        cell,
        kinetics=replace(
            kinetics,
            growth_max=1e-3 * kinetics.growth_max,
            nucleation_max=1e-3 * kinetics.nucleation_max,
        ),
    )


@control(
    page=PAGE,
    claim="A pulse with a long falling edge leaves a SET cell, because every shell of the melt "
    "then spends time in its growth window.",
    without="crystals that form and grow a thousand times more slowly",
    quantity="conductance after an edge of 250 ns over that after an edge of 1 ns",
    shows=lambda with_, without: with_.min() > 10 and without.max() < 1.5,
    weights=CURRENTS,
)
def a_long_edge_sets(kind: str, seed: int, cause: bool) -> float:
    cell = cell_of(slow=not cause)
    amperes = 1e-6 * near(kind, seed, 0.05)
    left = [
        apply(cell.fully_set(), Pulse.trapezoid(amperes, 50e-9, 1e-9, fall)).state.conductance()
        for fall in (250e-9, 1e-9)
    ]
    return left[0] / left[1]


@control(
    page=PAGE,
    claim="A voltage just above the threshold can set a RESET cell, because the glass "
    "switches on and lets in the current that heats it.",
    without="glass whose threshold is never reached",
    quantity="conductance after a voltage pulse over that before it",
    shows=lambda with_, without: with_.min() > 2 and without.max() < 1.1,
    weights=("about 1.05 V", "about 1.1 V"),
)
def switching_lets_the_current_in(kind: str, seed: int, cause: bool) -> float:
    reset = fully_reset(MushroomCell())
    if not cause:
        reset = replace(reset, cell=replace(reset.cell, threshold_field=1e12))
    volts = near(kind, seed, 0.02)
    pulse = Pulse.trapezoid(volts, 200e-9, 1e-9, 50e-9, drive="voltage")
    return apply(reset, pulse).state.conductance() / reset.conductance()
