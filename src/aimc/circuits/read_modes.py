r"""One modulation for all signs, or one for each combination of signs: the two ways to read a core.

A device does not conduct alike in both directions :cite:p:`sarwat2022mechanism`. Let it pass the
current :math:`GV` in the direction in which it was verified while programming and
:math:`(1 - a)\,GV` in the other, with the asymmetry :math:`a`.

**One-phase.** Cells that add current are read in one direction, cells that subtract in the other.
With inputs :math:`x_j` and net and total conductances :math:`G^+ \mp G^-`,

.. math::

   I_i = V \sum_j \left[\left(1 - \tfrac a2\right)(G^+_{ij} - G^-_{ij})\,x_j
         + \tfrac a2\,(G^+_{ij} + G^-_{ij})\,|x_j|\right].

**Four-phase.** Inputs of one sign meet devices of one polarity, four times, always in the verified
direction. Each phase is converted on its own; the digital side adds with signs
:cite:p:`legallo2023hermes`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aimc.backend import Array, RandomSource, namespace
from aimc.published import fact
from aimc.validation import check_choice, check_number

if TYPE_CHECKING:
    from aimc.circuits.reading import BitLines

__all__ = ["READ_MODES", "FourPhases", "modulations", "read_duration", "read_energy"]

READ_MODES = ("1-phase", "4-phase")
"""All four sign combinations in one modulation (A029), or in four (A030)."""
# Facts of the 64-core chip for each mode: latency (ns), and energy of 64 cores (uJ).
LATENCY = {"1-phase": "A029", "4-phase": "A030"}
ENERGY = {"1-phase": "A037", "4-phase": "A038"}


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
    return count * window + 1e-9 * overhead


def read_energy(read_mode: str) -> float:
    """Return the energy (J) of one multiplication on one core of the 64-core chip.

    A sixty-fourth of the printed energy of all cores (A037, A038): fully used cores, 8-bit inputs,
    crossbar with ADCs and input modulators, nothing digital.
    """
    check_choice("read_mode", read_mode, READ_MODES)
    return 1e-6 * fact(ENERGY[read_mode]).number / fact("A002").number


@dataclass(frozen=True, slots=True, eq=False)
class FourPhases:
    """The bit lines of one slice, read with one sign of input and one polarity at a time."""

    positive: BitLines
    """Devices of positive polarity alone."""
    negative: BitLines
    """Devices of negative polarity alone."""

    def read(self, codes: Array, rng: RandomSource, watch: Callable[[Array], None]) -> Array:
        """Return what the digital side adds up for codes of shape (..., in): shape (..., out)."""
        xp = namespace(codes)
        zero = xp.zeros_like(codes)
        # a code of zero belongs to one sign only, or its gradient would count twice
        up, down = xp.where(codes >= 0, codes, zero), xp.where(codes < 0, -codes, zero)
        return (
            self.positive.read(up, rng, watch)
            - self.negative.read(up, rng, watch)
            - self.positive.read(down, rng, watch)
            + self.negative.read(down, rng, watch)
        )
