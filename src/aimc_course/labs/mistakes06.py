"""Usual slips of lab 6: units, read modes, scopes and Amdahl's law upside down."""

from __future__ import annotations

import numpy as np

from aimc.chip.performance import peak_performance
from aimc.compare.roofline import access_energy, mac_energy
from aimc_course.checks.questions import Mistake
from aimc_course.labs import reference06 as six

__all__ = [
    "ALONE_MISTAKES",
    "AMDAHL_MISTAKES",
    "BREAKEVEN_MISTAKES",
    "DENSITY_MISTAKES",
    "GAP_MISTAKES",
    "HALVED_MISTAKES",
    "LAYER_MISTAKES",
    "OWN_MISTAKES",
    "PEAK_MISTAKES",
    "READ_MISTAKES",
    "REUSE_MISTAKES",
]

READ_MISTAKES = (
    Mistake(
        lambda serial: 64 * six.read_energies(),
        "that is the energy of all 64 cores: one core, please",
    ),
    Mistake(
        lambda serial: six.read_energies()[::-1],
        "the two are exchanged: one-phase comes first",
    ),
    Mistake(lambda serial: 1e6 * six.read_energies(), "that is in µJ: give J"),
    Mistake(lambda serial: 1e9 * six.read_energies(), "that is in nJ: give J"),
)

PEAK_MISTAKES = (
    Mistake(
        lambda cores, rows, columns, t, e: np.array(six.peak(cores, rows, columns, t, e)) / 2,
        "a multiplication and an addition are two operations",
    ),
    Mistake(
        lambda cores, rows, columns, t, e: (
            six.peak(cores, rows, columns, t, e)[0],
            cores * six.peak(cores, rows, columns, t, e)[1],
        ),
        "`e_read` is the energy of one core: all of them read",
    ),
    Mistake(
        lambda cores, rows, columns, t, e: six.peak(1, rows, columns, t, e),
        "all cores read at the same time: multiply the operations by their number",
    ),
    Mistake(
        lambda cores, rows, columns, t, e: six.peak(cores, rows, columns, t, e)[::-1],
        "the two are exchanged: the throughput comes first",
    ),
)

DENSITY_MISTAKES = (
    Mistake(
        lambda serial: six.die_density(serial, area="MVM area"),
        "that is per area of crossbars and converters: who pays for the rest of the die?",
    ),
    Mistake(
        lambda serial: six.die_density(serial, "1-phase"),
        "that is the one-phase read: the accuracies are of the other",
    ),
    Mistake(
        lambda serial: six.die_density(serial, "1-phase", "MVM area"),
        "that is the number of the brochure: other read mode, other area",
    ),
    Mistake(
        lambda serial: peak_performance(read_mode=six.MODE).density("die").value,
        "that is with all 64 cores: on your die fewer work",
    ),
    Mistake(
        lambda serial: six.die_density(serial) / 1e18,
        "that is in TOPS/mm²: give OP/s per m², the `.value`",
    ),
    Mistake(lambda serial: six.die_density(serial) * 1e-6, "per m², not per mm²: 1 mm² is 1e-6 m²"),
)

LAYER_MISTAKES = (
    Mistake(
        lambda cores, values, t, e, v, p: six.layer_parts(1, values, t, e, v, p),
        "every core of the layer is read, and every one stands under power",
    ),
    Mistake(
        lambda cores, values, t, e, v, p: six.layer_parts(cores, cores * values, t, e, v, p),
        "`values` counts those of all cores already",
    ),
    Mistake(
        lambda cores, values, t, e, v, p: (cores * e, values * v, p * t),
        "`power` is that of one core: all cores of the layer stand under power",
    ),
    Mistake(
        lambda cores, values, t, e, v, p: (cores * e, values * v, cores * p),
        "a power is not an energy: for how long does it flow?",
    ),
    Mistake(
        lambda cores, values, t, e, v, p: six.layer_parts(cores, values, t, e, v, p).sum(),
        "that is the sum: return the three parts",
    ),
)


def _full_reads(serial: int) -> np.ndarray:
    full = six.own_layer(serial).cores * six.read_energies()[1]
    return np.array([full, *six.own_parts(serial)[1:]])


OWN_MISTAKES = (
    Mistake(
        _full_reads,
        "the reads are those of full cores: `read_energy` takes `utilisation=layer.utilisation()`",
    ),
    Mistake(
        lambda serial: six.own_parts(serial, "1-phase"),
        "that is the one-phase read: use the four-phase one, for energy and latency",
    ),
    Mistake(
        lambda serial: six.own_parts(serial) * [1, 1 / six.own_layer(serial).chain, 1],
        "every core of a chain passes its values on: use `layer.values`",
    ),
    Mistake(lambda serial: 1e9 * six.own_parts(serial), "that is in nJ: give J"),
)

AMDAHL_MISTAKES = (
    Mistake(
        lambda share, factor: 1 / six.amdahl(share, factor),
        "upside down: that is what is left, how many times less is it?",
    ),
    Mistake(
        lambda share, factor: six.amdahl(1 - share, factor),
        "you divided the rest: the share itself is what shrinks",
    ),
    Mistake(lambda share, factor: 1 / (1 - share), "that is the limit for an infinite factor"),
    Mistake(lambda share, factor: share * factor, "the rest stays as it is: add it"),
)

HALVED_MISTAKES = (
    Mistake(
        lambda serial: six.halved(serial)[::-1],
        "the two are exchanged: cheaper reads come first",
    ),
    Mistake(lambda serial: 1 / six.halved(serial), "upside down: before over after"),
    Mistake(lambda serial: [2.0, 2.0], "only a part is halved"),
    Mistake(
        lambda serial: 1 - 1 / six.halved(serial),
        "that is the share saved: give energy before over after",
    ),
)

REUSE_MISTAKES = (
    Mistake(
        six.empty_like_full,
        "that charges a read of a nearly empty core like one of a full core: use `utilisation=`",
    ),
    Mistake(
        lambda serial: (
            six.image(serial).utilisation * peak_performance(read_mode=six.MODE).efficiency.value
        ),
        "that counts each core once: a core that is read 1024 times weighs 1024 times as much",
    ),
    Mistake(
        lambda serial: six.reads_range(serial)[0],
        "that is the lower end of the range: the central energy is what `read_energy` returns",
    ),
    Mistake(
        lambda serial: six.reads_range(serial)[1],
        "that is the upper end of the range: the central energy is what `read_energy` returns",
    ),
    Mistake(
        lambda serial: six.reads_only(serial, "1-phase"),
        "that is with the peak of the one-phase read",
    ),
    Mistake(
        lambda serial: six.image(serial).efficiency.value,
        "that counts values and standing power, too: reads alone, please",
    ),
    Mistake(
        lambda serial: peak_performance(read_mode=six.MODE).efficiency.value,
        "that is the peak: your cores are not full",
    ),
    Mistake(
        lambda serial: six.reads_only(serial) / 1e12,
        "that is in TOPS/W: give operations per J",
    ),
)


def _standing_first(serial: int) -> np.ndarray:
    reads, values, standing = six.image(serial).energies.values()
    both = reads + standing
    return np.array([*six.gap_factors(serial)[:2], both / reads, (both + values) / both])


def _second(serial: int, empty: float) -> np.ndarray:
    factors = six.gap_factors(serial)
    return np.array([factors[0], empty, *factors[2:]])


GAP_MISTAKES = (
    Mistake(lambda serial: 1 / six.gap_factors(serial), "upside down: each factor is above 1"),
    Mistake(
        lambda serial: six.gap_factors(serial)[[0, 1, 3, 2]],
        "the last two are exchanged: values come before waiting",
    ),
    Mistake(
        _standing_first,
        "the order of the last two matters: first the values, then what waiting adds to both",
    ),
    Mistake(
        lambda serial: _second(serial, 1 / six.image(serial).utilisation),
        "the second: count empty cells as often as they are read, as in question 8",
    ),
    Mistake(
        lambda serial: _second(serial, 1 / six.read_share(serial)),
        "the second: a read of empty cells costs less than one of full cells, as in question 8",
    ),
)


def _per_mac(serial: int) -> float:
    return float(six.own_parts(serial).sum() / six.own_layer(serial).weights)


BREAKEVEN_MISTAKES = (
    Mistake(
        lambda serial: access_energy("DRAM") / _per_mac(serial),
        "the digital machine multiplies, too: that energy does not depend on reuse",
    ),
    Mistake(
        lambda serial: access_energy("DRAM") / (_per_mac(serial) / 2 - mac_energy("INT8")),
        "per multiply-accumulate, not per operation: one is two operations",
    ),
    Mistake(
        lambda serial: access_energy("SRAM") / (_per_mac(serial) - mac_energy("INT8")),
        "that is with weights in SRAM: they come from DRAM",
    ),
    Mistake(lambda serial: 1 / six.breakeven(serial), "upside down"),
)

ALONE_MISTAKES = (
    Mistake(
        lambda serial: six.image_energies(serial)[::-1],
        "the two are exchanged: the single image comes first",
    ),
    Mistake(
        lambda serial: six.image_energies(serial, "1-phase"),
        "that is the one-phase read",
    ),
    Mistake(
        lambda serial: (
            six.image_energies(serial)[1]
            * np.array([six.image(serial).seconds / six.image(serial).period, 1.0])
        ),
        "only standing power grows with time: reads and values stay as they are",
    ),
)
