"""Train the small convolutional network on the 10k subset of Fashion-MNIST, plain and for chips.

    python scripts/train_cnn.py plain
    python scripts/train_cnn.py aware
    python scripts/train_cnn.py longer

The plain training knows nothing of analog hardware. The other starts from its weights and is
`aimc.recovery.train` for the cores of the 2023 model: Gaussian noise on the weights, relative to
the largest of each output, clipping at two standard deviations of each output, converters with a
straight-through gradient, and the plain network as teacher. Run the plain one first.

Width and noise were chosen among four pairs in a trial on chips 0 to 3 and half of the test images;
the results in the book are those of chips 100 to 109, which no choice has seen. On one busy core
the plain training took about two minutes and the other about five.

``longer`` is the control of the second: the same start, teacher, converters, schedule and epochs,
without noise on the weights and without clipping. What it gains over ``plain`` is due to training
for longer; what ``aware`` gains over it is due to noise and clipping.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

import torch
from stored_files import origin, write_checkpoint
from torch import nn
from tqdm import tqdm

import aimc
import aimc.nn
from aimc import datasets
from aimc.networks.small_cnn import TRAININGS, arrays_of, held_out_set, small_cnn, training_set
from aimc.recovery.training import Clipping, Distillation, GaussianNoise, Optimisation, Recipe
from aimc.recovery.training import train as train_for_hardware

EPOCHS, BATCH, RATE, DECAY = 25, 128, 3e-3, 1e-2
NOISE, CLIP, AWARE_EPOCHS, AWARE_RATE = 0.12, 2.0, 20, 2e-3


def plain(seed: int) -> tuple[nn.Sequential, dict[str, Any]]:
    """Return the network trained in floating point, and its settings."""
    torch.manual_seed(seed)
    network = small_cnn(None)
    images, labels = training_set()
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    steps = EPOCHS * -(-len(images) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps)
    network.train()
    for _ in tqdm(range(EPOCHS), unit="epoch"):
        for chosen in torch.randperm(len(images)).split(BATCH):
            optimiser.zero_grad()
            nn.functional.cross_entropy(network(images[chosen]), labels[chosen]).backward()
            optimiser.step()
            schedule.step()
    return network.eval(), {
        "optimiser": "AdamW, one-cycle schedule",
        "epochs": EPOCHS,
        "batch": BATCH,
        "peak_learning_rate": RATE,
        "weight_decay": DECAY,
    }


def recipe() -> Recipe:
    """Return the recipe of the hardware-aware training."""
    return Recipe(
        noise=GaussianNoise(NOISE, "output"),
        clipping=Clipping("sigma", CLIP, per="output"),
        weight_range="output",
        ramp=0.25,
        distillation=Distillation(temperature=4.0, share=0.5),
        optimisation=Optimisation(
            "adamw",
            AWARE_RATE,
            weight_decay=DECAY,
            schedule="cosine",
            epochs=AWARE_EPOCHS,
            batch_size=BATCH,
        ),
        name="small_cnn",
    )


def aware(seed: int) -> tuple[nn.Sequential, dict[str, Any]]:
    """Return the network trained for the cores of the 2023 model, and its settings."""
    return trained(recipe(), seed)


def longer(seed: int) -> tuple[nn.Sequential, dict[str, Any]]:
    """Return the network trained for as long, without noise and clipping, and its settings."""
    return trained(replace(recipe(), noise=None, clipping=None, ramp=0.0), seed)


def trained(chosen: Recipe, seed: int) -> tuple[nn.Sequential, dict[str, Any]]:
    """Return the plain network trained on with a recipe, and its settings."""
    teacher = small_cnn("plain")
    analog = aimc.nn.convert(teacher, aimc.presets.rasch2023)
    train_for_hardware(analog, training_set(), chosen, teacher=teacher, rng=seed)
    network = small_cnn(None)
    network.load_state_dict(analog.state_dict())
    return network.eval(), {
        "cores": "aimc.presets.rasch2023",
        "start": "cnn-fashion-plain",
        "recipe": repr(chosen),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the small convolutional network.")
    parser.add_argument("training", choices=TRAININGS)
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    make = {"plain": plain, "aware": aware, "longer": longer}[options.training]
    network, settings = make(options.seed)
    images, labels = held_out_set()
    with torch.no_grad():
        correct = int((network(images).argmax(dim=1) == labels).sum())
    data = datasets.load("fashion-mnist", subset="10k")
    info = {
        **origin(
            f"train_cnn.py {options.training} --seed {options.seed}", torch, data, options.seed
        ),
        "test_images": len(labels),
        "test_correct": correct,
        **settings,
    }
    path = datasets.SHIPPED_FOLDER / f"cnn_fashion_{options.training}.npz"
    write_checkpoint(path, arrays_of(network), info)
    print(f"test accuracy {correct / len(labels):.2%}")


if __name__ == "__main__":
    main()
