"""Measure the shipped networks on ten simulated chips, and store what the book shows.

    python scripts/measure_networks.py

Writes ``src/aimc/data_files/networks_on_chip.json``: accuracies of the ResNet-9 and bits per
character of the LSTM, chip by chip, for each bar of the error budget with one and with two devices
per weight, and over time. A test computes some of the numbers again and compares. It takes about
ten minutes on one core.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

from tqdm import tqdm

from aimc import data
from aimc.networks import BUDGET, CharLSTM, Hardware, ResNet9, error_budget
from aimc.networks.measured import FRESH, MEASUREMENTS, TIMES
from aimc.networks.programmed import Layer

CHIPS = 10
IMAGES = 2000
STREAMS, STEPS = 40, 200


def measure(
    network: ResNet9 | CharLSTM, run: Callable[[Layer], float], chips: int
) -> dict[str, dict[str, dict[str, list[float]]]]:
    """Return values per chip: bars by devices per weight, and the whole chip by time."""
    serials = range(chips)
    bars = {
        str(devices): {
            bar: error_budget(network, run, serials, devices, bars=[bar])[bar].tolist()
            for bar in tqdm(BUDGET, f"{devices} devices")
        }
        for devices in (1, 2)
    }
    anew = Hardware(read_noise="fresh")
    for devices in (1, 2):
        bars[str(devices)][FRESH] = [
            run(network.program(serial, anew, devices).at(0.0)) for serial in tqdm(serials, FRESH)
        ]
    times = {
        kind: {
            str(t): error_budget(network, run, serials, 2, t, bars=["chip"], compensate=keep)[
                "chip"
            ].tolist()
            for t in tqdm(TIMES, kind)
        }
        for kind, keep in (("compensated", True), ("uncompensated", False))
    }
    return {"bars": bars, "times": times}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the shipped networks on ten chips.")
    parser.add_argument("--chips", type=int, default=CHIPS)
    parser.add_argument("--images", type=int, default=IMAGES)
    parser.add_argument("--output", type=Path, default=data.SHIPPED_FOLDER / MEASUREMENTS)
    options = parser.parse_args()
    start = time.perf_counter()
    resnet, lstm = ResNet9(), CharLSTM()
    images, labels = resnet.test_images(options.images)
    text = lstm.held_out(STREAMS, STEPS)
    result = {
        "command": "python scripts/measure_networks.py",
        "checkpoints": {
            network.checkpoint.name: data.CHECKPOINT_SHA256[network.checkpoint.name]
            for network in (resnet, lstm)
        },
        "chips": options.chips,
        "images": options.images,
        "streams": STREAMS,
        "steps": STEPS,
        "resnet9": measure(
            resnet, lambda layer: 100 * resnet.accuracy(images, labels, layer), options.chips
        ),
        "lstm": measure(lstm, lambda layer: lstm.bits_per_character(text, layer), options.chips),
    }
    options.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(f"{options.output.name}: {(time.perf_counter() - start) / 60:.1f} minutes")


if __name__ == "__main__":
    main()
