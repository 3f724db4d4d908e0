"""What a model is measured by."""

import math

import torch

from aimc.recovery.evaluation.measures import loss, perplexity


def test_a_perplexity_beyond_all_numbers_is_infinite() -> None:
    x, labels = torch.tensor([[0.0, 1.0], [1.0, 0.0]]), torch.tensor([0, 0])
    sure, wild = torch.nn.Identity(), torch.nn.Linear(2, 2, bias=False)
    wild.weight.data = 1e4 * torch.eye(2)
    assert perplexity(sure, [(x, labels)]) == math.exp(loss(sure, [(x, labels)]))
    assert perplexity(wild, [(x, labels)]) == math.inf
