"""Controls of chapter 5: where the error of a multiplication is, and which remedy reaches it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from controls import control, matrix

from aimc.circuits import ADC, DAC, DifferentialPair, Periphery, best_scale, mvm_error
from aimc.cores import Core
from aimc.devices import StatisticalPCM, pcm_hermes
from aimc.devices.fits import Polynomial

PAGE = "1-concepts/05-precision"
SHAPE, DAY = (96, 96), 86400.0


def alike(device: StatisticalPCM) -> StatisticalPCM:
    """Return the device with one drift coefficient for all states."""
    return replace(device, drift_mean_fit=Polynomial((0.06,)))


def run(
    weights: str, seed: int, device: StatisticalPCM, copies: int = 1, noise: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Return outputs of a core after a day, and the exact ones."""
    w = matrix(weights, SHAPE, seed)
    x = np.random.default_rng(seed).uniform(-1, 1, (500, SHAPE[1]))
    circuits = Periphery(DAC(None), ADC(None), read_noise=noise)
    core = Core(device, DifferentialPair(copies), circuits, serial=seed).program(w)
    return np.asarray(core.at(DAY).forward(x)), x @ w.T


def error(y: np.ndarray, exact: np.ndarray) -> float:
    return mvm_error(best_scale(y, exact) * y, exact)


@control(
    page=PAGE,
    claim="One common factor cannot undo the mean drift, because it differs from state to state.",
    without="one drift coefficient for all states",
    quantity="error of the mean drift alone after a day, with the best factor, %",
    shows=lambda with_, without: with_.min() > 4 and without.max() < 0.1,
)
def mean_drift_differs_from_state_to_state(weights: str, seed: int, cause: bool) -> float:
    device = pcm_hermes(2).without("programming_noise", "drift_spread", "read_noise")
    return 100 * error(*run(weights, seed, device if cause else alike(device)))


@control(
    page=PAGE,
    claim="Copies help less than the square root after a day, because all of them share the bent "
    "line of the mean drift.",
    without="one drift coefficient for all states, whose line is straight",
    quantity="error of one cell over that of four",
    shows=lambda with_, without: with_.max() < 1.75 and without.min() > 1.85,
)
def copies_share_the_bent_line(weights: str, seed: int, cause: bool) -> float:
    device = pcm_hermes(2).without("read_noise")
    device = device if cause else alike(device)
    return error(*run(weights, seed, device)) / error(*run(weights, seed, device, copies=4))


@control(
    page=PAGE,
    claim="The best factor lies below the one that restores the signal, because outputs that are "
    "a little too small have a little less noise.",
    without="devices that are programmed and read without noise and drift alike",
    quantity="factor that restores the size of the signal over the best one, minus one, %",
    shows=lambda with_, without: with_.min() > 0.3 and np.abs(without).max() < 0.01,
)
def noise_lowers_the_best_factor(weights: str, seed: int, cause: bool) -> float:
    device = pcm_hermes(1)
    if not cause:
        device = alike(device.without("programming_noise", "drift_spread", "read_noise"))
    y, exact = run(weights, seed, device, noise=cause)
    signal = np.sum(exact * exact) / np.sum(y * exact)
    return 100 * float(signal / best_scale(y, exact) - 1)


@control(
    page=PAGE,
    claim="The squares predict too much after a day, because drift acts on what was programmed, "
    "errors included.",
    without="drift with one coefficient for all states, which errors do not change",
    quantity="root of the squares of programming and mean drift over the error of both, minus 1, %",
    shows=lambda with_, without: with_.min() > 1.5 and np.abs(without).max() < 0.8,
)
def drift_acts_on_what_was_programmed(weights: str, seed: int, cause: bool) -> float:
    both = pcm_hermes(2).without("drift_spread", "read_noise")
    both = both if cause else alike(both)
    alone = [error(*run(weights, seed, both.without(e))) for e in ("drift", "programming_noise")]
    return 100 * float(np.hypot(*alone) / error(*run(weights, seed, both)) - 1)


@control(
    page=PAGE,
    claim="Most of the read noise looks like wrong weights, because it hardly changes during a "
    "test.",
    without="noise that is drawn anew for each vector",
    quantity="share of the power of the read noise that the best matrix does not explain",
    shows=lambda with_, without: with_.max() < 0.25 and without.min() > 0.85,
)
def slow_noise_looks_like_wrong_weights(weights: str, seed: int, cause: bool) -> float:
    count, inputs = 64, 16
    w = matrix(weights, (32, inputs), seed)
    x = np.random.default_rng(seed).uniform(-1, 1, (count, inputs))
    circuits = Periphery(DAC(None), ADC(None))
    core = Core(pcm_hermes(2), DifferentialPair(), circuits, serial=seed).program(w)
    noise = core.read_noise()
    y = np.concatenate(
        [
            core.at(520e-9 * k, noise=noise if cause else core.read_noise(rng=k)).forward(
                x[k : k + 1]
            )
            for k in range(count)
        ]
    )
    silent = x @ core.at(0.0).weights().T
    left = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    lost = 1 - inputs / count  # a fit absorbs the rest of what is new in each vector
    return float(np.sum(left**2) / np.sum((y - silent) ** 2) / lost)


@control(
    page=PAGE,
    claim="Reads in a row do not average, because they meet nearly the same noise.",
    without="noise that is drawn anew for each read",
    quantity="error from read noise of sixteen reads over that of one",
    shows=lambda with_, without: with_.min() > 0.9 and without.max() < 0.35,
)
def reads_in_a_row_meet_the_same_noise(weights: str, seed: int, cause: bool) -> float:
    w = matrix(weights, (32, 32), seed)
    x = np.random.default_rng(seed).uniform(-1, 1, (50, 32))
    circuits = Periphery(DAC(None), ADC(None))
    core = Core(pcm_hermes(2), DifferentialPair(), circuits, serial=seed).program(w)
    silent, noise = x @ core.at(DAY).weights().T, core.read_noise()
    y = np.stack(
        [
            core.at(DAY + 520e-9 * k, noise=noise if cause else core.read_noise(rng=k)).forward(x)
            for k in range(16)
        ]
    )
    return mvm_error(y.mean(axis=0), silent) / mvm_error(y[0], silent)
