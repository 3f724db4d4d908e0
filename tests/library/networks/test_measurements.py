import numpy as np
import pytest

from aimc import datasets
from aimc.networks import BARS, CharLSTM, ResNet9, layers_at, load_measurements
from aimc.networks.measurements import SPLIT, TIMES
from aimc.recovery.compensation import drift_gain
from aimc.statistics import mean_interval

pytestmark = pytest.mark.native("it repeats for long what other tests run there")

DAY = 86400.0


def test_measurements_belong_to_the_shipped_checkpoints() -> None:
    table = load_measurements().table
    assert table["checkpoints"] == {
        name: datasets.CHECKPOINT_SHA256[name] for name in ("resnet9-coloured", "lstm-course")
    }
    assert (table["chips"], table["images"]) == (10, 2000)


def as_stored(network, t=0.0, gain=drift_gain):
    """The whole chip with the read noise of one moment, which begins with each time."""
    chip = network.program(0, BARS["chip"], 2)
    return chip.at(t, gain, noise=lambda core: core.read_noise()).compute


def test_resnet_is_what_was_stored() -> None:
    stored, network = load_measurements(), ResNet9()
    images, labels = network.test_images(stored.table["images"])
    chip = as_stored(network)
    share, loss = network.accuracy_and_loss(images, labels, chip)
    # Other processors round other decisions: a few images of two thousand.
    assert 100 * share == pytest.approx(stored.bar("resnet9", 2, "chip")[0], abs=0.3)
    assert loss == pytest.approx(stored.bar("resnet9 loss", 2, "chip")[0], rel=0.01)


def test_read_noise_in_two_parts_is_what_was_stored() -> None:
    stored, network = load_measurements(), ResNet9()
    images, labels = network.test_images(stored.table["images"])
    share, loss = network.accuracy_and_loss(images, labels, layers_at(network, 0))
    assert 100 * share == pytest.approx(stored.bar("resnet9", 2, SPLIT)[0], abs=0.3)
    assert loss == pytest.approx(stored.bar("resnet9 loss", 2, SPLIT)[0], rel=0.01)


def test_lstm_is_what_was_stored() -> None:
    stored, network = load_measurements(), CharLSTM()
    text = network.held_out(stored.table["streams"], stored.table["steps"])
    for devices, bar, chip in (
        (1, "both", layers_at(network, 0, BARS["both"], 1)),
        (2, "chip", as_stored(network)),
    ):
        value = network.bits_per_character(text, chip)
        assert value == pytest.approx(stored.bar("lstm", devices, bar)[0], abs=0.002)
    day = as_stored(network, TIMES[-1], gain=1.0)
    kept = stored.over_time("lstm", compensated=False)[-1, 0]
    assert network.bits_per_character(text, day) == pytest.approx(kept, abs=0.002)


def test_time_starts_with_the_whole_chip_at_once() -> None:
    stored = load_measurements()
    assert TIMES[0] == 0.0
    assert TIMES[-1] == DAY
    for kind in ("resnet9", "resnet9 loss", "lstm"):
        first = stored.over_time(kind)[0]
        np.testing.assert_array_equal(first, stored.bar(kind, 2, "chip"))


def test_compensation_repairs_most_of_a_day() -> None:
    stored = load_measurements()
    for network, sign in (("resnet9", -1), ("lstm", 1)):
        fresh = stored.over_time(network)[0]
        lost = sign * (stored.over_time(network, compensated=False)[-1] - fresh)
        left = sign * (stored.over_time(network)[-1] - fresh)
        assert mean_interval(lost).low > 0
        assert mean_interval(lost - 3 * left).low > 0


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (("gpt", 1, "both"), "kind='gpt'"),
        (("lstm", 3, "both"), "devices=3"),
        (("lstm", 1, "drift"), "name='drift'"),
    ],
)
def test_bad_input(arguments: tuple[str, int, str], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        load_measurements().bar(*arguments)
