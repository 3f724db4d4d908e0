"""Batch normalisation is folded only where the result computes what the model computed."""

import copy

import pytest

import aimc

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
pytestmark = pytest.mark.torch

nn = torch.nn
prune = pytest.importorskip("torch.nn.utils.prune")


def trained(model, x):
    """Return a model in evaluation mode, with statistics of data and other than plain factors."""
    for _ in range(3):
        model(2 * x + 1)
    with torch.no_grad():
        for module in model.modules():
            if getattr(module, "affine", False):
                module.weight.uniform_(0.5, 2)
                module.bias.uniform_(-1, 1)
    return model.eval()


def identities(model) -> list[str]:
    return [name for name, module in model.named_modules() if isinstance(module, nn.Identity)]


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
    x = torch.rand(30, 3, 8, 8)
    model = trained(Block(), x)
    folded = analog.fold_batch_norm(model)
    torch.testing.assert_close(folded(x), model(x), rtol=1e-5, atol=1e-5)
    assert identities(folded) == ["bn1", "bn3"]
    assert type(model.bn1) is nn.BatchNorm2d
    assert isinstance(analog.convert(folded, aimc.presets.hermes).conv1, analog.AnalogConv2d)

    class Fork(nn.Module):
        def forward(self, x):
            return x if x.sum() > 0 else -x

    with pytest.raises(analog.NotConvertibleError, match="cannot trace Fork"):
        analog.fold_batch_norm(Fork())


class Listed(nn.Module):
    """The same two layers by name and in a plain list, which the forward uses."""

    def __init__(self) -> None:
        super().__init__()
        self.fc, self.bn = nn.Linear(5, 6), nn.BatchNorm1d(6)
        self.steps = [self.fc, self.bn]

    def forward(self, x):
        for step in self.steps:
            x = step(x)
        return x


class Reused(nn.Module):
    """The weights in front of the normalisation are used once more, without it."""

    def __init__(self) -> None:
        super().__init__()
        self.fc, self.bn = nn.Linear(5, 6), nn.BatchNorm1d(6)

    def forward(self, x):
        return self.bn(self.fc(x)) + nn.functional.linear(x, self.fc.weight)


def _pruned():
    fc = nn.Linear(5, 6)
    prune.random_unstructured(fc, "weight", amount=0.5)
    return nn.Sequential(fc, nn.BatchNorm1d(6))


PAIRS = {
    "list of layers": (Listed, (9, 5), ["bn"]),
    "weights used twice": (Reused, (9, 5), []),
    "no factors": (
        lambda: nn.Sequential(nn.Linear(5, 6, bias=False), nn.BatchNorm1d(6, affine=False)),
        (9, 5),
        ["1"],
    ),
    "over time": (
        lambda: nn.Sequential(nn.Conv1d(4, 6, 3, groups=2), nn.BatchNorm1d(6)),
        (9, 4, 8),
        ["1"],
    ),
    "other axis": (lambda: nn.Sequential(nn.Linear(5, 6), nn.BatchNorm1d(9)), (4, 9, 5), []),
    "computed weights": (_pruned, (9, 5), []),
}


@pytest.mark.parametrize(("make", "shape", "gone"), PAIRS.values(), ids=PAIRS)
def test_a_folded_model_computes_the_same(make, shape: tuple[int, ...], gone: list[str]) -> None:
    x = torch.randn(shape)
    model = trained(make(), x)
    folded = analog.fold_batch_norm(model)
    torch.testing.assert_close(folded(x), model(x), rtol=1e-5, atol=1e-5)
    assert identities(folded) == gone
    torch.testing.assert_close(analog.fold_batch_norm(folded)(x), model(x), rtol=1e-5, atol=1e-5)


def test_a_convolution_over_time_is_folded_for_batches_only() -> None:
    model = nn.Sequential(nn.Conv1d(5, 6, 1), nn.BatchNorm1d(6)).eval()
    folded = analog.fold_batch_norm(model)
    with pytest.raises(ValueError, match=r"1 was folded .*\(n, channels, length\) .*met \(6, 6\)"):
        folded(torch.rand(5, 6))


def test_a_dense_layer_is_folded_for_inputs_of_two_axes_only() -> None:
    model = nn.Sequential(nn.Linear(5, 6), nn.BatchNorm1d(6)).eval()
    folded = copy.deepcopy(analog.fold_batch_norm(model))
    with pytest.raises(ValueError, match=r"1 was folded .*it met \(3, 6, 6\)"):
        folded(torch.rand(3, 6, 5))


@pytest.mark.parametrize("place", ["behind the layer", "before the norm", "behind the norm"])
def test_nothing_is_folded_past_a_hook(place: str) -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4))
    x = torch.randn(9, 4, generator=torch.Generator().manual_seed(0))
    model(3 * x + 1)
    model.eval()
    if place == "before the norm":
        model[1].register_forward_pre_hook(lambda module, inputs: (2 * inputs[0],))
    else:
        hooked = model[0 if place == "behind the layer" else 1]
        hooked.register_forward_hook(lambda module, inputs, output: 2 * output)
    folded = analog.fold_batch_norm(model)
    assert isinstance(folded[1], nn.BatchNorm1d)
    assert torch.equal(folded(x), model(x))


def test_a_layer_with_a_computed_bias_is_not_folded() -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4)).eval()
    torch.nn.utils.prune.l1_unstructured(model[0], "bias", 0.5)
    x = torch.randn(9, 4)
    assert torch.equal(analog.fold_batch_norm(model)(x), model(x))
