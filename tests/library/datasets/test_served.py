"""In a browser a data file that is not in the package comes from the site, and is checked."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from aimc.datasets import ChecksumError, DataUnavailableError, files


@pytest.fixture
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of arrays that only the site has, in a package of a browser."""
    path = tmp_path / "numbers.npz"
    np.savez(path, numbers=np.arange(3))
    data = path.read_bytes()
    path.unlink()
    listed = {
        "address": "../data/numbers-1.npz",
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
    }
    (tmp_path / files.SERVED).write_text(json.dumps({path.name: listed}))
    monkeypatch.setattr("sys.platform", "emscripten")
    monkeypatch.setattr(files, "_from_site", {listed["address"]: data}.__getitem__)
    return path


def test_a_file_is_fetched_once(away: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.testing.assert_array_equal(files.read_npz(away)["numbers"], [0, 1, 2])
    monkeypatch.setattr(files, "_from_site", None)
    np.testing.assert_array_equal(files.read_npz(away)["numbers"], [0, 1, 2])


def test_another_file_is_refused(away: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_from_site", lambda address: b"an answer of a hotel's network")
    with pytest.raises(ChecksumError, match=r"numbers\.npz.*load the page anew"):
        files.read_npz(away)
    assert not away.exists()


def test_without_a_connection_the_error_says_so(
    away: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(address: str) -> bytes:
        raise OSError("the site answered 0")

    monkeypatch.setattr(files, "_from_site", fail)
    with pytest.raises(DataUnavailableError, match=r"numbers\.npz.*is there a connection"):
        files.read_npz(away)


def test_elsewhere_a_missing_file_is_no_matter_of_the_site(
    away: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(ChecksumError, match=r"numbers\.npz cannot be read"):
        files.read_npz(away)
