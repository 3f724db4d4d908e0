"""The local digital unit: half precision, order of operations, folding, saturation, bad input."""

from typing import Any

import numpy as np
import pytest

from aimc.circuits import ADC
from aimc.circuits.cco import CCOADC
from aimc.circuits.ldpu import LDPU, fold_batch_norm, to_half
from aimc.published import fact

try:
    import torch
except ImportError:  # the NumPy half of this file needs no torch
    torch = None
else:
    torch.set_num_threads(1)

CCO = CCOADC.fabricate(4)
LIBRARIES = [
    pytest.param(np.asarray, id="numpy"),
    pytest.param(lambda x: torch.from_numpy(np.asarray(x)), id="torch", marks=pytest.mark.torch),
]


def counts(value: float) -> tuple[np.ndarray, np.ndarray]:
    return np.array([max(value, 0.0)]), np.array([max(-value, 0.0)])


@pytest.mark.parametrize("library", LIBRARIES)
def test_half_precision_of_counts(library: Any) -> None:
    """Eleven significant bits: above 2048 a 12-bit count loses its last bit."""
    whole = library(np.arange(4096.0))
    rounded = np.asarray(to_half(whole))
    np.testing.assert_array_equal(rounded[:2049], np.arange(2049.0))
    np.testing.assert_array_equal(rounded[2048:] % 2, 0)
    assert np.abs(rounded - np.arange(4096.0)).max() == 1
    assert np.isinf(np.asarray(to_half(library(np.array([1e5]))))).all()


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    ("relu", "expected"), [("none", -60), ("before", 40), ("after", 0), ("both", 40)]
)
def test_order_of_relu_and_addition(library: Any, relu: str, expected: float) -> None:
    unit = LDPU(scale=0.5, relu=relu, receive_scale=2.0)
    up, down = (library(n) for n in counts(-200.0))
    got = unit.process(up, down, received=library(np.array([20.0])))
    np.testing.assert_array_equal(np.asarray(got.output), [expected])
    # a positive sum passes all of them
    same = unit.process(down, up, received=library(np.array([-20.0])))
    np.testing.assert_array_equal(np.asarray(same.output), [60])


@pytest.mark.parametrize("library", LIBRARIES)
def test_each_step_rounds_once(library: Any) -> None:
    """Against FP16 arithmetic done by hand with NumPy's own type."""
    rng = np.random.default_rng(0)
    n = rng.integers(0, 423, (500, 16)).astype(np.float64)
    sign = rng.random((500, 16)) < 0.5
    up, down = np.where(sign, n, 0.0), np.where(sign, 0.0, n)
    gain, offset = rng.uniform(0.8, 1.2, (2, 16)), rng.uniform(-0.5, 0.5, (2, 16))
    scale, shift = rng.uniform(0.1, 0.3, 16), rng.uniform(-5, 5, 16)
    unit = LDPU((gain[0], gain[1]), (offset[0], offset[1]), scale, shift)
    got = unit.process(library(up), library(down))

    def half(x: np.ndarray) -> np.ndarray:
        return x.astype(np.float16).astype(np.float64)

    sides = [
        np.where(c > 0, half(c * half(gain[k]) + half(offset[k])), 0.0)
        for k, c in enumerate((up, down))
    ]
    z = half(half(sides[0] - sides[1]) * half(scale) + half(shift))
    np.testing.assert_array_equal(np.asarray(got.value), z)
    np.testing.assert_array_equal(np.asarray(got.output), np.clip(np.round(z), -128, 127))


@pytest.mark.torch
@pytest.mark.skipif(torch is None, reason="torch is not installed")
def test_counts_in_half_precision_are_computed_like_others() -> None:
    up = np.random.default_rng(0).integers(0, 1200, (500, 8)).astype(np.float64)
    unit = LDPU(gain=(1.0371, 0.97), offset=(0.3, 0.1), scale=0.1037, shift=0.511)
    expected = unit.process(up, 0 * up)
    short = torch.tensor(up).half()
    got = unit.process(short, 0 * short)
    np.testing.assert_array_equal(got.value.numpy(), expected.value)


def test_half_precision_costs_little_beside_eight_bits() -> None:
    rng = np.random.default_rng(1)
    up = rng.integers(0, 423, (2000, 8)).astype(np.float64)
    outputs = [
        LDPU(gain=(0.937, 1.0), scale=0.29, half=half).process(up, 0 * up) for half in (True, False)
    ]
    exact = outputs[1].value
    error = [float(np.std(x - exact)) for x in (outputs[0].value, outputs[1].output)]
    assert 0 < error[0] < 0.15 * error[1]
    assert error[1] == pytest.approx(12**-0.5, rel=0.05)


def test_saturation_and_overflow_are_reported() -> None:
    up = np.array([[100.0, 200.0, 127.4, 400.0]])
    got = LDPU().process(up, 0 * up)
    np.testing.assert_array_equal(got.output, [[100, 127, 127, 127]])
    assert (got.saturated, got.overflowed) == (0.5, 0.0)
    down = LDPU().process(0 * up, up)
    np.testing.assert_array_equal(down.output, [[-100, -128, -127, -128]])
    far = LDPU(scale=500.0).process(up, 0 * up)  # half precision ends at 65504
    assert (far.saturated, far.overflowed) == (1.0, 0.5)
    np.testing.assert_array_equal(far.output, 127)


@pytest.mark.parametrize("library", LIBRARIES)
def test_folding_is_the_batch_norm(library: Any) -> None:
    rng = np.random.default_rng(2)
    gamma, beta, mean = (library(rng.normal(size=5)) for _ in range(3))
    variance, y = library(rng.uniform(0.1, 4, 5)), library(rng.normal(size=(7, 5)))
    scale, shift = fold_batch_norm(gamma, beta, mean, variance, eps=1e-3)
    exact = gamma * (y - mean) / (variance + 1e-3) ** 0.5 + beta
    np.testing.assert_allclose(np.asarray(scale * y + shift), np.asarray(exact), rtol=1e-12)


@pytest.mark.torch
def test_folding_agrees_with_torch() -> None:
    assert torch is not None
    layer = torch.nn.BatchNorm1d(4).double().eval()
    rng = np.random.default_rng(3)
    with torch.no_grad():
        layer.running_mean.copy_(torch.from_numpy(rng.normal(size=4)))
        layer.running_var.copy_(torch.from_numpy(rng.uniform(0.5, 2, 4)))
        layer.weight.copy_(torch.from_numpy(rng.normal(size=4)))
        layer.bias.copy_(torch.from_numpy(rng.normal(size=4)))
        y = torch.from_numpy(rng.normal(size=(6, 4)))
        scale, shift = fold_batch_norm(
            layer.weight, layer.bias, layer.running_mean, layer.running_var, layer.eps
        )
        torch.testing.assert_close(scale * y + shift, layer(y))


@pytest.mark.torch
def test_folding_refuses_two_libraries_at_once() -> None:
    assert torch is not None
    with pytest.raises(TypeError, match=r"gamma, beta, mean, variance: .* of one library"):
        fold_batch_norm(np.ones(2), torch.zeros(2), np.zeros(2), np.ones(2))


def test_converters_of_unequal_gain_are_made_equal() -> None:
    adc = CCOADC.fabricate(64, serial=4)
    current = np.random.default_rng(4).uniform(-90e-6, 90e-6, (500, 64))
    up, down = adc.counts(current, rng=5)
    ideal = current / adc.step
    raw = float(np.std(up - down - ideal))
    value = LDPU.for_converters(adc).process(up, down).value
    assert raw > 10
    assert float(np.std(value - ideal)) < 0.6
    few = LDPU.for_converters(adc, 10).process(up[:, :10], down[:, :10])
    np.testing.assert_array_equal(few.value, value[:, :10])


def test_a_layer_through_counts_and_folded_batch_norm() -> None:
    adc = CCOADC.fabricate(6, serial=1)
    current = np.random.default_rng(6).uniform(-60e-6, 60e-6, (300, 6))
    scale, shift = fold_batch_norm(
        np.full(6, 20.0), np.full(6, 10.0), np.full(6, 5.0), np.full(6, 2500.0)
    )
    unit = LDPU.for_converters(adc, relu="after").with_affine(scale, shift)
    got = unit.process(*adc.counts(current, 7))
    exact = np.maximum(scale * current / adc.step + shift, 0)
    assert np.abs(got.output - np.minimum(exact, 127)).max() <= 2
    assert got.output.min() == 0


def test_one_output_per_clock() -> None:
    assert LDPU.duration(256) == pytest.approx(256 / (1e6 * fact("A015").number))
    assert LDPU.duration(224) < LDPU.duration(256)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: LDPU(relu="maybe"), ValueError, "relu='maybe'"),
        (lambda: LDPU(gain=(1.0,)), ValueError, "gain must hold two values"),  # type: ignore
        (lambda: LDPU(gain=1.0), ValueError, "gain must hold two values.*got 1.0"),  # type: ignore
        (lambda: LDPU(scale=np.nan), ValueError, "scale must be finite"),
        (lambda: LDPU(receive_scale="2"), TypeError, "receive_scale"),  # type: ignore
        (lambda: LDPU().process(-np.ones(2), np.ones(2)), ValueError, "positive must lie in"),
        (lambda: LDPU().process(np.ones(2), np.ones(3)), ValueError, "one shape"),
        (lambda: LDPU().process(*counts(1.0), np.array([200.0])), ValueError, "received must lie"),
        (lambda: LDPU().process(np.ones((2, 3)), np.ones((2, 3)), np.ones(3)), ValueError, "recei"),
        (lambda: LDPU.for_converters(CCO, outputs=-1), ValueError, "outputs=-1"),
        (lambda: LDPU.for_converters(CCO, outputs=99), ValueError, "outputs=99"),
        (lambda: LDPU.for_converters(ADC(bits=None)), TypeError, "adc must be a CCOADC"),  # type: ignore
        (lambda: LDPU.duration(-5), ValueError, "outputs=-5"),
        (lambda: fold_batch_norm([1.0], [0.0], [0.0], [-1.0]), ValueError, "variance must lie"),
        (lambda: fold_batch_norm([1.0], [0.0], [0.0], [0.0], 0.0), ValueError, "variance"),
        (lambda: fold_batch_norm([1.0], [0.0, 1.0], [0.0], [1.0]), ValueError, "beta must have 1"),
    ],
)
def test_bad_values_are_named(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()
