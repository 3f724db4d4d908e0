"""Lab 7: what students get is theirs, references are right, and naive answers earn little."""

import numpy as np
import pytest

from aimc.networks.small_cnn import small_cnn
from aimc_answers.lab07 import answers as seven
from aimc_course import start
from aimc_course.labs.lab07 import given

pytestmark = pytest.mark.native("it repeats for long what other tests run there")

SERIAL = 7


def said(question, answer):
    return str(start("lab-7", serial=SERIAL).check(question, answer))


def test_spread_is_that_of_many_draws():
    rng = np.random.default_rng(0)
    (w,), (x, other) = given.matrix(SERIAL), given.inputs(SERIAL)
    many = [seven.wrong_weights(w, rng.standard_normal(w.shape), 0.1) for _ in range(3000)]
    outputs = np.array(many) @ np.stack([x, other], axis=1)  # (draw, out, input)
    np.testing.assert_allclose(
        outputs[..., 0].std(axis=0), seven.output_spread(w, x, 0.1), rtol=0.06
    )
    found = np.mean([np.corrcoef(outputs[:, k].T)[0, 1] for k in range(len(w))])
    assert found == pytest.approx(seven.correlation(SERIAL), abs=0.02)


@pytest.mark.parametrize("serial", [0, 7, 12, 20261125])
def test_every_student_has_something_to_find(serial):
    assert 1.2 < seven.clipping_gain(serial) < 4
    assert 0.3 < seven.correlation(serial) < 0.95
    chips = given.chips(serial)[0]
    assert len(set(chips.tolist())) == given.CHIPS
    assert chips[0] == serial


def test_students_have_different_matrices_and_chips():
    assert np.any(given.matrix(1)[0] != given.matrix(2)[0])
    assert np.any(given.chips(1)[0] != given.chips(2)[0])
    np.testing.assert_array_equal(given.matrix(1)[0], given.matrix(1)[0])


def test_a_network_survives_being_a_vector():
    network = small_cnn("aware")
    vector = given.as_vector(network)
    assert vector.shape == (given.SIZE,)
    again = given.from_vector(vector.astype(np.float64)).state_dict()
    for name, value in network.state_dict().items():
        np.testing.assert_array_equal(again[name].numpy(), value.numpy())


def test_the_plain_network_is_no_answer_to_the_training():
    plain = given.as_vector(small_cnn("plain"))
    assert "0 of 4 points" in said("q9", plain)
    assert "one vector" in said("q9", plain[:-1])
    assert "4 of 4 points" in said("q9", seven.trained(SERIAL))


def test_accuracies_of_other_chips_are_refused():
    found = seven.direct(SERIAL)
    assert "2 of 2 points" in said("q8", found)
    assert "chips give" in said("q8", found - 0.1)
    assert "move the other way" in said("q8", found[:, ::-1])
    assert "one column per time" in said("q8", found.mean(axis=0))


def test_pairs_are_narrower_than_independent_chips():
    rng = np.random.default_rng(1)
    chips = rng.normal(0.8, 0.03, 8)
    first, second = chips + 0.02 + rng.normal(0, 0.003, 8), chips
    mean, half = seven.paired(first, second)
    assert mean == pytest.approx(0.02, abs=0.004)
    assert half < 0.2 * seven.paired(first, np.zeros(8))[1]
