"""Judges of functions that take a function: a refinement, and a product that fills its range."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from aimc_course.checks.judges import Finding, FunctionScored, Judge
from aimc_course.checks.weighted import Weighted

__all__ = ["fills_the_range", "refines"]

Cases = list[tuple[Any, ...]]


def _tried(
    cases: Callable[[int], Sequence[tuple[Any, ...]]], score: Callable[..., Finding]
) -> Judge:
    scored = FunctionScored(cases, score)
    return lambda answer, serial: scored(answer, serial)


def refines(residual: Callable[[np.ndarray, np.ndarray, np.ndarray], float]) -> Judge:
    """Return a judge of ``refine(matrix, b, solve, steps)``, with solvers wrong by some per cent.

    Parameters
    ----------
    residual : callable
        The relative residual of a matrix, a solution and a right-hand side.
    """

    def cases(serial: int) -> Cases:
        rng, drawn = np.random.default_rng([serial, 0x501]), []
        for n in (5, 12):
            matrix = np.eye(n) + 0.1 * rng.uniform(-1.0, 1.0, (n, n))
            wrong = np.linalg.inv(matrix + rng.uniform(-0.04, 0.04, (n, n)))
            drawn.append((matrix, rng.uniform(-1.0, 1.0, n), lambda r, inv=wrong: inv @ r, 30))
        return drawn

    def score(got: np.ndarray, matrix: np.ndarray, b: np.ndarray, _: Any, steps: int) -> Finding:
        shape = (steps + 1, len(b))
        if got.shape != shape:
            told = f"expected all iterates, zero first: shape {shape}, got {got.shape}"
            return Finding(0.0, told)
        if np.any(got[0] != 0):
            return Finding(0.0, "the first iterate is zero")
        left = [residual(matrix, x, b) for x in got]
        if not np.all(np.isfinite(left)) or left[-1] > 1.0:
            told = "it runs away: add the correction, and take the residual as b - A x"
            return Finding(0.0, told)
        if np.ptp(left[1:]) <= 1e-12:
            told = "nothing happens after the first step: is the correction *added* to x?"
            return Finding(0.0, f"{told} And is the residual that of the new x?")
        if left[-1] > 1e-13:
            told = f"it stalls at {left[-1]:.1e}: solve for the residual, not for b"
            return Finding(0.0, told)
        return Finding(1.0, "right")

    return _tried(cases, score)


def fills_the_range(scaled: Callable[..., np.ndarray]) -> Weighted:
    """Return a judge of ``scaled(forward, v)``: inputs of any size, and converters up to one.

    A vector of zeros earns a quarter by itself.

    Parameters
    ----------
    scaled : callable
        The right function.
    """

    def cases(serial: int, sizes: Sequence[float]) -> Cases:
        rng = np.random.default_rng([serial, 0x502])
        matrix = rng.uniform(-1.0, 1.0, (4, 6))

        def forward(v: np.ndarray) -> np.ndarray:
            return matrix @ (np.round(np.clip(v, -1.0, 1.0) * 127) / 127)

        return [(forward, size * rng.uniform(-1.0, 1.0, 6)) for size in sizes]

    def score(got: np.ndarray, forward: Any, v: np.ndarray) -> Finding:
        right = scaled(forward, v)
        if got.shape != right.shape:
            return Finding(0.0, f"expected shape {right.shape}, got {got.shape}")
        if not np.any(v):
            told = "a vector of zeros: its largest entry is zero, and nothing can be divided by it"
            return Finding(float(np.array_equal(got, right)), told)
        if np.allclose(got, right, rtol=1e-9, atol=0):
            return Finding(1.0, "right")
        size = float(np.max(np.abs(v)))
        if np.allclose(got * size, right, rtol=1e-9, atol=0):
            return Finding(0.0, "what was divided before the product is multiplied after it")
        return Finding(0.0, f"wrong for inputs up to {size:.1e}: does the largest arrive as ±1?")

    sized = _tried(lambda serial: cases(serial, (1.0, 30.0, 1e-3, 1e-9)), score)
    zero = _tried(lambda serial: cases(serial, (0.0,)), score)
    return Weighted(((3.0, sized), (1.0, zero)), ("vectors of any size", "zeros"), first=True)
