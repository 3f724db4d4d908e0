"""The explorers of the built site answer in the browser as the library does here.

Each is opened by a link, with nothing but this machine's own server to talk to, every control is
moved through the page, and the answer that the page shows is compared with the library's own. With
each change that is done on one page for each kind of control, each week on all. What all of them
compute is compared with each change, too, in test_one_python.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from explorer_visit import ExplorerRecord, Shown, comes_first, far_state, link
from page_visit import LAPTOP, PHONE, PageRecord
from parity import (
    LIVE,
    VISITED,
    assert_same,
    directives,
    each_computing_page,
    each_explorer,
    explorers_beyond,
)
from served import PAGES, each_page

from aimc_course.explorers import Explorer, Slider, SliderGrid
from aimc_course.explorers import browser_shell as answers

pytestmark = pytest.mark.browser
Pages, Explorers = Callable[[str], PageRecord], Callable[[str], ExplorerRecord]
RUNTIME = re.compile(r"/pyodide-|/aimc-\w+\.(zip|tar)|runtime\.mjs|worker\.mjs")


def assert_shown(shown: Shown, explorer: Explorer, state: dict[str, Any]) -> None:
    assert shown.state == state
    assert_same(shown.answer, explorer, state)
    assert shown.sentence == shown.answer["sentence"]
    assert shown.drawings == len(shown.answer["charts"])


@each_page(PAGES)
def test_page_has_each_explorer_and_cell_of_its_source(page_record: Pages, name: str) -> None:
    record = page_record(name)
    assert record.explorers == directives("explorer").get(name, [])
    assert record.cells == len(directives("live").get(name, []))
    # Nothing of the runtime is loaded by opening a page.
    assert [url for url in record.loaded if RUNTIME.search(url)] == []


@each_explorer
def test_every_control_answers_as_the_library_does(
    explorer_record: Explorers, name: str, target: str
) -> None:
    explorer, did = answers.find(target), explorer_record(name).explorers[target]
    for shown in did.moved:
        assert_shown(shown, explorer, shown.state)
    last, far = did.moved[-1].state, far_state(explorer)
    assert {name for name in far if last[name] != far[name]} <= explorer.idle(**last)


@explorers_beyond(VISITED, pytest.mark.weekly)
def test_sliders_answer_between_their_ends_too(
    between: list[Shown], name: str, target: str
) -> None:
    explorer = answers.find(target)
    for shown in between:
        assert_shown(shown, explorer, shown.state)
    if not comes_first(name, target):
        return  # one value of each control has been tried there
    sliders = [control for control in explorer.controls if isinstance(control, Slider)]
    stops = {c.name: {shown.state[c.name] for shown in between} for c in sliders}
    few = {c.name for c in sliders if len(c.steps()) > 3 and len(stops[c.name]) <= 2}
    # What had no effect when its turn came is disabled, and only that.
    assert few <= explorer.idle(**between[-1].state)


@each_explorer
def test_a_link_brings_its_state(explorer_record: Explorers, name: str, target: str) -> None:
    explorer, did = answers.find(target), explorer_record(name).explorers[target]
    assert_shown(did.linked, explorer, far_state(explorer))
    # The same page, sent to another state by its address, which names one control.
    assert sum(did.sent.state[key] != value for key, value in explorer.state().items()) <= 1
    assert_shown(did.sent, explorer, did.sent.state)


@each_explorer
def test_reset_brings_the_default_back(explorer_record: Explorers, name: str, target: str) -> None:
    explorer, did = answers.find(target), explorer_record(name).explorers[target]
    assert_shown(did.reset, explorer, explorer.state())
    assert "?" not in did.address_after_reset


@each_explorer
def test_the_copied_link_holds_the_state(
    explorer_record: Explorers, base_url: str, name: str, target: str
) -> None:
    explorer, did = answers.find(target), explorer_record(name).explorers[target]
    default, last = explorer.state(), did.moved[-1].state
    moved = {control: value for control, value in last.items() if value != default[control]}
    expected = urlsplit(f"{base_url}/{name}.html{link(explorer, **moved)}")
    copied = urlsplit(did.copied)
    assert copied._replace(fragment="") == expected._replace(fragment="")
    (id_, _, query), (id_too, _, query_too) = (
        parts.fragment.partition("?") for parts in (copied, expected)
    )
    assert id_ == id_too
    state, state_too = dict(parse_qsl(query)), dict(parse_qsl(query_too))
    assert state.keys() == state_too.keys()
    for control, value in state.items():
        pairs = zip(value.split(","), state_too[control].split(","), strict=True)
        for one, other in pairs:
            same = one == other or float(one) == pytest.approx(float(other), rel=1e-9)
            assert same, (control, one, other)


@each_explorer
def test_keyboard_alone_moves_every_control(
    explorer_record: Explorers, name: str, target: str
) -> None:
    explorer, did = answers.find(target), explorer_record(name).explorers[target]
    for stop in did.reached:
        assert stop["label"].strip(), stop
        assert stop.get("moved", True), stop
    ids = [stop["id"] for stop in did.reached]
    for control in explorer.controls:
        if control.needs:  # it may be disabled in the states that the keys led to
            continue
        if isinstance(control, SliderGrid):  # its cells have no names
            places = len(control.rows) * len(control.columns)
            assert sum(stop["type"] == "number" for stop in did.reached) >= places
        else:
            assert any(i.endswith(f"-{control.name}") or f"-{control.name}-" in i for i in ids)
    assert len(did.reached) >= did.places - sum(bool(c.needs) for c in explorer.controls)
    assert did.after_keys["state"] != answers.plain(explorer.state())
    assert_same(did.after_keys["answer"], explorer, did.after_keys["state"])


@explorers_beyond(VISITED, pytest.mark.weekly)
def test_the_live_explorer_is_accessible(
    explorer_axe: dict[str, list[str]], name: str, target: str
) -> None:
    assert len(explorer_axe) == 3
    assert {where: faults for where, faults in explorer_axe.items() if faults} == {}


@each_explorer
def test_the_live_explorer_fits(explorer_record: Explorers, name: str, target: str) -> None:
    did = explorer_record(name).explorers[target]
    for width in (LAPTOP, PHONE):
        assert did.needed[width] <= width
        assert min(did.letters[width]) >= 12


@each_computing_page([name for name in PAGES if name in {*LIVE, *directives("explorer")}])
def test_a_page_that_computes_asks_no_other_host(explorer_record: Explorers, name: str) -> None:
    record = explorer_record(name)
    assert record.foreign == []
    assert record.errors == []


@each_computing_page(LIVE)
def test_live_code_runs_by_keyboard(explorer_record: Explorers, name: str) -> None:
    cells = explorer_record(name).cells
    assert len(cells) == len(directives("live")[name])
    for cell in cells:
        assert cell.result["error"] is None
        assert cell.said or cell.result["charts"]
        assert cell.drawings == len(cell.result["charts"])
        assert cell.error == "ZeroDivisionError: division by zero"
        assert cell.tab_stays, "Tab indents"
        assert cell.tab_leaves, "after Escape, Tab moves on"
        assert cell.restored
        assert cell.said_after_reset == ""
