"""All explorers answer in the browser as the library does here, and all live cells run.

To start Python takes longest. So one answers for all, as that of a page does, on a page of its own:
with no control at its default and with all at theirs; and each cell as it is printed. How a page
shows them and what each control does is seen in test_explorers.py, each week on all pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from explorer_visit import PATIENCE, far_state
from parity import LIVE, assert_same, directives, explorers_beyond
from served import SITE, Visit, scripts_of

from aimc_course.explorers import browser_shell as answers

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("one python")]

CALL = """async ([method, given, patience]) => {
  const runtime = await import('RUNTIME');
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error('late')), patience));
  return Promise.race([runtime[method](...given), late]);
}"""
CELLS = """async (address) => {
  const text = await (await fetch(address)).text();
  const page = new DOMParser().parseFromString(text, 'text/html');
  return [...page.querySelectorAll('section.aimc-live pre')].map((cell) => cell.textContent);
}"""


@pytest.fixture(scope="module")
def python(context: Any, base_url: str) -> Iterator[Visit]:
    """A page that has nothing but the Python of all pages."""
    visit = Visit(context.new_page(), base_url)
    visit.open("book/glossary.html")
    yield visit
    visit.page.close()


def call(python: Visit, method: str, *given: Any) -> Any:
    runtime = f"/_static/{scripts_of(SITE).name}/runtime.mjs"
    return python.page.evaluate(CALL.replace("RUNTIME", runtime), [method, given, PATIENCE])


@explorers_beyond((), pytest.mark.slow)
def test_an_explorer_answers_as_the_library_does(python: Visit, name: str, target: str) -> None:
    explorer = answers.find(target)
    for state in (far_state(explorer), explorer.state()):
        assert_same(call(python, "ask", target, answers.plain(state)), explorer, state)
    assert python.errors == python.foreign == []


@pytest.mark.parametrize("name", LIVE)
def test_live_cells_run(python: Visit, name: str) -> None:
    cells = python.page.evaluate(CELLS, f"/{name}.html")
    assert len(cells) == len(directives("live")[name])
    for source in cells:
        said: dict[str, Any] = call(python, "runCode", source)
        assert said["error"] is None, source
        assert said["stdout"].strip() or said["charts"], source
    assert python.errors == python.foreign == []
