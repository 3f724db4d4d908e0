"""The PCM models agree in distribution with aihwkit's, from stored reference distributions.

One-sample Kolmogorov-Smirnov tests at fixed seeds. The bound is the 1e-4 quantile of the statistic
plus the uncertainty of the reference itself, which was drawn from 400,000 samples.
"""

from pathlib import Path

import numpy as np
import pytest

from aimc.devices import pcm_2019, pcm_hermes

REFERENCE = np.load(Path(__file__).parent / "reference" / "aihwkit_pcm.npz")
DEVICES = {"pcm_2019": pcm_2019(), "pcm_hermes_1": pcm_hermes(1), "pcm_hermes_2": pcm_hermes(2)}
SAMPLES = 40_000
BOUND = 2.225 / np.sqrt(SAMPLES) + 2.225 / np.sqrt(400_000)


def distance(samples: np.ndarray, key: str) -> float:
    points, share = REFERENCE[key].astype(np.float64)
    # one part in 1e6 covers the reference's storage in single precision
    ours = np.searchsorted(np.sort(samples), points * (1 + 1e-6), side="right") / len(samples)
    return float(np.abs(ours - share).max())


@pytest.mark.parametrize("name", DEVICES)
@pytest.mark.parametrize("k", range(5))
def test_programming_drift_and_reads_agree(name: str, k: int) -> None:
    device = DEVICES[name]
    target = np.full(SAMPLES, REFERENCE["targets"][k] * device.g_max)
    state = device.program(target, 100 + k)
    assert distance(state.g_programmed * 1e6, f"{name}/{k}/programmed") < BOUND
    assert distance(state.drift_exponent, f"{name}/{k}/drift_exponent") < BOUND
    for m, t in enumerate(REFERENCE["times"]):
        assert distance(state.read(float(t), m) * 1e6, f"{name}/{k}/read_{m}") < BOUND


def test_the_comparison_can_fail() -> None:
    """A spread that is 8 % too large would be noticed."""
    device = pcm_2019()
    state = device.program(np.full(SAMPLES, 0.6 * device.g_max), 7)
    wrong = state.g_target + 1.08 * (state.g_programmed - state.g_target)
    assert distance(wrong * 1e6, "pcm_2019/3/programmed") > BOUND
