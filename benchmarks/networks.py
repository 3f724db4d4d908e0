"""Time of 1,000 coloured images, and of 1,000 characters, through the shipped networks on a chip.

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python benchmarks/networks.py

The ResNet-9 runs with all flaws of the cores, programming included, in one process and in two
beside each other that share the images, one thread each; the LSTM in one. Times are of this machine
and of what else runs on it; the ratio to plain floating point in NumPy is steadier.
"""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np

from aimc.networks import CharLSTM, ResNet9, layers_at

IMAGES = 1000
STREAMS, STEPS = 40, 25


def classify(first: int, last: int) -> int:
    """Return how many of these test images chip 0 classifies correctly."""
    network = ResNet9()
    images, labels = network.test_images(last)
    view = layers_at(network)
    scores = network.scores(images[first:last], view)
    return int((scores.argmax(axis=1) == labels[first:last]).sum())


def main() -> None:
    network = ResNet9()
    images, labels = network.test_images(IMAGES)
    start = time.perf_counter()
    exact = network.accuracy(images, labels)
    plain = time.perf_counter() - start
    print(f"{IMAGES} images, plain NumPy, one process: {plain:.1f} s, {exact:.1%} correct")
    start = time.perf_counter()
    right = classify(0, IMAGES)
    one = time.perf_counter() - start
    print(f"on a chip, one process: {one:.1f} s, {one / plain:.1f} times plain, {right} correct")
    start = time.perf_counter()
    half = IMAGES // 2
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        right = sum(pool.map(classify, (0, half), (half, IMAGES)))
    both = time.perf_counter() - start
    print(f"on a chip, two processes: {both:.1f} s with their start, {right} correct")

    lstm = CharLSTM()
    text = lstm.held_out(STREAMS, STEPS)[:, :-1]
    start = time.perf_counter()
    lstm.scores(text)
    plain = time.perf_counter() - start
    view = layers_at(lstm)
    start = time.perf_counter()
    lstm.scores(text, view)
    seconds = time.perf_counter() - start
    print(
        f"{np.size(text)} characters on a chip, {STREAMS} texts at once: {seconds:.2f} s, "
        f"{seconds / plain:.1f} times plain"
    )


if __name__ == "__main__":
    main()
