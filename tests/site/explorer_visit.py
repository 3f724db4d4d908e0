"""One visit to a page that computes: its explorers and live cells, with one Python for all of them.

The page is opened by a link to a state of its explorer. Every control is moved by pointer and by
keyboard, a link is copied and the address changed, and the result is looked at on a laptop and on a
phone. Every test of an explorer reads this record.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import looks
from page_visit import LAPTOP, PHONE
from parity import directives
from served import Visit, pictured

from aimc_course.explorers import Choice, Control, Explorer, Slider, SliderGrid, Toggle
from aimc_course.explorers import browser_shell as answers

PATIENCE = 120_000  # ms; a hang, not slowness, is the fault


@dataclass
class Shown:
    """What a page showed for a state."""

    state: dict[str, Any]
    answer: dict[str, Any]
    sentence: str
    drawings: int


@dataclass
class ExplorerVisit:
    """What an explorer did."""

    linked: Shown
    reset: Shown
    address_after_reset: str
    moved: list[Shown]
    copied: str
    sent: Shown
    reached: list[dict[str, Any]]
    places: int
    after_keys: dict[str, Any]
    needed: dict[int, int] = field(default_factory=dict)
    letters: dict[int, list[float]] = field(default_factory=dict)
    axe: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class CellVisit:
    """What a live cell did."""

    result: dict[str, Any]
    said: str
    drawings: int
    error: str
    tab_stays: bool
    tab_leaves: bool
    restored: bool
    said_after_reset: str


@dataclass
class ExplorerRecord:
    """What a page that computes did."""

    explorers: dict[str, ExplorerVisit] = field(default_factory=dict)
    cells: list[CellVisit] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def visit_explorers(
    context: Any, base: str, name: str, *, axe: bool = True, between: bool = True
) -> ExplorerRecord:
    """Visit a page that computes, and do all that a reader can do there.

    If asked, axe looks at its explorers, and sliders stop between their ends.
    """
    visit, record = Visit(context.new_page(), base), ExplorerRecord()
    page = visit.page
    page.set_viewport_size({"width": LAPTOP, "height": 900})
    try:
        with pictured(page, name.rpartition("/")[2]):
            for target in directives("explorer").get(name, []):
                record.explorers[target] = visit_explorer(
                    visit, name, target, axe=axe, between=between
                )
            if not record.explorers:
                visit.open(f"{name}.html")
            cells = page.locator("section.aimc-live").all()
            record.cells = [visit_cell(page, cell) for cell in cells]
    finally:
        page.close()
    record.foreign, record.errors = visit.foreign, visit.errors
    return record


def section_of(page: Any, target: str) -> Any:
    return page.locator(f'section.aimc-explorer[data-target="{target}"]')


def wait_for(page: Any, target: str, state: dict[str, Any]) -> Shown:
    """Wait until the page shows the answer to a state; return what it shows."""
    page.wait_for_function(
        """([target, state]) => {
          const section = document.querySelector(`section[data-target="${target}"]`);
          if (section.dataset.state === 'error') return true;
          return section.dataset.state === 'live'
            && JSON.stringify(section.aimcState) === JSON.stringify(state);
        }""",
        arg=[target, answers.plain(state)],
        timeout=PATIENCE,
    )
    section = section_of(page, target)
    assert section.get_attribute("data-state") == "live", section.inner_text()
    return Shown(
        state,
        section.evaluate("s => s.aimcAnswer"),
        section.locator(".aimc-explorer-sentence").inner_text(),
        section.locator("svg.aimc-chart").count(),
    )


def moves(control: Control, *, between: bool = False) -> list[Any]:
    """Return values to try on a control, of a slider its ends; the last is not its default."""
    if isinstance(control, Slider):
        steps = round((control.high - control.low) / control.step)
        inner = (steps // 3, (2 * steps) // 3) if between and steps > 2 else ()
        values = [round(control.low + k * control.step, 10) for k in (*inner, 0, steps)]
        return sorted(values, key=lambda value: value != control.value)
    if isinstance(control, Choice):
        return sorted(control.options, key=lambda option: option != control.value)
    if isinstance(control, Toggle):
        return [control.value, not control.value]
    tables: list[list[list[float]]] = []
    last_cell = (len(control.rows) - 1, len(control.columns) - 1)
    for (i, j), value in (
        ((0, 0), round(control.high, 9)),
        (last_cell, control.low + control.step),
    ):
        table = [list(row) for row in (tables[-1] if tables else control.value)]
        table[i][j] = value
        tables.append(table)
    return tables


def comes_first(name: str, target: str) -> bool:
    """Return whether a page is the first one with an explorer."""
    return name == next(page for page, found in directives("explorer").items() if target in found)


def tried(name: str, target: str, control: Control, *, between: bool) -> list[Any]:
    """Return values to try: all on the first page with an explorer, the last one on others."""
    return moves(control, between=between) if comes_first(name, target) else moves(control)[-1:]


def far_state(explorer: Explorer) -> dict[str, Any]:
    """Return the state with the last move of every control: none is at its default."""
    return explorer.state(**{control.name: moves(control)[-1] for control in explorer.controls})


def move(page: Any, section: Any, control: Control, value: Any) -> None:
    """Give a control a value the way a reader does."""
    id_ = f"{section.get_attribute('id')}-{control.name}"
    if isinstance(control, Slider):
        page.locator(f"#{id_}").fill(f"{value:g}")
    elif isinstance(control, Toggle):
        page.locator(f"#{id_}").set_checked(value)
    elif isinstance(control, SliderGrid):
        cells = page.locator(f"#{id_} input")
        flat = [number for row in value for number in row]
        assert cells.count() == len(flat)
        for k, number in enumerate(flat):
            if float(cells.nth(k).input_value()) != number:
                cells.nth(k).fill(f"{number:g}")
    elif page.locator(f"select#{id_}").count():
        page.locator(f"#{id_}").select_option(value)
    else:
        page.locator(f"#{id_}-{control.options.index(value)}").check()


def written(value: Any) -> str:
    """Return how an address holds a value: a table as its numbers with commas between."""
    if isinstance(value, list | tuple):
        return ",".join(map(written, value))
    return value if isinstance(value, str) else json.dumps(value)


def link(explorer: Explorer, **state: Any) -> str:
    """Return the part of an address that leads to an explorer in a state."""
    query = urlencode({name: written(value) for name, value in state.items()})
    return f"#explorer-{explorer.name.replace('_', '-')}?{query}"


def visit_explorer(
    visit: Visit, name: str, target: str, *, axe: bool, between: bool
) -> ExplorerVisit:
    page, explorer, section = visit.page, answers.find(target), section_of(visit.page, target)
    state = far_state(explorer)
    page.goto(f"{visit.base}/{name}.html{link(explorer, **state)}", wait_until="load")
    linked = wait_for(page, target, state)
    section.get_by_role("button", name="Reset").click()
    reset = wait_for(page, target, explorer.state())
    address = page.evaluate("location.hash")
    moved, state = [], explorer.state()
    for control in explorer.controls:
        for value in tried(name, target, control, between=between):
            if control.name in explorer.idle(**state):
                box = section.locator(f'[data-control="{control.name}"]')
                assert box.locator("input:enabled, select:enabled").count() == 0
                break
            move(page, section, control, value)
            state = explorer.state(**{**state, control.name: value})
            moved.append(wait_for(page, target, state))
    section.get_by_role("button", name="Copy link").click()
    section.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    sent = send(page, explorer, target)
    reached = press_keys(page, section, target)
    record = ExplorerVisit(
        linked, reset, address, moved, copied, sent, reached, *after_keys(page, section, target)
    )
    look(page, section, record)
    if axe:
        look_with_axe(page, record)
    return record


def send(page: Any, explorer: Explorer, target: str) -> Shown:
    """Send the open page to another state by its address."""
    control = next(c for c in explorer.controls if not isinstance(c, SliderGrid))
    value = moves(control)[0]
    changed = link(explorer, **{control.name: value}) + "&nonsense=1"
    page.evaluate("hash => { location.hash = hash; }", changed)
    return wait_for(page, target, explorer.state(**{control.name: value}))


FOCUSED = """target => {
  const now = document.activeElement;
  const section = now.closest('section.aimc-explorer');
  if (section?.dataset.target !== target) return null;
  return {id: now.id, type: now.type ?? now.tagName, value: now.value, checked: now.checked,
    max: now.max,
    label: now.getAttribute('aria-label') ?? now.labels?.[0]?.textContent ?? now.textContent};
}"""


def press_keys(page: Any, section: Any, target: str) -> list[dict[str, Any]]:
    """Go through an explorer by Tab and move whatever can be moved; say what each key did."""
    section.locator("input, select").first.focus()
    reached = []
    for _ in range(80):
        active = page.evaluate(FOCUSED, target)
        if active is None:
            break
        at_end = active["max"] and float(active["value"]) >= float(active["max"])
        keys = {
            "range": "ArrowLeft" if at_end else "ArrowRight",
            "number": "ArrowDown" if at_end else "ArrowUp",
            "radio": "ArrowDown",
            "select-one": "ArrowDown",
            "checkbox": "Space",
        }
        if active["type"] in keys:
            page.keyboard.press(keys[active["type"]])
            now = page.evaluate(FOCUSED, target) or {}
            told = "checked" if active["type"] == "checkbox" else "value"
            active["moved"] = now.get(told) != active[told]
        reached.append(active)
        page.keyboard.press("Tab")
    return reached


def after_keys(page: Any, section: Any, target: str) -> tuple[int, dict[str, Any]]:
    """Return how many stops the controls are, and the answer that the keys have led to."""
    # What can do nothing for the moment is passed over.
    inputs = section.locator(":is(input:not([type=radio]), select):enabled").count()
    radios = section.locator("fieldset:not(.aimc-control-idle)").count()
    page.wait_for_function(
        "target => document.querySelector(`section[data-target='${target}']`)"
        ".dataset.state === 'live'",
        arg=target,
        timeout=PATIENCE,
    )
    shown = section.evaluate("s => ({ state: s.aimcState, answer: s.aimcAnswer })")
    return inputs + radios, shown


def look(page: Any, section: Any, record: ExplorerVisit) -> None:
    """Measure a live explorer."""
    for width in (LAPTOP, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        record.needed[width] = looks.needed_width(page)
        record.letters[width] = looks.letter_sizes(section.locator("svg"))
    page.set_viewport_size({"width": LAPTOP, "height": 900})


def look_with_axe(page: Any, record: ExplorerVisit) -> None:
    """Let axe look at a live explorer."""
    for width in (PHONE, LAPTOP):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        record.axe[f"light, {width} px"] = looks.axe(page, "section.aimc-explorer")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    record.axe["dark"] = looks.axe(page, "section.aimc-explorer", colours=True)
    page.evaluate("document.documentElement.dataset.theme = 'light'")


def visit_cell(page: Any, section: Any) -> CellVisit:
    """Run a live cell by keyboard, make it fail, leave it and reset it."""
    editor = section.locator("textarea")
    focused = "e => e === document.activeElement"
    original = editor.input_value()
    editor.focus()
    page.keyboard.press("Control+Enter")
    done = page.locator("[data-state=live], [data-state=error]")
    section.and_(done).wait_for(timeout=PATIENCE)
    result = section.evaluate("s => s.aimcResult")
    said = section.locator(".aimc-live-output").inner_text().strip()
    drawings = section.locator("svg").count()
    editor.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type("1 / 0")
    page.keyboard.press("Control+Enter")
    section.and_(page.locator("[data-state=error]")).wait_for(timeout=PATIENCE)
    error = section.locator(".aimc-live-error").inner_text()
    editor.focus()
    page.keyboard.press("Tab")
    tab_stays = editor.evaluate(focused)
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    tab_leaves = section.locator(".aimc-live-run").evaluate(focused)
    section.get_by_role("button", name="Reset").click()
    restored = editor.input_value() == original
    silence = section.locator(".aimc-live-output").inner_text()
    return CellVisit(result, said, drawings, error, tab_stays, tab_leaves, restored, silence)
