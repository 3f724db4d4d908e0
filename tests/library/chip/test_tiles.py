"""Tiles of any shape cover a matrix exactly once."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aimc import presets
from aimc.circuits import mvm_error, random_sparse_uniform
from aimc.cores import parts_of

sizes = st.integers(1, 700)


@settings(max_examples=50, deadline=None)
@given(st.tuples(sizes, sizes), st.tuples(st.integers(30, 300), st.integers(30, 300)))
def test_tiles_cover_every_weight_once(shape: tuple[int, int], core: tuple[int, int]) -> None:
    seen = np.zeros(shape, dtype=int)
    found = parts_of(shape, *core)
    for part in found:
        assert part.shape[0] <= core[1]
        assert part.shape[1] <= core[0]
        seen[part.where] += 1
    assert (seen == 1).all()
    assert len(found) == math.ceil(shape[0] / core[1]) * math.ceil(shape[1] / core[0])


def test_the_relative_error_does_not_depend_on_how_inputs_are_cut() -> None:
    weights = random_sparse_uniform((224, 2016), rng=1)
    x = random_sparse_uniform((200, 2016), rng=2)
    errors = []
    for cut in ([252] * 8, [256] * 7 + [224], [256] * 7 + [208, 16]):
        total, start = np.zeros((200, 224)), 0
        for index, size in enumerate(cut):
            part = slice(start, start + size)
            core = presets.hermes(7, index=index).program(weights[:, part], w_max=1.0)
            total += core.forward(x[:, part])
            start += size
        assert start == 2016
        errors.append(mvm_error(total, x @ weights.T))
    assert errors == pytest.approx([errors[0]] * 3, rel=0.01)
    assert errors[0] == pytest.approx(0.10, abs=0.002)
