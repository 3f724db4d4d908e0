"""A time line worked out by hand, with round constants: every wait, joule and microsecond."""

from dataclasses import replace

import numpy as np
import pytest

from aimc.chip.hermes import hermes_constants
from aimc.published import fact
from aimc_course.studies.experts import Mixture, place, published_stack, schedule

US = 1e-6
ROUND = replace(
    published_stack(),
    mvm_time=US,
    clock=1e6,
    lanes=512,  # one clock for the 512 outputs of a part
    attention_macs=1024,  # one clock for the first token: two products with one key and one value
    mac_energy=1e-12,
    value_energy=3e-12,
    attention_mac_energy=5e-12,
    standing_power=7e-3,
)
SMALL = Mixture(blocks=1, width=512, inner=512, experts=1, active=1)  # six parts


def line(tokens, tiles=6, tiers=1, order="prompt", network=SMALL, routes=None, **constants):
    if routes is None:
        routes = np.zeros((tokens, network.blocks, 1), int)
    placement = place(network, tiles, tiers)
    return schedule(placement, routes, replace(ROUND, **constants), order=order)


def ends(stack, token):
    """Return when each step of a token ends, µs."""
    found = {}
    for e in stack.token_events(token):
        found[e["stage"]] = max(found.get(e["stage"], 0.0), e["end"] / US)
    return found


def test_one_token_takes_a_multiplication_and_a_clock_per_step():
    stack = line(1)
    assert ends(stack, 0) == pytest.approx({"qkv": 2, "attention": 3, "out": 5, "up": 7, "down": 9})
    assert stack.latency == pytest.approx(9 * US)
    assert stack.waiting() == {}


def test_two_tokens_follow_each_other_through_the_stack():
    stack = line(2)
    # The second finds its tiers taken for 1 µs, and attends to two keys for 2 µs.
    found = {"qkv": 3, "attention": 5, "out": 7, "up": 9, "down": 11}
    assert ends(stack, 1) == pytest.approx(found)
    assert stack.latency == pytest.approx(11 * US)
    assert stack.tokens_per_second == pytest.approx(2 / 11e-6)
    assert stack.waiting() == pytest.approx({"qkv: same tier": 3 * US})
    assert stack.busy == pytest.approx(np.full((6, 1), 2 / 11))


def test_a_written_token_waits_for_the_one_before():
    stack = line(2, order="decode")
    found = {"qkv": 11, "attention": 13, "out": 15, "up": 17, "down": 19}
    assert ends(stack, 1) == pytest.approx(found)


def test_parts_of_one_tile_follow_each_other():
    stack = line(1, tiles=1, tiers=6)
    found = {"qkv": 4, "attention": 5, "out": 7, "up": 9, "down": 11}
    assert ends(stack, 0) == pytest.approx(found)
    assert stack.waiting() == pytest.approx({"qkv: other tier": (1 + 2) * US})
    assert stack.energy["standing"] == pytest.approx(7e-3 * 11e-6)  # of one tile, however high


def test_a_slow_unit_is_named_as_the_cause():
    attention = line(2, attention_macs=256)  # 4 µs for the first token: the second waits for 3
    assert attention.waiting()["attention: attention unit"] == pytest.approx(3 * US)
    digital = line(2, lanes=256)  # 2 µs per part: the second finds each unit busy for 1 µs
    assert digital.waiting()["qkv: digital unit"] == pytest.approx(3 * US)
    assert ends(line(1, lanes=100), 0)["qkv"] == pytest.approx(1 + 6)  # clocks are whole


def test_energy_of_two_tokens_adds_up():
    stack = line(2)
    macs, keys = 2 * 6 * 512**2, 2 * 512 * (1 + 2)
    assert stack.energy == pytest.approx(
        {
            "tile": macs * 1e-12,
            "digital": 2 * (3 + 1 + 1 + 1) * 512 * 3e-12,
            "attention": keys * 5e-12,
            "standing": 6 * 7e-3 * 11e-6,
        }
    )


def test_digital_units_handle_outputs_and_not_inputs():
    network = Mixture(blocks=1, width=512, inner=1024, experts=2, active=1)
    stack = line(3, tiles=13, network=network, routes=np.array([[[0]], [[1]], [[1]]]))
    outputs = 3 * 512 + 512 + 2 + 1024 + 2 * 512  # two parts of the projection down are summed
    assert stack.energy["digital"] == pytest.approx(3 * outputs * 3e-12)


def test_experts_project_down_when_all_have_projected_up():
    network = Mixture(blocks=1, width=512, inner=512, experts=2, active=2)
    routes = np.array([[[0, 1]]])
    stack = line(1, tiles=1, tiers=9, network=network, routes=routes)
    up = [e for e in stack.events if e.stage == "up" and e.kind == "digital"]
    down = [e for e in stack.events if e.stage == "down" and e.kind == "tile"]
    assert len({e.end for e in up}) == 2
    assert min(e.start for e in down) == pytest.approx(max(e.end for e in up))


def test_every_number_of_the_stack_is_what_its_origin_says():
    c, chip = published_stack(), hermes_constants()
    tile, attention, digital = fact("E005").numbers
    share = 512 / 256  # converters, and so standing power, are by column
    assert c.mvm_time == pytest.approx(fact("A030").number * 1e-9)
    assert c.mac_energy == pytest.approx(fact("A038").number * 1e-6 / 64 / 256**2, abs=0)
    assert c.clock == chip.clock
    assert c.lanes == 2
    assert c.value_energy == chip.energy_value
    assert c.attention_macs == 1024
    assert c.attention_mac_energy == pytest.approx(2 * fact("D008").number * 1e-15, abs=0)
    assert c.standing_power == pytest.approx(share * chip.standing_power)
    assert (c.tile_area, c.attention_area, c.digital_area) == pytest.approx(
        (tile * 1e-6, attention * 1e-6, digital * 1e-6)
    )


def test_no_constant_is_a_placeholder_and_every_one_has_a_unit_and_an_origin():
    c = published_stack()
    for name in ("mac_energy", "value_energy", "attention_mac_energy"):
        assert 1e-15 < getattr(c, name) < 1e-9
    for name, origin in c.origins.items():
        assert any(word in origin for word in ("A0", "D0", "E0", "fitted", "assumed", "chip")), name


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("mac_energy", "tile"),
        ("value_energy", "digital"),
        ("attention_mac_energy", "attention"),
        ("standing_power", "standing"),
    ],
)
def test_every_energy_constant_can_be_changed_and_moves_its_own_share_alone(field, kind):
    before = line(2).energy
    after = line(2, **{field: 3 * getattr(ROUND, field)}).energy
    for name in before:
        factor = 3 if name == kind else 1
        assert after[name] == pytest.approx(factor * before[name])
