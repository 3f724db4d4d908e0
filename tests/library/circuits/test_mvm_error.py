"""Measures of precision: definitions, closed forms, and the split into two parts."""

import math

import numpy as np
import pytest

from aimc.circuits import (
    best_scale,
    decompose,
    digital_mvm,
    equivalent_bits,
    mvm_error,
    random_sparse_uniform,
)

RNG = np.random.default_rng(11)
Y = RNG.standard_normal((500, 20))


def test_error_of_known_outputs() -> None:
    assert mvm_error(Y, Y) == 0.0
    assert mvm_error(1.1 * Y, Y) == pytest.approx(0.1)
    assert mvm_error(0.0 * Y, Y) == pytest.approx(1.0)
    # the same relative error in any unit
    assert mvm_error(3e-6 * (Y + 0.1), 3e-6 * Y) == pytest.approx(mvm_error(Y + 0.1, Y))
    assert mvm_error([3.0, 4.0], [3.0, 5.0]) == pytest.approx(1 / math.hypot(3, 5))


def test_best_scale_is_the_minimum() -> None:
    noisy = 0.7 * Y + 0.1 * RNG.standard_normal(Y.shape)
    best = best_scale(noisy, Y)
    assert best_scale(0.5 * Y, Y) == pytest.approx(2.0)
    for factor in (0.98 * best, 1.02 * best):
        assert mvm_error(best * noisy, Y) < mvm_error(factor * noisy, Y)
    # the smallest error is the sine of the angle between the two
    cosine = np.sum(noisy * Y) / np.linalg.norm(noisy) / np.linalg.norm(Y)
    assert mvm_error(best * noisy, Y) == pytest.approx(math.sqrt(1 - cosine**2))


def test_decomposition_finds_wrong_weights_and_noise() -> None:
    x = RNG.standard_normal((4000, 15))
    w = RNG.standard_normal((8, 15))
    wrong = w + 0.1 * RNG.standard_normal(w.shape)
    noise = 0.2 * RNG.standard_normal((4000, 8))
    exact = x @ w.T

    weights_only = decompose(x, x @ wrong.T, exact)
    assert weights_only.residual == pytest.approx(0.0, abs=1e-12)
    assert weights_only.linear == pytest.approx(weights_only.total)
    np.testing.assert_allclose(weights_only.weights, wrong, atol=1e-12)

    both = decompose(x, x @ wrong.T + noise, exact)
    assert both.total**2 == pytest.approx(both.linear**2 + both.residual**2, rel=1e-12)
    np.testing.assert_allclose(both.weights, wrong, atol=0.02)
    # least squares swallows in/n of the noise power
    expected = np.linalg.norm(noise) / np.linalg.norm(exact) * math.sqrt(1 - 15 / 4000)
    assert both.residual == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize("bits", [2, 3, 4, 5, 8])
def test_equivalent_bits_invert_the_closed_form(bits: int) -> None:
    assert equivalent_bits(0.5 / (2 ** (bits - 1) - 1)) == pytest.approx(bits)


@pytest.mark.parametrize("zeros", [0.0, 0.3, 0.8])
@pytest.mark.parametrize("bits", [3, 4, 6])
def test_closed_form_is_the_error_of_a_digital_engine(bits: int, zeros: float) -> None:
    """Rounded uniform weights: 1/(2(2^(B-1)-1)), whatever the share of zeros."""
    rng = np.random.default_rng([bits, int(100 * zeros)])
    w = random_sparse_uniform((300, 300), rng, zeros)
    x = rng.standard_normal((400, 300))
    got = mvm_error(digital_mvm(w, x, bits, io_bits=None), x @ w.T)
    assert got == pytest.approx(0.5 / (2 ** (bits - 1) - 1), rel=0.03)


def test_digital_engine_without_quantisers_is_exact() -> None:
    w, x = RNG.standard_normal((4, 6)), RNG.standard_normal((9, 6))
    np.testing.assert_allclose(digital_mvm(w, x, None, None), x @ w.T, rtol=1e-12)
    assert 0 < mvm_error(digital_mvm(w, x, None, 8), x @ w.T) < 0.02


def test_sparse_uniform_numbers() -> None:
    values = random_sparse_uniform((400, 400), 5)
    assert np.mean(values == 0) == pytest.approx(0.3, abs=0.005)
    assert np.abs(values).max() <= 1
    assert np.mean(values**2) == pytest.approx(0.7 / 3, rel=0.02)
    np.testing.assert_array_equal(values, random_sparse_uniform((400, 400), 5))
    assert not random_sparse_uniform((5, 5), 0, zeros=1.0).any()


def test_relative_error_does_not_fall_with_the_number_of_inputs() -> None:
    """Independent errors of the weights grow like the signal: both as the square root of N."""
    errors = []
    for size in (32, 128, 512):
        rng = np.random.default_rng(size)
        w = random_sparse_uniform((64, size), rng)
        x = random_sparse_uniform((300, size), rng)
        wrong = w + 0.08 * rng.standard_normal(w.shape)
        errors.append(mvm_error(x @ wrong.T, x @ w.T))
    assert max(errors) / min(errors) < 1.06


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mvm_error(Y, Y[:3]), "one shape"),
        (lambda: mvm_error(Y, 0 * Y), "y_exact is zero"),
        (lambda: mvm_error(np.full(3, np.nan), np.ones(3)), "y must be finite"),
        (lambda: best_scale(0 * Y, Y), "y is zero"),
        (lambda: equivalent_bits(0.0), "error=0.0"),
        (lambda: equivalent_bits(-1.0), "error=-1.0"),
        (lambda: digital_mvm(np.eye(3), np.eye(3), 1), "weight_bits=1"),
        (lambda: digital_mvm(np.eye(3), np.ones((2, 4)), 4), "3 entries"),
        (lambda: random_sparse_uniform((2,), 0, zeros=1.5), "zeros=1.5"),
        (lambda: decompose(np.eye(3), np.eye(3), np.eye(3)), "more vectors than inputs"),
        (lambda: decompose(Y, Y[:9], Y[:9]), r"y must have shape \(500, out\)"),
    ],
)
def test_bad_input_is_named(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_wrong_types_are_named() -> None:
    with pytest.raises(TypeError, match="weight_bits"):
        digital_mvm(np.eye(3), np.eye(3), 3.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="rng"):
        random_sparse_uniform((2,), "seed")
    with pytest.raises(TypeError, match="y must hold real numbers"):
        mvm_error(np.array([1j]), np.array([1.0]))
