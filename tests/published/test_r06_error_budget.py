"""R06: CIFAR-10 accuracy of the 64-core chip as an error budget, with a network and a task of ours.

Signs and ranking are compared, not absolute values: the published network is larger, and its images
may not be shipped. Confidence: "worse" means that the 95 % interval of the differences in pairs,
over ten chips and the same images, lies on one side of zero. The places of the published simulated
bars are inferred (A082 to A084), the chip's and the software's are printed as such (A079 to A081).
"""

from functools import cache

import numpy as np

from aimc.intervals import Interval, mean_interval
from aimc.networks import ResNet9, error_budget, load_measurements
from aimc.published import fact

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
    return error_budget(
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


def stored(devices: int, bar: str) -> np.ndarray:
    """Drop of a bar over all test images, by chip."""
    table = load_measurements()
    return table.bar("resnet9", devices, "floating point") - table.bar("resnet9", devices, bar)


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


def test_decisions_change_in_the_same_order() -> None:
    one, two = changed(1), changed(2)
    assert np.all(one["floating point"] == 0)
    assert above(two["weight noise"], two["quantisation"]).low > 0
    assert above(one["weight noise"], one["quantisation"]).low > 0
    assert above(one["weight noise"], two["weight noise"]).low > 0


def test_signs_and_ranking_in_accuracy() -> None:
    for devices in (1, 2):
        # A few images of 2,000 change sides either way: the sign shows in the decisions above.
        assert abs(stored(devices, "quantisation")[0]) <= 0.1
        assert above(stored(devices, "chip")).low > 0
    for bar in ("weight noise", "both"):
        assert above(stored(1, bar), stored(1, "quantisation")).low > 0
    for bar in ("weight noise", "both", "chip"):
        assert above(stored(1, bar), stored(2, bar)).low > 0


def test_drops_nearly_add_up() -> None:
    for devices in (1, 2):
        total = stored(devices, "quantisation") + stored(devices, "weight noise")
        assert abs(mean_interval(stored(devices, "both") - total).mean) < 0.3
        # The rest of the chip, its reading noise, is less than what wrong weights cost.
        rest = mean_interval(stored(devices, "chip") - stored(devices, "both"))
        assert rest.mean < stored(1, "weight noise").mean()


def test_lstm_has_the_same_order() -> None:
    table = load_measurements()
    extra = {
        (devices, bar): table.bar("lstm", devices, bar)
        - table.bar("lstm", devices, "floating point")
        for devices in (1, 2)
        for bar in ("quantisation", "weight noise", "both", "chip")
    }
    software, chip = fact("A087").number, fact("A088").numbers
    assert software < chip[0] < chip[1]  # two devices, one device
    for bar in ("weight noise", "both", "chip"):
        assert above(extra[2, bar]).low > 0
        assert above(extra[1, bar], extra[2, bar]).low > 0
    assert above(extra[2, "weight noise"], extra[2, "quantisation"]).low > 0
