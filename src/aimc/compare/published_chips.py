"""Chips that were built and measured, side by side, and what their headline number counts.

Every number comes from the table of published facts. Nothing is typed here but which fact holds
which chip, so that a corrected fact corrects the comparison.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import log10

from aimc.published import fact
from aimc.validation import check_number

__all__ = ["PublishedChip", "figure_of_merit", "published_chips", "tops", "tops_per_watt"]

# Rows of the comparison table of the HERMES project chip's paper, and the memory of each.
OTHERS = {
    "A102": ("Khwa 2022", "PCM"),
    "A103": ("NeuRRAM, Wan 2022", "ReRAM"),
    "A104": ("Hung 2021", "ReRAM"),
    "A105": ("Fick 2022", "NOR flash"),
    "A106": ("Jia 2022", "SRAM"),
}


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
    others = [_other(identifier, *names) for identifier, names in OTHERS.items()]
    return (_hermes("1-phase", "A031", "A033"), _hermes("4-phase", "A032", "A034"), *others)


def _hermes(mode: str, throughput: str, efficiency: str) -> PublishedChip:
    # The published accuracy holds in the four-phase mode alone.
    return PublishedChip(
        name=f"HERMES, {mode}",
        memory="PCM",
        node=fact("A001").number * 1e-9,
        area=fact("A004").number * 1e-6,
        weights=fact("A009").number,
        input_bits=round(fact("A019").number),
        weight_bits=None,
        peak_tops=fact(throughput).number,
        peak_tops_per_watt=fact(efficiency).number,
        cifar10=fact("A080").number if mode == "4-phase" else None,
        fact_id=efficiency,
    )


def _other(identifier: str, name: str, memory: str) -> PublishedChip:
    row = fact(identifier)
    words = f"{row.quantity}; {row.context}"
    bits = _find(r"(\d+)-bit inputs", words)
    weight_bits = re.search(r"(\d+)-bit weights", words)
    accuracy = re.search(r"CIFAR-10 ([\d.]+)", words)
    weights = re.search(r"([\d.]+) ([kM]) weights", words)
    if weights is None:
        raise ValueError(f"fact {identifier} says no number of weights: {words!r}")
    count, unit = weights.groups()
    return PublishedChip(
        name=name,
        memory=memory,
        node=_find(r"(\d+) nm", words) * 1e-9,
        area=_find(r"([\d.]+) mm²", words) * 1e-6,
        weights=float(count) * {"k": 1e3, "M": 1e6}[unit],
        input_bits=round(bits),
        weight_bits=int(weight_bits[1]) if weight_bits else None,
        peak_tops=row.numbers[0],
        peak_tops_per_watt=row.numbers[1],
        cifar10=float(accuracy[1]) if accuracy else None,
        fact_id=identifier,
    )


def _find(pattern: str, words: str) -> float:
    match = re.search(pattern, words)
    if match is None:
        raise ValueError(f"no {pattern!r} in the words of a fact: {words!r}")
    return float(match[1])


def tops(multiply_accumulates: float, seconds: float) -> float:
    """Return the throughput in TOPS of so many multiply-accumulates (two operations each)."""
    check_number("multiply_accumulates", multiply_accumulates, low=0.0)
    check_number("seconds", seconds, low=0.0, open_low=True, unit="s")
    return 2 * multiply_accumulates / seconds / 1e12


def tops_per_watt(multiply_accumulates: float, joules: float) -> float:
    """Return the efficiency in TOPS/W: tera-operations per joule, two per multiply-accumulate."""
    check_number("multiply_accumulates", multiply_accumulates, low=0.0)
    check_number("joules", joules, low=0.0, open_low=True, unit="J")
    return 2 * multiply_accumulates / joules / 1e12


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
