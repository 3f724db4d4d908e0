"""Controls of the chapter on more bits."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from controls import control, matrix

from aimc import presets
from aimc.circuits import mvm_error, random_sparse_uniform
from aimc.cores import Core
from aimc.devices.fits import Piecewise, Polynomial

PAGE = "4-accuracy/05-more-bits"
SIDE, COPIES = 64, np.array([1, 2, 4, 8, 16])
Product = Callable[[np.ndarray], np.ndarray]


@control(
    page=PAGE,
    claim="Copies average a little worse than with the root of their number, because they share "
    "the rounding of inputs and the mean of what programming leaves in devices in RESET.",
    without="exact inputs, and devices in RESET that conduct nothing",
    quantity="slope of the error against the number of copies, both as logarithms",
    shows=lambda with_, without: (
        np.all(with_ > without + 0.004) and np.abs(without.mean() + 0.5) < 0.012
    ),
    seeds=(101, 102, 103, 104),
)
def copies_share_a_little(weights: str, seed: int, cause: bool) -> float:
    w, x = matrix(weights, (SIDE, SIDE), seed), random_sparse_uniform((256, SIDE), rng=2)
    outputs = []
    for index in range(COPIES[-1]):
        core = presets.hermes(seed, 2, index=index, input_range=None)
        if not cause:
            core.periphery = replace(core.periphery, dac=replace(core.periphery.dac, bits=None))
            fit = Piecewise(1e-9, Polynomial((0.0,)), core.device.programming_fit)
            core.device = replace(core.device, programming_fit=fit)
        outputs.append(core.program(w).forward(x))
    errors = [mvm_error(np.mean(outputs[:n], axis=0), x @ w.T) for n in COPIES]
    return float(np.polyfit(np.log(COPIES), np.log(errors), 1)[0])


def system(condition: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a symmetric matrix with this condition number, at most 1, and a right-hand side."""
    rng = np.random.default_rng(seed)
    place = np.arange(SIDE)
    far = np.maximum(np.abs(place[:, None] - place), 1)
    signs = np.triu(rng.uniform(0.5, 1, (SIDE, SIDE)) * rng.choice([-1, 1], (SIDE, SIDE)), 1)
    a = (signs + signs.T) / far**1.5
    low, *_, high = np.linalg.eigvalsh(a)
    a += (high - condition * low) / (condition - 1) * np.eye(SIDE)
    return a / np.abs(a).max(), rng.uniform(-1, 1, SIDE)


def refined(
    a: np.ndarray, b: np.ndarray, multiply: Product, tolerance: float, combine: bool = False
) -> np.ndarray:
    """Return the relative residuals of a refinement with conjugate gradients inside.

    With `combine` each step takes that combination of all corrections which leaves the least.
    """
    x, residuals = np.zeros_like(b), [1.0]
    corrections: list[np.ndarray] = []
    while residuals[-1] > 1e-14 and len(residuals) <= 40:
        r = b - a @ x
        z, left, along = np.zeros_like(r), r.copy(), r.copy()
        for _ in range(20):
            if np.linalg.norm(left) <= tolerance * np.linalg.norm(r):
                break
            step, before = multiply(along), left @ left
            length = before / (along @ step) if along @ step else 0.0
            z, left = z + length * along, left - length * step
            along = left + (left @ left) / before * along
        if combine:
            corrections.append(z / np.linalg.norm(z))
            all_of_them = np.stack(corrections, axis=1)
            z = all_of_them @ np.linalg.lstsq(a @ all_of_them, r, rcond=None)[0]
        x = x + z
        residuals.append(float(np.linalg.norm(b - a @ x) / np.linalg.norm(b)))
    return np.array(residuals)


CONDITIONS = {"condition 3": 3.0, "condition 6": 6.0}


def cores_of(a: np.ndarray, seed: int, count: int, input_range: float | None) -> list[Core]:
    return [
        presets.hermes(seed, 2, index=k, input_range=input_range).program(a, w_max=1.0)
        for k in range(count)
    ]


@control(
    page=PAGE,
    claim="The residual has to be enlarged until it fills the range of the converters, or the loop "
    "ends where it is rounded to nothing.",
    without="a range that follows each vector",
    quantity="smallest relative residual, as a power of ten",
    shows=lambda with_, without: with_.min() > -6 and without.max() < -13.9,
    weights=tuple(CONDITIONS),
)
def small_residuals_are_rounded_away(weights: str, seed: int, cause: bool) -> float:
    a, b = system(CONDITIONS[weights], seed)
    (core,) = cores_of(a, seed, 1, 1.0 if cause else None)
    return float(np.log10(refined(a, b, core.forward, 0.1).min()))


HARDER = {"condition 30": 30.0, "condition 40": 40.0}


@control(
    page=PAGE,
    claim="One copy bears harder systems when all corrections are combined, because one that leads "
    "astray can no longer enlarge the residual.",
    without="plain refinement, which takes each correction as it comes",
    quantity="share of systems that are solved, to a relative residual below 1e-13",
    shows=lambda with_, without: with_.mean() > without.mean() + 0.25,
    weights=tuple(HARDER),
    seeds=tuple(range(101, 113)),
)
def combined_corrections_bear_harder_systems(weights: str, seed: int, cause: bool) -> float:
    a, b = system(HARDER[weights], seed)
    (core,) = cores_of(a, seed, 1, None)
    # where a loop that is not solved ends differs by decades from processor to processor
    return float(refined(a, b, core.forward, 0.1, combine=cause).min() < 1e-13)


@control(
    page=PAGE,
    claim="More reads of one copy hardly help, because most of the read noise is frozen for the "
    "time of a read-out.",
    without="read noise that is new for every vector",
    quantity="error of the mean of sixteen reads over that of one",
    shows=lambda with_, without: with_.min() > 0.92 and without.max() < with_.min() - 0.02,
)
def reads_share_the_slow_noise(weights: str, seed: int, cause: bool) -> float:
    w, x = matrix(weights, (SIDE, SIDE), seed), random_sparse_uniform((256, SIDE), rng=2)
    core = presets.hermes(seed, 2, input_range=None).program(w)
    view = core.at(0.0, noise="split" if cause else "fresh")
    reads = np.stack([view.forward(x) for _ in range(16)])
    return mvm_error(reads.mean(axis=0), x @ w.T) / mvm_error(reads[0], x @ w.T)


SLICES = 4


def in_base_2(w: np.ndarray, rest: bool) -> list[np.ndarray]:
    """Return the slices of a matrix, least significant first.

    With `rest` the last slice is no digit and holds what the others leave, so nothing is rounded.
    """
    scaled = np.abs(w) * (2**SLICES - 1)
    code = np.minimum(np.round(scaled / 2), 2 ** (SLICES - 1) - 1)
    last = scaled - 2 * code
    if not rest:
        code = np.round(scaled)
        code, last = code // 2, code % 2
    return [np.sign(w) * part for part in (last, *(code // 2**k % 2 for k in range(SLICES - 1)))]


@control(
    page=PAGE,
    claim="With weights like those of a network, base 2 errs more than base 1 only because of its "
    "rounding.",
    without="a last slice that holds the remainder as an analog value",
    quantity="error in base 2 over that in base 1, four slices each",
    shows=lambda with_, without: with_.mean() > 1.2 and without.mean() < 1.05,
    weights=("bell", "network"),
    seeds=tuple(range(101, 109)),
)
def digits_are_rounded(weights: str, seed: int, cause: bool) -> float:
    w, x = matrix(weights, (SIDE, SIDE), seed), random_sparse_uniform((256, SIDE), rng=2)
    errors = []
    for parts, base in (([w] * SLICES, 1.0), (in_base_2(w, not cause), 2.0)):
        counts = base ** np.arange(SLICES) / np.sum(base ** np.arange(SLICES))
        cores = [
            presets.hermes(seed, 2, index=k, input_range=None).program(part, w_max=1.0)
            for k, part in enumerate(parts)
        ]
        y = sum(s * core.forward(x) for s, core in zip(counts, cores, strict=True))
        errors.append(mvm_error(np.asarray(y), x @ w.T))
    return errors[1] / errors[0]


@control(
    page=PAGE,
    claim="The leading slice of weights like those of a network errs little, because most of its "
    "cells hold nothing.",
    without="a full weight of random sign in every cell that holds nothing",
    quantity="error of the outputs of the leading slice, over that of a slice with the weights",
    shows=lambda with_, without: with_.mean() < 0.75 and without.mean() > 1.4,
    weights=("bell", "network"),
    seeds=tuple(range(101, 109)),
)
def empty_cells_err_little(weights: str, seed: int, cause: bool) -> float:
    w, x = matrix(weights, (SIDE, SIDE), seed), random_sparse_uniform((256, SIDE), rng=2)
    lead = in_base_2(w, rest=False)[-1]
    if not cause:
        filled = np.random.default_rng(seed).choice([-1.0, 1.0], lead.shape)
        lead = np.where(lead == 0, filled, lead)
    errors = []
    for held in (lead, w):
        core = presets.hermes(seed, 2, input_range=None).program(held, w_max=1.0)
        errors.append(np.linalg.norm(core.forward(x) - x @ held.T))
    return float(errors[0] / errors[1])
