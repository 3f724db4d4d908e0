r"""One modulation for all signs, or one for each combination of signs: the two ways to read a core.

A device does not conduct alike in both directions :cite:p:`sarwat2022mechanism`. Let it pass the
current :math:`GV` in the direction in which it was verified while programming and
:math:`(1 - \delta)\,GV` in the other, with the asymmetry :math:`\delta`.

**One-phase.** Cells that add current are read in one direction, cells that subtract in the other.
With inputs :math:`x_j` and net and total conductances :math:`G^+ \mp G^-`,

.. math::

   I_i = V \sum_j \left[\left(1 - \tfrac{\delta}{2}\right)(G^+_{ij} - G^-_{ij})\,x_j
         + \tfrac{\delta}{2}\,(G^+_{ij} + G^-_{ij})\,|x_j|\right].

**Four-phase.** Inputs of one sign meet devices of one polarity, four times, always in the verified
direction :cite:p:`legallo2023hermes`. Each phase is converted on its own. Where the four are added
is not published: most likely in the two counters of a converter, each of which goes on counting
through the two phases of its sign, since the digital unit takes as many clocks after a four-phase
read as after a one-phase read (latencies A029, A030 and A044 minus the reads).

Which currents flow in either mode, and from where, stands in `aimc.circuits.read_currents`.
"""

from __future__ import annotations

from aimc.published import fact
from aimc.units import NANO
from aimc.validation import check_choice, check_number

__all__ = ["READ_MODES", "modulations", "read_duration"]

READ_MODES = ("1-phase", "4-phase")
"""All four sign combinations in one modulation (A029), or in four (A030)."""
# Facts of the 64-core chip for each mode: latency (ns).
LATENCY = {"1-phase": "A029", "4-phase": "A030"}


def modulations(read_mode: str) -> int:
    """Return how often the inputs are sent for one multiplication: 1 or 4."""
    return 4 if check_choice("read_mode", read_mode, READ_MODES) == "4-phase" else 1


def read_duration(read_mode: str, window: float) -> float:
    """Return the time of one multiplication, s.

    Parameters
    ----------
    read_mode : {"4-phase", "1-phase"}
        How the core is read.
    window : float
        Length of one modulation, s; `DAC.duration`.

    Notes
    -----
    What the printed latencies (A029, A030) have beyond one and four modulations of 128 ns (A118),
    5 and 8 ns, is added whatever the window is.
    """
    check_number("window", window, low=0.0, unit="s")
    count = modulations(read_mode)
    overhead = fact(LATENCY[read_mode]).number - count * fact("A118").number
    return count * window + NANO * overhead
