"""Lab 9: every student's system can be solved, and wrong answers get their words."""

import numpy as np
import pytest

from aimc import circuits, presets
from aimc.published import fact
from aimc_answers.catalogue import find
from aimc_answers.checks.keys import KeyedSerial
from aimc_answers.lab09 import answers as nine
from aimc_answers.solvers import GOAL
from aimc_course import start
from aimc_course.labs.lab09 import given

pytestmark = pytest.mark.native("it repeats for long what other tests run there")

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


def arrives(residuals):
    return int(np.argmax(np.asarray(residuals) <= GOAL))


@pytest.mark.parametrize("serial", SERIALS)
def test_a_year_costs_steps_and_one_factor_saves_some_of_them(serial):
    new, old = nine.history(serial), nine.history(serial, given.OLD, 70)
    bare = nine.history(serial, given.OLD, 120, False)
    assert 10 < arrives(new) < arrives(old) < arrives(bare)


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
        (lambda f, v: f(v)[:2], "wrong shape"),
    ],
)
def test_wrong_scalings_get_the_hint_that_fits(wrong, word):
    with np.errstate(all="ignore"):
        shown = said("q11", wrong)
    assert word in shown
    assert ("1.5 of 2 points" if word == "vector of zeros" else "0 of 2 points") in shown


def single(function):
    """Return a function whose result has single precision."""
    return lambda *arguments: np.float32(function(*arguments))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("q10", single(nine.refine)),
        ("q12", single(nine.solve_on)),
        ("q14", single(nine.solve_old)),
    ],
)
def test_single_precision_is_called_by_its_name(question, answer):
    shown = said(question, answer)
    assert "precision" in shown
    assert " 0 of " in shown


@pytest.mark.parametrize("zeros", [np.zeros_like, lambda v: 0.0])
def test_zeros_of_another_shape_are_called_a_wrong_shape(zeros):
    shown = said("q11", lambda f, v: nine.scaled(f, v) if np.any(v) else zeros(v))
    assert "wrong shape" in shown
    assert "1.5 of 2 points" in shown


MADE_UP = {
    "q12": np.maximum(0.15 ** np.arange(31.0), 3e-16),
    "q14": np.maximum(0.4 ** np.arange(71.0), 3e-16),
}


@pytest.mark.parametrize("question", MADE_UP)
@pytest.mark.parametrize(
    "handed_in", [lambda made: made, lambda made: made.tolist(), lambda made: lambda *_: made]
)
def test_made_up_residuals_earn_nothing(question, handed_in):
    assert " 0 of " in said(question, handed_in(MADE_UP[question]))


def solved_digitally(matrix, b, steps):
    """Return iterates that gain as much in each step as a machine would let them."""
    return nine.solve_on(lambda v: matrix @ v, matrix, b, steps)


def at_home(multiply, matrix, b, *known):
    """Solve the system of the notebook, whatever there is to solve."""
    return nine.solve_on(multiply, *given.system(SERIAL), known[-1])


def with_a_decoy(multiply, matrix, b, *known):
    multiply(b)
    return solved_digitally(matrix, b, known[-1])


def with_many_decoys(multiply, matrix, b, *known):
    for _ in range(known[-1]):
        multiply(b)
    return solved_digitally(matrix, b, known[-1])


def when_it_pays(multiply, matrix, b, *known):
    """Solve digitally, unless few steps are asked for or the first product is a wrong one."""
    wrong = np.linalg.norm(multiply(b) - matrix @ b) > 0.9 * np.linalg.norm(matrix @ b)
    if wrong or known[-1] < 30:
        return np.zeros((known[-1] + 1, b.size))
    return with_many_decoys(multiply, matrix, b, *known)


def until_it_breaks(multiply, matrix, b, *known, stop=True):
    """Solve digitally for as long as each product is about that of the matrix, and then stop."""
    x, shown = solved_digitally(matrix, b, known[-1]), []
    for k in range(known[-1] + 1):
        wanted, got = matrix @ b, multiply(b)
        got = got * (got @ wanted) / (got @ got)  # it may have shrunk
        broken = np.linalg.norm(got - wanted) > 0.5 * np.linalg.norm(wanted)
        assert stop or not broken
        shown.append(shown[-1] if broken else x[k])
    return np.stack(shown)


def giving_up(*what):
    return until_it_breaks(*what, stop=False)


def stopped_where_it_runs_away(multiply, matrix, b, *known):
    """Refine honestly, and end with an error where nothing is gained."""
    gain = nine.best_scale(multiply(known[0]), known[1]) if len(known) > 1 else 1.0
    x = nine.solve_on(lambda v: gain * multiply(v), matrix, b, known[-1])
    assert nine.relative_residual(matrix, x[-1], b) < 1e-9
    return x


def at_once(multiply, matrix, b, *known):
    multiply(b)
    return np.stack([0 * b, *[np.linalg.solve(matrix, b)] * known[-1]])


@pytest.mark.parametrize("question", ["q12", "q14"])
@pytest.mark.parametrize(
    ("solve", "word"),
    [
        (lambda multiply, matrix, b, *known: solved_digitally(matrix, b, known[-1]), "never asked"),
        (with_a_decoy, "less often than it took steps"),
        (with_many_decoys, "nothing to do with the matrix"),
        (when_it_pays, "nothing to do with the matrix"),
        (until_it_breaks, "the same on two machines whose errors are others"),
        (giving_up, "the same on two machines whose errors are others"),
        (at_once, "no analog machine"),
        (at_home, "run"),
        (lambda multiply, matrix, b, *known: np.zeros((known[-1] + 1, b.size)), "never asked"),
        (lambda *a: 1 / 0, "ZeroDivisionError"),
        (lambda *a: None, "return"),
        (lambda *a: "x", "array of numbers"),
    ],
)
def test_who_solves_without_the_machine_is_found_out(question, solve, word):
    shown = said(question, solve)
    assert word in shown
    assert " 0 of " in shown


@pytest.mark.parametrize("asks", [0, 1, 30])
def test_who_refines_without_the_solver_is_found_out(asks):
    def refine(matrix, b, solve, steps):
        for _ in range(asks):
            solve(b)
        x = np.linalg.solve(matrix, b)
        for _ in range(3):
            x = x + np.linalg.solve(matrix, b - matrix @ x)
        return np.stack([(1 - 0.2**k) * x if k < 25 else x for k in range(steps + 1)])

    assert " 0 of " in said("q10", refine)


def test_who_refines_without_the_solver_until_it_breaks_is_found_out():
    def refine(matrix, b, solve, steps):
        x, shown = np.linalg.solve(matrix, b), [0 * b]
        for k in range(1, steps + 1):
            broken = np.linalg.norm(solve(b) - x) > 0.5 * np.linalg.norm(x)
            x = x + np.linalg.solve(matrix, b - matrix @ x)
            shown.append(shown[-1] if broken else (1 - 0.2**k) * x if k < 25 else x)
        return np.stack(shown)

    assert "two solvers that are wrong in other ways" in said("q10", refine)


def with_a_digital_search(multiply, matrix, b, *known):
    """Choose the length of each correction so that little is left of the residual."""
    x = [np.zeros_like(b)]
    for _ in range(known[-1]):
        r = b - matrix @ x[-1]
        z = nine.conjugate_gradients(lambda v: nine.scaled(multiply, v), r)
        found = matrix @ z
        x.append(x[-1] + z * (r @ found) / (found @ found))
    return x


def by_richardson(multiply, A, b, steps):
    def rough(r):
        z = r.copy()
        for _ in range(8):
            z = z + r - nine.scaled(multiply, z)
        return z

    return nine.refine(A, b, rough, steps)


def factor_of_norms(multiply, matrix, b, tests, first, steps):
    now = np.stack([multiply(v.tolist()) for v in tests])
    gain = np.linalg.norm(first) / np.linalg.norm(now)
    return nine.solve_on(lambda v: gain * multiply(v), matrix, b, steps).tolist()


@pytest.mark.parametrize(
    ("question", "solve"),
    [
        ("q12", with_a_digital_search),
        ("q12", by_richardson),
        ("q12", stopped_where_it_runs_away),
        ("q14", stopped_where_it_runs_away),
        ("q12", lambda *a: nine.solve_on(*a)[:25]),
        ("q14", with_a_digital_search),
        ("q14", factor_of_norms),
    ],
)
def test_other_honest_solvers_are_right(question, solve):
    assert "✔" in said(question, solve)


@pytest.mark.parametrize("seed", range(6))
def test_the_solution_arrives_on_machines_that_nobody_knows(seed):
    for question in find("lab-9").questions:
        if question.id in ("q12", "q14"):
            solution = question.right_answer(SERIAL)
            assert question.verdict(solution, KeyedSerial(SERIAL, seed=seed)).right


def test_points_are_those_of_the_notebook():
    assert sum(question.points for question in find("lab-9").questions) == 26


@pytest.mark.parametrize("spectrum", [np.geomspace(0.01, 1, 64), np.linspace(0.01, 1, 64)])
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_without_its_diagonal_a_matrix_gains_by_the_range_of_the_others(spectrum, seed):
    """The model answer of the open question says so: the errors of the diagonal hardly count."""
    turned = np.linalg.qr(np.random.default_rng(seed).normal(size=(64, 64)))[0]
    whole = (turned * spectrum) @ turned.T
    whole /= np.abs(whole).max()
    others = whole - np.diag(np.diag(whole))

    def error(matrix, full):
        cores = [presets.hermes(serial=seed, index=k).program(matrix, full) for k in range(4)]
        return np.linalg.norm(np.mean([core.weights() for core in cores], axis=0) - matrix, 2)

    before, at_the_old_range = error(whole, 1.0), error(others, 1.0)
    assert 0.9 * before < at_the_old_range < 1.05 * before
    assert error(others, np.abs(others).max()) < 0.7 * before
