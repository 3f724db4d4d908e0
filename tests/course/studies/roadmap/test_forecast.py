"""Two machines beside each other: draws, limits, sensitivity and break-even."""

import re
from dataclasses import replace

import numpy as np
import pytest

from aimc.published import fact
from aimc_course.studies.roadmap import (
    ANALOG_NAMES,
    GOALS,
    H100,
    NORTHPOLE,
    Constants,
    Range,
    Roadmap,
    break_even,
    decoder_7b,
    hoped,
    map_of_gains,
    map_of_wins,
    on_the_way,
    sensitivity,
    today,
    tornado,
)


def question(**changes: object) -> Roadmap:
    return Roadmap(decoder_7b(), **changes)  # type: ignore[arg-type]


def test_every_constant_says_where_it_comes_from() -> None:
    for one in hoped().values():
        named = re.findall(r"[A-G]\d{3}", one.origin)
        for identifier in named:
            fact(identifier)
        words = ("assumed", "fitted", "inferred", "one layer", "not needed", "as it is")
        assert named or any(word in one.origin for word in words), one.name


def test_hope_begins_today() -> None:
    for name in ANALOG_NAMES:
        now, road = today()[name], hoped()[name]
        assert not now.varies
        assert now.low == pytest.approx(road.low) or now.low == pytest.approx(road.high)
        end = on_the_way(1.0, 1.0)[name].low
        assert {round(now.low / road.high, 9), round(end / road.high, 9)} == {
            1.0,
            round(road.low / road.high, 9),
        }


def test_draws_repeat_and_stay_in_their_ranges() -> None:
    one = question().forecast(300, np.random.default_rng(5))
    two = question().forecast(300, np.random.default_rng(5))
    assert np.array_equal(one.gain("energy"), two.gain("energy"))
    drawn = hoped().draw(500, np.random.default_rng(1))
    for name, values in drawn.items():
        assert values.shape == (500,)
        assert np.all(values >= hoped()[name].low * (1 - 1e-12))
        assert np.all(values <= hoped()[name].high * (1 + 1e-12))
    with pytest.raises(TypeError, match="rng"):
        hoped().draw(3, 7)  # type: ignore[arg-type]


def test_ranges_are_uniform_in_value_or_in_powers() -> None:
    log = Range("a", "a", 1.0, 10_000.0, "assumed")
    assert log.middle == pytest.approx(100.0)
    assert Range("a", "a", 1.0, 3.0, "assumed", scale="linear").middle == 2.0
    with pytest.raises(ValueError, match="low"):
        Range("a", "a", 0.0, 1.0, "assumed")
    with pytest.raises(ValueError, match="high"):
        Range("a", "a", 2.0, 1.0, "assumed")
    with pytest.raises(ValueError, match="scale"):
        Range("a", "a", 1.0, 2.0, "assumed", scale="cubic")


def test_a_changed_set_is_a_new_set() -> None:
    narrow = hoped().narrow(0.0)
    assert not narrow.varied
    assert narrow["idle_share"].low == pytest.approx(hoped()["idle_share"].middle)
    fixed = hoped().fix(idle_share=0.2)
    assert fixed["idle_share"].middle == 0.2
    assert hoped()["idle_share"].varies
    with pytest.raises(ValueError, match="idle"):
        hoped().fix(idle=0.2)
    with pytest.raises(ValueError, match="twice"):
        Constants((*hoped().ranges, hoped().ranges[0]))


def test_wrong_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="rival"):
        question(rival="abacus")
    with pytest.raises(ValueError, match="batch"):
        question(batch=0)
    with pytest.raises(ValueError, match="goal"):
        question().middle().gain("beauty")
    with pytest.raises(ValueError, match="name"):
        question().middle(beauty=1.0)


@pytest.mark.parametrize("name", ["idle_share", "beside_idle_share", "standing_power",
                                  "value_energy", "adc_step_energy", "cell_energy",
                                  "rival_progress"])  # fmt: skip
def test_what_costs_energy_lowers_the_gain(name: str) -> None:
    one = hoped()[name]
    values = one.at(np.linspace(0, 1, 6))
    gains = [float(question(batch=8).middle(**{name: v}).gain("energy")[0]) for v in values]
    assert np.all(np.diff(gains) < 0)


def test_a_larger_batch_helps_the_rival_more() -> None:
    gains = [question(batch=b).middle().gain("energy")[0] for b in (1, 4, 16, 64)]
    assert np.all(np.diff(gains) < 0)


def test_keys_and_values_cap_the_gain() -> None:
    # Amdahl: make everything free but what both machines share
    free = dict.fromkeys(("cell_energy", "adc_step_energy", "row_energy", "value_energy",
                          "standing_power", "link_energy", "write_energy"), 1e-30)  # fmt: skip
    made = question(batch=64).at(context=2048)
    forecast = made.middle(**free, calibration_reads=1e-30)
    shared = forecast.analog.parts["keys and values"]
    assert forecast.analog.energy == pytest.approx(shared)
    cap = forecast.digital.energy / shared
    assert forecast.gain("energy") == pytest.approx(cap)
    assert made.middle().gain("energy")[0] < cap[0]
    long = [made.at(context=c).middle(**free).gain("energy")[0] for c in (1e6, 1e8, 1e9)]
    assert long[1] == pytest.approx(long[2], rel=0.02)


def test_probability_of_all_is_at_most_that_of_each() -> None:
    forecast = question(batch=32, rival=NORTHPOLE).forecast(1000, np.random.default_rng(3))
    every = forecast.wins(*GOALS)
    assert 0.0 < every <= min(forecast.wins(goal) for goal in GOALS)
    span = forecast.span("energy")
    assert span.low < span.median < span.high


def test_shares_of_the_variance() -> None:
    found = sensitivity(question(), 1000, np.random.default_rng(2))
    totals = {one.name: one.total for one in found}
    assert found[0].total == max(totals.values())
    # constants of the other rival cannot matter
    assert totals["resident_weights"] == 0.0
    assert sum(one.first for one in found) == pytest.approx(1.0, abs=0.25)
    for one in found:
        assert one.first <= one.total + 0.1
    decide = {"beside_share", "rival_progress"}
    assert {one.name for one in found[:3]} == decide | {"beside_idle_share"}
    assert {"standing_power", "idle_share"} < {one.name for one in found[3:6]}
    many = sensitivity(question(batch=28), 1000, np.random.default_rng(2))
    assert {one.name for one in many[:2]} == decide
    # the converter, of which papers speak most, is not what decides
    assert totals["adc_step_energy"] < 0.02
    # without attention there is no unit for it, and its place is taken by columns
    plain = Roadmap(replace(decoder_7b(0), cached=0.0))
    short = sensitivity(plain, 1000, np.random.default_rng(2))
    assert {one.name for one in short[:3]} == {"rival_progress", "standing_power", "idle_share"}
    assert {one.name: one.total for one in short}["beside_idle_share"] == 0.0


def test_shares_of_a_product_are_those_of_its_logarithms() -> None:
    # the gain is inversely proportional to the rival's progress and to nothing else here
    plain = Roadmap(decoder_7b(), NORTHPOLE, 1, hoped().narrow(0.0))
    only = Roadmap(decoder_7b(), NORTHPOLE, 1, plain.constants.change("rival_progress", 1.0, 7.6))
    (one,) = sensitivity(only, 4000, np.random.default_rng(1))
    assert one.first == pytest.approx(1.0, abs=0.05)
    assert one.total == pytest.approx(1.0, abs=0.05)
    assert sensitivity(plain, 10, np.random.default_rng(1)) == ()


def test_tornado_is_sorted_and_swings_by_the_progress() -> None:
    bars = tornado(Roadmap(decoder_7b(), NORTHPOLE))
    assert [bar.swing for bar in bars] == sorted((bar.swing for bar in bars), reverse=True)
    progress = next(bar for bar in bars if bar.name == "rival_progress")
    assert progress.at_low / progress.at_high == pytest.approx(7.6)


def test_break_even_is_where_both_are_equal() -> None:
    now = {name: today()[name].middle for name in ANALOG_NAMES}
    ahead = hoped().fix(**{**now, "rival_progress": 3.0})
    ahead = ahead.fix(beside_idle_share=1e-9)  # columns alone decide
    made = question(batch=4, constants=ahead.change("idle_share", 0.01, 1.0))
    assert made.middle(idle_share=1.0).gain("energy")[0] < 1.0  # nothing is switched off
    share = break_even(made, "idle_share")
    assert share is not None
    assert 0.05 < share < 0.95
    assert made.middle(idle_share=share).gain("energy")[0] == pytest.approx(1.0)
    assert break_even(question(batch=1), "utilisation") is None


def test_maps_have_the_shape_of_their_axes_and_agree_with_single_points() -> None:
    x, y = ("batch", [1, 16]), ("context", [0, 1024, 2048])
    gains = map_of_gains(question(), x, y)
    assert gains.shape == (3, 2)
    here = question(batch=16).at(context=1024).middle().gain("energy")[0]
    assert gains[1, 1] == pytest.approx(here)
    wins = map_of_wins(question(rival=H100), ("idle_share", [0.01, 1.0]), y, 200, seed=1)
    assert wins.shape == (3, 2)
    assert np.all(wins[:, 0] >= wins[:, 1])
    with pytest.raises(ValueError, match="name"):
        map_of_gains(question(), ("beauty", [1.0]), y)
