"""Train decoders of several sizes, put them on simulated chips, and store what the book shows.

    python scripts/measure_decoder_sizes.py [--folder _build/decoder_sizes]

Each decoder learns from the frozen text in floating point. From there some are trained for the
hardware as those of ``train_tiny_transformer.py`` are, for fewer steps. All sizes make the same
number of steps at the same rates. Then come chips, a second and a day after programming, without
and with compensation, and noise on the weights alone: of a share of the largest weight of each
output, of a share of the standard deviation of its weights, and as much as makes all products wrong
by the same share. The shipped network, of the second size and trained for longer, is measured
alike. Losses are bits per character on text that no training saw.

Networks and measurements are kept in the folder as they are made, so that a run that was killed
goes on. It takes a quarter of an hour on one idle core. Writes ``decoders_by_size.json``, and the
smallest network.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from stored_files import origin, write_checkpoint, write_results
from torch import nn
from tqdm import tqdm
from train_tiny_transformer import cross_entropy, for_hardware, guessed

import aimc.nn
from aimc.chip import Chip
from aimc.layers import DecoderShape
from aimc.recovery import evaluate
from aimc.recovery.programming import Direct
from aimc_course.studies.language_models import (
    Decoder,
    bits_per_character,
    noisy_copy,
    on_cores,
    trained_decoder,
    windows,
)
from aimc_course.studies.language_models.recipes import CORE
from aimc_course.studies.language_models.sizes import SHAPES, SMALLEST, alignment, noisy_products
from aimc_course.studies.language_models.text import corpus
from aimc_course.studies.language_models.trained import arrays_of, decoder_of
from aimc_course.studies.results import DATA

STEPS, BATCH, SEED = 400, 8, 2026
RATE = 0.02  # of the optimiser of matrices, at its peak; of all other numbers: REST
REST, WEIGHT_DECAY = 4e-3, 0.05
PLAN = {"lr": 1e-3, "epochs": 1}  # of the trainings that follow
TRAINED = {
    "plain": ("width 32", "width 64", "width 128", "width 256"),
    "both": ("width 32", "width 64"),
}
"""Sizes by training; larger ones are not trained on, for the time that it takes."""
CHIPS, DRAWS = 6, 6
TIMES = {"1 s": 1.0, "1 day": 86400.0}
KEPT = ("none", "global")  # compensations
NOISES = {"largest": 0.05, "deviation": 0.15, "product": 0.12}
EVERY = 4  # of the windows of the held-out text, one is scored


def pieces() -> torch.Tensor:
    """Return the held-out text that is scored."""
    return windows()[::EVERY]


@torch.no_grad()
def begun(shape: DecoderShape) -> Decoder:
    """Return an untrained network from which few steps lead far.

    Positions are waves, as in :cite:t:`vaswani2017attention`, and blocks add nothing yet.
    """
    model = Decoder(shape)
    places, half = torch.arange(model.context)[:, None], shape.width // 2
    waves = places * 200.0 ** -(torch.arange(half) / half)
    model.position.weight.copy_(0.5 * torch.cat([waves.sin(), waves.cos()], dim=1))
    nn.init.normal_(model.character.weight, std=0.5)
    silent = [model.output, *(b.attention.output for b in model.blocks)]
    for layer in (*silent, *(b.feed2 for b in model.blocks)):
        nn.init.zeros_(layer.weight)
        nn.init.zeros_(layer.bias)
    return model


def plain(shape: DecoderShape, seed: int) -> Decoder:
    """Return a network trained in floating point, its products rounded to 16 bits meanwhile."""
    torch.manual_seed(seed)
    model = begun(shape)
    text = torch.from_numpy(corpus().train.astype(np.int64))
    matrices = [m.weight for m in model.blocks.modules() if isinstance(m, nn.Linear)]
    inside = {id(weight) for weight in matrices}
    rest = [p for p in model.parameters() if id(p) not in inside]
    optimisers = [
        torch.optim.Muon(
            matrices, RATE, WEIGHT_DECAY, momentum=0.9, adjust_lr_fn="match_rms_adamw"
        ),
        torch.optim.AdamW(rest, REST, betas=(0.9, 0.98), weight_decay=WEIGHT_DECAY),
    ]
    schedules = [torch.optim.lr_scheduler.LambdaLR(each, share) for each in optimisers]
    for _ in tqdm(range(STEPS), shape.name, unit="step", leave=False):
        starts = torch.randint(len(text) - model.context - 1, (BATCH,))
        batch = text[starts[:, None] + torch.arange(model.context + 1)]
        model.zero_grad()
        with torch.autocast("cpu", torch.bfloat16):
            scores = model(batch[:, :-1])
        cross_entropy(scores.float(), batch[:, 1:]).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimiser, schedule in zip(optimisers, schedules, strict=True):
            optimiser.step()
            schedule.step()
    return decoder_of(arrays_of(model), shape)


def share(step: int) -> float:
    """Return the share of its peak that a rate has: up in a tenth of the steps, down at the end."""
    return min(1.0, (step + 1) / (0.1 * STEPS), (STEPS - step) / (0.6 * STEPS))


def trained(size: str, training: str, seed: int, folder: Path) -> tuple[Decoder, float]:
    """Return a network and the processor time of its training, s; from the folder if there."""
    path = folder / f"{size.replace(' ', '_')}-{training}-{seed}.pt"
    if not path.exists():
        teacher = None if training == "plain" else trained(size, "plain", seed, folder)[0]
        start = time.process_time()
        if teacher is None:
            model = plain(SHAPES[size], seed)
        else:
            model = for_hardware(training, teacher, seed, plan=PLAN)
        spent = time.process_time() - start
        new = path.with_suffix(".new")
        torch.save({"state": model.state_dict(), "seconds": spent}, new)
        new.replace(path)
    kept = torch.load(path)
    model = Decoder(SHAPES[size])
    model.load_state_dict(kept["state"])
    return model.eval(), kept["seconds"]


def on_chips(model: Decoder, compensation: str, chips: int = CHIPS) -> list[list[float]]:
    """Return the loss on each chip at each time, bits per character."""
    found = evaluate(
        on_cores(model),
        pieces(),
        chips=chips,
        times=tuple(TIMES.values()),
        compensation=compensation,
        measure=bits_per_character,
        read_noise="momentary",
        progress=False,
    )
    return np.asarray(found.values[:, :, 0]).round(4).tolist()


def with_noise(model: Decoder, of: str, draws: int = DRAWS) -> list[float]:
    """Return the loss with noise on the weights and nothing else, one value per draw."""

    def disturbed(rng: int) -> Decoder:
        if of == "product":
            return noisy_products(model, pieces(), NOISES[of], rng)
        return noisy_copy(model, NOISES[of], rng, of)

    return [round(bits_per_character(disturbed(rng), pieces()), 4) for rng in range(draws)]


def measured(model: Decoder) -> dict[str, Any]:
    """Return what is measured of one network."""
    held_out = pieces()
    layers = [each for each in model.modules() if isinstance(each, nn.Linear)]
    peaks = [row.abs().max() / row.std() for each in layers for row in each.weight.detach()]
    return {
        "digital": round(bits_per_character(model, held_out), 4),
        "digital, whole text": round(bits_per_character(model, windows()), 4),
        "peak": round(float(torch.stack(peaks).median()), 3),
        "alignment": {k: round(v, 3) for k, v in alignment(model, held_out).items()},
        "noise": {of: with_noise(model, of) for of in NOISES},
        "chips": {kept: on_chips(model, kept) for kept in KEPT},
    }


def price(size: str) -> dict[str, Any]:
    """Return what one character takes on the 64-core chip, attention left out."""
    shape = SHAPES[size]
    board = on_cores(Decoder(shape).eval())
    aimc.nn.program(board)
    found = Chip().map(board, windows()[:1, :1]).performance()
    reads, values, standing = found.energies.values()
    return {
        "weights": shape.weights,
        "cores": found.cores,
        "filled": round(found.utilisation, 4),
        "time (s)": found.seconds,
        "reads (J)": reads,
        "digital units (J)": values,
        "standing (J)": standing * found.seconds / found.period,  # nobody else uses the cores
    }


def full_core() -> dict[str, float]:
    """Return what it takes to program a core that is full of Gaussian weights."""
    layer = nn.Linear(256, 256, bias=False)
    nn.init.normal_(layer.weight, generator=torch.Generator().manual_seed(0))
    board = aimc.nn.convert(layer, CORE, weight_range="output", input_range=1.0)
    cost = Direct().program(board, serial=0)
    return {"time (s)": cost.time_s, "energy (J)": cost.energy_J, "pulses": cost.pulses}


def main() -> None:
    """Train, measure, and store the results."""
    parser = argparse.ArgumentParser(description="Train and measure decoders of several sizes.")
    parser.add_argument("--folder", type=Path, default=Path("_build/decoder_sizes"))
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    found: dict[str, dict[str, Any]] = {}
    jobs = [(size, training) for training, sizes in TRAINED.items() for size in sizes]
    for size, training in tqdm(jobs, "networks"):
        model, seconds = trained(size, training, SEED, folder)
        path = folder / f"{size.replace(' ', '_')}-{training}-{SEED}.json"
        if not path.exists():
            path.write_text(json.dumps({"training (s)": round(seconds), **measured(model)}))
        found.setdefault(size, {})[training] = json.loads(path.read_text())
    longer = folder / "longer.json"  # the shipped network, trained in another way for 2500 steps
    if not longer.exists():
        longer.write_text(json.dumps(measured(trained_decoder())))
    found["width 64"]["longer"] = json.loads(longer.read_text())
    for size in SHAPES:
        found[size]["price"] = price(size)
    table = {
        **origin("measure_decoder_sizes.py", torch, corpus(), SEED),
        "steps": STEPS,
        "batch": BATCH,
        "times": list(TIMES),
        "noises": NOISES,
        "scored": int(pieces().shape[0]),
        "sizes": found,
        "full core": full_core(),
    }
    write_results(DATA / "decoders_by_size.json", table)
    model, _ = trained(SMALLEST, "plain", SEED, folder)
    right, count = guessed(model, windows())
    info = {
        **origin("measure_decoder_sizes.py", torch, corpus(), SEED),
        "training": "plain",
        "test_samples": count,
        "test_correct": right,
    }
    write_checkpoint(DATA / "decoder_smallest.npz", arrays_of(model), info)


if __name__ == "__main__":
    main()
