"""Times of submission, from what the platforms export and from a teacher's own tables."""

import json
import sys
import zipfile
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from aimc_course.grading.gradebook import dates
from aimc_course.grading.gradebook.classlist import ClassList, Student
from aimc_course.grading.gradebook.dates import read_date
from aimc_course.grading.gradebook.grade_files import GradeFile
from aimc_course.grading.gradebook.intake import take_in
from aimc_course.grading.gradebook.times import HandedIn, Times, read_times, worksheet_times

BERLIN = ZoneInfo("Europe/Berlin")
LATE = datetime(2026, 11, 20, 23, 59, tzinfo=BERLIN)
PEOPLE = ClassList(
    [Student("ada", "Ada Lovelace", aliases=("31",)), Student("max", "Max Born", aliases=("m@x",))]
)
# One evening, as the language packs of Moodle write it.
EVENING = {
    "en": "Friday, 20 November 2026, 11:59 PM",
    "en_us": "Friday, November 20, 2026, 11:59 PM",
    "de": "Freitag, 20. November 2026, 23:59",
    "fr": "vendredi 20 novembre 2026, 23:59",
    "fr_ca": "vendredi 20 novembre 2026 à 23h59",
    "es": "viernes, 20 de noviembre de 2026, 23:59",
    "es_mx": "viernes, 20 de noviembre de 2026, 11:59 p. m.",
    "it": "venerdì, 20 novembre 2026, 23:59",
    "pt": "sexta-feira, 20 de novembro de 2026 às 23:59",
    "nl": "vrijdag, 20 november 2026, 23:59",
    "pl": "piątek, 20 listopada 2026, 23:59",
    "pl_old": "piątek, 20 listopad 2026, 23:59",
    "ja": "2026年 11月 20日(金曜日) 23:59",
    "tr": "20 Kasım 2026, Cuma, 23:59",
    "iso": "2026-11-20 23:59",
}


@pytest.mark.parametrize("language", EVENING)
def test_a_date_is_read_in_the_language_of_the_site(language):
    assert read_date(EVENING[language], BERLIN) == LATE


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("Sunday, 1 March 2026, 12:05 AM", 0),
        ("Sunday, 1 March 2026, 12:05 PM", 12),
        ("Sunday, 1 March 2026, 1:05 pm", 13),
        ("Sunday, 1 March 2026, 13:05 PM", 13),
        ("2026年3月1日 午後1:05", 13),
    ],
)
def test_halves_of_the_day(text, hour):
    assert read_date(text, UTC) == datetime(2026, 3, 1, hour, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Thursday, 20 November 2026, 11:59 PM",  # it was a Friday
        "20/11/2026 23:59",
        "11/12/2026 23:59",
        "20 11 2026 23:59",
        "perjantai, 20. marraskuuta 2026, 23:59",
        "20 November 2026, 23:59 or so",
        "20 November 2026",
        "20 November 2026, 12:00 - 13:00",
        "30 February 2026, 12:00",
        "20 November 2026, 24:30",
        "20 November 2026, 13:05 AM",
        "20 November 21 December 2026, 12:00",
        "",
    ],
)
def test_what_is_not_certain_is_no_date(text):
    with pytest.raises(ValueError, match=r"certain|no time of day|no such time"):
        read_date(text, UTC)


def worksheet(first, second="-", graded="-"):
    return GradeFile(
        (
            "Identifier,Full name,Status,Grade,Maximum Grade,Change,Last (submission),"
            "Online text,Last (grade),Feedback\n"
            f'Participant 31,Ada Lovelace,"ok\nlate",,20,Yes,"{first}",,"{graded}",\n'
            f'Participant 32,Max Born,ok,,20,Yes,"{second}",,-,\n'
        ).encode(),
        "moodle.csv",
    )


@pytest.mark.parametrize("language", EVENING)
def test_a_worksheet_tells_when_who_handed_in(language):
    book = worksheet(EVENING[language], graded=EVENING["en"].replace("20 ", "27 "))
    times = worksheet_times(book, 3, BERLIN)
    assert times.notes == ()
    assert times.find(["moodle:31"], "x") == (
        LATE.timestamp(),
        "Moodle's worksheet (moodle.csv)",
    )
    assert times.find(["moodle:32"], "x") is None


def test_what_a_worksheet_says_unreadably_is_named_and_not_used():
    book = worksheet(EVENING["en"], "perjantai, 20. marraskuuta 2026, 23:59")
    times = worksheet_times(book, 3, BERLIN)
    assert times.find(["moodle:32"], "x") is None
    assert len(times.notes) == 1
    assert "moodle.csv, line 4: the time of submission 'perjantai" in times.notes[0]


def test_times_of_grading_are_no_times_of_submission():
    text = (
        "Identifier,Full name,Grade,Maximum Grade,Change,Last (grade)\n"
        f'Participant 31,Ada Lovelace,,20,Yes,"{EVENING["en"]}"\n'
    )
    times = worksheet_times(GradeFile(text.encode(), "m.csv"), 2, BERLIN)
    assert times.find(["moodle:31"], "x") is None
    assert "no column with times of submission" in times.notes[0]


def test_without_names_of_months_the_rest_still_works(monkeypatch):
    monkeypatch.setitem(sys.modules, "babel", None)
    dates._names.cache_clear()
    times = worksheet_times(worksheet(EVENING["en"], EVENING["en"]), 3, BERLIN)
    assert times.find(["moodle:31"], "x") is None
    assert len(times.notes) == 1
    assert "the extra 'grading'" in times.notes[0]


def test_first_source_that_knows_a_student_counts():
    mine, theirs = Times([HandedIn("ada", 5.0)], "mine"), Times([HandedIn("moodle:32", 7.0)], "m")
    theirs |= Times([HandedIn("ada", 9.0)], "theirs")
    assert (mine | theirs).find(["ada", "moodle:31"], "x") == (5.0, "mine")
    assert (mine | theirs).find(["max", "moodle:32"], "x") == (7.0, "m")
    assert (theirs | mine).find(["ada"], "x") == (9.0, "theirs")


def test_a_time_without_an_offset_belongs_to_the_zone_of_the_course(tmp_path):
    path = tmp_path / "times.csv"
    path.write_text("id,submitted\nada,2026-11-20T23:59\n")
    assert read_times([path], BERLIN).find(["ada"], "x") == (LATE.timestamp(), "times.csv")


def test_grades_of_gradescope_hold_times(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text(
        "First Name,Last Name,SID,Email,Total Score,Submission ID,Submission Time,Lateness (H:M:S)"
        "\nMax,Born,,m@x,5,7,2026-11-20 23:59:00 +0100,00:00:00\nAda,L,31,,,,,\n"
    )
    times = read_times([path])
    assert times.find(["m@x"], "x") == (LATE.timestamp(), "scores.csv")
    assert times.find(["31"], "x") is None


def test_answers_of_canvas_hold_times_of_accounts_and_of_nobody_else(tmp_path, notebook):
    path = tmp_path / "answer.json"
    one = {"user_id": 901, "submitted_at": "2026-11-20T22:59:00Z", "late": True}
    path.write_text("while(1);" + json.dumps([one, {"user_id": 31, "submitted_at": None}]))
    notebook(tmp_path / "in" / "lovelaceada_LATE_901_1_lab.ipynb", q1=1)
    notebook(tmp_path / "in" / "bornmax_902_2_lab.ipynb", q1=2)
    people = ClassList([Student("ada", aliases=("901",)), Student("901x", aliases=("902",))])
    ada, other = sorted(
        take_in(tmp_path / "in", people, times=read_times([path])).submissions,
        key=lambda s: s.attachment,
    )
    assert (ada.submitted, ada.clock, ada.late) == (LATE.timestamp(), "Canvas (answer.json)", True)
    assert (other.submitted, other.clock) == (None, "")
    # A student whose id happens to be another one's number in Canvas.
    people = ClassList([Student("901", "Max Born", aliases=("902",)), Student("x", "Ada Lovelace")])
    found = take_in(tmp_path / "in", people, times=read_times([path])).submissions
    assert [(s.owner, s.submitted) for s in found] == [("901", None)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1]", "entry 1 has no user_id"),
        ('[{"user_id": 1}]', "no submitted_at"),
        ('[{"user_id": 1, "submitted_at": "yesterday"}]', "entry 1"),
        ('[{"user_id": 1, "submitted_at": "2026-11-20T22:59:00"}]', "it has no zone"),
        ("{", "is not what Canvas answers"),
        ("id,when\nada,1\n", "must have the columns id, submitted"),
    ],
)
def test_other_files_are_refused(tmp_path, text, said):
    (tmp_path / "t").write_text(text)
    with pytest.raises(ValueError, match=said):
        read_times([tmp_path / "t"])


METADATA = """
submission_7:
  :submitters:
  - :name: Ada Lovelace
    :sid: '31'
    :email: a@x
  :created_at: 2026-11-20 23:59:00.000000000 +01:00
  :results: {tests: [{name: q1}]}
submission_8:
  :submitters:
  - :name: Max Born
    :sid: ''
    :email: m@x
  :created_at: 2026-11-20 22:59:00.000000000 Z
submission_9:
  :submitters:
  - :name: Ada Lovelace
    :sid: '31'
  - :name: Max Born
    :email: m@x
"""
TOP = "assignment_4711_export"


def exported(tmp_path, as_zip, metadata=METADATA):
    files = {f"{TOP}/submission_{k}/lab.ipynb": f'{{"q1": {k}}}' for k in (7, 8, 9, 10)}
    files[f"{TOP}/submission_metadata.yml"] = metadata
    files[f"{TOP}/submission_10/submission_metadata.yml"] = "submission_10: {}"
    if as_zip:
        with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
            for name, text in files.items():
                archive.writestr(name, text)
        return tmp_path / "export.zip"
    for name, text in files.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(text)
    return tmp_path / "in"


@pytest.mark.parametrize("as_zip", [True, False])
def test_an_export_of_gradescope_says_whose_and_when(tmp_path, as_zip):
    found = take_in(exported(tmp_path, as_zip), PEOPLE)
    assert [(s.owner, s.submitted, s.clock) for s in found.submissions] == [
        (name, LATE.timestamp(), "Gradescope's export") for name in ("ada", "max")
    ]
    assert {line.where.split("/")[1]: line.reason for line in found.unmatched} == {
        "submission_9": "handed in by 31 and m@x: each must be in the class list with student id "
        "or e-mail address, and several must be one group there",
        "submission_10": "its name does not say whose it is",
    }


def test_a_group_of_gradescope_is_one_of_the_class_list(tmp_path):
    people = ClassList([Student("31", group="a"), Student("m@x", group="a")])
    found = take_in(exported(tmp_path, True), people)
    assert {s.owner for s in found.submissions} == {"group:a"}
    assert len(found.submissions) == 3


def test_a_student_cannot_say_whose_a_submission_is(tmp_path, notebook):
    notebook(tmp_path / "ada" / "submission_7" / "lab.ipynb", q1=1)
    (tmp_path / "ada" / "submission_metadata.yml").write_text(METADATA.replace("'31'", "max"))
    assert [s.owner for s in take_in(tmp_path, PEOPLE).submissions] == ["ada"]


def test_metadata_that_cannot_be_read_ends_the_run(tmp_path):
    with pytest.raises(ValueError, match=r"submission_metadata\.yml cannot be read"):
        take_in(exported(tmp_path, True, "a: [\n"), PEOPLE)
