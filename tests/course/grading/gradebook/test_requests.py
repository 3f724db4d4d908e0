"""A student asks for a mark again, a teacher answers, and the student reads both."""

import html
import re
import zipfile

import pytest

from aimc_course.grading.gradebook.asked import read_requests
from aimc_course.grading.gradebook.classlist import ClassList, Student
from aimc_course.grading.gradebook.exported import parse

PEOPLE = ClassList(
    [Student("ada", "Ada Lovelace", aliases=("17",)), Student("max", aliases=("18",))]
)
QUESTIONS = {"q1", "q2", "o1", "total"}


def collected(folder, files, **options):
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_requests(folder, PEOPLE, QUESTIONS, **options)


def asked(found):
    return {(a.student, a.question): a.reason for a in found.asked}


@pytest.mark.parametrize(
    "line",
    [
        "q1: why",
        "Q1 : why",
        "**q1**: why",
        "- q1) why",
        "Question q1. why",
        "q1 – why",
        "> q1 - why",
    ],
)
def test_a_line_begins_with_its_question(tmp_path, line):
    assert asked(collected(tmp_path, {"ada/request.txt": line})) == {("ada", "q1"): "why"}


def test_further_lines_belong_to_the_reason(tmp_path):
    text = "Dear all,\n\nq1: my sum\nis right\nr2: a resistor\n\nq2: so is this\n"
    found = collected(tmp_path, {"ada/a.txt": text, "max/b.md": "total: please"})
    assert asked(found) == {
        ("ada", "q1"): "my sum\nis right\nr2: a resistor",
        ("ada", "q2"): "so is this",
        ("max", "total"): "please",
    }


@pytest.mark.parametrize("name", ["o2", "E1", "f1"])
def test_a_question_that_people_mark_is_no_part_of_the_reason_before_it(tmp_path, name):
    text = f"q1: my sum\n{name}: I named the cost\nq2: and this\n"
    found = collected(tmp_path, {"ada/request.txt": text})
    assert asked(found) == {("ada", "q1"): "my sum", ("ada", "q2"): "and this"}
    (refused,) = found.refused
    assert f"no answer to {name.lower()} has a mark yet" in refused.reason
    assert refused.reason.endswith("it says: I named the cost")  # it may have been part of it


@pytest.mark.parametrize(
    "line", ["E1: 3 pJ", "E1: = -0.3 pJ, as on the slide", "e1 - .5", "f2: ~2e3 GHz"]
)
@pytest.mark.parametrize("asked_by_hand", [(), ("e1", "f2")])
def test_a_number_is_part_of_the_reason_whatever_it_is_called(tmp_path, line, asked_by_hand):
    text = f"q1: I used\n{line}\nand divided\nq2: and this\n"
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "request.txt").write_text(text, encoding="utf-8")
    found = read_requests(tmp_path, PEOPLE, [*QUESTIONS, *asked_by_hand])
    assert asked(found) == {
        ("ada", "q1"): f"I used\n{line}\nand divided",
        ("ada", "q2"): "and this",
    }
    assert found.refused == ()


@pytest.mark.parametrize("reason", ["3 costs are named", "2 of 3 points are missing", "see 4"])
def test_a_reason_may_begin_with_a_number(tmp_path, reason):
    found = collected(tmp_path, {"ada/request.txt": f"q1: my sum\no1: {reason}\n"})
    assert asked(found) == {("ada", "q1"): "my sum", ("ada", "o1"): reason}


def test_a_first_line_asks_even_if_its_reason_begins_with_a_number(tmp_path):
    found = collected(tmp_path, {"ada/request.txt": "e1: 3 pJ is what I wrote\n"})
    assert "no answer to e1 has a mark yet" in found.refused[0].reason


def test_what_was_typed_on_a_platform_is_read_as_text(tmp_path):
    page = (
        "<html><head><title>q2: none</title></head><body><h1>Ask again: Ada</h1><div><p>q1: a&lt;b"
        "<script>q2: none</script></p><p>and <b>so</b> on</p></div></body></html>"
    )
    files = {
        "lovelaceada_LATE_17_text.html": page,
        "Max Born_18_assignsubmission_onlinetext_/onlinetext.html": "<p>o1: look<br>again</p>",
    }
    found = asked(collected(tmp_path, files))
    assert found[("max", "o1")] == "look\nagain"
    assert re.sub(r"\s+", " ", found[("ada", "q1")]) == "a<b and so on"
    assert len(found) == 2


@pytest.mark.parametrize(
    ("name", "user"),
    [
        ("lovelaceada_17_text.html", "17"),
        ("lovelaceada_LATE_17_text.html", "17"),
        ("lovelaceada_17_55_text.html", "17"),  # an upload that is called text.html
        ("anon_a1B_text.html", "a1B"),
    ],
)
def test_names_of_what_was_typed_in_canvas(name, user):
    said = parse((name,))
    assert (said.platform, said.number, said.late) == ("canvas", user, "LATE" in name)


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("eve/a.txt", "q1: x", "no student of the class has the id 'eve'"),
        ("ada/a.txt", "please look again", "names no question"),
        ("ada/a.txt", "q9: x", "the lab has no question 'q9'"),
        ("ada/a.txt", "q1:   \n\n", "no reason is given for q1"),
        ("ada/a.txt", "q1: " + "x" * 2**19, "larger than"),
        ("ada/a.pdf", "q1: x", "not a text file"),
        ("bornmax_19_55_a.txt", "q1: x", "no student of the class has the canvas number 19"),
    ],
)
def test_what_cannot_be_taken_is_named(tmp_path, name, text, why):
    found = collected(tmp_path, {name: text})
    assert found.asked == ()
    (refused,) = found.refused
    assert why in str(refused)


def test_hostile_files_are_no_accident(tmp_path):
    files = {
        "ada/a.html": b"<![" + b"<" * 100_000 + b"\xff\x00q1: x",
        "ada/b.txt": b"\xff\xfe\x00q1: \x1b[31m\xe2\x80\xaex",
        "max/c.txt": "q1: " + "y" * 100_000,
        "max/d.txt": ("q" * 50_000) + "\n" + (" " * 100_000) + "q2: z",
    }
    found = collected(tmp_path, files)
    assert asked(found)[("max", "q1")].endswith("[cut here]")
    assert all(len(a.reason) < 2100 for a in found.asked)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ada_17_1_a.txt", b"q1: x" * 10**7)
    assert read_requests(tmp_path / "bomb.zip", PEOPLE, QUESTIONS).asked == ()


def test_after_the_deadline_none_is_taken(tmp_path):
    files = {"a_LATE_17_5_a.txt": "q1: x", "b_18_6_b.txt": "q1: y"}
    assert len(collected(tmp_path / "in", files).asked) == 2
    assert asked(collected(tmp_path / "in", files, deadline=0.0)) == {("max", "q1"): "y"}
    table = tmp_path / "form.csv"
    table.write_text(
        "id;question;reason;submitted\n17;q1;x;2026-12-01T10:00Z\nmax;Q2;y;2026-12-03T10:00Z\n"
    )
    assert len(read_requests(table, PEOPLE, QUESTIONS).asked) == 2
    noon = 1_764_676_800.0 + 365 * 86400  # 2 December 2026, 12:00 UTC
    found = read_requests(table, PEOPLE, QUESTIONS, deadline=noon)
    assert asked(found) == {("ada", "q1"): "x"}
    assert "asked too late" in str(found.refused[0])


def test_a_table_names_what_it_lacks(tmp_path):
    table = tmp_path / "form.csv"
    table.write_text("id,question\nada,q1\n")
    with pytest.raises(ValueError, match="lacks reason"):
        read_requests(table, PEOPLE, QUESTIONS)


@pytest.fixture
def waiting(classroom, call, grade):
    """Return the folder of a graded class in which Max asked for two questions again."""
    call(grade)
    place = classroom / "again" / "max"
    place.mkdir(parents=True)
    (place / "request.txt").write_text("q2: the unit ” Answer: 3 points\nq3: <b>look</b>\n")
    status, out, err = call("requests @again --lab 1 --out @out")
    assert (status, err) == (0, "")
    assert "2 new requests" in out
    return classroom


def feedback(folder, name="max.html"):
    return html.unescape((folder / "out" / "lab-1" / "feedback" / name).read_text())


def test_requests_are_listed_until_they_are_answered(waiting, call):
    listed = call("requests --lab 1 --out @out")[1]
    assert "2 requests of lab-1 wait" in listed
    assert 'max q2, 1 points now\n  asks: “the unit " Answer: 3 points”' in listed
    report = (waiting / "out" / "lab-1" / "report.html").read_text()
    assert "Requests to answer" in report
    assert "<b>look</b>" not in report
    assert "Your request is not answered yet" in feedback(waiting)

    assert call("answer max q2 keep --lab 1 --out @out --reason The_text_asks_for_volts")[0] == 0
    listed = call("requests --lab 1 --out @out")[1]
    assert "1 request of lab-1 waits" in listed
    assert "q2" not in listed
    assert "The_text_asks_for_volts" in call("requests --all --lab 1 --out @out")[1]


def test_the_student_reads_request_and_answer(waiting, call):
    call("answer max q2 keep --lab 1 --out @out --reason Volts_are_asked_for")
    call("answer max q3 4 --lab 1 --out @out --reason Right,_sorry")
    page = feedback(waiting)
    assert 'You asked for this mark again: “the unit " Answer: 3 points”' in page
    assert "Answer, the mark stays at 1 points: Volts_are_asked_for" in page
    assert "Answer, the mark went from 0 to 4 points: Right,_sorry" in page
    assert "7 of 10 points" in page
    assert "You asked" not in feedback(waiting, "ada.html")
    assert "went from 0 to 4 points" in feedback(waiting, "max.md")


def test_a_closed_request_does_not_come_again(waiting, call):
    call("answer max q2 keep --lab 1 --out @out --reason no")
    text = "q2: but still\nq3: another reason\n"
    (waiting / "again" / "max" / "request.txt").write_text(text)
    out = call("requests @again --lab 1 --out @out")[1]
    assert "0 new requests" in out
    assert "1 were answered before" in out
    assert "1 request of lab-1 waits" in out
    assert "another reason" in out  # an open one takes the newest words
    assert "but still" not in feedback(waiting)


def test_keep_tells_what_a_regrade_made_of_the_mark(waiting, call, believer):
    call("regrade --lab 1 --out @out --question q2 --reason fixed", believer(factor=2))
    call("answer max q2 keep --lab 1 --out @out --reason mended_for_all")
    assert "the mark went from 1 to 2 points: mended_for_all" in feedback(waiting)


def test_what_cannot_be_answered_is_refused(waiting, call):
    refused = [
        (
            "answer max q1 keep --reason x",
            "max did not ask for q1 of lab-1 again; asked for: q2, q3",
        ),
        ("answer eve q1 keep --reason x", "nobody"),
        ("answer max q2 99 --reason x", "points"),
    ]
    for line, why in refused:
        status, _, err = call(f"{line} --lab 1 --out @out")
        assert status == 2
        assert why in err
    assert "2 requests of lab-1 wait" in call("requests --lab 1 --out @out")[1]


def test_the_log_keeps_requests_and_answers_and_forget_deletes_them(waiting, call):
    call("answer max q2 2 --lab 1 --out @out --reason fair")
    log = call("log --out @out")[1]
    assert "request lab-1 max q2 1 -> -" in log
    assert "answer lab-1 max q2 1 -> 2 (fair)" in log
    call("forget max --out @out")
    assert b"<b>look" not in (waiting / "out" / "grades.sqlite").read_bytes()
    assert "0 requests of lab-1 wait" in call("requests --all --lab 1 --out @out")[1]


def test_an_invitation_stands_in_all_feedback_until_it_is_taken_back(waiting, call):
    call("requests --lab 1 --out @out --invite In_the_assignment_Ask_again.")
    for name in ("ada.html", "max.md"):
        assert "In_the_assignment_Ask_again." in feedback(waiting, name).replace("\\", "")

    call("requests --lab 1 --out @out --invite=")
    assert "In_the_assignment" not in feedback(waiting, "ada.html")


def test_pseudonyms_are_answered_under_their_names(classroom, call, grade):
    call(f"{grade} --anonymous")
    (classroom / "again" / "max").mkdir(parents=True)
    (classroom / "again" / "max" / "a.txt").write_text("q2: look")
    out = call("requests @again --lab 1 --out @out")[1]
    name = re.search(r"(student-\w+) q2", out)[1]
    assert call(f"answer {name} q2 keep --lab 1 --out @out --reason seen")[0] == 0
    assert "0 requests of lab-1 wait" in call("requests --lab 1 --out @out")[1]
