"""R06: CIFAR-10 accuracy of the 64-core chip as an error budget, with a network and a task of ours.

Signs and ranking are compared, not absolute values: the published network is larger, and its images
may not be shipped. Confidence: "worse" means that the 95 % interval of the differences in pairs,
over ten chips and the same images, lies on one side of zero. It says nothing about other images:
two devices lose three of two thousand, whose sign is therefore not compared. Our network loses less
accuracy than the published one, so small effects are looked for in its loss (the cross-entropy),
which moves before decisions do. What is not that of the paper: in our chip the read noise, a
quarter of it new in each read, takes as much as wrong weights. The places of the published
simulated bars are inferred (A082 to A084), the chip's and the software's are printed as such (A079
to A081).
"""

from functools import cache

import numpy as np
import pytest

from aimc.networks import ResNet9, load_measurements, measure_bars
from aimc.networks.measurements import FRESH, SPLIT
from aimc.published import fact
from aimc.statistics import Interval, mean_interval

pytestmark = pytest.mark.native("it repeats for long what other tests run there")

CHIPS, IMAGES = 10, 300


@cache
def changed(devices: int) -> dict[str, np.ndarray]:
    """Share of images (%) that each bar puts into another class than floating point, by chip.

    Decisions change in both directions, so this sees small errors on few images, where the accuracy
    does not.
    """
    network = ResNet9()
    images, _ = network.test_images(IMAGES)
    exact = network.scores(images).argmax(axis=1)
    return measure_bars(
        network,
        lambda layer: 100 * float(np.mean(network.scores(images, layer).argmax(axis=1) != exact)),
        range(CHIPS),
        devices,
        bars=("floating point", "quantisation", "weight noise"),
    )


def published() -> dict[int, dict[str, float]]:
    software, noise, both = fact("A079").number, fact("A083").numbers, fact("A084").numbers
    chip = (fact("A081").number, fact("A080").number)
    return {
        devices: {
            "quantisation": software - fact("A082").number,
            "weight noise": software - noise[devices - 1],
            "both": software - both[devices - 1],
            "chip": software - chip[devices - 1],
        }
        for devices in (1, 2)
    }


def stored(devices: int, bar: str, kind: str = "resnet9 loss") -> np.ndarray:
    """How much worse than floating point a bar is over all test images, by chip."""
    table = load_measurements()
    exact, flawed = (table.bar(kind, devices, name) for name in ("floating point", bar))
    return exact - flawed if kind == "resnet9" else flawed - exact


def above(worse: np.ndarray, better: np.ndarray | float = 0.0) -> Interval:
    return mean_interval(worse - better)


def test_the_published_budget_has_the_order_that_we_look_for() -> None:
    one, two = published()[1], published()[2]
    for budget in (one, two):
        assert 0 < budget["quantisation"] < budget["weight noise"] < budget["both"]
        total = budget["quantisation"] + budget["weight noise"]
        assert abs(total - budget["both"]) < 0.1
        assert abs(budget["both"] - budget["chip"]) <= 0.1 + 1e-9
    assert one["weight noise"] > two["weight noise"]


@pytest.mark.slow
def test_decisions_change_in_the_same_order() -> None:
    one, two = changed(1), changed(2)
    assert np.all(one["floating point"] == 0)
    assert above(two["weight noise"], two["quantisation"]).low > 0
    assert above(one["weight noise"], one["quantisation"]).low > 0
    assert above(one["weight noise"], two["weight noise"]).low > 0


def test_accuracy_has_the_signs_and_the_ranking() -> None:
    def drop(devices: int, bar: str) -> np.ndarray:
        return stored(devices, bar, "resnet9")

    for bar in ("weight noise", "both", "chip"):
        assert above(drop(1, bar)).low > 0
        assert above(drop(1, bar), drop(2, bar)).low > 0
    assert above(drop(2, "chip")).low > 0
    # Eight bits cost nothing that two thousand images could show, and less than wrong weights.
    for devices in (1, 2):
        assert abs(drop(devices, "quantisation")[0]) <= 0.1
        assert drop(devices, "quantisation")[0] < drop(devices, "weight noise").mean()


def test_loss_has_the_signs_and_the_ranking() -> None:
    for devices in (1, 2):
        quantisation, noise = stored(devices, "quantisation"), stored(devices, "weight noise")
        assert quantisation[0] > 0  # no chance in it: one value for all chips
        assert above(noise, quantisation).low > 0
        assert above(stored(devices, "both"), noise).low > 0
        assert above(stored(devices, "chip"), stored(devices, "both")).low > 0
    for bar in ("quantisation", "weight noise", "both", "chip"):
        assert above(stored(1, bar), stored(2, bar)).mean > 0
    for bar in ("weight noise", "both", "chip"):
        assert above(stored(1, bar), stored(2, bar)).low > 0


def test_sizes_of_what_wrong_weights_cost() -> None:
    """Between one device and two the squared errors differ by 3.4; the published drops by 2.4."""
    one, two = (stored(devices, "weight noise") for devices in (1, 2))
    assert one.mean() == pytest.approx(0.0227, rel=0.2)
    assert two.mean() == pytest.approx(0.0079, rel=0.25)
    assert 2.0 < one.mean() / two.mean() < 4.5
    assert 0.4 < stored(1, "weight noise", "resnet9").mean() < 0.8  # points of accuracy
    printed = published()[1]["weight noise"] / published()[2]["weight noise"]
    assert printed == pytest.approx(2.4, abs=0.1)
    # and as the devices are now, not as they were when the table was stored
    assert changed(1)["weight noise"].mean() == pytest.approx(2.5, abs=0.5)
    assert changed(2)["weight noise"].mean() == pytest.approx(1.6, abs=0.3)


def test_drops_nearly_add_up() -> None:
    for devices in (1, 2):
        total = stored(devices, "quantisation") + stored(devices, "weight noise")
        both = stored(devices, "both").mean()
        assert 0.7 * both < total.mean() < 1.3 * both
        # Read noise of one moment is less than what wrong weights cost.
        rest = stored(devices, "chip").mean() - both
        assert rest < stored(devices, "weight noise").mean()
    for devices in (1, 2):
        accuracy = [stored(devices, bar, "resnet9").mean() for bar in ("both", "chip")]
        assert abs(accuracy[1] - accuracy[0]) < 0.3


def test_fast_read_noise_takes_as_much_as_wrong_weights() -> None:
    """The one thing that is not as in the paper, whose chip lies a tenth of a point below."""
    for devices in (1, 2):
        lost = stored(devices, SPLIT) - stored(devices, "both")
        weights = stored(devices, "weight noise").mean()
        assert above(lost).low > 0
        assert 0.8 * weights < lost.mean() < 1.8 * weights
        assert above(stored(devices, SPLIT), stored(devices, "chip")).low > 0
        # all of it new would take more
        assert above(stored(devices, FRESH), stored(devices, SPLIT)).low > 0
    printed = published()
    assert max(printed[d]["chip"] - printed[d]["both"] for d in (1, 2)) < 0.11


def test_lstm_has_the_same_order() -> None:
    software, chip = fact("A087").number, fact("A088").numbers
    assert software < chip[0] < chip[1]  # two devices, one device
    for bar in ("weight noise", "both", "chip"):
        assert above(stored(2, bar, "lstm")).low > 0
        assert above(stored(1, bar, "lstm"), stored(2, bar, "lstm")).low > 0
    for devices in (1, 2):
        noise, quantisation = (stored(devices, b, "lstm") for b in ("weight noise", "quantisation"))
        assert above(noise, quantisation).low > 0
