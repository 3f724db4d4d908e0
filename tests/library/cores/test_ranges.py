"""The one calibration: percentiles of what matrices meet and send, and weights that fit an ADC."""

from typing import Any

import numpy as np
import pytest

import aimc
from aimc.cores import Calibration, PartialSums, full_scale, parts_of
from aimc.cores.ranges import magnitude

RNG = np.random.default_rng(6)
W, V = RNG.normal(size=(5, 8)), RNG.normal(size=(5, 3))
X, Y = RNG.normal(size=(500, 8)), RNG.normal(size=(500, 3))
TOTAL = PartialSums([parts_of(W.shape, 4, 5), parts_of(V.shape, 4, 5)])


def calibrated(
    convert: Any, percentile: float, *batches: slice, together: bool = False
) -> Calibration:
    seen = Calibration(TOTAL, ["w", "v"], percentile)
    weights = [convert(W), convert(V)]
    for rows in batches:
        inputs = [convert(X[rows]), convert(Y[rows])]

        def product(k: int, part: slice, inputs: list[Any] = inputs) -> Any:
            return inputs[k][:, part] @ weights[k][:, part].T

        seen.see(inputs, product, scales=(2.0, convert(np.full(5, 0.5))), offset=1.0)
        if not together:
            seen.end_batch()
    return seen


def libraries() -> list[Any]:
    try:
        import torch
    except ImportError:
        return [np.asarray]
    return [np.asarray, torch.as_tensor]


@pytest.mark.parametrize("convert", libraries())
def test_ranges_are_percentiles_along_one_chain(convert: Any) -> None:
    w, v = calibrated(convert, 100.0, slice(None)).ranges()
    assert w.input_range == np.abs(X).max()
    assert v.input_range == np.abs(Y).max()
    half = [X[:, part] @ W[:, part].T for part in TOTAL.input_parts[0]]
    np.testing.assert_allclose(np.asarray(w.sums), np.abs(half).max(axis=1))
    np.testing.assert_allclose(np.asarray(v.sums), np.abs(Y @ V.T).max(axis=0)[None])
    running = [2 * half[0], 2 * (half[0] + half[1]), 2 * X @ W.T + 0.5 * Y @ V.T + 1.0]
    assert w.output_range == v.output_range == pytest.approx(np.abs(running).max())


@pytest.mark.parametrize("convert", libraries())
def test_batches_are_averaged_and_of_the_calls_of_a_batch_the_largest_counts(convert: Any) -> None:
    one, two = slice(0, 200), slice(200, 500)
    both = calibrated(convert, 95.0, one, two).ranges()[0]
    alone = [calibrated(convert, 95.0, rows).ranges()[0] for rows in (one, two)]
    for name in ("input_range", "output_range", "sums"):
        mean = sum(np.asarray(getattr(each, name)) for each in alone) / 2
        np.testing.assert_allclose(np.asarray(getattr(both, name)), mean)
        calls = calibrated(convert, 95.0, one, two, together=True).ranges()[0]
        largest = np.maximum(*(np.asarray(getattr(each, name)) for each in alone))
        np.testing.assert_allclose(np.asarray(getattr(calls, name)), largest)
    share = np.mean(np.abs(X[one]) <= alone[0].input_range)
    assert share == pytest.approx(0.95, abs=1e-3)


def test_calibration_says_what_tells_nothing() -> None:
    seen = Calibration(TOTAL, ["w", "v"], 99.0, sums=False, sent=False)
    with pytest.raises(ValueError, match="w met no inputs"):
        seen.ranges()
    with pytest.raises(ValueError, match="v met inputs that are not finite"):
        seen.see([X, np.nan * Y], lambda k, part: None)
    with pytest.raises(ValueError, match=r"w met an empty one, of shape \(0, 8\)"):
        seen.see([X[:0], Y], lambda k, part: None)
    seen.see([X, 0 * Y], lambda k, part: None)
    with pytest.raises(ValueError, match=r"99.0 % of the inputs of v are zero"):
        seen.ranges()
    with pytest.raises(ValueError, match="percentile=0"):
        Calibration(TOTAL, ["w", "v"], 0)


def test_full_scale_is_the_largest_weight_or_what_the_adc_takes() -> None:
    core, w = aimc.presets.hermes(1), np.array([[0.5, -1.0], [0.25, 0.0], [0.0, 0.0]])
    np.testing.assert_allclose(full_scale(w, core), [1.0, 1.0, 1.0])
    # an output of zeros takes the smallest of the others
    np.testing.assert_allclose(full_scale(w, core, weight_range="output"), [1.0, 0.25, 0.25])
    # a cell that is fully SET and fully driven draws v_read * g_max, the ADC takes i_max
    cells = core.periphery.adc.i_max / (core.periphery.dac.v_read * core.device.g_max)
    sums = np.array([3 * cells, 0.1 * cells, 0.0])
    scale = full_scale(w, core, input_range=1.0, sums=sums, weight_range="output")
    np.testing.assert_allclose(scale, [3.0, 0.25, 0.25])
    np.testing.assert_allclose(full_scale(w, core, input_range=2.0, sums=sums), [1.5, 1.5, 1.5])
    np.testing.assert_allclose(full_scale(w, core, sums=sums), [1.0, 1.0, 1.0])
    with pytest.raises(ValueError, match="weight_range='row'"):
        full_scale(w, core, weight_range="row")


@pytest.mark.parametrize("convert", libraries())
def test_a_percentile_of_few_values_is_the_largest(convert: Any) -> None:
    few, many = RNG.normal(size=500), RNG.normal(size=50_000)
    assert magnitude(convert(few), 0.999) == np.abs(few).max()
    assert magnitude(convert(many), 0.999) == pytest.approx(np.quantile(np.abs(many), 0.999))
    assert np.mean(np.abs(many) > magnitude(convert(many), 0.999)) == pytest.approx(1e-3, rel=0.02)


@pytest.mark.parametrize("convert", libraries())
@pytest.mark.parametrize(
    ("percentile", "expected"),
    [(95.0, 95.0), (99.0, 99.0), (50.0, 50.0), (95.5, 95.5), (98.9, 98.9), (100.0, 100.0)],
)
def test_the_rank_of_a_percentile(convert: Any, percentile: float, expected: float) -> None:
    """Of the magnitudes 0 to 100 the 95th percentile is 95: so much of them is not above it."""
    magnitudes = np.random.default_rng(3).permutation(101).astype(float)
    signed = magnitudes * np.where(magnitudes % 2 == 0, 1.0, -1.0)
    assert magnitude(convert(signed), percentile / 100) == pytest.approx(expected)
    seen = Calibration(PartialSums([parts_of((1, 1), 1, 1)]), ["w"], percentile)
    x = convert(signed[:, None])
    seen.see([x], lambda k, part: 3.0 * x[:, part])
    (found,) = seen.ranges()
    assert found.input_range == pytest.approx(expected)
    np.testing.assert_allclose(np.asarray(found.sums), [[3.0 * expected]])
    assert found.output_range == pytest.approx(3.0 * expected)
