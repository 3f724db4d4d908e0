r"""What a chip of another size costs: the constants of the 64-core chip, scaled.

Only one chip has printed costs for all that is needed here :cite:p:`legallo2023hermes`, so every
design is priced by scaling it, and a design with its sizes gets its numbers back exactly. How each
part scales is an **assumption**, the same for everybody, and stands in `ASSUMED`.

A read of the 64-core chip takes the fixed energy :math:`\psi E` and one that follows the current of
the cells in use (`aimc.chip.activity`). With rows :math:`R`, columns :math:`C`, the length
:math:`T` of one modulation and the conductance :math:`G` of a full weight, all relative to that
chip,

.. math::

   E_\text{fixed} = \psi E\,T\,\bigl[(1 - d)\,C + d\,R\bigr], \qquad
   E_\text{current} = (\chi - \psi)\,E\,\frac{u}{u_0}\,R\,C\,T\,G ,

with the share :math:`d` of the drivers, the activity :math:`\chi` of the layer that was measured,
the utilisation :math:`u`, and :math:`u_0` at which it was measured. A modulation lasts as long as
the longest pulse, or as long as an oscillator takes to count to its last bit, whichever is longer:

.. math:: T = \max\bigl(2^{B_\text{in}-1}\,t_\text{slot},\; 2^{B_\text{out}}\,t_\text{LSB}\bigr).
"""

from __future__ import annotations

from dataclasses import replace

from aimc.chip.activity import LAYER, Activity, activity
from aimc.chip.hermes import ChipConstants, hermes_constants
from aimc.circuits.read_modes import READ_MODES, read_duration
from aimc.published import fact
from aimc.units import NANO, PICO
from aimc_course.capstone.cells import full_weight
from aimc_course.capstone.design import Design

__all__ = [
    "ASSUMED",
    "CELL_SHARE",
    "DRIVER_SHARE",
    "FIXED_DIGITAL",
    "FULL_CORE",
    "constants",
    "window",
]

FULL_CORE = Activity()
"""The activity that belongs to `constants`: that of a layer is in them already."""
DRIVER_SHARE = 0.1
"""Share of the drivers in the energy of a read, and in the area, that does not follow the cells."""
CELL_SHARE = 0.6
"""Share of the cells in the area of crossbar, converters and drivers."""
FIXED_DIGITAL = 0.25
"""Share of the digital area and standing power of a core that is there without any column."""
ASSUMED = (
    (
        "converters, local digital units and standing power grow with the columns of a core, "
        "drivers with its rows"
    ),
    (
        f"drivers take {DRIVER_SHARE:.0%} of what does not follow the current, in energy and in "
        "area; converters the rest"
    ),
    (
        f"cells take {CELL_SHARE:.0%} of the area of crossbar, converters and drivers, in "
        "proportion to rows, columns and devices: more than 40% is published for the rest of such "
        "a tile"
    ),
    (
        f"{FIXED_DIGITAL:.0%} of the digital area and of the standing power of a core is there "
        "however few columns it has"
    ),
    "time and energy of an oscillator double with each bit, its area stays",
    "all devices take the area of a cell of the 64-core chip and are read at its voltage",
)
"""How the constants of one chip are scaled to others: nobody has published that. The shares of the
area and of the oscillator are facts D012 and D018."""


def window(design: Design) -> float:
    """Return the length of one modulation, s."""
    pulse = 2 ** (design.input_bits - 1) * NANO
    count = 2**design.output_bits * fact("A110").numbers[0] * PICO
    return float(max(pulse, count))


def constants(design: Design, end: str = "central") -> ChipConstants:
    """Return times, energies and areas of a design; an `aimc.chip.Chip` takes them.

    Parameters
    ----------
    design : Design
        What is priced.
    end : {"low", "central", "high"}
        Which value of the share of a read that flows however empty a core is; that share is
        inferred and known within a range only.
    """
    chip = hermes_constants()
    rows, columns = design.rows / chip.rows, design.columns / chip.columns
    time = window(design)
    longer = time / (fact("A118").number * NANO)
    measured = activity(LAYER)
    share = chip.fixed_share[("low", "central", "high").index(end)]
    fixed = share * longer * ((1 - DRIVER_SHARE) * columns + DRIVER_SHARE * rows)
    conducts = full_weight(design) / full_weight(Design("64-core chip"))
    current = (measured.value - share) / measured.utilisation
    current *= rows * columns * longer * conducts
    lines = FIXED_DIGITAL + (1 - FIXED_DIGITAL) * columns
    cells = CELL_SHARE * rows * columns * design.devices / 2
    around = (1 - CELL_SHARE) * ((1 - DRIVER_SHARE) * columns + DRIVER_SHARE * rows)
    mvm_area = chip.mvm_area * (cells + around)
    core_area = mvm_area + (chip.core_area - chip.mvm_area) * lines
    return replace(
        chip,
        name=design.name,
        rows=design.rows,
        columns=design.columns,
        mvm_latency=tuple(read_duration(mode, time) for mode in READ_MODES),
        mvm_energy=tuple((fixed + current) * energy for energy in chip.mvm_energy),
        fixed_share=(fixed / (fixed + current),) * 3,
        # the chip multiplies standing power with the activity, which is one here
        standing_power=chip.standing_power * measured.value * lines,
        mvm_area=mvm_area,
        core_area=core_area,
        chip_cores=design.cores,
        die_area=design.cores * core_area,
    )
