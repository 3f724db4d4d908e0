r"""Two named digital machines to win against.

*Weights fetched*: a card that reads its weights from the memory beside it, once per batch, and is
bound by arithmetic, by memory or by its power limit, whichever takes longest
:cite:p:`williams2009roofline`. *Weights on the chip*: cards that together hold the network, through
which tokens pass as through a pipeline :cite:p:`appuswamy2024northpole,debole2025northpole`. The
second is taken at the two points at which it was measured, and refuses to leave them.
"""

from __future__ import annotations

import numpy as np

from aimc.validation import check_integer
from aimc_course.studies.roadmap.constants import Values
from aimc_course.studies.roadmap.outcome import Outcome
from aimc_course.studies.roadmap.workload import Workload

__all__ = [
    "H100",
    "NORTHPOLE",
    "card_energy_per_bit",
    "cards_needed",
    "fetching_machine",
    "resident_machine",
]

H100 = "H100 SXM5"
NORTHPOLE = "NorthPole"
LONGEST_CONTEXT = 2048
"""Tokens; the context at which NorthPole was measured (G108)."""


def cards_needed(work: Workload, c: Values, batch: int) -> np.ndarray:
    """Return how many cards hold the weights once, and the cache of every user."""
    stored = work.weights * c["weight_bits"] + batch * work.cache_values * c["cache_bits"]
    return np.ceil(stored / 8 / c["card_memory"])


def card_energy_per_bit(c: Values) -> np.ndarray:
    """Return the standing energy of a card for each bit that it reads at its bandwidth, J."""
    reached = 8 * c["card_bandwidth"] * c["memory_efficiency"]
    return c["card_standing_share"] * c["card_power"] / reached


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
    left = (1 - c["card_standing_share"]) * c["card_power"]  # what work may draw
    parts = {
        "weights": weights / batch * c["memory_energy"],
        "arithmetic": operations * left / c["card_peak"],
        "keys and values": cache * c["memory_energy"],
    }
    slowed = batch * np.sum(list(parts.values()), axis=0) / (cards * left)  # the power is limited
    interval = np.maximum(np.maximum(memory, arithmetic), slowed)
    standing = cards * c["card_standing_share"] * c["card_power"] * interval / batch
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
