"""Numbers that chapters of part 4 print in solutions and drawings, computed again."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aimc import devices, presets
from aimc.networks.hardware_aware import one_year
from aimc.published import fact
from aimc.recovery.programming import optimise_split

BOOK = Path(__file__).parents[2] / "book"
WHERE, BEATING, TOGETHER = (
    next((BOOK / "4-accuracy").glob(f"{n}-*.md")).read_text(encoding="utf-8")
    for n in ("01", "04", "06")
)
NU = 0.06


def test_the_plan_that_is_drawn_is_the_one_that_is_predicted(drawing) -> None:
    schedule = drawing("beat-schedule")
    times = schedule.times()
    ratio = (1 - schedule.TOLERANCE) ** (-1 / fact("B008").number)
    assert fact("B008").number == NU
    assert len(times) == 1 + math.floor(math.log(schedule.YEAR / times[0]) / math.log(ratio)) == 6
    assert "- [x] Six :: Each lasts almost six times as long" in BEATING
    assert ratio == pytest.approx(5.8, abs=0.05)
    assert sum(t < 2 * schedule.DAY for t in times) == 3
    assert sum(t < 9 * schedule.DAY for t in times) == 4


def test_squares_of_errors_in_the_solutions() -> None:
    for parts, printed in (((8, 6), "10.0"),):
        assert f"{math.hypot(*parts):.1f}" == printed
        assert f"{printed}\\%" in WHERE or f"{printed}%" in WHERE


def test_the_drop_of_a_linear_density_of_margins() -> None:
    m = np.linspace(0, 12, 200001)
    tail = np.array([0.5 * math.erfc(v / math.sqrt(2)) for v in m[::20]])
    assert np.trapezoid(m[::20] * tail, m[::20]) == pytest.approx(0.25, rel=1e-4)


def test_biases_of_factors_in_the_solutions(drawing) -> None:
    bias = drawing("beat-bias")
    strong, weak, reset = (bias.kept(g) for g in (bias.STRONG, bias.WEAK, 0.0))
    assert (bias.STRONG, bias.WEAK, bias.NUMBER) == (8.0, 2.0, 4)
    for share, printed in ((strong, "64%"), (weak, "44%"), (reset, "21%")):
        assert f"{100 * share:.0f}%" == printed
        assert printed in BEATING
    total = bias.STRONG + bias.NUMBER * bias.WEAK
    sums = (bias.by_power(1) * total + 5 * 0.06 * reset) / (total + 5 * 0.06)
    assert bias.by_power(1) == pytest.approx(0.54, abs=0.005)
    assert sums == pytest.approx(0.534, abs=0.005)
    assert sums / bias.by_power(1) > 0.985
    assert bias.by_power(2) == pytest.approx(0.60, abs=0.005)
    assert bias.by_power(2) / sums - 1 == pytest.approx(0.12, abs=0.01)
    reads = 0.36 * (1 - 0.51**2) / (0.51**2 * 1.69 - 0.4225)
    assert round(reads) == 16
    assert math.sqrt(0.7825 / 2.05) == pytest.approx(0.62, abs=0.005)


def test_weights_of_batches_in_the_solution() -> None:
    for n, p, last in ((13, 0.724, 28), (3, 0.247, 75)):
        keep = 0.015 ** (1 / n)
        assert keep == pytest.approx(p, abs=5e-4)
        assert 100 * (1 - keep) == pytest.approx(last, abs=0.5)
        assert rf"$\omega = {p}$" in BEATING
        assert f"with {last}%" in BEATING


def test_the_life_of_the_hearing_aid() -> None:
    ratio = 0.97 ** (-1 / NU)
    assert math.log(21) / math.log(ratio) == pytest.approx(5.997, abs=0.001)
    months = [3 * ratio**k for k in range(6)]
    assert [round(t) for t in months] == [3, 5, 8, 14, 23, 38]
    assert months[-1] * ratio > 63


def test_steps_that_are_taken_out_in_the_solution() -> None:
    year = one_year()
    full = year.accuracy("aware, batch norm", "1 y")
    training, statistics, both = (
        float(np.mean(full - year.accuracy(way, "1 y")))
        for way in ("direct, batch norm", "aware", "direct")
    )
    assert (training, statistics, both) == pytest.approx((3.4, 0.5, 7.5), abs=0.06)
    assert both - training - statistics == pytest.approx(3.6, abs=0.06)
    assert "Alone they cost 3.4 and 0.5 points, together 7.5." in TOGETHER
    assert "both together would cost 3.9. The rest, 3.6 points," in TOGETHER


def test_a_small_weight_is_held_in_halves_where_both_devices_count_alike() -> None:
    device = devices.pcm_hermes(1)
    wanted = np.clip(np.random.default_rng(7).normal(0, 0.25, (64, 64)), -1, 1)
    for when in (1.0, 30 * 86400.0):
        for factor in (1.0, 2.0):
            first, second = optimise_split(device, wanted, when, factor).table / device.g_max
            small = slice(32, 154)  # weights between 0.06 and 0.3 of the largest
            assert len(first) == 513
            share = second[small] / (first[small] + second[small])
            assert np.median(share) == pytest.approx(0.5 if factor == 1 else 0.0, abs=0.1)


def test_a_band_of_a_thousand_unknowns_is_solved_in_some_twenty_five_steps() -> None:
    """Sixteen copies of each block, with a scale of its own, in a refinement as on the page."""
    n, block, copies, condition = 1024, 256, 16, 30
    rng = np.random.default_rng(3)
    far = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    upper = np.triu(rng.uniform(0.5, 1, (n, n)) * rng.choice([-1, 1], (n, n)), 1)
    a = (upper + upper.T) / np.maximum(far, 1) ** 1.5 * (far <= block)
    low, *_, high = np.linalg.eigvalsh(a)
    a += (high - condition * low) / (condition - 1) * np.eye(n)
    a, b = a / np.abs(a).max(), rng.uniform(-1, 1, n)

    parts = []
    for i in range(0, n, block):
        for j in range(max(0, i - block), min(n, i + 2 * block), block):
            held = a[i : i + block, j : j + block]
            scale = np.abs(held).max()
            cores = [
                presets.hermes(1, 2, index=len(parts) * copies + k, input_range=None).program(
                    held / scale, w_max=1.0
                )
                for k in range(copies)
            ]
            parts.append((slice(i, i + block), slice(j, j + block), scale, cores))
    assert len(parts) == 10

    def analog(v: np.ndarray) -> np.ndarray:
        y = np.zeros(n)
        for out, into, scale, cores in parts:
            y[out] += scale * np.mean([core.forward(v[into]) for core in cores], axis=0)
        return y

    def rough(multiply: Any, r: np.ndarray, tolerance: float = 0.1, most: int = 20) -> Any:
        z, left, along = np.zeros(n), r.copy(), r.copy()
        for used in range(most + 1):
            if used == most or np.linalg.norm(left) <= tolerance * np.linalg.norm(r):
                return z, used
            step, before = multiply(along), left @ left
            length = before / (along @ step)
            z, left = z + length * along, left - length * step
            along = left + (left @ left) / before * along
        raise AssertionError

    plain = rough(lambda v: a @ v, b, 1e-15, 500)[1]
    x, steps, products = np.zeros(n), 0, 0
    while np.linalg.norm(b - a @ x) > 1e-15 * np.linalg.norm(b) and steps < 60:
        z, used = rough(analog, b - a @ x)
        x, steps, products = x + z, steps + 1, products + used
    assert plain == 77
    assert steps == pytest.approx(25, abs=4)
    assert products / steps == pytest.approx(7, abs=0.5)
