"""Normal numbers of 16 bits come from a table: they are still normal, independent, and seeded."""

import math

import pytest

torch = pytest.importorskip("torch")

from aimc.backend import normal, row_peaks  # noqa: E402

SHORT = [torch.bfloat16, torch.float16]
NUMBERS = 1 << 20


def drawn(count: int, dtype: torch.dtype, seed: int = 0) -> torch.Tensor:
    return normal(torch.Generator().manual_seed(seed), (count,), torch.empty(0, dtype=dtype))


@pytest.mark.parametrize("dtype", SHORT)
def test_they_are_normal(dtype: torch.dtype) -> None:
    found = drawn(NUMBERS, dtype).double()
    error = 1 / math.sqrt(NUMBERS)
    for power, moment in enumerate((0, 1, 0, 3, 0, 15), start=1):
        # within five standard errors
        wide = math.sqrt(math.prod(range(1, 2 * power, 2)) - moment**2)
        assert abs((found**power).mean().item() - moment) < 5 * error * wide, power
    edges = torch.linspace(-4, 4, 33, dtype=torch.float64)
    share = (found[:, None] <= edges).double().mean(dim=0)
    # rounding to eight significant bits moves a value by 2**-9 of itself
    assert (share - torch.special.ndtr(edges)).abs().max() < 2.5 * error + 2**-10


def test_the_table_has_mean_zero_variance_one_and_a_tail() -> None:
    from aimc.backend.random import _normal_values

    values = _normal_values(torch.float64)
    assert abs(values.mean()) < 1e-12
    assert abs(values.square().mean() - 1) < 1e-12
    assert torch.equal(values, values.sort().values)
    # the mean of what lies beyond the outermost of 2**16 parts
    assert 4.2 < values.max() == -values.min() < 4.5


def test_numbers_of_one_draw_of_bits_are_independent() -> None:
    found = drawn(NUMBERS, torch.bfloat16).double()
    for lag in range(1, 9):  # four numbers come from one integer of 64 bits
        for power in (1, 2):
            pair = found[:-lag] ** power, found[lag:] ** power
            assert abs(torch.corrcoef(torch.stack(pair))[0, 1]) < 5 / math.sqrt(NUMBERS)


def test_the_same_seed_gives_the_same_numbers_also_part_by_part() -> None:
    whole = drawn(400, torch.bfloat16, seed=3)
    rng = torch.Generator().manual_seed(3)
    like = torch.empty(0, dtype=torch.bfloat16)
    parts = [normal(rng, (count,), like) for count in (16, 160, 224)]
    assert torch.equal(whole, torch.cat(parts))
    assert torch.equal(whole[:398], drawn(398, torch.bfloat16, seed=3))
    assert not torch.equal(whole, drawn(400, torch.bfloat16, seed=4))


def test_longer_numbers_are_drawn_as_torch_draws_them() -> None:
    for dtype in (torch.float32, torch.float64):
        rng = torch.Generator().manual_seed(0)
        assert torch.equal(drawn(50, dtype), torch.empty(50, dtype=dtype).normal_(generator=rng))


@pytest.mark.parametrize("dtype", [*SHORT, torch.float32])
def test_peaks_of_rows(dtype: torch.dtype) -> None:
    values = torch.randn(7, 30, generator=torch.Generator().manual_seed(0)).to(dtype)
    values[0, 3], values[1] = -9.0, -0.0
    assert torch.equal(row_peaks(values), values.abs().amax(dim=1))
