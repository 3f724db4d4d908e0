import warnings
from dataclasses import replace
from typing import Any

import numpy as np

import aimc
from aimc.chip import Chip
from aimc.networks import CharLSTM, Hardware, ResNet9, put


def test_chip_runs_the_lstm_on_the_devices_of_the_error_budget() -> None:
    network, chip = CharLSTM(), Chip(serial=5)
    forward = put(network, chip)
    ours = network.program(serial=5)
    for matrix in ours.matrices:
        for core in matrix.cores:
            placed = chip._network().cores[core.index].at(0.0).weights()
            peak = np.abs(core.at(0.0).weights()).max() / np.abs(placed).max()
            np.testing.assert_allclose(core.at(0.0).weights(), peak * placed, rtol=1e-4, atol=1e-6)
    codes = network.held_out(streams=1, steps=50)[0]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = chip.run(codes, forward)
    assert run.outputs.shape == (51, 50)
    exact = network.scores(codes[None])[0]
    assert 0 < np.sqrt(np.mean((run.outputs - exact) ** 2)) < 0.15 * exact.std()
    assert run.vectors == {"input gates": 51, "hidden gates": 51, "output": 51}
    assert run.read_mode == "4-phase"
    assert chip.plan.mapping.cores == ours.cores == 7


def test_chip_and_error_budget_compute_the_same() -> None:
    """Without noise of the reads, both are one computation: cores, converters and digital units."""

    def quiet(**options: Any) -> aimc.Core:
        core = aimc.presets.hermes_core(devices=2, **options)
        core.periphery = replace(core.periphery, read_noise=False)
        return core

    network, chip = ResNet9(), Chip(serial=5, preset=quiet)
    images, _ = network.test_images(6)
    run = chip.run(images, put(network, chip))
    layer = network.program(serial=5, hardware=Hardware(read_noise="none")).at(0.0)
    np.testing.assert_allclose(run.outputs, network.scores(images, layer), atol=0.02)
    assert np.std(run.outputs) > 1


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
