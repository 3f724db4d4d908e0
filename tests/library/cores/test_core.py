"""A core is used like a matrix, remembers its devices, and says so when it cannot."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import aimc
from aimc.circuits import ADC, DAC, DifferentialPair, Periphery
from aimc.devices import IdealDevice, pcm_2019, pcm_hermes


def weights(shape: tuple[int, int] = (30, 50), seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-2, 2, shape)


def test_ideal_core_multiplies_exactly() -> None:
    w, x = weights(), weights((50, 8), 1)
    core = aimc.presets.ideal().program(w)
    np.testing.assert_allclose(core @ x, w @ x, rtol=1e-12)
    np.testing.assert_allclose(core @ x[:, 0], w @ x[:, 0], rtol=1e-12)
    np.testing.assert_allclose(core.forward(x.T), x.T @ w.T, rtol=1e-12)
    assert core.forward(np.ones((2, 3, 50))).shape == (2, 3, 30)


def test_one_minute_example() -> None:
    core = aimc.presets.hermes(serial=7)
    w = np.random.default_rng(0).uniform(-1, 1, (256, 256))
    x = np.random.default_rng(1).uniform(-1, 1, 256)
    core.program(w)
    y = core @ x
    error = np.linalg.norm(y - w @ x) / np.linalg.norm(w @ x)
    assert 0.06 < error < 0.14


def test_same_serial_same_chip_and_every_core_its_own() -> None:
    w = weights()

    def conductance(**place: int) -> np.ndarray:
        return aimc.presets.hermes(**place).program(w).state.g_programmed

    np.testing.assert_array_equal(conductance(serial=7), conductance(serial=7))
    assert not np.array_equal(conductance(serial=7), conductance(serial=8))
    assert not np.array_equal(conductance(serial=7), conductance(serial=7, index=1))


def test_known_serial_gives_known_devices() -> None:
    """The promise "same serial, same chip" holds between machines and versions, not just runs."""
    state = aimc.presets.hermes(serial=7).program(np.full((1, 3), 0.5), w_max=1.0).state
    got = state.g_programmed[0, 0, 0, 0] * 1e6
    np.testing.assert_allclose(got, KNOWN_CONDUCTANCES, rtol=1e-6)


KNOWN_CONDUCTANCES = (10.80199476001626, 9.275529730108582, 11.395559360168175)  # microsiemens


def test_reprogramming_makes_new_errors_reading_makes_new_noise() -> None:
    w, x = weights((8, 8)), np.linspace(-1, 1, 8)
    core = aimc.presets.hermes(serial=1).program(w)
    first = core.state.g_programmed.copy()
    assert not np.array_equal(core @ x, core @ x)
    np.testing.assert_array_equal(core.state.g_programmed, first)
    assert not np.array_equal(core.program(w).state.g_programmed, first)


def test_whole_history_is_reproducible() -> None:
    def history() -> list[np.ndarray]:
        core = aimc.presets.hermes(serial=3).program(weights())
        x = np.linspace(-1, 1, 50)
        return [core @ x, core @ x, core.at(3600) @ x, core.program(weights(seed=5)) @ x]

    for one, two in zip(history(), history(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_outputs_scale_with_their_own_range() -> None:
    w = weights() * np.logspace(-3, 0, 30)[:, None]
    per_output = np.abs(w).max(axis=1)
    x = np.random.default_rng(3).uniform(-1, 1, (200, 50))
    errors = []
    for w_max in (None, per_output):
        y = aimc.presets.hermes(serial=2).program(w, w_max=w_max).forward(x)
        errors.append(np.linalg.norm(y - x @ w.T, axis=0) / np.linalg.norm(x @ w.T, axis=0))
    assert errors[1].max() < 0.35  # every output is usable ...
    assert errors[0].max() > 3.0  # ... whereas one range for all drowns the small ones
    assert errors[1][-1] == pytest.approx(errors[0][-1], rel=0.3)


def test_drift_shrinks_outputs_and_at_keeps_the_core() -> None:
    w, x = weights(), np.random.default_rng(4).uniform(-1, 1, (500, 50))
    core = aimc.presets.hermes(serial=4).program(w)
    sizes = [np.linalg.norm(core.at(t).forward(x)) for t in (0.0, 3600.0, 86400.0, 3e7)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] < 0.85 * sizes[0]
    np.testing.assert_array_equal(core.at(60).weights(), core.at(60).weights())


def test_gain_is_a_digital_factor() -> None:
    core = aimc.presets.hermes(serial=4).program(weights())
    np.testing.assert_allclose(core.at(9, gain=2.0).weights(), 2 * core.at(9).weights())


def test_zero_weights_can_be_programmed() -> None:
    core = aimc.presets.ideal().program(np.zeros((3, 4)))
    np.testing.assert_array_equal(core @ np.ones(4), np.zeros(3))


def test_utilisation_counts_cells() -> None:
    core = aimc.presets.hermes().program(weights((128, 64)))
    assert core.utilisation == pytest.approx(128 * 64 / 65536)
    assert core.shape == (128, 64)
    assert "holds (128, 64)" in repr(core)


def test_unprogrammed_core_says_so() -> None:
    core = aimc.presets.hermes()
    for use in (lambda: core @ np.ones(4), lambda: core.at(1.0), lambda: core.state):
        with pytest.raises(aimc.UnprogrammedError, match="program"):
            use()


def test_a_clipped_input_is_not_silent() -> None:
    core = aimc.presets.hermes().program(weights())
    with pytest.warns(aimc.RangeWarning, match=r"inputs lie beyond input_range=1"):
        core.forward(np.full((3, 50), 1.5))


def test_saturated_converters_are_not_silent() -> None:
    core = aimc.presets.hermes().program(np.ones((4, 200)))
    with pytest.warns(aimc.RangeWarning, match=r"adc.i_max=0.0001 A") as caught:
        y = core @ np.ones(200)
    assert caught[0].filename == __file__  # it points at the caller, not into the library
    assert np.all(y < 0.5 * 200)


def test_per_vector_range_makes_scale_irrelevant() -> None:
    periphery = Periphery(DAC(8), ADC(10, 50e-6), input_range=None, read_noise=False)
    core = aimc.Core(pcm_hermes(1), DifferentialPair(), periphery).program(weights())
    x = np.random.default_rng(1).uniform(-1, 1, (5, 50))
    np.testing.assert_allclose(core.forward(1e-3 * x), 1e-3 * core.forward(x), rtol=1e-9)
    np.testing.assert_array_equal(core.forward(np.zeros((1, 50))), np.zeros((1, 30)))


def test_tiles_add_up_to_the_matrix() -> None:
    w, x = weights((300, 700)), weights((700, 5), 1)
    tiled = aimc.TiledMatrix(w, lambda k: aimc.presets.ideal())
    assert len(tiled.cores) == 2 * 3
    np.testing.assert_allclose(tiled @ x, w @ x, rtol=1e-10)
    np.testing.assert_allclose(tiled.at(60).weights(), w, rtol=1e-10)
    sizes = {core.shape for core in tiled.cores}
    assert all(abs(a - 150) <= 1 and abs(b - 700 / 3) < 1 for a, b in sizes)
    assert tiled.utilisation == pytest.approx(300 * 700 / (6 * 65536))


def test_tiles_of_one_chip_are_different_devices() -> None:
    w = np.tile(weights((10, 256)), (1, 2))
    tiled = aimc.TiledMatrix(w, lambda k: aimc.presets.hermes(5, index=k))
    a, b = (core.state.g_programmed for core in tiled.cores)
    assert not np.array_equal(a, b)


def test_tiles_on_the_same_devices_are_refused() -> None:
    w, noisy = np.ones((20, 600)), Periphery(output_noise=1e-7)
    one = aimc.presets.ideal()
    for make_core, message in (
        (lambda k: one, "the same core is given for parts 0 and 1"),
        (
            lambda k: aimc.presets.hermes(serial=1),
            "core 0 of chip 1 is given for parts 0 and 1",
        ),
        (lambda k: aimc.Core(IdealDevice(), periphery=noisy), "core 0 of chip 0"),
    ):
        with pytest.raises(ValueError, match=message):
            aimc.TiledMatrix(w, make_core)
    with pytest.raises(TypeError, match="needs a Core, got int"):
        aimc.TiledMatrix(w, lambda k: k or aimc.presets.ideal())  # type: ignore


@pytest.mark.parametrize("gain", [np.float32(2.0), np.float64(2.0), 2, [2.0, 2.0, 2.0]])
def test_a_gain_of_any_kind_of_number(gain: Any) -> None:
    w = weights((30, 600))
    tiled = aimc.TiledMatrix(w, lambda k: aimc.presets.ideal())
    np.testing.assert_allclose(tiled.at(0.0, gain).weights(), 2 * w, rtol=1e-12)


@pytest.mark.parametrize("adc", ["uniform", "cco"])
def test_weights_of_half_precision_are_held_in_single(adc: str) -> None:
    """Variances of 1e-14 S^2 vanish in 16 bits, and 1e-5 S has hardly any digits."""
    w, x = weights(), np.random.default_rng(6).uniform(-1, 1, (40, 50))
    outputs, variances = {}, {}
    for kind in (np.float16, np.float64):
        core = aimc.presets.hermes(serial=2, adc=adc, precision="float32").program(
            w.astype(np.float16).astype(kind)
        )
        outputs[kind] = core.forward(x.astype(kind))
        variances[kind] = core.at(0.0).crossbar.read_variance
    assert outputs[np.float16].dtype == np.float32
    np.testing.assert_allclose(*variances.values(), rtol=1e-3)
    # the same devices and the same draws: what is left are inputs of 16 bits
    difference = np.std(outputs[np.float16] - outputs[np.float64])
    assert difference < 0.02 * np.std(outputs[np.float64])


@pytest.mark.torch
@pytest.mark.parametrize("kind", ["float16", "bfloat16"])
def test_half_precision_of_torch(kind: str) -> None:
    torch = pytest.importorskip("torch")
    w = torch.from_numpy(weights()).to(getattr(torch, kind)).requires_grad_()
    core = aimc.presets.hermes(serial=2).program(w)
    x = torch.linspace(-1, 1, 50)
    y = core.forward(x.to(w.dtype))
    exact, got = w.detach().float() @ x, y.detach()
    assert y.dtype == torch.float32
    assert 0 < float((got - exact).norm() / exact.norm()) < 0.3
    y.sum().backward()
    assert w.grad.dtype == w.dtype
    assert bool(w.grad.isfinite().all())


def test_cores_of_2022_may_stand_side_by_side() -> None:
    w = weights((10, 256))
    cores = [aimc.presets.khaddam2022(3, index=k).program(w) for k in (0, 0, 1)]
    states = [core.state.g_programmed for core in cores]
    gains = [core.periphery.adc.gain for core in cores]
    for first, same, other in (states, gains):
        np.testing.assert_array_equal(first, same)
        assert not np.array_equal(first, other)


def test_the_core_of_2022_knows_of_no_later_time() -> None:
    core = aimc.presets.khaddam2022(3).program(weights())
    with pytest.warns(aimc.RangeWarning, match="stands for"):
        core.at("1 d").weights()


def test_citations_name_papers_behind_any_object() -> None:
    core = aimc.presets.hermes().program(weights())
    assert aimc.citations(core)[0] == "legallo2023hermes"
    assert "khaddam2022hermes" in aimc.citations(core.at(60))
    tiled = aimc.TiledMatrix(weights(), lambda k: aimc.presets.joshi2020(k))
    assert "nandakumar2019models" in aimc.citations(tiled)
    assert aimc.citations(IdealDevice()) == ()


def test_switching_off_every_effect_leaves_converters_only() -> None:
    device = pcm_hermes(2).without("programming_noise", "drift", "read_noise")
    periphery = Periphery(input_range=1.0)
    core = aimc.Core(device, periphery=periphery).program(weights())
    x = np.random.default_rng(1).uniform(-1, 1, (5, 50))
    np.testing.assert_allclose(core.at(1e6).forward(x), x @ weights().T, rtol=1e-10)
    coarse = aimc.Core(device, periphery=replace(periphery, dac=DAC(3))).program(weights())
    assert np.linalg.norm(coarse.forward(x) - x @ weights().T) > 0.01


def test_a_chips_draws_are_not_those_of_a_plain_generator_of_its_number() -> None:
    """Weights drawn with the seed that is the serial number must not line up with the errors."""
    targets = 0.5 * pcm_2019().g_max * np.ones((1, 1, 2, 8, 8))
    plain = pcm_2019().program(targets, np.random.default_rng(7)).g_programmed
    core = aimc.presets.joshi2020(serial=7).program(0.5 * np.ones((8, 8)), w_max=1.0)
    used = core.state.g_programmed[0, 0, 0]
    assert np.abs(plain[0, 0, 0] - used).min() > 0


def test_a_view_of_a_quiet_core_is_noisy_once_the_core_is() -> None:
    core = aimc.presets.hermes(serial=4).program(weights())
    noisy, circuits = core.at(3600.0), core.periphery
    core.periphery = replace(circuits, read_noise=False)
    view = core.at(3600.0)
    assert not np.any(view.crossbar.read_variance)
    core.periphery = circuits
    x = np.random.default_rng(8).uniform(-1, 1, (4, 50))
    np.testing.assert_array_equal(view.forward(x, rng=3), noisy.forward(x, rng=3))


def test_a_core_takes_another_state_of_its_devices() -> None:
    core = aimc.presets.ideal().program(np.array([[0.5, -1.0], [0.25, 0.0]]))
    before = core.weights()
    state = core.state
    core.replace_state(replace(state, g_programmed=0.5 * state.g_programmed))
    np.testing.assert_allclose(core.weights(), 0.5 * before)
    assert core.shape == (2, 2)
    np.testing.assert_array_equal(core.w_max, [1.0, 1.0])


def test_a_state_of_other_weights_is_refused() -> None:
    core = aimc.presets.ideal()
    with pytest.raises(aimc.UnprogrammedError):
        core.replace_state(aimc.presets.ideal().program(np.eye(2)).state)
    core.program(np.eye(3))
    with pytest.raises(ValueError, match=r"state has devices of shape \(1, 1, 2, 2, 2\)"):
        core.replace_state(aimc.presets.ideal().program(np.eye(2)).state)


@pytest.mark.parametrize("w_max", [1.0, np.array([1.0, 2.0])], ids=["one", "each output"])
def test_a_weight_just_above_its_range_is_refused(w_max: float | np.ndarray) -> None:
    w = np.array([[0.3, -1.0], [0.2, -0.9]])
    core = aimc.presets.ideal().program(w, w_max=w_max)
    with pytest.raises(ValueError, match=r"is too small: the largest weight is 1\.01 times"):
        core.program(1.01 * w, w_max=w_max)
    np.testing.assert_allclose(core.weights(), w)
