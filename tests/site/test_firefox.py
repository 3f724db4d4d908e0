"""The explorers answer in Firefox too, as the library does here, and ask no other host.

To start Python takes Firefox longest. So one Python answers for all explorers, as that of a page
does, and of the controls one of each kind is moved, on a page of its own. Chromium shows with each
change that the answers are right; here one control is moved then, and all the rest each week.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import firefox
import pytest
from explorer_visit import far_state
from parity import EXPLORERS, assert_same, explorers_beyond, one_of_each_kind
from served import SITE, scripts_of
from test_explorer_starts import LONGEST, TEN_MOVES

from aimc_course.explorers import browser_shell as answers

# In one process, which starts Python once.
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("firefox")]

# Waits for Python's answer to a first change of the first control; says why if none comes.
MOVE = """
new Promise((resolve, reject) => {
  const section = document.querySelector('section.aimc-explorer[data-target="TARGET"]');
  section.addEventListener('aimc:answer', ({ detail }) => detail.answer.stored || resolve(detail));
  setTimeout(() => reject(new Error(section.innerText)), 60000);
  const control = section.querySelector('input:not([type=radio]:checked), select');
  if (control.type === 'radio' || control.type === 'checkbox') control.click();
  else {
    if (control.tagName === 'SELECT') control.selectedIndex += 1;
    else control.stepUp();
    control.dispatchEvent(new Event('input', { bubbles: true }));
  }
})
"""
# How an explorer stands once its page is whole: a font or a stage that still comes when the page is
# left would be an error of the next page.
READY = """
document.fonts.ready.then(() => new Promise((done) => {
  const section = document.querySelector('section.aimc-explorer[data-target="TARGET"]');
  const declared = JSON.parse(section.querySelector('.aimc-explorer-declaration').textContent);
  const look = () => {
    if (declared.stage && !section.querySelector('.aimc-stage svg')) setTimeout(look, 50);
    else done(section.dataset.state);
  };
  look();
}))
"""
ASK = "import('/_static/FOLDER/runtime.mjs').then(({ ask }) => ask('TARGET', STATE))"


@pytest.fixture(scope="module")
def browser_window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[firefox.Firefox]:
    path = firefox.find_firefox()
    if path is None:
        # Chromium has been through all of it; a continuous-integration machine has both.
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(firefox.HINT)
    window = firefox.start(path, tmp_path_factory.mktemp("profile"))
    yield window
    window.close()


def assert_alone(window: firefox.Firefox, base_url: str) -> None:
    """Check that a page has asked no other host, and that nothing went wrong on it."""
    foreign = [url for url in window.requests() if not url.startswith((base_url, "data:"))]
    assert [url for url in foreign if not url.startswith("blob:")] == []
    assert window.errors() == []


@pytest.mark.parametrize(
    ("name", "target"),
    [
        pytest.param(*place, id=kind, marks=pytest.mark.weekly if k else ())
        for k, (kind, place) in enumerate(one_of_each_kind().items())
    ],
)
def test_a_moved_control_is_answered(
    browser_window: firefox.Firefox, base_url: str, name: str, target: str
) -> None:
    browser_window.open(f"{base_url}/{name}.html")
    found = browser_window.evaluate(MOVE.replace("TARGET", target))
    explorer = answers.find(target)
    assert found["state"] != json.loads(json.dumps(explorer.state()))
    assert_same(found["answer"], explorer, found["state"])
    assert_alone(browser_window, base_url)


@explorers_beyond((), pytest.mark.weekly)
def test_every_page_of_an_explorer_is_sound(
    browser_window: firefox.Firefox, base_url: str, name: str, target: str
) -> None:
    browser_window.open(f"{base_url}/{name}.html")
    assert browser_window.evaluate(READY.replace("TARGET", target)) != "error"
    assert_alone(browser_window, base_url)


@pytest.fixture(scope="module")
def asking(browser_window: firefox.Firefox, base_url: str) -> firefox.Firefox:
    """Firefox on a page that has nothing but the Python of all pages."""
    browser_window.open(f"{base_url}/book/glossary.html")
    return browser_window


@explorers_beyond((), pytest.mark.weekly)
def test_explorer_answers_as_the_library_does(
    asking: firefox.Firefox, base_url: str, name: str, target: str
) -> None:
    explorer = answers.find(target)
    state = far_state(explorer)
    words = (
        ASK.replace("FOLDER", scripts_of(SITE).name)
        .replace("TARGET", target)
        .replace("STATE", json.dumps(answers.plain(state)))
    )
    assert_same(asking.evaluate(words), explorer, state)
    assert_alone(asking, base_url)


RUN = """
import('/_static/FOLDER/runtime.mjs').then(async ({ runCode }) => {
  const pieces = [];
  await runCode(SOURCE, (piece) => pieces.push(piece));
  return pieces.join('');
})
"""


@pytest.mark.weekly
def test_python_stays_when_the_page_changes(browser_window: firefox.Firefox, base_url: str) -> None:
    words = RUN.replace("FOLDER", scripts_of(SITE).name)
    browser_window.open(f"{base_url}/book/glossary.html")
    browser_window.evaluate(words.replace("SOURCE", json.dumps("import sys; sys.kept = 6 * 7")))
    browser_window.open(f"{base_url}/book/notation.html")
    source = json.dumps("import sys; print(sys.kept)")
    assert browser_window.evaluate(words.replace("SOURCE", source)).strip() == "42"


# The middle of the first thing of a kind, once it stands in the middle of the screen.
PLACE = """
new Promise((resolve) => {
  const thing = document.querySelector('SELECTOR');
  thing.scrollIntoView({ block: 'center', behavior: 'instant' });
  requestAnimationFrame(() => {
    const { left, top, width, height } = thing.getBoundingClientRect();
    resolve([Math.round(left + width / 2), Math.round(top + height / 2)]);
  });
})
"""
TIPS = """
[...document.querySelectorAll('.aimc-tip')]
  .filter((tip) => tip.getBoundingClientRect().width > 0).length
"""


def point(window: firefox.Firefox, selector: str, *, press: bool = False) -> None:
    """Bring the pointer to the first thing that a selector names, and press there if asked."""
    x, y = window.evaluate(PLACE.replace("SELECTOR", selector))
    steps = [{"type": "pointerMove", "x": x + near, "y": y} for near in (2, 0)]
    if press:
        steps += [{"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")]
    hand = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}}
    actions = [{**hand, "actions": steps}]
    window.command("input.performActions", context=window.context, actions=actions)


@pytest.mark.weekly
def test_an_explorers_chart_is_read_under_the_pointer(
    browser_window: firefox.Firefox, base_url: str
) -> None:
    browser_window.open(f"{base_url}/book/1-concepts/01-memory-wall.html")
    point(browser_window, ".aimc-explorer-charts .aimc-bar")
    assert browser_window.evaluate(TIPS) == 1


# Starts Python for an explorer that computes long.
BEGIN = """
new Promise((resolve, reject) => {
  const section = document.querySelector('section.aimc-explorer[data-target="TARGET"]');
  section.addEventListener('aimc:answer', () => resolve(true), { once: true });
  setTimeout(() => reject(new Error(section.innerText)), 110000);
  section.querySelector('.aimc-explorer-start').click();
})
"""


@pytest.mark.weekly
def test_work_is_shown_and_the_newest_move_is_answered(
    browser_window: firefox.Firefox, base_url: str
) -> None:
    name = next(name for name, target in EXPLORERS if target == LONGEST)
    browser_window.open(f"{base_url}/{name}.html")
    browser_window.evaluate(BEGIN.replace("TARGET", LONGEST))
    section = f"document.querySelector('section.aimc-explorer[data-target=\"{LONGEST}\"]')"
    seen = browser_window.evaluate(f"({TEN_MOVES})({section})")
    assert seen["signed"]
    assert seen["older"] <= (0 if seen["one"] > 1500 else 1)


@pytest.mark.weekly
def test_the_first_page_answers_a_hand(browser_window: firefox.Firefox, base_url: str) -> None:
    browser_window.open(f"{base_url}/book/intro.html")
    radius = "document.querySelector('.aimc-front .device').getAttribute('r')"
    before = browser_window.evaluate(radius)
    point(browser_window, ".aimc-front .device", press=True)
    assert browser_window.evaluate(radius) != before
    assert not [url for url in browser_window.requests() if "pyodide" in url]


# A lab in its own page: its cells as they are, once its notebook is there.
SOURCES = """
new Promise((resolve) => {
  const look = () => {
    const panel = window.jupyterapp?.shell?.currentWidget;
    if (!panel?.context?.isReady) setTimeout(look, 200);
    else resolve(panel.model.toJSON().cells.map((cell) => cell.source));
  };
  look();
})
"""
WRITE = "window.jupyterapp.shell.currentWidget.model.cells.get(NUMBER).sharedModel.setSource(TEXT)"


@pytest.mark.weekly
def test_a_lab_keeps_its_work(browser_window: firefox.Firefox, base_url: str) -> None:
    path = "labs/student/01-build-a-crossbar.ipynb"
    address = f"{base_url}/lite/notebooks/index.html?path={path}"
    browser_window.open(address)
    before = browser_window.evaluate(SOURCES)
    number = next(k for k, text in enumerate(before) if "start(" in text)
    text = f"{before[number]}\n# after a while"
    words = WRITE.replace("NUMBER", str(number)).replace("TEXT", json.dumps(text))
    browser_window.evaluate(f"{words} ?? true")
    browser_window.evaluate("new Promise((done) => setTimeout(() => done(true), 15000))")
    browser_window.open(address)
    found = browser_window.evaluate(SOURCES)
    assert found[number] == text
    assert found[:number] == before[:number]
    # On a phone it has the width of the screen.
    phone = {"width": 390, "height": 844}
    browser_window.command(
        "browsingContext.setViewport", context=browser_window.context, viewport=phone
    )
    wide = "document.querySelector('.jp-Notebook').getBoundingClientRect().width"
    assert browser_window.evaluate(wide) >= 300
    browser_window.command(
        "browsingContext.setViewport", context=browser_window.context, viewport=None
    )
    assert [url for url in browser_window.requests() if "/lite/" in url]
    own = (base_url, "data:", "blob:")
    assert [url for url in browser_window.requests() if not url.startswith(own)] == []
