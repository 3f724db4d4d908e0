"""A core from its other side, and parts of it: the same devices, and what the circuits do."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import aimc
from aimc.circuits import ADC, DAC, Periphery
from aimc.cores.views import Affine
from aimc.devices import IdealDevice, pcm_hermes

W = np.random.default_rng(0).uniform(-1, 1, (30, 50))
X = np.random.default_rng(1).uniform(-1, 1, (7, 50))
Y = np.random.default_rng(2).uniform(-1, 1, (7, 30))


def ideal(weights: np.ndarray = W, **options: Any) -> aimc.Core:
    return aimc.presets.ideal().program(weights, **options)


def hermes(**options: Any) -> aimc.Core:
    return aimc.presets.hermes(serial=3, **options).program(W)


def test_an_ideal_core_multiplies_exactly_from_both_sides() -> None:
    core = ideal()
    np.testing.assert_allclose(Y @ core, Y @ W, rtol=1e-12)
    np.testing.assert_allclose(Y[0] @ core, Y[0] @ W, rtol=1e-12)
    np.testing.assert_allclose(core.T @ Y.T, W.T @ Y.T, rtol=1e-12)
    np.testing.assert_allclose(core.T @ Y[0], W.T @ Y[0], rtol=1e-12)
    np.testing.assert_allclose(X @ core.T, X @ W.T, rtol=1e-12)
    np.testing.assert_allclose([1.0] * 30 @ core, W.sum(axis=0), rtol=1e-12)
    assert core.T.forward(np.ones((2, 3, 30))).shape == (2, 3, 50)
    assert (core.shape, core.T.shape, core.T.T.shape) == ((30, 50), (50, 30), (30, 50))


def test_a_part_of_weights_that_are_smaller_by_now_is_refused() -> None:
    core = ideal()
    part = core[3:9, 10:45]
    core.program(W[:20, :45])
    np.testing.assert_allclose(part.weights(), W[3:9, 10:45], rtol=1e-12)
    for smaller in (W[:5], W[:, :40]):
        core.program(smaller)
        for call in (part.weights, part.T.weights, lambda: part @ np.ones(35)):
            with pytest.raises(ValueError, match="cut it again"):
                call()


def test_ranges_of_outputs_scale_the_inputs_of_a_transposed_read() -> None:
    w = W * np.logspace(-2, 0, 30)[:, None]
    core = ideal(w, w_max=np.abs(w).max(axis=1))
    np.testing.assert_allclose(Y @ core, Y @ w, rtol=1e-12)


def test_both_sides_see_the_same_devices_at_any_time() -> None:
    core = hermes()
    np.testing.assert_array_equal(core.T.weights(), core.weights().T)
    later = core.at(86400, gain=1.2)
    np.testing.assert_array_equal(later.T.weights(), later.weights().T)
    many = np.tile(Y[0], (4000, 1))
    mean = later.T.forward(many).mean(axis=0)
    np.testing.assert_allclose(mean, Y[0] @ later.weights(noise=True), atol=0.03)
    assert np.abs(mean - Y[0] @ W).max() > 0.1  # and these are not the ideal weights


def test_a_transposed_read_passes_the_converters() -> None:
    core = aimc.Core(IdealDevice(), periphery=Periphery(DAC(3), ADC(4, 4e-5), read_noise=False))
    y = Y @ core.program(W)
    assert len(np.unique(np.round(y, 9))) <= 15  # levels of four bits
    assert np.linalg.norm(y - Y @ W) > 0.05 * np.linalg.norm(Y @ W)
    with pytest.warns(aimc.RangeWarning, match="inputs lie beyond input_range=1"):
        1.3 * Y @ core


def test_every_transposed_read_is_noisy_from_the_cores_own_stream() -> None:
    core = hermes()
    first, second = Y[0] @ core, Y[0] @ core
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(first, Y[0] @ hermes())
    np.testing.assert_array_equal(core.T.forward(Y, rng=5), core.T.forward(Y, rng=5))


SPREADS = Periphery(
    adc=ADC(bits=None, i_max=1e-4),
    offset_spread=0.05,
    nonlinearity=0.2,
    nonlinearity_spread=0.5,
    series_resistance=100.0,
)


def test_the_circuits_of_a_bit_line_serve_the_word_line_of_its_number() -> None:
    """Then a symmetric matrix looks the same from both sides, with all that differs by line."""
    symmetric = W[:30, :30] + W[:30, :30].T
    core = aimc.Core(IdealDevice(), periphery=SPREADS, serial=4).program(symmetric)
    forward = core.forward(Y)
    np.testing.assert_allclose(Y @ core, forward, rtol=1e-12)
    assert np.linalg.norm(forward - Y @ symmetric) > 0.02 * np.linalg.norm(forward)


def test_word_lines_without_circuits_are_refused() -> None:
    core = aimc.Core(IdealDevice(), periphery=SPREADS, rows=64, columns=32).program(W)
    with pytest.raises(ValueError, match=r"50 inputs needs as many output circuits.* has 32"):
        Y @ core
    assert core.forward(X).shape == (7, 30)


def test_a_new_periphery_is_met_by_the_transposed_read_too() -> None:
    core = ideal()
    before = Y @ core
    core.periphery = replace(core.periphery, dac=DAC(2), input_range=1.0)
    assert np.abs(Y @ core - before).max() > 0.1


def test_parts_are_parts_of_the_matrix() -> None:
    core = ideal()
    for key in (np.s_[2:5, :], np.s_[:, 10:], np.s_[::3, ::-7], np.s_[4:], np.s_[...], np.s_[-3:]):
        part, w = core[key], W[key]
        assert part.shape == w.shape
        np.testing.assert_allclose(part.weights(), w, rtol=1e-12)
        x, y = X[0, : w.shape[1]], Y[:, : w.shape[0]]
        np.testing.assert_allclose(part @ x, w @ x, rtol=1e-12)
        np.testing.assert_allclose(y @ part, y @ w, rtol=1e-12)
        np.testing.assert_allclose(part.T.weights(), w.T, rtol=1e-12)
        np.testing.assert_allclose(part.T @ y[0], w.T @ y[0], rtol=1e-12)
    np.testing.assert_allclose(core[2:20][3:9:2, 1:].weights(), W[2:20][3:9:2, 1:], rtol=1e-12)
    np.testing.assert_allclose(core.T[1:4].weights(), W.T[1:4], rtol=1e-12)
    np.testing.assert_array_equal(core.at(5)[3:].weights(), core.at(5).weights()[3:])


@pytest.mark.parametrize("adc", ["uniform", "cco"])
def test_a_part_is_read_as_the_whole_with_its_other_inputs_at_rest(adc: str) -> None:
    core = hermes(adc=adc)
    x = np.zeros((7, 50))
    x[:, 10:20] = X[:, 10:20]
    whole = core.forward(x, rng=8)
    part = core[5:9, 10:20].forward(X[:, 10:20], rng=8)
    np.testing.assert_array_equal(part, whole[:, 5:9])


def test_a_part_follows_its_core() -> None:
    core = ideal()
    part = core[2:5, :]
    core.program(-W)
    np.testing.assert_allclose(part @ X[0], -W[2:5] @ X[0], rtol=1e-12)


def test_what_is_no_part_is_refused() -> None:
    core = ideal()
    for key in (3, (slice(2), 4), [0, 1], None, "all"):
        with pytest.raises(TypeError, match=r"cut with slices, such as core\[2:5, :\]"):
            core[key]
    with pytest.raises(IndexError, match="two axes, outputs and inputs; got 3"):
        core[:, :, :]
    for key, name in ((np.s_[5:5], "outputs"), (np.s_[:, 60:], "inputs")):
        with pytest.raises(IndexError, match=f"the part has no {name}"):
            core[key]


def test_wrong_shapes_are_named() -> None:
    core = ideal()
    for use in (
        lambda: X @ core,
        lambda: core.T @ X[0],
        lambda: ideal(W, w_max=np.full(30, 1.0) + np.arange(30)).T @ X[0],
    ):
        with pytest.raises(ValueError, match="x must have 30 entries on its last axis"):
            use()
    with pytest.raises(ValueError, match="x must have 3 entries"):
        core[:, :3] @ X[0]
    with pytest.raises(ValueError, match=r"x must have shape \(out,\) or \(n, out\)"):
        np.ones((2, 3, 30)) @ core


def test_an_unprogrammed_core_has_no_views() -> None:
    core = aimc.presets.hermes()
    for use in (lambda: core.T, lambda: Y @ core, lambda: core.weights(), lambda: core[...] @ X[0]):
        with pytest.raises(aimc.UnprogrammedError, match="program"):
            use()


def test_views_name_what_they_show_and_whom_to_cite() -> None:
    core = hermes()
    assert "HERMES" in repr(core.T)
    assert "transposed" in repr(core.T)
    assert "(2, 50)" in repr(core[:2])
    for view in (core.T, core[:2], core.T[:3], core.at(60)[:2].T):
        assert aimc.citations(view) == aimc.citations(core)


@pytest.mark.torch
def test_gradients_reach_weights_and_inputs_from_the_other_side() -> None:
    torch = pytest.importorskip("torch")
    w = torch.from_numpy(W).requires_grad_()
    y = torch.from_numpy(Y).requires_grad_()
    core = aimc.Core(pcm_hermes(2).without("programming_noise", "drift", "read_noise")).program(w)
    out = y @ core
    np.testing.assert_allclose(out.detach().numpy(), Y @ W, rtol=1e-10)
    out.sum().backward()
    np.testing.assert_allclose(w.grad.numpy(), np.tile(Y.sum(axis=0)[:, None], (1, 50)), rtol=1e-9)
    np.testing.assert_allclose(y.grad.numpy(), np.tile(W.sum(axis=1), (7, 1)), rtol=1e-9)
    x = torch.ones(4, 10, dtype=torch.float64, requires_grad=True)
    core.program(w)[3:5, ::5].forward(x).sum().backward()
    np.testing.assert_allclose(x.grad[0].numpy(), W[3:5, ::5].sum(axis=0), rtol=1e-9)


@pytest.mark.parametrize(
    "view",
    [
        lambda core: core,
        lambda core: core.at("1 h"),
        lambda core: core[3:9, ::2],
        lambda core: core.T,
        lambda core: core.at("1 h").T[::2, 3:9],
    ],
)
def test_views_of_a_core_follow_what_is_programmed(view: Any) -> None:
    """They kept the weights before, or a mixture of both, and said nothing."""
    core, again = hermes(), hermes()
    kept = view(core)
    x = np.linspace(-1, 1, kept.shape[1])
    before = kept.weights(), kept.forward(x, rng=5), kept.T.weights()
    for each in (core, again):
        each.program(-W)
    np.testing.assert_array_equal(kept.weights(), view(again).weights())
    np.testing.assert_array_equal(kept.T.weights(), view(again).weights().T)
    np.testing.assert_array_equal(kept.forward(x, rng=5), view(again).forward(x, rng=5))
    assert np.abs(kept.weights() + before[0]).max() < 0.5 < np.abs(before[0]).max()
    # another shape, too
    core.program(W[:20, :40])
    assert core.T.shape == (40, 20)
    assert core.at(0.0).weights() == pytest.approx(W[:20, :40], abs=0.3)
    # and a state that a way of programming put in its place
    now = core.at("1 h")
    assert np.any(now.weights() != 0)
    core.replace_state(replace(core.state, g_programmed=0.0 * core.state.g_programmed))
    np.testing.assert_array_equal(now.weights(), 0.0)


def test_what_was_found_for_other_weights_is_refused() -> None:
    core = hermes()
    corrected, process = core.at("1 h", gain=1.2), core.at("1 h", noise=core.read_noise())
    core.program(-W)
    for view, what in ((corrected, "gain=1.2"), (process, "its process of read noise")):
        for call in (view.weights, lambda view=view: view @ X[0], lambda view=view: view.T @ Y[0]):
            with pytest.raises(ValueError, match=f"was programmed since.*{what}.*call at"):
                call()


def test_a_core_writes_again_what_it_holds() -> None:
    used = np.tri(30, 50)
    core = aimc.presets.hermes(serial=3).program(W * used, w_max=1.5, used=used)
    first = core.weights()
    again = core.program().weights()
    assert np.abs(again - first).max() > 0  # other errors
    assert again == pytest.approx(W * used, abs=0.4)
    assert np.all(again[used == 0] == 0)
    assert np.all(core.w_max == 1.5)
    core.replace_state(replace(core.state, g_programmed=core.state.g_programmed + 1e-6))
    assert np.all(core.weights()[used == 0] == 0)
    with pytest.raises(aimc.UnprogrammedError):
        aimc.presets.hermes().program()


def test_a_gain_may_be_a_function_or_a_correction_of_each_output() -> None:
    core = hermes()
    assert core.at("1 h", lambda each, t: t / 1800 if each is core else 0.0).gain == 2.0
    correction = Affine(np.full(30, 2.0), np.arange(30.0))
    view = core.at("1 h", correction)
    plain = core.at("1 h")
    np.testing.assert_array_equal(view.weights(), 2 * plain.weights())
    expected = 2 * plain.forward(X, rng=3) + np.arange(30.0)
    np.testing.assert_array_equal(view.forward(X, rng=3), expected)
    np.testing.assert_array_equal(core.at("1 h", lambda *_: correction).weights(), view.weights())
    with pytest.raises(ValueError, match="no transposed read"):
        _ = view.T
    core.program(-W)
    with pytest.raises(ValueError, match="its correction is that of what it held before"):
        view.weights()
