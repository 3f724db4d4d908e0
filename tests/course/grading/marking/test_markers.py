"""Several people mark one class at once: nobody gets another's answer, and no mark is lost."""

import re
import threading
from html import unescape
from pathlib import Path

import pytest
from page_server import grade, hand_in, serving
from paper_class import CLASS, PROPOSAL, filled

from aimc_course.grading.gradebook import leases
from aimc_course.grading.gradebook.file_systems import check_local, kind_of
from aimc_course.grading.gradebook.gradebook import Gradebook
from aimc_course.grading.gradebook.hand_marks import HandMark, HandMarks, OvertakenError
from aimc_course.grading.gradebook.leases import Leases
from aimc_course.grading.gradebook.store import Store

LAB = "lab-3"


def mark(owner="ada", points=(1.0,), comment=""):
    return HandMark(owner, "o1", "v", points, (2.0,), comment, "r", 1, ("1",))


@pytest.fixture
def stores(tmp_path):
    """Return the same store, opened by two people."""
    with Store(tmp_path / "g.sqlite") as ada, Store(tmp_path / "g.sqlite") as grace:
        ada.sign("Ada")
        grace.sign("Grace")
        yield ada, grace


def test_an_answer_is_handed_to_one_page_only(stores):
    ada, grace = (Leases(store, LAB) for store in stores)
    assert ada.take("max", "o1") is None
    assert ada.take("max", "o1") is None
    assert grace.take("max", "o1").who == "Ada"
    assert ada.others() == {}
    assert grace.take("max", "e1") is None
    assert set(ada.others()) == {("max", "e1")}
    ada.take("emmy", "o1")  # lets go of the one before
    assert grace.take("max", "o1") is None
    grace.release()
    assert ada.others() == {}


def test_an_answer_that_was_left_open_is_free_again_after_a_while(stores, monkeypatch):
    ada, grace = (Leases(store, LAB) for store in stores)
    ada.take("max", "o1")
    later = leases.time.time() + leases.SECONDS + 1
    monkeypatch.setattr(leases.time, "time", lambda: later)
    assert grace.others() == {}
    assert grace.take("max", "o1") is None


def test_the_second_of_two_marks_is_refused_and_shown_the_first(stores):
    ada, grace = (HandMarks(store, LAB) for store in stores)
    ada.give([mark(comment="First.")], seen="")
    with pytest.raises(OvertakenError) as refused:
        grace.give([mark(points=(2.0,))], seen="")
    assert (refused.value.now.who, refused.value.now.comment) == ("Ada", "First.")
    grace.give([mark(points=(2.0,))], seen=refused.value.now.stamp)
    assert grace.one("ada", "o1", "v").points == (2.0,)
    with pytest.raises(OvertakenError):
        ada.take_back("ada", "o1", "v", seen=refused.value.now.stamp)
    assert [row["who"] for row in stores[0].log()] == ["Ada", "Grace"]


def test_undo_takes_back_what_one_gave_oneself_and_nothing_newer(stores):
    ada, grace = (HandMarks(store, LAB) for store in stores)
    ada.give([mark("ada")])
    grace.give([mark("max")])
    assert ada.undo() == ("ada", "o1", "v")
    assert set(ada.all()) == {("max", "o1", "v")}
    ada.give([mark("max", (2.0,))])
    with pytest.raises(OvertakenError):
        grace.undo()
    assert grace.one("max", "o1", "v").who == "Ada"


def test_marks_of_many_processes_at_once_are_all_kept(tmp_path):
    """Each thread has a connection of its own, as each marker's process has."""
    Store(tmp_path / "g.sqlite").close()

    def many(name):
        with Store(tmp_path / "g.sqlite") as store:
            store.sign(name)
            marks = HandMarks(store, LAB)
            for k in range(8):
                marks.give([mark(f"{name}{k}")], seen="")

    threads = [threading.Thread(target=many, args=(name,)) for name in ("Ada", "Grace", "Emmy")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Store(tmp_path / "g.sqlite") as store:
        found = HandMarks(store, LAB).all().values()
        assert sorted(m.owner for m in found) == sorted(
            f"{name}{k}" for name in ("Ada", "Grace", "Emmy") for k in range(8)
        )
        assert all(m.owner.startswith(m.who) for m in found)


def test_a_store_of_before_is_brought_up_to_date(tmp_path):
    with Store(tmp_path / "g.sqlite") as store:
        store.database.execute("ALTER TABLE hand_marks DROP COLUMN lines")
        store.database.execute("ALTER TABLE hand_changes DROP COLUMN who")
        store.database.execute(
            "INSERT INTO hand_marks VALUES "
            "('lab-3', 'ada', 'o1', 'v', '[1.0]', '[2.0]', '', 'r', 1, 'Max', 7.0)"
        )
    with Store(tmp_path / "g.sqlite") as store:
        (found,) = HandMarks(store, LAB).all().values()
        assert (found.who, found.points, found.lines) == ("Max", (1.0,), ())
        HandMarks(store, LAB).give([mark()])
        assert HandMarks(store, LAB).undo() is not None
        (found,) = HandMarks(store, LAB).all().values()
        assert (found.who, found.points) == ("Max", (1.0,))


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "a\nb", "\x1b[31m"])
def test_a_name_that_is_none_is_refused(stores, name):
    with pytest.raises(ValueError, match="a marker's name"):
        stores[0].sign(name)


def test_a_folder_on_a_network_is_refused(tmp_path):
    table = tmp_path / "mounts"
    table.write_text(
        "1 0 0:1 / / rw - ext4 /dev/a rw\n"
        "2 1 0:2 / /home/shared rw shared:1 - nfs4 server:/x rw\n"
        "3 2 0:3 / /home/shared/local rw - xfs /dev/b rw\n"
    )
    assert kind_of(Path("/home/shared/class"), table) == "nfs4"
    assert kind_of(Path("/home/shared/local/class"), table) == "xfs"
    assert kind_of(Path("/home/sharedby"), table) == "ext4"
    check_local(Path("/srv"), table)
    with pytest.raises(ValueError, match="nfs4"):
        check_local(Path("/home/shared/class"), table)


@pytest.fixture
def two(tmp_path):
    """Return the pages of two markers on one folder of three answers."""
    (tmp_path / "class.csv").write_text(CLASS)
    for name in ("ada", "max", "emmy"):
        hand_in(tmp_path, name, filled(proposal=f"{PROPOSAL} {name}"))
    grade(tmp_path)
    with (
        serving(tmp_path, "--marker", "Ada") as one,
        serving(tmp_path, "--marker", "Grace") as other,
    ):
        yield Visitor(one), Visitor(other), tmp_path


class Visitor:
    """A browser without its window."""

    def __init__(self, server):
        self.server, self.cookie = server, server.enter()

    def get(self, path):
        return self.server.ask(f"/{self.server.place}/{path}", cookie=self.cookie)

    def post(self, path, **body):
        own = f"http://{self.server.host}"
        path = path if path.startswith("/") else f"/{self.server.place}/{path}"
        return self.server.ask(path, method="POST", body=body, cookie=self.cookie, Origin=own)

    def next(self):
        """Return the address of the answer that is handed out."""
        status, headers, _ = self.get("next")
        assert status == 303
        return headers["location"].partition(f"/{self.server.place}/")[2]

    def form(self, path):
        """Return the form of an answer as it comes, with all points given."""
        text = self.get(path)[2]
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text))
        return {**hidden, **{f"line{k}": v for k, v in enumerate("2121")}, "comment": ""}


def test_two_markers_get_different_answers(two):
    ada, grace, _ = two
    first, second = ada.next(), grace.next()
    assert first != second
    assert "Ada has this answer open" in unescape(grace.get(first)[2])
    assert "at the same time as Ada" in grace.get("")[2]


def test_a_conflict_shows_both_marks_and_loses_none(two):
    ada, grace, folder = two
    path = ada.next()
    mine, theirs = grace.form(path), ada.form(path)
    save = path.replace("answer", "mark")
    assert ada.post(save, **theirs | {"comment": "First <b>words</b>"})[0] == 303
    status, _, text = grace.post(save, **mine | {"comment": "Second words", "line0": "0"})
    assert status == 409
    assert "Ada marked this answer" in text
    assert "First &lt;b&gt;words&lt;/b&gt;" in text
    assert "Second words</textarea>" in text
    with Store(folder / "out" / "grades.sqlite") as store:
        (kept,) = HandMarks(store, LAB).all().values()
    assert (kept.who, kept.comment) == ("Ada", "First <b>words</b>")
    again = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text))
    assert grace.post(save, **mine | again | {"comment": "Second words"})[0] == 303
    with Store(folder / "out" / "grades.sqlite") as store:
        (kept,) = HandMarks(store, LAB).all().values()
        assert kept.who == "Grace"
        log = [(row["who"], row["action"]) for row in store.log()]
    assert log == [("Ada", "mark"), ("Grace", "mark")]


def test_who_marked_what_stands_in_log_overview_and_report(two):
    ada, grace, folder = two
    for person in (ada, grace):
        path = person.next()
        person.post(path.replace("answer", "mark"), **person.form(path))
    text = grace.get("")[2]
    assert re.search(r"Ada</th><td class=\"n\">1</td>", text)
    assert "out of date" in text
    grace.post("write", key=grace.form(grace.next())["key"])
    assert "out of date" not in grace.get("")[2]
    report = (folder / "out" / LAB / "report.html").read_text()
    assert "Who marked by hand" in report
    assert "Grace" in report


def test_a_form_by_the_rubric_of_before_is_not_saved(two):
    ada, grace, folder = two
    path = ada.next()
    old = ada.form(path)
    where = "rubric/o1/1"
    page = grace.get("rubric/o1")[2]
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    line = {"points": "3", "text": "Another wording", "half": ""}
    status, _, text = grace.post(where, **hidden, **line)
    assert status == 200
    assert "No mark changes its points" in text
    with Gradebook(folder / "out") as gradebook:
        assert not [row for row in gradebook.store.log() if row["action"] == "rubric"]
    text = unescape(grace.post(where, **hidden, **line, sure="yes")[2])
    assert "line 1: 2 -> 3 points" in text
    status, _, text = ada.post(path.replace("answer", "mark"), **old | {"comment": "Kept words"})
    assert status == 409
    assert "The rubric was changed" in text
    assert "Kept words</textarea>" in text
    assert "Another wording" in text
    assert grace.post(where, **hidden, **line | {"points": "1"}, sure="yes")[0] == 400
    assert grace.post("rubric/o1/99", **hidden, **line, sure="yes")[0] == 400
    assert grace.post("rubric/o1/1", **hidden, **line | {"points": "nan"})[0] == 400
