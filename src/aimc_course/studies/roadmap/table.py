"""Every constant with its range and its origin: as it is today, and as it is hoped for.

The analog constants of today are those of the 64-core chip in its four-phase mode, in which all its
accuracies were measured. What that chip's paper does not print is inferred by `aimc.chip` or split
by the shares that a review gives, and the origin says so. The hoped-for range always begins at
today's value and ends at what somebody has shown somewhere, or at a named assumption.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from aimc.chip.hermes import hermes_constants
from aimc.published import fact
from aimc.units import DAY, FEMTO, GIGA, HOUR, KILO, MEGA, MICRO, MM2, NANO, PICO, TERA, YEAR
from aimc.validation import check_number
from aimc_course.studies.roadmap.ranges import Constants, Range

__all__ = ["ANALOG_NAMES", "hoped", "low_end", "on_chip_memory", "on_the_way", "other_end", "today"]

UM2 = MICRO**2
_ADC_BITS = 8
_SHARES = {"output": 0.65, "cells": 0.175, "input": 0.175}
"""Of the energy of a read: the middles of D013, and the rest for the inputs."""
_ADC_AREA_SHARE = 0.4
_LARGE_BANK = 4.0


def _reached() -> tuple[float, float]:
    """Return the least and the largest share of its bandwidth that one A100 reached."""
    rates = [*fact("G007").numbers[3:], *fact("G008").numbers[2:]]
    best = fact("G106").number * KILO  # GB/s
    return min(rates) / best, max(rates) / best


def _chip() -> dict[str, tuple[float, str]]:
    """Return today's value of each analog constant, with its origin."""
    chip = hermes_constants()
    side, phase = chip.columns, 4
    read = chip.mvm_energy[1] / phase
    shares = "A038; assumed: split as in the review (D013)"
    edge = _ADC_AREA_SHARE * chip.mvm_area
    return {
        "array_side": (side, "A008"),
        "utilisation": (0.97, "A047"),
        "cells_per_weight": (1.0, "A010"),
        "reads_per_product": (phase, "A030"),
        "read_time": (chip.mvm_latency[1] / phase, "A030"),
        "adc_bits": (_ADC_BITS, "A111; assumed: the bits of the result that are used"),
        "adc_step_energy": (_SHARES["output"] * read / side / 2**_ADC_BITS, shares),
        "bits_per_doubling": (0.0, "not needed at the array side of today"),
        "row_energy": (_SHARES["input"] * read / side, shares),
        "cell_energy": (_SHARES["cells"] * read / side**2, shares),
        "value_energy": (chip.energy_value, "fitted to the 64-core chip"),
        "value_rate": (chip.clock, "A015, A023"),
        "hop_time": (chip.hop_clocks / chip.clock, "inferred for the 64-core chip"),
        "standing_power": (chip.standing_power / side, "fitted to the 64-core chip"),
        "idle_share": (1.0, "assumed: nothing is switched off; not published"),
        "cell_area": ((chip.mvm_area - edge) / side**2, "A006; assumed: 40% for converters (D012)"),
        "adc_area": (edge / side, "A006; assumed: 40% for converters (D012)"),
        "digital_area": ((chip.core_area - chip.mvm_area) / side, "A005, A006"),
        "die_overhead": (chip.die_area / chip.chip_cores / chip.core_area, "A002, A004, A005"),
        "tiers": (1.0, "one layer of cells"),
        "link_energy": (
            5 * PICO,
            "assumed: ten times a link in a package (G112)",
        ),
        "link_time": (200 * NANO, "assumed"),
        "chip_bandwidth": (
            fact("G002").numbers[1] * TERA / 5,
            "assumed: one of five stacks (G002)",
        ),
        "beside_share": (1.0, "assumed: an H100 does it"),
        "beside_idle_share": (1.0, "assumed: as for columns, nothing is switched off"),
        "mac_energy": (0.2 * PICO, "D008, two operations"),
        "calibration_period": (DAY, "assumed"),
        "calibration_reads": (fact("A066").number, "assumed: the test vectors of A066"),
        "rewriting_period": (YEAR / 12, "assumed"),
        "write_energy": (4 * NANO, "A055, A119; assumed: ten pulses of 0.3 mA for each device"),
        "rival_progress": (1.0, "the rival as it is"),
    }


# name: (words, unit, factor, other end of what is hoped for, scale, origin of that end)
_HOPES: dict[str, tuple[str, str, float, float, str, str]] = {
    "array_side": ("side of an array", "cells", 1.0, 1024.0, "log", "G044"),
    "utilisation": ("cells of an array that hold weights", "%", 0.01, 0.7, "linear", "A076, A078"),
    "cells_per_weight": ("cells for each weight", "", 1.0, 2.0, "linear", "assumed: for accuracy"),
    "reads_per_product": ("reads for one product", "", 1.0, 1.0, "log", "A029"),
    "read_time": ("time of a read", "ns", NANO, 30 * NANO, "log", "assumed"),
    "adc_bits": ("resolution of a converter", "bit", 1.0, 6.0, "linear", "assumed"),
    "adc_step_energy": ("converter, energy per step", "fJ", FEMTO, 6.9 * FEMTO, "log", "G053"),
    "bits_per_doubling": (
        "bits more for twice the rows", "bit", 1.0, 0.5, "linear",
        "assumed: a sum that grows like the root of its terms",
    ),
    "row_energy": ("input of a row", "pJ", PICO, PICO, "log", "assumed"),
    "cell_energy": ("a cell in a read", "fJ", FEMTO, 3 * FEMTO, "log", "assumed"),
    "value_energy": (
        "digital unit, energy per value", "pJ", PICO, 3 * PICO, "log", "assumed: integers (D005)",
    ),
    "value_rate": (
        "digital unit, values per second", "G/s", GIGA, 6.4 * GIGA, "log", "assumed: 16 lanes",
    ),
    "hop_time": ("hop of a partial sum", "ns", NANO, 3 * NANO, "log", "assumed"),
    "standing_power": ("standing power of a column", "µW", MICRO, MICRO, "log", "assumed"),
    "idle_share": ("idle column, share of its power", "%", 0.01, 0.01, "log", "assumed"),
    "cell_area": ("area of a cell", "µm²", UM2, 0.05 * UM2, "log", "assumed, see D015"),
    "adc_area": ("area of a converter", "µm²", UM2, 100 * UM2, "log", "assumed"),
    "digital_area": ("digital area of a column", "µm²", UM2, 300 * UM2, "log", "assumed"),
    "die_overhead": ("area of the die over that of its cores", "", 1.0, 1.1, "linear", "assumed"),
    "tiers": ("layers of cells on top of each other", "", 1.0, 8.0, "log", "assumed, see E005"),
    "link_energy": (
        "link between chips", "pJ/bit", PICO, 0.25 * PICO, "log",
        "G112; today assumed: ten times a link in a standard package",
    ),
    "link_time": ("delay of a link", "ns", NANO, 10 * NANO, "log", "assumed"),
    "chip_bandwidth": (
        "memory bandwidth beside each chip", "TB/s", TERA, 3.35 * TERA, "log", "G002",
    ),
    "beside_share": (
        "unit for attention, power over an H100's", "%", 0.01, 0.05, "log",
        "assumed: a unit made for attention",
    ),
    "beside_idle_share": (
        "idle unit for attention, share of its power", "%", 0.01, 0.01, "log",
        "assumed: as for columns",
    ),
    "mac_energy": ("digital multiply-accumulate", "pJ", PICO, 0.05 * PICO, "log", "assumed"),
    "calibration_period": ("time between calibrations", "h", HOUR, HOUR, "log", "assumed"),
    "calibration_reads": ("reads for a calibration", "", 1.0, 10.0, "log", "assumed"),
    "rewriting_period": ("time between writing anew", "d", DAY, DAY, "log", "assumed"),
    "write_energy": ("energy of writing a cell", "nJ", NANO, 0.4 * NANO, "log", "assumed"),
    "rival_progress": (
        "what the rival gains meanwhile", "×", 1.0, 7.6, "log",
        "assumed: five generations of 1.5 times (G012, at larger batches)",
    ),
}  # fmt: skip

ANALOG_NAMES = tuple(_HOPES)
"""Names of the constants that differ between today and what is hoped for."""


def _published() -> tuple[Range, ...]:
    """Return the constants of the digital machines, and those that all machines share."""
    size, bandwidth, power = fact("G002").numbers
    peak = fact("G001").numbers[1]
    dense, sparse = fact("G111").numbers
    rack = fact("G108").numbers
    tokens, _, watts = fact("G107").numbers
    delay = rack[5] * 1e-3 / (rack[3] * GIGA)
    slots = (rack[4] / (rack[3] * GIGA), tokens * delay)
    hbm = fact("G013").number * PICO

    def fixed(name: str, words: str, value: float, origin: str, unit: str, factor: float) -> Range:
        return Range(name, words, value, value, origin, unit, factor)

    return (
        Range("memory_energy", "memory beside a chip", 0.75 * hbm, 1.5 * hbm,
              "G013; assumed: newer kinds within a factor of 1.5", "pJ/bit", PICO),
        Range(
            "memory_efficiency",
            "share of a bandwidth reached",
            *_reached(),
            "G007, G008, G106: a single card",
            "%",
            0.01,
            "linear",
        ),
        Range("borrowed_share", "memories of other blocks that help a block", 0.0, 0.0,
              "inferred: a block alone reads its keys and values", "%", 0.01, "linear"),
        fixed("cache_bits", "bits of a key or a value", 8.0, "assumed", "bit", 1.0),
        fixed("weight_bits", "digital weights", 8.0, "assumed", "bit", 1.0),
        fixed("card_peak", "H100, peak at 8 bits", peak * TERA, "G001", "TOPS", TERA),
        fixed("card_bandwidth", "H100, bandwidth", bandwidth * TERA, "G002", "TB/s", TERA),
        fixed("card_memory", "H100, memory", size * GIGA, "G002", "GB", GIGA),
        fixed("card_power", "H100, power at most", power, "G002", "W", 1.0),
        Range("card_standing_share", "H100, power that always flows", 0.4, 0.95,
              "assumed; bounded by G011, G012, G016, and by what the memory needs", "%", 0.01,
              "linear"),
        Range("arithmetic_efficiency", "H100, share of its peak reached", 0.3, 0.7,
              "assumed", "%", 0.01, "linear"),
        fixed("card_area", "H100, area of the die", fact("G105").number * MM2, "G105", "mm²", MM2),
        fixed("chip_area", "chip, size of an H100", fact("G105").number * MM2, "G105", "mm²", MM2),
        Range("resident_weights", "NorthPole, weights of a card", sparse * MEGA, dense * MEGA,
              "G111: its two measured systems", "million", MEGA),
        fixed("resident_power", "NorthPole, power of a card", watts / 16,
              "G107, cards alone", "W", 1.0),
        Range("resident_delay", "NorthPole, delay for a million weights", 0.95 * delay, delay,
              "G108; G107 bounds it", "ns", NANO / MEGA),
        Range("resident_users", "NorthPole, users for a billion weights", *slots,
              "G108; G107", "", 1 / GIGA),
        Range("resident_idle_share", "NorthPole, share of its power while idle", 0.3, 1.0,
              "assumed", "%", 0.01, "linear"),
        fixed("resident_area", "NorthPole, area of the die", fact("G109").number * MM2, "G109",
              "mm²", MM2),
    )  # fmt: skip


def _on_the_way(low: float, high: float) -> tuple[Range, ...]:
    made = []
    for name, (value, origin) in _chip().items():
        words, unit, factor, end, scale, why = _HOPES[name]
        way = np.array([low, high])
        straight = scale == "linear"
        ends = value + (end - value) * way if straight else value * (end / value) ** way
        source = f"{origin} → {why}" if high > 0 else origin
        made.append(
            Range(name, words, float(min(ends)), float(max(ends)), source, unit, factor, scale)
        )
    return tuple(made)


@cache
def on_the_way(low: float, high: float) -> Constants:
    """Return constants somewhere between the 64-core chip of today and what is hoped for.

    Parameters
    ----------
    low, high : float
        Least and largest share of the way that each constant has come: 0 is today, 1 is all that
        is hoped for. Logarithmic constants come that share of the way in powers of ten.
    """
    check_number("low", low, low=0.0, high=1.0)
    check_number("high", high, low=low, high=1.0)
    return Constants((*_on_the_way(low, high), *_published()))


def today() -> Constants:
    """Return the analog constants of the 64-core chip, as single values, and the digital ranges."""
    return on_the_way(0.0, 0.0)


def low_end() -> Constants:
    """Return `today` with the constants that one network alone gives: a core that waits takes less.

    See `aimc.chip.hermes.fit_energies`.
    """
    return _with_factors(hermes_constants().low_end, "low end")


def other_end() -> Constants:
    """Return `today` with the other end of what the energies of the 64-core chip leave open.

    A core that waits takes more and a digital value less (`aimc.chip.hermes.fit_energies`); that a
    core takes less beside a read is left out, since in a large network few read at a time.
    """
    return _with_factors(hermes_constants().other_end[:2], "other end")


def _with_factors(factors: tuple[float, float], words: str) -> Constants:
    now = today()
    for name, times in zip(("value_energy", "standing_power"), factors, strict=True):
        value = times * now[name].middle
        now = now.change(name, value, value, f"{now[name].origin}, {words}")
    return now


def hoped() -> Constants:
    """Return ranges from the 64-core chip of today to what is hoped for, and the digital ranges."""
    return on_the_way(0.0, 1.0)


def on_chip_memory() -> Range:
    """Return the price of a bit from SRAM on the chip, which no machine here draws.

    Chapters that keep keys and values on the chip need it beside the list of `today`.
    """
    small = fact("D003").number * PICO / 32
    return Range(
        "on_chip_memory", "SRAM on the chip", small, _LARGE_BANK * small,
        "D003, 45 nm; assumed: up to four times as much in a bank of hundreds of kilobytes",
        "pJ/bit", PICO,
    )  # fmt: skip
