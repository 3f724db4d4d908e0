"""Ranges of inputs: where they start, what gradient they get, and where they end."""

import pytest
import torch

import aimc.nn
from aimc.recovery.training import GaussianNoise, InputRanges, Recipe, noisy_training
from aimc.recovery.training.input_ranges import clip_to_range


def test_the_gradient_is_that_of_the_published_rule() -> None:
    x = torch.tensor([-3.0, -2.0, 0.5, 2.0, 3.0, 4.0], requires_grad=True)
    limit = torch.tensor(1.5, requires_grad=True)
    upstream = torch.tensor([1.0, -2.0, 7.0, -3.0, 4.0, -5.0])
    clip_to_range(x, limit, decay=0.1, inside=0.9).backward(upstream)
    # above: min(d, 0) = -3 - 5; below: max(d, 0) = 1; too much is clipped for the decay to act
    assert float(limit.grad) == pytest.approx(1.5 * (-8.0 - 1.0))
    assert x.grad.tolist() == [0, 0, 7, 0, 0, 0]


def test_the_decay_acts_while_nearly_all_is_inside() -> None:
    limit = torch.tensor(2.0, requires_grad=True)
    clip_to_range(torch.ones(100), limit, decay=0.1).sum().backward()
    assert float(limit.grad) == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("ranges", "wanted"),
    [
        (InputRanges("abs_max", 1.0), lambda a, b: (a.abs().max() + b.abs().max()) / 2),
        (InputRanges("abs_max", 1.0, cap=0.5), lambda a, b: torch.tensor(0.5)),
        (InputRanges("std", 3.0), lambda a, b: 1.5 * (a.std() + b.std())),
        (InputRanges(fixed=(("weight", 0.7),)), lambda a, b: torch.tensor(0.7)),
        (InputRanges("percentile", 100.0), lambda a, b: (a.abs().max() + b.abs().max()) / 2),
    ],
    ids=["largest", "cap", "spread", "fixed", "percentile"],
)
def test_starts(small, ranges: InputRanges, wanted) -> None:
    layer = small.analog(model=torch.nn.Linear(6, 5))
    a, b = torch.randn(50, 6), 2 * torch.randn(50, 6)
    noisy_training(layer, Recipe(input_ranges=ranges), [a, b])
    assert layer.matrix().input_range == pytest.approx(float(wanted(a, b)), rel=0.01)


def test_cores_may_keep_their_own_ranges(small) -> None:
    model, (x, _) = small.analog(), small.blobs()
    training = noisy_training(model, Recipe(input_ranges=InputRanges("core")), x)
    training.calibrate(x)
    assert [layer.matrix().input_range for layer in training.layers.values()] == [None, None]


def test_learned_ranges_are_parameters_until_the_end(small) -> None:
    model, (x, y) = small.analog(small.converting_core), small.blobs()
    plain = set(model.state_dict())
    recipe = Recipe(
        noise=GaussianNoise(0.05), input_ranges=InputRanges("abs_max", 0.2, learned=True)
    )
    training = noisy_training(model, recipe, x)
    added = set(model.state_dict()) - plain
    assert added == {"0.input_range_of_weight", "2.input_range_of_weight"}
    start = [layer.matrix().input_range for layer in aimc.nn.analog_layers(model).values()]
    optimiser = torch.optim.Adam(model.parameters(), 0.02)
    for _ in range(30):
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(model(x), y).backward()
        optimiser.step()
        training.step()
    learned = [float(model[k].input_range_of_weight.detach()) for k in (0, 2)]
    # a fifth of the largest input clips most of them: the loss asks for more
    assert learned[0] > 1.1 * start[0]
    training.finish()
    assert set(model.state_dict()) == plain
    assert [layer.matrix().input_range for layer in aimc.nn.analog_layers(model).values()] == (
        learned
    )


def test_a_range_never_reaches_zero(small) -> None:
    model, (x, y) = small.analog(small.converting_core), small.blobs()
    recipe = Recipe(input_ranges=InputRanges("abs_max", 1.0, learned=True, decay=100.0))
    training = noisy_training(model, recipe, x)
    optimiser = torch.optim.SGD(model.parameters(), 1.0)
    torch.nn.functional.cross_entropy(model(x), y).backward()
    optimiser.step()
    training.step()
    assert float(model[0].input_range_of_weight.detach()) > 0
    assert torch.isfinite(model(x)).all()


def test_ranges_without_data_to_start_from_are_refused(small) -> None:
    with pytest.raises(ValueError, match="layer '0' has no input range to start from"):
        noisy_training(small.analog(), "rasch2023")
