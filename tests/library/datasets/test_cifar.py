"""CIFAR-10 is found, checked and read, or the message says how to get it. No network is used."""

from __future__ import annotations

import hashlib
import io
import tarfile
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aimc import datasets
from aimc.datasets import cifar

pytestmark = pytest.mark.native("in a browser the library downloads nothing")

PER_FILE = 4


def archive(names: tuple[str, ...] = cifar.TRAIN_FILES + cifar.TEST_FILES, cut: int = 0) -> bytes:
    """Return a small archive of the same build: four images in each file."""
    buffer = io.BytesIO()
    rng = np.random.default_rng(0)
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name in names:
            records = rng.integers(0, 256, (PER_FILE, cifar.RECORD), dtype=np.uint8)
            records[:, 0] = np.arange(PER_FILE)
            raw = records.tobytes()[: len(records.tobytes()) - cut]
            info = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            info.size = len(raw)
            tar.addfile(info, io.BytesIO(raw))
    return buffer.getvalue()


@pytest.fixture
def packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Move the cache below ``tmp_path`` and expect the small archive."""
    raw = archive()
    monkeypatch.setattr(cifar, "ARCHIVE_SHA256", hashlib.sha256(raw).hexdigest())
    monkeypatch.setattr(cifar, "CACHE_FOLDER", str(tmp_path / "cache"))
    monkeypatch.delenv("AIMC_DATA", raising=False)
    monkeypatch.delenv("AIMC_OFFLINE", raising=False)
    return raw


def answers(monkeypatch: pytest.MonkeyPatch, raw: bytes | Exception) -> list[str]:
    asked: list[str] = []

    def urlopen(address: str, **_: Any) -> io.BytesIO:
        asked.append(address)
        if isinstance(raw, Exception):
            raise raw
        return io.BytesIO(raw)

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    return asked


def test_an_archive_in_a_folder_is_read(tmp_path: Path, packed: bytes) -> None:
    (tmp_path / cifar.ARCHIVE).write_bytes(packed)
    data = datasets.cifar10(folder=tmp_path, allow_download=False)
    assert data.x_train.shape == (5 * PER_FILE, 3, 32, 32)
    assert data.x_test.shape == (PER_FILE, 3, 32, 32)
    assert data.y_test.tolist() == [0, 1, 2, 3]
    # the first image of the test file, byte by byte
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        file = tar.extractfile("cifar-10-batches-bin/test_batch.bin")
        assert file is not None
        raw = np.frombuffer(file.read(), np.uint8)
    np.testing.assert_array_equal(data.x_test[0].ravel(), raw[1 : cifar.RECORD])
    assert data.classes[data.y_test[3]] == "cat"


def test_it_is_fetched_once(tmp_path: Path, packed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answers(monkeypatch, packed)
    first = datasets.cifar10()
    assert "downloaded" in first.source
    assert datasets.cifar10().sha256 == first.sha256
    assert asked == [cifar.ADDRESS]
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [cifar.ARCHIVE]


def test_the_variable_names_another_folder(
    tmp_path: Path, packed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / cifar.ARCHIVE).write_bytes(packed)
    monkeypatch.setenv("AIMC_DATA", str(mine))
    assert datasets.cifar10().source == str(mine / cifar.ARCHIVE)


def test_without_a_network_the_message_says_what_to_do(
    packed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, OSError("no route to host"))
    with pytest.raises(datasets.DataUnavailableError) as error:
        datasets.cifar10()
    for part in ("170 MB", "no such file", "no route to host", cifar.ADDRESS, "coloured"):
        assert part in str(error.value)
    asked = answers(monkeypatch, packed)
    monkeypatch.setenv("AIMC_OFFLINE", "1")
    with pytest.raises(datasets.DataUnavailableError, match="switched off"):
        datasets.cifar10()
    assert not asked


def test_damaged_bytes_are_never_kept(
    tmp_path: Path, packed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, packed[:-9])
    with pytest.raises(datasets.DataUnavailableError, match="damaged or is another file: not kept"):
        datasets.cifar10()
    assert not list((tmp_path / "cache").iterdir())
    (tmp_path / "cache" / cifar.ARCHIVE).write_bytes(packed[:-9])
    with pytest.raises(datasets.ChecksumError, match="remove it, and it is fetched anew"):
        datasets.cifar10()


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (archive(cifar.TRAIN_FILES), "holds no test_batch.bin"),
        (archive(cut=5), "does not hold whole images"),
    ],
    ids=["a file is missing", "an image is cut"],
)
def test_an_archive_of_another_build_is_told(
    tmp_path: Path, packed: bytes, monkeypatch: pytest.MonkeyPatch, raw: bytes, message: str
) -> None:
    monkeypatch.setattr(cifar, "ARCHIVE_SHA256", hashlib.sha256(raw).hexdigest())
    (tmp_path / cifar.ARCHIVE).write_bytes(raw)
    with pytest.raises(datasets.ChecksumError, match=message):
        datasets.cifar10(folder=tmp_path)


def test_bad_arguments_are_told(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="allow_download must be True, False or None"):
        datasets.cifar10(allow_download="yes")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="must be an existing folder"):
        datasets.cifar10(folder=tmp_path / "nowhere")
