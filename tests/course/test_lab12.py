"""Lab 12: every student's chip shows what the lab says, and wrong answers get their words."""

import numpy as np
import pytest

from aimc.kernel_approximation import (
    KernelFeatures,
    PositiveFeatures,
    Projection,
    Ridge,
    exact_kernel,
    linear_attention,
    softmax_attention,
)
from aimc_answers.lab12 import answers
from aimc_course import start
from aimc_course.labs.lab12 import given
from aimc_course.labs.lab12.questions import LAB

pytestmark = pytest.mark.native("it repeats for long what other tests run there")

SERIALS = [0, 7, 12, 20261125]


def marks(question, answer, serial=7):
    lab = start("lab-12", serial=serial)
    lab.check(question, answer)
    return lab.verdicts[question]


@pytest.mark.parametrize("serial", SERIALS)
def test_every_student_has_other_images_directions_and_tokens(serial):
    x, y, x_test, y_test = given.images(serial)
    assert set(y) == set(y_test) == set(range(10))
    assert max(np.abs(x).max(), np.abs(x_test).max()) <= 1.0
    np.testing.assert_allclose(x.mean(axis=0), 0.0, atol=1e-12)
    assert not np.array_equal(given.directions(serial)[0], given.directions(serial + 1)[0])
    assert not marks("q3", answers.kernel_error(serial + 1), serial).right


def test_answers_are_those_of_the_library():
    x, _, x_test, _ = given.images(7)
    (omega,) = given.directions(7)
    np.testing.assert_allclose(
        answers.rbf(x[:5], x_test[:6], 1.5), exact_kernel("rbf", x[:5], x_test[:6], width=1.5)
    )
    library = KernelFeatures("rbf", Projection(omega[:9]), width=1.5)(x)
    np.testing.assert_allclose(answers.features(x @ omega[:9].T, 1.5), library)
    centred, targets = x[:, 10:14] - x[:, 10:14].mean(axis=0), x[:, 20] - x[:, 20].mean()
    np.testing.assert_allclose(
        answers.ridge(centred, targets, 0.3),
        Ridge(centred, targets, penalties=(0.3,)).weights[:, 0],
        rtol=1e-6,
    )
    q, k, v = (0.5 * part for part in given.tokens(7))
    found = linear_attention(q, k, v, PositiveFeatures(Projection(omega)))
    exact = softmax_attention(q, k, v)
    error = np.linalg.norm(found - exact) / np.linalg.norm(exact)
    assert answers.attention_error(7, 0.5) == pytest.approx(error, rel=1e-6)


@pytest.mark.parametrize("serial", SERIALS)
def test_the_chip_errs_and_the_kernel_does_not_mind(serial):
    assert 0.1 < answers.product_error(serial) < 0.22
    ratio = answers.chip_errors(serial) / answers.exact_errors(serial)
    assert np.all((ratio > 0.9) & (ratio < 1.15))
    assert 0.5 < answers.orthogonal_error(serial) / answers.chip_errors(serial)[1] < 0.8


def test_digits_are_read_and_learning_from_the_chip_helps_on_average():
    used = np.array([answers.accuracies(serial) for serial in range(8)])
    own = np.array([answers.own_accuracies(serial) for serial in range(8)])
    assert np.all(np.diff(used.mean(axis=0)) > 0.01)
    assert used[:, -1].mean() > 0.94
    assert own.mean() > used.mean() + 0.001


@pytest.mark.parametrize("serial", SERIALS)
def test_long_vectors_are_beyond_the_method(serial):
    short, middle, long = answers.attention_errors(serial)
    assert short < 0.1 < 0.25 < middle < 0.7 < 1.0 < long


def test_the_variance_of_one_weight_is_the_one_that_is_given():
    rng, m = np.random.default_rng(1), 4000
    x = 0.3 * rng.standard_normal((2, 16)) / 2.0  # the fourth root of 16 is 2
    omega = rng.standard_normal((m, 16))
    zq, zk = (answers.positive(part[None] @ omega.T, part[None]) * np.sqrt(m) for part in x)
    weights = (zq * zk)[0]
    expected = np.exp(np.sum((x[0] + x[1]) ** 2)) - 1
    assert weights.mean() == pytest.approx(np.exp(x[0] @ x[1]), rel=0.05)
    assert weights.var() / np.exp(x[0] @ x[1]) ** 2 == pytest.approx(expected, rel=0.15)


def test_any_orthogonal_rows_of_the_right_lengths_are_right():
    def by_gram_and_schmidt(square):
        rows = []
        for row in square[::-1]:
            left = row - sum((row @ other) * other for other in rows)
            rows.append(left / np.linalg.norm(left))
        return np.linalg.norm(square, axis=1)[:, None] * np.array(rows)

    assert marks("q10", by_gram_and_schmidt).points == 2
    assert marks("q10", lambda g: np.linalg.qr(g.T)[0].T).points == 1


def test_projecting_all_images_at_once_is_as_right():
    x, (omega,) = given.images(7)[2], given.directions(7)
    kernel, found = answers.true_kernel(7), []
    for count in given.COUNTS:
        z = answers.features(given.on_chip(7, omega[:count], x), given.WIDTH)[: given.PAIRED]
        found.append(answers.error_of(z, kernel))
    assert marks("q6", found).right


def test_points_are_those_of_the_notebook():
    assert sum(question.points for question in LAB.questions) == 21
