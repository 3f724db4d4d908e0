"""The published approximation of IR drop: its formula, its first order, both array libraries."""

import numpy as np
import pytest

from aimc.circuits import IRDrop, Wires, line_currents
from aimc.published import fact


def some(outputs: int = 5, inputs: int = 40) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    return rng.uniform(-1, 1, (outputs, inputs)), rng.uniform(-1, 1, (6, inputs))


def entry_by_entry(w: np.ndarray, x: np.ndarray, ratio: float, strength: float) -> np.ndarray:
    """The published formula, one number after the other."""
    outputs, n = w.shape
    y = np.empty((len(x), outputs))
    for b in range(len(x)):
        for i in range(outputs):
            a = n / ratio * sum(abs(w[i, j]) * abs(x[b, j]) for j in range(n))
            c = a * (0.5 - 0.2 * a + 0.05 * a**2)
            far = sum(w[i, j] * x[b, j] * (1 - (1 - j / n) ** 2) for j in range(n))
            y[b, i] = w[i] @ x[b] - strength * c * far
    return y


@pytest.mark.parametrize("strength", [1.0, 3.0])
@pytest.mark.parametrize("factor", [1.0, 300.0])
def test_formula(strength: float, factor: float) -> None:
    w, x = some()
    drop = IRDrop(strength, 0.35 * factor)
    expected = entry_by_entry(w, x, 571_428.5714 / factor, strength)
    np.testing.assert_allclose(drop.apply(x @ w.T, w, x), expected, rtol=1e-8)


def test_defaults_are_the_published_ratio_and_size() -> None:
    drop = IRDrop()
    assert 1 / (drop.r_segment * drop.g_max) == pytest.approx(571_428.57, rel=1e-8)
    context = fact("B025").context
    assert f"{drop.r_segment:g} Ω" in context
    assert f"{drop.g_max * 1e6:g} µS" in context


def test_products_that_the_caller_keeps_give_the_same() -> None:
    w, x = some()
    drop, n = IRDrop(r_segment=50.0), w.shape[1]
    weighted = (w * drop.position_weight(n, w)) @ x.T
    kept = drop.correct(x @ w.T, (np.abs(w) @ np.abs(x).T).T, weighted.T, n)
    np.testing.assert_allclose(kept, drop.apply(x @ w.T, w, x), rtol=1e-12)


def test_ampere_in_ampere_out() -> None:
    w, x = some()
    drop, unit = IRDrop(r_segment=50.0), 5e-6 * 0.2
    in_ampere = drop.apply(unit * (x @ w.T), w, x, unit)
    np.testing.assert_allclose(in_ampere, unit * drop.apply(x @ w.T, w, x), rtol=1e-12)


def test_position_counts_from_the_read_end() -> None:
    p = IRDrop().position_weight(8, np.zeros(1))
    assert p[0] == 0
    assert p[-1] == pytest.approx(1 - 1 / 64)
    assert np.all(np.diff(p) > 0)


def test_first_order_is_that_of_one_bit_line() -> None:
    """Equal inputs at full voltage, no resistance in the word lines, small drops."""
    n, w = 512, np.random.default_rng(0).uniform(0, 1, (3, 512))
    x = np.ones(n)
    for resistance, tolerance in ((0.0035, 0.02), (0.35, 0.15)):
        drop = IRDrop(r_segment=resistance)
        exact = line_currents(drop.g_max * w, x, Wires(r_column=resistance, read="top"))
        lost = 1 - exact / drop.g_max / (w @ x)
        approximate = 1 - drop.apply(x @ w.T, w, x) / (w @ x)
        np.testing.assert_allclose(approximate, lost, rtol=tolerance)


def test_zero_strength_or_resistance_changes_nothing() -> None:
    w, x = some()
    for drop in (IRDrop(strength=0.0), IRDrop(r_segment=0.0)):
        np.testing.assert_array_equal(drop.apply(x @ w.T, w, x), x @ w.T)


@pytest.mark.torch
def test_torch_agrees_and_differentiates() -> None:
    torch = pytest.importorskip("torch")
    w, x = some()
    drop = IRDrop(r_segment=50.0)
    wt, xt = torch.tensor(w, requires_grad=True), torch.tensor(x)
    y = drop.apply(xt @ wt.T, wt, xt)
    np.testing.assert_allclose(y.detach().numpy(), drop.apply(x @ w.T, w, x), rtol=1e-12)
    y.sum().backward()
    step = np.zeros_like(w)
    step[2, 30] = 1e-6
    up, down = (np.sum(drop.apply(x @ m.T, m, x)) for m in (w + step, w - step))
    assert float(wt.grad[2, 30]) == pytest.approx((up - down) / 2e-6, rel=1e-5)


@pytest.mark.parametrize(
    ("fields", "error", "name"),
    [
        ({"strength": -1.0}, ValueError, "strength"),
        ({"r_segment": -0.1}, ValueError, "r_segment"),
        ({"g_max": 0.0}, ValueError, "g_max"),
        ({"g_max": "5"}, TypeError, "g_max"),
    ],
)
def test_bad_input_is_named(fields: dict, error: type[Exception], name: str) -> None:
    with pytest.raises(error, match=name):
        IRDrop(**fields)


def test_wrong_number_of_inputs_is_named() -> None:
    w, x = some()
    with pytest.raises(ValueError, match="x must have 40"):
        IRDrop().apply(x @ w.T, w, x[:, :-1])
