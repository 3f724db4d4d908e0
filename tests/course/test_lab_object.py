"""The object that a lab notebook talks to."""

import copy
import pickle
import sys

import numpy as np
import pytest

from aimc_course import LABS, start
from aimc_course.labs import catalogue
from aimc_course.labs.catalogue import folders


def test_start_knows_both_names_and_refuses_others():
    assert start("lab-1", serial=7).definition is start("01-build-a-crossbar", serial=7).definition
    with pytest.raises(ValueError, match="lab-99"):
        start("lab-99", serial=7)
    with pytest.raises(ValueError, match="serial"):
        start("lab-1", serial=-1)
    with pytest.raises(TypeError, match="serial"):
        start("lab-1", serial="seven")


@pytest.mark.parametrize("definition", LABS, ids=lambda lab: lab.name)
def test_questions_are_numbered_and_labelled(definition):
    names = [question.id for question in definition.questions]
    assert names == [f"q{k}" for k in range(1, len(names) + 1)]
    assert all(question.title and question.points > 0 for question in definition.questions)


def test_given_numbers_follow_from_the_serial_number():
    ours, again, theirs = (start("lab-1", serial=s).given("crossbar") for s in (7, 7, 8))
    np.testing.assert_array_equal(ours[0], again[0])
    assert not np.array_equal(ours[0], theirs[0])
    with pytest.raises(ValueError, match="'secret'"):
        start("lab-1", serial=7).given("secret")


def test_a_share_below_one_per_cent_is_asked_back_once():
    lab = start("lab-5", serial=7)
    assert "Did you mean 90 %?" in str(lab.predict("p1", 0.9))
    assert "made no prediction" in str(lab.compare("p1", 80))
    assert "Did you mean 80 %?" in str(lab.predict("p1", 0.8))
    assert "you predict 0.8 %" in str(lab.predict("p1", 0.8))
    assert "locked" in str(lab.predict("p1", 90))
    assert "you predict 90 %" in str(lab.predict("p5", 90))
    assert "you predict 0.9." in str(lab.predict("p3", 0.9))  # a pure number is one


@pytest.mark.parametrize(
    ("lab", "name", "said", "meant"),
    [
        ("lab-12", "p3", 0.05, "5 points"),
        ("lab-3", "p3", 0.95, "95 of 100"),
        ("lab-1", "p1", 8e-6, "8 µA"),
        ("lab-3", "p2", 5e-7, "0.5 µS"),
        ("lab-6", "p1", 2e-8, "20 nJ"),
    ],
)
def test_a_prediction_in_another_unit_is_asked_back_once(lab, name, said, meant):
    lab = start(lab, serial=7)
    assert f"Did you mean {meant}?" in str(lab.predict(name, said))
    assert lab.predictions == {}
    assert "you predict" in str(lab.predict(name, said))
    assert lab.predictions == {name: said}


@pytest.mark.parametrize(
    ("lab", "name", "said"),
    [
        ("lab-12", "p3", 0.5),
        ("lab-12", "p3", 0.0),
        ("lab-1", "p1", 0.8),
        ("lab-4", "p3", 1e-5),
        ("lab-8", "p3", 5),
        ("lab-10", "p2", 0.01),
    ],
)
def test_a_small_prediction_that_may_be_meant_is_locked_at_once(lab, name, said):
    assert "you predict" in str(start(lab, serial=7).predict(name, said))


def test_no_assumption_is_blamed_for_what_chance_does():
    lab = start("lab-12", serial=7)
    lab.predict("p3", 1.0)
    assert "Which assumption" in str(lab.compare("p3", -0.75))
    shown = lab.compare("p3", -0.75, chance=1.8)
    assert shown.symbol == "✔"
    assert "no contradiction" in str(shown)
    assert "Which assumption" in str(lab.compare("p3", -1.75, chance=1.8))


def test_a_prediction_is_locked_and_compared():
    lab = start("lab-1", serial=7)
    assert "write your prediction" in str(lab.predict("p1", ...))
    assert "one number" in str(lab.predict("p1", "much"))
    assert lab.predictions == {}
    assert "you predict 12 µA" in str(lab.predict("p1", 12))
    assert "locked. You predicted 12" in str(lab.predict("p1", 8))
    assert lab.predictions == {"p1": 12.0}
    assert "a factor of 1.5 too high" in str(lab.compare("p1", 8.0))
    assert "within 20 %" in str(lab.compare("p1", 10.5))
    assert "nothing measured" in str(lab.compare("p1", None))
    lab.predict("p2", 1000)
    assert "you predicted 1000 %, measured 8 %, a factor of 120 too" in str(lab.compare("p2", 8.0))
    assert "no prediction" in str(lab.compare("p3", 3.0))
    with pytest.raises(ValueError, match="p9"):
        lab.predict("p9", 1)
    assert lab.points == 0


def test_checks_are_remembered_and_the_last_one_counts():
    lab = start("lab-1", serial=7)
    conductance, volts = lab.given("crossbar")
    assert str(lab.check("q1", conductance @ volts)).startswith("✔ q1: 2 of 2 points.")
    assert lab.points == 2
    assert str(lab.check("q1", conductance.T @ volts)).startswith("✘ q1: 0 of 2 points.")
    assert lab.points == 0
    with pytest.raises(ValueError, match="q99"):
        lab.check("q99", 1)


def test_what_was_not_tried_still_counts_in_the_most_that_can_be_earned():
    lab = start("lab-2", serial=7)
    most = sum(question.points for question in lab.definition.questions)
    assert lab.max_points == most == 26
    lab.check("q8", 2700)
    assert (lab.points, lab.max_points) == (1, most)
    assert repr(lab).startswith("<lab-2, serial 7: 1 of 26 points>")
    assert str(lab.summary()).endswith("sum     1 / 26  ")


def test_a_lab_that_is_started_again_says_what_became_of_the_points(monkeypatch):
    monkeypatch.setattr(catalogue, "_begun", {})  # other tests have begun labs, too
    lab = start("lab-1", serial=7)
    conductance, volts = lab.given("crossbar")
    lab.check("q1", conductance @ volts)
    start("lab-1", serial=7)
    again = start("lab-1", serial=7)  # the cell is run twice more
    for shown in (repr(again), again._repr_html_()):
        assert "2 points earned before come back" in shown
    assert again.points == 0
    again.check("q1", conductance @ volts)
    for shown in (repr(again), again._repr_html_()):
        assert "earned before" not in shown
    other = start("lab-1", serial=8)
    assert "2 points earned before belonged to chip 7" in repr(other)
    assert "earned before" not in repr(start("lab-3", serial=7))


def test_the_lab_is_shown_as_a_table_of_what_is_earned_and_what_is_open():
    lab = start("lab-2", serial=7)
    lab.check("q8", 2700)
    shown = lab._repr_html_()
    assert all(question.title in shown for question in lab.definition.questions)
    assert "<td>1</td><td>1</td>" in shown
    assert "<td>1</td><td>26</td>" in shown
    assert "Still open: q1, q2, q3, q4, q5, q6, q7, q9" in shown


def test_what_a_check_says_begins_with_a_capital_but_names_stay_as_they_are():
    lab = start("lab-1", serial=7)
    conductance, volts = lab.given("crossbar")

    def split(matrix, w_max, g_max):
        """Give nothing."""

    assert "points. No answer yet" in lab.check("q1", ...)._repr_html_()
    assert "points. These are the currents" in lab.check("q1", conductance.T @ volts)._repr_html_()
    assert "points. split, called with" in lab.check("q3", split)._repr_html_()


def test_a_shape_that_does_not_fit_is_told_in_words():
    def crossbar_mvm(conductances, voltages):
        return voltages @ conductances

    def added(conductances, voltages):
        return voltages + conductances

    lab = start("lab-1", serial=7)
    for function, words in ((crossbar_mvm, "an axis of 7 with one of 4"), (added, "meets shape")):
        said = str(lab.check("q2", function))
        assert words in said
        assert "It should return shape (11, 4)" in said
        assert "ValueError" not in said


def test_two_labs_share_nothing():
    first, second = start("lab-1", serial=7), start("lab-1", serial=7)
    first.check("q1", ...)
    first.predict("p1", 8)
    assert second.verdicts == {}
    assert second.predictions == {}


def test_results_are_told_by_symbol_and_text_not_by_colour_alone():
    lab = start("lab-1", serial=7)
    shown = lab.check("q1", [1.0, 2.0])._repr_html_()
    assert "✘" in shown
    assert 'role="status"' in shown
    assert "0 of 2 points" in shown


def test_what_a_student_wrote_cannot_become_html():
    lab = start("lab-1", serial=7)

    def fail(conductance, volts):
        raise ValueError("<script>alert(1)</script>")

    shown = lab.check("q2", fail)._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_summary_lists_every_question():
    lab = start("lab-2", serial=7)
    lab.check("q8", 2700)
    lab.check("q4", 1.0)
    lab.check("q8", 10_000)
    text, shown = str(lab.summary()), lab.summary()._repr_html_()
    assert "◐ q8    0.5 / 1" in text
    assert "✘ q4      0 / 3" in text
    assert "– q1      0 / 2" in text
    assert f"<td>{lab.points:g}</td><td>{lab.max_points:g}</td>" in shown
    assert shown.count("<tr>") == len(lab.definition.questions) + 2
    assert "<caption>" in shown


def test_what_was_not_judged_is_open_and_not_wrong(monkeypatch):
    lab = start("lab-2", serial=7)
    lab.check("q1", ...)
    monkeypatch.setitem(sys.modules, "aimc_answers.catalogue", None)
    lab.check("q8", 2700)
    assert "– q1      0 / 2" in str(lab.summary())
    assert "– q8      0 / 1" in str(lab.summary())
    assert "wrong" not in lab._repr_html_()
    assert "Still open: q1, " in lab._repr_html_()


def test_every_lab_of_the_course_is_found_by_its_folder():
    assert list(folders()) == [lab.name for lab in LABS]


def test_a_lab_can_be_copied_and_pickled():
    lab = start("lab-2", serial=7)
    lab.check("q8", 4096)
    lab.predict("p1", 12)
    for other in (copy.deepcopy(lab), copy.copy(lab), pickle.loads(pickle.dumps(lab))):
        assert (other.serial, other.points, other.predictions) == (7, 1, {"p1": 12})
        assert other.check("q8", 4096).symbol == "✔"
    copied = copy.deepcopy(lab)
    copied.check("q8", 1)
    assert (lab.points, copied.points) == (1, 0)
