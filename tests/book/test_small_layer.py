"""The small layer that exercises of several chapters take from its weights to its errors by hand.

Each solution is computed again from the matrices that the pages print.
"""

from __future__ import annotations

import itertools
import math
import re
from pathlib import Path

import numpy as np
import pytest

from aimc.circuits import equivalent_bits, mvm_error, quantise

BOOK = Path(__file__).parents[2] / "book"
FULL = 25  # microsiemens for a weight of one
DAY = 86_400 / 20  # in units of the time of the first read


def exercise(chapter: str, label: str) -> tuple[str, str]:
    """Return an exercise and its solution."""
    text = (BOOK / f"{chapter}.md").read_text(encoding="utf-8")
    posed = text.split(f":label: ex-{label}\n")[1].split("```")[0]
    return posed, text.split(f"{{solution}} ex-{label}\n")[1].split("```")[0]


def arrays(text: str) -> list[np.ndarray]:
    """Return the matrices and vectors of a piece of a page, in their order."""
    found = re.findall(r"\\begin\{pmatrix\}(.*?)\\end\{pmatrix\}", text, re.DOTALL)
    return [
        np.array([[float(entry) for entry in row.split("&")] for row in one.split("\\\\")])
        for one in found
    ]


def told(values: np.ndarray, digits: int) -> str:
    """Return two numbers as the pages write them."""
    return " and ".join(f"{v:.{digits}f}".replace("-", "−") for v in np.ravel(values))


@pytest.fixture(scope="module")
def layer() -> dict[str, np.ndarray]:
    """The weights, the input, and the devices as they are programmed."""
    W, x = arrays(exercise("1-concepts/02-ohm-and-kirchhoff", "ohm-hand")[0])
    plus, minus = arrays(exercise("1-concepts/03-weights-as-conductances", "weights-hand")[0])
    return {"W": W, "x": x, "plus": plus, "minus": minus, "stored": (plus - minus) / FULL}


def test_its_currents(layer):
    W, x = layer["W"], layer["x"]
    solved = exercise("1-concepts/02-ohm-and-kirchhoff", "ohm-hand")[1]
    plus, minus = arrays(solved)
    assert plus - minus == pytest.approx(FULL * W)
    assert 0.2 * (plus @ x).ravel() == pytest.approx([3.4, -0.8])  # microamperes
    assert 0.2 * (minus @ x).ravel() == pytest.approx([-0.9, 1.0])
    assert told(W @ x, 2) in solved
    shifts = 0.05 * 0.2 * plus.max() * x[1, 0] / (0.2 * FULL * (W @ x)[1, 0])
    assert f"{100 * shifts:.0f}% of a result" in solved


def test_its_stored_weights(layer):
    solved = exercise("1-concepts/03-weights-as-conductances", "weights-hand")[1]
    stored, outputs = arrays(solved)
    assert stored == pytest.approx(layer["stored"])
    assert outputs == pytest.approx(stored @ layer["x"], abs=5e-4)
    assert told((stored - layer["W"]) @ layer["x"], 3) in solved


def test_its_converters(layer):
    solved = exercise("1-concepts/04-inputs-and-outputs", "io-1")[1]
    sent = quantise(layer["x"], 4, 1.0)
    assert (7 * sent).ravel().tolist() == [7, -4, 6]
    for matrix, after in ((layer["W"], (0.9, -0.3)), (layer["stored"], (0.8, -0.4))):
        assert told(matrix @ sent, 3) in solved
        assert quantise((matrix @ sent).ravel(), 5, 1.5) == pytest.approx(after)


def test_its_error(layer):
    solved = exercise("1-concepts/05-precision", "precision-3")[1]
    W, stored = layer["W"], layer["stored"]
    X = np.random.default_rng(1).uniform(-1, 1, (10_000, 3))
    Q = quantise(X, 4, 1.0)
    ways = (X @ stored.T, quantise(Q @ W.T, 5, 1.5), quantise(Q @ stored.T, 5, 1.5))
    parts = [100 * mvm_error(way, X @ W.T) for way in ways]
    shown = [f"{part:.1f}%" for part in parts]
    assert f"{shown[0]}, {shown[1]} and {shown[2]}" in solved
    assert f"= {math.hypot(*parts[:2]):.1f}\\%" in solved
    assert f"are {equivalent_bits(parts[2] / 100):.1f} bits" in solved


def aged(conductance: np.ndarray) -> np.ndarray:
    """Return the devices of one polarity after a day."""
    exponent = np.select([conductance > 10, conductance >= 2], [0.03, 0.06], 0.09)
    return conductance * DAY**-exponent


def test_its_day(layer):
    solved = exercise("2-devices/03-drift", "drift-hand")[1]
    plus, minus, weights, outputs = arrays(solved)
    later = (aged(layer["plus"]) - aged(layer["minus"])) / FULL
    assert plus == pytest.approx(aged(layer["plus"]), abs=0.051)
    assert minus == pytest.approx(aged(layer["minus"]), abs=0.051)
    assert weights == pytest.approx(later, abs=5.1e-4)
    assert outputs == pytest.approx(later @ layer["x"], abs=5.1e-4)
    factor = np.sum(later * layer["stored"]) / np.sum(later**2)
    assert f"is {factor:.2f}." in solved
    errors = [
        np.linalg.norm(k * later - layer["stored"]) / np.linalg.norm(layer["stored"])
        for k in (1, factor)
    ]
    assert f"from {100 * errors[0]:.0f}% to {100 * errors[1]:.0f}%" in solved
    assert told(factor * later @ layer["x"], 3) in solved
    off = factor * later / layer["stored"] - 1
    assert all(0.035 < share < 0.055 for share in (off[0, 0], off[1, 1]))
    assert all(-0.195 < share < -0.175 for share in off[[0, 0, 1, 1], [1, 2, 0, 2]])
    kept = DAY ** -np.array([0.03, 0.06, 0.09])
    assert f"{kept[0]:.3f}, {kept[1]:.3f} and {kept[2]:.3f}" in solved
    assert f"= {kept[0] / kept[1]:.2f}$" in solved
    assert f"the weakest {kept[0] / kept[2]:.2f} times" in solved


def test_its_three_errors(layer):
    posed, solved = exercise("3-chip/05-mvm-precision", "mvm-small")
    X, measured = arrays(posed)
    (fitted,) = arrays(solved)
    exact = X @ layer["W"].T
    assert fitted == pytest.approx(measured.T @ X / 4)
    rest = measured - X @ fitted.T
    assert rest == pytest.approx(np.broadcast_to([0.01, -0.02], (4, 2)))
    factor = np.sum(measured * exact) / np.sum(measured**2)
    assert f"= {factor:.2f}$" in solved
    bare = mvm_error(measured, exact)
    best = mvm_error(factor * measured, exact)
    noise = factor * np.linalg.norm(rest) / np.linalg.norm(exact)
    wrong = math.sqrt(best**2 - noise**2)
    for value in (bare, best, math.sqrt(bare**2 - best**2), noise, wrong):
        assert f"{100 * value:.1f}\\%" in solved
    noise, wrong = round(100 * noise, 1), round(100 * wrong, 1)  # as a reader goes on with them
    hidden = round(noise * math.sqrt(3), 1)
    assert f"= {hidden}\\%" in solved
    assert f"= {math.sqrt(wrong**2 - hidden**2):.1f}\\%" in solved


def test_its_inverse(layer):
    solved = exercise("4-accuracy/05-more-bits", "bits-layer")[1]
    A, b, inverse = arrays(solved)
    stored, x = layer["stored"][:, :2], layer["x"]
    assert layer["W"][:, :2] == pytest.approx(A)
    assert (A @ x[:2]).ravel() == pytest.approx(b.ravel())
    assert inverse == pytest.approx(np.linalg.inv(stored), abs=5.1e-4)

    def shown(vector):
        return f"({', '.join(f'{v:.3f}' for v in vector.ravel())})"

    answer, left = np.zeros((2, 1)), []
    for step in range(12):
        correction = np.linalg.solve(stored, b - A @ answer)
        answer = answer + correction
        residual = b - A @ answer
        left.append(float(np.linalg.norm(residual) / np.linalg.norm(b)))
        if step < 2:
            assert shown(answer) in solved
            assert shown(residual if step == 0 else correction) in solved
    assert f"{100 * left[0]:.1f}% of" in solved
    assert f"a residual of {100 * left[1]:.1f}%" in solved
    assert left[-1] < 1e-12 < left[-2]
    assert all(0.09 < after / before < 0.12 for before, after in itertools.pairwise(left))

    E = stored - A
    size, least = np.linalg.norm(E, 2), np.linalg.svd(A, compute_uv=False).min()
    assert f"= {size:.3f}/{least:.2f}$" in solved
    assert f"gives {8 * size / least:.2f}," in solved
    worse = A + 8 * E
    assert f"determinant of {np.linalg.det(worse):.2f} instead of {np.linalg.det(A):.2f}" in solved
    step = 8 * E @ np.linalg.inv(worse)
    assert f"is {np.linalg.norm(step, 2):.1f}, and the loop runs away" in solved
    assert np.abs(np.linalg.eigvals(step)).max() > 1
