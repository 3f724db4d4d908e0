"""The PCM models agree in distribution with aihwkit's, from stored reference samples.

Three two-sample tests at fixed seeds, over five targets and five times from a second to a year:
Kolmogorov-Smirnov against raw samples, the same against the distribution functions of a million
draws, and a comparison of means and standard deviations with the same million. All bounds together
raise a false alarm for one choice of seeds in ten thousand. Against 200,000 devices of ours the
first notices a spread that is wrong by a third, the second by 3 %, the third by 1.4 % (missed once
in a hundred cases, for a normal distribution). Drift has no randomness of its own, so it is also
compared device by device.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aimc.backend import Array
from aimc.devices import pcm_2019, pcm_hermes
from aimc.devices.fits import Fit
from aimc.devices.pcm import StatisticalPCM

REFERENCE = np.load(Path(__file__).parent / "reference" / "aihwkit_pcm.npz")
DEVICES = {"pcm_2019": pcm_2019(), "pcm_hermes_1": pcm_hermes(1), "pcm_hermes_2": pcm_hermes(2)}
TARGETS, TIMES = REFERENCE["targets"], REFERENCE["times"]
DRAWS = 200_000
COMPARISONS = sum(key.endswith("/samples") for key in REFERENCE.files)
COMPARISONS += sum(key.endswith("/distribution") for key in REFERENCE.files)
COMPARISONS += sum(2 * key.endswith("/moments") for key in REFERENCE.files)
FALSE_ALARM = 1e-4 / COMPARISONS
# quantiles of Kolmogorov's and of the normal distribution at that rate (upper bounds of both)
KOLMOGOROV = math.sqrt(0.5 * math.log(2 / FALSE_ALARM))
NORMAL = math.sqrt(2 * math.log(1 / FALSE_ALARM))


@cache
def reference(key: str) -> np.ndarray:
    return REFERENCE[key].astype(np.float64)


def our_draws(device: StatisticalPCM, k: int) -> dict[str, np.ndarray]:
    """Return conductances in microsiemens and drift exponents, by the names of the reference."""
    state = device.program(np.full(DRAWS, TARGETS[k] * device.g_max), 100 + k)
    draws = {"programmed": state.g_programmed * 1e6, "drift_exponent": state.drift_exponent}
    for m, t in enumerate(TIMES):
        read, drifted = state.read(float(t), m) * 1e6, state.at(float(t)) * 1e6
        draws |= {f"read_{m}": read, f"drifted_{m}": drifted, f"noise_{m}": read - drifted}
    return draws


def sample_distance(ours: np.ndarray, key: str) -> float:
    """Return the two-sample Kolmogorov-Smirnov distance, relative to its bound."""
    theirs = np.sort(reference(key))
    # the samples are stored in half precision: round ours alike
    ours = np.sort(ours.astype(np.float16).astype(np.float64))
    both = np.concatenate([theirs, ours])
    gap = np.searchsorted(theirs, both, side="right") / len(theirs)
    gap -= np.searchsorted(ours, both, side="right") / len(ours)
    return float(np.abs(gap).max()) / (KOLMOGOROV * math.sqrt(1 / len(theirs) + 1 / len(ours)))


def distribution_distance(ours: np.ndarray, key: str, draws: float) -> float:
    """Return the same distance at the stored points, which can only be smaller."""
    points, share = reference(key)
    # points are stored in single precision: count half a unit in the last place beyond them
    below = np.searchsorted(np.sort(ours), points * (1 + 1e-6), side="right") / len(ours)
    return float(np.abs(below - share).max()) / (KOLMOGOROV * math.sqrt(1 / draws + 1 / len(ours)))


def moment_distance(ours: np.ndarray, key: str) -> float:
    """Return the larger difference of mean and standard deviation, relative to its bound."""
    draws, mean, std, kurtosis = reference(key)
    per_draw = 1 / draws + 1 / len(ours)
    off_mean = abs(ours.mean() - mean) / (std * math.sqrt(per_draw))
    off_std = abs(ours.std() / std - 1) / math.sqrt((kurtosis - 1) / 4 * per_draw)
    return max(off_mean, off_std) / NORMAL


def distances(device: StatisticalPCM, name: str, k: int) -> dict[str, float]:
    """Return every distance relative to its bound: above one is a disagreement."""
    result = {}
    for quantity, ours in our_draws(device, k).items():
        key = f"{name}/{k}/{quantity}"
        result[f"{quantity}/moments"] = moment_distance(ours, f"{key}/moments")
        if f"{key}/distribution" in REFERENCE:
            million = reference(f"{key}/moments")[0]
            found = distribution_distance(ours, f"{key}/distribution", million)
            result[f"{quantity}/distribution"] = found
        if f"{key}/samples" in REFERENCE:
            result[f"{quantity}/samples"] = sample_distance(ours, f"{key}/samples")
    return result


def test_reference_spans_five_targets_and_a_year() -> None:
    assert len(TARGETS) == len(TIMES) == 5
    assert TIMES[0] == 1.0
    assert TIMES[-1] == 365 * 86400.0
    assert COMPARISONS == 3 * 5 * (7 + 12 + 2 * 17)


@pytest.mark.parametrize("name", DEVICES)
@pytest.mark.parametrize("k", range(5))
def test_programming_drift_and_reads_agree(name: str, k: int) -> None:
    found = distances(DEVICES[name], name, k)
    assert {key: value for key, value in found.items() if value >= 1} == {}


@pytest.mark.parametrize("name", DEVICES)
@pytest.mark.parametrize("k", range(5))
def test_each_device_drifts_alike(name: str, k: int) -> None:
    programmed, exponent, *drifted = reference(f"{name}/{k}/followed")
    for t, theirs in zip(TIMES, drifted, strict=True):
        ours = programmed * DEVICES[name].drift_factor(exponent, float(t))
        np.testing.assert_allclose(ours, theirs, rtol=2e-6, atol=1e-12)


def first_with_each_change(values: Iterable[Any]) -> list[Any]:
    """Return parameters of which all but the first are tried each week only."""
    return [pytest.param(v, marks=pytest.mark.weekly if k else ()) for k, v in enumerate(values)]


@dataclass(frozen=True)
class Scaled:
    """A fit times a factor: a model that is slightly wrong."""

    fit: Fit
    factor: float

    def __call__(self, g: Array) -> Array:
        return self.factor * self.fit(g)


@pytest.mark.native("it repeats for long what other tests run there")
@pytest.mark.parametrize("name", first_with_each_change(DEVICES))
@pytest.mark.parametrize("k", first_with_each_change([1, 3]))
@pytest.mark.parametrize(
    ("field", "factor", "seen_in"),
    [
        ("programming_fit", 1.02, {"programmed"}),
        ("drift_std_fit", 1.02, {"drift_exponent"}),
        ("drift_mean_fit", 1.02, {"drift_exponent", "drifted_4"}),
        ("read_noise_fit", 1.03, {f"noise_{m}" for m in range(5)}),
    ],
)
def test_the_comparison_can_fail(
    name: str, k: int, field: str, factor: float, seen_in: set[str]
) -> None:
    """Two or three per cent on one fit are noticed, and noticed where they arise."""
    device = DEVICES[name]
    wrong = replace(device, **{field: Scaled(getattr(device, field), factor)})
    found = {key.split("/")[0] for key, value in distances(wrong, name, k).items() if value > 1}
    assert seen_in <= found
    untouched = {"programmed", "drift_exponent"} - seen_in
    assert not untouched & found


def test_raw_samples_alone_notice_a_gross_error() -> None:
    device = DEVICES["pcm_2019"]
    programmed = our_draws(device, 3)["programmed"]
    centre = TARGETS[3] * device.g_max * 1e6
    wrong = centre + 1.5 * (programmed - centre)
    assert sample_distance(wrong, "pcm_2019/3/programmed/samples") > 1
    assert sample_distance(programmed, "pcm_2019/3/programmed/samples") < 1
