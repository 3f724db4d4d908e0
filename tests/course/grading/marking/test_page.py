"""The page in a real browser: nothing of a student acts on it, and a keyboard is enough."""

import json
import signal

import looks
import pytest
from page_server import grade, hand_in, serving
from paper_class import filled, picture

from aimc_course.grading.gradebook.store import Store

OUTLINE = """() => {
  const e = document.activeElement;
  const s = getComputedStyle(e.matches("[type=radio]") ? e.nextElementSibling : e);
  return [e.tagName, s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2];
}"""
pytestmark = pytest.mark.browser

HOSTILE = """
<script>alert('script')</script> <img src=x onerror="alert('image')">
<svg onload="alert('svg')"><script>alert('inner')</script></svg>
<iframe src="http://evil.example/frame"></iframe><style>body { display: none }</style>
[click me](javascript:alert('link')) [away](http://evil.example/away) <http://evil.example/auto>
![there](http://evil.example/pixel.png) [x]: http://evil.example/reference
<form action="http://evil.example"><input name="key"><button>Save</button></form>
<a href="http://evil.example" target="_blank" id="mark">a link</a> <b id="comment">bold</b>
<meta http-equiv="refresh" content="0;url=http://evil.example/refresh">
<base href="http://evil.example/"> <link rel="stylesheet" href="http://evil.example/style.css">
$\\href{javascript:alert('formula')}{x}$ $\\text{</math><img src=x onerror=alert('math')>}$
$\\style{background:url(http://evil.example/style)}{x}$
`</code><script>alert('code')</script>`
"""


def enter(page, served):
    page.goto(served.address)
    page.wait_for_load_state()
    return page


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def pressed(page, key):
    """Press a key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def width(page):
    return page.evaluate("document.documentElement.scrollWidth")


def marks(folder):
    with Store(folder / "out" / "grades.sqlite") as store:
        rows = store.database.execute("SELECT owner, item, points, comment FROM hand_marks")
        return {(owner, item): (json.loads(p), c) for owner, item, p, c in rows}


def test_hostile_answers_stay_inert(folder, chromium, page, served):
    """All of it is handed in as every kind of cell, output, picture and attachment there is."""
    served.end(signal.SIGKILL)
    code = f'"""{HOSTILE}"""\n</code></pre><script>alert(1)</script>'
    notebook = json.loads(filled(explanation=HOSTILE, proposal=HOSTILE, code=code))
    svg = "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(2)'/>"
    for cell in notebook["cells"]:
        if cell["id"] == "added":
            cell["outputs"] = [
                {"output_type": "stream", "name": "stdout", "text": HOSTILE},
                {"output_type": "error", "ename": HOSTILE, "evalue": HOSTILE, "traceback": []},
                *(
                    {"output_type": "display_data", "metadata": {}, "data": data}
                    for data in (
                        {"text/html": HOSTILE, "text/plain": HOSTILE},
                        {"application/javascript": "alert(3)", "text/plain": "js"},
                        {"image/svg+xml": svg},
                        {"image/png": "PHN2ZyBvbmxvYWQ9ImFsZXJ0KDQpIi8+"},
                    )
                ),
            ]
    notebook["cells"].append(
        {"cell_type": "raw", "id": "raw", "metadata": {"format": "text/html"}, "source": HOSTILE}
    )
    hand_in(folder, "lise", json.dumps(notebook).encode())
    grade(folder)
    number = 4
    with serving(folder) as server:
        context = chromium.new_context()
        tab = context.new_page()
        seen = []
        tab.on("dialog", lambda dialog: (seen.append(dialog.message), dialog.dismiss()))
        context.on("request", lambda r: seen.append(r.url) if server.host not in r.url else None)
        tab.goto(server.address)
        for path in (f"answer/o1/{number}", f"answer/e1/{number}", f"notebook/o1/{number}"):
            tab.goto(f"http://{server.host}/{server.place}/{path}")
            tab.wait_for_load_state("networkidle")
            assert "click me" in tab.inner_text("main")
            inside = tab.locator(".part")
            for name in ("a", "script", "iframe", "svg", "form", "style", "object", "meta", "base"):
                assert inside.locator(name).count() == 0
            for text in inside.locator(".link").all():
                text.click()
            assert tab.locator("#comment").count() == (0 if path.startswith("notebook") else 1)
            assert tab.evaluate("document.querySelector('body').checkVisibility()")
        assert "a drawing in SVG" in tab.inner_text("main")
        assert seen == []
        context.close()


def test_pictures_are_drawn_anew(folder, page, served):
    enter(page, served)
    number = 1 if b"Read twice" in stored(folder, 1) else 2
    page.goto(f"http://{served.host}/{served.place}/answer/f1/{number}")
    shown = page.locator(".part img")
    assert shown.evaluate("(i) => [i.complete, i.naturalWidth, i.naturalHeight]") == [
        *(True, 240, 120)
    ]
    data = page.context.request.get(f"http://{served.host}{shown.get_attribute('src')}").body()
    assert data.startswith(b"\x89PNG")
    assert b"script" in picture()
    assert b"script" not in data
    assert page.strayed == []


def stored(folder, number):
    with Store(folder / "out" / "grades.sqlite") as store:
        return store.notebook(number)


def test_a_round_by_keyboard_alone(folder, page, served):
    """Two proposals are marked, one is undone and marked again; no mouse, no script of the test."""
    enter(page, served)
    pressed(page, "u")
    assert page.inner_text("h1").startswith("Answer 1 of 3")
    press(page, "2", "1", ".", "1", "0")  # the half point goes to the second line, which is full
    assert page.inner_text("#sum") == "4 of 6 points"
    press(page, "c")
    page.keyboard.type("Say how large the interval of one device is.")
    pressed(page, "Control+Enter")
    assert page.inner_text("h1").startswith("Answer 2 of 3")
    assert "1 of 2 marked" in page.inner_text(".bar")
    press(page, "a", "Shift+Digit1")
    assert page.input_value("#comment") == "Say how large the interval of one device is."
    pressed(page, "Enter")
    assert "Every answer that carries points has its mark." in page.inner_text("body")
    first = marks(folder)
    assert sorted(points for points, _ in first.values()) == [[2, 1, 1, 0], [2, 1, 2, 1]]
    pressed(page, "u") if page.locator("[data-key=u]").count() else page.go_back()
    page.goto(f"http://{served.host}/{served.place}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").startswith("o1"):
            break
    pressed(page, "Enter")
    pressed(page, "z")
    assert "Undone." in page.inner_text("[role=status]")
    assert len(marks(folder)) == 1
    press(page, "x")
    pressed(page, "Enter")
    assert sorted(points for points, _ in marks(folder).values()) == [[0, 0, 0, 0], [2, 1, 1, 0]]
    assert page.strayed == []


def test_what_is_not_saved_outlives_a_look_at_the_model_answer(page, served):
    enter(page, served)
    pressed(page, "u")
    press(page, "2", "c")
    page.keyboard.type("half a thought")
    press(page, "Escape")
    pressed(page, "m")
    assert "Model answer" in page.inner_text(".beside")
    assert page.inner_text("#sum") == "2 of 6 points"
    assert page.input_value("#comment") == "half a thought"
    pressed(page, "m")
    pressed(page, "b")
    pressed(page, "j")
    assert "Answer 1, kept" in page.inner_text(".beside")
    assert page.input_value("#comment") == ""
    pressed(page, "k")
    assert page.input_value("#comment") == "half a thought"
    page.keyboard.press("g")
    page.keyboard.type("3")
    pressed(page, "Enter")
    assert page.inner_text("h1").startswith("Answer 3 of 3")


def test_a_line_without_points_is_named_and_takes_the_next_digit(folder, page, served):
    enter(page, served)
    pressed(page, "u")
    press(page, "2", "1", "1", "c")
    page.keyboard.type("Three lines of four.")
    page.keyboard.press("Control+Enter")
    assert "line 4 of 4 has no points yet" in page.inner_text("#missing")
    assert page.locator("fieldset.line.open").count() == 1
    assert marks(folder) == {}
    press(page, "1")
    assert page.locator("fieldset.line.open").count() == 0
    pressed(page, "Control+Enter")
    assert [points for points, _ in marks(folder).values()] == [[2, 1, 1, 1]]


def test_single_keys_can_be_turned_off(page, served):
    enter(page, served)
    page.keyboard.press("?")
    page.get_by_label("Single keys").uncheck()
    page.keyboard.press("u")
    assert page.inner_text("h1") == "What is to be marked"
    page.get_by_role("link", name="Mark the next answer").press("Enter")
    page.wait_for_load_state()
    page.keyboard.press("2")
    assert page.inner_text("#sum") == "of 6 points"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_for_axe_to_find(page, served, scheme):
    enter(page, served)
    page.emulate_media(color_scheme=scheme)
    start = f"http://{served.host}/{served.place}"
    for path in (
        "/",
        "/answer/o1/1?beside=model",
        "/answer/e1/1",
        "/notebook/o1/1",
        "/gradebook",
        "/rubric/o1",
    ):
        page.goto(start + path)
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        assert looks.axe(page, "html") == [], path


def test_a_narrow_screen_is_enough(page, served):
    enter(page, served)
    page.set_viewport_size({"width": 390, "height": 844})
    start = f"http://{served.host}/{served.place}"
    for path in (
        "/",
        "/answer/o1/1?beside=model",
        "/answer/f1/1",
        "/notebook/o1/1",
        "/gradebook",
        "/rubric/o1",
    ):
        page.goto(start + path)
        assert width(page) <= 390, path


def test_focus_can_be_seen(page, served):
    enter(page, served)
    pressed(page, "u")
    seen = []
    for _ in range(24):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(OUTLINE))
    assert {tag for tag, _ in seen} >= {"A", "INPUT", "SUMMARY", "TEXTAREA"}
    assert all(visible for _, visible in seen)


def test_marks_survive_the_death_of_the_page(folder, page, served):
    enter(page, served)
    pressed(page, "u")
    press(page, "1", "1", "1", "1")
    pressed(page, "Enter")
    served.end(signal.SIGKILL)
    (points,) = [p for p, _ in marks(folder).values()]
    assert points == [1, 1, 1, 1]
    table = folder / "out" / "lab-3" / "grades.csv"
    assert "o1" not in table.read_text()
    with serving(folder) as again:
        assert "o1" in table.read_text()  # what was not written yet is written first
        status, headers, _ = again.ask(again.address.partition(again.host)[2])
        assert status == 303
        cookie = headers["set-cookie"].split(";")[0]
        text = again.ask(f"/{again.place}/", cookie=cookie)[2]
        assert "1 of 2" in text
