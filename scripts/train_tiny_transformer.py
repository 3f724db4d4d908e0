"""Train the shipped decoders on the frozen text of this course: one plain, four for the hardware.

    python scripts/train_tiny_transformer.py

First a small transformer learns to predict the next of 50 characters, in floating point. From there
four trainings go on, on simulated cores and from the outputs of the first network, as analog
foundation models do: with neither noise nor clipped weights, with one of them, with both. Writes
``decoder_course_*.npz`` among the data of the studies; with ``--only`` just one of them, the others
being there. It takes about ten minutes on one idle core.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from stored_files import origin, write_checkpoint
from torch import nn
from tqdm import tqdm

import aimc
import aimc.nn
from aimc.recovery.training import train
from aimc_course.studies.language_models import Decoder, bits_per_character, windows
from aimc_course.studies.language_models.recipes import (
    CORE,
    DIGITAL,
    LIMIT,
    OUTPUT_BITS,
    RECIPES,
    recipe_for,
)
from aimc_course.studies.language_models.text import UNSCORED, corpus
from aimc_course.studies.language_models.trained import (
    TRAININGS,
    arrays_of,
    decoder_of,
    file_of,
    trained_decoder,
)

STEPS, BATCH = 2500, 32
LEARNING_RATE, WEIGHT_DECAY, DROPOUT = 4e-3, 0.05, 0.1  # the rate at the peak of one cycle
STRIDE = 96  # characters between two windows of the later trainings
PLAN: dict[str, Any] = {}  # what the later trainings do otherwise than their recipe


def cross_entropy(scores: torch.Tensor, came: torch.Tensor) -> torch.Tensor:
    """Return the loss of scores (n, steps, characters)."""
    return nn.functional.cross_entropy(scores.flatten(0, 1), came.flatten())


def plain(seed: int) -> Decoder:
    """Return the network trained in floating point."""
    torch.manual_seed(seed)
    model = Decoder(dropout=DROPOUT)
    text = torch.from_numpy(corpus().train.astype(np.int64))
    length = model.context
    optimiser = torch.optim.AdamW(
        model.parameters(), LEARNING_RATE, betas=(0.9, 0.98), weight_decay=WEIGHT_DECAY
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, LEARNING_RATE, total_steps=STEPS, pct_start=0.1
    )
    for _ in tqdm(range(STEPS), "plain", unit="step"):
        starts = torch.randint(len(text) - length - 1, (BATCH,))
        pieces = text[starts[:, None] + torch.arange(length + 1)]
        optimiser.zero_grad()
        cross_entropy(model(pieces[:, :-1]), pieces[:, 1:]).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
    return decoder_of(arrays_of(model))


def for_hardware(
    name: str, teacher: Decoder, seed: int, limit: float = LIMIT, plan: Mapping[str, Any] = PLAN
) -> Decoder:
    """Return the network trained on from the teacher with one of the recipes.

    The ``plan`` changes the recipe's optimisation.
    """
    pieces = windows("train", teacher.context, STRIDE)
    analog = aimc.nn.convert(
        teacher, CORE, skip=DIGITAL, weight_range="output", output_bits=OUTPUT_BITS
    )
    data = pieces[:, :-1], pieces[:, 1:]
    print(name)
    recipe = recipe_for(name, limit)
    recipe = replace(recipe, optimisation=replace(recipe.optimisation, **plan))
    train(analog, data, recipe, loss=cross_entropy, teacher=teacher, rng=seed)
    digital = aimc.nn.to_digital(analog)
    assert isinstance(digital, Decoder)
    return decoder_of(arrays_of(digital), digital.shape)


@torch.no_grad()
def guessed(model: Decoder, pieces: torch.Tensor) -> tuple[int, int]:
    """Return how many characters the largest score guesses right, and of how many."""
    right = model(pieces[:, :-1]).argmax(dim=-1) == pieces[:, 1:]
    scored = right[:, UNSCORED:]
    return int(scored.sum()), scored.numel()


def save(model: Decoder, name: str, seed: int) -> None:
    """Write a checkpoint, and say what its checksum must be."""
    pieces = windows()
    right, count = guessed(model, pieces)
    info = {
        **origin(f"train_tiny_transformer.py --seed {seed}", torch, corpus(), seed),
        "training": name,
        "test_samples": count,
        "test_correct": right,
        "test_bits_per_character": bits_per_character(model, pieces),
    }
    write_checkpoint(file_of(name), arrays_of(model), info)


def main() -> None:
    """Train, and write what the package ships."""
    parser = argparse.ArgumentParser(description="Train the shipped decoders.")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--only", choices=TRAININGS)
    options = parser.parse_args()
    torch.set_num_threads(1)
    start = time.perf_counter()
    if options.only in (None, "plain"):
        teacher = plain(options.seed)
        save(teacher, "plain", options.seed)
    else:
        teacher = trained_decoder()
    for name in RECIPES:
        if options.only in (None, name):
            save(for_hardware(name, teacher, options.seed), name, options.seed)
    print(f"{(time.perf_counter() - start) / 60:.1f} minutes")


if __name__ == "__main__":
    main()
