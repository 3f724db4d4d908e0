"""A matrix on several cores, used like one core: from both sides, in parts, at any time."""

import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import aimc
from aimc.circuits import ADC
from aimc.cores import Matrix, Programmed, TiledMatrix, parts_of, spread, tile_grid
from aimc.cores.views import MatrixView

W = np.random.default_rng(0).uniform(-1, 1, (600, 700))
X = np.random.default_rng(1).uniform(-1, 1, (5, 700))
Y = np.random.default_rng(2).uniform(-1, 1, (5, 600))
SMALL = (slice(0, 30), slice(0, 50))


def ideal() -> TiledMatrix:
    return TiledMatrix(W, lambda k: aimc.presets.ideal(index=k))


def hermes(weights: np.ndarray = W[SMALL], **options: Any) -> TiledMatrix:
    return TiledMatrix(weights, lambda k: aimc.presets.hermes(7, index=k, **options))


def hermes_core(**options: Any) -> aimc.Core:
    return aimc.presets.hermes(7, index=0, **options).program(W[SMALL])


def test_ideal_cores_multiply_exactly_from_both_sides() -> None:
    tiled = ideal()
    assert isinstance(tiled, MatrixView)
    assert len(tiled.cores) == 3 * 3
    np.testing.assert_allclose(tiled.weights(), W, rtol=1e-12)
    np.testing.assert_allclose(tiled.T.weights(), W.T, rtol=1e-12)
    np.testing.assert_allclose(Y @ tiled, Y @ W, rtol=1e-10)
    np.testing.assert_allclose(Y[0] @ tiled, Y[0] @ W, rtol=1e-10)
    np.testing.assert_allclose(tiled.T @ Y.T, W.T @ Y.T, rtol=1e-10)
    np.testing.assert_allclose(X @ tiled.T, X @ W.T, rtol=1e-10)
    np.testing.assert_allclose(tiled.T.T @ X[0], W @ X[0], rtol=1e-10)
    assert (tiled.shape, tiled.T.shape, tiled.T.T.shape) == ((600, 700), (700, 600), (600, 700))
    assert tiled.T.forward(np.ones((2, 3, 600))).shape == (2, 3, 700)


def test_each_core_has_its_own_largest_weight_from_both_sides() -> None:
    uneven = W * np.logspace(-2, 0, 600)[:, None] * np.logspace(0, 1, 700)
    tiled = TiledMatrix(uneven, lambda k: aimc.presets.ideal(index=k))
    np.testing.assert_allclose(Y @ tiled, Y @ uneven, rtol=1e-10)
    later = tiled.at(0.0, [1.0, 2.0, 1.0] * 3)  # a factor per core holds from both sides, too
    np.testing.assert_allclose(Y @ later, Y @ later.weights(), rtol=1e-10)
    assert np.abs(later.weights() - uneven).max() > 1


@pytest.mark.parametrize(
    "key",
    [
        np.s_[2:5, :],
        np.s_[2:5],
        np.s_[..., 100:500],
        np.s_[::7, 650:],
        np.s_[190:210, 220:240],
        np.s_[::-1, 699:3:-5],
        np.s_[:, :],
        np.s_[-1:, -1:],
    ],
)
def test_parts_are_those_of_numpy(key: Any) -> None:
    part, w = ideal()[key], W[key]
    outputs, inputs = w.shape
    assert part.shape == w.shape
    np.testing.assert_allclose(part.weights(), w, rtol=1e-12)
    np.testing.assert_allclose(part.forward(X[:, :inputs]), X[:, :inputs] @ w.T, rtol=1e-10)
    np.testing.assert_allclose(Y[:, :outputs] @ part, Y[:, :outputs] @ w, rtol=1e-10)
    np.testing.assert_allclose(part.T[:3, ::2].weights(), w.T[:3, ::2], rtol=1e-12)
    np.testing.assert_allclose(part[::2].weights(), w[::2], rtol=1e-12)


def test_cores_that_hold_nothing_of_a_part_are_not_read() -> None:
    tiled = ideal()
    assert tiled[2:5, :].cores == tiled.cores[:3]
    assert tiled[:, 650:].cores == tiled.cores[2::3]
    assert tiled[190:210, 220:240].cores == tuple(tiled.cores[k] for k in (0, 1, 3, 4))
    with pytest.raises(TypeError, match="cut with slices"):
        tiled[3]
    with pytest.raises(IndexError, match="the part has no outputs"):
        tiled[5:5, :]


def test_one_tile_is_the_core_itself() -> None:
    """The same devices, draws and converters, so the same numbers to the last bit."""
    x, y = X[:, :50], Y[:, :30]
    for read in (
        lambda matrix: x @ matrix.T,
        lambda matrix: matrix.forward(x),
        lambda matrix: y @ matrix,
        lambda matrix: matrix.T @ y[0],
        lambda matrix: matrix.weights(),
        lambda matrix: matrix.T.weights(),
        lambda matrix: matrix[2:5, ::2].forward(x[:, ::2]),
        lambda matrix: y[:, 2:5] @ matrix[2:5, ::2],
        lambda matrix: matrix.forward(x, 3),
        lambda matrix: matrix.T.forward(y, np.random.default_rng(4)),
        lambda matrix: matrix.at(3600.0, 1.1).forward(x),
        lambda matrix: y @ matrix.at(3600.0, 1.1),
        lambda matrix: matrix.at(3600.0)[2:5].weights(),
    ):
        tiled = hermes()
        assert len(tiled.cores) == 1
        np.testing.assert_array_equal(read(tiled), read(hermes_core()))


def test_tiles_do_not_meet_the_same_noise_from_one_seed() -> None:
    """The seed of a read is one stream for all cores: each draws on from where the last was."""
    tiled = hermes(np.tile(W[:10, :200], (1, 2)))
    calm = tiled.at(0.0).weights() @ X[0, :400]
    alike = np.tile(X[0, :400], (400, 1))
    first = tiled[:, :200].forward(alike[:, :200], 3)
    both = tiled.forward(alike, 3)
    np.testing.assert_array_equal(both, tiled.forward(alike, 3))
    second = both - first
    correlation = np.corrcoef(first[:, 0], second[:, 0])[0, 1]
    assert abs(correlation) < 0.2
    assert np.abs(both.mean(axis=0) - calm).max() < 0.1 * np.abs(calm).max()


def test_a_transposed_read_converts_once_per_part_of_the_outputs() -> None:
    """Each core's converter saturates at its own limit; the sums are added after that."""
    w = np.ones((512, 4))
    tiled = TiledMatrix(w, lambda k: aimc.presets.ideal(index=k))
    limit = 100 * tiled.cores[0].device.g_max * tiled.cores[0].periphery.dac.v_read
    for core in tiled.cores:
        core.periphery = replace(core.periphery, adc=ADC(bits=None, i_max=limit))
    few = np.zeros(512)
    few[:80] = few[256:336] = 1.0
    np.testing.assert_allclose(few @ tiled, 160.0)
    few[:256] = 1.0
    with pytest.warns(aimc.RangeWarning):
        np.testing.assert_allclose(few @ tiled, 100.0 + 80.0)


def test_what_is_behind_a_view_of_tiles() -> None:
    tiled = hermes()
    assert "600x700 weights on 9 cores" in repr(ideal())
    for view in (tiled, tiled.T, tiled[:3], tiled.at(60.0), tiled.at(60.0).T[:, 2:]):
        assert view.cores == tiled.cores
        assert "legallo2023hermes" in aimc.citations(view)
    with pytest.raises(ValueError, match="x must have 30 entries on its last axis"):
        np.ones(31) @ tiled
    with pytest.raises(TypeError, match="rng must be an int"):
        tiled.forward(X[:, :50], "noise")


@pytest.mark.torch
def test_gradients_pass_a_transposed_read_of_tiles() -> None:
    torch = pytest.importorskip("torch")
    w = torch.from_numpy(W).requires_grad_()
    tiled = TiledMatrix(w, lambda k: aimc.presets.ideal(index=k))
    y = torch.from_numpy(Y)
    (tiled.T.forward(y) ** 2).sum().backward()
    np.testing.assert_allclose(w.grad, 2 * Y.T @ (Y @ W), rtol=1e-8)


def test_a_matrix_is_programmed_again_and_goes_through_time() -> None:
    one, two = W[SMALL], 0.5 * W[SMALL][::-1]
    x = np.random.default_rng(8).uniform(-1, 1, (3, one.shape[1]))

    def make(index: int) -> aimc.Core:
        return aimc.presets.joshi2020(7, index=index, rows=20, columns=20)

    matrix = Matrix(*spread((30, 50), make))
    assert not matrix.programmed
    with pytest.raises(aimc.UnprogrammedError):
        matrix.forward(x)
    assert matrix.program(one) is matrix
    twice = matrix.program(two).weights()
    assert np.abs(twice - two).max() < 0.2
    once = TiledMatrix(two, make).weights()
    assert not np.array_equal(once, twice)  # a second programming has errors of its own
    aged = matrix.at(3600.0, 1.1).weights()
    np.testing.assert_array_equal(matrix.weights(), twice)
    np.testing.assert_array_equal(matrix.go_to(3600.0, 1.1).weights(), aged)
    with pytest.raises(ValueError, match=r"weights has shape \(2, 2\), the matrix has"):
        matrix.program(np.eye(2))


def test_weights_above_the_range_leave_all_cores_as_they_were() -> None:
    weights = np.full((300, 500), 0.1)
    matrix = aimc.program(weights, "ideal").go_to("1 d")
    later = weights.copy()
    later[-1, -1] = 2.0  # on the last core
    with pytest.raises(ValueError, match=r"w_max=1\.0 is too small"):
        matrix.program(later + 0.5, 1.0)
    for held in (matrix, *matrix.cores):
        np.testing.assert_allclose(held.weights(), 0.1)


def test_a_matrix_needs_one_core_for_each_part() -> None:
    parts = aimc.cores.parts_of((20, 300), 256, 256)
    with pytest.raises(ValueError, match="cores are 1 and parts 2"):
        Matrix([aimc.presets.ideal()], parts)


def test_one_verb_gives_a_core_or_a_matrix_whichever_is_needed() -> None:
    small, large = W[SMALL], W[:300, :300]
    core = aimc.program(small, "hermes", serial=7)
    assert isinstance(core, aimc.Core)
    np.testing.assert_array_equal(core.weights(), hermes_core().weights())
    matrix = aimc.program(large, aimc.presets.hermes, serial=7, devices=1)
    assert isinstance(matrix, Matrix)
    assert [part.core for part in matrix.parts] == [core.index for core in matrix.cores]
    np.testing.assert_array_equal(matrix.weights(), hermes(large, devices=1).weights())
    again = matrix.program(-large).weights()
    assert np.abs(again + large).max() < 0.5


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((np.eye(2),), TypeError, "preset=None: weights are programmed to the cores of a preset"),
        ((np.ones(3), "hermes"), ValueError, "weights"),
        ((np.eye(2), "hermez"), ValueError, "preset='hermez'"),
        ((np.ones((300, 2)), "ideal", "no"), ValueError, "keep='no'"),
    ],
)
def test_what_cannot_be_programmed_is_named(arguments: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        aimc.program(*arguments[:2], keep=arguments[2] if len(arguments) > 2 else None)


def test_cores_that_clip_give_one_warning_for_each_product() -> None:
    matrix = aimc.program(np.ones((300, 500)), "hermes", serial=7)
    x = np.full(500, 0.01)
    x[:250] = 2.0  # clipped on the cores of the first inputs alone
    for product in (
        lambda: matrix @ x,
        lambda: x @ matrix.T,
        lambda: matrix.at("1 d").in_a_row(x, 2),
    ):
        with pytest.warns(aimc.RangeWarning) as caught:
            product()
        assert len(caught) == 1
        told = caught[0].message
        assert "2 of 4 cores: 100.0% of the inputs" in str(told)
        assert told.share == 1.0
        assert {part.core for part in told.parts if part.what == "inputs"} == {0, 2}
        assert caught[0].filename == __file__


def test_a_part_of_a_matrix_without_weights_says_so() -> None:
    part = Matrix(*spread((3, 3), lambda k: aimc.presets.ideal(index=k)))[:2, :]
    for call in (part.weights, lambda: part @ np.ones(3)):
        with pytest.raises(aimc.UnprogrammedError):
            call()


def test_parts_and_sides_of_a_matrix_go_to_another_process() -> None:
    matrix = aimc.program(np.ones((300, 500)), "hermes", serial=7)
    late = matrix.at("1 d")
    for view in (matrix.T, matrix[3:9, ::2], late.T, late[3:9, ::2], late[3:9, ::2].T):
        there = pickle.loads(pickle.dumps(view))
        np.testing.assert_array_equal(there.weights(), view.weights())


def test_a_core_and_a_matrix_keep_one_protocol_and_views_of_them_do_not() -> None:
    core, matrix = hermes_core(), hermes()
    assert isinstance(core, Programmed)
    assert isinstance(matrix, Programmed)
    assert not isinstance(core.at(60.0), Programmed)
    assert not isinstance(matrix.T, Programmed)


def test_parts_of_a_matrix_follow_it_in_time_and_to_other_weights() -> None:
    """They stayed at the time, and on the weights, at which they were cut."""
    rng = np.random.default_rng(6)
    weights = rng.uniform(-1, 1, (300, 300))
    matrix = aimc.program(weights, "hermes", serial=7)
    part, turned, inner = matrix[250:260, ::3], matrix.T, matrix.T[:280, 3:][4:9]
    snapshot = matrix.at("1 d")
    for step in (
        lambda: matrix.program(-weights),
        lambda: matrix.go_to("1 d"),
        lambda: matrix.program(weights / 2),
        lambda: matrix.program(),
    ):
        step()
        now = matrix.weights()
        np.testing.assert_array_equal(part.weights(), now[250:260, ::3])
        np.testing.assert_array_equal(turned.weights(), now.T)
        np.testing.assert_array_equal(inner.weights(), now.T[4:9, 3:])
        np.testing.assert_array_equal(snapshot.weights(), matrix.at("1 d").weights())
        y = rng.uniform(-0.5, 0.5, 300)
        assert np.corrcoef(turned @ y, now.T @ y)[0, 1] > 0.95
    assert matrix.weights() == pytest.approx(weights / 2, abs=0.3)
    corrected = matrix.at("1 d", gain=1.1)
    matrix.program(weights)
    with pytest.raises(ValueError, match=r"gain=1\.1 is that of what it held before"):
        corrected.weights()


def test_outputs_are_cut_by_columns_and_inputs_by_rows() -> None:
    shape, rows, columns = (300, 70), 64, 128
    assert tile_grid(shape, rows, columns) == (3, 2)
    parts = parts_of(shape, rows, columns)
    assert len({part.outputs for part in parts}) == 3
    assert len({part.inputs for part in parts}) == 2
    assert [part.outputs[0] for part in parts[:2]] == [0, 0]  # numbered along the inputs first
