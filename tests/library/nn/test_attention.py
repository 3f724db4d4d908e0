"""Attention and transformers on cores: equal to torch's, whatever path torch takes."""

import copy
import pickle
import warnings
from functools import partial

import pytest

import aimc
from aimc.chip import Chip

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
pytestmark = pytest.mark.torch

nn = torch.nn
IDEAL, HERMES = aimc.presets.ideal, aimc.presets.hermes


def on_cores(digital, preset=IDEAL, **options):
    converted = analog.convert(digital, preset, **options)
    analog.program(converted)
    return converted


def same(found, expected, tolerance: float = 1e-5) -> None:
    if expected is None:
        assert found is None
    else:
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=tolerance, equal_nan=True)


def attention(**options):
    layer = nn.MultiheadAttention(12, 3, **options).eval()
    for bias in (layer.in_proj_bias, layer.out_proj.bias):
        if bias is not None:
            nn.init.uniform_(bias)
    return layer


LENGTH, KEYS, BATCH, HEADS = 5, 7, 2, 3
PADDING = torch.tensor([[False] * 5 + [True] * 2, [False] * 7])
HIDDEN = torch.ones(LENGTH, KEYS).triu(1).bool()
MASKS = {
    "none": {},
    "padding": {"key_padding_mask": PADDING},
    "bool": {"attn_mask": HIDDEN},
    "float": {"attn_mask": torch.linspace(-2, 2, LENGTH * KEYS).view(LENGTH, KEYS)},
    "per head": {"attn_mask": torch.stack([HIDDEN, HIDDEN.roll(1, 1)] * HEADS)},
    "both": {"attn_mask": HIDDEN, "key_padding_mask": PADDING},
    "causal": {"attn_mask": HIDDEN, "is_causal": True},
}


@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize("need", ["no weights", "weights", "weights of each head"])
def test_attention_is_that_of_torch(mask, batch_first: bool, need: str) -> None:
    digital = attention(batch_first=batch_first)
    query, keys = torch.randn(BATCH, LENGTH, 12), torch.randn(BATCH, KEYS, 12)
    if not batch_first:
        query, keys = query.transpose(0, 1), keys.transpose(0, 1)
    options = {"need_weights": need != "no weights", "average_attn_weights": need == "weights"}
    expected = digital(query, keys, keys + 1, **mask, **options)
    found = on_cores(digital)(query, keys, keys + 1, **mask, **options)
    for one, other in zip(found, expected, strict=True):
        same(one, other)


@pytest.mark.parametrize(
    "options", [{"bias": False}, {"kdim": 4, "vdim": 6}, {"kdim": 4, "vdim": 6, "bias": False}]
)
def test_other_sizes_and_inputs_without_a_batch(options) -> None:
    digital = attention(**options)
    converted = on_cores(digital)
    inputs = [torch.randn(n, size) for n, size in ((5, 12), (7, digital.kdim), (7, digital.vdim))]
    for need in (True, False):
        mask = {"attn_mask": HIDDEN, "key_padding_mask": PADDING[0]}
        for found, expected in zip(
            converted(*inputs, **mask, need_weights=need),
            digital(*inputs, **mask, need_weights=need),
            strict=True,
        ):
            same(found, expected)
    shapes = [matrix.shape for matrix in analog.report(converted).matrices]
    assert shapes == [(12, 12), (12, digital.kdim), (12, digital.vdim), (12, 12)]


def encoder(layers: int = 2, **options):
    layer = nn.TransformerEncoderLayer(12, 2, 16, batch_first=True, **options)
    return nn.TransformerEncoder(layer, layers).eval()


X = torch.randn(3, 6, 12, generator=torch.Generator().manual_seed(1))
LATE = torch.arange(6) >= torch.tensor([[6], [4], [2]])


@pytest.mark.parametrize("options", [{}, {"norm_first": True}, {"activation": "gelu"}])
@pytest.mark.filterwarnings("ignore:.*nested.tensor:UserWarning")
def test_encoders_are_those_of_torch_in_all_modes(options) -> None:
    digital = encoder(**options)
    converted = on_cores(digital)
    causal = nn.Transformer.generate_square_subsequent_mask(6)
    for gradients in (True, False):
        with torch.set_grad_enabled(gradients):
            same(converted(X), digital(X))
            same(converted(X, mask=causal), digital(X, mask=causal))
            same(converted(X, src_key_padding_mask=LATE), digital(X, src_key_padding_mask=LATE))


@pytest.mark.parametrize("norm", [False, True])
@pytest.mark.parametrize("padding", ["late", "early", "numbers", "all of one"])
@pytest.mark.filterwarnings("ignore:.*nested.tensor:UserWarning")
def test_padded_places_hold_what_torch_leaves_there(padding: str, norm: bool) -> None:
    digital = encoder()
    if norm:
        digital.norm = nn.LayerNorm(12)
        nn.init.uniform_(digital.norm.bias)
    converted = on_cores(digital)
    numbers = torch.zeros(LATE.shape).masked_fill(LATE, -torch.inf)
    mask = {"late": LATE, "early": LATE.flip(1), "numbers": numbers, "all of one": LATE.clone()}[
        padding
    ]
    if padding == "all of one":
        mask[1] = True
    with torch.no_grad():
        found, expected = (model(X, src_key_padding_mask=mask) for model in (converted, digital))
        same(found, expected)
        back = analog.to_digital(copy.deepcopy(converted))
        assert type(back) is nn.TransformerEncoder
        same(back(X, src_key_padding_mask=mask), expected)


@pytest.mark.filterwarnings("ignore:.*nested.tensor:UserWarning")
@pytest.mark.parametrize("padding", [None, LATE])
@pytest.mark.parametrize(
    "only", [None, ("layers.1",), ("layers.0.linear2",), ("layers.1.self_attn",)]
)
def test_no_fast_path_passes_the_cores_by(padding, only) -> None:
    converted = analog.convert(encoder(), HERMES, only=only)
    with torch.no_grad(), pytest.raises(aimc.UnprogrammedError):
        converted(X, src_key_padding_mask=padding)
    analog.calibrate(converted, X)
    analog.program(converted)
    read = []
    for path, layer in analog.analog_layers(converted).items():
        layer.register_forward_hook(lambda *_, path=path: read.append(path))
    with torch.no_grad():
        converted(X, src_key_padding_mask=padding)
    assert set(read) == set(analog.analog_layers(converted))


def test_a_whole_transformer_with_a_decoder() -> None:
    digital = nn.Transformer(12, 2, 1, 1, 16, batch_first=True).eval()
    converted = on_cores(digital)
    assert all(
        not module.reason.startswith("no analog") for module in analog.report(converted).digital
    )
    same(converted(X, X[:, :4]), digital(X, X[:, :4]))


def test_a_two_layer_encoder_runs_on_a_chip() -> None:
    model = nn.Sequential(encoder(), nn.Linear(12, 4)).eval()
    converted = analog.convert(model, HERMES, serial=7)
    analog.calibrate(converted, torch.randn(40, 6, 12))
    chip = Chip(serial=7)
    plan = chip.map(converted, X)
    names = [layer.name for layer in plan.network.layers]
    first = "0.layers.0."
    assert names[:6] == [
        *(f"{first}self_attn.in_proj_weight:{role}" for role in "qkv"),
        *(first + part for part in ("self_attn.out_proj", "linear1", "linear2")),
    ]
    assert {layer.mvms for layer in plan.network.layers} == {6}
    # queries, keys and values need nothing from each other; all else waits
    assert [layer.stage for layer in plan.network.layers][:6] == [0, 0, 0, 1, 2, 3]
    assert "products of activations, such as attention" in plan.network.other
    chip.program()
    run = chip.run(X)
    assert set(run.vectors.values()) == {18}
    exact = model(X)
    assert float((run.outputs - exact).detach().std() / exact.detach().std()) < 0.5
    assert "products of activations" in str(run.performance)
    assert run.performance.energy.value > 0


def test_keys_and_queries_are_counted_apart() -> None:
    class Cross(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.attn = attention(batch_first=True)

        def forward(self, x):
            return self.attn(key=x[:, :4], query=x[:, :1], value=x[:, :4])[0]

    plan = Chip(serial=7).map(analog.convert(Cross(), HERMES, serial=7), X)
    assert [layer.mvms for layer in plan.network.layers] == [1, 4, 4, 1]


def test_the_report_says_what_is_digital() -> None:
    text = str(analog.report(on_cores(encoder(1))))
    assert (
        "digital: layers.0.self_attn (AnalogMultiheadAttention), products of activations, such as "
        "attention and softmax"
    ) in text


def test_the_way_back_and_copies() -> None:
    digital = encoder()
    converted = on_cores(digital, partial(HERMES, input_range=None))
    back = analog.to_digital(converted)
    assert repr(back) == repr(digital)
    for one, other in zip(back.modules(), digital.modules(), strict=True):
        assert type(one) is type(other)
        assert vars(one).keys() == vars(other).keys()
    assert back.layers[0].activation_relu_or_gelu == 1
    with torch.no_grad():
        assert torch.equal(back(X), digital(X))
    for copied in (copy.deepcopy(converted), pickle.loads(pickle.dumps(converted))):
        assert copied(X).shape == X.shape
    converted.load_state_dict(digital.state_dict())


def test_a_layer_made_analog_and_its_training() -> None:
    layer = analog.AnalogMultiheadAttention(
        8, 2, preset=IDEAL, first_core=3, batch_first=True, dtype=torch.float64
    )
    assert [core.index for core in analog.report(layer).cores] == [3, 4, 5, 6]
    x = torch.randn(2, 3, 8, dtype=torch.float64)
    analog.program(layer, gradients=True)
    layer(x, x, x)[0].square().sum().backward()
    twin = analog.to_digital(layer)
    twin.zero_grad()
    twin(x, x, x)[0].square().sum().backward()
    same(layer.in_proj_weight.grad, twin.in_proj_weight.grad.to(torch.float64), 1e-4)
    with torch.no_grad():
        layer.in_proj_weight[16:].mul_(2)
    with pytest.warns(analog.StaleWeightsWarning):
        layer(x, x, x)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        layer.program()
        layer(x, x, x)


def test_what_is_refused() -> None:
    class Own(nn.MultiheadAttention):
        pass

    class OwnLayer(nn.TransformerEncoderLayer):
        pass

    for module, message in (
        (nn.MultiheadAttention(8, 2, add_bias_kv=True), "add_bias_kv"),
        (nn.MultiheadAttention(8, 2, add_zero_attn=True), "add_zero_attn"),
        (Own(8, 2), "0: Own computes with the weights of its parts"),
        (OwnLayer(8, 2, 16), "0: OwnLayer computes"),
    ):
        with pytest.raises(analog.NotConvertibleError, match=message):
            analog.convert(nn.Sequential(module, nn.Linear(8, 2)), IDEAL)
    model = nn.Sequential(nn.MultiheadAttention(8, 2), nn.Linear(8, 2))
    with pytest.raises(analog.NotConvertibleError, match="0: MultiheadAttention computes"):
        analog.convert(model, IDEAL, only=("0.out_proj",))
    layer, x = on_cores(attention()), torch.randn(5, 2, 12)
    for inputs, named, error, message in (
        ((x, x[..., :4], x), {}, ValueError, "key must have 2 or 3 axes"),
        ((x, x, x[:3]), {}, ValueError, "equally many"),
        ((x, x, x.long()), {}, TypeError, "floating-point"),
        ((x, x, x), {"is_causal": True}, ValueError, "needs attn_mask"),
        ((x, x, x), {"attn_mask": HIDDEN}, ValueError, r"attn_mask must have shape \(5, 5\)"),
        ((x, x, x), {"key_padding_mask": PADDING}, ValueError, r"must have shape \(2, 5\)"),
    ):
        with pytest.raises(error, match=message):
            layer(*inputs, **named)
