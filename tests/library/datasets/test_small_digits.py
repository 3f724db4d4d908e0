"""The shipped digits: contents, checksum, bad input."""

from pathlib import Path

import numpy as np
import pytest

from aimc import datasets
from aimc.datasets import files


def test_the_digits_are_those_of_the_source() -> None:
    data = datasets.digits()
    assert data.x_train.shape == (1347, 8, 8)
    assert data.x_test.shape == (450, 8, 8)
    assert data.x_train.max() == data.x_test.max() == 16
    # the source: 1,797 images, 174 to 183 of each class
    counts = np.bincount(np.concatenate([data.y_train, data.y_test]))
    assert counts.sum() == 1797
    assert counts.tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert np.bincount(data.y_test).min() > 30
    assert data.classes[7] == "7"


def test_nearest_neighbours_read_most_of_them() -> None:
    data = datasets.digits()
    x, known = (datasets.digit_inputs(a) for a in (data.x_test, data.x_train))
    distance = ((x[:, None] - known) ** 2).sum(axis=2)
    right = data.y_train[distance.argmin(axis=1)] == data.y_test
    assert right.mean() > 0.97


def test_inputs_lie_between_0_and_1() -> None:
    x = datasets.digit_inputs(datasets.digits().x_test)
    assert (x.min(), x.max(), x.shape, x.dtype) == (0.0, 1.0, (450, 64), np.float32)
    with pytest.raises(ValueError, match=r"shape \(n, 8, 8\), got \(450, 64\)"):
        datasets.digit_inputs(x.astype(np.uint8))
    with pytest.raises(TypeError, match="uint8 NumPy array"):
        datasets.digit_inputs(x)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="between 0 and 16, got 255"):
        datasets.digit_inputs(np.full((1, 8, 8), 255, np.uint8))


def test_a_damaged_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "SHIPPED_FOLDER", tmp_path)
    np.savez(tmp_path / "digits_8x8.npz", images=np.zeros((3, 8, 8), np.uint8), labels=np.zeros(3))
    with pytest.raises(datasets.ChecksumError, match="reinstall"):
        datasets.digits()
    np.savez(tmp_path / "digits_8x8.npz", images=np.zeros(3))
    with pytest.raises(datasets.ChecksumError, match="damaged"):
        datasets.digits()
