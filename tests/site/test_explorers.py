"""The explorers of the built site answer in the browser as the library does here.

Each is made live with nothing but this machine's own server to talk to, every control is moved
through the page, and the answer that the page shows is compared with the library's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from parity import EXPLORERS, LIVE, PAGES, assert_same, directives, each_explorer
from served import ROOT

from aimc_course.explorers import Choice, Control, Slider, SliderGrid, Toggle
from aimc_course.explorers import browser_shell as answers

FAILURES = ROOT / "_build" / "site-failures"
COLD = 60_000  # ms; the runtime takes seconds, and more on a machine that does other things too


@dataclass
class Reader:
    """A browser page that can reach this site alone, and what went wrong on it."""

    page: Any
    base: str
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, name: str, fragment: str = "", theme: str = "light") -> Any:
        self.page.goto(f"{self.base}/{name}.html{fragment}", wait_until="load")
        script = "t => { const d = document.documentElement.dataset; d.theme = t; d.mode = t; }"
        self.page.evaluate(script, theme)
        return self.page

    def guard(self, route: Any) -> None:
        url = route.request.url
        if url.startswith((self.base, "data:", "blob:")):
            route.continue_()
        else:
            self.foreign.append(url)
            route.abort()


@contextmanager
def reader(browser: Any, base: str, test: str, width: int = 1280, **more: Any) -> Iterator[Reader]:
    """Open a page; afterwards there must have been no other host and no error."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, reduced_motion="reduce", **more
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    result = Reader(page, base)
    context.route("**/*", result.guard)
    page.on("pageerror", lambda error: result.errors.append(str(error)))
    try:
        yield result
        assert result.foreign == []
        assert result.errors == []
    except BaseException:
        FAILURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=FAILURES / f"{test}.png", full_page=True)
        raise
    finally:
        context.close()


def box(page: Any, target: str) -> Any:
    return page.locator(f'section.aimc-explorer[data-target="{target}"]')


def wait_for(page: Any, target: str, state: dict[str, Any]) -> dict[str, Any]:
    """Wait until the page shows the answer to a state; return the answer."""
    page.wait_for_function(
        """([target, state]) => {
          const section = document.querySelector(`section[data-target="${target}"]`);
          if (section.dataset.state === 'error') return true;
          return section.dataset.state === 'live'
            && JSON.stringify(section.aimcState) === JSON.stringify(state);
        }""",
        arg=[target, answers.plain(state)],
        timeout=COLD,
    )
    section = box(page, target)
    assert section.get_attribute("data-state") == "live", section.inner_text()
    return section.evaluate("s => s.aimcAnswer")


def moves(control: Control) -> list[Any]:
    """Return values to try on a control; the last is not its default."""
    if isinstance(control, Slider):
        steps = round((control.high - control.low) / control.step)
        places = sorted({0, steps, steps // 3, (2 * steps) // 3})
        values = [round(control.low + k * control.step, 10) for k in places]
        return sorted(values, key=lambda value: value != control.value)
    if isinstance(control, Choice):
        return sorted(control.options, key=lambda option: option != control.value)
    if isinstance(control, Toggle):
        return [control.value, not control.value]
    tables = []
    last_cell = (len(control.rows) - 1, len(control.columns) - 1)
    for (i, j), value in (
        ((0, 0), round(control.high, 9)),
        (last_cell, control.low + control.step),
    ):
        table = [list(row) for row in (tables[-1] if tables else control.value)]
        table[i][j] = value
        tables.append(table)
    return tables


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


@pytest.mark.browser
@pytest.mark.parametrize("name", PAGES)
def test_page_has_each_explorer_and_cell_of_its_source(
    browser: Any, base_url: str, name: str
) -> None:
    with reader(browser, base_url, f"count-{name.rpartition('/')[2]}") as visit:
        page = visit.open(name)
        shown = page.eval_on_selector_all(
            "section.aimc-explorer", "all => all.map(s => s.dataset.target)"
        )
        assert shown == directives("explorer").get(name, [])
        cells = page.locator("section.aimc-live textarea").count()
        assert cells == len(directives("live").get(name, []))
        # Nothing of the runtime is loaded by opening a page.
        loaded = page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
        assert [url for url in loaded if re.search(r"pyodide|runtime\.mjs|worker\.mjs", url)] == []


@pytest.mark.browser
@pytest.mark.slow
@each_explorer
def test_every_control_answers_as_the_library_does(
    browser: Any, base_url: str, name: str, target: str
) -> None:
    explorer = answers.find(target)
    with reader(browser, base_url, f"answers-{explorer.name}") as visit:
        page = visit.open(name)
        section = box(page, target)
        assert section.get_attribute("data-state") == "static"
        section.get_by_role("button", name="Compute here").click()
        state = explorer.state()
        assert_same(wait_for(page, target, state), explorer, state)
        for control in explorer.controls:
            for value in moves(control):
                move(page, section, control, value)
                state = explorer.state(**{**state, control.name: value})
                got = wait_for(page, target, state)
                assert_same(got, explorer, state)
                sentence = section.locator(".aimc-explorer-sentence")
                assert sentence.inner_text() == got["sentence"]
                assert section.locator("svg").count() == len(got["charts"])
        section.get_by_role("button", name="Reset").click()
        assert_same(wait_for(page, target, explorer.state()), explorer, explorer.state())


@pytest.mark.browser
@pytest.mark.slow
@each_explorer
def test_a_link_brings_its_state(browser: Any, base_url: str, name: str, target: str) -> None:
    explorer = answers.find(target)
    state = explorer.state(**{control.name: moves(control)[-1] for control in explorer.controls})
    section_id = f"explorer-{explorer.name.replace('_', '-')}"
    with reader(browser, base_url, f"link-{explorer.name}") as visit:
        page = visit.open(name)
        section = box(page, target)
        for control in explorer.controls:
            move(page, section, control, state[control.name])
        page.wait_for_function("id => location.hash.startsWith(`#${id}?`)", arg=section_id)
        page.wait_for_timeout(400)  # the address follows at rest
        fragment = page.evaluate("location.hash")
        other = visit.page.context.new_page()
        other.on("pageerror", lambda error: visit.errors.append(str(error)))
        other.goto(f"{base_url}/{name}.html{fragment}", wait_until="load")
        assert_same(wait_for(other, target, state), explorer, state)
        # The same page, sent to another state by its address.
        control = next(c for c in explorer.controls if not isinstance(c, SliderGrid))
        value = moves(control)[0]
        text = str(value).lower() if isinstance(value, bool) else str(value)
        changed = f"#{section_id}?{control.name}={quote(text)}&nonsense=1"
        other.evaluate("hash => { location.hash = hash; }", changed)
        state = explorer.state(**{control.name: value})
        assert_same(wait_for(other, target, state), explorer, state)
        box(other, target).get_by_role("button", name="Reset").click()
        wait_for(other, target, explorer.state())
        assert "?" not in other.evaluate("location.hash")


@pytest.mark.browser
@pytest.mark.slow
@each_explorer
def test_keyboard_alone_moves_every_control(
    browser: Any, base_url: str, name: str, target: str
) -> None:
    explorer = answers.find(target)
    with reader(browser, base_url, f"keyboard-{explorer.name}") as visit:
        page = visit.open(name)
        section = box(page, target)
        section.locator("input, select").first.focus()
        reached: list[str] = []
        for _ in range(80):
            active = page.evaluate(
                """target => {
                  const now = document.activeElement;
                  const section = now.closest('section.aimc-explorer');
                  if (section?.dataset.target !== target) return null;
                  return {id: now.id, type: now.type ?? now.tagName, name: now.name ?? '',
                          label: now.getAttribute('aria-label') ?? now.labels?.[0]?.textContent
                            ?? now.textContent, value: now.value};
                }""",
                target,
            )
            if active is None:
                break
            assert active["label"].strip(), active
            reached.append(active["id"])
            if active["type"] == "range":
                at_end = float(active["value"]) >= float(
                    page.evaluate("document.activeElement.max")
                )
                page.keyboard.press("ArrowLeft" if at_end else "ArrowRight")
                assert page.evaluate("document.activeElement.value") != active["value"]
            elif active["type"] == "number":
                top = float(page.evaluate("document.activeElement.max"))
                page.keyboard.press("ArrowDown" if float(active["value"]) >= top else "ArrowUp")
                assert page.evaluate("document.activeElement.value") != active["value"]
            elif active["type"] in ("radio", "select-one"):
                page.keyboard.press("ArrowDown")
                assert page.evaluate("document.activeElement.value") != active["value"]
            elif active["type"] == "checkbox":
                before = page.evaluate("document.activeElement.checked")
                page.keyboard.press("Space")
                assert page.evaluate("document.activeElement.checked") is not before
            page.keyboard.press("Tab")
        for control in explorer.controls:
            prefix = f"{section.get_attribute('id')}-{control.name}"
            if isinstance(control, SliderGrid):
                inputs = section.locator(f"#{prefix} input").count()
                assert inputs == len(control.rows) * len(control.columns)
            else:
                assert any(id_.startswith(prefix) for id_ in reached), (control.name, reached)
        inputs = section.locator("input:not([type=radio]), select").count()
        radios = section.locator("fieldset").count()
        assert len([id_ for id_ in reached if id_]) + reached.count("") >= inputs + radios
        page.wait_for_function(
            "target => document.querySelector(`section[data-target='${target}']`)"
            ".dataset.state === 'live'",
            arg=target,
            timeout=COLD,
        )
        assert box(page, target).evaluate("s => s.aimcAnswer.sentence")


@pytest.mark.browser
@each_explorer
def test_it_can_be_seen_without_javascript(
    browser: Any, base_url: str, name: str, target: str
) -> None:
    explorer = answers.find(target)
    test = f"noscript-{explorer.name}"
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    try:
        page.goto(f"{base_url}/{name}.html", wait_until="load")
        section = box(page, target)
        picture = section.locator("img")
        assert picture.is_visible()
        assert len(picture.get_attribute("alt")) > 30
        size = picture.bounding_box()
        assert size["width"] > 200
        assert size["height"] > 100
        assert section.get_by_text(explorer.answer().sentence).is_visible()
        assert section.locator("button").count() == 0
    except BaseException:
        FAILURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=FAILURES / f"{test}.png", full_page=True)
        raise
    finally:
        context.close()


@pytest.mark.browser
@pytest.mark.slow
def test_a_broken_explorer_says_so(browser: Any, base_url: str) -> None:
    name, target = EXPLORERS[0]
    with reader(browser, base_url, "broken") as visit:
        page = visit.open(name)
        section = page.locator("section.aimc-explorer").first
        section.evaluate(
            "s => { s.dataset.target = 'aimc_course.explorers.concepts.memory_wall:NOT_THERE'; }"
        )
        section.get_by_role("button", name="Compute here").click()
        page.wait_for_function(
            "document.querySelector('section.aimc-explorer').dataset.state === 'error'",
            timeout=COLD,
        )
        alert = section.locator("[role=alert]").inner_text()
        assert "could not be computed" in alert
        assert "NOT_THERE" in alert
        assert section.locator(".aimc-explorer-charts svg").first.is_visible()
        section.evaluate("(s, target) => { s.dataset.target = target; }", target)
        section.get_by_role("button", name="Try again").click()
        wait_for(page, target, answers.find(target).state())
        assert section.locator("[role=alert]").inner_text() == ""


@pytest.mark.browser
@pytest.mark.slow
def test_a_runtime_that_cannot_be_had_is_reported(browser: Any, base_url: str) -> None:
    name, target = EXPLORERS[0]
    with reader(browser, base_url, "no-runtime") as visit:
        visit.page.context.route("**/runtime.mjs*", lambda route: route.abort())
        page = visit.open(name)
        section = box(page, target)
        section.get_by_role("button", name="Compute here").click()
        page.wait_for_function(
            "document.querySelector('section.aimc-explorer').dataset.state === 'error'"
        )
        assert section.locator("[role=alert]").is_visible()
        visit.page.context.unroute("**/runtime.mjs*")
        section.get_by_role("button", name="Try again").click()
        state = answers.find(target).state()
        wait_for(page, target, state)


@pytest.mark.browser
@pytest.mark.slow
def test_it_starts_by_itself_once_it_was_in_view(browser: Any, base_url: str) -> None:
    name, target = EXPLORERS[0]
    with reader(browser, base_url, "in-view") as visit:
        page = visit.open(name)
        section = box(page, target)
        page.wait_for_timeout(3500)
        assert section.get_attribute("data-state") == "static", "it is not in view yet"
        section.scroll_into_view_if_needed()
        page.wait_for_function(
            "target => document.querySelector(`section[data-target='${target}']`)"
            ".dataset.state !== 'static'",
            arg=target,
        )
        wait_for(page, target, answers.find(target).state())


@pytest.mark.browser
@pytest.mark.slow
def test_on_a_phone_it_waits_for_a_touch(browser: Any, base_url: str) -> None:
    name, target = EXPLORERS[0]
    with reader(browser, base_url, "phone", width=390) as visit:
        asked: list[str] = []
        visit.page.on("request", lambda request: asked.append(request.url))
        page = visit.open(name)
        section = box(page, target)
        section.scroll_into_view_if_needed()
        page.wait_for_timeout(4000)
        assert section.get_attribute("data-state") == "static"
        assert asked
        assert not any("pyodide" in url for url in asked)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 1280])
@each_explorer
def test_the_live_explorer_is_accessible_and_fits(
    browser: Any, base_url: str, name: str, target: str, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    explorer = answers.find(target)
    with reader(browser, base_url, f"axe-{explorer.name}-{width}", width) as visit:
        page = visit.open(name)
        section = box(page, target)
        section.get_by_role("button", name="Compute here").click()
        wait_for(page, target, explorer.state())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        sizes = section.locator("svg text").evaluate_all(
            """all => all.map((t) => parseFloat(getComputedStyle(t).fontSize)
                 * t.ownerSVGElement.getBoundingClientRect().width
                 / t.ownerSVGElement.viewBox.baseVal.width)"""
        )
        assert min(sizes) >= 12
        for theme in ("light", "dark"):
            page.evaluate("t => { document.documentElement.dataset.theme = t; }", theme)
            options = {"resultTypes": ["violations"]}
            found = Axe().run(page, context="section.aimc-explorer", options=options)
            faults = [
                f"{v['id']}: {n['target']} {n.get('failureSummary', '')}"
                for v in found.response["violations"]
                if v["impact"] in ("serious", "critical")
                for n in v["nodes"]
            ]
            assert faults == [], theme


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("name", LIVE)
def test_live_code_runs_by_keyboard(browser: Any, base_url: str, name: str) -> None:
    with reader(browser, base_url, f"live-{name.rpartition('/')[2]}") as visit:
        page = visit.open(name)
        for section in page.locator("section.aimc-live").all():
            editor = section.locator("textarea")
            original = editor.input_value()
            editor.focus()
            page.keyboard.press("Control+Enter")
            done = page.locator("[data-state=live], [data-state=error]")
            section.and_(done).wait_for(timeout=COLD)
            result = section.evaluate("s => s.aimcResult")
            assert result["error"] is None
            assert section.locator("[role=status]").inner_text().strip() or result["charts"]
            assert section.locator("svg").count() == len(result["charts"])
            editor.press("Control+End")
            page.keyboard.press("Enter")
            page.keyboard.type("1 / 0")
            page.keyboard.press("Control+Enter")
            section.and_(page.locator("[data-state=error]")).wait_for(timeout=COLD)
            first = section.locator(".aimc-live-error").inner_text()
            assert first == "ZeroDivisionError: division by zero"
            editor.focus()
            page.keyboard.press("Tab")
            assert editor.evaluate("e => e === document.activeElement"), "Tab indents"
            page.keyboard.press("Escape")
            page.keyboard.press("Tab")
            assert section.locator(".aimc-live-run").evaluate(
                "b => b === document.activeElement"
            ), "after Escape, Tab moves on"
            section.get_by_role("button", name="Reset").click()
            assert editor.input_value() == original
            assert section.locator("[role=status]").inner_text() == ""
