"""Experts in three dimensions: what must hold of a schedule, and the mixture against the dense."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from aimc.published import fact
from aimc_course.studies.experts import (
    ORDERS,
    STRATEGIES,
    Mixture,
    StackConstants,
    coactivation,
    place,
    published_stack,
    route,
    schedule,
)

CONSTANTS = published_stack()
MIXTURE = Mixture()


def rng(seed=1):
    return np.random.default_rng(seed)


def run(network, tokens=16, tiles=10, tiers=8, strategy="spread", order="prompt", seed=1, **draw):
    routes = route(network, tokens, rng(seed), **draw)
    company = coactivation(network, route(network, 300, rng(seed + 1000), **draw))
    placement = place(network, tiles, tiers, strategy, company=company)
    return schedule(placement, routes, CONSTANTS, order=order)


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize(
    "network",
    [MIXTURE, MIXTURE.dense(), Mixture(blocks=3, width=300, inner=700, experts=5, active=3)],
)
def test_every_active_mac_is_counted_once(network, strategy):
    stack = run(network, tokens=7, strategy=strategy)
    assert stack.macs == 7 * network.active_weights
    assert stack.energy["tile"] == pytest.approx(stack.macs * CONSTANTS.mac_energy)
    assert sum(stack.placement.occupancy.ravel()) * 512**2 == pytest.approx(network.weights)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_of_a_tile_one_tier_computes_at_a_time(strategy, order):
    stack = run(MIXTURE, strategy=strategy, order=order, skew=1.0, affinity=2.0)
    for kind in ("tile", "digital"):
        for tile in range(stack.placement.tiles):
            own = [e for e in stack.events if e.kind == kind and e.part.tile == tile]
            own.sort(key=lambda e: e.start)
            assert all(b.start >= a.end for a, b in pairwise(own))
    tokens = [e for e in stack.events if e.kind == "attention"]
    tokens.sort(key=lambda e: e.start)
    assert all(b.start >= a.end for a, b in pairwise(tokens))
    assert (stack.busy.sum(axis=1) <= 1 + 1e-9).all()


def test_no_part_shares_its_tier():
    for strategy in STRATEGIES:
        stack = run(MIXTURE, strategy=strategy)
        homes = [(p.tile, p.tier) for p in stack.placement.parts]
        assert len(set(homes)) == len(homes)
        assert max(tier for _, tier in homes) < 8
        assert stack.placement.occupancy.max() <= 1.0


def test_a_token_meets_its_own_experts_step_after_step():
    stack, routes = run(MIXTURE, seed=4), route(MIXTURE, 16, rng(4))
    for token in (0, 9, 15):
        events = stack.token_events(token)
        for layer in range(MIXTURE.blocks):
            met = {e["expert"] for e in events if e["layer"] == layer and e["stage"] == "down"}
            assert met == set(routes[token, layer].tolist())
        ends = 0.0
        for layer in range(MIXTURE.blocks):
            for stage in ("qkv", "attention", "out", "router", "up", "down"):
                step = [e for e in events if (e["layer"], e["stage"]) == (layer, stage)]
                assert min(e["start"] for e in step) >= ends
                ends = max(e["end"] for e in step)


def test_attention_waits_for_the_keys_of_all_tokens_before():
    stack = run(MIXTURE, skew=2.0)
    for layer in range(MIXTURE.blocks):
        keys = np.zeros(stack.tokens)
        begins = np.zeros(stack.tokens)
        for e in stack.events:
            if (e.layer, e.stage) == (layer, "qkv"):
                keys[e.token] = max(keys[e.token], e.end)
            elif (e.layer, e.stage) == (layer, "attention"):
                begins[e.token] = e.start
        assert (begins >= np.maximum.accumulate(keys)).all()


@pytest.mark.parametrize("network", [MIXTURE, MIXTURE.dense()])
def test_latency_grows_with_contention(network):
    """The same parts on fewer tiles of more tiers, and on one tile all in a row."""
    stacks = [run(network, tiles=80 // tiers, tiers=tiers) for tiers in (1, 2, 4, 8, 20, 80)]
    latencies = [stack.latency for stack in stacks]
    assert latencies == sorted(latencies)
    assert latencies[-1] > 5 * latencies[0]
    waits = [sum(t for k, t in s.waiting().items() if "other tier" in k) for s in stacks]
    assert waits[0] == 0.0
    assert waits[-1] > waits[3] > 0.0
    work = sum(e.end - e.start for e in stacks[-1].events if e.kind == "digital")
    assert latencies[-1] >= work


def test_experts_stacked_on_one_tile_wait_for_each_other():
    for seed in range(5):
        stacked, spread = (run(MIXTURE, strategy=s, seed=seed) for s in ("stacked", "spread"))
        assert stacked.latency > 1.5 * spread.latency
        assert stacked.tokens_per_second < spread.tokens_per_second


def test_keeping_company_apart_removes_waits():
    """Dealt round ten tiles, experts 0 and 5 share their tiles: here they are often picked both."""
    names = np.array([0, 5, 1, 6, 2, 7, 3, 4])

    def draw(tokens, seed):
        return names[route(MIXTURE, tokens, rng(seed), affinity=6.0)]

    company = coactivation(MIXTURE, draw(500, 99))

    def waits(strategy):
        placement = place(MIXTURE, 10, 8, strategy, company=company)
        lone = [schedule(placement, draw(1, seed), CONSTANTS) for seed in range(30)]
        return sum(t for stack in lone for k, t in stack.waiting().items() if k[:2] == "up")

    assert waits("apart") < 0.5 * waits("spread")


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("tokens", [16, 48])
def test_the_mixture_beats_the_dense_network_of_as_many_parameters(tokens, strategy, order):
    dense = MIXTURE.dense()
    assert MIXTURE.weights == pytest.approx(dense.weights, rel=1e-3)
    assert MIXTURE.weights >= dense.weights  # the router is the mixture's own burden
    other = run(dense, tokens, strategy=strategy, order=order)
    for seed in range(6):
        ours = run(MIXTURE, tokens, strategy=strategy, order=order, seed=seed, skew=0.5)
        assert ours.latency < other.latency
        assert sum(ours.energy.values()) < sum(other.energy.values())
        for kind in ("tile", "digital"):
            assert ours.energy[kind] < 0.5 * other.energy[kind]
        assert ours.area == other.area


FREE = ("mvm_time", "mac_energy", "clock", "lanes", "value_energy", "attention_macs")


@pytest.mark.parametrize("factor", [0.25, 4])
@pytest.mark.parametrize("field", [*FREE, "attention_mac_energy", "standing_power"])
def test_no_constant_decides_the_comparison(field, factor):
    """The book says so of a factor of four in either direction."""
    value = getattr(CONSTANTS, field)
    changed = max(1, round(factor * value)) if isinstance(value, int) else factor * value
    constants = replace(CONSTANTS, **{field: changed})
    lines = [
        schedule(place(net, 10, 8), route(net, 24, rng()), constants)
        for net in (MIXTURE, MIXTURE.dense())
    ]
    assert 1.8 * lines[0].latency < lines[1].latency
    assert 2.0 * sum(lines[0].energy.values()) < sum(lines[1].energy.values())


def test_on_a_flat_chip_the_mixture_saves_energy_and_no_time():
    """With one tier per tile all parts of the dense network compute at once."""
    ours, other = (run(net, 48, tiles=80, tiers=1) for net in (MIXTURE, MIXTURE.dense()))
    assert 0.95 * ours.latency < other.latency < 1.05 * ours.latency
    assert 1.5 * sum(ours.energy.values()) < sum(other.energy.values())


def test_a_single_tile_takes_time_in_proportion_to_the_weights_at_work():
    ours, other = (run(net, 16, tiles=1, tiers=80) for net in (MIXTURE, MIXTURE.dense()))
    share = MIXTURE.active_weights / MIXTURE.weights
    assert ours.latency / other.latency == pytest.approx(share, rel=0.03)


def test_no_prompt_is_done_before_its_bound():
    """Parts of all tokens over tiles, times how long a part occupies its tile at least."""
    for network in (MIXTURE, MIXTURE.dense()):
        stack = run(network, 32)
        busy = np.zeros(10)
        for e in stack.events:
            if e.kind == "digital":
                busy[e.part.tile] += e.end - e.start
        assert stack.latency >= busy.max() >= busy.mean()


def test_all_experts_active_win_nothing():
    """The gain comes from experts that rest: with all of them active, the router only costs."""
    full = replace(MIXTURE, active=MIXTURE.experts)
    assert full.active_weights == full.weights
    assert run(full).energy["tile"] > run(MIXTURE.dense()).energy["tile"]


def test_published_assumptions_and_where_they_come_from():
    tile, attention, digital = fact("E005").numbers
    stack = run(MIXTURE)
    assert stack.area * 1e6 == pytest.approx(10 * (tile + digital) + attention)
    assert pytest.approx(fact("A030").number * 1e-9) == CONSTANTS.mvm_time
    assert CONSTANTS.mac_energy * 64 * 65536 == pytest.approx(fact("A038").number * 1e-6)
    for field in StackConstants.__dataclass_fields__:
        assert field == "origins" or CONSTANTS.origins[field]
    with pytest.raises(ValueError, match=r"missing: \['clock'\]"):
        replace(CONSTANTS, origins={k: v for k, v in CONSTANTS.origins.items() if k != "clock"})


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="active=9"):
        Mixture(active=9)
    with pytest.raises(ValueError, match="tiles=3 with tiers=8 hold 24 parts"):
        place(MIXTURE, 3, 8)
    with pytest.raises(ValueError, match="strategy='near'"):
        place(MIXTURE, 10, 8, "near")
    with pytest.raises(ValueError, match="needs company"):
        place(MIXTURE, 10, 8, "apart")
    with pytest.raises(ValueError, match=r"company must have shape \(2, 8, 8\)"):
        place(MIXTURE, 10, 8, "apart", company=np.ones((2, 4, 4)))
    routes, placement = route(MIXTURE, 3, rng()), place(MIXTURE, 10, 8)
    with pytest.raises(ValueError, match=r"routes must hold integers of shape \(tokens, 2, 2\)"):
        schedule(placement, routes[:, :, :1], CONSTANTS)
    with pytest.raises(ValueError, match="different experts"):
        schedule(placement, np.zeros_like(routes), CONSTANTS)
    with pytest.raises(ValueError, match="order='random'"):
        schedule(placement, routes, CONSTANTS, order="random")
    with pytest.raises(ValueError, match=r"placement\.tile_size=600"):
        schedule(place(MIXTURE, 10, 8, tile_size=600), routes, CONSTANTS)
    with pytest.raises(ValueError, match="mvm_time"):
        replace(CONSTANTS, mvm_time=0.0)
    with pytest.raises(ValueError, match="token=3"):
        schedule(placement, routes, CONSTANTS).token_events(3)
