"""Reference answers of lab 9."""

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from aimc.circuits import best_scale, mvm_error
from aimc_course.labs.lab09 import given

Product = Callable[[np.ndarray], np.ndarray]


def relative_residual(matrix: np.ndarray, x: np.ndarray, b: np.ndarray) -> float:
    """Return the norm of what is left of the right-hand side, over its norm."""
    return float(np.linalg.norm(b - matrix @ x) / np.linalg.norm(b))


@lru_cache(maxsize=2)
def outputs(serial: int) -> np.ndarray:
    """Return the outputs of the test vectors from each of sixteen cores, shape (16, 256, 64)."""
    matrix, (x,) = given.system(serial)[0], given.vectors(serial)
    cores = [given.core(serial, k, matrix) for k in range(max(given.COUNTS))]
    return np.stack([core.forward(x) for core in cores])


def exact(serial: int) -> np.ndarray:
    """Return the exact outputs of the test vectors, shape (256, 64)."""
    return given.vectors(serial)[0] @ given.system(serial)[0].T


def core_error(serial: int) -> float:
    """Return the MVM error of core 0."""
    return mvm_error(outputs(serial)[0], exact(serial))


def errors(serial: int) -> np.ndarray:
    """Return the MVM error of the mean of 1, 2, 4, 8 and 16 cores."""
    y, right = outputs(serial), exact(serial)
    return np.array([mvm_error(y[:count].mean(axis=0), right) for count in given.COUNTS])


def slope(serial: int) -> float:
    """Return the slope of the logarithm of the error over the logarithm of the count."""
    return float(np.polyfit(np.log(given.COUNTS), np.log(errors(serial)), 1)[0])


def same_core(serial: int) -> float:
    """Return the MVM error of the mean of sixteen reads of core 0."""
    core, (x,) = given.core(serial, 0, given.system(serial)[0]), given.vectors(serial)
    return mvm_error(np.mean([core.forward(x) for _ in range(16)], axis=0), exact(serial))


def cores_needed(error_one: float, wanted: float, power: float = 2.0) -> int:
    """Return how many cores have a mean with that error."""
    return math.ceil((error_one / wanted) ** power)


def significances(base: float, slices: int, total: float = 1.0) -> np.ndarray:
    """Return what each slice counts, the least significant first; all of them make one."""
    raw = float(base) ** np.arange(slices)
    return total * raw / raw.sum()


def split(weights: np.ndarray, base: int, slices: int, place: int = 0) -> np.ndarray:
    """Return slices between -1 and 1, the least significant first, shape (slices, out, in)."""
    if base == 1:
        return np.stack([weights] * slices)
    code = np.round(np.abs(weights) * (base**slices - 1))
    digits = [np.floor(code / base ** (k + place)) % base for k in range(slices)]
    return np.sign(weights) * np.stack(digits) / (base - 1)


@lru_cache(maxsize=32)
def slice_errors(serial: int) -> np.ndarray:
    """Return the MVM error of four slices in base 1, 2, 3 and 4."""
    (x,), matrix, found = given.vectors(serial), given.system(serial)[0], []
    for base in given.BASES:
        parts = split(matrix, base, given.SLICES)
        cores = [given.core(serial, given.FIRST_SLICE + k, part) for k, part in enumerate(parts)]
        counts = significances(base, given.SLICES)
        y = sum(s * core.forward(x) for s, core in zip(counts, cores, strict=True))
        found.append(mvm_error(np.asarray(y), exact(serial)))
    return np.array(found)


def refine(matrix: np.ndarray, b: np.ndarray, solve: Product, steps: int) -> np.ndarray:
    """Return all iterates of the refinement, shape (steps + 1, n), zero first."""
    x = [np.zeros_like(b)]
    for _ in range(steps):
        x.append(x[-1] + solve(b - matrix @ x[-1]))
    return np.stack(x)


def scaled(forward: Product, v: np.ndarray) -> np.ndarray:
    """Return a product whose input fills the range of the converters, whatever its size."""
    size = float(np.max(np.abs(v)))
    return size * forward(v / size) if size > 0 else np.zeros_like(forward(v))


def conjugate_gradients(multiply: Product, r: np.ndarray) -> np.ndarray:
    """Return an approximate solution of A z = r, as the notebook's solver does."""
    z, left, along = np.zeros_like(r), r.copy(), r.copy()
    for _ in range(given.MOST):
        if np.linalg.norm(left) <= given.TOLERANCE * np.linalg.norm(r):
            break
        step, before = multiply(along), left @ left
        length = before / (along @ step)
        z, left = z + length * along, left - length * step
        along = left + (left @ left) / before * along
    return z


def solve_on(multiply: Product, matrix: np.ndarray, b: np.ndarray, steps: int) -> np.ndarray:
    """Return the iterates of the refinement on a machine with that product."""

    def rough(r: np.ndarray) -> np.ndarray:
        return conjugate_gradients(lambda v: scaled(multiply, v), r)

    return refine(matrix, b, rough, steps)


def solve_old(
    multiply: Product,
    matrix: np.ndarray,
    b: np.ndarray,
    tests: np.ndarray,
    first: np.ndarray,
    steps: int,
) -> np.ndarray:
    """Return the iterates on a machine that gave ``first`` for ``tests`` when it was new."""
    gain = best_scale(multiply(tests), first)
    return solve_on(lambda v: gain * multiply(v), matrix, b, steps)


def history(serial: int, t: float = 0.0, steps: int = 30, corrected: bool = True) -> np.ndarray:
    """Return the relative residuals of a refinement on the student's machine at a time (s)."""
    matrix, b = given.system(serial)
    cores = [given.core(serial, k, matrix) for k in range(given.COPIES)]
    later, tests = [core.at(t) for core in cores], given.vectors(serial)[0][:16]

    def machine(v: np.ndarray) -> np.ndarray:
        return np.mean([core.forward(v) for core in later], axis=0)

    if t > 0 and corrected:
        first = np.mean([core.forward(tests) for core in cores], axis=0)
        found = solve_old(machine, matrix, b, tests, first, steps)
    else:
        found = solve_on(machine, matrix, b, steps)
    return np.array([relative_residual(matrix, x, b) for x in found])


def steps_needed(rate: float, wanted: float, whole: Callable[[float], float] = math.ceil) -> float:
    """Return the steps after which ``rate`` to their power is at most ``wanted``."""
    return whole(math.log(wanted) / math.log(rate))


def energy_gain(plain: int, outer: int, inner: int, ratio: float) -> float:
    """Return the energy of a digital solver over that of the refinement."""
    return plain / (outer + inner * ratio)
