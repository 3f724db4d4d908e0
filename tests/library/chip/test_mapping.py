"""Tiles cover a matrix exactly once; core counts and utilisation follow from shapes alone."""

import math
from typing import Any

import numpy as np
import pytest

import aimc
from aimc.chip.mapping import balanced_copies, cores_needed, map_network, utilisation
from aimc.chip.schedule import schedule
from aimc.layers.workload import Layer, Network, attention_block, demo_mlp, resnet9_cifar10
from aimc.published import fact


@pytest.mark.parametrize("network", [None, "resnet"])
def test_only_networks_are_placed(network: Any) -> None:
    with pytest.raises(TypeError, match=r"network must be a Network .*got"):
        map_network(network)
    with pytest.raises(TypeError, match=r"network must be a Network .*got"):
        aimc.chip.Chip().map(network)


def test_tiles_are_those_of_a_tiled_matrix() -> None:
    weights = np.random.default_rng(0).uniform(-1, 1, (300, 700))
    tiled = aimc.TiledMatrix(weights, lambda k: aimc.presets.ideal())
    found = map_network(Network("one", (Layer("w", (300, 700)),))).tiles
    assert [tile.shape for tile in found] == [core.shape for core in tiled.cores]
    assert [(tile.outputs, tile.inputs) for tile in found] == [
        (part.outputs, part.inputs) for part in tiled.parts
    ]
    assert utilisation([Layer("w", (300, 700))]) == pytest.approx(tiled.utilisation)


def test_published_utilisations_from_shapes() -> None:
    deep = [layer for layer in resnet9_cifar10().layers if layer.name == "conv6"]
    cores, percent = fact("A042").numbers
    assert cores_needed(deep) == cores
    assert round(100 * utilisation(deep)) == percent
    gates = [Layer("input gates", (2016, 504)), Layer("hidden gates", (2016, 504))]
    cores, percent = fact("A047").numbers
    assert cores_needed(gates) == cores
    assert round(100 * utilisation(gates)) == percent


def test_placement_numbers_cores_and_counts_copies() -> None:
    network = resnet9_cifar10()
    once, more = map_network(network), map_network(network, copies={"conv1": 4, "conv2": 4})
    assert once.cores == cores_needed(network)
    assert once.utilisation == pytest.approx(utilisation(network))
    assert [tile.core for tile in more.tiles] == list(range(more.cores))
    assert more.cores == once.cores + 3 * (1 + 2)
    assert more.copies("conv2") == 4
    assert len(more.of("conv2")) == 8
    assert (once.reads("conv2"), more.reads("conv2")) == (1024, 256)
    assert sum(math.prod(tile.shape) for tile in once.tiles) == network.weights


def test_table_has_a_row_per_layer() -> None:
    rows = map_network(demo_mlp()).as_rows()
    assert [row["layer"] for row in rows] == ["hidden", "output"]
    assert rows[0]["cores"] == 4
    assert rows[0]["utilisation"] == pytest.approx(784 * 256 / (4 * 65536))


def test_what_is_not_static_takes_no_core() -> None:
    block = attention_block(width=256, context=1000)
    assert cores_needed(block) == 4 + 4 + 4
    assert {tile.layer for tile in map_network(block).tiles}.isdisjoint({"scores"})


def test_errors_name_the_argument() -> None:
    network = demo_mlp()
    with pytest.raises(ValueError, match="copies names 'hiden'"):
        map_network(network, copies={"hiden": 2})
    with pytest.raises(ValueError, match="hidden=0"):
        map_network(network, copies={"hidden": 0})
    with pytest.raises(ValueError, match="core must be"):
        cores_needed(network, (256,))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="core rows=0"):
        cores_needed(network, (0, 256))
    with pytest.raises(TypeError, match="layers must be"):
        cores_needed([(4, 4)])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="no static matrix"):
        cores_needed([Layer("scores", (4, 4), static=False)])
    with pytest.raises(ValueError, match="layer='conv1' was not placed"):
        map_network(network).of("conv1")


def test_tiles_that_are_added_never_share_a_core() -> None:
    gates = [Layer(name, (64, 32), kind="recurrent") for name in ("input", "hidden")]
    network = Network("small cell", (*gates, Layer("output", (64, 32), stage=1)))
    shared = map_network(network, share=True)
    assert shared.cores == 2
    on = {tile.layer: tile.core for tile in shared.tiles}
    assert on["input"] != on["hidden"]


@pytest.mark.parametrize("most", [1, 2, 3, 4, 7])
def test_balanced_copies_are_the_fewest_that_are_not_slower_than_the_busiest(most: int) -> None:
    vectors = {"busiest": 1024, "just more": 257, "just less": 255, "third": 341, "few": 2}
    network = Network(
        "net",
        tuple(Layer(name, (8, 8), mvms=n, stage=k) for k, (name, n) in enumerate(vectors.items())),
    )
    copies = balanced_copies(network, most)
    assert copies["busiest"] == most
    slowest = vectors["busiest"] / most
    for name, n in vectors.items():
        assert 1 <= copies[name] <= n
        assert n / copies[name] <= slowest
        assert copies[name] == 1 or n / (copies[name] - 1) > slowest
    if most == 4:
        assert copies == dict(zip(vectors, (4, 2, 1, 2, 1), strict=True))
    plan = schedule(map_network(network, copies=copies), read_mode="4-phase")
    assert plan.bottleneck == "busiest"


def test_a_recurrent_layer_gets_one_copy() -> None:
    layers = (Layer("gates", (8, 8), mvms=500, kind="recurrent"), Layer("out", (8, 8), mvms=500))
    assert balanced_copies(Network("cell", layers), 4) == {"gates": 1, "out": 4}


def test_every_weight_of_a_grouped_convolution_is_counted() -> None:
    network = Network("depthwise", (Layer("a", (771, 771), kind="convolution", blocks=771),))
    mapping = map_network(network)
    held = mapping.utilisation * mapping.cores * math.prod(mapping.core)
    assert held == pytest.approx(network.weights)
