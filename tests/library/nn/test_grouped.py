"""Grouped and depthwise convolutions: blocks on the diagonal of a core that leave each other be."""

from functools import partial

import pytest

import aimc
from aimc.chip import Chip
from aimc.layers import Layer

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
pytestmark = pytest.mark.torch

nn = torch.nn
SMALL = partial(aimc.presets.ideal, 20, 12)
HERMES = partial(aimc.presets.hermes, devices=2)

# layer, shape of the input, groups on each core of 20 rows and 12 columns (0: one group on several)
CASES = {
    "two groups": (lambda: nn.Conv1d(4, 6, 3, groups=2, padding=1), (3, 4, 9), [2]),
    "many": (lambda: nn.Conv1d(12, 24, 2, groups=6, stride=2, bias=False), (3, 12, 9), [3, 3]),
    "depthwise": (
        lambda: nn.Conv2d(5, 5, 3, groups=5, padding="same", padding_mode="reflect"),
        (2, 5, 7, 6),
        [2, 1, 2],
    ),
    "multiplied": (lambda: nn.Conv2d(3, 9, (1, 3), groups=3, dilation=2), (2, 3, 7, 6), [3]),
    "too large": (lambda: nn.Conv2d(6, 26, 3, groups=2), (2, 6, 7, 6), [1, 1]),
}


def same(found, expected) -> None:
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("make", "shape", "packs"), CASES.values(), ids=CASES)
def test_on_ideal_cores(make, shape: tuple[int, ...], packs: list[int]) -> None:
    digital, x = make(), torch.randn(shape)
    layer = analog.convert(digital, SMALL)
    analog.program(layer)
    assert [matrix.blocks for matrix in layer.matrices] == packs
    same(layer(x), digital(x))
    same(layer(x[0]), digital(x[0]))
    same(layer(x[:0]), digital(x[:0]))
    ranges = analog.calibrate(layer, [x])
    assert list(ranges) == [matrix.name for matrix in layer.matrices]
    analog.program(layer)
    same(layer(x), digital(x))
    layer.digital = True
    same(layer(x), digital(x))


@pytest.mark.parametrize(("make", "shape", "packs"), CASES.values(), ids=CASES)
def test_gradients_are_those_of_torch(make, shape: tuple[int, ...], packs: list[int]) -> None:
    digital, x = make(), torch.randn(shape)
    for through_devices in (False, True):
        layer = analog.convert(digital, SMALL)
        if through_devices:
            analog.program(layer, gradients=True)
        else:
            layer.weight_noise = lambda weights: weights
        digital.zero_grad()
        for module in (digital, layer):
            (module(x) ** 2).sum().backward()
        for name, parameter in digital.named_parameters():
            found = layer.get_parameter(name).grad
            torch.testing.assert_close(found, parameter.grad, rtol=1e-4, atol=1e-4)


def test_blocks_are_counted_and_the_waste_is_shown() -> None:
    layer = analog.convert(nn.Conv2d(64, 64, 3, groups=64), HERMES)
    # 256 rows take 28 blocks of 9: three cores, with 21, 22 and 21 blocks
    assert [matrix.blocks for matrix in layer.matrices] == [21, 22, 21]
    first = layer.matrices[0]
    assert first.name == "weight:0-20"
    assert first.shape == (21, 189)
    assert first.utilisation == pytest.approx(21 * 9 / 256**2)
    found = analog.report(layer)
    assert [matrix.weights for matrix in found.matrices] == [189, 198, 189]
    assert found.analog_share == 1.0
    assert "weight:21-42" in str(found)
    assert " 0.3% " in str(found)


def test_groups_do_not_disturb_each_other() -> None:
    layer, x = analog.convert(nn.Conv1d(8, 8, 3, groups=4), HERMES), torch.rand(2, 8, 9)
    analog.calibrate(layer, [x])
    analog.program(layer)
    state = layer.cores[0].state
    for time in (0.0, 3600.0):
        g = state.at(time).sum(dim=(0, 1, 2))
        for k in range(4):
            inside = g[2 * k : 2 * k + 2, 6 * k : 6 * k + 6]
            assert int((inside > 0).sum()) == 12  # programmed, with errors
            g[2 * k : 2 * k + 2, 6 * k : 6 * k + 6] = 0
        assert int((g > 0).sum()) == 0
    # nor does noise on weights reach cells that hold none
    layer.weight_noise = lambda weights: weights + 1.0
    alone = x.clone()
    alone[:, 2:] = 0
    same(layer(x)[:, :2], layer(alone)[:, :2])


def test_on_a_chip() -> None:
    model = nn.Sequential(
        nn.Conv2d(64, 64, 3, padding=1, groups=64), nn.ReLU(), nn.Conv2d(64, 32, 1)
    )
    x = torch.rand(2, 64, 6, 6)
    converted = analog.convert(model, HERMES, serial=7)
    chip = Chip(serial=7, devices=2)
    plan = chip.map(converted, x)
    assert plan.network.weights == 64 * 9 + 64 * 32
    assert plan.network.macs == 36 * (64 * 9 + 64 * 32)
    assert [layer.stage for layer in plan.network.layers] == [0, 0, 0, 1]
    assert plan.mapping.cores == 4
    assert plan.mapping.utilisation == pytest.approx((64 * 9 + 64 * 32) / (4 * 256**2))
    performance = plan.performance()
    assert performance.operations == 2 * plan.network.macs
    assert performance.energy.value > 0
    analog.calibrate(converted, [x])
    chip.program()
    result = chip.run(x)
    assert set(result.vectors.values()) == {72}
    error = float((result.outputs - model(x)).detach().std() / model(x).detach().std())
    assert 0.005 < error < 0.4


def test_blocks_divide_their_matrix() -> None:
    assert Layer("depthwise", (20, 180), blocks=20).weights == 180
    with pytest.raises(ValueError, match="blocks=7 is not allowed: it must divide both sides"):
        Layer("depthwise", (20, 180), blocks=7)
