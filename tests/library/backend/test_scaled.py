"""What is written over, and what must not be."""

import numpy as np
import pytest

from aimc.backend import peak, rounded_between, scaled, share_beyond
from aimc.circuits import DAC, Crossbar, Multiplier, Periphery

torch = pytest.importorskip("torch")


def test_scaled_leaves_what_a_gradient_needs() -> None:
    factor = torch.tensor([2.0, 3.0], requires_grad=True)
    values = torch.ones(2, requires_grad=True)
    product = scaled(values.exp(), factor)
    product.sum().backward()
    torch.testing.assert_close(factor.grad, torch.full((2,), torch.e))
    torch.testing.assert_close(values.grad, torch.e * factor.detach())


def test_scaled_writes_over_what_is_its_own() -> None:
    for values in (np.ones(3), torch.ones(3)):
        assert scaled(values, 2.0) is values
        assert float(values.sum()) == 6.0


def test_peak_does_not_depend_on_the_order_in_memory() -> None:
    x = torch.arange(-11.0, 13.0).reshape(2, 3, 4)
    for view in (x, x.transpose(1, 2), x.permute(2, 0, 1), x[..., ::2]):
        assert peak(view) == float(view.abs().max())
    assert np.isnan(peak(torch.tensor([[1.0, float("nan")]]).T))


def test_share_beyond() -> None:
    values = np.array([[-3.0, 2.0], [1.0, 2.5]])
    for each in (values, torch.from_numpy(values), torch.from_numpy(values).float().T):
        assert share_beyond(each, 2.0) == 0.5
        np.testing.assert_array_equal(abs(each[0, 0]), 3.0)


@pytest.mark.parametrize("unit", [1e-30, 1.0, 1e30])
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32, torch.float64])
def test_share_beyond_of_many_values_in_any_unit(unit: float, dtype: torch.dtype) -> None:
    many = (unit * torch.tensor([-3.0, 0.0, 1.5, torch.inf])).to(dtype).repeat(1024)
    assert share_beyond(many, 2.0 * unit) == 0.5


@pytest.mark.parametrize("bits", [8, 24])
def test_what_is_inside_a_range_ends_at_its_limit(bits: int) -> None:
    """Rounding errors beyond it are no reason to count further, however fine the steps are."""
    limit = 2 ** (bits - 1) - 1
    values = np.array([-limit * (1 + 9e-7), 0.4, limit])
    for each in (values, torch.from_numpy(values)):
        rounded = rounded_between(each + 0.0, limit, inside=True)
        np.testing.assert_array_equal(rounded, [-limit, 0, limit])


class Table:
    """A converter that gives out an array of its own."""

    i_max = 1.0

    def __init__(self) -> None:
        self.counts = np.array([1, 2])

    def convert(self, current: np.ndarray, rng: object = 0) -> np.ndarray:
        return self.counts


def test_what_another_converter_returns_stays_as_it_is() -> None:
    converter = Table()
    g = np.full((1, 2, 3), 1e-6)
    bar = Crossbar(g, 0 * g, (1.0,), 1e-6, 1.0)
    multiply = Multiplier(bar, Periphery(dac=DAC(bits=8, v_read=0.5), adc=converter))
    for _ in range(2):
        np.testing.assert_allclose(multiply(np.ones(3)), [2e6, 4e6])
    np.testing.assert_array_equal(converter.counts, [1, 2])


@pytest.mark.parametrize("x_max", [0.3, 1.0, 2.7])
def test_codes_by_a_factor_are_the_codes(x_max: float) -> None:
    generator = torch.Generator().manual_seed(0)
    drawn = x_max * (2 * torch.rand(5000, generator=generator, dtype=torch.float64) - 1)
    for bits in (2, 8, 12):
        dac = DAC(bits)
        for values in (drawn.numpy(), drawn, drawn.float(), drawn.numpy().astype(np.float32)):
            factor = dac.factor(x_max, values)
            assert factor is not None
            found, known = dac.codes_by(values, factor, True), dac.codes(values, x_max)
            assert found.dtype == values.dtype
            np.testing.assert_array_equal(found, known)
            beyond = 3 * values
            np.testing.assert_array_equal(
                dac.codes_by(beyond, factor, False), dac.codes(beyond, x_max)
            )
    followed = drawn.float().requires_grad_()
    slopes = [
        torch.autograd.grad(codes.square().sum(), followed)[0]
        for codes in (
            dac.codes(followed, x_max),
            dac.codes_by(followed, dac.factor(x_max, followed), True),
        )
    ]
    assert torch.equal(*slopes)
    assert dac.factor(x_max, drawn) != dac.factor(2 * x_max, drawn)
    assert DAC(None).factor(x_max, drawn) is None
