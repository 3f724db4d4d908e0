"""Which layers of a model go on cores, what stays digital, and what is refused."""

import copy
import warnings
from functools import partial
from typing import Any

import numpy as np
import pytest

import aimc

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
pytestmark = pytest.mark.torch

nn, prune = torch.nn, pytest.importorskip("torch.nn.utils.prune")
HERMES = partial(aimc.presets.hermes, devices=2)


class Tagger(nn.Module):
    """Embedding, LSTM, normalisation, output layer, and a part that is written by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(20, 6)
        self.lstm = nn.LSTM(6, 8, batch_first=True)
        self.norm = nn.LayerNorm(8)
        self.mix = nn.RNN(8, 8, batch_first=True)
        self.gain = nn.Parameter(torch.ones(()))
        self.out = nn.Linear(8, 5)

    def forward(self, tokens):
        h, _ = self.lstm(self.embed(tokens))
        h, _ = self.mix(self.norm(h))
        return self.out(self.gain * h)


def test_what_stays_digital_is_said_aloud() -> None:
    with pytest.warns(analog.LeftDigitalWarning) as caught:
        converted = analog.convert(Tagger(), HERMES)
    message = str(caught[0].message)
    assert "embed" not in message  # a table is looked up
    assert "mix (RNN)" in message
    assert "norm" not in message
    assert caught[0].filename == __file__
    assert list(converted.state_dict()) == list(Tagger().state_dict())
    found = analog.report(converted)
    assert [module.path for module in found.digital] == ["", "embed", "norm", "mix"]
    assert "digital: mix (RNN), no analog counterpart" in str(found)
    assert "digital: embed (Embedding), looked up, not multiplied with" in str(found)
    assert [matrix.layer for matrix in found.matrices] == ["lstm", "lstm", "out"]
    assert 0 < found.analog_share < 1


class Positions(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.pos, self.fc = nn.Parameter(torch.zeros(3, 4)), nn.Linear(4, 4)
        self.norm = nn.LayerNorm((3, 4))

    def forward(self, x):
        return self.norm(self.fc(x + self.pos))


def test_parameters_of_the_model_itself(recwarn: pytest.WarningsRecorder) -> None:
    with pytest.warns(analog.LeftDigitalWarning) as caught:
        converted = analog.convert(Positions(), HERMES)
    # the model has no name that could stand in skip, its table has; a normalisation has no matrix
    assert str(caught[0].message) == (
        "layers with weight matrices stay digital: (the model itself) (Positions); to say that "
        "this is meant, name 'pos' in skip"
    )
    assert "norm (LayerNorm), works element by element" in str(analog.report(converted))
    recwarn.clear()
    assert analog.convert(Positions(), HERMES, skip=("pos",)).fc.cores
    assert not recwarn.list
    with pytest.raises(ValueError, match=r"'fc\.weight', a parameter of a layer that goes"):
        analog.convert(Positions(), HERMES, skip=("fc.weight",))


def test_skip_and_only(recwarn: pytest.WarningsRecorder) -> None:
    skipped = analog.convert(Tagger(), HERMES, skip=("embed", "mix", "lstm"))
    assert not recwarn
    assert type(skipped.lstm) is nn.LSTM
    assert isinstance(skipped.out, analog.AnalogLinear)
    assert skipped.out.cores[0].index == 0
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
    volumes = nn.Sequential(nn.ConvTranspose3d(2, 3, 2), nn.ReLU(), nn.ConvTranspose3d(3, 2, 2))
    with pytest.raises(
        ValueError, match=r"no layer to convert: .*stay digital: ConvTranspose3d \(0\)$"
    ):
        analog.convert(volumes, HERMES)


def _tied():
    model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
    model[1].weight = model[0].weight
    return model


class Attention(nn.MultiheadAttention):
    pass


class EncoderLayer(nn.TransformerEncoderLayer):
    pass


REFUSED = {
    "attention": (lambda: nn.ModuleDict({"a": Attention(8, 2)}), "a: Attention computes"),
    "encoder": (
        lambda: nn.Sequential(EncoderLayer(8, 2, 16), nn.Linear(8, 2)),
        "0: EncoderLayer computes",
    ),
    "tied": (_tied, "0: its parameter '0.weight' is also '1.weight'"),
}


@pytest.mark.parametrize(("make", "message"), REFUSED.values(), ids=REFUSED)
def test_refused_by_name(make, message: str) -> None:
    with pytest.raises(analog.NotConvertibleError, match=message):
        analog.convert(make(), HERMES)


def test_a_forward_on_the_object_is_refused() -> None:
    hooked = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2))
    hooked[0].forward = partial(nn.Linear.forward, hooked[0])  # as hooks of accelerate do it
    with pytest.raises(analog.NotConvertibleError, match="0: a forward was set on the object"):
        analog.convert(hooked, HERMES)
    del hooked[0].forward
    outer = nn.ModuleDict({"a": hooked, "b": nn.Linear(2, 2)})
    outer["c"] = nn.Identity()
    outer["c"].forward = lambda x: x  # without weights
    analog.convert(outer, HERMES)
    outer.forward = lambda x: outer["b"](outer["a"](x))
    with pytest.raises(TypeError, match="a function as forward of itself"):
        analog.convert(outer, HERMES)


class Refined(nn.Module):
    """As detectors: heads of the model and of its decoder are other objects, tied afterwards."""

    def __init__(self, bias: bool = True) -> None:
        super().__init__()
        self.inner, self.between = nn.ModuleList([nn.Linear(4, 4, bias)]), nn.Linear(4, 4)
        self.head = nn.Linear(4, 4, bias)
        self.head.weight, self.head.bias = self.inner[0].weight, self.inner[0].bias

    def forward(self, x):
        return self.head(self.between(self.inner[0](x)).relu())


@pytest.mark.parametrize("bias", [True, False])
def test_layers_that_share_all_parameters_are_one_on_cores(bias: bool, recwarn) -> None:
    torch.manual_seed(0)
    model, x = Refined(bias), torch.randn(3, 4)
    converted = analog.program(analog.convert(model, aimc.presets.ideal))
    assert not recwarn
    assert [m.layer for m in analog.report(converted).matrices] == ["inner.0", "between"]
    assert converted.head is converted.inner[0]
    torch.testing.assert_close(converted(x), model(x))
    counts = analog.AnalogModel(converted).workload(x)
    assert [layer.mvms for layer in counts.layers] == [2, 1]
    assert list(converted.state_dict()) == list(model.state_dict())
    torch.testing.assert_close(analog.to_digital(converted)(x), model(x), rtol=0, atol=0)
    torch.testing.assert_close(copy.deepcopy(converted)(x), model(x))
    model.unseen = [model.head]  # what a list outside of the tree of modules holds is on cores, too
    (unseen,) = analog.convert(model, aimc.presets.ideal).unseen
    assert isinstance(unseen, analog.AnalogLayer)
    assert unseen.cores


def test_layers_of_other_libraries_may_be_one_as_well() -> None:
    class Table(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.scale, self.directions = 2.0, nn.Parameter(torch.randn(4, 4))

        def forward(self, x):
            return (self.scale * x @ self.directions).sin()

    model = nn.Sequential(Table(), Table())
    model[1].directions = model[0].directions
    assert len(analog.report(analog.convert(model, HERMES)).matrices) == 1
    # another state, or arrays that each layer may change by itself
    for different in ((2, 3), (np.ones(4), np.ones(4)), (torch.ones(4), torch.ones(4))):
        model[0].state, model[1].state = different
        with pytest.raises(analog.NotConvertibleError, match=r"1: its parameter '1\.directions'"):
            analog.convert(model, HERMES)
    two = nn.ModuleList([nn.LSTM(4, 4), nn.LSTM(4, 4)])
    two[1].weight_ih_l0 = two[0].weight_ih_l0
    with pytest.raises(analog.NotConvertibleError, match=r"'1\.weight_ih_l0' is also"):
        analog.convert(two, HERMES)


def test_layers_that_share_a_matrix_and_differ_are_two() -> None:
    model = Refined()
    model.head.register_forward_hook(lambda *_: None)
    with pytest.raises(analog.NotConvertibleError, match=r"head: its parameter 'head.weight' is"):
        analog.convert(model, HERMES)
    skipped = analog.program(analog.convert(Refined(), aimc.presets.ideal, skip=("head",)))
    assert type(skipped.head) is nn.Linear


def test_a_layer_that_is_called_from_two_places_is_one_on_cores() -> None:
    torch.manual_seed(0)
    shared = nn.Linear(4, 4)
    model = nn.Sequential(shared, nn.ReLU(), shared, nn.Linear(4, 2))
    converted = analog.program(analog.convert(model, aimc.presets.ideal))
    assert [row.layer for row in analog.report(converted).matrices] == ["0", "3"]
    assert converted[0] is converted[2]
    x = torch.randn(5, 4)
    torch.testing.assert_close(converted(x), model(x), rtol=1e-5, atol=1e-6)
    for name in ("0", "2"):  # under either name it is the same one
        skipped = analog.convert(model, HERMES, skip=(name,))
        assert type(skipped[0]) is type(skipped[2]) is nn.Linear
        only = analog.convert(model, HERMES, only=(name,))
        assert [row.layer for row in analog.report(only).matrices] == ["0"]


def test_refused_layers_can_be_skipped() -> None:
    model = nn.Sequential(EncoderLayer(8, 2, 16), nn.Linear(8, 2))
    assert isinstance(analog.convert(model, HERMES, skip=("0",))[1], analog.AnalogLinear)
    # the fast path of an encoder layer would pass an analog part by
    for choice in ({"skip": ("0.self_attn",)}, {"only": ("0.linear1",)}):
        with pytest.raises(analog.NotConvertibleError, match="0: EncoderLayer"):
            analog.convert(model, HERMES, **choice)
    converted = analog.convert(nn.Sequential(nn.Linear(4, 2)), HERMES)
    with pytest.raises(analog.NotConvertibleError, match="on cores already"):
        analog.convert(converted, HERMES)


COMPUTED = {
    "weight_norm": (nn.utils.parametrizations.weight_norm, "ParametrizedLinear"),
    "old weight_norm": (torch.nn.utils.weight_norm, "Linear"),
    "old spectral_norm": (torch.nn.utils.spectral_norm, "Linear"),
    "pruned": (lambda fc: prune.random_unstructured(fc, "weight", amount=0.5), "Linear"),
}


@pytest.mark.parametrize(("change", "kind"), COMPUTED.values(), ids=COMPUTED)
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.filterwarnings("ignore:.*weight_norm:FutureWarning")
def test_layers_whose_weights_are_computed_stay_digital(change, kind: str, bias: bool) -> None:
    model = nn.Sequential(nn.Linear(4, 4, bias), nn.Linear(4, 2)).eval()
    change(model[0])
    with pytest.warns(analog.LeftDigitalWarning) as caught:
        converted = analog.convert(model, HERMES)
    assert str(caught[0].message) == (
        f"layers with weight matrices stay digital: 0 ({kind}); to say that this is meant, name "
        "'0' in skip"
    )
    assert not isinstance(converted[0], analog.AnalogLayer)
    assert isinstance(converted[1], analog.AnalogLinear)
    torch.testing.assert_close(converted[0](torch.eye(4)), model[0](torch.eye(4)))
    found = analog.report(converted)
    assert [str(module.reason) for module in found.digital] == [
        "its weights are computed from others"
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        analog.convert(model, HERMES, skip=("0",))


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_models_that_cannot_be_read_are_refused() -> None:
    with pytest.raises(ValueError, match=r"without a shape: 0\.weight, 0\.bias; call it once"):
        analog.convert(nn.Sequential(nn.LazyLinear(3)), HERMES)
    with pytest.raises(TypeError, match="must not be compiled"):
        analog.convert(torch.jit.trace(nn.Linear(4, 3), torch.rand(2, 4)), HERMES)
    with pytest.raises(TypeError, match=r"must be a torch\.nn\.Module, got None"):
        analog.fold_batch_norm(None)


class Adapted(nn.Linear):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs)
        self.a, self.b = (nn.Parameter(torch.randn(*size)) for size in ((2, inputs), (outputs, 2)))

    def forward(self, x: Any) -> Any:
        return nn.functional.linear(x, self.weight + self.b @ self.a, self.bias)


def test_a_product_of_two_parameters_brings_neither_to_cores() -> None:
    with pytest.warns(analog.LeftDigitalWarning, match=r"0 \(Adapted\)"):
        model = analog.convert(nn.Sequential(Adapted(40, 30), nn.Linear(30, 2)), HERMES)
    assert [each.layer for each in analog.report(model).matrices] == ["1"]
    assert analog.report(model).analog_share < 0.1


class Partly(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.w, self.u = nn.Parameter(torch.randn(5, 4)), nn.Parameter(torch.randn(5, 5))

    def forward(self, x: Any) -> Any:
        return torch.einsum("bi,ij->bj", x @ self.w.T, self.u + 0)


def test_matrices_of_a_layer_on_cores_that_stay_digital_are_told(
    recwarn: pytest.WarningsRecorder,
) -> None:
    with pytest.warns(analog.LeftDigitalWarning, match=r"0\.u \(parameter of Partly\).*'0\.u'"):
        model = analog.convert(nn.Sequential(Partly()), HERMES)
    found = analog.report(model)
    assert [each.parameter for each in found.matrices] == ["w"]
    assert [(each.path, each.parameters) for each in found.digital] == [("0.u", 25)]
    assert found.analog_share == pytest.approx(20 / 45)
    work = analog.AnalogModel(model).workload(torch.rand(3, 4))
    assert work.digital == ("0.u (parameter of Partly)",)
    recwarn.clear()
    analog.convert(nn.Sequential(Partly()), HERMES, skip=("0.u",))
    assert not recwarn.list


def test_complex_weights_are_refused() -> None:
    with pytest.raises(analog.NotConvertibleError, match=r"0: its weights are complex"):
        analog.convert(nn.Sequential(nn.Linear(3, 3, dtype=torch.cfloat)), HERMES)
