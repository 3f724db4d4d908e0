"""Steps with gradients of their own: those of finite differences, or of the formula they stand for.

Rounding passes gradients as if it were not there, so what stands behind it is compared instead.
"""

import math

import pytest

torch = pytest.importorskip("torch")

from aimc.backend import Reading, gradients, read_by_training, received  # noqa: E402
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


def reading(full: torch.Tensor, matrix: torch.Tensor | None = None, **more: object) -> Reading:
    known = {"output_std": 0.5, "limit": 2, "dtype": full.dtype, **more}
    levels = known.pop("levels", 3)
    return Reading(levels=levels, per_input=2.0, matrix=matrix, full=full, **known)


def clipped(values: torch.Tensor, limit: float) -> torch.Tensor:
    return torch.where(values.abs() <= limit, round_through(values), values.sign().detach() * limit)


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
    std = 0.5 if power is None else (3 * power + 0.25).sqrt()
    current = current + std * normals.view(5, 30, 4)
    counts = clipped(current, 2)
    offset = double(4, seed=5) if biased else None
    rng = torch.Generator().manual_seed(7)
    found, share = received(products, power, offset, reading(full, factor=factor, times=3.0), rng)
    assert share == (current.abs() > 2).double().mean().item()
    by = [each for each in (products, power, offset) if each is not None]
    weights = double(5, 30, 4, seed=4, grad=False)
    outputs = counts * full if offset is None else counts * full + offset
    wanted = torch.autograd.grad((outputs * weights).sum(), by)
    torch.testing.assert_close(found, outputs)
    torch.testing.assert_close(torch.autograd.grad((found * weights).sum(), by), wanted)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("apart", [True, False], ids=["weights", "currents"])
@pytest.mark.parametrize("noise", ["none", "cells", "outputs", "weights"])
@pytest.mark.parametrize("biased", [True, False])
@pytest.mark.parametrize("likely", [True, False], ids=["clips", "may clip"])
def test_a_read_of_vectors_is_codes_a_product_and_what_is_received(
    noise: str, apart: bool, biased: bool, likely: bool
) -> None:
    values, weights, offset = double(5, 30, 6), double(4, 6, seed=1), double(4, seed=2)
    full, by_weight = (double(4, seed=k, grad=False) ** 2 / 4 + 0.1 for k in (3, 4))
    codes = clipped(2.0 * values, 3)
    power = (codes**2).sum(-1, keepdim=True)
    how: dict[str, object] = {
        "times": 0.1,
        "limit": 4,
        "inputs_clip": likely,
        "outputs_clip": likely,
    }
    if noise == "none":
        power = 0 * power
    elif noise != "weights":
        how["of_length"] = True
    if noise in ("outputs", "weights"):
        shape = (1 if noise == "outputs" else 6, 4)
        how["spread"] = double(*shape, seed=5, grad=False) ** 2
        power = codes**2 @ how["spread"].expand(6, 4)
    normals = torch.randn(150, 4, generator=torch.Generator().manual_seed(7), dtype=torch.float64)
    current = codes @ (weights.T * by_weight)
    current = current + (0.1 * power + 0.25).sqrt() * normals.view(5, 30, 4)
    outputs = clipped(current, 4) * full + (offset if biased else 0)
    held = weights.detach().T
    made = reading(
        full,
        held if apart else held * by_weight,
        factor=by_weight if apart else None,
        back=None if apart else by_weight,
        **how,
    )
    rng = torch.Generator().manual_seed(7)
    found, *shares = read_by_training(values, weights, offset if biased else None, made, rng)
    wanted = [(2 * values).abs() > 3, current.abs() > 4]
    assert shares == [share.double().mean().item() for share in wanted]
    assert all(0.05 < share < 0.8 for share in shares)
    torch.testing.assert_close(found, outputs)
    slopes = double(5, 30, 4, seed=6, grad=False)
    by = [values, weights, *([offset] if biased else [])]
    torch.testing.assert_close(
        *(torch.autograd.grad((y * slopes).sum(), by) for y in (found, outputs))
    )


def test_what_is_within_the_limits_is_rounded_alike_whatever_was_likely() -> None:
    values, full = double(50, 4), torch.ones(4, dtype=torch.float64)
    found = []
    for likely in (True, False):
        how = reading(
            full,
            torch.eye(4, dtype=torch.float64),
            levels=127,
            limit=127,
            inputs_clip=likely,
            outputs_clip=likely,
        )
        y, *shares = read_by_training(
            values, torch.eye(4), None, how, torch.Generator().manual_seed(7)
        )
        assert shares == [0.0, 0.0]
        found.append([y, *torch.autograd.grad(y.sum(), values)])
    assert all(map(torch.equal, *found))


def test_quiet_circuits_draw_nothing() -> None:
    rng = torch.Generator().manual_seed(7)
    before = rng.get_state()
    products, full = double(5, 4), torch.ones(4, dtype=torch.float64)
    quiet = {"output_std": 0.0, "limit": 127, "dtype": torch.float32}
    found, _ = received(products, None, None, reading(full, **quiet), rng)
    assert torch.equal(found, products.round().float())
    how = reading(full, torch.eye(4, dtype=torch.float64), **{**quiet, "levels": 127})
    found, *_ = read_by_training(products, torch.eye(4), None, how, rng)
    assert torch.equal(found, (2 * products).round().float())
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
