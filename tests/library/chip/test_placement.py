"""Placement: partial sums flow along links; the words of the paper about its networks come true."""

from itertools import pairwise

import pytest

from aimc.chip.chains import chains
from aimc.chip.floorplan import Floorplan, hermes_floorplan
from aimc.chip.mapping import MappedTile, Mapping, map_network
from aimc.chip.placement import Placement, place
from aimc.layers.workload import (
    Layer,
    Network,
    attention_block,
    caption_lstm,
    demo_mlp,
    ptb_char_lstm,
    resnet9_cifar10,
)
from aimc.published import fact

PLAN = hermes_floorplan()
NETWORKS = [resnet9_cifar10(), ptb_char_lstm(), caption_lstm(), demo_mlp()]


def rows_of(placement: Placement, *layers: str) -> set[int]:
    """Return the rows, from 1 as in the paper, on which layers stand."""
    tiles = [tile for layer in layers for tile in placement.mapping.of(layer)]
    return {placement.floorplan.row_column(tile.core)[0] + 1 for tile in tiles}


def columns_of(placement: Placement, core: int) -> int:
    return placement.floorplan.row_column(core)[1]


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
@pytest.mark.parametrize("order", ["chains", "longest", "numbers"])
def test_every_tile_has_a_core_of_its_own(network: Network, order: str) -> None:
    mapping = map_network(network)
    placement = place(mapping, PLAN, order)
    used = [tile.core for tile in placement.mapping.tiles]
    assert len(set(used)) == len(used) == mapping.cores
    assert all(0 <= core < 64 for core in used)
    for before, after in zip(mapping.tiles, placement.mapping.tiles, strict=True):
        assert (before.layer, before.outputs, before.inputs) == (
            after.layer,
            after.outputs,
            after.inputs,
        )
        assert after in placement.on(after.core)


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_chains_of_the_published_networks_use_links_only(network: Network) -> None:
    placement = place(map_network(network), PLAN)
    assert placement.detours() == ()
    assert placement.hops == len(placement.steps())


def test_chains_are_the_partial_sums() -> None:
    found = chains(map_network(resnet9_cifar10()))
    # one block of outputs per layer: 1 + 2 + 4 + 4 + 4 + 8 + 8 + 8 + 1 cores in 9 chains
    assert [len(chain.cores) for chain in found] == [1, 2, 4, 4, 4, 8, 8, 8, 1]
    gates, output = (
        chains(map_network(ptb_char_lstm()))[:8],
        chains(map_network(ptb_char_lstm()))[8:],
    )
    assert all(chain.layers == ("input gates", "hidden gates") for chain in gates)
    assert all(chain.recurrent and len(chain.cores) == 3 for chain in gates)
    assert [len(chain.cores) for chain in output] == [2]
    copied = chains(map_network(demo_mlp(), copies={demo_mlp().layers[0].name: 2}))
    assert {chain.copy for chain in copied} == {0, 1}


def test_cells_of_other_sizes_in_one_stage_keep_their_sums_apart() -> None:
    # both have a block of outputs from 0 to 256, which is no reason to add them
    sizes = {"small": 256, "large": 512}
    layers = [
        Layer(f"{part} of {cell}", (size, 300), kind="recurrent")
        for cell, size in sizes.items()
        for part in ("input", "hidden")
    ]
    found = chains(map_network(Network("two cells", tuple(layers))))
    small, large = (
        ("input of small", "hidden of small"),
        ("input of large", "hidden of large"),
    )
    assert [chain.layers for chain in found] == [small, large, large]
    assert all(len(chain.cores) == 4 for chain in found)


def test_parts_follow_each_other_in_the_order_of_the_sum_whatever_the_mapping_lists_first() -> None:
    mapping = map_network(ptb_char_lstm())
    backwards = Mapping(mapping.network, mapping.core, mapping.tiles[::-1])
    for chain in chains(backwards):
        ordered = [(tile.layer != "input gates", tile.inputs) for tile in chain.tiles]
        assert ordered == sorted(ordered)


def test_the_words_of_the_paper_about_resnet9() -> None:
    placement = place(map_network(resnet9_cifar10()), PLAN)
    assert len(placement.mapping.tiles) == fact("A078").number
    names = [layer.name for layer in resnet9_cifar10().layers]
    *small, deep5, deep6, deep7, dense = names
    assert rows_of(placement, *small, dense) == {1, 2}
    whole = [rows_of(placement, name) for name in (deep5, deep6, deep7)]
    assert all(len(rows) == 1 for rows in whole)
    assert len(set.union(*whole)) == 3


def test_the_words_of_the_paper_about_the_lstms() -> None:
    placement = place(map_network(ptb_char_lstm()), PLAN)
    assert rows_of(placement, "input gates", "hidden gates") == {2, 3, 4}
    assert len(placement.to_gdpu()) == 8
    placement = place(map_network(caption_lstm()), PLAN)
    assert rows_of(placement, "input gates", "hidden gates") == {1, 2, 3, 4}
    assert placement.to_gdpu() == PLAN.gdpu_links()
    assert rows_of(placement, "output") == {5, 6, 7, 8}
    for chain in placement.chains():
        rows = [PLAN.row_column(core)[0] + 1 for core in chain.cores]
        assert len({columns_of(placement, core) for core in chain.cores}) == 1
        assert rows in ([1, 2, 3, 4], [5, 6], [7, 8])


def test_by_number_breaks_sums_at_the_end_of_a_row() -> None:
    placement = place(map_network(resnet9_cifar10()), PLAN, "numbers")
    assert [tile.core for tile in placement.mapping.tiles] == list(range(40))
    broken = placement.detours()
    assert broken
    assert all(b == a + 1 and b % 8 == 0 for a, b in broken)
    chained = place(map_network(resnet9_cifar10()), PLAN)
    assert placement.hops > chained.hops
    assert placement.wire > chained.wire


def test_broken_cores_are_avoided() -> None:
    broken = {0, 9, 18, 27, 36}
    healthy = [core for core in range(64) if core not in broken]
    for order in ("chains", "numbers"):
        placement = place(map_network(resnet9_cifar10()), PLAN, order, available=healthy)
        assert not broken & {tile.core for tile in placement.mapping.tiles}
    # rows of seven do not hold eight cores: the sum turns a corner, still along links
    assert place(map_network(resnet9_cifar10()), PLAN, available=healthy).detours() == ()


def test_too_few_cores_say_how_many_are_missing() -> None:
    with pytest.raises(ValueError, match="needs 40 cores and there are 30 cores, 10 too few"):
        place(map_network(resnet9_cifar10()), PLAN, available=range(30))
    with pytest.raises(ValueError, match="order='random'"):
        place(map_network(demo_mlp()), PLAN, "random")
    with pytest.raises(ValueError, match="available=64"):
        place(map_network(demo_mlp()), PLAN, available=range(65))


def test_scattered_cores_still_take_the_network() -> None:
    # every other core of a checkerboard: no straight line, and hardly a link
    scattered = [core for core in range(64) if sum(divmod(core, 8)) % 2 == 0]
    network = Network("wide", (Layer("a", (256, 2048)), Layer("b", (256, 2048))))
    placement = place(map_network(network), PLAN, available=scattered)
    used = [tile.core for tile in placement.mapping.tiles]
    assert len(set(used)) == 16
    assert set(used) <= set(scattered)
    assert placement.hops >= len(placement.steps())


def test_tiles_that_share_a_core_stay_together() -> None:
    network = Network("two", (Layer("a", (100, 300)), Layer("b", (50, 200), stage=1)))
    own = map_network(network)
    shared = Mapping(
        network,
        own.core,
        (*own.tiles[:2], MappedTile(own.tiles[1].core, (0, 50), (0, 200), "b")),
    )
    placement = place(shared, PLAN)
    assert place(map_network(resnet9_cifar10(), share=True), PLAN).mapping.shared
    cores = [tile.core for tile in placement.mapping.tiles]
    assert cores[1] == cores[2] != cores[0]
    assert len(placement.on(cores[1])) == 2
    assert placement.detours() == ()


def test_a_long_sum_winds_and_a_large_grid_is_filled() -> None:
    long = Network("long", (Layer("sum", (256, 256 * 20)),))
    assert place(map_network(long), PLAN).detours() == ()
    grid = Floorplan(100, 100, (1e-3, 1e-3), (5e-4, 5e-4), (0.11, 0.11))
    block = attention_block(width=4096, context=1)
    placement = place(map_network(block), grid)
    assert len(placement.mapping.tiles) == 3072
    assert placement.detours() == ()


def test_without_gdpus_recurrent_layers_stand_anywhere() -> None:
    grid = Floorplan(4, 8, (1e-3, 1e-3), (5e-4, 5e-4), (9e-3, 9e-3))
    placement = place(map_network(ptb_char_lstm()), grid)
    assert placement.to_gdpu() == ()
    assert placement.detours() == ()


def test_routes_of_all_steps_end_where_they_should() -> None:
    placement = place(map_network(ptb_char_lstm()), PLAN, "numbers")
    for a, b in placement.steps():
        way = PLAN.route(a, b)
        assert all(PLAN.is_link(*step) for step in pairwise(way))
    assert placement.hops == sum(len(PLAN.route(a, b)) - 1 for a, b in placement.steps())
