"""The card of an explorer shows its first chart, in letters that can be read, on any ground."""

from __future__ import annotations

import io
import sys
from typing import Any

import numpy as np
from PIL import Image
from served import ROOT

from aimc.plots import Bars, Boxes, Chart, Heatmap, Mark

CARD = 340  # px across a card on a phone, the widest of the book


def cover(*charts: Chart) -> tuple[np.ndarray, bool]:
    sys.path.insert(0, str(ROOT / "book" / "_ext"))
    try:
        import covers
    finally:
        sys.path.pop(0)
    picture, is_map = covers.cover(charts)
    image = Image.open(io.BytesIO(covers.small(picture)[0]))
    return np.asarray(image.convert("RGB"), dtype=int), is_map


def chart(*marks: Mark, **more: Any) -> Chart:
    return Chart("A chart", "here (s)", "there (V)", marks, **more)


def white(picture: np.ndarray) -> np.ndarray:
    return (picture > 240).all(axis=-1)


def test_only_the_first_chart_is_drawn_and_its_letters_are_not_small() -> None:
    bars = chart(Bars(("one", "two"), (1.0, 2.0)))
    alone, _ = cover(bars)
    first, is_map = cover(bars, chart(Bars(("three",), (3.0,))), chart(Bars(("four",), (4.0,))))
    assert np.array_equal(first, alone)
    assert not is_map
    # The title, alone in the first rows with ink: how high its capital is, in px of a card.
    inked = np.flatnonzero(~white(alone).all(axis=1))
    title = inked[: np.flatnonzero(np.diff(inked) > 1)[0] + 1]
    assert title.size * CARD / alone.shape[1] >= 7
    assert white(alone)[:, 0].mean() > 0.5


def test_a_map_fills_its_card_in_its_own_colours() -> None:
    for mark in (
        Heatmap(((0.0, 1.0), (2.0, 3.0)), label="G (S)"),
        Boxes((0.0, 1.0), (0.0, 0.0), 1.0, 1.0, label="G (S)", values=(0.0, 1.0)),
    ):
        picture, is_map = cover(chart(mark))
        assert is_map
        assert white(picture).mean() < 0.12, mark.kind
    first, last = picture[:, :200], picture[:, -200:]
    assert np.abs(first.mean(axis=(0, 1)) - last.mean(axis=(0, 1))).max() > 40
