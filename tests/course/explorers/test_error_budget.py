"""The explorer of the chapter on where accuracy goes, and the small network on flawed chips."""

import json
import warnings
from dataclasses import replace

import numpy as np
import pytest

from aimc.published import fact
from aimc_course.explorers import browser_shell
from aimc_course.explorers.accuracy.error_budget import CHIPS, ERROR_BUDGET, NOISE, column
from aimc_course.explorers.accuracy.flawed import (
    FLAWS,
    Flaws,
    all_but,
    measured,
    only,
    products,
)
from aimc_course.explorers.accuracy.glyphs import forward, glyphs, held_out, trained

pytestmark = pytest.mark.native("the pages of the site compare its answers")

YEAR = 365.25 * 86400.0
FULL = Flaws(8, 8, NOISE, ir_drop=1.0, programming=1.0, drift=True, read_noise=True)


def test_the_network_tells_pictures_apart_that_it_has_not_seen() -> None:
    x, labels = held_out()
    scores = forward(trained(), x)
    assert scores.shape == (1000, 10)
    assert np.mean(scores.argmax(axis=1) == labels) > 0.92
    assert not np.array_equal(x[:100], glyphs(100, 2)[0])
    assert trained() is trained()


def test_a_perfect_chip_computes_what_floating_point_does() -> None:
    x, labels = held_out()
    exact = 100 * np.mean(forward(trained(), x).argmax(axis=1) == labels)
    accuracy, error = measured(3, Flaws(), YEAR)
    assert accuracy == pytest.approx(exact)
    assert error < 1e-9


@pytest.mark.parametrize("name", FLAWS)
def test_a_flaw_is_one_field_and_its_removal_the_rest(name: str) -> None:
    field = FLAWS[name]
    assert getattr(only(FULL, name), field) == getattr(FULL, field)
    assert getattr(all_but(FULL, name), field) == getattr(Flaws(), field)
    others = [f for f in FLAWS.values() if f != field]
    assert all(getattr(only(FULL, name), f) == getattr(Flaws(), f) for f in others)
    assert all(getattr(all_but(FULL, name), f) == getattr(FULL, f) for f in others)


def test_sizes_are_those_of_the_model_of_2023() -> None:
    assert fact("B023").number == NOISE
    error = measured(0, only(FULL, "programming"), 0.0)[1]
    assert 6 < error < 9
    twice = measured(0, only(Flaws(programming=2.0), "programming"), 0.0)[1]
    assert twice == pytest.approx(2 * error, rel=0.1)


def test_one_chip_with_a_flaw_less_is_the_same_chip() -> None:
    # programming and drift draw their numbers whether they are on or not
    quiet = Flaws(programming=1.0, drift=True)
    both = measured(5, quiet, YEAR)[1]
    parts = [measured(5, only(quiet, name), YEAR)[1] for name in ("programming", "drift")]
    assert both == pytest.approx(np.hypot(*parts), rel=0.2)


def test_time_is_nothing_to_a_chip_that_neither_drifts_nor_has_noisy_devices() -> None:
    # What `measured` relies on, from the cores themselves.
    still, x = Flaws(8, 8, NOISE, ir_drop=1.0, programming=1.0), held_out()[0][:50]
    new, old = products(trained(), 2, still, 0.0), products(trained(), 2, still, YEAR)
    assert all(np.array_equal(a(x), b(x)) for a, b in zip(new, old, strict=True))
    kept = products(trained(), 2, still, YEAR, compensate=False)
    assert np.array_equal(kept[0](x), old[0](x))
    noisy = replace(still, read_noise=True)
    assert measured(2, noisy, 0.0) != measured(2, noisy, YEAR)


def test_the_budget_says_what_the_chapter_says() -> None:
    values = ERROR_BUDGET.answer(exponent=0).values
    assert values["mvm_error_all_percent"] == pytest.approx(
        values["mvm_error_root_percent"], rel=0.03
    )
    late = ERROR_BUDGET.answer(exponent=5).values
    # the factor that undoes drift enlarges the noise of the outputs as well
    assert late["mvm_error_all_percent"] > 1.2 * late["mvm_error_root_percent"]
    assert late["drop_points"] > 1.3 * late["sum_alone_points"]
    assert late["gained_points"]["output noise"] > 2 * late["alone_points"]["output noise"]
    alone = ERROR_BUDGET.answer(exponent=5, compensate=False).values
    assert alone["drop_points"] > 4 * late["drop_points"]
    assert max(alone["gained_points"], key=alone["gained_points"].get) == "drift"


def test_values_are_those_of_the_chips() -> None:
    values = ERROR_BUDGET.answer(exponent=2).values
    drops = column(Flaws(), 3600.0, True, 0) - column(FULL, 3600.0, True, 0)
    assert values["drop_points"] == pytest.approx(drops.mean())
    assert len(drops) == len(CHIPS)


@pytest.mark.parametrize(
    ("exponent", "bits", "size"), [(0, (3, 10), 3.0), (5, (8, 5), 0.0), (5, (3, 5), 3.0)]
)
def test_every_corner_answers_in_json_and_without_warning(
    exponent: int, bits: tuple[int, int], size: float
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer = ERROR_BUDGET.answer(
            exponent=exponent,
            input_bits=bits[0],
            output_bits=bits[1],
            output_noise=size,
            programming=size,
            compensate=bool(size),
        )
    json.dumps(answer.values, allow_nan=False)
    assert json.dumps(browser_shell.plain(answer.as_json()), allow_nan=False)
    assert len(answer.charts) == 2
    assert answer.sentence.endswith(".")


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("exponent", 6, ValueError),
        ("input_bits", 2, ValueError),
        ("output_bits", 8.5, ValueError),
        ("output_noise", -1.0, ValueError),
        ("programming", 4.0, ValueError),
        ("compensate", 1, TypeError),
    ],
)
def test_bad_input_is_named(name: str, value: object, error: type[Exception]) -> None:
    with pytest.raises(error, match=name):
        ERROR_BUDGET.answer(**{name: value})
