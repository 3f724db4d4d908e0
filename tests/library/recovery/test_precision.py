"""Averaging, slices of any base and the refining solver: what they mend and what they refuse."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import aimc
from aimc.circuits import BitSliced, DifferentialPair, Periphery, mvm_error
from aimc.cores import Core
from aimc.devices import IdealDevice, pcm_2019
from aimc.recovery.precision import (
    Copies,
    DivergenceError,
    SlicedCell,
    SlicedMatrix,
    averaged,
    solve,
)

W = np.random.default_rng(0).uniform(-1, 1, (40, 60))
X = np.random.default_rng(1).uniform(-1, 1, (200, 60))


def system(n: int = 60, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """A covariance matrix and a right-hand side."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(n, 4 * n)) / (4 * n) ** 0.5
    return root @ root.T, rng.normal(size=n)


def held(matrix: np.ndarray, devices: int = 1, serial: int = 1) -> Core:
    rows = len(matrix)
    around = Periphery(input_range=None)
    core = Core(
        pcm_2019(), DifferentialPair(devices), around, rows=rows, columns=rows, serial=serial
    )
    return core.program(matrix)


def test_reads_average_the_noise_of_reads_alone() -> None:
    core = aimc.presets.joshi2020(1).program(W)
    programmed = X @ core.weights().T
    view = core.at(0.0, noise="fresh")
    one, many = (mvm_error(averaged(view, X, k), programmed) for k in (1, 100))
    assert many < 0.15 * one
    # what is wrong in the devices stays
    assert mvm_error(averaged(view, X, 100), X @ W.T) == pytest.approx(
        mvm_error(programmed, X @ W.T), rel=0.1
    )
    # and so does most of the noise of reads in a row
    assert mvm_error(averaged(core, X, 100), programmed) > 0.9 * one


def test_the_same_generator_gives_the_same_reads() -> None:
    core = aimc.presets.joshi2020(1).program(W)
    np.testing.assert_array_equal(averaged(core, X, 3, rng=5), averaged(core, X, 3, rng=5))


@pytest.mark.torch
def test_vectors_may_come_from_another_library_than_the_core() -> None:
    torch = pytest.importorskip("torch")
    for library, other in ((np.asarray, torch.tensor), (torch.tensor, np.asarray)):
        core = aimc.presets.ideal().program(library(W))
        for x in (other(X), X.tolist()):
            means = averaged(core, x, 3)
            assert type(means) is type(core.forward(x))
            np.testing.assert_allclose(np.asarray(means), X @ W.T, rtol=1e-12, atol=1e-12)


def test_copies_average_the_devices_too() -> None:
    copies = Copies(W, 16, lambda k: aimc.presets.joshi2020(1, index=k))
    one = aimc.presets.joshi2020(1).program(W)
    spread = np.std(one.weights() - W)
    assert np.std(copies.weights() - W) == pytest.approx(spread / 4, rel=0.2)
    assert mvm_error(copies.forward(X), X @ W.T) < 0.35 * mvm_error(one.forward(X), X @ W.T)
    assert (copies @ X.T).shape == (40, 200)
    later = copies.at(86400.0)
    assert np.mean(np.abs(later.weights())) < 0.9 * np.mean(np.abs(copies.weights()))
    with pytest.raises(ValueError, match="make_core"):
        Copies(W, 2, lambda k: aimc.presets.joshi2020(1))


@pytest.mark.parametrize(
    ("base", "fill"),
    [(1, "equal"), (1.5, "equal"), (2, "equal"), (4, "equal"), (2, "digits"), (4, "digits")],
)
def test_ideal_slices_hold_the_weights(base: float, fill: str) -> None:
    matrix = SlicedMatrix(W, base, 8, fill=fill, device=IdealDevice())
    np.testing.assert_allclose(matrix.weights(), W, atol=1e-2 if fill == "digits" else 1e-12)
    np.testing.assert_allclose(matrix @ X.T, matrix.weights() @ X.T, atol=1e-9)


def test_digits_are_those_of_the_cell_that_counts_bits() -> None:
    w = np.linspace(-1, 1, 30).reshape(5, 6)
    ours, theirs = SlicedCell(4, 3, "digits"), BitSliced(2, 3)
    np.testing.assert_allclose(ours.split(w, 1.0), theirs.split(w, 1.0), atol=1e-12)
    significance = np.array(theirs.significance) / sum(theirs.significance)
    np.testing.assert_allclose(ours.significance, significance)


@pytest.mark.parametrize("base", [1, 2, 3, 8])
def test_the_spread_of_a_weight_is_what_the_formula_says(base: float) -> None:
    one = np.std(SlicedMatrix(W, 1, 1).weights() - W)
    several = SlicedMatrix(W, base, 5, serial=3)
    powers = float(base) ** np.arange(5)
    expected = np.sqrt(np.sum(powers**2)) / np.sum(powers)
    assert isinstance(several.cell, SlicedCell)
    assert several.cell.amplification == pytest.approx(expected)
    assert np.std(several.weights() - W) == pytest.approx(expected * one, rel=0.1)


def test_the_digits_of_a_sliced_matrix_drift_like_any_core() -> None:
    matrix = SlicedMatrix(W, 2, 3)
    assert np.mean(np.abs(matrix.at(1e6).weights())) < 0.9 * np.mean(np.abs(matrix.weights()))


@pytest.mark.parametrize("inner", ["conjugate_gradient", "richardson"])
def test_a_system_is_solved_to_the_last_digits(inner: str) -> None:
    matrix, b = system()
    solution = solve(matrix, b, held(matrix, 4), inner=inner)
    assert solution.converged
    np.testing.assert_allclose(solution.x, np.linalg.solve(matrix, b), rtol=0, atol=1e-12)
    assert np.linalg.norm(b - matrix @ solution.x) <= 1e-14 * np.linalg.norm(b)
    assert solution.residuals[0] == 1.0
    assert len(solution.residuals) == solution.steps + 1 == solution.exact_products + 1
    assert solution.analog_products == solution.inner_iterations.sum() > solution.steps


def test_a_looser_inner_solve_takes_more_steps_and_fewer_products() -> None:
    matrix, b = system()
    loose, tight = (
        solve(matrix, b, held(matrix, 16), inner_tolerance=tolerance) for tolerance in (0.5, 0.01)
    )
    assert loose.steps > tight.steps
    assert loose.analog_products < tight.analog_products


def test_inputs_of_any_size_fit_the_range_of_the_core() -> None:
    matrix, b = system()
    core = aimc.presets.hermes(2).program(matrix)
    small = solve(matrix, 1e-9 * b, core, rng=1)
    large = solve(matrix, 1e9 * b, core, rng=1)
    assert small.converged
    np.testing.assert_allclose(small.x * 1e18, large.x, rtol=1e-9, atol=1e-3)


def test_a_matrix_on_several_cores_is_made_where_none_is_given() -> None:
    matrix, b = system(40)
    assert solve(matrix, b, tolerance=1e-10).converged


def test_divergence_is_an_error_and_too_few_steps_a_warning() -> None:
    rng = np.random.default_rng(3)
    vectors = np.linalg.qr(rng.normal(size=(40, 40)))[0]
    hard = vectors @ np.diag(np.geomspace(1, 1e5, 40)) @ vectors.T
    hard = (hard + hard.T) / 2
    with pytest.warns(UserWarning, match="solve stopped") as _:
        given_up = solve(hard, np.ones(40), held(hard))
    assert not given_up.converged
    matrix, b = system()
    with pytest.raises(DivergenceError, match="residual grew"):
        solve(matrix, b, held(0.04 * matrix), inner="conjugate_gradient")
    with pytest.warns(UserWarning, match="max_steps=2"):
        early = solve(matrix, b, held(matrix), max_steps=2)
    assert early.steps == 2


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda a, b: solve(a[:, :-1], b), "matrix must be square"),
        (lambda a, b: solve(a + np.triu(a, 1), b), "symmetric"),
        (lambda a, b: solve(-a, b), "positive definite"),
        (lambda a, b: solve(a, 0 * b), "b is zero"),
        (lambda a, b: solve(a, b[:-1]), "b "),
        (lambda a, b: solve(a, b, held(a[:30, :30])), "core must hold"),
        (lambda a, b: solve(a, b, inner="jacobi"), "inner='jacobi'"),
        (lambda a, b: solve(a, b, inner_tolerance=1.5), "inner_tolerance=1.5"),
        (lambda a, b: averaged(held(a), b, 0), "k=0"),
        (lambda a, b: SlicedCell(0.5), "base=0.5"),
        (lambda a, b: SlicedCell(1.5, 2, "digits"), "base=1.5"),
        (lambda a, b: SlicedCell(2, 0), "slices=0"),
        (lambda a, b: SlicedCell(2, 2, "full"), "fill='full'"),
        (lambda a, b: averaged(held(a), b, 1, spacing=-1.0), "spacing=-1.0"),
        (lambda a, b: averaged(a, b, 2), "core must be a MatrixView"),
        (lambda a, b: solve(a, b, a), "core must be a MatrixView"),
        (lambda a, b: SlicedMatrix(a, device="pcm"), "device must be a Device, got 'pcm'"),
    ],
)
def test_what_is_wrong_is_named(wrong: Callable[[Any, Any], object], says: str) -> None:
    with pytest.raises((TypeError, ValueError), match=says):
        wrong(*system())
