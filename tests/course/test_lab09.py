"""Lab 9: every student's system can be solved, and wrong answers get their words."""

import numpy as np
import pytest

from aimc import circuits
from aimc.published import fact
from aimc_course import start
from aimc_course.labs.lab09 import answers as nine
from aimc_course.labs.lab09 import given
from aimc_course.labs.lab09.questions import GOAL, LAB, aged, arrives, fresh, old_steps

SERIAL = 7
SERIALS = [0, 7, 12, 20261125]


def said(question, answer):
    return str(start("lab-9", serial=SERIAL).check(question, answer))


@pytest.mark.parametrize("serial", SERIALS)
def test_every_system_is_positive_definite_and_fits_a_core(serial):
    matrix, b = given.system(serial)
    np.testing.assert_array_equal(matrix, matrix.T)
    values = np.linalg.eigvalsh(matrix)
    assert 0.3 < values[0] < values[-1] < 1.8
    assert np.abs(matrix).max() <= 1
    assert np.abs(b).max() <= 1
    assert np.abs(given.vectors(serial)[0]).max() <= 1


@pytest.mark.parametrize("serial", SERIALS)
def test_the_machine_has_four_bits_and_its_mean_follows_the_root(serial):
    errors = nine.errors(serial)
    machine = errors[given.COUNTS.index(given.COPIES)]
    assert circuits.equivalent_bits(machine) == pytest.approx(4.0, abs=0.3)
    assert nine.slope(serial) == pytest.approx(fact("C065").number, abs=0.05)
    assert nine.same_core(serial) > 1.4 * machine


@pytest.mark.parametrize("serial", SERIALS)
def test_equal_slices_are_best(serial):
    errors = nine.slice_errors(serial)
    assert np.argmin(errors) == given.BASES.index(1)
    assert errors[1:].min() > 1.1 * errors[0]


@pytest.mark.parametrize("slices", [1, 3, 4])
@pytest.mark.parametrize("base", [1, 2, 3, 4, 8])
def test_slices_add_up_to_the_weight(base, slices):
    weights = np.random.default_rng(1).uniform(-1, 1, (5, 6))
    parts = nine.split(weights, base, slices)
    assert np.abs(parts).max() <= 1
    whole = np.tensordot(nine.significances(base, slices), parts, axes=1)
    step = 1e-15 if base == 1 else 0.5 / (base**slices - 1)
    assert np.abs(whole - weights).max() <= step * (1 + 1e-9)


@pytest.mark.parametrize("bits", [1, 2, 3])
def test_slices_are_those_of_the_library(bits):
    weights = np.random.default_rng(2).uniform(-1, 1, (5, 6))
    cell = circuits.BitSliced(bits, 3)
    targets = cell.split(weights, 1.0)
    np.testing.assert_allclose(nine.split(weights, 2**bits, 3), targets[:, 0, 0] - targets[:, 0, 1])
    np.testing.assert_allclose(nine.significances(2**bits, 3), cell.significance)


@pytest.mark.parametrize("serial", SERIALS)
def test_the_loop_arrives_fresh_and_old_and_nothing_else_does(serial):
    new, old = nine.history(serial), nine.old_history(serial)
    left = nine.history(serial, given.OLD, steps=60, corrected=False)
    assert fresh(new, serial) == ""
    assert aged(old, serial) == ""
    assert "fewer with one factor" in aged(left, serial) or "not at 1e-15" in aged(left, serial)
    assert arrives(new) < old_steps(serial)[0] < arrives(old) < old_steps(serial)[1]


def test_the_solution_is_that_of_the_equations():
    matrix, b = given.system(SERIAL)
    inverse = np.linalg.inv(matrix + 0.01 * np.random.default_rng(3).uniform(-1, 1, matrix.shape))
    x = nine.refine(matrix, b, lambda r: inverse @ r, 20)[-1]
    np.testing.assert_allclose(x, np.linalg.solve(matrix, b), rtol=0, atol=1e-14)
    assert nine.relative_residual(matrix, x, b) < GOAL


def test_conjugate_gradients_solve_with_exact_products():
    matrix, b = given.system(SERIAL)
    z = nine.conjugate_gradients(lambda v: matrix @ v, b)
    assert nine.relative_residual(matrix, z, b) <= given.TOLERANCE


def without_the_residual(matrix, b, solve, steps):
    x = [np.zeros_like(b)]
    for _ in range(steps):
        x.append(x[-1] + solve(b))
    return np.stack(x)


def replaced(matrix, b, solve, steps):
    x = [np.zeros_like(b)]
    for _ in range(steps):
        x.append(solve(b))
    return np.stack(x)


def from_the_first(matrix, b, solve, steps):
    x = nine.refine(matrix, b, solve, steps)
    return np.stack([*x[:3], *([x[2]] * (steps - 2))])


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        (without_the_residual, "runs away"),
        (replaced, "*added* to x"),
        (from_the_first, "stalls"),
        (lambda *a: nine.refine(*a)[1:], "zero first"),
        (lambda *a: nine.refine(*a)[-1], "zero first"),
        (lambda *a: 1.0 + nine.refine(*a), "first iterate is zero"),
        (lambda *a: None, "return"),
        (lambda *a: 1 / 0, "ZeroDivisionError"),
        (lambda *a: "x", "wrong type"),
    ],
)
def test_wrong_refinements_get_the_hint_that_fits(wrong, word):
    shown = said("q10", wrong)
    assert word in shown
    assert "0 of 3 points" in shown


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        (lambda f, v: f(v), "arrive as"),
        (lambda f, v: f(v / np.max(np.abs(v))), "multiplied after it"),
        (lambda f, v: np.max(v) * f(v / np.max(v)), "arrive as"),
        (lambda f, v: np.max(np.abs(v)) * f(v / np.linalg.norm(v)), "arrive as"),
        (
            lambda f, v: np.max(np.abs(v)) * f(v / np.max(np.abs(v))) if np.any(v) else f(v) + 1,
            "vector of zeros",
        ),
        (lambda f, v: f(v)[:2], "expected shape"),
    ],
)
def test_wrong_scalings_get_the_hint_that_fits(wrong, word):
    with np.errstate(all="ignore"):
        shown = said("q11", wrong)
    assert word in shown
    assert ("1.5 of 2 points" if word == "vector of zeros" else "0 of 2 points") in shown


GOOD = 0.15 ** np.arange(30)


@pytest.mark.parametrize(
    ("question", "answer", "word"),
    [
        ("q12", GOOD[1:], "x = 0"),
        ("q12", [1.0, 1e-16, 1e-16], "no analog machine"),
        ("q12", np.maximum(GOOD, 1e-2), "fill the range"),
        ("q12", np.maximum(GOOD, 1e-12), "not at 1e-15 yet"),
        ("q12", 0.5 ** np.arange(60), "mean of all its cores"),
        ("q12", [1.0, float("nan"), 0.1], "finite"),
        ("q12", [1.0], "a list of numbers"),
        ("q14", GOOD, "after a year"),
        ("q14", 0.56 ** np.arange(70), "fewer with one factor"),
        ("q14", np.maximum(0.4 ** np.arange(60), 1e-13), "not at 1e-15 yet"),
    ],
)
def test_wrong_residuals_get_the_hint_that_fits(question, answer, word):
    shown = said(question, answer)
    assert word in shown
    assert " 0 of " in shown


def test_points_are_those_of_the_notebook():
    assert sum(question.points for question in LAB.questions) == 26
