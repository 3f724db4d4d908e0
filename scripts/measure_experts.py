"""Put the character models of `aimc_course.studies.experts` on noisy tiers, and store how they do.

    python scripts/measure_experts.py

Writes ``experts_in_three_dimensions.json`` beside the shipped data. ``gaussian`` holds, by model
and noise, the bits per character on the held-out text of one stack after the other; noise is a
share of the largest weight of each tier, and a stack has the same draws at every noise, scaled.
``devices`` holds the same for simulated devices of the 64-core chip a day after programming, and
how far their weights are off. It takes about five minutes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from stored_files import origin, write_results
from tqdm import tqdm

from aimc.datasets.course_text import load_text
from aimc_course.studies.experts import (
    StackPlacement,
    gaussian_noise,
    on_devices,
    place,
    relative_error,
)
from aimc_course.studies.experts.character_model import MODELS, character_model
from aimc_course.studies.results import DATA

NOISES = (0.0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12, 0.14, 0.16, 0.2)
STACKS, CHIPS, DAY = range(12), range(6), 86400.0
TIERS, TILE_SIZE = 8, 64


def placement(name: str) -> StackPlacement:
    """Return a model on as few tiles of eight tiers as hold it."""
    network = MODELS[name]
    parts = len(place(network, 100, 1, tile_size=TILE_SIZE).parts)
    return place(network, -(-parts // TIERS), TIERS, tile_size=TILE_SIZE)


def with_noise(name: str, share: float, stack: int) -> float:
    """Return the bits per character of a model with Gaussian noise on its weights."""
    model, rng = character_model(name), np.random.default_rng([47, stack])
    held = gaussian_noise(placement(name), model.matrices, share, rng)
    return model.bits_per_character(load_text().held_out, held)


def with_devices(name: str, serial: int) -> tuple[float, float]:
    """Return the bits per character on devices after a day, and the error of their weights."""
    model, stack = character_model(name), placement(name)
    held = on_devices(stack, model.matrices, serial, DAY)
    error = relative_error(stack, model.matrices, held)
    return model.bits_per_character(load_text().held_out, held), error


def main() -> None:
    """Measure, and store the results."""
    gaussian: dict[str, Any] = {}
    devices: dict[str, Any] = {}
    for name in tqdm(MODELS):
        exact = [round(with_noise(name, 0.0, 0), 4)]
        gaussian[name] = {
            str(share): [round(with_noise(name, share, s), 4) for s in STACKS] if share else exact
            for share in NOISES
        }
        found = [with_devices(name, serial) for serial in CHIPS]
        devices[name] = {
            "bits": [round(bits, 4) for bits, _ in found],
            "error": [round(error, 5) for _, error in found],
        }
    table = {
        **origin("measure_experts.py"),
        "noises": list(NOISES),
        "stacks": list(STACKS),
        "chips": list(CHIPS),
        "tile_size": TILE_SIZE,
        "tiers": TIERS,
        "gaussian": gaussian,
        "devices": devices,
    }
    write_results(DATA / "experts_in_three_dimensions.json", table)


if __name__ == "__main__":
    main()
