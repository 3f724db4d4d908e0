"""The stored results of random features, and a part of them computed again."""

import measure_kernels
import numpy as np
import pytest

from aimc_course.studies import results


def stored(kind: str, kernel: str) -> np.ndarray:
    """Return results, shape (methods, counts, chips, 2): floating point, then the chip."""
    return np.array(
        [list(rows.values()) for rows in results.stored("kernels_on_cores")[kind][kernel].values()]
    )


def attention(spread: str) -> np.ndarray:
    """Return the errors with orthogonal directions, shape (counts, drawings, 2)."""
    return np.array(list(results.stored("kernels_on_cores")["attention"]["orf"][spread].values()))


@pytest.mark.parametrize(
    ("kind", "keys", "call"),
    [
        ("accuracy", ("arccos0", "orf", "64"), ("accuracies", "arccos0", "orf", 64)),
        ("kernel_error", ("rbf", "sorf", "128"), ("kernel_errors", "rbf", "sorf", 128)),
        ("attention", ("rff", "0.5", "64"), ("attention_errors", "rff", 0.5, 64)),
    ],
)
def test_a_stored_result_is_computed_again(kind: str, keys: tuple, call: tuple) -> None:
    name, *arguments = call
    rows = results.stored("kernels_on_cores")[kind]
    for key in keys:
        rows = rows[key]
    again = getattr(measure_kernels, name)(*arguments, 1)
    # An image of 450 that changes sides is 0.22 points.
    tolerance = 0.23 if kind == "accuracy" else 1e-3
    np.testing.assert_allclose(again, rows[1], atol=tolerance)


@pytest.mark.parametrize("kernel", ["rbf", "arccos0"])
def test_chips_lose_less_than_a_point_on_average(kernel: str) -> None:
    accuracy = stored("accuracy", kernel)
    drop = accuracy[..., 0] - accuracy[..., 1]
    assert 0.0 < drop.mean() < 1.0
    assert drop[:, -1].mean() < drop[:, 0].mean()  # with many features less than with few


def test_devices_add_less_than_sampling() -> None:
    for kernel in ("rbf", "arccos0"):
        errors = np.sqrt(np.mean(stored("kernel_error", kernel) ** 2, axis=2))
        assert (errors[..., 1] < 1.1 * errors[..., 0]).all()


def test_linear_attention_serves_short_vectors_only() -> None:
    short, middle, long = (np.median(attention(s), axis=1)[..., 0] for s in ("0.25", "0.5", "1.0"))
    assert short[0] / short[-1] == pytest.approx(4.0, rel=0.2)  # 64 to 1024 directions
    assert short[-1] < 0.05 < 0.15 < middle[-1]
    assert (long > 1.0).all()  # worse than to answer nothing
    assert long[-1] > 0.7 * long[0]
