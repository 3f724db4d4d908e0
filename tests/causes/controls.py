"""For each cause that a page gives for a simulated result, the same run without the cause.

A control is a function of the kind of weights, a seed and whether the cause is present. It stands
in a module named after the chapter, and its name is what the page claims. The harness is in
`test_causes.py`; what the runs gave is stored beside each module, for the page of claims.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from aimc import datasets

HERE = Path(__file__).parent
NO_CHAPTERS = {"controls", "conftest", "test_causes"}

Measure = Callable[[str, int, bool], float]
Shows = Callable[[np.ndarray, np.ndarray], bool]


@dataclass(frozen=True)
class Control:
    """A claim of a page and the run that would not show it if the cause were another."""

    page: str
    """The page, from `book/`, without its ending."""
    claim: str
    """What the page says, in one sentence."""
    without: str
    """The same run without the cause: what is left out or replaced."""
    quantity: str
    """What is measured, with its unit."""
    shows: Shows
    """Whether values with the cause and without it, one of each per seed, bear the claim out."""
    measure: Measure
    weights: tuple[str, ...]
    seeds: tuple[int, ...]

    @property
    def chapter(self) -> str:
        return self.measure.__module__

    @property
    def id(self) -> str:
        return f"{self.chapter}: {self.measure.__name__}"

    def run(self, weights: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the values with the cause and without it, shape (seeds,) each."""
        return run(self, weights)


CONTROLS: dict[str, Control] = {}


def control(
    *,
    page: str,
    claim: str,
    without: str,
    quantity: str,
    shows: Shows,
    weights: tuple[str, ...] = ("uniform", "bell"),
    seeds: tuple[int, ...] = (101, 102, 103),
) -> Callable[[Measure], Measure]:
    """Register a function ``measure(weights, seed, cause)`` as the control of a claim."""

    def register(measure: Measure) -> Measure:
        made = Control(page, claim, without, quantity, shows, measure, weights, seeds)
        CONTROLS[made.id] = made
        return measure

    return register


@cache
def run(made: Control, weights: str) -> tuple[np.ndarray, np.ndarray]:
    """Run a control once with the cause and once without it, for all seeds."""
    values = [[made.measure(weights, seed, c) for seed in made.seeds] for c in (True, False)]
    return np.array(values[0], dtype=float), np.array(values[1], dtype=float)


def chapters() -> tuple[str, ...]:
    """Import the modules of all chapters; return their names."""
    names = sorted(p.stem for p in HERE.glob("*.py") if p.stem not in NO_CHAPTERS)
    for name in names:
        importlib.import_module(name)
    return tuple(names)


def matrix(weights: str, shape: tuple[int, int], seed: int) -> np.ndarray:
    """Return a weight matrix, shape (out, in), whose largest magnitude is one.

    ``"uniform"`` fills the range evenly; ``"bell"`` is normal and clipped at three and a half
    standard deviations, as most layers of networks are; ``"network"`` is a part of the first layer
    of the shipped perceptron, at a place that depends on the seed.
    """
    rng = np.random.default_rng([seed, *shape])
    if weights == "uniform":
        w = rng.uniform(-1.0, 1.0, shape)
    elif weights == "bell":
        w = np.clip(rng.normal(0.0, 1.0, shape), -3.5, 3.5)
    elif weights == "network":
        layer = datasets.load_checkpoint().weights[0]
        rows, columns = (
            int(rng.integers(0, n - m + 1)) for n, m in zip(layer.shape, shape, strict=True)
        )
        w = layer[rows : rows + shape[0], columns : columns + shape[1]]
    else:
        raise ValueError(f"weights must be 'uniform', 'bell' or 'network', got {weights!r}")
    return w / np.abs(w).max()
