"""Converting models: what goes on cores, what stays digital, what is refused, and how chips age."""

from functools import partial

import numpy as np
import pytest

import aimc
from aimc.recovery.compensation import drift_factor

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
pytestmark = pytest.mark.torch
torch.set_num_threads(1)

nn = torch.nn
HERMES = partial(aimc.presets.hermes_core, devices=2)


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(5)


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


class Tagger(nn.Module):
    """Embedding, LSTM, normalisation, output layer, and a part that is written by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(20, 6)
        self.lstm = nn.LSTM(6, 8, batch_first=True)
        self.norm = nn.LayerNorm(8)
        self.mix = nn.Conv1d(8, 8, 1)
        self.gain = nn.Parameter(torch.ones(()))
        self.out = nn.Linear(8, 5)

    def forward(self, tokens):
        h, _ = self.lstm(self.embed(tokens))
        h = self.mix(self.norm(h).transpose(1, 2)).transpose(1, 2)
        return self.out(self.gain * h)


def images(n: int = 6):
    return torch.rand(n, 3, 8, 8, generator=torch.Generator().manual_seed(1))


def on_chip(serial: int = 7, model=None):
    converted = analog.convert(network() if model is None else model, HERMES, serial=serial)
    analog.calibrate(converted, [images(50)])
    analog.program(converted)
    return converted


def test_a_whole_network_on_ideal_cores_is_the_digital_one() -> None:
    digital = network()
    converted = analog.convert(digital, aimc.presets.ideal_core)
    analog.program(converted)
    torch.testing.assert_close(converted(images()), digital(images()), rtol=1e-5, atol=1e-6)
    assert type(digital[0]) is nn.Conv2d
    assert converted[0].weight is not digital[0].weight


def test_cores_are_numbered_through_the_model() -> None:
    converted = analog.convert(network(), HERMES, serial=9)
    found = analog.report(converted)
    # 300 outputs take two cores, 300 inputs as well
    assert [matrix.grid for matrix in found.matrices] == [(1, 1), (2, 1), (1, 2)]
    assert [core.index for core in found.cores] == list(range(5))
    assert {core.serial for core in found.cores} == {9}
    assert [tile.index for tile in converted[6].tiles] == [3, 4]
    assert found.analog_share == 1.0
    for cited in (found, converted, converted[6]):
        assert aimc.citations(cited) == aimc.citations(aimc.presets.hermes_core())
    assert "5 cores hold 100.0%" in str(found)


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
    tagger = Tagger()
    with pytest.warns(analog.LeftDigitalWarning):
        assert list(analog.convert(tagger, HERMES).state_dict()) == list(tagger.state_dict())


def test_an_optimiser_step_changes_weights_and_the_next_programming() -> None:
    converted = analog.convert(network(), aimc.presets.ideal_core)
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
    tiled = aimc.TiledMatrix(weights, lambda k: aimc.presets.hermes_core(11, 2, index=1 + k))
    for core, tile in zip(tiled.cores, converted[4].tiles, strict=True):
        assert core.index == tile.index
        np.testing.assert_allclose(
            tile.core.state.g_programmed.numpy(), core.state.g_programmed, rtol=1e-3, atol=1e-10
        )


def test_cores_of_one_chip_differ() -> None:
    twins = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
    twins[1].load_state_dict(twins[0].state_dict())
    for preset in (HERMES, aimc.presets.joshi2020_core, aimc.presets.rasch2023_core):
        converted = analog.convert(twins, preset)
        analog.program(converted)
        a, b = (layer.tiles[0].core.at(0.0).weights() for layer in converted)
        assert not torch.allclose(a, b)


def test_outputs_drift_and_compensation_brings_them_back() -> None:
    converted, x = on_chip(), images(20)
    digital = network()
    digital.load_state_dict(converted.state_dict())
    exact = digital(x).detach() - digital[6].bias.detach()

    def size() -> float:
        got = converted(x).detach() - converted[6].bias.detach()
        return float((got * exact).sum() / exact.square().sum())

    now = size()
    analog.set_time(converted, 86400.0)
    later = size()
    analog.set_time(converted, 86400.0, gain=lambda core, t: 1 / drift_factor(core, t))
    compensated = size()
    assert later < 0.9 * now
    assert abs(compensated - now) < 0.3 * abs(later - now)
    analog.set_time(converted, 0.0)
    assert size() == pytest.approx(now, abs=0.02)


def test_momentary_noise_is_the_same_for_all_vectors() -> None:
    converted, x = on_chip().requires_grad_(False), images(1).expand(5, 3, 8, 8)
    assert float(converted(x).std(dim=0).max()) > 1e-4
    analog.set_time(converted, 60.0, momentary=True)
    now = converted(x)
    assert float(now.std(dim=0).max()) < 1e-6
    torch.testing.assert_close(converted(x), now, rtol=0, atol=1e-6)
    analog.set_time(converted, 86400.0, momentary=True)
    assert not torch.allclose(converted(x), now)
    with pytest.raises(ValueError, match="60"):
        analog.set_time(converted, 60.0, momentary=True)
    analog.program(converted)
    analog.set_time(converted, 60.0, momentary=True)


def test_what_stays_digital_is_said_aloud() -> None:
    with pytest.warns(analog.LeftDigitalWarning) as caught:
        converted = analog.convert(Tagger(), HERMES)
    message = str(caught[0].message)
    assert "embed (Embedding)" in message
    assert "mix (Conv1d)" in message
    assert "norm" not in message
    assert caught[0].filename == __file__
    found = analog.report(converted)
    assert [module.path for module in found.digital] == ["", "embed", "norm", "mix"]
    assert "digital: mix (Conv1d), no analog counterpart" in str(found)
    assert [matrix.layer for matrix in found.matrices] == ["lstm", "lstm", "out"]
    assert 0 < found.analog_share < 1


def test_skip_and_only(recwarn: pytest.WarningsRecorder) -> None:
    skipped = analog.convert(Tagger(), HERMES, skip=("embed", "mix", "lstm"))
    assert not recwarn
    assert type(skipped.lstm) is nn.LSTM
    assert isinstance(skipped.out, analog.AnalogLinear)
    assert skipped.out.tiles[0].index == 0
    only = analog.convert(Tagger(), HERMES, only=("lstm",))
    assert not recwarn
    assert type(only.out) is nn.Linear
    assert "digital: out (Linear), left digital on request" in str(analog.report(only))
    with pytest.raises(ValueError, match="skip names 'fc', which is no module"):
        analog.convert(Tagger(), HERMES, skip=("fc",))
    with pytest.raises(TypeError, match="skip must be a sequence of names"):
        analog.convert(Tagger(), HERMES, skip="out")
    with pytest.raises(ValueError, match="no layer to convert"):
        analog.convert(nn.Sequential(nn.ReLU()), HERMES)


def _tied():
    model = nn.Sequential()
    model.embed, model.head = nn.Embedding(9, 4), nn.Linear(4, 9, bias=False)
    model.head.weight = model.embed.weight
    return model


def _twice():
    shared = nn.Linear(4, 4)
    return nn.Sequential(shared, nn.ReLU(), shared)


REFUSED = {
    "attention": (lambda: nn.ModuleDict({"a": nn.MultiheadAttention(8, 2)}), "a: MultiheadAtt"),
    "encoder": (
        lambda: nn.Sequential(nn.TransformerEncoderLayer(8, 2, 16), nn.Linear(8, 2)),
        "0: TransformerEncoderLayer",
    ),
    "groups": (lambda: nn.Sequential(nn.Conv2d(4, 4, 3, groups=4)), "0: a convolution in 4 groups"),
    "bidirectional": (lambda: nn.LSTM(3, 4, bidirectional=True), "the model itself.: a bidirect"),
    "projection": (lambda: nn.LSTM(3, 4, proj_size=2), "proj_size=2"),
    "tied": (_tied, "head: its parameter 'head.weight' is also 'embed.weight'"),
    "twice": (_twice, "0: its parameter '0.weight' is also '2.weight'"),
}


@pytest.mark.parametrize(("make", "message"), REFUSED.values(), ids=REFUSED)
def test_refused_by_name(make, message: str) -> None:
    with pytest.raises(analog.NotConvertibleError, match=message):
        analog.convert(make(), HERMES)


def test_refused_layers_can_be_skipped() -> None:
    model = nn.Sequential(nn.TransformerEncoderLayer(8, 2, 16), nn.Linear(8, 2))
    assert isinstance(analog.convert(model, HERMES, skip=("0",))[1], analog.AnalogLinear)
    # the fast path of an encoder layer would pass an analog part by
    for choice in ({"skip": ("0.self_attn",)}, {"only": ("0.linear1",)}):
        with pytest.raises(analog.NotConvertibleError, match="0: TransformerEncoderLayer"):
            analog.convert(model, HERMES, **choice)
    converted = analog.convert(network(), HERMES)
    with pytest.raises(analog.NotConvertibleError, match="on cores already"):
        analog.convert(converted, HERMES)


def test_reparametrised_layers_stay_digital() -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 2))
    nn.utils.parametrizations.weight_norm(model[0])
    with pytest.warns(analog.LeftDigitalWarning, match=r"0 \(ParametrizedLinear\)|0\.param"):
        converted = analog.convert(model, HERMES)
    assert not isinstance(converted[0], analog.AnalogLayer)
    assert isinstance(converted[1], analog.AnalogLinear)


def test_presets_must_number_their_cores() -> None:
    with pytest.raises(ValueError, match="asked for core 1 of chip 3"):
        analog.convert(
            nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4)),
            lambda serial, index: aimc.presets.hermes_core(serial),
            serial=3,
        )
    with pytest.raises(TypeError, match="preset must return a Core"):
        analog.convert(network(), lambda **numbers: None)
    with pytest.raises(ValueError, match="weight_range='row'"):
        analog.convert(network(), HERMES, weight_range="row")
    with pytest.raises(ValueError, match="no analog layer"):
        analog.program(network())


class Block(nn.Module):
    """A residual block; one convolution is used twice, so its normalisation must stay."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6)
        self.conv2, self.bn2 = nn.Conv2d(6, 6, 3, padding=1), nn.BatchNorm2d(6)
        self.fc, self.bn3 = nn.Linear(6, 4), nn.BatchNorm1d(4, affine=True)
        self.relu = nn.ReLU()

    def forward(self, x):
        x = self.relu(self.bn1(self.conv1(x)))
        shared = self.conv2(x)
        return self.bn3(self.fc((self.bn2(shared) + shared).mean((2, 3))))


def test_batch_norm_folds_only_where_it_is_exact() -> None:
    model, x = Block(), images(30)
    for _ in range(3):
        model(2 * x + 1)
    model.eval()
    with torch.no_grad():
        for norm in (model.bn1, model.bn2, model.bn3):
            norm.weight.uniform_(0.5, 2)
            norm.bias.uniform_(-1, 1)
    folded = analog.fold_batch_norm(model)
    torch.testing.assert_close(folded(x), model(x), rtol=1e-5, atol=1e-5)
    kinds = {name: type(module).__name__ for name, module in folded.named_children()}
    assert (kinds["bn1"], kinds["bn2"], kinds["bn3"]) == ("Identity", "BatchNorm2d", "Identity")
    assert type(model.bn1) is nn.BatchNorm2d
    assert isinstance(analog.convert(folded, HERMES).conv1, analog.AnalogConv2d)

    class Fork(nn.Module):
        def forward(self, x):
            return x if x.sum() > 0 else -x

    with pytest.raises(analog.NotConvertibleError, match="cannot trace Fork"):
        analog.fold_batch_norm(Fork())


def test_importing_the_library_does_not_import_torch() -> None:
    import subprocess
    import sys

    code = "import aimc, sys; print('torch' in sys.modules, 'aimc.nn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False False"
