"""A four-phase read on resistive wires: pulses and floating lines, against held ones."""

import numpy as np
import pytest

from aimc.circuits import Wires, effective_conductance, mvm_error, random_sparse_uniform
from aimc.circuits.phase_wires import four_phase_currents

SLOTS = 4
W = random_sparse_uniform((48, 40), rng=1)
X = np.round(SLOTS * random_sparse_uniform((3, 40), rng=2)) / SLOTS


def read(x: np.ndarray, r: float, held: bool = False) -> np.ndarray:
    return four_phase_currents(W, x, 20.7e-6, Wires(r, r), SLOTS, held=held)


def test_ideal_wires_give_the_product() -> None:
    for held in (False, True):
        np.testing.assert_allclose(read(X[0], 0.0, held), W @ X[0], atol=1e-12)


def test_held_lines_are_one_matrix_and_floating_ones_are_none() -> None:
    planes = np.maximum(W, 0), np.maximum(-W, 0)
    parts = [effective_conductance(20.7e-6 * p, Wires(5.0, 5.0)) / 20.7e-6 for p in planes]
    matrix = parts[0] - parts[1]
    np.testing.assert_allclose(read(X[0], 5.0, held=True), matrix @ X[0], rtol=1e-7)
    sums = read(X[0] * (X[1] == 0), 5.0) + read(X[0] * (X[1] != 0), 5.0)
    assert mvm_error(sums, read(X[0], 5.0)) > 1e-3


def test_more_resistance_loses_more() -> None:
    exact = W @ X[2]
    losses = [mvm_error(read(X[2], r), exact) for r in (1.0, 5.0, 25.0)]
    assert losses == sorted(losses)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"weights": 2 * W}, "weights"),
        ({"x": np.ones(39)}, "x must"),
        ({"g_max": 0.0}, "g_max=0"),
        ({"slots": 0}, "slots=0"),
    ],
)
def test_bad_input_is_named(change: dict, words: str) -> None:
    good = {"weights": W, "x": X[0], "g_max": 2e-5, "wires": Wires(1.0, 1.0), "slots": 2}
    with pytest.raises(ValueError, match=words):
        four_phase_currents(**(good | change))
