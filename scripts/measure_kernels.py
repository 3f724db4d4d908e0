"""Compare random features in floating point with those of simulated chips, and store the results.

    python scripts/measure_kernels.py

Writes ``kernels_on_cores.json`` beside the shipped data. ``accuracy`` is the experiment of R16 with
more directions and more chips: ridges on features of 8 x 8 images, fitted in floating point and
tested on features of both. ``kernel_error`` is the error of the kernel itself, ``attention`` that
of attention by positive features. It takes a few minutes.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from stored_files import origin, write_results
from tqdm import tqdm

from aimc import presets
from aimc.cores import Core
from aimc.datasets.small_digits import digit_inputs, digits
from aimc.kernel_approximation import (
    METHODS,
    CoreProjection,
    ExactFeatures,
    KernelFeatures,
    PositiveFeatures,
    Projection,
    RidgeClassifier,
    directions,
    exact_kernel,
    linear_attention,
    softmax_attention,
)
from aimc_course.studies.results import DATA

COUNTS = (16, 32, 64, 128, 256, 512)
KERNELS = ("rbf", "arccos0")
SERIALS = range(8)
WIDTH = 2.0
SIZE, TOKENS, DRAWINGS = 64, 64, 40  # of a head of attention
SPREADS = (0.25, 0.5, 1.0)  # standard deviations of the entries of queries and keys
ATTENTION_COUNTS = (64, 128, 256, 512, 1024)


def anew(core: Core) -> Core:
    """Return a core all of whose read noise is new for each vector, as in what is stored."""
    core.readout = 1e12
    return core


def on_chip(matrix: np.ndarray, serial: int, reach: float) -> CoreProjection:
    """Return the projection on the cores of a chip."""
    return CoreProjection(matrix, lambda k: anew(presets.hermes(serial, index=k)), reach=reach)


@cache
def samples() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return centred images to learn from and to be tested on, each with labels."""
    data = digits()
    x_train, x_test = (digit_inputs(x).astype(float) for x in (data.x_train, data.x_test))
    mean = x_train.mean(axis=0)
    return x_train - mean, data.y_train, x_test - mean, data.y_test


def accuracies(kernel: str, method: str, count: int, serial: int) -> list[float]:
    """Return the test accuracy in floating point and on the chip, per cent."""
    x_train, y_train, x_test, y_test = samples()
    matrix = directions(method, count, SIZE, np.random.default_rng([16, serial, count]))
    exact = KernelFeatures(kernel, Projection(matrix), width=WIDTH)
    noisy = KernelFeatures(kernel, on_chip(matrix, serial, 1.0), width=WIDTH)
    model = RidgeClassifier(exact(x_train), y_train)
    return [round(100 * model.accuracy(z(x_test), y_test), 3) for z in (exact, noisy)]


def exact_accuracy(kernel: str) -> float:
    """Return the test accuracy with the kernel itself, per cent."""
    x_train, y_train, x_test, y_test = samples()
    features = ExactFeatures(kernel, x_train, width=WIDTH)
    model = RidgeClassifier(features(x_train), y_train)
    return round(100 * model.accuracy(features(x_test), y_test), 3)


def kernel_errors(kernel: str, method: str, count: int, serial: int) -> list[float]:
    """Return the root mean square error of the kernel, in floating point and on the chip."""
    x = samples()[0][:120]
    true = exact_kernel(kernel, x, x, width=WIDTH)
    pairs = ~np.eye(len(x), dtype=bool)
    matrix = directions(method, count, SIZE, np.random.default_rng([61, serial]))
    found = []
    for projection in (Projection(matrix), on_chip(matrix, serial, 1.0)):
        z = KernelFeatures(kernel, projection, width=WIDTH)(x)
        found.append(round(float(np.sqrt(np.mean((z @ z.T - true)[pairs] ** 2))), 6))
    return found


def attention_errors(method: str, spread: float, count: int, serial: int) -> list[float]:
    """Return the relative error of linear attention, in floating point and on the chip."""
    rng = np.random.default_rng([62, serial])
    queries, keys = spread * rng.standard_normal((2, TOKENS, SIZE))
    values = rng.standard_normal((TOKENS, SIZE))
    exact = softmax_attention(queries, keys, values)
    matrix = directions(method, count, SIZE, np.random.default_rng([63, serial]))
    # Queries and keys are divided by the fourth root of their size; three standard deviations fit.
    reach = 3 * spread / SIZE**0.25
    found = []
    for projection in (Projection(matrix), on_chip(matrix, serial, reach)):
        answer = linear_attention(queries, keys, values, PositiveFeatures(projection))
        found.append(round(float(np.linalg.norm(answer - exact) / np.linalg.norm(exact)), 5))
    return found


def main() -> None:
    """Measure, and store the results."""
    found: dict[str, Any] = {"exact": {kernel: exact_accuracy(kernel) for kernel in KERNELS}}
    for kernel in KERNELS:
        for method in METHODS:
            for count in tqdm(COUNTS, desc=f"{kernel}, {method}"):
                for name, measure in (("accuracy", accuracies), ("kernel_error", kernel_errors)):
                    row = [measure(kernel, method, count, serial) for serial in SERIALS]
                    place = found.setdefault(name, {}).setdefault(kernel, {})
                    place.setdefault(method, {})[str(count)] = row
    for method in ("rff", "orf"):
        for spread in SPREADS:
            for count in tqdm(ATTENTION_COUNTS, desc=f"attention, {method}, {spread}"):
                row = [attention_errors(method, spread, count, k) for k in range(DRAWINGS)]
                place = found.setdefault("attention", {}).setdefault(method, {})
                place.setdefault(str(spread), {})[str(count)] = row
    table = {
        **origin("measure_kernels.py"),
        "width": WIDTH,
        "serials": list(SERIALS),
        "tokens": TOKENS,
        "drawings": DRAWINGS,
        **found,
    }
    write_results(DATA / "kernels_on_cores.json", table, indent=None)


if __name__ == "__main__":
    main()
