"""Table I of the 64-core chip, from the model: every number beside the printed one.

The latencies and energies come from the constants and the placement of the layers (8 and 32 cores);
which constants were worked out from which printed numbers says `aimc.chip.hermes`, and
`Entry.role` for each number. Throughputs, efficiencies and densities of the table count MVMs only,
whatever the column; its energies and latencies count the whole column.
"""

from __future__ import annotations

from dataclasses import dataclass

from aimc.chip.cost import SCOPES, Metric, Performance
from aimc.chip.hermes import LAYER, LSTM, READ_MODES, activity, table_one_group
from aimc.chip.performance import layer_performance, mvm_performance, peak_performance
from aimc.published import fact
from aimc.units import MICRO, MM2, NANO, TERA
from aimc.validation import check_choice

__all__ = ["PEAK", "USE_CASES", "Entry", "table_one", "use_case"]

PEAK = "MVMs at peak"
USE_CASES = (PEAK, LAYER, LSTM)
"""Columns of the table."""
FACTS = {
    (PEAK, "throughput"): ("A031", "A032"),
    (PEAK, "efficiency"): ("A033", "A034"),
    (PEAK, "density"): ("A035", "A036"),
    (PEAK, "energy"): ("A037", "A038"),
    (PEAK, "latency"): ("A029", "A030"),
    (LAYER, "throughput"): ("A045",),
    (LAYER, "efficiency"): ("A046",),
    (LAYER, "density"): ("A125",),
    (LAYER, "energy"): ("A043",),
    (LAYER, "latency"): ("A044",),
    (LSTM, "throughput"): ("A050",),
    (LSTM, "efficiency"): ("A051",),
    (LSTM, "density"): ("A126",),
    (LSTM, "energy"): ("A048",),
    (LSTM, "latency"): ("A049",),
}
UNITS = {
    "throughput": TERA,
    "efficiency": TERA,
    "density": TERA / MM2,
    "energy": MICRO,
    "latency": NANO,
}
"""One unit of the table (TOPS, TOPS/W, TOPS/mm², µJ, ns) in SI units."""
PUT_IN, INFERRED, FITTED, PREDICTED = "put in", "used to infer", "used in the fit", "predicted"


@dataclass(frozen=True, slots=True)
class Entry:
    """One number of the table and of the model."""

    use_case: str
    """Column of the table."""
    quantity: str
    """``"throughput"``, ``"efficiency"``, ``"density"``, ``"energy"`` or ``"latency"``."""
    model: Metric
    """What the model says, with read mode and scope."""
    fact: str
    """Id of the printed number."""
    published: float
    """The printed number, SI units."""

    @property
    def role(self) -> str:
        """How the model knows this number.

        ``"put in"``: a constant of the model; ``"used to infer"``: constants were worked out from
        it; ``"used in the fit"``; ``"predicted"``: not used anywhere.
        """
        if self.quantity in ("throughput", "density"):
            return PREDICTED
        if self.use_case == PEAK:
            return PREDICTED if self.quantity == "efficiency" else PUT_IN
        return FITTED if self.quantity == "energy" else INFERRED

    @property
    def difference(self) -> float:
        """Model relative to print, minus one."""
        return self.model.value / self.published - 1

    def as_row(self) -> dict[str, str]:
        """Return the entry as one row of a table."""
        printed = Metric(
            self.published, self.model.unit, self.model.read_mode, self.model.scope, self.model.area
        )
        return {
            "use case": self.use_case,
            "read mode": self.model.read_mode,
            "quantity": self.quantity,
            "scope": SCOPES[self.model.scope],
            "model": self.model.text,
            "published": printed.text,
            "difference": f"{self.difference:+z.1%}",
            "role": self.role,
            "fact": self.fact,
        }


def use_case(name: str, read_mode: str) -> tuple[Performance, Performance]:
    """Return the costs of one column of the table: of its MVMs alone, and of all of it.

    Parameters
    ----------
    name : {"MVMs at peak", "ResNet-9 layer", "LSTM time step"}
        Column of the table. At peak, both are the same.
    read_mode : {"1-phase", "4-phase"}
        How the cores read.
    """
    check_choice("name", name, USE_CASES)
    if name == PEAK:
        peak = peak_performance(read_mode=read_mode)
        return peak, peak
    group, active = table_one_group(name), activity(name)
    return (
        mvm_performance(group, read_mode=read_mode, activity=active),
        layer_performance(group, read_mode=read_mode, activity=active),
    )


def table_one() -> tuple[Entry, ...]:
    """Return the thirty numbers of the table, each from the model and as printed."""
    found = []
    for name in USE_CASES:
        for k, read_mode in enumerate(READ_MODES):
            mvm, whole = use_case(name, read_mode)
            numbers = {
                "throughput": mvm.throughput,
                "efficiency": mvm.efficiency,
                "density": mvm.density("MVM area"),
                "energy": whole.energy,
                "latency": whole.latency,
            }
            for quantity, metric in numbers.items():
                ids = FACTS[name, quantity]
                identifier = ids[k] if len(ids) > 1 else ids[0]
                printed = fact(identifier).numbers[0 if len(ids) > 1 else k]
                found.append(Entry(name, quantity, metric, identifier, printed * UNITS[quantity]))
    return tuple(found)
