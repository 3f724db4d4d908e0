"""How an explorer begins, and what it says when it cannot."""

from __future__ import annotations

from time import sleep
from typing import Any

import pytest
from explorer_visit import PATIENCE, section_of, wait_for
from parity import EXPLORERS, LIVE, VISITED, explorers_beyond
from served import SITE, Visit, pictured, scripts_of

from aimc_course.explorers import browser_shell as answers

pytestmark = pytest.mark.browser
NAME, TARGET = EXPLORERS[0]


def wait_until(page: Any, condition: str) -> None:
    """Wait until the state of the first explorer meets a condition."""
    page.wait_for_function(
        f"document.querySelector('section.aimc-explorer').dataset.state {condition}",
        timeout=PATIENCE,
    )


@pytest.mark.slow
def test_it_starts_by_itself_once_it_was_in_view_and_says_what_is_broken(visit: Visit) -> None:
    page = visit.open(f"{NAME}.html")
    section = section_of(page, TARGET)
    page.wait_for_timeout(3500)
    assert section.get_attribute("data-state") == "static", "it is not in view yet"
    section.scroll_into_view_if_needed()
    wait_until(page, "!== 'static'")
    wait_for(page, TARGET, answers.find(TARGET).state())
    broken = page.locator("section.aimc-explorer").first
    nothing = "aimc_course.explorers.concepts.memory_wall:NOT_THERE"
    broken.evaluate("(s, target) => { s.dataset.target = target; }", nothing)
    broken.get_by_role("button", name="Reset").click()
    wait_until(page, "=== 'error'")
    alert = broken.locator("[role=alert]").inner_text()
    assert "could not be computed" in alert
    assert "NOT_THERE" in alert
    assert broken.locator(".aimc-explorer-charts svg").first.is_visible()
    broken.evaluate("(s, target) => { s.dataset.target = target; }", TARGET)
    broken.get_by_role("button", name="Try again").click()
    wait_for(page, TARGET, answers.find(TARGET).state())
    assert broken.locator("[role=alert]").inner_text() == ""


# Where an answer takes longest, and its page.
LONGEST = "aimc_course.explorers.accuracy.error_budget:ERROR_BUDGET"
TEN_MOVES = """section => new Promise((resolve, reject) => {
  const slider = section.querySelector('input[type=range]');
  let [moves, older, signed] = [0, 0, false];
  const watch = setInterval(() => {
    signed ||= 'slow' in section.dataset;
    if (section.dataset.state === 'error') reject(new Error(section.innerText));
  }, 10);
  section.addEventListener('aimc:answer', ({ detail }) => {
    if (moves < 10) return;
    if (detail.state[slider.name] !== slider.valueAsNumber) {
      older += 1;
      return;
    }
    clearInterval(watch);
    resolve({ signed, older, one: detail.milliseconds });
  });
  const move = () => {
    slider.value = Number(slider.min) + moves * Number(slider.step);
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    moves += 1;
    if (moves < 10) setTimeout(move, 200);
  };
  move();
})"""


@pytest.mark.slow
def test_work_is_shown_and_the_newest_move_does_not_wait_for_older_ones(visit: Visit) -> None:
    name = next(name for name, target in EXPLORERS if target == LONGEST)
    page = visit.open(f"{name}.html")
    section = section_of(page, LONGEST)
    section.get_by_role("button", name="Compute here").click()
    wait_for(page, LONGEST, answers.find(LONGEST).state())
    page.set_default_timeout(PATIENCE)
    seen = section.evaluate(TEN_MOVES)
    assert seen["signed"]
    # At most the one that was under way at the last move is answered before it, and none that
    # takes longer than a second: it is ended.
    assert seen["older"] <= (0 if seen["one"] > 1500 else 1)
    assert section.get_attribute("data-slow") is None
    # Of all the answers on the way the last one alone is read aloud.
    said = section.locator(".aimc-said")
    page.wait_for_timeout(1000)
    assert said.text_content() == section.locator(".aimc-explorer-sentence").inner_text()


CHART = """from aimc.plots import Line
Chart("Ohm", "voltage (V)", "current (A)", (Line((0.0, 0.1, 0.2), (0.0, 1.0, 2.0)),))"""


@pytest.mark.slow
def test_code_that_does_not_end_is_stopped_and_python_stays(visit: Visit) -> None:
    page = visit.open(f"{LIVE[0]}.html")
    cell = page.locator("section.aimc-live").first
    cell.locator("textarea").fill(
        "import sys\nsys.kept = 6 * 7\nprint('begun')\nwhile True:\n    pass"
    )
    cell.get_by_role("button", name="Run").click()
    cell.get_by_text("begun").last.wait_for(timeout=PATIENCE)
    cell.get_by_role("button", name="Stop").click()
    cell.get_by_text("Stopped.").wait_for()
    cell.locator("textarea").fill("import sys\nprint(sys.kept)")
    cell.get_by_role("button", name="Run").click()
    cell.locator(".aimc-live-output", has_text="42").wait_for()
    # A chart of a reader's own is read as those of the book are.
    cell.locator("textarea").fill(CHART)
    cell.get_by_role("button", name="Run").click()
    box = cell.locator(".aimc-live-charts svg").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    cell.locator(".aimc-tip").wait_for()
    cell.locator(".aimc-live-charts [tabindex]").first.press("ArrowRight")
    cell.locator(".aimc-said", has_text="voltage (V)").wait_for(state="attached")


@pytest.mark.slow
def test_code_that_prints_without_end_is_stopped_too(visit: Visit) -> None:
    page = visit.open(f"{LIVE[0]}.html")
    cell = page.locator("section.aimc-live").first
    cell.locator("textarea").fill("while True:\n    print('hello world')")
    cell.get_by_role("button", name="Run").click()
    cell.get_by_text("hello world").last.wait_for(timeout=PATIENCE)
    page.wait_for_timeout(3000)
    cell.get_by_role("button", name="Stop").click()
    cell.get_by_text("Stopped.").wait_for()
    said = cell.locator(".aimc-live-output").inner_text()
    assert len(said) < 110_000
    assert "characters more" in said


@pytest.mark.weekly
def test_code_that_cannot_be_stopped_is_left_to_itself(visit: Visit) -> None:
    page = visit.open(f"{LIVE[0]}.html")
    cell = page.locator("section.aimc-live").first
    deaf = "try:\n        pass\n    except BaseException:\n        pass"
    cell.locator("textarea").fill(
        f"import time\nend = time.time() + 60\nprint('begun')\nwhile time.time() < end:\n    {deaf}"
    )
    cell.get_by_role("button", name="Run").click()
    cell.get_by_text("begun").last.wait_for(timeout=PATIENCE)
    cell.get_by_role("button", name="Stop").click()
    cell.get_by_text("Stopped.").wait_for()
    cell.locator("textarea").fill("print(6 * 7)")
    cell.get_by_role("button", name="Run").click()
    cell.get_by_text("42").wait_for(timeout=PATIENCE)


def compute(visit: Visit, name: str, target: str) -> None:
    page = visit.open(f"{name}.html")
    section_of(page, target).get_by_role("button", name="Compute here").click()
    wait_for(page, target, answers.find(target).state())


def printed(page: Any, source: str) -> str:
    """Run code in the page's Python and return what it printed."""
    said: str = page.evaluate(
        """async ([folder, source]) => {
          const { runCode } = await import(`/_static/${folder}/runtime.mjs`);
          const pieces = [];
          await runCode(source, (piece) => pieces.push(piece));
          return pieces.join('');
        }""",
        [scripts_of(SITE).name, source],
    )
    return said


@pytest.mark.slow
def test_python_starts_once_in_a_visit(visit: Visit) -> None:
    compute(visit, *EXPLORERS[0])
    printed(visit.page, "import sys; sys.kept = 6 * 7")
    visit.open("book/glossary.html")
    assert visit.page.evaluate("window.aimcPython instanceof SharedWorker")
    compute(visit, *EXPLORERS[1])
    assert printed(visit.page, "import sys; print(sys.kept)").strip() == "42"
    assert visit.errors == []
    # Another tab has its own: neither waits for the other, nor meets what it has changed.
    other = Visit(visit.page.context.new_page(), visit.base)
    other.open("book/glossary.html")
    assert printed(other.page, "import sys; print(hasattr(sys, 'kept'))").strip() == "False"


@pytest.mark.slow
def test_what_code_has_spoilt_goes_with_another_try_or_a_reload(visit: Visit) -> None:
    (name, target), spoilt = EXPLORERS[0], "import numpy as np; np.asarray = 3; np.sum = 3"
    compute(visit, name, target)
    page, section = visit.page, section_of(visit.page, target)
    for mend in (section.get_by_role("button", name="Try again").click, page.reload):
        printed(page, spoilt)
        section.locator("input[type=range]").first.press("ArrowRight")
        wait_until(page, "=== 'error'")
        mend()
        section.scroll_into_view_if_needed()
        wait_until(page, "=== 'live'")
    assert printed(page, "import numpy as np; print(np.sum == 3)").strip() == "False"


# Nothing is there at this address, so that the machine below Python gives up.
TRAP = "import ctypes; ctypes.string_at(0xfffffff0, 4)"


# The page asks again at once, before the worker can say anything more.
ASKED_AGAIN = """async ([folder, trap, source]) => {
  const { runCode } = await import(`/_static/${folder}/runtime.mjs`);
  const broken = await runCode(trap).then(() => '', (error) => error.message);
  const pieces = [];
  await runCode(source, (piece) => pieces.push(piece));
  return [broken, pieces.join('').trim()];
}"""


@pytest.mark.slow
def test_a_python_that_has_broken_is_left(visit: Visit) -> None:
    visit.open("book/glossary.html")
    printed(visit.page, "import sys; sys.kept = 6 * 7")
    there = "import sys; print(hasattr(sys, 'kept'))"
    broken, said = visit.page.evaluate(ASKED_AGAIN, [scripts_of(SITE).name, TRAP, there])
    assert "out of bounds" in broken
    assert said == "False"
    visit.open("book/notation.html")
    assert printed(visit.page, there).strip() == "False"


@pytest.mark.slow
def test_a_page_does_not_wait_for_code_of_an_earlier_one_that_does_not_end(visit: Visit) -> None:
    visit.open("book/glossary.html")
    printed(visit.page, "import sys; sys.kept = 6 * 7")
    # In C, Python hears no interruption.
    deaf = "from collections import deque\nfrom itertools import repeat\n"
    deaf += "print('begun')\ndeque(repeat(0), maxlen=0)"
    visit.page.evaluate(
        """async ([folder, source]) => {
          const { runCode } = await import(`/_static/${folder}/runtime.mjs`);
          await new Promise((begun) => { runCode(source, begun); });
        }""",
        [scripts_of(SITE).name, deaf],
    )
    visit.page.reload()
    there = "import sys; print(hasattr(sys, 'kept'))"
    assert printed(visit.page, there).strip() == "False"


REFUSED = """window.SharedWorker = class {
  constructor() { throw new DOMException('refused', 'SecurityError'); }
};"""


@pytest.mark.slow
@pytest.mark.parametrize("script", ["delete window.SharedWorker", REFUSED], ids=["none", "refused"])
def test_a_browser_that_shares_no_worker_gives_each_page_its_own(visit: Visit, script: str) -> None:
    visit.page.add_init_script(script)
    compute(visit, *EXPLORERS[0])
    assert len(visit.asked("worker.mjs")) == 1


@pytest.mark.slow
def test_a_runtime_that_cannot_be_had_is_reported(visit: Visit) -> None:
    visit.page.context.route("**/runtime.mjs*", lambda route: route.abort())
    page = visit.open(f"{NAME}.html")
    section = section_of(page, TARGET)
    assert section.get_attribute("data-state") == "static"
    section.get_by_role("button", name="Compute here").click()
    wait_until(page, "=== 'error'")
    assert section.locator("[role=alert]").is_visible()
    visit.page.context.unroute("**/runtime.mjs*")
    # What is loaded again may be slow to come, and shows at once that it is on its way.
    visit.page.context.route("**/runtime.mjs*", lambda route: (sleep(1), route.continue_()))
    section.get_by_role("button", name="Try again").click()
    assert section.get_attribute("data-state") == "loading"
    wait_for(page, TARGET, answers.find(TARGET).state())


@pytest.mark.slow
def test_on_a_phone_it_waits_for_a_touch(visit: Visit) -> None:
    visit.page.set_viewport_size({"width": 390, "height": 900})
    page = visit.open(f"{NAME}.html")
    section = section_of(page, TARGET)
    section.scroll_into_view_if_needed()
    page.wait_for_timeout(4000)
    assert section.get_attribute("data-state") == "static"
    assert visit.asked(".html")
    assert not visit.asked("pyodide")


# What stands in each page before a script runs is read in test_live_build.py.
@explorers_beyond(VISITED, pytest.mark.weekly)
def test_it_can_be_seen_without_javascript(
    browser: Any, base_url: str, name: str, target: str
) -> None:
    explorer = answers.find(target)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    try:
        with pictured(page, f"noscript-{explorer.name}"):
            page.goto(f"{base_url}/{name}.html", wait_until="load")
            section = section_of(page, target)
            picture = section.locator("img")
            assert picture.is_visible()
            assert len(picture.get_attribute("alt")) > 30
            size = picture.bounding_box()
            assert size["width"] > 200
            assert size["height"] > 100
            assert section.get_by_text(explorer.answer().sentence).is_visible()
            assert section.locator("button").count() == 0
    finally:
        context.close()


COMPILED_HERE = """import sys
places = [(getattr(m, '__spec__', None), name) for name, m in list(sys.modules.items())]
print([name for spec, name in places if spec and spec.has_location
       and spec.origin.endswith('.py') and not spec.origin.startswith('/library/')])"""


@pytest.mark.slow
def test_what_the_last_part_alone_needs_comes_when_code_names_it(visit: Visit) -> None:
    page = visit.open(f"{NAME}.html")
    section_of(page, TARGET).get_by_role("button", name="Compute here").click()
    wait_for(page, TARGET, answers.find(TARGET).state())
    assert not visit.asked("/aimc-part5-")
    # A start that compiles what could have come compiled, or loads more than it needs, is slow.
    assert printed(page, COMPILED_HERE).strip() == "[]"
    assert printed(page, "import sys; print('numpy.f2py' in sys.modules)").strip() == "False"
    source = "from aimc_course.studies.roadmap import today\nprint(len(today()))"
    for _ in range(2):
        said = printed(page, source)
        assert "Error" not in said, said
        assert any(mark.isdigit() for mark in said), said
    assert len(visit.asked("/aimc-part5-")) == 1
