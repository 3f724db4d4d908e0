"""Steps with gradients of their own: those of finite differences, or of the formula they stand for.

Rounding passes gradients as if it were not there, so what stands behind it is compared instead.
"""

import math

import pytest

torch = pytest.importorskip("torch")

from aimc.backend import gradients, received  # noqa: E402
from aimc.backend.gradients import (  # noqa: E402
    Power,
    RoundedBetween,
    SumOfSquares,
    WithNoise,
    round_through,
)
from aimc.backend.patches import Patches  # noqa: E402


def double(*shape: int, seed: int = 0, grad: bool = True) -> torch.Tensor:
    rng = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=rng, dtype=torch.float64).requires_grad_(grad)


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


@pytest.mark.parametrize("inputs", [1, 6])
def test_the_power_of_codes(inputs: int) -> None:
    codes, variance = double(3, 6, seed=1), double(inputs, 4, seed=2, grad=False) ** 2
    wanted = codes**2 @ variance.expand(6, 4)
    torch.testing.assert_close(Power.apply(codes, variance), wanted)
    assert torch.autograd.gradcheck(lambda c: Power.apply(c, variance), (codes,))


@pytest.fixture(params=[64, 1 << 20], ids=["parts", "at once"])
def at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradients, "AT_ONCE", request.param)


def test_the_share_beyond_is_known_where_the_sum_of_the_values_overflows() -> None:
    share: list[float] = []
    RoundedBetween.apply(torch.tensor([[3e38, 3e38, 0.5, 0.0]]), 7, 1.0, None, share)
    RoundedBetween.apply(torch.tensor([[3e38, torch.inf, 0.5, 0.0]]), 7, 1.0, None, share)
    assert share[0] == 0.5
    assert math.isnan(share[1])


@pytest.mark.usefixtures("at_once")
def test_codes_and_their_squares() -> None:
    values, weights = double(5, 30, 4), double(5, 30, 4, seed=1, grad=False)
    scaled = values * 2.0
    codes = torch.where(scaled.abs() <= 3, round_through(scaled), scaled.sign().detach() * 3)
    formula = codes, (codes**2).sum(-1, keepdim=True)
    share: list[float] = []
    found = RoundedBetween.apply(values, 3.0, 2.0, None, share, True)
    assert share == [(scaled.abs() > 3).double().mean().item()]
    assert 0.05 < share[0] < 0.5
    by = [
        torch.autograd.grad((y * weights).sum() + (z**2).sum(), values)[0]
        for y, z in (found, formula)
    ]
    torch.testing.assert_close([*found, by[0]], [*formula, by[1]])


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("width", [0, 1, 4])  # of the power; 0: devices without noise
@pytest.mark.parametrize("scaled", [True, False])
@pytest.mark.parametrize("biased", [True, False])
def test_products_as_the_digital_side_receives_them(width: int, scaled: bool, biased: bool) -> None:
    products, full = double(5, 30, 4), double(4, seed=1, grad=False) ** 2
    factor = double(4, seed=2, grad=False) ** 2 if scaled else None
    power = double(5, 30, width, seed=3).detach().square().requires_grad_() if width else None
    normals = torch.randn(150, 4, generator=torch.Generator().manual_seed(7), dtype=torch.float64)
    current = products * (1.0 if factor is None else factor)
    std = 0.5 if power is None else (power + 0.25).sqrt()
    current = current + std * normals.view(5, 30, 4)
    counts = torch.where(current.abs() <= 2, round_through(current), current.sign().detach() * 2)
    offset = double(4, seed=5) if biased else None
    rng = torch.Generator().manual_seed(7)
    found, share = received(
        products, power, factor, 0.5, rng, 2, full, torch.float64, offset=offset
    )
    assert share == (current.abs() > 2).double().mean().item()
    by = [each for each in (products, power, offset) if each is not None]
    weights = double(5, 30, 4, seed=4, grad=False)
    outputs = counts * full if offset is None else counts * full + offset
    wanted = torch.autograd.grad((outputs * weights).sum(), by)
    torch.testing.assert_close(found, outputs)
    torch.testing.assert_close(torch.autograd.grad((found * weights).sum(), by), wanted)


def test_quiet_circuits_draw_nothing() -> None:
    rng = torch.Generator().manual_seed(7)
    before = rng.get_state()
    products, full = double(5, 4), torch.ones(4, dtype=torch.float64)
    found, _ = received(products, None, None, 0.0, rng, 127, full, torch.float32)
    assert torch.equal(found, products.round().float())
    assert torch.equal(rng.get_state(), before)


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
