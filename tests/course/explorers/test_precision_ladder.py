"""The explorer of the chapter on more bits."""

import json
import warnings

import numpy as np
import pytest

from aimc.published import fact
from aimc_course.explorers.accuracy import precision_ladder
from aimc_course.explorers.accuracy.precision_ladder import (
    AGES,
    BUDGETS,
    CONDITIONS,
    GOAL,
    ONE,
    PRECISION_LADDER,
    STEPS,
    TWO,
    inner_solver,
    refined,
)

DEVICES = PRECISION_LADDER.controls[0].options


@pytest.mark.parametrize("devices", DEVICES)
@pytest.mark.parametrize("budget", [0, len(BUDGETS) - 1])
@pytest.mark.parametrize("condition", [0, len(CONDITIONS) - 1])
@pytest.mark.parametrize("age", AGES)
def test_every_corner_answers_in_json(devices, budget, condition, age):
    answer = PRECISION_LADDER.answer(
        devices=devices, budget=budget, condition=condition, age=age, base=4, corrected=False
    )
    values = json.loads(json.dumps(answer.as_json(), allow_nan=False))["values"]
    assert all(1 < bits < 8 for bits in values["bits"].values())
    assert values["residuals"][0] == 1
    assert 1 <= values["outer_steps"] <= STEPS
    assert values["arrived"] is (values["residuals"][-1] <= GOAL)
    assert answer.sentence.endswith(".")
    assert len(answer.charts) == 2


def test_same_state_same_answer_whatever_was_asked_before_and_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        state = {"age": "one day old", "budget": 1}
        first = PRECISION_LADDER.answer(**state)
        PRECISION_LADDER.answer(age="one year old")
        assert PRECISION_LADDER.answer(**state) == first


@pytest.mark.parametrize("devices", DEVICES)
def test_copies_follow_the_root_and_reads_do_not(devices):
    bits = PRECISION_LADDER.answer(devices=devices).values["all_bits"]
    # half a bit for every doubling; the bits of one device lie below four, where the law bends
    gained = np.diff(bits["copies"])
    np.testing.assert_allclose(gained, -fact("C065").number, atol=0.2)
    assert bits["reads"][-1] - bits["reads"][0] < 0.6
    assert bits["reads"][0] == pytest.approx(bits["copies"][0], abs=0.05)  # the same core


@pytest.mark.parametrize("devices", DEVICES)
def test_equal_slices_are_best_and_are_copies(devices):
    bits = [PRECISION_LADDER.answer(devices=devices, base=b).values for b in (1, 2, 3, 4)]
    slices = [value["bits"]["slices"] for value in bits]
    assert max(slices) == slices[0] == bits[0]["bits"]["copies"]
    assert slices[0] - max(slices[1:]) > 0.2


def test_one_slice_of_base_two_is_a_bit_and_a_sign():
    one, four = (
        PRECISION_LADDER.answer(devices=TWO, base=2).values["all_bits"]["slices"][k] for k in (0, 2)
    )
    assert one < 2.5 < 3.5 < four


def test_the_loop_arrives_and_exact_products_save_few_steps():
    values = PRECISION_LADDER.answer().values
    assert values["arrived"]
    assert len(values["residuals_exact_inside"]) < len(values["residuals"]) < 25
    better = PRECISION_LADDER.answer(budget=4).values
    assert better["outer_steps"] < values["outer_steps"]
    assert better["analog_products"] > values["analog_products"]


def test_what_the_reader_is_told_to_try():
    def ends(**state):
        return PRECISION_LADDER.answer(**state).values

    assert not ends(condition=6)["arrived"]
    assert ends(condition=3, budget=4)["arrived"]
    old = ends(age="one year old", condition=0, budget=4)
    left = ends(age="one year old", condition=0, budget=4, corrected=False)
    assert old["outer_steps"] < 0.8 * left["outer_steps"]
    assert (
        ends(devices=ONE, budget=0)["residuals"][-1] > ends(devices=ONE, budget=2)["residuals"][-1]
    )
    lax, strict = ends(tolerance="0.5"), ends(tolerance="0.01")
    assert strict["outer_steps"] < lax["outer_steps"]
    assert strict["analog_products"] > lax["analog_products"]


@pytest.mark.parametrize(
    "state", [{}, {"condition": 6, "budget": 4, "age": "one year old", "tolerance": "0.01"}]
)
def test_the_rounding_of_another_computer_is_not_seen(monkeypatch, state):
    rng = np.random.default_rng(1)

    def shaken(matrix, b, multiply, tolerance):
        def product(v):
            y = multiply(v)
            return y * (1 + 1e-15 * rng.standard_normal(y.shape))

        return refined(matrix, b, product, tolerance)

    here = PRECISION_LADDER.answer(**state).values
    monkeypatch.setattr(precision_ladder, "refined", shaken)
    there = PRECISION_LADDER.answer(**state).values
    assert there["analog_products"] == here["analog_products"]
    np.testing.assert_allclose(there["residuals"], here["residuals"], rtol=1e-6, atol=1e-14)


def test_the_inner_solver_keeps_its_promise_with_exact_products():
    matrix = np.diag(np.linspace(1.0, 4.0, 8)) + 0.1
    b = np.arange(8.0)
    z = inner_solver(lambda v: matrix @ v, b, 0.01, 50)
    assert np.linalg.norm(b - matrix @ z) <= 0.01 * np.linalg.norm(b) * (1 + 1e-9)
    assert refined(matrix, b, lambda v: matrix @ v, 0.1)[-1] <= GOAL


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("devices", "gold", ValueError),
        ("budget", 5, ValueError),
        ("base", 0, ValueError),
        ("base", 1.5, ValueError),
        ("condition", -1, ValueError),
        ("tolerance", "0.2", ValueError),
        ("age", "old", ValueError),
        ("corrected", 1, TypeError),
    ],
)
def test_bad_input_is_named(name, value, error):
    with pytest.raises(error, match=name):
        PRECISION_LADDER.answer(**{name: value})
