"""One card that does the attention of all blocks, in place of a unit beside every chip."""

from dataclasses import replace

import numpy as np
import pytest

from aimc_course.studies.roadmap import H100, Roadmap, analog_machine, decoder_7b, hoped, today

WORK, NOW = decoder_7b(), today()
BESIDE = Roadmap(WORK, H100, 1, NOW)
HUB = replace(BESIDE, hub=1)


def test_a_hub_of_one_card_by_hand() -> None:
    c = {name: float(value[0]) for name, value in NOW.middle().items()}
    plain, found = BESIDE.middle().analog, HUB.middle().analog
    chips = float(plain.area[0]) / c["chip_area"]
    bits = 8 * WORK.cache_values
    rate = 8 * c["card_bandwidth"] * c["memory_efficiency"]  # of one card
    stages = float(plain.interval[0]) - bits / rate * 5 / (chips / WORK.blocks)
    links = WORK.blocks * chips**0.5 * c["link_time"]  # half a side of the square, there and back
    seconds = stages + bits / rate + links
    assert found.interval[0] == pytest.approx(seconds, rel=1e-6)
    # the card draws its standing power from token to token, whether it reads or not
    power = c["card_standing_share"] * c["card_power"]
    power = min(power, c["card_power"] - rate * c["memory_energy"])
    reads = found.parts["keys and values"][0] - bits * c["memory_energy"]
    reads -= WORK.cache_values * c["mac_energy"]
    assert found.parts["waiting units"][0] + reads == pytest.approx(power * seconds, rel=1e-6)
    assert found.parts["standing"][0] > plain.parts["standing"][0]


def test_what_the_chapter_says_of_units_at_a_hub() -> None:
    assert HUB.middle().gain()[0] == pytest.approx(0.58, abs=0.005)
    gains = {n: float(replace(BESIDE, hub=n).middle().gain()[0]) for n in (1, 2, 3, 4, 8)}
    assert max(gains, key=gains.__getitem__) == 3, "three cards are the best for one user"
    assert gains[3] < 1, "it still loses"
    crowd = [one.at(batch=28).middle().gain("rate")[0] for one in (BESIDE, HUB)]
    assert crowd[1] < crowd[0] / 10


def test_many_users_wait_for_the_one_memory() -> None:
    one, many = (HUB.at(batch=users).middle().analog for users in (1, 64))
    c = NOW.middle()
    read = WORK.cache_values / (c["card_bandwidth"] * c["memory_efficiency"])
    assert many.interval == pytest.approx(64 * read)
    assert many.interval > one.interval
    assert many.parts["waiting units"] == pytest.approx(0.0, abs=1e-9)


def test_a_hub_has_to_hold_what_it_reads() -> None:
    with pytest.raises(ValueError, match="hub=1"):
        HUB.at(batch=512).middle()
    with pytest.raises(ValueError, match="hub"):
        analog_machine(WORK, NOW.middle(), hub=-1)


def test_without_a_context_a_hub_reads_nothing() -> None:
    plain = replace(decoder_7b(0), cached=0.0)
    found = Roadmap(plain, H100, 1, NOW, hub=1).middle().analog.parts
    assert found["waiting units"][0] == found["keys and values"][0] == 0.0


def test_the_rival_with_fewer_bits() -> None:
    asked = Roadmap(WORK, H100, 1, hoped().fix(weight_bits=4))
    found = asked.forecast(4000, np.random.default_rng(1))
    assert found.wins("energy") == pytest.approx(0.8, abs=0.03)
    assert found.wins("rate") == pytest.approx(0.6, abs=0.03)
