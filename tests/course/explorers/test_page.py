"""The shell that answers a page by text: same answers, honest JSON, nothing lost."""

from __future__ import annotations

import json
import math
import re
import sys
import types
import warnings
from collections.abc import Iterator

import numpy as np
import pytest

from aimc.plots import Chart, Line
from aimc.validation import RangeWarning
from aimc_course.explorers import Answer, Explorer, Slider, browser_shell

TARGETS = [
    "aimc_course.explorers.concepts.memory_wall:MEMORY_WALL",
    "aimc_course.explorers.concepts.crossbar:CROSSBAR",
    "aimc_course.explorers.concepts.converters:CONVERTERS",
    "aimc_course.explorers.concepts.landscape:LANDSCAPE",
    "aimc_course.explorers.devices.pulse_editor:PULSE_EDITOR",
    "aimc_course.explorers.devices.programming_loop:PROGRAMMING_LOOP",
    "aimc_course.explorers.chip.read_modes:READ_MODES",
    "aimc_course.explorers.devices.drift_noise:DRIFT_AND_NOISE",
    "aimc_course.explorers.devices.generations:TWO_GENERATIONS",
    "aimc_course.explorers.chip.core_inspector:CORE_INSPECTOR",
    "aimc_course.explorers.chip.floorplan:FLOORPLAN",
    "aimc_course.explorers.chip.pipeline:PIPELINE",
    "aimc_course.explorers.chip.table_one:TABLE_ONE",
]


def compute(count: int) -> Answer:
    assert type(count) is int
    warnings.warn("beyond the range", RangeWarning, stacklevel=2)
    warnings.warn("beyond the range", RangeWarning, stacklevel=2)
    warnings.warn("of no concern", DeprecationWarning, stacklevel=2)
    warnings.warn("an open file of another", ResourceWarning, stacklevel=2)
    chart = Chart("t", "x", "y", (Line((0.0, 1.0), (math.nan, math.inf)),))
    return Answer({"n": np.int32(count), "array": np.array([1.0, np.nan])}, (chart,), "said")


@pytest.fixture
def toy() -> Iterator[str]:
    module = types.ModuleType("toy_explorers")
    slider = Slider("count", "Count", 0, 9, 1, 2, integer=True)
    module.TOY = Explorer("toy", "Toy", (slider,), compute)  # type: ignore[attr-defined]
    sys.modules["toy_explorers"] = module
    yield "toy_explorers:TOY"
    del sys.modules["toy_explorers"]


@pytest.mark.parametrize("target", TARGETS)
def test_answer_is_that_of_the_library(target: str) -> None:
    got = json.loads(browser_shell.answer(target))
    assert got.pop("warnings") == []
    assert got == browser_shell.plain(browser_shell.find(target).answer().as_json())


def test_numbers_without_a_json_form_become_null(toy: str) -> None:
    got = json.loads(browser_shell.answer(toy, '{"count": 3.0}'))
    assert got["values"] == {"n": 3, "array": [1.0, None]}
    assert got["charts"][0]["marks"][0]["y"] == [None, None]


def test_each_warning_is_reported_once(toy: str) -> None:
    assert json.loads(browser_shell.answer(toy))["warnings"] == ["RangeWarning: beyond the range"]


@pytest.mark.parametrize("state", ['{"count": 2.5}', '{"count": 10}', '{"other": 1}'])
def test_bad_state_names_the_control(toy: str, state: str) -> None:
    with pytest.raises(ValueError, match=r"count|other"):
        browser_shell.answer(toy, state)


@pytest.mark.parametrize(
    "target", ["toy", ":X", "math:pi", "aimc_course.explorers.concepts.crossbar:NONE"]
)
def test_bad_target_is_named(target: str) -> None:
    with pytest.raises(ValueError, match="target="):
        browser_shell.find(target)


def test_plain_refuses_what_json_cannot_hold() -> None:
    with pytest.raises(TypeError, match="cannot hold"):
        browser_shell.plain({"f": print})


def result(source: str) -> dict[str, object]:
    return json.loads(browser_shell.run(source))


# A number and what it is a number of, with a space at which a line may end.
LOOSE = re.compile(r"\d [fpnµmkMGT]?(?:A|S|V|s|m|J|W|K|TOPS|bits)\b|\d ±|± ")


@pytest.mark.parametrize("target", TARGETS)
def test_no_line_of_a_sentence_ends_between_a_number_and_its_unit(target: str) -> None:
    sentence = browser_shell.find(target).answer().sentence
    assert LOOSE.findall(sentence) == []
    assert not re.search(r"\d\u00a0(?:devices|cores|days|of)\b", sentence)  # words may go on below


def test_code_prints_and_shows_its_last_value() -> None:
    pieces: list[str] = []
    got = json.loads(browser_shell.run("print('a')\nx = 2\nx + 1", pieces.append))
    assert got == {"stdout": "a\n3\n", "error": None, "charts": []}
    assert "".join(pieces) == got["stdout"]


def test_code_starts_from_nothing_each_time() -> None:
    result("left_over = 1")
    assert "NameError" in str(result("left_over")["error"])


def test_what_code_sets_in_numpy_ends_with_it() -> None:
    before = np.geterr(), np.get_printoptions()
    source = "import numpy as np\nnp.seterr(all='raise')\nnp.set_printoptions(precision=2)\n"
    assert result(source + "print(np.array([1 / 3]))")["stdout"] == "[0.33]\n"
    assert (np.geterr(), np.get_printoptions()) == before


def test_code_shows_charts() -> None:
    make = "from aimc.plots import Line\nc = Chart('t', 'x', 'y', (Line((0., 1.), (0., 1.)),))\n"
    charts = result(make + "show(c, [c])\nc")["charts"]
    assert [chart["title"] for chart in charts] == ["t"] * 3  # type: ignore[attr-defined]
    assert "TypeError: show takes charts, got int" in str(result("show(3)")["error"])


def test_traceback_tells_the_line_and_none_of_ours() -> None:
    error = str(result("x = 1\ny = x / 0")["error"])
    assert error.splitlines()[-1] == "ZeroDivisionError: division by zero"
    assert 'File "<cell>", line 2' in error
    assert "y = x / 0" in error
    assert "page.py" not in error


@pytest.mark.parametrize("source", ["def", "raise SystemExit(1)", "import no_such_module_here"])
def test_any_failure_is_reported(source: str) -> None:
    assert result(source)["error"]


def test_missing_module_names_the_way_to_draw() -> None:
    assert "show(chart)" in str(result("import no_such_module_here")["error"])


def test_warnings_of_code_are_printed_with_their_line() -> None:
    source = (
        "import warnings\nfrom aimc import RangeWarning\nwarnings.warn('too far', RangeWarning)\n"
    )
    assert result(source)["stdout"] == "line 3: RangeWarning: too far\n"
    assert result(source)["stdout"] == "line 3: RangeWarning: too far\n"


def test_asking_for_input_says_what_to_do_instead() -> None:
    result = json.loads(browser_shell.run("name = input('Your name? ')"))
    assert "input('Your name? ') cannot ask on a page: write the value" in result["error"]
