"""Converting models: cores by number, chips by serial, and how chips age."""

from functools import partial

import numpy as np
import pytest

import aimc
from aimc.recovery.compensation import drift_factor

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
pytestmark = pytest.mark.torch

nn = torch.nn
HERMES = partial(aimc.presets.hermes, devices=2)


def network():
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(8 * 16, 300),
        nn.ReLU(),
        nn.Linear(300, 10),
    )


def images(n: int = 6):
    return torch.rand(n, 3, 8, 8, generator=torch.Generator().manual_seed(1))


def on_chip(serial: int = 7, model=None):
    converted = analog.convert(network() if model is None else model, HERMES, serial=serial)
    analog.calibrate(converted, [images(50)])
    analog.program(converted)
    return converted


def test_a_whole_network_on_ideal_cores_is_the_digital_one() -> None:
    digital = network()
    converted = analog.convert(digital, aimc.presets.ideal)
    analog.program(converted)
    torch.testing.assert_close(converted(images()), digital(images()), rtol=1e-5, atol=1e-6)
    assert type(digital[0]) is nn.Conv2d
    assert converted[0].weight is not digital[0].weight


def test_what_is_programmed_and_taken_to_a_time_is_returned() -> None:
    converted = aimc.convert(network(), aimc.presets.ideal)
    assert aimc.program(converted) is converted
    assert analog.program(converted, serial=8) is converted
    assert aimc.at(converted, "1 d") is converted
    assert converted[0].program() is converted[0]


def test_the_former_name_of_at_warns_and_does_the_same() -> None:
    model = torch.nn.Linear(8, 4)
    now, before = (aimc.nn.program(aimc.nn.convert(model, "hermes", serial=3)) for _ in range(2))
    aimc.nn.at(now, "1 d", 1.2)
    with pytest.warns(DeprecationWarning, match="aimc.nn.at"):
        aimc.nn.set_time(before, "1 d", 1.2)
    x = torch.rand(5, 8)
    assert torch.equal(now(x), before(x))


def test_cores_are_numbered_through_the_model() -> None:
    converted = analog.convert(network(), HERMES, serial=9)
    found = analog.report(converted)
    # 300 outputs take two cores, 300 inputs as well
    assert [matrix.grid for matrix in found.matrices] == [(1, 1), (2, 1), (1, 2)]
    assert [core.index for core in found.cores] == list(range(5))
    assert {core.serial for core in found.cores} == {9}
    assert [core.index for core in converted[6].cores] == [3, 4]
    assert found.analog_share == 1.0
    for cited in (found, converted, converted[6]):
        assert aimc.citations(cited) == aimc.citations(aimc.presets.hermes())
    assert "5 cores hold 100.0%" in str(found)
    assert "bits" not in str(found)
    few = analog.convert(network(), HERMES, output_bits=8)
    assert str(analog.report(few)).endswith("5 of them send numbers of 8 bits")


def test_state_dicts_load_both_ways() -> None:
    digital = network()
    converted = analog.convert(network(), HERMES)
    converted.load_state_dict(digital.state_dict())
    torch.testing.assert_close(converted[4].weight, digital[4].weight, rtol=0, atol=0)
    analog.calibrate(converted, [images()])
    analog.program(converted)
    with torch.no_grad():
        converted[4].weight.mul_(2)
    digital.load_state_dict(converted.state_dict())
    torch.testing.assert_close(digital[4].weight, converted[4].weight, rtol=0, atol=0)


def test_an_optimiser_step_changes_weights_and_the_next_programming() -> None:
    converted = analog.convert(network(), aimc.presets.ideal)
    optimiser = torch.optim.Adam(converted.parameters(), lr=1e-2)
    target = torch.zeros(6, dtype=torch.long)
    losses = []
    for _ in range(3):
        analog.program(converted, gradients=True)
        loss = nn.functional.cross_entropy(converted(images()), target)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[2] < losses[1] < losses[0]


def test_weights_of_another_shape_or_elsewhere_are_not_programmed() -> None:
    model = analog.program(analog.convert(nn.Sequential(nn.Linear(4, 3)), "ideal"))
    model[0].weight = nn.Parameter(torch.rand(5, 4))
    with pytest.raises(ValueError, match=r"'0': its weights have shape \(5, 4\).*convert"):
        analog.program(model)
    elsewhere = analog.convert(nn.Sequential(nn.Linear(4, 3)).to("meta"), "ideal")
    with pytest.raises(ValueError, match="'0': its weights are not in memory"):
        analog.program(elsewhere)


def test_a_model_goes_to_another_time_as_a_whole_or_not_at_all() -> None:
    model = analog.convert(nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2)), "hermes")
    model[0].program()
    with pytest.raises(aimc.validation.UnprogrammedError, match="'1'"):
        analog.at(model, "1 d")
    assert {view.t for view in model[0].matrices[0].views} == {0.0}


def test_same_serial_same_chip() -> None:
    digital = network()
    first, again, other = (on_chip(serial, digital) for serial in (7, 7, 8))
    y = first(images())
    torch.testing.assert_close(again(images()), y, rtol=0, atol=0)
    assert not torch.allclose(other(images()), y)
    # one converted model can visit many chips
    analog.program(other, serial=7)
    torch.testing.assert_close(other(images()), y, rtol=0, atol=0)
    assert {core.serial for core in analog.report(other).cores} == {7}
    assert other[0].matrix().input_range == first[0].matrix().input_range
    # programming the same devices once more leaves other errors
    analog.program(other)
    assert not torch.allclose(other(images()), y)


def test_the_chip_is_the_one_that_numpy_simulates() -> None:
    converted = on_chip(serial=11)
    weights = converted[4].weight.detach().numpy().astype(float)
    tiled = aimc.TiledMatrix(weights, lambda k: aimc.presets.hermes(11, 2, index=1 + k))
    for core, own in zip(tiled.cores, converted[4].cores, strict=True):
        assert core.index == own.index
        np.testing.assert_allclose(
            own.state.g_programmed.numpy(), core.state.g_programmed, rtol=1e-3, atol=1e-10
        )


def test_cores_of_one_chip_differ() -> None:
    twins = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
    twins[1].load_state_dict(twins[0].state_dict())
    for preset in (HERMES, aimc.presets.joshi2020, aimc.presets.rasch2023):
        converted = analog.convert(twins, preset)
        analog.program(converted)
        a, b = (layer.cores[0].at(0.0).weights() for layer in converted)
        assert not torch.allclose(a, b)


def test_outputs_drift_and_compensation_brings_them_back() -> None:
    converted, x = on_chip(), images(20)
    digital = network()
    digital.load_state_dict(converted.state_dict())
    exact = digital(x).detach() - digital[6].bias.detach()

    def size() -> float:
        got = converted(x).detach() - converted[6].bias.detach()
        return float((got * exact).sum() / exact.square().sum())

    # what a read-out has in common does not average over its images
    analog.at(converted, 0.0, noise="fresh")
    now = size()
    analog.at(converted, 86400.0, noise="fresh")
    later = size()
    analog.at(converted, 86400.0, gain=lambda core, t: 1 / drift_factor(core, t), noise="fresh")
    compensated = size()
    assert later < 0.9 * now
    assert abs(compensated - now) < 0.3 * abs(later - now)
    analog.at(converted, 0.0, noise="fresh")
    assert size() == pytest.approx(now, abs=0.02)


def test_momentary_noise_is_the_same_for_all_vectors() -> None:
    converted, x = on_chip().requires_grad_(False), images(1).expand(5, 3, 8, 8)
    assert float(converted(x).std(dim=0).max()) > 1e-4
    analog.at(converted, 60.0, noise="momentary")
    now = converted(x)
    assert float(now.std(dim=0).max()) < 1e-6
    torch.testing.assert_close(converted(x), now, rtol=0, atol=1e-6)
    analog.at(converted, 86400.0, noise="momentary")
    assert not torch.allclose(converted(x), now)
    analog.at(converted, 60.0, noise="momentary")
    torch.testing.assert_close(converted(x), now, rtol=0, atol=1e-6)
    with pytest.raises(TypeError, match='noise="momentary"'):
        analog.at(converted, 60.0, momentary=True)


def test_a_model_may_hold_its_layers_in_a_plain_list_too() -> None:
    class Listed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc1, self.fc2 = nn.Linear(4, 5), nn.Linear(5, 3)
            self.blocks = [self.fc1, self.fc2]

        def forward(self, x):
            return self.blocks[1](self.blocks[0](x).relu())

    converted, x = analog.convert(Listed(), HERMES), torch.rand(2, 4)
    with pytest.raises(aimc.UnprogrammedError, match="'fc1'"):
        converted(x)
    assert converted.blocks == [converted.fc1, converted.fc2]
    assert list(analog.calibrate(converted, [x])) == ["fc1.weight", "fc2.weight"]


def test_no_two_matrices_share_a_core() -> None:
    model = nn.ModuleDict({"a": nn.Linear(4, 300), "b": nn.Linear(300, 2)})
    late = analog.convert(model, HERMES, serial=7, only=("b",))
    late = analog.convert(late, HERMES, serial=7, only=("a",))
    assert [core.index for name in "ba" for core in late[name].cores] == [0, 1, 2, 3]
    other = analog.convert(analog.convert(model, HERMES, only=("b",)), HERMES, serial=7, only=["a"])
    assert [core.index for core in analog.report(other).cores] == [0, 1, 0, 1]
    with pytest.raises(ValueError, match=r"a\.weight and b\.weight .* core 0 of chip 3"):
        analog.program(other, serial=3)
    assert not other["a"].programmed

    def dense(first_core: int):
        return analog.AnalogLinear(256, 256, preset=HERMES, serial=7, first_core=first_core)

    for use in (analog.program, analog.report):
        with pytest.raises(ValueError, match=r"core 4 of chip 7.*different first_core"):
            use(nn.Sequential(dense(4), dense(4)))
    apart = nn.Sequential(dense(4), dense(5))
    analog.program(apart)
    assert [core.index for core in analog.report(apart).cores] == [4, 5]
    with pytest.raises(ValueError, match="first_core=-1"):
        dense(-1)


def test_presets_must_number_their_cores() -> None:
    with pytest.raises(ValueError, match="asked for core 1 of chip 3"):
        analog.convert(
            nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4)),
            lambda serial, index: aimc.presets.hermes(serial),
            serial=3,
        )
    with pytest.raises(TypeError, match="preset must return a Core"):
        analog.convert(network(), lambda **numbers: None)
    with pytest.raises(ValueError, match="weight_range='row'"):
        analog.convert(network(), HERMES, weight_range="row")
    with pytest.raises(ValueError, match="no analog layer"):
        analog.program(network())


def test_importing_the_library_does_not_import_torch() -> None:
    import subprocess
    import sys

    code = "import aimc, sys; print('torch' in sys.modules, 'aimc.nn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False False"
