"""Which layers of a model suffer: each alone on devices, and each alone spared.

A layer that costs much alone deserves better programming or more devices. What is won by sparing
it is what a designer would gain who left that layer digital, as :cite:t:`rasch2023hwa` did to
reach iso-accuracy with a few percent of the parameters exempt from noise (C054).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from torch import nn
from tqdm import tqdm

from aimc.nn import analog_layers
from aimc.nn.detached_copy import copy_of
from aimc.plots import Chart, draw
from aimc.recovery.evaluation.budget import Losses
from aimc.recovery.evaluation.measures import labelled_batches, measure_of
from aimc.recovery.evaluation.report_text import table, time_label
from aimc.recovery.evaluation.sweep import evaluate, serials_of
from aimc.statistics import Interval
from aimc.units import seconds
from aimc.validation import RangeWarning

if TYPE_CHECKING:
    from aimc.plots.picture import Picture

__all__ = ["LayerSensitivity", "sensitivity"]


@dataclass(frozen=True, eq=False, kw_only=True)
class LayerSensitivity(Losses):
    """What each layer costs. Made by `sensitivity`; print it."""

    layers: tuple[str, ...]
    """Names of the analog layers, in the order of the model."""
    weights: tuple[int, ...]
    """Weights on cores, by layer."""
    alone: NDArray[np.float64]
    """The measure with one layer on devices and the others digital, shape (layers, chips)."""
    spared: NDArray[np.float64]
    """The measure with one layer digital and the others on devices, shape (layers, chips)."""
    everything: NDArray[np.float64]
    """The measure with all layers on devices, shape (chips,)."""

    def loss(self, layer: str) -> Interval:
        """Return what this layer costs that is alone on devices, against floating point."""
        return self.worse(self.alone[self._place(layer)], self.floating_point)

    def gain(self, layer: str) -> Interval:
        """Return what is won, on the same chips, if this layer alone is left digital."""
        return self.worse(self.everything, self.spared[self._place(layer)])

    def _place(self, layer: str) -> int:
        if layer not in self.layers:
            raise ValueError(f"layer={layer!r} is not allowed: choose one of {list(self.layers)}")
        return self.layers.index(layer)

    def as_rows(self) -> list[dict[str, Any]]:
        """Return one row per layer."""
        return [
            {"layer": name, "weights": n, "lost alone": self.loss(name), "won": self.gain(name)}
            for name, n in zip(self.layers, self.weights, strict=True)
        ]

    def __str__(self) -> str:
        """Return a table of the layers."""
        rows = [
            [str(row["layer"] or "(model)"), f"{row['weights']:,}",
             self.shown(row["lost alone"]), self.shown(row["won"])]
            for row in self.as_rows()
        ]  # fmt: skip
        factor = self.unit[0]
        head = (
            f"{self.measure} by layer on {len(self.chips)} chips, {time_label(self.t)} after "
            f"programming; floating point {factor * self.floating_point:.2f}, all layers on "
            f"devices {factor * self.everything.mean():.2f}"
        )
        return "\n".join(
            [head, *table(["layer", "weights", "lost with it alone", "won if digital"], rows)]
        )

    def chart(self) -> Chart:
        """Return the two numbers of each layer as data of a figure."""
        return self.bars(
            "sensitivity of layers",
            "layer",
            self.layers,
            {
                "lost with it alone": [self.loss(layer) for layer in self.layers],
                "won if it were digital": [self.gain(layer) for layer in self.layers],
            },
        )

    def plot(self) -> Picture:
        """Return a Matplotlib figure of the layers."""
        return draw(self.chart())


def sensitivity(
    model: nn.Module,
    test: Any,
    *,
    chips: Iterable[int] | int = range(5),
    t: float | str = "1 d",
    layers: Iterable[str] | None = None,
    progress: bool = True,
    **options: Any,
) -> LayerSensitivity:
    """Return what each layer of a model costs, alone on devices and alone spared.

    Parameters
    ----------
    model : torch.nn.Module
        From `aimc.nn.convert`; it is left as it is.
    test : tuple of array or iterable
        As in `evaluate`.
    chips : iterable of int, or int
        Serial numbers, at least two. The same chips serve all variants.
    t : float or str
        Time since programming, s, or words such as ``"1 h"``.
    layers : iterable of str, optional
        Names of analog layers; all by default.
    progress : bool
        Whether a bar shows how many variants are done.
    **options
        Further arguments of `evaluate`: ``measure``, ``compensation``, ``draws``, ``executor`` ...

    Raises
    ------
    ValueError
        If a name is that of no analog layer, or there are fewer than two chips.
    """
    chips = serials_of(chips, 2)
    known = analog_layers(model)
    names = tuple(known) if layers is None else tuple(layers)
    for name in names:
        if name not in known:
            raise ValueError(f"layers names {name!r}: choose from {list(known)}")
    earned = measure_of(options.get("measure", "accuracy"))
    if earned.on_batches:
        test = labelled_batches(model, test, options.get("batch_size", 100), earned)
    bar = tqdm(total=1 + 2 * len(names), unit="variant", disable=not progress)

    def run(digital: set[str]) -> Any:
        twin = copy_of(model)
        for path, layer in analog_layers(twin).items():
            layer.digital = layer.digital or path in digital
        with warnings.catch_warnings():
            # these are digital on purpose
            warnings.filterwarnings("ignore", r".*\(layer\.digital\)", RangeWarning)
            report = evaluate(twin, test, chips=chips, times=[t], progress=False, **options)
        bar.update()
        return report

    with bar:
        everything = run(set())
        alone = [run(set(known) - {name}).per_chip(t) for name in names]
        spared = [run({name}).per_chip(t) for name in names]
    return LayerSensitivity(
        layers=names,
        weights=tuple(sum(m.size for m in known[name].matrices) for name in names),
        alone=np.asarray(alone),
        spared=np.asarray(spared),
        everything=everything.per_chip(t),
        floating_point=everything.floating_point,
        measure=everything.measure,
        chips=everything.chips,
        t=seconds(t),
    )
