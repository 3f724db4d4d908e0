r"""The analog machine: every weight has a place in an array, and nobody asks which.

With the array side :math:`N`, the utilisation :math:`u` and :math:`k` cells per weight, a network
of :math:`W` weights fills

.. math:: n = \frac{k\,W}{u N^2}

arrays. One inference reads each of them ``uses`` times, and each read takes conversions at the
edges, cells in the middle and digital work on :math:`N` values. A stage lasts as long as the reads,
the values that leave the array one after the other, and the partial sums that hop from array to
array; a user waits for all stages, and for the keys and values that a memory delivers. Whatever
stands idle meanwhile draws a share of its standing power. Products of data with data are the work
of a unit beside the arrays, whose power is a share of that of the digital card.
"""

from __future__ import annotations

import numpy as np

from aimc.validation import check_integer
from aimc_course.studies.roadmap.constants import Values
from aimc_course.studies.roadmap.digital import card_energy_per_bit
from aimc_course.studies.roadmap.outcome import Outcome
from aimc_course.studies.roadmap.workload import Workload

__all__ = ["ANALOG", "REFERENCE_SIDE", "analog_machine", "arrays_needed", "read_energy"]

ANALOG = "analog"
REFERENCE_SIDE = 256
"""Array side at which the resolution of the converters is meant."""
_ACTIVATION_BITS = 8


def arrays_needed(work: Workload, c: Values) -> np.ndarray:
    """Return how many arrays the weights fill, a real number."""
    cells = work.weights * c["cells_per_weight"]
    return cells / (c["utilisation"] * c["array_side"] ** 2)


def read_energy(c: Values) -> dict[str, np.ndarray]:
    """Return the energy of one product of a full array with a vector, by part, J."""
    side, reads = c["array_side"], c["reads_per_product"]
    bits = c["adc_bits"] + c["bits_per_doubling"] * np.log2(side / REFERENCE_SIDE)
    return {
        "cells": reads * side**2 * c["cell_energy"],
        "converters": reads * side * (c["row_energy"] + c["adc_step_energy"] * 2.0**bits),
    }


def analog_machine(work: Workload, c: Values, batch: int = 1) -> Outcome:
    """Return what the analog machine needs.

    Parameters
    ----------
    work : Workload
        One inference.
    c : dict of str to array
        Constants of `aimc_course.studies.roadmap.table`, shape (n,) each.
    batch : int
        Users served at once. They share nothing but the waiting time.
    """
    check_integer("batch", batch, low=1)
    side = c["array_side"]
    arrays = arrays_needed(work, c)
    area = _area(arrays, c)
    chips = area / c["chip_area"]
    spread = np.where(chips > 1, np.sqrt(np.maximum(1.0, chips / work.stages)), 0.0)

    stage = (
        c["reads_per_product"] * c["read_time"]
        + side / c["value_rate"]
        + np.maximum(0.0, work.width / side - 1) * c["hop_time"]
        + np.where(chips > 1, c["link_time"], 0.0)
    )
    cache_bits = work.cache_values * c["cache_bits"]
    bandwidth = np.maximum(1.0, chips) * c["chip_bandwidth"]
    attention = cache_bits / 8 / (bandwidth * c["memory_efficiency"])
    path = (work.stages + work.uses - 1) * stage + attention
    slot = work.uses * stage * c["tiers"]  # tiers share what lies at the edges and take turns
    interval = np.maximum(path, batch * np.maximum(slot, attention))

    read = read_energy(c)
    full = arrays * c["utilisation"] * work.uses  # cells without a weight carry no current
    edges = arrays / c["tiers"]
    idle = np.maximum(0.0, interval / batch - slot)
    standing = edges * side * c["standing_power"] * (slot + c["idle_share"] * idle)
    links = 2 * work.stages * work.width * work.uses * spread * _ACTIVATION_BITS
    data = cache_bits * (c["memory_energy"] + c["beside_share"] * card_energy_per_bit(c))
    parts = {
        "cells": full * read["cells"],
        "converters": arrays * work.uses * read["converters"],
        "digital units": arrays * work.uses * side * c["value_energy"],
        "standing": standing,
        "keys and values": data + work.cache_values * c["mac_energy"],
        "links": links * c["link_energy"],
        "upkeep": _upkeep(work, c, arrays) * interval / batch,
    }
    return Outcome(ANALOG, parts, interval, batch, area)


def _area(arrays: np.ndarray, c: Values) -> np.ndarray:
    """Return the area of all arrays with their edges, m^2."""
    side = c["array_side"]
    one = side**2 * c["cell_area"] + side * (c["adc_area"] + c["digital_area"])
    return arrays / c["tiers"] * one * c["die_overhead"]


def _upkeep(work: Workload, c: Values, arrays: np.ndarray) -> np.ndarray:
    """Return the mean power of calibrating against drift and of writing the weights anew, W."""
    read = read_energy(c)
    reads = c["calibration_reads"] * arrays * (read["cells"] + read["converters"])
    written = work.weights * c["cells_per_weight"] * c["write_energy"]
    return reads / c["calibration_period"] + written / c["rewriting_period"]
