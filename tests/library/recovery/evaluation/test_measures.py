"""What a model is measured by."""

import math

import pytest
import torch

from aimc.recovery.evaluation.measures import accuracy, loss, perplexity
from aimc.recovery.training.loop import cross_entropy


def test_a_perplexity_beyond_all_numbers_is_infinite() -> None:
    x, labels = torch.tensor([[0.0, 1.0], [1.0, 0.0]]), torch.tensor([0, 0])
    sure, wild = torch.nn.Identity(), torch.nn.Linear(2, 2, bias=False)
    wild.weight.data = 1e4 * torch.eye(2)
    assert perplexity(sure, [(x, labels)]) == math.exp(loss(sure, [(x, labels)]))
    assert perplexity(wild, [(x, labels)]) == math.inf


@pytest.mark.parametrize("length", [5, 6, 7])
def test_training_and_test_find_the_classes_on_the_same_axis(length: int) -> None:
    scores = torch.randn(3, length, 6, generator=torch.Generator().manual_seed(1))
    labels = torch.randint(6, (3, length), generator=torch.Generator().manual_seed(2))
    tested = loss(torch.nn.Identity(), [(scores, labels)])
    assert float(cross_entropy(scores, labels)) == pytest.approx(tested, rel=1e-5)


@pytest.mark.parametrize("measure", [accuracy, loss, perplexity])
@pytest.mark.parametrize(
    ("classes", "labels", "message"),
    [
        (1, [0, 1], "one score for each label"),
        (4, [2, 13], "labels from 2 to 13, and the model scores for classes 0 to 3"),
        (4, [-1, 2], "labels from -1 to 2"),
        (4, [-100, -100], "no label but -100"),
    ],
)
def test_what_cannot_be_scored_is_refused(measure, classes: int, labels, message: str) -> None:
    scores = torch.rand(2, classes)
    with pytest.raises(ValueError, match=message):
        measure(torch.nn.Identity(), [(scores, torch.tensor(labels))])
