"""Limits on weights: by their spread, by a percentile, fixed, or as they were at the start."""

import pytest
import torch

import aimc.nn
from aimc.recovery.training import Clipping, Recipe, noisy_training, remap


@pytest.mark.parametrize("per", ["tensor", "output"])
def test_limits(per: str) -> None:
    weights = torch.randn(3, 2000) * torch.tensor([[1.0], [2.0], [4.0]])
    groups = list(weights) if per == "output" else [weights]
    wanted = {
        ("sigma", 2.0): [2 * each.std(correction=0) for each in groups],
        ("percentile", 90.0): [each.abs().flatten().quantile(0.9) for each in groups],
        ("fixed", 0.5): [torch.tensor(0.5)] * len(groups),
        ("range", 0.5): [0.5 * each.abs().max() for each in groups],
    }
    for (kind, value), limits in wanted.items():
        clipped = weights.clone()
        Clipping(kind, value, per).clip(clipped)
        found = list(clipped) if per == "output" else [clipped]
        for after, before, limit in zip(found, groups, limits, strict=True):
            torch.testing.assert_close(after, before.clamp(-limit, limit))
        assert not torch.equal(clipped, weights)


LAYERS = {
    "dense": (lambda: torch.nn.Linear(6, 5), torch.randn(2, 6)),
    "convolution": (lambda: torch.nn.Conv2d(2, 4, 3), torch.randn(1, 2, 5, 5)),
    "groups": (lambda: torch.nn.Conv2d(4, 4, 3, groups=2), torch.randn(1, 4, 5, 5)),
    "transposed": (lambda: torch.nn.ConvTranspose2d(2, 4, 3), torch.randn(1, 2, 5, 5)),
    "lstm": (lambda: torch.nn.LSTM(4, 3), torch.randn(2, 1, 4)),
    "gru": (lambda: torch.nn.GRU(4, 3), torch.randn(2, 1, 4)),
    "attention": (
        lambda: torch.nn.TransformerEncoderLayer(4, 2, 8, batch_first=True),
        torch.randn(1, 3, 4),
    ),
}


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize("per", ["tensor", "output"])
def test_each_kind_of_layer_is_clipped_in_its_parameters(small, kind: str, per: str) -> None:
    model, x = LAYERS[kind][0](), LAYERS[kind][1]
    analog = small.analog(model=model)
    training = noisy_training(analog, Recipe(clipping=Clipping("sigma", 1.0, per)), x)
    before = {
        (path, matrix.name): layer.weight_matrix(matrix.name).detach().clone()
        for path, layer in aimc.nn.analog_layers(analog).items()
        for matrix in layer.matrices
    }
    training.step()
    for (path, name), old in before.items():
        layer = aimc.nn.analog_layers(analog)[path]
        new = layer.weight_matrix(name).detach()
        blocks = layer.matrix(name).blocks
        if blocks == 1:
            std = (
                old.std(correction=0) if per == "tensor" else old.std(1, keepdim=True, correction=0)
            )
            torch.testing.assert_close(new, old.clamp(-std, std))
        else:  # zeros around the blocks do not count
            std = old[old != 0].std(correction=0)
            assert per == "output" or torch.allclose(new, old.clamp(-std, std))
        assert new.abs().max() < old.abs().max()


def test_the_memory_format_of_weights_does_not_matter(small) -> None:
    found = []
    for form in (torch.contiguous_format, torch.channels_last):
        torch.manual_seed(0)
        layer = small.analog(model=torch.nn.Conv2d(2, 4, 3).to(memory_format=form))
        noisy_training(
            layer, Recipe(clipping=Clipping("sigma", 1.0)), torch.randn(1, 2, 5, 5)
        ).step()
        found.append(layer.weight.detach())
    torch.testing.assert_close(*found)


def test_a_range_is_that_of_the_start_until_weights_are_remapped(small) -> None:
    layer = small.analog(model=torch.nn.Linear(3, 2, bias=False))
    layer.weight.data.copy_(torch.tensor([[1.0, -0.5, 0.2], [0.1, 0.05, -0.2]]))
    training = noisy_training(
        layer, Recipe(clipping=Clipping("range", 1.0, "output")), torch.rand(4, 3)
    )
    with torch.no_grad():
        layer.weight.mul_(3.0)
    training.step()
    assert layer.weight.abs().amax(1).tolist() == pytest.approx([1.0, 0.2])
    with torch.no_grad():
        layer.weight.mul_(0.5)
    remap(layer)
    with torch.no_grad():
        layer.weight.mul_(3.0)
    training.step()
    assert layer.weight.abs().amax(1).tolist() == pytest.approx([0.5, 0.1])


def test_only_the_named_matrices_are_clipped(small) -> None:
    lstm = small.analog(model=torch.nn.LSTM(4, 3))
    kept = lstm.weight_ih_l0.detach().clone()
    clipping = Clipping("fixed", 0.01, only="weight_hh*")
    noisy_training(lstm, Recipe(clipping=clipping), torch.randn(2, 1, 4)).step()
    assert lstm.weight_hh_l0.abs().max() <= 0.01
    assert torch.equal(lstm.weight_ih_l0.detach(), kept)


def test_a_weight_that_is_made_anew_is_named(small) -> None:
    layer = torch.nn.utils.parametrizations.weight_norm(small.analog(model=torch.nn.Linear(3, 2)))
    training = noisy_training(layer, Recipe(clipping=Clipping("sigma", 2.0)), torch.rand(4, 3))
    with pytest.raises(ValueError, match="'weight' is no view of a parameter"):
        training.step()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("std", 2.0), "kind='std'"),
        (("sigma", 0.0), "value=0.0"),
        (("percentile", 101.0), "value=101.0"),
        (("sigma", 2.0, "column"), "per='column'"),
    ],
)
def test_bad_input_is_refused(arguments: tuple, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Clipping(*arguments)


def test_frozen_weights_stay_as_they_are() -> None:
    model = torch.nn.Sequential(torch.nn.Linear(6, 5), torch.nn.Linear(5, 4))
    analog = aimc.nn.convert(model, "ideal")
    analog[0].requires_grad_(False)
    before = [layer.weight.detach().clone() for layer in analog]
    with noisy_training(analog, Recipe(clipping=Clipping("sigma", 1.0)), torch.randn(3, 6)) as run:
        run.step()
    assert torch.equal(analog[0].weight, before[0])
    assert not torch.equal(analog[1].weight, before[1])
