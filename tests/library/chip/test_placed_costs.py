"""Where cores lie reaches the schedule: a detour costs the hops that it takes."""

from dataclasses import replace

import pytest

from aimc.chip import Chip, hermes_constants, map_network, place
from aimc.chip.chains import groups
from aimc.chip.chrome_trace import trace
from aimc.chip.floorplan import Floorplan, hermes_floorplan
from aimc.chip.schedule import schedule
from aimc.layers.workload import (
    Layer,
    Network,
    caption_lstm,
    demo_mlp,
    ptb_char_lstm,
    resnet9_cifar10,
)

CHIP = hermes_constants()
HOP = CHIP.hop_clocks / CHIP.clock
PUBLISHED = [resnet9_cifar10(), ptb_char_lstm(), caption_lstm(), demo_mlp()]
CHECKERBOARD = [core for core in range(64) if sum(divmod(core, 8)) % 2 == 0]


@pytest.mark.parametrize("network", PUBLISHED, ids=lambda network: network.name)
def test_along_links_every_step_is_one_link(network: Network) -> None:
    plan = Chip().map(network)
    assert [group.hops for group in plan.groups] == [group.hops for group in groups(network)]
    unplaced = schedule(plan.mapping, read_mode=plan.read_mode)
    assert plan.schedule().latency == pytest.approx(unplaced.latency)
    assert plan.schedule().interval == pytest.approx(unplaced.interval)


def test_hops_are_counted_along_the_chain_that_takes_most() -> None:
    plan = Chip().map(resnet9_cifar10()).arranged("numbers")
    for group in plan.groups:
        ways = [
            sum(plan.floorplan.hops(a, b) for a, b in chain.steps)
            for chain in plan.placement.chains()
            if chain.layers[0] == group.name
        ]
        assert group.hops == max(ways)


def test_by_number_a_vector_takes_longer_and_the_stream_does_not() -> None:
    plan = Chip().map(resnet9_cifar10())
    worse = plan.arranged("numbers")
    more = sum(b.hops - a.hops for a, b in zip(plan.groups, worse.groups, strict=True))
    assert more > 0
    longer = worse.performance().latency - plan.performance().latency
    assert longer.value == pytest.approx(more * HOP)
    assert worse.performance().interval == plan.performance().interval
    broken = next(k for k, group in enumerate(worse.groups) if group.hops > plan.groups[k].hops)
    name = plan.groups[broken].name
    assert worse.layer(name).latency > plan.layer(name).latency
    assert "steps of partial sums take more than one link" in str(worse)
    assert "more than one link" not in str(plan)


def test_the_ways_of_a_recurrent_layer_slow_its_stream_too() -> None:
    plan = Chip().map(ptb_char_lstm())
    for worse in (plan.arranged("numbers"), plan.arranged(available=CHECKERBOARD)):
        assert worse.groups[0].hops > plan.groups[0].hops
        good, bad = plan.performance(), worse.performance()
        assert bad.interval > good.interval
        assert bad.latency > good.latency
        # the cores are powered for longer; what passes a link controller is not known to cost
        assert bad.energies["standing power"] > good.energies["standing power"]
        assert bad.energies["LDPU, links, GDPU"] == good.energies["LDPU, links, GDPU"]


@pytest.mark.parametrize("row", range(8))
def test_the_way_to_a_gdpu_grows_with_the_distance_from_its_row(row: int) -> None:
    floorplan = hermes_floorplan()
    network = Network("cell", (Layer("gates", (200, 200), kind="recurrent"),))
    (chain,) = place(map_network(network), floorplan, available=[8 * row + 5]).chains()
    assert chain.hops(floorplan) == 1 + abs(row - 3)


def test_without_gdpus_a_sum_leaves_over_one_link() -> None:
    grid = Floorplan(4, 8, (1e-3, 1e-3), (5e-4, 5e-4), (9e-3, 9e-3))
    gates, _ = place(map_network(ptb_char_lstm()), grid).groups()
    assert gates.hops == 3


def test_copies_wait_for_the_one_with_the_longest_way() -> None:
    network = Network("two", (Layer("a", (256, 512), mvms=10),))
    mapping = map_network(network, copies={"a": 2})
    near = place(mapping, hermes_floorplan(), available=[0, 1, 2, 3])
    far = place(mapping, hermes_floorplan(), available=[0, 1, 2, 63])
    assert [placed.groups()[0].hops for placed in (near, far)] == [
        1,
        hermes_floorplan().hops(2, 63),
    ]


def test_a_plan_knows_the_grid_of_its_chip() -> None:
    plan = Chip(grid=(4, 16)).map(caption_lstm())
    assert (plan.floorplan.rows, plan.floorplan.columns, plan.floorplan.gdpus) == (4, 16, 16)
    with pytest.raises(ValueError, match="needs 64 cores and there are 63 cores, 1 too few"):
        plan.arranged(available=range(63))


@pytest.mark.parametrize("grid", [(3, 3), (16, 16)])
def test_a_grid_of_another_size_is_one_die_of_another_area(grid: tuple[int, int]) -> None:
    chip = Chip(grid=grid)
    cost = chip.map(demo_mlp()).performance()
    assert cost.areas["die"] == hermes_floorplan(grid).areas().die
    assert cost.areas["die"] > chip.number_of_cores * chip.constants.core_area
    with pytest.raises(ValueError, match="64-core chip only"):
        chip.constants.provenance()
    assert Chip().constants == hermes_constants()


def test_a_grid_of_the_published_size_is_the_published_chip() -> None:
    assert hermes_floorplan((8, 8)) == hermes_floorplan()


# ---- what is assumed ----------------------------------------------------------------------------


def gru(hidden: int, inputs: int = 100) -> Network:
    """Three sums of one step: reset and update gates, and both products of the new gate."""
    shapes = {
        "reset and update": [(2 * hidden, inputs), (2 * hidden, hidden)],
        "entering": [(hidden, inputs)],
        "recalled": [(hidden, hidden)],
    }
    layers = (
        Layer(f"{name} {k}", shape, kind="recurrent", sum_name=name)
        for name, found in shapes.items()
        for k, shape in enumerate(found)
    )
    return Network("GRU", tuple(layers), "step")


def lstm(hidden: int, inputs: int = 100) -> Network:
    shapes = ((4 * hidden, inputs), (4 * hidden, hidden))
    layers = (Layer(f"gates {k}", shape, kind="recurrent") for k, shape in enumerate(shapes))
    return Network("LSTM", tuple(layers), "step")


def test_sums_of_one_step_share_the_slices_of_the_gdpu() -> None:
    """A GRU sends as many values per hidden unit as an LSTM: two gates and two products."""
    chip = hermes_constants()
    for hidden, rounds in ((504, 1), (1008, 2), (1260, 3)):
        gates, entering, recalled = groups(gru(hidden))
        (step,) = groups(lstm(hidden))
        chains = gates.output_tiles + entering.output_tiles + recalled.output_tiles
        assert chains == step.output_tiles == hidden // 63
        for group in (gates, entering, recalled, step):
            assert chip.sending(group) == pytest.approx(rounds * 252 / chip.clock)
        times = [
            schedule(map_network(network), read_mode="4-phase").interval
            for network in (gru(hidden), lstm(hidden))
        ]
        assert times[0] == pytest.approx(times[1])


def test_sums_of_other_steps_do_not_take_slices() -> None:
    later = tuple(replace(layer, name=f"{layer.name}, 2", stage=1) for layer in lstm(504).layers)
    two = Network("two LSTMs", (*lstm(504).layers, *later))
    dense = Layer("beside", (2000, 100))
    (alone,) = groups(lstm(504))
    for network in (two, Network("and more", (*lstm(504).layers, dense))):
        for group in groups(network):
            assert group.gdpu_beside == 0
            if group.gdpu:
                assert hermes_constants().sending(group) == hermes_constants().sending(alone)


def test_a_cost_says_what_it_assumes() -> None:
    overlap, passing, cell, rounds = "next MVM runs", "only passes a sum on", "a GRU's", "in rounds"
    expected = {
        "LSTM": (Chip().map(ptb_char_lstm()), []),
        "detours": (Chip().map(ptb_char_lstm()).arranged("numbers"), [passing]),
        "ResNet-9": (Chip().map(resnet9_cifar10()), [overlap]),
        "GRU": (Chip().map(gru(200)), [cell]),
        "large GRU": (Chip((16, 8)).map(gru(1008)), [cell, rounds]),
        "large LSTM": (Chip((16, 8)).map(lstm(1008)), [rounds]),
    }
    for name, (plan, words) in expected.items():
        cost, found = plan.performance(), plan.schedule().assumed
        assert cost.assumed == found
        text = str(cost)
        assert ("assumed:" in text) == bool(found), name
        assert trace(plan.schedule()).as_json()["otherData"]["assumed"] == list(found)
        for word in (overlap, passing, cell, rounds):
            if word == passing and name.startswith("large"):
                continue  # more sums than columns above the GDPUs: some take a detour
            assert any(word in line for line in found) == (word in words), (name, word)
            assert (word in text) == (word in words)
    assert any(cell in line for line in Chip().map(gru(200)).layer("entering 0").assumed)
