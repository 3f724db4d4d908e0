"""Each machine of the roadmap against what was published about it, and in its limits."""

import numpy as np
import pytest

from aimc.published import fact
from aimc_course.studies.roadmap import (
    Workload,
    analog_machine,
    arrays_needed,
    decoder_7b,
    fetching_machine,
    read_energy,
    resident_machine,
    today,
)
from aimc_course.studies.roadmap.machines import card_standing_power, cards_needed, memories

NOW = today()


def test_a_decoded_token_moves_the_published_bytes() -> None:
    work = decoder_7b(context=0)
    assert 2 * work.weights / 1e9 == pytest.approx(fact("G010").number, rel=1e-3)
    tokens, _, _, reached, _, _ = fact("G007").numbers
    card = NOW.middle(weight_bits=16, card_bandwidth=reached * 1e9, memory_efficiency=1.0)
    assert fetching_machine(work, card).rate[0] == pytest.approx(tokens, rel=1e-3)


def test_energy_at_batch_one_lies_between_memory_alone_and_the_power_limit() -> None:
    work = decoder_7b(context=0)
    hbm = fact("G013").number * 1e-12
    reached = fact("G007").numbers[3] * 1e9
    card = {"weight_bits": 16, "card_bandwidth": reached, "memory_efficiency": 1.0}
    alone = fetching_machine(work, NOW.middle(memory_energy=hbm, **card))
    assert alone.parts["weights"][0] == pytest.approx(fact("G016").number, rel=0.01)
    limit = NOW.middle(card_power=330.0, card_standing_share=1 - 1e-9, memory_energy=1e-30, **card)
    at_most = fetching_machine(work, limit)
    assert at_most.energy[0] == pytest.approx(fact("G011").numbers[0], rel=0.01)


def test_ridge_point_is_the_published_one() -> None:
    peak, bandwidth = fact("G001").numbers[0] * 1e12, fact("G002").numbers[1] * 1e12
    c = NOW.middle(
        weight_bits=16, card_peak=peak, memory_efficiency=1.0, arithmetic_efficiency=1.0,
        card_standing_share=0.4, memory_energy=1e-30,
    )  # fmt: skip
    work = decoder_7b(context=0)
    ridge = round(fact("G006").number)
    memory = 2 * work.weights / bandwidth
    for batch in (1, ridge - 10):
        assert fetching_machine(work, c, batch).interval[0] == pytest.approx(memory)
    beyond = fetching_machine(work, c, ridge + 10)
    assert beyond.interval[0] > memory
    assert beyond.interval[0] == pytest.approx((ridge + 10) * 2 * work.weights / peak)


def test_a_card_never_draws_more_than_it_may() -> None:
    for batch in (1, 30, 1000, 100_000):
        c = NOW.draw(200, np.random.default_rng(batch))
        found = fetching_machine(decoder_7b(), c, batch)
        allowed = cards_needed(decoder_7b(), c, batch) * c["card_power"]
        assert np.all(found.power <= allowed * (1 + 1e-9))


def test_a_measured_server_lies_within_what_is_not_known() -> None:
    work = Workload("8B", 8e9, stages=128, width=4096.0, cached=2 * 32 * 1024, context=900)
    drawn = NOW.draw(2000, np.random.default_rng(1))
    drawn |= {"weight_bits": np.full(2000, 16.0), "cache_bits": np.full(2000, 16.0)}
    watts, users, milliseconds = fact("G114").numbers
    served = fetching_machine(work, drawn, round(users))
    decoded = watts * milliseconds * 1e-3 / users  # its power, for the time from token to token
    assert np.quantile(served.energy, 0.02) < decoded < np.quantile(served.energy, 0.98)
    times = np.quantile(served.interval, (0.02, 0.98))
    assert times[0] < milliseconds * 1e-3 < times[1]
    # the printed energy is a tenth more than that; the page says that it lies above the interval
    printed = fact("G012").numbers[0]
    assert printed == pytest.approx(1.1 * decoded, rel=0.01)
    assert np.quantile(served.energy, 0.95) < printed < served.energy.max()


def test_standing_power_leaves_a_card_the_bandwidth_that_was_measured() -> None:
    c = NOW.draw(2000, np.random.default_rng(2))
    for batch in (1, 28):
        found = fetching_machine(decoder_7b(), c, batch)
        bits = decoder_7b().weights * c["weight_bits"]
        bits = bits + batch * decoder_7b().cache_values * c["cache_bits"]
        reached = bits / 8 / found.interval / c["card_bandwidth"]
        assert reached == pytest.approx(c["memory_efficiency"], rel=0.03)  # arithmetic takes a bit
    # with all constants at their medians no more than 0.92 of the limit can always flow
    most = NOW.middle(card_standing_share=0.95)
    assert card_standing_power(most)[0] / 700 == pytest.approx(0.912, abs=0.002)
    assert card_standing_power(NOW.middle())[0] == pytest.approx(0.675 * 700)


def test_the_digital_chip_with_its_weights_meets_both_measured_points() -> None:
    dense, sparse = (1e6 * n for n in fact("G111").numbers)
    few, many = NOW["resident_users"].low, NOW["resident_users"].high
    small = Workload("3B", 3e9, stages=4, width=1.0)
    tokens, latency, watts = fact("G107").numbers
    found = resident_machine(small, NOW.middle(resident_weights=dense, resident_users=many), 30)
    assert found.throughput[0] == pytest.approx(tokens, rel=0.05)
    assert found.interval[0] == pytest.approx(latency * 1e-3, rel=0.05)
    assert found.power[0] == pytest.approx(watts, rel=0.01)
    large = Workload("8B", 8e9, stages=4, width=1.0)
    rack = fact("G108").numbers
    found = resident_machine(large, NOW.middle(resident_weights=sparse, resident_users=few), 28)
    assert found.interval[0] == pytest.approx(rack[5] * 1e-3, rel=0.05)
    assert found.area[0] / (fact("G109").number * 1e-6) == pytest.approx(288 / 3, rel=0.01)


def test_the_digital_chip_refuses_what_was_not_measured() -> None:
    with pytest.raises(ValueError, match="context=4096 is not allowed"):
        resident_machine(decoder_7b(4096), NOW.middle())
    with pytest.raises(ValueError, match="uses=9 is not allowed"):
        resident_machine(Workload("image", 1e6, 8, 100.0, uses=9), NOW.middle())


def test_a_read_of_today_is_that_of_the_64_core_chip() -> None:
    one = sum(part[0] for part in read_energy(NOW.middle()).values())
    assert 64 * one == pytest.approx(fact("A038").number * 1e-6, rel=1e-6)


@pytest.mark.parametrize(
    ("weights", "width", "used", "energy", "latency"),
    [(2016 * 224, 2016, 0.86, "A043", "A044"), (32 * 65536 * 0.97, 1008, 0.97, "A048", "A049")],
)
def test_a_layer_of_today_takes_what_was_printed(
    weights: float, width: float, used: float, energy: str, latency: str
) -> None:
    layer = Workload("layer", weights, stages=1, width=width)
    found = analog_machine(layer, NOW.middle(utilisation=used))
    assert found.energy[0] * 1e6 == pytest.approx(fact(energy).numbers[1], rel=0.12)
    assert found.interval[0] * 1e9 == pytest.approx(fact(latency).numbers[1], rel=0.12)


def test_the_chip_of_today_has_its_area() -> None:
    full = Workload("all", fact("A009").number, stages=1, width=256.0)
    c = NOW.middle(utilisation=1.0)
    assert arrays_needed(full, c)[0] == pytest.approx(64)
    assert analog_machine(full, c).area[0] * 1e6 == pytest.approx(fact("A004").number, rel=1e-6)


def timed(batch: int = 1, context: float = 2048, **changes: float) -> float:
    """Return the time from a user's token to the next on today's machine, µs."""
    found = analog_machine(decoder_7b(context), NOW.middle(**changes), batch)
    return 1e6 * float(found.interval[0])


def test_one_user_waits_for_the_memories_of_the_block_at_work() -> None:
    # by hand: 290 chips, 9.05 for each of 32 blocks; 537 MB at 9.05 x 0.67 TB/s x 0.55 reached
    waiting = timed() - timed(context=0)
    assert waiting == pytest.approx(536.9e6 / (9.05 * 0.67e12 * 0.554) * 1e6, rel=2e-3)
    assert waiting == pytest.approx(160, abs=1)


def test_all_memories_over_free_links_deliver_at_once() -> None:
    # the time of a token that takes the memories beside all 290 chips for granted: 273.47 µs
    free = {"borrowed_share": 1.0, "link_time": 1e-30, "link_energy": 1e-30}
    assert timed(**free) == pytest.approx(273.47, abs=0.01)
    found = analog_machine(decoder_7b(), NOW.middle(**free))
    assert found.energy[0] - found.parts["waiting units"][0] == pytest.approx(1.42837, abs=1e-5)
    waiting = timed(**free) - timed(context=0, **free)
    assert waiting == pytest.approx(536.9e6 / (289.6 * 0.67e12 * 0.554) * 1e6, rel=2e-3)


def test_memories_of_others_cost_links() -> None:
    work, c = decoder_7b(), NOW.middle(borrowed_share=0.1)
    lent, alone = analog_machine(work, c), analog_machine(work, NOW.middle())
    further = 0.1 * (289.6 - 9.05)  # 28 memories more: their query out, their outputs back
    bits = 2 * 32 * further * 4096 * 8
    more = lent.parts["links"][0] - alone.parts["links"][0]
    assert more == pytest.approx(bits * 5e-12, rel=1e-3)
    fetched = 160.3 * 9.05 / (9.05 + further)
    crossed = 2 * 32 * (np.sqrt(9.05 + further) - np.sqrt(9.05)) * 0.2
    assert timed(borrowed_share=0.1) - timed(context=0) == pytest.approx(fetched + crossed, abs=0.2)
    assert timed(borrowed_share=0.1) < timed() < timed(borrowed_share=1.0)
    assert timed(context=0, borrowed_share=1.0) == timed(context=0)


def test_a_full_machine_uses_all_its_memories() -> None:
    # by hand: 128 users times 537 MB at 290 x 0.67 TB/s x 0.55 reached
    for share in (0.0, 0.1, 1.0):
        queue = 128 * 536.9e6 / (289.6 * 0.67e12 * 0.554) * 1e6
        assert timed(128, borrowed_share=share) == pytest.approx(queue, rel=2e-3)


def test_a_block_has_one_memory_at_least() -> None:
    c = NOW.middle()
    for chips, expected in ((0.5, (1, 1)), (8.0, (1, 8)), (64.0, (2, 64))):
        own, serving, everything = memories(decoder_7b(), np.array([chips]), c)
        assert (own[0], everything[0]) == expected
        assert serving[0] == own[0]


def test_parts_that_do_not_share_do_not_get_cheaper_in_a_batch() -> None:
    c = NOW.middle()
    one, many = (analog_machine(decoder_7b(), c, batch) for batch in (1, 64))
    for name in ("cells", "converters", "digital units", "keys and values", "links"):
        assert many.parts[name] == pytest.approx(one.parts[name])
    assert many.parts["standing"][0] < one.parts["standing"][0] / 20
    fetched = [fetching_machine(decoder_7b(), c, batch).parts["weights"][0] for batch in (1, 64)]
    assert fetched[0] == pytest.approx(64 * fetched[1])


def test_an_array_that_is_switched_off_costs_nothing_while_it_waits() -> None:
    work = decoder_7b(context=0)
    off = analog_machine(work, NOW.middle(idle_share=0.0))
    on = analog_machine(work, NOW.middle(idle_share=1.0))
    # one of 128 stages works at a time
    assert on.parts["standing"][0] / off.parts["standing"][0] == pytest.approx(128, rel=1e-6)


@pytest.mark.parametrize(
    ("batch", "joules"), [(1, 2.2616111059), (28, 0.2401364555), (128, 0.1883292177)]
)
def test_units_that_are_switched_off_while_they_wait_cost_only_their_reads(
    batch: int, joules: float
) -> None:
    # what the machine took before units that wait were counted at all
    found = analog_machine(decoder_7b(), NOW.middle(beside_idle_share=0.0), batch)
    assert found.parts["waiting units"][0] == 0.0
    assert found.energy[0] == pytest.approx(joules, rel=1e-9)


def test_units_that_never_sleep_draw_their_power_all_the_time() -> None:
    # by hand: 290 units of a fifth of the standing power of an H100, 27.4 kW for 454 us
    one = 0.675 * 700 / 5
    for batch in (1, 28, 128):
        found = analog_machine(decoder_7b(), NOW.middle(beside_idle_share=1.0), batch)
        reading = 0.675 * 700 * 536.87e6 / (3.35e12 * 0.5540)  # J, for the bits that are read
        whole = reading + found.parts["waiting units"][0]
        assert whole == pytest.approx(289.65 * one * found.interval[0] / batch, rel=2e-3)
    alone = analog_machine(decoder_7b(), NOW.middle())
    assert alone.parts["waiting units"][0] == pytest.approx(12.28, abs=0.01)


def test_units_that_wait_take_more_the_less_they_sleep_and_nothing_in_a_queue() -> None:
    def waiting(share: float, batch: int = 1, context: float = 2048, **changes: float) -> float:
        c = NOW.middle(beside_idle_share=share, **changes)
        return float(analog_machine(decoder_7b(context), c, batch).parts["waiting units"][0])

    assert np.all(np.diff([waiting(share) for share in np.linspace(0, 1, 6)]) > 1)
    assert waiting(0.3) == pytest.approx(0.3 * waiting(1.0))
    assert waiting(1.0, beside_share=0.1) == pytest.approx(0.1 * waiting(1.0))
    assert waiting(1.0, batch=4) < waiting(1.0) / 4
    # with 128 users every memory delivers all the time
    assert waiting(1.0, batch=128) == pytest.approx(0.0, abs=1e-9)
    assert waiting(1.0, batch=128, borrowed_share=1.0) == pytest.approx(0.0, abs=1e-9)
    # a first token finds the units waiting; a network without attention has none
    assert waiting(1.0, context=0) == pytest.approx(waiting(1.0, context=1), rel=1e-3)
    layer = Workload("layer", 1e9, stages=4, width=4096.0)
    assert analog_machine(layer, NOW.middle()).parts["waiting units"][0] == 0.0


def test_tiers_save_area_and_take_turns() -> None:
    work = decoder_7b(context=0)
    flat, stack = (analog_machine(work, NOW.middle(tiers=n), 10_000) for n in (1.0, 8.0))
    assert flat.area[0] / stack.area[0] == pytest.approx(8)
    assert stack.throughput[0] / flat.throughput[0] == pytest.approx(1 / 8)


def test_upkeep_is_small() -> None:
    daily = analog_machine(decoder_7b(), NOW.middle(calibration_period=60.0))
    assert daily.parts["upkeep"][0] < 0.01 * daily.energy[0]


@pytest.mark.parametrize(
    "name", ["weights", "stages", "width", "uses", "cached", "context", "blocks"]
)
def test_a_workload_refuses_what_cannot_be(name: str) -> None:
    good = {"weights": 10.0, "stages": 1, "width": 2.0, "uses": 1, "cached": 0.0, "context": 0.0,
            "blocks": 1}  # fmt: skip
    with pytest.raises((TypeError, ValueError), match=name):
        Workload("x", **{**good, name: -1})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="batch"):
        analog_machine(decoder_7b(), NOW.middle(), 0)
