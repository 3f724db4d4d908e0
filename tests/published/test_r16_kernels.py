"""R16: kernel features from a chip classify nearly as well as those in floating point.

Digits of 8 x 8 pixels stand in for the six data sets of the paper; ridges are fitted to features in
floating point, and tested on features of both. Means over four chips and three ways to draw
directions; 450 test images, so that one image is 0.2 points of one accuracy and 0.02 of a mean.
"""

from functools import cache

import numpy as np
import pytest

from aimc import presets
from aimc.datasets import digit_inputs, digits
from aimc.kernel_approximation import (
    METHODS,
    CoreProjection,
    ExactFeatures,
    KernelFeatures,
    Projection,
    RidgeClassifier,
    directions,
    exact_kernel,
)
from aimc.published import fact, targets

pytestmark = pytest.mark.native("it repeats for long what other tests run there")

COUNTS = (16, 64, 256)
KERNELS = ("rbf", "arccos0")
SERIALS = (0, 1, 2, 3)
WIDTH = 2.0


@cache
def samples() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return centred images to learn from and to be tested on, each with labels."""
    data = digits()
    x_train, x_test = (digit_inputs(x).astype(float) for x in (data.x_train, data.x_test))
    mean = x_train.mean(axis=0)
    return x_train - mean, data.y_train, x_test - mean, data.y_test


@cache
def accuracies(kernel: str, count: int) -> np.ndarray:
    """Return accuracies in points, shape (methods, serials, 2): floating point, then the chip."""
    x_train, y_train, x_test, y_test = samples()
    found = np.zeros((len(METHODS), len(SERIALS), 2))
    for i, method in enumerate(METHODS):
        for j, serial in enumerate(SERIALS):
            matrix = directions(method, count, 64, np.random.default_rng([16, serial, count]))
            exact = KernelFeatures(kernel, Projection(matrix), width=WIDTH)
            chip = CoreProjection(matrix, lambda k, s=serial: presets.hermes(s, index=k), reach=1.0)
            noisy = KernelFeatures(kernel, chip, width=WIDTH)
            model = RidgeClassifier(exact(x_train), y_train)
            found[i, j] = [100 * model.accuracy(z(x_test), y_test) for z in (exact, noisy)]
    return found


@cache
def exact_accuracy(kernel: str) -> float:
    x_train, y_train, x_test, y_test = samples()
    features = ExactFeatures(kernel, x_train, width=WIDTH)
    return 100 * RidgeClassifier(features(x_train), y_train).accuracy(features(x_test), y_test)


@cache
def kernel_error(kernel: str, method: str, count: int, on_chip: bool = False) -> float:
    """Return the root mean square error of the kernel between 120 images, over ten drawings."""
    x = samples()[0][:120]
    true = exact_kernel(kernel, x, x, width=WIDTH)
    squares = []
    for seed in range(10):
        matrix = directions(method, count, 64, np.random.default_rng([61, seed]))
        if on_chip:
            plan: Projection = CoreProjection(
                matrix, lambda k, s=seed: presets.hermes(s, index=k), reach=1.0
            )
        else:
            plan = Projection(matrix)
        z = KernelFeatures(kernel, plan, width=WIDTH)(x)
        squares.append(np.mean((z @ z.T - true)[~np.eye(len(x), dtype=bool)] ** 2))
    return float(np.sqrt(np.mean(squares)))


def test_the_target_names_the_numbers() -> None:
    target = next(each for each in targets() if each.id == "R16")
    assert list(target.numbers) == [0.22, 0.48]
    assert list(fact("E020").numbers) == [0.22, 0.48]


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_chip_loses_less_than_a_point_on_average(kernel: str) -> None:
    both = np.stack([accuracies(kernel, count) for count in COUNTS])
    drop = both[..., 0] - both[..., 1]
    assert -0.5 < drop.mean() < 1.0
    assert (drop != 0).any()  # a chip did take part


@pytest.mark.parametrize("kernel", KERNELS)
def test_accuracy_grows_towards_that_of_the_kernel(kernel: str) -> None:
    chip = [accuracies(kernel, count)[..., 1].mean() for count in COUNTS]
    assert chip[0] + 3 < chip[1]
    assert chip[1] + 1 < chip[2]
    assert chip[2] < exact_accuracy(kernel) + 0.5
    assert chip[2] == pytest.approx(exact_accuracy(kernel), abs=1 if kernel == "rbf" else 4)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("method", METHODS)
def test_the_error_of_the_kernel_falls_as_one_over_root_of_the_features(
    kernel: str, method: str
) -> None:
    # Whole blocks of 64 are drawn anew: four times as many directions halve the error.
    ratio = kernel_error(kernel, method, 128) / kernel_error(kernel, method, 512)
    assert ratio == pytest.approx(2.0, rel=0.15)


def test_orthogonal_directions_err_less() -> None:
    for count in (64, 128):
        independent = kernel_error("rbf", "rff", count)
        assert kernel_error("rbf", "orf", count) < 0.95 * independent
        assert kernel_error("rbf", "sorf", count) < 0.95 * independent


@pytest.mark.parametrize("kernel", KERNELS)
def test_devices_add_little_to_the_error_of_sampling(kernel: str) -> None:
    assert kernel_error(kernel, "orf", 128, on_chip=True) < 1.5 * kernel_error(kernel, "orf", 128)
