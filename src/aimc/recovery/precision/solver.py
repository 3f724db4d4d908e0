r"""Mixed-precision iterative refinement: a precise solution with imprecise inner products.

To solve :math:`Ax = b`, a digital unit in double precision computes the residual
:math:`r = b - Ax`. Analog cores solve :math:`Az = r` roughly, down to a share
:math:`\tau_\text{in}` of the residual, with products that are wrong by percents, and
:math:`x \leftarrow x + z` :cite:p:`legallo2018mixed`. Each such step multiplies the residual with
about the same factor, so that precision costs steps and does not end where the analog products end.
Only the residual must be exact. It works while the error of the analog matrix, times the condition
number of the system, stays well below one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from aimc import presets
from aimc.backend import RandomSource, as_array, as_generator, to_numpy
from aimc.cores import TiledMatrix
from aimc.cores.views import MatrixView
from aimc.validation import (
    check_array,
    check_choice,
    check_integer,
    check_kind,
    check_number,
    warn_caller,
)

__all__ = ["INNER", "DivergenceError", "Solution", "solve"]

INNER = ("conjugate_gradient", "richardson")
GROWTH = 10.0  # a residual that has grown so much over the best one will not come back
STALLED = 10  # so many steps without a better residual, and the solver gives up
GAIN = 0.95  # a residual counts as better from this ratio on
PATIENCE = 8  # so many analog products without a better residual, and a step ends

Product = Callable[[np.ndarray], np.ndarray]


class DivergenceError(RuntimeError):
    """The residual grows: the analog matrix is too wrong for this system."""


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """What `solve` found, and what it took."""

    x: np.ndarray
    """Solution, shape (n,)."""
    residuals: np.ndarray
    """Norm of b - Ax over that of b, before the first step and after each."""
    inner_iterations: np.ndarray
    """Analog products of each step."""
    converged: bool
    """Whether the last residual is within the tolerance."""

    @property
    def steps(self) -> int:
        """Steps of refinement."""
        return len(self.inner_iterations)

    @property
    def analog_products(self) -> int:
        """Products of the matrix with a vector on cores."""
        return int(self.inner_iterations.sum())

    @property
    def exact_products(self) -> int:
        """Products of the matrix with a vector in double precision, one for each step."""
        return self.steps


def solve(
    matrix: np.ndarray,
    b: np.ndarray,
    core: MatrixView | None = None,
    *,
    inner: str = "conjugate_gradient",
    inner_tolerance: float = 0.1,
    tolerance: float = 1e-14,
    max_steps: int = 100,
    max_inner: int = 200,
    rng: RandomSource | None = None,
) -> Solution:
    """Solve a linear system with analog products inside and exact residuals outside.

    Parameters
    ----------
    matrix : array, shape (n, n)
        Symmetric and positive definite.
    b : array, shape (n,)
        Right-hand side, not zero.
    core : Core or aimc.Matrix, optional
        What holds the matrix; a matrix on `aimc.presets.joshi2020` by default.
    inner : {"conjugate_gradient", "richardson"}
        How a step solves: by conjugate gradients, or by the simpler repetition z += w(r - Az).
    inner_tolerance : float
        Share of the residual at which a step ends, as the analog recursion sees it.
    tolerance : float
        Residual over b at which all ends.
    max_steps, max_inner : int
        Most steps, and most analog products of one step.
    rng : int, numpy.random.Generator or torch.Generator, optional
        Source of the read noise; the cores' own streams by default.

    Returns
    -------
    Solution

    Warns
    -----
    UserWarning
        If it stops above the tolerance: out of steps, or without progress.

    Raises
    ------
    DivergenceError
        If the residual grows, since the analog matrix is too wrong for the system.
    ValueError
        If the matrix is not symmetric or an argument is out of range.
    """
    exact, wanted = _checked(matrix, b)
    n = len(wanted)
    check_choice("inner", inner, INNER)
    check_number("inner_tolerance", inner_tolerance, low=0.0, high=0.99, open_low=True)
    check_number("tolerance", tolerance, low=0.0, open_low=True)
    check_integer("max_steps", max_steps, low=1)
    check_integer("max_inner", max_inner, low=1)
    held: Any = core
    if held is None:
        held = TiledMatrix(exact, lambda k: presets.joshi2020(index=k))
    check_kind("core", held, MatrixView)
    if tuple(held.shape) != (n, n):
        raise ValueError(f"core must hold ({n}, {n}) weights, got {tuple(held.shape)}")
    product = _analog(held, None if rng is None else as_generator(rng))
    step = _conjugate_gradient if inner == "conjugate_gradient" else _richardson(exact)

    x, size = np.zeros(n), float(np.linalg.norm(wanted))
    residual = wanted.copy()
    norms, best, since = [1.0], 1.0, 0
    inner_iterations: list[int] = []
    while norms[-1] > tolerance and len(inner_iterations) < max_steps and since < STALLED:
        z, count = step(product, residual, inner_tolerance, max_inner)
        x = x + z
        residual = wanted - exact @ x
        norms.append(float(np.linalg.norm(residual)) / size)
        inner_iterations.append(count)
        if not norms[-1] < GROWTH * best:
            raise DivergenceError(
                f"the residual grew from {best:.2g} to {norms[-1]:.2g} after "
                f"{len(inner_iterations)} steps: the error of the analog matrix times the "
                "condition number of the system is too large; average over more devices, "
                "precondition the matrix, or loosen inner_tolerance"
            )
        since = 0 if norms[-1] < GAIN * best else since + 1
        best = min(best, norms[-1])
    converged = norms[-1] <= tolerance
    if not converged:
        why = "no progress" if since >= STALLED else f"max_steps={max_steps}"
        warn_caller(
            f"solve stopped at a residual of {norms[-1]:.2g}, above tolerance={tolerance:g}: {why}",
            UserWarning,
        )
    return Solution(x, np.array(norms), np.array(inner_iterations, dtype=int), converged)


def _checked(matrix: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    exact = np.asarray(to_numpy(as_array("matrix", matrix)), dtype=np.float64)
    wanted = np.asarray(to_numpy(as_array("b", b)), dtype=np.float64)
    check_array("matrix", exact, ndim=2)
    check_array("b", wanted, ndim=1, last=exact.shape[0])
    if exact.shape[0] != exact.shape[1]:
        raise ValueError(f"matrix must be square, got shape {exact.shape}")
    if np.max(np.abs(exact - exact.T)) > 1e-10 * np.max(np.abs(exact)):
        raise ValueError("matrix must be symmetric: both inner solvers need that")
    if np.any(np.diag(exact) <= 0):
        raise ValueError("matrix must be positive definite: its diagonal is not positive")
    if not np.any(wanted):
        raise ValueError("b is zero throughout: the solution is zero")
    return exact, wanted


def _analog(core: Any, rng: Any) -> Product:
    """Return the product on cores; vectors are scaled to the input range digitally."""
    cores = getattr(core, "cores", None) or (getattr(core, "core", core),)
    around = getattr(cores[0], "periphery", None)
    full = getattr(around, "input_range", None) or 1.0

    def product(x: np.ndarray) -> np.ndarray:
        peak = float(np.max(np.abs(x)))
        if peak == 0.0:
            return np.zeros(core.shape[0])
        scale = peak / full
        return scale * np.asarray(to_numpy(core.forward(x / scale, rng)), dtype=np.float64)

    return product


def _conjugate_gradient(
    product: Product, b: np.ndarray, tolerance: float, limit: int
) -> tuple[np.ndarray, int]:
    z, r = np.zeros_like(b), b.copy()
    p, power = r.copy(), float(r @ r)
    goal, best, kept, count, found = tolerance**2 * power, power, z, 0, 0
    while power > goal and count < min(limit, found + PATIENCE):
        q = product(p)
        count += 1
        curvature = float(p @ q)
        if curvature <= 0:  # noise: this direction tells nothing more
            break
        step = power / curvature
        z, r = z + step * p, r - step * q
        power, before = float(r @ r), power
        if power < best:
            best, kept, found = power, z, count
        p = r + (power / before) * p
    return kept, count


def _richardson(
    exact: np.ndarray,
) -> Callable[[Product, np.ndarray, float, int], tuple[np.ndarray, int]]:
    # no eigenvalue of a symmetric matrix exceeds its largest sum of magnitudes along a row
    weight = 1.0 / float(np.max(np.sum(np.abs(exact), axis=1)))

    def step(
        product: Product, b: np.ndarray, tolerance: float, limit: int
    ) -> tuple[np.ndarray, int]:
        z = kept = weight * b
        goal, best, count, found = tolerance * float(np.linalg.norm(b)), np.inf, 0, 0
        while best > goal and count < min(limit, found + PATIENCE):
            r = b - product(z)
            count += 1
            left = float(np.linalg.norm(r))
            if left < best:
                best, kept, found = left, z, count
            z = z + weight * r
        return kept, count

    return step
