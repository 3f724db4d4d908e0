"""The page's sliders say what the library says, at each step and for each option."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from explorer_visit import moves
from parity import EXPLORERS
from served import ROOT, serve

from aimc_course.explorers import Choice, Explorer, Slider
from aimc_course.explorers import browser_shell as answers

PAGE = """<!doctype html><html lang="en"><title>Controls</title><body><script type="module">
import { buildControls } from './live/controls.mjs';
window.show = (declared) => {
  window.controls = buildControls(declared, 'c');
  document.body.replaceChildren(...window.controls.elements);
};
</script></body></html>"""
SAY = """([slider, values, chooser, options]) => options.map((option) => {
  if (chooser) {
    const choice = document.querySelector(`#c-${chooser}`);
    const radios = [...document.querySelectorAll(`input[name="c-${chooser}"]`)];
    if (choice) choice.value = option;
    for (const radio of radios) radio.checked = radio.value === option;
    (choice ?? radios[0]).dispatchEvent(new Event('input', { bubbles: true }));
  }
  const input = document.querySelector(`#c-${slider}`);
  return values.map((value) => {
    input.value = value;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    const shown = document.querySelector(`output[for="c-${slider}"]`).textContent;
    return [shown, input.getAttribute('aria-valuetext'), input.valueAsNumber];
  });
})"""


@pytest.fixture(scope="module")
def bench(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("controls")
    shutil.copytree(ROOT / "book" / "_static" / "live", folder / "live")
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    problems: list[str] = []
    with serve(folder) as address:
        page = browser.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(f"{address}/index.html")
        page.wait_for_function("() => Boolean(window.show)")
        yield page
        page.close()
    assert problems == []


def shown(page: Any, explorer: Explorer) -> None:
    page.evaluate("declared => window.show(declared)", explorer.declaration()["controls"])


@pytest.mark.browser
@pytest.mark.parametrize("target", sorted({target for _, target in EXPLORERS}))
def test_sliders_say_what_the_library_says(bench: Any, target: str) -> None:
    explorer = answers.find(target)
    shown(bench, explorer)
    for slider in (c for c in explorer.controls if isinstance(c, Slider)):
        chooser = next((c for c in explorer.controls if c.name == slider.words_by), None)
        options = chooser.options if isinstance(chooser, Choice) else ("",)
        values = list(slider.steps())
        got = bench.evaluate(SAY, [slider.name, values, slider.words_by, list(options)])
        for row, texts in enumerate(got):
            expected = [slider.shown(value, row) for value in values]
            assert [text for text, _, _ in texts] == expected, slider.name
            assert [aloud for _, aloud, _ in texts] == expected, slider.name
            # The value itself stays the number that links and the library know.
            assert [number for _, _, number in texts] == pytest.approx(values)


@pytest.mark.browser
def test_a_reset_or_a_link_brings_the_words_along(bench: Any) -> None:
    explorer = answers.find("aimc_course.explorers.devices.drift_noise:DRIFT_AND_NOISE")
    shown(bench, explorer)
    output = bench.locator('output[for="c-target"]')
    assert output.inner_text() == "12.5 µS (50% of full scale)"
    state = explorer.state(model="HERMES, two devices", target=100.0, exponent=0.0)
    bench.evaluate("state => window.controls.write(state)", state)
    assert output.inner_text() == "20.7 µS (100% of full scale)"
    assert bench.locator('output[for="c-exponent"]').inner_text() == "1 s"
    bench.evaluate("() => window.controls.write(window.controls.defaults)")
    assert output.inner_text() == "12.5 µS (50% of full scale)"
    assert bench.locator('output[for="c-exponent"]').inner_text() == "1.16 days"


DISABLED = """states => states.map((state) => {
  window.controls.write(state);
  return [...document.querySelectorAll('[data-control]')]
    .filter((box) => [...box.querySelectorAll('input, select')].every((input) => input.disabled))
    .map((box) => box.dataset.control);
})"""

UNSAID = """() => [...document.querySelectorAll('[data-control]')].filter((box) => {
  const why = box.querySelector('.aimc-control-why');
  const able = box.querySelector(':is(input, select):enabled');
  return able ? why : !(why?.offsetHeight > 0 && why.textContent.includes('only when'));
}).map((box) => box.dataset.control)"""


@pytest.mark.browser
def test_controls_that_can_do_nothing_are_disabled(bench: Any) -> None:
    idle = 0
    for target in sorted({target for _, target in EXPLORERS}):
        explorer = answers.find(target)
        if not any(control.needs for control in explorer.controls):
            continue
        shown(bench, explorer)
        states = [explorer.state()]
        for control in explorer.controls:
            states += [explorer.state(**{control.name: value}) for value in moves(control)]
        found = bench.evaluate(DISABLED, answers.plain(states))
        assert list(map(set, found)) == [explorer.idle(**state) for state in states], target
        idle += len(set(map(frozenset, found)))
        # Why is written there: a title shows itself to a mouse alone.
        assert bench.evaluate(UNSAID) == [], target
    assert idle > 10
