"""Numbers that the chapter on open problems prints in exercises and alternative texts."""

from pathlib import Path

import numpy as np
import pytest

from aimc.layers import DecoderShape
from aimc_course.studies.next_chips import ChipRow, DecodingChip
from aimc_course.studies.roadmap import (
    ANALOG_NAMES,
    H100,
    Roadmap,
    arrays_needed,
    decoder_7b,
    hoped,
    on_the_way,
    read_energy,
    today,
    tornado,
)
from aimc_course.studies.roadmap.machines import card_energy_per_bit, card_standing_power

TEXT = (Path(__file__).parents[2] / "book/5-outlook/07-open-problems.md").read_text("utf-8")
WORK, NOW = decoder_7b(), today()


def test_a_page_that_claims_too_much() -> None:
    most = NOW["card_bandwidth"].low / (8e9 * 2)
    assert most == pytest.approx(209, abs=0.5)
    assert most < 240


def test_the_bound_and_what_shared_keys_do_to_it() -> None:
    product = WORK.weights / WORK.cached
    assert product == pytest.approx(25_400, rel=2e-3)
    tokens = 28 * 2048
    assert tokens == pytest.approx(57_300, rel=1e-3)
    share = product / tokens
    assert 1 + share == pytest.approx(1.44, abs=0.005)
    assert 1 + 4 * share == pytest.approx(2.8, abs=0.05)
    assert product / 2048 == pytest.approx(12, rel=0.05)
    assert "25{,}400/57{,}300 = 0.44" in TEXT


def test_the_bound_is_one() -> None:
    free = dict.fromkeys(("cell_energy", "adc_step_energy", "row_energy", "value_energy",
                          "standing_power", "link_energy", "write_energy", "mac_energy",
                          "calibration_reads"), 1e-30)  # fmt: skip
    memory, own = NOW["memory_energy"].middle, float(card_energy_per_bit(NOW.middle())[0])
    for users, share in ((1, 1.0), (28, 1.0), (28, 0.05)):
        found = Roadmap(WORK, H100, users, NOW).middle(
            **free, beside_share=share, beside_idle_share=0.0
        )
        bound = (memory + own) / (memory + share * own)
        bound *= 1 + WORK.weights / (users * WORK.cache_values)
        # a little more, since the card also computes
        assert found.gain("energy")[0] == pytest.approx(bound, rel=0.03)


def test_standing_power_of_a_machine_that_waits() -> None:
    arrays = float(arrays_needed(WORK, NOW.middle())[0])
    assert arrays == pytest.approx(105_000, rel=5e-3)
    column = NOW["standing_power"].middle
    assert column == pytest.approx(172e-6, rel=5e-3)
    assert arrays * 256 * column == pytest.approx(4.6e3, rel=0.01)
    for users, joules in ((1, 1.4), (128, 11e-3)):
        standing = Roadmap(decoder_7b(0), H100, users, NOW).middle().analog.parts["standing"][0]
        assert standing == pytest.approx(joules, rel=0.05)


def test_how_often_a_calibration_is_affordable() -> None:
    one = float(sum(part[0] for part in read_energy(NOW.middle()).values()))
    assert one == pytest.approx(53e-9, rel=0.01)
    joules = float(arrays_needed(WORK, NOW.middle())[0]) * 2048 * one
    assert joules == pytest.approx(11, rel=0.05)
    service = Roadmap(WORK, H100, 128, NOW).middle().analog
    assert service.power[0] == pytest.approx(38e3, rel=0.02)
    assert joules / 380 == pytest.approx(30e-3, rel=0.03)
    robot = Roadmap(WORK, H100, 1, NOW).middle(idle_share=0.01, beside_idle_share=0.0).analog
    assert robot.energy[0] == pytest.approx(0.20, rel=0.02)
    assert joules / 2.0e-3 / 60 == pytest.approx(95, rel=0.02)


def test_figures_are_described_as_they_are() -> None:
    bars = {bar.name: bar for bar in tornado(Roadmap(WORK, H100, 28))}
    beside, rival = bars["beside_share"], bars["rival_progress"]
    assert (beside.at_high, beside.at_low) == pytest.approx((0.63, 3.7), rel=0.03)
    assert (rival.at_high, rival.at_low) == pytest.approx((1.0, 4.5), rel=0.05)
    end = on_the_way(1.0, 1.0)
    bill, done = [], {}
    hopes = (
        (), ("beside_idle_share",), ("idle_share",), ("beside_share",), ("standing_power",),
        ("value_energy",), ("adc_step_energy", "adc_bits", "row_energy", "reads_per_product"),
    )  # fmt: skip
    for names in hopes:
        done |= {name: end[name].low for name in names}
        made = [Roadmap(WORK, H100, users, NOW.fix(**done)).middle() for users in (1, 28)]
        bill.append([1e3 * float(one.analog.energy[0]) for one in made])
    assert [one for one, _ in bill] == pytest.approx([14_500, 2_380, 320, 73, 42, 37, 31], rel=0.01)
    assert [bill[0][1], bill[-1][1]] == pytest.approx([550, 25], rel=0.02)


def test_for_one_user_today_s_machine_loses_by_units_that_wait() -> None:
    asked = Roadmap(WORK, H100, 1, NOW)
    assert asked.middle().gain()[0] == pytest.approx(0.142, abs=0.001)
    # without them it is about even, and its memories decide
    own, tenth, every = (
        float(asked.middle(borrowed_share=share, beside_idle_share=0.0).gain()[0])
        for share in (0.0, 0.1, 1.0)
    )
    assert every < own < 1 < tenth
    assert own == pytest.approx(0.92, abs=0.01)
    # no constant alone turns the loss into a win, sleep of both does
    far = on_the_way(1.0, 1.0)
    for name in ANALOG_NAMES:
        assert asked.middle(**{name: far[name].low}).gain()[0] < 1, name
    for share, wins in ((0.13, True), (0.135, False)):
        both = asked.middle(idle_share=share, beside_idle_share=share)
        assert (both.gain()[0] > 1) == wins


def test_the_even_point_of_the_unit_for_attention() -> None:
    for users, joules in ((1, (2.12, 12.4, 2.07)), (128, (51.7e-3, 136.6e-3, 171.1e-3))):
        asked = Roadmap(WORK, H100, users, NOW)
        free = float(asked.middle(beside_share=0.0).analog.energy[0])
        whole = asked.middle()
        unit = float(whole.analog.energy[0]) - free
        assert (free, unit, float(whole.digital.energy[0])) == pytest.approx(joules, rel=3e-3)
    share = (171.1 - 51.7) / 136.6
    assert share == pytest.approx(0.87, abs=0.005)
    assert Roadmap(WORK, H100, 128, NOW).middle(beside_share=share).gain()[0] == pytest.approx(
        1, abs=1e-3
    )


def test_a_rival_that_reads_with_the_same_unit() -> None:
    drawn = hoped().draw(4000, np.random.default_rng(1))
    same = drawn | {
        "card_standing_share": drawn["beside_share"]
        * card_standing_power(drawn)
        / drawn["card_power"],
        "beside_share": np.ones(4000),
    }
    for users, before, after in ((1, 0.90, 0.79), (28, 0.79, 0.34), (128, 0.68, 0.09)):
        asked = Roadmap(WORK, H100, users)
        alone, both = asked.compare(drawn), asked.compare(same)
        assert both.analog.energy == pytest.approx(alone.analog.energy)  # only the rival changes
        assert (both.digital.energy <= alone.digital.energy * (1 + 1e-9)).all()
        assert alone.wins("energy") == pytest.approx(before, abs=0.01)
        assert both.wins("energy") == pytest.approx(after, abs=0.01)


def test_memories_that_help_today() -> None:
    asked = Roadmap(WORK, H100, 1, NOW)
    carried = 8 * WORK.cache_values * NOW["link_energy"].middle * 290**0.5
    sent = asked.middle(borrowed_share=1.0).analog.parts["links"][0]
    assert carried > 100 * sent  # the query travels, not the keys
    crowd = [Roadmap(WORK, H100, 128, NOW).middle(borrowed_share=x).analog for x in (0.0, 1.0)]
    assert crowd[0].interval[0] == pytest.approx(crowd[1].interval[0])
    assert crowd[0].energy[0] == pytest.approx(crowd[1].energy[0], rel=0.02)


def test_with_many_users_only_the_unit_beside_the_arrays_wins_today() -> None:
    others = {name: NOW[name].middle for name in ANALOG_NAMES}
    asked = Roadmap(WORK, H100, 128, hoped())

    def best(name: str) -> float:
        far = on_the_way(1.0, 1.0)[name].low
        return float(asked.middle(**{**others, name: far}).gain("energy")[0])

    assert best("beside_share") > 2
    for name in ("idle_share", "adc_step_energy", "cell_energy", "reads_per_product"):
        assert best(name) < 1


def test_links_of_a_row_of_chips_take_nearly_nine_times_those_of_the_coarse_count() -> None:
    token = Roadmap(WORK, H100, 1, NOW)
    row = ChipRow(DecodingChip(DecoderShape(blocks=32, width=4096, heads=32)), 340)
    chips = float(token.middle().analog.area[0] / NOW["chip_area"].middle)
    assert row.chips == round(chips) == 290
    coarse = WORK.stages * NOW["link_time"].middle
    assert row.link_seconds / coarse == pytest.approx(8.7, abs=0.1)
    finer = token.middle(link_time=row.link_seconds / WORK.stages)
    more = finer.analog.interval[0] - token.middle().analog.interval[0]
    assert more == pytest.approx(row.link_seconds - coarse)
    # the slide and the change log name this gain
    assert finer.gain()[0] == pytest.approx(0.10, abs=0.002)
    assert finer.gain("rate")[0] == pytest.approx(6.0, abs=0.05)
    # a vector that reaches all chips of a stage at once lies between the two
    width, bandwidth = WORK.width, row.links.bandwidth
    between = coarse + WORK.stages * width / bandwidth
    assert coarse < between < row.link_seconds


def test_a_core_that_stays_awake_in_a_hearing_aid() -> None:
    core = 256 * NOW["standing_power"].middle
    read = float(sum(part[0] for part in read_energy(NOW.middle()).values()))
    assert core == pytest.approx(44e-3, rel=0.01)
    assert core / 100 == pytest.approx(440e-6, rel=0.01)
    assert read == pytest.approx(0.05e-6, rel=0.06)
    assert core * 10e-6 * 100 < 0.1e-3  # awake for 10 µs a frame it takes far less than a milliwatt
    assert "440 µJ of standing energy for a read of 0.05 µJ" in TEXT
