"""A stage by itself on a page, with an answer of the library."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from served import scripts_of

from aimc_course.explorers import browser_shell as answers

MOUNT = """async ([address, declaration, state, answer]) => {
  const { mount } = await import(address);
  document.querySelector('#alone')?.remove();
  const box = document.createElement('div');
  box.id = 'alone';
  document.body.prepend(box);
  const stage = mount(box, { declaration, read: () => state, write: () => {} });
  stage.update(state, { ...answer, state });
}"""


def module_of(site: Path, base_url: str, stage: str) -> str:
    """Return the address of a stage's module."""
    return f"{base_url}/_static/{scripts_of(site).name}/stages/{stage}.mjs"


def alone(page: Any, address: str, target: str, **changes: Any) -> Any:
    """Mount a stage by itself with the library's answer to a state; return its box."""
    explorer = answers.find(target)
    state, answer = explorer.state(**changes), explorer.answer(**changes)
    told = answers.plain([explorer.declaration(), state, answer.as_json()])
    page.evaluate(MOUNT, [address, *told])
    return page.locator("#alone")
