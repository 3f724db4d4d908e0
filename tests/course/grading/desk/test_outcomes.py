"""From marks to grades: days late, extensions, last or best, points by hand."""

from datetime import datetime

import pytest

from aimc_course.grading.desk.classlist import Student
from aimc_course.grading.desk.intake import Submission
from aimc_course.grading.desk.late import DAY, LatePolicy, moment
from aimc_course.grading.desk.outcomes import outcomes
from aimc_course.grading.desk.store import Store
from aimc_course.grading.marks import QuestionMark, SubmissionMarks

END = 1e9
POLICY = LatePolicy(END, per_day=0.1, most_days=3, grace=600)


@pytest.mark.parametrize(
    ("after", "extension", "days"),
    [(-1, 0, 0), (600, 0, 0), (601, 0, 1), (DAY, 0, 1), (DAY + 1, 0, 2), (2 * DAY, 2, 0)],
)
def test_days_begin_after_the_grace(after, extension, days):
    assert POLICY.days(END + after, flagged=False, extension=extension) == days


def test_flag_of_the_platform_counts_where_no_time_is_known():
    assert POLICY.days(None, flagged=True) == 1
    assert POLICY.days(None, flagged=True, extension=1) == 0
    assert POLICY.days(None, flagged=False) == 0
    assert POLICY.days(END - 1, flagged=True) == 0


def test_days_cost_a_share_until_nothing_counts():
    assert [POLICY.factor(d) for d in (0, 1, 3, 4)] == pytest.approx([1, 0.9, 0.7, 0])
    assert LatePolicy(END, per_day=0.4).factor(3) == 0


def test_moments_have_a_zone():
    assert moment("2026-11-20T23:59+01:00") == moment("2026-11-20T22:59+00:00")
    assert moment("2026-11-20T23:59") == datetime(2026, 11, 20, 23, 59).astimezone()
    with pytest.raises(ValueError, match="got 'soon'"):
        moment("soon")


@pytest.mark.parametrize("wrong", [{"per_day": 1.5}, {"grace": -1}, {"most_days": -1}])
def test_wrong_rules_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        LatePolicy(END, **wrong)


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "grades.sqlite") as store:
        yield store


def handed_in(store, owner, tries):
    """Keep submissions, each with a time after the deadline in days, and points."""
    for number, (day, points) in enumerate(tries):
        digest = f"{owner}-{number}"
        submitted = END + day * DAY
        new = Submission(owner, "x.ipynb", b"", digest, submitted=submitted)
        store.add("lab-1", [new])
        entry = next(e for e in store.entries("lab-1") if e.digest == digest)
        mark = QuestionMark("q1", points, 10.0, "", None, "", "", 0.0)
        store.write(entry, 1, SubmissionMarks("lab-1", owner, 1, (mark,), (), "", 0.0))


def test_last_or_best_counts(store):
    store.keep_students([Student("ada"), Student("max")])
    handed_in(store, "ada", [(-1, 6), (0.5, 6.5), (-2, 2)])
    last, none = outcomes(store, "lab-1", POLICY)
    assert last.points == pytest.approx(6.5 * 0.9)
    assert (last.attempts, last.days) == (3, 1)
    best = outcomes(store, "lab-1", POLICY, keep="best")[0]
    assert best.points == 6  # what being late costs is taken off before they are compared
    assert (none.points, none.attempts) == (None, 0)


def test_last_notebook_without_marks_hides_older_ones(store):
    store.keep_students([Student("ada")])
    handed_in(store, "ada", [(-2, 6)])
    store.add("lab-1", [Submission("ada", "y.ipynb", b"", "new", submitted=END - 5)])
    assert outcomes(store, "lab-1", POLICY)[0].points is None
    assert outcomes(store, "lab-1", POLICY, keep="best")[0].points == 6


def test_extension_belongs_to_one_member_of_a_group(store):
    store.keep_students([Student("ada", group="a"), Student("max", group="a", extension_days=2)])
    handed_in(store, "group:a", [(1.5, 10)])
    ada, born = outcomes(store, "lab-1", POLICY)
    assert ada.points == pytest.approx(8)
    assert born.points == 10


def test_points_by_hand_stand_in_place_of_the_graders(store):
    store.keep_students([Student("ada")])
    handed_in(store, "ada", [(0.5, 2)])
    store.override("lab-1", "ada", "q1", 10, "right in another unit")
    assert outcomes(store, "lab-1", POLICY)[0].points == pytest.approx(9)
    store.override("lab-1", "ada", "total", 8, "ill")
    assert outcomes(store, "lab-1", POLICY)[0].points == 8
    store.override("lab-1", "ada", "total", None, "a mistake")
    store.override("lab-1", "ada", "q1", None, "a mistake")
    assert outcomes(store, "lab-1", POLICY)[0].points == pytest.approx(1.8)


def test_pseudonyms_hide_ids_and_follow_from_the_key(store):
    store.keep_students([Student("ada"), Student("max")])
    one = outcomes(store, "lab-1", POLICY, anonymous=True, key=b"1" * 16)
    two = outcomes(store, "lab-1", POLICY, anonymous=True, key=b"2" * 16)
    labels = {o.label for o in (*one, *two)}
    assert len(labels) == 4
    assert not any("ada" in label for label in labels)
