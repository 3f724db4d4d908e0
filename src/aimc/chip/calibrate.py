"""Ranges of the layers of a planned network, from data; `aimc.cores.ranges` finds them."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from aimc.backend import Array, Batches, as_array, like, namespace
from aimc.backend import batches as each_of
from aimc.chip.execute import sums_of
from aimc.chip.mapping import Mapping
from aimc.chip.outputs import ExactOutputs, Forward
from aimc.cores import Calibration, LayerParameters

__all__ = ["calibrate"]

SAMPLES = 2048
"""Vectors of a call that are looked at, drawn at random with replacement."""


def calibrate(
    mapping: Mapping,
    layers: Dictionary[str, LayerParameters | Array],
    batches: Batches,
    forward: Forward | None,
    percentile: float,
    sums: bool,
) -> dict[str, LayerParameters]:
    """Return the layers with their ranges; see `aimc.chip.Chip.calibrate`."""
    rng = np.random.default_rng(0)

    def watch(names: tuple[str, ...], inputs: Sequence[Array]) -> None:
        flat = [namespace(x).reshape(x, (-1, int(x.shape[-1]))) for x in inputs]
        if flat[0].shape[0]:
            chosen = rng.integers(0, int(flat[0].shape[0]), SAMPLES)
            flat = [x[chosen, :] for x in flat]
        weights = [exact.layers[name].weights for name in names]
        vectors = [like(x, w) for x, w in zip(flat, weights, strict=True)]

        def product(k: int, part: slice) -> Array:
            return vectors[k][:, part] @ weights[k][:, part].T

        units = exact.units[names]
        found[names].see(vectors, product, units.scales, units.offset)

    exact = ExactOutputs(mapping.network, layers, watch)
    found = {
        names: Calibration(
            sums_of(mapping, names),
            names,
            percentile,
            sums=sums,
            sent=any(exact.layers[name].output_bits is not None for name in names),
        )
        for names in exact.units
    }
    for batch in each_of(batches):
        x = as_array("batches", batch)
        if forward is None:
            exact.dense(x)
        else:
            forward(exact.compute, x)
        for calibration in found.values():
            calibration.end_batch()
    return {
        name: replace(
            exact.layers[name],
            input_range=ranges.input_range,
            output_range=ranges.output_range,
            sums=ranges.sums,
        )
        for names, calibration in found.items()
        for name, ranges in zip(names, calibration.ranges(), strict=True)
    }
