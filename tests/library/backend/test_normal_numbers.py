"""Many normals come from a table, tails apart: they are normal, independent, and seeded."""

import math

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from aimc.backend import Reading, received, row_peaks  # noqa: E402
from aimc.backend.random import normal  # noqa: E402

NUMBERS = 1 << 22


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module", params=["torch", "numpy", "numpy on torch"])
def drawn(request) -> torch.Tensor:
    if request.param == "torch":
        return normal(seeded(0), (NUMBERS,), torch.empty(0)).double()
    like = np.empty(0) if request.param == "numpy" else torch.empty(0)
    return torch.as_tensor(normal(0, (NUMBERS,), like, NUMBERS)).double()


def test_moments_are_those_of_the_normal_distribution(drawn) -> None:
    for power, moment in enumerate((0, 1, 0, 3, 0, 15, 0, 105), start=1):
        # within five standard errors
        wide = math.sqrt(math.prod(range(1, 2 * power, 2)) - moment**2)
        assert abs((drawn**power).mean().item() - moment) < 5 * wide / math.sqrt(NUMBERS), power


@pytest.mark.parametrize("edge", [0.01, 0.5, 1.0, 2.0, 3.0, 3.25, 3.3, 3.35, 3.6, 4.0, 4.3, 4.6])
def test_shares_beyond_an_edge_are_right_far_out_too(drawn, edge: float) -> None:
    share = torch.special.ndtr(torch.tensor(-edge, dtype=torch.float64)).item()
    expected = NUMBERS * share
    for side in (drawn, -drawn):
        found = (side > edge).sum().item()
        assert abs(found - expected) < 4.5 * math.sqrt(expected * (1 - share)) + 0.5


def test_there_is_no_largest_number_and_no_gap(drawn) -> None:
    """Beyond 4.4 lie as many as should: a table of 2**16 equal parts would end there."""
    far = drawn[drawn.abs() > 3.4].abs().sort().values
    assert far.unique().numel() > 0.99 * far.numel() > 2000  # drawn one by one
    assert 4.7 < far[-1] < 6.5
    near = drawn[drawn.abs() < 3.2].unique()
    assert near.numel() > 65_000
    assert near.diff().max() < 0.01


def test_numbers_are_independent_of_those_before(drawn) -> None:
    found = drawn[: 1 << 20]
    for lag in range(1, 9):  # four numbers come from one integer of 64 bits
        for power in (1, 2):
            pair = found[:-lag] ** power, found[lag:] ** power
            assert abs(torch.corrcoef(torch.stack(pair))[0, 1]) < 5 / math.sqrt(found.numel())


@pytest.mark.parametrize("source", [seeded, np.random.default_rng])
@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("rows", [1000, 9000])
def test_the_same_seed_gives_the_same_numbers(source, kind: torch.dtype, rows: int) -> None:
    shape, empty = (rows, 20), torch.empty(0, dtype=kind)
    rng = source(3)
    first, second = (normal(rng, shape, empty) for _ in range(2))
    assert first.shape == shape
    assert first.dtype == kind
    assert torch.equal(first, normal(source(3), shape, empty))
    assert not torch.equal(first, second)
    assert torch.equal(first, normal(source(3), shape, torch.empty(0)).to(kind))


@pytest.mark.parametrize("count", [1000, 70_000, 300_000])
@pytest.mark.parametrize("bits", ["PCG64", "MT19937", "Philox"])
def test_a_numpy_generator_gives_both_libraries_the_same_numbers(count: int, bits: str) -> None:
    def draw(reference):
        generator = np.random.Generator(getattr(np.random, bits)(3))
        return normal(generator, (count,), reference, devices=count)

    exact = draw(np.empty(0))
    assert abs(exact.std() - 1) < 5 / math.sqrt(2 * count)
    assert torch.equal(torch.from_numpy(exact), draw(torch.empty(0, dtype=torch.float64)))
    for kind in (torch.float32, torch.float16):
        found = draw(torch.empty(0, dtype=kind)).double()
        torch.testing.assert_close(
            found, torch.from_numpy(exact), rtol=torch.finfo(kind).eps, atol=1e-7
        )
    np.testing.assert_array_equal(draw(np.empty(0, np.float32)), exact.astype(np.float32))


def test_they_do_not_depend_on_the_default_format() -> None:
    empty = torch.empty(0, dtype=torch.float16)
    expected = normal(seeded(4), (20_000,), empty)
    torch.set_default_dtype(torch.float64)
    try:
        found = normal(seeded(4), (20_000,), empty)
    finally:
        torch.set_default_dtype(torch.float32)
    assert torch.equal(found, expected)


def test_double_precision_is_drawn_by_torch() -> None:
    double = torch.empty(20_000, dtype=torch.float64)
    expected = torch.empty_like(double).normal_(generator=seeded(4))
    assert torch.equal(normal(seeded(4), (20_000,), double), expected)


def test_whole_numbers_are_refused_few_or_many() -> None:
    for count in (4, 20_000):
        with pytest.raises(RuntimeError):
            normal(seeded(4), (count,), torch.empty(0, dtype=torch.int32))


@pytest.mark.parametrize("kind", [torch.bfloat16, torch.float32])
@pytest.mark.parametrize("rows", [50, 2000])
def test_outputs_have_the_normals_of_their_generator(kind: torch.dtype, rows: int) -> None:
    zero = torch.zeros(rows, 6, dtype=kind)
    how = Reading(1, 1.0, None, 1000.0, 1 << 20, torch.ones(6), torch.float32)
    y, _ = received(zero, None, None, how, seeded(5))
    assert torch.equal(y, (1000.0 * normal(seeded(5), (rows, 6), torch.empty(0))).round())


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32])
def test_peaks_of_rows(dtype: torch.dtype) -> None:
    values = torch.randn(7, 30, generator=torch.Generator().manual_seed(0)).to(dtype)
    values[0, 3], values[1] = -9.0, -0.0
    assert torch.equal(row_peaks(values), values.abs().amax(dim=1))
