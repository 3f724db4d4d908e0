"""Energy and latency of one inference beside an accuracy, from a chip that the caller hands in.

This room lies beside that of the chip and does not know it: all that is asked of a chip is that it
maps a converted model and says what its plan costs.
"""

from __future__ import annotations

from typing import Any, Protocol

from torch import Tensor, nn

from aimc.nn import program, report
from aimc.nn.detached_copy import copy_of
from aimc.published import fact
from aimc.recovery.compensation.cost import has_published_reads

__all__ = ["MapsModels", "cost_of"]

PRICED = tuple(int(n) for n in fact("A008").numbers)  # cores whose costs were published


class MapsModels(Protocol):
    """What is asked of a chip, for example `aimc.chip.Chip`."""

    serial: int

    def map(self, network: Any, sample: Any = None) -> Any:
        """Return a plan with a method ``performance()``."""
        ...


def check_cost(cost: Any) -> Any:
    """Return a chip, or raise an error that says what is allowed."""
    if cost is None or hasattr(cost, "map"):
        return cost
    raise TypeError(
        "cost must be None or a chip that maps models, such as aimc.chip.Chip(), got "
        f"{type(cost).__name__}"
    )


def cost_of(model: nn.Module, sample: Tensor, chip: MapsModels | None) -> tuple[Any, str]:
    """Return what an inference costs on a chip, and the same in words.

    Parameters
    ----------
    model : torch.nn.Module
        A converted model.
    sample : tensor, shape (n, ...)
        Inputs; the first axis counts inferences.
    chip : aimc.chip.Chip, or None
        Grid and constants. The cost does not depend on which chip it is.
    """
    cores = report(model).cores
    if chip is None:
        return None, f"energy and latency: {_advice({(core.rows, core.columns) for core in cores})}"
    serials = {core.serial for core in cores}
    if serials != {chip.serial}:
        model = copy_of(model)
        program(model, chip.serial)
    performance = chip.map(model, sample).performance()
    energy, latency = performance.energy, performance.latency
    lines = [f"energy per inference {energy}", f"latency {latency}"]
    if performance.digital:
        lines.append(
            f"not in this energy: {len(performance.digital)} layers stayed digital, "
            f"{', '.join(performance.digital)}"
        )
    if not all(map(has_published_reads, cores)):
        lines.append(
            "at the energies and times of reads of the 64-core chip, whose devices these cores do "
            "not hold"
        )
    if performance.other:
        lines.append(f"not in this energy: {', '.join(performance.other)}")
    return performance, "\n".join(lines)


def _advice(shapes: set[tuple[int, int]]) -> str:
    """Return what makes a report say energy and latency, for cores of these sizes."""
    if shapes <= {PRICED}:
        return "not asked for; pass cost=aimc.chip.Chip()"
    others = " and ".join(f"{rows} x {columns}" for rows, columns in sorted(shapes - {PRICED}))
    return (
        f"known for cores of {PRICED[0]} x {PRICED[1]}, and these are of {others}; "
        "pass cost=aimc.chip.Chip(constants=...) with constants of such cores"
    )
