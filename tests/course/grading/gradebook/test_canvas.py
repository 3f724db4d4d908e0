"""Points and feedback sent to a stand-in for Canvas that keeps the shape of its interface."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from aimc_course.__main__ import main

# canvasapi warns of http, which is refused for every machine but this one.
pytestmark = pytest.mark.filterwarnings("ignore:Canvas may respond:UserWarning")

TOKEN = "1234~secretsecret"
PLACE = "/api/v1/courses/7/assignments/9"
PAGE = 2  # submissions on one page


class Canvas(ThreadingHTTPServer):
    """One assignment of one course, and what was asked of it."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)
        self.assignment = {"id": 9, "grading_type": "points", "points_possible": 10.0}
        people = {101: "ada", 102: "max", 103: "emmy", 104: "stranger"}
        self.submissions = {
            number: {
                "user_id": number,
                "assignment_id": 9,
                "score": None,
                "entered_score": None,
                "excused": False,
                "grade_matches_current_submission": True,
                "points_deducted": None,
                "user": {"id": number, "name": "A Name", "login_id": login},
                "submission_comments": [],
            }
            for number, login in people.items()
        }
        self.refused, self.changed, self.deducted = set(), [], 0.0

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *what):
        pass

    def say(self, what, status=200, **headers):
        data = json.dumps(what).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def knows_token(self):
        if self.headers["Authorization"] == f"Bearer {TOKEN}":
            return True
        self.say({"errors": [{"message": "Invalid access token."}]}, 401, WWW_Authenticate="x")
        return False

    def do_GET(self):
        if not self.knows_token():
            return
        said = urlsplit(self.path)
        asked = parse_qs(said.query)
        if said.path == "/api/v1/courses/7":
            self.say({"id": 7, "name": "Analog"})
        elif said.path == PLACE:
            self.say({**self.server.assignment, "course_id": 7})
        elif said.path == f"{PLACE}/submissions":
            page = int(asked.get("page", ["1"])[0])
            rows = list(self.server.submissions.values())
            optional = {"user", "submission_comments"} - set(asked.get("include[]", []))
            shown = [
                {k: v for k, v in row.items() if k not in optional}
                for row in rows[PAGE * (page - 1) : PAGE * page]
            ]
            query = "&".join(f"include[]={name}" for name in asked.get("include[]", []))
            address = f"{self.server.address}{said.path}?{query}&page={page + 1}"
            more = {"Link": f'<{address}>; rel="next"'} if PAGE * page < len(rows) else {}
            self.say(shown, **more)
        else:
            self.say({"errors": [{"message": "The specified resource does not exist."}]}, 404)

    def do_PUT(self):
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if not self.knows_token():
            return
        number = int(re.fullmatch(rf"{PLACE}/submissions/(\d+)", self.path)[1])
        if number in self.server.refused:
            self.say({"errors": [{"message": "user not\x1b[2J authorized"}]}, 403)
            return
        held, points = self.server.submissions[number], form["submission[posted_grade]"][0]
        assert form["prefer_points_over_scheme"] == ["true"]
        less = self.server.deducted
        held.update(score=float(points) - less, entered_score=float(points))
        held.update(points_deducted=less or None, grade_matches_current_submission=True)
        comment = form.get("comment[text_comment]", [""])[0]
        if comment:
            held["submission_comments"].append({"id": 1, "comment": comment})
        self.server.changed.append((number, points, bool(comment)))
        optional = ("user", "submission_comments")
        self.say({k: v for k, v in held.items() if k not in optional})


@pytest.fixture
def canvas():
    with Canvas() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def send(classroom, call, grade, canvas, capsys):
    """Return a function that gives the command and returns status, output and errors."""
    assert call(grade)[0] == 0
    (classroom / "token").write_text(f"{TOKEN}\n")

    def sent(*more, address=None):
        place = ["--lab", "1", "--canvas", address or canvas.address, "--token-file"]
        numbers = ["--course", "7", "--assignment", "9"]
        out = str(classroom / "out")
        status = main(["send", out, *place, str(classroom / "token"), *numbers, *more])
        return status, *capsys.readouterr()

    return sent


def test_nothing_is_sent_unless_asked_for(send, canvas):
    status, out, _ = send()
    assert status == 0
    assert not canvas.changed
    assert "ada (101): - -> 10, with feedback" in out
    assert "max (102): - -> 3, with feedback" in out
    assert "2 would be sent" in out


def test_points_and_feedback_are_sent_once(send, call, canvas):
    assert send("--send")[0] == 0
    assert canvas.changed == [(101, "10", True), (102, "3", True)]
    assert "3 of 10 points" in canvas.submissions[102]["submission_comments"][0]["comment"]
    assert "0 sent" in send("--send")[1]
    call("override max q1 1 --reason kindness --lab 1 --out @out")
    assert send("--send")[0] == 0
    assert canvas.changed[2:] == [(102, "2", True)]
    assert "kindness" in canvas.submissions[102]["submission_comments"][1]["comment"]
    assert "send lab-1 max total 3 -> 2" in call("log --out @out")[1]


def test_points_alone(send, canvas):
    send("--send", "--no-feedback")
    assert canvas.changed == [(101, "10", False), (102, "3", False)]


def test_a_new_submission_with_the_same_points_is_graded_again(send, canvas):
    send("--send")
    canvas.submissions[101]["grade_matches_current_submission"] = False
    send("--send")
    assert canvas.changed[2:] == [(101, "10", False)]


def test_a_refused_student_is_named_and_the_others_are_sent(send, canvas):
    canvas.refused.add(101)
    status, out, said = send("--send")
    assert status == 1
    assert "ada (101)" in said
    assert "Forbidden" in said
    assert "\x1b" not in said
    assert canvas.changed == [(102, "3", True)]
    assert "1 sent, 1 refused" in out
    canvas.refused.clear()
    assert send("--send")[0] == 0
    assert canvas.changed[1:] == [(101, "10", True)]


def test_who_cannot_be_found_or_is_excused_is_left(send, canvas):
    canvas.submissions[101]["excused"] = True
    canvas.submissions[102]["user"]["login_id"] = "somebody"
    _, _, said = send("--send")
    assert not canvas.changed
    assert "ada: excused on Canvas" in said
    assert "max: not among the students" in said


def test_numbers_that_speak_of_two_students_are_left(send, canvas):
    canvas.submissions[101]["user"]["sis_user_id"] = "max"
    canvas.submissions[103]["user"]["login_id"] = "max"
    _, _, said = send("--send")
    assert not canvas.changed
    assert "could be max or ada" in said
    assert "max: more than one student" in said


def test_points_are_scaled_to_those_of_the_assignment(send, canvas):
    canvas.assignment["points_possible"] = 5.0
    _, _, said = send("--send")
    assert [points for _, points, _ in canvas.changed] == ["5", "1.5"]
    assert "10 points of the lab are 5 there" in said


def test_what_canvas_takes_off_itself_is_told(send, canvas):
    canvas.deducted = 2.0
    status, out, _ = send("--send")
    assert status == 0
    assert "Canvas takes 2 points off" in out
    assert "0 sent" in send("--send")[1]


@pytest.mark.parametrize(
    ("assignment", "said"),
    [
        ({"group_category_id": 3}, "a whole group one grade"),
        ({"grading_type": "pass_fail"}, "takes no points"),
        ({"id": 8}, "not list the students"),
    ],
)
def test_assignments_that_cannot_take_them_are_refused(send, canvas, assignment, said):
    canvas.assignment.update(assignment)
    status, _, errors = send("--send")
    assert status == 2
    assert said in errors
    assert not canvas.changed


def test_hidden_students_are_refused(send, canvas):
    for held in canvas.submissions.values():
        del held["user_id"]
    status, _, said = send("--send")
    assert (status, canvas.changed) == (2, [])
    assert "anonymous" in said


def test_a_wrong_token_is_refused_and_no_token_is_written_down(send, canvas, classroom, capsys):
    _, out, said = send("--send")
    assert TOKEN not in out + said
    (classroom / "token").write_text("wrong")
    status, out, said = send("--send")
    assert status == 2
    assert "Invalid access token" in said
    assert "wrong" not in out + said
    (classroom / "token").write_text("two words")
    assert send()[0] == 2
    written = b"".join(p.read_bytes() for p in (classroom / "out").rglob("*") if p.is_file())
    assert TOKEN.encode() not in written


@pytest.mark.parametrize(
    "address",
    ["http://canvas.example.edu", "canvas.example.edu", "https://a@b.edu", "https://b.edu/courses"],
)
def test_addresses_to_which_no_token_goes(send, address):
    status, _, said = send("--send", address=address)
    assert status == 2
    assert "--canvas must" in said
