"""Let the rules of learning in memory compete on coarse devices, and store the results.

    python scripts/measure_learning.py

Writes ``learning_in_memory.json`` beside the shipped data. ``offsets`` is the experiment of R18: a
matrix is learned while the reference of the fast matrix misses the symmetry points. ``states`` does
the same with finer devices and a right reference. ``digits`` trains a perceptron of 64, 32 and 10
units on images of 8 x 8 pixels. It takes about a quarter of an hour.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from stored_files import origin, write_results
from tqdm import tqdm

from aimc.datasets.small_digits import digit_inputs, digits
from aimc.in_memory_training import (
    AdaptiveReference,
    ChoppedTikiTaka,
    DeviceMatrix,
    MixedPrecision,
    Perceptron,
    StochasticGradientDescent,
    TikiTaka2,
    Transfer,
    UpdateRule,
    coarse_devices,
    fast_matrix,
    learn_matrix,
)
from aimc_course.studies.results import DATA

SIZE, UPDATES, RATE, SERIALS = 20, 8000, 0.05, range(4)
OFFSETS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
STATES = (10, 20, 50, 100, 200)
HIDDEN, EPOCHS, SEEDS = 32, 8, range(3)
FAST: dict[str, Callable[..., UpdateRule]] = {
    "TTv2": TikiTaka2,
    "c-TTv2": ChoppedTikiTaka,
    "AGAD": AdaptiveReference,
}
ALONE: dict[str, Callable[..., UpdateRule]] = {
    "SGD": StochasticGradientDescent,
    "mixed precision": MixedPrecision,
}


def rule(
    name: str,
    shape: tuple[int, int],
    serial: int,
    rng: np.random.Generator,
    *,
    states: float = 20,
    offset: float = 0.0,
    symmetric: bool = False,
    start: np.ndarray | None = None,
    transfer_rate: float = 0.25,
) -> UpdateRule:
    """Return a rule with its devices."""
    slow = DeviceMatrix(
        coarse_devices(states=states, symmetric=symmetric).fabricate(shape, serial), rng=rng
    )
    if start is not None:
        slow.program(start)
    if name in ALONE:
        return ALONE[name](slow, rng=rng)
    fast = fast_matrix(
        coarse_devices(states=states), shape, serial=1000 + serial, rng=rng, offset=offset
    )
    return FAST[name](slow, fast, rng=rng, transfer=Transfer(rate=transfer_rate))


def weight_error(name: str, serial: int, **options: Any) -> float:
    """Return the error with which a matrix is learned, half of the devices' range being 1."""
    rng = np.random.default_rng([18, serial])
    target = np.clip(rng.normal(0.0, 0.3, (SIZE, SIZE)), -1.0, 1.0)
    learner = rule(name, (SIZE, SIZE), serial, rng, **options)
    return learn_matrix(learner, target, rng=rng, updates=UPDATES, rate=RATE).final


def accuracy(name: str, seed: int, *, symmetric: bool, rate: float, offset: float) -> float:
    """Return the test accuracy of the perceptron after its epochs, per cent."""
    data, rng = digits(), np.random.default_rng([19, seed])
    layers = []
    for k, shape in enumerate(((HIDDEN, 65), (10, HIDDEN + 1))):
        start = rng.uniform(-1.7, 1.7, shape) / np.sqrt(shape[1])
        layers.append(
            rule(
                name,
                shape,
                10 * seed + k,
                rng,
                start=start,
                symmetric=symmetric,
                offset=offset,
                transfer_rate=1.0,
            )
        )
    network = Perceptron(layers)
    images = digit_inputs(data.x_train).astype(float)
    for _ in range(EPOCHS):
        network.epoch(images, data.y_train, rate, rng)
    return 100 * network.accuracy(digit_inputs(data.x_test).astype(float), data.y_test)


def main() -> None:
    """Measure, and store the results."""
    jobs: list[tuple[tuple[str, ...], Callable[[], float]]] = []
    for s in SERIALS:
        for name in (*ALONE, *FAST):
            for offset in OFFSETS if name in FAST else (0.0,):
                jobs.append(
                    (
                        ("offsets", name, str(offset)),
                        partial(weight_error, name, s, offset=offset),
                    )
                )
            for states in STATES:
                jobs.append(
                    (
                        ("states", name, str(states)),
                        partial(weight_error, name, s, states=states),
                    )
                )
    for seed in SEEDS:
        for name in (*ALONE, *FAST):
            for key, symmetric, offset in (
                ("uneven", False, 0.0),
                ("even", True, 0.0),
                ("uneven, wrong zero", False, 0.2),
            ):
                if (symmetric and name != "SGD") or (offset and name not in FAST):
                    continue
                rate = 0.01 if name == "SGD" else 0.03
                jobs.append(
                    (
                        ("digits", name, key),
                        partial(
                            accuracy, name, seed, symmetric=symmetric, rate=rate, offset=offset
                        ),
                    )
                )
    found: dict[str, Any] = {}
    for (kind, name, key), job in tqdm(jobs):
        found.setdefault(kind, {}).setdefault(name, {}).setdefault(key, []).append(round(job(), 4))
    table = {
        **origin("measure_learning.py"),
        "size": SIZE,
        "updates": UPDATES,
        "rate": RATE,
        "serials": list(SERIALS),
        "epochs": EPOCHS,
        "seeds": list(SEEDS),
        **found,
    }
    write_results(DATA / "learning_in_memory.json", table)


if __name__ == "__main__":
    main()
