"""The explorer of the chapter on wires."""

import json
import warnings

import numpy as np
import pytest

from aimc.circuits import Wires, line_currents
from aimc_course.explorers.chip.wires import ALL_ON, RANDOM, SIDES, V_READ, WIRES, pattern


@pytest.mark.parametrize("resistance", [0.0, 20.0])
@pytest.mark.parametrize("size", [8, 40, 64])
@pytest.mark.parametrize("fill", [5.0, 100.0])
@pytest.mark.parametrize("inputs", [ALL_ON, RANDOM])
def test_every_corner_answers_in_json(
    resistance: float, size: int, fill: float, inputs: str
) -> None:
    answer = WIRES.answer(resistance=resistance, size=size, fill=fill, inputs=inputs)
    values = json.loads(json.dumps(answer.as_json(), allow_nan=False))["values"]
    assert len(values["lost_percent"]) == size
    assert all(0 <= lost < 100 for lost in values["lost_percent"])
    assert 0 <= values["error_after_gain"] <= values["mvm_error"] + 1e-12
    assert answer.sentence.endswith(".")
    assert len(answer.charts) == 2


def test_same_state_same_answer_and_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        state = {"resistance": 2.5, "rows": SIDES[1]}
        assert WIRES.answer(**state) == WIRES.answer(**state)


def test_currents_are_those_of_the_library() -> None:
    values = WIRES.answer(size=24, fill=60.0, g_max=20.0, columns=SIDES[1]).values
    g = pattern(24, 0.6, 20e-6)
    volts = np.full(24, V_READ)
    exact = line_currents(g, volts, Wires(5.0, 5.0, "left", "both"))
    np.testing.assert_allclose(values["lost_percent"], 100 * (1 - exact / (g @ volts)), rtol=1e-6)
    assert values["largest_current_a"] == pytest.approx(exact.max(), rel=1e-8)


def test_no_resistance_no_loss() -> None:
    values = WIRES.answer(resistance=0.0).values
    assert values["mvm_error"] == values["largest_drop_v"] == 0
    assert set(values["lost_percent"]) == {0.0}


def test_what_the_reader_is_told_to_try() -> None:
    def error(**state: object) -> float:
        return WIRES.answer(resistance=1.0, **state).values["mvm_error"]

    assert error(size=64) == pytest.approx(4 * error(size=32), rel=0.15)
    assert error(fill=50.0) == pytest.approx(0.5 * error(), rel=0.15)
    both = error(rows=SIDES[1], columns=SIDES[1])
    assert both < error(columns=SIDES[1]) < error()
    assert both == pytest.approx(0.27 * error(), rel=0.1)


def test_the_approximation_knows_bit_lines_only_and_one_end() -> None:
    one, both = (WIRES.answer(columns=side).values["approximate_error"] for side in SIDES)
    assert one == both
    on, random = (
        WIRES.answer(inputs=inputs, resistance=1.0).values["approximate_error"]
        for inputs in (ALL_ON, RANDOM)
    )
    assert random < 0.6 * on


def test_the_picture_shows_the_far_corner_worst() -> None:
    (picture,) = WIRES.answer().charts[0].marks
    cells = np.array(picture.values)
    assert cells.shape == (16, 16)
    assert picture.rows[:2] == ("1", "5")
    # word lines are rows driven on the left, bit lines are columns read at the bottom
    assert cells[0, -1] > 0.95 * cells.max()
    assert cells[0, 0] + 10 < cells[0, -1] > cells[-1, -1] + 10
    assert cells[-1, 0] == cells.min()


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("resistance", -1.0, ValueError),
        ("size", 100, ValueError),
        ("size", 8.5, ValueError),
        ("g_max", 0.0, ValueError),
        ("fill", 101.0, ValueError),
        ("rows", "left", ValueError),
        ("columns", "bottom", ValueError),
        ("inputs", "none", ValueError),
    ],
)
def test_bad_input_is_named(name: str, value: object, error: type[Exception]) -> None:
    with pytest.raises(error, match=name):
        WIRES.answer(**{name: value})
