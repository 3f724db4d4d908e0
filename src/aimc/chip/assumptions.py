"""What the times of a schedule assume, beyond what was published or follows from it.

Each assumption is listed only where it counts: `assumed` is what `Schedule.assumed` and
`Performance.assumed` show, and a cost prints it below its numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

from aimc.chip.chains import Group
from aimc.chip.hermes import ChipConstants

__all__ = ["assumed"]


def assumed(groups: Sequence[Group], constants: ChipConstants) -> tuple[str, ...]:
    """Return what the times of groups of layers assume, in words.

    Parameters
    ----------
    groups : sequence of Group
        What is scheduled together.
    constants : ChipConstants
        Times of the chip.
    """
    found = []
    if any(group.mvms > 1 and not group.gdpu for group in groups):
        found.append("the next MVM runs while the values of the last leave the cores")
    if any(group.detours for group in groups):
        found.append(
            "a hop to a core that only passes a sum on takes as long as one to a core that adds "
            f"({constants.hop_clocks} clocks), and no energy"
        )
    if any(group.gdpu_beside for group in groups):
        found.append(
            "a step with several sums at a time, such as a GRU's, takes the GDPU as long after the "
            f"last values as that of the published LSTM ({constants.gdpu_clocks} clocks)"
        )
    chains = max((x.output_tiles + x.gdpu_beside for x in groups if x.gdpu), default=0)
    if chains > constants.gdpu_slices:
        found.append(
            f"the {constants.gdpu_slices} slices of the GDPU serve the {chains} chains that end in "
            "it at a time in rounds"
        )
    return tuple(found)
