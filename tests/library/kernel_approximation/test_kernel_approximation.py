"""Random features: what they converge to, what learns on them, and what is refused."""

import numpy as np
import pytest

from aimc import presets
from aimc.kernel_approximation import (
    KERNELS,
    METHODS,
    CoreProjection,
    ExactFeatures,
    KernelFeatures,
    PositiveFeatures,
    Projection,
    Ridge,
    RidgeClassifier,
    attention_workload,
    directions,
    exact_kernel,
    feature_count,
    kernel_workload,
    linear_attention,
    softmax_attention,
)


def source(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("method", METHODS)
def test_rows_have_the_mean_square_length_of_normal_rows(method: str) -> None:
    rows = directions(method, 4000, 12, source())
    assert rows.shape == (4000, 12)
    # Relative standard error of the mean: sqrt(2 / 12 / 4000) = 0.65 %; five of them.
    assert np.mean(np.sum(rows**2, axis=1)) == pytest.approx(12, rel=0.033)


def test_structured_rows_have_one_length_and_are_orthogonal() -> None:
    rows = directions("sorf", 16, 16, source())
    np.testing.assert_allclose(rows @ rows.T, 16 * np.eye(16), atol=1e-12)


def test_directions_repeat_with_their_generator() -> None:
    np.testing.assert_array_equal(
        directions("orf", 5, 3, source(4)), directions("orf", 5, 3, source(4))
    )


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("method", METHODS)
def test_features_approach_the_kernel(kernel: str, method: str) -> None:
    x = source(2).normal(0.0, 0.5, (10, 16))
    features = KernelFeatures(kernel, Projection(directions(method, 8192, 16, source())), width=2.0)
    z = features(x)
    assert z.shape == (10, feature_count(kernel, 8192))
    true = exact_kernel(kernel, x, x, width=2.0)
    # Standard error about 1 / sqrt(8192) of the largest value; four of them.
    np.testing.assert_allclose(z @ z.T, true, atol=0.045 * true.max())


def test_a_core_without_faults_changes_nothing() -> None:
    matrix, x = directions("rff", 300, 4, source()), source(2).normal(size=(5, 4))
    on_core = CoreProjection(matrix, lambda k: presets.ideal(index=k), reach=3.0)
    assert len(on_core.cores.cores) == 2
    np.testing.assert_allclose(on_core.project(x), Projection(matrix).project(x), atol=1e-9)


def test_a_chip_changes_the_products_a_little() -> None:
    matrix, x = directions("rff", 64, 64, source()), source(2).uniform(-1, 1, (200, 64))
    chip = CoreProjection(matrix, lambda k: presets.hermes(7, index=k), reach=1.0)
    exact = Projection(matrix).project(x)
    error = np.linalg.norm(chip.project(x) - exact) / np.linalg.norm(exact)
    assert 0.01 < error < 0.2


def test_left_out_errors_are_those_of_leaving_out() -> None:
    z, y = source(3).normal(size=(12, 4)), source(4).normal(size=(12, 2))
    kept = np.arange(12)
    errors = [
        (Ridge(z[kept != i], y[kept != i], penalties=(0.7,)).predict(z[[i]]) - y[i]) ** 2
        for i in range(12)
    ]
    assert Ridge(z, y, penalties=(0.7,)).errors[0] == pytest.approx(np.mean(errors), rel=1e-9)


def test_the_penalty_with_the_least_error_is_chosen() -> None:
    z = source(3).normal(size=(60, 40))
    noisy = Ridge(z, source(4).normal(size=60), penalties=(1e-6, 1.0, 1e4))
    clean = Ridge(z, z[:, 0], penalties=(1e-6, 1.0, 1e4))
    assert (clean.penalty, noisy.penalty) == (1e-6, 1e4)


def test_exact_features_separate_two_rings() -> None:
    angle = source(5).uniform(0, 2 * np.pi, 200)
    ring = np.arange(200) % 2
    x = (1.0 + ring)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    features = ExactFeatures("rbf", x[:100], width=0.7)
    model = RidgeClassifier(features(x[:100]), ring[:100])
    assert model.accuracy(features(x[100:]), ring[100:]) == 1.0
    assert RidgeClassifier(x[:100], ring[:100]).accuracy(x[100:], ring[100:]) < 0.7


def test_classes_may_have_names() -> None:
    x, names = np.arange(4.0)[:, None] - 1.5, np.array(["cat", "cat", "dog", "dog"])
    model = RidgeClassifier(x, names)
    assert model.predict(np.array([[-3.0], [3.0]])).tolist() == ["cat", "dog"]
    assert model.accuracy(x, names) == 1.0


def attention_error(count: int, on_chip: bool = False, drawings: int = 60) -> float:
    """Return the root mean square error of attention over many drawings."""
    # Short vectors: the exponential of long ones has tails that few directions do not show.
    q, k = source(6).normal(0, 0.25, (20, 16)), source(7).normal(0, 0.25, (30, 16))
    v = source(8).normal(size=(30, 5))
    exact, squares = softmax_attention(q, k, v), []
    for seed in range(drawings):
        matrix = directions("orf", count, 16, source(seed))
        plan = Projection(matrix)
        if on_chip:
            plan = CoreProjection(matrix, lambda i, s=seed: presets.hermes(s, index=i), reach=1.5)
        found = linear_attention(q, k, v, PositiveFeatures(plan))
        squares.append(np.mean((found - exact) ** 2))
    return float(np.sqrt(np.mean(squares)))


def test_linear_attention_approaches_softmax() -> None:
    assert attention_error(128) / attention_error(2048) == pytest.approx(4.0, rel=0.2)
    assert attention_error(128, on_chip=True) < 2 * attention_error(128)


def test_linear_attention_does_not_overflow() -> None:
    q = np.full((2, 4), 60.0)
    features = PositiveFeatures(Projection(directions("orf", 8, 4, source())))
    assert np.isfinite(linear_attention(q, q, np.ones((2, 1)), features)).all()


def test_linear_attention_has_no_denominator_of_zero() -> None:
    q, k = 1000.0 * source(2).standard_normal((2, 5, 16))
    v = source(3).standard_normal((5, 2))
    projection = Projection(directions("orf", 64, 16, source()))
    found = linear_attention(q, k, v, PositiveFeatures(projection))
    # one pair of exponents after the other, in logarithms
    features = PositiveFeatures(projection)
    sums = features.exponents(q)[:, None, :] + features.exponents(k)
    scores = np.logaddexp.reduce(sums, axis=2)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    expected = weights @ v / weights.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def test_workload_counts() -> None:
    assert kernel_workload("arccos0", 100, 50, 1).share == pytest.approx(10000 / 10300)
    assert attention_workload(64, 32, 32).on_core == 4 * 64 * 32


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: directions("fourier", 2, 2, source()), "method='fourier'"),
        (lambda: directions("rff", 0, 2, source()), "count=0"),
        (lambda: exact_kernel("rbf", np.ones((2, 2)), np.ones((2, 3))), "y must have 2 entries"),
        (lambda: exact_kernel("arccos0", np.zeros((1, 2)), np.ones((1, 2))), "zero vectors"),
        (lambda: KernelFeatures("poly", Projection(np.eye(2))), "kernel='poly'"),
        (lambda: KernelFeatures("rbf", Projection(np.eye(2)), width=0.0), "width=0.0"),
        (lambda: CoreProjection(np.eye(2), lambda k: presets.ideal(), reach=-1.0), "reach=-1.0"),
        (lambda: Projection(np.eye(2)).project(np.ones((1, 3))), "x must have 2 entries"),
        (lambda: Ridge(np.ones((3, 1)), np.ones(2)), "same samples"),
        (lambda: Ridge(np.eye(3), np.ones(3), penalties=()), "penalties is empty"),
        (lambda: Ridge(np.eye(3), np.ones(3), penalties=(0.0,)), "penalties=0.0"),
        (lambda: RidgeClassifier(np.eye(3), np.ones(3)), "two classes"),
        (lambda: softmax_attention(np.eye(2), np.eye(2), np.eye(3)), "one row per key"),
    ],
)
def test_bad_input_is_named(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_a_matrix_is_not_taken_for_a_projection() -> None:
    with pytest.raises(TypeError, match="projection must be a Projection"):
        KernelFeatures("rbf", np.eye(2))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="projection must be a Projection"):
        PositiveFeatures(np.eye(2))  # type: ignore[arg-type]
