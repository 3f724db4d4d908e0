r"""Decoders of several sizes: their shapes, and how much of a weight's error reaches a product.

A weight that is off by :math:`\eta` standard deviations :math:`\sigma_w` of its matrix, each by a
draw of its own, adds an error of the size :math:`\eta\,\sigma_w\,|x|` to a product with the vector
:math:`x`. The product itself is of that size without :math:`\eta` if weights and vector have
nothing to do with each other, and larger if training has turned them towards each other.
`alignment` is how many times larger it is, so that the relative error of a product is :math:`\eta`
divided by it.
"""

from __future__ import annotations

import copy

import torch
from torch import nn

from aimc.datasets.checkpoints import read_weights
from aimc.layers import DecoderShape
from aimc.validation import check_number
from aimc_course.studies.language_models.decoder import Decoder
from aimc_course.studies.language_models.trained import restored
from aimc_course.studies.results import DATA

__all__ = ["SHAPES", "SMALLEST", "alignment", "billion", "noisy_products", "smallest"]


SHAPES = {
    f"width {width}": DecoderShape(f"width {width}", width, 3, width // 16, 4 * width, 50)
    for width in (32, 64, 128, 256)
}
"""Decoders of three blocks by their width."""
SMALLEST, SHA256 = "width 32", "605ab9bbcb136a27b42355968efa1afa156a36bb4d01b2a79063fe394dbd1920"


def smallest() -> Decoder:
    """Return the smallest decoder as it was trained, in evaluation mode."""
    return restored(read_weights(DATA / "decoder_smallest.npz", SHA256), SHAPES[SMALLEST])


def billion() -> DecoderShape:
    """Return the sizes of the decoder that ``benchmarks/billion.py`` programs."""
    return DecoderShape("1 billion weights", 2048, 22, 32, 5632, 32000, key_heads=4, gated=True)


@torch.no_grad()
def alignment(model: Decoder, pieces: torch.Tensor) -> dict[str, float]:
    r"""Return how much larger products are than those of unrelated weights, by matrix.

    It is the root mean square of :math:`Wx` over that of :math:`\sigma_w\,|x|`.

    Parameters
    ----------
    model : Decoder
        A digital one.
    pieces : tensor, shape (n, steps + 1)
        From `windows`.
    """
    found: dict[str, float] = {}
    handles = []

    def listen(path: str, layer: nn.Linear) -> None:
        def measure(_: nn.Module, inputs: tuple[torch.Tensor, ...], y: torch.Tensor) -> None:
            x = inputs[0].flatten(0, -2)
            product = x @ layer.weight.T
            unrelated = layer.weight.std() ** 2 * (x**2).sum(dim=1).mean()
            found[path] = float(((product**2).mean() / unrelated).sqrt())

        handles.append(layer.register_forward_hook(measure))

    for path, layer in model.named_modules():
        if isinstance(layer, nn.Linear):
            listen(path, layer)
    try:
        model(pieces[:, :-1])
    finally:
        for handle in handles:
            handle.remove()
    return found


@torch.no_grad()
def noisy_products(model: Decoder, pieces: torch.Tensor, noise: float, rng: int = 0) -> Decoder:
    """Return a digital copy with as much noise on weights as makes products equally wrong.

    Parameters
    ----------
    model : Decoder
        A digital one.
    pieces : tensor, shape (n, steps + 1)
        From `windows`; what the products are made with.
    noise : float
        Root mean square error of the products of each matrix over that of the products.
    rng : int
        Seed of the draw.
    """
    check_number("noise", noise, low=0.0)
    generator = torch.Generator().manual_seed(rng)
    disturbed, larger = copy.deepcopy(model), alignment(model, pieces)
    for path, layer in disturbed.named_modules():
        if isinstance(layer, nn.Linear):
            size = noise * larger[path] * layer.weight.std()
            layer.weight += size * torch.randn(layer.weight.shape, generator=generator)
    return disturbed
