import warnings
from functools import cache
from typing import Any

import numpy as np
import pytest

from aimc.chip import Chip
from aimc.networks import BARS, CharLSTM, ResNet9, ShippedNetwork, put

pytestmark = pytest.mark.native("it repeats for long what other tests run there")


@cache
def lstm() -> CharLSTM:
    return CharLSTM()


def test_ranges_cover_nearly_all_that_layers_meet_and_send() -> None:
    """For the gates of the LSTM that is one sum, and one range for all that its cores send."""
    network, seen = lstm(), {}

    def watched(layer: Any, x: Any = None) -> np.ndarray:
        given = layer if isinstance(layer, dict) else {layer: x}
        outputs = network.digital(layer, x)
        seen.setdefault(tuple(given), []).append((given, outputs))
        return outputs

    network.scores(network.held_out(streams=40, steps=160), watched)
    assert list(seen) == [("input gates", "hidden gates"), ("output",)]
    for names, calls in seen.items():
        top = {network.calibrated[name].output_range for name in names}
        (largest,) = top
        outputs = np.concatenate([sent.ravel() for _, sent in calls])
        assert np.mean(np.abs(outputs) > largest) < 1e-3
        assert np.abs(outputs).max() > 0.7 * largest
        for name in names:
            inputs = np.concatenate([given[name].ravel() for given, _ in calls])
            assert np.mean(np.abs(inputs) > network.calibrated[name].input_range) < 1e-3


def test_gates_are_rounded_along_one_chain() -> None:
    """Cores of the hidden gates add to what those of the input gates sent, the last the bias."""
    network = lstm()
    ideal = network.program(hardware=BARS["quantisation"])
    rng = np.random.default_rng(0)
    x = {
        "input gates": rng.uniform(-0.5, 0.5, (200, 32)).astype(np.float32),
        "hidden gates": rng.uniform(-0.5, 0.5, (200, network.hidden)).astype(np.float32),
    }
    sent = ideal.compute(x)
    step = network.calibrated["input gates"].output_range / 127
    np.testing.assert_allclose(sent / step, np.round(sent / step), atol=1e-3)
    error = np.std(sent - network.digital(x)) / step
    chain = len(ideal.plan.groups[0].chains[0].tiles)
    # one rounding per core; converters of the cores add little
    assert np.sqrt(chain / 12) * 0.95 < error < np.sqrt(chain / 12) * 1.25


@pytest.mark.parametrize(("make", "cores"), [(lstm, 7), (ResNet9, 18)])
def test_every_core_of_a_network_has_its_own_devices(make: Any, cores: int) -> None:
    chip = make().program(serial=3)
    assert sorted(core.index for core in chip.cores) == [*range(cores)]
    states = [core.state.g_programmed - core.state.g_target for core in chip.cores]
    first, second = (state[..., :30, :30].ravel() for state in states[-3:-1])
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.1


def test_chip_runs_the_lstm() -> None:
    network, chip = lstm(), Chip(serial=5)
    forward = put(network, chip)
    codes = network.held_out(streams=1, steps=50)[0]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = chip.run(codes, forward)
    assert run.outputs.shape == (51, 50)
    exact = network.scores(codes[None])[0]
    assert 0 < np.sqrt(np.mean((run.outputs - exact) ** 2)) < 0.15 * exact.std()
    assert run.vectors == {"input gates": 51, "hidden gates": 51, "output": 51}
    assert run.read_mode == "4-phase"
    for one, same in zip(chip.cores, network.program(serial=5).cores, strict=True):
        np.testing.assert_array_equal(one.state.g_programmed, same.state.g_programmed)


def test_chip_runs_the_resnet_and_says_what_an_image_costs() -> None:
    network, chip = ResNet9(), Chip(serial=5)
    forward = put(network, chip)
    images, labels = network.test_images(40)
    run = chip.run(images, forward)
    assert run.outputs.shape == (40, 10)
    assert np.mean(run.outputs.argmax(axis=1) == labels) > 0.75
    assert chip.plan.mapping.cores == 18
    assert run.vectors["conv1"] == 40 * 32 * 32
    assert run.performance.energy.value > 0
    day = chip.at(86400.0).run(images, forward)
    assert np.abs(day.outputs).mean() < 0.98 * np.abs(run.outputs).mean()  # drifted, uncorrected
    assert day.performance.energy == run.performance.energy


def test_a_network_of_ones_own_says_what_is_missing() -> None:
    network = ShippedNetwork(lstm().checkpoint)
    with pytest.raises(NotImplementedError):
        network.program()
