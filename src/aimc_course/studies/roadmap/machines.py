r"""What machines need for a workload, as arrays over draws of their constants.

Two named digital machines to win against, and the analog one.

*Weights fetched*: a card that reads its weights from the memory beside it, once per batch, and is
bound by arithmetic, by memory or by its power limit, whichever takes longest
:cite:p:`williams2009roofline`. *Weights on the chip*: cards that together hold the network, through
which tokens pass as through a pipeline :cite:p:`appuswamy2024northpole,debole2025northpole`. The
second is taken at the two points at which it was measured, and refuses to leave them.

The analog machine: every weight has a place in an array, and nobody asks which.

With the array side :math:`N`, the utilisation :math:`u` and :math:`n_\text{cell}` cells per weight,
a network of :math:`P` weights fills

.. math:: N_\text{a} = \frac{n_\text{cell}\,P}{u N^2}

arrays. One inference reads each of them ``uses`` times, and each read takes conversions at the
edges, cells in the middle and digital work on :math:`N` values. A stage lasts as long as the reads,
the values that leave the array one after the other, and the partial sums that hop from array to
array; a user waits for all stages, and for the keys and values that a memory delivers. Whatever
stands idle meanwhile draws a share of its standing power. Products of data with data are the work
of a unit beside the arrays, whose power :math:`\varphi` is a share of that of the digital card.

All :math:`M` units would read :math:`R` bits per second if they never stopped. With the standing
energy :math:`e_\text{s}` of the card for each bit that it reads, :math:`b_\text{tok}` bits read for
an inference, and the time :math:`T/n_\text{u}` for one of :math:`n_\text{u}` users, those that wait
take

.. math:: E = \iota_\varphi\, \varphi\, e_\text{s}
          \left( R\, \frac{T}{n_\text{u}} - b_\text{tok} \right) ,

where :math:`\iota_\varphi` is what is left of their power while they do not read. A network without
attention needs no units.

Every one of :math:`M` chips has a memory. Only the attention of a block reads the keys and values
of this block, so they lie beside the :math:`M/N_\text{b}` chips that hold it, one of
:math:`N_\text{b}` blocks. For
one user these memories deliver while all others wait; users whose tokens are in different blocks
keep all of them busy. If a share :math:`s` of the other memories helps,

.. math:: M_\text{b} = M_\text{own} + s\,(M - M_\text{own}),
          \qquad M_\text{own} = \max(1,\, M/N_\text{b})

memories serve a block, each with a part of the context and a unit for attention. Keys and values
stay there. The query goes out over a tree of links, one for each further chip, and partial outputs
come back and are added on the way. That takes
:math:`2(M_\text{b} - M_\text{own})` vectors over a link, and
:math:`2(\sqrt{M_\text{b}} - \sqrt{M_\text{own}})` delays, to the corner of a square of chips and
back.

Instead of a unit beside every chip, ``hub`` cards in the middle of the square can hold all keys and
values. Then they deliver them for every block, and query, key and value of a block go there and its
output comes back, over :math:`\sqrt M / 2` links each way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from aimc.validation import check_integer
from aimc_course.studies.roadmap.ranges import Values
from aimc_course.studies.roadmap.workload import Workload

__all__ = [
    "ANALOG",
    "H100",
    "NORTHPOLE",
    "REFERENCE_SIDE",
    "Outcome",
    "analog_machine",
    "arrays_needed",
    "card_energy_per_bit",
    "card_standing_power",
    "cards_needed",
    "fetching_machine",
    "memories",
    "read_energy",
    "resident_machine",
]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Energy, time and area of one machine. All arrays have the shape (n,)."""

    machine: str
    """Name."""
    parts: dict[str, np.ndarray]
    """Energy per inference by part, J."""
    interval: np.ndarray
    """Time from one inference of a user to that user's next, s."""
    batch: int
    """Users that are served at once."""
    area: np.ndarray
    """Silicon of arrays, or of digital chips, without memories and units beside arrays, m^2."""

    def better(self, times: np.ndarray, keep: tuple[str, ...] = ()) -> Outcome:
        """Return the same machine with less energy and less time, on the same area.

        Parameters
        ----------
        times : array, shape (n,)
            How many times less of both.
        keep : tuple of str
            Parts whose energy stays, because both machines would gain alike.
        """
        parts = {
            name: value if name in keep else value / times for name, value in self.parts.items()
        }
        return replace(self, parts=parts, interval=self.interval / times)

    @property
    def energy(self) -> np.ndarray:
        """Energy per inference, J."""
        return np.sum(list(self.parts.values()), axis=0)

    @property
    def rate(self) -> np.ndarray:
        """Inferences per second of one user, 1/s."""
        return 1.0 / self.interval

    @property
    def throughput(self) -> np.ndarray:
        """Inferences per second of all users, 1/s."""
        return self.batch / self.interval

    @property
    def power(self) -> np.ndarray:
        """Mean power, W."""
        return self.energy * self.throughput

    @property
    def density(self) -> np.ndarray:
        """Inferences per second of all users for each area, 1/(s m^2)."""
        return self.throughput / self.area


H100 = "H100 SXM5"
NORTHPOLE = "NorthPole"
LONGEST_CONTEXT = 2048
"""Tokens; the context at which NorthPole was measured (G108)."""


def cards_needed(work: Workload, c: Values, batch: int) -> np.ndarray:
    """Return how many cards hold the weights once, and the cache of every user."""
    stored = work.weights * c["weight_bits"] + batch * work.cache_values * c["cache_bits"]
    return np.ceil(stored / 8 / c["card_memory"])


def card_standing_power(c: Values) -> np.ndarray:
    """Return the power that always flows in a card, W.

    It is a share of the power limit, but never so much that the memory, at the bandwidth that was
    measured, would exceed the limit together with it.
    """
    memory = _card_bits_per_second(c) * c["memory_energy"]
    return np.minimum(c["card_standing_share"] * c["card_power"], c["card_power"] - memory)


def card_energy_per_bit(c: Values) -> np.ndarray:
    """Return the standing energy of a card for each bit that it reads at its bandwidth, J."""
    return card_standing_power(c) / _card_bits_per_second(c)


def _card_bits_per_second(c: Values) -> np.ndarray:
    """Return the bits that a card reads from its memory in a second, 1/s."""
    return 8 * c["card_bandwidth"] * c["memory_efficiency"]


def fetching_machine(work: Workload, c: Values, batch: int = 1) -> Outcome:
    """Return what a card needs that fetches its weights from memory, or several without loss.

    Parameters
    ----------
    work : Workload
        One inference.
    c : dict of str to array
        Constants of `aimc_course.studies.roadmap.table`, shape (n,) each.
    batch : int
        Users that share each fetched weight.
    """
    check_integer("batch", batch, low=1)
    cards = cards_needed(work, c, batch)
    weights = work.weights * c["weight_bits"]
    cache = work.cache_values * c["cache_bits"]
    operations = 2 * (work.static_macs + work.cache_values)
    memory = (weights + batch * cache) / 8 / (cards * c["card_bandwidth"] * c["memory_efficiency"])
    arithmetic = batch * operations / (cards * c["card_peak"] * c["arithmetic_efficiency"])
    always = card_standing_power(c)
    left = c["card_power"] - always  # what work may draw
    parts = {
        "weights": weights / batch * c["memory_energy"],
        "arithmetic": operations * left / c["card_peak"],
        "keys and values": cache * c["memory_energy"],
    }
    slowed = batch * np.sum(list(parts.values()), axis=0) / (cards * left)  # the power is limited
    interval = np.maximum(np.maximum(memory, arithmetic), slowed)
    standing = cards * always * interval / batch
    parts = {"standing": standing, **parts}
    return Outcome(H100, parts, interval, batch, cards * c["card_area"])


def resident_machine(work: Workload, c: Values, batch: int = 1) -> Outcome:
    """Return what cards need that hold all weights, and the cache, on their chips.

    Parameters
    ----------
    work : Workload
        One token, at a context of at most 2,048.
    c : dict of str to array
        Constants of `aimc_course.studies.roadmap.table`, shape (n,) each.
    batch : int
        Users in the pipeline.

    Raises
    ------
    ValueError
        If weights are used more than once per inference, or the context is longer than measured.
    """
    check_integer("batch", batch, low=1)
    if work.uses != 1:
        raise ValueError(
            f"uses={work.uses} is not allowed for {NORTHPOLE}: it was measured on language models, "
            "which use each weight once"
        )
    if work.context > LONGEST_CONTEXT:
        raise ValueError(
            f"context={work.context:g} is not allowed for {NORTHPOLE}: it was measured up to "
            f"{LONGEST_CONTEXT} tokens"
        )
    cards = work.weights / c["resident_weights"]
    path = work.weights * c["resident_delay"]
    places = work.weights * c["resident_users"]  # a longer pipeline has room for more users
    interval = path * np.maximum(1.0, batch / places)
    fill = batch / places * path / interval
    busy = c["resident_idle_share"] + (1 - c["resident_idle_share"]) * fill
    parts = {"cards": cards * c["resident_power"] * busy * interval / batch}
    return Outcome(NORTHPOLE, parts, interval, batch, cards * c["resident_area"])


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


def analog_machine(work: Workload, c: Values, batch: int = 1, hub: int = 0) -> Outcome:
    """Return what the analog machine needs.

    Parameters
    ----------
    work : Workload
        One inference.
    c : dict of str to array
        Constants of `aimc_course.studies.roadmap.table`, shape (n,) each.
    batch : int
        Users served at once. They share nothing but the waiting time.
    hub : int
        Cards, each with the memory of an H100, that do the attention of all blocks; 0 is a memory
        and a unit beside every chip.

    Raises
    ------
    ValueError
        If the keys and values of all users do not fit into the memories of the hub.
    """
    check_integer("batch", batch, low=1)
    check_integer("hub", hub, low=0)
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
    own, serving, everything = memories(work, chips, c)
    bandwidth = c["chip_bandwidth"]
    crossed = 2 * work.blocks * (np.sqrt(serving) - np.sqrt(own))  # links, out and back
    to_help = 2 * work.blocks * (serving - own)  # vectors times links
    if hub:
        if np.any(batch * cache_bits / 8 > hub * c["card_memory"]):
            raise ValueError(f"hub={hub} cards do not hold keys and values of {batch} users")
        serving = everything = np.full_like(chips, hub)
        bandwidth = c["card_bandwidth"]
        crossed = work.blocks * np.sqrt(np.maximum(1.0, chips))
        to_help = 2 * crossed  # query, key and value there, the output back, half the way each
    one_memory = cache_bits / 8 / (bandwidth * c["memory_efficiency"])  # a time
    path = (work.stages + work.uses - 1) * stage + one_memory / serving + crossed * c["link_time"]
    slot = work.uses * stage * c["tiers"]  # tiers share what lies at the edges and take turns
    # users at different blocks are served at once, so that a full machine uses all its memories
    interval = np.maximum(path, batch * np.maximum(slot, one_memory / everything))

    read = read_energy(c)
    full = arrays * c["utilisation"] * work.uses  # cells without a weight carry no current
    edges = arrays / c["tiers"]
    idle = np.maximum(0.0, interval / batch - slot)
    standing = edges * side * c["standing_power"] * (slot + c["idle_share"] * idle)
    vectors = 2 * work.stages * work.uses * spread + to_help
    links = vectors * work.width * _ACTIVATION_BITS
    unit_bit = c["beside_share"] * card_energy_per_bit(c)
    data = cache_bits * (c["memory_energy"] + unit_bit)
    # the interval is never shorter than the memories need, so that only rounding is cut off here
    rate = 8 * everything * bandwidth * c["memory_efficiency"] if work.cached else 0.0
    unread = np.maximum(0.0, rate * interval / batch - cache_bits)
    parts = {
        "cells": full * read["cells"],
        "converters": arrays * work.uses * read["converters"],
        "digital units": arrays * work.uses * side * c["value_energy"],
        "standing": standing,
        "keys and values": data + work.cache_values * c["mac_energy"],
        "waiting units": c["beside_idle_share"] * unit_bit * unread,
        "links": links * c["link_energy"],
        "upkeep": _upkeep(work, c, arrays) * interval / batch,
    }
    return Outcome(ANALOG, parts, interval, batch, area)


def memories(
    work: Workload, chips: np.ndarray, c: Values
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return how many memories a block has of its own, how many serve it, and how many there are.

    They are real numbers, as arrays are, and at least 1. Without a context no block needs help.
    """
    everything = np.maximum(1.0, chips)
    own = np.maximum(1.0, chips / work.blocks)
    share = c["borrowed_share"] if work.cache_values else 0.0
    return own, own + share * (everything - own), everything


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
