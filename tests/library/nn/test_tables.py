"""A table that a model multiplies with past all layers is named, in its first forward."""

import copy
import pickle
import warnings

import pytest

import aimc

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
pytestmark = pytest.mark.torch

nn = torch.nn
IDS = torch.tensor([[3, 1, 4, 1, 5]])


class Language(nn.Module):
    """A model of language whose output is written in one of several ways."""

    def __init__(self, way: str) -> None:
        super().__init__()
        self.way, self.embed, self.body = way, nn.Embedding(9, 6), nn.Linear(6, 6)
        self.head = nn.Linear(6, 9, bias=False)
        if way == "layer":
            self.head.weight = self.embed.weight

    def forward(self, ids):
        x = self.body(self.embed(ids)).relu()
        if self.way == "matmul":
            return x @ self.embed.weight.T
        if self.way == "linear":
            return nn.functional.linear(x, self.embed.weight)
        if self.way == "einsum":
            return torch.einsum("bti,oi->bto", x, self.embed.weight)
        return self.head(x)


def messages(caught) -> list[str]:
    return [str(w.message) for w in caught if issubclass(w.category, analog.LeftDigitalWarning)]


@pytest.mark.parametrize("way", ["matmul", "linear", "einsum"])
def test_a_product_with_a_table_is_named_once(way: str, recwarn) -> None:
    warnings.simplefilter("always")
    digital = Language(way)
    model = analog.program(analog.convert(digital, aimc.presets.ideal))
    copies = copy.deepcopy(model), pickle.loads(pickle.dumps(model)), analog.to_digital(model)
    assert not messages(recwarn)
    assert "embed (Embedding), looked up, not multiplied with" in str(analog.report(model))
    for _ in range(3):
        torch.testing.assert_close(model(IDS), digital(IDS), rtol=1e-5, atol=1e-5)
    (said,) = messages(recwarn)
    assert "embed (Embedding)" in said
    assert "name 'embed' in skip" in said
    assert "embed (Embedding), looked up, and multiplied with" in str(analog.report(model))
    for each in copies:
        each(IDS)
    assert len(messages(recwarn)) == 1 + 2  # copies have a first forward, what is digital has none


@pytest.mark.parametrize(
    ("way", "options"), [("layer", {}), ("own layer", {}), ("matmul", {"skip": ("embed",)})]
)
@pytest.mark.parametrize("mode", ["devices", "noise", "digital"])
def test_other_tables_are_not(way: str, options: dict, mode: str, recwarn) -> None:
    model = analog.program(analog.convert(Language(way), aimc.presets.ideal, **options))
    for layer in analog.analog_layers(model).values():  # read the table itself, where it is tied
        layer.weight_noise = (lambda weights: weights) if mode == "noise" else None
        layer.digital = mode == "digital"
    model(IDS)
    assert not messages(recwarn)


class Past(nn.Module):
    """Multiplies with the weights of a layer that it finds in one of several ways."""

    def __init__(self, way: str) -> None:
        super().__init__()
        self.way, self.layer = way, nn.Linear(6, 6, bias=False)
        self.kept = [self.layer.weight]

    def forward(self, x):
        found = {
            "parameters": lambda: next(self.layer.parameters()),
            "state": lambda: self.state_dict()["layer.weight"],
            "kept": lambda: self.kept[0],
            "part": lambda: self.kept[0][2:].detach(),
            "attribute": lambda: self.layer.weight,
        }[self.way]()
        return x @ found.t()


@pytest.mark.parametrize("way", ["parameters", "state", "kept", "part"])
def test_weights_on_cores_that_are_multiplied_with_digitally_are_named(way: str, recwarn) -> None:
    model = analog.program(analog.convert(nn.Sequential(Past(way)), aimc.presets.ideal))
    for _ in range(3):
        model(torch.ones(2, 6))
    (said,) = messages(recwarn)
    assert "stays digital: 0.layer.weight" in said


def test_weights_that_a_layer_stands_for_are_not_named(recwarn) -> None:
    model = analog.program(analog.convert(Past("attribute"), aimc.presets.ideal))
    hooks = len(model._forward_pre_hooks)
    for _ in range(2):
        model(torch.ones(2, 6))
    assert not messages(recwarn)
    assert len(model._forward_pre_hooks) == hooks - 1  # whoever watched is gone


def test_a_forward_that_fails_leaves_nothing_behind(recwarn) -> None:
    model = analog.program(analog.convert(Language("matmul"), aimc.presets.ideal))
    with pytest.raises(IndexError):
        model(IDS + 100)
    table = model.embed.weight
    torch.ones(2, 6) @ table.T
    assert not messages(recwarn)
    assert torch.overrides._get_current_function_mode() is None


def test_it_compiles() -> None:
    model = analog.program(analog.convert(Language("matmul"), aimc.presets.ideal))
    compiled = torch.compile(model, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(IDS), analog.to_digital(model)(IDS), rtol=1e-5, atol=1e-5)
