"""Right answers pass for everybody, and plausible wrong ones get what they deserve."""

import numpy as np
import pytest
from wrong import DEAR, LEAST, asked, failures, wrong_answers

from aimc_course import start

SERIAL = 7
ASKED = asked()
FEW = 8  # all 200 are judged by scripts/judge_serials.py


def serials(count):
    """Return serial numbers as students have them."""
    return np.random.default_rng(20_262).integers(1, 10**8, count).tolist()


ONE_THERE = pytest.mark.native("of each question the first wrong answer is judged there")


def marks(lab, question, k):
    """Mark what runs whole networks, and what a browser need not judge again."""
    slow = [pytest.mark.slow] if (lab.name, question.id) in DEAR else []
    return slow + ([ONE_THERE] if k else [])


CASES = [
    pytest.param(lab, question, one, id=f"{name} {k}", marks=marks(lab, question, k))
    for name, (lab, question) in ASKED.items()
    for k, one in enumerate(wrong_answers(lab, question))
]


@pytest.mark.parametrize("name", ASKED)
def test_every_question_has_plausible_wrong_answers(name):
    assert len(wrong_answers(*ASKED[name])) >= LEAST


@pytest.mark.parametrize(("lab", "question", "wrong"), CASES)
def test_a_wrong_answer_earns_what_it_deserves_and_is_named(lab, question, wrong):
    # on some chips a slip makes no difference
    serial = next(s for s in range(SERIAL, SERIAL + 9) if wrong.answer(s) is not None)
    answer = wrong.answer(serial)
    notebook = start(lab.name, serial=serial)
    with np.errstate(all="ignore"):
        shown = str(notebook.check(question.id, answer))
    assert notebook.points == pytest.approx(wrong.share * question.points), shown
    assert wrong.says.replace("{unit}", getattr(question.judge, "unit", "")) in shown


def named(dear):
    """Return the questions that run whole networks, or all others."""
    return [n for n, (lab, q) in ASKED.items() if ((lab.name, q.id) in DEAR) is dear]


@pytest.mark.native("what is judged with one serial number there is judged with eight elsewhere")
@pytest.mark.parametrize("name", named(dear=False))
def test_a_few_students_are_judged_fairly(name):
    found = {serial: failures(*ASKED[name], serial) for serial in serials(FEW)}
    assert {serial: said for serial, said in found.items() if said} == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", named(dear=True))
def test_a_student_is_judged_fairly_where_whole_networks_run(name):
    assert failures(*ASKED[name], serials(1)[0]) == []
