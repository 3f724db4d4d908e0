"""What students of lab 10 are given: sizes of a decoder, pieces of text, a matrix, and chips."""

from typing import Any

import numpy as np

from aimc.datasets.course_text import load_text
from aimc_course.studies.language_models import draw_rows

CHIPS, PIECES, STEPS = 5, 72, 96  # chips, pieces of text, characters that are read of each
OUTPUTS = INPUTS = 64  # of the matrix
VECTORS = 200
ETA = 0.1  # error of a cell, as a share of a fully SET one
LIMIT = 2.0  # standard deviations of an output
LIMITS = np.round(np.arange(1.0, 5.01, 0.1), 1)  # that are tried
DAY, YEAR = 86_400.0, 3.15576e7  # s
TRAININGS = ("plain", "clip", "both")
EVERY = 3  # of the held-out pieces, one is scored


def size(serial: int) -> tuple[np.ndarray]:
    """Return width, blocks, width of the feed-forward part, and vocabulary of a large decoder."""
    rng = np.random.default_rng([serial, 10, 0])
    width = 64 * int(rng.integers(12, 49))
    blocks, times = int(rng.integers(12, 41)), int(rng.integers(3, 6))
    return (np.array([width, blocks, times * width, 1000 * int(rng.integers(20, 101))]),)


def pieces(serial: int) -> tuple[np.ndarray]:
    """Return pieces of text that no training saw, as codes, shape (72, 97)."""
    text = load_text().held_out.astype(np.int64)
    rng = np.random.default_rng([serial, 10, 1])
    starts = rng.integers(0, len(text) - STEPS, PIECES)
    return (text[starts[:, None] + np.arange(STEPS + 1)],)


def matrix(serial: int) -> tuple[np.ndarray, np.ndarray]:
    """Return weights (outputs, inputs) with outliers, and vectors (n, inputs) from -1 to 1."""
    rng = np.random.default_rng([serial, 10, 2])
    rows = draw_rows(OUTPUTS, INPUTS, float(rng.uniform(3.0, 6.0)), rng)
    w = rows * rng.uniform(0.05, 0.2, (OUTPUTS, 1))
    return w, rng.uniform(-1.0, 1.0, (VECTORS, INPUTS))


def chips(serial: int) -> tuple[np.ndarray]:
    """Return the serial numbers of a student's five chips."""
    return (serial + 1000 * np.arange(CHIPS, dtype=np.int64),)


def aged(training: str, serial: int, seconds: float, kept: str = "global") -> Any:
    """Return a shipped decoder on a chip that was programmed some time ago.

    Parameters
    ----------
    training : {"plain", "neither", "noise", "clip", "both"}
        Which decoder.
    serial : int
        Serial number of the chip.
    seconds : float
        Time since programming, s.
    kept : {"global", "none"}
        How drift is compensated.
    """
    import torch

    import aimc.nn
    from aimc.recovery.compensation import compensation
    from aimc_course.studies.language_models import on_cores, trained_decoder

    torch.set_num_threads(1)
    chip = on_cores(trained_decoder(training), serial)
    aimc.nn.program(chip)
    stage = compensation(kept)
    stage.prepare(chip)
    stage.apply(chip, seconds)
    return chip
