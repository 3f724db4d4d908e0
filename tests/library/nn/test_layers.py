"""Analog layers on ideal cores are their torch counterparts; on real ones they are chips."""

import copy
from functools import partial

import pytest

import aimc
from aimc.circuits import ADC, DAC, Periphery
from aimc.devices import IdealDevice

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
pytestmark = pytest.mark.torch

nn = torch.nn
SMALL = partial(aimc.presets.ideal, 20, 12)


def on_cores(module, preset=SMALL, **options):
    converted = analog.convert(module, preset, **options)
    analog.program(converted)
    return converted


def same(found, expected, tolerance: float = 2e-6) -> None:
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=tolerance)


@pytest.mark.parametrize("shape", [(30,), (4, 30), (2, 3, 4, 30)])
@pytest.mark.parametrize("bias", [True, False])
def test_linear_on_ideal_cores_tiled_both_ways(shape: tuple[int, ...], bias: bool) -> None:
    digital, x = nn.Linear(30, 25, bias), torch.randn(shape)
    layer = on_cores(digital)
    assert layer.matrix().grid == (3, 2)
    same(layer(x), digital(x))


def test_the_width_of_a_dense_layer_is_that_of_its_parameter() -> None:
    digital, x = nn.Linear(30, 25), torch.randn(4, 20)
    digital.weight = nn.Parameter(torch.randn(25, 20))  # as tied to a table of other vectors
    layer = on_cores(digital)
    same(layer(x), digital(x))
    with pytest.raises(ValueError, match="in_features=20 entries"):
        layer(torch.randn(4, 30))


def test_tiles_say_where_they_are() -> None:
    layer = on_cores(nn.Linear(30, 25))
    assert [core.index for core in layer.cores] == list(range(6))
    covered = torch.zeros(25, 30)
    matrix = layer.matrix()
    for core, part in zip(matrix.cores, matrix.parts, strict=True):
        assert core.index == part.core
        part.of(covered).add_(1)
        assert tuple(core.weights().shape) == part.shape
        same(core.weights(), part.of(layer.weight_matrix()).detach())
    assert bool((covered == 1).all())
    assert layer.matrix().utilisation == pytest.approx(25 * 30 / (6 * 20 * 12))


CONVOLUTIONS = {
    "plain": {"kernel_size": 3},
    "stride and padding": {"kernel_size": 3, "stride": 2, "padding": 1},
    "uneven": {"kernel_size": (2, 5), "stride": (1, 3), "padding": (0, 2), "bias": False},
    "same": {"kernel_size": (5, 3), "padding": "same"},
    "valid": {"kernel_size": 2, "padding": "valid"},
    "dilated": {"kernel_size": 3, "dilation": (2, 1), "padding": 2},
    "reflected": {"kernel_size": 3, "padding": 1, "padding_mode": "reflect"},
    "circular": {"kernel_size": 3, "padding": (2, 1), "padding_mode": "circular"},
    "one by one": {"kernel_size": 1},
}


@pytest.mark.parametrize("options", CONVOLUTIONS.values(), ids=CONVOLUTIONS)
def test_convolution_on_ideal_cores(options: dict) -> None:
    digital = nn.Conv2d(5, 14, **options)
    images = torch.randn(3, 5, 11, 9)
    layer = on_cores(digital)
    same(layer(images), digital(images))
    same(layer(images[0]), digital(images[0]))
    assert layer.weight_matrix().shape == (14, digital.weight[0].numel())


def test_convolution_in_chunks_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    digital, images = nn.Conv2d(5, 4, 3), torch.randn(7, 5, 8, 8)
    layer = on_cores(digital)
    monkeypatch.setattr("aimc.nn.convolution.CHUNK", 2 * 64 * 45)
    calls = []
    read = layer.matrix().read
    monkeypatch.setattr(
        layer.matrix(),
        "read",
        lambda k, x: calls.append((k, x.shape[:-1].numel())) or read(k, x),
    )
    same(layer(images), digital(images))
    assert [n for k, n in calls if k == 0] == [72, 72, 72, 36]


def test_convolution_names_wrong_shapes() -> None:
    layer = on_cores(nn.Conv2d(5, 4, 3))
    with pytest.raises(ValueError, match=r"input must have shape \(n, 5, height, width\)"):
        layer(torch.zeros(2, 4, 8, 8))
    with pytest.raises(ValueError, match=r"layer .*: the kernel reaches over 3 pixels"):
        layer(torch.ones(2, 5, 8, 2))


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize("bias", [True, False])
def test_lstm_on_ideal_cores(layers: int, batch_first: bool, bias: bool) -> None:
    digital = nn.LSTM(7, 9, layers, bias=bias, batch_first=batch_first)
    x = torch.randn(3, 5, 7)
    n = 3 if batch_first else 5
    state = torch.randn(layers, n, 9), torch.randn(layers, n, 9)
    lstm = on_cores(digital)
    for given in (None, state):
        found, (h, c) = lstm(x, given)
        expected, (h_expected, c_expected) = digital(x, given)
        same(found, expected)
        same(h, h_expected)
        same(c, c_expected)
    assert [matrix.name for matrix in lstm.matrices][:2] == ["weight_ih_l0", "weight_hh_l0"]
    assert [core.index for core in lstm.cores] == list(range(3 * 2 * layers))


def test_lstm_on_one_sequence_and_between_layers() -> None:
    digital = nn.LSTM(7, 9, 2, dropout=0.9).eval()
    lstm = on_cores(digital)
    x, state = torch.randn(5, 7), (torch.randn(2, 9), torch.randn(2, 9))
    same(lstm(x, state)[0], digital(x, state)[0])
    same(lstm(x, state)[1][1], digital(x, state)[1][1])
    lstm.train()
    assert not torch.allclose(lstm(x, state)[0], digital(x, state)[0])
    packed = nn.utils.rnn.pack_sequence([x])
    with pytest.raises(TypeError, match="PackedSequence"):
        lstm(packed)
    with pytest.raises(ValueError, match="7 entries"):
        lstm(torch.zeros(5, 2, 8))


@pytest.mark.parametrize("digital", [False, True])
def test_lstm_checks_its_states(digital: bool) -> None:
    lstm = on_cores(nn.LSTM(7, 9, 2))
    lstm.digital = digital
    x, good = torch.rand(5, 3, 7), torch.rand(2, 3, 9)
    for shape in ((3, 3, 9), (2, 3, 1), (2, 4, 9), (2, 9)):
        with pytest.raises(ValueError, match=r"hx\[1\] must have shape \(2, 3, 9\), got"):
            lstm(x, (good, torch.rand(shape)))
    with pytest.raises(ValueError, match=r"hx\[0\] must have shape \(2, 9\), got \(2, 3, 9\)"):
        lstm(x[:, 0], (good, good))
    for wrong in (good, (good,), (good, None)):
        with pytest.raises(TypeError, match="hx"):
            lstm(x, wrong)
    with pytest.raises(ValueError, match="at least one step"):
        lstm(x[:0])


LAYERS = {
    "linear": (lambda: nn.Linear(30, 25), (4, 30)),
    "conv": (lambda: nn.Conv2d(5, 14, 3, padding=1, padding_mode="reflect"), (2, 5, 6, 6)),
    "conv1d": (lambda: nn.Conv1d(5, 14, 3, padding=1), (2, 5, 9)),
    "conv3d": (lambda: nn.Conv3d(5, 14, 3, padding=1), (2, 5, 4, 6, 5)),
    "groups": (lambda: nn.Conv2d(6, 12, 3, groups=6), (2, 6, 5, 5)),
    "transposed": (lambda: nn.ConvTranspose2d(6, 4, 3, stride=2), (2, 6, 4, 4)),
    "lstm": (lambda: nn.LSTM(7, 9), (6, 2, 7)),
    "gru": (lambda: nn.GRU(7, 9), (6, 2, 7)),
    "both ways": (lambda: nn.LSTM(7, 9, 2, bidirectional=True, proj_size=4), (6, 2, 7)),
    "circular": (
        lambda: nn.Conv2d(5, 4, 3, padding="same", padding_mode="circular"),
        (2, 5, 6, 6),
    ),
}
MODES = ("devices", "weight_noise", "digital")


def in_mode(module, mode: str, preset=SMALL):
    layer = on_cores(module, preset)
    layer.digital = mode == "digital"
    layer.weight_noise = (lambda weights: weights) if mode == "weight_noise" else None
    return layer


def outputs(y):
    return y[0] if isinstance(y, tuple) else y


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("make", "shape"), LAYERS.values(), ids=LAYERS)
def test_inputs_are_those_of_torch(make, shape: tuple[int, ...], mode: str) -> None:
    digital, model = make(), nn.Sequential()
    model.part = in_mode(digital, mode)
    model.part.path = "part"
    x = torch.rand(shape)
    same(outputs(model.part(input=x)), outputs(digital(input=x)), 1e-5)
    # an empty batch has empty outputs
    axis = 1 if isinstance(digital, nn.RNNBase) else 0
    none = x.narrow(axis, 0, 0).requires_grad_()
    found = outputs(model(none))
    assert found.shape == outputs(digital(none)).shape
    found.sum().backward()
    for kind in (torch.uint8, torch.int64, torch.bool):
        with pytest.raises(TypeError, match=f"layer 'part': input must hold floating.*{kind}"):
            model(x.to(kind))
    with pytest.raises(TypeError, match="layer 'part': input must be a tensor, got list"):
        model([1.0])
    features = 1 if isinstance(digital, nn.modules.conv._ConvNd) else len(shape) - 1
    for wrong in (torch.cat([x, x], features), x.narrow(features, 0, 3)):
        with pytest.raises(ValueError, match="layer 'part': input must have"):
            model(wrong)
    if mode != "digital":
        with pytest.raises(ValueError, match="layer 'part': x must be finite"):
            model(float("nan") * x)


def test_matrices_take_vectors_of_their_own_length_only() -> None:
    (total,) = on_cores(nn.Linear(30, 25)).sums
    for length in (29, 31):
        with pytest.raises(ValueError, match=r"x must have 30 entries .*the inputs of weight"):
            total.forward([total.matrices[0].read], [torch.rand(4, length)])


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("mode", MODES[:2])
@pytest.mark.parametrize(("make", "shape"), LAYERS.values(), ids=LAYERS)
def test_models_of_16_bits_compute_as_others(
    make, shape: tuple[int, ...], mode: str, kind: torch.dtype
) -> None:
    x = torch.rand(shape).to(kind)
    half = make().to(kind)
    twin = copy.deepcopy(half).float()
    found, exact = (in_mode(model, mode, aimc.presets.joshi2020) for model in (half, twin))
    y, expected = outputs(found(x)), outputs(exact(x.float())).detach()
    assert y.dtype == kind
    spread = float((outputs(exact(x.float())).detach() - expected).std())
    rounding = torch.finfo(kind).eps * float(expected.abs().max())
    error = float((y.detach().float() - expected).std())
    assert error < 1.5 * spread + 2 * rounding
    if mode == "devices":
        g = [layer.cores[0].state.g_programmed for layer in (found, exact)]
        same(g[0], g[1], 0.0)
    analog.calibrate(found, [x])


def test_layers_can_be_made_without_a_digital_one() -> None:
    setup = {"preset": aimc.presets.hermes, "serial": 4, "devices": 1}
    dense = analog.AnalogLinear(10, 3, **setup)
    conv = analog.AnalogConv2d(2, 3, 3, padding=1, **setup)
    lstm = analog.AnalogLSTM(4, 5, batch_first=True, **setup)
    for layer in (dense, conv, lstm):
        analog.program(layer)
        assert {core.serial for core in layer.cores} == {4}
    assert isinstance(dense, nn.Linear)
    assert dense(torch.rand(2, 10)).shape == (2, 3)
    assert conv(torch.rand(2, 2, 4, 4)).shape == (2, 3, 4, 4)
    assert lstm(torch.rand(2, 6, 4))[0].shape == (2, 6, 5)


def test_unprogrammed_layers_say_what_to_do() -> None:
    model = analog.convert(nn.Sequential(nn.Linear(4, 3)), aimc.presets.ideal)
    x = torch.rand(2, 4)
    with pytest.raises(aimc.UnprogrammedError, match=r"layer '0' holds no weights.*program"):
        model(x)
    with pytest.raises(aimc.UnprogrammedError, match="layer '0'"):
        analog.at(model, 1.0)
    model[0].digital = True
    same(model(x), nn.functional.linear(x, model[0].weight, model[0].bias))
    assert "cores=1 (unprogrammed), digital" in repr(model[0])


@pytest.mark.parametrize(("make", "x"), LAYERS.values(), ids=LAYERS)
def test_gradients_through_devices_are_the_digital_ones_on_ideal_cores(make, x) -> None:
    digital = make()
    layer = analog.convert(digital, SMALL)
    analog.program(layer, gradients=True)
    inputs = [torch.randn(x, requires_grad=True)]
    inputs.append(inputs[0].detach().clone().requires_grad_())
    for module, given in zip((digital, layer), inputs, strict=True):
        module.zero_grad()
        y = module(given)
        y = y[0] if isinstance(y, tuple) else y
        (y**2).sum().backward()
    same(inputs[1].grad, inputs[0].grad, 1e-4)
    for name, parameter in digital.named_parameters():
        same(layer.get_parameter(name).grad, parameter.grad, 1e-4)


def test_without_gradients_devices_are_constants() -> None:
    layer = on_cores(nn.Linear(30, 25))
    x = torch.randn(4, 30, requires_grad=True)
    for _ in range(2):
        layer(x).sum().backward()
    assert layer.weight.grad is None
    assert layer.bias.grad is not None
    assert x.grad is not None


def test_weight_noise_runs_in_the_same_forward() -> None:
    def preset(serial: int, index: int) -> aimc.Core:
        periphery = Periphery(DAC(4), ADC(6, 100e-6), input_range=2.0)
        return aimc.Core(
            IdealDevice(), None, periphery, rows=20, columns=12, serial=serial, index=index
        )

    digital, x = nn.Linear(30, 25), torch.randn(4, 30).clip(-2, 2)
    for weight_range in ("core", "output"):
        layer = analog.convert(digital, preset, weight_range=weight_range)
        layer.weight_noise = lambda weights: weights
        found = layer(x)
        assert not torch.allclose(found, digital(x), atol=1e-3)
        found.sum().backward()
        assert float(layer.weight.grad.abs().sum()) > 0
        layer.weight_noise = None
        layer.program()
        # one ADC step of one of the two partial sums may round the other way
        step = 100e-6 / 31 / (0.2 * 25e-6) * 2.0 * float(digital.weight.detach().abs().max())
        error = (layer(x) - found).detach().abs()
        assert float(error.max()) <= 1.01 * step
        assert float(error.mean()) < 0.05 * step


def test_weight_noise_of_an_lstm_is_drawn_once_per_forward() -> None:
    digital, x = nn.LSTM(7, 9), torch.randn(6, 2, 7)
    lstm = analog.convert(digital, SMALL)
    drawn = []
    lstm.weight_noise = lambda weights: drawn.append(tuple(weights.shape)) or weights + 0.1
    found, _ = lstm(x)
    assert drawn == [(36, 7), (36, 9)]
    with torch.no_grad():
        digital.weight_ih_l0 += 0.1
        digital.weight_hh_l0 += 0.1
    same(found, digital(x)[0])
