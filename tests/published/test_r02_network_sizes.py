"""R02: weights, offsets and cores of the three networks of the 64-core chip, exactly."""

import pytest

from aimc.chip.mapping import cores_needed, map_network
from aimc.layers.workload import Network, caption_lstm, ptb_char_lstm, resnet9_cifar10
from aimc.published import fact

CASES = [
    pytest.param(resnet9_cifar10(), "A076", 10, 0, id="ResNet-9"),
    pytest.param(ptb_char_lstm(), "A085", 2066, 1, id="PTB LSTM"),
    pytest.param(caption_lstm(), "A092", 6080, 2, id="caption LSTM"),
]


@pytest.mark.parametrize(("network", "weights_id", "biases", "column"), CASES)
def test_weights_and_cores(network: Network, weights_id: str, biases: int, column: int) -> None:
    assert network.weights == fact(weights_id).numbers[0]
    assert network.biases == biases
    assert cores_needed(network) == fact("A096").numbers[column]
    assert map_network(network).cores == fact("A096").numbers[column]


def test_published_core_counts_agree_with_the_rule() -> None:
    assert cores_needed(resnet9_cifar10()) == fact("A078").number
    assert cores_needed(ptb_char_lstm()) == fact("A086").number
    assert cores_needed(caption_lstm()) == fact("A002").number


def test_cores_layer_by_layer() -> None:
    cores = {
        network.name: [row["cores"] for row in map_network(network).as_rows()]
        for network in (resnet9_cifar10(), ptb_char_lstm(), caption_lstm())
    }
    # as the context of A096 lists them
    assert list(cores.values()) == [[1, 2, 4, 4, 4, 8, 8, 8, 1], [8, 16, 2], [16, 16, 32]]


def test_weights_agree_with_trainable_parameters() -> None:
    """1,869,122 trainable parameters are weights, 10 offsets and two numbers per filter."""
    network = resnet9_cifar10()
    filters = int(sum(fact("A077").numbers))
    assert network.weights + network.biases + 2 * filters == 1_869_122
