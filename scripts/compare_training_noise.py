"""Train with noise on the weights, on the outputs, or without, and compare what noise then costs.

    python scripts/compare_training_noise.py

A perceptron 784-256-256-10 learns the shipped images from nothing, once for each seed and place of
the noise. Then it meets noise on its weights of 10 % and 20 % of the largest of each output, the
same draws for all. Nothing else is analog: the cores are without any other flaw. The means with
their 95 % intervals over the seeds, and the differences in pairs, go to a small file with the date.
"""

from __future__ import annotations

import argparse
import datetime
import json
from pathlib import Path

import numpy as np
import torch
from torch import nn
from tqdm import tqdm

import aimc
import aimc.nn
from aimc import datasets
from aimc.recovery.training import GaussianNoise, InputRanges, Optimisation, Recipe, train
from aimc.statistics import mean_interval

TRAINED = 0.10  # of the largest weight of each output
USED = (0.0, 0.10, 0.20)
PLACES = ("none", "weights", "outputs")
DRAWS = 5


def network() -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10)
    )


def accuracies(model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> list[float]:
    """Return the accuracy (%) under each noise in use, the mean over draws."""
    found = []
    for used in USED:
        scores = []
        for draw in range(DRAWS if used else 1):
            for k, layer in enumerate(aimc.nn.analog_layers(model).values()):
                layer.weight_noise = GaussianNoise(used, "output", rng=100 * draw + k)
            with torch.no_grad():
                scores.append(100 * float((model(x).argmax(1) == y).double().mean()))
        found.append(float(np.mean(scores)))
    return found


def trained(place: str, seed: int, epochs: int, data: datasets.Dataset) -> list[float]:
    torch.manual_seed(seed)
    analog = aimc.nn.convert(network(), aimc.presets.ideal_core, weight_range="output")
    noise = None if place == "none" else GaussianNoise(TRAINED, "output", place)
    plan = Optimisation("adam", 1e-3, epochs=epochs, batch_size=128)
    x, y = (torch.from_numpy(each) for each in (datasets.as_inputs(data.x_train), data.y_train))
    recipe = Recipe(noise=noise, input_ranges=InputRanges("core"), optimisation=plan)
    train(analog, (x.float(), y.long()), recipe, rng=seed, progress=False)
    x, y = (torch.from_numpy(each) for each in (datasets.as_inputs(data.x_test), data.y_test))
    return accuracies(analog, x.float(), y.long())


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare places of noise in training.")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument(
        "--output", type=Path, default=Path(__file__).with_name("training_noise.json")
    )
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    data = datasets.load("fashion-mnist", subset="10k")
    runs = [(place, seed) for seed in range(arguments.seeds) for place in PLACES]
    table = {
        place: np.zeros((arguments.seeds, len(USED))) for place in PLACES
    }  # accuracies by seed and noise in use
    for place, seed in tqdm(runs, unit="training"):
        table[place][seed] = trained(place, seed, arguments.epochs, data)

    def summary(values: np.ndarray) -> list[dict[str, float]]:
        intervals = [mean_interval(column) for column in values.T]
        return [
            {"mean": round(each.mean, 3), "low": round(each.low, 3), "high": round(each.high, 3)}
            for each in intervals
        ]

    result = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "command": f"python scripts/compare_training_noise.py --seeds {arguments.seeds} "
        f"--epochs {arguments.epochs}",
        "torch": torch.__version__.split("+")[0],
        "noise_in_training": TRAINED,
        "noise_in_use": USED,
        "accuracy_percent": {place: summary(values) for place, values in table.items()},
        "outputs_minus_weights": summary(table["outputs"] - table["weights"]),
        "outputs_minus_none": summary(table["outputs"] - table["none"]),
    }
    arguments.output.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
