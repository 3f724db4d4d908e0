"""Numbers of a token that chapters of part 5 print by hand."""

import math
from pathlib import Path

import numpy as np
import pytest

from aimc.layers import DecoderShape
from aimc_course.studies.experts import published_stack
from aimc_course.studies.language_models import cell_error, energy
from aimc_course.studies.next_chips import ChipRow, DecodingChip, mesh_constants
from aimc_course.studies.roadmap import on_chip_memory, seven_billion, token

PAGES = Path(__file__).parents[2] / "book/5-outlook"
CHIPS = " ".join((PAGES / "01-next-chips.md").read_text("utf-8").split())
SEVEN, DECODER = seven_billion(), DecoderShape(blocks=32, width=4096, heads=32)
CHIP = DecodingChip(DECODER)


def even(price: float, cache: str) -> float:
    """Return the context at which attention takes what all the rest takes."""
    chip = DecodingChip(DECODER, mesh_constants(price=price))
    step = chip.step(64, cache=cache)
    growing = step.part("attention").energy + step.part("cache").energy
    names = ("matrices on cores", "mesh", "norms and activations")
    return 64 * sum(step.part(name).energy for name in names) / growing


def test_keys_and_values_on_the_chip() -> None:
    values = token(SEVEN, 1).cached
    assert values == 262_144
    bank = on_chip_memory()
    assert (8e12 * bank.low, bank.high / bank.low) == pytest.approx((1.25, 4))
    one = energy(SEVEN, 1)
    assert 1e3 * one.work == pytest.approx(10.5, abs=0.05)
    assert 1e6 * one.arithmetic == pytest.approx(0.05, abs=0.005)
    for price, spent, length, held in (
        (bank.low, 0.33e-6, 28_000, 7e9),
        (bank.high, 1.3e-6, 7_700, 2e9),
    ):
        fetched = 8 * values * price
        assert fetched == pytest.approx(spent, rel=0.02)
        found = one.work / (fetched + one.arithmetic)
        assert found == pytest.approx(length, rel=0.02)
        assert found * values == pytest.approx(held, rel=0.06)


def test_waiting_takes_about_ten_times_what_weights_take() -> None:
    for price in (0.0, 1.0):
        one = energy(SEVEN, 2048, price=price)
        assert 6 < one.waiting / one.weights < 14
    # the text: keys and values take as much as the cores at about a thousand tokens
    lengths = [energy(SEVEN, 1, price=p).work / energy(SEVEN, 1, price=p).fetching for p in (0, 1)]
    assert 800 < lengths[1] < 1200 < lengths[0] < 1800


def test_the_key_on_outliers_is_what_cells_do() -> None:
    tenth, full = cell_error(np.array([0.1, 1.0]))
    assert tenth / full == pytest.approx(0.5, abs=0.02)  # "falls to about half"
    assert 10 * tenth / full == pytest.approx(5, abs=0.2)


def test_contexts_at_which_attention_takes_over() -> None:
    outside = [even(price, "outside") for price in (1.0, 0.0)]
    inside = [even(price, "chip") for price in (1.0, 0.0)]
    assert outside == pytest.approx([900, 1800], rel=0.02)
    assert inside == pytest.approx([8000, 28000], rel=0.02)
    assert CHIP.longest_cached == pytest.approx(33_000, rel=0.01)
    for number in ("900", "1,800", "8,000", "28,000"):
        assert number in CHIPS
    assert inside[0] / outside[0] == pytest.approx(10, rel=0.15)  # the key of a question
    cheap, dear = (mesh_constants(price=p) for p in (0.0, 1.0))
    assert 4 < cheap.outer_energy / dear.memory_energy < 6  # "some five to forty times"
    assert 35 < dear.outer_energy / cheap.memory_energy < 42


def test_the_exercise_on_old_and_new_prices() -> None:
    first = 12 * 4096**2 * 1.7e-12
    assert first == pytest.approx(342e-6, rel=2e-3)
    for byte, tokens in ((1.25, 28_800), (35, 1_190)):
        found = first / (2 * 4096 * (0.2 + byte) * 1e-12)
        assert found == pytest.approx(tokens, rel=5e-3)
        assert f"{tokens:,}" in CHIPS
    # one key and one value for eight queries: fewer bytes, and smaller matrices
    left = (2 + 2 / 8 + 8) / 12
    assert left == pytest.approx(10.25 / 12)
    for byte, times in ((1.25, "3.5"), (35, "6.6")):
        grown = left * (0.2 + byte) / (0.2 + byte / 8)
        assert f"{grown:.1f}" == times
        assert times in CHIPS.split("{solution} ex-next-even")[1].split("```")[0]
    assert pytest.approx(0.29e-6, rel=0.01) == 2 * 4096 * 35.2e-12
    per_weight = CHIP.step(1).part("matrices on cores").energy + CHIP.step(1).part("mesh").energy
    assert per_weight / DECODER.weights == pytest.approx(1.7e-12, abs=0.05e-12)


def test_figures_are_described_as_they_are() -> None:
    for share, ends in ((1.0, (2170, 79)), (0.1, (240, 30)), (0.01, (46, 25))):
        chip = DecodingChip(DECODER, mesh_constants().changed(idle_share=share))
        found = [1e3 * chip.step(512, users=users).energy for users in (1, 32)]
        assert found == pytest.approx(ends, rel=0.02)
    alone = CHIP.step(1024)
    for cores, time, spent in ((256, 1.56, None), (64, 3.32, 2.10)):
        linked = ChipRow(CHIP, cores).step(1024)
        assert linked.latency / alone.latency == pytest.approx(time, abs=0.05)
        if spent:
            assert linked.energy / alone.energy == pytest.approx(spent, abs=0.05)
    times = CHIP.core_times()
    assert times["hops"] > times["MVM"]  # "These chains take more time than all reads"


def test_few_tall_tiles_for_one_reader() -> None:
    stack = published_stack()
    tiers = math.ceil(100e6 / stack.tile_size**2)
    tiles = int((200 - 5) / 2.25)
    assert (tiers, tiles) == (382, 86)
    assert tiers / tiles < 5
    watts = tiles * stack.standing_power
    assert watts == pytest.approx(7.6, rel=0.02)
    assert watts / 10 == pytest.approx(0.76, rel=0.02)  # ten words a second
    word = 100e6 * stack.mac_energy + tiers * stack.tile_size * stack.value_energy
    assert word == pytest.approx(0.12e-3, rel=0.03)
    text = (PAGES / "03-experts-in-three-dimensions.md").read_text("utf-8")
    assert "88 mW each, 7.6 W in all or 0.76 J for a word" in text
