"""What costs no work earns next to nothing: constants, curves, answers of others."""

import numpy as np
import pytest
from invented import inventions, rounded, tried
from wrong import asked

from aimc_answers.catalogue import LABS
from aimc_answers.checks.judges import earns
from aimc_answers.checks.question import number, properties
from aimc_course.checks.question import Question, lab

ASKED = asked()
FEW = 3  # eight are tried by scripts/try_answers.py, on all questions
MOST = 0.35
"""Share of the points that an invented answer may earn on average: of so few, one may fit."""
# One personal question at least of each lab, and those that could be answered without a chip once.
TRIED = (
    "lab-1 q1", "lab-1 q8", "lab-1 q10", "lab-2 q3", "lab-2 q13", "lab-3 q2", "lab-3 q9",
    "lab-4 q2", "lab-5 q2", "lab-5 q10", "lab-6 q9", "lab-7 q6", "lab-8 q11", "lab-8 q14",
    "lab-9 q3", "lab-10 q3", "lab-11 q6", "lab-12 q3",
)  # fmt: skip
WORTH_MORE = {
    "lab-6 q12": "a plan that is the best of few other students",
    "lab-7 q9": "a trained network: thousands of numbers that somebody has to have trained",
    "lab-12 q8": "accuracies that few others share, all three of them",
}  # fmt: skip
"""Shared questions that may be worth more than a point, and why."""


def serials(count):
    """Return serial numbers as students have them."""
    return np.random.default_rng(20_263).integers(1, 10**8, count).tolist()


@pytest.mark.native("it repeats for long what other tests run there")
@pytest.mark.parametrize("name", [name for name in TRIED if name in ASKED])
def test_an_invented_answer_earns_next_to_nothing(name):
    definition, question = ASKED[name]
    assert not question.shared
    found = tried(definition, question, serials(FEW), printed=False)
    assert len(found) >= 5
    assert {source: share for source, share in found.items() if share > MOST} == {}


@pytest.mark.parametrize("definition", LABS, ids=lambda one: one.name)
def test_shared_questions_are_worth_little(definition):
    shared = [q for q in definition.questions if q.shared]
    dear = [q.id for q in shared if q.points > 1 and f"{definition.name} {q.id}" not in WORTH_MORE]
    assert dear == []
    assert sum(q.points for q in shared) <= sum(q.points for q in definition.questions) / 3


def test_an_answer_that_can_be_made_up_is_noticed():
    falls = properties(
        Question("Residuals", 2),
        earns("they fall", lambda a, s: a[0] == 1 and np.all(np.diff(a) <= 0) and a[-1] < 1e-9),
        model=lambda serial: np.maximum((0.2 + serial % 7 / 50) ** np.arange(20.0), 1e-12),
    )
    nearly = number(
        Question("the same everywhere", 1), lambda serial: 4 + serial % 7 / 100, rtol=0.05
    )
    own = number(Question("another for everyone", 1), lambda serial: float(serial), rtol=0.05)
    made = lab("01-topic", "Topic", falls, nearly, own, predictions={})
    found = [tried(made, question, serials(4), printed=False) for question in made.questions]
    assert found[0]["decay by 0.15 to another's end"] == 1
    assert found[0]["another's answer"] == found[1]["median of others, 2 digits"] == 1
    assert max(found[2].values()) < 0.3


def test_inventions_have_the_shape_of_what_is_asked():
    for answer in (1.0, np.ones(5), np.ones((2, 3)), np.zeros((2, 2), dtype=bool)):
        for one in inventions(LABS[0], 7, [answer, answer], printed=False):
            assert np.shape(one.answer) == np.shape(answer) or "decay" in one.source


def test_numbers_are_rounded_to_significant_digits():
    found = rounded([0.0, -1234.5, 0.00098765, 1e-12], 3)
    np.testing.assert_allclose(found, [0.0, -1230.0, 0.000988, 1e-12])
