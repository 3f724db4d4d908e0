"""The spoken words: contents, checksum, voices that nobody has heard, bad input."""

from pathlib import Path

import numpy as np
import pytest

from aimc import datasets
from aimc.datasets import files


def test_the_words_are_shared_out_evenly() -> None:
    data = datasets.keywords()
    assert data.x_train.shape == (880, 26, 33)
    assert data.x_test.shape == (240, 26, 33)
    assert np.bincount(data.y_train).tolist() == [88] * 10
    assert np.bincount(data.y_test).tolist() == [24] * 10
    assert data.classes[0] == "yes"
    # each patch has its loudest band at the top of the range
    assert (data.x_train.max(axis=(1, 2)) == 255).all()


def test_words_are_told_apart_across_voices() -> None:
    data = datasets.keywords()
    # loudness of each band in the loud part of a word: no learning, no place in time
    features = []
    for patches in (data.x_train, data.x_test):
        x = datasets.keyword_inputs(patches)
        level = np.sort(x, axis=1)[:, -10:]
        level = level - level.mean(axis=(1, 2), keepdims=True)
        features.append(level.reshape(len(x), -1))
    distance = ((features[1][:, None] - features[0]) ** 2).sum(axis=2)
    right = data.y_train[distance.argmin(axis=1)] == data.y_test
    assert right.mean() > 0.3  # guessing: 0.1


def test_inputs_are_sequences() -> None:
    data = datasets.keywords()
    x = datasets.keyword_inputs(data.x_test)
    assert (x.shape, x.dtype, x.max()) == ((240, 33, 26), np.float32, 1.0)
    assert x[3, 20, 5] == np.float32(data.x_test[3, 5, 20]) / np.float32(255)
    with pytest.raises(ValueError, match=r"shape \(n, 26, 33\), got \(240, 33, 26\)"):
        datasets.keyword_inputs(x.astype(np.uint8))
    with pytest.raises(TypeError, match="uint8 NumPy array"):
        datasets.keyword_inputs(x)  # type: ignore[arg-type]


def test_a_damaged_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "SHIPPED_FOLDER", tmp_path)
    some = np.zeros((3, 26, 33), np.uint8)
    np.savez(tmp_path / "keywords.npz", patches=some, labels=some[:, 0, 0], voices=some[:, 0, 0])
    with pytest.raises(datasets.ChecksumError, match="reinstall"):
        datasets.keywords()
    np.savez(tmp_path / "keywords.npz", patches=some)
    with pytest.raises(datasets.ChecksumError, match="damaged"):
        datasets.keywords()
