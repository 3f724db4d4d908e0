"""Steps with gradients of their own: those of finite differences, or of the formula they stand for.

Rounding passes gradients as if it were not there, so what stands behind it is compared instead.
"""

import pytest

torch = pytest.importorskip("torch")

from aimc.backend.gradients import (  # noqa: E402
    RoundedBetween,
    ScaledProduct,
    SumOfSquares,
    WithNoise,
    WithOutputNoise,
    round_through,
)
from aimc.backend.patches import Patches  # noqa: E402


def double(*shape: int, seed: int = 0, grad: bool = True) -> torch.Tensor:
    rng = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=rng, dtype=torch.float64).requires_grad_(grad)


def test_a_scaled_product_is_a_product_scaled() -> None:
    left, right, factor = double(2, 3, 4), double(4, 5, seed=1), double(5, grad=False) ** 2
    torch.testing.assert_close(ScaledProduct.apply(left, right, factor), left @ right * factor)
    assert torch.autograd.gradcheck(lambda a, b: ScaledProduct.apply(a, b, factor), (left, right))


@pytest.mark.parametrize("axis", [-1, 1])
def test_sums_of_squares(axis: int) -> None:
    values = double(3, 4, 5)
    torch.testing.assert_close(SumOfSquares.apply(values, axis), (values**2).sum(axis, True))
    assert torch.autograd.gradcheck(lambda x: SumOfSquares.apply(x, axis), (values,))


@pytest.mark.parametrize("width", [1, 4])
def test_noise_of_a_variance(width: int) -> None:
    values, normals = double(3, 4), double(3, 4, seed=1, grad=False)
    variance = (double(3, width, seed=2).detach() ** 2 + 0.1).requires_grad_()
    torch.testing.assert_close(
        WithNoise.apply(values, variance, normals), values + variance.sqrt() * normals
    )
    assert torch.autograd.gradcheck(lambda x, v: WithNoise.apply(x, v, normals), (values, variance))


def test_noise_of_each_device() -> None:
    current, codes = double(3, 4), double(3, 6, seed=1)
    variance, normals = double(6, 4, seed=2, grad=False) ** 2, double(3, 4, seed=3, grad=False)
    formula = current + ((codes**2) @ variance + 0.25).sqrt() * normals
    torch.testing.assert_close(
        WithOutputNoise.apply(current, codes, variance, 0.5, normals), formula
    )
    assert torch.autograd.gradcheck(
        lambda x, c: WithOutputNoise.apply(x, c, variance, 0.5, normals), (current, codes)
    )


def test_rounding_passes_gradients_between_its_limits() -> None:
    values = torch.tensor([-3.0, -1.2, 0.4, 1.5, 1.6], requires_grad=True)
    rounded = RoundedBetween.apply(values, 3.0, 2.0)
    assert rounded.tolist() == [-3, -2, 1, 3, 3]
    rounded.backward(torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0]))
    assert values.grad.tolist() == [0, 4, 6, 8, 0]
    values.grad = None
    round_through(values).sum().backward()
    assert values.grad.tolist() == [1] * 5


def test_rounding_keeps_the_order_in_memory() -> None:
    images = torch.randn(2, 3, 4, 4).contiguous(memory_format=torch.channels_last)
    images.requires_grad_()
    # a gradient that comes in another order
    RoundedBetween.apply(images, 1.0, 1.0).backward(torch.ones(2, 3, 4, 4))
    assert images.grad.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("entries", [None, slice(3, 17)])
def test_the_power_of_patches_is_that_of_their_vectors(entries: slice | None) -> None:
    pixels = double(2, 3, 5, 5)
    patches = Patches(pixels, (3, 3), (2, 1), (1, 0), (1, 1), entries)
    wanted = (patches.vectors() ** 2).sum(-1, keepdim=True)
    torch.testing.assert_close(patches.power(), wanted)
    weights = double(*wanted.shape, seed=1, grad=False)
    found = [
        torch.autograd.grad((power * weights).sum(), pixels)[0]
        for power in (patches.power(), (patches.vectors() ** 2).sum(-1, keepdim=True))
    ]
    torch.testing.assert_close(*found)
