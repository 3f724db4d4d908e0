"""Rare cases that somebody meets: full scale to the count, old buffers, arrays that run back."""

import copy
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from aimc.chip.chip import Chip
from aimc.circuits import ADC, DAC, DifferentialPair, Periphery
from aimc.circuits.mvm import TrainingCircuits, TrainingRead
from aimc.compare.roofline import digital_machine
from aimc.cores import Core, LayerParameters, Matrix, spread
from aimc.cores.views import Affine
from aimc.devices import IdealDevice, pcm_2019
from aimc.in_memory_training import ChoppedTikiTaka, DeviceMatrix
from aimc.in_memory_training.coarse import coarse_devices, fast_matrix
from aimc.layers.workload import Layer, Network

FULL = 0.2 * 25e-6


def ideal(weights: Any, **around: Any) -> Core:
    return Core(IdealDevice(), periphery=Periphery(**around)).program(weights)


@pytest.mark.parametrize("library", [np.array, torch.tensor])
def test_a_current_that_rounds_down_to_full_scale_is_not_sent_again(library: Any) -> None:
    core = ideal(library([[1.0]]), dac=DAC(None), adc=ADC(8, FULL / 1.002), bound_management=2)
    y = core.forward(library([[0.5], [1.0]]))
    assert np.asarray(y) == pytest.approx(np.array([[0.5029], [0.998]]), abs=1e-3)


def test_reads_in_a_row_share_their_noise_whether_or_not_bounds_are_managed() -> None:
    found = []
    for repeats in (0, 3):
        around = Periphery(bound_management=repeats)
        core = Core(pcm_2019(), periphery=around, serial=1).program(np.full((1, 8), 0.5))
        y = core.at("1 d").in_a_row(np.ones((5, 2000, 8)), 4, rng=1)
        assert y.shape == (4, 5, 2000, 1)
        found.append((y[0].std(), y.mean(axis=0).std()))
    assert found[1] == pytest.approx(found[0], rel=0.03)
    assert found[1][1] > 0.9 * found[1][0]


def test_a_vector_sent_again_has_the_same_codes_on_both_libraries() -> None:
    around = {"dac": DAC(4), "adc": ADC(8, 3e-6), "input_range": None, "bound_management": 3}
    for x in np.random.default_rng(0).uniform(-1, 1, 100):
        one = ideal(np.array([[1.0]]), **around).forward(np.array([x]))
        other = ideal(torch.tensor([[1.0]], dtype=torch.float64), **around).forward(
            torch.tensor([x], dtype=torch.float64)
        )
        assert float(other[0]) == pytest.approx(float(one[0]), abs=1e-9)


def test_tiny_vectors_have_a_range_of_their_own_too() -> None:
    core = ideal(torch.eye(2), dac=DAC(8), input_range=None)
    x = torch.tensor([1e-37, 0.0])
    assert torch.allclose(core.forward(x), x, rtol=1e-5, atol=0)


def test_training_reads_what_a_buffer_holds_now() -> None:
    circuits = TrainingCircuits(Periphery(dac=DAC(8), adc=ADC(8, 1e-4)), 25e-6)
    weights, buffer = torch.eye(2, requires_grad=True), np.zeros((1, 2), np.float32)
    x, found = torch.from_numpy(buffer), []
    for value in (0.5, -0.5):
        buffer[:] = value
        found.append(TrainingRead(circuits, weights, torch.ones(2))(x, 0))
    assert torch.equal(found[0], -found[1])
    core, x = ideal(torch.eye(1), dac=DAC(8)), torch.tensor([0.5], requires_grad=True)
    core.forward(x)
    x.data = torch.tensor([-1.0])
    assert core.forward(x).item() == pytest.approx(-1.0)


def test_arrays_that_run_backwards_and_short_floats_are_read() -> None:
    core = ideal(torch.eye(3))
    assert core.forward(np.array([1.0, 2.0, 3.0])[::-1] / 3).tolist() == pytest.approx(
        [1.0, 2 / 3, 1 / 3]
    )
    assert ideal(np.eye(2)).forward(torch.ones(2, dtype=torch.bfloat16)).tolist() == pytest.approx(
        [1.0, 1.0]
    )


def test_what_stays_as_it_is_cannot_be_given_without_weights() -> None:
    core = ideal(np.eye(2))
    with pytest.raises(TypeError, match="w_max"):
        core.program(w_max=4.0)
    with pytest.raises(TypeError, match="used"):
        core.program(used=np.zeros((2, 2)))


def test_cells_in_use_are_marked_for_each_weight() -> None:
    weights, core = np.array([[1.0, 0.5]]), Core(IdealDevice())
    with pytest.raises(ValueError, match="used"):
        core.program(weights, used=np.ones((3, 2)))
    with pytest.raises(ValueError, match="used"):
        core.program(weights, used=np.array([[0.5, np.nan]]))


def test_a_core_is_read_from_the_end_of_its_programming_on() -> None:
    core = Core(pcm_2019()).program(np.eye(2))
    core.replace_state(replace(core.state, programmed_at=3600.0))
    assert np.array_equal(core.weights(), core.at(3600.0).weights())
    assert (core @ np.ones(2)).shape == (2,)


def test_a_state_of_other_cells_is_refused() -> None:
    one, two = (Core(IdealDevice(), DifferentialPair(n)).program(np.ones((2, 3))) for n in (1, 2))
    with pytest.raises(ValueError, match="state"):
        one.replace_state(two.state)


def test_regular_choppers_turn_after_as_many_reads_as_they_say() -> None:
    rng, kind = np.random.default_rng(0), coarse_devices()
    slow = DeviceMatrix(kind.fabricate((1, 1), 1), rng=rng)
    fast = fast_matrix(kind, (1, 1), serial=2, rng=rng)
    rule = ChoppedTikiTaka(slow, fast, rng=rng, chop=1 / 49, regular=True)
    reads = 0
    while rule.signs[0] > 0:
        rule.update(np.ones(1), np.ones(1), 0.01)
        reads += 1
    assert reads == 49


def test_without_weights_nothing_passes_their_memory() -> None:
    only = Network("scores", (Layer("s", (8, 8), static=False),))
    assert digital_machine("DRAM").intensity(only) == math.inf


def test_a_copy_of_a_core_is_read_and_programmed_on_its_own() -> None:
    core = ideal(np.eye(2))
    core.forward(np.ones(2))
    twin = copy.copy(core)
    twin.periphery = Periphery(input_clip=0.5)
    assert twin.forward(np.ones(2)) == pytest.approx([0.5, 0.5])
    assert core.forward(np.ones(2)) == pytest.approx([1.0, 1.0])
    alone, disturbed = (Core(pcm_2019(), serial=1).program(np.eye(2)) for _ in range(2))
    copied = copy.copy(disturbed)
    np.testing.assert_array_equal(copied.state.g_programmed, alone.state.g_programmed)
    copied.program(2 * np.eye(2))
    copied.at("1 d").forward(np.ones(2))
    again = [core.program(np.eye(2)).state.g_programmed for core in (alone, disturbed)]
    np.testing.assert_array_equal(*again)


def test_a_part_of_a_matrix_reads_the_time_that_the_matrix_is_at() -> None:
    matrix = Matrix(
        *spread((4, 4), lambda k: Core(pcm_2019(), index=k, rows=4, columns=2))
    ).program(np.eye(4))
    part, x = matrix[:2], np.eye(4)[0]
    matrix.go_to("1 d")
    drifted = part.read(0, x)[0]
    assert drifted == pytest.approx(part.forward(x)[0], abs=0.1)
    assert drifted < 0.8


@pytest.mark.parametrize(
    ("factor", "offset", "said"),
    [((1.0,), (0.0, 0.0), "factor"), ((1.0, np.nan), (0.0, 0.0), "factor"),
     ((1.0, 1.0), (0.0,), "offset")],
)  # fmt: skip
def test_a_correction_of_another_shape_is_refused(factor: Any, offset: Any, said: str) -> None:
    core = ideal(np.ones((2, 3)))
    with pytest.raises(ValueError, match=f"gain.{said}"):
        core.at(0.0, gain=Affine(np.array(factor), np.array(offset)))


def test_layers_with_and_without_a_range_share_no_core_in_silence() -> None:
    def preset(serial: int, index: int) -> Core:
        around = Periphery(dac=DAC(8), input_range=None)
        return Core(IdealDevice(), None, around, serial=serial, index=index)

    chip = Chip(preset=preset)
    chip.map(Network("n", (Layer("a", (2, 2)), Layer("b", (2, 2), stage=1))), share=True)
    with pytest.raises(ValueError, match=r"layers\['b'\] has no input_range"):
        chip.program({"a": LayerParameters(np.eye(2), input_range=2.0), "b": np.eye(2)})
    chip.program({"a": np.eye(2), "b": np.eye(2)})
    assert chip.compute("b", np.array([5.0, 1.0])) == pytest.approx([5, 0.98], abs=0.05)


@pytest.mark.parametrize("library", [np.asarray, torch.tensor])
@pytest.mark.parametrize("weight_range", ["core", "output"])
def test_outputs_of_zeros_are_as_quiet_as_others(library: Any, weight_range: str) -> None:
    weights = 0.01 * np.random.default_rng(0).standard_normal((6, 32))
    weights[0], weights[3:, :16] = 0.0, 0.0  # an output, and all that one core holds
    cores, parts = spread(
        weights.shape, lambda k: Core(pcm_2019(), serial=1, index=k, rows=16, columns=3)
    )
    matrix = Matrix(cores, parts, weight_range=weight_range).program(library(weights))
    x = np.random.default_rng(1).uniform(size=(500, 32))
    error = np.std(np.asarray(matrix.forward(library(x))) - x @ weights.T, axis=0)
    assert error.max() < 0.05
    assert error.min() > 0
    silent = Matrix(*spread((2, 2), lambda k: Core(pcm_2019(), index=k)), weight_range=weight_range)
    assert silent.program(library(np.zeros((2, 2)))).cores[0].w_max == pytest.approx([1.0, 1.0])
