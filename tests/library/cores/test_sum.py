"""Sums of matrices on several cores: who adds to whom, where it is rounded, in which pieces."""

from collections.abc import Callable

import numpy as np
import pytest

import aimc
from aimc.cores import PartialSums, TiledMatrix, parts_of

RNG = np.random.default_rng(5)
W, V = RNG.normal(size=(7, 10)), RNG.normal(size=(7, 4))
X, Y = RNG.normal(size=(30, 10)), RNG.normal(size=(30, 4))
SCALES, OFFSET = (RNG.uniform(0.5, 2, 7), 0.5), RNG.normal(size=7)
MATRICES = [parts_of(m.shape, 3, 4) for m in (W, V)]


def read(matrix: np.ndarray) -> Callable[[int, np.ndarray], np.ndarray]:
    held = {part.core: part.of(matrix) for part in parts_of(matrix.shape, 3, 4)}
    return lambda core, x: x @ held[core].T


READS = [read(W), read(V)]


def test_a_sum_is_the_product_with_all_of_its_matrices() -> None:
    total = PartialSums(MATRICES)
    assert (total.inputs, total.outputs) == ((10, 4), 7)
    assert [len(parts) for parts in total.input_parts] == [4, 2]
    found = total.forward(READS, [X, Y], scales=SCALES, offset=OFFSET)
    exact = SCALES[0] * (X @ W.T) + SCALES[1] * (Y @ V.T) + OFFSET
    np.testing.assert_allclose(found, exact, rtol=1e-12)
    shuffled = PartialSums([[*reversed(parts)] for parts in MATRICES])
    np.testing.assert_array_equal(
        shuffled.forward(READS, [X, Y], scales=SCALES, offset=OFFSET), found
    )


def test_each_core_rounds_what_it_sends_along_the_whole_chain() -> None:
    total, step = PartialSums(MATRICES), 20 / 127
    sent = np.zeros((30, 7))
    for matrix, x, scale in ((W, X, SCALES[0]), (V, Y, SCALES[1])):
        for part in total.input_parts[0 if matrix is W else 1]:
            last = matrix is V and part.stop == 4
            product = scale * (x[:, part] @ matrix[:, part].T) + (OFFSET if last else 0.0)
            sent = np.rint(sent + product / step)
    options = {"scales": SCALES, "offset": OFFSET, "bits": 8, "full_scale": 20.0}
    assert np.abs(sent).max() < 127
    whole = total.forward(READS, [X, Y], **options)
    np.testing.assert_allclose(whole / step, sent, atol=1e-9)
    # a recurrent layer knows the inputs of its second matrix only step by step
    begun = total.forward(READS, [X], **options)
    ended = total.forward(READS, [Y], first=1, sent=begun, **options)
    np.testing.assert_array_equal(ended, whole)


def test_pieces_of_a_sum_in_floating_point() -> None:
    total = PartialSums(MATRICES)
    begun = total.forward(READS, [X], offset=OFFSET)
    ended = total.forward(READS, [Y], offset=OFFSET, first=1, sent=begun)
    np.testing.assert_allclose(ended, X @ W.T + Y @ V.T + OFFSET, rtol=1e-12)


def test_a_sum_refuses_what_does_not_fit() -> None:
    with pytest.raises(ValueError, match="same blocks of outputs"):
        PartialSums([parts_of((7, 10), 3, 4), parts_of((8, 10), 3, 4)])
    with pytest.raises(ValueError, match="same blocks of outputs"):
        PartialSums([])
    with pytest.raises(ValueError, match="block 1 of the outputs has other inputs"):
        PartialSums([parts_of((7, 10), 3, 4)[:-1]])
    total = PartialSums(MATRICES, ["w", "v"])
    for inputs, first, message in (
        ([X[:, 1:], Y], 0, r"x must have 10 entries .*inputs of w, got shape \(30, 9\)"),
        ([X, X], 0, "x must have 4 entries .*inputs of v"),
        ([Y, Y], 1, "inputs are 2 from matrix 1 on, the sum has 2 matrices"),
        ([], 0, "inputs are 0"),
    ):
        with pytest.raises(ValueError, match=message):
            total.forward(READS, inputs, first=first)


def test_tiles_share_a_given_weight_of_full_scale() -> None:
    weights = np.zeros((4, 300))
    weights[:, :150], weights[:, 150:] = 1.0, 0.25

    def perfect(index: int) -> aimc.Core:
        return aimc.presets.ideal(index=index)

    top = perfect(0).device.g_max
    for w_max, expected in ((None, [1.0, 1.0]), (2.0, [0.5, 0.125])):
        tiled = TiledMatrix(weights, perfect, w_max=w_max)
        peaks = [core.at(0.0).crossbar.conductance.max() / top for core in tiled.cores]
        assert peaks == pytest.approx(expected)
        np.testing.assert_allclose(tiled.at(0.0).weights(), weights, atol=1e-9)


def test_each_core_may_have_a_factor_of_its_own() -> None:
    weights, x = RNG.normal(size=(4, 300)), RNG.normal(size=300)
    tiled = TiledMatrix(weights, lambda k: aimc.presets.ideal(index=k))
    parts = [weights[:, part] @ x[part] for part in tiled.input_parts]
    for gain in ([1.0, 2.0], lambda core, t: 1.0 + core.index):
        np.testing.assert_allclose(tiled.at(0.0, gain).forward(x), parts[0] + 2 * parts[1])
    with pytest.raises(ValueError, match="gain has 3 entries for 2 cores"):
        tiled.at(0.0, [1.0] * 3)
