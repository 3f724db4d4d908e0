"""Devices that are drawn again when they are read: the same as those kept, in less room."""

import copy
import gc
import importlib
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import aimc
from aimc.circuits import BitSliced, DifferentialPair, Periphery
from aimc.cores import Core, Matrix, spread
from aimc.devices import (
    Ambient,
    ConductanceState,
    Device,
    Faulty,
    IdealDevice,
    TemperatureProfile,
    pcm_2019,
    pcm_2025,
    pcm_hermes,
    projected,
    reram_wan2022,
)

W = np.random.default_rng(0).uniform(-1, 1, (40, 50))
X = np.random.default_rng(1).uniform(-1, 1, (5, 50))
Y = np.random.default_rng(2).uniform(-1, 1, (5, 40))
HOUR = 3600.0

DEVICES: dict[str, Callable[[int], Device]] = {
    "ideal": lambda k: IdealDevice(),
    "2019": lambda k: pcm_2019(),
    "HERMES, one": lambda k: pcm_hermes(1),
    "HERMES, two": lambda k: pcm_hermes(2),
    "projected": lambda k: projected(pcm_2019(), 0.2),
    "2025": lambda k: pcm_2025(),
    "ReRAM": lambda k: reram_wan2022(),
    "faulty": lambda k: Faulty(pcm_hermes(2), 0.02, 0.02, 7, k, 2),
    "warm": lambda k: Ambient(pcm_2019(), TemperatureProfile.constant(330.0)),
}


def matrix(device: str = "HERMES, two", **options: Any) -> Matrix:
    def make(k: int) -> Core:
        return Core(DEVICES[device](k), rows=30, columns=30, serial=7, index=k, **options)

    return Matrix(*spread(W.shape, make))


def seen(found: Any, t: float) -> list[Any]:
    """Return all that can be read of a matrix at one time after its programming."""
    view = found.at(t)
    return [
        view.forward(found.own(X)),
        view.forward(found.own(X)),
        view.in_a_row(found.own(X), 3),
        view.weights(),
        view.weights(noise=True),
        view.T.forward(found.own(Y)),
        found.at(t, noise="momentary").forward(found.own(X)),
        view[2:35, ::2].forward(found.own(X)[:, ::2]),
    ]


def same(library: Callable[[np.ndarray], Any], device: str, **options: Any) -> None:
    t = 0.0 if device == "2025" else HOUR
    results = []
    for keep in (True, False):
        found: Any = matrix(device, **options)
        found.own = library
        found.program(found.own(W), keep=keep)
        assert isinstance(found.cores[0].held, ConductanceState) is keep
        first = [found.forward(found.own(X)), *seen(found, 0.0), *seen(found, t)]
        again = found.program(found.own(W[::-1].copy()), keep=keep)
        states = [getattr(core.state, name) for core in again.cores for name in NAMES]
        results.append([*first, again.forward(found.own(X)), *states])
    for kept, drawn in zip(*results, strict=True):
        np.testing.assert_array_equal(np.asarray(kept), np.asarray(drawn))


NAMES = ("g_target", "g_programmed", "drift_exponent")


@pytest.mark.parametrize("device", DEVICES)
def test_devices_drawn_again_are_those_that_are_kept(device: str) -> None:
    same(np.asarray, device)


@pytest.mark.torch
@pytest.mark.parametrize("device", DEVICES)
def test_devices_drawn_again_are_those_that_are_kept_in_torch(device: str) -> None:
    import torch

    same(lambda array: torch.from_numpy(np.ascontiguousarray(array)).float(), device)


@pytest.mark.parametrize(
    "options",
    [
        {"cell": BitSliced()},
        {"cell": DifferentialPair(2)},
        {"periphery": Periphery(read_mode="1-phase", polarity_asymmetry=0.1)},
        {"periphery": Periphery(convert_each_phase=True)},
        {"periphery": Periphery(read_noise=False, offset_spread=0.02)},
    ],
)
def test_it_holds_for_other_cells_and_circuits(options: dict[str, Any]) -> None:
    same(np.asarray, "2019", **options)


def test_a_view_follows_what_was_programmed_since() -> None:
    results = []
    for keep in (True, False):
        found = matrix().program(W, keep=keep)
        early = found.at(HOUR)
        first = early.forward(X)
        found.program(-W, keep=keep)
        results.append([first, early.forward(X), early.weights(noise=True)])
    for kept, drawn in zip(*results, strict=True):
        np.testing.assert_array_equal(kept, drawn)


def test_circuits_may_change_between_products() -> None:
    results = []
    for keep in (True, False):
        found = matrix().program(W, keep=keep).go_to(HOUR)
        results.append([X @ found.T, found.forward(X)])
        for core in found.cores:
            core.periphery = Periphery(read_noise=False)
        results[-1].append(found.forward(X))
    for kept, drawn in zip(*results, strict=True):
        np.testing.assert_array_equal(kept, drawn)


def test_noise_as_a_process_belongs_to_devices_that_are_drawn_again() -> None:
    found = matrix().program(W, keep=False)
    noises = [core.read_noise() for core in found.cores]
    kept = matrix().program(W)
    same_noises = [core.read_noise() for core in kept.cores]
    for t in (10.0, HOUR):
        one, other = found.at(t, noise=noises), kept.at(t, noise=same_noises)
        np.testing.assert_array_equal(one.forward(X), other.forward(X))
    found.program(W, keep=False)
    with pytest.raises(ValueError, match="noise belongs to"):
        found.at(HOUR, noise=noises)


def test_compensation_needs_no_kept_state_and_notices_new_weights() -> None:
    from aimc.recovery.compensation import compensation

    results = []
    for keep in (True, False):
        found = matrix().program(W, keep=keep)
        method = compensation("global")
        method.prepare(found)
        method.apply(found, HOUR)
        results.append(found.forward(X))
        found.program(W, keep=keep)
        with pytest.raises(ValueError, match="other weights"):
            method.apply(found, HOUR)
    np.testing.assert_array_equal(*results)


def test_copies_hold_the_same_devices() -> None:
    found = matrix().program(W, keep=False).go_to(HOUR)
    for twin in (copy.deepcopy(found), pickle.loads(pickle.dumps(found))):
        np.testing.assert_array_equal(twin.weights(), found.weights())


def test_a_process_of_read_noise_is_copied_with_its_devices() -> None:
    found = matrix().program(W, keep=False)
    processes = [core.read_noise() for core in found.cores]
    twin, its = copy.deepcopy((found, processes))
    np.testing.assert_array_equal(
        found.at(HOUR, noise=processes).weights(noise=True),
        twin.at(HOUR, noise=its).weights(noise=True),
    )
    with pytest.raises(ValueError, match="noise belongs to another core"):
        matrix().program(W[::-1].copy(), keep=False).at(HOUR, noise=its)


def test_an_array_may_be_overwritten_after_it_was_programmed() -> None:
    given = W.copy()
    found = matrix().program(given, keep=False)
    before = found.weights()
    given[:] = 0.0
    np.testing.assert_array_equal(found.weights(), before)


def draws(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows with each core whose devices are drawn, by its size."""
    import aimc.cores.redrawn as redrawn

    found: list[int] = []
    really = redrawn.drawn_devices

    def counted(device: Any, cell: Any, weights: Any, *others: Any) -> ConductanceState:
        found.append(weights.size)
        return really(device, cell, weights, *others)

    monkeypatch.setattr(redrawn, "drawn_devices", counted)
    return found


def test_devices_are_drawn_once_for_a_time_from_either_side(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for product in (lambda each: each.forward(X), lambda each: Y @ each):
        found = matrix().program(W, keep=False)
        found.forward(X)
        drawn = draws(monkeypatch)
        at_time = found.at(HOUR)
        product(at_time)
        product(at_time)
        assert sum(drawn) == W.size


def test_what_is_written_again_is_drawn_again_as_well() -> None:
    found = matrix().program(W, keep=False)
    before = found.weights()
    found.program()
    assert not any(isinstance(core.held, ConductanceState) for core in found.cores)
    kept = matrix().program(W)
    kept.program()
    assert np.abs(found.weights() - before).max() > 0.01
    np.testing.assert_allclose(found.weights(), kept.weights(), rtol=1e-9, atol=1e-12)
    for keep in (True, False):
        with pytest.raises(TypeError, match=f"keep={keep} is not allowed without weights"):
            found.program(keep=keep)


@pytest.mark.parametrize("size", [10, 300])
def test_keep_is_obeyed_whether_or_not_one_core_is_enough(size: int) -> None:
    weights = np.random.default_rng(0).uniform(-1, 1, (size, 20))
    for keep in (True, False, None):
        found = aimc.program(weights, "hermes", serial=3, keep=keep)
        kept = isinstance(found.cores[0].held, ConductanceState)
        assert kept is (keep is not False)
        reference = aimc.program(weights, "hermes", serial=3)
        np.testing.assert_array_equal(found.at(HOUR).weights(), reference.at(HOUR).weights())


def test_cores_of_one_kind_share_what_stands_for_their_devices() -> None:
    found = matrix().program(W, keep=False)
    assert len({id(core.sample) for core in found.cores}) == 1
    unlike = matrix("faulty").program(W, keep=False)  # its faults are those of each core
    assert len({id(core.sample) for core in unlike.cores}) == len(unlike.cores)


def test_a_time_that_devices_do_not_know_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="age="):
        matrix("ReRAM").program(W, keep=False).at(1e9)


def test_states_from_a_loop_are_kept() -> None:
    found = matrix().program(W, keep=False)
    core = found.cores[0]
    core.replace_state(core.state)
    assert core.held is core.state


def layer(width: int = 40, **options: Any) -> Any:
    import torch

    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(width, width))
    return aimc.nn.convert(model, aimc.presets.hermes, serial=3, **options)


@pytest.mark.torch
def test_weights_of_a_layer_must_not_change_before_its_devices_are_read() -> None:
    import torch

    model, x = layer(), torch.rand(3, 40)
    aimc.nn.program(model, keep=False)
    before = model(x)
    with torch.no_grad():
        model[0].weight.add_(0.1)
    with pytest.warns(aimc.nn.StaleWeightsWarning):
        assert model(x).shape == before.shape  # what was drawn already still multiplies
    aimc.nn.at(model, HOUR)
    with pytest.warns(aimc.nn.StaleWeightsWarning), pytest.raises(ValueError, match="keep=True"):
        model(x)
    aimc.nn.program(model, keep=False)
    assert model(x).shape == before.shape


@pytest.mark.torch
@pytest.mark.filterwarnings("error")
def test_the_same_weights_loaded_again_are_no_change() -> None:
    import torch

    model, x = layer(), torch.rand(3, 40)
    aimc.nn.program(model, keep=False)
    before = aimc.nn.at(model, HOUR)[0].matrix().weights()
    model.load_state_dict(copy.deepcopy(model.state_dict()))
    model(x)
    np.testing.assert_array_equal(before, copy.deepcopy(model)[0].matrix().weights())
    model.double()
    model(x.double())


def held_bytes(root: Any) -> int:
    """Return the bytes of all arrays and tensors that can be reached from an object."""
    import torch

    memories: dict[int, int] = {}
    met, ahead = {id(root)}, [root]
    while ahead:
        one = ahead.pop()
        if isinstance(one, torch.Tensor):
            memory = one.untyped_storage()
            memories[memory.data_ptr()] = memory.nbytes()
        elif isinstance(one, np.ndarray):
            base = one if one.base is None else one.base
            if isinstance(base, np.ndarray):
                memories[base.ctypes.data] = base.nbytes
        kinds = (type, type(gc), type(held_bytes))
        for other in gc.get_referents(one):
            if id(other) not in met and not isinstance(other, kinds):
                met.add(id(other))
                ahead.append(other)
    return sum(memories.values())


@pytest.mark.torch
@pytest.mark.parametrize(
    ("dtype", "options", "bound"),
    [("float32", {}, 12.0), ("bfloat16", {"precision": "bfloat16"}, 6.0)],
)
def test_a_programmed_layer_holds_weights_conductances_and_variances_only(
    dtype: str, options: dict[str, Any], bound: float
) -> None:
    import torch

    from aimc.backend import supports

    if not supports(options.get("precision", "float32"), torch.zeros(1)):
        pytest.skip("this processor does not multiply in bfloat16")
    width = 512
    model = layer(width, **options).to(getattr(torch, dtype))
    x = torch.rand(4, width, dtype=getattr(torch, dtype))
    with torch.no_grad():
        aimc.nn.program(model, keep=False)
        for t in (HOUR, 86400.0):
            aimc.nn.at(model, t)(x)
            gc.collect()
            # what each output has of its own, and the circuits, take 2 % more
            assert held_bytes(model) / width**2 < 1.02 * bound


@pytest.mark.torch
def test_the_size_of_the_whole_model_decides_whether_devices_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import torch

    monkeypatch.setattr(importlib.import_module("aimc.nn.convert"), "KEPT", 150)
    for layers, kept in ((1, True), (2, False)):
        squares = [torch.nn.Linear(10, 10) for _ in range(layers)]
        model = aimc.convert(torch.nn.Sequential(*squares), "hermes")
        aimc.program(model)
        assert isinstance(model[0].cores[0].held, ConductanceState) is kept
