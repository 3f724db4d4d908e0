from functools import cache
from pathlib import Path

import numpy as np
import pytest

from aimc import datasets, presets
from aimc.datasets import files
from aimc.networks import BARS, CharLSTM, layers_at, measure_bars
from aimc.recovery.evaluation.flaws import Flawed, has_flaw
from aimc.validation import RangeWarning

pytestmark = pytest.mark.native("it repeats for long what other tests run there")


@cache
def network() -> CharLSTM:
    return CharLSTM()


@cache
def text() -> np.ndarray:
    return network().held_out(streams=40, steps=160)


def test_bars_switch_what_they_say() -> None:
    cores = {name: make(serial=1) for name, make in BARS.items()}
    w = np.random.default_rng(0).uniform(-1, 1, (40, 60)).astype(np.float32)
    errors = {
        name: np.abs(core.program(w, 1.0).at(0.0).weights() - w).max()
        for name, core in cores.items()
    }
    assert errors["floating point"] < 1e-6
    assert errors["quantisation"] < 1e-6
    assert errors["weight noise"] == errors["both"] == errors["chip"] > 0.05
    for flaw in ("input converter", "output converter"):
        having = [name for name, core in cores.items() if has_flaw(core, flaw)]
        assert having == ["quantisation", "both", "chip"]
    assert [name for name, core in cores.items() if has_flaw(core, "read noise")] == ["chip"]


def test_what_is_not_clipped_is_not_said_to_be(recwarn: pytest.WarningsRecorder) -> None:
    core = BARS["floating point"](serial=1).program(np.ones((40, 256)), 1.0)
    x = np.full(256, 8.0)
    np.testing.assert_allclose(core.at(0.0) @ x, np.full(40, 256 * 8.0))
    assert not recwarn.list
    with pytest.warns(RangeWarning):
        BARS["quantisation"](serial=1).program(np.ones((40, 256)), 1.0).at(0.0) @ x


@pytest.mark.slow
def test_there_is_one_value_per_chip_and_bar() -> None:
    budget = measure_bars(
        network(),
        lambda compute: network().bits_per_character(text(), compute),
        range(3),
        devices=1,
    )
    assert list(budget) == ["floating point", "quantisation", "weight noise", "both", "chip"]
    assert all(values.shape == (3,) for values in budget.values())
    assert np.ptp(budget["floating point"]) == np.ptp(budget["quantisation"]) == 0
    assert np.ptp(budget["chip"]) > 0
    assert budget["chip"].mean() > budget["both"].mean()  # read noise on the same devices
    exact = network().bits_per_character(text())
    assert budget["floating point"][0] == pytest.approx(exact, abs=1e-5)


def test_an_unknown_bar_is_refused() -> None:
    with pytest.raises(ValueError, match="bars='noise' is not allowed: choose one of"):
        measure_bars(network(), lambda compute: 0.0, bars=["noise"])


def test_reading_noise_is_of_the_moment_or_fresh() -> None:
    rng = np.random.default_rng(3)
    x = {
        "input gates": rng.uniform(-1, 1, (300, 32)).astype(np.float32),
        "hidden gates": rng.uniform(-1, 1, (300, network().hidden)).astype(np.float32),
    }
    errors = {}
    for kind in ("split", "momentary", "fresh", "none"):
        noisy = Flawed(presets.hermes, ("input converter", "output converter"))
        hardware = BARS["weight noise"] if kind == "none" else noisy
        noise = "split" if kind == "none" else kind
        compute = layers_at(network(), 2, hardware, t=60.0, read_noise=noise)
        first, second = compute(x), compute(x)
        # Only what is fresh of the noise differs between two passes of the same inputs.
        assert (np.abs(first - second).max() > 0.01) == (kind in ("fresh", "split"))
        errors[kind] = np.std(first - network().digital(x))
    assert errors["momentary"] == pytest.approx(errors["fresh"], rel=0.1)
    assert errors["split"] == pytest.approx(errors["fresh"], rel=0.1)
    assert errors["none"] < 0.97 * errors["fresh"]


def test_hardware_refuses_what_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="noise='white' is not allowed"):
        layers_at(network(), read_noise="white")
    with pytest.raises(ValueError, match="devices=3"):
        layers_at(network(), devices=3)
    with pytest.raises(ValueError, match="off='dust' is not allowed"):
        Flawed(presets.hermes, ("dust",))


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
