"""From marks to grades: late and missing work, extensions, last or best, points by hand."""

from dataclasses import replace
from datetime import datetime

import pytest

from aimc_course.grading.gradebook.classlist import Student
from aimc_course.grading.gradebook.intake import Submission
from aimc_course.grading.gradebook.late import DAY, LatePolicy, moment
from aimc_course.grading.gradebook.outcomes import outcomes
from aimc_course.grading.gradebook.punctuality import punctuality
from aimc_course.grading.gradebook.rules import Rules
from aimc_course.grading.gradebook.store import Store
from aimc_course.grading.marks import QuestionMark, SubmissionMarks

END = 1e9
POLICY = LatePolicy(END, grace=600, loss=0.1, closes=END + 3 * DAY)
RULES = Rules(POLICY)


@pytest.mark.parametrize(
    ("after", "extension", "days"),
    [(-1, 0, 0), (600, 0, 0), (601, 0, 1), (DAY, 0, 1), (DAY + 1, 0, 2), (2 * DAY, 2, 0)],
)
def test_days_begin_after_the_grace(after, extension, days):
    late, factor = POLICY.late(END + after, flagged=False, extension=extension * DAY)
    assert (late, factor) == (days, pytest.approx(1 - 0.1 * days))


def test_flag_of_the_platform_counts_where_no_time_is_known():
    assert POLICY.late(None, flagged=True) == (1, 0.9)
    assert POLICY.late(None, flagged=True, extension=1) == (0, 1)
    assert POLICY.late(None, flagged=False) == (0, 1)
    assert POLICY.late(END - 1, flagged=True) == (0, 1)


def left(policy, after, extension=0.0):
    return policy.late(END + after, flagged=False, extension=extension)[1]


def test_lateness_costs_a_share_up_to_a_most_until_nothing_counts():
    assert [left(POLICY, d * DAY) for d in (0, 1, 3)] == pytest.approx([1, 0.9, 0.7])
    assert left(POLICY, 3 * DAY + 1) == 0
    assert left(LatePolicy(END, loss=0.4), 2.5 * DAY) == 0
    capped = LatePolicy(END, loss=0.1, per="hour", most_loss=0.25, closes=END + DAY)
    assert [left(capped, h * 3600) for h in (0.5, 2, 3, 24)] == pytest.approx(
        [0.9, 0.8, 0.75, 0.75]
    )
    assert left(capped, DAY + 1) == 0
    assert capped.late(END + 3601, flagged=False)[0] == 2


def test_an_extension_moves_the_last_moment_along():
    assert left(POLICY, 4 * DAY, extension=2 * DAY) == pytest.approx(0.8)
    assert left(POLICY, 5 * DAY + 1, extension=2 * DAY) == 0


def test_moments_have_a_zone():
    assert moment("2026-11-20T23:59+01:00") == moment("2026-11-20T22:59+00:00")
    assert moment("2026-11-20T23:59") == datetime(2026, 11, 20, 23, 59).astimezone()
    with pytest.raises(ValueError, match="got 'soon'"):
        moment("soon")


def test_a_day_of_25_hours_is_one_day_late():
    end = moment("2026-10-24T23:59+02:00").timestamp()
    one_minute_less = moment("2026-10-25T23:58+01:00").timestamp()
    days = LatePolicy(end, loss=0.1, zone="Europe/Berlin", closes=end + DAY + 3600)
    assert days.late(one_minute_less, flagged=False) == (1, 0.9)
    assert days.late(one_minute_less + 120, flagged=False) == (2, 0.0)
    hours = replace(days, per="hour")
    assert hours.late(one_minute_less, flagged=False)[0] == 25


def test_the_hour_that_comes_twice_hides_nothing_that_is_late():
    end, after = (moment(f"2026-10-25T{t}").timestamp() for t in ("02:30+02:00", "02:10+01:00"))
    policy = LatePolicy(end, loss=0.1, zone="Europe/Berlin")
    assert policy.late(after, flagged=False) == (1, 0.9)
    assert policy.over(after)
    assert policy.late(2 * end - after, flagged=False) == (0, 1.0)


@pytest.mark.parametrize(
    "wrong",
    [
        *({"loss": 1.5}, {"grace": -1}, {"closes": END - 1}, {"per": "week"}, {"zone": "Berlin"}),
        *({"missing": "nothing"}, {"most_loss": -0.1}),
    ],
)
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
    last, none = outcomes(store, "lab-1", RULES)
    assert last.points == pytest.approx(6.5 * 0.9)
    assert (last.attempts, last.late) == (3, 1)
    best = outcomes(store, "lab-1", replace(RULES, keep="best"))[0]
    assert best.points == 6  # what being late costs is taken off before they are compared
    assert (none.points, none.attempts) == (None, 0)


def test_last_notebook_without_marks_hides_older_ones(store):
    store.keep_students([Student("ada")])
    handed_in(store, "ada", [(-2, 6)])
    store.add("lab-1", [Submission("ada", "y.ipynb", b"", "new", submitted=END - 5)])
    assert outcomes(store, "lab-1", RULES)[0].points is None
    assert outcomes(store, "lab-1", replace(RULES, keep="best"))[0].points == 6


def test_extension_belongs_to_one_member_of_a_group(store):
    store.keep_students([Student("ada", group="a"), Student("max", group="a", extension_days=2)])
    handed_in(store, "group:a", [(1.5, 10)])
    ada, born = outcomes(store, "lab-1", RULES)
    assert ada.points == pytest.approx(8)
    assert born.points == 10


def test_points_by_hand_stand_in_place_of_the_graders(store):
    store.keep_students([Student("ada")])
    handed_in(store, "ada", [(0.5, 2)])
    store.override("lab-1", "ada", "q1", 10, "right in another unit")
    assert outcomes(store, "lab-1", RULES)[0].points == pytest.approx(9)
    store.override("lab-1", "ada", "total", 8, "ill")
    assert outcomes(store, "lab-1", RULES)[0].points == 8
    store.override("lab-1", "ada", "total", None, "a mistake")
    store.override("lab-1", "ada", "q1", None, "a mistake")
    assert outcomes(store, "lab-1", RULES)[0].points == pytest.approx(1.8)


def test_pseudonyms_hide_ids_and_follow_from_the_key(store):
    store.keep_students([Student("ada"), Student("max")])
    hidden = replace(RULES, anonymous=True)
    one = outcomes(store, "lab-1", hidden, key=b"1" * 16)
    two = outcomes(store, "lab-1", hidden, key=b"2" * 16)
    labels = {o.label for o in (*one, *two)}
    assert len(labels) == 4
    assert not any("ada" in label for label in labels)


def test_missing_work_is_zero_once_the_own_deadline_has_passed(store):
    store.keep_students(
        [
            *(Student("ada"), Student("max"), Student("emmy", extension_days=2)),
            *(Student("lise", excused=True), Student("kurt")),
        ]
    )
    handed_in(store, "ada", [(-1, 6)])
    rules = Rules(replace(POLICY, missing="zero"), excused=["kurt"])

    def points(rules, now):
        found = outcomes(store, "lab-1", rules, now=now)
        return {o.student.id: o.points for o in found if o.points is not None}

    assert points(rules, END + 600) == {"ada": 6}
    assert points(rules, END + 601) == {"ada": 6, "max": 0}
    assert points(rules, END + 3 * DAY) == {"ada": 6, "max": 0, "emmy": 0}
    assert points(RULES, END + 3 * DAY) == {"ada": 6}
    later = replace(rules, extensions={"max": 9 * DAY, "emmy": 0.0})
    assert points(later, END + 601) == {"ada": 6, "emmy": 0}
    store.override("lab-1", "max", "total", 4, "shown in class")
    assert points(rules, END + 601)["max"] == 4


def test_a_class_is_told_what_the_rules_did(store):
    store.keep_students([Student(name) for name in ("ada", "max", "emmy", "lise")])
    for name, when, late, clock in (
        *(("ada", END - 5, False, "times.csv"), ("max", None, True, "")),
        ("emmy", None, False, ""),
    ):
        new = Submission(name, "x.ipynb", b"", name, late=late, submitted=when, clock=clock)
        store.add("lab-1", [new])
    rules = Rules(replace(POLICY, missing="zero", zone="UTC"))
    found = outcomes(store, "lab-1", rules, now=END + DAY)
    assert [o.clock for o in found] == ["times.csv", "the platform's flag", "", ""]
    said = "\n".join(punctuality(found, rules, END + DAY))
    assert "due 2001-09-09 01:46 UTC" in said
    assert "1 student handed in nothing: 1 get zero" in said
    assert "1 by times.csv" in said
    assert "NO TIME of submission is known for 1 student" in said
    assert "1 student late by the platform's flag alone" in said


def test_the_same_notebook_once_more_counts_from_the_last_time_or_the_first(store):
    store.keep_students([Student("ada")])
    handed_in(store, "ada", [(-2, 8), (-1, 3)])
    again = Submission("ada", "y.ipynb", b"", "ada-0", submitted=END + 1.5 * DAY)
    assert store.add("lab-1", [again]) == 0
    assert outcomes(store, "lab-1", RULES)[0].points == pytest.approx(8 * 0.8)
    best = outcomes(store, "lab-1", replace(RULES, keep="best"))[0]
    assert (best.points, best.late) == (8, 0)
    store.add("lab-1", [replace(again, submitted=END + DAY)])  # a time that was corrected
    assert outcomes(store, "lab-1", RULES)[0].points == pytest.approx(8 * 0.9)


def test_exports_of_later_weeks_tell_what_came_last(store):
    store.keep_students([Student("ada")])
    handed_in(store, "ada", [])
    a, b = (Submission("ada", f"ada_1_50{k}_x.ipynb", b"", k, attachment=int(k)) for k in "12")
    flagged = replace(a, source="ada_LATE_1_503_x.ipynb", attachment=3, late=True)
    for new in (a, b, flagged, a):
        store.add("lab-1", [new])
    first, _ = store.entries("lab-1")
    assert (first.source, first.attachment, first.late) == (flagged.source, 3, True)
    mark = QuestionMark("q1", 5.0, 10.0, "", None, "", "", 0.0)
    store.write(first, 1, SubmissionMarks("lab-1", "ada", 1, (mark,), (), "", 0.0))
    last = outcomes(store, "lab-1", RULES)[0]
    best = outcomes(store, "lab-1", replace(RULES, keep="best"))[0]
    assert (last.points, best.points) == (4.5, 5)
