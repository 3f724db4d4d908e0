"""Measure the shipped networks on ten simulated chips, and store what the book shows.

    python scripts/measure_networks.py

Writes ``src/aimc/datasets/data/networks_on_chip.json``: accuracy and loss of the ResNet-9 and bits
per character of the LSTM, chip by chip, for each bar of the error budget with one and with two
devices per weight, and over time. The whole chip has the read noise of one moment; for the ResNet-9
it is measured with the noise in two parts, too. A test computes some of the numbers again and
compares. It takes about a quarter of an hour on one busy core.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from stored_files import origin, write_results
from tqdm import tqdm

from aimc import datasets
from aimc.chip.run import Compute
from aimc.networks import BARS, CharLSTM, ResNet9, layers_at, measure_bars
from aimc.networks.measurements import FRESH, MEASUREMENTS, SPLIT, TIMES

CHIPS = 10
IMAGES = 2000
STREAMS, STEPS = 40, 200
NOISE = "momentary"
"""Read noise of the whole chip in what is stored: all of it is common to all images of a chip."""

Run = Callable[[Compute], np.ndarray]


def measure(network: ResNet9 | CharLSTM, run: Run, chips: int) -> list[dict[str, Any]]:
    """Return, for each number that ``run`` returns, its values per chip.

    Bars by devices per weight, and the whole chip by time.
    """
    serials = range(chips)
    bars: dict[str, dict[str, np.ndarray]] = {
        str(devices): {
            bar: measure_bars(network, run, serials, devices, bars=[bar], read_noise=NOISE)[bar]
            for bar in tqdm(BARS, f"{devices} devices")
        }
        for devices in (1, 2)
    }
    further = {FRESH: "fresh"}
    if isinstance(network, ResNet9):  # the page computes the LSTM's budget itself
        further[SPLIT] = "split"
    for devices in (1, 2):
        for bar, noise in further.items():
            bars[str(devices)][bar] = np.array(
                [
                    run(layers_at(network, k, devices=devices, read_noise=noise))
                    for k in tqdm(serials, bar)
                ]
            )
    times = {
        kind: {
            # At once nothing has drifted: that is the bar of the whole chip.
            str(t): bars["2"]["chip"]
            if t == 0
            else measure_bars(
                network, run, serials, 2, t, bars=["chip"], compensate=keep, read_noise=NOISE
            )["chip"]
            for t in tqdm(TIMES, kind)
        }
        for kind, keep in (("compensated", True), ("uncompensated", False))
    }
    count = bars["1"]["chip"].shape[1]
    return [
        {
            name: {a: {b: values[:, k].tolist() for b, values in x.items()} for a, x in y.items()}
            for name, y in (("bars", bars), ("times", times))
        }
        for k in range(count)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the shipped networks on ten chips.")
    parser.add_argument("--chips", type=int, default=CHIPS)
    parser.add_argument("--images", type=int, default=IMAGES)
    parser.add_argument(
        "--output", type=Path, default=datasets.SHIPPED_FOLDER / f"{MEASUREMENTS}.json"
    )
    options = parser.parse_args()
    start = time.perf_counter()
    resnet, lstm = ResNet9(), CharLSTM()
    images, labels = resnet.test_images(options.images)
    text = lstm.held_out(STREAMS, STEPS)
    percent = np.array([100.0, 1.0])
    accuracy, loss = measure(
        resnet,
        lambda compute: percent * resnet.accuracy_and_loss(images, labels, compute),
        options.chips,
    )
    (bits,) = measure(
        lstm, lambda compute: np.array([lstm.bits_per_character(text, compute)]), options.chips
    )
    result = {
        **origin("measure_networks.py"),
        "checkpoints": {
            network.checkpoint.name: datasets.CHECKPOINT_SHA256[network.checkpoint.name]
            for network in (resnet, lstm)
        },
        "chips": options.chips,
        "images": options.images,
        "streams": STREAMS,
        "steps": STEPS,
        "resnet9": accuracy,
        "resnet9 loss": loss,
        "lstm": bits,
    }
    write_results(options.output, result)
    print(f"{(time.perf_counter() - start) / 60:.1f} minutes")


if __name__ == "__main__":
    main()
