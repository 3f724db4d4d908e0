"""Partial sums along a chain of cores: who rounds, who adds the offset, what is lost."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from aimc.circuits.partial_sums import OUTPUT_BITS, passed_on
from aimc.published import fact
from aimc.validation import RangeWarning

RNG = np.random.default_rng(3)
PARTS = [RNG.normal(size=(400, 6)) for _ in range(3)]
SCALE, OFFSET = RNG.uniform(0.5, 2.0, 6), RNG.normal(size=6)


def along_chain(parts: Sequence[Any], offset: Any = 0.0, **options: Any) -> Any:
    """Return what the last core of a chain sends."""
    sent = None
    for k, part in enumerate(parts, 1):
        sent = passed_on(part, sent, offset=offset if k == len(parts) else 0.0, **options)
    return sent


def test_units_send_as_many_bits_as_the_chip_does() -> None:
    assert f"INT{OUTPUT_BITS} output" in fact("A023").context


def test_in_floating_point_a_chain_is_a_sum() -> None:
    expected = SCALE * sum(PARTS) + OFFSET
    np.testing.assert_allclose(along_chain(PARTS, scale=SCALE, offset=OFFSET), expected, rtol=1e-13)
    np.testing.assert_array_equal(along_chain(PARTS[:1]), PARTS[0])


def test_each_unit_adds_to_whole_numbers_and_sends_whole_numbers() -> None:
    step = 12.7 / 127
    units = [np.rint(SCALE * PARTS[0] / step)]
    units.append(np.rint(SCALE * PARTS[1] / step + units[0]))
    units.append(np.rint((SCALE * PARTS[2] + OFFSET) / step + units[1]))
    sent = along_chain(PARTS, scale=SCALE, offset=OFFSET, bits=8, full_scale=12.7)
    assert np.abs(units[2]).max() < 127
    np.testing.assert_allclose(sent / step, units[2], atol=1e-9)


def test_rounding_errors_of_a_chain_add_as_squares() -> None:
    step, exact = 12.7 / 127, SCALE * sum(PARTS) + OFFSET
    error = along_chain(PARTS, scale=SCALE, offset=OFFSET, bits=8, full_scale=12.7) - exact
    # three roundings of variance step^2 / 12; 2,400 samples know a standard deviation to 1.5 %
    assert np.std(error) == pytest.approx(step * np.sqrt(3 / 12), rel=0.06)


def test_what_does_not_fit_is_clipped_on_the_way() -> None:
    """A partial sum beyond the range is lost, even if the whole sum would have fitted."""
    up, down = np.array([[100.0]]), np.array([[-90.0]])
    assert along_chain([up, down], bits=8, full_scale=127.0) == 10
    with pytest.warns(RangeWarning, match=r"100\.0% of the sums .* output range of 63\.5"):
        assert along_chain([up, down], bits=8, full_scale=63.5) == -26.5
    assert along_chain([up, down], full_scale=63.5) == 10


@pytest.mark.parametrize(("many", "loud"), [(19, False), (21, True)])
def test_a_few_clipped_sums_are_silent_and_more_than_five_percent_are_not(
    many: int, loud: bool
) -> None:
    sums = np.ones(400)
    sums[:many] = -2.0
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        along_chain([sums], bits=8, full_scale=1.0)
    assert [entry.category for entry in caught] == [RangeWarning] * loud
    assert all(entry.filename == __file__ for entry in caught)


@pytest.mark.torch
def test_gradients_pass_the_rounding() -> None:
    torch = pytest.importorskip("torch")
    parts = [torch.tensor(part, requires_grad=True) for part in PARTS]
    along_chain(parts, scale=SCALE, offset=OFFSET, bits=8, full_scale=50.0).sum().backward()
    for part in parts:
        torch.testing.assert_close(part.grad, torch.tensor(SCALE).expand(400, 6))
