"""Which layers of a network add up: the one rule of who adds to whom.

A matrix with more inputs than a core has rows leaves partial sums, which are added. The gates of an
LSTM have two matrices, one for the input and one for the hidden state, and one sum of both
:cite:p:`legallo2023hermes`. So a *sum* is a set of layers whose outputs are added, most often of
one layer alone. Numerics, schedule, cost and pictures all ask `sums`; where its cores stand is the
business of `aimc.chip.chains`.
"""

from __future__ import annotations

from aimc.layers.workload import Layer, Network

__all__ = ["sums"]


def sums(network: Network) -> tuple[tuple[Layer, ...], ...]:
    """Return the static layers of a network, those that add up together, in the order of work.

    Layers add up if they name the same sum. Without a name, recurrent layers of one stage add up if
    they have the same number of outputs and meet the same number of vectors; every other layer is a
    sum of its own. Within a sum the layers stand in the
    order in which the network lists them, and so do their parts in a chain: first all inputs of
    the first layer, from the first input to the last, then those of the next.

    Parameters
    ----------
    network : Network
        What is to be computed.

    Returns
    -------
    tuple of tuples of Layer
        Stage by stage; within a stage, in the order of the first layer of each sum.
    """
    found: dict[object, list[Layer]] = {}
    for stage in network.stages():
        for layer in stage:
            if layer.static:
                found.setdefault(_key(layer), []).append(layer)
    return tuple(tuple(members) for members in found.values())


def _key(layer: Layer) -> object:
    if layer.sum_name:
        return "named", layer.sum_name
    if layer.kind == "recurrent":
        return layer.stage, layer.shape[0], layer.mvms
    return layer.name
