"""The explorers answer in Firefox too, as the library does here, and ask no other host."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import firefox
import pytest
from parity import assert_same, each_explorer

from aimc_course.explorers import browser_shell as answers

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Waits for the answer to a first change of the first control; says why if none comes.
MOVE = """
new Promise((resolve, reject) => {
  const section = document.querySelector('section.aimc-explorer[data-target="TARGET"]');
  section.addEventListener('aimc:answer', (event) => resolve(event.detail), { once: true });
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


@pytest.fixture(scope="module")
def browser_window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[firefox.Firefox]:
    path = firefox.find_firefox()
    if path is None:
        # Chromium has been through all of it; a continuous-integration machine has both.
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(firefox.HINT)
    window = firefox.start(path, tmp_path_factory.mktemp("profile"))
    yield window
    window.close()


@each_explorer
def test_explorer_answers_as_the_library_does(
    browser_window: firefox.Firefox, base_url: str, name: str, target: str
) -> None:
    browser_window.open(f"{base_url}/{name}.html")
    found = browser_window.evaluate(MOVE.replace("TARGET", target))
    explorer = answers.find(target)
    assert found["state"] != json.loads(json.dumps(explorer.state()))
    assert_same(found["answer"], explorer, found["state"])
    foreign = [url for url in browser_window.requests() if not url.startswith((base_url, "data:"))]
    assert [url for url in foreign if not url.startswith("blob:")] == []
    assert browser_window.errors() == []
