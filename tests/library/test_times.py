"""Times are numbers of seconds or words, wherever a time since programming is taken."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import aimc
from aimc.backend import to_numpy
from aimc.cores import TiledMatrix
from aimc.devices import TemperatureProfile, pcm_hermes
from aimc.devices.weight_noise import weight_space_moments
from aimc.recovery.compensation import drift_factor, drift_gain, global_drift_compensation
from aimc.recovery.precision import Copies

W = np.random.default_rng(0).uniform(-1, 1, (12, 10))
X = np.random.default_rng(1).uniform(-1, 1, (5, 10))


def core(index: int = 0) -> aimc.cores.Core:
    return aimc.presets.hermes(serial=3, index=index)


def programmed() -> aimc.cores.Core:
    return core().program(W)


def tiled() -> TiledMatrix:
    return TiledMatrix(W, core)


TAKERS: dict[str, Callable[[Any], Any]] = {
    "core": lambda t: programmed().at(t) @ X.T,
    "crossbar": lambda t: programmed().crossbar(t).conductance,
    "state": lambda t: programmed().state.at(t),
    "read": lambda t: programmed().state.read(t, 5),
    "spread of a read": lambda t: programmed().state.read_noise_std(t),
    "process": lambda t: programmed().read_noise().read(t),
    "tiled matrix": lambda t: tiled().at(t) @ X.T,
    "copies": lambda t: Copies(W, 2, core).at(t).forward(X),
    "drift factor": lambda t: drift_factor(programmed(), t),
    "drift gain": lambda t: drift_gain(programmed(), t),
    "compensation": lambda t: global_drift_compensation(tiled(), t) @ X.T,
    "moments": lambda t: weight_space_moments(pcm_hermes(1), W, t),
    "temperature": lambda t: TemperatureProfile((0.0, 3600.0), (300.0, 330.0)).at(t),
}


@pytest.mark.parametrize("taker", TAKERS)
def test_a_time_in_words_is_a_time_in_seconds(taker: str) -> None:
    take = TAKERS[taker]
    in_words, in_seconds = take("1 d"), take(86400.0)
    np.testing.assert_array_equal(to_numpy(in_words), to_numpy(in_seconds))
    assert not np.array_equal(to_numpy(in_words), to_numpy(take(0.0)))


@pytest.mark.parametrize("taker", TAKERS)
def test_what_is_no_time_is_named(taker: str) -> None:
    with pytest.raises(ValueError, match="t='soon' is no time"):
        TAKERS[taker]("soon")
    with pytest.raises(ValueError, match="t=-1"):
        TAKERS[taker](-1.0)


@pytest.mark.torch
def test_models_and_chips_take_words_too() -> None:
    torch = pytest.importorskip("torch")
    x = torch.tensor(X, dtype=torch.float32)
    model = torch.nn.Sequential(torch.nn.Linear(10, 12))

    def analog() -> Any:
        made = aimc.nn.convert(model, aimc.presets.hermes, serial=3)
        aimc.nn.calibrate(made, [x])
        aimc.nn.program(made)
        return made

    def of_model(t: float | str) -> Any:
        made = analog()
        aimc.nn.at(made, t)
        return made(x).detach()

    def of_chip(t: float | str) -> Any:
        chip = aimc.chip.Chip(serial=3)
        chip.map(analog(), x)
        chip.program()
        return chip.at(t).run(x)

    assert torch.equal(of_model("1 d"), of_model(86400.0))
    runs = of_chip("1 d"), of_chip(86400.0)
    assert torch.equal(*(run.outputs for run in runs))
    assert runs[0].t == runs[1].t == 86400.0
