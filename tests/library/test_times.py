"""Times are numbers of seconds or words, wherever a time since programming is taken."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import aimc
from aimc.backend import to_numpy
from aimc.cores import TiledMatrix
from aimc.devices import (
    Ambient,
    FlickerNoise,
    IdealDevice,
    NoiseInTime,
    TemperatureProfile,
    faulty_hermes,
    pcm_hermes,
    reram_wan2022,
)
from aimc.devices.temperature import effective_age
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
NU = np.array([0.01, 0.05])
G = np.array([5e-6, 2e-5])
DEVICES = {
    "ideal": IdealDevice(),
    "PCM": pcm_hermes(1),
    "ReRAM": reram_wan2022(),
    "faulty": faulty_hermes(serial=1),
    "at a temperature": Ambient(pcm_hermes(2), TemperatureProfile.constant(300.0)),
}
LAW = NoiseInTime(20.0, 1e-6)
# What takes an age or another span: words give what seconds give.
SPANS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    **{f"drift of {k}": ("age", lambda t, d=d: d.drift_factor(NU, t)) for k, d in DEVICES.items()},
    **{
        f"noise of {k}": ("age", lambda t, d=d: d.read_noise_std(G, G, t))
        for k, d in DEVICES.items()
    },
    "growth": ("age", lambda t: pcm_hermes(1).noise_growth(t)),
    "noisy read": ("age", lambda t: pcm_hermes(1).noisy_read(G, NU, t, 3)),
    "fresh share": ("age", lambda t: pcm_hermes(1).fresh_share(t, "1 ms")),
    "share of a read-out": ("readout", lambda t: LAW.fresh_share("1 d", t)),
    "reads in a row": ("spacing", lambda t: LAW.share_in_a_row("1 d", 3, t)),
    "variance": ("elapsed", lambda t: FlickerNoise(1e-6).variance(t)),
    "structure function": ("elapsed", lambda t: FlickerNoise(1e-6).structure_function(1.0, t)),
    "read-out of a core": ("readout", lambda t: aimc.Core(pcm_hermes(1), readout=t).readout),
    "profile": ("times[1]", lambda t: TemperatureProfile((0, t), (300.0, 330.0)).times[1]),
    "spread of ReRAM": ("age", lambda t: reram_wan2022().spread(G, t)),
    "start": (
        "start",
        lambda t: effective_age(TemperatureProfile.constant(330.0), "1 h", start=t),
    ),
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


@pytest.mark.parametrize("taker", SPANS)
def test_ages_and_spans_are_taken_in_words(taker: str) -> None:
    name, take = SPANS[taker]
    np.testing.assert_array_equal(take("1 h"), take(3600.0))
    with pytest.raises(ValueError, match=rf"{re.escape(name)}='soon' is no time: .*'1 d'"):
        take("soon")
    with pytest.raises(ValueError, match=re.escape(f"{name}=-1")):
        take(-1.0)


@pytest.mark.torch
def test_noise_of_training_takes_its_age_in_words() -> None:
    pytest.importorskip("torch")
    from aimc.recovery.training import ProgrammingNoise

    assert ProgrammingNoise(t="1 d").t == 86400.0  # type: ignore[arg-type]


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
