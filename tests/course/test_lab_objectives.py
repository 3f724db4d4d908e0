"""Every question of a lab shows whether one objective of it was reached."""

import pytest

from aimc_course.labs.catalogue import find, folders
from aimc_course.labs.objectives import objectives


@pytest.mark.parametrize("lab", folders())
def test_each_question_stands_under_one_objective(lab):
    found = objectives(lab)
    placed = [question for questions in found.values() for question in questions]
    assert sorted(placed) == sorted(question.id for question in find(lab).questions)
    assert 3 <= len(found) <= 7
    assert all(len(objective) <= 75 for objective in found)


def test_a_lab_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="lab"):
        objectives("lab-99")
