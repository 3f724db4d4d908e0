"""Chips that were built and measured, side by side, and what their headline number counts.

Every number comes from the table of published chips, whose rows name the facts that they repeat.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log10

from aimc.published import chip_rows
from aimc.units import MM2, NANO, TERA
from aimc.validation import check_number

__all__ = ["PublishedChip", "figure_of_merit", "published_chips", "tops", "tops_per_watt"]


@dataclass(frozen=True, slots=True)
class PublishedChip:
    """What a paper prints about one chip."""

    name: str
    """Short name."""
    memory: str
    """Where the weights are stored."""
    node: float
    """Name of the CMOS node, m."""
    area: float
    """Area of the chip, m^2."""
    weights: float
    """Weights that the chip holds."""
    input_bits: int
    """Input resolution."""
    weight_bits: int | None
    """Weight resolution; ``None`` where the paper calls the weights analog."""
    peak_tops: float
    """Peak throughput as printed, TOPS."""
    peak_tops_per_watt: float
    """Peak efficiency as printed, TOPS/W."""
    cifar10: float | None
    """CIFAR-10 accuracy shown with the chip, %; ``None`` if none is printed."""
    fact_id: str
    """Fact that holds the row."""

    @property
    def one_bit_tops_per_watt(self) -> float | None:
        r"""Efficiency in one-bit operations, :math:`B_x B_w` times the printed one, in TOPS/W.

        ``None`` for analog weights, whose resolution is not a number that was designed.
        """
        if self.weight_bits is None:
            return None
        return self.peak_tops_per_watt * self.input_bits * self.weight_bits

    @property
    def area_per_weight(self) -> float:
        """Return the chip area per stored weight, m^2, with pads and links."""
        return self.area / self.weights


def published_chips() -> tuple[PublishedChip, ...]:
    """Return the multi-core chips of the comparison table, the HERMES chip in both read modes."""
    return tuple(
        PublishedChip(
            name=row["name"],
            memory=row["memory"],
            node=row["node_nm"] * NANO,
            area=row["area_mm2"] * MM2,
            weights=float(row["weights"]),
            input_bits=row["input_bits"],
            weight_bits=row.get("weight_bits"),
            peak_tops=float(row["peak_tops"]),
            peak_tops_per_watt=float(row["peak_tops_per_watt"]),
            cifar10=row.get("cifar10_percent"),
            fact_id=row["fact"],
        )
        for row in chip_rows()
    )


def tops(multiply_accumulates: float, seconds: float) -> float:
    """Return the throughput in TOPS of so many multiply-accumulates (two operations each)."""
    check_number("multiply_accumulates", multiply_accumulates, low=0.0)
    check_number("seconds", seconds, low=0.0, open_low=True, unit="s")
    return 2 * multiply_accumulates / seconds / TERA


def tops_per_watt(multiply_accumulates: float, joules: float) -> float:
    """Return the efficiency in TOPS/W: tera-operations per joule, two per multiply-accumulate."""
    check_number("multiply_accumulates", multiply_accumulates, low=0.0)
    check_number("joules", joules, low=0.0, open_low=True, unit="J")
    return 2 * multiply_accumulates / joules / TERA


def figure_of_merit(
    tops_per_watt: float, tops_per_mm2: float, input_bits: int, weight_bits: int
) -> float:
    r"""Return the common logarithm of one-bit efficiency times one-bit density.

    .. math:: \log_{10}\left(B_x B_w\,\frac{\text{TOPS}}{\text{W}} \cdot
              B_x B_w\,\frac{\text{TOPS}}{\text{mm}^2}\right)

    after :cite:t:`singh2025tiles`, whose reference tile (256 x 256, 8 bits by 8 bits, 100 ns, 1 W,
    1 mm2) has the value of fact D017.

    Parameters
    ----------
    tops_per_watt, tops_per_mm2 : float
        Efficiency (TOPS/W) and density (TOPS/mm2) at the stated resolutions.
    input_bits, weight_bits : int
        Resolutions of inputs and weights.
    """
    check_number("tops_per_watt", tops_per_watt, low=0.0, open_low=True, unit="TOPS/W")
    check_number("tops_per_mm2", tops_per_mm2, low=0.0, open_low=True, unit="TOPS/mm2")
    for name, bits in (("input_bits", input_bits), ("weight_bits", weight_bits)):
        check_number(name, bits, low=1, high=32)
    return log10(tops_per_watt * tops_per_mm2 * (input_bits * weight_bits) ** 2)
