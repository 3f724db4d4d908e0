"""One small file of rules: what it says, for which lab, and what is refused."""

import datetime

import pytest

from aimc_course.grading.gradebook.classlist import ClassList, Student
from aimc_course.grading.gradebook.late import DAY
from aimc_course.grading.gradebook.rules import Rules, read_rules

PEOPLE = ClassList([Student("ada", aliases=("901",)), Student("max", extension_days=1)])
EXAMPLE = """
zone = "Europe/Berlin"
keep = "best"
missing = "zero"
grace_minutes = 15
loss = 0.1
most_loss = 0.5
closes = 7
drop_lowest = 1

[labs.3]
deadline = 2026-11-20T23:59:00
weight = 2
extensions = { 901 = 3, max = "2026-11-21T23:59" }

[labs.lab-4]
deadline = "2026-11-27T23:59+00:00"
per = "hour"
closes = "2026-11-30 12:00"
missing = "empty"
excused = ["max"]
"""
DEADLINE = datetime.datetime(2026, 11, 20, 22, 59, tzinfo=datetime.UTC).timestamp()


@pytest.fixture
def written(tmp_path):
    def write(text):
        (tmp_path / "rules.toml").write_text(text)
        return read_rules(tmp_path / "rules.toml")

    return write


def test_rules_of_the_course_and_of_a_lab(written):
    course = written(EXAMPLE)
    assert course.drop_lowest == 1
    before = Rules(anonymous=True, grade_file=("a", "b", "c"))
    three, notes = course.of("lab-3", before, PEOPLE)
    assert notes == []
    assert (three.anonymous, three.grade_file, three.weight) == (True, ("a", "b", "c"), 2)
    assert three.policy.deadline == DEADLINE
    assert three.policy.closes == DEADLINE + 7 * DAY
    assert (three.policy.grace, three.policy.loss, three.policy.most_loss) == (900, 0.1, 0.5)
    assert three.extensions == {"ada": 3 * DAY, "max": DAY}
    four = course.of("lab-4", before, PEOPLE)[0]
    assert (four.policy.per, four.policy.missing, four.keep) == ("hour", "empty", "best")
    assert four.policy.closes == four.policy.deadline + 2 * DAY + 11 * 3600 + 60
    assert four.excused == ["max"]
    other = course.of("lab-5", before, PEOPLE)[0]
    assert other.policy.deadline is None
    assert (other.keep, other.weight) == ("best", 1)


def test_a_lab_s_extension_stands_in_place_of_the_class_list_s(written):
    student = PEOPLE.by_number("max")
    course = written(EXAMPLE.replace('"2026-11-21T23:59"', "0"))
    assert course.of("lab-3", Rules(), PEOPLE)[0].extension(student) == 0
    assert course.of("lab-4", Rules(), PEOPLE)[0].extension(student) == DAY


def test_whom_the_class_does_not_know_is_named(written):
    notes = written(EXAMPLE.replace("901", "adda")).of("lab-3", Rules(), PEOPLE)[1]
    assert len(notes) == 1
    assert "rules.toml, lab-3: nobody in the class of this folder has the id 'adda'" in notes[0]


def test_last_moment_days_later_is_at_the_same_time_of_day(written):
    course = written(
        "zone = 'Europe/Berlin'\ncloses = 7\n[labs.3]\ndeadline = '2026-10-23T23:59'\n"
        "extensions = { ada = '2026-10-30T23:59' }"
    )
    rules = course.of("lab-3", Rules(), PEOPLE)[0]
    assert rules.policy.closes == rules.policy.deadline + 7 * DAY + 3600
    assert rules.extensions == {"ada": 7 * DAY}


def test_the_guide_s_rules_are_rules(root, written):
    guide = (root / "book" / "instructor.md").read_text(encoding="utf-8")
    course = written(guide.split("```toml\n")[1].split("```")[0])
    assert course.labs["lab-3"].weight == 2
    assert course.labs["lab-3"].policy.missing == "zero"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("deadline = 2026-11-20T23:59:00", "'deadline' is no rule; rules are zone, drop_lowest"),
        ("zone = 'Berlin'", "zone must be a name like 'Europe/Berlin', got 'Berlin'"),
        ("zone = 1", "zone must be a name"),
        ("loss = 10", "loss=10 is not allowed"),
        ("loss = '10 %'", "loss must be a real number"),
        ("missing = 'none'", "missing='none' is not allowed: choose one of 'empty', 'zero'"),
        ("per = 'week'", "per='week' is not allowed"),
        ("drop_lowest = -1", "drop_lowest=-1 is not allowed"),
        ("closes = '2026-12-01T12:00'", "closes for all labs must be a number of days"),
        ("labs = 3", "labs must be a table"),
        ("[labs.99]", "'lab-99' is not allowed"),
        ("[labs.3]\n[labs.lab-3]", "two tables are for lab-3"),
        ("[labs.3]\nlate = 1", "labs.3: 'late' is no rule of a lab"),
        ("[labs.3]\ndeadline = 2026-11-20", "labs.3: deadline must be a day and a time"),
        ("[labs.3]\ndeadline = 'soon'", "deadline must be a day and a time"),
        ("[labs.3]\ndeadline = 'T'", "deadline: a time is written like"),
        ("[labs.3]\nweight = -1", "labs.3: weight=-1 is not allowed"),
        ("[labs.3]\ncloses = 3", "labs.3: closes needs a deadline"),
        ("[labs.3]\nextensions = { ada = 1 }", "extensions need a deadline"),
        ("[labs.3]\nexcused = 'ada'", "excused must be a list of ids"),
        (
            "[labs.3]\ndeadline = '2026-11-20T12:00'\nextensions = { ada = '2026-11-19T12:00' }",
            "extensions.ada must not lie before the deadline",
        ),
        ("grace_minutes = 120\n[labs.3]\ndeadline = '2026-11-20T12:00'\ncloses = 0", "after it"),
        ("a = ", "rules.toml: "),
    ],
)
def test_wrong_rules_are_refused_by_name(written, text, said):
    with pytest.raises(ValueError, match=r"^rules\.toml") as error:
        written(text)
    assert said in str(error.value)


def test_kept_rules_follow_an_id_in_another_spelling():
    rules = Rules(extensions={"Ada": DAY}, excused=["Max"])
    assert rules.extension(Student("ada")) == DAY
    assert rules.excuses(Student("max"))
    assert rules.without("ada").without("max") == Rules(excused=[])
