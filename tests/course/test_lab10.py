"""Lab 10: every student's chip shows what the lab says, and wrong answers get their words."""

import numpy as np
import pytest

from aimc_answers.lab10 import answers
from aimc_answers.pairs import draw_pairs
from aimc_course import start
from aimc_course.labs.lab10 import given
from aimc_course.labs.lab10.questions import LAB
from aimc_course.studies.language_models import Shape, decode, energy, peak, row_errors, windows

pytestmark = pytest.mark.native("it repeats for long what other tests run there")

SERIALS = [0, 7, 12, 20261125]


def marks(question, answer, serial=7):
    lab = start("lab-10", serial=serial)
    lab.check(question, answer)
    return lab.verdicts[question]


@pytest.mark.parametrize("serial", SERIALS)
def test_every_student_has_another_decoder_text_matrix_and_chips(serial):
    width, _, inner, _ = given.size(serial)[0].tolist()
    assert width % 64 == 0
    assert inner % width == 0
    (pieces,), (w, x) = given.pieces(serial), given.matrix(serial)
    assert pieces.shape == (given.PIECES, given.STEPS + 1)
    assert (w.shape, x.shape) == ((64, 64), (200, 64))
    assert not np.array_equal(pieces, given.pieces(serial + 1)[0])
    assert given.chips(serial)[0][0] == serial
    assert not marks("q3", answers.lengths(serial + 1), serial).right


def test_the_text_is_the_one_that_no_training_saw():
    long = np.concatenate([window[:64].numpy() for window in windows()])
    known = {tuple(long[k : k + 16]) for k in range(len(long) - 16)}
    assert np.mean([tuple(piece[:16]) in known for piece in given.pieces(7)[0]]) > 0.95


@pytest.mark.parametrize("serial", SERIALS)
def test_counts_are_those_of_the_library(serial):
    width, blocks, inner, vocabulary = given.size(serial)[0].tolist()
    shape = Shape("own", width, blocks, 1, inner, vocabulary)
    assert answers.weights(width, blocks, inner, vocabulary) == shape.weights
    work = decode(shape, 5000)
    assert answers.share(shape.weights, width, blocks, 5000) == pytest.approx(
        work.on_cores / (work.on_cores + work.attention)
    )
    half, dear, cheap = answers.lengths(serial)
    for price, spent in ((1.0, dear), (0.0, cheap)):
        found = energy(shape, round(spent), price=price)
        assert found.work == pytest.approx(found.arithmetic + found.fetching, rel=0.05)
    assert dear < cheap < half / 8


def test_errors_are_those_of_the_library():
    w = given.matrix(7)[0]
    np.testing.assert_allclose(answers.peaks(w), peak(w))
    for limit in (1.5, np.inf):
        assert answers.errors(w[3], limit, 0.1) == pytest.approx(row_errors(w[3:4], limit, 0.1))


@pytest.mark.parametrize("serial", SERIALS)
def test_clipping_wins_less_on_a_core_than_the_formula_says(serial):
    least, without = answers.limited(serial)
    assert 1.5 < answers.best_limit(serial) < 4.0
    assert 0.7 < least / without < 0.95
    first, second = answers.core_errors(serial)
    w = given.matrix(serial)[0]
    ratio = answers.peaks(w).mean() / answers.peaks(answers.clipped(w, given.LIMIT)).mean()
    assert 1.1 < first / second < ratio - 0.05


def test_any_order_of_the_products_is_as_right():
    w, x = given.matrix(7)
    from aimc import presets

    core = presets.hermes(7, devices=2).program(w, w_max=np.abs(w).max(axis=1))
    core @ x.T  # a first look
    error = np.linalg.norm((core @ x.T).T - x @ w.T) / np.linalg.norm(x @ w.T)
    assert marks("q8", [error, answers.core_errors(7)[1]]).right


@pytest.mark.parametrize("serial", [7, 20384, 31337])
def test_slips_that_hardly_change_the_error_of_a_core_are_known(serial):
    for slip, points in (("whole", 1 / 2), ("each", 0), ("squares", 0)):
        wrong = answers.core_errors(serial, **{slip: slip != "squares"})
        assert marks("q8", wrong, serial).points == points, slip


def test_reads_of_five_chips_are_right_and_columns_of_others_are_not(monkeypatch):
    means, rng = np.array([[2.1635], [2.1261], [2.12]]), np.random.default_rng(3)
    tried = 0
    for spread in (0.008, 0.012, 0.016):
        for _ in range(50):
            chips = means + spread * rng.standard_normal(5) + 0.002 * rng.standard_normal((3, 5))
            monkeypatch.setattr(answers, "after_a_year", lambda serial, chips=chips: chips)
            read = chips + 0.0022 * rng.standard_normal((3, 5))
            assert marks("q9", read, 7).right
            one, other = np.argsort(chips.mean(axis=0))[[0, -1]]
            exchanged, alike = read.copy(), np.repeat(means, 5, axis=1)
            exchanged[:, [one, other]] = read[:, [other, one]]
            # Chips that lie as near to each other as two reads of one are not told apart.
            apart, ends = chips - chips.mean(axis=1, keepdims=True), chips[:, one] - chips[:, other]
            alike = alike + 1e-4 * rng.standard_normal((3, 5))
            for wrong, clear in ((exchanged, ends), (alike, apart)):
                if np.linalg.norm(clear) > 0.02:
                    tried += 1
                    assert marks("q9", wrong, 7).points < 1
    assert tried > 250


@pytest.mark.slow
@pytest.mark.parametrize("serial", [1, 7])
def test_a_second_look_at_each_chip_is_as_right_and_other_chips_are_not(serial):
    import torch

    from aimc_course.studies.language_models import bits_per_character, windows

    held, found = windows()[:: given.EVERY], []
    for name in given.TRAININGS:
        models = [given.aged(name, chip, given.YEAR) for chip in given.chips(serial)[0].tolist()]
        with torch.no_grad():
            for model in models:
                bits_per_character(model, held)
            found.append([bits_per_character(model, held) for model in models])
    year = np.array(found)
    assert marks("q9", year, serial).right
    assert marks("q9", year[:, ::-1], serial).points < 1
    assert marks("q9", year[[0, 2, 1]], serial).points < 1 / 2


@pytest.mark.parametrize("serial", [7, 20261125])
def test_a_day_costs_much_and_compensation_brings_it_back(serial):
    exact, fresh, alone, kept = answers.losses(serial)
    assert exact + 0.01 < fresh < kept < exact + 0.12
    assert 0.25 < alone - exact < 0.45


def test_a_second_look_at_the_same_chip_is_as_right():
    import torch

    from aimc_course.studies.language_models import bits_per_character

    pieces = torch.from_numpy(given.pieces(7)[0])
    chip = given.aged("plain", 7, given.DAY)
    bits_per_character(chip, pieces)
    again = answers.losses(7).copy()
    again[3] = bits_per_character(chip, pieces)
    assert again[3] != answers.losses(7)[3]
    assert marks("q4", again).right


@pytest.mark.slow
@pytest.mark.parametrize("serial", [7, 20261125])
def test_clipping_is_better_in_pairs_after_a_year(serial):
    plain, clip, both = answers.after_a_year(serial)
    assert answers.verdict(plain, clip)[2] == 1
    assert np.mean(plain - clip) > 2 * abs(np.mean(clip - both))


def test_differences_are_real_or_just_not():
    rng = np.random.default_rng(3)
    said = [answers.verdict(*draw_pairs(rng))[2] for _ in range(60)]
    assert set(said) == {-1, 0, 1}


def test_points_are_those_of_the_notebook():
    assert sum(question.points for question in LAB.questions) == 22
