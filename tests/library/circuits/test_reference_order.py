"""The forward equals aihwkit's, step by step and as a whole, from stored reference outputs.

Without noise every output agrees to 1e-5 of the full range. With noise, means and standard
deviations of 40,000 reads are compared per output, and the distribution of single reads by a
Kolmogorov-Smirnov test; all bounds together raise a false alarm for one choice of seeds in ten
thousand. The reference is made by scripts/make_aihwkit_forward_reference.py.
"""

import math
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import aimc
from aimc.circuits import ADC, DAC, Crossbar, IRDrop, Periphery, ReadNoiseFormula, mvm
from aimc.circuits.periphery import COLUMN_DRAWS

try:
    import torch
except ImportError:  # the NumPy part of this file needs no torch
    torch = None

REFERENCE = np.load(Path(__file__).parent / "reference" / "aihwkit_forward.npz")
WEIGHTS, INPUTS = REFERENCE["weights"].astype(float), REFERENCE["inputs"].astype(float)
G_FULL, V_READ = 25e-6, 0.2
UNIT = G_FULL * V_READ  # A, what a weight of one times an input of one draws
FULL_RANGE = 20.0  # of the preset's outputs, from -10 to 10
READS = int(REFERENCE["reads"])
OFF = Periphery(DAC(None, v_read=V_READ), input_range=1.0, read_noise=False)
EIGHT_BITS = replace(OFF, dac=DAC(8, v_read=V_READ))
PRESET = aimc.presets.rasch2023().periphery
EXACT = {
    "ideal": OFF,
    "input_clip": replace(OFF, input_clip=0.6),
    "abs_max": replace(EIGHT_BITS, input_range=None),
    "constant": replace(EIGHT_BITS, input_range=0.8),
    "bound_management": replace(EIGHT_BITS, adc=ADC(8, 2 * UNIT), bound_management=5),
    "dac": EIGHT_BITS,
    "ir_drop": replace(OFF, ir_drop=IRDrop()),
    "series_resistance": replace(OFF, series_resistance=0.05 / G_FULL),
    "offset": replace(OFF, offset_spread=0.1),
    "nonlinearity": replace(
        OFF, adc=ADC(None, 10 * UNIT), nonlinearity=0.4, nonlinearity_spread=0.3
    ),
    "adc": replace(OFF, adc=ADC(8, 10 * UNIT)),
    "preset": replace(PRESET, output_noise=0.0, weight_noise=None),
}
NOISY = {
    "input_noise": replace(OFF, input_noise=0.05),
    "output_noise": replace(OFF, output_noise=0.04 * UNIT),
    "output_noise_spread": replace(OFF, output_noise=0.04 * UNIT, output_noise_spread=0.3),
    "constant": replace(OFF, weight_noise=ReadNoiseFormula(0.0175, "constant")),
    "pcm_read": replace(OFF, weight_noise=ReadNoiseFormula(0.0175)),
    "preset": PRESET,
}
# aihwkit's noise comes from a list of so many numbers per tile, whose moments are off by chance
LISTED = 32768
COMPARISONS = len(NOISY) * (2 * REFERENCE["noisy/preset/moments"][0].size + 1 + 4)
FALSE_ALARM = 1e-4 / COMPARISONS
# quantiles of Kolmogorov's and of the normal distribution at that rate (upper bounds of both)
KOLMOGOROV = math.sqrt(0.5 * math.log(2 / FALSE_ALARM))
NORMAL = math.sqrt(2 * math.log(1 / FALSE_ALARM))


def draws(name: str) -> np.ndarray | None:
    """Return the normal numbers that make bit lines differ as aihwkit's did."""
    if f"drawn/{name}" not in REFERENCE:
        return None
    values, spread = REFERENCE[f"drawn/{name}"].astype(float), (EXACT | NOISY)[name]
    result = np.zeros((1, len(COLUMN_DRAWS), len(values)))
    normal = {
        "offset": lambda: values / spread.offset_spread,
        "nonlinearity": lambda: (values / 0.04 - 1) / spread.nonlinearity_spread,
        "output_noise_spread": lambda: (values / 0.04 - 1) / spread.output_noise_spread,
    }[name]()
    result[0, COLUMN_DRAWS.index(name.removesuffix("_spread"))] = normal
    return result


def crossbar(name: str, library: Any = np.asarray) -> Crossbar:
    g = library(G_FULL * WEIGHTS[None])
    return Crossbar(g, 0 * g, (1.0,), G_FULL, 1.0, columns=draws(name))


def outputs(name: str, periphery: Periphery, x: np.ndarray = INPUTS, rng: int = 0) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", aimc.RangeWarning)
        return mvm(x, crossbar(name), periphery, rng)


@pytest.mark.parametrize("name", EXACT)
def test_each_step_alone_is_that_of_the_reference(name: str) -> None:
    expected = REFERENCE[f"exact/{name}"]
    np.testing.assert_allclose(outputs(name, EXACT[name]), expected, atol=1e-5 * FULL_RANGE, rtol=0)


def test_a_core_with_the_presets_circuits_equals_the_reference() -> None:
    """The way from weights over conductances and back changes nothing."""
    preset = aimc.presets.rasch2023()
    ideal = aimc.devices.IdealDevice(g_max=preset.device.g_max)
    core = aimc.Core(ideal, periphery=EXACT["preset"], rows=512, columns=512).program(WEIGHTS)
    expected = REFERENCE["exact/preset"]
    np.testing.assert_allclose(core.forward(INPUTS), expected, atol=1e-5 * FULL_RANGE, rtol=0)


@pytest.mark.parametrize("name", [name for name in EXACT if name != "ideal"])
def test_each_step_changes_the_reference_outputs(name: str) -> None:
    """A step that did nothing in the reference would be no test of ours."""
    change = np.abs(REFERENCE[f"exact/{name}"] - REFERENCE["exact/ideal"])
    assert change.max() > 20 * 1e-5 * FULL_RANGE


@pytest.mark.torch
@pytest.mark.parametrize("name", EXACT)
def test_torch_computes_the_same(name: str) -> None:
    array = crossbar(name, lambda g: torch.from_numpy(g))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", aimc.RangeWarning)
        fast = mvm(torch.from_numpy(INPUTS), array, EXACT[name])
        followed = mvm(torch.from_numpy(INPUTS).requires_grad_(), array, EXACT[name])
    ours = outputs(name, EXACT[name])
    np.testing.assert_allclose(fast.numpy(), ours, atol=1e-9)
    np.testing.assert_allclose(followed.detach().numpy(), ours, atol=1e-9)
    followed.sum().backward()  # every step lets gradients pass


@pytest.mark.native("it repeats for long what other tests run there")
@pytest.mark.parametrize("name", NOISY)
def test_noise_has_the_distribution_of_the_reference(name: str) -> None:
    mean, std, kurtosis = REFERENCE[f"noisy/{name}/moments"].astype(float)
    repeated = np.tile(INPUTS[: len(mean)], (READS, 1))
    ours = outputs(name, NOISY[name], repeated, rng=11).reshape(READS, *mean.shape)
    listed = 1 / (LISTED * int(REFERENCE[f"noisy/{name}/tiles"]))
    per_read = 2 / READS + listed
    off_mean = np.abs(ours.mean(axis=0) - mean) / (std * math.sqrt(per_read))
    ratio = ours.std(axis=0) / std
    off_std = np.abs(ratio - 1) / np.sqrt((kurtosis - 1) / 4 * per_read)
    assert max(off_mean.max(), off_std.max()) < NORMAL
    # over all outputs together: within half a percent, or what one list allows
    together = np.sqrt((kurtosis.mean() - 1) / 4 * (2 / (READS * ratio.size) + listed))
    assert abs(ratio.mean() - 1) < NORMAL * together
    theirs = REFERENCE[f"noisy/{name}/samples"].astype(float)
    for k in range(theirs.shape[1]):
        assert distance(ours[:, 0, k], theirs[:, k]) < KOLMOGOROV


def distance(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Return the two-sample Kolmogorov-Smirnov distance, in units that do not know the sizes."""
    # quantised outputs are ties: move both to the same grid, far below a step of the converter
    ours, theirs = np.sort(np.round(ours, 5)), np.sort(np.round(theirs, 5))
    both = np.concatenate([ours, theirs])
    gap = np.searchsorted(ours, both, side="right") / len(ours)
    gap -= np.searchsorted(theirs, both, side="right") / len(theirs)
    return float(np.abs(gap).max()) / math.sqrt(1 / len(ours) + 1 / len(theirs))
