"""Tiles of any shape cover a matrix exactly once."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from aimc.chip.mapping import tiles

sizes = st.integers(1, 700)


@settings(max_examples=50, deadline=None)
@given(st.tuples(sizes, sizes), st.tuples(st.integers(30, 300), st.integers(30, 300)))
def test_tiles_cover_every_weight_once(shape: tuple[int, int], core: tuple[int, int]) -> None:
    seen = np.zeros(shape, dtype=int)
    found = tiles(shape, core)
    for (a, b), (c, d) in found:
        assert b - a <= core[1]
        assert d - c <= core[0]
        seen[a:b, c:d] += 1
    assert (seen == 1).all()
    assert len(found) == math.ceil(shape[0] / core[1]) * math.ceil(shape[1] / core[0])
