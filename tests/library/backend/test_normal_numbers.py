"""Normals for numbers of 16 bits come from a table: they are normal, independent, and seeded."""

import math

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from aimc.backend import received, row_peaks  # noqa: E402
from aimc.backend.random import _normal_values, short_normals  # noqa: E402

NUMBERS = 1 << 20


def drawn(count: int, seed: int = 0) -> torch.Tensor:
    return short_normals(torch.Generator().manual_seed(seed))(torch.empty(count))


def test_they_are_normal() -> None:
    found = drawn(NUMBERS).double()
    error = 1 / math.sqrt(NUMBERS)
    for power, moment in enumerate((0, 1, 0, 3, 0, 15), start=1):
        # within five standard errors
        wide = math.sqrt(math.prod(range(1, 2 * power, 2)) - moment**2)
        assert abs((found**power).mean().item() - moment) < 5 * error * wide, power
    edges = torch.linspace(-4, 4, 33, dtype=torch.float64)
    share = (found[:, None] <= edges).double().mean(dim=0)
    assert (share - torch.special.ndtr(edges)).abs().max() < 2.5 * error


def test_the_table_has_mean_zero_variance_one_and_a_tail() -> None:
    values = _normal_values().double()
    assert abs(values.mean()) < 1e-9
    assert abs(values.square().mean() - 1) < 1e-7
    assert torch.equal(values, values.sort().values)
    # the mean of what lies beyond the outermost of 2**16 parts
    assert 4.2 < values.max() == -values.min() < 4.5


def test_numbers_of_one_draw_of_bits_are_independent() -> None:
    found = drawn(NUMBERS).double()
    for lag in range(1, 9):  # four numbers come from one integer of 64 bits
        for power in (1, 2):
            pair = found[:-lag] ** power, found[lag:] ** power
            assert abs(torch.corrcoef(torch.stack(pair))[0, 1]) < 5 / math.sqrt(NUMBERS)


@pytest.mark.parametrize(
    "source", [lambda seed: torch.Generator().manual_seed(seed), np.random.default_rng]
)
def test_the_same_seed_gives_the_same_numbers_also_part_by_part(source) -> None:
    whole = short_normals(source(3))(torch.empty(20, 20))
    draw = short_normals(source(3))
    parts = [draw(torch.empty(count)) for count in (16, 160, 224)]
    assert torch.equal(whole.flatten(), torch.cat(parts))
    rng = source(3)
    first, second = (short_normals(rng)(torch.empty(20, 20)) for _ in range(2))
    assert torch.equal(first, whole)
    assert not torch.equal(second, whole)


@pytest.mark.parametrize("kind", [torch.bfloat16, torch.float32])
def test_they_are_for_products_of_16_bits(kind: torch.dtype) -> None:
    rng, again = (torch.Generator().manual_seed(5) for _ in range(2))
    one, zero = torch.ones(6), torch.zeros(50, 6, dtype=kind)
    y, _ = received(zero, None, None, 1000.0, rng, 1 << 20, one, torch.float32)
    short = kind == torch.bfloat16
    noise = short_normals(again)(zero) if short else torch.empty(50, 6).normal_(generator=again)
    assert torch.equal(y, (1000.0 * noise).round())


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32])
def test_peaks_of_rows(dtype: torch.dtype) -> None:
    values = torch.randn(7, 30, generator=torch.Generator().manual_seed(0)).to(dtype)
    values[0, 3], values[1] = -9.0, -0.0
    assert torch.equal(row_peaks(values), values.abs().amax(dim=1))
