"""Who adds to whom: decided once, for numerics, schedule, cost and pictures."""

import pytest

from aimc.layers.sums import sums
from aimc.layers.workload import Layer, Network, attention_block, ptb_char_lstm, resnet9_cifar10


def names(network: Network) -> list[tuple[str, ...]]:
    return [tuple(layer.name for layer in members) for members in sums(network)]


def recurrent(name: str, outputs: int, inputs: int, stage: int = 0, mvms: int = 1) -> Layer:
    return Layer(name, (outputs, inputs), mvms=mvms, kind="recurrent", stage=stage)


def test_the_gates_of_an_lstm_add_up_and_nothing_else_does() -> None:
    assert names(ptb_char_lstm()) == [("input gates", "hidden gates"), ("output",)]
    assert names(resnet9_cifar10()) == [(layer.name,) for layer in resnet9_cifar10().layers]


def test_layers_of_one_stage_with_other_outputs_stay_apart() -> None:
    network = Network("two cells", (recurrent("a", 256, 300), recurrent("b", 512, 300)))
    assert names(network) == [("a",), ("b",)]


def test_layers_of_other_stages_or_other_vectors_stay_apart() -> None:
    later = Network("layers", (recurrent("a", 256, 300), recurrent("b", 256, 300, stage=1)))
    assert names(later) == [("a",), ("b",)]
    often = Network("vectors", (recurrent("a", 256, 300), recurrent("b", 256, 300, mvms=2)))
    assert names(often) == [("a",), ("b",)]


def test_cells_of_equal_size_stay_apart_if_they_name_their_sums() -> None:
    cells = [
        Layer(f"{x} of {cell}", (256, 64), kind="recurrent", sum_name=cell)
        for cell in ("there", "back")
        for x in "xh"
    ]
    found = names(Network("both ways", tuple(cells)))
    assert found == [("x of there", "h of there"), ("x of back", "h of back")]
    wrong = Layer("short", (128, 64), kind="recurrent", sum_name="there")
    with pytest.raises(ValueError, match="sum_name='there': layers 'x of there' and 'short' need"):
        Network("both ways", (*cells, wrong))


def test_sums_come_in_the_order_of_work() -> None:
    network = Network(
        "mixed",
        (
            Layer("last", (10, 20), stage=1),
            recurrent("x of one", 256, 30),
            recurrent("x of two", 512, 30),
            recurrent("h of one", 256, 64),
            recurrent("h of two", 512, 128),
        ),
    )
    assert names(network) == [
        ("x of one", "h of one"),
        ("x of two", "h of two"),
        ("last",),
    ]


def test_products_of_data_with_data_are_no_sum_of_stored_weights() -> None:
    block = attention_block()
    assert len(sums(block)) == len(block.static)
