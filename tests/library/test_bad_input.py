"""A wrong argument gives an error that names it. One line per way to go wrong."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import aimc
from aimc import backend, datasets, published, statistics
from aimc.circuits import (
    ADC,
    DAC,
    BitSliced,
    DifferentialPair,
    Periphery,
    best_scale,
    decompose,
    digital_mvm,
    equivalent_bits,
    levels_per_sign,
    mvm_error,
    quantise,
    random_sparse_uniform,
)
from aimc.cores import even_parts
from aimc.devices import IdealDevice, StatisticalPCM, pcm_2019, pcm_hermes
from aimc.networks import mlp
from aimc.plots import Bars, Chart, Line, Points, Rule, draw
from aimc_course.explorers import Choice, Slider, SliderGrid, Toggle
from aimc_course.explorers.concepts.crossbar import CROSSBAR

W = np.random.default_rng(0).uniform(-1, 1, (4, 6))
X = np.ones((3, 6))


def programmed() -> aimc.Core:
    return aimc.presets.hermes(serial=1).program(W)


def tiled() -> aimc.TiledMatrix:
    return aimc.TiledMatrix(W, lambda k: aimc.presets.hermes(1, index=k))


BAD: list[tuple[str, Callable[[], Any], type[Exception]]] = [
    # devices
    ("g_max", lambda: IdealDevice(g_max=0.0), ValueError),
    ("g_max", lambda: IdealDevice(g_max="25 uS"), TypeError),  # type: ignore[arg-type]
    ("devices", lambda: pcm_hermes(3), ValueError),
    ("effects", lambda: pcm_2019().without("noise"), ValueError),
    ("g_target", lambda: pcm_2019().program(np.array([-1e-6]), 0), ValueError),
    ("g_target", lambda: pcm_2019().program(np.array([30e-6]), 0), ValueError),
    ("g_target", lambda: pcm_2019().program(np.array([math.nan]), 0), ValueError),
    ("g_target", lambda: pcm_2019().program(np.array(["a"]), 0), TypeError),
    ("g_target", lambda: pcm_2019().programming_std(np.array([1.0])), ValueError),
    ("rng", lambda: pcm_2019().program(np.zeros(2), None), TypeError),
    ("rng", lambda: pcm_2019().program(np.zeros(2), -1), ValueError),
    ("rng", lambda: pcm_2019().program(np.zeros(2), "seed"), TypeError),
    ("t=", lambda: pcm_2019().program(np.zeros(2), 0).at(-1.0), ValueError),
    ("t=", lambda: pcm_2019().program(np.zeros(2), 0).at("soon"), ValueError),
    ("t ", lambda: pcm_2019().program(np.zeros(2), 0).at(None), TypeError),  # type: ignore[arg-type]
    ("age", lambda: pcm_2019().drift_factor(np.ones(2), -5.0), ValueError),
    ("t_0", lambda: make_pcm(t_0=0.0), ValueError),
    ("age=0", lambda: make_pcm(t_read=21.0).noise_growth(0), ValueError),
    # unit cells
    ("devices", lambda: DifferentialPair(0), ValueError),
    ("devices", lambda: DifferentialPair(1.5), TypeError),  # type: ignore[arg-type]
    ("slice_bits", lambda: BitSliced(slice_bits=0), ValueError),
    ("slices", lambda: BitSliced(slices=17), ValueError),
    ("slice_bits * slices", lambda: BitSliced(8, 4), ValueError),
    ("w_scaled", lambda: DifferentialPair().split(2 * W, 1e-6), ValueError),
    ("w_scaled", lambda: DifferentialPair().split(W[0], 1e-6), ValueError),
    # converters
    ("bits", lambda: DAC(bits=1), ValueError),
    ("bits", lambda: DAC(bits=8.0), TypeError),  # type: ignore[arg-type]
    ("bits", lambda: DAC(bits=None, encoding="bit_serial"), ValueError),
    ("encoding", lambda: DAC(encoding="PWM"), ValueError),
    ("v_read", lambda: DAC(v_read=-0.2), ValueError),
    ("v_read", lambda: DAC(v_read=200.0), ValueError),
    ("t_slot", lambda: DAC(t_slot=0.0), ValueError),
    ("bits", lambda: ADC(bits=64, i_max=1e-4), ValueError),
    ("i_max", lambda: ADC(bits=8), ValueError),
    ("i_max", lambda: ADC(bits=8, i_max=-1e-4), ValueError),
    ("bits", lambda: levels_per_sign(None), ValueError),  # type: ignore[arg-type]
    ("full_scale", lambda: quantise(W, 8, full_scale=0.0), ValueError),
    ("x", lambda: quantise("W", 8), TypeError),
    # periphery
    ("dac", lambda: Periphery(dac=8), TypeError),  # type: ignore[arg-type]
    ("adc", lambda: Periphery(adc=8), TypeError),  # type: ignore[arg-type]
    ("input_range", lambda: Periphery(input_range=0.0), ValueError),
    ("output_noise", lambda: Periphery(output_noise=-1e-9), ValueError),
    # cores
    ("device", lambda: aimc.Core("PCM"), TypeError),  # type: ignore[arg-type]
    ("cell", lambda: aimc.Core(IdealDevice(), cell=2), TypeError),  # type: ignore[arg-type]
    ("periphery", lambda: aimc.Core(IdealDevice(), periphery=8), TypeError),  # type: ignore[arg-type]
    ("rows", lambda: aimc.Core(IdealDevice(), rows=0), ValueError),
    ("columns", lambda: aimc.Core(IdealDevice(), columns=2.5), TypeError),  # type: ignore[arg-type]
    ("serial", lambda: aimc.presets.hermes(serial=-1), ValueError),
    ("serial", lambda: aimc.presets.hermes(serial="7"), TypeError),  # type: ignore[arg-type]
    ("index", lambda: aimc.presets.hermes(index=-1), ValueError),
    ("devices", lambda: aimc.presets.hermes(devices=4), ValueError),
    ("devices", lambda: aimc.presets.hermes(devices=True), ValueError),
    ("input_range", lambda: aimc.presets.hermes(input_range=-1.0), ValueError),
    ("weights", lambda: aimc.presets.hermes().program(np.ones((300, 10))), ValueError),
    ("weights", lambda: aimc.presets.hermes().program(np.ones(10)), ValueError),
    ("weights", lambda: aimc.presets.hermes().program(np.full((2, 2), math.inf)), ValueError),
    ("weights", lambda: aimc.presets.hermes().program(np.ones((0, 4))), ValueError),
    ("weights", lambda: aimc.presets.hermes().program([[1j]]), TypeError),
    ("w_max", lambda: aimc.presets.hermes().program(W, w_max=0.1), ValueError),
    ("w_max", lambda: aimc.presets.hermes().program(W, w_max=-1.0), ValueError),
    ("w_max", lambda: aimc.presets.hermes().program(W, w_max=np.ones(3)), ValueError),
    ("call core.program", lambda: aimc.presets.hermes() @ np.ones(4), aimc.UnprogrammedError),
    ("x ", lambda: programmed() @ np.ones(5), ValueError),
    ("x ", lambda: programmed() @ np.ones((2, 6, 2)), ValueError),
    ("x ", lambda: programmed().forward(np.full(6, math.nan)), ValueError),
    ("x ", lambda: programmed().forward(np.ones(6) * 1j), TypeError),
    ("t=", lambda: programmed().at(-1.0), ValueError),
    ("gain", lambda: programmed().at(1.0, gain=0.0), ValueError),
    ("rng", lambda: programmed().at(1.0).forward(X, rng=1.5), TypeError),
    ("obj", lambda: aimc.citations(3), TypeError),
    # tiling
    ("weights", lambda: aimc.TiledMatrix(np.ones(4), lambda k: programmed()), ValueError),
    ("make_core", lambda: aimc.TiledMatrix(W, lambda k: IdealDevice()), TypeError),  # type: ignore[arg-type, return-value]
    ("make_core", lambda: aimc.TiledMatrix(W, 5), TypeError),  # type: ignore[arg-type]
    ("gain", lambda: tiled().at(1.0, gain=[1.0, 1.0]), ValueError),
    ("gain", lambda: tiled().at(1.0, gain=None), TypeError),  # type: ignore[arg-type]
    ("gain", lambda: tiled().at(1.0, gain=True), TypeError),
    ("x ", lambda: tiled().forward(np.ones(5)), ValueError),
    ("length", lambda: even_parts(0, 4), ValueError),
    # precision
    ("y ", lambda: mvm_error(X, X[:, :2]), ValueError),
    ("y_exact", lambda: mvm_error(X, 0 * X), ValueError),
    ("y ", lambda: best_scale(0 * X, X), ValueError),
    ("x ", lambda: decompose(X, X, X), ValueError),
    ("error", lambda: equivalent_bits(0.0), ValueError),
    ("zeros", lambda: random_sparse_uniform((2, 2), 0, zeros=1.5), ValueError),
    ("rng", lambda: random_sparse_uniform((2, 2), None), TypeError),
    ("weight_bits", lambda: digital_mvm(W, X, 1), ValueError),
    ("x ", lambda: digital_mvm(W, np.ones((2, 5)), 4), ValueError),
    ("values", lambda: statistics.mean_interval([1.0]), ValueError),
    ("values", lambda: statistics.mean_interval([1.0, math.nan]), ValueError),
    # arrays and generators
    ("arrays", lambda: backend.namespace(3.0, "a"), TypeError),
    ("rng", lambda: backend.as_generator(2.0), TypeError),
    # facts, data, demo
    ("A999", lambda: published.fact("A999"), LookupError),
    ("name", lambda: datasets.load("mnist"), ValueError),
    ("subset", lambda: datasets.load(subset="1k"), ValueError),
    ("name", lambda: datasets.load_checkpoint("resnet"), ValueError),
    ("chips", lambda: mlp.run(chips=1), ValueError),
    # charts and explorers
    ("y ", lambda: Line((1.0, 2.0), (1.0,)), ValueError),
    ("names", lambda: Points((1.0,), (1.0,), names=("a", "b")), ValueError),
    ("heights", lambda: Bars(("a",), (1.0, 2.0)), ValueError),
    ("axis", lambda: Rule(1.0, axis="z"), ValueError),
    ("x_scale", lambda: Chart("t", "x", "y", (), x_scale="ln"), ValueError),
    ("charts", lambda: draw([]), ValueError),
    ("volume", lambda: CROSSBAR.answer(volume=11), ValueError),
    ("a=", lambda: Slider("a", "A", 0, 1, 0.1, 0.5).check(2.0), ValueError),
    ("n=", lambda: Slider("n", "N", 0, 9, 1, 5, integer=True).check(2.5), ValueError),
    ("c=", lambda: Choice("c", "C", ("x", "y"), "x").check("z"), ValueError),
    ("on", lambda: Toggle("on", "On", True).check(1), TypeError),
    (
        "g must",
        lambda: SliderGrid("g", "G", ("r",), ("c",), 0, 1, 0.1, ((0,),)).check([1, 2]),
        ValueError,
    ),
]


def make_pcm(**changes: Any) -> StatisticalPCM:
    from dataclasses import replace

    return replace(pcm_2019(), **changes)


@pytest.mark.parametrize(("names", "call", "kind"), BAD, ids=lambda value: str(value)[:24])
def test_error_names_the_argument(names: str, call: Callable[[], Any], kind: type) -> None:
    with pytest.raises(kind) as caught:
        call()
    assert names.strip() in str(caught.value), str(caught.value)
    assert len(str(caught.value)) > 20


def test_there_are_enough_of_them() -> None:
    assert len(BAD) >= 40


@pytest.mark.parametrize("kind", [DAC, ADC, Periphery, DifferentialPair, BitSliced, IdealDevice])
def test_unknown_options_are_refused(kind: type) -> None:
    with pytest.raises(TypeError, match="bist"):
        kind(bist=8)


@pytest.mark.torch
def test_mixing_libraries_is_refused() -> None:
    torch = pytest.importorskip("torch")
    with pytest.raises(TypeError, match=r"torch\.Generator"):
        pcm_2019().program(np.zeros(3), torch.Generator())
