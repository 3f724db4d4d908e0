"""A trained network on simulated HERMES cores: ``python -m aimc.networks.mlp``.

A small multilayer perceptron that was trained in floating point, without any thought of analog
hardware, is programmed on simulated cores of the HERMES project chip and classifies 2,000 real
test images right after programming, an hour later and a day later, on ten simulated chips.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from aimc import datasets, presets
from aimc.cores import TiledMatrix
from aimc.cores.ranges import PERCENTILE, magnitude
from aimc.plots import Bars, Chart, Rule, draw
from aimc.recovery.compensation import global_drift_compensation
from aimc.statistics import Interval, mean_interval
from aimc.validation import check_integer

__all__ = ["DemoResult", "accuracy", "analog_layers", "hidden_ranges", "main", "run"]

TIMES = (("at programming", 0.0), ("after 1 hour", 3600.0), ("after 1 day", 86400.0))

Forward = Callable[[np.ndarray], np.ndarray]


def network(x: np.ndarray, forwards: Sequence[Forward], biases: Sequence[np.ndarray]) -> np.ndarray:
    """Return the logits of a perceptron whose matrix products are given as functions.

    Parameters
    ----------
    x : array, shape (n, in)
        Inputs.
    forwards : sequence of callable
        One product per layer, (n, in) to (n, out), digital or analog.
    biases : sequence of array, shape (out,)
        Digital biases.
    """
    for k, (forward, bias) in enumerate(zip(forwards, biases, strict=True)):
        x = forward(x) + bias
        if k < len(biases) - 1:
            x = np.maximum(x, 0.0)
    return x


def accuracy(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of correct classes, 0 to 1."""
    return float(np.mean(logits.argmax(axis=1) == labels))


def hidden_ranges(checkpoint: datasets.Checkpoint, images: np.ndarray) -> tuple[float, ...]:
    """Return the input range of each layer: what nearly all of what it sees in training fits in."""
    ranges, x = [], images
    for weights, bias in zip(checkpoint.weights, checkpoint.biases, strict=True):
        ranges.append(magnitude(x, PERCENTILE / 100))
        x = np.maximum(x @ weights.T + bias, 0.0)
    return tuple(ranges)


def analog_layers(
    checkpoint: datasets.Checkpoint, serial: int, ranges: Sequence[float], devices: int = 2
) -> list[TiledMatrix]:
    """Program the layers of a network on one simulated HERMES chip.

    Parameters
    ----------
    checkpoint : aimc.datasets.Checkpoint
        Trained weights.
    serial : int
        Serial number of the chip.
    ranges : sequence of float
        Input range of each layer, see `hidden_ranges`.
    devices : {1, 2}
        Devices per polarity.
    """
    layers: list[TiledMatrix] = []
    for weights, input_range in zip(checkpoint.weights, ranges, strict=True):
        first = sum(len(layer.cores) for layer in layers)

        def make_core(k: int, first: int = first, input_range: float = input_range) -> presets.Core:
            return presets.hermes(serial, devices, index=first + k, input_range=input_range)

        layers.append(TiledMatrix(weights, make_core))
    return layers


@dataclass(frozen=True, slots=True)
class DemoResult:
    """Accuracies of the demo, each from 0 to 1."""

    digital: float
    """Floating-point accuracy."""
    compensated: tuple[Interval, ...]
    """Analog accuracy at `TIMES`, with global drift compensation."""
    uncompensated: tuple[Interval, ...]
    """The same without any correction."""
    cores: int
    """Cores used by one chip."""
    images: int

    def table(self) -> str:
        """Return the result as a text table with means and 95 % intervals over chips."""
        chips = self.compensated[0].n
        lines = [
            (
                f"{self.images:,} test images, {chips} simulated chips, {self.cores} cores each; "
                "mean and 95 % interval over chips"
            ),
            f"{'':<16}{'drift compensated':>22}{'no compensation':>22}",
            f"{'FP32 (digital)':<16}{100 * self.digital:>20.2f} %",
        ]
        rows = zip(TIMES, self.compensated, self.uncompensated, strict=True)
        for (name, _), with_, without in rows:
            lines.append(f"{name:<16}{_percent(with_):>22}{_percent(without):>22}")
        return "\n".join(lines)

    def charts(self) -> tuple[Chart, ...]:
        """Return the result as a chart: what analog hardware costs, in points of accuracy."""
        names = tuple(name for name, _ in TIMES)

        def bars(values: Sequence[Interval], label: str) -> Bars:
            heights = tuple(100 * (value.mean - self.digital) for value in values)
            return Bars(names, heights, label, tuple(100 * value.half_width for value in values))

        marks = (
            bars(self.compensated, "with drift compensation"),
            bars(self.uncompensated, "no compensation"),
            Rule(0.0, f"FP32: {100 * self.digital:.2f} %"),
        )
        title = f"{self.images:,} Fashion-MNIST images on simulated HERMES cores"
        return (Chart(title, "", "accuracy against FP32 (points)", marks),)


def _product(weights: np.ndarray) -> Forward:
    return lambda x: x @ weights.T


def _percent(value: Interval) -> str:
    return f"{100 * value.mean:.2f} ± {100 * value.half_width:.2f} %"


def run(chips: int = 10, serial: int = 0, devices: int = 2, progress: bool = True) -> DemoResult:
    """Classify the shipped test images on ``chips`` simulated chips.

    Parameters
    ----------
    chips : int
        Number of chips; their serial numbers count up from ``serial``.
    serial : int
        Serial number of the first chip.
    devices : {1, 2}
        Devices per polarity.
    progress : bool
        Whether to show a progress bar.
    """
    check_integer("chips", chips, low=2)
    checkpoint, images = datasets.load_checkpoint(), datasets.load()
    x, labels = datasets.as_inputs(images.x_test), images.y_test
    exact = [_product(weights) for weights in checkpoint.weights]
    digital = network(x, exact, checkpoint.biases)
    ranges = hidden_ranges(checkpoint, datasets.as_inputs(images.x_train))
    scores: dict[bool, list[list[float]]] = {True: [], False: []}
    cores = 0
    if sys.platform == "emscripten":
        tqdm.monitor_interval = 0  # its watching thread: a browser tab has none to give
    for number in tqdm(range(serial, serial + chips), "chips", disable=not progress):
        for compensate in (True, False):
            # Fresh chips with the same serial: both columns start from the same reads.
            layers = analog_layers(checkpoint, number, ranges, devices)
            cores = sum(len(layer.cores) for layer in layers)
            row = []
            for _, t in TIMES:
                views = [
                    global_drift_compensation(layer, t) if compensate and t > 0 else layer.at(t)
                    for layer in layers
                ]
                logits = network(x, [view.forward for view in views], checkpoint.biases)
                row.append(accuracy(logits, labels))
            scores[compensate].append(row)
    return DemoResult(
        digital=accuracy(digital, labels),
        compensated=tuple(mean_interval(column) for column in np.array(scores[True]).T),
        uncompensated=tuple(mean_interval(column) for column in np.array(scores[False]).T),
        cores=cores,
        images=len(labels),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the demo from the command line."""
    parser = argparse.ArgumentParser(prog="python -m aimc.networks.mlp", description=__doc__)
    parser.add_argument("--chips", type=int, default=10, help="number of simulated chips")
    parser.add_argument("--serial", type=int, default=0, help="serial number of the first chip")
    parser.add_argument("--devices", type=int, default=2, choices=(1, 2), help="per polarity")
    parser.add_argument("--figure", type=Path, default=Path("demo.png"), help="where to save it")
    options = parser.parse_args(arguments)
    result = run(options.chips, options.serial, options.devices)
    print(result.table())
    draw(result.charts()).savefig(options.figure)
    print(f"figure saved as {options.figure}")


if __name__ == "__main__":
    main()
