from functools import cache
from pathlib import Path

import numpy as np
import pytest

from aimc import datasets
from aimc.core import Core
from aimc.datasets import files
from aimc.networks import BUDGET, Calibration, CharLSTM, Hardware, Programmed, error_budget
from aimc.tiled import TiledMatrix

ADC_LIMIT = 100e-6


@cache
def network() -> CharLSTM:
    return CharLSTM()


@cache
def text() -> np.ndarray:
    return network().held_out(streams=40, steps=160)


def one_layer(weights: np.ndarray, gain: float = 1.0, offset: float = 0.0) -> datasets.Checkpoint:
    outputs = len(weights)
    gains = (np.full(outputs, gain, np.float32),)
    biases = (np.full(outputs, offset, np.float32),)
    return datasets.Checkpoint(
        (weights.astype(np.float32),), biases, gains, {}, "one layer", 0.0, {}
    )


def test_bars_switch_what_they_say() -> None:
    cores = {name: hardware.core(1, 0, 2, 1.0) for name, hardware in BUDGET.items()}
    w = np.random.default_rng(0).uniform(-1, 1, (40, 60)).astype(np.float32)
    errors = {
        name: np.abs(core.program(w, 1.0).at(0.0).weights() - w).max()
        for name, core in cores.items()
    }
    assert errors["floating point"] < 1e-6
    assert errors["quantisation"] < 1e-6
    assert errors["weight noise"] == errors["both"] == errors["chip"] > 0.05
    bits = {
        name: (core.periphery.dac.bits, core.periphery.adc.bits) for name, core in cores.items()
    }
    assert bits["floating point"] == bits["weight noise"] == (None, None)
    assert bits["quantisation"] == bits["both"] == bits["chip"] == (8, 12)
    assert not any(core.periphery.read_noise for core in cores.values())
    assert [name for name, hardware in BUDGET.items() if hardware.fluctuates] == ["chip"]
    assert Hardware(read_noise="fresh").core(1, 0, 2, 1.0).periphery.read_noise


def test_every_core_of_a_network_has_its_own_devices() -> None:
    weights = np.full((300, 300), 0.5, np.float32)
    calibration = Calibration((1.0,), (1.0,), (1.0,))
    chip = Programmed(one_layer(weights), calibration, BUDGET["weight noise"], serial=3)
    assert [core.index for core in chip.matrices[0].cores] == [0, 1, 2, 3]
    first, second = (core.at(0.0).weights() for core in chip.matrices[0].cores[:2])
    assert abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 0.05
    lstm = network().program(3)
    numbers = [core.index for matrix in lstm.matrices for core in matrix.cores]
    assert numbers == list(range(7))


def test_a_layer_with_large_currents_uses_less_conductance() -> None:
    rng = np.random.default_rng(1)
    weights = rng.uniform(0.2, 1.0, (100, 200)).astype(np.float32)  # all of one sign
    x = rng.uniform(0, 1, (400, 200)).astype(np.float32)
    sums = float((x @ weights.T).max())
    calibration = Calibration((1.0,), (sums,), (sums,))
    chip = Programmed(one_layer(weights), calibration, BUDGET["quantisation"], serial=1)
    core = chip.matrices[0].cores[0]
    volts = core.periphery.dac.v_read * x
    current = volts @ core.at(0.0).crossbar.conductance[0].T
    assert current.max() == pytest.approx(ADC_LIMIT, rel=0.01)
    np.testing.assert_allclose(chip.at(0.0)(0, x), x @ weights.T, atol=0.02 * sums)
    # Small sums leave the full conductance to the weights.
    small = Programmed(
        one_layer(weights), Calibration((1.0,), (0.01,), (1.0,)), BUDGET["quantisation"], serial=1
    )
    largest = small.matrices[0].cores[0].at(0.0).crossbar.conductance.max()
    assert largest == pytest.approx(core.device.g_max, rel=1e-5)


def test_cores_hand_on_eight_bits() -> None:
    rng = np.random.default_rng(2)
    weights = rng.normal(0, 0.1, (20, 600)).astype(np.float32)
    x = rng.uniform(-1, 1, (50, 600)).astype(np.float32)
    exact = 2 * x @ weights.T + 0.5
    top = 1.2 * float(np.abs(exact).max())
    checkpoint, calibration = one_layer(weights, 2.0, 0.5), Calibration((1.0,), (3.0,), (top,))
    ideal = Programmed(checkpoint, calibration, BUDGET["floating point"]).at(0.0)(0, x)
    np.testing.assert_allclose(ideal, exact, atol=1e-4)
    coarse = Programmed(checkpoint, calibration, BUDGET["quantisation"]).at(0.0)(0, x)
    steps = coarse / (top / 127)
    np.testing.assert_allclose(steps, np.round(steps), atol=1e-3)
    # Three cores round one after the other.
    assert 0.5 < np.std(coarse - exact) / (top / 127) < 1.0


def test_calibration_covers_nearly_all_values() -> None:
    calibration, codes = network().calibration, text()
    seen: dict[int, list[np.ndarray]] = {0: [], 1: [], 2: []}

    def watched(k: int, x: np.ndarray) -> np.ndarray:
        seen[k].append(x.reshape(-1, x.shape[-1]))
        return network().digital(k, x)

    network().scores(codes, watched)
    for k, parts in seen.items():
        inputs = np.concatenate(parts)
        assert np.mean(np.abs(inputs) > calibration.input_ranges[k]) < 1e-3
        outputs = network().digital(k, inputs)
        assert np.mean(np.abs(outputs) > calibration.output_ranges[k]) < 1e-3
        assert np.abs(outputs).max() > 0.7 * calibration.output_ranges[k]


def test_budget_has_one_value_per_chip_and_bar() -> None:
    budget = error_budget(
        network(), lambda layer: network().bits_per_character(text(), layer), range(3), devices=1
    )
    assert list(budget) == ["floating point", "quantisation", "weight noise", "both", "chip"]
    assert all(values.shape == (3,) for values in budget.values())
    assert np.ptp(budget["floating point"]) == np.ptp(budget["quantisation"]) == 0
    assert np.ptp(budget["chip"]) > 0
    assert budget["chip"].mean() > budget["both"].mean()  # read noise on the same devices
    exact = network().bits_per_character(text())
    assert budget["floating point"][0] == pytest.approx(exact, abs=1e-5)


def test_budget_refuses_an_unknown_bar() -> None:
    with pytest.raises(ValueError, match="bars='noise' is not allowed: choose one of"):
        error_budget(network(), lambda layer: 0.0, bars=["noise"])


def test_reading_noise_is_of_the_moment_or_fresh() -> None:
    x = np.random.default_rng(3).uniform(-1, 1, (300, 32)).astype(np.float32)
    errors = {}
    for kind in ("momentary", "fresh", "none"):
        chip = network().program(2, Hardware(converters=False, read_noise=kind))
        view = chip.at(60.0)
        first, second = view(0, x), view(0, x)
        # Only fresh noise differs between two passes of the same inputs.
        assert (np.abs(first - second).max() > 0.01) == (kind == "fresh")
        errors[kind] = np.std(first - network().digital(0, x))
    assert errors["momentary"] == pytest.approx(errors["fresh"], rel=0.1)
    assert errors["none"] < 0.97 * errors["fresh"]


def test_hardware_refuses_what_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="read_noise='white' is not allowed"):
        Hardware(read_noise="white")
    with pytest.raises(ValueError, match="devices=3"):
        Hardware().core(0, 0, 3, 1.0)


@pytest.mark.parametrize("name", ["resnet9-coloured", "lstm-course"])
def test_damaged_checkpoint_is_detected(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = f"{name.replace('-', '_')}.npz"
    with np.load(datasets.SHIPPED_FOLDER / file) as archive:
        arrays = dict(archive)
    np.savez(tmp_path / file, **dict(reversed(arrays.items())))
    monkeypatch.setattr(files, "SHIPPED_FOLDER", tmp_path)
    assert datasets.load_checkpoint(name).name == name  # repacked in another order: the same data
    arrays["gain1"] = arrays["gain1"] + 1
    np.savez(tmp_path / file, **arrays)
    with pytest.raises(datasets.ChecksumError, match=file):
        datasets.load_checkpoint(name)


def test_shipped_files_are_small() -> None:
    for file in ("resnet9_coloured.npz", "lstm_course.npz", "course_text.txt.gz"):
        assert (datasets.SHIPPED_FOLDER / file).stat().st_size < 500_000


def test_tiles_share_a_given_weight_of_full_scale() -> None:
    weights = np.zeros((4, 300))
    weights[:, :150], weights[:, 150:] = 1.0, 0.25

    def perfect(index: int) -> Core:
        return BUDGET["floating point"].core(0, index, 2, 1.0)

    own = TiledMatrix(weights, perfect)
    shared = TiledMatrix(weights, perfect, w_max=2.0)
    top = own.cores[0].device.g_max
    peaks = [core.at(0.0).crossbar.conductance.max() / top for core in own.cores]
    assert peaks == pytest.approx([1.0, 1.0])
    peaks = [core.at(0.0).crossbar.conductance.max() / top for core in shared.cores]
    assert peaks == pytest.approx([0.5, 0.125])
    np.testing.assert_allclose(shared.at(0.0).weights(), weights, atol=1e-9)
