"""Signals of ten classes: the same everywhere, and what the noise and the shapes do."""

import numpy as np
import pytest

from aimc.datasets import mnist1d


def test_the_same_arguments_give_the_same_signals() -> None:
    one, two, other = mnist1d(200, 50), mnist1d(200, 50), mnist1d(200, 50, seed=1)
    np.testing.assert_array_equal(one.x_train, two.x_train)
    assert one.sha256 == two.sha256 != other.sha256
    # on every machine: the first signals of the usual set
    assert mnist1d().sha256 == "23c0a4f8ee995f1239b5037a4f40354848e5daaaa4ee2c715dbfe35796ec2598"


def test_shapes_classes_and_scale() -> None:
    data = mnist1d(300, 100)
    assert (data.x_train.shape, data.x_test.shape) == ((300, 40), (100, 40))
    assert data.x_train.dtype == np.float32
    assert np.bincount(data.y_train).tolist() == [30] * 10
    np.testing.assert_allclose(data.x_train.mean(axis=1), 0, atol=1e-5)
    np.testing.assert_allclose(data.x_train.std(axis=1), 1, rtol=1e-4)
    assert not np.isin(data.x_test[:, 0], data.x_train[:, 0]).all()


def _slide(x: np.ndarray) -> np.ndarray:
    """Return features that do not depend on the place: sizes of the frequencies."""
    return np.abs(np.fft.rfft(x, axis=1))


def _share(train: np.ndarray, test: np.ndarray, y: np.ndarray, truth: np.ndarray) -> float:
    distance = ((test[:, None] - train) ** 2).sum(axis=2)
    return float((y[distance.argmin(axis=1)] == truth).mean())


def test_noise_makes_it_harder_and_place_does_not_help() -> None:
    quiet, loud = mnist1d(1000, 300, noise=0.0), mnist1d(1000, 300, noise=2.0)
    shares = [
        _share(_slide(d.x_train), _slide(d.x_test), d.y_train, d.y_test) for d in (quiet, loud)
    ]
    assert shares[0] > shares[1] + 0.2
    # a plane through the raw numbers does badly: the curve may be anywhere
    data = mnist1d(2000, 500)
    wanted = np.eye(10)[data.y_train]
    plane = np.linalg.lstsq(data.x_train, wanted, rcond=None)[0]
    linear = float(((data.x_test @ plane).argmax(axis=1) == data.y_test).mean())
    assert 0.12 < linear < 0.4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"train": 0}, "train=0 is not allowed"),
        ({"test": 1.5}, "test must be an integer"),
        ({"noise": -1.0}, r"noise=-1.0 is not allowed"),
        ({"seed": -1}, "seed=-1 is not allowed"),
    ],
)
def test_bad_input_is_told(arguments: dict[str, float], message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        mnist1d(**arguments)  # type: ignore[arg-type]
