"""Train small networks with noise of several strengths and in two places, and store the results.

    python scripts/measure_training.py

Writes ``hardware_aware_training.json`` beside the shipped data. ``noise`` is the experiment of R09:
the small convolutional network goes on from its plain training with noise on its weights, and meets
wrong weights of several sizes. ``places`` compares noise drawn on weights and on outputs, in
accuracy, on ideal cores, so that noise is all that differs, and in the time of a step.
``statistics`` is the control of the convolutional rows: the same networks with the statistics of
batch normalisation that training left, and with statistics retaken on exact weights. All takes
about half an hour on one busy core; ``--parts`` measures some and keeps the others.
"""

from __future__ import annotations

import argparse
import copy
import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from stored_files import origin, write_results
from torch import nn
from tqdm import tqdm

import aimc
import aimc.nn
from aimc import datasets
from aimc.circuits import ADC, DAC, Periphery
from aimc.devices import pcm_2019
from aimc.networks.hardware_aware import TRAINING
from aimc.networks.small_cnn import held_out_set, small_cnn, training_set
from aimc.recovery.training import Clipping, GaussianNoise, Recipe, noisy_training

STRENGTHS = (0.0, 0.02, 0.05, 0.10, 0.15, 0.25, 0.40)  # in training, of the largest weight
ERRORS = (0.0, 0.02, 0.05, 0.075, 0.10, 0.15, 0.20)  # the same, at inference
SEEDS, PLACE_SEEDS, DRAWS, IMAGES = 3, 5, 5, 1000
PLACE_NOISE = 0.10
CORE = partial(aimc.presets.ideal, rows=1024, columns=1024)
CLIP, EPOCHS, RATE, BATCH = 2.5, 3, 1e-3, 128
MLP_EPOCHS, MLP_BATCH = 10, 256


def recipe(noise: float, place: str) -> Recipe:
    """Return noise relative to the largest weight of each layer, and clipping."""
    return Recipe(
        noise=GaussianNoise(noise, "tensor", on=place),
        clipping=Clipping("sigma", CLIP),
        weight_range=None,
        name=f"{noise:g} on {place}",
    )


def trained(
    network: nn.Module, data: Any, noise: float, place: str, seed: int, epochs: int, batch: int
) -> nn.Module:
    """Return a digital network that was trained on from ``network``."""
    analog = aimc.nn.convert(network, CORE)
    for layer in aimc.nn.analog_layers(analog).values():
        for matrix in layer.matrices:
            matrix.input_range = 1e3  # never reached, and an ideal converter does not round
    images, labels = data
    order = torch.Generator().manual_seed(seed)
    steps = epochs * -(-len(images) // batch)
    optimiser = torch.optim.Adam(analog.parameters(), RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    preparation = noisy_training(analog, recipe(noise, place), rng=seed)  # no batches: ranges stay
    analog.train()
    for _ in range(epochs):
        for chosen in torch.randperm(len(images), generator=order).split(batch):
            optimiser.zero_grad()
            nn.functional.cross_entropy(analog(images[chosen]), labels[chosen]).backward()
            optimiser.step()
            schedule.step()
            preparation.step()
    digital = copy.deepcopy(network)
    digital.load_state_dict(analog.state_dict())
    return digital.eval()


@torch.no_grad()
def under_errors(network: nn.Module, errors: tuple[float, ...], x: Any, labels: Any) -> list[float]:
    """Return the accuracy (%) with wrong weights, mean over draws, for each size of the errors."""
    found = []
    for error in errors:
        scores = []
        for draw in range(DRAWS if error else 1):
            rng = torch.Generator().manual_seed(1000 + draw)
            wrong = copy.deepcopy(network)
            for p in wrong.parameters():
                if p.ndim > 1:
                    p += error * p.abs().max() * torch.randn(p.shape, generator=rng)
            hits = [(wrong(part).argmax(dim=1)) for part in x.split(250)]
            scores.append(100 * float((torch.cat(hits) == labels).float().mean()))
        found.append(round(float(np.mean(scores)), 3))
    return found


def perceptron(seed: int) -> nn.Sequential:
    """Return an untrained network 784-512-512-10."""
    torch.manual_seed(seed)
    layers = [nn.Flatten()]
    for a, b in ((784, 512), (512, 512), (512, 10)):
        layers += [nn.Linear(a, b), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def converting_core(serial: int = 0, index: int = 0) -> aimc.Core:
    """Return a core with the converters and the output noise of the 2023 model (B021 to B023)."""
    device, dac = pcm_2019(), DAC(bits=8)
    unit = device.g_max * dac.v_read
    around = Periphery(
        dac=dac, adc=ADC(bits=8, i_max=10 * unit), read_noise=False, output_noise=0.04 * unit
    )
    return aimc.Core(device, periphery=around, rows=1024, columns=1024, serial=serial, index=index)


def step_times(network: nn.Module, batch: int, rounds: int = 100) -> dict[str, float]:
    """Return the time of a training step relative to plain torch, by place of the noise.

    The cores have 8-bit converters and output noise. Steps of all kinds take turns, and the
    shortest of each kind counts, which other work on the machine lengthens least.
    """
    x, labels = training_set(batch)

    def stepper(model: nn.Module, after: Callable[[], None]) -> Callable[[], float]:
        optimiser = torch.optim.SGD(model.parameters(), 1e-3)
        model.train()

        def step() -> float:
            begun = time.perf_counter()
            optimiser.zero_grad()
            nn.functional.cross_entropy(model(x), labels).backward()
            optimiser.step()
            after()
            return time.perf_counter() - begun

        return step

    steps = {"none": stepper(copy.deepcopy(network), lambda: None)}
    for place in ("weights", "outputs"):
        analog = aimc.nn.convert(network, converting_core)
        chosen = Recipe(noise=GaussianNoise(PLACE_NOISE, "tensor", on=place), weight_range=None)
        preparation = noisy_training(analog, chosen, [x])
        steps[place] = stepper(analog, preparation.step)
    taken = [{name: step() for name, step in steps.items()} for _ in range(rounds)]
    best = {name: min(each[name] for each in taken) for name in steps}
    return {name: round(best[name] / best["none"], 3) for name in steps}


def places(test: Any) -> list[dict[str, Any]]:
    """Return rows of the comparison of places."""
    rows = []
    kinds = (
        ("convolutional", EPOCHS, BATCH, SEEDS),
        ("perceptron", MLP_EPOCHS, MLP_BATCH, PLACE_SEEDS),
    )
    for name, epochs, batch, seeds in kinds:
        start = small_cnn("plain") if name == "convolutional" else None
        times = step_times(start if start is not None else perceptron(0), batch)
        for place in ("none", "weights", "outputs"):
            noise = 0.0 if place == "none" else PLACE_NOISE
            drawn_on = "weights" if place == "none" else place
            found = [
                under_errors(
                    trained(
                        start if start is not None else perceptron(seed),
                        training_set(), noise, drawn_on, seed, epochs, batch,
                    ),
                    (0.0, 0.1, 0.2), *test,
                )
                for seed in tqdm(range(seeds), f"{name}, {place}")
            ]  # fmt: skip
            by_error = np.array(found).T.tolist()
            rows.append(
                {
                    "network": name,
                    "place": place,
                    "batch": batch,
                    "step": times[place],
                    "accuracy": dict(zip(("0", "0.1", "0.2"), by_error, strict=True)),
                }
            )
            print(rows[-1], flush=True)
    return rows


@torch.no_grad()
def retaken(network: nn.Module) -> nn.Module:
    """Return the network with batch normalisation from the training images and exact weights."""
    found = copy.deepcopy(network)
    for module in found.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.reset_running_stats()
            module.momentum = None  # the mean over all batches
    found.train()
    for part in training_set()[0].split(500):
        found(part)
    return found.eval()


def statistics(test: Any) -> list[dict[str, Any]]:
    """Return accuracies with kept and with retaken statistics, by place of the noise."""
    rows = []
    for place in ("weights", "outputs"):
        networks = [
            trained(
                small_cnn("plain"), training_set(), PLACE_NOISE, place, seed, EPOCHS, BATCH
            )
            for seed in tqdm(range(SEEDS), f"statistics, {place}")
        ]  # fmt: skip
        for name, change in (("kept", None), ("retaken", retaken)):
            found = [
                under_errors(change(n) if change else n, (0.0, 0.1, 0.2), *test) for n in networks
            ]
            by_error = np.array(found).T.tolist()
            accuracy = dict(zip(("0", "0.1", "0.2"), by_error, strict=True))
            rows.append({"place": place, "statistics": name, "accuracy": accuracy})
            print(rows[-1], flush=True)
    return rows


def noise_against_noise(test: Any) -> dict[str, Any]:
    """Return the accuracies of R09, shape (training, seed, inference)."""
    start = small_cnn("plain")
    accuracy = [
        [
            under_errors(
                trained(start, training_set(), noise, "weights", seed, EPOCHS, BATCH), ERRORS, *test
            )
            for seed in tqdm(range(SEEDS), f"noise {noise:g}")
        ]
        for noise in STRENGTHS
    ]
    print(np.array(accuracy).mean(axis=1).round(2), flush=True)
    return {"training": STRENGTHS, "inference": ERRORS, "draws": DRAWS, "accuracy": accuracy}


PARTS = {"noise": noise_against_noise, "places": places, "statistics": statistics}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what noise in training does.")
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=list(PARTS))
    options = parser.parse_args()
    torch.set_num_threads(1)
    start, test = time.perf_counter(), held_out_set(IMAGES)
    path = datasets.SHIPPED_FOLDER / f"{TRAINING}.json"
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    result = {
        **origin("measure_training.py", torch),
        "checkpoint": datasets.CHECKPOINT_SHA256["cnn-fashion-plain"],
        "images": IMAGES,
        "epochs": EPOCHS,
        "clip": CLIP,
        "place_noise": PLACE_NOISE,
    }
    for name, measure in PARTS.items():
        if name in options.parts:
            result[name] = measure(test)
        elif name in kept:
            result[name] = kept[name]
    write_results(path, result)
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
