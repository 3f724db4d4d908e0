import gzip
from pathlib import Path

import numpy as np
import pytest

from aimc import datasets
from aimc.datasets import files
from aimc.datasets.course_text import TEXT_FILE, load_text


def test_text_is_split_without_overlap() -> None:
    corpus = load_text()
    assert len(corpus.vocabulary) == 50
    assert corpus.train.max() < 50
    assert 0.08 < len(corpus.held_out) / (len(corpus.train) + len(corpus.held_out)) < 0.13
    kept = set(corpus.text(corpus.train).splitlines())
    unseen = corpus.text(corpus.held_out).splitlines()
    assert len(unseen) > 40
    assert not kept & set(unseen)


def test_text_is_the_books() -> None:
    corpus = load_text()
    text = corpus.text(corpus.train)
    assert "conductance" in text
    assert "crossbar" in text
    assert not set("`${}") & set(corpus.vocabulary)


@pytest.mark.parametrize("damage", ["other text", "truncated", "missing"])
def test_damaged_text_is_detected(
    damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = (datasets.SHIPPED_FOLDER / TEXT_FILE).read_bytes()
    if damage == "other text":
        (tmp_path / TEXT_FILE).write_bytes(gzip.compress(b"a line\n" * 20))
    if damage == "truncated":
        (tmp_path / TEXT_FILE).write_bytes(raw[: len(raw) // 2])
    monkeypatch.setattr(files, "SHIPPED_FOLDER", tmp_path)
    with pytest.raises(datasets.ChecksumError, match=f"{TEXT_FILE}.*reinstall"):
        load_text()


def test_every_load_returns_arrays_of_its_own() -> None:
    first = load_text()
    first.train[:] = 0
    assert np.any(load_text().train != 0)
